"""What people see of the bot before they write to it: its commands, its name and what it says about itself.

Invariant: only what differs from what Telegram has is sent, for Telegram takes few changes of a name in a day.
"""

from __future__ import annotations

import logging
from typing import Protocol

from bot.core import rights
from bot.core.message import Phrase, t
from bot.transports.graphemes import shortened
from bot.transports.port import SendError
from bot.transports.telegram.calling import Calling, Data
from bot.transports.telegram.offers import described

log = logging.getLogger(__name__)

ABOUT = t(
    "Good day. I am a program that leads conversations among citizens: I ask, pass on what people at your table say, "
    "count votes, and keep the time.\n\nIf you were invited, follow the link in your invitation, or write me your code. "
    "Telegram can read this chat."
)
"""What stands in a chat that is still empty; at most 512 characters."""

IN_SHORT = t("I lead conversations among citizens. Come in with the code from your invitation.")
"""What stands on the bot's page; at most 120 characters."""

LONGEST = {"Name": 64, "Description": 512, "ShortDescription": 120}

IN_ROOMS = ("talk", "table")
"""Commands that act on one of these are shown in groups, and `/help`."""


class Catalog(Protocol):
    """The interface texts by language; English is the language of those whose own is not there."""

    @property
    def languages(self) -> tuple[str, ...]: ...

    def phrase(self, msgid: str, plural: str | None, n: int, lang: str) -> str: ...


async def present(calling: Calling, catalog: Catalog, name: str = "") -> None:
    """Bring the bot's public face up to date, in every language. `name` is left as it is where it is "". What Telegram
    refuses is logged and left: nobody has to wait for it."""
    try:
        for language in catalog.languages:
            await _commands(calling, catalog, language)
            await _texts(calling, catalog, language)
        if name:
            await _text(calling, "Name", "name", name, "")
    except SendError as error:
        log.warning("The bot's commands and descriptions could not be renewed: %s", type(error).__name__)


async def _commands(calling: Calling, catalog: Catalog, language: str) -> None:
    own = rights.of("participant")
    rooms = [command for command in own if command.where in IN_ROOMS or command.name == "help"]
    for scope, offered in (("all_private_chats", own), ("all_group_chats", rooms)):
        wanted = described((c.name, _say(catalog, c.brief, language)) for c in offered)
        where: Data = {"scope": {"type": scope}, "language_code": _code(language)}
        if await calling.call("", "getMyCommands", where) != wanted:
            await calling.call("", "setMyCommands", {**where, "commands": wanted})


async def _texts(calling: Calling, catalog: Catalog, language: str) -> None:
    await _text(calling, "Description", "description", _say(catalog, ABOUT, language), _code(language))
    await _text(calling, "ShortDescription", "short_description", _say(catalog, IN_SHORT, language), _code(language))


async def _text(calling: Calling, method: str, field: str, wanted: str, code: str) -> None:
    wanted = shortened(wanted, LONGEST[method])
    has = await calling.call("", f"getMy{method}", {"language_code": code})
    if has.get(field) != wanted:
        await calling.call("", f"setMy{method}", {field: wanted, "language_code": code})


def _say(catalog: Catalog, phrase: Phrase, language: str) -> str:
    return catalog.phrase(phrase.text, None, 0, language)


def _code(language: str) -> str:
    """A language as Telegram names it: two letters, none for the one that all others fall back to."""
    return "" if language == "en" else language[:2]
