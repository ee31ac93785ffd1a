"""Tables that meet in rooms: binding, coming and going, what is heard there and what is said, moves and losses."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bot.core.state import Seat
from bot.store import copies, courses, identities, opinions, people, queue, rooms
from bot.store.database import Database
from bot.transports.port import Gone, Moved, Refused
from tests.support.evening import EVENING
from tests.support.room import ACCOUNT, ASSEMBLY, Post, Room, room

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
GROUP = "group-7"


async def evening(here: Room, *names: str, talking: bool = True) -> None:
    """Maya facilitates a table with these people; their talk is open."""
    await here.enrol("maya", "facilitator")
    for name in names or ("anna", "ben", "cleo"):
        await here.enrol(name)
    await here.begin()
    for name in names or ("anna", "ben", "cleo"):
        await here.choose(name, "Continue", "I am 18 or older and agree")
        await here.say(name, name.title())
    await here.wait(HOUR if talking else 59 * MINUTE)


async def code(here: Room, who: str = "maya", command: str = "/bind") -> str:
    """Ask for a code in private."""
    await here.say(who, command)
    found = re.findall(r"/bind (\S+)", here.post.text(who))
    assert found, here.post.text(who)
    return str(found[-1])


async def bind(here: Room, who: str = "maya", place: str = GROUP) -> None:
    """Maya gives her table a room."""
    await here.room_says(who, place, f"/bind {await code(here, who)}")


async def the_room(here: Room, place: str = GROUP) -> rooms.Room:
    found = await here.store.read(rooms.find, ACCOUNT, place)
    assert found is not None
    return found


async def seat(here: Room, name: str) -> Seat:
    found = await here.store.read(people.load_seat, await here.enrol(name))
    assert found is not None
    return found


async def kept(here: Room, step: str = "talk") -> list[str]:
    """The words that were kept, in order."""
    found = await here.store.read(opinions.contributions, ASSEMBLY, step)
    return [c.text for c in found]


def fresh(here: Room, place: str, since: int) -> str:
    """What came to a place after so many messages."""
    from bot.core.rendered import plain

    return "\n".join(plain(m) for m in here.post.to(place)[since:])


# Binding


async def test_a_facilitator_binds_a_group_and_everybody_is_told_before_they_come() -> None:
    post = Post()
    post.links[GROUP] = "https://chat.example/in"
    async with room(EVENING, post) as here:
        await evening(here)
        await bind(here)
        assert "everybody in this room sees the account" in post.text(GROUP).casefold()
        assert "Questions and votes come to each of you in private" in post.text(GROUP)
        for name in ("anna", "ben", "cleo"):
            told = fresh(here, name, -1)
            assert "Everyone there sees the account and name that you use in this app; here nobody does." in told
            assert "https://chat.example/in" in told
            assert "[1] Stay here" in told
        assert "I tell everybody at the table" in post.text("maya")
        assert "https://chat.example/in" not in post.text("maya"), "she is there already"
        await here.choose("anna", "Stay here")
        assert "you read and write here, and nobody there sees your account" in fresh(here, "anna", -1)
        assert (await seat(here, "anna")).room == ""


async def test_binding_explains_itself_in_three_lines_and_a_code() -> None:
    async with room(EVENING) as here:
        await evening(here)
        await code(here)
        (said,) = [m for m in here.post.to("maya") if any("/bind" in text for _, text in m.blocks)]
        assert [kind for kind, _ in said.blocks] == ["text", "item", "item", "item", "note"]
        await here.say("maya", "/bind K7QF-93QD")
        assert "in the group or topic where your table shall meet, not here" in fresh(here, "maya", -1)
        assert await here.store.read(rooms.of_table, ASSEMBLY, (await seat(here, "maya")).table) == ()


async def test_without_a_link_whoever_leads_the_table_is_asked_to_send_it() -> None:
    post = Post()
    async with room(EVENING, post) as here:
        await evening(here)
        await bind(here)
        assert "Your facilitator can tell you the way in." in post.text("anna")
        assert "Please invite those at your table who would like to come." in post.text("maya")
    post = Post()
    post.links[GROUP] = Refused("not enough rights")
    async with room(EVENING, post) as here:
        await evening(here)
        await bind(here)
        assert "I may not invite people there. Please allow me to" in post.text("maya")


async def test_a_code_works_once_for_its_seat_alone_and_not_for_ever() -> None:
    async with room(EVENING) as here:
        await evening(here)
        given = await code(here)
        await here.room_says("anna", GROUP, f"/bind {given}")
        assert "only for the person who asked for it" in fresh(here, "anna", -1)
        await here.room_says("stranger", GROUP, f"/bind {given}")
        await here.wait(20 * MINUTE)
        await here.room_says("stranger", GROUP, "/bind AAAA-BBBB")
        assert here.post.text(GROUP).count("only for the person who asked for it") == 1, "once an hour"
        assert await here.store.read(rooms.find, ACCOUNT, GROUP) is None
        await here.wait(timedelta(hours=25))
        await here.room_says("maya", GROUP, f"/bind {given}")
        assert "only for the person who asked for it" in fresh(here, "maya", -1)
        assert await here.store.read(rooms.find, ACCOUNT, GROUP) is None
        older, newer = await code(here), await code(here)
        await here.room_says("maya", GROUP, f"/bind {older}")
        assert await here.store.read(rooms.find, ACCOUNT, GROUP) is None
        await here.room_says("maya", GROUP, f"/bind {newer.lower()}")
        assert await here.store.read(rooms.find, ACCOUNT, GROUP) is not None
        await here.room_says("maya", "group-8", f"/bind {newer}")
        assert await here.store.read(rooms.find, ACCOUNT, "group-8") is None
        await here.say("maya", "/unbind")
        await here.room_says("maya", "group-8", f"/bind {newer}")
        assert await here.store.read(rooms.find, ACCOUNT, "group-8") is None


async def test_whom_nobody_can_see_binds_nothing_and_leads_nothing() -> None:
    async with room(EVENING) as here:
        await evening(here)
        given = await code(here)
        await here.room_says("1087968824", GROUP, f"/bind {given}", bar="nobody")
        assert here.post.text(GROUP) == "I cannot see who wrote this. Please write to me in your own chat."
        assert await here.store.read(rooms.find, ACCOUNT, GROUP) is None
        await here.room_says("maya", GROUP, f"/bind {given}", bar="forwarded")
        assert await here.store.read(rooms.find, ACCOUNT, GROUP) is None
        await here.room_says("maya", GROUP, f"/bind {given}")
        before = len(here.post.to(GROUP))
        await here.room_says("1087968824", GROUP, "/pause", bar="nobody")
        await here.room_says("1087968824", GROUP, "What I think", bar="nobody")
        assert fresh(here, GROUP, before) == "I cannot see who wrote this. Please write to me in your own chat."
        assert await kept(here) == []
        table = f"table:{(await seat(here, 'maya')).table}"
        assert (await here.store.read(courses.counters, ASSEMBLY, "", table))["dropped_nobody"] == 2


@pytest.mark.parametrize("change", ["role = 'observer'", "table_id = 'another'"])
async def test_who_leads_no_longer_cannot_use_the_code(change: str) -> None:
    async with room(EVENING) as here:
        await evening(here)
        given = await code(here)
        maya = await seat(here, "maya")
        await here.store.transact(lambda db: db.sql.execute(f"UPDATE seat SET {change} WHERE id = ?", (maya.id,)))
        await here.room_says("maya", GROUP, f"/bind {given}")
        assert await here.store.read(rooms.find, ACCOUNT, GROUP) is None


async def test_a_helper_binds_nothing_for_the_seat_that_they_help() -> None:
    async with room(EVENING) as here:
        await evening(here)
        table = (await seat(here, "ben")).table
        helped = await here.store.transact(_help, here, "ben", "Dora", table)
        await here.store.transact(
            lambda db: db.sql.execute("UPDATE seat SET role = 'facilitator' WHERE id = ?", (helped,))
        )
        given = await here.store.transact(lambda db: rooms.offer(db, ASSEMBLY, table, helped, made=0, expires=10**15))
        await here.room_says("ben", GROUP, f"/bind {given}")
        assert await here.store.read(rooms.find, ACCOUNT, GROUP) is None
        assert "only for the person who asked for it" in here.post.text("ben")


async def test_two_tables_one_group_are_two_topics_and_a_room_belongs_to_one_table() -> None:
    small = EVENING.replace("min = 2, target = 4, max = 6", "min = 2, target = 2, max = 2")
    async with room(small) as here:
        await here.enrol("nora", "facilitator")
        await evening(here, "anna", "ben", "cleo", "dora")
        assert (await seat(here, "maya")).table != (await seat(here, "nora")).table
        await bind(here, "maya", "group/1")
        await here.room_says("nora", "group/1", f"/bind {await code(here, 'nora')}")
        assert "This is the room of another table" in fresh(here, "nora", -1)
        await bind(here, "nora", "group/2")
        one, two = await the_room(here, "group/1"), await the_room(here, "group/2")
        assert (one.table, two.table) == ((await seat(here, "maya")).table, (await seat(here, "nora")).table)
        await bind(here, "nora", "group/3")
        assert "has a room already. /unbind gives it up" in fresh(here, "nora", -1)
        assert await here.store.read(rooms.find, ACCOUNT, "group/3") is None
        before = len(here.post.to("group/2"))
        await here.room_says("maya", "group/1", "For my table")
        assert len(here.post.to("group/2")) == before
        at_one = [n for n in ("anna", "ben", "cleo", "dora") if (await seat(here, n)).table == one.table]
        assert all("For my table" in here.post.text(name) for name in at_one)


async def test_who_comes_into_a_group_of_topics_comes_to_their_own_table() -> None:
    small = EVENING.replace("min = 2, target = 4, max = 6", "min = 2, target = 2, max = 2")
    async with room(small) as here:
        await here.enrol("nora", "facilitator")
        await evening(here, "anna", "ben", "cleo", "dora")
        await bind(here, "maya", "group/1")
        await bind(here, "nora", "group/2")
        one, two = await the_room(here, "group/1"), await the_room(here, "group/2")
        names = ("anna", "ben", "cleo", "dora")
        announced = "Somebody without a seat at this table has come into its room."
        for name in names:
            await here.happens("entered", name, "group")
        for name in names:
            found = await seat(here, name)
            assert found.room == (one.id if found.table == one.table else two.id)
        assert announced not in here.post.text("group/1") + here.post.text("group/2")
        other = {(await seat(here, n)).table: n for n in names}[two.table]
        await here.room_says(other, "group/1", "At the wrong table")
        assert here.post.text("group/1").count(announced) == 1
        assert await kept(here) == []
        await here.happens("entered", "stranger", "group")
        assert here.post.text("group/1").count(announced) == 2
        assert here.post.text("group/2").count(announced) == 1
        await here.room_says(other, "group", "👍", kind="reaction")
        assert "A reaction is not counted." in here.post.text(other)
        await here.happens("exited", other, "group")
        assert (await seat(here, other)).room == ""
        await here.happens("unbound", "", "group", text="kicked")
        for place in ("group/1", "group/2"):
            assert await here.store.read(rooms.find, ACCOUNT, place) is None
        for name in ("maya", "nora"):
            assert re.search(r"Table \d has lost its room: I was removed from it\.", here.post.text(name))


async def test_who_has_no_account_with_which_to_come_is_not_invited() -> None:
    post = Post()
    post.links[GROUP] = "https://chat.example/in"
    async with room(EVENING, post) as here:
        await evening(here)
        cleo = await seat(here, "cleo")
        await here.store.transact(_only_elsewhere, cleo.id)
        await bind(here)
        invited = "SELECT seat FROM outbox WHERE key LIKE 'invited/%'"
        found = await here.store.read(lambda db: {seat for (seat,) in db.sql.execute(invited)})
        assert found == {(await seat(here, "anna")).id, (await seat(here, "ben")).id}


def _only_elsewhere(db: Database, seat: str) -> None:
    lookup = identities.meet(db, "other:bot", "cleo", "cleo", 0)
    db.sql.execute("DELETE FROM channel WHERE seat = ?", (seat,))
    identities.link(db, lookup, seat)


# Coming and going


async def test_who_comes_in_reads_there_and_who_goes_reads_in_private_again() -> None:
    async with room(EVENING) as here:
        await evening(here)
        await bind(here)
        await here.happens("entered", "anna", GROUP)
        assert "You are in the room of your table now" in fresh(here, "anna", -1)
        there, private = len(here.post.to(GROUP)), len(here.post.to("anna"))
        await here.say("ben", "From my own chat")
        assert "Ben" in fresh(here, GROUP, there)
        assert "From my own chat" in fresh(here, GROUP, there)
        assert fresh(here, "anna", private) == ""
        assert "From my own chat" in here.post.text("cleo")
        await here.happens("exited", "anna", GROUP)
        assert "You have left the room of your table." in fresh(here, "anna", -1)
        await here.say("ben", "Once more")
        assert "Once more" in fresh(here, "anna", -1)


async def test_who_was_in_the_group_before_is_there_with_the_first_word() -> None:
    async with room(EVENING) as here:
        await evening(here)
        await bind(here)
        await here.room_says("ben", GROUP, "I was here before")
        assert (await seat(here, "ben")).room == (await the_room(here)).id
        assert here.post.text("ben").count("You are in the room of your table now") == 1
        await here.room_says("ben", GROUP, "And still am")
        assert here.post.text("ben").count("You are in the room of your table now") == 1


async def test_whoever_has_no_seat_at_the_table_is_announced_once_and_never_kept() -> None:
    async with room(EVENING) as here:
        await here.enrol("carla", "coordinator")
        await here.enrol("otto", "observer")
        await evening(here)
        await bind(here)
        for _ in range(2):
            await here.happens("entered", "stranger", GROUP)
            await here.room_says("stranger", GROUP, "Buy my carpets")
        announced = "Somebody without a seat at this table has come into its room."
        assert here.post.text(GROUP).count(announced) == here.post.text("anna").count(announced) == 1
        await here.room_says("tourist", GROUP, "Hello")
        assert here.post.text(GROUP).count(announced) == 2
        await here.room_says("carla", GROUP, "I look in")
        await here.room_says("carla", GROUP, "Again")
        await here.room_says("otto", GROUP, "I watch")
        assert here.post.text(GROUP).count("Carla (coordinator) has come into the room") == 1
        assert here.post.text("ben").count("Otto (observer) has come into the room") == 1
        assert await kept(here) == []
        await here.say("cleo", "/leave")
        await here.choose("cleo", "Leave")
        for _ in range(2):
            await here.room_says("cleo", GROUP, "I have left")
        assert here.post.text("anna").count(announced) == 3
        assert await kept(here) == []
        stored = await here.store.read(lambda db: _bodies(db))
        assert not any(b"carpets" in body or b"I watch" in body for body in stored)
        strangers = "SELECT COUNT(*) FROM inbox WHERE kind = 'entered'"
        assert await here.store.read(lambda db: db.sql.execute(strangers).fetchone()) == (5,), (
            "one for each, not each time"
        )
        assert "stranger" not in await here.store.read(
            lambda db: str(db.sql.execute("SELECT key FROM inbox").fetchall())
        )


def _bodies(db: Database) -> list[bytes]:
    found = db.sql.execute("SELECT assembly, key, seat, body FROM inbox WHERE body IS NOT NULL").fetchall()
    return [db.vault.open(seat, body, f"inbox/{assembly}/{key}") or b"" for assembly, key, seat, body in found]


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


async def test_a_helper_speaks_in_a_room_for_the_seat_at_its_table() -> None:
    async with room(EVENING) as here:
        await evening(here)
        await bind(here)
        dora = await here.store.transact(_help, here, "ben", "Dora", (await seat(here, "ben")).table)
        await here.room_says("ben", GROUP, "For myself")
        (mine,) = await here.store.read(opinions.contributions, ASSEMBLY, "talk")
        assert mine.seat == (await seat(here, "ben")).id != dora
        assert not (await here.store.read(people.load_seat, dora)).room
        await here.store.transact(lambda db: db.sql.execute("UPDATE seat SET table_id = '' WHERE id = ?", (mine.seat,)))
        await here.room_says("ben", GROUP, "For Dora")
        *_, hers = await here.store.read(opinions.contributions, ASSEMBLY, "talk")
        assert (hers.seat, hers.helped) == (dora, True)


def _help(db: Database, here: Room, who: str, name: str, table: str) -> str:
    from dataclasses import replace

    from bot.core.effects import Seated
    from bot.store import tables

    made = identities.enrol(db, ASSEMBLY, ACCOUNT, who, who, "participant", "linz", "en", True, at=0)
    people.save_seat(db, replace(made, status="active", name=name))
    found = tables.load_table(db, ASSEMBLY, table)
    assert found is not None
    tables.sit(db, ASSEMBLY, Seated(table, found.plan, found.site, found.number, found.languages, (made.id,)), 0)
    return made.id


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
    from tests.engine.test_evening import _join_late

    post = Post()
    post.links[GROUP] = "https://chat.example/in"
    async with room(EVENING, post) as here:
        await evening(here)
        await bind(here)
        await _join_late(here, "dora")
        assert "https://chat.example/in" in post.text("dora")
        assert "What do you miss there?" in post.text("dora")
        assert post.text("anna").count("https://chat.example/in") == 1
        await here.say("dora", "/room")
        assert post.text("dora").count("https://chat.example/in") == 2
