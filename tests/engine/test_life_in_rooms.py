"""Tables that meet in rooms: what is heard there and what is said, moves and losses."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bot.store import copies, courses, opinions, people, queue, rooms
from bot.transports.port import Gone, Moved
from tests.support.evening import EVENING
from tests.support.room import ACCOUNT, ASSEMBLY, Post, room
from tests.support.table_room import GROUP, bind, evening, fresh, help_somebody, kept, seat, the_room

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


# What is heard


async def test_what_is_written_in_the_room_is_kept_and_reaches_the_others_once() -> None:
    async with room(EVENING) as here:
        await evening(here)
        await bind(here)
        await here.happens("entered", "anna", GROUP)
        there, private = len(here.post.to(GROUP)), len(here.post.to("anna"))
        await here.room_says("anna", GROUP, "A place to sit")
        assert await kept(here) == ["A place to sit"]
        assert fresh(here, GROUP, there) == "", "it stands there already"
        assert fresh(here, "anna", private) == "", "who writes in the room needs no receipt"
        for name in ("ben", "cleo"):
            assert "Anna" in fresh(here, name, -1)
            assert "A place to sit" in fresh(here, name, -1)
        (contribution,) = await here.store.read(opinions.contributions, ASSEMBLY, "talk")
        held = await here.store.read(copies.copies, ASSEMBLY, contribution.id)
        assert {(c.holder, c.original) for c in held} >= {((await the_room(here)).id, True)}


async def test_a_room_hears_no_answers_and_no_votes() -> None:
    async with room(EVENING) as here:
        await evening(here)
        await bind(here)
        await here.wait(30 * MINUTE)
        assert "More trees?" in here.post.text("anna")
        assert "More trees?" not in here.post.text(GROUP)
        counts = {name: len(here.post.to(name)) for name in ("anna", "maya", GROUP)}
        for text in ("Yes", "1", "oui", "That was a good talk"):
            await here.room_says("anna", GROUP, text)
        assert len(here.post.to("anna")) == counts["anna"] + 1, "only that she is in the room now"
        assert len(here.post.to(GROUP)) == counts[GROUP]
        assert await kept(here) == []
        assert await kept(here, "ballot") == []
        await here.choose("anna", "Yes")


async def test_a_typed_answer_is_never_taken_from_the_room() -> None:
    asking = EVENING.replace(
        '[[step]]\nid = "talk"',
        '[[step]]\nid = "both"\ntype = "parallel"\n\n'
        '[[step]]\nid = "ideas"\ntype = "collect"\nduration = "2h"\nwithin = "both"\nbranch = "ask"\n'
        'text = { en = "What is missing?", de = "Was fehlt?" }\n\n[[step]]\nid = "talk"\nwithin = "both"\nbranch = "talk"',
    )
    async with room(asking) as here:
        await evening(here)
        await bind(here)
        assert "What is missing?" in here.post.text("anna")
        await here.room_says("anna", GROUP, "Shade")
        assert await kept(here, "ideas") == []
        assert await kept(here) == ["Shade"]
        assert "Is this your answer" not in here.post.text("anna")


async def test_commands_in_the_room_are_those_of_the_role_and_answered_in_private() -> None:
    async with room(EVENING) as here:
        await here.enrol("carla", "coordinator")
        await evening(here)
        await bind(here)
        before = len(here.post.to(GROUP))
        await here.room_says("anna", GROUP, "/pause")
        assert "/pause is for facilitators" in fresh(here, "anna", -1)
        await here.room_says("anna", GROUP, "/help")
        assert "/room" in fresh(here, "anna", -1)
        await here.room_says("carla", GROUP, "/status 1")
        assert "Anna" in fresh(here, "carla", -1)
        await here.room_says("stranger", GROUP, "/status 1")
        assert "announced" not in fresh(here, GROUP, before)
        assert "Anna" not in fresh(here, GROUP, before)
        await here.room_says("maya", GROUP, "/pause")
        assert "The talk rests now." in fresh(here, GROUP, before)
        rested = len(here.post.to("anna"))
        await here.room_says("anna", GROUP, "While it rests")
        assert await kept(here) == []
        assert len(here.post.to("anna")) == rested, "nobody is nagged"


async def test_a_button_in_the_room_belongs_to_who_presses_it() -> None:
    early = EVENING.replace('scope = "table"\n', 'scope = "table"\nafter = "10m"\nearly_close = "all_answered"\n')
    async with room(early) as here:
        await evening(here)
        await bind(here)
        await here.happens("entered", "anna", GROUP)
        await here.wait(11 * MINUTE)
        press = next(b.press for m in here.post.to(GROUP) for b in m.buttons if b.label == "I have nothing to add")
        await here.room_says("stranger", GROUP, kind="press", press=press)
        await here.room_says("anna", GROUP, kind="press", press=press)
        assert "When everybody has said so, the talk ends." in fresh(here, "anna", -1)
        await here.choose("ben", "I have nothing to add")
        assert "ends in one minute" not in here.post.text(GROUP)
        await here.choose("cleo", "I have nothing to add")
        assert "The talk ends in one minute" in here.post.text(GROUP)
        table = f"table:{(await seat(here, 'maya')).table}"
        assert (await here.store.read(courses.counters, ASSEMBLY, "", table))["dropped_not_theirs"] == 1
        assert await here.store.read(courses.dropped, ASSEMBLY) == {"not_theirs": 1}


async def test_a_helper_speaks_in_a_room_for_the_seat_at_its_table() -> None:
    async with room(EVENING) as here:
        await evening(here)
        await bind(here)
        dora = await here.store.transact(help_somebody, here, "ben", "Dora", (await seat(here, "ben")).table)
        await here.room_says("ben", GROUP, "For myself")
        (mine,) = await here.store.read(opinions.contributions, ASSEMBLY, "talk")
        assert mine.seat == (await seat(here, "ben")).id != dora
        assert not (await here.store.read(people.load_seat, dora)).room
        await here.store.transact(lambda db: db.sql.execute("UPDATE seat SET table_id = '' WHERE id = ?", (mine.seat,)))
        await here.room_says("ben", GROUP, "For Dora")
        *_, hers = await here.store.read(opinions.contributions, ASSEMBLY, "talk")
        assert (hers.seat, hers.helped) == (dora, True)


# What is said


async def test_a_room_is_written_to_in_every_language_of_its_table_and_by_night_in_the_morning() -> None:
    quiet = EVENING.replace(
        'mode = "together"', 'mode = "together"\nquiet_hours = { start = 11:00:00, end = 13:00:00 }'
    )
    async with room(quiet.replace('duration = "30m"', 'duration = "4h"')) as here:
        await evening(here)
        await here.store.transact(lambda db: db.sql.execute("UPDATE tables SET languages = 'de en'"))
        await bind(here)
        assert here.post.text(GROUP) == ""
        await here.wait(3 * HOUR)
        (told,) = [m for m in here.post.to(GROUP) if m.blocks[0][0] == "title"]
        assert [kind for kind, _ in told.blocks][:2] == ["title", "title"] or len({t for _, t in told.blocks}) == len(
            told.blocks
        )
        await here.say("maya", "/pause")
        assert "The talk rests now." in here.post.text(GROUP)


async def test_what_everybody_gets_in_private_goes_past_the_room() -> None:
    from bot.core.effects import Say
    from bot.core.message import Plain, message

    async with room(EVENING) as here:
        await evening(here)
        await bind(here)
        await here.happens("entered", "anna", GROUP)
        unit = f"table:{(await seat(here, 'anna')).table}"
        await here.apply([Say(unit, message(Plain("for your eyes")), "one", privately=True)])
        await here.apply([Say(unit, message(Plain("to all")), "two", without=((await seat(here, "ben")).id,))])
        await here.engine.settle()
        got = {name: here.post.text(name) for name in ("anna", "ben", "cleo", "maya", GROUP)}
        assert [name for name, text in got.items() if "for your eyes" in text] == ["anna", "ben", "cleo", "maya"]
        assert [name for name, text in got.items() if "to all" in text] == ["cleo", GROUP]


# Moves and losses


@pytest.mark.parametrize("how", ["service", "error", "both"])
async def test_a_room_that_moves_keeps_its_table_its_people_and_the_order_of_what_waits(how: str) -> None:
    post = Post()
    async with room(EVENING, post) as here:
        await evening(here)
        await bind(here)
        await here.happens("entered", "anna", GROUP)
        for number in range(3):  # in flight
            await here.take_in("ben", f"Number {number}")
        post.failing[GROUP] = Moved("super-7")
        if how in ("service", "both"):
            await here.room_event("", GROUP, kind="moved", moved="super-7", room=False)
        await here.engine.settle()
        if how in ("error", "both"):
            await here.happens("moved", "", GROUP, moved="super-7")
        assert re.findall(r"Number \d", post.text("super-7")) == ["Number 0", "Number 1", "Number 2"]
        found = await the_room(here, "super-7")
        assert found == await the_room(here, GROUP)
        assert (await seat(here, "anna")).room == found.id
        await here.room_says("anna", "super-7", "After the move")
        await here.room_says("anna", GROUP, "Late, by the old name")
        assert (await kept(here))[-2:] == ["After the move", "Late, by the old name"]
        assert "Late, by the old name" in post.text("cleo")
        assert "gone" not in (await here.store.read(queue.counts))["outbox"]


async def test_a_room_that_cannot_follow_because_another_stands_there_is_lost() -> None:
    small = EVENING.replace("min = 2, target = 4, max = 6", "min = 2, target = 2, max = 2")
    async with room(small) as here:
        await here.enrol("nora", "facilitator")
        await evening(here, "anna", "ben", "cleo", "dora")
        await bind(here, "maya", "one")
        await bind(here, "nora", "two")
        await here.happens("moved", "", "one", moved="two")
        assert await here.store.read(rooms.find, ACCOUNT, "one") is None
        assert (await the_room(here, "two")).table == (await seat(here, "nora")).table
        assert "has lost its room: I was removed from it, or it was deleted." in here.post.text("maya")
        assert "has lost its room" not in here.post.text("nora")


@pytest.mark.parametrize("how", ["service", "error"])
async def test_a_room_that_is_lost_lets_the_talk_rest_and_go_on_in_private(how: str) -> None:
    post = Post()
    async with room(EVENING.replace('duration = "30m"', 'duration = "90m"'), post) as here:
        await evening(here)
        await bind(here)
        await here.happens("entered", "anna", GROUP)
        old = await the_room(here)
        letters = len(post.to("maya"))
        if how == "service":
            await here.happens("unbound", "", GROUP)
        else:
            post.failing[GROUP] = Gone("kicked")
            await here.say("ben", "Does anybody hear me?")
        assert await here.store.read(rooms.find, ACCOUNT, GROUP) is None
        (letter,) = [text for m in post.to("maya")[letters:] if "has lost its room" in (text := m.blocks[0][1])]
        assert "/bind" in fresh(here, "maya", letters)
        assert "/resume" in fresh(here, "maya", letters)
        assert (
            letter
            == f"Table 1 has lost its room: {'I was removed from it' + ', or it was deleted' * (how == 'service')}."
        )
        assert "From now on you read and write here, and your table sees you as Anna." in post.text("anna")
        assert (await seat(here, "anna")).room == ""
        assert "The talk rests now." in post.text("anna")
        there = len(post.to(GROUP))
        await here.wait(16 * MINUTE)
        assert "The talk goes on." in post.text("anna")
        await here.say("ben", "Now again")
        assert "Now again" in post.text("anna")
        assert len(post.to(GROUP)) == there
        await here.room_says("anna", GROUP, "Into the void")
        assert "Into the void" not in await kept(here)
        post.failing.clear()
        await bind(here)
        assert (await the_room(here)).id != old.id
        assert (await here.store.read(queue.parked)) == []


async def test_unbind_gives_the_room_up_with_a_last_word_and_the_talk_goes_on() -> None:
    async with room(EVENING) as here:
        await evening(here)
        await here.say("maya", "/unbind")
        assert "This table has no room." in fresh(here, "maya", -1)
        await bind(here)
        await here.happens("entered", "anna", GROUP)
        await here.room_says("anna", GROUP, "/unbind")
        assert "/unbind is for facilitators" in fresh(here, "anna", -1)
        await here.room_says("maya", GROUP, "/unbind")
        assert "This is not the room of table 1 any more." in fresh(here, GROUP, -1)
        assert "The talk rests" not in here.post.text("ben")
        assert (await seat(here, "anna")).room == (await seat(here, "maya")).room == ""
        await here.say("ben", "In private now")
        assert "In private now" in here.post.text("anna")
        assert "In private now" not in here.post.text(GROUP)


async def test_who_comes_late_to_a_table_with_a_room_is_told_of_it() -> None:
    from tests.engine.test_evening import join_late

    post = Post()
    post.links[GROUP] = "https://chat.example/in"
    async with room(EVENING, post) as here:
        await evening(here)
        await bind(here)
        await join_late(here, "dora")
        assert "https://chat.example/in" in post.text("dora")
        assert "What do you miss there?" in post.text("dora")
        assert post.text("anna").count("https://chat.example/in") == 1
        await here.say("dora", "/room")
        assert post.text("dora").count("https://chat.example/in") == 2
