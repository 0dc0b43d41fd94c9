"""How far back people may look, whatever they look at."""

import pytest

from bot.domain.errors import UsageError
from bot.domain.period import MOST_DAYS, require_days


@pytest.mark.parametrize("days", [1, 30, MOST_DAYS])
def test_up_to_ten_years_can_be_looked_at(days: int) -> None:
    require_days(days)


@pytest.mark.parametrize("days", [-1, 0, MOST_DAYS + 1])
def test_what_makes_no_sense_is_refused(days: int) -> None:
    with pytest.raises(UsageError, match=f"^{days} is not a number of days from 1 to 3650.$"):
        require_days(days)
