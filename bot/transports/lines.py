"""Where the console's lines come from: a terminal, a file, or anything that yields lines.

A line comes with a cursor. In a file that is the place behind the line, so that what was read and not committed is read
again after a crash. A terminal gives a line only once: there the cursor only tells lines apart.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol, TextIO

TAIL = 0.05
"""How many seconds pass between two looks at a file that has come to its end."""


class Lines(Protocol):
    """Lines behind a cursor."""

    async def after(self, cursor: str) -> tuple[str, str] | None:
        """The next line behind `cursor`, and the cursor behind it. None where nothing is new; may wait a while first.
        Raises EOFError where nothing will ever come."""
        ...

    async def close(self) -> None:
        """Wait no more."""
        ...


class FileLines:
    """The lines of a file, which may still grow. The cursor is a byte offset. A line counts once it has its end."""

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._closed = asyncio.Event()

    async def after(self, cursor: str) -> tuple[str, str] | None:
        start = int(cursor or 0)
        raw = self._read(start)
        if raw.endswith(b"\n"):
            return raw.decode("utf-8", "replace").rstrip("\r\n"), str(start + len(raw))
        await _at_most(TAIL, self._closed)
        return None

    async def close(self) -> None:
        self._closed.set()

    def _read(self, start: int) -> bytes:
        with self._path.open("rb") as file:
            file.seek(start)
            return file.readline()


class TypedLines:
    """Lines that come once. `run` tells the lines of this run from those of all others; `ended` is set after the last."""

    def __init__(self, source: AsyncIterator[str], run: str) -> None:
        self.ended = asyncio.Event()
        self._source = source
        self._run = run
        self._count = 0
        self._next: asyncio.Task[str | None] | None = None

    async def after(self, cursor: str) -> tuple[str, str] | None:
        if self.ended.is_set():
            raise EOFError
        if self._next is None:
            self._next = asyncio.ensure_future(_following(self._source))
        line = await asyncio.shield(self._next)  # whoever stops waiting loses no line
        self._next = None
        if line is None:
            self.ended.set()
            raise EOFError
        self._count += 1
        return line.rstrip("\r\n"), f"{self._run}-{self._count}"

    async def close(self) -> None:
        self.ended.set()
        if self._next is not None:
            self._next.cancel()
            await asyncio.wait((self._next,))
            self._next = None


async def typed(stream: TextIO) -> AsyncIterator[str]:
    """The lines of a terminal or a pipe, read by a thread of its own, so that nothing waits for the keyboard."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[str | None] = asyncio.Queue()

    def put(line: str | None) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(queue.put_nowait, line)

    def read() -> None:
        for line in stream:
            put(line)
        put(None)

    threading.Thread(target=read, name="keyboard", daemon=True).start()
    while (line := await queue.get()) is not None:
        yield line


async def _following(source: AsyncIterator[str]) -> str | None:
    async for line in source:
        return line
    return None


async def _at_most(seconds: float, event: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return
