"""Tables that meet in rooms: binding, coming and going."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bot.store import courses, identities, rooms
from bot.store.database import Database
from bot.transports.port import Refused
from tests.support.evening import EVENING
from tests.support.room import ACCOUNT, ASSEMBLY, Post, room
from tests.support.table_room import GROUP, bind, code, evening, fresh, help_somebody, kept, seat, the_room

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


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


async def test_a_code_does_not_work_for_ever() -> None:
    async with room(EVENING) as here:
        await evening(here)
        given = await code(here)
        await here.wait(timedelta(hours=25))
        await here.room_says("maya", GROUP, f"/bind {given}")
        assert "only for the person who asked for it" in fresh(here, "maya", -1)
        assert await here.store.read(rooms.find, ACCOUNT, GROUP) is None


async def test_a_code_works_once_and_for_its_seat_alone() -> None:
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


async def test_where_the_bot_cannot_read_it_says_what_to_do_once_an_hour_and_answers_all_the_same() -> None:
    async with room(EVENING) as here:
        await evening(here)
        given = await code(here)
        for _ in range(3):
            await here.happens("deaf", "maya", GROUP, room=True)
        assert here.post.text(GROUP).startswith(
            "Good day. I cannot read yet what people write here. If a table is to meet here"
        )
        assert len(here.post.to(GROUP)) == 1
        await here.room_says("1087968824", GROUP, f"/bind {given}", bar="nobody")
        assert "I cannot see who wrote this." in here.post.text(GROUP)
        await here.room_says("maya", GROUP, f"/bind {given}")
        assert await here.store.read(rooms.find, ACCOUNT, GROUP) is not None
        await here.happens("deaf", "maya", GROUP, room=True)
        assert here.post.text(GROUP).count("I cannot read yet") == 2


async def test_whoever_puts_a_bot_into_a_group_that_cannot_read_there_is_told_in_their_language() -> None:
    async with room(EVENING) as here:
        await here.happens("deaf", "somebody", "group-9", room=True, language="de")
        lookup = await here.store.read(lambda db: db.vault.lookup(ACCOUNT, "room group-9"))
        assert await here.store.read(identities.spoken, lookup) == "de"


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
        helped = await here.store.transact(help_somebody, here, "ben", "Dora", table)
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
        assert "You are not in the room of your table any more." in fresh(here, "anna", -1)
        await here.say("ben", "Once more")
        assert "Once more" in fresh(here, "anna", -1)
        await here.choose("anna", "Come in")
        assert "Your table has a room now" in fresh(here, "anna", -1), "whoever was lost finds the way back"


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
