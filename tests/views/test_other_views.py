"""Forms, the status table, help texts and apologies, within Slack's limits."""

import json
from datetime import timedelta

import pytest
import samples
from incident_samples import incident
from screens import screen
from slack_sdk.models.blocks import Block as SlackBlock
from slack_sdk.models.views import View

from bot.domain.errors import (
    ConcurrentUpdate,
    IllegalTransition,
    NotFound,
    NotPermitted,
    Outcome,
    SlackRefused,
    SlackUnavailable,
    StoreUnavailable,
    UnknownName,
    UsageError,
)
from bot.domain.freezes import Frozen
from bot.domain.observation import Health
from bot.domain.overview import Guarded, TargetStatus
from bot.domain.restrictions import Freeze
from bot.views import help as help_view
from bot.views import modals, status
from bot.views.errors import apology


@pytest.mark.parametrize("count", [1, 100, 1000])
def test_the_form_holds_any_number_of_services(count: int) -> None:
    """Up to 100 are listed; of more, the menu becomes a search."""
    names = tuple(f"service-{number}" for number in range(count))
    form = modals.ask_deploy(samples.catalog(services=names), "C1")
    parsed = View(**form).to_dict()
    assert parsed["blocks"] == form["blocks"]
    kind = form["blocks"][0]["element"]["type"]
    assert kind == ("static_select" if count <= 100 else "external_select")


def test_a_search_lists_names_that_begin_with_the_letters_first() -> None:
    """And never more than Slack takes."""
    found = modals.matching(["web-api", "api", "apiary", "auth"], "API")
    assert [option["value"] for option in found["options"]] == ["api", "apiary", "web-api"]
    assert len(modals.matching([f"s{n}" for n in range(500)], "")["options"]) == 100


def test_the_reason_form_carries_what_it_is_about() -> None:
    """The submission has to find the plan and the channel again."""
    form = modals.ask_reason(samples.deploy(), "abc", "C1")
    assert form["private_metadata"] == "D-7F3K2:abc:C1"
    assert View(**form).to_dict()["blocks"] == form["blocks"]


def statuses(count: int) -> list[TargetStatus]:
    """Targets of which every other one cannot be read."""
    return [
        TargetStatus(
            target=samples.target(f"service-{number}", "staging"),
            seen=samples.observed() if number % 2 == 0 else None,
            problem=None if number % 2 == 0 else "The cloud does not answer.",
        )
        for number in range(count)
    ]


@pytest.mark.parametrize("count", [1, 100, 1000])
def test_the_status_table_fits_any_number_of_targets(count: int) -> None:
    """At most 100 rows with the heading; the rest is counted, not dropped in silence."""
    rendered = status.table(statuses(count), {}, "/deploy")
    table = rendered.blocks[0]
    assert len(table["rows"]) <= 100
    assert len(rendered.blocks) <= 50
    if count > 99:
        assert f"{count - 99} more targets" in json.dumps(rendered.blocks)


def test_a_target_that_cannot_be_read_is_unknown_and_never_ready() -> None:
    """Unknown is shown as unknown, with the reason."""
    rendered = status.table(statuses(2), {}, "/deploy")
    row = json.dumps(rendered.blocks[0]["rows"][2], ensure_ascii=False)
    assert "unknown" in row
    assert "🟢" not in row
    assert "The cloud does not answer." in json.dumps(rendered.blocks[1])


def test_a_version_that_we_deployed_shows_who_and_when() -> None:
    """By digest: what somebody else put there is not claimed."""
    from_us = samples.deploy()
    ours = samples.deploy(plan=samples.plan())
    seen = samples.observed()
    strange = TargetStatus(target=samples.target(), seen=seen, last=ours)
    assert strange.ours is None
    newer = seen.revisions["api-00001"].model_copy(update={"digest": samples.NEW_DIGEST})
    known = TargetStatus(
        target=samples.target(),
        seen=samples.observed(revisions={"api-00001": newer}),
        last=ours,
    )
    assert known.ours == ours
    assert samples.DANA in json.dumps(status.table([known], {}, "/deploy").blocks)
    assert from_us.plan is None


def test_a_split_shows_the_larger_share_first() -> None:
    """Versions and percentages stand in the same order."""
    seen = samples.observed(serving={"api-00001": 10, "api-00002": 90}, health=Health.CHANGING)
    shared = TargetStatus(target=samples.target(), seen=seen)
    row = status.table([shared], {}, "/deploy").blocks[0]["rows"][1]
    assert row[2]["text"] == "api-00002 + v1.1.0"
    assert row[3]["text"] == "90 % / 10 %"


def test_the_status_shows_what_is_broken_once_and_which_service_is_frozen() -> None:
    (first, second) = statuses(2)
    by_incident = Freeze(
        environment="production",
        service="api",
        incident="INC-2026-001",
        by=samples.SAM,
        reason="INC-2026-001: Checkout is slow",
        since=samples.NOW,
        until=samples.NOW + timedelta(hours=4),
    )
    closed = Frozen(environment="production", until=by_incident.until, by_hand=(by_incident,))
    broken = (incident(),)
    guards = {
        first.target.key: Guarded(frozen=closed, incidents=broken),
        second.target.key: Guarded(incidents=broken),
    }
    said = screen(status.table([first, second], guards, "/deploy"))
    assert said.count("*P1 INC-2026-001") == 1
    assert f"❄️ *{first.target.key}* frozen until" in said


def test_help_names_the_command_as_this_workspace_calls_it() -> None:
    """Command names are settings."""
    rendered = help_view.deploy("/ship", ("api",), ("staging", "production"))
    assert "/ship api v1.2.0 production" in json.dumps(rendered.blocks)
    overview = help_view.overview("/a", "/b", "/c", "/d")
    for text in (rendered, help_view.status("/svc", ("api",)), overview):
        assert all(SlackBlock.parse(block) is not None for block in text.blocks)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (UsageError("No.", hint="Type this."), "Type this."),
        (UnknownName("service", "apy", nearest=("api",), known=("api",)), "Did you mean api?"),
        (UnknownName("service", "x", nearest=(), known=("api", "auth")), "Known are: api, auth."),
        (NotPermitted("You may not."), "You may not."),
        (NotFound("Gone."), "Gone."),
        (IllegalTransition("Deploy D-1", "completed", "“approve”"), "is completed"),
        (ConcurrentUpdate("x"), "faster"),
        (StoreUnavailable("Redis is away."), "Nothing was done"),
        (SlackUnavailable("Slow.", outcome=Outcome.UNKNOWN), "not known"),
        (SlackRefused("The bot is not in the channel.", code="x"), "Nothing was done."),
        (TimeoutError(), "not known"),
        (ValueError("secret detail"), "not known"),
    ],
)
def test_an_apology_says_what_is_wrong_and_what_to_do(error: Exception, says: str) -> None:
    """A failure says whether it may have happened; a bug's own text is never shown."""
    rendered = apology(error, "REF12345")
    assert says in json.dumps(rendered.blocks, ensure_ascii=False)
    assert "secret detail" not in json.dumps(rendered.blocks)
    if isinstance(error, StoreUnavailable | TimeoutError | ValueError):
        assert "REF12345" in json.dumps(rendered.blocks)
