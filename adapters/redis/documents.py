"""Documents as JSON, and what an unreadable one means."""

from typing import Any, TypeVar

from pydantic import ValidationError

from adapters.redis.errors import translated
from bot.domain.base import Model
from bot.domain.errors import StoreUnavailable
from bot.ports import Stored

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


async def load(client: Any, key: str, kind: type[M], name: str) -> Stored[M] | None:
    """Load a document with its version; None when there is none. Raises as `read`."""
    with translated(write=False):
        version, json = await client.hmget(key, ["v", "doc"])
    if json is None:
        return None
    return Stored(value=read(kind, json, name), version=int(version))
