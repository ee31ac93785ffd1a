"""Sending: messages, changes and deletions.

Invariants:

* The key of a message is its transaction at the homeserver: the same key again, from the same device, shows nothing new, also
  after a crash on either side. The homeserver forgets transactions after a day, hence `REMEMBERS`.
* A change has a transaction of its own each time, since a message may go back to what it was.
* Nothing is sent into a room before it is known whether it is encrypted, and nothing in the clear into one that is.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import uuid4

from nio import JoinedRoomsResponse, MatrixRoom, RoomRedactResponse

from bot.core.rendered import Rendered
from bot.transports.matrix import files
from bot.transports.matrix.encrypting import encrypt
from bot.transports.matrix.errors import NO_TOKEN, NOT_THERE, Failed, fine, meaning
from bot.transports.matrix.known import Known
from bot.transports.matrix.session import Client, Session
from bot.transports.matrix.writing import Content, contents, replacing
from bot.transports.port import Gone, Media, Receipt, Refused, Retry, Stopped, Uncertain

REMEMBERS = timedelta(hours=23)
"""How long a homeserver knows a transaction again; Synapse for a day."""

SOON = timedelta(seconds=1)
MESSAGE = "m.room.message"


def transaction(key: str, number: int = 0) -> str:
    """The transaction of a message's piece: the key tells nobody anything."""
    return f"{hashlib.sha256(key.encode()).hexdigest()[:40]}.{number}"


class Sending:
    """The sending half of an account."""

    def __init__(self, session: Session, known: Known, now: Callable[[], datetime]) -> None:
        self._session, self._known, self._now = session, known, now
        self._unanswered: dict[str, datetime] = {}

    async def send(self, place: str, message: Rendered, key: str) -> Receipt:
        """Deliver a message. Raises a `SendError`."""
        async with self._trying(place) as (client, room):
            made, ref = await self._made(client, room, message)
            ids = [
                await self._put(client, room, content, transaction(key, number)) for number, content in enumerate(made)
            ]
            return Receipt(",".join(ids), ref)

    async def edit(self, place: str, message: Rendered, remote: str) -> Receipt:
        """Let a message read like this from now on. Raises a `SendError`."""
        async with self._trying(place) as (client, room):
            made, ref = await self._made(client, room, message)
            old = remote.split(",")
            for event, content in zip(old, made, strict=False):
                await self._put(client, room, replacing(content, event), uuid4().hex)
            for event in old[len(made) :]:
                await self._redact(client, place, event)
            more = [
                await self._put(client, room, content, transaction(remote, number))
                for number, content in enumerate(made[len(old) :])
            ]
            return Receipt(",".join([*old[: len(made)], *more]), ref)

    async def delete(self, place: str, remote: str) -> None:
        """Remove a message. Raises a `SendError`."""
        async with self._trying(place) as (client, _):
            for event in remote.split(","):
                await self._redact(client, place, event)

    async def fetch(self, media: Media) -> bytes:
        """The bytes of something that was received. Raises a `SendError`."""
        if media.kind == "location":
            raise Refused("a place on the map has no bytes")
        try:
            return await files.fetch(await self._session.open(), media.ref)
        except Failed as error:
            raise meaning(error, member=True) from None
        except Stopped:
            raise Retry(NO_TOKEN, "account") from None

    @asynccontextmanager
    async def _trying(self, place: str) -> AsyncIterator[tuple[Client, MatrixRoom]]:
        """The client and the room, if anything can be sent there now. Errors become what they mean to the engine."""
        try:
            client = await self._session.open()
            yield client, await self._room(client, place)
        except Failed as error:
            room = self._session.room(place)
            if error.code == "M_FORBIDDEN" and room is not None and room.replacement_room:
                raise Retry(SOON, "chat") from None  # it has moved; the engine is about to hear of it
            raise meaning(error, member=room is not None) from None
        except Stopped:
            raise Retry(NO_TOKEN, "account") from None

    async def _room(self, client: Client, place: str) -> MatrixRoom:
        """What is known about a room. Raises `Retry` where that is nothing yet, and `Gone`."""
        if not self._session.synced:
            raise Retry(SOON, "account")
        room = self._session.room(place)
        if room is None:
            joined = await fine(JoinedRoomsResponse, client.joined_rooms())
            raise Retry(SOON, "chat") if place in joined.rooms else Gone("not in the room")
        if not self._known.group(place) and not self._known.others(place):
            raise Gone("left")
        if room.encrypted and self._session.keys is None:
            raise Refused("the room is encrypted")
        return room

    async def _made(self, client: Client, room: MatrixRoom, message: Rendered) -> tuple[list[Content], str]:
        """The contents that carry a message, and the name of its file."""
        made = contents(message)
        file = message.attachment
        if file is None:
            return made, ""
        ref = file.ref
        if file.kind == "location":
            made[0] = files.placing(made[0], file)
        else:
            ref = await files.name(client, file, sealed=room.encrypted)
            made[0] = files.enclosing(made[0], file, ref)
        return made, ref

    async def _put(self, client: Client, room: MatrixRoom, content: Content, txn: str) -> str:
        """Send one event. What is encrypted is so under the lock of the keys; it is sent outside of it. Raises `Uncertain` where
        it may have arrived so long ago that the homeserver would show it twice."""
        since = self._unanswered.get(txn)
        if since is not None and self._now() - since >= REMEMBERS:
            del self._unanswered[txn]
            raise Uncertain("no answer for a day", forgotten=True)
        kind, sealed = MESSAGE, content
        if room.encrypted and self._session.keys is not None:
            async with self._session.keys.writing():
                kind, sealed = await encrypt(client, room.room_id, MESSAGE, content)
        try:
            sent = await client.put(room.room_id, kind, sealed, txn)
        except Failed as error:
            if error.status == 0 or error.status >= 500:
                self._unanswered.setdefault(txn, self._now())
            raise
        self._unanswered.pop(txn, None)
        return sent

    async def _redact(self, client: Client, place: str, event: str) -> None:
        try:
            await fine(RoomRedactResponse, client.room_redact(place, event, tx_id=transaction(f"redact {event}")))
        except Failed as error:
            if error.code not in NOT_THERE:
                raise
