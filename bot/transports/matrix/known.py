"""What is known about the rooms that we are in: whether a place is somebody's private chat, and what we may do there."""

from __future__ import annotations

from typing import Any

from nio import SyncResponse
from nio.events.account_data import UnknownAccountDataEvent

from bot.transports.fields import Json, part, size
from bot.transports.matrix.session import Client, Session

DIRECT = "m.direct"


class Known:
    """Rooms as the last sync left them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._direct: dict[str, list[str]] = {}

    def learn(self, response: SyncResponse) -> None:
        """Note which rooms are private chats, where that has changed."""
        for event in response.account_data_events:
            if isinstance(event, UnknownAccountDataEvent) and event.type == DIRECT:
                kept = {user: rooms for user, rooms in event.content.items() if isinstance(rooms, list)}
                self._direct = {user: [room for room in rooms if isinstance(room, str)] for user, rooms in kept.items()}

    async def mark(self, client: Client, user: str, place: str) -> None:
        """Write down at the homeserver that this is a private chat with somebody. Raises `Failed`."""
        rooms = self._direct.get(user, [])
        if place not in rooms:
            marked = self._direct | {user: [*rooms, place]}
            await client.ask("PUT", ("user", client.user_id, "account_data", DIRECT), marked)
            self._direct = marked

    def group(self, place: str) -> bool:
        """Whether a place is a group's. A private chat has two people and was made as one, or has no name; once a third one is
        there, it is private no more."""
        room = self._session.room(place)
        if room is None:
            return not any(place in rooms for rooms in self._direct.values())
        if len(room.users) > 2:
            return True
        named = room.name is not None or room.canonical_alias is not None
        return named and not any(place in rooms for rooms in self._direct.values())

    def others(self, place: str) -> list[str]:
        """Who else is in a place, or asked into it."""
        room = self._session.room(place)
        return [user for user in room.users if user != self._session.user] if room is not None else []

    def acquainted(self, user: str, besides: str = "") -> bool:
        """Whether we are in some room with somebody already, `besides` this one."""
        return any(user in room.users for place, room in self._session.rooms.items() if place != besides)


def silenced(content: Json, user: str, *, encrypted: bool) -> bool:
    """Whether these power levels keep somebody from writing."""
    users, events = part(content, "users"), part(content, "events")
    own: Any = users.get(user, size(content, "users_default"))
    kind = "m.room.encrypted" if encrypted else "m.room.message"
    needed: Any = events.get(kind, size(content, "events_default"))
    return isinstance(own, int) and isinstance(needed, int) and own < needed
