"""People who block the bot, lose their account, or come back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.rendered import plain
from bot.core.state import Seat
from bot.store import ballots, courses, identities, opinions, people, queue
from bot.store.database import Database
from bot.transports.port import Gone, Retry
from tests.engine.test_door import expect, reissue
from tests.engine.test_rooms import GROUP, HOUR, MINUTE, bind, evening
from tests.support.evening import EVENING
from tests.support.room import ACCOUNT, ASSEMBLY, Post, Room, room

LONGER = EVENING.replace('duration = "30m"', 'duration = "90m"')


def since(here: Room, place: str, before: int) -> str:
    return "\n".join(plain(m) for m in here.post.to(place)[before:])


async def seat(here: Room, name: str) -> Seat:
    """Somebody's seat, without a word from them."""
    found = await here.store.read(_seat_of, name)
    assert found is not None
    return found


def _seat_of(db: Database, name: str) -> Seat | None:
    (held, *_) = identities.seats_of(db, db.vault.lookup(ACCOUNT, name))
    return people.load_seat(db, held.seat)


async def counter(here: Room, step: str, name: str) -> int:
    found = await here.store.read(courses.counters, ASSEMBLY, step, "course:all")
    return found.get(name, 0)


@pytest.mark.parametrize("how", ["service", "error"])
async def test_who_is_lost_is_told_of_once_and_written_to_no_more(how: str) -> None:
    post = Post()
    async with room(LONGER, post) as here:
        await evening(here)
        letters = len(post.to("maya"))
        if how == "service":
            await here.happens("unreachable", "anna", "anna", text="blocked")
        else:
            post.failing["anna"] = Gone("blocked")
            await here.say("ben", "One")
            await here.say("ben", "Two")
        assert (await seat(here, "anna")).lost == "blocked"
        told = since(here, "maya", letters)
        assert told.count("I cannot reach Anna any more: they have blocked the chat with me.") == 1
        assert "Their place and their vote stay theirs." in told
        queued = (await here.store.read(queue.counts))["outbox"]
        await here.say("ben", "Three")
        await here.happens("unreachable", "anna", "anna", text="blocked")
        assert (await here.store.read(queue.counts))["outbox"].get("gone", 0) == queued.get("gone", 0)
        assert since(here, "maya", letters).count("I cannot reach") == 1
        assert "Three" in post.text("cleo")
        assert "Three" not in post.text("anna")
        await here.say("maya", "/status")
        assert "Here: Cleo and Ben." in since(here, "maya", -1)
        assert "Cannot be reached: Anna." in since(here, "maya", -1)


async def test_what_waits_for_somebody_who_is_lost_is_dropped() -> None:
    post = Post()
    async with room(LONGER, post) as here:
        await evening(here)
        post.failing["anna"] = Retry(MINUTE)
        await here.say("ben", "On its way")
        await here.happens("unreachable", "anna", "anna", text="blocked")
        post.failing.clear()
        await here.wait(5 * MINUTE)
        assert "On its way" not in post.text("anna")
        assert "On its way" in post.text("cleo")


async def test_an_early_close_does_not_wait_for_them_and_they_vote_once_they_are_back() -> None:
    async with room(EVENING) as here:
        await evening(here)
        await here.wait(30 * MINUTE)
        assert await counter(here, "ballot", "expected") == 3
        await here.happens("unreachable", "anna", "anna", text="deactivated")
        assert await counter(here, "ballot", "expected") == 2
        await here.choose("ben", "Yes")
        before = len(here.post.to("anna"))
        await here.happens("reachable", "anna", "anna")
        assert await counter(here, "ballot", "expected") == 3
        assert "Good to have you back." in since(here, "anna", before)
        assert "More trees?" in since(here, "anna", before)
        await here.happens("unreachable", "anna", "anna")
        await here.choose("cleo", "No")
        assert "This closes in one minute" in here.post.text("cleo")
        await here.say("anna", "I am here")  # whoever writes is there, whatever the platform said before
        assert (await seat(here, "anna")).lost == ""
        await here.choose("anna", "Yes")
        await here.wait(2 * MINUTE)
        assert len(await here.store.read(ballots.voters, ASSEMBLY, "ballot")) == 3
        assert (await here.course()).done["ballot"] == "done"


async def test_a_step_that_opened_meanwhile_opens_for_who_is_back() -> None:
    async with room(EVENING) as here:
        await evening(here)
        await here.happens("unreachable", "anna", "anna", text="blocked")
        await here.wait(30 * MINUTE)
        assert await counter(here, "ballot", "expected") == 2
        assert "More trees?" not in here.post.text("anna")
        await here.say("anna", "/help")
        assert "More trees?" in here.post.text("anna")
        assert await counter(here, "ballot", "expected") == 3
        await here.choose("anna", "Yes")
        await here.choose("ben", "Yes")
        assert "closes in one minute" not in here.post.text("ben")
        await here.choose("cleo", "Yes")
        assert "closes in one minute" in here.post.text("ben")


async def test_who_is_back_gets_a_short_recap_of_the_talk() -> None:
    async with room(LONGER) as here:
        await evening(here)
        await here.happens("unreachable", "anna", "anna", text="blocked")
        await here.say("ben", "While she was away")
        before = len(here.post.to("anna"))
        await here.happens("reachable", "anna", "anna")
        assert "While she was away" in since(here, "anna", before)
        assert "What do you miss there?" in since(here, "anna", before)
        assert "Anna is here now." in here.post.text("cleo")
        await here.say("anna", "Back again")
        assert "Back again" in here.post.text("ben")


async def test_lost_and_found_in_one_breath_is_found() -> None:
    async with room(LONGER) as here:
        await evening(here)
        await here.room_event("anna", "anna", kind="unreachable", room=False, text="blocked")
        await here.say("anna", "Still here")
        assert (await seat(here, "anna")).lost == ""
        assert "Still here" in here.post.text("ben")
        await here.say("ben", "Good")
        assert "Good" in here.post.text("anna")


async def test_a_person_who_is_lost_in_private_still_talks_in_the_room() -> None:
    async with room(LONGER) as here:
        await evening(here)
        await bind(here)
        await here.happens("entered", "anna", GROUP)
        await here.happens("unreachable", "anna", "anna", text="blocked")
        assert "They still read and write in the room of the table." in here.post.text("maya")
        await here.say("maya", "/status")
        assert "Here: Cleo, Anna and Ben." in here.post.text("maya")
        assert "In the room: Anna." in here.post.text("maya")
        await here.room_says("anna", GROUP, "From the room")
        assert (await seat(here, "anna")).lost == "blocked", "a room is no private chat"
        assert "From the room" in here.post.text("ben")


async def test_somebody_with_another_channel_is_not_lost() -> None:
    async with room(LONGER) as here:
        await evening(here)
        anna = await seat(here, "anna")
        await here.store.transact(_second_channel, anna.id)
        await here.happens("unreachable", "anna", "anna", text="blocked")
        assert (await seat(here, "anna")).lost == ""
        await here.say("ben", "By the other way")
        assert "By the other way" in here.post.text("anna-elsewhere")
        await here.happens("unreachable", "anna2", "anna-elsewhere", text="blocked")
        assert (await seat(here, "anna")).lost == "blocked"
        await here.say("anna", "Hello")
        await here.say("ben", "The first way again")
        assert "The first way again" in here.post.text("anna")
        assert "The first way again" not in here.post.text("anna-elsewhere")


def _second_channel(db: Database, seat: str) -> None:
    lookup = identities.meet(db, ACCOUNT, "anna2", "anna-elsewhere", 10**15)
    identities.link(db, lookup, seat)


async def test_nobody_talks_alone_because_the_others_are_lost() -> None:
    async with room(LONGER) as here:
        await here.enrol("carla", "coordinator")
        await evening(here)
        await here.happens("unreachable", "anna", "anna", text="blocked")
        await here.happens("unreachable", "ben", "ben", text="blocked")
        assert "Nobody else is at your table just now" in here.post.text("cleo")
        assert "At table 1 1 person is present" in here.post.text("carla")


async def test_a_turn_does_not_wait_for_who_is_lost() -> None:
    rounds = LONGER.replace('scope = "table"\n', 'scope = "table"\nturns = "round"\nturn_for = "10m"\n')
    async with room(rounds) as here:
        await evening(here)
        names = ("anna", "ben", "cleo")
        speaker = next(n for n in names if "It is your turn." in here.post.text(n))
        others = [n for n in names if n != speaker]
        await here.happens("unreachable", speaker, speaker, text="blocked")
        assert any("It is your turn." in here.post.text(n) for n in others)


async def test_a_facilitator_who_is_lost_is_reported_upwards_and_passed_over() -> None:
    async with room(LONGER) as here:
        await here.enrol("carla", "coordinator")
        await evening(here)
        await here.happens("unreachable", "maya", "maya")
        assert "I cannot reach Maya (facilitator) any more: the chat app does not say why." in here.post.text("carla")
        await here.happens("unreachable", "anna", "anna", text="blocked")
        assert "I cannot reach Anna any more" in here.post.text("carla")


async def test_a_stranger_who_is_lost_changes_nothing() -> None:
    async with room(LONGER) as here:
        await evening(here)
        await here.happens("unreachable", "nobody", "nobody", text="blocked")
        await here.happens("reachable", "nobody", "nobody")
        assert await here.store.read(queue.parked) == []
        assert "cannot reach" not in here.post.text("maya")


async def test_present_are_those_who_were_heard_and_can_be_reached() -> None:
    async with room(EVENING) as here:
        await evening(here)
        assert await here.store.read(people.head_count, ASSEMBLY, "all", 0) == (3, 3)
        await here.happens("unreachable", "anna", "anna", text="blocked")
        assert await here.store.read(people.head_count, ASSEMBLY, "all", 0) == (3, 2)


async def test_a_table_that_shall_live_in_a_room_is_asked_for_and_reminded_once() -> None:
    rooms = EVENING.replace("min_present = 2", 'min_present = 2\nlives = "room"').replace(
        'id = "talk"\n', 'id = "talk"\nafter = "20m"\n'
    )
    async with room(rooms) as here:
        await evening(here)
        assert "Table 1 shall meet in a room of its own" in here.post.text("maya")
        assert "Please write /bind here" in here.post.text("maya")
        await here.wait(21 * MINUTE)
        assert here.post.text("maya").count("Table 1 has no room yet, so its talk begins in everybody's own chat") == 1
    async with room(rooms) as here:
        await evening(here)
        await bind(here)
        await here.wait(21 * MINUTE)
        assert "has no room yet" not in here.post.text("maya")
    async with room(rooms) as here:
        await here.enrol("carla", "coordinator")
        for name in ("anna", "ben"):
            await here.enrol(name)
        await here.begin()
        for name in ("anna", "ben"):
            await here.choose(name, "Continue", "I am 18 or older and agree")
            await here.say(name, name.title())
        await here.wait(HOUR)
        assert "Please write /bind 1 here" in here.post.text("carla")
    async with room(EVENING) as here:
        await evening(here)
        assert "/bind here" not in here.post.text("maya")


async def test_kept_words_are_those_of_the_seat_that_wrote_them() -> None:
    async with room(LONGER) as here:
        await evening(here)
        await here.happens("unreachable", "anna", "anna", text="blocked")
        await here.wait(timedelta(minutes=1))
        await here.say("anna", "I never left")
        (mine,) = await here.store.read(opinions.contributions, ASSEMBLY, "talk")
        assert mine.seat == (await seat(here, "anna")).id


async def test_a_seat_that_moves_to_a_new_phone_is_found_there_and_in_no_room() -> None:
    async with room(LONGER) as here:
        code = await expect(here)
        await here.enrol("maya", "facilitator")
        for name in ("ben", "cleo"):
            await here.enrol(name)
        await here.begin()
        await here.say("old", f"/join {code}")
        for name in ("ben", "cleo", "old"):
            await here.choose(name, "Continue", "I am 18 or older and agree")
            await here.say(name, name.title())
        await here.wait(HOUR)
        await bind(here)
        await here.happens("entered", "old", GROUP)
        await here.happens("unreachable", "old", "old", text="deactivated")
        await here.say("ben", "While the phone was gone")
        await here.say("new", f"/join {await reissue(here)}")
        found = await seat(here, "new")
        assert (found.name, found.lost, found.room) == ("Old", "", "")
        assert "While the phone was gone" in here.post.text("new")
        await here.say("ben", "Welcome back")
        assert "Welcome back" in here.post.text("new")
