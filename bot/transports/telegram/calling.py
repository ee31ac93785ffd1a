"""One call to Telegram, with its refusals put into the words of the port."""

from __future__ import annotations

from typing import Any

from telegram.error import TelegramError

from bot.transports.port import Refused, SendError
from bot.transports.telegram.client import Client
from bot.transports.telegram.errors import Floods, meaning, says

Data = dict[str, object]
"""The parameters of a method."""


class Calling:
    """Makes calls for one account. Every error that leaves it is a `SendError`."""

    def __init__(self, client: Client, floods: Floods) -> None:
        self._client, self._floods = client, floods

    async def call(self, place: str, method: str, data: Data) -> Any:
        """What Telegram answers to a call that concerns this place ("" for none)."""
        return (await self.attempt(place, method, data))[0]

    async def attempt(self, place: str, method: str, data: Data, *forgiven: str) -> tuple[Any, str]:
        """The answer and "", or None and which of the `forgiven` refusals came instead."""
        failure: SendError
        try:
            return await self._client.call(method, **data), ""
        except TelegramError as error:
            for text in forgiven:
                if says(error, text):
                    return None, text
            failure = meaning(error, place, self._floods)
        raise failure

    async def download(self, path: str) -> bytes:
        """The bytes of a file whose path `getFile` told."""
        failure: SendError
        try:
            return await self._client.download(path)
        except TelegramError as error:
            failure = meaning(error, "", self._floods)
        raise failure


def chat(place: str) -> int | str:
    """The chat of a place, without its topic."""
    id = place.partition("/")[0]
    return int(id) if id.lstrip("-").isdecimal() else id


def number(id: str) -> int:
    """A message's id as Telegram counts it."""
    if not id.isdecimal():
        raise Refused("no message of this platform")
    return int(id)
