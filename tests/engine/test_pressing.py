"""Whose buttons are pressed: on a platform whose buttons carry a key of ours, only one's own count."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.effects import Lane, Say
from bot.core.message import Button, Plain, message
from bot.store import courses, queue, rooms
from bot.store.times import ms
from tests.engine.test_evening import HOUR, arrive
from tests.support.evening import EVENING
from tests.support.room import ASSEMBLY, Post, Room, room


def keyed() -> Post:
    post = Post()
    post.abilities = replace(post.abilities, press_bytes=64)
    return post


def key_of(here: Room, who: str, label: str) -> str:
    return next(b.press for m in reversed(here.post.to(who)) for b in m.buttons if b.label == label)


async def voting(here: Room) -> None:
    await arrive(here, "anna", "ben", "cleo")
    await here.wait(HOUR + HOUR / 2)


async def heard(here: Room) -> int:
    """How many inputs the inbox has."""
    return await here.store.read(
        lambda db: db.sql.execute("SELECT COUNT(*) FROM inbox WHERE kind = 'heard'").fetchone()[0]
    )


async def test_a_whole_evening_goes_by_keys() -> None:
    async with room(EVENING, keyed()) as here:
        await voting(here)
        presses = [b.press for who in ("anna", "ben") for m in here.post.to(who) for b in m.buttons]
        assert len(presses) > 5
        assert all(len(press) <= 20 and ":" in press for press in presses)
        await here.choose("anna", "Yes")
        assert "Yes" in here.post.text("anna")


@pytest.mark.parametrize("forged", ["ballot:trees::yes", "aaaaaaaaaaaaaaaa:0", "", "x" * 64, "aaaaaaaaaaaaaaaa:0@seat"])
async def test_what_is_made_up_is_dropped_in_silence(forged: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    async with room(EVENING, keyed()) as here:
        await voting(here)
        before, inputs = len(here.post.to("anna")), await heard(here)
        for number in range(5):
            await here.say("anna", press=forged or "-", id=f"forged-{number}")
        assert len(here.post.to("anna")) == before
        assert await heard(here) == inputs
        assert here.engine.house.dropped == {("test:main", "unknown"): 5}
        assert caplog.text.count("dropped on test:main, unknown") == 3  # at 1, 2 and 4
        assert (forged or "-") not in caplog.text
        assert await here.store.read(queue.known, "test:main/forged-0")


async def test_another_persons_button_presses_nothing() -> None:
    async with room(EVENING, keyed()) as here:
        await voting(here)
        inputs = await heard(here)
        await here.say("ben", press=key_of(here, "anna", "Yes"))
        assert await heard(here) == inputs
        assert here.engine.house.dropped == {("test:main", "another's"): 1}
        await here.say("anna", press=key_of(here, "anna", "Yes"))
        assert await heard(here) == inputs + 1


async def test_a_button_in_a_room_is_pressed_by_whoever_sits_there() -> None:
    async with room(EVENING, keyed()) as here:
        await arrive(here, "anna", "ben", "cleo")
        await here.wait(HOUR)
        table = await here.store.read(lambda db: db.sql.execute("SELECT id FROM tables").fetchone()[0])
        bound = await here.store.transact(rooms.bind, ASSEMBLY, table, "test:main", "group", "", ms(here.clock.now()))
        assert bound is not None
        asked = message(Plain("Done?"), buttons=(Button(Plain("I have nothing to add"), "talk:done"),), step="talk")
        await here.apply([Say(f"room:{bound.id}", asked, "done", Lane.TALK)])
        await here.engine.settle()
        press = key_of(here, "group", "I have nothing to add")
        inputs = await heard(here)
        await here.room_says("stranger", "group", press=press, kind="press")
        await here.room_says("anna", "elsewhere", press=press, kind="press")
        await here.say("ben", press=press)
        assert await heard(here) == inputs
        await here.room_says("ben", "group", press=press, kind="press")
        assert await heard(here) == inputs + 1
        dropped = await here.store.read(courses.counters, ASSEMBLY, "", f"table:{table}")
        assert dropped == {"dropped_not_theirs": 1}
