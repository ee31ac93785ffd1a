"""One Telegram account, as the engine sees it."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from telegram.error import InvalidToken, TelegramError

from bot.core.rendered import Rendered
from bot.transports.fields import number, text
from bot.transports.port import Abilities, Batch, Media, Menu, Receipt, Refused, Rooms, Stopped
from bot.transports.telegram import offers
from bot.transports.telegram.calling import Calling
from bot.transports.telegram.client import API, Client
from bot.transports.telegram.errors import Floods
from bot.transports.telegram.polling import UNKNOWN_BOT, NoContact, Polling
from bot.transports.telegram.posts import posts
from bot.transports.telegram.presses import Acknowledging
from bot.transports.telegram.profile import Catalog, present
from bot.transports.telegram.sending import PACE, Sending
from bot.transports.telegram.updates import Me, Reader
from bot.transports.telegram.webhook import Hook, Webhook

KEEPS = timedelta(hours=24)
"""So long Telegram keeps what nobody has fetched."""

KEEPS_PRESSES = timedelta(seconds=150)
"""So long it keeps presses of buttons."""


class Telegram:
    """A bot account called `name`; people know it as `me.username`. `api` is where the Bot API is spoken; with a `hook` it
    receives there, else by polling. With a `catalog` it shows people its commands in their languages, and, if there is a
    `title`, calls itself so.

    It opens itself with the first `receive`. `pause` waits so many seconds between the pieces of one message.
    `dropped` counts what came to nothing, by its kind."""

    abilities = Abilities(
        repeatable=False, edits=True, press_bytes=64, pace=PACE, drains=True, keeps=KEEPS, keeps_presses=KEEPS_PRESSES
    )
    rooms: Rooms | None = None  # bots cannot make groups

    def __init__(
        self,
        name: str,
        token: str,
        now: Callable[[], datetime],
        *,
        api: str = API,
        hook: Hook | None = None,
        catalog: Catalog | None = None,
        title: str = "",
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.account = f"telegram:{name}"
        self._client = Client(token, api)
        self._calling = Calling(self._client, Floods(time.monotonic))
        self._sending = Sending(self._calling, pause)
        self._acknowledging = Acknowledging(self._client)
        self._reader = Reader(Me(0, ""))
        self._receiving: Polling | Webhook = (
            Polling(self.account, self._client, self._reader, self._acknowledging, now)
            if hook is None
            else Webhook(self.account, hook, self._client, self._reader, self._acknowledging, now)
        )
        self._catalog, self._title = catalog, title
        self._open = False

    @property
    def me(self) -> Me:
        """The bot itself; without a name before it is open."""
        return self._reader.me

    @property
    def port(self) -> int:
        """Where it listens for posts; 0 where it polls."""
        return self._receiving.port if isinstance(self._receiving, Webhook) else 0

    @property
    def dropped(self) -> Counter[str]:
        return self._reader.dropped + self._acknowledging.failed

    async def open(self) -> None:
        """Ask Telegram who the bot is, and show people what it does. Raises `Stopped` where the token is wrong, `NoContact`
        where Telegram is away."""
        if self._open:
            return
        failure: Exception
        try:
            told = await self._client.call("getMe")
        except InvalidToken:
            failure = Stopped(UNKNOWN_BOT.format(account=self.account))
        except TelegramError as error:
            failure = NoContact(f"{self.account}: {type(error).__name__}")
        else:
            self._reader.me = Me(
                number(told, "id") or 0, text(told, "username"), told.get("can_read_all_group_messages") is not False
            )
            self._open = True
            if self._catalog is not None:
                await present(self._calling, self._catalog, self._title)
            return
        raise failure

    async def receive(self, cursor: str, wait: bool = True) -> Batch:
        """As the port has it."""
        await self.open()
        batch = await self._receiving.receive(cursor, wait)
        return replace(batch, name=self.me.username)

    def chat(self, place: str) -> str:
        """The group of a topic."""
        return place.partition("/")[0]

    def pieces(self, message: Rendered) -> int:
        """In how many messages this one would be cut."""
        try:
            return max(1, len(posts("0", message)))
        except Refused:
            return 1

    async def send(self, place: str, message: Rendered, key: str) -> Receipt:
        """As the port has it."""
        return await self._sending.send(place, message, key)

    async def edit(self, place: str, message: Rendered, remote: str) -> Receipt:
        """As the port has it."""
        return await self._sending.edit(place, message, remote)

    async def delete(self, place: str, remote: str) -> None:
        """As the port has it."""
        await self._sending.delete(place, remote)

    async def menu(self, place: str, menu: Menu) -> None:
        """As the port has it."""
        await offers.show(self._calling, place, menu)

    async def link(self, place: str) -> str:
        """As the port has it."""
        return await offers.link(self._calling, place)

    async def fetch(self, media: Media) -> bytes:
        """As the port has it."""
        return await offers.fetch(self._calling, media)

    async def close(self) -> None:
        """Let the last acknowledgements out, and let go of the connections."""
        if isinstance(self._receiving, Webhook):
            await self._receiving.close()
        await self._acknowledging.close()
        await self._client.disconnect()
