"""Looking whether a bot account can do its work: its token, whether groups can be heard, who receives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import ceil
from typing import Any
from urllib.parse import urlsplit

from telegram.error import InvalidToken, TelegramError

from bot.app.config import BadConfig, Config, TelegramTable
from bot.app.findings import Finding
from bot.app.tokens import hook, token
from bot.app.veil import veiled
from bot.core.problems import count
from bot.transports.telegram.client import Client
from bot.transports.telegram.request import Flood, NeverWritten, Unanswered


async def look_at(config: Config, table: TelegramTable) -> list[Finding]:
    """Look at a Telegram account of the config. Nothing is changed there."""
    account = f"telegram:{table.name}"
    try:
        own = token(config, table)
        hook(config, table)
    except BadConfig as error:
        return [Finding("bad", str(error))]
    client = Client(own, table.api)
    try:
        me = await client.call("getMe")
        hooked = await client.call("getWebhookInfo")
    except InvalidToken:
        return [
            Finding(
                "bad", f"Telegram does not know the token of {account}. Ask @BotFather for it (/mybots, API Token)."
            )
        ]
    except TelegramError as error:
        return [
            Finding(
                "bad",
                f"Telegram cannot be asked about {account}: {_trouble(error, table.api)}",
            )
        ]
    finally:
        await client.disconnect()
    return [*_about(account, table, me), *_about_receiving(account, table, hooked)]


def _trouble(error: TelegramError, where: str) -> str:
    """What stood in the way, and what to look at."""
    match error:
        case NeverWritten():
            return f"no connection to {where} comes about. Is there a network, and is the address right?"
        case Unanswered():
            return f"{where} does not answer. Please try again in a minute."
        case Flood():
            return f"{where} was asked too often. Please try again in {count(ceil(error.seconds), 'second')}."
    said, _, _ = error.message.partition(". ")
    return f"{where} answers “{veiled(said)[:100]}”. Is that the address of a Bot API server?"


def _about(account: str, table: TelegramTable, me: Mapping[str, Any]) -> Iterator[Finding]:
    name = str(me.get("username", ""))
    yield Finding("good", f"{account} is @{name}: https://t.me/{name}")
    if table.username and table.username.casefold() != name.casefold():
        yield Finding(
            "bad", f"{account} is called @{name}, but the config says @{table.username}. Correct username there."
        )
    if not me.get("can_join_groups", True):
        yield Finding(
            "note", "It cannot be added to groups. If a table is to meet in one: @BotFather, /setjoingroups, Enable."
        )
    elif not me.get("can_read_all_group_messages", False):
        yield Finding(
            "note",
            "In groups it hears commands only (privacy mode). If a table is to talk in one: @BotFather, /setprivacy, Disable, "
            "then take the bot out of its groups and add it again. Tables that meet through the bot need nothing.",
        )


def _about_receiving(account: str, table: TelegramTable, hooked: Mapping[str, Any]) -> Iterator[Finding]:
    url, waiting = str(hooked.get("url", "")), int(hooked.get("pending_update_count", 0))
    where = urlsplit(url).hostname or ""
    if table.mode == "poll" and url:
        yield Finding(
            "note", f"Its messages go to a webhook at {where}. `pnyx run` takes that away: end the program there first."
        )
    if table.webhook is not None and url and url != table.webhook.url:
        yield Finding("note", f"Its webhook is at {where} still. `pnyx run` sets the one of the config.")
    if url and hooked.get("last_error_message"):
        yield Finding(
            "note",
            f"Telegram could not reach that webhook last time: {veiled(str(hooked['last_error_message']))[:200]}",
        )
    if waiting:
        yield Finding(
            "note", f"At Telegram wait {count(waiting, 'message or press', 'messages and presses')}, for a day at most."
        )
