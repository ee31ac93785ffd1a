"""Coming into rooms: invitations, and rooms that take the place of others.

A door stands in the cursor until it is open or nobody waits behind it any more; a homeserver far away may be slow, and that must
hold up nobody else.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from nio import JoinedMembersResponse, JoinResponse, RoomGetStateEventResponse, RoomLeaveResponse, SyncResponse
from nio.events.invite_events import InviteMemberEvent

from bot.transports.fields import Json, part, text
from bot.transports.matrix.cursor import Door
from bot.transports.matrix.errors import Failed, fine
from bot.transports.matrix.known import Known
from bot.transports.matrix.reading import CREATE
from bot.transports.matrix.session import Client
from bot.transports.port import Incoming

log = logging.getLogger(__name__)

AGAIN = timedelta(minutes=1)
KEPT = timedelta(days=1)
"""How often a door is tried, and for how long."""

PATIENCE = 1.0
"""Seconds that everybody waits for a door."""

MOST = 500
MOST_OF_ONE = 3
AT_ONCE = 10
"""How many doors wait, how many of them by one person, and how many are tried at once."""

START = "/start"
"""What an invitation to a private chat says."""


class Doors:
    """Opens doors. Whoever invites us to a private chat may; to a room only people with whom we are in one already. What is
    called a private chat and holds more people than its maker is a room. `counts` says which doors were left alone."""

    def __init__(self, user: str, known: Known, counts: Counter[str]) -> None:
        self._user = user
        self._known = known
        self._counts = counts
        self._tried: dict[str, datetime] = {}
        self._trying: dict[str, asyncio.Task[list[Incoming]]] = {}

    def invitations(self, response: SyncResponse, doors: Sequence[Door], at: int) -> list[Door]:
        """The doors to which a sync has invited us, besides these; one of these to which we are invited now may be open."""
        found: list[Door] = []
        waiting = {door.room for door in doors}
        theirs = Counter(door.user for door in doors)
        for room, info in response.rooms.invite.items():
            if room in waiting:
                self._tried.pop(room, None)
                continue
            for event in info.invite_state:
                if (
                    isinstance(event, InviteMemberEvent)
                    and event.state_key == self._user
                    and event.membership == "invite"
                ):
                    direct = event.content.get("is_direct") is True
                    if not direct and not self._known.acquainted(event.sender):
                        self._counts["invitation by a stranger"] += 1
                    elif theirs[event.sender] >= MOST_OF_ONE or len(doors) + len(found) >= MOST:
                        self._counts["too many invitations"] += 1
                    else:
                        theirs[event.sender] += 1
                        found.append(Door(room, event.sender, at, direct))
        return found

    async def open(self, client: Client, doors: Sequence[Door], now: datetime) -> tuple[list[Incoming], list[Door]]:
        """Try these doors: what came of it, and those that stay shut for now. One that takes long is waited for elsewhere. Raises
        `Failed` where the token is refused."""
        for door in doors:
            due = now - self._tried.get(door.room, now - AGAIN) >= AGAIN
            if due and door.room not in self._trying and len(self._trying) < AT_ONCE:
                self._tried[door.room] = now
                self._trying[door.room] = asyncio.create_task(self._through(client, door, now))
        if self._trying:
            await asyncio.wait(self._trying.values(), timeout=PATIENCE)
        events: list[Incoming] = []
        shut: list[Door] = []
        for door in doors:
            tried = self._trying.get(door.room)
            if tried is None or not tried.done():
                shut.append(door)
                continue
            del self._trying[door.room]
            try:
                events += tried.result()
                del self._tried[door.room]
            except Failed as error:
                if error.token:
                    raise
                if (error.passing or door.old) and now.timestamp() * 1000 - door.at < KEPT.total_seconds() * 1000:
                    shut.append(door)
                else:
                    log.warning("a room cannot be entered: %s", error)
        return events, shut

    async def close(self) -> None:
        """Knock no more."""
        tasks = list(self._trying.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _through(self, client: Client, door: Door, now: datetime) -> list[Incoming]:
        await fine(JoinResponse, client.join(door.room))
        if door.old:
            return await self._moved(client, door, now)
        if not door.direct:
            return []
        inside = await fine(JoinedMembersResponse, client.joined_members(door.room))
        if {each.user_id for each in inside.members} - {self._user, door.user}:
            if not self._known.acquainted(door.user, besides=door.room):
                self._counts["invitation by a stranger"] += 1
                await fine(RoomLeaveResponse, client.room_leave(door.room))
            return []
        await self._known.mark(client, door.user, door.room)
        return [Incoming(f"{door.room}/{door.at}/start", door.user, door.room, now, START)]

    async def _moved(self, client: Client, door: Door, now: datetime) -> list[Incoming]:
        """A room that names the old one as the one before it takes its place; any other one was only claimed to do so."""
        answer = await fine(RoomGetStateEventResponse, client.room_get_state_event(door.room, CREATE))
        if text(part(answer.content, "predecessor"), "room_id") == door.old:
            group = self._known.group(door.old)
            if not group:
                await self._known.mark(client, door.user, door.room)
            made = Incoming(f"{door.old}/moved", "", door.old, now, kind="moved", room=group, moved=door.room)
            return [made]
        log.warning("a room that claimed to take the place of another one does not name it")
        await fine(RoomLeaveResponse, client.room_leave(door.room))
        return []


def replaced(event: Json, place: str, at: int) -> Door | None:
    """The door to the room that takes the place of another one."""
    content: Any = part(event, "content")
    room = text(content, "replacement_room")
    return Door(room, text(event, "sender"), at, old=place) if room else None
