"""A room that moves, or is lost, at any point of an evening: nobody notices, nothing is lost, nothing comes twice."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.core.rendered import plain
from bot.store import copies, opinions, queue, rooms
from bot.transports.port import Gone, Moved
from tests.engine.test_rooms import GROUP, bind, evening
from tests.support.evening import EVENING
from tests.support.room import ACCOUNT, ASSEMBLY, Post, Room, room

NEW = "super-7"
ROUND = EVENING.replace('scope = "table"\n', 'scope = "table"\nturns = "round"\nturn_for = "2m"\nwarn_at = ["5m"]\n')

Act = Callable[[Room, str], Awaitable[None]]


def _says(text: str) -> Act:
    async def act(here: Room, place: str) -> None:
        speaker = await _with_floor(here)
        if speaker == "anna":
            await here.room_says("anna", place, text)
        else:
            await here.say(speaker, text)

    return act


async def _with_floor(here: Room) -> str:
    """Who was told last that it is their turn; anybody once the talk is free."""
    if "Everybody has had a turn" in here.post.text("ben") + here.post.text("cleo"):
        return "ben"
    turns = {n: here.post.text(n).count("It is your turn.") + here.post.text(n).count("You missed") for n in NAMES}
    asked = [n for n in NAMES if turns[n]]
    return asked[-1] if len(asked) == 1 else max(asked, key=lambda n: _last(here, n))


def _last(here: Room, name: str) -> int:
    """The place of the last call to speak among all that was delivered."""
    calls = [
        number
        for number, (place, _, message) in enumerate(here.post.delivered)
        if place == name and re.search("It is your turn|You missed your turn", plain(message))
    ]
    return calls[-1] if calls else -1


def _passes(span: timedelta) -> Act:
    async def act(here: Room, place: str) -> None:
        await here.wait(span)

    return act


def _asks(who: str, text: str) -> Act:
    async def act(here: Room, place: str) -> None:
        await here.room_says(who, place, text)

    return act


NAMES = ("anna", "ben", "cleo")
EVENING_ACTS: tuple[Act, ...] = (
    _says("One"),
    _passes(timedelta(seconds=30)),
    _says("Two"),
    _passes(timedelta(minutes=1)),
    _asks("maya", "/pause"),
    _asks("maya", "/resume"),
    _says("Three"),
    _passes(timedelta(minutes=4)),
    _says("Four"),
    _passes(timedelta(minutes=18)),
    _passes(timedelta(minutes=10)),
)


async def played(
    at: int | None, happens: Callable[[Room, Post], Awaitable[None]], repeatable: bool = True
) -> tuple[list[str], list[str], list[str]]:
    """The evening with something that happens before the act of this number: what the room was told in all its places, what
    Ben was told, and what was kept."""
    post = Post(repeatable=repeatable)
    async with room(ROUND, post) as here:
        await evening(here)
        await bind(here)
        await here.happens("entered", "anna", GROUP)
        for number, act in enumerate(EVENING_ACTS):
            if number == at:
                await happens(here, post)
            known = await here.store.read(rooms.find, ACCOUNT, NEW)
            await act(here, NEW if known is not None else GROUP)
        told = [plain(m) for where, _, m in post.delivered if where in (GROUP, NEW)]
        kept = [c.text for c in await here.store.read(opinions.contributions, ASSEMBLY, "talk")]
        assert await here.store.read(queue.parked) == []
        assert "gone" not in (await here.store.read(queue.counts))["outbox"]
        return told, [plain(m) for m in post.to("ben")], kept


async def _by_service(here: Room, post: Post) -> None:
    """The platform tells it, and nothing can be sent to the old place any more."""
    post.failing[GROUP] = Moved(NEW)
    await here.happens("moved", "", GROUP, moved=NEW)


async def _by_error(here: Room, post: Post) -> None:
    """Only the next message finds it out; till then nobody could know whose the new place is."""
    post.failing[GROUP] = Moved(NEW)


@pytest.mark.parametrize("how", [_by_service, _by_error])
async def test_a_move_at_any_point_changes_nothing_of_what_anybody_is_told(
    how: Callable[[Room, Post], Awaitable[None]],
) -> None:
    still = await played(None, how)
    assert still[2] == ["One", "Two", "Three", "Four"]
    assert sum("It is the turn of" in said for said in still[0]) >= 3
    for number in range(len(EVENING_ACTS)):
        assert await played(number, how, repeatable=number % 2 == 0) == still, f"moved before act {number}"


async def test_the_new_place_may_count_its_messages_anew() -> None:
    async with room(EVENING) as here:
        await evening(here)
        await bind(here)
        await here.happens("entered", "anna", GROUP)
        await here.room_says("anna", GROUP, "Before", message="5")
        (before,) = await here.store.read(opinions.contributions, ASSEMBLY, "talk")
        await here.happens("moved", "", GROUP, moved=NEW)
        await here.room_says("anna", NEW, "After", message="5")
        _, after = await here.store.read(opinions.contributions, ASSEMBLY, "talk")
        found = await here.store.read(rooms.find, ACCOUNT, NEW)
        assert found is not None
        assert await here.store.read(copies.carried, found.id, "5") == (ASSEMBLY, after.id)
        assert await here.store.read(copies.together, found.id, "5") == [after.id]
        await here.room_says("anna", NEW, "After all", kind="edit", message="5")
        kept = await here.store.read(opinions.contributions, ASSEMBLY, "talk")
        assert [(c.id, c.text) for c in kept] == [(before.id, "Before"), (after.id, "After all")]


async def test_a_room_lost_at_any_point_leaves_everybody_in_private_with_all_that_is_said() -> None:
    for number in range(len(EVENING_ACTS)):
        post = Post()
        async with room(ROUND.replace('duration = "30m"', 'duration = "60m"'), post) as here:
            await evening(here)
            await bind(here)
            await here.happens("entered", "anna", GROUP)
            for act in EVENING_ACTS[:number]:
                await act(here, GROUP)
            post.failing[GROUP] = Gone("kicked")
            await here.happens("unbound", "", GROUP, text="kicked")
            before = len(post.to(GROUP))
            await here.wait(timedelta(minutes=16))
            await here.say("maya", "Here we go on")
            assert "Here we go on" in post.text("anna"), f"lost before act {number}"
            assert len(post.to(GROUP)) == before
            assert post.text("maya").count("Table 1 has lost its room") == 1
            assert await here.store.read(queue.parked) == []
