"""Tasks beside the loop: each once at a time, woken, and let go at the end."""

from __future__ import annotations

import asyncio

import pytest

from bot.engine.patience import Patience
from bot.engine.under_way import UnderWay


async def forever() -> None:
    await asyncio.Event().wait()


async def waits(gate: asyncio.Event) -> None:
    await gate.wait()


async def fails() -> None:
    raise LookupError("the table is gone")


async def test_each_is_under_way_until_it_ends_and_whoever_waits_learns_what_went_wrong() -> None:
    tasks: UnderWay[str] = UnderWay("errands")
    ended: list[str] = []
    gate = asyncio.Event()
    tasks.begin("one", waits(gate), lambda: ended.append("one"))
    assert "one" in tasks
    assert len(tasks) == 1
    assert ended == []
    gate.set()
    await tasks.settle()
    assert "one" not in tasks
    assert ended == ["one"]
    tasks.begin("two", fails(), lambda: ended.append("two"))
    with pytest.raises(LookupError):
        await tasks.settle()
    assert ended == ["one", "two"]
    await tasks.settle()  # it is told once


async def test_a_turn_comes_whenever_something_wakes_it_or_ends_and_the_end_lets_all_go() -> None:
    tasks: UnderWay[int] = UnderWay("errands")
    turns: asyncio.Queue[None] = asyncio.Queue()
    gate, let_go = asyncio.Event(), []

    async def turn() -> float:
        turns.put_nowait(None)
        if 1 not in tasks and not gate.is_set():
            tasks.begin(1, waits(gate))
            tasks.begin(2, forever(), lambda: let_go.append(2))
        return 1_000_000.0

    running = asyncio.create_task(tasks.run(turn, Patience(asyncio.Event())))
    await turns.get()
    tasks.wake()
    await turns.get()
    gate.set()
    await turns.get()
    assert 2 in tasks
    tasks.stop()
    await running
    assert let_go == [2]
    assert len(tasks) == 0


async def test_what_went_wrong_ends_the_turns() -> None:
    tasks: UnderWay[str] = UnderWay("errands")

    async def turn() -> float:
        tasks.begin("one", fails())
        return 1_000_000.0

    with pytest.raises(LookupError):
        await tasks.run(turn, Patience(asyncio.Event()))
