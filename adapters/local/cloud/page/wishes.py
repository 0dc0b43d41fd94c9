"""What the page asks to be done, as it arrives: JSON that is checked before anything is."""

from typing import Annotated, Literal, TypeVar

from pydantic import Field, ValidationError

from adapters.local.cloud.behaviour import Behaviour
from bot.domain.base import Model

# Requests per second: far more than a demonstration needs.
MOST_LOAD = 10_000

Name = Annotated[str, Field(min_length=1, max_length=500)]
Percent = Annotated[int, Field(strict=True, ge=0, le=100)]
Wish = TypeVar("Wish", bound=Model)


class Refused(Exception):
    """The page asked for something that cannot be; the text is for the person."""


class Behave(Model):
    """Let a revision (its short name) of a service (its full name) behave in a way; or let whatever
    runs a version of an image, now and later.
    """

    behaviour: Behaviour
    service: Name | None = None
    revision: Name | None = None
    image: Name | None = None
    version: Name | None = None


class Load(Model):
    """Send this many requests per second to a service."""

    service: Name
    per_second: float = Field(strict=True, ge=0, le=MOST_LOAD, allow_inf_nan=False)


class Traffic(Model):
    """Split the traffic of a service by revision, past Signalbox."""

    service: Name
    split: dict[Name, Percent] = Field(min_length=1)


class Outage(Model):
    """Take the whole cloud away, or its metrics alone; or bring them back."""

    fault: Literal["cloud", "metrics"]
    on: bool = Field(strict=True)


def understood(kind: type[Wish], body: bytes) -> Wish:
    """A wish. Raises `Refused` with what is wrong with it, one sentence for each field."""
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        raise Refused(" ".join(_sentence(each["loc"], each["msg"]) for each in found)) from None


def _sentence(place: tuple[int | str, ...], message: str) -> str:
    named = ".".join(str(part) for part in place)
    return f"“{named}”: {message}." if named else f"{message}."
