"""Reading many incidents: what is looked at, and what is left out."""

from dataclasses import replace

from engine import identity
from incident_engine import incident_bench
from samples import DANA

from adapters.redis.connection import Connections
from bot.domain.incident_policy import Severity
from bot.domain.incidents.declaring import Wish
from bot.ports import Search


async def test_figures_say_that_they_leave_something_out_and_an_export_leaves_out_nothing(
    memory: Connections,
) -> None:
    """Three incidents, for a reader that counts two at most."""
    async with incident_bench(memory) as bench:
        for number in range(3):
            wish = Wish(title=f"Outage {number}", severity=Severity.P4, service="api")
            await bench.declare(wish)
        archive = replace(bench.cases.archive, counted=2)
        report = await archive.metrics(identity(DANA), None, 30)
        records = await archive.export(identity(DANA), Search())
        whole = await replace(archive, counted=3).metrics(identity(DANA), None, 30)
    assert report.cut
    assert {record.incident.title for record in records} == {"Outage 0", "Outage 1", "Outage 2"}
    assert (whole.cut, whole.whole.count) == (False, 3)
