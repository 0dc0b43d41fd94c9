"""The diagram of a deploy's states in docs/deploying.md, made from the table.

`python tests/docs_states.py` writes it into the page.
"""

from pathlib import Path

from bot.domain.states import FINAL, TABLE, State

PAGE = Path(__file__).parents[1] / "docs" / "deploying.md"
MARK = "<!-- states: made from the table in bot/domain/states.py -->\n"


def diagram() -> str:
    """A Mermaid state diagram: every arrow that leads to another state."""
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {State.REQUESTED.name}"]
    for state, arrows in TABLE.items():
        lines += [
            f"    {state.name} --> {goal.name}: {event.__name__}"
            for event, goal in arrows.items()
            if goal is not state
        ]
    lines += [f"    {state.name} --> [*]" for state in State if state in FINAL]
    return "\n".join([*lines, "```", ""])


def write() -> None:
    """Bring the page up to date."""
    text = PAGE.read_text("utf-8")
    head = text[: text.index(MARK) + len(MARK)]
    PAGE.write_text(head + "\n" + diagram(), "utf-8")


if __name__ == "__main__":
    write()
