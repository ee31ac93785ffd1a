"""What time it is: the machine's clock, or one that only moves when told to.

Both tell whole milliseconds, as the store keeps them: an hour that is written down and read again is the same hour, and no timer
comes a part of a millisecond too early for it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol

from bot.store.times import instant, ms


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, in UTC and whole milliseconds."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return instant(ms(datetime.now(UTC)))


class ManualClock:
    """A clock for rehearsals and tests: months pass in seconds. It never goes back."""

    def __init__(self, start: datetime) -> None:
        self._now = instant(ms(start))

    def now(self) -> datetime:
        return self._now

    def move(self, to: datetime) -> None:
        """Move on to an instant; an earlier one changes nothing."""
        self._now = max(self._now, instant(ms(to)))
