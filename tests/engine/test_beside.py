"""What waits for machines is done beside the loop: nobody else waits for it, and what fails is set aside."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import pytest

from bot.core.effects import Request
from bot.engine.beside import AT_ONCE, Beside
from bot.engine.clock import ManualClock
from bot.engine.patience import Patience
from bot.store import courses
from bot.store.connection import MEMORY, Store, open_store
from bot.store.courses import Job
from bot.store.database import Database
from bot.store.keys import KeyFile
from tests.support.room import START


class Table:
    """A store with jobs, and what was done of them."""

    def __init__(self, store: Store, work: Callable[[Job], Awaitable[None]] | None = None) -> None:
        self.store, self.done, self.woken = store, list[str](), 0
        self.finished = asyncio.Queue[str]()
        self.beside = Beside(store, ManualClock(START), {"relay": work or self.do, "draft": self.do}, self._wake)

    def _wake(self) -> None:
        self.woken += 1

    async def ask(self, *keys: str, job: str = "relay") -> None:
        await self.store.transact(_ask, keys, job)

    async def do(self, job: Job) -> None:
        self.done.append(job.request.key)
        await self.store.transact(courses.finish_job, "a1", job.request.key)
        self.finished.put_nowait(job.request.key)


def _ask(db: Database, keys: tuple[str, ...], job: str) -> None:
    for key in keys:
        courses.ask(db, "a1", Request(job, "all", "step", key))


def _states(db: Database) -> list[tuple[str, str]]:
    return db.sql.execute("SELECT key, state FROM job ORDER BY key").fetchall()


async def _store() -> Store:
    return await open_store(MEMORY, KeyFile.from_seed(1), synchronous="OFF")


async def test_everything_that_waits_is_done_once_and_no_other_work() -> None:
    here = Table(await _store())
    await here.ask(*(f"r{n:02}" for n in range(2 * AT_ONCE + 3)))
    await here.ask("seats", job="seating")
    await here.ask("d1", job="draft")
    assert await here.beside.flush() == 2 * AT_ONCE + 4
    assert len(here.done) == len(set(here.done)) == 2 * AT_ONCE + 4
    assert here.done.index("d1") < AT_ONCE + 1, "one kind does not wait for the other"
    assert here.woken == len(here.done)
    assert ("seats", "new") in await here.store.read(_states)
    await here.store.close()


async def test_one_that_hangs_holds_up_nobody_else() -> None:
    gate, begun = asyncio.Event(), asyncio.Event()

    tried: list[str] = []

    async def work(job: Job) -> None:
        tried.append(job.request.key)
        if job.request.key == "slow":
            begun.set()
            await gate.wait()
        await here.do(job)

    here = Table(await _store(), work)
    await here.ask("slow", "z1")
    running = asyncio.create_task(here.beside.run(Patience(asyncio.Event())))
    await begun.wait()
    await here.ask("z2", "z3")
    here.beside.wake()
    assert {await here.finished.get() for _ in range(3)} == {"z1", "z2", "z3"}
    gate.set()
    assert await here.finished.get() == "slow"
    assert sorted(tried) == ["slow", "z1", "z2", "z3"], "what is under way is not begun again"
    here.beside.stop()
    await running
    await here.store.close()


async def test_what_fails_three_times_is_set_aside_and_told_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    tried: list[str] = []

    async def work(job: Job) -> None:
        tried.append(job.request.key)
        if job.request.key == "bad":
            raise RuntimeError("words of a citizen")
        await here.do(job)

    here = Table(await _store(), work)
    await here.ask("bad", "good")
    with caplog.at_level(logging.ERROR):
        await here.beside.flush()
    assert await here.store.read(_states) == [("bad", "parked"), ("good", "done")]
    assert tried.count("bad") == 3
    assert "RuntimeError" in caplog.text
    assert "citizen" not in caplog.text
    await here.store.close()


async def test_an_end_in_the_middle_loses_nothing() -> None:
    begun = asyncio.Event()

    async def work(job: Job) -> None:
        begun.set()
        await asyncio.Event().wait()

    here = Table(await _store(), work)
    await here.ask("r1")
    running = asyncio.create_task(here.beside.run(Patience(asyncio.Event())))
    await begun.wait()
    here.beside.stop()
    await running
    assert await here.store.read(_states) == [("r1", "new")]
    after = Table(here.store)
    await after.beside.flush()
    assert after.done == ["r1"]
    await here.store.close()


async def test_whoever_waits_for_the_end_waits_for_what_is_under_way_too() -> None:
    gate, begun = asyncio.Event(), asyncio.Event()

    async def work(job: Job) -> None:
        begun.set()
        await gate.wait()
        await here.do(job)

    here = Table(await _store(), work)
    await here.ask("r1")
    running = asyncio.create_task(here.beside.run(Patience(asyncio.Event())))
    await begun.wait()
    waiting = asyncio.create_task(here.beside.flush())
    for _ in range(3):  # it has looked by then: the store answers in turn
        await here.store.read(_states)
    assert not waiting.done()
    gate.set()
    assert await waiting == 1
    assert here.done == ["r1"]
    here.beside.stop()
    await running
    await here.store.close()
