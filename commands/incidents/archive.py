"""Looking at incidents: the panel, lists, the record, figures, and the post-mortem."""

from dataclasses import dataclass
from typing import assert_never

from bot.domain.actor import Identity
from bot.domain.errors import NotFound
from bot.domain.incident_policy import Severity
from bot.domain.incidents.incident import Incident
from bot.ports import Search
from bot.usecases.incidents.archive import Archive, Record
from bot.usecases.incidents.figure_pictures import FigurePictures
from bot.usecases.incidents.records import Records
from bot.views.blocks import Rendered
from bot.views.incidents import answers, lists, show
from bot.views.incidents.export_window import export_window
from bot.views.incidents.exports import as_csv, as_json
from bot.views.incidents.metrics import Period, metrics
from bot.views.incidents.names import IncidentField
from bot.views.incidents.panel import control_panel
from bot.views.incidents.postmortem import postmortem
from bot.views.languages.deeds import Deed
from commands.incidents.archive_wishes import (
    ExportWish,
    Format,
    ListWish,
    MetricsWish,
    PostMortemWish,
    Review,
    SearchWish,
)
from commands.incidents.desk import Desk, about, choice, paged, subject
from commands.incidents.filled import text_of
from commands.incidents.forms import loading
from commands.incidents.leafing import begun, leads
from commands.incoming import Click, Command, Submission
from commands.replies import Later, OpenModal, Reply, Say, View

F = IncidentField
# How a list goes on is carried by its button: what is listed, and where its pages begin.
_LIST, _SEARCH = "list", "search"
_OPEN = {"open": True, "over": False, "all": None}
_MAX_TYPED = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveController:
    """Shows what is kept. What somebody may not see is not there."""

    desk: Desk
    archive: Archive
    figures: FigurePictures

    # ── One incident ─────────────────────────────────────────────────────────────────────────────

    async def panel(self, click: Click) -> Reply:
        """Everything that can be done about it."""
        incident = await self.desk.sight.which(click.identity, subject(click.value), "")
        return Say(rendered=self.panel_of(click.identity, incident), channel=click.channel)

    async def show(self, click: Click) -> Reply:
        """All of it, and a page of its timeline; one that is turned to in place of the last."""
        ref, page = paged(click.value)
        said = await self._details(click.identity, ref, page)
        return Say(rendered=said, channel=click.channel, instead=page is not None)

    async def shown(self, command: Command, ref: str) -> Reply:
        """`show`."""
        incident = await self.desk.which(command, ref)
        return Say(rendered=await self._details(command.identity, incident.ref, None))

    def panel_of(self, identity: Identity, incident: Incident) -> Rendered:
        """The panel of an incident that this person may see."""
        language = self.desk.language(identity)
        return control_panel(incident, identity.user, self.desk.policy, language)

    async def _details(self, identity: Identity, ref: str, page: int | None) -> Rendered:
        record = await self.archive.show(identity, ref)
        return show.incident_details(
            record.incident, record.lines, self.desk.policy, self.desk.language(identity), page
        )

    async def export(self, click: Click) -> Reply:
        """All of it as text."""
        ref = subject(click.value)
        return self._exported(click.identity, ref, click.channel, Format.MARKDOWN)

    async def exported(self, command: Command, wish: ExportWish) -> Reply:
        """`export`."""
        return self._exported(command.identity, wish.ref, command.channel, wish.format)

    def _exported(self, identity: Identity, ref: str, channel: str, form: Format) -> Reply:
        language = self.desk.language(identity)

        async def fill() -> View:
            incident = await self.desk.sight.which(identity, ref, channel)
            record = await self.archive.show(identity, incident.ref)
            return export_window(incident.ref, self._text(record, form), language)

        return OpenModal(view=loading(language), fill=fill)

    def _text(self, record: Record, form: Format) -> str:
        incident, lines = record.incident, record.lines
        match form:
            case Format.CSV:
                return as_csv([incident])
            case Format.JSON:
                return as_json([(incident, lines)])
            case Format.MARKDOWN:
                names, now = self.desk.languages.name_of, self.desk.clock.now()
                return postmortem(incident, lines, self.desk.policy, names, now)
            case _:
                assert_never(form)

    # ── Many ─────────────────────────────────────────────────────────────────────────────────────

    async def list(self, command: Command, wish: ListWish) -> Reply:
        """`list`."""
        return Say(rendered=await self._list(command.identity, wish))

    async def search(self, command: Command, wish: SearchWish) -> Reply:
        """`search WORDS`."""
        return Say(rendered=await self._search(command.identity, wish.text))

    async def page(self, click: Click) -> Reply:
        """Another page of either, in place of the one that was read."""
        kind, _, carried = click.value.partition(":")
        if kind == _SEARCH:
            way, _, typed = carried.partition(":")
            said = await self._search(click.identity, typed, begun(way))
            return Say(rendered=said, channel=click.channel, instead=True)
        match carried.split(":"):
            case [which, service, severity, way] if kind == _LIST and which in _OPEN:
                pass  # as `_listing` has written it
            case _:
                raise NotFound("This list belongs to something that does not exist any more.")
        wish = ListWish(
            open=_OPEN[which],
            service=service or None,
            severity=choice(Severity, severity) if severity else None,
        )
        said = await self._list(click.identity, wish, begun(way))
        return Say(rendered=said, channel=click.channel, instead=True)

    async def metrics(self, command: Command, wish: MetricsWish) -> Reply:
        """`metrics [SERVICE]`: a year of incidents is a lot to read."""
        language = self.desk.language(command.identity)

        async def draw() -> Rendered:
            sent = await self.figures.send(
                command.identity, wish.service, wish.days, once=command.trigger
            )
            return answers.chart_sent(language, sent=sent)

        async def read() -> Rendered:
            found = await self.archive.metrics(command.identity, wish.service, wish.days)
            period = Period(
                since=found.since, until=found.until, service=found.service, cut=found.cut
            )
            weeks = [(at, week.mttr) for at, week in found.weeks]
            return metrics(period, found.whole, found.severities, found.services, weeks, language)

        return Later(first=answers.one_moment(language), job=draw if wish.chart else read)

    async def _list(
        self, identity: Identity, wish: ListWish, way: tuple[str, ...] = ()
    ) -> Rendered:
        search = Search(open=wish.open, service=wish.service, severity=wish.severity)
        page = await self.archive.browse(identity, search, before=way[-1] if way else None)
        language = self.desk.language(identity)
        heading = lists.heading_of(wish.open, language)
        about_ = " ".join(filter(None, (wish.severity, wish.service)))
        named = f"{heading}: {about_}" if about_ else heading
        return lists.incident_list(
            page.incidents, named, language, leads(_listing(wish), way, page.after)
        )

    async def _search(self, identity: Identity, typed: str, way: tuple[str, ...] = ()) -> Rendered:
        page = await self.archive.search(identity, typed, before=way[-1] if way else None)
        ways = leads(_SEARCH, way, page.after, f":{typed[:_MAX_TYPED]}")
        return lists.search_results(page.incidents, typed, self.desk.language(identity), ways)


def _listing(wish: ListWish) -> str:
    which = next(name for name, value in _OPEN.items() if value is wish.open)
    return ":".join((_LIST, which, wish.service or "", wish.severity or ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class PostMortemController:
    """Looking back. Whether somebody may is decided by the use case."""

    desk: Desk
    records: Records

    async def draft(self, click: Click) -> Reply:
        """Draw it up from the record; it comes into the room as a file."""
        incident = await self.records.draft(click.identity, subject(click.value))
        said = answers.drafted(incident, self.desk.language(click.identity))
        return Say(rendered=said, channel=click.channel)

    async def published(self, submission: Submission) -> Reply:
        """The team has agreed on it, and where it can be read."""
        ref, channel = about(submission.private, 1)
        url = text_of(submission, F.URL) or None
        work = self.records.publish(submission.identity, ref, url)
        return await self.desk.taken(submission, work, channel, F.URL, Deed.PUBLISHED)

    async def order(self, command: Command, wish: PostMortemWish) -> Reply:
        """`postmortem [draft|publish [URL]]`."""
        ref = (await self.desk.which(command, wish.ref)).ref
        if wish.do is Review.PUBLISH:
            after = await self.records.publish(command.identity, ref, wish.url or None)
            return self.desk.typed(command, after, Deed.PUBLISHED)
        after = await self.records.draft(command.identity, ref)
        return Say(rendered=answers.drafted(after, self.desk.language(command.identity)))
