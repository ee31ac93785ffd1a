"""What the tests of Matrix share: an account of the bot, and an engine that does nothing but commit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest_asyncio

from bot.core.message import BlockKind
from bot.core.rendered import Choice, Rendered
from bot.transports.matrix import Matrix
from bot.transports.port import Batch, Incoming
from tests.support.homeserver import PATIENCE, Account
from tests.support.matrix_people import Gathering


class Listener:
    """The engine as far as a transport can tell: it commits each batch and asks with the cursor of that batch."""

    def __init__(self, matrix: Matrix, account: Account, cursor: str = "") -> None:
        self.matrix = matrix
        self.account = account
        self.cursor = cursor
        self.heard: list[Incoming] = []

    async def once(self, *, wait: bool = False) -> Batch:
        batch = await self.matrix.receive(self.cursor, wait)
        known = {event.id for event in self.heard}
        self.heard += [event for event in batch.events if event.id not in known]
        self.cursor = batch.cursor
        return batch

    async def until(self, enough: Callable[[list[Incoming]], Any]) -> list[Incoming]:
        """Receive until what was heard is enough."""
        async with asyncio.timeout(PATIENCE):
            while not enough(self.heard):
                await self.once(wait=True)
        return self.heard

    async def drained(self) -> list[Incoming]:
        """Receive what is there, until nothing moves any more."""
        before = None
        while before != self.cursor:
            before = self.cursor
            await self.once()
        return self.heard

    def texts(self) -> list[str]:
        return [event.text for event in self.heard if event.kind == "message"]


Open = Callable[..., Awaitable[Listener]]


def now() -> datetime:
    return datetime.now(UTC)


def words(*blocks: str | tuple[BlockKind, str], buttons: tuple[Choice, ...] = (), **more: Any) -> Rendered:
    """A message in somebody's language."""
    return Rendered(tuple(("text", b) if isinstance(b, str) else b for b in blocks), buttons, **more)


@pytest_asyncio.fixture
async def listen(homeserver: Gathering) -> AsyncIterator[Open]:
    """Opens accounts of the bot; each has had its first sync, so that it hears what is said from then on."""
    opened: list[Matrix] = []

    async def open_(
        account: Account | None = None,
        cursor: str = "",
        keys: Path | None = None,
        clock: Callable[[], datetime] = now,
    ) -> Listener:
        account = account or homeserver.pool.account("bot")
        matrix = Matrix("test", homeserver.server.url, account.user, account.token, clock, keys=keys, secret="s")
        opened.append(matrix)
        listener = Listener(matrix, account, cursor)
        await listener.once()
        return listener

    yield open_
    for matrix in opened:
        await matrix.close()
