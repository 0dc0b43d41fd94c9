"""The review after a deploy that nobody approved."""

from datetime import timedelta

import pytest
import samples
from samples import ENGINEER, NOW, OLIVIA, OUTSIDER, OWNER

from bot.domain.actor import Actor
from bot.domain.errors import IllegalTransition, NotPermitted

LATER = NOW + timedelta(hours=1)


def test_somebody_else_of_the_groups_signs_it() -> None:
    review = samples.review()
    assert review.open
    signed = review.signed(OWNER, LATER)
    assert (signed.open, signed.reviewed_by, signed.reviewed_at) == (False, OLIVIA, LATER)
    assert review.open


def test_whoever_broke_the_glass_does_not_review_it() -> None:
    """Also as a member of the groups that may."""
    with pytest.raises(NotPermitted, match="somebody else has to review it"):
        samples.review().signed(ENGINEER, LATER)


@pytest.mark.parametrize("groups", [("owners", "sre"), ()])
def test_others_do_not_review_it(groups: tuple[str, ...]) -> None:
    with pytest.raises(NotPermitted, match="Reviewing this takes a member of"):
        samples.review(groups=groups).signed(OUTSIDER, LATER)


def test_it_is_reviewed_once() -> None:
    signed = samples.review().signed(OWNER, LATER)
    again = Actor(id="U0SRE0009", name="Ada", groups=frozenset({"sre"}))
    with pytest.raises(IllegalTransition, match="another one"):
        signed.signed(again, LATER)


def test_it_can_be_signed_when_it_is_overdue() -> None:
    """Late is better than never, and the record says when."""
    late = samples.review(overdue=True)
    signed = late.signed(OWNER, late.due + (late.due - NOW))
    assert (signed.open, signed.overdue) == (False, True)
