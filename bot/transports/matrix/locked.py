"""Messages that came without the key to read them.

The key often comes a moment later; sometimes never. A message without one is kept in the cursor for a day. Whoever wrote it is
asked once to send it again, and nio asks their device for the key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from nio import Event, ForwardedRoomKeyEvent, MegolmEvent, RoomGetEventResponse, RoomKeyEvent, SyncResponse
from nio.exceptions import EncryptionError

from bot.transports.matrix.cursor import Locked
from bot.transports.matrix.errors import Failed, fine
from bot.transports.matrix.session import Client

GRACE = timedelta(seconds=30)
"""How late a key may be before its message's sender is asked."""

KEPT = timedelta(days=1)
MOST = 200
"""How long, and how many, messages without a key are remembered."""


class Locks:
    """Tries what is locked again when keys come."""

    def __init__(self, counts: Counter[str]) -> None:
        self._counts = counts
        self._events: dict[str, MegolmEvent] = {}
        self._asked: set[tuple[str, str]] = set()
        self._begun = False

    def add(self, event: MegolmEvent, place: str, at: int) -> Locked:
        """A message that could not be read."""
        self._counts["unreadable"] += 1
        event.room_id = place
        self._events[event.event_id] = event
        return Locked(place, event.event_id, at)

    def first(self, event: MegolmEvent) -> bool:
        """Whether its sender has not been asked yet about what they encrypt like this."""
        asked = (event.sender, event.session_id or "")
        fresh = asked not in self._asked
        self._asked.add(asked)
        return fresh

    async def attempt(
        self, client: Client, locked: Sequence[Locked], response: SyncResponse, now: datetime
    ) -> tuple[list[tuple[Locked, Event]], list[MegolmEvent], list[Locked]]:
        """What can be read now, whose senders are to be asked, and what stays locked. Raises `Failed`."""
        keys = any(isinstance(event, RoomKeyEvent | ForwardedRoomKeyEvent) for event in response.to_device_events)
        again, self._begun = keys or not self._begun, True
        read: list[tuple[Locked, Event]] = []
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
                if due and event is not None and self.first(event):
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


def _opened(client: Client, event: MegolmEvent) -> Event | None:
    try:
        opened = client.decrypt_event(event)
    except EncryptionError:
        return None
    return opened if isinstance(opened, Event) else None
