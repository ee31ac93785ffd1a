"""The ways to people that the config names."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from bot.app.config import BadConfig, Config, MatrixTable
from bot.app.tokens import accesses, hook, tokens
from bot.language.catalog import Catalogs
from bot.store import accounts
from bot.store.connection import Store
from bot.store.keys import KeyFile
from bot.transports.matrix import Matrix
from bot.transports.matrix.keys import NO_LIBRARY, can_encrypt
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


def matrices(config: Config, now: Callable[[], datetime], keys: KeyFile) -> list[Matrix]:
    """Makes the Matrix accounts of the config. Nothing is asked of a homeserver yet. Raises `BadConfig` where a token is missing
    or wrong, or where something is to be encrypted and cannot be."""
    found = accesses(config)
    for table in config.matrix:
        if table.encryption != "none" and not can_encrypt():
            raise BadConfig(
                f'matrix:{table.name}: {NO_LIBRARY}. Or write encryption = "none": then nobody is heard, or answered, in chats '
                "that their app has encrypted, as Element does."
            )
    return [
        Matrix(
            t.name, t.homeserver, t.user, found[t.name], now,
            keys=config.keys_of(t), secret=crypto_secret(keys, t), encrypts=t.encryption == "tables",
        )
        for t in config.matrix
    ]  # fmt: skip


def crypto_secret(keys: KeyFile, table: MatrixTable) -> str:
    """With what the keys of a Matrix account are sealed in their file: the key file opens them, too."""
    return keys.derive(f"matrix/{table.user}").hex()


async def note_names(store: Store, bots: Sequence[Telegram]) -> None:
    """Keep what each bot is called, once Telegram has told: invitations need it for their links."""
    waiting = list(bots)
    while waiting:
        for bot in [bot for bot in waiting if bot.me.username]:
            await store.transact(accounts.call, bot.account, bot.me.username)
            waiting.remove(bot)
        await asyncio.sleep(LOOK)
