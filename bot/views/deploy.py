"""A deploy as people see it: one card that changes in place, from the request to the end."""

from collections.abc import Sequence

from bot.domain.approval import lead_of
from bot.domain.checklist import Checklist
from bot.domain.deploy import Deploy
from bot.domain.incidents.incident import Incident
from bot.domain.plan import Plan
from bot.domain.states import LANDED, State
from bot.views import checklist as checklist_view
from bot.views import plan as plan_view
from bot.views.blocks import Block, Rendered, context, header, image, rendered, section, sentence
from bot.views.controls import DETAILED, controls
from bot.views.evidence import gates, share_bar, tally
from bot.views.headlines import headline, state_in_words, title, verdict
from bot.views.incidents.deploys import open_incidents_line
from bot.views.mrkdwn import code, escape, user, when, words
from bot.views.steps import progress
from bot.views.votes import votes

S = State
# Nothing was begun, or nothing more can be said about how far it came.
_WITHOUT_STEPS = frozenset(
    {S.CHECKING, S.AWAITING_APPROVAL, S.REJECTED, S.EXPIRED, S.REFUSED, S.CANCELLED}
)
_WITH_GATES = frozenset({S.OBSERVING, S.HELD})
_WITH_TALLY = frozenset({S.ROLLING_BACK, S.ROLLED_BACK}) | LANDED
_WITH_PICTURE = frozenset({S.HELD, S.ROLLED_BACK}) | LANDED


def card(
    deploy: Deploy,
    *,
    edition: int | None = None,
    checklist: Checklist | None = None,
    picture: str | None = None,
    incidents: Sequence[Incident] = (),
) -> Rendered:
    """The card of a deploy's plan: what changes, who decides, how far it is, how it ended.

    The card of an earlier `edition` than the deploy's is struck out. `picture` is the chat system's
    id of a chart; it is shown where one looks back at what was measured. `incidents` are those that
    are open where it goes, which whoever decides about it should know of.
    """
    if edition is not None and edition < deploy.edition:
        return _outdated(deploy)
    name = title(deploy)
    blocks: list[Block] = [
        header(name),
        *_alarm(deploy),
        *_open_here(deploy, incidents),
        section(_lines(f"*{headline(deploy)}*", verdict(deploy))),
        *_planned(deploy),
        *_asked(deploy, checklist),
        *_rollout(deploy),
    ]
    if picture is not None and deploy.state in _WITH_PICTURE:
        blocks.append(image(picture, f"Error rate and P95 of {name} beside the old version"))
    if deploy.problem and deploy.attempt and not deploy.over:
        trouble = f"⚠️ {words(deploy.problem)} Trying again (attempt {deploy.attempt})."
        blocks.append(context(trouble))
    blocks += [*controls(deploy), context(_origin(deploy))]
    return rendered(escape(f"{state_in_words(deploy)}: {name} ({deploy.id})"), blocks)


def _outdated(deploy: Deploy) -> Rendered:
    """What is left of a card whose plan is void."""
    why = f": {words(deploy.cause)}" if deploy.cause and not deploy.moved else ""
    name = words(title(deploy), 150).replace("~", "-")
    text = f"~{name}~\n🔁 The plan changed{why}. Approvals of it are void; a new card follows."
    origin = context(f"~{code(deploy.id)}~ · Asked by {user(deploy.requested_by)}")
    return rendered(escape(f"Outdated: {title(deploy)} ({deploy.id})"), [section(text), origin])


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _alarm(deploy: Deploy) -> list[Block]:
    """What nobody may overlook."""
    if not deploy.terms.break_glass:
        return []
    return [section(f"🚨 *BREAK-GLASS – nobody has approved this*\n> {words(deploy.terms.reason)}")]


def _open_here(deploy: Deploy, incidents: Sequence[Incident]) -> list[Block]:
    """Open incidents, as long as the deploy is not over; one that it is to end is said apart."""
    others = [each for each in incidents if each.ref != deploy.terms.incident]
    line = open_incidents_line(others) if not deploy.over else ""
    return [section(line)] if line else []


def _planned(deploy: Deploy) -> list[Block]:
    """What changes; as long as somebody may still say no, also how."""
    plan = deploy.plan
    if plan is None:
        if deploy.over:
            return []
        return [section(f"Looking up {code(deploy.version)} and what runs now …")]
    deciding = deploy.state in DETAILED
    changed = plan_view.change(plan, digests=not deploy.landed, now=deciding)
    return [section(changed), *(_details(deploy, plan) if deciding else ())]


def _details(deploy: Deploy, plan: Plan) -> list[Block]:
    blocks = [section(plan_view.terms(deploy, plan))]
    if plan.differences:
        blocks.append(section(plan_view.differences(plan.differences)))
    return blocks


def _asked(deploy: Deploy, checklist: Checklist | None) -> list[Block]:
    """What people have to answer, and have answered."""
    said = _special(deploy)
    if checklist is not None:
        said.append(checklist_view.summary(checklist, deploy))
    if deploy.approval:
        said.append(votes(deploy.approval, awaited=deploy.state is S.AWAITING_APPROVAL))
    return [section(text) for text in said if text]


def _special(deploy: Deploy) -> list[str]:
    """Terms that are not the usual ones."""
    terms = deploy.terms
    lines = []
    if deploy.state not in DETAILED:
        lines += plan_view.warnings(deploy)
    if terms.exception:
        lines.append("❄️ *Exception to a freeze*")
    if terms.accept_schema_risk:
        lines.append("🛑 *Schema risk accepted*: traffic goes back, the schema does not")
    if terms.incident:
        lines.append(_fix(deploy, terms.incident))
    if terms.profile != "standard":
        lines.append(f"⏩ Profile *{words(terms.profile, 40)}*")
    if terms.reason and not terms.break_glass:
        lines.append(f"> {words(terms.reason)}")
    return ["\n".join(lines)]


def _fix(deploy: Deploy, incident: str) -> str:
    """What it is to end, and why its approval may be another one than usual."""
    says = f"🧯 *To end {code(incident)}*"
    rule = deploy.approval.rule if deploy.approval else None
    if rule is not None and any(group.name == lead_of(incident) for group in rule.groups):
        says += ": one approval is enough, also that of whoever leads it"
    return says


def _rollout(deploy: Deploy) -> list[Block]:
    """How far it is, and what is measured."""
    if deploy.state in _WITHOUT_STEPS:
        return []
    blocks = [section(_lines(share_bar(deploy), progress(deploy)))]
    if deploy.readings and deploy.state in _WITH_GATES:
        blocks.append(section(gates(deploy.readings)))
    elif deploy.readings and deploy.state in _WITH_TALLY:
        blocks.append(context(tally(deploy.readings)))
    return blocks


def _origin(deploy: Deploy) -> str:
    return f"{code(deploy.id)} · Asked by {user(deploy.requested_by)} · {when(deploy.requested_at)}"


def voted(deploy: Deploy) -> Rendered:
    """The answer to the person who approved."""
    if deploy.state is State.AWAITING_APPROVAL and deploy.approval:
        left = max(deploy.approval.rule.required - len(deploy.approval.votes), 1)
        return sentence(f"Your approval of {code(deploy.id)} counts; {left} more to go.")
    return sentence(f"You approved {code(deploy.id)}. It is going ahead now.")


def rejected(deploy: Deploy) -> Rendered:
    """The answer to the person who rejected."""
    return sentence(f"You rejected {code(deploy.id)}. Nothing was changed.")
