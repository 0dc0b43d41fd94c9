"""The incident of docs/incidents.md in a browser: a deploy is to blame, and is taken back.

`python tests/e2e/incident_pictures.py` runs it and puts the pictures in their place.
"""

import asyncio
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from browser import IMAGES, PATIENCE_MS, Person, browser
from desk import CONFIG, DANA, MAX, PATIENCE, SAM, Desk, desk, ready
from playwright.async_api import expect

from adapters.catalog import load_catalog
from adapters.redis.connection import Connections
from adapters.redis.incidents import RedisIncidents
from adapters.redis.store import RedisStore
from adapters.system import RandomIds, SystemClock
from bot.domain.incident_policy import Severity
from bot.domain.incidents.declaring import Wish, declare
from bot.domain.incidents.events import Acked, Moved, PostMortemPublished, Settled
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.naming import reference
from bot.domain.incidents.states import State
from bot.domain.incidents.transition import advance
from bot.ports import Change, Stored
from bot.views.incidents.names import IncidentAction, IncidentCallback, IncidentField

# What is drawn as a figure: for each incident how many days ago, and how long until somebody was on
# it, and until it was over, in minutes.
PAST = (
    *((53, 2, 95), (50, 6, 40), (45, 1, 70), (39, 3, 55), (38, 9, 200)),
    *((31, 2, 44), (26, 1, 38), (18, 4, 52), (12, 1, 25), (5, 2, 31), (3, 1, 18)),
)
A, F = IncidentAction, IncidentField


async def remember(people: Desk) -> None:
    """Give the workspace a past."""
    connections = Connections(people.stack.store.url, PATIENCE)
    clock, ids = SystemClock(), RandomIds()
    store, incidents = RedisStore(connections), RedisIncidents(connections)
    for ago, acked, resolved in PAST:
        began = clock.now() - timedelta(days=ago)
        ref = reference(began.year, await incidents.next_number(began.year))
        over = _past(ref, ids.token(), began, acked, resolved)
        await store.commit(Change(writes=(Stored(value=over, version=0),)))
    await connections.aclose()


def _past(ref: str, token: str, began: datetime, acked: int, resolved: int) -> Incident:
    """An incident of long ago, from its declaration to its end."""
    policy = load_catalog(CONFIG).incidents
    wish = Wish(title="Checkout is slow", severity=Severity.P2, service="commerce")
    incident = declare(ref, token, wish, MAX, "en", began, policy)
    for minutes, event in (
        (acked, Acked()),
        (resolved, Settled(root_cause="A leak.", resolution="Rolled back.")),
        (resolved + 60, Moved(to=State.POST_MORTEM)),
        (resolved + 90, PostMortemPublished()),
        (resolved + 90, Moved(to=State.CLOSED)),
    ):
        incident = advance(incident, event, SAM, began + timedelta(minutes=minutes), policy)
    return incident


async def suspect(people: Desk, person: Person) -> None:
    """Dana deploys what is going to be blamed."""
    await person.open(people, DANA)
    await person.type("/deploy api v1.2.0 production")
    card = person.card("v1.2.0 → production")
    await expect(card).to_contain_text("Approvals 0 of 1", timeout=PATIENCE_MS)
    await person.act_as(SAM)
    await person.press(card, "deploy.approve")
    await expect(card).to_contain_text("Serving v1.2.0", timeout=PATIENCE_MS)


async def tell_incident(people: Desk, person: Person, pictures: Path) -> None:
    """It is declared by the form, taken on, told of, and shown everywhere."""
    await person.act_as(DANA)
    await person.go("incidents")
    await person.type("/incident P1 service:api --impact '40 % of the requests fail'")
    form = await person.form(IncidentCallback.DECLARE)
    await form.write(F.TITLE, "Checkout answers 500s")
    await person.picture(pictures, "incident-declare")
    await form.send()
    room = await people.room("inc-")
    await expect(person.link_to(room)).to_be_visible(timeout=PATIENCE_MS)
    alert = person.card("Incident alert")
    await person.act_as(SAM)
    await person.go("incidents")
    await person.show(alert)
    await person.picture(pictures, "incident-alert")
    await person.press(alert, A.JOIN)
    await person.go(room)
    card = person.card("Roll back v1.2.0")
    await person.press(card, A.ACK)
    await person.see("is on it")
    await person.type(
        "/incident update raising the limit of connections --eta '15 minutes' --next 30m"
    )
    await person.see("Incident update")
    await expect(card).to_contain_text("Last update", timeout=PATIENCE_MS)
    await person.show(card)
    await person.picture(pictures, "incident-card")
    await person.type("/incident task look at the logs of the gateway")
    # What everybody is told has the button, what Sam is answered has none; either may come first.
    await person.press(person.message("look at the logs", action=A.TASK_TAKEN), A.TASK_TAKEN)
    await person.home()
    await person.picture(pictures, "incident-home")
    await look_back(person, room, pictures)


async def look_back(person: Person, room: str, pictures: Path) -> None:
    """It is resolved, its post-mortem is drafted, and the past is drawn."""
    await person.go(room)
    await person.press(person.card("Roll back v1.2.0"), A.RESOLVE)
    form = await person.form(IncidentCallback.RESOLVE)
    await form.write(F.ROOT_CAUSE, "v1.2.0 opens a connection for each request.")
    await form.write(F.RESOLUTION, "The database takes more of them for now.")
    await form.send()
    resolved = person.card("Incident resolved")
    await person.press(resolved, A.POST_MORTEM)
    await person.show(await person.see("drafted from the record"))
    await person.page.get_by_test_id("channel-name").hover()  # away from the tools of messages
    await person.picture(pictures, "incident-resolved")
    await person.type("/incident metrics commerce --days 56 --chart")
    await person.inbox()
    drawn = person.message("Incidents of commerce")
    await expect(drawn).to_be_visible(timeout=PATIENCE_MS)
    await person.show(drawn)
    await person.picture(pictures, "incident-figures")


async def tell_all(people: Desk, person: Person, pictures: Path) -> None:
    """The whole story, picture by picture."""
    await remember(people)
    await suspect(people, person)
    await tell_incident(people, person, pictures)


async def main() -> None:
    """Make the pictures of incidents."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with desk(Path(folder)) as people, browser() as started:
            await people.stack.start_bot()
            await ready(people)
            view = await started.new_page(viewport={"width": 1280, "height": 900})
            await tell_all(people, Person(view), IMAGES)


if __name__ == "__main__":
    asyncio.run(main())
