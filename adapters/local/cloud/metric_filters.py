"""The part of Monitoring's filter language that is simulated: comparisons joined by AND.

Written after Google's guide “Monitoring filters”; what goes beyond is refused rather than guessed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from adapters.local.cloud.states import Refusal, Reject

COUNT = "run.googleapis.com/request_count"
LATENCIES = "run.googleapis.com/request_latencies"
RESOURCE_TYPE = "cloud_run_revision"
_LABELS = {
    "resource": (
        "project_id",
        "location",
        "service_name",
        "revision_name",
        "configuration_name",
    ),
    "metric": ("response_code", "response_code_class"),
}
# Every label under the name that it has here, whichever of Google's spellings was used.
_FIELDS = frozenset(f"{kind}.labels.{name}" for kind, names in _LABELS.items() for name in names)
_LABEL = re.compile(r'(resource|metric)\.labels?\.("?)([a-z_]+)\2')
_STRING = r'"(?:[^"\\]|\\.)*"'
_COMPARISON = re.compile(
    rf'\s*([a-z_.]+(?:\."[a-z_]+")?)\s*=\s*(?:({_STRING})|one_of\(\s*({_STRING}(?:\s*,\s*{_STRING})*)\s*\))\s*'
)
_AND = re.compile(r"AND\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which series are asked for: of one metric, with one of the wanted values in each field."""

    metric: str
    wanted: Mapping[str, frozenset[str]]

    def takes(self, labels: Mapping[str, str]) -> bool:
        """Whether a series is asked for. Fields that `labels` does not know do not decide."""
        return all(labels[name] in values for name, values in self.wanted.items() if name in labels)


def selection(text: str) -> Selection:
    """Read a filter. Raises `Refusal` for what is malformed, unknown or not simulated."""
    found = _comparisons(text)
    metrics = found.pop("metric.type", frozenset())
    if len(metrics) != 1:
        raise _invalid("The filter must specify a single metric type.")
    (metric,) = metrics
    if metric not in {COUNT, LATENCIES}:
        raise Refusal(Reject.NOT_FOUND, f'Cannot find metric(s) that match type = "{metric}".')
    if RESOURCE_TYPE not in found.pop("resource.type", {RESOURCE_TYPE}):
        raise _invalid(
            "The supplied filter does not specify a valid combination of metric and monitored "
            "resource descriptors. The query will not return any time series."
        )
    return Selection(metric=metric, wanted=found)


def field_named(name: str) -> str:
    """A label's field, as in `resource.labels.revision_name`. Raises `Refusal` for any other."""
    label = _LABEL.fullmatch(name)
    found = f"{label.group(1)}.labels.{label.group(3)}" if label else name
    if found not in _FIELDS:
        raise _invalid(f'The field "{name}" is not known here.')
    return found


def _comparisons(text: str) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    position = 0
    while True:
        match = _COMPARISON.match(text, position)
        if match is None:
            raise _invalid(f'Could not parse the filter at "{text[position:]}".')
        name, single, several = match.groups()
        field = name if name in {"metric.type", "resource.type"} else field_named(name)
        values = frozenset(_unquoted(each) for each in re.findall(_STRING, single or several))
        found[field] = found.get(field, values) & values
        position = match.end()
        if position == len(text):
            return found
        joined = _AND.match(text, position)
        if joined is None:
            raise _invalid(f'Only AND joins comparisons here, at "{text[position:]}".')
        position = joined.end()


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1])


def _invalid(message: str) -> Refusal:
    return Refusal(Reject.INVALID_ARGUMENT, message)
