"""What an account offers around a chat: its commands, a link into it, the files that came from it."""

from __future__ import annotations

from collections.abc import Iterable

from bot.transports.graphemes import shortened
from bot.transports.port import Media, Menu, Refused
from bot.transports.telegram.calling import Calling, chat

LARGEST_DOWNLOAD = 20 * 2**20
"""Bytes of a file that Telegram gives to a bot."""

LONGEST_BRIEF = 256
"""Characters of what a command does."""


def described(commands: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """Commands as Telegram wants them."""
    return [{"command": name, "description": shortened(brief, LONGEST_BRIEF)} for name, brief in commands]


async def show(calling: Calling, place: str, menu: Menu) -> None:
    """The commands of one chat; without any the general ones hold there."""
    scope = {"type": "chat", "chat_id": chat(place)}
    if menu.commands:
        await calling.call(place, "setMyCommands", {"scope": scope, "commands": described(menu.commands)})
    else:
        await calling.call(place, "deleteMyCommands", {"scope": scope})


async def link(calling: Calling, place: str) -> str:
    """A link into a group. Raises `Refused` where the bot may not make any."""
    made = await calling.call(place, "createChatInviteLink", {"chat_id": chat(place)})
    return str(made.get("invite_link", ""))


async def fetch(calling: Calling, media: Media) -> bytes:
    """The bytes of a file, up to 20 MB."""
    if media.kind == "location" or not media.ref:
        raise Refused("no file")
    if media.size > LARGEST_DOWNLOAD:
        raise Refused("file is too big")
    file = await calling.call("", "getFile", {"file_id": media.ref})
    return await calling.download(str(file.get("file_path", "")))
