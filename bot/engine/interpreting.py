"""The job that brings a translation to a table whose people read different languages (`bot.engine.mixed`).

Invariants:

* What came of it, and that it is done, are one transaction; done twice, it changes nothing more.
* Whoever waits gets the message then, translated or not: nobody waits for a second try.
* What was changed while a machine worked on it is not released by this: another job brings the new words.
"""

from __future__ import annotations

from datetime import datetime

from bot.engine.clock import Clock
from bot.engine.translating import Translating
from bot.store import courses, opinions, withheld
from bot.store.connection import Store
from bot.store.courses import Job
from bot.store.database import Database
from bot.store.times import ms


class Interpreting:
    """Brings translations to tables."""

    def __init__(self, store: Store, translating: Translating, clock: Clock) -> None:
        self._store, self._translating, self._clock = store, translating, clock

    async def bring(self, job: Job) -> None:
        """Translate a contribution, and let those have it who wait for it."""
        args = job.request.args
        await self._translating.into(job.assembly, (args["contribution"],), args["language"])
        await self._store.transact(_arrived, job, self._clock.now())


def _arrived(db: Database, job: Job, now: datetime) -> None:
    args = job.request.args
    if not courses.finish_job(db, job.assembly, job.request.key):
        return
    if opinions.version(db, job.assembly, args["contribution"]) == args["version"]:
        withheld.release(db, job.assembly, f"{args['contribution']}@{args['language']}", ms(now))
