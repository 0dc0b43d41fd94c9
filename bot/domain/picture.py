"""A picture that is to be shown to people, and how it is known again."""

from typing import Annotated

from pydantic import Field, StringConstraints

from bot.domain.base import Model
from bot.domain.chart import MAX_ALT, MAX_HEADING

# Decision of this project: ten times a chart that is full of lines.
MAX_BYTES = 2_000_000


class Picture(Model):
    """A PNG with a title and its description for those who hear it.

    `name` is the name of the file. It must be given to no other picture: an upload whose answer was
    lost is found again by it.
    """

    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,119}\.png$")]
    title: Annotated[str, StringConstraints(min_length=1, max_length=MAX_HEADING)]
    alt: Annotated[str, StringConstraints(min_length=1, max_length=MAX_ALT)]
    png: Annotated[bytes, Field(min_length=1, max_length=MAX_BYTES)]
