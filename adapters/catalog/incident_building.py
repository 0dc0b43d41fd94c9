"""From the checked settings of incidents to the domain's policy of incidents."""

from adapters.catalog import incident_shape as shape
from adapters.catalog.reading import File
from bot.domain.incident_policy import (
    USUAL_CHECKLIST,
    USUAL_DUTIES,
    USUAL_RULES,
    Dashboard,
    FailedDeploys,
    IncidentPolicy,
    MaintenanceRule,
    ProcedureItem,
    Role,
    Rotation,
    Rung,
    Severity,
    SeverityRule,
)

USUAL_CHANNEL = "#incidents"


def incident_policy_of(file: File) -> IncidentPolicy:
    """How incidents are answered here; what the file does not say is as usual."""
    channel = (file.channels.incidents if file.channels else None) or USUAL_CHANNEL
    settings = file.incidents or shape.Incidents()
    asked = settings.failed_deploys
    checklist = settings.checklist
    return IncidentPolicy(
        channel=channel,
        language=settings.language,
        environment=settings.environment,
        prefix=settings.prefix,
        commanders=settings.commanders,
        confidants=settings.confidants,
        rules={severity: rule_of(severity, file.severities.get(severity)) for severity in Severity},
        ladder=tuple(_rung(rung, file) for rung in settings.ladder),
        dashboards=tuple(
            Dashboard(title=each.title, url=each.url, service=each.service)
            for each in settings.dashboards
        ),
        checklist=USUAL_CHECKLIST if checklist is None else _items(checklist),
        duties=_duties(settings.duties),
        failed_deploys=FailedDeploys(
            severity=asked.severity, environments=frozenset(asked.environments)
        )
        if asked
        else None,
        maintenance=tuple(_maintenance(each, channel) for each in settings.maintenance),
        bake=settings.bake,
        postmortem_within=settings.postmortem_within,
        reopen_within=settings.reopen_within,
        pin_emoji=settings.emoji.timeline,
        task_emoji=settings.emoji.task,
        followup_emoji=settings.emoji.followup,
    )


def rule_of(severity: Severity, settings: shape.SeveritySettings | None) -> SeverityRule:
    """What a severity asks for: as usual, but for what is said."""
    usual = USUAL_RULES[severity]
    if settings is None:
        return usual
    said = {name: getattr(settings, name) for name in settings.model_fields_set}
    return usual.model_copy(update=said)


def _rung(settings: shape.Rung, file: File) -> Rung:
    turns = settings.rotation
    rotation = None
    if turns is not None:
        people = tuple(user for name in turns.people if (user := file.people.get(name)))
        rotation = Rotation(people=people, every=turns.every, since=turns.since)
    return Rung(
        name=settings.name,
        group=settings.group,
        rotation=rotation,
        severities=frozenset(settings.severities),
    )


def _maintenance(settings: shape.Maintenance, channel: str) -> MaintenanceRule:
    return MaintenanceRule(
        name=settings.name,
        title=settings.title,
        channel=settings.channel or channel,
        cron=settings.cron,
        zone=settings.tz,
        within=settings.within,
        items=_items(settings.items),
    )


def _duties(settings: shape.Duties) -> dict[Role, tuple[ProcedureItem, ...]]:
    return {**USUAL_DUTIES, **{role: _items(items) for role, items in settings.said().items()}}


def _items(items: list[shape.Item]) -> tuple[ProcedureItem, ...]:
    return tuple(ProcedureItem(id=item.id, text=item.text) for item in items)
