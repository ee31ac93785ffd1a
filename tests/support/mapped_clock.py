"""A clock that jumps, beside a server whose clock does not.

Homeservers date messages by the machine's clock, while in a test months pass in seconds. So the clock of the test remembers when
it was moved, and says of any instant of the server what it showed then itself.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, datetime

from bot.engine.clock import ManualClock
from bot.store.times import ms


def machine() -> datetime:
    """The clock of this machine, and of every server on it."""
    return datetime.now(UTC)


class MappedClock(ManualClock):
    """A clock that moves when it is told to, and stands still in between. `real` is the server's clock."""

    def __init__(self, start: datetime, real: Callable[[], datetime] = machine) -> None:
        super().__init__(start)
        self._real = real
        self._jumps = [(ms(real()), self.now())]  # servers count whole milliseconds

    def move(self, to: datetime) -> None:
        before = self.now()
        super().move(to)
        if self.now() > before:
            self._jumps.append((ms(self._real()), self.now()))

    def showed(self, then: datetime) -> datetime:
        """What this clock showed when the server's showed `then`. Before the first instant it showed that one."""
        number = bisect_right(self._jumps, ms(then), key=lambda jump: jump[0])
        return self._jumps[max(0, number - 1)][1]
