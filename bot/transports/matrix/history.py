"""What was said in a room and did not come with a sync.

Three ways lead there. A sync brings the last hundred events of a room at most, and says that it left some out: then the room is
read backwards until the last event that is known. A homeserver that was cut off from others may leave some out and not say so:
then a regular look at the end of each room finds events between known ones. And an event may lie before the last known one and
still be new, since servers that were apart do not agree on an order.

Nothing from before we were asked into a room is read: it was said to others.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta
from zlib import crc32

from nio import BadEvent, Event, RoomMessagesResponse

from bot.transports.fields import part, text
from bot.transports.matrix.cursor import Gap
from bot.transports.matrix.errors import Failed, fine
from bot.transports.matrix.reading import MEMBER
from bot.transports.matrix.session import Client

log = logging.getLogger(__name__)

AnyEvent = Event | BadEvent
"""An event that nio has read, or one that it found strange: what is strange to it need not be so to us."""

PAGE = 250
"""Events asked for at once."""

MOST_PAGES = 400
"""Pages read backwards for one gap. A gap of 100,000 events is no gap but another room."""

LOOK = timedelta(minutes=10)
"""How often the end of a room is looked at."""

MOST_LOOKS = 20
"""Rooms that are looked at between two syncs."""

LOOKED_AT = 32
"""Events that a look takes in, if one of them is known; else it goes on."""

SETTLED = timedelta(minutes=1)
"""An event this old has come with a sync, or never will."""


class History:
    """Fetches what is missing. It remembers the last events of each room, as far as this process has seen them."""

    def __init__(self, user: str) -> None:
        self._user = user
        self._known: dict[str, deque[str]] = {}
        self._looked: dict[str, datetime] = {}

    def note(self, room: str, ids: Iterable[str]) -> None:
        """These events of a room are known from now on."""
        self._known.setdefault(room, deque(maxlen=2 * LOOKED_AT)).extend(ids)

    def last(self, room: str) -> str:
        """The last event that is known in a room, "" where none is."""
        known = self._known.get(room)
        return known[-1] if known else ""

    async def fill(self, client: Client, gap: Gap) -> list[AnyEvent]:
        """The events of a gap, oldest first. Raises `Failed`."""
        last = gap.last or await self._last_before(client, gap)
        found: dict[str, AnyEvent] = {}
        start: str | None = gap.upto
        page, met = gap.upto, False
        for _ in range(MOST_PAGES):
            page, (events, start) = start or page, await self._page(client, gap.room, start)
            met = any(event.event_id == last for event in events)
            new, ended = _until(events, last, self._user)
            found |= {event.event_id: event for event in new}
            if ended or start is None:
                break
        else:
            log.warning("a room has more behind it than can be read: %d events", len(found))
        if last and not met:  # it is no more; only the homeserver's own order is left
            found, page = {}, gap.upto
        late = await self._rest(client, gap, page, found, last)
        return [*late, *reversed(found.values())]

    async def _last_before(self, client: Client, gap: Gap) -> str:
        """The last event of the room when the gap began. It is no more there where we were not, or everything was purged."""
        if not gap.since:
            return ""
        asked = client.room_messages(gap.room, gap.since, limit=1)
        try:
            answer = await fine(RoomMessagesResponse, asked)
        except Failed as error:
            if error.passing or error.token:
                raise
            return ""
        return next((event.event_id for event in answer.chunk if isinstance(event, AnyEvent)), "")

    async def _page(
        self, client: Client, room: str, start: str | None, end: str = "", most: int = 0
    ) -> tuple[list[AnyEvent], str | None]:
        answer = await fine(RoomMessagesResponse, client.room_messages(room, start, end or None, limit=most or PAGE))
        return [event for event in answer.chunk if isinstance(event, AnyEvent)], answer.end

    async def _rest(self, client: Client, gap: Gap, page: str, found: dict[str, AnyEvent], last: str) -> list[AnyEvent]:
        """What the homeserver learned of after the gap began, though it lies before the last known event; oldest first."""
        rest: dict[str, AnyEvent] = {}
        start: str | None = page
        while start is not None and gap.since and len(rest) < PAGE * MOST_PAGES:
            events, start = await self._page(client, gap.room, start, gap.since)
            new, ended = _until(events, "", self._user)
            rest |= {event.event_id: event for event in new if event.event_id not in found and event.event_id != last}
            if ended or not events:
                break
        return list(reversed(rest.values()))

    async def missed(self, client: Client, now: datetime) -> list[tuple[str, list[AnyEvent]]]:
        """Events that lie between known ones and never came, by room. Each room is looked at every `LOOK`. Raises `Failed`."""
        found: list[tuple[str, list[AnyEvent]]] = []
        for room in self._due(client, now):
            self._looked[room] = now
            events = await self._look(client, room, now)
            if events:
                log.warning("events of a room had not come with any sync, and are taken in now: %d", len(events))
                found.append((room, events))
        return found

    def _due(self, client: Client, now: datetime) -> list[str]:
        """The rooms whose turn it is. Each has its own second, so that they do not come all at once."""
        for room in client.rooms:
            if room not in self._looked:
                self._looked[room] = now - timedelta(seconds=crc32(room.encode()) % int(LOOK.total_seconds()))
        return [room for room in client.rooms if now - self._looked[room] >= LOOK][:MOST_LOOKS]

    async def _look(self, client: Client, room: str, now: datetime) -> list[AnyEvent]:
        known = self._known.get(room, deque())
        page: list[AnyEvent] = []
        oldest, start = None, None
        try:
            for _ in range(MOST_PAGES):
                events, start = await self._page(client, room, start, most=LOOKED_AT)
                page += events
                oldest = max((at for at, event in enumerate(page) if event.event_id in known), default=None)
                if oldest is not None or start is None or not known:
                    break
        except Failed as error:
            if error.passing or error.token:
                raise
            return []
        if oldest is None:
            self.note(room, [event.event_id for event in reversed(page)] if not known else ())
            return []
        settled = (now - SETTLED).timestamp() * 1000
        missing = [e for e in page[:oldest] if e.event_id not in known and e.server_timestamp < settled]
        return list(reversed(missing))


def _until(events: list[AnyEvent], last: str, user: str) -> tuple[list[AnyEvent], bool]:
    """The events (newest first) behind the one called `last` and behind our own coming, and whether one of them was met."""
    new: list[AnyEvent] = []
    for event in events:
        if event.event_id == last:
            return new, True
        new.append(event)
        if came(event, user):
            return new, True
    return new, False


def came(event: AnyEvent, user: str) -> bool:
    """Whether we came into a room with this: we were invited, or entered without that. What people write to us while we are at
    the door is meant for us."""
    before, now = _memberships(event, user)
    return now == "invite" or (now == "join" and before not in ("join", "invite"))


def entered(event: AnyEvent, user: str) -> bool:
    """Whether we entered a room with this. Its homeserver may tell ours only now what was said while we were at the door."""
    before, now = _memberships(event, user)
    return now == "join" and before != "join"


def _memberships(event: AnyEvent, user: str) -> tuple[str, str]:
    source = event.source
    if source.get("type") != MEMBER or source.get("state_key") != user:
        return "", ""
    before = text(part(part(source, "unsigned"), "prev_content"), "membership")
    return before, text(part(source, "content"), "membership")
