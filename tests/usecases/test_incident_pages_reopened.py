"""Pages of before an incident was opened again: they say what is so now, and call nobody."""

from collections.abc import AsyncIterator

import pytest
from engine import identity
from incident_engine import MINUTE, IncidentBench, incident_bench
from incident_samples import RESOLUTION, ROOT_CAUSE, incident_policy
from samples import DANA, OLIVIA, SAM
from screens import buttons, screen

from adapters.redis.connection import Connections
from bot.domain.incident_policy import Severity
from bot.domain.incidents.incident import Incident, Moment
from bot.domain.incidents.messages import DirectWord, IncidentNote, IncidentSaid, Word
from bot.domain.incidents.states import State
from bot.domain.incidents.timeline import LineKind
from bot.views.blocks import Rendered
from bot.views.incidents.direct import direct_word

WHY = "The errors are back."


@pytest.fixture
async def bench(memory: Connections) -> AsyncIterator[IncidentBench]:
    """Olivia is on the fourth rung only."""
    async with incident_bench(memory) as built:
        yield built


async def reopened(bench: IncidentBench) -> tuple[Incident, Incident]:
    """As it was when it was over, with the first two rungs paged and none answered; and as it is
    now that Dana has opened it again, in the same minute.
    """
    incident = await bench.furnish(await bench.declare())
    await bench.pass_time(6 * MINUTE)
    responding = bench.cases.responding
    over = await responding.resolve(identity(DANA), incident.ref, ROOT_CAUSE, RESOLUTION)
    await responding.move(identity(DANA), incident.ref, State.INVESTIGATING, WHY)
    await bench.pass_time(6 * MINUTE)
    return over, await bench.now(incident)


def shown(incident: Incident, page: str, to: str) -> Rendered:
    """What the message of a page says now."""
    word = DirectWord(incident=incident.ref, to=to, word=Word.PAGED, about=page)
    return direct_word(word, incident, incident_policy(), "en")


async def test_they_are_drawn_anew_at_once_and_have_no_button(bench: IncidentBench) -> None:
    over, now = await reopened(bench)
    assert "It is over" in screen(shown(over, over.pages[0].id, SAM))
    old = shown(now, over.pages[0].id, SAM)
    assert "It is over" not in screen(old)
    assert "open again" in screen(old)
    assert "Investigating" in screen(old)
    assert list(buttons(old)) == []
    fresh = [page for page in now.pages if page not in over.pages]
    assert [page.people for page in fresh] == [(SAM,)]
    assert list(buttons(shown(now, fresh[0].id, SAM))) == ["Acknowledge"]
    for person in (SAM, DANA):
        said = [entry.message for entry in (await bench.waiting())[person]]
        pages = [each.about for each in said if isinstance(each, DirectWord)]
        # When it was paged, when it was over, and when it was opened again.
        mine = next(page.id for page in over.pages if person in page.people)
        assert pages.count(mine) >= 3


async def test_an_answer_belongs_to_the_present_page(bench: IncidentBench) -> None:
    over, now = await reopened(bench)
    bench.clock.move(MINUTE)
    await bench.cases.responding.ack(identity(SAM), now.ref)
    after = await bench.now(now)
    assert [(page.people, page.acked_by) for page in after.pages] == [
        ((SAM,), None),
        ((DANA,), None),
        ((SAM,), SAM),
    ]
    assert after.pages[:2] == over.pages


@pytest.mark.parametrize("who", [SAM, OLIVIA])
async def test_the_button_of_an_old_page_is_an_answer_to_what_is_now(
    bench: IncidentBench, who: str
) -> None:
    """A message that Slack had not drawn anew yet."""
    over, now = await reopened(bench)
    await bench.cases.crew.answer(identity(who), now.ref, over.pages[0].id)
    after = await bench.now(now)
    assert after.pages[:2] == over.pages
    assert after.pages[2].acked_by == who
    assert after.times[Moment.ACKED].by == who
    acks = [line for line in await bench.lines(now) if line.kind is LineKind.ACK]
    assert [line.word for line in acks] == [""]
    said = [entry.message for entry in (await bench.waiting())[now.room.channel or ""]]
    notes = [each.said for each in said if isinstance(each, IncidentNote)]
    assert IncidentSaid.ACKED in notes
    assert IncidentSaid.PAGE_ACKED not in notes


async def test_the_button_of_an_old_page_does_nothing_when_it_is_over_again(
    bench: IncidentBench,
) -> None:
    over, now = await reopened(bench)
    responding = bench.cases.responding
    ended = await responding.resolve(identity(DANA), now.ref, ROOT_CAUSE, RESOLUTION)
    await bench.cases.crew.answer(identity(SAM), now.ref, over.pages[0].id)
    assert (await bench.now(now)).pages == ended.pages


async def test_what_got_worse_is_answered_by_any_page_of_this_life(bench: IncidentBench) -> None:
    """The page of the lower severity still calls the same person."""
    incident = await bench.declare()
    await bench.cases.responding.severity(identity(SAM), incident.ref, Severity.P2, "Fewer")
    await bench.cases.responding.severity(identity(SAM), incident.ref, Severity.P1, "More")
    await bench.cases.ringing.tick(incident.ref)
    worse = await bench.now(incident)
    assert [page.people for page in worse.pages] == [(SAM,), (SAM,)]
    assert list(buttons(shown(worse, worse.pages[0].id, SAM))) == ["Acknowledge"]
    await bench.cases.crew.answer(identity(SAM), incident.ref, worse.pages[0].id)
    assert [page.acked_by for page in (await bench.now(incident)).pages] == [SAM, SAM]
