"""Roles can be taken away at once, and end with the assembly."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest

from bot.core.observing import GUARANTOR, WATCH
from bot.core.rendered import plain
from bot.core.state import Course, Held, Role, Seat, Status
from bot.engine import stripping
from bot.engine.work import Work
from bot.store import audit, codes, courses, people
from bot.store.database import Database
from bot.store.times import ms
from tests.support.border import HUMAN, SAID, border, queued
from tests.support.chats import TALK, Talkers, table
from tests.support.doorway import link, opened
from tests.support.doorway import seats as joined
from tests.support.evening import EVENING
from tests.support.room import ASSEMBLY, room
from tests.support.table_room import GROUP, bind, evening
from tests.support.two_platforms import both


async def organiser(t: Talkers) -> None:
    await t.room.enrol("ora", "organiser")


async def seats(t: Talkers, role: str) -> int:
    return len(await t.room.store.read(lambda db: people.staff(db, ASSEMBLY, role)))  # type: ignore[arg-type]


async def test_a_facilitator_whose_role_is_taken_away_can_do_nothing_more() -> None:
    async with table() as t:
        await organiser(t)
        await t.write("maya", "/remove Anna")
        await t.tap("maya", "nobody else can speak")
        await t.write("ora", "/revoke Maya")
        await t.tap("ora", "Take it away: Maya (facilitator)")
        assert "An organiser has ended your role" in t.last("maya")
        assert t.last("ben") == "Maya (facilitator) has no role here any longer."
        before = len(t.shown("ben"))
        for text in ("/prompt Now me", "/quiet Anna 10m", "Hello?", "/next", "/team Help"):
            await t.write("maya", text)
        assert len(t.shown("ben")) == before
        assert await seats(t, "facilitator") == 0
        await t.room.wait(timedelta(minutes=11))
        await t.write("anna", "I was not removed.")
        assert any("I was not removed." in text for text in t.shown("ben"))
        lines = await t.room.store.read(audit.lines, ASSEMBLY)
        assert "revoked" in [line.act for line in lines]
        await t.write("maya", "/object This was a mistake.")
        assert "Your objection has been passed on." in t.last("maya")


async def test_a_whole_role_and_nothing_at_all() -> None:
    async with table() as t:
        await organiser(t)
        await t.room.enrol("otto", "observer")
        await t.room.enrol("oda", "observer")
        await t.write("ora", "/revoke observers")
        await t.tap("ora", "Take nothing away")
        assert await seats(t, "observer") == 2
        await t.write("ora", "/revoke observer")
        await t.tap("ora", "Take it away from all of them")
        assert await seats(t, "observer") == 0
        await t.write("otto", "/watch all")
        assert t.last("otto").startswith("You are not taking part, so nothing of this was kept or passed on.")


async def test_organisers_and_participants_are_safe_from_it_and_others_may_not() -> None:
    async with table() as t:
        await organiser(t)
        await t.room.enrol("odo", "organiser")
        for name in ("Anna", "organiser", "Nobody", ""):
            await t.write("ora", f"/revoke {name}")
            assert "Please write the name of somebody who has a role here" in t.last("ora")
        await t.write("olga", "/revoke Maya")
        assert "/revoke is for" in t.last("olga")


async def test_roles_end_with_the_assembly() -> None:
    async with table(TALK) as t:
        await organiser(t)
        said = await t.write("anna", "You are fools.")
        assert said
        await t.room.wait(timedelta(hours=2))
        await t.room.engine.settle()
        for text in ("/prompt Hello", "/status", "/team Hello", "/invite participant 3"):
            await t.write("maya" if text != "/invite participant 3" else "olga", text)
            assert "The assembly has ended, and with it your role." in t.last(
                "maya" if "invite" not in text else "olga"
            )
        await t.write("olga", "/hide", answers=t.chats.find("ben", "fools"))
        assert "has ended" not in t.last("olga")
        await t.write("maya", "/mydata")
        assert "has ended, and with it" not in t.last("maya")
        await t.write("anna", "/my")
        assert "Your name here: Anna." in t.last("anna")


async def test_a_code_for_a_role_works_once() -> None:
    async with table() as t:
        await organiser(t)

        def code(db: Database) -> str:
            now = t.room.clock.now()
            return codes.make_code(
                db, ASSEMBLY, "coordinator", "linz", made=ms(now), expires=ms(now + timedelta(days=1))
            )

        one = await t.room.store.transact(code)
        await t.write("carla", f"/join {one}")
        assert "Your role in this assembly: coordinator." in "\n".join(t.shown("carla"))
        assert "You lead one site" in "\n".join(t.shown("carla"))
        await t.write("thief", f"/join {one}")
        assert "This code has been used already." in t.last("thief")
        assert await seats(t, "coordinator") == 2


async def made(t: Talkers, role: str, table_id: str = "") -> str:
    """A code for a role, as whoever runs the program makes one."""

    def code(db: Database) -> str:
        now = ms(t.room.clock.now())
        return codes.make_code(db, ASSEMBLY, role, "linz", table_id, made=now, expires=now + 10**9)  # type: ignore[arg-type]

    return await t.room.store.transact(code)


async def seat_of(t: Talkers, name: str) -> Seat:
    everybody = await t.room.store.read(
        lambda db: people.roster(db, ASSEMBLY, roles=get_args(Role), statuses=get_args(Status))
    )
    return next(seat for seat in everybody if seat.name == name)


async def revoke(t: Talkers, name: str) -> None:
    await t.write("ora", f"/revoke {name}")
    label = next(
        b.label
        for message in reversed(t.chats.chats["ora"].values())
        for b in message.buttons
        if b.label.startswith(f"Take it away: {name}")
    )
    await t.tap("ora", label)


async def test_what_somebody_had_asked_for_cannot_be_agreed_to_once_their_role_is_gone() -> None:
    async with table() as t:
        await organiser(t)
        await t.room.enrol("carla", "coordinator")
        await t.write("olga", "/remove 1 Anna")
        await t.tap("olga", "nobody else can speak")
        assert any("I agree" in [b.label for b in m.buttons] for m in t.chats.chats["carla"].values())
        await revoke(t, "Olga")
        await t.tap("carla", "I agree")
        assert "This has been decided already." in t.shown("carla")
        await t.room.wait(timedelta(minutes=11))
        assert (await seat_of(t, "Anna")).status == "active"


async def test_codes_that_somebody_kept_for_later_are_good_for_nothing() -> None:
    async with table() as t:
        await organiser(t)
        await t.write("olga", "/invite facilitator 2")
        kept = [word for word in t.last("olga").split() if len(word) == 32 and word.count("-") == 6]
        assert len(set(kept)) == 2
        await t.write("fred", f"/join {kept[0]}")
        assert "Your role in this assembly: facilitator." in "\n".join(t.shown("fred"))
        others = await made(t, "facilitator")
        await revoke(t, "Olga")
        await t.write("olga", f"/join {kept[1]}")
        assert "There is a newer code in place of this one." in t.last("olga")
        assert (await seat_of(t, "Olga")).status == "left"
        await t.write("fay", f"/join {others}")
        assert "Your role in this assembly: facilitator." in "\n".join(t.shown("fay")), "nobody else's code is touched"


@pytest.mark.parametrize("text", ["/prompt Now me", "/board", "/invite participant", "Hello?", "/help", "/my"])
async def test_whoever_lost_a_role_and_writes_gets_one_clear_sentence(text: str) -> None:
    async with table() as t:
        await organiser(t)
        await revoke(t, "Olga")
        before, others = len(t.shown("olga")), len(t.shown("ben"))
        await t.write("olga", text)
        (said,) = t.shown("olga")[before:]
        if text != "/help":
            assert said.startswith("You are not taking part, so nothing of this was kept or passed on.")
        assert len(t.shown("ben")) == others


async def test_whoever_comes_back_with_a_new_code_has_a_fresh_role_and_nothing_of_the_old_one() -> None:
    async with table() as t:
        await organiser(t)
        guard = await made(t, "observer", GUARANTOR)
        await t.write("gerda", f"/join {guard}")
        await t.write("gerda", "/name Gerda")
        await t.write("gerda", "/watch all")
        before = await seat_of(t, "Gerda")
        assert before.attributes == {GUARANTOR: "yes", WATCH: "all"}
        await revoke(t, "Gerda")
        assert (await seat_of(t, "Gerda")).attributes == {}
        await t.write("gerda", f"/join {guard}")
        assert (await seat_of(t, "Gerda")).status == "left", "the old code is used up"
        await t.write("gerda", f"/join {await made(t, 'observer')}")
        now = await seat_of(t, "Gerda")
        assert (now.id, now.role, now.status, now.attributes) == (before.id, "observer", "active", {})
        await t.write("gerda", "/hold next No.")
        assert "Only a guarantor can stop a step." in t.last("gerda")
        joined = [line for line in await t.room.store.read(audit.lines, ASSEMBLY) if line.act == "joined"]
        assert [line.data["role"] for line in joined if line.by == now.id] == ["observer", "observer"]


async def test_another_role_takes_nothing_of_the_one_before_along() -> None:
    async with table() as t:
        await t.write("gerda", f"/join {await made(t, 'observer', GUARANTOR)}")
        await t.write("gerda", "/name Gerda")
        await t.write("gerda", "/watch all")
        await t.write("gerda", f"/join {await made(t, 'translator')}")
        assert (await seat_of(t, "Gerda")).attributes == {}
        await t.write("gerda", f"/join {await made(t, 'observer', GUARANTOR)}")
        assert (await seat_of(t, "Gerda")).attributes == {GUARANTOR: "yes"}


async def test_a_code_for_a_table_gives_that_table_also_to_somebody_who_sits_here() -> None:
    async with table() as t:
        home = (await seat_of(t, "Maya")).table
        await t.write("olga", f"/join {await made(t, 'facilitator', home)}")
        olga = await seat_of(t, "Olga")
        assert (olga.role, olga.table) == ("facilitator", home)
        await t.write("olga", "/prompt What about butter?")
        await t.tap("olga", "Send")
        assert any("What about butter?" in text for text in t.shown("ben"))


async def test_whoever_has_left_comes_back_to_their_own_seat_with_a_new_code() -> None:
    async with table() as t:
        before = await seat_of(t, "Anna")
        await t.write("anna", "/leave")
        await t.tap("anna", "Leave")
        await t.write("anna", f"/join {await made(t, 'participant')}")
        assert any(text.startswith("Welcome back.") for text in t.shown("anna"))
        now = await seat_of(t, "Anna")
        assert (now.id, now.status, now.table, now.helped) == (before.id, "active", before.table, False)
        await t.write("anna", "I am back.")
        assert any("I am back." in text for text in t.shown("ben"))


async def test_a_revoked_facilitator_comes_as_a_participant_and_is_asked_for_consent() -> None:
    async with table() as t:
        await organiser(t)
        maya = await seat_of(t, "Maya")
        await revoke(t, "Maya")
        await t.write("maya", f"/join {await made(t, 'participant')}")
        now = await seat_of(t, "Maya")
        assert (now.id, now.role, now.status) == (maya.id, "participant", "new")
        assert any("I am 18 or older and agree" in [b.label for b in m.buttons] for m in t.chats.chats["maya"].values())


@pytest.mark.parametrize("role", get_args(Role))
async def test_nobody_comes_in_after_the_end(role: Role) -> None:
    async with table() as t:
        code = await made(t, role)
        await t.room.wait(timedelta(hours=2))
        await t.room.engine.settle()
        for who in ("stranger", "anna"):
            seats_before = await t.room.store.read(lambda db: db.sql.execute("SELECT COUNT(*) FROM seat").fetchone())
            await t.write(who, f"/join {code}")
            assert t.last(who) == "“Bread” has ended: nobody can come in any more. Thank you for your interest."
            assert (
                await t.room.store.read(lambda db: db.sql.execute("SELECT COUNT(*) FROM seat").fetchone())
                == seats_before
            )
        assert (await seat_of(t, "Anna")).role == "participant"


async def test_out_of_the_rooms_that_we_have_made_and_others_are_named() -> None:
    async with both() as b:
        await b.enrol(b.phones, "ora", role="organiser")
        hall = b.halls.halls[next(iter(b.halls.tables))]
        assert hall.guides == ("maya",)
        await b.write("ora", "/revoke Maya")
        await b.press("ora", "Take it away: Maya (facilitator)")
        assert [who for who, _ in hall.out] == ["maya"]
        assert hall.guides == (), "and nobody else may change it in their name"
        assert b.count("ora", "which I did not make") == 0


async def test_of_a_room_that_people_have_made_the_coordinator_learns_who_may_still_read_there() -> None:
    async with room(EVENING) as here:
        await evening(here)
        await here.enrol("cora", "coordinator")
        await here.enrol("ora", "organiser")
        await bind(here)
        await here.say("ora", "/revoke Maya")
        await here.choose("ora", "Take it away: Maya (facilitator)")
        told = here.post.text("cora")
        assert "They may still read along in the room of table 1, which I did not make" in told
        assert "/unbind 1" in told
        before = len(here.post.to("anna"))
        await here.room_says("maya", GROUP, "/next")
        await here.room_says("maya", GROUP, "I still lead here.")
        assert not any("I still lead here." in text for text in map(plain, here.post.to("anna")[before:]))
        assert not any("one minute" in text for text in map(plain, here.post.to("anna")[before:]))


async def test_a_text_that_a_translator_had_taken_waits_for_others_at_once() -> None:
    async with border(SAID[:1], relay=HUMAN) as t:
        await t.room.enrol("ora", "organiser")
        await t.write("theo", "/trans")
        await t.tap("theo", "Take")
        assert (await queued(t, "said-0"))[0] == "taken"
        await revoke(t, "Theo")
        assert await queued(t, "said-0") == ("waiting", "")
        await t.write("tina", "/trans")
        await t.tap("tina", "Take")
        assert (await queued(t, "said-0"))[0] == "taken"


@pytest.mark.parametrize("elsewhere", [False, True])
async def test_what_a_guarantor_has_stopped_goes_on_at_every_course(elsewhere: bool) -> None:
    async with border() as t:
        await t.room.enrol("ora", "organiser")
        await t.room.enrol("gerda", "observer")
        gerda = await seat_of(t, "Gerda")

        def stopped(db: Database) -> None:
            found = courses.load_course(db, ASSEMBLY, "all")
            assert found is not None
            courses.save_course(
                db, ASSEMBLY, replace(found, held={"bye": Held(gerda.id, 7), "pause": Held("another", 7)})
            )

        def strip(db: Database) -> None:
            work = Work(db, t.room.engine.house, t.room.clock.now())
            stripping.strip(work, ASSEMBLY, Course("another"), gerda.id)
            work.flush()

        await t.room.store.transact(stopped)
        await (t.room.store.transact(strip) if elsewhere else revoke(t, "Gerda"))
        await t.room.engine.settle()
        found = await t.room.store.read(courses.load_course, ASSEMBLY, "all")
        assert found is not None
        assert list(found.held) == ["pause"], "and nothing that somebody else has stopped"
        assert "lifted" in [line.act for line in await t.room.store.read(audit.lines, ASSEMBLY)]


async def test_an_official_who_has_been_let_into_a_room_is_put_out_of_it() -> None:
    async with both() as b:
        await b.enrol(b.phones, "ora", role="organiser")
        await b.enrol(b.halls, "otto", role="observer")
        place = next(iter(b.halls.tables))
        b.halls.halls[place].invited.append("otto")
        await b.enters("otto", place)
        assert b.halls.halls[place].out == []
        await b.write("ora", "/revoke Otto")
        await b.press("ora", "Take it away: Otto (observer)")
        assert [who for who, _ in b.halls.halls[place].out] == ["otto"]


async def test_nobody_comes_in_by_a_link_or_just_so_after_the_end() -> None:
    async with room(opened("open = true\nlinks = true")) as here:
        code = await link(here)
        await here.begin()
        await here.wait(timedelta(hours=9))
        for id in here.flow.courses:
            found = await here.course(id)
            assert getattr(found, "state", "") == "ended"
        for who, text in (("anna", f"/start {code}"), ("ben", "hello")):
            await here.say(who, text)
            assert "has ended: nobody can come in any more." in here.post.text(who)
        assert await joined(here) == []
