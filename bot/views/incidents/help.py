"""Help for the command about incidents, made from the table of verbs.

Whoever asks while something is down reads one screen: what an outage takes, explained, and below it
the names of all the rest.
"""

from collections.abc import Iterable, Sequence

from bot.views.blocks import MAX_SECTION, Block, Rendered, context, cut, rendered, section
from bot.views.incidents.verbs import INCIDENT, INCIDENT_GROUPS, INCIDENT_VERBS
from bot.views.mrkdwn import code, escape
from bot.views.verbs import Flag, Verb

# What is asked for to read about all verbs at once.
ALL = "all"
# In the order in which an outage takes them.
_OUTAGE = (
    *("ack", "lead", "page", "runbook", "deploys", "rollback"),
    *("update", "status", "severity", "note", "resolve"),
)
_LONG = 400
_INC = "INC is a reference such as INC-2026-001; in the channel of an incident it can be left out."


def incident_help(
    command: str, services: Sequence[str], environments: Sequence[str], verb: str = ""
) -> Rendered:
    """What an outage takes, with the names of all verbs; everything about one of them; or a line
    about each (`ALL`).
    """
    names = {
        "service": services[0] if services else "api",
        "environment": environments[-1] if environments else "production",
    }
    known = INCIDENT_VERBS.get(verb)
    if known is not None:
        blocks = [_explained(command, known, names, known.flags)]
        if "INC" in known.usage:
            blocks.append(context(_INC))
        return rendered(f"How to use {command} {verb}", blocks)
    one = f"{code(f'{command} help update')} explains a verb."
    blocks = [_explained(command, INCIDENT, names)]
    if verb == ALL:
        blocks += [_said(group, verbs) for group, verbs in INCIDENT_GROUPS.items()]
        return rendered(f"How to use {command}", [*blocks, context(_INC, one)])
    outage = (INCIDENT_VERBS[name] for name in _OUTAGE)
    every = f"{code(f'{command} help {ALL}')} says what each one does."
    blocks += [_said("In an outage", outage), _named(), context(_INC, one, every)]
    return rendered(f"How to use {command}", blocks)


def _said(group: str, verbs: Iterable[Verb]) -> Block:
    """A line about each."""
    lines = [f"*{escape(each.name)}* {escape(each.usage)}: {escape(each.says)}" for each in verbs]
    return section(cut("\n".join([f"*{group}*", *lines]), MAX_SECTION))


def _named() -> Block:
    """What there is, by name only, in its groups."""
    lines = [
        f"{group}: {', '.join(code(each.name) for each in verbs)}"
        for group, verbs in INCIDENT_GROUPS.items()
    ]
    return section("\n".join(["*All there is*", *lines]))


def _explained(
    command: str, verb: Verb, names: dict[str, str], flags: Sequence[Flag] = ()
) -> Block:
    """What is typed, what it does, its flags, and examples with names of this catalog."""
    typed = verb.typed if flags else f"{verb.name} {verb.usage}".strip()
    lines = [code(f"{command} {typed}", _LONG), escape(verb.says)]
    for flag in flags:
        shown = f"--{flag.name} {'|'.join(flag.choices) or flag.value}".rstrip()
        lines.append(f"• {code(shown)}: {escape(flag.says)}")
    lines.append("For example:")
    lines += [code(f"{command} {each.format(**names)}".rstrip(), _LONG) for each in verb.examples]
    return section("\n".join(lines))
