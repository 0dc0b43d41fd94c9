"""Declaring an incident: one write, after which everything else happens by itself."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.actor import Actor, Identity
from bot.domain.audit import ENGINE, AuditEntry
from bot.domain.catalog import Catalog
from bot.domain.errors import ConcurrentUpdate
from bot.domain.incidents.bindings import alert_key
from bot.domain.incidents.declaring import Wish, declare, likely_duplicates
from bot.domain.incidents.events import Event, FreezeSet
from bot.domain.incidents.incident import Incident, IncidentKind
from bot.domain.incidents.linked import SuggestedRunbook, Suspect
from bot.domain.incidents.naming import reference
from bot.domain.incidents.timeline import LineKind, TimelineLine
from bot.domain.incidents.visibility import can_see
from bot.domain.runbooks import Runbook, suggestions
from bot.ports import Change, Stored
from bot.usecases.incidents.freezing import freeze_of, link_of
from bot.usecases.incidents.paging import Paging
from bot.usecases.incidents.places import known_place
from bot.usecases.incidents.redaction import reference_only
from bot.usecases.incidents.sight import Sight
from bot.usecases.incidents.transitions import IncidentTransitions, too_many
from bot.usecases.transitions import RACES

_ITSELF = Actor(id=ENGINE, name="Signalbox")

# The deploys that may have caused what began at a moment, of a service in an environment.
SuspectsOf = Callable[[str | None, str | None, datetime], Awaitable[tuple[Suspect, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What became of a wish: a new incident, or (`known`) the open one that has the same key, or
    (`repeated`) the one that was declared before by the very same request.

    `duplicates` are open incidents that may be the same, of those that whoever asked may see. Of
    a `hidden` one nothing is to be passed on but its reference.
    """

    incident: Incident
    duplicates: tuple[Incident, ...] = ()
    known: bool = False
    repeated: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What somebody should know before declaring."""

    duplicates: tuple[Incident, ...]
    suspects: tuple[Suspect, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaring:
    """Declares incidents. `suspects` finds the deploys that may be to blame; of the `runbooks` an
    incident keeps those that fit it.
    """

    catalog: Catalog
    sight: Sight
    transitions: IncidentTransitions
    paging: Paging
    suspects: SuspectsOf
    runbooks: tuple[Runbook, ...] = ()

    async def declare(
        self,
        identity: Identity,
        wish: Wish,
        *,
        once: str,
        asked: str = "",
        whole: Stored[Incident] | None = None,
    ) -> Declared:
        """Declare it; anybody of the workspace may. The same `once` twice is one incident. `whole`
        is what it is a part of, as it was when that was decided.

        Room, clocks, freeze and the first page are part of the same write; what has to be done in
        the chat system follows from it. Raises `NotPermitted` for people of elsewhere, `UsageError`
        for what cannot be taken, `KeyReused` when something else was `asked` for under that `once`
        (see `Change`), and `ConcurrentUpdate` when every race is lost, or the whole has changed.
        """
        return await self._declare(await self.sight.actor(identity), wish, once, asked, whole)

    async def by_itself(self, wish: Wish, *, once: str) -> Declared:
        """Declare what Signalbox itself has noticed; returns and raises as `declare`."""
        return await self._declare(_ITSELF, wish, once)

    async def outlook(
        self, identity: Identity, service: str | None, environment: str | None, title: str
    ) -> Outlook:
        """What is known of a service before something is declared about it.

        Raises `NotPermitted` and `UnknownName`.
        """
        actor = await self.sight.actor(identity)
        wish = self._placed(Wish(title=title, service=service, environment=environment))
        now = self.transitions.clock.now()
        alike = likely_duplicates(wish, await self.sight.incidents.open(), now)
        suspects = await self._suspects(wish, now)
        return Outlook(duplicates=self.sight.seen(actor, alike), suspects=suspects)

    async def _declare(
        self,
        actor: Actor,
        wish: Wish,
        once: str,
        asked: str = "",
        whole: Stored[Incident] | None = None,
    ) -> Declared:
        wish = self._placed(wish)
        now = self.transitions.clock.now()
        ref = reference(now.year, await self.sight.incidents.next_number(now.year))
        around = await self.sight.incidents.open()
        alike = self.sight.seen(actor, likely_duplicates(wish, around, now))
        suspects = await self._suspects(wish, now)
        policy = self.transitions.policy
        language = policy.language or actor.language
        token = self.transitions.ids.token()
        fresh = declare(ref, token, wish, actor.id, language, now, policy, suspects)
        fresh = fresh.model_copy(update={"runbooks": self._runbooks_for(fresh)})
        # What is to be declared depends on the whole: whoever asked decides again.
        for _ in range(RACES if whole is None else 1):
            try:
                attached = await self._attached(actor, wish, once, asked)
                if attached is not None:
                    return attached
                made = await self._begin(fresh, actor, once, asked, whole)
            except ConcurrentUpdate:
                # Somebody else has the key, or gave it back, or changed what forbids deploys; or
                # the number was given out before: a server that lost its last writes counts them
                # again.
                number = await self.sight.incidents.next_number(now.year)
                fresh = fresh.model_copy(update={"ref": reference(now.year, number)})
                continue
            others = tuple(each for each in alike if each.ref != made.ref)
            return Declared(incident=made, duplicates=others, repeated=made.ref != fresh.ref)
        raise too_many(ref)

    def _placed(self, wish: Wish) -> Wish:
        """The wish with the usual environment, where none is named. Raises `UnknownName`."""
        known_place(self.catalog, wish.service, wish.environment)
        if wish.environment is not None:
            return wish
        return wish.model_copy(update={"environment": self.transitions.policy.environment})

    async def _suspects(self, wish: Wish, now: datetime) -> tuple[Suspect, ...]:
        if wish.kind is not IncidentKind.REAL:
            return ()
        onset = wish.occurred or wish.detected or now
        return await self.suspects(wish.service, wish.environment, onset)

    def _runbooks_for(self, fresh: Incident) -> tuple[SuggestedRunbook, ...]:
        """What may help; nothing helps an incident that is written down afterwards."""
        if fresh.kind is IncidentKind.BACKFILLED:
            return ()
        return suggestions(self.runbooks, fresh.title, fresh.service)

    async def _attached(self, actor: Actor, wish: Wish, once: str, asked: str) -> Declared | None:
        """It has come once more: a line on the timeline of the incident that has its key already,
        while customers may be hurt by it; None: there is none.

        Whoever may not see that incident learns its reference only, and what is private stays out
        of one that everybody sees. Raises `ConcurrentUpdate` when it gives its key back meanwhile,
        as when it is resolved: what comes after that is news.
        """
        incidents = self.sight.incidents
        if wish.dedup_key is None:
            return None
        binding = await incidents.binding(alert_key(wish.dedup_key))
        if binding.value.incident is None:
            return None
        known = (await incidents.incident(binding.value.incident)).value
        now = self.transitions.clock.now()
        text = wish.title if known.private or not wish.private else ""
        line = TimelineLine(
            id=self.transitions.ids.token(),
            kind=LineKind.ALERT,
            at=max(wish.occurred or now, known.began),
            recorded=now,
            by=actor.id,
            word="again",
            text=text,
        )
        change = Change(
            writes=(),
            unchanged=(binding,),
            audit=(AuditEntry(at=now, actor=actor.id, action="Declared again", subject=known.ref),),
            timeline=((known.ref, line),),
        )
        first = await self.transitions.commit(
            change, once=_once(once), result=known.ref, asked=asked
        )
        if first is not None and first != known.ref:
            known = (await self.sight.incidents.incident(first)).value
        seen = can_see(actor, known, self.transitions.policy)
        if not seen:
            return Declared(incident=reference_only(known), known=True, hidden=True)
        return Declared(incident=known, known=True)

    async def _begin(
        self, fresh: Incident, actor: Actor, once: str, asked: str, whole: Stored[Incident] | None
    ) -> Incident:
        """Save it, with the freeze that it sets and the pages that are due at once."""
        policy, now = self.transitions.policy, self.transitions.clock.now()
        freeze = freeze_of(fresh, policy, now)
        frozen = (FreezeSet(freeze=link_of(freeze)),) if freeze is not None else ()
        events: tuple[Event, ...] = (*frozen, *await self.paging.due(fresh))
        return await self.transitions.begin(
            fresh, *events, by=actor.id, once=_once(once), asked=asked, whole=whole
        )


def _once(key: str) -> str:
    return f"declare:{key}"
