"""The diagrams of states in docs/deploying.md and docs/incidents.md, made from the tables.

`python tests/docs_states.py` writes them into the pages.
"""

from pathlib import Path

from bot.domain.incidents import states as incidents
from bot.domain.states import FINAL, TABLE, State

DOCS = Path(__file__).parents[1] / "docs"
PAGE = DOCS / "deploying.md"
MARK = "<!-- states: made from the table in bot/domain/states.py -->\n"
INCIDENTS_PAGE = DOCS / "incidents.md"
INCIDENTS_MARK = "<!-- states: made from the table in bot/domain/incidents/states.py -->\n"


def diagram() -> str:
    """A Mermaid diagram of a deploy: every arrow that leads to another state."""
    lines = [f"    [*] --> {State.REQUESTED.name}"]
    for state, arrows in TABLE.items():
        lines += [
            f"    {state.name} --> {goal.name}: {event.__name__}"
            for event, goal in arrows.items()
            if goal is not state
        ]
    lines += [f"    {state.name} --> [*]" for state in State if state in FINAL]
    return _mermaid(lines)


def incident_diagram() -> str:
    """A Mermaid diagram of an incident: every arrow of its table."""
    begin = (incidents.State.TRIAGE, incidents.State.INVESTIGATING)
    lines = [f"    [*] --> {state}" for state in begin]
    for state, goals in incidents.TABLE.items():
        lines += [f"    {state} --> {goal}" for goal in incidents.State if goal in goals]
    lines += [f"    {state} --> [*]" for state in incidents.State if state in incidents.OVER]
    return _mermaid(lines)


def _mermaid(lines: list[str]) -> str:
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```", ""])


def write() -> None:
    """Bring the pages up to date; each diagram is the end of its page."""
    for page, mark, made in (
        (PAGE, MARK, diagram()),
        (INCIDENTS_PAGE, INCIDENTS_MARK, incident_diagram()),
    ):
        text = page.read_text("utf-8")
        head = text[: text.index(mark) + len(mark)]
        page.write_text(head + "\n" + made, "utf-8")


if __name__ == "__main__":
    write()
