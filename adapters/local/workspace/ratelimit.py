"""Slack's rate limits (https://docs.slack.dev/apis/web-api/rate-limits).

A bucket per method holds the calls of one minute and refills evenly, so that a burst is let through
and a stream is held to the tier.
"""

import math
from dataclasses import dataclass
from datetime import datetime

# Calls a minute of the tiers. "Special" methods allow hundreds a minute; posting has its own rule.
TIER_1, TIER_2, TIER_3, TIER_4, SPECIAL = 1, 20, 50, 100, 600
# chat.postMessage: about one a second and channel; short bursts are tolerated.
POST_BURST = 5
POST_PER_MINUTE = 60


@dataclass(slots=True)
class _Bucket:
    level: float
    at: datetime


class RateLimiter:
    """Counts calls against the limits; switched off it lets everything through."""

    def __init__(self, *, enabled: bool = True) -> None:
        self.enabled = enabled
        self._buckets: dict[str, _Bucket] = {}

    def take(self, key: str, *, burst: int, per_minute: int, now: datetime) -> int | None:
        """Count one call; returns the whole seconds to wait when it is one too many."""
        if not self.enabled:
            return None
        bucket = self._buckets.setdefault(key, _Bucket(float(burst), now))
        refill = max((now - bucket.at).total_seconds(), 0.0) * per_minute / 60
        bucket.level, bucket.at = min(float(burst), bucket.level + refill), now
        if bucket.level < 1:
            return max(1, math.ceil((1 - bucket.level) * 60 / per_minute))
        bucket.level -= 1
        return None
