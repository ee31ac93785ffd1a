"""Rooms that we make: once, for those who want them, and until the end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.effects import Seated
from bot.store import audit, codes, identities, queue, rooms
from bot.store.database import Database
from bot.store.times import ms
from bot.transports.port import Gone, Refused, Retry, Uncertain
from tests.engine.test_linking import link
from tests.support.chats import FLOW, TALK
from tests.support.room import ASSEMBLY
from tests.support.two_platforms import LODGED, Both, both

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
VIRTUAL = FLOW
SMALL = LODGED.replace("min = 2, target = 3, max = 6", "min = 2, target = 2, max = 2")
GERMAN = LODGED.replace('title = "Bread"', 'title = { en = "Bread", de = "Brot" }').replace(
    'question = "What about bread?"', 'question = { en = "What about bread?", de = "Was ist mit dem Brot?" }'
)


def hall(b: Both) -> str:
    (place,) = b.halls.tables
    return place


async def come_in(b: Both, who: str) -> str:
    """Somebody says yes, is invited, and enters."""
    await b.press(who, "Come in")
    place = next(p for p in b.halls.tables if who in b.halls.halls[p].invited)
    await b.enters(who, place)
    return place


async def test_a_space_and_a_room_named_in_the_languages_of_the_assembly_and_the_table() -> None:
    async with both(flow=GERMAN) as b:
        space, room = b.halls.halls.values()
        assert (space.name, space.topic) == ("Bread / Brot", "What about bread? / Was ist mit dem Brot?")
        assert room.name == "Table 1 · Bread"
        assert room.topic.startswith("What you write here while a talk is open goes to your table.")
        assert (room.space, room.guides, room.encrypted) == (f"space-{space.key}", ("maya",), False)
        assert space.key != ASSEMBLY, "another assembly of this name never comes into its rooms"


async def test_people_are_asked_before_they_are_invited_and_those_who_lead_are_in_at_once() -> None:
    async with both() as b:
        room = b.halls.halls[hall(b)]
        assert room.invited == ["maya"], "an invitation alone shows an account"
        for who in ("dora", "emil"):
            assert b.count(who, "Everyone there sees the account and name that you use in it; here nobody does.") == 1
        assert b.count("anna", "Your table has a room now") == b.count("ben", "Your table has a room now") == 0
        assert b.count("maya", "to lead your table there, please accept the invitation") == 1
        await b.press("dora", "Come in")
        assert room.invited == ["maya", "dora"]
        assert "please accept the invitation in your chat app" in b.last("dora")
        assert (await b.seat("dora")).room == ""
        await b.enters("dora", hall(b))
        assert (await b.seat("dora")).room != ""
        await b.press("emil", "Stay here")
        assert room.invited == ["maya", "dora"]
        await b.write("anna", "Hello both")
        assert b.count(hall(b), "Hello both") == b.count("emil", "Hello both") == 1
        assert b.count("dora", "Hello both") == 0


async def test_who_thinks_better_of_it_asks_for_the_way_in() -> None:
    async with both() as b:
        await b.press("emil", "Stay here")
        await b.write("emil", "/room")
        await come_in(b, "emil")
        await b.write("emil", "/room")
        assert "You are in the room of your table." in b.last("emil")
        await b.exits("emil", hall(b))
        await b.write("anna", "For emil alone")
        assert b.count("emil", "For emil alone") == 1


async def test_no_room_where_nobody_can_come_into_it_and_none_where_tables_are_virtual() -> None:
    async with both(halls=(), phones=("anna", "ben", "cleo"), maya="phones") as b:
        assert b.halls.halls == {}
        assert b.count("maya", "Table 1 shall meet in a room of its own") == 1
    async with both(flow=VIRTUAL) as b:
        assert b.halls.halls == {}
        assert b.count("maya", "room") == 0


async def test_a_facilitator_who_can_come_in_gets_a_room_by_a_word_in_any_plan() -> None:
    async with both(flow=VIRTUAL) as b:
        await b.write("maya", "/bind")
        assert b.count("maya", "I am making a room for table 1.") == 1
        assert b.halls.halls[hall(b)].guides == ("maya",)
        await b.write("maya", "/bind")
        assert "has a room already" in b.last("maya")
        assert len(b.halls.tables) == 1


@pytest.mark.parametrize(
    "error", [Retry(timedelta(seconds=30)), Retry(MINUTE, "account"), Uncertain("?"), ValueError("x")]
)
async def test_what_may_pass_is_tried_again_and_nothing_is_made_twice(error: Exception) -> None:
    async with both(seated=False) as b:
        b.halls.refusals = [error, error, Retry(timedelta(seconds=5)), error]
        await b.room.wait(HOUR)
        await b.room.wait(10 * MINUTE)
        assert len(b.halls.tables) == 1
        assert len(b.halls.halls) == 2
        assert b.halls.asked.count("make") > 3
        assert b.count("dora", "Your table has a room now") == 1
        assert b.count("maya", "I could not make a room") == 0
        assert await b.room.store.read(queue.parked) == []


@pytest.mark.parametrize("error", [Refused("not allowed"), Gone("not in the room")])
async def test_what_is_refused_is_given_up_and_said_and_a_word_tries_again(error: Exception) -> None:
    async with both(seated=False) as b:
        b.halls.refusals = [error]
        await b.room.wait(HOUR)
        await b.room.wait(2 * MINUTE)
        assert b.halls.tables == []
        assert b.count("maya", "I could not make a room for table 1.") == 1
        await b.write("anna", "We talk all the same")
        assert b.count("dora", "We talk all the same") == 1
        await b.write("maya", "/bind")
        assert len(b.halls.tables) == 1
        assert b.count("dora", "Your table has a room now") == 1


async def test_a_fault_of_our_own_is_given_up_after_some_tries() -> None:
    async with both(seated=False) as b:
        b.halls.refusals = [ValueError("x")] * 50
        await b.room.wait(HOUR)
        await b.room.wait(2 * HOUR)
        assert b.halls.asked.count("make") == 8
        assert b.count("maya", "I could not make a room for table 1.") == 1


async def test_a_crash_between_the_platform_and_us_makes_no_second_room() -> None:
    async with both() as b:
        place, before = hall(b), len(b.halls.asked)
        lost = (await b.room.store.read(rooms.of_table, ASSEMBLY, (await b.seat("dora")).table))[0]

        def forget(
            db: Database,
        ) -> None:  # as if we had been killed after the room was made, and before that was written
            db.sql.execute("DELETE FROM room WHERE id = ?", (bytes.fromhex(lost),))
            db.sql.execute("UPDATE space SET sealed = NULL")
            db.sql.execute("UPDATE job SET state = 'new' WHERE job = 'room'")

        await b.room.store.transact(forget)
        await b.room.engine.settle()
        assert len(b.halls.asked) > before
        assert b.halls.tables == [place]
        assert len(await b.room.store.read(rooms.of_table, ASSEMBLY, (await b.seat("dora")).table)) == 1


async def test_a_room_that_was_lost_is_followed_by_another_one() -> None:
    async with both() as b:
        first = hall(b)
        await come_in(b, "dora")
        await b.there("", first, "kicked", kind="unbound", message="", on=b.halls, room=False)
        await b.write("maya", "/bind")
        second = b.halls.tables[-1]
        assert second != first
        await b.write("maya", "/resume")  # the talk rests where its room was lost
        await b.write("anna", "In the new one")
        assert b.count(second, "In the new one") == 1
        assert b.count(first, "In the new one") == 0


async def test_an_invitation_that_fails_is_said_and_can_be_asked_for_again() -> None:
    async with both() as b:
        b.halls.refusals = [Refused("not allowed")]
        await b.press("dora", "Come in")
        assert "I could not invite you just now." in b.last("dora")
        await b.write("dora", "/room")
        await come_in(b, "dora")
        assert (await b.seat("dora")).room != ""


async def move(b: Both, who: str, table: str) -> None:
    seat = await b.seat(who)
    await b.room.apply([Seated(table, "tables", "linz", 9, ("en",), (seat.id,))])
    await b.room.engine.settle()


async def test_who_sits_elsewhere_is_put_out_and_so_is_an_invitation_that_was_not_taken() -> None:
    async with both() as b:
        await come_in(b, "dora")
        await b.press("emil", "Come in")
        room = b.halls.halls[hall(b)]
        for who in ("dora", "emil", "anna"):
            await move(b, who, "linz-9")
        assert room.out == [("dora", "You sit at another table now."), ("emil", "You sit at another table now.")]
        await b.exits("dora", hall(b))
        await b.there("dora", hall(b), "Still here")
        assert b.count("ben", "Still here") == 0


async def test_who_has_no_place_in_our_room_is_put_out_again_each_time_and_officials_stay() -> None:
    async with both(phones=("anna", "ben", "cleo"), halls=("dora",)) as b:
        await b.enrol(b.halls, "otto", role="observer")
        await b.enrol(b.halls, "nora")
        room, place = b.halls.halls[hall(b)], hall(b)
        for who in ("stranger", "otto", "nora", "stranger"):
            b.on.setdefault(who, b.halls)
            room.invited.append(who)  # by somebody who may
            await b.enters(who, place)
        assert [who for who, _ in room.out] == ["stranger", "nora", "stranger"]
        assert room.out[0][1].startswith("This room is for those who sit at its table.")
        assert b.count("anna", "and I put them out again.") == 2
        assert b.count("anna", "Otto (observer) has come into the room of this table.") == 1
        assert b.count("stranger", "") == 0, "nobody writes to them"
        data = await b.room.store.read(lambda db: db.sql.execute("SELECT data FROM job").fetchall())
        assert not any("stranger" in each and '"user":"stranger"' in each for (each,) in data)


async def test_where_a_stranger_cannot_be_put_out_whoever_leads_the_table_is_told() -> None:
    async with both() as b:
        b.on["stranger"] = b.halls
        b.halls.refusals = [Refused("not allowed")]
        await b.enters("stranger", hall(b))
        assert b.halls.halls[hall(b)].out == []
        assert b.count("maya", "is in its room, and I could not put them out") == 1
        assert b.count("anna", "I could not put them out") == 0
        await come_in(b, "dora")
        b.halls.refusals = [Refused("not allowed")]
        await move(b, "dora", "linz-9")
        assert b.count("maya", "I could not put them out") == 1, "who sat there before is no stranger"


async def test_who_gets_a_seat_before_being_put_out_stays() -> None:
    async with both() as b:
        b.on["late"] = b.halls
        b.halls.halls[hall(b)].invited.append("late")
        b.halls.refusals = [Retry(MINUTE)]
        await b.enters("late", hall(b))
        await b.enrol(b.halls, "late", role="facilitator")
        home = (await b.seat("dora")).table
        await b.room.apply([Seated(home, "tables", "linz", 1, ("en",), ((await b.seat("late")).id,))])
        await b.room.wait(5 * MINUTE)
        assert b.halls.halls[hall(b)].out == []


async def test_only_those_who_lead_the_table_now_may_change_its_room() -> None:
    async with both() as b:
        room = b.halls.halls[hall(b)]
        home = (await b.seat("dora")).table
        await b.enrol(b.halls, "nora", role="facilitator")
        await b.room.apply([Seated(home, "tables", "linz", 1, ("en",), ((await b.seat("nora")).id,))])
        await b.write("nora", "/room")
        await b.press("nora", "Come in")
        assert room.guides == ("maya", "nora")
        await move(b, "maya", "linz-9")
        assert room.guides == ("nora",)
        await b.write("nora", "/leave")
        await b.press("nora", "Leave")
        assert room.guides == ()


async def test_another_role_at_the_table_changes_who_may_change_its_room() -> None:
    async with both() as b:
        await come_in(b, "dora")
        for role, guides in (("facilitator", ("maya", "dora")), ("observer", ("maya",))):
            code = await b.room.store.transact(
                lambda db, role=role: codes.make_code(db, ASSEMBLY, role, "linz", made=0, expires=10**15)
            )
            await b.write("dora", f"/join {code}")
            assert set(b.halls.halls[hall(b)].guides) == set(guides)


async def test_where_we_make_rooms_nobody_is_left_behind_when_one_moves() -> None:
    async with both() as b:
        old = await come_in(b, "dora")
        b.halls.halls["new"] = b.halls.halls[old]
        await b.there("", old, kind="moved", moved="new", message="", on=b.halls, room=False)
        assert b.count("dora", "The room of your table has moved.") == 1
        assert b.count("emil", "has moved") == b.count("anna", "has moved") == 0
        await b.write("anna", "Where are you?")
        assert b.count("dora", "Where are you?") == b.count("new", "Where are you?") == 1
        await b.enters("dora", "new")
        await b.there("dora", "new", "Here")
        await b.write("anna", "Good")
        assert b.count("anna", "Here") == b.count("new", "Good") == 1
        assert b.count("dora", "Good") == 0


async def test_who_is_back_at_the_table_before_it_happens_stays() -> None:
    async with both() as b:
        await come_in(b, "dora")
        seat, home = await b.seat("dora"), (await b.seat("dora")).table
        b.halls.refusals = [Retry(MINUTE)]
        await move(b, "dora", "linz-9")
        await b.room.apply([Seated(home, "tables", "linz", 1, ("en",), (seat.id,))])
        await b.room.wait(5 * MINUTE)
        assert b.halls.halls[hall(b)].out == []


async def test_a_table_that_is_too_small_moves_into_the_room_of_another() -> None:
    flow = LODGED.replace("min = 2, target = 3, max = 6", "min = 2, target = 2, max = 6")
    waiting = TALK.replace('type = "discuss"', 'type = "discuss"\nafter = "20m"')
    async with both(waiting, flow, phones=(), halls=("anna", "ben", "dora", "emil")) as b:
        names, tables = ("anna", "ben", "dora", "emil"), {}
        for name in names:
            tables.setdefault((await b.seat(name)).table, []).append(name)
        (stays, _), (moves, leaves) = sorted(tables.values(), key=lambda group: group[0])
        for name in names:
            await come_in(b, name)
        old = next(p for p in b.halls.tables if moves in b.halls.halls[p].invited)
        new = next(p for p in b.halls.tables if p != old)
        await b.write(leaves, "/leave")
        await b.press(leaves, "Leave")
        assert b.halls.halls[old].out[0] == (leaves, "You do not take part any longer.")
        await b.room.wait(25 * MINUTE)
        assert (await b.seat(moves)).table == (await b.seat(stays)).table
        assert (moves, "You sit at another table now.") in b.halls.halls[old].out
        assert moves in b.halls.halls[new].invited, "who was in a room has agreed to be seen by the table"
        assert b.count(moves, "since you were in the one before, I have invited you") == 1
        await b.enters(moves, new)
        await b.there(stays, new, "Welcome")
        assert b.count(moves, "Welcome") == 0


async def test_a_moved_phone_is_put_out_of_the_room() -> None:
    async with both() as b:
        await come_in(b, "dora")
        seat = await b.seat("dora")
        now = ms(b.room.clock.now())
        code = await b.room.store.transact(
            lambda db: codes.make_code(db, ASSEMBLY, "participant", "linz", seat=seat.id, made=now, expires=now * 2)
        )
        b.on["dora2"] = b.halls
        await b.write("dora2", f"/join {code}")
        assert b.halls.halls[hall(b)].out == [("dora", "Your seat has moved to another account.")]
        assert await b.room.store.read(identities.accounts, seat.id) == {"halls:main"}


async def test_giving_up_closes_the_room_and_the_end_closes_all() -> None:
    async with both() as b:
        await come_in(b, "dora")
        await b.write("maya", "/unbind")
        assert b.halls.halls[hall(b)].sealed
        assert b.count(hall(b), "is neither kept nor passed on") == 1
    async with both() as b:
        await come_in(b, "dora")
        assert not b.halls.halls[hall(b)].sealed
        b.halls.refusals = [Retry(MINUTE)]
        await b.room.wait(HOUR)
        assert b.halls.halls[hall(b)].sealed
        assert b.count(hall(b), "This assembly has ended.") == 1
        noted = [line.act for line in await b.room.store.read(audit.lines, ASSEMBLY)]
        assert noted.count("ended") == 1


async def test_one_room_for_each_table_and_nobody_hears_the_other() -> None:
    async with both(flow=SMALL, phones=("anna", "ben"), halls=("dora", "emil", "fred", "gina"), maya="") as b:
        with_halls = {(await b.seat(n)).table for n in ("dora", "emil", "fred", "gina")}
        assert len(b.halls.tables) == len(with_halls)
        place = await come_in(b, "dora")
        await b.there("dora", place, "For my table")
        mine = (await b.seat("dora")).table
        for name in ("anna", "ben", "emil", "fred", "gina"):
            assert b.count(name, "For my table") == ((await b.seat(name)).table == mine)
        assert all(b.count(p, "For my table") == 0 for p in b.halls.tables)


async def test_a_chat_that_is_linked_brings_its_table_a_room() -> None:
    async with both(halls=(), phones=("anna", "ben"), maya="phones") as b:
        assert b.halls.tables == []
        await link(b, "anna")
        (place,) = b.halls.tables
        assert b.count("anna", "Your table has a room now") == 1
        assert b.count("ben", "Your table has a room now") == 0, "he has no account there"
        await b.press("anna", "Come in")
        assert b.halls.halls[place].invited == ["anna@halls"]
