"""The loop: receive, handle, do jobs, send, sleep until the next thing is due.

Invariants:

* Everything that happens is a committed row before anything follows from it; the remote side learns that its events are ours
  only after the commit.
* Nothing that fails once stops the loop. An event that fails three times alone is parked and reported to the organisers.
* `stop` lets the batch in hand end; a kill at any instruction loses nothing that was committed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import traceback
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from bot.core.message import encode, message, t
from bot.engine.alarm import Alarm
from bot.engine.carrying import recipients
from bot.engine.clock import Clock
from bot.engine.handling import BATCH, handle, handle_batch, split
from bot.engine.house import House
from bot.engine.intake import take_in
from bot.engine.jobs import Jobs
from bot.engine.sending import Sender
from bot.engine.work import Work
from bot.language.catalog import Catalogs
from bot.language.translate import Translator
from bot.store import queue
from bot.store.connection import Store
from bot.store.database import Database
from bot.store.errors import DiskFault, DiskFull, Locked, ReadOnly, StoreError
from bot.store.times import instant, ms
from bot.transports.port import Batch, Transport

log = logging.getLogger(__name__)

REST = timedelta(seconds=1)
"""How long a receiver or the loop rests after something failed."""


class Engine:
    """Moves every assembly of one database."""

    def __init__(
        self, store: Store, catalogs: Catalogs, clock: Clock, transports: Sequence[Transport], translator: Translator
    ) -> None:
        self.store = store
        self.clock = clock
        self.house = House(catalogs)
        self._transports = tuple(transports)
        self._jobs = Jobs(store, self.house, translator)
        self._sender = Sender(store, self.house, clock, transports)
        self._woken = asyncio.Event()
        self._stopping = asyncio.Event()
        self._trouble = ""

    async def open(self) -> None:
        """Take up where an earlier process ended: what was under way is sent once more, marked."""
        again = await self._sender.recover()
        if again:
            log.warning("messages under way at the last end are sent again, marked: %d", again)

    async def settle(self) -> int:
        """Do everything that is due now: events, jobs, messages, until nothing is left. How many things were done."""
        total = 0
        while not self._stopping.is_set():
            done = await self._handle_due() + await self._jobs.do_waiting(self.clock.now())
            done += await self._sender.send_due()
            if not done:
                break
            total += done
        return total

    async def next_due(self) -> datetime | None:
        """When the next event or message is due; None where nothing waits."""
        found = await self.store.read(_next_due)
        return instant(found) if found is not None else None

    async def take_in(self, account: str, batch: Batch) -> None:
        """Commit what a transport received, with its cursor."""
        await self.store.transact(take_in, self.house, account, batch, self.clock.now())
        self.wake()

    def wake(self) -> None:
        """Something has changed: let the loop look."""
        self._woken.set()

    def stop(self) -> None:
        """End gracefully: the batch in hand ends first."""
        self._stopping.set()
        self._woken.set()

    async def run(self) -> None:
        """Run until `stop`. A disk that is full or away is waited for. Raises only what makes going on impossible (a lost
        lease, a broken database)."""
        await self.open()
        alarm = Alarm(self.wake)
        alarm.start()
        receivers = [asyncio.create_task(self._receive(tr), name=f"receive {tr.account}") for tr in self._transports]
        try:
            while not self._stopping.is_set():
                self._woken.clear()
                try:
                    await self.settle()
                    alarm.at(await self.next_due())
                except (DiskFault, DiskFull, Locked, ReadOnly) as error:
                    await self._rest(str(error))
                else:
                    self._trouble = ""
                    await self._woken.wait()
        finally:
            alarm.stop()
            for task in receivers:
                task.cancel()
            await asyncio.gather(*receivers, return_exceptions=True)

    async def _rest(self, trouble: str) -> None:
        """The disk does not take what we write. Nothing is acknowledged meanwhile, so nothing is lost: say it once, and try
        again until it does."""
        if trouble != self._trouble:
            log.error("%s Pnyx waits, and goes on by itself.", trouble)
        self._trouble = trouble
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), REST.total_seconds())

    async def _receive(self, transport: Transport) -> None:
        """Receive for ever. The call with a new cursor is what confirms the committed batch to the remote side."""
        while not self._stopping.is_set():
            try:
                cursor = await self.store.read(queue.cursor, transport.account)
                batch = await transport.receive(cursor or "")
                if batch.events or batch.cursor != cursor:
                    await self.take_in(transport.account, batch)
            except asyncio.CancelledError:
                raise
            except EOFError:
                log.info("nothing more comes in from %s", transport.account)
                return
            except Exception as error:
                log.warning("receiving from %s failed and is tried again: %s", transport.account, type(error).__name__)
                await asyncio.sleep(REST.total_seconds())

    async def _handle_due(self) -> int:
        """Handle one batch of due events. If it fails, each of its events alone."""
        now = self.clock.now()
        try:
            return await self.store.transact(handle_batch, self.house, now, ms(now))
        except StoreError:
            raise
        except Exception as error:
            log.warning("a batch of events failed, each is tried alone: %s", type(error).__name__)
            return await self._one_by_one(now)

    async def _one_by_one(self, now: datetime) -> int:
        rows = await self.store.read(queue.next_events, ms(now), BATCH)
        for row in rows:
            try:
                await self.store.transact(handle, self.house, [row], now)
            except StoreError:
                raise
            except Exception as error:
                fault = type(error).__name__
                if await self.store.transact(split, row, ms(now)):
                    continue
                if row.tries == 0:
                    log.error("event %d (%s) failed: %s at %s", row.seq, row.kind, fault, place(error))
                if await self.store.transact(queue.failed, row.seq, fault):
                    await self.store.transact(_report, self.house, row.assembly, row.seq, row.kind, fault, now)
        return len(rows)


def place(error: Exception) -> str:
    """Where in the code something failed, innermost last. The error's own text stays out of the log: it may hold words."""
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames[-6:])


def _next_due(db: Database) -> int | None:
    times = [at for at in (queue.next_due(db), queue.next_send(db)) if at is not None]
    return min(times, default=None)


def _report(db: Database, house: House, assembly: str, seq: int, kind: str, fault: str, now: datetime) -> None:
    """Tell the organisers that an event was set aside."""
    work = Work(db, house, now)
    told = message(
        t(
            "Something went wrong inside Pnyx: an event ({kind}, number {number}) failed three times and was set aside. "
            "The assembly goes on. Please tell those who run the program; they find it under this number.",
            kind=kind,
            number=seq,
        )
    )
    for seat in recipients(work, assembly, "organisers", ""):
        work.say(assembly, seat, encode(told).encode(), f"parked/{seq}", 0, "", False)
    log.error("event %d (%s) is parked after three tries: %s", seq, kind, fault)
    work.flush()
