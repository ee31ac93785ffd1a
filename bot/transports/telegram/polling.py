"""Receiving by long polls of our own.

Invariants:

* `getUpdates` with the next offset is what confirms a batch to Telegram, and it is called only with the cursor that the
  engine has committed.
* What cannot be read is confirmed with the rest, so that it does not come again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from telegram.error import Conflict, InvalidToken, TelegramError

from bot.transports.fields import number, part, text
from bot.transports.port import Batch, Stopped
from bot.transports.telegram.client import Client
from bot.transports.telegram.presses import Acknowledging
from bot.transports.telegram.updates import ALLOWED, Reader

log = logging.getLogger(__name__)

MOST = 100
"""Updates in a batch, as many as Telegram gives."""

SECONDS = 25
"""How long a poll waits where nothing has happened."""


UNKNOWN_BOT = (
    "Telegram does not know the token of {account}. Ask @BotFather for it (/mybots, API Token), "
    "set it, and start again."
)
TWICE = "Another program receives what people write to {account}. Stop that one, or this one: only one can."
HOOKED = (
    "Another program has set a webhook for {account}, so nothing arrives here. Stop that program, "
    "or give each one a bot of its own."
)


class NoContact(Exception):
    """Telegram could not be asked. It may pass."""


class Polling:
    """The receiving half of an account."""

    def __init__(
        self, account: str, client: Client, reader: Reader, acknowledging: Acknowledging, now: Callable[[], datetime]
    ) -> None:
        self._account, self._client, self._reader, self._now = account, client, reader, now
        self._acknowledging = acknowledging
        self._unhooked = False
        self._given: tuple[str, list[str]] = ("", [])

    async def receive(self, cursor: str, wait: bool) -> Batch:
        """What lies behind the cursor. Raises `Stopped`, or `NoContact`."""
        self._confirm(cursor)
        updates = await self._poll(_offset(cursor), SECONDS if wait else 0)
        now = self._now()
        events = [event for update in updates for event in self._reader.read(update, now)]
        objects = [update for update in updates if isinstance(update, dict)]
        ids = [id for update in objects if (id := number(update, "update_id")) is not None]
        if updates and not ids:
            raise NoContact(f"{self._account}: updates without numbers")
        behind = str(max(ids) + 1) if ids else cursor
        self._given = (behind, [press for each in objects if (press := text(part(each, "callback_query"), "id"))])
        return Batch(tuple(events), behind, len(updates) >= MOST)

    def _confirm(self, cursor: str) -> None:
        """The engine asks for what lies behind this: if it is our last batch, that one is committed."""
        behind, presses = self._given
        self._given = ("", [])
        if cursor == behind:
            self._acknowledging.take(presses)

    async def _poll(self, offset: int | None, seconds: int) -> list[Any]:
        failure: Exception
        try:
            found = await self._client.poll(offset, seconds, MOST, ALLOWED)
        except InvalidToken:
            failure = Stopped(UNKNOWN_BOT.format(account=self._account))
        except Conflict as error:
            if "webhook is active" in error.message.lower() and not self._unhooked:
                return await self._unhook(offset, seconds)
            failure = Stopped((HOOKED if "webhook" in error.message.lower() else TWICE).format(account=self._account))
        except TelegramError as error:
            failure = NoContact(f"{self._account}: {type(error).__name__}")
        else:
            if isinstance(found, list):
                return found
            failure = NoContact(f"{self._account}: an answer without updates")
        raise failure

    async def _unhook(self, offset: int | None, seconds: int) -> list[Any]:
        """Take a webhook away that an earlier setting has left. Once: if it comes back, somebody else wants it."""
        log.warning("%s had a webhook, but is set to poll: the webhook is taken away", self._account)
        self._unhooked = True
        failure: NoContact
        try:
            await self._client.call("deleteWebhook")
        except TelegramError as error:
            failure = NoContact(f"{self._account}: {type(error).__name__}")
        else:
            return await self._poll(offset, seconds)
        raise failure


def _offset(cursor: str) -> int | None:
    """The offset within a cursor; one that was made by a webhook counts its batches behind a dot."""
    offset = cursor.partition(".")[0]
    return int(offset) if offset.isdecimal() else None
