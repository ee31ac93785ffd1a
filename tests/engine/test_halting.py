"""Everything rests: talks, timers, and every announced time moves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.state import Course
from bot.store import audit, courses
from tests.support.chats import PEOPLE, TALK, Talkers, table
from tests.support.room import ASSEMBLY

MINUTE = timedelta(minutes=1)
LONG = TALK.replace('"40m"', '"60m"\nwarn_at = ["5m"]')
ROUND = TALK.replace("duration", 'turns = "round"\nturn_for = "2m"\nduration')
VOTE = (
    '[[step]]\nid = "ballot"\ntype = "vote"\nduration = "20m"\nremind = ["5m"]\n'
    'questions = [{ id = "rye", method = "yes_no_abstain", text = { en = "Rye?", de = "Roggen?" } }]\n'
)


async def course(t: Talkers) -> Course:
    found = await t.room.course()
    assert isinstance(found, Course)
    return found


async def halt(t: Talkers, span: str = "20m") -> None:
    """Olga lets everything rest, and Rita agrees."""
    await t.room.enrol("rita", "coordinator")
    await t.write("olga", f"/pause all {span}")
    await t.tap("rita", "I agree")


async def acts(t: Talkers) -> list[str]:
    return [line.act for line in await t.room.store.read(audit.lines, ASSEMBLY)]


async def test_nothing_passes_while_everything_rests_and_all_times_move() -> None:
    async with table(LONG) as t:
        before = (await course(t)).open["talk"].closes
        assert before is not None
        await halt(t)
        assert "Everything rests now. It goes on by itself at" in "".join(t.shown("anna"))
        assert "Everything rests now." in "".join(t.shown("maya"))
        after = (await course(t)).open["talk"].closes
        assert after == before + 20 * MINUTE
        await t.write("anna", "May I?")
        assert "The talk rests until" in t.last("anna")
        assert not any("May I?" in text for text in t.shown("ben"))
        await t.room.wait(21 * MINUTE)
        assert "Everything goes on." in "".join(t.shown("anna"))
        assert (await course(t)).halted is None
        await t.write("anna", "Now I may.")
        assert any("Now I may." in text for text in t.shown("ben"))
        await t.room.wait(before - t.room.clock.now() + MINUTE)
        assert "talk" in (await course(t)).open, "its first end means nothing any more"
        assert not any("left: the talk ends" in text for text in t.shown("ben"))
        await t.room.wait(16 * MINUTE)
        assert sum("left: the talk ends" in text for text in t.shown("ben")) == 1
        await t.room.wait(5 * MINUTE)
        assert "talk" in (await course(t)).done
        for act in ("halted", "went_on"):
            assert act in await acts(t)


async def test_it_goes_on_earlier_at_a_word_and_only_the_time_that_was_lost_is_added() -> None:
    async with table(LONG) as t:
        before = (await course(t)).open["talk"].closes
        assert before is not None
        await halt(t, "1h")
        (stage,) = await t.room.store.read(courses.stages_of, ASSEMBLY, "talk")
        assert stage.closes == before + 60 * MINUTE
        await t.room.wait(10 * MINUTE)
        await t.write("olga", "/resume all")
        assert (await course(t)).open["talk"].closes == before + 10 * MINUTE
        (stage,) = await t.room.store.read(courses.stages_of, ASSEMBLY, "talk")
        assert stage.closes == before + 10 * MINUTE
        await t.write("olga", "/resume all")
        assert t.last("olga").startswith("Nothing rests as a whole now.")
        await t.room.wait(before + 11 * MINUTE - t.room.clock.now())
        assert "talk" in (await course(t)).done
        assert sum("Everything goes on." in text for text in t.shown("anna")) == 1


async def test_a_vote_rests_too_and_closes_and_reminds_later() -> None:
    async with table(VOTE.replace("duration", 'after = "10m"\nduration')) as t:
        await t.room.wait(11 * MINUTE)
        await halt(t)
        await t.room.wait(19 * MINUTE)
        assert "ballot" in (await course(t)).open
        assert not any("waits for your answer" in text or "still" in text for text in t.shown("anna"))
        await t.room.wait(19 * MINUTE)
        assert "ballot" in (await course(t)).open
        await t.room.wait(3 * MINUTE)
        assert "ballot" in (await course(t)).done


async def test_whoever_had_the_floor_has_it_again() -> None:
    async with table(ROUND) as t:
        (stage,) = await t.room.store.read(courses.stages_of, ASSEMBLY, "talk")
        floor = stage.data["floor"]
        told = sum("It is your turn." in text for name in PEOPLE for text in t.shown(name))
        await halt(t)
        await t.room.wait(10 * MINUTE)
        (stage,) = await t.room.store.read(courses.stages_of, ASSEMBLY, "talk")
        assert stage.data["floor"] == floor
        await t.write("olga", "/resume all")
        (stage,) = await t.room.store.read(courses.stages_of, ASSEMBLY, "talk")
        assert stage.data["floor"] == floor
        assert sum("It is your turn." in text for name in PEOPLE for text in t.shown(name)) == 1 + told
        await t.room.wait(3 * MINUTE)
        (stage,) = await t.room.store.read(courses.stages_of, ASSEMBLY, "talk")
        assert stage.data["floor"] != floor


@pytest.mark.parametrize("span", ["5h", "soon", "10m 10m"])
async def test_a_rest_has_a_length(span: str) -> None:
    async with table() as t:
        await t.write("olga", f"/pause all {span}")
        assert "After the word all you can write for how long: up to 4 hours." in t.last("olga")


async def test_a_facilitator_pauses_their_own_table_only() -> None:
    async with table() as t:
        await t.write("maya", "/pause all")
        assert "Only coordinators and organisers can let everything rest." in t.last("maya")
        assert (await course(t)).halted is None
