"""A message as the calls that bring it to a chat, one for each of its pieces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telegram import InputFile

from bot.core.rendered import Attachment, Rendered
from bot.transports.port import Refused
from bot.transports.telegram.calling import Data, chat
from bot.transports.telegram.html import LONGEST_CAPTION, pieces
from bot.transports.telegram.keyboard import keyboard

METHODS = {
    "photo": "sendPhoto",
    "document": "sendDocument",
    "audio": "sendAudio",
    "video": "sendVideo",
    "voice": "sendVoice",
    "animation": "sendAnimation",
    "sticker": "sendSticker",
    "video_note": "sendVideoNote",
    "location": "sendLocation",
}
WORDLESS = ("sticker", "video_note", "location")
"""Kinds that have no caption."""

HTML: Data = {"parse_mode": "HTML"}
TEXT: Data = {**HTML, "link_preview_options": {"is_disabled": True}}

_NAMES = {
    "photo": "photo.jpg",
    "audio": "audio.mp3",
    "video": "video.mp4",
    "voice": "voice.ogg",
    "sticker": "sticker.webp",
}


def posts(place: str, message: Rendered) -> list[tuple[str, Data]]:
    """Methods and parameters. A file comes first: with the text below it where that is short enough, else before the text.
    The first piece answers, the last one has the buttons."""
    file = message.attachment
    texts = pieces(message, LONGEST_CAPTION) if file is not None and file.kind not in WORDLESS else []
    captioned = file is not None and len(texts) == 1
    if not captioned:
        texts = pieces(message)
    made: list[tuple[str, Data]] = []
    if file is not None:
        made.append((METHODS[file.kind], _content(file)))
        if captioned:
            made[0][1].update(HTML, caption=texts[0])
    if not captioned:
        made += [("sendMessage", {**TEXT, "text": text}) for text in texts]
    for _, data in made:
        data.update(_target(place), disable_notification=message.silent or None)
    if made:
        made[0][1]["reply_parameters"] = _reply(message.answers)
        made[-1][1]["reply_markup"] = keyboard(message.buttons)
    return made


def upload(file: Attachment) -> InputFile:
    """The bytes of a file, with a name and a type."""
    made = InputFile(file.data or b"", filename=file.name or _NAMES.get(file.kind, "file"))
    made.mimetype = file.mime or made.mimetype
    return made


def ref(sent: Mapping[str, Any], kind: str) -> str:
    """Telegram's name for the file of a message that was sent."""
    found = sent.get(kind)
    if isinstance(found, list):
        found = found[-1] if found else None
    return str(found.get("file_id", "")) if isinstance(found, dict) else ""


def _content(file: Attachment) -> Data:
    if file.kind == "location":
        try:
            latitude, longitude = map(float, file.ref.split())
        except ValueError:
            raise Refused("no place") from None
        return {"latitude": latitude, "longitude": longitude}
    if not file.ref and not file.data:
        raise Refused("the file is missing")
    return {file.kind: file.ref or upload(file)}


def _target(place: str) -> Data:
    thread = place.partition("/")[2]
    return {"chat_id": chat(place), "message_thread_id": int(thread) if thread.isdecimal() else None}


def _reply(answers: str) -> Data | None:
    first = answers.partition(",")[0]
    return {"message_id": int(first), "allow_sending_without_reply": True} if first.isdecimal() else None
