"""The configuration file, read and checked as a whole, as the domain's catalog."""

from pathlib import Path

from adapters.catalog.building import build
from adapters.catalog.checking import check
from adapters.catalog.document import read_document
from adapters.catalog.incident_checking import check_incidents
from adapters.catalog.policy_checking import check_policies
from adapters.catalog.reading import read_file
from adapters.catalog.report import Report
from bot.domain.catalog import Catalog


def load_catalog(path: Path) -> Catalog:
    """Read and check the whole file. Raises `ConfigError` with everything that is wrong in it.

    Only what makes the file unreadable as YAML hides other problems.
    """
    report = Report(document=read_document(path))
    file = read_file(report)
    places = check(file, report)
    check_policies(file, report)
    check_incidents(file, report)
    report.raise_problems()
    return build(file, places)
