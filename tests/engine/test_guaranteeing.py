"""A guarantor stops a step until they and a coordinator have talked; nobody absent holds the assembly up."""

from __future__ import annotations

from datetime import timedelta

from bot.core.observing import GUARANTOR
from bot.store import audit, codes, people
from bot.store.database import Database
from bot.store.times import ms
from tests.support.chats import TALK, Talkers, table
from tests.support.room import ASSEMBLY

MINUTE = timedelta(minutes=1)
SECOND = TALK + '[[step]]\nid = "after"\ntype = "inform"\ntext = "And now the ferry."\n'


async def guarantor(t: Talkers) -> None:
    def code(db: Database) -> str:
        now = t.room.clock.now()
        return codes.make_code(
            db, ASSEMBLY, "observer", "linz", GUARANTOR, made=ms(now), expires=ms(now + 600 * MINUTE)
        )

    await t.write("gerda", f"/join {await t.room.store.transact(code)}")


async def acts(t: Talkers) -> list[str]:
    return [line.act for line in await t.room.store.read(audit.lines, ASSEMBLY)]


def reached(t: Talkers) -> bool:
    return any("And now the ferry." in text for text in t.shown("ben"))


async def held(t: Talkers) -> None:
    await guarantor(t)
    await t.write("gerda", "/hold next They have not seen the sources.")
    await t.room.wait(41 * MINUTE)
    await t.room.engine.settle()


async def test_a_stopped_step_does_not_open_and_everybody_is_told() -> None:
    async with table(SECOND) as t:
        await held(t)
        assert not reached(t)
        assert "stops “after”" in "\n".join(t.shown("olga"))
        assert "They have not seen the sources." in "\n".join(t.shown("olga"))
        assert "It does not go on yet. Please stay" in t.last("ben")
        await t.tap("gerda", "It can go on")
        assert reached(t)
        assert {"stopped_step", "waits", "lifted"} <= set(await acts(t))


async def test_who_leads_asks_and_the_guarantor_decides() -> None:
    async with table(SECOND) as t:
        await held(t)
        await t.tap("olga", "It can go on")
        assert not reached(t)
        assert "would like “after” to go on." in t.last("gerda")
        await t.tap("gerda", "It stays stopped")
        assert "has not agreed: “after” stays stopped." in t.last("olga")
        await t.room.wait(40 * MINUTE)
        assert not reached(t)
        await t.write("olga", "/lift after")
        await t.tap("gerda", "It can go on")
        assert reached(t)


async def test_nobody_absent_holds_the_assembly_up() -> None:
    async with table(SECOND) as t:
        await held(t)
        await t.write("olga", "/lift")
        await t.room.wait(31 * MINUTE)
        await t.room.engine.settle()
        assert reached(t)


async def test_an_open_step_ends_later_and_a_stopped_one_let_go_before_its_time_opens_then() -> None:
    async with table(SECOND) as t:
        await guarantor(t)
        await t.write("gerda", "/hold talk Somebody was not heard.")
        await t.write("gerda", "/hold after No sources.")
        await t.write("gerda", "/lift after")
        await t.room.wait(41 * MINUTE)
        await t.room.engine.settle()
        assert not reached(t)
        await t.write("gerda", "/lift talk")
        assert reached(t)


async def test_only_a_guarantor_stops_and_only_with_a_reason() -> None:
    async with table(SECOND) as t:
        await t.room.enrol("otto", "observer")
        await t.write("otto", "/hold next No.")
        assert "Only a guarantor can stop a step." in t.last("otto")
        await guarantor(t)
        assert "You are a guarantor" in "\n".join(t.shown("gerda"))
        await t.write("gerda", "/hold next")
        assert "Please write your text after the command." in t.last("gerda")
        await t.write("gerda", "/hold nowhere No.")
        assert "Please write the step and why: talk and after; or next." in t.last("gerda")
        await t.room.wait(41 * MINUTE)
        assert reached(t)


async def test_the_organiser_gives_it_with_a_code_that_works_once() -> None:
    async with table(SECOND) as t:
        await t.room.enrol("ora", "organiser")
        await t.write("ora", "/invite guarantor linz")
        code = next(line for line in t.last("ora").split() if len(line) == 32 and line.count("-") == 6)
        await t.write("gerda", f"/join {code}")
        assert "You are a guarantor" in "\n".join(t.shown("gerda"))
        await t.write("otto", f"/join {code}")
        assert "has been used already" in t.last("otto")
        await t.write("olga", "/invite guarantor linz")
        assert "Please begin with one of these" in t.last("olga")

        def marks(db: Database) -> list[str]:
            return [s.attributes.get(GUARANTOR, "") for s in people.staff(db, ASSEMBLY, "observer")]

        assert await t.room.store.read(marks) == ["yes"]
