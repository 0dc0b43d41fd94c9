"""What people are told about maintenance lists, as the other messages in `messages`."""

from typing import Literal

from bot.domain.base import Model


class _OfMaintenance(Model):
    run: str

    @property
    def story(self) -> str:
        """What the places of its messages are remembered under."""
        return self.run


class MaintenanceCard(_OfMaintenance):
    """A maintenance list that was posted on its schedule, as it stands at delivery."""

    kind: Literal["maintenance_card"] = "maintenance_card"

    @property
    def card(self) -> str:
        """One a run."""
        return f"{self.run}/card"

    @property
    def thread(self) -> None:
        """It stands in the channel itself."""


class MaintenanceOverdue(_OfMaintenance):
    """Call what of a maintenance list was not done in time."""

    kind: Literal["maintenance_overdue"] = "maintenance_overdue"

    @property
    def card(self) -> None:
        """It is said once."""

    @property
    def thread(self) -> str:
        """Below its list."""
        return f"{self.run}/card"
