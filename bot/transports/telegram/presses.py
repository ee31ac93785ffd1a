"""Telling people's apps that a button press has been taken: until then they show a little clock.

Invariant: a press is acknowledged only after the batch it came with has been committed.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable

from telegram.error import TelegramError

from bot.transports.telegram.client import Client

AT_ONCE = 16
"""Acknowledgements under way at a time."""

PATIENCE = 2.0
"""Seconds that closing waits for those under way."""


class Acknowledging:
    """Answers presses in the background. An answer that fails is counted in `failed` and forgotten: a clock on a phone
    goes away by itself."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self.failed: Counter[str] = Counter()

    def take(self, presses: Iterable[str]) -> None:
        """Acknowledge these presses, by the ids that Telegram gave them."""
        for id in presses:
            task = asyncio.create_task(self._answer(id))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Let those under way end, for a moment."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=PATIENCE)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _answer(self, id: str) -> None:
        async with self._gate:
            try:
                await self._client.call("answerCallbackQuery", callback_query_id=id)
            except TelegramError as error:
                self.failed[f"answerCallbackQuery: {type(error).__name__}"] += 1
