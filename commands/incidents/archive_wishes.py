"""What somebody typed in order to look at incidents, understood."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.incident_policy import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Something about one incident."""

    ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListWish:
    """Show incidents; `open` None: all."""

    open: bool | None = True
    service: str | None = None
    severity: Severity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchWish:
    """Find incidents by words."""

    text: str


class Review(StrEnum):
    """What to do about a post-mortem."""

    DRAFT = "draft"
    PUBLISH = "publish"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostMortemWish(About):
    """Draw it up, or say that it is agreed on; `url` is where it stands, "" elsewhere nowhere."""

    do: Review = Review.DRAFT
    url: str = ""


class Format(StrEnum):
    """How all of an incident can be had."""

    MARKDOWN = "md"
    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportWish(About):
    """Everything as text."""

    format: Format = Format.MARKDOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsWish:
    """Figures of the last days; `service` None: of all. `chart`: as a picture."""

    service: str | None = None
    days: int = 30
    chart: bool = False


ArchiveWish = ListWish | SearchWish | PostMortemWish | ExportWish | MetricsWish
