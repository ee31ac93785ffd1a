"""Everything rests while other things wait: what waits for a second person, for a guarantor, for its hour or at a gate waits on,
has its whole time afterwards, and happens once, also where the program was killed in between."""

from __future__ import annotations

from datetime import timedelta

from bot.engine.engine import Engine
from bot.language.translation.service import simple
from tests.engine.test_guaranteeing import SECOND, guarantor, held, reached
from tests.engine.test_halting import acts, course, halt
from tests.engine.test_resettling import seated, two_tables
from tests.support.chats import TALK, Talkers, table
from tests.support.room import CATALOGS

MINUTE = timedelta(minutes=1)
LATER = '[[step]]\nid = "later"\ntype = "break"\nafter = "3h"\nduration = "1h"\n'
GATE = '[[step]]\nid = "ready"\ntype = "gate"\ntimeout = "3h"\nwho = "coordinator"\nask = "Is everybody back?"\n'


async def restarted(t: Talkers) -> None:
    """The program was killed, and begins again."""
    engine = Engine(t.room.store, CATALOGS, t.room.clock, [t.chats], simple("none"))
    await engine.open()
    t.room.engine = engine


async def test_what_waits_for_a_second_person_does_not_ripen_in_a_rest() -> None:
    async with two_tables() as t:
        await t.write("olga", "/merge 1 2")
        await t.room.wait(4 * MINUTE)
        await halt(t, "20m")
        await restarted(t)
        await t.room.wait(19 * MINUTE)
        assert len((await seated(t))[1]) == 3, "ten minutes have passed, but nobody was there"
        await t.room.wait(2 * MINUTE)
        assert (await course(t)).halted is None
        assert len((await seated(t))[1]) == 3
        await restarted(t)
        await t.room.wait(6 * MINUTE)
        assert (await seated(t))[1] == [], "four minutes before the rest and six after it"
        assert (await acts(t)).count("ripe") == 1


async def test_what_is_asked_for_in_a_rest_has_its_ten_minutes_after_it() -> None:
    async with two_tables() as t:
        await halt(t, "30m")
        await t.write("olga", "/merge 1 2")
        await t.room.wait(2 * MINUTE)
        await t.write("olga", "/resume all")
        await t.room.wait(9 * MINUTE)
        assert len((await seated(t))[1]) == 3, "the rest was shorter than announced"
        await t.room.wait(2 * MINUTE)
        assert (await seated(t))[1] == []


async def test_a_second_person_can_stop_it_in_a_rest() -> None:
    async with two_tables() as t:
        await halt(t, "20m")
        await t.write("olga", "/merge 1 2")
        await t.tap("rita", "Stop it")
        await t.room.wait(40 * MINUTE)
        assert len((await seated(t))[1]) == 3
        assert "stopped" in await acts(t)


async def test_what_two_agree_to_in_a_rest_closes_after_it() -> None:
    async with table() as t:
        await halt(t, "20m")
        await t.write("olga", "/close talk")
        await t.tap("rita", "I agree")
        await restarted(t)
        await t.room.wait(19 * MINUTE)
        assert "talk" in (await course(t)).open
        await t.room.wait(4 * MINUTE)
        assert "talk" in (await course(t)).done
        assert (await acts(t)).count("closed_early") == 1


async def test_nothing_opens_in_a_rest_neither_by_hand_nor_at_a_gate() -> None:
    async with table(GATE + TALK) as t:
        await halt(t, "20m")
        await t.write("olga", "/gate")
        await t.tap("olga", "Go on")
        await restarted(t)
        await t.room.wait(18 * MINUTE)
        assert "talk" not in (await course(t)).open
        await t.room.wait(3 * MINUTE)
        assert "talk" in (await course(t)).open
        assert (await acts(t)).count("opened_gate") == 1
    async with table(LATER + TALK) as t:
        await halt(t, "20m")
        await t.write("olga", "/open later")
        await t.room.wait(19 * MINUTE)
        assert "later" not in (await course(t)).open
        await t.room.wait(2 * MINUTE)
        assert "later" in (await course(t)).open


async def test_a_guarantor_rests_too() -> None:
    async with table(SECOND) as t:
        await held(t)
        await t.write("olga", "/lift")
        await t.room.wait(10 * MINUTE)
        await halt(t, "1h")
        await restarted(t)
        await t.room.wait(59 * MINUTE)
        assert not reached(t)
        await t.room.wait(15 * MINUTE)
        assert not reached(t), "the guarantor has twenty minutes left"
        await t.room.wait(7 * MINUTE)
        assert reached(t)


async def test_a_step_is_stopped_while_all_rests_and_stays_so_afterwards() -> None:
    async with table(SECOND) as t:
        await guarantor(t)
        await halt(t, "20m")
        await t.write("gerda", "/hold after No sources.")
        await restarted(t)
        await t.room.wait(70 * MINUTE)
        assert not reached(t)
        await t.write("gerda", "/lift after")
        assert reached(t)
        assert (await acts(t)).count("lifted") == 1
