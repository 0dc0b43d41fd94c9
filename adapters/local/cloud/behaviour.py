"""How simulated revisions behave under traffic, in plain numbers, and what an overview shows.

A revision answers its requests in a fixed order of a thousand outcomes, so that any number of
requests in a row fail as often as the numbers say, to less than one. There is no chance in it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from bot.domain.base import Model

# How long a cold revision is slow, from the first traffic that it gets.
WARM_UP = timedelta(seconds=60)
# Requests per second that every service gets until told otherwise.
DEFAULT_LOAD = 40.0
# What the numbers of a profile are parts of.
PER_MILLE = 1000
# The shares of all requests (per mille) that `Profile.latency` gives the milliseconds for.
QUANTILES = (0, 500, 950, 990, 1000)


class Behaviour(StrEnum):
    """What a revision does with its requests."""

    HEALTHY = "healthy"
    ERRORS = "errors"
    SLOW = "slow"
    CRASHING = "crash-looping"
    COLD = "cold"


class Profile(Model):
    """A behaviour in numbers.

    Of a thousand requests `errors` are answered with the status `failure`, and `rejections` with
    404. `latency` is in milliseconds: the fastest request, the median, the 95th and the 99th
    percentile, and the slowest; between them it rises evenly. `probe` is the status of a request
    over HTTP.
    """

    errors: int = 1
    failure: int = 500
    rejections: int = 10
    latency: tuple[int, int, int, int, int]
    probe: int = 200

    @property
    def error_share(self) -> float:
        """The share of 5xx, from 0 to 1."""
        return self.errors / PER_MILLE

    @property
    def p95(self) -> int:
        """The 95th percentile of the latency, in milliseconds."""
        return self.latency[2]


HEALTHY = Profile(latency=(10, 60, 180, 320, 600))
PROFILES: Mapping[Behaviour, Profile] = MappingProxyType(
    {
        Behaviour.HEALTHY: HEALTHY,
        # Its health page answers: what fails are the requests of people.
        Behaviour.ERRORS: Profile(errors=400, latency=(10, 70, 220, 400, 800)),
        Behaviour.SLOW: Profile(latency=(80, 420, 1200, 2400, 4000)),
        # Nothing listens: the platform itself answers, at once.
        Behaviour.CRASHING: Profile(
            errors=1000, failure=503, rejections=0, latency=(2, 5, 12, 20, 40), probe=503
        ),
        # While it warms up; afterwards it is healthy.
        Behaviour.COLD: Profile(latency=(200, 900, 2600, 4000, 6000)),
    }
)
# Versions that every simulated registry has, so that a bad deploy can be typed.
KNOWN: Mapping[str, Behaviour] = MappingProxyType(
    {
        "v1.4.0-bad": Behaviour.ERRORS,
        "v1.4.0-slow": Behaviour.SLOW,
        "v1.4.0-crash": Behaviour.CRASHING,
    }
)


def profile_of(behaviour: Behaviour, *, warm: bool) -> Profile:
    """The numbers of a behaviour; a cold revision that is warm by now is healthy."""
    return HEALTHY if behaviour is Behaviour.COLD and warm else PROFILES[behaviour]


class RunningRevision(Model):
    """A revision as an overview shows it.

    `version` is the tag of its image, None when the image has none; `percent` is its share of the
    traffic. `error_share` (0 to 1) and `p95` (milliseconds) are None while it gets no requests.
    """

    name: str
    version: str | None
    image: str
    digest: str | None
    created: datetime
    ready: bool
    percent: int
    tags: tuple[str, ...]
    behaviour: Behaviour
    error_share: float | None
    p95: int | None


class RunningService(Model):
    """A service as an overview shows it: `resource` is its full name, `name` the short one.

    `load` is in requests per second; `traffic` is percent by revision, without those that get none;
    `revisions` are newest first.
    """

    resource: str
    project: str
    name: str
    uri: str
    load: float
    traffic: Mapping[str, int]
    revisions: tuple[RunningRevision, ...]
