"""What settings are made of: the base of all groups of them, and what single values look like."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from bot.domain.rollout import tag_of

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_DURATION = re.compile(r"([1-9][0-9]{0,5})([smhd])")
# A decision of this project: nobody remembers for longer what an approval or a freeze was about.
_LONGEST = timedelta(days=30)
# Slack documents ids as opaque; these are the prefixes and characters of all that it shows.
_USER = re.compile(r"[UW][A-Z0-9]{5,20}")
_USERGROUP = re.compile(r"S[A-Z0-9]{5,20}")
_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{5,20}")
# Slack's rule for channel names: up to 80, no upper case, no spaces, no punctuation but - and _.
_CHANNEL_NAME = re.compile(r"#[\w-]{1,80}")
# Google's rule for project ids; the part before the colon is of old, domain-scoped projects.
_PROJECT = re.compile(r"([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]")
_REGION = re.compile(r"[a-z]+-[a-z]+[0-9]{1,2}")
_ZONE = re.compile(r"([a-z]+-[a-z]+[0-9]{1,2})-[a-z]")
# Cloud Run: "Combined traffic tag and service name cannot exceed 46 characters"; every deploy sets
# such a tag, with an id as long as this one.
_SERVICE_AND_TAG = 46
_SERVICE_LENGTH = _SERVICE_AND_TAG - len(tag_of("D-00000"))
_SERVICE = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?")
# OCI distribution specification: a repository's name, below the name of its registry.
_IMAGE = re.compile(
    r"[a-zA-Z0-9.-]+(:[0-9]+)?(/[a-z0-9]+((\.|__?|-+)[a-z0-9]+)*)+",
)
# Of what is put into a link in Slack: no characters that Slack's markup gives a meaning.
_WEB_ADDRESS = re.compile(r"https://[a-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~-]+)+")
_NAME = re.compile(r"\w[\w.-]{0,62}")
# What has a meaning of its own as the first word after a command.
RESERVED = frozenset(
    (
        *("abort", "allow", "approve", "freeze", "help", "history", "lock", "pause", "plan"),
        *("promote", "reject", "resume", "status", "thaw", "to", "unlock", "unpin"),
    )
)


class Shape(BaseModel):
    """A group of settings: none may be unknown, and none is converted from another type."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def wrong(says: str, hint: str) -> PydanticCustomError:
    """What a validator raises about a value: what is wrong with it, and what to write."""
    return PydanticCustomError("signalbox", "{says}", {"says": says, "hint": hint})


def matching(pattern: re.Pattern[str], kind: str, hint: str) -> Callable[[str], str]:
    """A validator of text that has to match a pattern as a whole; `kind` comes with its article."""

    def check(text: str) -> str:
        if not pattern.fullmatch(text):
            raise wrong(f"“{text}” is not {kind}.", hint)
        return text

    return check


def name_problem(name: str, *, kind: str) -> tuple[str, str] | None:
    """What is wrong with a name that people will type, and how to write it; None when nothing."""
    if not _NAME.fullmatch(name):
        says = f"“{name}” is not a name for a {kind}."
        return says, "Use up to 63 letters, digits, hyphens, dots and underscores, without spaces."
    if name != name.lower():
        return f"“{name}” has upper-case letters.", f"Write it in lower case: {name.lower()}"
    if name in RESERVED:
        return f"“{name}” has a meaning of its own in commands.", "Choose another name."
    return None


def between(low: int, high: int, kind: str) -> Callable[[object], int]:
    """A validator of a whole number with bounds; `kind` comes with its article."""

    def check(number: object) -> int:
        if type(number) is not int or not low <= number <= high:
            raise wrong(f"This is not {kind}.", f"Write a whole number from {low} to {high}.")
        return number

    return check


def line_of(most: int) -> Callable[[str], str]:
    """A validator of text for people: one line, neither empty nor longer than `most` characters."""

    def check(text: str) -> str:
        if not text.strip() or "\n" in text:
            raise wrong("One line of text is needed here.", "Write it in quotes, in one line.")
        if len(text) > most:
            says = f"This has {len(text)} characters, and there is room for {most}."
            raise wrong(says, "Write it shorter.")
        return text

    return check


def _duration(text: object) -> timedelta:
    found = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise wrong("This is not a duration.", "Write 30s, 5m, 24h or 7d.")
    duration = timedelta(**{_UNITS[found.group(2)]: int(found.group(1))})
    if duration > _LONGEST:
        raise wrong("This is longer than 30 days.", "Write 30d or less.")
    return duration


def _region(text: str) -> str:
    zone = _ZONE.fullmatch(text)
    if zone:
        raise wrong(f"“{text}” is a zone, and a region is needed.", f"Write: {zone.group(1)}")
    if not _REGION.fullmatch(text):
        raise wrong(f"“{text}” is not a region of Google Cloud.", "For example: us-central1")
    return text


def _cloud_run_service(text: str) -> str:
    if not _SERVICE.fullmatch(text):
        hint = "Use lower-case letters, digits and hyphens; begin with a letter."
        raise wrong(f"“{text}” is not a name of a Cloud Run service.", hint)
    if len(text) > _SERVICE_LENGTH:
        raise wrong(
            f"“{text}” has {len(text)} characters, which is too long.",
            f"Cloud Run takes {_SERVICE_AND_TAG} for a service and a traffic tag together; "
            f"Signalbox's tags leave {_SERVICE_LENGTH} to the service.",
        )
    return text


def _image(text: str) -> str:
    bare, _, digest = text.partition("@")
    if digest:
        raise wrong("The image has a digest in it.", f"Deploys bring the version. Write: {bare}")
    folder, _, last = bare.rpartition("/")
    last, colon, _tag = last.partition(":")
    if colon and folder and not folder.endswith(":/"):
        hint = f"Deploys bring the version. Write: {folder}/{last}"
        raise wrong("The image has a tag in it.", hint)
    host = text.partition("/")[0]
    if not _IMAGE.fullmatch(text) or ("." not in host and ":" not in host):
        hint = "For example: us-central1-docker.pkg.dev/project/repository/name"
        raise wrong(f"“{text}” does not name a registry and an image in it.", hint)
    return text


def _repository(text: str) -> str:
    if not _WEB_ADDRESS.fullmatch(text) or text.endswith(".git"):
        raise wrong(
            f"“{text}” is not the web address of a repository.",
            "Write it as in the browser: https://github.com/acme/api",
        )
    return text


def _channel(text: str) -> str:
    if _CHANNEL_ID.fullmatch(text) or (_CHANNEL_NAME.fullmatch(text) and text == text.lower()):
        return text
    hint = 'Write its name as "#deploys", in quotes, or its id.'
    raise wrong(f"“{text}” is not a Slack channel.", hint)


_ids_are = "Copy it in Slack: the person's profile, ⋮, “Copy member ID”."
UserId = Annotated[
    str, AfterValidator(matching(_USER, "a Slack member id (U… or W…)", _ids_are))
]  # fmt: skip
UsergroupId = Annotated[
    str,
    AfterValidator(
        matching(
            _USERGROUP,
            "a Slack user group id (S…)",
            "Copy it in Slack: People, User groups, the group, ⋮, “Copy group ID”.",
        )
    ),
]
ProjectId = Annotated[
    str,
    AfterValidator(
        matching(
            _PROJECT,
            "a Google Cloud project id",
            "It has 6 to 30 lower-case letters, digits and hyphens, and begins with a letter.",
        )
    ),
]
Region = Annotated[str, AfterValidator(_region)]
CloudRunName = Annotated[str, AfterValidator(_cloud_run_service)]
Image = Annotated[str, AfterValidator(_image)]
Channel = Annotated[str, AfterValidator(_channel)]
Repository = Annotated[str, AfterValidator(_repository)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Count = Annotated[int, Field(ge=0)]
