"""The ledger as text for other programs: CSV and JSON."""

import csv
import io
import json
from collections.abc import Sequence

from bot.domain.delivery_figures import COLUMNS, Cell, rows
from bot.domain.history import Record

# What spreadsheets take for a formula at the beginning of a cell, also in the full width of East
# Asian scripts (OWASP, "CSV injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def as_csv(records: Sequence[Record]) -> str:
    """One line a record below a line of headings, as in RFC 4180; not known is an empty cell.

    A text that a spreadsheet would run gets an apostrophe in front: people's words are in it.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    for row in rows(records):
        writer.writerow({column: harmless(cell) for column, cell in row.items()})
    return text.getvalue()


def as_json(records: Sequence[Record]) -> str:
    """An array of objects with the same keys; not known is null."""
    return json.dumps(rows(records), indent=2, ensure_ascii=False) + "\n"


def harmless(cell: Cell) -> Cell:
    """A cell that no spreadsheet runs."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
