"""For tests that drive the strict server with the real client of python-telegram-bot."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

import telegram
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from tests.support.botapi.bots import Bot
from tests.support.botapi.clock import Clock
from tests.support.botapi.pacing import Limits
from tests.support.botapi.people import Person
from tests.support.botapi.server import BotApi


class Trial:
    """A server with a clock to move, one bot, and Anna. `call` is the bot's real client."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.clock = Clock()
        self.api = BotApi(self.clock, limits)
        self.bot: Bot = self.api.bot()
        self.anna: Person = self.api.person("Anna", "de", "anna")

    @asynccontextmanager
    async def client(self, bot: Bot | None = None) -> AsyncIterator[telegram.Bot]:
        """The real client of a bot."""
        token = (bot or self.bot).token
        # Without `verify` no certificates are loaded, which takes longer than most tests.
        one, two = (HTTPXRequest(connection_pool_size=8, httpx_kwargs={"verify": False}) for _ in range(2))
        client = telegram.Bot(token, self.api.base_url, self.api.file_url, one, two)
        async with client:
            yield client

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Trial]:
        async with self.api, self.client() as self.call:
            yield self

    async def refused(self, call: Awaitable[object], bot: Bot | None = None) -> str:
        """The words of the refusal, as they left the server. The client has raised its own error for them."""
        try:
            answer = await call
        except TelegramError:
            return self.api.audit.calls[-1].error
        raise AssertionError(f"it was not refused, but answered {answer}")

    async def updates(self, offset: int = 0, **how: object) -> list[telegram.Update]:
        """What waits, without waiting for more."""
        return list(await self.call.get_updates(offset=offset, timeout=0, **how))  # type: ignore[arg-type] # as given

    async def drain(self) -> list[telegram.Update]:
        """What waits, and confirm it."""
        found = await self.updates()
        if found:
            await self.updates(found[-1].update_id + 1)
        return found
