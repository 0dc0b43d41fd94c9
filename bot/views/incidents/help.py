"""Help for the command about incidents, made from the table of verbs."""

from collections.abc import Sequence

from bot.views.blocks import MAX_SECTION, Block, Rendered, context, cut, rendered, section
from bot.views.incidents.verbs import INCIDENT, INCIDENT_GROUPS, INCIDENT_VERBS
from bot.views.mrkdwn import code, escape
from bot.views.verbs import Verb

_LONG = 400
_INC = "INC is a reference such as INC-2026-001; in the channel of an incident it can be left out."


def incident_help(
    command: str, services: Sequence[str], environments: Sequence[str], verb: str = ""
) -> Rendered:
    """All verbs in groups, or everything about one of them."""
    names = {
        "service": services[0] if services else "api",
        "environment": environments[-1] if environments else "production",
    }
    known = INCIDENT_VERBS.get(verb)
    if known is not None:
        blocks = [_explained(command, known, names)]
        if "INC" in known.usage:
            blocks.append(context(_INC))
        return rendered(f"How to use {command} {verb}", blocks)
    blocks = [_explained(command, INCIDENT, names)]
    for group, verbs in INCIDENT_GROUPS.items():
        lines = [
            f"*{escape(each.name)}* {escape(each.usage)}: {escape(each.says)}" for each in verbs
        ]
        blocks.append(section(cut("\n".join([f"*{group}*", *lines]), MAX_SECTION)))
    more = f"{code(f'{command} help update')} explains a verb."
    return rendered(f"How to use {command}", [*blocks, context(_INC, more)])


def _explained(command: str, verb: Verb, names: dict[str, str]) -> Block:
    """What is typed, what it does, its flags, and examples with names of this catalog."""
    lines = [code(f"{command} {verb.typed}", _LONG), escape(verb.says)]
    for flag in verb.flags:
        shown = f"--{flag.name} {'|'.join(flag.choices) or flag.value}".rstrip()
        lines.append(f"• {code(shown)}: {escape(flag.says)}")
    lines.append("For example:")
    lines += [code(f"{command} {each.format(**names)}".rstrip(), _LONG) for each in verb.examples]
    return section("\n".join(lines))
