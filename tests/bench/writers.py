"""People in private chats with a bot on a homeserver. They ask by hand, as cheaply as can be: it is the bot that is measured."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import aiohttp

from tests.support.homeserver import Account, Homeserver

PATIENCE = 120.0
"""Seconds that somebody waits for an answer."""

_NONE: dict[str, Any] = {"types": []}


class Writer:
    """Somebody with one private chat."""

    def __init__(self, session: aiohttp.ClientSession, account: Account, room: str) -> None:
        self.user = account.user
        self.room = room
        self._session = session
        self._token = account.token
        self._since = ""
        words = {"limit": 50, "types": ["m.room.message"], "not_senders": [self.user]}
        about = {"rooms": [room], "timeline": words, "state": _NONE, "ephemeral": _NONE, "account_data": _NONE}
        self._filter = json.dumps({"room": about, "presence": _NONE, "account_data": _NONE})

    async def say(self, text: str) -> None:
        path = f"rooms/{quote(self.room)}/send/m.room.message/{uuid4().hex}"
        await ask(self._session, "PUT", path, self._token, {"msgtype": "m.text", "body": text})

    async def catch_up(self) -> None:
        """Look at what is there: only what comes later is heard."""
        await self._sync(0)

    async def hears(self, text: str) -> None:
        """Wait until somebody else has written these words. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE):
            while not any(text in each for each in await self._sync(20_000)):
                pass

    async def _sync(self, wait: int) -> list[str]:
        since = f"&since={self._since}" if self._since else ""
        found = await ask(self._session, "GET", f"sync?timeout={wait}&filter={quote(self._filter)}{since}", self._token)
        self._since = found["next_batch"]
        here = found.get("rooms", {}).get("join", {}).get(self.room, {})
        return [event["content"].get("body", "") for event in here.get("timeline", {}).get("events", ())]


async def ask(session: aiohttp.ClientSession, method: str, path: str, token: str, body: Any = None) -> Any:
    """A request to the client's API, and the JSON of its answer."""
    headers = {"Authorization": f"Bearer {token}"}
    async with session.request(method, f"/_matrix/client/v3/{path}", json=body, headers=headers) as answer:
        answer.raise_for_status()
        return await answer.json()


@asynccontextmanager
async def writers(server: Homeserver, people: Sequence[Account], *bots: Account) -> AsyncIterator[list[list[Writer]]]:
    """All these people, once for each bot, in a private chat with it."""
    limit = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(server.url, connector=limit, timeout=aiohttp.ClientTimeout(PATIENCE)) as session:
        gate = asyncio.Semaphore(4)

        async def made(bot: Account, person: Account) -> Writer:
            async with gate:
                asked = {"preset": "trusted_private_chat", "is_direct": True, "invite": [person.user]}
                room = (await ask(session, "POST", "createRoom", bot.token, asked))["room_id"]
                await ask(session, "POST", f"join/{quote(room)}", person.token, {})
                return Writer(session, person, room)

        yield [await asyncio.gather(*(made(bot, person) for person in people)) for bot in bots]
