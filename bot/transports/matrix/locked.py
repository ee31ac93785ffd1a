"""Messages that came without the key to read them.

The key often comes a moment later; sometimes never. A message without one is kept in the cursor for a day. Whoever wrote it is
asked once to send it again, and nio asks their device for the key.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from nio import ForwardedRoomKeyEvent, MegolmEvent, RoomGetEventResponse, RoomKeyEvent, SyncResponse
from nio.exceptions import EncryptionError

from bot.transports.matrix.cursor import Locked
from bot.transports.matrix.errors import Failed, fine
from bot.transports.matrix.history import AnyEvent
from bot.transports.matrix.session import Client

GRACE = timedelta(seconds=30)
"""How late a key may be before its message's sender is asked."""

AGAIN = timedelta(hours=1)
"""How long nobody is asked a second time, whatever they send."""

MOST_ASKED = 10_000
"""So many of those who were asked are remembered."""

KEPT = timedelta(days=1)
MOST = 200
"""How long, and how many, messages without a key are remembered."""


class Locks:
    """Tries what is locked again when keys come."""

    def __init__(self) -> None:
        self._events: dict[str, MegolmEvent] = {}
        self._asked: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._when: OrderedDict[str, datetime] = OrderedDict()
        self._begun = False

    def add(self, event: MegolmEvent, place: str, at: int) -> Locked:
        """A message that could not be read."""
        event.room_id = place
        self._events[event.event_id] = event
        while len(self._events) > 2 * MOST:
            del self._events[next(iter(self._events))]
        return Locked(place, event.event_id, at)

    def first(self, event: AnyEvent, now: datetime) -> bool:
        """Whether its sender has not been asked yet about what they encrypt like this, nor about anything a moment ago."""
        asked = (event.sender, event.session_id or "")
        if asked in self._asked:
            return False
        self._asked[asked] = None
        last = self._when.get(event.sender)
        if last is not None and now - last < AGAIN:
            return False
        self._when[event.sender] = now
        for kept in (self._asked, self._when):
            while len(kept) > MOST_ASKED:
                kept.popitem(last=False)
        return True

    async def attempt(
        self, client: Client, locked: Sequence[Locked], response: SyncResponse, now: datetime
    ) -> tuple[list[tuple[Locked, AnyEvent]], list[MegolmEvent], list[Locked]]:
        """What can be read now, whose senders are to be asked, and what stays locked. Raises `Failed`."""
        keys = any(isinstance(event, RoomKeyEvent | ForwardedRoomKeyEvent) for event in response.to_device_events)
        again, self._begun = keys or not self._begun, True
        read: list[tuple[Locked, AnyEvent]] = []
        ask: list[MegolmEvent] = []
        kept: list[Locked] = []
        for each in locked:
            age = now.timestamp() * 1000 - each.at
            due = not each.asked and age >= GRACE.total_seconds() * 1000
            event = await self._event(client, each) if again or due else None
            opened = _opened(client, event) if event is not None else None
            if opened is not None:
                read.append((each, opened))
                self._events.pop(each.event, None)
            elif age < KEPT.total_seconds() * 1000 and not (again and event is None):
                kept.append(replace(each, asked=each.asked or due))
                if due and event is not None and self.first(event, now):
                    ask.append(event)
        return read, ask, kept[-MOST:]

    async def _event(self, client: Client, locked: Locked) -> MegolmEvent | None:
        """The message, fetched where this process has not seen it; None where it is gone."""
        if locked.event not in self._events:
            try:
                answer = await fine(RoomGetEventResponse, client.room_get_event(locked.room, locked.event))
            except Failed as error:
                if error.passing or error.token:
                    raise
                return None
            if not isinstance(answer.event, MegolmEvent):
                return None
            answer.event.room_id = locked.room
            self._events[locked.event] = answer.event
        return self._events[locked.event]


def _opened(client: Client, event: MegolmEvent) -> AnyEvent | None:
    try:
        opened = client.decrypt_event(event)
    except EncryptionError:
        return None
    return opened if isinstance(opened, AnyEvent) and not isinstance(opened, MegolmEvent) else None
