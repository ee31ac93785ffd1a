"""A machine's clock that was set while Pnyx runs.

Announced ends follow the clock, so a clock that is set forward ends things early and one that is set back ends them late. Waits
are not hurt: the loop looks every few seconds, and each timer is a row that rings once. But people may not have had the time
that they were promised, so whoever leads is told.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.core.message import encode, message, t
from bot.core.spans import spell
from bot.engine.carrying import recipients
from bot.engine.house import House
from bot.engine.work import Work
from bot.store import courses
from bot.store.database import Database
from bot.store.times import ms

log = logging.getLogger(__name__)

MUCH = timedelta(minutes=5)
"""What is less is a clock that is being put right."""


def steady() -> float:
    """Seconds that really pass, also while the machine sleeps where it can count them."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class Drift:
    """Compares the clock with what really passes."""

    def __init__(self, passes: Callable[[], float], now: datetime) -> None:
        self._passes = passes
        self._began, self._offset = now, passes()

    def jumped(self, now: datetime) -> timedelta | None:
        """How far the clock was set since the last jump, forward or (negative) back; None where that is not much."""
        by = (now - self._began) - timedelta(seconds=self._passes() - self._offset)
        if abs(by) <= MUCH:
            return None
        self._began, self._offset = now, self._passes()
        return by


def tell(db: Database, house: House, by: timedelta, now: datetime) -> None:
    """Tell the organisers of every assembly that is under way."""
    log.error("the clock of this machine was set by %s; announced ends follow it", by)
    work = Work(db, house, now)
    span = spell(abs(by))
    told = message(
        t(
            "The clock of the computer I run on was set {span} forward, so some steps may have ended too "
            "early. Please check that people had the time they were promised.",
            span=span,
        )
        if by > timedelta()
        else t(
            "The clock of the computer I run on was set {span} back, so some steps may end too late. Please "
            "check that they end as you announced.",
            span=span,
        )
    )
    for assembly in courses.assemblies(db):
        if any(course.state == "running" for course in courses.courses(db, assembly.id)):
            for seat in recipients(work, assembly.id, "organisers", ""):
                work.say(assembly.id, seat, encode(told).encode(), f"clock/{ms(now)}", 0, "", False)
    work.flush()
