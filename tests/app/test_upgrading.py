"""Moving a running assembly to another version of its flow: first said, then done; what has begun stays as it is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.app.operations import Desk, Problem
from bot.app.upgrading import upgrade
from bot.language.flowfiles import unbundle
from bot.store import courses
from bot.store.courses import PublishedFlow
from tests.engine.test_evening import HOUR, arrive
from tests.support.evening import EVENING
from tests.support.room import ASSEMBLY, Room, bundled, room

READING = """
[[step]]
id = "reading"
type = "inform"
text = { en = "A short text.", de = "Ein kurzer Text." }

[[step]]
id = "ballot"
"""
WITH_READING = EVENING.replace('[[step]]\nid = "ballot"\n', READING.lstrip())
CHANGED_TALK = EVENING.replace("What do you miss there?", "What else?")
WITHOUT_VOTE = EVENING[: EVENING.index('[[step]]\nid = "ballot"')] + EVENING[EVENING.index('[[step]]\nid = "bye"') :]


async def publish(here: Room, toml: str) -> str:
    flow = unbundle(bundled(toml))
    row = PublishedFlow(flow.ref, flow.file.flow.id, "", bundled(toml), 1)
    await here.store.transact(courses.publish_flow, row)
    return flow.ref


def desk(here: Room) -> Desk:
    return Desk(here.store, here.engine.house, here.clock, wake=here.engine.wake)


async def test_a_step_that_is_still_to_come_may_be_added() -> None:
    async with room(EVENING) as here:
        await arrive(here, "anna", "ben")
        await here.wait(HOUR)
        ref = await publish(here, WITH_READING)
        told = await upgrade(desk(here), ASSEMBLY, ref)
        assert told["added"] == ["reading"]
        assert told["courses"][0]["open"] == ["talk"]
        assert not told["done"]
        assert (await here.store.read(courses.load_assembly, ASSEMBLY)).flow == here.flow.ref
        assert (await upgrade(desk(here), ASSEMBLY, ref, do=True))["done"]
        await here.wait(timedelta(minutes=31))
        assert "A short text." in here.post.text("anna")
        assert "More trees?" in here.post.text("anna")


async def test_a_step_that_is_still_to_come_may_go_and_the_walk_goes_on() -> None:
    async with room(EVENING) as here:
        await arrive(here, "anna", "ben")
        await here.wait(HOUR)
        await upgrade(desk(here), ASSEMBLY, await publish(here, WITHOUT_VOTE), do=True)
        await here.wait(HOUR)
        assert "More trees?" not in here.post.text("anna")
        assert (await here.course()).state == "ended"


async def test_what_has_begun_cannot_change() -> None:
    async with room(EVENING) as here:
        await arrive(here, "anna", "ben")
        await here.wait(HOUR)
        ref = await publish(here, CHANGED_TALK)
        told = await upgrade(desk(here), ASSEMBLY, ref)
        assert told["in_the_way"] == ['The step "talk" has begun at all and is changed in the new version.']
        with pytest.raises(Problem, match="was not moved"):
            await upgrade(desk(here), ASSEMBLY, ref, do=True)
        assert (await here.store.read(courses.load_assembly, ASSEMBLY)).flow == here.flow.ref


async def test_another_flow_or_an_unknown_one_is_refused() -> None:
    async with room(EVENING) as here:
        other = await publish(here, EVENING.replace('id = "evening"', 'id = "morning"'))
        with pytest.raises(Problem, match="another flow"):
            await upgrade(desk(here), ASSEMBLY, other)
        with pytest.raises(Problem, match="no published flow"):
            await upgrade(desk(here), ASSEMBLY, "evening@nothing")
        with pytest.raises(Problem, match="no assembly"):
            await upgrade(desk(here), "a9", other)


async def test_before_the_start_everything_may_change() -> None:
    async with room(EVENING) as here:
        await upgrade(desk(here), ASSEMBLY, await publish(here, CHANGED_TALK), do=True)
        await arrive(here, "anna", "ben")
        await here.wait(HOUR)
        assert "What else?" in here.post.text("anna")
