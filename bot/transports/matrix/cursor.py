"""The cursor of a Matrix account: the homeserver's token, and what still has to be fetched or done behind it.

Since it is committed together with the events, nothing that stands in it is lost with the process: rooms in which more was said
than a sync brings, doors that did not open at once, messages whose key is still on its way.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Gap:
    """A room whose events between the sync tokens `since` and `upto` must be fetched. They were said after `heard` (ms, our
    clock). `group` says what kind of place it was; `last` is the last event that is known from before, "" where that has to be
    looked up."""

    room: str
    since: str
    upto: str
    heard: int
    group: bool
    last: str = ""


@dataclass(frozen=True, slots=True)
class Door:
    """A room to be joined, since we were invited by `user` (`direct`: to a private chat), or since it takes the place of the
    room `old`. `at` is when we learned of it (ms)."""

    room: str
    user: str
    at: int
    direct: bool = False
    old: str = ""


@dataclass(frozen=True, slots=True)
class Locked:
    """An event of a room that could not be decrypted, and when it came (ms). `asked`: its sender was asked to send it again."""

    room: str
    event: str
    at: int
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Cursor:
    """`token` is that of the last sync, `before` of the one before it where the last one brought keys; `heard` when the last one
    ended (ms, our clock), `device` the one to which everything that we sent belongs, and `keys` how many syncs have brought it
    keys."""

    token: str = ""
    before: str = ""
    heard: int = 0
    device: str = ""
    gaps: tuple[Gap, ...] = ()
    doors: tuple[Door, ...] = ()
    locked: tuple[Locked, ...] = ()
    keys: int = 0

    def encode(self) -> str:
        """The cursor as compact JSON, without what is empty."""
        data: dict[str, Any] = {"t": self.token, "b": self.before, "h": self.heard, "v": self.device}
        more = {"g": _lists(self.gaps), "d": _lists(self.doors), "l": _lists(self.locked), "k": self.keys}
        return json.dumps(data | {name: value for name, value in more.items() if value}, separators=(",", ":"))

    @classmethod
    def decode(cls, text: str) -> Cursor:
        """The cursor that `encode` wrote; the first one where there is none."""
        if not text:
            return cls()
        data = json.loads(text)
        return cls(
            data["t"],
            data["b"],
            data["h"],
            data["v"],
            tuple(Gap(*each) for each in data.get("g", ())),
            tuple(Door(*each) for each in data.get("d", ())),
            tuple(Locked(*each) for each in data.get("l", ())),
            data.get("k", 0),
        )


def _lists(items: Iterable[Gap | Door | Locked]) -> list[list[Any]]:
    return [list(astuple(item)) for item in items]
