"""The help texts of the commands, by the names that this workspace calls them.

All of them are made from the table of verbs, so that nothing is explained that cannot be typed.
"""

from collections.abc import Sequence

from bot.views.blocks import MAX_SECTION, Block, Rendered, context, cut, rendered, section
from bot.views.mrkdwn import code, escape
from bot.views.verbs import DEPLOY, DEPLOY_VERBS, ROLLBACK, STATUS, Verb

_LONG = 400
_ID = "ID is that of a deploy, such as D-7F3K2, or SERVICE ENVIRONMENT for what is under way there."
_VERSION = "VERSION is an image tag or a `sha256:…` digest; what is approved is the digest."


def deploy(
    command: str, services: Sequence[str], environments: Sequence[str], verb: str = ""
) -> Rendered:
    """Help for the deploy command, or for one verb of it."""
    known = DEPLOY_VERBS.get(verb)
    if known is not None:
        return _one(
            command, known, services, environments, notes=[_ID] if "ID" in known.usage else []
        )
    lines = [
        f"*{escape(each.name)}* {escape(each.usage)}: {escape(each.says)}" for each in _listed()
    ]
    more = f"{code(f'{command} help freeze')} explains a verb, {code(command)} alone opens a form."
    blocks = [
        *_explained(command, DEPLOY, services, environments),
        section("\n".join(lines)),
        context(_VERSION, _ID, more),
        *_names(services, environments),
    ]
    return rendered(f"How to use {command}", blocks)


def rollback(command: str, services: Sequence[str], environments: Sequence[str]) -> Rendered:
    """Help for the rollback command."""
    notes = ["It needs no approval, passes freezes and locks, and does not wait for its turn."]
    return _one(command, ROLLBACK, services, environments, notes=notes)


def status(command: str, services: Sequence[str]) -> Rendered:
    """Help for the status command."""
    return _one(command, STATUS, services, (), notes=[])


def overview(
    deploy_command: str, rollback_command: str, status_command: str, incident_command: str
) -> Rendered:
    """What the bot can do, for somebody who just said hello."""
    lines = [
        "I deploy services, ask for approval where it is needed, show what runs where, and help "
        "in incidents.",
        f"*{escape(deploy_command)}* deploys; `{escape(deploy_command)} help` says how.",
        f"*{escape(rollback_command)}* goes back; `{escape(rollback_command)} help` says how.",
        f"*{escape(status_command)}* shows what runs; `{escape(status_command)} help` says how.",
        f"*{escape(incident_command)}* declares an incident; `{escape(incident_command)} help` "
        "says how.",
    ]
    return rendered("What Signalbox can do", [section("\n".join(lines))])


def _listed() -> Sequence[Verb]:
    return tuple(DEPLOY_VERBS.values())


def _one(
    command: str,
    verb: Verb,
    services: Sequence[str],
    environments: Sequence[str],
    *,
    notes: list[str],
) -> Rendered:
    blocks = _explained(command, verb, services, environments)
    blocks += [context(note) for note in notes]
    blocks += _names(services, environments)
    return rendered(f"How to use {command} {verb.name}".rstrip(), blocks)


def _explained(
    command: str, verb: Verb, services: Sequence[str], environments: Sequence[str]
) -> list[Block]:
    """What is typed, what it does, its flags, and examples with names of this catalog."""
    lines = [code(f"{command} {verb.typed}", _LONG), escape(verb.says)]
    for flag in verb.flags:
        shown = f"--{flag.name} {'|'.join(flag.choices) or flag.value}".rstrip()
        lines.append(f"• {code(shown)}: {escape(flag.says)}")
    names = {
        "service": services[0] if services else "api",
        "environment": environments[-1] if environments else "production",
    }
    examples = [code(f"{command} {each.format(**names)}".rstrip(), _LONG) for each in verb.examples]
    return [section("\n".join(lines)), section("\n".join(["For example:", *examples]))]


def _names(services: Sequence[str], environments: Sequence[str]) -> list[Block]:
    said = [f"Services: {', '.join(services)}"]
    if environments:
        said.append(f"Environments: {', '.join(environments)}")
    return [section(cut(escape("\n".join(said)), MAX_SECTION))]
