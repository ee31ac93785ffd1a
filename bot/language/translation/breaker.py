"""A circuit breaker: an engine that fails again and again is left alone for a while, so that nobody waits for it in vain."""

from __future__ import annotations

PATIENCE = 3
"""Failures in a row after which an engine is left alone."""
FIRST, LONGEST = 30.0, 600.0
"""Seconds that it is left alone the first time, and at most; each failure doubles them."""


class Breaker:
    """The state of one engine. Times are seconds of a clock that never goes back."""

    def __init__(self) -> None:
        self._failures = 0
        self._until = 0.0
        self.why = ""

    def open_until(self, now: float) -> float:
        """Until when the engine is left alone; 0 where it may be asked."""
        return self._until if now < self._until else 0.0

    def worked(self) -> None:
        self._failures, self._until, self.why = 0, 0.0, ""

    def failed(self, why: str, now: float, after: float = 0.0, *, for_good: bool = False) -> None:
        """A call has failed. `after`: the engine asks for so many seconds; `for_good`: somebody has to mend the config first."""
        self._failures += 1
        self.why = why
        if for_good:
            self._until = now + LONGEST
        elif after:
            self._until = now + min(after, LONGEST)
        elif self._failures >= PATIENCE:
            self._until = now + min(FIRST * 2 ** (self._failures - PATIENCE), LONGEST)
