"""What can be typed after the commands: one table for the grammar, the help and the documentation.

How it is read is in `commands`, how it is explained in `bot.views.help`. In `usage` and `examples`
capital words are to be replaced; `{service}` and `{environment}` stand for names of the catalog.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One flag of a verb. `value` is "" where it takes none; `free` text may have several words."""

    name: str
    says: str
    value: str = ""
    example: str = ""
    choices: tuple[str, ...] = ()
    free: bool = False
    needed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One thing that can be asked for; `name` is "" for what a command does without a verb."""

    name: str
    usage: str
    says: str
    flags: tuple[Flag, ...] = ()
    examples: tuple[str, ...] = ()

    def flag(self, name: str) -> Flag | None:
        """One of its flags."""
        return next((flag for flag in self.flags if flag.name == name), None)

    @property
    def typed(self) -> str:
        """What is typed after the command: the verb, what it is about, and its flags."""
        more = (_shown(flag) for flag in self.flags if f"--{flag.name}" not in self.usage)
        return " ".join(filter(None, (self.name, self.usage, *more)))


def _shown(flag: Flag) -> str:
    value = "|".join(flag.choices) or flag.value
    text = f"--{flag.name} {value}".rstrip()
    return text if flag.needed else f"[{text}]"


REASON = Flag(name="reason", value="TEXT", says="why", example='--reason "…"', free=True)
NEEDED_REASON = Flag(
    name="reason", value="TEXT", says="why", example='--reason "…"', free=True, needed=True
)
INCIDENT = Flag(
    name="incident",
    value="INC",
    says="the incident that it is to end: passes its freeze, and its lead may approve",
    example="--incident INC-2026-001",
)
_DEPLOY_FLAGS = (
    Flag(
        name="profile",
        value="NAME",
        says="another way to move the traffic, as the policy names it",
        example="--profile hotfix",
    ),
    Flag(
        name="strategy",
        value="KIND",
        says="the profile of this kind",
        example="--strategy canary",
        choices=("rolling", "blue-green", "canary"),
    ),
    REASON,
    Flag(name="exception", says="although there is a freeze; needs a reason and who may allow it"),
    Flag(
        name="break-glass",
        says="without approval, in an emergency; needs a reason and is reviewed afterwards",
    ),
    Flag(
        name="migrations",
        value="KIND",
        says="what the version does to its database",
        example="--migrations compatible",
        choices=("none", "compatible", "irreversible"),
    ),
    INCIDENT,
)
_VERSION = "SERVICE [VERSION] [to] ENVIRONMENT"
_WHICH = "ID"  # or SERVICE ENVIRONMENT: what is under way there

DEPLOY = Verb(
    name="",
    usage=_VERSION,
    says="deploys a version; without one, the newest that the environment before has verified",
    flags=_DEPLOY_FLAGS,
    examples=(
        "{service} v1.2.0 {environment}",
        "{service} {environment}",
        '{service} v1.2.1 {environment} --profile hotfix --reason "checkout fails"',
    ),
)


def _lasting(says: str, *, example: str = "--for 2h") -> Flag:
    return Flag(name="for", value="DURATION", says=says, example=example)


_VERBS = (
    Verb(
        name="plan",
        usage=_VERSION,
        says="shows what a deploy would do, and does nothing",
        flags=_DEPLOY_FLAGS,
        examples=("plan {service} v1.2.0 {environment}",),
    ),
    Verb(
        name="status",
        usage=_WHICH,
        says="shows one deploy as it stands",
        examples=("status D-7F3K2", "status {service} {environment}"),
    ),
    Verb(
        name="approve",
        usage=_WHICH,
        says="shows the plan with the button that approves it",
        examples=("approve D-7F3K2",),
    ),
    Verb(
        name="reject",
        usage=_WHICH,
        says="rejects a deploy for good; a form asks for the reason where none is given",
        flags=(REASON,),
        examples=('reject D-7F3K2 --reason "not before the sale"',),
    ),
    Verb(
        name="pause",
        usage=_WHICH,
        says="keeps a rollout where it is",
        examples=("pause {service} {environment}",),
    ),
    Verb(
        name="resume",
        usage=_WHICH,
        says="lets a rollout that is held go on",
        flags=(_lasting("how long this share is watched anew", example="--for 30m"),),
        examples=("resume D-7F3K2", "resume D-7F3K2 --for 30m"),
    ),
    Verb(
        name="promote",
        usage=_WHICH,
        says="takes a rollout to its next share of traffic without more evidence",
        examples=("promote D-7F3K2",),
    ),
    Verb(
        name="abort",
        usage=_WHICH,
        says="undoes a deploy that is under way, or calls it off",
        flags=(REASON,),
        examples=('abort {service} {environment} --reason "errors in checkout"',),
    ),
    Verb(
        name="lock",
        usage="SERVICE ENVIRONMENT",
        says="holds a target, for two hours unless told otherwise",
        flags=(_lasting("until it ends by itself"), NEEDED_REASON),
        examples=('lock {service} {environment} --for 2h --reason "looking into errors"',),
    ),
    Verb(
        name="unlock",
        usage="SERVICE ENVIRONMENT",
        says="lets a locked target go",
        flags=(NEEDED_REASON,),
        examples=('unlock {service} {environment} --reason "found it"',),
    ),
    Verb(
        name="freeze",
        usage="ENVIRONMENT|--all",
        says="stops deploys to an environment, or to all of them",
        flags=(
            Flag(name="all", says="all environments"),
            _lasting("until it ends by itself", example="--for 8h"),
            Flag(
                name="until",
                value="TIME",
                says="when it ends by itself",
                example="--until 2026-11-21T18:00Z",
            ),
            NEEDED_REASON,
        ),
        examples=('freeze {environment} --for 8h --reason "sale"', 'freeze --all --reason "storm"'),
    ),
    Verb(
        name="thaw",
        usage="ENVIRONMENT|--all",
        says="ends a freeze that somebody set",
        flags=(
            Flag(name="all", says="all environments"),
            Flag(
                name="incident",
                value="INC",
                says="the incident whose freeze ends; without it those of people do",
                example="--incident INC-2026-001",
            ),
            NEEDED_REASON,
        ),
        examples=('thaw {environment} --reason "the sale is over"',),
    ),
    Verb(
        name="allow",
        usage="SERVICE VERSION",
        says="lets a version be deployed again that was rolled back",
        flags=(NEEDED_REASON,),
        examples=('allow {service} v1.2.0 --reason "the data was wrong"',),
    ),
    Verb(
        name="unpin",
        usage="SERVICE ENVIRONMENT",
        says="lets traffic follow the newest revision again",
        flags=(REASON,),
        examples=("unpin {service} {environment}",),
    ),
    Verb(
        name="history",
        usage="SERVICE [ENVIRONMENT]",
        says="shows what was deployed, and how well deploying goes",
        flags=(
            Flag(name="days", value="NUMBER", says="how far back (30)", example="--days 30"),
            Flag(
                name="export",
                value="FORMAT",
                says="as a table for other programs",
                example="--export csv",
                choices=("csv", "json"),
            ),
        ),
        examples=("history {service}", "history {service} {environment} --days 90"),
    ),
)
# What may follow /deploy as its first word, apart from a service.
DEPLOY_VERBS: Mapping[str, Verb] = MappingProxyType({verb.name: verb for verb in _VERBS})

ROLLBACK = Verb(
    name="",
    usage="SERVICE ENVIRONMENT",
    says="goes back to the version before, or to the one that is named; asks before it does",
    flags=(
        Flag(
            name="to",
            value="VERSION",
            says="the version to go back to, or “previous”",
            example="--to v1.1.0",
        ),
        REASON,
        Flag(
            name="incident",
            value="INC",
            says="the incident that it is to end",
            example="--incident INC-2026-001",
        ),
        Flag(
            name="accept-schema-risk",
            says="although migrations cannot be taken back; a second person has to approve",
        ),
    ),
    examples=(
        "{service} {environment}",
        '{service} {environment} --to v1.1.0 --reason "errors in checkout"',
    ),
)
STATUS = Verb(
    name="",
    usage="[SERVICE]",
    says="shows what runs where, who deployed it, and what holds deploys up",
    examples=("", "{service}"),
)
HELP_WORDS = frozenset({"help", "?", "-h"})
# No service or environment can have such a name: it would not be known what is meant.
RESERVED_WORDS = frozenset({*DEPLOY_VERBS, "help", "to"})
