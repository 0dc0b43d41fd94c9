"""What is said in a thread, and to whom."""

import pytest
import samples
from screens import HOSTILE, accepted, harmless, screen

from bot.domain.deploy import Deploy
from bot.domain.message import DeployNote, Notice, Posted, Said
from bot.domain.policy import DatabaseRule
from bot.domain.states import State
from bot.views.notes import chart_comment, note
from bot.views.notice import notice

DANA, SAM, OLIVIA = (f"<@{each}>" for each in (samples.DANA, samples.SAM, samples.OLIVIA))
WHAT = "`api v1.2.0` in production"


def said(what: Said, deploy: Deploy | None = None, **fields: object) -> str:
    """The note as people read it."""
    message = DeployNote(deploy="D-7F3K2", said=what, **fields)
    return screen(accepted(note(deploy or samples.canary(State.OBSERVING, 1), message)))


@pytest.mark.parametrize("what", Said)
def test_every_note_is_taken_by_slack_and_harmless(what: Said) -> None:
    """Whoever did it, whatever they wrote, and however many people are called."""
    for deploy in (samples.deploy(), samples.canary(State.HELD, 1), samples.back(State.COMPLETED)):
        hostile = deploy.model_copy(update={"version": HOSTILE})
        for by in (None, samples.SAM):
            for people in ((), (samples.OLIVIA,), tuple(f"U{n:08d}" for n in range(1000))):
                message = DeployNote(
                    deploy=deploy.id, said=what, by=by, detail=HOSTILE, people=people
                )
                harmless(accepted(note(hostile, message)))
        accepted(note(deploy, DeployNote(deploy=deploy.id, said=what)))


@pytest.mark.parametrize(
    ("what", "fields", "text"),
    [
        (Said.APPROVED, {"by": samples.SAM}, f"👍 {SAM} approved; more approvals are needed."),
        (Said.CLEARED, {"by": samples.SAM}, f"👍 {SAM} approved. Off we go."),
        (Said.CLEARED, {}, "No approval is needed."),
        (
            Said.REJECTED,
            {"by": samples.SAM, "detail": "Friday."},
            f"⛔ {DANA}: {SAM} rejected this. Friday.",
        ),
        (Said.REFUSED, {"detail": "Frozen."}, f"⛔ {DANA}: this may not be done. Frozen."),
        (Said.EXPIRED, {}, f"⌛ {DANA}: nobody answered in time, nothing was changed."),
        (
            Said.REMINDED,
            {"people": (samples.SAM, samples.OLIVIA)},
            f"⏰ {SAM} and {OLIVIA}: {WHAT} waits for your approval until 12:30.",
        ),
        (
            Said.REPLANNED,
            {"detail": "the policy was changed", "people": (samples.SAM,)},
            f"🔁 {SAM}: The plan changed: the policy was changed. "
            "Approvals given before are void; a new card follows.",
        ),
        (
            Said.STAGED,
            {"detail": "api-00002"},
            "🧱 Revision `api-00002` is ready, without traffic.",
        ),
        (Said.SHIFTED, {"detail": "25"}, "🚦 25 % of the traffic, confirmed."),
        (Said.WARNED, {"detail": "p95-warning"}, "⚠️ Warning: p95-warning."),
        (Said.HELD, {"detail": "Too few."}, f"✋ {DANA}: It is held at 25 %. Too few."),
        (
            Said.CALLED,
            {"people": (samples.SAM,), "detail": "Too few."},
            f"📣 {SAM}: {WHAT} is still held, and nobody has decided. Too few.",
        ),
        (
            Said.ALARMED,
            {"detail": "errors"},
            f"🔴 {DANA}: A gate broke after the deploy: errors. "
            "`v1.1.0` is still kept: the card has a button to switch back.",
        ),
        (Said.PROMOTED, {"by": samples.SAM, "detail": "50"}, f"⏩ {SAM} promoted it to 50 %."),
        (Said.RESUMED, {"by": samples.SAM, "detail": "25"}, f"▶️ {SAM} lets it go on at 25 %."),
        (
            Said.ROLLING_BACK,
            {"by": samples.SAM, "detail": "Slow."},
            f"↩️ {SAM} rolls it back. Slow.",
        ),
        (Said.ROLLING_BACK, {"detail": "errors"}, "↩️ It is rolled back by itself. errors"),
        (
            Said.ROLLED_BACK,
            {"detail": "errors"},
            f"↩️ {DANA}: rolled back, `v1.1.0` serves again. errors",
        ),
        (Said.CANCELLED, {"by": samples.SAM}, f"🚫 {DANA}: cancelled by {SAM}."),
        (
            Said.COMPLETED,
            {"detail": "sha256:9a"},
            f"✅ {DANA}: {WHAT} is serving, `sha256:9a`.",
        ),
        (Said.FAILED, {"detail": "No image."}, f"❌ {DANA}: {WHAT} failed. No image."),
        (
            Said.REVIEW_OVERDUE,
            {"people": (samples.OLIVIA,)},
            f"🔴 {OLIVIA}: the review of `D-7F3K2` is overdue.",
        ),
    ],
)
def test_a_note_says_what_happened_to_those_it_concerns(
    what: Said, fields: dict[str, object], text: str
) -> None:
    deploy = samples.canary(State.OBSERVING, 1, approval=samples.approval())
    assert said(what, deploy, **fields) == text


def test_a_broken_glass_is_loud() -> None:
    text = said(Said.BROKE_GLASS, detail="The site is down.", people=(samples.OLIVIA,))
    assert text.startswith(f"🚨 {OLIVIA}: *{DANA} broke the glass.* The site is down.")
    assert "reviewed afterwards" in text


@pytest.mark.parametrize(
    ("waits", "says"), [(True, "The backup of `p/i` is there."), (False, "has begun")]
)
def test_a_backup_that_is_not_awaited_is_not_said_to_be_there(waits: bool, says: str) -> None:
    plan = samples.full_plan(database=DatabaseRule(instance="p/i", wait=waits))
    assert says in said(Said.BACKED_UP, samples.deploy(State.STAGING, plan=plan))


def test_a_picture_says_what_it_shows() -> None:
    assert chart_comment("api <!here>") == "📈 api &lt;!here&gt;"


# ── Notices ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("what", Posted)
def test_every_notice_says_what_by_whom_why_and_until_when(what: Posted) -> None:
    full = Notice(
        said=what, subject="api/production", by=samples.SAM, reason="Why.", until=samples.NOW
    )
    shown = screen(accepted(notice(full)))
    assert SAM in shown
    assert "`api/production`" in shown
    assert "until 12:00." in shown
    assert "> Why." in shown
    bare = notice(Notice(said=what, subject="api", by=None))
    assert "Signalbox" in screen(accepted(bare))
    assert "until" not in screen(bare)
    harmless(accepted(notice(Notice(said=what, subject=HOSTILE, by=HOSTILE, reason=HOSTILE))))


def test_the_end_of_a_freeze_promises_no_deploys() -> None:
    """Another one may hold in the same place."""
    ended = screen(notice(Notice(said=Posted.THAWED, subject="production", by=samples.SAM)))
    assert ended == f"☀️ {SAM} ended a freeze of `production`."
