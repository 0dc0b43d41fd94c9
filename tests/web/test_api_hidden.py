"""What the API says of incidents that its token may not see: nothing, or their reference alone."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from api_caller import WISH, Caller, calling
from engine import identity
from incident_engine import LEAK
from samples import DANA

from adapters.redis.connection import Connections

ALERT = "alert/checkout"


@pytest.fixture
async def caller(memory: Connections) -> AsyncIterator[Caller]:
    """Somebody with the token, and nothing that has happened yet."""
    async with calling(memory) as made:
        yield made


async def test_a_page_that_begins_at_a_hidden_incident_is_not_there(caller: Caller) -> None:
    """As one that begins at what was never given: both answers are the same, but for its name."""
    await caller.post("", WISH)
    secret = await caller.bench.declare(LEAK)
    hidden = await caller.get(f"?before={secret.ref}")
    never = await caller.get("?before=INC-2026-077")
    assert hidden[0] == 404
    assert str(hidden).replace(secret.ref, "INC-2026-077") == str(never)


async def test_a_page_that_begins_at_what_is_seen_goes_on_there(caller: Caller) -> None:
    (_, one), (_, two) = [
        await caller.post("", {**WISH, "title": each}) for each in ("Mails", "Search")
    ]
    status, page = await caller.get(f"?before={two['ref']}")
    assert (status, [each["ref"] for each in page["incidents"]]) == (200, [one["ref"]])


async def test_an_alert_about_a_hidden_incident_is_answered_with_its_reference_alone(
    caller: Caller,
) -> None:
    """Whatever became of it meanwhile, so that asking again tells nothing new."""
    secret = await caller.bench.declare(LEAK.model_copy(update={"dedup_key": ALERT}))
    alert = {"title": "Checkout answers 500s", "dedup_key": ALERT}
    first = await caller.post("", alert)
    assert first == (200, {"ref": secret.ref, "possible_duplicates": []})
    caller.bench.clock.move(timedelta(minutes=1))
    await caller.bench.cases.responding.ack(identity(DANA), secret.ref)
    assert await caller.post("", alert) == first


async def test_what_is_told_of_a_hidden_incident_is_the_same_for_every_one(caller: Caller) -> None:
    """Not only the API: whoever declares gets nothing else to show."""
    wish = LEAK.model_copy(update={"dedup_key": ALERT})
    secret = await caller.bench.declare(wish, who=DANA)
    again = wish.model_copy(update={"title": "Something", "private": False})
    known = await caller.bench.cases.declaring.by_itself(again, once="another")
    assert (known.known, known.hidden, known.incident.ref) == (True, True, secret.ref)
    other = known.incident.model_dump_json().replace(secret.ref, "")
    for word in ("P1", "investigating", "api", DANA, "2026"):
        assert word not in other
