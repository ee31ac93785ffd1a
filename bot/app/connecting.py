"""The ways to people that the config names."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from bot.app.config import Config
from bot.app.tokens import hook, tokens
from bot.language.catalog import Catalogs
from bot.store import accounts
from bot.store.connection import Store
from bot.transports.telegram import Telegram

LOOK = 1.0
"""Seconds between two looks whether an account has told its name."""


def telegrams(config: Config, now: Callable[[], datetime], catalogs: Catalogs) -> Callable[[str], list[Telegram]]:
    """Makes the Telegram accounts of the config, which call themselves by the title that it is given, or stay as they are
    called where that is "". Raises `BadConfig` at once where a token or a secret is missing or wrong."""
    found = tokens(config)
    hooks = {table.name: hook(config, table) for table in config.telegram}

    def made(title: str) -> list[Telegram]:
        return [
            Telegram(t.name, found[t.name], now, api=t.api, hook=hooks[t.name], catalog=catalogs, title=title)
            for t in config.telegram
        ]

    return made


async def note_names(store: Store, bots: Sequence[Telegram]) -> None:
    """Keep what each bot is called, once Telegram has told: invitations need it for their links."""
    waiting = list(bots)
    while waiting:
        for bot in [bot for bot in waiting if bot.me.username]:
            await store.transact(accounts.call, bot.account, bot.me.username)
            waiting.remove(bot)
        await asyncio.sleep(LOOK)
