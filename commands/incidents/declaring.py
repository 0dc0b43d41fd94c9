"""Declaring incidents: by what is typed, by a form, from a message, and from the home tab."""

from dataclasses import dataclass, replace

from bot.domain.actor import Identity
from bot.domain.errors import UnknownName, UsageError
from bot.domain.incident_policy import Severity
from bot.domain.incidents.declaring import MAX_TEXT, MAX_TITLE, Wish, kind_of
from bot.domain.incidents.incident import Incident, IncidentKind, Source
from bot.domain.incidents.room import RoomKind
from bot.domain.worded import worded
from bot.ports import RoomLooks, Search
from bot.usecases.incidents.archive import Archive
from bot.usecases.incidents.declaring import Declared, Declaring
from bot.views.incidents.forms.declare import PRIVATE, DeclareFields, Hints, declare_form
from bot.views.incidents.names import IncidentField
from bot.views.languages.saying import say
from bot.views.languages.terms import Term
from bot.views.modals import matching
from commands.incidents.desk import Desk, choice
from commands.incidents.filled import text_of, text_problems, together, wrong
from commands.incidents.forms import loading
from commands.incidents.opening import declared_answer
from commands.incidents.wishes import Declaration, DrillWish
from commands.incoming import Click, Command, Lookup, MessageShortcut, Shortcut, Submission
from commands.replies import OpenModal, Options, Reply, Say, UpdateModal, View

F = IncidentField
# How many open incidents a form shows to somebody who has not said what is wrong.
_SHOWN = 5
# Stands in front of the channel that a form carries along, where it was opened on a message.
_FROM_MESSAGE = "message:"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaringController:
    """Takes declarations. A form comes up first; what is known of a service is added to it."""

    desk: Desk
    declaring: Declaring
    archive: Archive
    looks: RoomLooks

    async def command(self, command: Command, wish: Declaration) -> Reply:
        """A declaration that was typed: at once when nothing is missing, else by the form."""
        if not wish.complete or (len(wish.title) > MAX_TITLE and not wish.backfill):
            return self.form(command.identity, _fields(wish), command.channel)
        declared = await self.declaring.declare(
            command.identity, wish_of(wish), once=command.trigger
        )
        return self._declared(command.identity, declared)

    async def drill(self, command: Command, wish: DrillWish) -> Reply:
        """An exercise begins at once: there is nothing to be asked."""
        title = wish.declaration.title
        if not title:
            language = self.desk.policy.language or self.desk.language(command.identity)
            title = say(language, Term.EXERCISE)
        asked = wish_of(replace(wish.declaration, title=title))
        drill = asked.model_copy(update={"kind": IncidentKind.DRILL})
        declared = await self.declaring.declare(command.identity, drill, once=command.trigger)
        return self._declared(command.identity, declared)

    async def nothing_typed(self, command: Command) -> Reply:
        """The command alone, where there is no incident."""
        return self.form(command.identity, DeclareFields(), command.channel)

    async def shortcut(self, shortcut: Shortcut) -> Reply:
        """The global shortcut."""
        return self.form(shortcut.identity, DeclareFields(), "")

    async def button(self, click: Click) -> Reply:
        """The button of the home tab and of empty lists."""
        return self.form(click.identity, DeclareFields(), click.channel)

    async def from_message(self, shortcut: MessageShortcut) -> Reply:
        """The shortcut on a message, which becomes the title and the summary, with its address."""
        channel = f"{_FROM_MESSAGE}{shortcut.place.channel}"
        if shortcut.permalink is not None:
            fields = _fields_from(shortcut, shortcut.permalink)
            return self.form(shortcut.identity, fields, channel)

        async def fill() -> View:
            # What a field begins with cannot be changed once the field is there.
            fields = _fields_from(shortcut, await self.looks.permalink(shortcut.place))
            return await self._filled(shortcut.identity, fields, channel)

        return OpenModal(view=loading(self.desk.language(shortcut.identity)), fill=fill)

    def form(self, identity: Identity, fields: DeclareFields, channel: str) -> Reply:
        """The form, with whatever was said; what is open and what was deployed is added to it."""

        async def fill() -> View:
            return await self._filled(identity, fields, channel)

        return OpenModal(view=self._view(identity, fields, channel, Hints()), fill=fill)

    async def pick_service(self, click: Click) -> Reply:
        """A service was chosen in the form: say what is known of it."""
        fields = _fields_in(click)

        async def fill() -> View:
            return await self._filled(click.identity, fields, click.private)

        view = self._view(click.identity, fields, click.private, Hints())
        return UpdateModal(view=view, fill=fill)

    async def lookup(self, lookup: Lookup) -> Reply:
        """Search in the menu of services."""
        return Options(options=matching(list(self.desk.catalog.services), lookup.typed))

    async def submit(self, submission: Submission) -> Reply:
        """The form, filled in; what is wrong is said below the field that it is about."""
        language = self.desk.language(submission.identity)
        problems = together(
            self.desk.missing(submission, {F.SEVERITY: worded("Choose how bad it is.")}),
            text_problems(submission, language, F.TITLE, F.SUMMARY, F.IMPACT),
        )
        if problems:
            return problems
        try:
            declared = await self.declaring.declare(
                submission.identity, _wish_in(submission), once=submission.view
            )
        except UnknownName as unknown:
            named = F.SERVICE if unknown.kind == "service" else F.ENVIRONMENT
            return wrong(submission, named, unknown, language)
        except UsageError as error:
            return wrong(submission, F.TITLE, error, language)
        said = self._declared(submission.identity, declared)
        return replace(said, channel=submission.private.removeprefix(_FROM_MESSAGE))

    def _declared(self, identity: Identity, declared: Declared) -> Say:
        return declared_answer(
            self.desk,
            identity,
            declared.incident,
            declared.duplicates,
            known=declared.known,
        )

    async def _filled(self, identity: Identity, fields: DeclareFields, channel: str) -> View:
        """The form with what should be known before declaring."""
        if fields.title or fields.service:
            known = await self.declaring.outlook(
                identity, fields.service, fields.environment, fields.title
            )
            hints = Hints(duplicates=known.duplicates, suspects=known.suspects)
        else:
            page = await self.archive.browse(identity, Search(open=True), limit=_SHOWN)
            hints = Hints(duplicates=page.incidents)
        return self._view(identity, fields, channel, hints)

    def _view(self, identity: Identity, fields: DeclareFields, channel: str, hints: Hints) -> View:
        return declare_form(
            fields,
            self.desk.catalog,
            channel,
            language=self.desk.language(identity),
            hints=hints,
        )


def wish_of(said: Declaration, *, like: Incident | None = None) -> Wish:
    """A declaration that was typed, as it is asked for; `like` has what was not said."""
    severity = said.severity or (like.severity if like else Severity.P3)
    return Wish(
        title=said.title,
        severity=severity,
        service=said.service or (like.service if like else None),
        environment=said.environment or (like.environment if like else None),
        summary=said.summary,
        impact=said.impact,
        private=said.private or (like is not None and like.private),
        kind=kind_of(drill=False, afterwards=said.backfill),
        source=Source.COMMAND,
        occurred=said.since,
        room=RoomKind.THREAD if said.thread else None,
    )


def _wish_in(submission: Submission) -> Wish:
    """What a form asks for."""
    from_message = submission.private.startswith(_FROM_MESSAGE)
    return Wish(
        title=text_of(submission, F.TITLE),
        severity=choice(Severity, text_of(submission, F.SEVERITY)),
        service=text_of(submission, F.SERVICE) or None,
        environment=text_of(submission, F.ENVIRONMENT) or None,
        summary=text_of(submission, F.SUMMARY),
        impact=text_of(submission, F.IMPACT),
        private=PRIVATE in text_of(submission, F.PRIVATE),
        source=Source.MESSAGE if from_message else Source.FORM,
    )


def _fields(said: Declaration) -> DeclareFields:
    """What was typed, for the form; a title that is too long is in the summary as a whole."""
    title, summary = said.title, said.summary
    if len(title) > MAX_TITLE:
        summary = "\n".join(filter(None, (title, summary)))
        title = title[: MAX_TITLE - 1] + "…"
    return DeclareFields(
        title=title,
        severity=said.severity or Severity.P3,
        service=said.service,
        environment=said.environment,
        summary=summary[:MAX_TEXT],
        impact=said.impact,
        private=said.private,
    )


def _fields_from(shortcut: MessageShortcut, address: str | None) -> DeclareFields:
    """A message as a declaration: its first line, and all of it with its address."""
    lines = shortcut.text.strip().splitlines()
    title = " ".join(lines[0].split()) if lines else ""
    if len(title) > MAX_TITLE:
        title = title[: MAX_TITLE - 1] + "…"
    end = f"\n{address}" if address else ""
    return DeclareFields(
        title=title, summary=f"{shortcut.text.strip()[: MAX_TEXT - len(end)]}{end}".strip()
    )


def _fields_in(click: Click) -> DeclareFields:
    """What is filled in by now, with the service that was just chosen."""
    values = click.values
    severity = values.get(F.SEVERITY, "")
    return DeclareFields(
        title=values.get(F.TITLE, ""),
        severity=Severity(severity) if severity in Severity.__members__ else Severity.P3,
        service=click.value or None,
        environment=values.get(F.ENVIRONMENT) or None,
        summary=values.get(F.SUMMARY, ""),
        impact=values.get(F.IMPACT, ""),
        private=PRIVATE in values.get(F.PRIVATE, ""),
    )
