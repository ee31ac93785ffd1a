"""Jobs that wait for machines elsewhere (translators, language models), beside the loop that handles events: while one of
these machines thinks, people vote and talk, and steps open and close.

Invariants:

* A job writes its answer and that it is done in one transaction. One that was interrupted is done again, and has one answer.
* What fails three times is set aside. Whoever waits for it goes on at the deadline of the step.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping

from bot.engine.clock import Clock
from bot.engine.faults import place
from bot.engine.patience import PASSING, Patience
from bot.store import courses
from bot.store.connection import Store
from bot.store.courses import Job
from bot.store.errors import StoreError
from bot.store.times import ms

log = logging.getLogger(__name__)

AT_ONCE = 16
"""Jobs of one kind, and into one language, under way at a time: slow ones keep nobody from those of another."""
AGAIN = 60.0
"""Seconds after which it looks, whatever has happened."""

Work = Callable[[Job], Awaitable[None]]


class Beside:
    """Does jobs of these kinds, each by its function; what stands first in `kinds` goes first. `wake` is called when one is
    done."""

    def __init__(self, store: Store, clock: Clock, kinds: Mapping[str, Work], wake: Callable[[], None]) -> None:
        self._store, self._clock, self._kinds, self._awake = store, clock, dict(kinds), wake
        self._busy: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._under_way: Counter[tuple[str, str]] = Counter()
        self._troubles: list[BaseException] = []
        self._woken = asyncio.Event()
        self._stopping = False

    @property
    def kinds(self) -> tuple[str, ...]:
        """The jobs that are done here."""
        return tuple(self._kinds)

    async def flush(self) -> int:
        """Do everything that waits, and wait for what is under way. How many jobs these were."""
        total = 0
        while await self._start() or self._busy:
            total += len(self._busy)
            if self._busy:
                await asyncio.wait(self._busy.values())
            self._complain()
        return total

    async def run(self, patience: Patience) -> None:
        """Do what comes until `stop`. A disk that does not take what is written is waited for."""
        try:
            while not self._stopping:
                self._woken.clear()
                try:
                    self._complain()
                    await self._start()
                except PASSING as error:
                    await patience.rest("machines", error)
                    continue
                patience.over("machines")
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), AGAIN)
        finally:
            for task in self._busy.values():
                task.cancel()
            await asyncio.gather(*self._busy.values(), return_exceptions=True)

    def wake(self) -> None:
        """There may be something to do."""
        self._woken.set()

    def stop(self) -> None:
        """Begin nothing more."""
        self._stopping = True
        self._woken.set()

    async def _start(self) -> int:
        """Begin what waits, as far as there is room. How many jobs were begun."""
        waiting = await self._store.read(courses.due_jobs, self.kinds, ms(self._clock.now()))
        free = [job for job in waiting if (job.assembly, job.request.key) not in self._busy]
        begun = []
        for job in free:
            name = job.assembly, job.request.key
            if self._under_way[_lane(job)] >= AT_ONCE:
                continue
            begun.append(job)
            self._under_way[_lane(job)] += 1
            task = self._busy[name] = asyncio.create_task(self._do(job), name=f"beside {job.request.job}")
            task.add_done_callback(lambda task, job=job: self._ended(job, task))  # type: ignore[misc]  # as now
        return len(begun)

    def _ended(self, job: Job, task: asyncio.Task[None]) -> None:
        del self._busy[job.assembly, job.request.key]
        self._under_way[_lane(job)] -= 1
        if not task.cancelled() and (trouble := task.exception()) is not None:
            self._troubles.append(trouble)
        self._woken.set()

    def _complain(self) -> None:
        """Raise what has gone wrong with the database."""
        if self._troubles:
            raise self._troubles.pop(0)

    async def _do(self, job: Job) -> None:
        try:
            await self._kinds[job.request.job](job)
        except StoreError:
            raise
        except Exception as error:
            log.error("%s failed: %s at %s", job.request.job, type(error).__name__, place(error))
            await self._store.transact(courses.fail_job, job.assembly, job.request.key)
        else:
            self._awake()


def _lane(job: Job) -> tuple[str, str]:
    """What a job may wait for: others of its kind, into its language."""
    return job.request.job, str(job.request.args.get("language", ""))
