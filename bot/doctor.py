"""Checks an installation and says in words what is missing and how to mend it."""

from collections.abc import Awaitable
from datetime import timedelta

from adapters.catalog.loading import load_catalog
from adapters.gcp.lazy import LazyCloudRunTargets, LazyGoogleCloudSql, LazyGoogleMetrics
from adapters.gcp.registry import GoogleToken
from adapters.redis.connection import Connections
from adapters.redis.outbox import RedisOutbox
from adapters.redis.properties import inspect
from adapters.slack.client import SlackClient
from adapters.slack.doctor import diagnose
from adapters.system import SystemClock
from bot.domain.backup import DatabaseInstance
from bot.domain.catalog import Catalog, Target
from bot.domain.errors import CloudUnavailable, SignalboxError
from bot.domain.evidence import Window
from bot.domain.finding import Finding
from bot.runbook_check import check_runbooks
from bot.settings import Settings

# The shortest time that Cloud Monitoring measures.
_A_MINUTE = timedelta(seconds=60)


async def examine(settings: Settings) -> list[Finding]:
    """Everything that can be found out from here. Nothing is changed."""
    try:
        catalog = load_catalog(settings.config)
    except SignalboxError as error:
        return [Finding(subject="Configuration", ok=False, says=str(error), fix="Mend the file.")]
    findings = [Finding(subject="Configuration", ok=True, says=f"{settings.config} is fine.")]
    findings += _runbooks(settings, catalog)
    findings += await _redis(settings)
    client = SlackClient(
        token=settings.slack_bot_token.get_secret_value(),
        api_url=settings.slack_api_url,
        clock=SystemClock(),
    )
    async with client:
        findings += await diagnose(client, catalog.deploys_channel, catalog.incidents.channel)
    findings += await _cloud(settings, catalog)
    findings += await _metrics(settings, catalog)
    return findings + await _databases(settings, catalog)


def _runbooks(settings: Settings, catalog: Catalog) -> list[Finding]:
    """Whether the runbooks can be read, and what may be wrong with them; nothing without any."""
    if settings.runbooks is None:
        return []
    try:
        says, doubts = check_runbooks(settings.runbooks, catalog)
    except SignalboxError as error:
        return [Finding(subject="Runbooks", ok=False, says=str(error), fix="Mend the files.")]
    return [
        Finding(subject="Runbooks", ok=True, says=says),
        *(Finding(subject="Runbooks", ok=None, says=doubt) for doubt in doubts),
    ]


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


async def _metrics(settings: Settings, catalog: Catalog) -> list[Finding]:
    """Whether each project's metrics can be read, and are kept as finely as gates ask for."""
    judged: dict[str, Target] = {}
    findings = []
    shortest = timedelta(seconds=settings.metric_seconds)
    for target in catalog.targets():
        analyses = [each.strategy.analysis for each in target.policy.profiles]
        windows = [gate.window for each in analyses if each for gate in each.gates]
        if windows:
            judged.setdefault(target.place.project, target)
        if windows and min(windows) < shortest:
            says = f"A gate looks at {min(windows).seconds} s; metrics are kept every "
            findings.append(
                Finding(
                    subject=f"Gates: {target.key}",
                    ok=False,
                    says=f"{says}{shortest.seconds} s.",
                    fix=f"Write `for: {shortest.seconds}s` or more.",
                )
            )
    metrics = LazyGoogleMetrics(settings.gcp_endpoint_monitoring)
    now = SystemClock().now()
    try:
        for project, target in judged.items():
            asked = metrics.measure(target, ["none"], Window(start=now - _A_MINUTE, end=now))
            fix = "Grant the bot roles/monitoring.viewer on the project."
            findings.append(await _tried(f"Metrics: {project}", asked, fix))
    finally:
        await metrics.aclose()
    return findings


async def _databases(settings: Settings, catalog: Catalog) -> list[Finding]:
    """Whether the bot can see the backups of each database that a policy names."""
    rules = (target.policy.database for target in catalog.targets())
    names = sorted({rule.instance for rule in rules if rule is not None})
    databases = LazyGoogleCloudSql(settings.gcp_endpoint_sql, GoogleToken())
    try:
        return [
            await _tried(
                f"Database: {name}",
                databases.backups(DatabaseInstance.parse(name)),
                "Grant what is named, or correct the instance in the configuration.",
            )
            for name in names
        ]
    finally:
        await databases.aclose()


async def _tried(subject: str, asked: Awaitable[object], fix: str) -> Finding:
    try:
        await asked
    except CloudUnavailable as error:
        return Finding(subject=subject, ok=False, says=str(error), fix=fix)
    return Finding(subject=subject, ok=True, says="The bot can read it.")


def report(findings: list[Finding]) -> str:
    """The findings as lines of text."""
    mark = {True: "ok     ", False: "WRONG  ", None: "unknown"}
    lines = []
    for finding in findings:
        lines.append(f"{mark[finding.ok]} {finding.subject}: {finding.says}")
        if finding.ok is False and finding.fix:
            lines.append(f"        → {finding.fix}")
    return "\n".join(lines)
