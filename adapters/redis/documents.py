"""Documents as JSON, and what an unreadable one means."""

from typing import TypeVar

from pydantic import ValidationError

from bot.domain.base import Model
from bot.domain.errors import StoreUnavailable

M = TypeVar("M", bound=Model)


def read(kind: type[M], json: str, name: str) -> M:
    """Read a stored value.

    Raises `StoreUnavailable` for one that a newer release wrote: it is left untouched, for a
    replica of that release to go on with.
    """
    try:
        return kind.model_validate_json(json)
    except ValidationError as error:
        fields = ", ".join(str(problem["loc"][0]) for problem in error.errors() if problem["loc"])
        raise StoreUnavailable(
            f"{name} is stored in a form that this release cannot read ({fields or 'no JSON'})."
        ) from error
