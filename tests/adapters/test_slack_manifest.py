"""The app manifest: what Slack accepts, no more rights than are used, and the file in step."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from workspaces import reference

from adapters.local.workspace.app import RESERVED_COMMANDS, read_manifest
from adapters.slack.manifest import EVENTS, RESERVED, SCOPES, build_manifest, manifest_yaml
from adapters.slack.methods import METHODS
from bot.domain.errors import UsageError
from bot.views.incidents.names import IncidentShortcut

ROOT = Path(__file__).resolve().parents[2]
HTTP: dict[str, Any] = {
    "socket": False,
    "url": "https://signalbox.example.com",
    "deploy": "/deploy",
    "rollback": "/rollback",
    "status": "/svc-status",
    "incident": "/incident",
}
SOCKET = HTTP | {"socket": True}


def test_the_file_in_the_repository_is_what_the_generator_writes() -> None:
    assert (ROOT / "manifest.yml").read_text() == manifest_yaml(**HTTP)


def test_the_yaml_says_the_same_as_the_value() -> None:
    assert yaml.safe_load(manifest_yaml(**SOCKET)) == build_manifest(**SOCKET)


@pytest.mark.parametrize("options", [HTTP, SOCKET], ids=["http", "socket"])
def test_slack_s_own_schema_accepts_it(options: dict[str, Any]) -> None:
    schema = reference("manifest-schema", "manifest.schema.2.0.0.json")
    validator = jsonschema.Draft7Validator(schema)

    assert [error.message for error in validator.iter_errors(build_manifest(**options))] == []
    broken = build_manifest(**options) | {"features": {"slash_commands": [{"command": "x"}]}}
    assert list(validator.iter_errors(broken)), "the schema must be able to refuse"


def test_over_http_every_address_is_the_bot_s_one_path() -> None:
    manifest = build_manifest(**(HTTP | {"url": "https://bot.example.com/"}))
    text = json.dumps(manifest)

    assert text.count("https://") == text.count('"https://bot.example.com/slack/events"') == 7
    assert manifest["settings"]["socket_mode_enabled"] is False


def test_socket_mode_has_no_addresses() -> None:
    manifest = build_manifest(**(SOCKET | {"url": ""}))

    assert "http" not in json.dumps(manifest)
    assert manifest["settings"]["socket_mode_enabled"] is True
    assert manifest["settings"]["interactivity"]["is_enabled"] is True


def test_mentions_in_commands_arrive_as_ids() -> None:
    commands = build_manifest(**HTTP)["features"]["slash_commands"]

    assert [command["command"] for command in commands] == [
        "/deploy",
        "/rollback",
        "/svc-status",
        "/incident",
    ]
    assert all(command["should_escape"] for command in commands)


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_slack_s_own_commands_are_refused_with_another_name_to_take(name: str) -> None:
    with pytest.raises(UsageError, match="belongs to Slack") as caught:
        build_manifest(**(HTTP | {"status": f"/{name}"}))

    assert f"/svc-{name}" in caught.value.hint


@pytest.mark.parametrize(
    "name", ["deploy", "/", "", "/Deploy", "/de ploy", "/deploy\n", "/" + "d" * 32, "/dé"]
)
def test_names_that_slack_refuses_are_refused(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be a command"):
        build_manifest(**(HTTP | {"deploy": name}))


@pytest.mark.parametrize(
    "two",
    [
        ("deploy", "status"),
        ("deploy", "rollback"),
        ("rollback", "status"),
        ("deploy", "incident"),
        ("incident", "status"),
    ],
)
def test_one_name_for_two_commands_is_refused(two: tuple[str, str]) -> None:
    with pytest.raises(UsageError, match="Two commands"):
        build_manifest(**(HTTP | dict.fromkeys(two, "/ops")))


@pytest.mark.parametrize("url", ["http://bot.example.com", "bot.example.com", ""])
def test_an_address_that_slack_cannot_call_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="address"):
        build_manifest(**(HTTP | {"url": url}))


# ── Rights ───────────────────────────────────────────────────────────────────────────────────────

# What no method asks for: commands come with the scope, events are delivered with it.
NOT_OF_METHODS = {"commands", "app_mentions:read", "pins:read", "reactions:read"}


def test_the_manifest_asks_for_exactly_the_scopes_that_have_a_reason() -> None:
    asked = build_manifest(**HTTP)["oauth_config"]["scopes"]

    assert asked == {"bot": sorted(SCOPES)}
    assert all(SCOPES.values())


def test_every_scope_is_used_by_a_method_that_is_called() -> None:
    used = {scope for method in METHODS.values() for scope in method.scopes}

    assert set(SCOPES) - NOT_OF_METHODS == used


@pytest.mark.parametrize("name", METHODS)
def test_slack_s_reference_agrees_on_the_scopes_verb_and_tier_of_each_method(name: str) -> None:
    known = reference("slack-api-ref", "methods", f"{name}.json")

    method = METHODS[name]
    accepted = set(known["scope"].get("bot", ()))
    assert set(method.scopes) <= accepted
    assert bool(method.scopes) == bool(accepted)
    assert method.verb == known["http_method"]
    tiers = {20: "t2", 50: "t3", 100: "t4", None: "t5"}
    assert tiers[method.per_minute] == known["rate_limits"]


def test_every_event_has_its_scope() -> None:
    heard = build_manifest(**HTTP)["settings"]["event_subscriptions"]["bot_events"]

    assert heard == sorted(EVENTS)
    assert {scope for scope in EVENTS.values() if scope} <= set(SCOPES)


def test_every_shortcut_that_is_handled_is_declared_once_and_no_other() -> None:
    declared = build_manifest(**HTTP)["features"]["shortcuts"]

    assert sorted(each["callback_id"] for each in declared) == sorted(IncidentShortcut)
    assert [each["callback_id"] for each in declared if each["type"] == "global"] == [
        IncidentShortcut.DECLARE
    ]


def test_the_bot_has_a_home_and_can_write_to_people_alone() -> None:
    home = build_manifest(**HTTP)["features"]["app_home"]

    assert home == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": True,
    }


def test_the_local_workspace_installs_it() -> None:
    app = read_manifest(build_manifest(**SOCKET))

    assert app.scopes == frozenset(SCOPES)
    assert app.events == frozenset(EVENTS)
    assert {each.callback_id for each in app.shortcuts} == set(IncidentShortcut)
    assert app.socket_mode
    assert RESERVED_COMMANDS == RESERVED
