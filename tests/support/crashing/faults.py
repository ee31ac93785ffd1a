"""Bugs to plant, so that the harness can show that it finds them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.engine import handling
from bot.engine.engine import Engine
from bot.engine.house import House
from bot.engine.receiving import Receiver
from bot.store import queue
from bot.store.database import Database
from bot.store.queue import InboxRow
from bot.store.times import ms
from bot.transports.console import Console
from bot.transports.port import Abilities, Batch
from bot.transports.telegram import Telegram
from bot.transports.telegram.polling import Polling
from tests.support.crashing.world import Fault


def done_too_early() -> None:
    """Events are marked as done in a transaction of their own, before anything follows from them."""

    def take(db: Database, now: int) -> list[InboxRow]:
        rows = queue.next_events(db, now, handling.BATCH)
        queue.done(db, [row.seq for row in rows])
        return rows

    async def handle_due(self: Engine) -> int:
        now = self.clock.now()
        rows = await self.store.transact(take, ms(now))
        if rows:
            await self.store.transact(handling.handle, self.house, rows, now)
        return len(rows)

    Engine._handle_due = handle_due  # type: ignore[method-assign]  # this is the fault


def done_too_late() -> None:
    """Events are marked as done only in the transaction after the one that handles them."""

    def handle_batch(db: Database, house: House, rows: list[InboxRow], now: object) -> None:
        marked, queue.done = queue.done, lambda db, seqs: None
        try:
            handling.handle(db, house, rows, now)  # type: ignore[arg-type]  # an instant
        finally:
            queue.done = marked

    async def handle_due(self: Engine) -> int:
        now = self.clock.now()
        rows = await self.store.read(queue.next_events, ms(now), handling.BATCH)
        await self.store.transact(handle_batch, self.house, rows, now)
        await self.store.transact(queue.done, [row.seq for row in rows])
        return len(rows)

    Engine._handle_due = handle_due  # type: ignore[method-assign]  # this is the fault


def confirmed_first() -> None:
    """The cursor moves on before what was read is stored."""
    commit = Receiver._commit

    async def confirm(self: Receiver, batch: Batch, cursor: str, now: datetime) -> None:
        await self._store.transact(queue.move_cursor, self.account, batch.cursor)
        await commit(self, batch, cursor, now)

    Receiver._commit = confirm  # type: ignore[method-assign]  # this is the fault


def unmarked() -> None:
    """Transports that show every repeat pass for ones that do not."""
    Console.abilities = Abilities()
    Telegram.abilities = replace(Telegram.abilities, repeatable=True)


def answered_first() -> None:
    """A button press is acknowledged to its presser before it is stored."""
    receive = Polling.receive

    async def eager(self: Polling, cursor: str, wait: bool) -> Batch:
        batch = await receive(self, cursor, wait)
        self._confirm(batch.cursor)
        await asyncio.gather(*self._acknowledging._tasks)
        return batch

    Polling.receive = eager  # type: ignore[method-assign]  # this is the fault


FAULTS: Mapping[str, Fault] = {
    f.__name__: f for f in (done_too_early, done_too_late, confirmed_first, answered_first, unmarked)
}
