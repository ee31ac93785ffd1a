"""python-telegram-bot's client, with answers as Telegram gives them.

Its typed methods build an object for everything in an answer, which costs twice as much as the call itself, and one update
that it cannot build loses the whole batch. So the calls go through it and the answers come back as they are.
"""

from __future__ import annotations

import logging
from typing import Any

from telegram.ext import ExtBot

from bot.transports.telegram.request import Request, Unanswered

API = "https://api.telegram.org"

POLL_MARGIN = 10.0
"""Seconds that an answer to a long poll may take beyond what the poll asked for."""

# The library's debug lines hold people's words, its request lines the token.
logging.getLogger("telegram").setLevel(logging.WARNING)


class Client(ExtBot[None]):
    """The client of one bot account. `api` is where the Bot API is spoken, with or without the `/bot` of its addresses."""

    def __init__(self, token: str, api: str = API) -> None:
        api = api.removesuffix("/").removesuffix("/bot")
        super().__init__(
            token,
            base_url=f"{api}/bot",
            base_file_url=f"{api}/file/bot",
            request=Request(),
            get_updates_request=Request(2),
        )
        self._closed = False

    async def disconnect(self) -> None:
        """Let go of the connections. After this nothing can be called any more."""
        self._closed = True
        for request in self._request:
            await request.shutdown()

    async def call(self, method: str, /, **data: object) -> Any:
        """What Telegram answers to a method. Raises the library's errors, none of which holds the token."""
        return await self._result(method, data)

    async def poll(self, offset: int | None, seconds: int, limit: int, allowed: list[str]) -> Any:
        """`getUpdates`: waits up to `seconds` for something from `offset` on."""
        asked: dict[str, object] = {"offset": offset, "timeout": seconds, "limit": limit, "allowed_updates": allowed}
        return await self._result("getUpdates", asked, seconds + POLL_MARGIN)

    async def download(self, path: str) -> bytes:
        """The bytes of a file whose path `getFile` has told."""
        await self._connect()
        return await self.request.retrieve(f"{self.base_file_url}/{path}")

    async def _result(self, method: str, data: dict[str, object], wait: float | None = None) -> Any:
        await self._connect()
        try:
            return await self._post(method, data, read_timeout=wait)
        except KeyError:
            lacking = Unanswered("an answer without a result")
        raise lacking

    async def _connect(self) -> None:
        """The sessions belong to the event loop in which the first call is made."""
        if not self._closed:
            for request in self._request:
                await request.initialize()
