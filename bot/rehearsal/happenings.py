"""What an observer of a rehearsal is told, in the order in which it happens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.rendered import Rendered
from bot.rehearsal.people import Villager
from bot.transports.port import Incoming


@dataclass(frozen=True, slots=True)
class Opened:
    """A step opened on a course; `closes` where its end is announced."""

    at: datetime
    course: str
    step: str
    closes: datetime | None


@dataclass(frozen=True, slots=True)
class Closed:
    """A step ended on a course; `how` as the course keeps it (`done`, `held` …)."""

    at: datetime
    course: str
    step: str
    how: str


@dataclass(frozen=True, slots=True)
class Acted:
    """Somebody wrote or pressed something."""

    at: datetime
    person: Villager
    what: Incoming


@dataclass(frozen=True, slots=True)
class Read:
    """A message came to somebody."""

    at: datetime
    person: Villager
    message: Rendered


@dataclass(frozen=True, slots=True)
class Counted:
    """So many of those who are expected have finished a step on a course. What they chose is nobody's business."""

    at: datetime
    course: str
    step: str
    done: int
    expected: int


@dataclass(frozen=True, slots=True)
class Placed:
    """Who sits at which table now, by account name."""

    at: datetime
    tables: Mapping[str, frozenset[str]]


Happening = Opened | Closed | Acted | Read | Counted | Placed
Observer = Callable[[Happening], None]
