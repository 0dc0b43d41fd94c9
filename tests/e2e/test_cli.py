"""The command line, as processes: what it prints, and how it ends."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import Mapping
from pathlib import Path

import pytest
import servers
from desk import CONFIG, DANA, desk, ready

NOTHING: Mapping[str, str] = {"PATH": "/usr/bin:/bin"}


async def signalbox(*arguments: str, env: Mapping[str, str] = NOTHING) -> tuple[int, str, str]:
    """Run a command; returns its status, output and errors."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments, env=dict(env), stdout=PIPE, stderr=PIPE
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode or 0, out.decode(), err.decode()


async def test_a_right_configuration_is_said_to_be_fine() -> None:
    """With what is in it."""
    status, out, _ = await signalbox("check", str(CONFIG))
    assert (status, out) == (0, f"{CONFIG} is fine: 5 services, 15 targets.\n")


async def test_runbooks_are_checked_with_the_configuration(tmp_path: Path) -> None:
    """Those that are named, else those of the setting; what may be wrong is a warning."""
    (tmp_path / "cpu.md").write_text("---\ntitle: CPU\nservices: [apii]\n---\n- [ ] Look.\n")
    says = f"{tmp_path} is fine: 1 runbook.\nwarning: cpu is for the service “apii”"
    status, out, _ = await signalbox("check", str(CONFIG), "--runbooks", str(tmp_path))
    assert status == 0
    assert says in out
    assert "Did you mean api?" in out
    setting = {**NOTHING, "SIGNALBOX_RUNBOOKS": str(tmp_path)}
    status, out, _ = await signalbox("check", str(CONFIG), env=setting)
    assert status == 0
    assert says in out
    (tmp_path / "disk.md").write_text("no front matter")
    (tmp_path / "Error Rate.md").write_text("---\ntitle: Errors\n---\n- [ ] Look.\n")
    status, _, err = await signalbox("check", str(CONFIG), env=setting)
    assert status == 1
    assert "disk.md does not begin with front matter" in err
    assert "Error Rate.md: the name" in err
    assert "Traceback" not in err


async def test_the_runbooks_of_the_project_are_fine() -> None:
    """With nothing to doubt."""
    folder = CONFIG.parent / "examples" / "runbooks"
    status, out, _ = await signalbox("check", str(CONFIG), "--runbooks", str(folder))
    assert (status, out.splitlines()[1:]) == (0, [f"{folder} is fine: 15 runbooks."])


@pytest.mark.parametrize("command", ["check", "run"])
async def test_a_wrong_configuration_is_shown_with_its_line(tmp_path: Path, command: str) -> None:
    """And nothing starts."""
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(CONFIG.read_text().replace("deployers:", "deployerz:", 1))
    env = {
        **NOTHING,
        "SLACK_BOT_TOKEN": "xoxb-x",
        "SLACK_SIGNING_SECRET": "x",
        "REDIS_URL": f"redis://127.0.0.1:{servers.free_port()}/0",
        "SIGNALBOX_CONFIG": str(wrong),
    }
    arguments = (command, str(wrong)) if command == "check" else (command,)
    status, _, err = await signalbox(*arguments, env=env)
    assert status == 1
    line = wrong.read_text()[: wrong.read_text().index("deployerz")].count("\n") + 1
    assert f"{wrong}:{line}:" in err
    assert "deployers" in err
    assert "Traceback" not in err


async def test_every_setting_that_is_missing_is_named() -> None:
    """By the name of its variable, all at once."""
    status, _, err = await signalbox("run")
    assert status == 1
    assert "SLACK_BOT_TOKEN is not set" in err
    assert "REDIS_URL is not set" in err
    assert "Traceback" not in err


async def test_a_redis_that_is_away_is_said_at_the_start() -> None:
    """With its name, and without a traceback."""
    env = {
        **NOTHING,
        "SLACK_BOT_TOKEN": "xoxb-x",
        "SLACK_SIGNING_SECRET": "x",
        "REDIS_URL": f"redis://127.0.0.1:{servers.free_port()}/0",
        "SIGNALBOX_CONFIG": str(CONFIG),
    }
    status, _, err = await signalbox("run", env=env)
    assert status == 1
    assert "Redis" in err
    assert "Traceback" not in err


async def test_the_manifest_is_the_one_in_the_project() -> None:
    """And refuses a command name that belongs to Slack."""
    status, out, _ = await signalbox("manifest")
    assert (status, out) == (0, (CONFIG.parent / "manifest.yml").read_text())
    status, _, err = await signalbox("manifest", "--status", "/status")
    assert status == 1
    assert "belongs to Slack" in err


async def test_the_history_is_printed_for_other_programs(redis_url: str) -> None:
    """From Redis alone: Slack and the clouds are not asked."""
    env = {
        **NOTHING,
        "SLACK_BOT_TOKEN": "xoxb-x",
        "SLACK_SIGNING_SECRET": "x",
        "REDIS_URL": redis_url,
        "SIGNALBOX_CONFIG": str(CONFIG),
    }
    status, out, err = await signalbox("history", "api", "staging", "--format", "json", env=env)
    assert (status, out, err) == (0, "[]\n", "")
    status, out, _ = await signalbox("history", "api", env=env)
    assert (status, out.split(",")[:2]) == (0, ["deploy", "kind"])
    status, _, err = await signalbox("history", "apy", env=env)
    assert status == 1
    assert "Did you mean api?" in err
    status, _, err = await signalbox("history", "api", "--days", "0", env=env)
    assert status == 1
    assert "0 is not a number of days" in err


async def test_the_doctor_finds_a_healthy_installation_healthy(tmp_path: Path) -> None:
    """Everything is looked at: configuration, Redis, Slack, each target."""
    async with desk(tmp_path) as people:
        status, out, err = await signalbox("doctor", env=people.stack.environment(0))
        assert (status, err) == (0, "")
        for subject in ("Configuration", "Redis version", "Eviction", "Slack token", "#deploys"):
            assert subject in out
        for subject in ("Cloud: api/production", "Metrics: olympus-prod", "Database: olympus-prod"):
            assert subject in out
        assert "WRONG" not in out


async def test_the_doctor_names_what_is_missing_and_the_fix(tmp_path: Path) -> None:
    """A wrong token, a Redis that is away, a service that does not exist."""
    async with desk(tmp_path) as people:
        gone = next(iter(people.stack.cloud.model.services))
        del people.stack.cloud.model.services[gone]
        people.stack.cloud.model.faults.blind = True
        people.stack.cloud.databases.runs.clear()
        env = {
            **people.stack.environment(0),
            "SLACK_BOT_TOKEN": "xoxb-local-wrong",
            "REDIS_URL": f"redis://127.0.0.1:{servers.free_port()}/0",
            "SIGNALBOX_METRIC_SECONDS": "60",
        }
        status, out, _ = await signalbox("doctor", env=env)
        assert status == 1
        assert "SLACK_BOT_TOKEN" in out
        assert "REDIS_URL" in out
        assert "does not exist in the cloud" in out
        assert "roles/monitoring.viewer" in out
        assert "WRONG   Database: olympus-prod/models" in out
        assert "Write `for: 60s` or more." in out


async def test_the_doctor_looks_at_the_runbooks(tmp_path: Path) -> None:
    """How many there are, what may be wrong with them, and which cannot be read."""
    folder = tmp_path / "runbooks"
    folder.mkdir()
    (folder / "cpu.md").write_text("---\ntitle: CPU\nservices: [apii]\n---\n- [ ] Look.\n")
    async with desk(tmp_path) as people:
        env = {**people.stack.environment(0), "SIGNALBOX_RUNBOOKS": str(folder)}
        status, out, _ = await signalbox("doctor", env=env)
        assert status == 0
        assert f"ok      Runbooks: {folder} is fine: 1 runbook." in out
        assert "unknown Runbooks: cpu is for the service “apii”" in out
        (folder / "disk.md").write_text("no front matter")
        status, out, _ = await signalbox("doctor", env=env)
        assert status == 1
        assert "WRONG   Runbooks: disk.md does not begin with front matter" in out


async def test_a_worker_alone_moves_deploys_that_another_process_took(tmp_path: Path) -> None:
    """The web side and the worker may be apart."""
    async with desk(tmp_path) as people:
        await people.stack.start_bot("worker")
        await people.stack.start_bot()
        await ready(people)
        await people.say(DANA, "/deploy api v1.2.0 staging", "deploys")
        await people.card("Serving")


async def test_whoever_speaks_to_the_bot_learns_what_it_can_do(tmp_path: Path) -> None:
    """Once, and nobody else sees it."""
    async with desk(tmp_path) as people:
        await people.stack.start_bot()
        await ready(people)
        await people.say(DANA, "@signalbox hello?", "deploys")
        answer = await people.private(DANA, "/deploy help")
        assert answer["ephemeral"]


# ── Incidents ────────────────────────────────────────────────────────────────────────────────────


async def test_incidents_are_declared_and_read_without_slack(
    tmp_path: Path, redis_url: str
) -> None:
    """From the declaration to the post-mortem; Slack's address leads nowhere."""
    env = {
        **NOTHING,
        "SLACK_BOT_TOKEN": "xoxb-x",
        "SLACK_SIGNING_SECRET": "x",
        "SLACK_API_URL": f"http://127.0.0.1:{servers.free_port()}/api/",
        "REDIS_URL": redis_url,
        "SIGNALBOX_CONFIG": str(CONFIG),
    }

    async def incident(*arguments: str) -> tuple[int, str, str]:
        return await signalbox("incident", *arguments, env=env)

    status, said, err = await incident(
        "declare", "Checkout answers 500s", "--severity", "P1", "--service", "api"
    )
    assert (status, err) == (0, "")
    ref = said.split()[0]
    assert said == f"{ref} is declared.\n"
    assert (await incident("ack", ref))[0] == 0
    assert (await incident("note", ref, "The pool is full."))[0] == 0
    assert ref in (await incident("list"))[1]
    assert ref in (await incident("search", "checkout"))[1]
    status, _, err = await incident(
        "resolve", ref, "--root-cause", "The pool", "--resolution", "A larger pool"
    )
    assert (status, err) == (0, "")
    assert "The pool is full." in (await incident("show", ref))[1]
    assert (await incident("postmortem", ref))[1].startswith(f"# Post-mortem of {ref}")
    assert '"root_cause": "The pool"' in (await incident("export", "--all"))[1]
    status, said, err = await incident(
        *("declare", "Search was down", "--backfill", "--since", "2024-11-19T13:05Z")
    )
    late = said.split()[0]
    assert (status, err) == (0, "")
    assert said.startswith(f"{late} is written down; nobody was paged.\nNext: ")
    status, _, err = await incident(
        *("resolve", late, "--root-cause", "The disk", "--resolution", "Space"),
        *("--ended", "2024-11-19T14:05Z"),
    )
    assert (status, err) == (0, "")
    assert "(backfilled) Search was down" in (await incident("list", "--all"))[1]
    assert (await incident("export", "--all", "--format", "csv"))[1].count(",3600,") == 1
    chart = tmp_path / "figures.png"
    status, table, _ = await incident("metrics", "--chart", str(chart))
    assert status == 0
    assert "MTTR" in table
    assert chart.read_bytes().startswith(b"\x89PNG")


async def test_what_cannot_be_done_is_said_and_ends_with_1(redis_url: str) -> None:
    env = {
        **NOTHING,
        "SLACK_BOT_TOKEN": "xoxb-x",
        "SLACK_SIGNING_SECRET": "x",
        "REDIS_URL": redis_url,
        "SIGNALBOX_CONFIG": str(CONFIG),
    }
    for arguments, says in (
        (("show", "INC-2026-999"), "There is no incident INC-2026-999."),
        (("ack", "nonsense"), "References look like INC-2026-001."),
        (("declare", "x"), "title"),
        (("declare", "It was down", "--backfill"), "the time at which it began"),
        (("declare", "It was down", "--backfill", "--since", "25:00"), "not a time"),
        (("declare", "Something", "--service", "apo"), "Did you mean api"),
    ):
        status, _, err = await signalbox("incident", *arguments, env=env)
        assert status == 1
        assert says in err
        assert "Traceback" not in err
