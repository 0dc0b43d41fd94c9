"""What people type about incidents: from the words to what is meant, or to what to type instead."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
import samples
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import UsageError
from bot.domain.incident_policy import Role, Severity
from bot.domain.incidents.events import Described
from bot.domain.incidents.incident import Interest, Moment, TaskKind
from bot.domain.incidents.states import State
from bot.views.incidents.verbs import INCIDENT_VERBS
from commands.grammar import Help
from commands.incidents.archive_wishes import (
    ExportWish,
    Format,
    ListWish,
    MetricsWish,
    PostMortemWish,
    Review,
    SearchWish,
)
from commands.incidents.grammar import VERBS, parse_incident
from commands.incidents.wishes import (
    CallWish,
    ChecklistWish,
    DateWish,
    Declaration,
    DrillWish,
    EditWish,
    FreezeWish,
    HandoffWish,
    IncidentWish,
    LinkKind,
    LinkWish,
    MergeWish,
    NoteWish,
    PageWish,
    Plain,
    PlainWish,
    RelateWish,
    ReopenWish,
    RoleWish,
    RollbackWish,
    RunbookWish,
    SeverityWish,
    SnoozeWish,
    StatusWish,
    SubscribeWish,
    SubWish,
    TaskVerb,
    TaskWish,
    UpdateWish,
)
from commands.words import prose, split

NOW = samples.NOW  # 12:00 UTC
INC, OTHER = "INC-2026-001", "INC-2026-002"
DANA = f"<@{samples.DANA}|dana>"
CATALOG = samples.catalog()


def parse(text: str) -> IncidentWish | Help:
    """What is meant, on the sample catalog."""
    return parse_incident(text, "/incident", CATALOG, NOW)


def refused(text: str) -> UsageError:
    """The error for what cannot be understood."""
    with pytest.raises(UsageError) as error:
        parse(text)
    return error.value


def at(hour: int, minute: int, day: int = 14) -> datetime:
    """A moment of the day on which the samples are."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


# ── Declaring ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (
            "P1 service:api checkout returns 500s",
            Declaration(title="checkout returns 500s", severity=Severity.P1, service="api"),
        ),
        (
            "service:api P1 checkout returns 500s",
            Declaration(title="checkout returns 500s", severity=Severity.P1, service="api"),
        ),
        (
            "declare p2 svc:API env:Production private keys in a log",
            Declaration(
                title="private keys in a log",
                severity=Severity.P2,
                service="api",
                environment="production",
                private=True,
            ),
        ),
        (
            "new checkout is slow severity:P3 environment:staging",
            Declaration(title="checkout is slow", severity=Severity.P3, environment="staging"),
        ),
        ("open redirects in the login", Declaration(title="redirects in the login")),
        ("checkout is down", Declaration(title="checkout is down")),
        ("the P1 queue is private", Declaration(title="the P1 queue is private")),
        ("private tokens leaked", Declaration(title="private tokens leaked", private=True)),
        (
            "private P1 private keys",
            Declaration(title="private private keys", private=True, severity=Severity.P1),
        ),
        ("P1 private", Declaration(severity=Severity.P1, private=True)),
        ("the keys of a private repository", Declaration(title="the keys of a private repository")),
        ('"private endpoint is down"', Declaration(title="private endpoint is down")),
        (
            "P2 service:api --private tokens in a log",
            Declaration(title="tokens in a log", severity=Severity.P2, service="api", private=True),
        ),
        ("--private tokens in a log", Declaration(title="tokens in a log", private=True)),
        ("P1", Declaration(severity=Severity.P1)),
        ("declare", Declaration()),
        ("declare close the gap", Declaration(title="close the gap")),
        ('"update fails with 500"', Declaration(title="update fails with 500")),
        ("help desk is down", Declaration(title="help desk is down")),
        ("heap is full", Declaration(title="heap is full")),
        ("help all of them", Declaration(title="help all of them")),
        ("not able to log in", Declaration(title="not able to log in")),
        (
            "P1 checkout is down --impact nobody can pay --since 11:50 --thread",
            Declaration(
                title="checkout is down",
                severity=Severity.P1,
                impact="nobody can pay",
                since=at(11, 50),
                thread=True,
            ),
        ),
        # As composers, keyboards and languages make them.
        ("結帳失敗——API 回應 500", Declaration(title="結帳失敗——API 回應 500")),
        ("結帳壞了", Declaration(title="結帳壞了")),
        (
            "P1 service:api 結帳壞了",
            Declaration(title="結帳壞了", severity=Severity.P1, service="api"),
        ),
        (
            "checkout “works” only — sometimes",
            Declaration(title="checkout “works” only — sometimes"),
        ),
        ("“quoted as a whole”", Declaration(title="quoted as a whole")),
        ("the “quote is open", Declaration(title="the “quote is open")),
        ("service:“api” is slow", Declaration(title="is slow", service="api")),
        (f"{DANA} cannot log in", Declaration(title="@dana cannot log in")),
        ("<https://a.example/x|a.example> is down", Declaration(title="a.example is down")),
        ("a &lt;b&gt; &amp; c is down", Declaration(title="a <b> & c is down")),
        ("checkout  is\n\tdown", Declaration(title="checkout is down")),
        ("rm —rf was run", Declaration(title="rm —rf was run")),
        ("it says foo:bar and http://x:80", Declaration(title="it says foo:bar and http://x:80")),
    ],
)
def test_a_declaration_is_what_was_meant(text: str, meant: Declaration) -> None:
    """Marks anywhere before the title, those with a colon anywhere; everything else is title."""
    assert parse(text) == meant


def test_a_declaration_is_complete_with_severity_service_and_title() -> None:
    """Nothing is asked then."""
    declared = parse("P1 service:api checkout is down")
    partly = [parse("P1 checkout is down"), parse("service:api x y"), parse("P1 service:api")]
    assert isinstance(declared, Declaration)
    assert declared.complete
    assert not any(each.complete for each in partly if isinstance(each, Declaration))


def test_a_very_long_title_is_kept_as_a_whole() -> None:
    """What is done about its length is not for the grammar to say."""
    title = "checkout is down " * 500
    wish = parse(f"P1 service:api {title}")
    assert isinstance(wish, Declaration)
    assert wish.title == title.strip()


def test_a_drill_is_the_worst_unless_it_is_said_otherwise() -> None:
    """It is to be trained."""
    assert parse("drill") == DrillWish(declaration=Declaration(severity=Severity.P1))
    assert parse("--drill private pool is empty") == DrillWish(
        declaration=Declaration(title="private pool is empty", severity=Severity.P1, private=True)
    )
    assert parse("declare --drill drill bit is stuck") == DrillWish(
        declaration=Declaration(title="drill bit is stuck", severity=Severity.P1)
    )
    for flagged in (
        "P3 service:api the database is gone --drill",
        "P3 --drill service:api the database is gone",
        "declare --drill P3 service:api the database is gone",
    ):
        assert parse(flagged) == parse("drill P3 service:api the database is gone")
    assert parse("drill P3 service:api the database is gone") == DrillWish(
        declaration=Declaration(title="the database is gone", severity=Severity.P3, service="api")
    )


def test_what_is_over_is_written_down_with_its_beginning() -> None:
    """Severity and service may be left away: no form asks for them."""
    wish = parse("declare --backfill --since 2026-03-12T13:05Z P2 service:api checkout was down")
    assert wish == Declaration(
        title="checkout was down",
        severity=Severity.P2,
        service="api",
        since=at(13, 5, day=12),
        backfill=True,
    )
    bare = parse("checkout was down --since 2h ago --backfill")
    assert bare == Declaration(title="checkout was down", since=at(10, 0), backfill=True)
    assert bare.complete
    private = parse("private --backfill --since 10:00 keys in a log")
    assert isinstance(private, Declaration)
    assert (private.private, private.backfill) == (True, True)


@pytest.mark.parametrize(
    ("text", "says", "hint"),
    [
        ("declare --backfill checkout was down", "When did it begin?", "--since"),
        ("declare --backfill --since 10:00", "What was it?", "--backfill --since"),
        ("declare --backfill --since 10:00 --thread it was down", "no thread", "Leave --thread"),
        ("declare --backfill --since 2026-03-14T12:01Z it was down", "in the future", "10m ago"),
        ("declare --backfill=yes --since 10:00 it was down", "takes no value", "--backfill"),
        ("drill --backfill", "does not belong to “drill”", "no flags"),
        (
            "--drill --backfill --since 11:05 it was down",
            "A drill is not written down afterwards.",
            "Say one of the two",
        ),
        ("sub INC-2026-001 --backfill it was down", "does not belong to “sub”", "no flags"),
    ],
)
def test_what_cannot_be_written_down_says_what_is_missing(text: str, says: str, hint: str) -> None:
    error = refused(text)
    assert says in str(error)
    assert hint in error.hint


# ── Verbs ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", PlainWish(what=Plain.PANEL)),
        (INC, PlainWish(ref=INC, what=Plain.PANEL)),
        ("inc-2026-1", PlainWish(ref=INC, what=Plain.PANEL)),
        ("ack", PlainWish(what=Plain.ACK)),
        ("Ack inc-2026-1", PlainWish(ref=INC, what=Plain.ACK)),
        (f"{INC} acknowledge", PlainWish(ref=INC, what=Plain.ACK)),
        ("private", PlainWish(what=Plain.PRIVATE)),
        (f"private {INC}", PlainWish(ref=INC, what=Plain.PRIVATE)),
        *((each.value, PlainWish(what=each)) for each in Plain),
        ("update", UpdateWish()),
        (
            f"update {INC} we roll back --eta 15:30 --next 30m",
            UpdateWish(
                ref=INC, text="we roll back", eta="15:30", next_update=timedelta(minutes=30)
            ),
        ),
        ("update “fixed”", UpdateWish(text="fixed")),
        ("update it “looks” fixed", UpdateWish(text="it “looks” fixed")),
        ("update two\nlines  here", UpdateWish(text="two\nlines  here")),
        ("snooze 20m", SnoozeWish(lasts=timedelta(minutes=20))),
        ("snooze", SnoozeWish(lasts=timedelta(minutes=15))),
        ("status", StatusWish()),
        (
            "status identified the pool is full",
            StatusWish(to=State.IDENTIFIED, reason="the pool is full"),
        ),
        ("status Post-Mortem", StatusWish(to=State.POST_MORTEM)),
        ("status postmortem", StatusWish(to=State.POST_MORTEM)),
        (
            "status monitoring --reason it is quiet",
            StatusWish(to=State.MONITORING, reason="it is quiet"),
        ),
        ("close", StatusWish(to=State.CLOSED)),
        ("cancel it was a test", StatusWish(to=State.CANCELLED, reason="it was a test")),
        (
            f"{INC} decline --reason planned work",
            StatusWish(ref=INC, to=State.DECLINED, reason="planned work"),
        ),
        ("severity", SeverityWish()),
        ("sev p3 one customer", SeverityWish(to=Severity.P3, reason="one customer")),
        ("edit", EditWish()),
        (
            "edit --impact half of them --service API",
            EditWish(described=Described(impact="half of them", service="api")),
        ),
        ("date occurred 11:52", DateWish(moment=Moment.OCCURRED, at=at(11, 52))),
        ("date occurred at 10m ago", DateWish(moment=Moment.OCCURRED, at=at(11, 50))),
        (
            "date resolved 2026-03-14T13:00+02:00 --reason “I looked”",
            DateWish(moment=Moment.RESOLVED, at=at(11, 0), reason="I looked"),
        ),
        ("reopen the errors are back", ReopenWish(reason="the errors are back")),
        ("lead", RoleWish(role=Role.LEAD)),
        (f"lead {DANA}", RoleWish(role=Role.LEAD, to=samples.DANA)),
        ("role", RoleWish()),
        (f"role {INC} Comms {DANA}", RoleWish(ref=INC, role=Role.COMMS, to=samples.DANA)),
        ("handoff", HandoffWish()),
        (f"handoff <@{samples.SAM}>", HandoffWish(to=samples.SAM)),
        ("page", PageWish()),
        ("page secondary", PageWish(whom="secondary")),
        ("page Team lead", PageWish(whom="Team lead")),
        (f"page {DANA}", PageWish(whom=samples.DANA)),
        ("page <!subteam^S0SRE0001|@sre>", PageWish(whom="sre")),
        ("page @owners", PageWish(whom="owners")),
        (
            f"call {DANA} <@{samples.SAM}|Sam of the night>",
            CallWish(people=frozenset({samples.DANA, samples.SAM})),
        ),
        ("subscribe", SubscribeWish(interest=Interest.UPDATES)),
        (f"subscribe {INC} all", SubscribeWish(ref=INC, interest=Interest.ALL)),
        ("subscribe resolve", SubscribeWish(interest=Interest.RESOLVED)),
        ("note", NoteWish()),
        ("note the pool is full", NoteWish(text="the pool is full")),
        ("note first alert at 11:05", NoteWish(text="first alert", at=at(11, 5))),
        ("note first alert at 14:05", NoteWish(text="first alert", at=at(14, 5, day=13))),
        ("note first alert at 1h30m ago", NoteWish(text="first alert", at=at(10, 30))),
        ("note first alert --at 10m ago", NoteWish(text="first alert", at=at(11, 50))),
        ("note --at=11:05 first alert", NoteWish(text="first alert", at=at(11, 5))),
        ("note “the alert at 11:05”", NoteWish(text="the alert at 11:05")),
        ("note first alert at 11:05 UTC", NoteWish(text="first alert", at=at(11, 5))),
        ("note first alert --at 11:05 UTC", NoteWish(text="first alert", at=at(11, 5))),
        ("note first alert at 2026-03-14T11:05Z", NoteWish(text="first alert", at=at(11, 5))),
        ("note “the ratio was” at “4:3”", NoteWish(text="“the ratio was” at “4:3”")),
        ("note “we met at 25:99”", NoteWish(text="we met at 25:99")),
        (
            "note it ran at 25:99 without an error",
            NoteWish(text="it ran at 25:99 without an error"),
        ),
        ("note the pool is at 100%", NoteWish(text="the pool is at 100%")),
        ("note we met at noon", NoteWish(text="we met at noon")),
        ("note at 11:05", NoteWish(text="at 11:05")),
        (f"note “{OTHER} is the same”", NoteWish(text=f"{OTHER} is the same")),
        ("note ran rm --no-preserve-root", NoteWish(text="ran rm --no-preserve-root")),
        ("task", TaskWish(kind=TaskKind.TASK, do=TaskVerb.LIST)),
        ("task list", TaskWish(kind=TaskKind.TASK, do=TaskVerb.LIST)),
        (
            "task list the slow queries",
            TaskWish(kind=TaskKind.TASK, do=TaskVerb.ADD, text="list the slow queries"),
        ),
        (
            "task add done means done",
            TaskWish(kind=TaskKind.TASK, do=TaskVerb.ADD, text="done means done"),
        ),
        ("task done t1", TaskWish(kind=TaskKind.TASK, do=TaskVerb.DONE, text="T1")),
        (
            f"follow-up own F2 {DANA}",
            TaskWish(kind=TaskKind.FOLLOW_UP, do=TaskVerb.OWN, text="F2", owner=samples.DANA),
        ),
        ("checklist", ChecklistWish()),
        ("checklist Duties-Lead", ChecklistWish(name="duties-lead")),
        ("runbook", RunbookWish()),
        ("runbook list", RunbookWish()),
        ("INC-2026-002 runbook", RunbookWish(ref="INC-2026-002")),
        ("runbook High-CPU", RunbookWish(text="High-CPU")),
        (
            "runbook inc-2026-2 the pool is full",
            RunbookWish(ref="INC-2026-002", text="the pool is full"),
        ),
        ("runbook search cpu --limit", RunbookWish(text="cpu --limit", search=True)),
        ('runbook "search" index', RunbookWish(text='"search" index')),
        ("link deploy d-7f3k2", LinkWish(kind=LinkKind.DEPLOY, target="D-7F3K2")),
        ("link D-7F3K2", LinkWish(kind=LinkKind.DEPLOY, target="D-7F3K2")),
        (f"link incident {OTHER}", LinkWish(kind=LinkKind.INCIDENT, target=OTHER)),
        (
            "link <https://a.example/x|a.example> error rate",
            LinkWish(kind=LinkKind.URL, target="https://a.example/x", title="error rate"),
        ),
        (
            "link alert https://a.example/x",
            LinkWish(kind=LinkKind.URL, target="https://a.example/x", title="Alert"),
        ),
        ("rollback", RollbackWish()),
        (f"rollback {INC} D-7F3K2", RollbackWish(ref=INC, deploy="D-7F3K2")),
        ("freeze", FreezeWish()),
        ("freeze --for 2h", FreezeWish(lasts=timedelta(hours=2))),
        (f"merge {OTHER}", MergeWish(into=OTHER)),
        (f"duplicate {INC} into {OTHER}", MergeWish(ref=INC, into=OTHER)),
        (f"{INC} merge {OTHER}", MergeWish(ref=INC, into=OTHER)),
        (f"relate to {OTHER}", RelateWish(other=OTHER)),
        (
            f"sub {INC} P3 search is down",
            SubWish(ref=INC, declaration=Declaration(title="search is down", severity=Severity.P3)),
        ),
        ("list", ListWish()),
        ("list closed", ListWish(open=False)),
        (
            "list all --service api --severity p1",
            ListWish(open=None, service="api", severity=Severity.P1),
        ),
        ("search is down", SearchWish(text="is down")),
        ("postmortem", PostMortemWish()),
        ("post-mortem draft", PostMortemWish()),
        (
            f"postmortem {INC} publish https://wiki.example/1",
            PostMortemWish(ref=INC, do=Review.PUBLISH, url="https://wiki.example/1"),
        ),
        ("metrics", MetricsWish()),
        ("metrics api --days 90", MetricsWish(service="api", days=90)),
        ("export", ExportWish()),
        (f"export {INC} --format CSV", ExportWish(ref=INC, format=Format.CSV)),
        ("help", Help()),
        ("?", Help()),
        ("help sev", Help("severity")),
        ("help all", Help("all")),
        ("page help", Help("page")),
        ("note ask somebody --help", Help("note")),
    ],
)
def test_a_verb_is_what_was_meant(text: str, meant: IncidentWish | Help) -> None:
    """With the reference before or behind it, and with what people and composers make of it."""
    assert parse(text) == meant


def test_every_verb_of_the_table_is_understood() -> None:
    """And nothing else is taken for one."""
    assert set(VERBS) == set(INCIDENT_VERBS)


@pytest.mark.parametrize("name", sorted(INCIDENT_VERBS))
def test_every_example_of_the_table_can_be_typed(name: str) -> None:
    """The help does not promise what is not understood."""
    for example in INCIDENT_VERBS[name].examples:
        typed = example.format(service="api", environment="production")
        mentioned = " ".join(
            f"<@U0{word[1:].upper()}|{word[1:]}>" if word.startswith("@") else word
            for word in typed.split(" ")
        )
        assert not isinstance(parse(mentioned), Help | Declaration) or name == "declare"


# ── What cannot be understood ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "says", "hint"),
    [
        ("checkout", "There is no verb “checkout” (character 1).", "/incident declare checkout"),
        (
            "sttatus identified",
            "There is no verb “sttatus” (character 1).",
            "Did you mean status? To declare an incident of this title, type "
            "/incident declare sttatus identified",
        ),
        ("deploy is broken", "There is no verb “deploy” (character 1).", "Did you mean deploys?"),
        ("hlep", "There is no verb “hlep” (character 1).", "Did you mean help? To declare"),
        ("hepl update", "There is no verb “hepl” (character 1).", "Did you mean help?"),
        (f"{INC} is broken", "There is no verb “is” (character 14).", "/incident help shows all."),
        (f"{INC} serach", "There is no verb “serach” (character 14).", "Did you mean search?"),
        (f"{INC} list", "“list” (character 14) is not about one incident.", f"Leave {INC} away."),
        (
            "ack now please",
            "“now” (character 5) is one word too many.",
            "To declare an incident of this title: /incident declare ack now please",
        ),
        (f"ack {INC} now", "“now” (character 18) is one word too many.", "Type /incident ack"),
        ("P7 checkout", "“P7” (character 1) is no severity.", "There are P1, P2, P3, P4."),
        ("P1 P2 x y", "The severity is there twice, again (character 4): “P2”.", "Say it once."),
        (
            "service:ap is down",
            "There is no service called “ap” (character 1).",
            "Did you mean api?",
        ),
        ("env:x is down", "There is no environment called “x” (character 1).", "Known are:"),
        (
            "service: api is down",
            "“service:” (character 1) has nothing behind the colon.",
            "Type it without a space: service:api",
        ),
        (
            "role lead @dana",
            "“@dana” (character 11) is nobody whom Slack knows.",
            "Type @ and choose the person",
        ),
        ("lead me", "“me” (character 6) is nobody's name.", "Leave the name away"),
        ("role led", "“led” (character 6) is no role.", "Did you mean lead?"),
        (
            "status fixed",
            "“fixed” (character 8) is not a state.",
            "There are: triage, investigating",
        ),
        ("status merged", "“merged” (character 8) is not a state.", "Type /incident merge"),
        ("severity bad", "“bad” (character 10) is no severity.", "There are P1, P2, P3, P4."),
        ("snooze soon", "“soon” (character 8) is not a duration.", "such as 45s"),
        ("edit title", "“title” (character 6) is not a field.", "--title, --summary"),
        ("date", "Which moment, and when was it?", "Type /incident date"),
        ("date started 14:05", "“started” (character 6) is not a moment", "There are: occurred"),
        ("date occurred", "When was it occurred?", "For example: /incident date occurred 14:05"),
        ("date occurred soon", "“soon” (character 15) is not a time.", "Type 14:05 (in UTC)"),
        (
            "date occurred 2026-03-14T11:00",
            "“2026-03-14T11:00” (character 15) does not say in which time zone.",
            "Type 14:05 (in UTC)",
        ),
        (
            "note x --at 2026-03-15T11:00Z",
            "“2026-03-15T11:00Z” (character 13) lies in the future.",
            "such as 14:05",
        ),
        ("note the pool was full at 25:99", "“25:99” (character 27) is not a time", "in quotes"),
        ("note the pool was full at 2:5", "“2:5” (character 27) is not a time", "in quotes"),
        ("note the pool was full at 2pm", "“2pm” (character 27) is not a time", "Type 14:05"),
        ("note it was full at 07:56 PM", "“07:56 PM” (character 21) is not a time", "in quotes"),
        ("note it was full --at 07:56 pm", "“07:56 pm” (character 23) is not a time", "in UTC"),
        ("date occurred 07:56 PM", "“07:56 PM” (character 15) is not a time", "in UTC"),
        ("date occurred 11:50 UTC 2026", "“2026” (character 25) is one word too many", ""),
        ("note the pool was full at 2026-13-40", "is not a time", "in quotes"),
        ("note it is full at 2026-03-15T11:00Z", "lies in the future", "in quotes"),
        ("note x --at", "--at (character 8) needs a value.", "For example: --at 14:05"),
        ("update x --nxt 30m", "There is no flag --nxt (character 10).", "Did you mean --next?"),
        (
            "update x --for 2h",
            "--for (character 10) does not belong to “update”, but to freeze.",
            "Here there are: --eta, --next.",
        ),
        ("task done", "Which one?", "/incident task list shows all."),
        (
            "task done the rest",
            "“the” (character 11) is not the id of one, such as T1.",
            "To add that text, type: /incident task add done the rest",
        ),
        ("task add", "What is to be done?", "Type /incident task"),
        ("link", "What belongs to it?", "Type /incident link"),
        ("link deploy", "Which deploy?", "Type /incident link"),
        ("link deploy 7F3K2", "“7F3K2” (character 13) is not the id of a deploy.", "D-7F3K2"),
        ("link x", "“x” (character 6) is neither an address nor a deploy.", "Type /incident link"),
        ("link javascript:alert(1)", "“javascript:alert(1)” (character 6) is neither", ""),
        ("merge", "With which incident?", "such as INC-2026-001."),
        ("merge it", "“it” (character 7) is not the reference", "References look like"),
        (f"merge {INC} {OTHER} {INC}", "“INC-2026-001” (character 33) is one word too many.", ""),
        ("call", "Who is to be called in?", "Type /incident call"),
        ("subscribe nothing", "“nothing” (character 11) is nothing that", "There are: updates"),
        ("sub P1", "What is the part about?", "Type /incident sub"),
        ("list mine", "“mine” (character 6) is nothing that can be listed.", ""),
        ("list --severity P9", "“P9” (character 17) is not a value of --severity.", ""),
        ("search", "Which words are to be looked for?", "Type /incident search"),
        (
            "postmortem export",
            "“export” (character 12) is nothing that can be done with a post-mortem.",
            "[draft|publish [URL]]",
        ),
        ("postmortem drft", "“drft” (character 12) is nothing", "Did you mean draft?"),
        ("postmortem publish wiki", "“wiki” (character 20) is no address.", "https://"),
        ("metrics ap", "There is no service called “ap” (character 9).", "Did you mean api?"),
        ("metrics --days 0", "“0” (character 16) is not a number from 1 to 3650.", ""),
    ],
)
def test_what_is_wrong_is_named_with_its_place_and_what_to_type(
    text: str, says: str, hint: str
) -> None:
    """So that nobody has to look it up."""
    error = refused(text)
    assert says in str(error)
    assert hint in error.hint


@given(
    st.text(
        alphabet=st.sampled_from("ab P1:=-—–\"'“”<>|@#&;\n結INC-2026T"),
        max_size=40,
    ),
    st.sampled_from(["", *sorted(INCIDENT_VERBS)]),
)
def test_no_text_breaks_the_grammar(text: str, verb: str) -> None:
    """It is understood, or the person is told what to type."""
    with suppress(UsageError):
        parse(f"{verb} {text}")


# ── Words ────────────────────────────────────────────────────────────────────────────────────────


def test_a_word_knows_where_a_mention_or_a_link_leads() -> None:
    """A name with spaces is one word."""
    words = split("ask <@U1|Dana Scully>, <!subteam^S1|@sre> <https://a.example|a>")
    assert [(word.text, word.goal) for word in words] == [
        ("ask", ""),
        ("@Dana Scully,", "U1"),
        ("@sre", "S1"),
        ("a", "https://a.example"),
    ]


@pytest.mark.parametrize(
    ("text", "first", "says"),
    [
        ("note a “b c” d", 1, "a “b c” d"),
        ("note “b c”", 1, "b c"),
        ("note a\n  b", 1, "a\n  b"),
        ("note a --b=c d", 1, "a --b=c d"),
    ],
)
def test_prose_is_as_it_was_typed(text: str, first: int, says: str) -> None:
    """With quotes and lines; a text in quotes is without them."""
    assert prose(text, split(text)[first:]) == says
