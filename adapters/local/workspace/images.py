"""Pictures among the files: what they really are, and where blocks speak of them.

https://docs.slack.dev/reference/block-kit/composition-objects/slack-file-object
"""

import json
from collections.abc import Iterator
from typing import Any

from adapters.local.workspace.block_kit import report
from adapters.local.workspace.errors import ApiError
from adapters.local.workspace.model import Json, Model

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
# Files that people read here; a page or a program is kept, and not opened.
_TEXTS = frozenset({"application/json", "text/csv", "text/markdown", "text/plain"})
# A PNG begins with its signature and the header chunk: length, "IHDR", width, height.
_PNG_WIDTH, _PNG_HEIGHT, _PNG_END = 16, 20, 24


def kind(content: bytes) -> str | None:
    """The type of a picture that a block can show, by its first bytes; None for anything else."""
    return next((kind for start, kind in _SIGNATURES if content.startswith(start)), None)


def size(content: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG in pixels; None for anything else."""
    if kind(content) != "image/png" or len(content) < _PNG_END or content[12:16] != b"IHDR":
        return None
    width = int.from_bytes(content[_PNG_WIDTH:_PNG_HEIGHT], "big")
    return width, int.from_bytes(content[_PNG_HEIGHT:_PNG_END], "big")


def is_text(record: Json) -> bool:
    """Whether a file says that it is a text, and can be read as one."""
    if record["mimetype"] not in _TEXTS:
        return False
    try:
        record["content"].decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\0" not in record["content"]


def _references(value: Any, pointer: str) -> Iterator[tuple[str, Json]]:
    """Every `slack_file` inside a value, with its place."""
    if isinstance(value, dict):
        for name, entry in value.items():
            if name == "slack_file" and isinstance(entry, dict):
                yield f"{pointer}/slack_file", entry
            else:
                yield from _references(entry, f"{pointer}/{name}")
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _references(entry, f"{pointer}/{index}")


def _meant(model: Model, reference: Json) -> Json | None:
    """The picture that a `slack_file` means, when there is one."""
    for record in model.files.values():
        named = record["id"] == reference.get("id") or (
            reference.get("url") in (record["url_private"], record["permalink"])
        )
        if named and record["processed"] and record["mimetype"].startswith("image/"):
            return record
    return None


def file_problems(model: Model, blocks: list[Any], pointer: str) -> list[str]:
    """Where blocks speak of files that are no pictures, or not there."""
    problems: list[str] = []
    for place, reference in _references(blocks, pointer):
        if _meant(model, reference) is None:
            report(problems, "invalid slack file", place)
    return problems


def check_files(model: Model, blocks: list[Json] | None) -> None:
    """Refuse blocks of a message that show a file which cannot be shown. Raises `ApiError`."""
    problems = file_problems(model, blocks or [], "/blocks")
    if problems:
        raise ApiError(
            "invalid_blocks",
            errors=[problem.removeprefix("[ERROR] ") for problem in problems],
            response_metadata={"messages": problems},
        )


def shown(model: Model, blocks: list[Json] | None) -> list[Json] | None:
    """The blocks for the page: each `slack_file` with the address and the size of its picture."""
    if not any(True for _ in _references(blocks, "")):
        return blocks
    copied: list[Json] = json.loads(json.dumps(blocks))
    for _, reference in _references(copied, ""):
        record = _meant(model, reference)
        if record is not None:
            reference["url"] = record["url_private"]
            reference |= {name: record[name] for name in ("original_w", "original_h")}
    return copied
