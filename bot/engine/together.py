"""Transactions of tasks that run side by side, as few as can be: what is asked for while one is under way goes into the next.

Where hundreds of tables close at once, a commit for each step of each of their jobs costs more than the jobs themselves.

Invariants:

* Whoever is answered has what they wrote on the disk.
* One that fails takes none of the others with it: they are tried again, each alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from bot.store.connection import Store
from bot.store.database import Database
from bot.store.errors import StoreError

P = ParamSpec("P")
T = TypeVar("T")

Wish = tuple[Callable[[Database], Any], "asyncio.Future[Any]"]


class Together:
    """Writes what tasks want to write, in the order in which they ask."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[Wish] = []
        self._writing: asyncio.Task[None] | None = None

    async def transact(self, work: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Like `Store.transact`; perhaps in one transaction with what others ask for."""
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((lambda db: work(db, *args, **kwargs), answer))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        return await answer

    async def _write(self) -> None:
        try:
            while self._waiting:
                some, self._waiting = self._waiting, []
                await self._all([wish for wish in some if not wish[1].cancelled()])
        finally:
            self._writing = None

    async def _all(self, some: list[Wish]) -> None:
        if not some:
            return
        try:
            found = await self._store.transact(_each, [work for work, _ in some])
        except Exception as error:
            if len(some) == 1 or isinstance(error, StoreError):
                for _, answer in some:
                    if not answer.done():
                        answer.set_exception(error)
                return
            for wish in some:
                await self._all([wish])
            return
        for (_, answer), one in zip(some, found, strict=True):
            if not answer.done():
                answer.set_result(one)


def _each(db: Database, works: list[Callable[[Database], Any]]) -> list[Any]:
    return [work(db) for work in works]
