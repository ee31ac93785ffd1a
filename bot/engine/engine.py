"""The loop: receive, handle, do jobs, send, sleep until the next thing is due.

Invariants:

* Everything that happens is a committed row before anything follows from it; the remote side learns that its events are ours
  only after the commit.
* Nothing that fails once stops the loop. An event that fails three times alone is parked and reported to the organisers.
* A timer does not overtake what people did before its hour (`bot.engine.deadlines`).
* The loop looks every `TICK` even if nothing wakes it: neither a clock that jumps nor a machine that slept stops it.
* `stop` lets the batch in hand end; a kill at any instruction loses nothing that was committed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.message import encode, message, t
from bot.engine import errands, mixed, outages
from bot.engine.alarm import Alarm
from bot.engine.beside import Beside
from bot.engine.carrying import recipients
from bot.engine.clock import Clock
from bot.engine.deadlines import Deadlines
from bot.engine.drafting import NOBODY, Drafting, Helpers
from bot.engine.drift import Drift, tell
from bot.engine.faults import place
from bot.engine.handling import BATCH, handle, handle_batch, split
from bot.engine.hosting import Host
from bot.engine.house import House
from bot.engine.intake import take_in
from bot.engine.interpreting import Interpreting
from bot.engine.jobs import Jobs
from bot.engine.patience import PASSING, REST, Patience
from bot.engine.receiving import Receiver
from bot.engine.relaying import Relaying
from bot.engine.sending import Sender
from bot.engine.translating import Translating
from bot.engine.work import Work
from bot.language.catalog import Catalogs
from bot.language.translation.service import Translators
from bot.store import courses, queue
from bot.store.connection import Store
from bot.store.courses import Job
from bot.store.database import Database
from bot.store.errors import StoreError
from bot.store.times import instant, ms
from bot.transports.port import Batch, Stopped, Transport

log = logging.getLogger(__name__)

TICK = timedelta(seconds=10)
"""How long the loop sleeps at most."""

SPARE = timedelta(seconds=2)
"""How much longer a message waits for its translation than the machines have for it."""


class Engine:
    """Moves every assembly of one database. `passes` counts the seconds that really pass: where it is given, a clock that was
    set is noticed."""

    def __init__(
        self,
        store: Store,
        catalogs: Catalogs,
        clock: Clock,
        transports: Sequence[Transport],
        translators: Translators,
        passes: Callable[[], float] | None = None,
        helpers: Helpers = NOBODY,
    ) -> None:
        self.store = store
        self.clock = clock
        self.house = House(
            catalogs,
            frozenset(tr.account for tr in transports if tr.abilities.edits),
            frozenset(tr.account for tr in transports if tr.abilities.press_bytes is not None),
            frozenset(tr.account for tr in transports if tr.abilities.numbered),
            frozenset(tr.account for tr in transports if tr.rooms is not None),
            signs={tr.account: tr.abilities.sign for tr in transports if tr.abilities.sign != "/"},
            chats={tr.account: tr.chat for tr in transports},
            machines=translators.covers,
            patience=timedelta(seconds=translators.budget) + SPARE,
        )
        self._transports = tuple(transports)
        self._jobs = Jobs(store, self.house)
        translating = Translating(store, self.house, translators, clock)
        relaying, interpreting = Relaying(store, translating, clock), Interpreting(store, translating, clock)
        drafting = Drafting(store, self.house, clock, helpers)
        beside = {
            mixed.JOB: interpreting.bring, "relay": relaying.carry, "doubles": drafting.doubles, "wording": drafting.word,
        }  # fmt: skip
        self._beside = Beside(store, clock, beside, self.wake)
        self._host = Host(store, self.house, clock, transports, self.wake)
        self._sender = Sender(store, self.house, clock, transports)
        self._woken = asyncio.Event()
        self._stopping = asyncio.Event()
        self._doing = asyncio.Lock()
        self._patience = Patience(self._stopping)
        self._deadlines = Deadlines((), clock.now())
        self._drift = Drift(passes, clock.now()) if passes is not None else None
        self._looked, self._turned = 0, -1

    @property
    def looked(self) -> int:
        """How often the loop has looked, and the sender with it: a number that grows as long as both live."""
        return self._looked

    async def open(self) -> None:
        """Take up where an earlier process ended: what was under way is sent once more, marked; where that was too long ago,
        people are told."""
        again = await self._sender.recover()
        if again:
            log.warning("messages under way at the last end are sent again, marked: %d", again)
        for tr in self._transports:
            await self.store.transact(outages.notice, self.house, tr.account, tr.abilities.keeps, self.clock.now())

    async def settle(self) -> int:
        """Do everything that is due now: events, jobs, messages, until nothing is left. How many things were done."""
        total, sent = 0, -1
        while not self._stopping.is_set():
            done = await self._do_due()
            if not done and sent >= 0:
                break
            sent = await self._sender.flush() + await self._host.flush()
            made = await self._beside.flush()
            total += done + sent + made
            if not (done or sent or made):
                break
            sent = -1 if made else sent  # what machines have brought may let messages leave
        return total

    async def _do_due(self) -> int:
        """Handle a batch of what is due, and do the jobs that wait. How many things were done."""
        return (await self._pass())[0]

    async def _pass(self) -> tuple[int, _Ahead]:
        """The same, and what lay ahead before the jobs were done."""
        async with self._doing:
            handled = await self._handle_due()
            ahead = await self._ahead()
            return handled + await self._jobs.do(ahead.jobs, self.clock.now()), ahead

    async def _do_all(self) -> _Ahead:
        """Do what is due until nothing is; others learn of it on the way. What lies ahead then."""
        while True:
            done, ahead = await self._pass()
            self._sender.wake()
            if ahead.errands:
                self._host.wake()
            if ahead.beside:
                self._beside.wake()
            more = ahead.jobs or (ahead.due is not None and ahead.due <= self.clock.now())
            if not (done and more) or self._stopping.is_set():
                return ahead

    async def next_due(self) -> datetime | None:
        """When the next event or message is due; None where nothing waits. Timers that are held do not count."""
        event = (await self._ahead()).due
        others = (await self._sender.next_due(), await self._host.next_due())
        return min((at for at in (event, *(instant(at) for at in others if at is not None)) if at), default=None)

    async def _ahead(self) -> _Ahead:
        now = self.clock.now()
        timers = self._deadlines.timers(now)
        held = ms(timers) if timers is not None else None
        return await self.store.read(_look_ahead, self._beside.kinds, ms(now), held)

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
        lease, a broken database, an account that cannot go on: `Stopped`)."""
        receivers = [Receiver(tr, self.store, self.house, self.clock, self.wake) for tr in self._transports]
        self._deadlines = Deadlines(receivers, self.clock.now())
        await self.open()
        alarm = Alarm(self.wake)
        alarm.start()
        tasks = [asyncio.create_task(each.run(), name=f"receive {each.account}") for each in receivers]
        sending = asyncio.create_task(self._sender.run(self._patience), name="send")
        hosting = asyncio.create_task(self._host.run(self._patience), name="host")
        machines = asyncio.create_task(self._beside.run(self._patience), name="beside")
        for task in (*tasks, sending, hosting, machines):
            task.add_done_callback(self._ended)
        meant = self.clock.now()
        try:
            while not self._stopping.is_set():
                self._woken.clear()
                if self._sender.turns != self._turned:
                    self._looked, self._turned = self._looked + 1, self._sender.turns
                self._deadlines.looks(self.clock.now(), meant)
                try:
                    await self._watch_clock()
                    ahead = await self._do_all()
                    due = ahead.due
                    if ahead.held is not None:
                        latest = self._deadlines.hold(*ahead.held)
                        due = latest if due is None else min(due, latest)
                    alarm.at(due)
                except PASSING as error:
                    await self._patience.rest("handling", error)
                    meant = self.clock.now() + timedelta(seconds=REST)
                else:
                    self._patience.over("handling")
                    meant = self.clock.now() + TICK
                    meant = meant if due is None else max(self.clock.now(), min(due, meant))
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._woken.wait(), TICK.total_seconds())
        finally:
            alarm.stop()
            self._sender.stop()
            self._host.stop()
            self._beside.stop()
            for task in tasks:
                task.cancel()
            *ends, sent, hosted, made = await asyncio.gather(*tasks, sending, hosting, machines, return_exceptions=True)
            for each in receivers:
                await each.leave()
        for trouble in (sent, hosted, made):
            if trouble is not None:
                raise trouble
        for end in ends:
            if isinstance(end, Stopped):
                raise end

    async def _watch_clock(self) -> None:
        now = self.clock.now()
        by = self._drift.jumped(now) if self._drift is not None else None
        if by is not None:
            await self.store.transact(tell, self.house, by, now)

    def _ended(self, part: asyncio.Task[None]) -> None:
        """A receiver or a sender that ends with an error ends the run."""
        if not part.cancelled() and part.exception() is not None:
            self.stop()

    async def _handle_due(self) -> int:
        """Handle one batch of due events. If it fails, each of its events alone."""
        now = self.clock.now()
        hour = self._deadlines.timers(now)
        timers = ms(hour) if hour is not None else None
        try:
            return await self.store.transact(handle_batch, self.house, now, ms(now), timers)
        except StoreError:
            raise
        except Exception as error:
            log.warning("a batch of events failed, each is tried alone: %s", type(error).__name__)
            return await self._one_by_one(now, timers)

    async def _one_by_one(self, now: datetime, timers: int | None) -> int:
        rows = await self.store.read(queue.next_events, ms(now), BATCH, timers)
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


@dataclass(frozen=True, slots=True)
class _Ahead:
    """What lies ahead: the jobs that wait, whether some wait for a platform or for machines elsewhere, when the next event is
    due, and the hours of the first and the last timer that are held."""

    jobs: list[Job]
    errands: bool
    beside: bool
    due: datetime | None
    held: tuple[datetime, datetime] | None


def _look_ahead(db: Database, beside: Sequence[str], now: int, timers: int | None) -> _Ahead:
    due = queue.next_due(db, now, timers)
    held = queue.held(db, now, timers) if timers is not None else None
    return _Ahead(
        courses.open_jobs(db, without=(*errands.KINDS, *beside)),
        courses.any_job(db, errands.KINDS),
        courses.any_job(db, beside),
        instant(due) if due is not None else None,
        (instant(held[0]), instant(held[1])) if held is not None else None,
    )


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
