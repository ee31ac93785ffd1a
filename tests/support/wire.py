"""A platform that keeps what people do until it is confirmed, behind a line that a test can hold up, cut or let hang."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.transports.port import Abilities, Batch, Incoming
from tests.support.room import Post

MOST = 3


class Wire(Post):
    """What stands in `events` can be had, what stands in `late` only by a call that was made after now. While `faults` are
    there, calls fail with them, one by one; while `dead` is True no call ever ends. A call waits for the `gate` first."""

    def __init__(self, keeps: timedelta | None = timedelta(hours=24), presses: timedelta | None = None) -> None:
        super().__init__()
        self.abilities = Abilities(drains=True, keeps=keeps, keeps_presses=presses)
        self.events: list[Incoming] = []
        self.late: list[Incoming] = []
        self.faults: list[Exception] = []
        self.dead = False
        self.calls: list[tuple[str, bool]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self._news = asyncio.Event()

    async def receive(self, cursor: str, wait: bool = True) -> Batch:
        self.calls.append((cursor, wait))
        self.events += self.late
        self.late.clear()
        await self.gate.wait()
        if self.dead:
            await asyncio.Event().wait()
        if self.faults:
            raise self.faults.pop(0)
        start = int(cursor.removeprefix("#")) if cursor.startswith("#") else 0
        while wait and len(self.events) <= start:
            self._news.clear()
            await self._news.wait()
            if self.faults:
                raise self.faults.pop(0)
        found = tuple(self.events[start : start + MOST])
        behind = start + len(found)
        return Batch(found, f"#{behind}" if found else cursor, more=behind < len(self.events))

    def happens(self, *events: Incoming) -> None:
        """People have done this, and it is on its way to whoever waits."""
        self.events += events
        self._news.set()

    def breaks(self, *faults: Exception) -> None:
        """The call that waits fails, and as many after it as there are faults."""
        self.faults += faults
        self._news.set()


class Naps:
    """Stands in for `asyncio.sleep`: a nap ends when a test says so; those of `short` seconds or less at once."""

    def __init__(self, short: float = 0.0) -> None:
        self.asked: list[float] = []
        self._short = short
        self._over: dict[float, asyncio.Event] = {}

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        if seconds > self._short:
            await self._over.setdefault(seconds, asyncio.Event()).wait()

    def end(self, seconds: float) -> None:
        """All naps of this length are over."""
        self._over.pop(seconds).set()


async def until(holds: Callable[[], bool], also: Callable[[], Awaitable[object]] | None = None) -> None:
    """Let everything run until something holds."""
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0)
            if also is not None:
                await also()


def press(who: str, what: str, id: str, at: datetime) -> Incoming:
    return Incoming(id, who, who, at, press=what, kind="press")


def text(who: str, words: str, id: str, at: datetime) -> Incoming:
    return Incoming(id, who, who, at, words)
