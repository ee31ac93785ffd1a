"""Commands where others read: the engine says what the place is, and what is private is done in one's own chat only."""

from __future__ import annotations

from datetime import timedelta

from tests.support.evening import EVENING
from tests.support.room import room
from tests.support.table_room import GROUP, bind, evening, fresh, seat

MINUTE = timedelta(minutes=1)
BY_RULE = EVENING.replace(
    "[groups.tables]", '[facilitator]\nmove_on_after = "4m"\nstalled_after = "6m"\n\n[groups.tables]', 1
)


async def test_in_the_room_of_a_table_private_commands_are_refused_in_private() -> None:
    async with room(EVENING) as here:
        await evening(here)
        await bind(here)
        before = len(here.post.to(GROUP))
        await here.room_says("anna", GROUP, "/forget")
        assert "/forget works here, in your own chat with me" in fresh(here, "anna", -1)
        await here.room_says("anna", GROUP, "/help")
        assert "/call" in fresh(here, "anna", -1)
        await here.room_says("maya", GROUP, "/note Anna is shy.")
        assert "/note works here, in your own chat with me" in fresh(here, "maya", -1)
        assert fresh(here, GROUP, before).count("works here") == 0
        assert (await seat(here, "anna")).status == "active"


async def test_a_coordinator_leads_in_a_room_of_their_site_and_whoever_has_no_seat_is_told_nothing() -> None:
    async with room(EVENING) as here:
        await evening(here)
        await here.enrol("cora", "coordinator")
        await bind(here)
        await here.room_says("cora", GROUP, "/status 1")
        assert "Table 1" in fresh(here, "cora", -1)
        await here.room_says("otto", GROUP, "/status 1")
        assert here.post.to("otto") == [], "whoever has no seat is told nothing"


async def test_a_stalled_table_comes_before_its_coordinator_who_asks_how_it_is() -> None:
    async with room(BY_RULE) as here:
        await here.enrol("cora", "coordinator")
        await evening(here)
        since = len(here.post.to("cora"))
        for _ in range(7):
            await here.wait(MINUTE)
        assert "Shall we move on?" in here.post.text("anna")
        assert "Table 1 needs you: nobody has written for 6 minutes." in fresh(here, "cora", since)
        await here.choose("cora", "Ask how they are")
        assert "asks how you are getting on" in here.post.text("anna")
        await here.choose("anna", "Move on")
        await here.choose("ben", "Move on")
        assert "Most of you want to move on." in here.post.text("cleo")
