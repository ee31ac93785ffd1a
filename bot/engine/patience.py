"""Waiting for a disk that is full or away. Nothing is acknowledged meanwhile, so nothing is lost."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from bot.store.errors import DiskFault, DiskFull, Locked, ReadOnly, StoreError

log = logging.getLogger(__name__)

REST = 1.0
"""Seconds between two tries."""

PASSING: tuple[type[StoreError], ...] = (DiskFault, DiskFull, Locked, ReadOnly)
"""What may pass by itself."""


class Patience:
    """Rests between tries, and says once what is the matter, however many wait for it. `stopping` ends every rest."""

    def __init__(self, stopping: asyncio.Event) -> None:
        self._stopping = stopping
        self._troubles: dict[str, str] = {}

    async def rest(self, who: str, trouble: StoreError) -> None:
        """Something that may pass has kept `who` from going on."""
        if str(trouble) not in self._troubles.values():
            log.error("%s Pnyx waits, and goes on by itself.", trouble)
        self._troubles[who] = str(trouble)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), REST)

    def over(self, who: str) -> None:
        """`who` goes on."""
        self._troubles.pop(who, None)
