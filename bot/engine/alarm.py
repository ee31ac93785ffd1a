"""The alarm: wakes the loop when the next thing is due.

APScheduler only rings; what is due, and when, stands in the database. So a ring that is missed, doubled or late changes
nothing: the loop looks into the database whenever it wakes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

_JOB = "next"


class Alarm:
    """Rings once at the instant that was set last."""

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._set: datetime | None = None
        self._scheduler = AsyncIOScheduler(job_defaults={"misfire_grace_time": None, "coalesce": True})

    def start(self) -> None:
        """Begin to keep time. Needs a running event loop."""
        self._scheduler.start()

    def at(self, when: datetime | None) -> None:
        """Ring at this instant (at once, if it is past) instead of any set before; never, for None."""
        if when == self._set:
            return
        self._set = when
        if when is not None:
            self._scheduler.add_job(self._rings, "date", run_date=when, id=_JOB, replace_existing=True)
        elif self._scheduler.get_job(_JOB) is not None:
            self._scheduler.remove_job(_JOB)

    async def _rings(self) -> None:
        """On the loop: APScheduler would call a plain function on a thread of its own."""
        self._set = None
        self._ring()

    def stop(self) -> None:
        self._scheduler.shutdown(wait=False)
