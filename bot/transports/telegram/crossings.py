"""Who has just come and gone: Telegram may tell the same step over a threshold twice, in two kinds of updates.

Invariant: an update that is read again, because it was not kept the first time, is told again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.transports.port import Kind

SAME = timedelta(seconds=30)
"""Two reports of one step are not further apart."""

_MOST = 4096


class Crossings:
    """The last step of everybody, by chat and person."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], tuple[Kind, datetime, str]] = {}

    def is_new(self, kind: Kind, chat: str, user: str, at: datetime, update: str) -> bool:
        """Whether this step has not been told yet by another update."""
        before = self._last.get((chat, user))
        if before is not None and before[0] == kind and before[2] != update and abs(at - before[1]) <= SAME:
            return False
        if len(self._last) >= _MOST:
            del self._last[next(iter(self._last))]
        self._last[chat, user] = (kind, at, update)
        return True
