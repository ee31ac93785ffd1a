"""The host: what has to be done at a platform besides sending, and may take its time (`bot.engine.errands`), beside the loop
that handles events.

Invariants:

* A job and what comes of it are one transaction; everything that is done at a platform may be done twice. So after a crash it is
  simply done again, and no room is made twice.
* One job at a time is done on an account, and no account waits for another.
* What may pass is tried again, ever more seldom, for about a day; what is refused is given up, and whoever waits for it learns
  that.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from bot.core.events import encode as encode_event
from bot.engine.clock import Clock
from bot.engine.errands import KINDS, Errands, Outcome, in_vain, room_of
from bot.engine.faults import place
from bot.engine.house import House
from bot.engine.patience import Patience
from bot.engine.under_way import AGAIN, UnderWay
from bot.store import courses, queue
from bot.store.connection import Store
from bot.store.courses import Job
from bot.store.database import Database
from bot.store.errors import StoreError
from bot.store.queue import InRow
from bot.store.times import ms
from bot.transports.port import Retry, SendError, Transport, Uncertain

log = logging.getLogger(__name__)

LONGEST = 60.0
"""Seconds that a job may take."""

FIRST, MOST = timedelta(seconds=2), timedelta(minutes=10)
"""How long it rests after a failure: twice as long each time, from the first to the most."""

TRIES, FAULTS = 150, 8
"""How often what may pass is tried, and how often what fails for a reason of our own."""


class Host:
    """Does jobs at platforms. `wake` is called when one has brought something to handle."""

    def __init__(
        self, store: Store, house: House, clock: Clock, transports: Iterable[Transport], wake: Callable[[], None]
    ) -> None:
        self._store, self._clock, self._awake = store, clock, wake
        self._errands = Errands(store, house, clock, transports)
        self._busy: UnderWay[str] = UnderWay("hosting")
        self._held: dict[str, int] = {}

    async def flush(self) -> int:
        """Do everything that is due. How many jobs were tried."""
        total = 0
        while started := (await self._start())[0]:
            total += started
            await self._busy.settle()
        return total

    async def run(self, patience: Patience) -> None:
        """Do what comes due until `stop`."""
        await self._busy.run(self._turn, patience)

    def wake(self) -> None:
        """There may be something to do."""
        self._busy.wake()

    def stop(self) -> None:
        """Begin nothing more."""
        self._busy.stop()

    async def _turn(self) -> float:
        _, due = await self._start()
        return AGAIN if due is None else max(0.0, min(AGAIN, (due - ms(self._clock.now()) + 1) / 1000))

    async def next_due(self) -> int | None:
        """When there is something to do, in milliseconds; None where nothing waits."""
        now = ms(self._clock.now())
        return self._next(*await self._store.read(_waiting, now), now)

    def _next(self, due: list[tuple[Job, str]], later: int | None, now: int) -> int | None:
        """When a job can be begun; None where that is not before one that is under way has ended."""
        free = [self._held.get(account, now) for _, account in due if account not in self._busy]
        return min((at for at in (*free, later) if at is not None), default=None)

    async def _start(self) -> tuple[int, int | None]:
        """Begin a job on each account that is idle. How many were begun, and when the next one can be."""
        now, started = ms(self._clock.now()), 0
        due, later = await self._store.read(_waiting, now)
        for job, account in due:
            if account in self._busy or self._held.get(account, 0) > now:
                continue
            started += 1
            self._busy.begin(account, self._do(job, account))
        return started, self._next(due, later, now)

    async def _do(self, job: Job, account: str) -> None:
        """Try a job, and write what came of it."""
        try:
            async with asyncio.timeout(LONGEST):
                outcome = await self._errands.run(job)
        except StoreError:
            raise
        except (Retry, Uncertain, TimeoutError) as error:
            if job.tries + 1 < TRIES:
                await self._put_off(job, account, error)
                return
            outcome = in_vain(job)
        except SendError as error:
            log.info("%s is given up: %s", job.request.job, error)
            outcome = in_vain(job)
        except Exception as error:
            log.error("%s failed: %s at %s", job.request.job, type(error).__name__, place(error))
            if job.tries + 1 < FAULTS:
                await self._put_off(job, account, error)
                return
            outcome = in_vain(job)
        if await self._store.transact(_finish, job, outcome, self._clock.now()):
            self._awake()

    async def _put_off(self, job: Job, account: str, error: Exception) -> None:
        now, rest = self._clock.now(), min(FIRST * 2 ** min(job.tries, 20), MOST)
        if isinstance(error, Retry):
            rest = max(error.after, rest if job.tries > 3 else FIRST)
            if error.scope == "account":
                self._held[account] = ms(now + error.after)
        await self._store.transact(courses.put_off_job, job.assembly, job.request.key, ms(now + rest))


def _waiting(db: Database, now: int) -> tuple[list[tuple[Job, str]], int | None]:
    """The jobs that are due, each with the account on which it is done; and when the next one is due."""
    found = []
    for job in courses.due_jobs(db, KINDS, now):
        room = room_of(db, job)
        found.append((job, str(job.request.args.get("account", room.account if room is not None else ""))))
    return found, courses.next_job(db, KINDS, now)


def _finish(db: Database, job: Job, outcome: Outcome, now: datetime) -> bool:
    """Write what came of a job. True where that is something to be handled."""
    if not courses.finish_job(db, job.assembly, job.request.key):
        return False
    rows = [InRow(job.assembly, key, event.kind, ms(now), ms(now), encode_event(event)) for key, event in outcome(db)]
    queue.put_events(db, rows)
    return bool(rows)
