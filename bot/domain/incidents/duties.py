"""What a role takes, as a list for whoever has it."""

from bot.domain.incident_policy import IncidentPolicy
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.procedures import Procedure

# Lists of duties are shown to whoever has the role, not in the room.
DUTIES = "duties-"


def with_duties(before: Incident, after: Incident, policy: IncidentPolicy) -> tuple[Procedure, ...]:
    """Its lists, with one for every role that somebody was given just now.

    Whoever takes a role over goes on with the list as it was left.
    """
    known = {each.id for each in after.procedures}
    fresh = (
        Procedure(id=f"{DUTIES}{role}", title=role.value.capitalize(), items=policy.duties[role])
        for role in after.roles
        if role not in before.roles and f"{DUTIES}{role}" not in known and policy.duties.get(role)
    )
    return (*after.procedures, *fresh)
