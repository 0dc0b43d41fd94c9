"""Long answers are leafed through where they stand, on the wire that Slack would speak."""

from desk import DANA, Desk
from outages import declare


async def test_a_page_takes_the_place_of_the_one_that_was_read(people: Desk) -> None:
    ref = await declare(people, "P3 service:api Checkout is slow")
    # One after the other: of eleven in the same instant, one may lose every race.
    for number in range(1, 12):
        await people.say(DANA, f"/incident {ref} task step {number}")
        await people.private(DANA, f"*T{number}*", "general")
    await people.say(DANA, f"/incident {ref} task list")
    first = await people.private(DANA, "Next page", "general")
    await people.click(DANA, first, "incident.tasks")
    second = await people.private(DANA, "Previous page", "general")
    assert second["ts"] == first["ts"]
    assert "Next page" not in str(second)
    await people.click(DANA, second, "incident.tasks")
    again = await people.private(DANA, "Next page", "general")
    assert again["ts"] == first["ts"]
    assert "Previous page" not in str(again)
