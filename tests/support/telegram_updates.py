"""Updates as Telegram sends them, for tests that read them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.transports.port import Incoming
from bot.transports.telegram.updates import Me, Reader

Json = dict[str, Any]
NOW = datetime(2027, 3, 2, 18, tzinfo=UTC)
SENT = datetime(2027, 3, 2, 17, 59, tzinfo=UTC)
DATE = int(SENT.timestamp())
ME = Me(7, "pnyx_bot")
ANNA: Json = {"id": 42, "is_bot": False, "first_name": "Anna", "language_code": "de"}
BEN: Json = {"id": 43, "is_bot": False, "first_name": "Ben", "language_code": "fr"}
PRIVATE: Json = {"id": 42, "type": "private", "first_name": "Anna"}
GROUP: Json = {"id": -100, "type": "supergroup", "title": "Table"}
CHANNEL: Json = {"id": -200, "type": "channel", "title": "News"}
THE_BOT: Json = {"id": 7, "is_bot": True, "first_name": "Pnyx"}


def message(text: str | None = "hello", chat: Json = PRIVATE, sender: Json = ANNA, **more: Any) -> Json:
    told = {"message_id": 5, "date": DATE, "chat": chat, "from": sender, "text": text, **more}
    return {name: value for name, value in told.items() if value is not None}


def update(kind: str = "message", body: object = None, id: int = 1) -> Json:
    return {"update_id": id, kind: body if body is not None else message()}


def read(kind: str = "message", body: object = None) -> list[Incoming]:
    return Reader(ME).read(update(kind, body), NOW)


def one(kind: str = "message", body: object = None) -> Incoming:
    (found,) = read(kind, body)
    return found


def dropped(kind: str, body: object = None) -> list[str]:
    reader = Reader(ME)
    assert reader.read(update(kind, body), NOW) == []
    return list(reader.dropped)


def press(**more: Any) -> Json:
    shown = message(chat=GROUP, sender=THE_BOT, message_thread_id=9, is_topic_message=True)
    return {"id": "c1", "from": ANNA, "chat_instance": "x", "data": "key:2", "message": shown, **more}


def reaction(old: list[str], new: list[str], **more: Any) -> Json:
    told = {name: [{"type": "emoji", "emoji": e} for e in which] for name, which in (("old", old), ("new", new))}
    body = {"chat": GROUP, "message_id": 5, "user": ANNA, "date": DATE}
    return {**body, "old_reaction": told["old"], "new_reaction": told["new"], **more}


def standing(chat: Json, old: str, new: str, user: Json = ANNA, **more: Any) -> Json:
    return {
        "chat": chat,
        "from": ANNA,
        "date": DATE,
        "old_chat_member": {"status": old, "user": user},
        "new_chat_member": {"status": new, "user": user, **more},
    }


FILE: Json = {"file_id": "F1", "file_unique_id": "u", "file_size": 900}
