"""The figures that Prometheus reads, by its own parser."""

import math
from datetime import timedelta

from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families
from samples import NOW

from adapters.telemetry.metrics import Metrics


def figures(metrics: Metrics) -> dict[tuple[str, ...], float]:
    """Every sample by its name and the values of its labels, in the order of their names."""
    body, _ = metrics.render()
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
    }


def test_requests_and_work_are_counted_by_kind_and_outcome() -> None:
    metrics = Metrics("1.2.3")
    metrics.request("command", "answered")
    metrics.request("command", "answered")
    metrics.request("click", "refused")
    metrics.work("deploy", "done")
    metrics.step("stage")
    metrics.delivered(3)
    metrics.delivered(0)
    found = figures(metrics)
    assert found["signalbox_requests_total", "command", "answered"] == 2
    assert found["signalbox_requests_total", "click", "refused"] == 1
    assert found["signalbox_work_total", "done", "deploy"] == 1
    assert found["signalbox_steps_total", "stage"] == 1
    assert found["signalbox_delivered_total",] == 3
    assert found["signalbox_build", "1.2.3"] == 1


def test_the_time_to_an_answer_is_a_histogram_up_to_slacks_limit() -> None:
    metrics = Metrics("1")
    for milliseconds in (4, 40, 2500, 9000):
        metrics.answered(timedelta(milliseconds=milliseconds))
    found = figures(metrics)
    assert found["signalbox_ack_seconds_count",] == 4
    assert found["signalbox_ack_seconds_bucket", "0.005"] == 1
    assert found["signalbox_ack_seconds_bucket", "0.05"] == 2
    assert found["signalbox_ack_seconds_bucket", "3.0"] == 3
    assert found["signalbox_ack_seconds_bucket", "+Inf"] == 4


def test_a_round_that_stands_still_grows_old() -> None:
    metrics = Metrics("1")
    beats = {"deploy": None, "outbox": NOW}
    now = NOW
    for name in beats:
        metrics.watch(name, lambda name=name: beats[name], lambda: now)  # type: ignore[misc]
    assert math.isnan(figures(metrics)["signalbox_round_age_seconds", "deploy"])
    assert figures(metrics)["signalbox_round_age_seconds", "outbox"] == 0
    now = NOW + timedelta(seconds=90)
    assert figures(metrics)["signalbox_round_age_seconds", "outbox"] == 90


def test_the_content_type_is_what_prometheus_asks_for() -> None:
    assert Metrics("1").render()[1].startswith("text/plain; version=")


def test_nothing_is_shared_between_two_bots_in_one_process() -> None:
    first, second = Metrics("1"), Metrics("1")
    first.request("command", "answered")
    assert ("signalbox_requests_total", "command", "answered") not in figures(second)
    assert not [name for name in REGISTRY._names_to_collectors if name.startswith("signalbox")]
