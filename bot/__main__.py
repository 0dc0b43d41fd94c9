"""The command line: `signalbox run | worker | local | manifest | doctor | check | history |
incident`.
"""

import argparse
import asyncio
import gc
import pkgutil
import sys
from pathlib import Path
from typing import Any

from bot.domain.errors import SignalboxError, UsageError
from bot.incident_options import add_incident_options

_OK, _REFUSED, _MISUSED = 0, 1, 2


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns the exit status: 0, 1 for a refusal, 2 for wrong usage."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.handle(options))
    except SignalboxError as error:
        hint = error.hint if isinstance(error, UsageError) else ""
        _say(f"signalbox: {error} {hint}".rstrip(), error=True)
        return _REFUSED
    except KeyboardInterrupt:
        return _OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="signalbox", description="Deploys, approvals and status from Slack."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, summary: str, handle: object) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=summary, description=summary)
        command.set_defaults(handle=handle)
        return command

    add("run", "Serve Slack and work on deploys until told to stop.", _run)
    add("worker", "Work on deploys only; another process serves Slack.", _worker)
    local = add("local", "Try everything on this machine: workspace, cloud and bot.", _local)
    local.add_argument("--port", type=int, default=3000, help="of the workspace (default 3000)")
    local.add_argument("--config", type=Path, default=Path("signalbox.yaml"))
    local.add_argument("--socket-mode", action="store_true", help="instead of HTTP")
    manifest = add("manifest", "Print the manifest for creating the Slack app.", _manifest)
    manifest.add_argument("--url", default="https://signalbox.example.com", help="of the bot")
    manifest.add_argument("--mode", choices=["http", "socket"], default="http")
    manifest.add_argument("--deploy", default="/deploy", help="name of the deploy command")
    manifest.add_argument("--rollback", default="/rollback", help="name of the rollback command")
    manifest.add_argument("--status", default="/svc-status", help="name of the status command")
    manifest.add_argument("--incident", default="/incident", help="name of the incident command")
    add("doctor", "Check tokens, scopes, Redis and cloud permissions.", _doctor)
    check = add("check", "Check a configuration file, and runbooks.", _check)
    check.add_argument("config", type=Path, nargs="?", default=Path("signalbox.yaml"))
    check.add_argument(
        "--runbooks", type=Path, help="a folder of runbooks, too (default SIGNALBOX_RUNBOOKS)"
    )
    history = add("history", "Print what was deployed, for other programs.", _history)
    history.add_argument("service", metavar="SERVICE")
    history.add_argument("environment", metavar="ENVIRONMENT", nargs="?")
    history.add_argument("--days", type=int, default=90, help="how far back (default 90)")
    history.add_argument("--format", choices=["csv", "json"], default="csv")
    add_incident_options(add("incident", "Declare and read incidents without Slack.", _incident))
    return parser


def _command(name: str) -> Any:
    """What a command needs, imported when it is asked for."""
    return pkgutil.resolve_name(name)


def _run(_options: argparse.Namespace) -> int:
    return _bot(serve_slack=True)


def _worker(_options: argparse.Namespace) -> int:
    return _bot(serve_slack=False)


def _bot(*, serve_slack: bool) -> int:
    # Nothing that is loaded becomes garbage. The bot collects again from when it serves.
    gc.disable()
    settings = _command("bot.settings:read_settings")()
    asyncio.run(_command("bot.process:run")(settings, serve_slack=serve_slack))
    return _OK


def _local(options: argparse.Namespace) -> int:
    mode = _command("bot.settings:SlackMode")("socket" if options.socket_mode else "http")
    asyncio.run(_command("bot.local:serve")(options.config, port=options.port, mode=mode))
    return _OK


def _doctor(_options: argparse.Namespace) -> int:
    settings = _command("bot.settings:read_settings")()
    findings = asyncio.run(_command("bot.doctor:examine")(settings))
    _say(_command("bot.doctor:report")(findings))
    return _REFUSED if any(finding.ok is False for finding in findings) else _OK


def _say(text: str, *, error: bool = False) -> None:
    (sys.stderr if error else sys.stdout).write(text + "\n")


def _check(options: argparse.Namespace) -> int:
    catalog = _command("adapters.catalog.loading:load_catalog")(options.config)
    targets = len(catalog.targets())
    _say(f"{options.config} is fine: {len(catalog.services)} services, {targets} targets.")
    folder = options.runbooks or _command("bot.settings:runbooks_folder")()
    if folder is not None:
        says, doubts = _command("bot.runbook_check:check_runbooks")(folder, catalog)
        _say("\n".join((says, *(f"warning: {each}" for each in doubts))))
    return _OK


def _manifest(options: argparse.Namespace) -> int:
    socket = options.mode == "socket"
    render = _command("adapters.slack.manifest:manifest_yaml")
    _say(
        render(
            socket=socket,
            url=options.url,
            deploy=options.deploy,
            rollback=options.rollback,
            status=options.status,
            incident=options.incident,
        ).rstrip()
    )
    return _OK


def _incident(options: argparse.Namespace) -> int:
    settings = _command("bot.settings:read_settings")()
    sys.stdout.write(asyncio.run(_command("bot.incident_cli:run_incident")(settings, options)))
    return _OK


def _history(options: argparse.Namespace) -> int:
    settings = _command("bot.settings:read_settings")()
    export = _command("bot.export:export_history")
    found = export(
        settings, options.service, options.environment, days=options.days, form=options.format
    )
    sys.stdout.write(asyncio.run(found))
    return _OK


if __name__ == "__main__":
    sys.exit(main())
