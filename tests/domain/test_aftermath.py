"""What remains of a deploy: one line in the ledger, and what a way back forbids."""

from datetime import timedelta

import pytest
import samples
from rollouts import LATER
from samples import NEW_DIGEST, NOW, OLD_DIGEST, SAM, back, canary, deploy

from bot.domain.aftermath import forbidden, record_of
from bot.domain.approval import Vote
from bot.domain.deploy import Deploy
from bot.domain.history import Ending, Kind, Version
from bot.domain.policy import Policy
from bot.domain.restrictions import Denial, Lock, Restrictions
from bot.domain.states import FINAL, LANDED, State

S = State
TARGET = samples.target()
ENDINGS = {
    S.RETAINING: Ending.COMPLETED,
    S.COMPLETED: Ending.COMPLETED,
    S.ROLLED_BACK: Ending.ROLLED_BACK,
    S.CANCELLED: Ending.CANCELLED,
    S.REJECTED: Ending.CANCELLED,
    S.EXPIRED: Ending.CANCELLED,
    S.REFUSED: Ending.REFUSED,
    S.FAILED_SAFE: Ending.FAILED,
    S.FAILED_UNKNOWN: Ending.UNKNOWN,
}
OLD = Version(version="v1.1.0", digest=OLD_DIGEST, revision="api-00001")

# ── The ledger ───────────────────────────────────────────────────────────────────────────────────


def test_the_tests_know_every_ending() -> None:
    assert set(ENDINGS) == FINAL | LANDED


@pytest.mark.parametrize("state", list(State))
def test_a_deploy_that_landed_or_ended_has_a_line(state: State) -> None:
    found = record_of(deploy(S.ROUTING), deploy(state), LATER)
    assert (found.ending if found else None) == ENDINGS.get(state)


@pytest.mark.parametrize("before", sorted(LANDED))
def test_it_has_one_line_only(before: State) -> None:
    """The end of the time in which the old version is kept adds none."""
    assert record_of(deploy(before), deploy(S.COMPLETED), LATER) is None


def test_a_line_says_what_ran_who_wanted_it_and_who_agreed() -> None:
    votes = (Vote(by=SAM, groups=frozenset({"sre"}), at=NOW),)
    asked = samples.approval().model_copy(update={"votes": votes})
    found = record_of(canary(S.OBSERVING), canary(S.COMPLETED, approval=asked), LATER)
    assert found is not None
    assert (found.deploy, found.kind, found.target) == ("D-7F3K2", Kind.DEPLOY, "api/production")
    assert (found.version, found.digest, found.revision) == ("v1.2.0", NEW_DIGEST, "api-00002")
    assert (found.requested_by, found.approved_by) == (samples.DANA, (SAM,))
    assert (found.requested, found.started, found.ended) == (NOW, NOW, LATER)
    assert (found.replaced, found.moved, found.problem) == (OLD, True, None)


def test_a_line_of_what_had_no_plan_says_what_was_asked_for() -> None:
    found = record_of(deploy(), deploy(S.REFUSED), LATER)
    assert found is not None
    assert (found.version, found.digest, found.replaced) == ("v1.2.0", None, None)
    assert found.problem == "Not today."


@pytest.mark.parametrize(
    ("subject", "problem"),
    [
        (canary(S.ROLLED_BACK, cause="errors: 9.00 %"), "errors: 9.00 %"),
        (canary(S.FAILED_UNKNOWN, started=NOW, cause="errors", problem="No answer."), "errors"),
        (canary(S.CANCELLED, undone_by=SAM, cause="Not today."), "Not today."),
        # Why there was a second plan is not why it ended.
        (deploy(S.REJECTED, edition=1, cause="the policy was changed", problem="No."), "No."),
        (deploy(S.EXPIRED, edition=1, cause="the policy was changed"), None),
        (deploy(S.COMPLETED), None),
    ],
)
def test_a_line_says_why_it_ended(subject: Deploy, problem: str | None) -> None:
    found = record_of(deploy(S.ROUTING), subject, LATER)
    assert found is not None
    assert found.problem == problem


@pytest.mark.parametrize(
    ("state", "undone_by", "automatic"),
    [(S.ROLLED_BACK, None, True), (S.ROLLED_BACK, SAM, False), (S.COMPLETED, None, False)],
)
def test_a_line_tells_a_gate_from_a_person(
    state: State, undone_by: str | None, *, automatic: bool
) -> None:
    found = record_of(deploy(S.ROLLING_BACK), deploy(state, undone_by=undone_by), LATER)
    assert found is not None
    assert found.automatic is automatic


# ── What is forbidden afterwards ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("state", sorted((FINAL | LANDED) - {S.ROLLED_BACK}))
def test_only_a_way_back_forbids_anything(state: State) -> None:
    assert forbidden(Restrictions(), deploy(state), TARGET, LATER) is None


def test_what_was_rolled_back_is_denied_and_its_target_held() -> None:
    found = forbidden(Restrictions(), canary(S.ROLLED_BACK, cause="errors"), TARGET, LATER)
    assert found is not None
    assert found.denials == (
        Denial(
            digest=NEW_DIGEST,
            version="v1.2.0",
            service="api",
            deploy="D-7F3K2",
            reason="errors",
            since=LATER,
        ),
    )
    assert found.locks == (
        Lock(
            target="api/production",
            owner="D-7F3K2",
            reason="errors",
            since=LATER,
            until=LATER + timedelta(hours=1),
            by_deploy=True,
        ),
    )


def test_a_rollback_that_landed_denies_what_it_left() -> None:
    found = forbidden(Restrictions(), back(S.COMPLETED), TARGET, LATER)
    assert found is not None
    (denial,) = found.denials
    assert (denial.digest, denial.version) == (NEW_DIGEST, "v1.2.0")
    assert denial.reason == "Checkout is broken."


@pytest.mark.parametrize("state", sorted((FINAL | LANDED) - {S.COMPLETED}))
def test_a_rollback_that_did_not_land_denies_nothing(state: State) -> None:
    assert forbidden(Restrictions(), back(state), TARGET, LATER) is None


def test_following_the_newest_again_denies_nothing() -> None:
    for state in (S.COMPLETED, S.ROLLED_BACK):
        assert forbidden(Restrictions(), back(state, Kind.UNPIN), TARGET, LATER) is None


def test_the_image_that_serves_again_is_not_denied() -> None:
    """The same image with other settings was rolled back: the settings were bad, not the image."""
    same = samples.full_plan(replaced=OLD.model_copy(update={"digest": NEW_DIGEST}))
    found = forbidden(Restrictions(), canary(S.ROLLED_BACK, plan=same), TARGET, LATER)
    assert found is not None
    assert found.denials == ()
    assert [lock.owner for lock in found.locks] == ["D-7F3K2"]
    again = back(S.COMPLETED).agreed.model_copy(update={"replaced": OLD})
    assert forbidden(Restrictions(), back(S.COMPLETED, plan=again), TARGET, LATER) is None


def test_what_shared_the_traffic_with_others_has_no_one_version() -> None:
    """Nothing can be denied by name then, and the target's lane is open again."""
    mixed = back(S.COMPLETED).agreed.model_copy(update={"replaced": None})
    assert forbidden(Restrictions(), back(S.COMPLETED, plan=mixed), TARGET, LATER) is None


def test_a_target_that_is_gone_needs_no_holding() -> None:
    found = forbidden(Restrictions(), canary(S.ROLLED_BACK), None, LATER)
    assert found is not None
    assert (len(found.denials), found.locks) == (1, ())


def test_without_a_time_to_hold_the_target_is_free() -> None:
    free = TARGET.model_copy(update={"policy": Policy(hold_after_rollback=timedelta(0))})
    found = forbidden(Restrictions(), canary(S.ROLLED_BACK), free, LATER)
    assert found is not None
    assert (len(found.denials), found.locks) == (1, ())


def test_what_others_have_forbidden_stays() -> None:
    known = Restrictions(
        locks=(
            Lock(
                target="api/production",
                owner=SAM,
                reason="Migration.",
                since=NOW,
                until=LATER + timedelta(hours=9),
            ),
        ),
    )
    found = forbidden(known, canary(S.ROLLED_BACK), TARGET, LATER)
    assert found is not None
    assert [lock.owner for lock in found.locks] == [SAM, "D-7F3K2"]


def test_the_reason_is_never_empty() -> None:
    found = forbidden(Restrictions(), canary(S.ROLLED_BACK, cause=None), TARGET, LATER)
    assert found is not None
    assert found.denials[0].reason == "rolled back by D-7F3K2"
