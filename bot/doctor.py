"""Checks an installation and says in words what is missing and how to mend it."""

from adapters.catalog.loading import load_catalog
from adapters.gcp.lazy import LazyCloudRunTargets
from adapters.redis.connection import Connections
from adapters.redis.outbox import RedisOutbox
from adapters.redis.properties import inspect
from adapters.slack.client import SlackClient
from adapters.slack.doctor import diagnose
from adapters.system import SystemClock
from bot.domain.catalog import Catalog
from bot.domain.errors import CloudUnavailable, SignalboxError
from bot.domain.finding import Finding
from bot.settings import Settings


async def examine(settings: Settings) -> list[Finding]:
    """Everything that can be found out from here. Nothing is changed."""
    try:
        catalog = load_catalog(settings.config)
    except SignalboxError as error:
        return [Finding(subject="Configuration", ok=False, says=str(error), fix="Mend the file.")]
    findings = [Finding(subject="Configuration", ok=True, says=f"{settings.config} is fine.")]
    findings += await _redis(settings)
    client = SlackClient(
        token=settings.slack_bot_token.get_secret_value(),
        api_url=settings.slack_api_url,
        clock=SystemClock(),
    )
    async with client:
        findings += await diagnose(client, catalog.deploys_channel)
    return findings + await _cloud(settings, catalog)


async def _redis(settings: Settings) -> list[Finding]:
    connections = Connections(settings.redis_url.get_secret_value())
    try:
        findings = await inspect(connections)
        dead = await RedisOutbox(connections).dead()
    except SignalboxError as error:
        fix = "Check REDIS_URL and that the server is running."
        return [Finding(subject="Redis", ok=False, says=str(error), fix=fix)]
    finally:
        await connections.aclose()
    if dead:
        says = f"{len(dead)} messages could not be delivered; the last one: {dead[-1]}"
        findings.append(Finding(subject="Outbox", ok=False, says=says, fix="Look at the reason."))
    return findings


async def _cloud(settings: Settings, catalog: Catalog) -> list[Finding]:
    targets = LazyCloudRunTargets(settings.gcp_endpoint_run)
    try:
        seen = await targets.survey(catalog.targets())
    finally:
        await targets.aclose()
    return [
        Finding(
            subject=f"Cloud: {key}",
            ok=not isinstance(found, CloudUnavailable),
            says=str(found) if isinstance(found, CloudUnavailable) else "The bot can read it.",
            fix="Grant what is named, or correct the target in the configuration."
            if isinstance(found, CloudUnavailable)
            else "",
        )
        for key, found in seen.items()
    ]


def report(findings: list[Finding]) -> str:
    """The findings as lines of text."""
    mark = {True: "ok     ", False: "WRONG  ", None: "unknown"}
    lines = []
    for finding in findings:
        lines.append(f"{mark[finding.ok]} {finding.subject}: {finding.says}")
        if finding.ok is False and finding.fix:
            lines.append(f"        → {finding.fix}")
    return "\n".join(lines)
