"""Roles can be taken away at once, and end with the assembly."""

from __future__ import annotations

from datetime import timedelta

from bot.store import audit, codes, people
from bot.store.database import Database
from bot.store.times import ms
from tests.support.chats import TALK, Talkers, table
from tests.support.room import ASSEMBLY


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
