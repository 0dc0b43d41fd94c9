"""Who may see an incident, and which one somebody means. Every way to a person leads through here.

What somebody may not see is told to them exactly as what does not exist; that they tried stays in
the audit log.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.actor import Actor, Identity
from bot.domain.audit import AuditEntry
from bot.domain.errors import Elsewhere, NotFound, UsageError
from bot.domain.incident_policy import IncidentPolicy
from bot.domain.incidents.bindings import left_key, room_key
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.naming import parse_reference
from bot.domain.incidents.visibility import can_see, require_sight
from bot.domain.worded import worded
from bot.ports import Clock, Directory, Incidents, Store

_EXAMPLE = "INC-2026-001"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Looks at incidents with somebody's eyes."""

    policy: IncidentPolicy
    incidents: Incidents
    directory: Directory
    store: Store
    clock: Clock

    async def actor(self, identity: Identity) -> Actor:
        """Who this is. Raises as `Directory.actor`."""
        return await self.directory.actor(identity.user, identity.team)

    async def see(self, identity: Identity, ref: str) -> tuple[Actor, Incident]:
        """An incident, and who asks for it.

        Raises `NotPermitted` for people who are not of the workspace, and `NotFound` for what does
        not exist, or not for them.
        """
        actor = await self.actor(identity)
        incident = (await self.incidents.incident(ref)).value
        await self.require(actor, incident)
        return actor, incident

    async def require(self, actor: Actor, incident: Incident) -> None:
        """Raise `NotFound` unless somebody may see an incident, and note that they tried."""
        try:
            require_sight(actor, incident, self.policy)
        except NotFound:
            await self.store.audit(
                AuditEntry(
                    at=self.clock.now(),
                    actor=actor.id,
                    action="Refused see",
                    subject=incident.ref,
                )
            )
            raise

    def seen(self, actor: Actor, incidents: Iterable[Incident]) -> tuple[Incident, ...]:
        """Those of them that somebody may see."""
        return tuple(each for each in incidents if can_see(actor, each, self.policy))

    async def which(self, identity: Identity, ref: str, channel: str) -> Incident:
        """The incident that somebody means: the one they typed, else that of the channel.

        Raises `UsageError` saying what to type when neither is one (`Elsewhere`: where to), and as
        `see`.
        """
        if ref.strip():
            named = parse_reference(ref.strip())
            if named is None:
                raise UsageError(
                    "“{given}” is not the reference of an incident.",
                    hint="References look like {example}.",
                    given=ref.strip(),
                    example=_EXAMPLE,
                )
            return (await self.see(identity, named))[1]
        found = await self.here(channel)
        actor = await self.actor(identity)
        if found is None:
            raise await self._nowhere(actor, channel)
        await self.require(actor, found)
        return found

    async def here(self, channel: str) -> Incident | None:
        """The incident whose room a channel is; None when it is nobody's.

        Whoever shows it to a person has to ask `require` first.
        """
        ref = (await self.incidents.binding(room_key(channel))).value.incident
        return (await self.incidents.incident(ref)).value if ref else None

    async def _nowhere(self, actor: Actor, channel: str) -> UsageError:
        """What is wrong with asking in a channel that is nobody's room. Those who may see the
        incident that has left it are told where that goes on.
        """
        ref = (await self.incidents.binding(left_key(channel))).value.incident
        left = (await self.incidents.incident(ref)).value if ref else None
        if left is None or not can_see(actor, left, self.policy):
            return UsageError(
                "This is not the channel of an incident.",
                hint="Say which one you mean, such as {example}, or ask in its channel.",
                example=_EXAMPLE,
            )
        said = worded("{ref} is not worked on here any more.", ref=left.ref)
        if left.room.channel is None:
            hint = worded("Type `/incident show {ref}` to see it.", ref=left.ref)
            return UsageError(said, hint=hint)
        return Elsewhere(said, hint="It goes on in", channel=left.room.channel)
