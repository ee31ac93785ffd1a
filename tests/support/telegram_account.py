"""A Telegram account of ours on the strict server, with Anna in its private chat and a clock to move."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from bot.core.message import BlockKind
from bot.core.rendered import Attachment, Choice, Rendered
from bot.transports.port import Batch
from bot.transports.telegram import Telegram
from tests.support.botapi import BotApi
from tests.support.botapi.bots import Bot
from tests.support.botapi.clock import Clock
from tests.support.botapi.model import Message
from tests.support.botapi.people import Person

TOKEN = "7000001:canary-token-that-nobody-may-see"


class Account:
    """`telegram` is ours; `cursor` is what the engine has committed. Pauses between pieces are noted, not waited for;
    `meanwhile` happens in them."""

    def __init__(self, **how: Any) -> None:
        self.clock = Clock()
        self.api = BotApi(self.clock)
        self.bot: Bot = self.api.bot(TOKEN)
        self.anna: Person = self.api.person("Anna", "de", "anna")
        self.cursor = ""
        self.pauses: list[float] = []
        self.meanwhile: Callable[[], object] = bool
        self._how = how

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Account]:
        async with self.api:
            self.telegram = Telegram("main", TOKEN, self.clock, api=self.api.base_url, pause=self._pause, **self._how)
            await self.anna.start()
            await self.receive()
            try:
                yield self
            finally:
                await self.telegram.close()

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.meanwhile()

    async def receive(self, wait: bool = False) -> Batch:
        """The next batch, which counts as committed."""
        batch = await self.telegram.receive(self.cursor, wait)
        self.cursor = batch.cursor
        return batch

    @property
    def place(self) -> str:
        """Anna's chat."""
        return str(self.anna.id)

    def message(self, id: str) -> Message:
        """A message in Anna's chat."""
        return self.anna.chat().messages[int(id)]


def text(words: str = "hello", kind: BlockKind = "text", **more: Any) -> Rendered:
    """A message of one block."""
    return Rendered(((kind, words),), **more)


def buttons(*labels: str) -> tuple[Choice, ...]:
    """Buttons that carry k:0, k:1 and so on."""
    return tuple(Choice(label, f"k:{n}") for n, label in enumerate(labels))


def file(kind: str, data: bytes | None = b"bytes", **more: str) -> Attachment:
    """A file to send."""
    return Attachment(kind, "id", data=data, **more)
