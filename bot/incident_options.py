"""What can be typed after `signalbox incident`. Nothing that is heavy is imported for it."""

from argparse import ArgumentParser, _SubParsersAction

_SEVERITIES = ("P1", "P2", "P3", "P4")


def add_incident_options(parser: ArgumentParser) -> None:
    """Add the verbs and their options; the verb goes to `options.verb`."""
    verbs = parser.add_subparsers(required=True, metavar="VERB", dest="verb")
    _declaring(verbs)
    for name, says in (
        ("ack", "Say that you are on it."),
        ("show", "Print one incident with its timeline."),
        ("postmortem", "Print its post-mortem as Markdown."),
    ):
        _verb(verbs, name, says).add_argument("ref", metavar="INC")
    note = _verb(verbs, "note", "Put a line on its timeline.")
    note.add_argument("ref", metavar="INC")
    note.add_argument("text", metavar="TEXT")
    resolve = _verb(verbs, "resolve", "Say that customers are fine again.")
    resolve.add_argument("ref", metavar="INC")
    resolve.add_argument("--root-cause", required=True, help="why it happened")
    resolve.add_argument("--resolution", required=True, help="what ended it")
    resolve.add_argument("--ended", metavar="TIME", help="since when all was well, if not only now")
    _looking(verbs)


def _declaring(verbs: "_SubParsersAction[ArgumentParser]") -> None:
    declare = _verb(verbs, "declare", "Declare an incident.")
    declare.add_argument("title", metavar="TITLE")
    declare.add_argument("--severity", choices=_SEVERITIES, default="P3")
    declare.add_argument("--service", help="what is affected")
    declare.add_argument("--environment", help="where")
    declare.add_argument("--summary", default="", help="what is known")
    declare.add_argument("--impact", default="", help="what customers notice")
    declare.add_argument("--dedup-key", help="while one with it is open, this joins it")
    declare.add_argument("--private", action="store_true", help="for those who are called in only")
    declare.add_argument("--accepted", action="store_true", help="no false alarm: no triage")
    declare.add_argument("--since", metavar="TIME", help="when it began, such as 14:05 in UTC")
    kind = declare.add_mutually_exclusive_group()
    kind.add_argument("--drill", action="store_true", help="an exercise")
    kind.add_argument(
        "--backfill",
        action="store_true",
        help="it is over by now: write it down with --since, and page nobody",
    )


def _looking(verbs: "_SubParsersAction[ArgumentParser]") -> None:
    search = _verb(verbs, "search", "Find incidents by words of title and summary.")
    search.add_argument("text", metavar="WORDS")
    listed = _verb(verbs, "list", "Print incidents, newest first.")
    export = _verb(verbs, "export", "Print everything of incidents, for other programs.")
    for each in (listed, export):
        each.add_argument("--all", action="store_true", help="closed ones as well")
        each.add_argument("--service")
        each.add_argument("--severity", choices=_SEVERITIES)
    export.add_argument("--format", choices=["csv", "json", "md"], default="json")
    metrics = _verb(verbs, "metrics", "Print how well incidents are answered.")
    metrics.add_argument("--service")
    metrics.add_argument("--days", type=int, default=30, help="how far back (default 30)")
    metrics.add_argument("--chart", metavar="FILE", help="write a PNG as well")


def _verb(verbs: "_SubParsersAction[ArgumentParser]", name: str, says: str) -> ArgumentParser:
    return verbs.add_parser(name, help=says, description=says)
