"""Whether a server is fit to be Signalbox' only memory: it must forget nothing."""

from collections.abc import Callable, Mapping
from typing import Any

from redis.exceptions import NoPermissionError

from adapters.redis.connection import Connections
from adapters.redis.errors import translated
from bot.domain.errors import StoreUnavailable
from bot.domain.finding import Finding

# The oldest release on which the scripts are tested.
OLDEST = (7, 0)

Info = Mapping[str, Any]


async def inspect(connections: Connections) -> list[Finding]:
    """What speaks for and against a server, in words. Raises `StoreUnavailable`.

    Only INFO is asked, because managed servers forbid CONFIG. Of a cluster the worst node counts.
    """
    nodes = await _nodes(connections)
    return [_worst(check, nodes) for check in (_version, _eviction, _append_only)]


async def require_durable(connections: Connections, *, allow_volatile: bool) -> list[Finding]:
    """Refuse a server that may lose state, unless told to put up with it.

    Raises `StoreUnavailable` with everything that is wrong and how to mend it. A property that the
    server does not tell is reported and does not refuse.
    """
    findings = await inspect(connections)
    wrong = [finding for finding in findings if finding.ok is False]
    if wrong and not allow_volatile:
        reasons = " ".join(f"{finding.says} {finding.fix}" for finding in wrong)
        raise StoreUnavailable(
            f"This Redis server is not fit to keep deploys. {reasons} For a trial without "
            "guarantees set SIGNALBOX_ALLOW_VOLATILE_REDIS=true."
        )
    return findings


async def _nodes(connections: Connections) -> list[Info]:
    """What each node tells of itself: one, or all of a cluster; nothing where that is forbidden."""
    with translated(write=False):
        try:
            info: Mapping[str, Any] = await connections.commands.info()
        except NoPermissionError:
            return [{}]
    return [info] if "redis_version" in info else list(info.values())


def _worst(check: Callable[[Info], Finding], nodes: list[Info]) -> Finding:
    order = {False: 0, None: 1, True: 2}
    return min((check(node) for node in nodes), key=lambda finding: order[finding.ok])


def _version(info: Info) -> Finding:
    version = str(info.get("valkey_version") or info.get("redis_version") or "")
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if not numbers:
        return _untold("Redis version", "its version")
    return Finding(
        subject="Redis version",
        ok=numbers >= OLDEST,
        says=f"The server is version {version}.",
        fix="" if numbers >= OLDEST else "Use Redis 7.0 or newer, or Valkey.",
    )


def _eviction(info: Info) -> Finding:
    policy = info.get("maxmemory_policy")
    if policy is None:
        return _untold("Eviction", "whether it evicts keys")
    kept = policy == "noeviction"
    return Finding(
        subject="Eviction",
        ok=kept,
        says=f"maxmemory-policy is {policy}.",
        fix="" if kept else "Set maxmemory-policy to noeviction, or deploys may be forgotten.",
    )


def _append_only(info: Info) -> Finding:
    enabled = info.get("aof_enabled")
    if enabled is None:
        return _untold("Append-only file", "whether it keeps one")
    kept = bool(int(enabled))
    return Finding(
        subject="Append-only file",
        ok=kept,
        says=f"appendonly is {'on' if kept else 'off'}.",
        fix="" if kept else "Set appendonly yes, or a restart of Redis loses the last changes.",
    )


def _untold(subject: str, what: str) -> Finding:
    return Finding(
        subject=subject,
        ok=None,
        says=f"The server does not tell {what}.",
        fix="Allow the bot's user the command INFO, or look for yourself.",
    )
