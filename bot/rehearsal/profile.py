"""Where the time of a rehearsal goes: a thread that looks, every few milliseconds, at what the others are doing.

It sees the database's thread too, which a profiler of one thread does not, and it slows nothing down.
"""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

import bot

EVERY = 0.003
"""Seconds between two looks."""

GROUPS: Mapping[str, str] = {
    "core": "core",
    "engine": "engine",
    "store": "store",
    "language": "rendering",
    "rehearsal": "village",
    "transports": "village",
}
"""What each part of the program counts as; the rest is `other`."""

_HOME = str(Path(bot.__file__).resolve().parent) + "/"
_IDLE = ("/selectors.py", "/threading.py", "/queue.py", "/concurrent/futures/thread.py")


class Sampler:
    """Counts looks by group while it is open."""

    def __init__(self) -> None:
        self.looks: Counter[str] = Counter()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look, name="sampler", daemon=True)

    def __enter__(self) -> Sampler:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._end.set()
        self._thread.join()

    def shares(self) -> list[tuple[str, int]]:
        """The groups with their share of the busy time in whole per cent, the largest first."""
        total = sum(self.looks.values())
        return [(group, round(100 * count / total)) for group, count in self.looks.most_common()]

    def _look(self) -> None:
        own = threading.get_ident()
        while not self._end.wait(EVERY):
            for thread, frame in sys._current_frames().items():
                group = _group(frame) if thread != own else None
                if group is not None:
                    self.looks[group] += 1


def _group(frame: FrameType | None) -> str | None:
    """The part of the program that the innermost of our frames belongs to; None where the thread only waits."""
    if frame is None or frame.f_code.co_filename.endswith(_IDLE):
        return None
    while frame is not None:
        path = frame.f_code.co_filename
        if path.startswith(_HOME):
            return GROUPS.get(path.removeprefix(_HOME).partition("/")[0], "other")
        if "/aiosqlite/" in path and frame.f_back is None:
            return None
        frame = frame.f_back
    return "other"
