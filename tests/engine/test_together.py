"""Transactions of tasks that run side by side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.engine.together import Together
from bot.store import queue
from bot.store.connection import MEMORY, Store, open_store
from bot.store.database import Database
from bot.store.errors import DiskFull
from bot.store.keys import KeyFile


class Counting:
    """A store that counts its transactions, and fails when told to."""

    def __init__(self, store: Store) -> None:
        self.store, self.transactions = store, 0
        self.failure: Exception | None = None

    async def transact(self, work, *args):  # type: ignore[no-untyped-def]  # as the store's
        self.transactions += 1
        if self.failure is not None:
            raise self.failure
        return await self.store.transact(work, *args)


@asynccontextmanager
async def opened() -> AsyncIterator[tuple[Counting, Together]]:
    store = await open_store(MEMORY, KeyFile.from_seed(1), synchronous="OFF")
    counting = Counting(store)
    yield counting, Together(counting)  # type: ignore[arg-type]  # a store as far as this goes
    await store.close()


def remember(db: Database, key: str) -> str:
    if key == "wrong":
        raise LookupError(key)
    queue.remember(db, "a1", key, 0)
    return key


async def test_what_waits_while_one_is_under_way_is_written_at_once() -> None:
    async with opened() as (store, together):
        found = await asyncio.gather(*(together.transact(remember, f"k{n}") for n in range(50)))
        assert found == [f"k{n}" for n in range(50)], "each has its own answer"
        assert store.transactions <= 2
        assert await store.store.read(queue.known, "k49")
        assert await together.transact(remember, "later") == "later"


async def test_one_that_fails_takes_none_of_the_others_with_it() -> None:
    async with opened() as (store, together):
        names = ["k1", "wrong", "k2"]
        found = await asyncio.gather(*(together.transact(remember, n) for n in names), return_exceptions=True)
        assert [found[0], type(found[1]), found[2]] == ["k1", LookupError, "k2"]
        assert await store.store.read(queue.known, "k2")
        assert not await store.store.read(queue.known, "wrong")


async def test_everybody_learns_of_a_disk_that_is_full() -> None:
    async with opened() as (store, together):
        store.failure = DiskFull("full")
        found = await asyncio.gather(*(together.transact(remember, f"k{n}") for n in range(5)), return_exceptions=True)
        assert {type(each) for each in found} == {DiskFull}
        assert store.transactions <= 2, "it is not tried again for each"
        store.failure = None
        assert await together.transact(remember, "k1") == "k1"


async def test_whoever_waits_no_longer_holds_up_nobody() -> None:
    async with opened() as (_, together):
        first, second = (asyncio.create_task(together.transact(remember, key)) for key in ("k1", "k2"))
        await asyncio.sleep(0)
        second.cancel()
        assert await first == "k1"
        with pytest.raises(asyncio.CancelledError):
            await second
        assert await together.transact(remember, "k3") == "k3"
