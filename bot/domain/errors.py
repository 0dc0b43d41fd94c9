"""Every error that Signalbox raises on purpose.

SignalboxError                  str(error) is safe to show to a person
├── UsageError                  what was typed cannot be understood: says what to type instead
│   ├── WrongMoment             a moment that cannot be, or does not fit another one
│   ├── NeedsReason             what is asked for takes a reason, which was not given
│   ├── Elsewhere               what is asked for here goes on in another channel
│   ├── UnknownName             a service, environment, … that the catalog does not have
│   └── KeyReused               a key under which something else has happened already
├── NotPermitted                the rule that refuses, in words
├── NotFound                    no such deploy
├── IllegalTransition           the state machine has no such arrow; nothing happened
├── ConcurrentUpdate            somebody else saved first; re-read and decide again
└── Unavailable                 a neighbour did not do what was asked
    ├── StoreUnavailable
    ├── SlackUnavailable
    │   └── SlackRefused        Slack understood and said no; asking again will not help
    ├── PagerUnavailable
    │   └── PagerRefused        the paging service understood and said no; asking again is no use
    └── CloudUnavailable
        ├── CloudRefused        the cloud understood and said no; asking again will not help
        └── StaleWrite          somebody changed the target, or a newer deploy owns it
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.worded import Worded, in_english


class SignalboxError(Exception):
    """Base of all errors raised on purpose; its text may be shown to the person who asked.

    `said` is that text with what fills its gaps apart, for readers of other languages.
    """

    def __init__(self, message: str | Worded = "", /, **values: object) -> None:
        self.said = _worded(message, values)
        super().__init__(str(self.said))


class UsageError(SignalboxError):
    """What was typed cannot be understood; `hint` says what to type instead, and `advice` is the
    same as `said` is. Both texts share their values.
    """

    def __init__(
        self, message: str | Worded, /, *, hint: str | Worded = "", **values: object
    ) -> None:
        super().__init__(message, **values)
        self.advice = _worded(hint, values)
        self.hint = str(self.advice)


class Elsewhere(UsageError):
    """What is asked for here goes on in another channel, whose id is `channel`."""

    def __init__(
        self, message: str | Worded, /, *, channel: str, hint: str = "", **values: object
    ) -> None:
        super().__init__(message, hint=hint, **values)
        self.channel = channel


class WrongMoment(UsageError):
    """A moment that lies ahead, or on the wrong side of another one.

    `off` is how far: below zero when it is too early. `other` names the moment that it does not
    fit, and `at` is when that was; both None: it lies in the future.
    """

    def __init__(
        self,
        message: str,
        /,
        *,
        hint: str,
        off: timedelta,
        other: str | None = None,
        at: datetime | None = None,
        **values: object,
    ) -> None:
        super().__init__(message, hint=hint, **values)
        self.off = off
        self.other = other
        self.at = at


class Need(StrEnum):
    """What takes a reason."""

    LOWERING = "lowering"
    REOPENING = "reopening"
    UNFINISHED = "unfinished"


class NeedsReason(UsageError):
    """What is asked for takes a reason, or a longer one."""

    def __init__(
        self, message: str | Worded, /, *, hint: str | Worded, need: Need, **values: object
    ) -> None:
        super().__init__(message, hint=hint, **values)
        self.need = need


class UnknownName(UsageError):
    """The catalog has no such name. `kind` is a word for people ("service"); `nearest` may be
    empty.
    """

    def __init__(
        self, kind: str, given: str, *, nearest: tuple[str, ...], known: tuple[str, ...]
    ) -> None:
        super().__init__(
            "There is no {kind} called “{given}”.",
            hint="Did you mean {options}?" if nearest else "Known are: {options}.",
            kind=Worded(kind),
            given=given,
            options=nearest or known,
        )
        self.kind = kind
        self.nearest = nearest


class KeyReused(UsageError):
    """What happens once under a key has happened under this one, and was something else."""


class NotPermitted(SignalboxError):
    """The action is understood and refused; the text names the rule that refuses it."""


class NotFound(SignalboxError):
    """The thing that an id or a button speaks of does not exist (any more)."""


class IllegalTransition(SignalboxError):
    """The state machine has no arrow for this event in this state; nothing happened.

    `state` is a state, or what it is called; `event` is what it does not take, as “an update”.
    """

    def __init__(self, subject: str | Worded, state: object, event: str | Worded) -> None:
        super().__init__(
            "{subject} is {state}; {event} is not possible any more.",
            subject=subject,
            state=state,
            event=_worded(event, {}),
        )
        self.state = in_english(state)
        self.event = str(event)


class ConcurrentUpdate(SignalboxError):
    """Another writer saved this document first; re-read it and decide again."""


class Outcome(StrEnum):
    """Whether a failed call took effect: the one thing a person must know before trying again."""

    NOT_DONE = "not done"
    UNKNOWN = "unknown"


class Unavailable(SignalboxError):
    """A neighbouring system did not do what was asked.

    `outcome` says whether it may have happened all the same; `retry_after` is set when the
    neighbour itself named a time to wait.
    """

    def __init__(
        self,
        message: str | Worded,
        /,
        *,
        outcome: Outcome = Outcome.NOT_DONE,
        retry_after: timedelta | None = None,
        **values: object,
    ) -> None:
        super().__init__(message, **values)
        self.outcome = outcome
        self.retry_after = retry_after


class StoreUnavailable(Unavailable):
    """The Redis server cannot be reached, or does not answer in time."""


class SlackUnavailable(Unavailable):
    """Slack cannot be reached, answers too late, or asks to slow down."""


class SlackRefused(SlackUnavailable):
    """Slack understood the call and refused it; `code` is Slack's own error word."""

    def __init__(self, message: str | Worded, /, *, code: str, **values: object) -> None:
        super().__init__(_worded(message, values))
        self.code = code


class PagerUnavailable(Unavailable):
    """The paging service cannot be reached, answers too late, or asks to slow down."""


class PagerRefused(PagerUnavailable):
    """The paging service understood the event and refused it; asking again will not help."""


class CloudUnavailable(Unavailable):
    """The cloud cannot be reached, answers too late, or asks to slow down."""


class CloudRefused(CloudUnavailable):
    """The cloud understood the call and refused it; asking again will not help."""


class StaleWrite(CloudUnavailable):
    """The target changed since it was read, or a newer deploy owns it; nothing was written."""


def _worded(text: str | Worded, values: Mapping[str, object]) -> Worded:
    return Worded(text, values) if isinstance(text, str) else text
