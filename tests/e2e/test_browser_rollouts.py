"""Every way in which a deploy can go, by clicking in headless chromium, with times of seconds.

What is waited for is always something that people see; nothing depends on how fast it comes.
"""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from browser import PATIENCE_MS, Person, says
from desk import DANA, OLIVIA, SAM, Desk
from playwright.async_api import Locator, expect

from adapters.local.cloud.behaviour import Behaviour

PLACE = "projects/olympus-prod/locations/us-central1/services/"


@pytest.fixture
def config() -> Path:
    """Quick policies."""
    return Path(__file__).with_name("rollouts.yaml")


def now() -> datetime:
    """The simulated cloud goes by the real time here."""
    return datetime.now(UTC)


async def ask(person: Person, service: str, version: str = "v1.2.0", *, words: str = "") -> Locator:
    """Type a deploy to production; returns its card."""
    await person.type(f"/deploy {service} {version} production {words}".strip())
    card = person.card(f"{version} → production")
    await expect(card).to_be_visible(timeout=PATIENCE_MS)
    return card


async def approved(person: Person, card: Locator) -> None:
    """Sam approves."""
    await says(card, "Waiting for approval")
    await person.act_as(SAM)
    await person.press(card, "deploy.approve")


async def test_a_good_canary_goes_from_5_to_100(people: Desk, person: Person) -> None:
    """Share by share, each one seen on the same card, with the picture at the end."""
    await person.open(people, DANA)
    card = await ask(person, "platform")
    await person.note()
    await approved(person, card)
    await says(card, "Serving v1.2.0")
    # A share lasts some seconds: whether anybody looks in just these is a matter of luck.
    drawn = " ".join(await person.noted())
    at = [drawn.find(f"Rolling out: {share} ") for share in ("5 %", "25 %", "50 %")]
    assert at == sorted(at)
    assert min(at) >= 0
    await expect(card.get_by_test_id("thumbnail")).to_be_visible(timeout=PATIENCE_MS)
    splits = [
        {name[-5:]: share for name, share in write.traffic.items() if share}
        for write in people.stack.cloud.model.journal
        if "template" not in write.paths
    ]
    assert {"00002": 95, "00003": 5} in splits
    assert splits[-1] == {"00003": 100}
    assert person.noise == []


async def test_a_bad_canary_is_rolled_back_with_a_chart(people: Desk, person: Person) -> None:
    """By itself; the old version serves, and the bad one cannot be deployed again."""
    await person.open(people, DANA)
    card = await ask(person, "platform", "v1.4.0-bad")
    await approved(person, card)
    await says(card, "Rolled back")
    await says(card, "errors: ")
    await expect(card.get_by_test_id("thumbnail")).to_be_visible(timeout=PATIENCE_MS)
    await person.act_as(DANA)
    await person.type("/deploy platform v1.4.0-bad staging")
    refused = person.card("v1.4.0-bad → staging")
    await says(refused, "denied")


async def test_an_idle_canary_is_held_and_goes_on_when_somebody_says_so(
    people: Desk, person: Person
) -> None:
    """Too few requests to tell: it asks, and whoever asked for it cannot answer alone."""
    place = PLACE + "platform-service"
    people.stack.cloud.workload.load(place, 0, now())
    await person.open(people, DANA)
    card = await ask(person, "platform")
    await approved(person, card)
    await says(card, "no requests")
    await expect(card.locator('button[data-action-id="deploy.wait"]')).to_be_visible(
        timeout=PATIENCE_MS
    )
    await person.act_as(DANA)
    await person.press(card, "deploy.promote")
    await person.see("four-eyes")
    await person.act_as(SAM)
    await person.press(card, "deploy.promote")
    await says(card, "Held at 25 %")
    await expect(card.locator('button[data-action-id="deploy.abort"]')).to_be_visible(
        timeout=PATIENCE_MS
    )
    await person.press(card, "deploy.abort")
    await says(card, "Rolled back")


async def test_blue_green_and_the_switch_back(people: Desk, person: Person) -> None:
    """Green takes everything, blue is kept, and one button brings it back."""
    await person.open(people, DANA)
    card = await ask(person, "commerce")
    await approved(person, card)
    await says(card, "Serving v1.2.0")
    await person.press(card, "deploy.switch_back")
    back = person.card("back to v1.1.0 in production")
    await says(back, "Serving v1.1.0")


async def test_an_approval_that_nobody_gives_expires(people: Desk, person: Person) -> None:
    """And the buttons are gone."""
    await person.open(people, DANA)
    card = await ask(person, "auth")
    await says(card, "Expired")
    await expect(card.locator("button[data-action-id]")).to_have_count(0)
    assert people.writes() == []


async def test_a_target_that_changed_outside_is_approved_again(
    people: Desk, person: Person
) -> None:
    """The old card is struck out, a new one asks, and only then it goes."""
    await person.open(people, DANA)
    card = await ask(person, "api")
    await says(card, "Waiting for approval")
    cloud = people.stack.cloud.model
    cloud.by_hand(PLACE + "api-gateway", {"api-gateway-00001": 100}, now(), by="eve@example")
    await person.act_as(SAM)
    await person.press(card, "deploy.approve")
    cards = person.page.locator('[data-testid="messages"] [data-testid="message"]').filter(
        has_text="v1.2.0 → production"
    )
    await expect(cards.filter(has_text="Waiting for approval")).to_have_count(
        1, timeout=PATIENCE_MS
    )
    await expect(cards.first.locator("s, del")).not_to_have_count(0, timeout=PATIENCE_MS)
    again = cards.filter(has_text="Waiting for approval").last
    await person.press(again, "deploy.approve")
    await expect(cards.last).to_contain_text("Serving v1.2.0", timeout=PATIENCE_MS)


async def test_breaking_the_glass_is_loud_and_reviewed(people: Desk, person: Person) -> None:
    """No approval before; somebody else signs afterwards."""
    await person.open(people, SAM)
    card = await ask(person, "api", words='--break-glass --reason "Checkout is down"')
    await says(card, "Checkout is down")
    await says(card, "Serving v1.2.0")
    await card.get_by_test_id("replies").click()
    thread = person.page.get_by_test_id("thread")
    review = thread.locator('button[data-action-id="deploy.reviewed"]')
    await expect(review).to_be_visible(timeout=PATIENCE_MS)
    await person.act_as(OLIVIA)
    await card.get_by_test_id("replies").click()
    await review.click()
    await expect(review).to_have_count(0, timeout=PATIENCE_MS)


async def test_a_freeze_stops_deploys_and_an_exception_passes(people: Desk, person: Person) -> None:
    """With its reason; the exception is approved by one who may grant it."""
    await person.open(people, SAM)
    await person.type('/deploy freeze production --for 1h --reason "Black Friday"')
    await person.see("Black Friday")
    await person.act_as(DANA)
    await person.type("/deploy api v1.2.0 production")
    await person.see("production is frozen")
    card = await ask(person, "api", words='--exception --reason "The fix"')
    await says(card, "The fix")
    await approved(person, card)
    await says(card, "Serving v1.2.0")
    await person.type('/deploy thaw production --reason "It is over"')
    await person.see("ended a freeze")


async def test_a_rollback_during_a_canary_goes_first(people: Desk, person: Person) -> None:
    """The canary is aborted and awaited; the proposal names the version before it is confirmed."""
    await person.open(people, DANA)
    first = await ask(person, "platform", "v1.2.0")
    await approved(person, first)
    await says(first, "Serving v1.2.0")
    await person.act_as(DANA)
    # Without requests it stays at its first share for as long as this takes.
    people.stack.cloud.workload.load(PLACE + "platform-service", 0, now())
    canary = await ask(person, "platform", "v1.3.0")
    await approved(person, canary)
    await says(canary, "Held at 5 %")
    await person.type("/rollback platform production --to v1.1.0")
    await person.press(person.message("v1.1.0", action="rollback.take"), "rollback.take")
    await says(canary, "Rolled back")
    back = person.card("back to v1.1.0 in production")
    await says(back, "Serving v1.1.0")


async def test_a_revision_that_turns_bad_during_its_bake_is_taken_back(
    people: Desk, person: Person
) -> None:
    """Not only versions that are bad from the start."""
    await person.open(people, DANA)
    card = await ask(person, "ledger")
    await approved(person, card)
    await says(card, "Rolling out: 25 %")
    workload = people.stack.cloud.workload
    workload.behave(PLACE + "ledger-service", "ledger-service-00003", Behaviour.ERRORS, now())
    await says(card, "Rolled back")
