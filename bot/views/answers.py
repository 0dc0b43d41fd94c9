"""What a person is told about what they asked for: done, on its way, or what stands in the way."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from bot.domain.admission import Obstacle
from bot.domain.deploy import Deploy
from bot.domain.history import Kind
from bot.domain.plan import Plan
from bot.domain.review import Review
from bot.domain.states import LANDED, State
from bot.views import plan as plan_view
from bot.views.blocks import Block, Rendered, context, header, rendered, section, sentence
from bot.views.headlines import state_in_words, title
from bot.views.mrkdwn import code, escape, joined, user, when, words
from bot.views.verbs import DEPLOY_VERBS

S = State
_SHOWN_OBSTACLES = 10
_EXCEPTION = code('--exception --reason "…"')


def reading(what: str) -> Rendered:
    """What is shown while a cloud is asked."""
    return sentence(f"⏳ Looking at {escape(what)} …")


def asked(deploy: Deploy, channel: str) -> Rendered:
    """A deploy, a way back or an unpinning was recorded."""
    what = code(title(deploy), 200)
    return sentence(f"{code(deploy.id)}: {what} is on its way. Follow it in {escape(channel)}.")


# ── What stands in the way ───────────────────────────────────────────────────────────────────────


def forbidden(found: Sequence[Obstacle], command: str, incidents: str = "") -> Rendered:
    """Why it may not happen now, until when, and what to type to get past it. `incidents` is the
    line about those that are open there.
    """
    why = "\n".join(["🚫 *This may not be deployed now.*", *obstacles(found, command)])
    return sentence(why, *([section(incidents)] if incidents else []))


def obstacles(found: Sequence[Obstacle], command: str) -> list[str]:
    """One line for each obstacle, with its way out below it; `command` is the deploy command."""
    lines: list[str] = []
    for each in found[:_SHOWN_OBSTACLES]:
        lines.append(f"• {words(each.says)}{_holder(each)}{_until(each)}")
        out = way_out(each, command)
        if out:
            lines.append(f"    Way out: {code(out, 200)}")
        lines += [f"    Way out: {_thaw(ref)}" for ref in each.incidents]
        if each.incident:
            fix = code(f"--incident {each.incident}")
            lines.append(f"    Or, when it is to end that incident: add {fix}")
        if each.waivable:
            lines.append(f"    Or ask for an exception: add {_EXCEPTION}")
    if len(found) > _SHOWN_OBSTACLES:
        lines.append(f"… and {len(found) - _SHOWN_OBSTACLES} more.")
    return lines


def in_plain_text(found: Sequence[Obstacle], command: str) -> str:
    """The same where no markup is shown, such as below the field of a form."""
    said = []
    for each in found[:_SHOWN_OBSTACLES]:
        until = f" Until {each.until:%Y-%m-%d %H:%M} UTC." if each.until else ""
        out = [way_out(each, command), *(f"/incident thaw {ref}" for ref in each.incidents)]
        ways = " and ".join(filter(None, out))
        fix = f" To end the incident: --incident {each.incident}" if each.incident else ""
        said.append(f"{each.says}{until}" + (f" Way out: {ways}" if ways else "") + fix)
    return " ".join(said)


def way_out(obstacle: Obstacle, command: str) -> str:
    """The whole command that lifts an obstacle; "" where there is none."""
    if not obstacle.way_out:
        return ""
    verb = DEPLOY_VERBS.get(obstacle.way_out.split()[0])
    reason = verb.flag("reason") if verb else None
    more = f" {reason.example}" if reason and reason.needed else ""
    return f"{command} {obstacle.way_out}{more}"


def _thaw(ref: str) -> str:
    """How the freeze of one incident ends, and no other; who may do that is `leaders`."""
    thaw = code(f"/incident thaw {ref}")
    return f"{thaw} (takes its lead, whoever declared it, or a commander)"


def _holder(obstacle: Obstacle) -> str:
    return f" ({user(obstacle.holder)})" if obstacle.holder else ""


def _until(obstacle: Obstacle) -> str:
    return f" Until {when(obstacle.until)}." if obstacle.until else ""


# ── What a deploy would do ───────────────────────────────────────────────────────────────────────


def preview(  # noqa: PLR0913 - everything that was looked up is shown
    subject: str,
    plan: Plan,
    found: Sequence[Obstacle],
    *,
    approval: str,
    refusal: str | None,
    command: str,
    incidents: str = "",
) -> Rendered:
    """The plan of a deploy that nobody has asked for: what changes, how, who has to agree.

    `approval` says who (see `approvers`), `refusal` why the cloud would not do it, or that there is
    nothing to do. `incidents` is the line about those that are open there.
    """
    blocks: list[Block] = [header(f"Plan: {subject}")]
    if incidents:
        blocks.append(section(incidents))
    blocks.append(section(plan_view.change(plan)))
    if plan.differences:
        shown = plan_view.differences(plan.differences, limit=25)
        blocks.append(section(shown))
    elif not refusal and plan.replaces:
        # A cloud that refuses has compared nothing, and a first deploy has nothing to compare with.
        blocks.append(section("*Configuration*\nonly the image is different"))
    migrations = escape(plan.migrations.value)
    how = [f"*How*  {plan_view.strategy(plan)}", f"*Migrations*  {migrations}", approval]
    blocks.append(section("\n".join(how)))
    if refusal:
        blocks.append(section(f"⛔ {words(refusal)}"))
    if found:
        blocks.append(section("\n".join(["🚫 *In the way*", *obstacles(found, command)])))
    elif not refusal:
        blocks.append(section("Nothing stands in the way."))
    blocks.append(context("This was only looked at. Nothing was changed."))
    return rendered(words(f"Plan: {subject}"), blocks)


def approvers(required: int, groups: Iterable[str], *, allow_self: bool) -> str:
    """Who has to agree, in one line."""
    if required == 0:
        return "*Approval*  nobody has to be asked"
    names = joined([f"*{escape(name)}*" for name in groups], "or")
    own = "" if allow_self else ", not who asks for it"
    return f"*Approval*  {required} of {names}{own}"


# ── What somebody ordered ────────────────────────────────────────────────────────────────────────


def steered(deploy: Deploy, verb: str) -> Rendered:
    """What became of a deploy that somebody steered; `verb` is the table's, or that of a button."""
    said = _ORDERED.get(verb, "{who}: {state}.")
    state = escape(state_in_words(deploy))
    text = said.format(who=code(deploy.id), state=state, more=_next(deploy))
    return sentence(text.strip())


_ORDERED: Mapping[str, str] = MappingProxyType(
    {
        "pause": "✋ You paused {who}. {more}",
        "resume": "▶️ {who} goes on. {more}",
        "wait": "⏳ {who} is watched for longer. {more}",
        "promote": "⏩ You promoted {who}. {more}",
        "abort": "↩️ {who}: {state}. {more}",
        "leave": "🚫 {who} is over, and the traffic stays as it was found.",
    }
)


def _next(deploy: Deploy) -> str:
    match deploy.state:
        case S.HELD if deploy.hold:
            return f"It stays where it is; approvers are called at {when(deploy.hold.until)}."
        case S.ROUTING | S.OBSERVING:
            return f"It is at {deploy.present_phase.percent} % or on the way there."
        case S.ROLLING_BACK:
            return "The card says when what served before serves again."
        case S.CANCELLED:
            return "No traffic was moved."
        case state if state in LANDED:
            return "It is done: the new version serves everything."
        case _:
            return ""


def reviewed(review: Review) -> Rendered:
    """The answer to the person who has reviewed a deploy without approval."""
    return sentence(f"✅ You have reviewed {code(review.deploy)}. It is kept in the audit log.")


def going_back(deploy: Deploy, channel: str) -> Rendered:
    """A way back was asked for."""
    if deploy.kind is Kind.ROLLBACK and deploy.terms.accept_schema_risk:
        approval = " Somebody else has to approve it, because the schema stays as it is."
    else:
        approval = ""
    what = code(title(deploy), 200)
    where = f"Follow it in {escape(channel)}."
    return sentence(f"↩️ {code(deploy.id)}: {what} is on its way.{approval} {where}")
