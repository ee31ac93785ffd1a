"""A chat and what waits for it, in the order in which it is read; and what of it leaves as one message."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.core.effects import Lane
from bot.engine.pacing import ChatPace
from bot.store.outbox import Waiting

MERGED = 20
"""How many held messages of a talk leave as one at most."""


@dataclass(eq=False, slots=True)
class Chat:
    """A place on an account, and what waits for it."""

    place: str
    room: bool
    pace: ChatPace
    news: list[Waiting] = field(default_factory=list)
    changes: list[Waiting] = field(default_factory=list)
    under_way: int = 0
    stamp: int = 0

    def row(self, each: Waiting) -> list[Waiting]:
        """The row of this chat in which something waits."""
        return self.news if each.act == "say" or (each.act == "edit" and self.room) else self.changes


@dataclass(eq=False, slots=True)
class Pick:
    """What leaves as one message: a row, or several held ones that are merged. `counted` says that it counts for the pace, as so
    many `pieces`."""

    chat: Chat
    rows: list[Waiting]
    counted: bool
    pieces: int = 1


def merged(chat: Chat, first: Waiting) -> list[Waiting]:
    """What leaves together with a held message of a talk: the held ones right behind it, for the same reader."""
    if not _held(first):
        return []
    number = 0
    while (
        number < min(MERGED - 1, len(chat.news))
        and _held(chat.news[number])
        and chat.news[number].reader == first.reader
    ):
        number += 1
    taken, chat.news = chat.news[:number], chat.news[number:]
    return taken


def _held(each: Waiting) -> bool:
    return each.silent and each.lane == Lane.TALK and each.act == "say"
