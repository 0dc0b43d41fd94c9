"""What a declaration is answered: at once, and again as soon as there is a room to go to."""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.actor import Identity
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.room import RoomKind
from bot.views.blocks import Rendered
from bot.views.incidents import answers
from commands.incidents.desk import Desk
from commands.replies import Say

# How often it is looked, and how long for (a decision of this project): a room takes a second or
# two. A process that ends does not wait for it: whoever makes the room invites them into it anyway.
_EVERY, _LOOKS = timedelta(seconds=1), 10


def declared_answer(
    desk: Desk,
    identity: Identity,
    incident: Incident,
    duplicates: Sequence[Incident] = (),
    *,
    known: bool = False,
) -> Say:
    """It is declared, or (`known`) was before; the link to its room follows once that is made."""
    language = desk.language(identity)
    said = answers.declared(incident, duplicates, language, known=known)
    if known or incident.afterwards or _somewhere(incident):
        return Say(rendered=said)

    async def there() -> Rendered | None:
        for _ in range(_LOOKS):
            await desk.clock.sleep(_EVERY)
            _, now = await desk.sight.see(identity, incident.ref)
            if _somewhere(now):
                return answers.declared(now, duplicates, language)
            if now.over:
                break
        return None

    return Say(rendered=said, then=there)


def _somewhere(incident: Incident) -> bool:
    """Whether it is known where it goes on."""
    return incident.room.channel is not None or incident.room.kind is RoomKind.THREAD
