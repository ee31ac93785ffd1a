"""The rooms of an assembly: a space, and a room for each table.

Making a room cannot be repeated at a homeserver; but an alias is given away once. So each has one that is derived from its key,
and whoever finds the alias taken has made the room before.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from nio import (
    RoomCreateResponse,
    RoomGetStateEventResponse,
    RoomInviteResponse,
    RoomKickResponse,
    RoomPutStateResponse,
    RoomResolveAliasResponse,
)
from nio.api import RoomPreset

from bot.transports.fields import part
from bot.transports.matrix.errors import NO_TOKEN, Failed, fine, meaning
from bot.transports.matrix.reading import LEVELS
from bot.transports.matrix.session import Client, Session
from bot.transports.port import Retry, Stopped

log = logging.getLogger(__name__)

VERSION = "11"
"""The room version: the last in which the maker of a room stands in its power levels like everybody else. All servers know it."""

MEGOLM = {"algorithm": "m.megolm.v1.aes-sha2"}
OWNER, GUIDE = 100, 50
"""Power levels: our own, and that of people who may change a room, ask in, throw out and delete."""

OURS = (
    LEVELS, "m.room.tombstone", "m.room.encryption", "m.space.child", "m.room.join_rules", "m.room.history_visibility",
    "m.room.guest_access", "m.room.server_acl",
)  # fmt: skip
"""What nobody else changes: who may do what, and who else may come in and read."""


class MatrixRooms:
    """Makes, opens and closes rooms."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def make_space(self, name: str, topic: str, key: str) -> str:
        async with self._trying() as client:
            return await self._make(client, name, topic, key, (), [], space=True)

    async def make_room(
        self, name: str, topic: str, key: str, *, space: str = "", guides: Sequence[str] = (), encrypted: bool = False
    ) -> str:
        async with self._trying() as client:
            state = [_state("m.room.encryption", MEGOLM)] if encrypted else []
            via = {"via": [self._server]}
            if space:
                state.append(_state("m.space.parent", via | {"canonical": True}, space))
            room = await self._make(client, name, topic, key, guides, state, space=False)
            if space:
                await self._hang(client, space, room, via)
            return room

    async def _hang(self, client: Client, space: str, room: str, via: dict[str, Any]) -> None:
        """Let a space show a room. Where somebody has taken the space from us, the room is there all the same."""
        try:
            await fine(RoomPutStateResponse, client.room_put_state(space, "m.space.child", via, room))
        except Failed as error:
            if error.code != "M_FORBIDDEN":
                raise
            log.warning("the space of an assembly is not ours any more, so it does not show a new room")

    async def invite(self, place: str, user: str) -> None:
        async with self._trying(place) as client:
            try:
                await fine(RoomInviteResponse, client.room_invite(place, user))
            except Failed as error:
                if error.code != "M_FORBIDDEN" or await self._membership(client, place, user) not in ("join", "invite"):
                    raise

    async def lead(self, place: str, guides: Sequence[str]) -> None:
        async with self._trying(place) as client:
            levels = (await fine(RoomGetStateEventResponse, client.room_get_state_event(place, LEVELS))).content
            users = {self._session.user: OWNER} | dict.fromkeys(guides, GUIDE)
            if part(levels, "users") != users:
                await fine(RoomPutStateResponse, client.room_put_state(place, LEVELS, levels | {"users": users}))

    async def kick(self, place: str, user: str, reason: str) -> None:
        async with self._trying(place) as client:
            try:
                await fine(RoomKickResponse, client.room_kick(place, user, reason))
            except Failed as error:
                if error.code != "M_FORBIDDEN" or await self._membership(client, place, user) in ("join", "invite"):
                    raise

    async def rename(self, place: str, name: str, topic: str) -> None:
        async with self._trying(place) as client:
            await fine(RoomPutStateResponse, client.room_put_state(place, "m.room.name", {"name": name}))
            await fine(RoomPutStateResponse, client.room_put_state(place, "m.room.topic", {"topic": topic}))

    async def seal(self, place: str) -> None:
        async with self._trying(place) as client:
            levels = (await fine(RoomGetStateEventResponse, client.room_get_state_event(place, LEVELS))).content
            shut = levels | {
                "events_default": OWNER,
                "invite": OWNER,
                "events": dict.fromkeys(part(levels, "events"), OWNER),
            }
            if shut != levels:
                await fine(RoomPutStateResponse, client.room_put_state(place, LEVELS, shut))

    async def reaches(self, user: str) -> str:
        """Ask for a room that nobody has at the server of this user: ours asks theirs, and before that one answers it has to ask
        ours for its keys. So the two find each other both ways."""
        server = user.partition(":")[2]
        if not user.startswith("@") or not server:
            return "this is no Matrix id"
        if server == self._server:
            return ""
        async with self._trying() as client:
            try:
                await fine(
                    RoomResolveAliasResponse, client.room_resolve_alias(f"#pnyx-asks-whether-you-are-there:{server}")
                )
            except Failed as error:
                if error.token or error.after is not None or error.status == 0:
                    raise
                if error.code != "M_NOT_FOUND":
                    return "their server and ours do not reach each other"
        return ""

    async def _make(
        self, client: Client, name: str, topic: str, key: str, guides: Sequence[str], state: list[Any], *, space: bool
    ) -> str:
        alias = f"pnyx-{hashlib.sha256(f'{self._session.user} {key}'.encode()).hexdigest()[:32]}"
        levels = {
            "users": {self._session.user: OWNER} | dict.fromkeys(guides, GUIDE),
            "users_default": 0,
            "events_default": OWNER if space else 0,
            "state_default": GUIDE,
            "invite": GUIDE,
            "events": dict.fromkeys(OURS, OWNER),
        }
        first = [
            _state("m.room.history_visibility", {"history_visibility": "invited"}),
            _state("m.room.guest_access", {"guest_access": "forbidden"}),
            _state(
                "org.matrix.room.preview_urls", {"disable": True}
            ),  # nobody's server looks at what somebody linked to
        ]
        try:
            made = await fine(
                RoomCreateResponse,
                client.room_create(
                    alias=alias, name=name, topic=topic, room_version=VERSION, preset=RoomPreset.private_chat,
                    invite=list(guides), initial_state=[*first, *state], power_level_override=levels, space=space,
                ),
            )  # fmt: skip
        except Failed as error:
            if error.code != "M_ROOM_IN_USE":
                raise
            asked = client.room_resolve_alias(f"#{alias}:{self._server}")
            return str((await fine(RoomResolveAliasResponse, asked)).room_id)
        return str(made.room_id)

    @property
    def _server(self) -> str:
        return self._session.user.partition(":")[2]

    async def _membership(self, client: Client, place: str, user: str) -> str:
        try:
            answer = await fine(RoomGetStateEventResponse, client.room_get_state_event(place, "m.room.member", user))
        except Failed as error:
            if error.code == "M_NOT_FOUND":
                return ""
            raise
        return str(answer.content.get("membership", ""))

    @asynccontextmanager
    async def _trying(self, place: str = "") -> AsyncIterator[Client]:
        """The client. Errors become what they mean to the engine."""
        try:
            yield await self._session.open()
        except Failed as error:
            raise meaning(error, member=self._session.room(place) is not None or not place) from None
        except Stopped:
            raise Retry(NO_TOKEN, "account") from None


def _state(kind: str, content: dict[str, Any], key: str = "") -> dict[str, Any]:
    return {"type": kind, "state_key": key, "content": content}
