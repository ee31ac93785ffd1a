"""A bot's queue of updates: what is let in, how long it is kept, and how an offset confirms it.

Kept as by Telegram: a message for a day from its own date, an edit from the edit, a button press for 150 seconds only.
An offset beyond the last id, as a client may hold one after the ids have started anew lower down, confirms nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.support.botapi.model import Json

ON_REQUEST = {"chat_member", "message_reaction", "message_reaction_count"}
"""Kinds that come only to those who ask for them by name."""

KINDS = {
    *ON_REQUEST,
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "shipping_query",
    "pre_checkout_query",
    "purchased_paid_media",
    "poll",
    "poll_answer",
    "my_chat_member",
    "chat_join_request",
    "chat_boost",
    "removed_chat_boost",
}
LIFE = {"callback_query": timedelta(seconds=150), "inline_query": timedelta(seconds=30)}
DAY = timedelta(hours=24)


@dataclass
class Update:
    """One update. `lane` is the chat or the person within which a webhook keeps the order."""

    id: int
    kind: str
    body: Json
    until: datetime
    lane: str = ""

    def json(self) -> Json:
        return {"update_id": self.id, self.kind: self.body}


@dataclass
class Queue:
    """The updates that wait. `twice` makes each come two times, under its own id; `everything` is every update there ever
    was, also those that were not let in."""

    clock: Callable[[], datetime]
    next_id: int
    allowed: frozenset[str] = frozenset(KINDS - ON_REQUEST)
    waiting: list[Update] = field(default_factory=list)
    everything: list[Update] = field(default_factory=list)
    dropped: int = 0
    twice: bool = False
    again: list[Update] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    parcels: asyncio.Event = field(default_factory=asyncio.Event)

    def push(self, kind: str, body: Json, since: datetime | None = None, lane: str = "") -> Update | None:
        """Let something in, unless nobody asked for its kind."""
        update = Update(self.next_id, kind, body, (since or self.clock()) + LIFE.get(kind, DAY), lane)
        self.everything.append(update)
        if kind not in self.allowed:
            self.dropped += 1
            return None
        self.next_id += 1
        self.waiting.append(update)
        self.wake()
        return update

    def allow(self, kinds: list[str] | None) -> None:
        """Remember which kinds are asked for. None leaves it as it was; an empty list is the default."""
        if kinds is not None:
            self.allowed = frozenset(KINDS & set(kinds)) or frozenset(KINDS - ON_REQUEST)

    def take(self, offset: int, limit: int) -> list[Update]:
        """Forget what the offset confirms, and what has expired; answer what is left from there."""
        now = self.clock()
        self.waiting = [u for u in self.waiting if u.until > now]
        if offset < 0:
            self.waiting = self.waiting[offset:]
        elif 0 < offset <= self.next_id:
            gone = [u for u in self.waiting if u.id < offset]
            self.waiting = [u for u in self.waiting if u.id >= offset]
            self.again = gone if self.twice else []
        found = self.again + self.waiting if self.twice else self.waiting
        return found[:limit]

    def restart_ids(self, at: int) -> None:
        """From here on ids are counted from another number, as after a week without an update. It may be a lower one."""
        assert not self.waiting, "ids start anew only after a week in which nothing waited"
        self.next_id = at

    def wake(self) -> None:
        """End the polls that wait, and let the webhook look."""
        self.news.set()
        self.parcels.set()
