"""What somebody was not allowed to do stays in the audit log, whoever refused it and where."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.domain.actor import Actor
from bot.domain.audit import AuditEntry
from bot.domain.errors import NotPermitted
from bot.ports import Clock, Store


@asynccontextmanager
async def refusals_noted(
    store: Store, clock: Clock, actor: Actor, verb: str, subject: str
) -> AsyncIterator[None]:
    """Note a `NotPermitted` of the block as “Refused `verb`”; whoever asked gets it all the same.

    Raises what the block raises.
    """
    try:
        yield
    except NotPermitted as refusal:
        entry = AuditEntry(
            at=clock.now(),
            actor=actor.id,
            action=f"Refused {verb}",
            subject=subject,
            detail=str(refusal),
        )
        await store.audit(entry)
        raise
