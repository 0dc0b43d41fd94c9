"""The rules of the code base that linters do not know, and the proof that each of them bites.

A rule is a function from a folder to the list of what breaks it there. Each one is run on the
project, and on a sample that was made to break it.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
PACKAGES = ("bot", "commands", "adapters")
MAX_MODULE, MAX_FUNCTION = 300, 50
VAGUE = {"utils", "util", "helpers", "helper", "manager", "managers", "data", "common", "misc"}
# What is made anew by tools, and what is not ours to word.
GENERATED = {".git", ".venv", ".signalbox", "build", "dist", "node_modules", "__pycache__"}
NOT_OURS = {"LICENSE"}
# Written in two halves, so that this file does not break its own rule.
FORBIDDEN = {
    "an address of a package registry": r"py" r"pi\.org|pythonhosted\.org|registry\.npm" r"js\.org",
    "a path of somebody's machine": r"(?<![\w.])/(?:wo" r"rk|ro" r"ot|ho" r"me)/",
    "a reference to an unseen design document": r"shared/des" r"ign",
    "a task put off": r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b",
    "the tool that typed it": r"(?i)\b(?:clau" r"de|chat" r"gpt|copi" r"lot|anthro" r"pic)\b",
}
ISSUE = re.compile(r"(?<![\w&/#])#\d{1,5}\b")


def modules(root: Path) -> Iterator[Path]:
    """The modules of the three packages."""
    for package in PACKAGES:
        yield from sorted((root / package).rglob("*.py"))


def texts(root: Path) -> Iterator[tuple[Path, str]]:
    """Every file that holds text, with its content."""
    for folder, folders, files in os.walk(root):
        folders[:] = [
            name
            for name in folders
            if name not in GENERATED and not name.endswith((".egg-info", "_cache"))
            if name != ".hypothesis"
        ]
        for name in sorted(files):
            path = Path(folder) / name
            try:
                yield path, path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


# ── Rules ────────────────────────────────────────────────────────────────────────────────────────


def too_long_modules(root: Path) -> list[str]:
    """A module is read in one sitting."""
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules(root)}
    return [
        f"{path.relative_to(root)}: {lines} lines"
        for path, lines in lengths.items()
        if lines > MAX_MODULE
    ]


def too_long_functions(root: Path) -> list[str]:
    """A function fits a screen."""
    return [
        f"{path.relative_to(root)}:{each.lineno} {each.name}"
        for path in modules(root)
        for each in functions(path)
        if (each.end_lineno or each.lineno) - each.lineno + 1 > MAX_FUNCTION
    ]


def undocumented_modules(root: Path) -> list[str]:
    """A module says what it is."""
    return [
        str(path.relative_to(root))
        for path in modules(root)
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]


def vague_names(root: Path) -> list[str]:
    """A module is named for what is in it."""
    return [str(path.relative_to(root)) for path in modules(root) if path.stem in VAGUE]


def late_imports(root: Path) -> list[str]:
    """Imports stand at the top: one in a function hides a cycle or a missing dependency."""
    return [
        f"{path.relative_to(root)}:{node.lineno}"
        for path in modules(root)
        for each in functions(path)
        for node in ast.walk(each)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]


def forbidden_words(root: Path) -> list[str]:
    """The project speaks of itself, and of nothing that only its makers know."""
    patterns = {why: re.compile(pattern) for why, pattern in FORBIDDEN.items()}
    return [
        f"{path.relative_to(root)}: {why}: {found.group()}"
        for path, text in texts(root)
        if path.name not in NOT_OURS
        for why, pattern in patterns.items()
        for found in pattern.finditer(text)
    ]


def issue_numbers(root: Path) -> list[str]:
    """A number says nothing to who cannot look it up: say what it was about."""
    return [
        f"{path.relative_to(root)}: {found.group()}"
        for path, text in texts(root)
        if path.suffix in {".py", ".md"}
        for found in ISSUE.finditer(text)
    ]


def replaced_parts(root: Path) -> list[str]:
    """Tests use real parts: what has to be replaced to be tested wants a port instead."""
    calls = re.compile(r"\b(?:pat" r"ch|Magic" r"Mock|Async" r"Mock|create_auto" r"spec)\b\s*\(")
    return [
        f"{path.relative_to(root)}: {found.group()}"
        for path in sorted((root / "tests").rglob("*.py"))
        for found in calls.finditer(path.read_text(encoding="utf-8"))
    ]


Rule = Callable[[Path], list[str]]
RULES: dict[Rule, dict[str, str]] = {
    too_long_modules: {"bot/long.py": '"""Long."""\n' + "x = 1\n" * MAX_MODULE},
    too_long_functions: {
        "bot/long.py": '"""Long."""\ndef f():\n' + "    x = 1\n" * MAX_FUNCTION,
        "commands/long.py": '"""Long."""\nclass C:\n  async def g(self):\n' + "    x = 1\n" * 50,
    },
    undocumented_modules: {"adapters/new/__init__.py": "", "bot/x.py": "x = 1\n"},
    vague_names: {"bot/helpers.py": '"""Any."""\n', "adapters/redis/utils.py": '"""Any."""\n'},
    late_imports: {
        "bot/late.py": '"""Late."""\ndef f():\n    import os\n',
        "commands/late.py": '"""Late."""\nclass C:\n  def f(self):\n    from bot import web\n',
    },
    forbidden_words: {
        "README.md": "See https://py" + "pi.org/project/x",
        "bot/x.py": '"""As in /wo' + 'rk/main."""\n',
        "docs/x.md": "(shared/des" + "ign/x.md)",
        "Makefile": "# TO" + "DO: more\n",
        "CHANGELOG.md": "by Clau" + "de\n",
    },
    issue_numbers: {
        "bot/x.py": f'"""See {chr(35)}123."""\n',
        "docs/a.md": f"(closes {chr(35)}7)\n",
    },
    replaced_parts: {
        "tests/test_x.py": "with pat" + "ch('bot.web'): pass\n",
        "tests/web/test_y.py": "x = Magic" + "Mock()\n",
    },
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_project_keeps_the_rule(rule: Rule) -> None:
    assert rule(PROJECT) == []


@pytest.mark.parametrize(
    ("rule", "file"),
    [(rule, file) for rule, files in RULES.items() for file in files],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_the_rule_finds_what_breaks_it(tmp_path: Path, rule: Rule, file: str) -> None:
    path = tmp_path / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(RULES[rule][file], encoding="utf-8")
    (found,) = rule(tmp_path)
    assert file in found


def test_the_rules_accept_what_is_right(tmp_path: Path) -> None:
    """Else they might find something in every file."""
    (tmp_path / "bot").mkdir()
    body = "    x = 1\n" * (MAX_FUNCTION - 1)
    (tmp_path / "bot" / "right.py").write_text(
        f'"""Right, with colour &#123456; and channel #deploys."""\ndef f():\n{body}',
        encoding="utf-8",
    )
    assert [found for rule in RULES for found in rule(tmp_path)] == []


# ── Import contracts ─────────────────────────────────────────────────────────────────────────────

# For each contract in pyproject.toml a file and a bad import for it, which breaks no other one.
PLANTED = [
    ("layers", "commands/deploy.py", "import bot.worker"),
    ("layers", "bot/usecases/status.py", "import adapters.system"),
    ("layers", "bot/views/status.py", "import adapters.system"),
    ("placed", "bot/stray.py", ""),
    ("adapters-no-usecases", "adapters/redis/store.py", "import bot.usecases.status"),
    ("adapters-independent", "adapters/slack/client.py", "import adapters.redis.keys"),
    ("adapters-independent", "adapters/catalog/loading.py", "import adapters.telemetry.logs"),
    ("adapters-independent", "adapters/charts/painter.py", "import adapters.telemetry.logs"),
    ("adapters-independent", "adapters/pagerduty/pager.py", "import adapters.telemetry.logs"),
    ("pure-core", "bot/domain/deploy.py", "import asyncio"),
    ("pure-core", "bot/views/deploy.py", "import yaml"),
    ("google-only-in-gcp", "bot/web.py", "import grpc"),
    ("google-only-in-gcp", "adapters/slack/client.py", "import google.auth"),
    ("redis-only-in-redis", "bot/worker.py", "import redis.asyncio"),
    ("redis-only-in-redis", "adapters/gcp/registry.py", "import redis"),
    ("slack-only-at-the-edge", "commands/deploy.py", "import slack_bolt"),
    ("slack-only-at-the-edge", "adapters/gcp/registry.py", "import slack_sdk"),
    ("pillow-only-in-charts", "bot/views/deploy.py", "import PIL.Image"),
    ("pillow-only-in-charts", "adapters/slack/client.py", "import PIL.Image"),
    ("settings-protected", "bot/worker.py", "import bot.settings"),
    ("settings-protected", "adapters/redis/store.py", "import bot.settings"),
    ("local-only-in-local", "bot/process.py", "import adapters.local.store"),
    ("incidents-know-no-deploys", "bot/domain/incidents/states.py", "import bot.domain.deploy"),
    ("incidents-know-no-deploys", "bot/domain/audit.py", "import bot.domain.deploy"),
    ("few-know-incidents", "bot/domain/delivery_figures.py", "import bot.domain.incidents.states"),
    ("no-cycles", "bot/views/mrkdwn.py", "import bot.views.deploy"),
    ("no-cycles", "bot/domain/plan.py", "import bot.domain.deploy"),
]


def contracts() -> dict[str, str]:
    """The contracts of pyproject.toml: name by id."""
    with (PROJECT / "pyproject.toml").open("rb") as file:
        written = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    return {contract["id"]: contract["name"] for contract in written}


def broken_contracts(root: Path) -> set[str]:
    """The ids of the contracts that a tree breaks, by import-linter's own judgement."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=root,
        env={"COLUMNS": "1000", "NO_COLOR": "1", "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    judged = {
        contract: match.group(1)
        for contract, name in contracts().items()
        if (match := re.search(rf"^{re.escape(name)} (KEPT|BROKEN)", done.stdout, re.MULTILINE))
    }
    assert judged.keys() == contracts().keys(), done.stdout + done.stderr
    return {contract for contract, verdict in judged.items() if verdict == "BROKEN"}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code base, in which imports may be planted."""
    copy = tmp_path_factory.mktemp("tree")
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(PROJECT / package, copy / package, ignore=ignored)
    shutil.copy(PROJECT / "pyproject.toml", copy)
    return copy


def test_every_contract_is_kept(tree: Path) -> None:
    assert broken_contracts(tree) == set()


def test_every_contract_is_proved() -> None:
    assert {contract for contract, _, _ in PLANTED} == contracts().keys()


@pytest.mark.parametrize(("contract", "file", "line"), PLANTED)
def test_a_planted_import_breaks_its_contract_and_no_other(
    tree: Path, contract: str, file: str, line: str
) -> None:
    path = tree / file
    before = path.read_text(encoding="utf-8") if path.exists() else None
    assert (before is None) == (not line), f"{file} is gone: plant the import elsewhere"
    path.write_text(f"{before or ''}\n{line}\n", encoding="utf-8")
    try:
        assert broken_contracts(tree) == {contract}
    finally:
        path.write_text(before, encoding="utf-8") if before is not None else path.unlink()
