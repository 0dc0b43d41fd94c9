"""Declared from anywhere, and led to its room from there."""

from desk import DANA, Desk
from outages import declare, room_of


async def test_the_answer_in_another_channel_becomes_a_link(people: Desk) -> None:
    ref = await declare(people, "P3 service:api Checkout is slow")
    room = await room_of(people, ref)
    said = str(await people.private(DANA, f"<#{room.id}>", "general"))
    assert ref in said
    assert "is being made" not in said
