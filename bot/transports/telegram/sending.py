"""What an account says and changes in chats.

Invariants:

* Nothing is tried again here, except otherwise: a file by its bytes where Telegram no longer knows its name, a caption
  where there is no text.
* A message of several pieces has all their ids in one, with commas between them. A try that broke off is taken up behind
  the last piece that arrived, as long as the process lives.
* To change a message into what it is, and to delete what is gone, is success.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from bot.core.rendered import Attachment, Rendered
from bot.transports.port import Pace, Receipt, Refused, SendError
from bot.transports.telegram.calling import Calling, Data, chat, number
from bot.transports.telegram.html import LONGEST, LONGEST_CAPTION, pieces
from bot.transports.telegram.keyboard import keyboard
from bot.transports.telegram.posts import HTML, METHODS, TEXT, WORDLESS, posts, ref, upload

PACE = Pace(per_second=30, chat_gap=1.0, room_per_minute=20)

NOT_MODIFIED = "message is not modified"
NO_TEXT = "there is no text in the message to edit"
GONE_ALREADY = "message to delete not found"
UNKNOWN_FILE = ("wrong file identifier", "wrong remote file identifier", "file reference")

_BEGUN = 1000
"""So many messages that broke off are remembered."""


class Sending:
    """Sends, edits and deletes. `pause` waits so many seconds between the pieces of a message."""

    def __init__(self, calling: Calling, pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._calling, self._pause = calling, pause
        self._begun: dict[str, tuple[list[str], list[str]]] = {}

    async def send(self, place: str, message: Rendered, key: str) -> Receipt:
        """Deliver a message. `key` is the same for every try."""
        planned = posts(place, message)
        if not planned:
            raise Refused("nothing to say")
        texts = [str(data.get("text", data.get("caption", ""))) for _, data in planned]
        before, ids = self._begun.pop(key, (texts, []))
        ids = ids if before == texts else []
        name = ""
        try:
            for method, data in planned[len(ids) :]:
                if ids:
                    await self._pause(PACE.chat_gap)
                sent = await self._put(place, method, data, message.attachment)
                ids.append(str(sent.get("message_id", "")))
                name = name or (ref(sent, message.attachment.kind) if message.attachment else "")
        except SendError:
            if ids:
                self._remember(key, texts, ids)
            raise
        return Receipt(",".join(ids), name)

    async def edit(self, place: str, message: Rendered, remote: str) -> Receipt:
        """Let a message read otherwise. One that no longer fits into its pieces is `Refused`."""
        file, ids = message.attachment, remote.split(",")
        caption = file is not None and file.kind not in WORDLESS and len(ids) == 1
        texts = pieces(message, LONGEST_CAPTION if caption else LONGEST)
        before = ids[:1] if file is not None and not caption else []
        written = ids[len(before) :]
        if not texts or len(texts) > len(written):
            raise Refused("too long to be changed" if texts else "nothing to say")
        for at, (id, text) in enumerate(zip(written, texts, strict=False), 1):
            markup = keyboard(message.buttons) if at == len(texts) else None
            data: Data = {"chat_id": chat(place), "message_id": number(id), "reply_markup": markup}
            if not caption:
                refusal = await self._attempt(place, "editMessageText", {**data, **TEXT, "text": text}, NO_TEXT)
            if caption or refusal == NO_TEXT:
                await self._attempt(place, "editMessageCaption", {**data, **HTML, "caption": text})
        for id in written[len(texts) :]:
            await self.delete(place, id)
        return Receipt(",".join([*before, *written[: len(texts)]]))

    async def delete(self, place: str, remote: str) -> None:
        """Remove a message with all its pieces. Raises `Refused` where one of them must stay."""
        refused: Refused | None = None
        for id in remote.split(","):
            data: Data = {"chat_id": chat(place), "message_id": number(id)}
            try:
                await self._calling.attempt(place, "deleteMessage", data, GONE_ALREADY)
            except Refused as error:
                refused = error
        if refused is not None:
            raise refused

    async def _put(self, place: str, method: str, data: Data, file: Attachment | None) -> dict[str, Any]:
        if file is None or method != METHODS[file.kind] or not (file.ref and file.data):
            sent: dict[str, Any] = await self._calling.call(place, method, data)
            return sent
        sent, unknown = await self._calling.attempt(place, method, data, *UNKNOWN_FILE)
        if unknown:
            sent = await self._calling.call(place, method, {**data, file.kind: upload(file)})
        return sent

    async def _attempt(self, place: str, method: str, data: Data, *forgiven: str) -> str:
        return (await self._calling.attempt(place, method, data, NOT_MODIFIED, *forgiven))[1]

    def _remember(self, key: str, texts: list[str], ids: list[str]) -> None:
        if len(self._begun) >= _BEGUN:
            del self._begun[next(iter(self._begun))]
        self._begun[key] = (texts, ids)
