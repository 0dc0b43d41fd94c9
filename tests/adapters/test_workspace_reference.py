"""The workspace knows only what Slack's published reference knows."""

import pytest
import workspaces
from jsonschema import Draft7Validator

from adapters.local.workspace import block_elements, block_types
from adapters.local.workspace.call import COMMON_ERRORS
from adapters.local.workspace.methods import METHODS
from adapters.local.workspace.ratelimit import SPECIAL, TIER_1, TIER_2, TIER_3, TIER_4

TIERS = {"t1": TIER_1, "t2": TIER_2, "t3": TIER_3, "t4": TIER_4, "t5": SPECIAL}
# Real Slack refuses oversized blocks with this word in more methods than its reference says.
SEEN_BUT_NOT_WRITTEN_DOWN = {"msg_blocks_too_long"}
DOCUMENTED = sorted(METHODS.keys() - {"api.test"})  # the snapshot does not have api.test


def spec(method: str) -> workspaces.Json:
    found: workspaces.Json = workspaces.reference("slack-api-ref", "methods", f"{method}.json")
    return found


@pytest.mark.parametrize("method", DOCUMENTED)
def test_arguments_are_those_of_the_reference(method: str) -> None:
    known = set(spec(method)["args"]["properties"]) - {"token"}

    assert {*METHODS[method].required, *METHODS[method].optional} <= known


@pytest.mark.parametrize("method", DOCUMENTED)
def test_required_arguments_are_those_of_the_reference(method: str) -> None:
    assert {*METHODS[method].required, "token"} == set(spec(method)["args"]["required"])


@pytest.mark.parametrize("method", DOCUMENTED)
def test_errors_are_those_of_the_reference(method: str) -> None:
    known = set(spec(method)["errors"]) | COMMON_ERRORS | SEEN_BUT_NOT_WRITTEN_DOWN

    assert METHODS[method].errors <= known


@pytest.mark.parametrize("method", DOCUMENTED)
def test_scopes_are_those_of_the_reference(method: str) -> None:
    known = set(spec(method)["scope"].get("bot", ()))

    assert set(METHODS[method].scopes) <= known
    assert bool(METHODS[method].scopes) == bool(known)


@pytest.mark.parametrize("method", DOCUMENTED)
def test_tiers_are_those_of_the_reference(method: str) -> None:
    assert METHODS[method].per_minute == TIERS[spec(method)["rate_limits"]]


def definitions() -> workspaces.Json:
    blocks: workspaces.Json = workspaces.reference("block-kit", "blocks.schema.json")
    found: workspaces.Json = blocks["definitions"]
    return found


def properties_by_type() -> dict[str, set[str]]:
    """The properties that the published schema knows for each block and element type."""
    found: dict[str, set[str]] = {}
    for definition in definitions().values():
        for shape in definition.get("anyOf", [definition]):
            properties = shape.get("properties", {})
            kind = properties.get("type", {}).get("const")
            if kind:
                found.setdefault(kind, set()).update(properties.keys() - {"type"})
    return found


@pytest.mark.parametrize("kind", sorted(block_types.BLOCKS.shapes))
def test_blocks_have_the_properties_of_the_published_schema(kind: str) -> None:
    shape = block_types.BLOCKS.shapes[kind]

    assert {*shape.required, *shape.optional} == properties_by_type()[kind] - {"elements_"}


@pytest.mark.parametrize("kind", sorted(block_elements.ELEMENTS.shapes))
def test_elements_have_the_properties_of_the_published_schema(kind: str) -> None:
    shape = block_elements.ELEMENTS.shapes[kind]

    assert {*shape.required, *shape.optional} == properties_by_type()[kind]


def test_every_published_block_is_known() -> None:
    published = {
        shape["properties"]["type"]["const"]
        for entry in definitions()["KnownBlock"]["anyOf"]
        for definition in [definitions()[entry["$ref"].split("/")[-1]]]
        for shape in definition.get("anyOf", [definition])
        if "properties" in shape
    }

    assert published <= set(block_types.BLOCKS.shapes)


def test_the_published_schema_is_one_that_can_be_checked_against() -> None:
    Draft7Validator.check_schema(workspaces.reference("block-kit", "blocks.schema.json"))
