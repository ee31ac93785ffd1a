"""Fair deadlines: a timer does not overtake what people did before its hour.

When a timer comes due, everything that was done before may still be on its way. So each receiver that can is asked for what is
there, and the timer rings once all have brought it. A platform that does not answer holds a timer for `HOLD` at most, counted
from its hour or, where that fell into a time when this process did not run or was asleep, from its return.

Only timers that were set ahead wait. What people did is handled meanwhile as it comes, and so is what follows from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot.engine.receiving import Receiver

HOLD = timedelta(seconds=10)
"""How long a timer waits at most."""

LATE = timedelta(seconds=5)
"""Who looks so much later than meant was asleep (a laptop was closed, a machine paused)."""

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Deadlines:
    """Says up to which hour timers may ring. `now` is when this process came to be awake."""

    def __init__(self, receivers: Sequence[Receiver], now: datetime) -> None:
        self._receivers = [receiver for receiver in receivers if receiver.drains]
        self._awake = now

    def looks(self, now: datetime, meant: datetime) -> None:
        """The loop looks, and meant to do so at `meant` at the latest."""
        if now - meant > LATE:
            self._awake = now

    def timers(self, now: datetime) -> datetime | None:
        """Timers up to this hour may ring; all, where it is None."""
        if not self._receivers:
            return None
        heard = min(receiver.heard_until or _NEVER for receiver in self._receivers)
        waited = now - HOLD
        return max(heard, waited) if waited >= self._awake else heard

    def hold(self, first: datetime, last: datetime) -> datetime:
        """Timers of these hours, the first and the last, are held: let everything before them come. When the first one rings at
        the latest."""
        for receiver in self._receivers:
            receiver.catch_up(last)
        return max(first, self._awake) + HOLD
