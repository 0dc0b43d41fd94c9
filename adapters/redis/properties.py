"""Whether a server is fit to be Signalbox' only memory: it must forget nothing."""

from collections.abc import Mapping
from typing import Any

from adapters.redis.connection import Connections
from adapters.redis.errors import translated
from bot.domain.errors import StoreUnavailable
from bot.domain.finding import Finding

# The oldest release on which the scripts are tested.
OLDEST = (7, 0)


async def inspect(connections: Connections) -> list[Finding]:
    """What speaks for and against a server, in words. Raises `StoreUnavailable`."""
    with translated(write=False):
        info: Mapping[str, Any] = await connections.commands.info()
    if "redis_version" not in info:  # a cluster answers for each of its nodes
        info = next(iter(info.values()))
    return [_version(info), _eviction(info), _append_only(info)]


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


def _version(info: Mapping[str, Any]) -> Finding:
    version = str(info.get("valkey_version") or info.get("redis_version") or "")
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if not numbers:
        return Finding(
            subject="Redis version", ok=None, says="The server does not tell its version."
        )
    return Finding(
        subject="Redis version",
        ok=numbers >= OLDEST,
        says=f"The server is version {version}.",
        fix="" if numbers >= OLDEST else "Use Redis 7.0 or newer, or Valkey.",
    )


def _eviction(info: Mapping[str, Any]) -> Finding:
    policy = info.get("maxmemory_policy")
    if policy is None:
        return Finding(subject="Eviction", ok=None, says="The server does not tell what it evicts.")
    kept = policy == "noeviction"
    return Finding(
        subject="Eviction",
        ok=kept,
        says=f"maxmemory-policy is {policy}.",
        fix="" if kept else "Set maxmemory-policy to noeviction, or deploys may be forgotten.",
    )


def _append_only(info: Mapping[str, Any]) -> Finding:
    enabled = info.get("aof_enabled")
    if enabled is None:
        return Finding(
            subject="Append-only file", ok=None, says="The server does not tell if it keeps one."
        )
    kept = bool(int(enabled))
    return Finding(
        subject="Append-only file",
        ok=kept,
        says=f"appendonly is {'on' if kept else 'off'}.",
        fix="" if kept else "Set appendonly yes, or a restart of Redis loses the last changes.",
    )
