"""What people are told: facts that wait in the outbox until the chat system has taken them.

A card shows the present state of its subject and is edited in place; a note is said once, in the
thread below the card. A message carries facts, never rendered text, so that it can be shown by
whatever release delivers it.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from bot.domain.base import Model


class Said(StrEnum):
    """What a note says about a deploy."""

    APPROVED = "approved"
    CLEARED = "cleared"
    REJECTED = "rejected"
    EXPIRED = "expired"
    REPLANNED = "replanned"
    STAGED = "staged"
    COMPLETED = "completed"
    FAILED = "failed"


class DeployCard(Model):
    """Show a deploy as it stands at the moment of delivery."""

    kind: Literal["deploy_card"] = "deploy_card"
    deploy: str


class DeployNote(Model):
    """Say one thing about a deploy, below its card."""

    kind: Literal["deploy_note"] = "deploy_note"
    deploy: str
    said: Said
    by: str | None = None
    detail: str | None = None


Message = Annotated[DeployCard | DeployNote, Field(discriminator="kind")]


class Entry(Model):
    """A message on its way: `id` is unique and lets a repeated delivery be recognised."""

    id: str
    channel: str
    message: Message

    @property
    def card(self) -> str | None:
        """The card that this entry refreshes; None for a note."""
        return self.message.deploy if isinstance(self.message, DeployCard) else None


class MessageRef(Model):
    """Where a message stands in the chat system."""

    channel: str
    ts: str
