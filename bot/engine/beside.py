"""Jobs that wait for machines elsewhere (translators, language models), beside the loop that handles events: while one of
these machines thinks, people vote and talk, and steps open and close.

Invariants:

* A job writes its answer and that it is done in one transaction. One that was interrupted is done again, and has one answer.
* What fails three times is set aside. Whoever waits for it goes on at the deadline of the step.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from bot.engine.clock import Clock
from bot.engine.faults import place
from bot.engine.patience import Patience
from bot.engine.under_way import AGAIN, UnderWay
from bot.store import courses
from bot.store.connection import Store
from bot.store.courses import Job
from bot.store.errors import StoreError
from bot.store.times import ms

log = logging.getLogger(__name__)

AT_ONCE = 16
"""Jobs of one kind, and into one language, under way at a time: slow ones keep nobody from those of another."""

Work = Callable[[Job], Awaitable[None]]


class Beside:
    """Does jobs of these kinds, each by its function; what stands first in `kinds` goes first. `wake` is called when one is
    done."""

    def __init__(self, store: Store, clock: Clock, kinds: Mapping[str, Work], wake: Callable[[], None]) -> None:
        self._store, self._clock, self._kinds, self._awake = store, clock, dict(kinds), wake
        self._busy: UnderWay[tuple[str, str]] = UnderWay("machines")
        self._under_way: Counter[tuple[str, str]] = Counter()

    @property
    def kinds(self) -> tuple[str, ...]:
        """The jobs that are done here."""
        return tuple(self._kinds)

    async def flush(self) -> int:
        """Do everything that waits, and wait for what is under way. How many jobs these were."""
        total = 0
        while await self._start() or self._busy:
            total += len(self._busy)
            await self._busy.settle()
        return total

    async def run(self, patience: Patience) -> None:
        """Do what comes until `stop`."""
        await self._busy.run(self._turn, patience)

    def wake(self) -> None:
        """There may be something to do."""
        self._busy.wake()

    def stop(self) -> None:
        """Begin nothing more."""
        self._busy.stop()

    async def _turn(self) -> float:
        await self._start()
        return AGAIN

    async def _start(self) -> int:
        """Begin what waits, as far as there is room. How many jobs were begun."""
        waiting = await self._store.read(courses.due_jobs, self.kinds, ms(self._clock.now()))
        free = [job for job in waiting if (job.assembly, job.request.key) not in self._busy]
        begun = []
        for job in free:
            if self._under_way[_lane(job)] >= AT_ONCE:
                continue
            begun.append(job)
            self._under_way[_lane(job)] += 1
            self._busy.begin((job.assembly, job.request.key), self._do(job), partial(self._ended, _lane(job)))
        return len(begun)

    def _ended(self, lane: tuple[str, str]) -> None:
        self._under_way[lane] -= 1

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
