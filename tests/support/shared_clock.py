"""A clock in a file, so that a test moves the time of another process."""

from __future__ import annotations

import mmap
import struct
from datetime import datetime
from pathlib import Path

from bot.store.times import instant, ms


class SharedClock:
    """The same instant for every process that has opened the file."""

    def __init__(self, path: Path, start: datetime | None = None) -> None:
        if start is not None:
            path.write_bytes(struct.pack("<q", ms(start)))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 8)

    def now(self) -> datetime:
        return instant(struct.unpack("<q", self._map[:8])[0])

    def move(self, to: datetime) -> None:
        """Move on. Raises ValueError for a step back."""
        if to < self.now():
            raise ValueError(f"time does not go back: {to} is before {self.now()}")
        self._map[:8] = struct.pack("<q", ms(to))
