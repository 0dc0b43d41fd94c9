"""Incidents in columns, for a terminal."""

import incident_samples as samples
from samples import NOW

from bot.domain.incident_policy import IncidentPolicy
from bot.domain.incidents.figures import incident_figures
from bot.domain.incidents.incident import IncidentKind
from bot.views.incidents.tables import figures_text, incident_table, incident_text


def test_columns_are_as_wide_as_what_is_in_them() -> None:
    wide = samples.incident(service="a-service-with-a-long-name")
    heading, *rows = incident_table([samples.incident(), wide]).splitlines()
    assert len(rows) == 2
    assert {row.index(samples.incident().title[:10]) for row in rows} == {heading.index("TITLE")}


def test_what_is_not_happening_is_marked() -> None:
    kinds = (IncidentKind.REAL, IncidentKind.DRILL, IncidentKind.BACKFILLED)
    table = incident_table([samples.incident(kind=kind) for kind in kinds])
    title = samples.incident().title
    ends = [row.partition(title[:10])[0].split()[-1] for row in table.splitlines()[1:]]
    assert ends[1:] == ["(drill)", "(backfilled)"]
    assert "(" not in ends[0]
    text = incident_text(samples.incident(kind=IncidentKind.BACKFILLED), ())
    assert "kind       backfilled" in text


def test_control_signs_of_a_title_do_not_reach_the_terminal() -> None:
    table = incident_table([samples.incident(title="\x1b[2Jgone\nforged line")])
    assert "\x1b" not in table
    assert len(table.splitlines()) == 2


def test_figures_of_all_come_before_those_of_each_group() -> None:
    found = incident_figures([samples.incident()], IncidentPolicy(), NOW)
    nothing = incident_figures([], IncidentPolicy(), NOW)
    heading, everything, group = figures_text(found, {"api": nothing}).splitlines()
    assert heading.split()[0] == "INCIDENTS"
    assert everything.split()[:2] == ["all", "1"]
    assert group.split()[:2] == ["api", "0"]


def test_figures_that_leave_something_out_say_so() -> None:
    found = incident_figures([samples.incident()], IncidentPolicy(), NOW)
    assert figures_text(found, {}, cut=True).splitlines()[-1].startswith("There were more")
    assert "There were more" not in figures_text(found, {})
