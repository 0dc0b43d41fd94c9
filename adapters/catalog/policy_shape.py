"""The settings of a policy: how a target is changed, and when it must not be.

Strategies name an analysis, and environments a checklist: both are sections of their own, because
the file has no aliases. What settings must be to each other is in
`adapters.catalog.policy_checking`.
"""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationInfo,
    WrapValidator,
    field_validator,
)

from adapters.catalog.values import Duration, Shape, between, line_of, matching, wrong
from bot.domain.backup import DatabaseInstance
from bot.domain.cron import parse_cron
from bot.domain.errors import UsageError
from bot.domain.policy import AutoCheck, Comparison, GateAction, Inconclusive, Metric, StrategyKind
from bot.domain.wall_clock import parse_zone

T = TypeVar("T")

# What takes back, for one service, a key that its environment sets.
NONE = "none"
# The profile that is meant when none is named.
STANDARD = "standard"
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,4})?)%")
_NUMBER = re.compile(r"[0-9]{1,5}(\.[0-9]{1,6})?")
_ALL = Decimal(100)
# A decision of this project: Cloud Run ends a request after five minutes unless told otherwise, so
# a latency of more than ten is a typing error.
_SLOWEST_MS = 600_000
# RFC 3986: printable ASCII without the characters that have to be escaped. Two slashes at the start
# would name another host.
_PATH = re.compile(r"/(?!/)[A-Za-z0-9._~!$&'()*+,;=:@%/?-]{0,200}")
_ID = re.compile(r"[a-z][a-z0-9-]{0,31}")
# Slack, option object: `text` has up to 75 characters; a longer one is refused, with its message.
_QUESTION = 75
# A decision of this project: a reason is shown in the middle of a sentence.
_REASON = 120


def _share(written: object) -> float:
    """The one form is `5%`: of a bare 5 or 0.05, nobody can tell which of the two was meant."""
    text = str(written) if type(written) is int or isinstance(written, str) else ""
    found = _PERCENT.fullmatch(text)
    if found and Decimal(found.group(1)) <= _ALL:
        return float(Decimal(found.group(1)) / _ALL)
    says, hint = "This is not a share of requests.", "Write it from 0% to 100%, as in: 5%"
    if _NUMBER.fullmatch(text):
        number = Decimal(text)
        says = f"{text} can be read as {_plain(number)} % or as {_plain(number * _ALL)} %."
        meant = number * _ALL if number < 1 else number
        hint = f"Write the percent sign: {_plain(meant)}%" if meant <= _ALL else hint
    raise wrong(says, hint)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _milliseconds(written: object) -> float:
    return float(between(1, _SLOWEST_MS, "a latency in milliseconds")(written))


def _operator(written: object) -> Comparison:
    found = next((each for each in Comparison if each.value == written), None)
    if found is None:
        raise wrong("This is not a comparison.", 'Write ">", ">=", "<" or "<=", in quotes.')
    return found


def _or_none(written: object, read: Callable[[object], T]) -> T | None:
    """Take `none` for “not here”. A value that was forgotten must not take a rule away."""
    if written is None:
        raise wrong("This is empty.", f"Write a value, remove the key, or write {NONE}.")
    return None if written == NONE else read(written)


def _given(written: object, read: Callable[[object], T]) -> T:
    if written is None:
        raise wrong("This is empty.", "Write a value, or remove the key.")
    return read(written)


def _read_by(read: Callable[[str], object]) -> Callable[[str], str]:
    """A validator of text that the domain reads; what it says of it is kept."""

    def check(text: str) -> str:
        try:
            read(text)
        except UsageError as error:
            raise wrong(str(error), error.hint) from error
        return text

    return check


OrNone = WrapValidator(_or_none)
# May be left out, but not left empty.
Given = WrapValidator(_given)
Loose = Field(strict=False)
Operator = Annotated[Comparison, BeforeValidator(_operator)]
Path = Annotated[
    str, AfterValidator(matching(_PATH, "a path", "Begin with one slash, as in: /healthz"))
]
Instance = Annotated[str, AfterValidator(_read_by(DatabaseInstance.parse))]
Id = Annotated[
    str,
    AfterValidator(matching(_ID, "an id", "Use up to 32 lower-case letters, digits and hyphens.")),
]
Schedule = Annotated[str, AfterValidator(_read_by(parse_cron))]
Zone = Annotated[str, AfterValidator(_read_by(parse_zone))]
Question = Annotated[str, AfterValidator(line_of(_QUESTION))]
Reason = Annotated[str, AfterValidator(line_of(_REASON))]
Traffic = Annotated[
    int, BeforeValidator(between(1, 100, "a share of the traffic, in percent without the sign"))
]
Requests = Annotated[int, BeforeValidator(between(1, 1_000_000, "a number of requests"))]
Status = Annotated[int, BeforeValidator(between(100, 599, "an HTTP status"))]
Attempts = Annotated[int, BeforeValidator(between(1, 20, "a number of attempts"))]


class Gate(Shape):
    """A rule on one metric. The value is a share from 0 to 1, or milliseconds, by the metric."""

    name: Id
    metric: Annotated[Metric, Loose]
    op: Operator
    value: float
    vs: Annotated[Literal["stable"] | None, Given] = None
    window: Duration = Field(alias="for")
    action: Annotated[GateAction, Loose]

    @field_validator("value", mode="before")
    @classmethod
    def _of_metric(cls, written: object, info: ValidationInfo) -> float:
        metric = info.data.get("metric")
        if metric is None:  # it is wrong itself, and was noted
            return 0.0
        return _share(written) if metric is Metric.ERROR_RATE else _milliseconds(written)


class Analysis(Shape):
    """How the evidence is read. The defaults are the domain's."""

    gates: list[Gate]
    metric_delay: Duration = timedelta(seconds=180)
    min_requests: Requests = 100
    on_inconclusive: Annotated[Inconclusive, Loose] = Inconclusive.HOLD
    max_hold: Duration = timedelta(hours=2)
    interval: Duration = timedelta(seconds=30)


class Smoke(Shape):
    """A request to the new revision."""

    path: Path = "/"
    expect: Status = 200
    attempts: Attempts = 5


class Step(Shape):
    """A canary's share of the traffic, and how long it is watched there."""

    percent: Traffic
    monitor: Duration


class Strategy(Shape):
    """All that some type of strategy has; which has what is checked apart."""

    kind: Annotated[StrategyKind, Loose] = Field(alias="type")
    steps: Annotated[list[Step] | None, Given] = None
    smoke: Annotated[Smoke | None, Given] = None
    monitor: Annotated[Duration | None, Given] = None
    keep_blue: Annotated[Duration | None, Given] = None
    analysis: Annotated[str | None, Given] = None


class Profile(Shape):
    """Another strategy, chosen by name."""

    strategy: Strategy
    reason: Literal["required", "optional"] = "required"


class PromoteFrom(Shape):
    """Which environment comes first."""

    env: str
    soak: Duration = timedelta(0)


class FreezeWindow(Shape):
    """A time without deploys."""

    cron: Schedule
    duration: Duration
    tz: Zone = "UTC"
    reason: Reason


class BreakGlass(Shape):
    """Who may deploy without approval in an emergency."""

    group: str
    review_within: Duration = timedelta(hours=24)


class Database(Shape):
    """What is backed up."""

    instance: Instance
    backup_before: bool = True
    wait: bool = True


class Item(Shape):
    """A line of a checklist."""

    id: Id
    auto: Annotated[Annotated[AutoCheck, Loose] | None, Given] = None
    ask: Annotated[Question | None, Given] = None
    max_age: Annotated[Duration | None, Given] = None


class Checklist(Shape):
    """The lines before, during and after a deploy."""

    pre: list[Item] = Field(default_factory=list)
    during: list[Item] = Field(default_factory=list)
    post: list[Item] = Field(default_factory=list)

    def parts(self) -> Mapping[str, list[Item]]:
        """The lists by their keys."""
        return {"pre": self.pre, "during": self.during, "post": self.post}


class PolicySettings(Shape):
    """The policy of an environment, or what a service says differently there.

    What is not said is not in `model_fields_set`; None stands for `none`.
    """

    strategy: Strategy = Strategy(type=StrategyKind.ROLLING)
    profiles: dict[str, Profile] = Field(default_factory=dict)
    promote_from: Annotated[PromoteFrom | None, OrNone] = None
    freeze: list[FreezeWindow] = Field(default_factory=list)
    freeze_exception: Annotated[str | None, OrNone] = None
    break_glass: Annotated[BreakGlass | None, OrNone] = None
    database: Annotated[Database | None, OrNone] = None
    checklist: Annotated[str | None, OrNone] = None
    hold_after_rollback: Annotated[Duration | None, OrNone] = timedelta(hours=1)

    def overridden(self, override: "PolicySettings") -> "PolicySettings":
        """These settings, with what an override says; it replaces each key as a whole."""
        said = override.model_fields_set & PolicySettings.model_fields.keys()
        return self.model_copy(update={name: getattr(override, name) for name in said})

    def strategies(self) -> Mapping[str, Strategy]:
        """All strategies by the names of their profiles, the standard one first."""
        return {STANDARD: self.strategy} | {
            name: profile.strategy for name, profile in self.profiles.items()
        }
