"""Where a process can be killed: at each line of ours that it executes, and before and after each statement of SQL.

A point is addressed by what is there and by how often it has been passed, for example the third time that line 80 of
`bot/engine/handling.py` runs. Two runs of asyncio differ a little, so a point may not be reached; whoever asks is told.
"""

from __future__ import annotations

import functools
import os
import signal
import sqlite3
import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Literal

ROOT = Path(__file__).resolve().parents[3]
OURS = f"{ROOT / 'bot'}{os.sep}"


@dataclass(frozen=True, order=True)
class Place:
    """A line of a file (relative to the repository), or the moment before or after a statement."""

    kind: Literal["line", "before", "after"]
    what: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.what}:{self.line}" if self.kind == "line" else f"{self.kind} {self.what!r}"


COMMITTED = Place("after", "COMMIT")
DELIVERED = Place("after", "a delivery")
"""At these two a run comes into a new state that outlasts it; all others lie between two such states."""
COMMITTING = Place("before", "COMMIT")
"""The last moment at which everything that a transaction did is undone."""


@dataclass(frozen=True, order=True)
class Point:
    """The n-th time that a place is passed."""

    place: Place
    occurrence: int

    def __str__(self) -> str:
        return f"{self.place} (time {self.occurrence})"


class Watch:
    """Counts the places that this process passes, and kills it at one point. `install` it before any thread starts."""

    def __init__(self, target: Point | None = None, *, count: bool = False) -> None:
        self.passed: Counter[Place] = Counter()
        self.outside: set[Place] = set()
        """The lines that run on the main thread, so outside every transaction: there a kill may fall between two of them."""
        self._main = threading.get_ident()
        self._target = target
        self._count = count
        self._seen = 0
        self._ours: dict[CodeType, str | None] = {}

    def install(self) -> None:
        """Watch the lines, of this thread and of those to come."""
        if self._count or (self._target is not None and self._target.place.kind == "line"):
            threading.settrace(self._called)
            sys.settrace(self._called)

    @property
    def connect(self) -> Callable[..., sqlite3.Connection]:
        """In place of `sqlite3.connect`: a connection whose statements are watched."""
        watch = self

        class Watched(sqlite3.Connection):
            def execute(self, sql: str, *given: Any) -> sqlite3.Cursor:
                watch._statement("before", sql)
                done = super().execute(sql, *given)
                watch._statement("after", sql)
                return done

            def executemany(self, sql: str, *given: Any) -> sqlite3.Cursor:
                watch._statement("before", sql)
                done = super().executemany(sql, *given)
                watch._statement("after", sql)
                return done

        return functools.partial(sqlite3.connect, factory=Watched)

    def delivered(self) -> None:
        """A message has just reached somebody."""
        self._pass(DELIVERED)

    def _statement(self, kind: Literal["before", "after"], sql: str) -> None:
        self._pass(Place(kind, sql))

    def _called(self, frame: FrameType, event: str, _: object) -> Callable[..., Any] | None:
        code = frame.f_code
        if code not in self._ours:
            self._ours[code] = self._file(code)
        return None if self._ours[code] is None else self._local

    def _file(self, code: CodeType) -> str | None:
        """The file of ours that this code stands in; None where nothing in it is to be watched."""
        if not code.co_filename.startswith(OURS):
            return None
        name = os.path.relpath(code.co_filename, ROOT)
        if self._count:
            return name
        wanted = self._target.place if self._target is not None else None
        here = wanted is not None and wanted.what == name
        return name if here and any(line == wanted.line for *_, line in code.co_lines()) else None

    def _local(self, frame: FrameType, event: str, _: object) -> Callable[..., Any]:
        if event == "line":
            self._pass(Place("line", self._ours[frame.f_code] or "", frame.f_lineno))
        return self._local

    def _pass(self, place: Place) -> None:
        if self._count:
            self.passed[place] += 1
            if place.kind == "line" and threading.get_ident() == self._main:
                self.outside.add(place)
        if self._target is not None and place == self._target.place:
            self._seen += 1
            if self._seen == self._target.occurrence:
                os.kill(os.getpid(), signal.SIGKILL)
