"""From an update of Telegram to what happened.

Invariants:

* Nothing that arrives can stop the reading: what is not understood is dropped and counted by its kind, never by its words.
* An event's id is the same for the same update and another one for anything else, even after Telegram has started to count
  updates anew lower down.
* Only a new message can hold a command. What no person wrote under their own name has no user.
"""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.transports.fields import Json, instant, language, number, part, parts, text
from bot.transports.port import Incoming, Kind
from bot.transports.telegram import contents
from bot.transports.telegram.crossings import Crossings

log = logging.getLogger(__name__)

ALLOWED = ["message", "edited_message", "callback_query", "message_reaction", "my_chat_member", "chat_member"]
"""The kinds of updates that are asked for: those that are handled."""

KINDS = (
    *ALLOWED, "channel_post", "edited_channel_post", "inline_query", "chosen_inline_result", "shipping_query",
    "pre_checkout_query", "poll", "poll_answer", "chat_join_request", "chat_boost", "removed_chat_boost",
    "message_reaction_count", "business_connection", "business_message", "edited_business_message",
    "deleted_business_messages", "purchased_paid_media", "managed_bot", "guest_message",
)  # fmt: skip
"""Every kind that Telegram documents."""


@dataclass(frozen=True, slots=True)
class Me:
    """The bot itself. `reads` is False where it hears nothing but commands in groups, unless it is an administrator there."""

    id: int
    username: str
    reads: bool = True


@dataclass(frozen=True, slots=True)
class _Found:
    """An update under way to its events."""

    id: str
    kind: str
    body: Json
    now: datetime

    @property
    def chat(self) -> Json:
        return part(self.body, "chat")

    @property
    def place(self) -> str:
        """The chat, or the topic of it, in which something was said."""
        chat, thread = str(number(self.chat, "id")), number(self.body, "message_thread_id")
        return f"{chat}/{thread}" if self.is_room and self.body.get("is_topic_message") is True and thread else chat

    @property
    def is_room(self) -> bool:
        return text(self.chat, "type") in ("group", "supergroup")

    @property
    def message(self) -> str:
        found = number(self.body, "message_id")
        return "" if found is None else str(found)

    @property
    def at(self) -> datetime:
        return instant(self.body, "date") or self.now


class Reader:
    """Reads the updates of one account. `dropped` counts what came to nothing, by its kind and the reason."""

    def __init__(self, me: Me) -> None:
        self.me = me
        self.dropped: Counter[str] = Counter()
        self._crossings = Crossings()

    def read(self, update: object, now: datetime) -> list[Incoming]:
        """What an update says has happened; nothing for one that does not concern us. Never raises."""
        kind = kind_of(update)
        try:
            found = list(self.events(update, now)) if isinstance(update, dict) else []
        except Exception as error:
            log.warning("An update of kind %s could not be read: %s", kind, type(error).__name__)
            self.dropped[f"{kind}: broken"] += 1
            return []
        return found

    def events(self, update: Json, now: datetime) -> Iterator[Incoming]:
        """What an update says has happened."""
        kind = kind_of(update)
        body, id = part(update, kind), number(update, "update_id")
        if kind not in ALLOWED or id is None:
            self._drop(kind)
            return
        found = _Found(f"{id}-{_digest(kind, body)}", kind, body, now)
        match kind:
            case "callback_query":
                yield from self._press(found)
            case "message_reaction":
                yield from self._reaction(found)
            case "my_chat_member":
                yield from self._own_standing(found)
            case "chat_member":
                yield from self._standing(found)
            case _:
                yield from self._message(found)

    def _message(self, found: _Found) -> Iterator[Incoming]:
        body = found.body
        if not found.message or number(found.chat, "id") is None or text(found.chat, "type") == "channel":
            self._drop(found.kind, "nowhere")
        elif found.kind == "message" and (happened := list(self._happened(found))):
            yield from happened
        elif contents.SERVICE & body.keys() or "new_chat_members" in body or "left_chat_member" in body:
            self._drop(found.kind, "service")
        elif found.kind == "edited_message" and contents.is_live(body):
            self._drop(found.kind, "moving")
        else:
            yield from self._said(found)

    def _said(self, found: _Found) -> Iterator[Incoming]:
        """A message that somebody wrote, or changed."""
        body, sender = found.body, part(found.body, "from")
        said, media = contents.words(body), contents.media(body)
        bar = contents.bar(body, bool(said or media))
        edited = found.kind == "edited_message"
        own = said if edited else contents.addressed(said, self.me.username)
        user = "" if bar == "nobody" else _id(sender)
        if own is None or (not user and bar != "nobody"):
            self._drop(found.kind, "nobody" if own is not None else "for another bot")
            return
        yield Incoming(
            found.id, user, found.place, (instant(body, "edit_date") if edited else None) or found.at, own,
            language=language(sender), kind="edit" if edited else "message", room=found.is_room, message=found.message,
            answers=_answers(body), media=media, bar=bar,
        )  # fmt: skip

    def _happened(self, found: _Found) -> Iterator[Incoming]:
        """What a service message tells of people and of the chat itself."""
        body, here = found.body, str(number(found.chat, "id"))
        to, since = number(body, "migrate_to_chat_id"), number(body, "migrate_from_chat_id")
        if to is not None:
            yield Incoming(found.id, "", here, found.at, kind="moved", room=True, moved=str(to))
        elif since is not None:
            yield Incoming(found.id, "", str(since), found.at, kind="moved", room=True, moved=here)
        for person in parts(body, "new_chat_members"):
            yield from self._crossed(found, "entered", person)
        yield from self._crossed(found, "exited", part(body, "left_chat_member"))

    def _press(self, found: _Found) -> Iterator[Incoming]:
        shown = part(found.body, "message")
        on = _Found(found.id, found.kind, shown, found.now)
        press, sender = text(found.body, "data"), part(found.body, "from")
        if not press or number(on.chat, "id") is None or not _id(sender):
            self._drop(found.kind, "no button of ours")
            return
        yield Incoming(
            found.id, _id(sender), on.place, found.now, press=press, language=language(sender), kind="press",
            room=on.is_room, message=on.message,
        )  # fmt: skip

    def _reaction(self, found: _Found) -> Iterator[Incoming]:
        old, new = (parts(found.body, name) for name in ("old_reaction", "new_reaction"))
        added = [each for each in new if each not in old]
        user, here = _id(part(found.body, "user")), number(found.chat, "id")
        if not added or not user or here is None:
            self._drop(found.kind, "taken back" if not added else "nobody")
            return
        yield Incoming(
            found.id, user, str(here), found.at, text(added[0], "emoji"), language=language(part(found.body, "user")),
            kind="reaction", room=found.is_room, message=found.message,
        )  # fmt: skip

    def _own_standing(self, found: _Found) -> Iterator[Incoming]:
        """How the bot itself stands in a chat: blocked or not, put out of a group, in it without being able to read there."""
        here, sender = number(found.chat, "id"), part(found.body, "from")
        standing = part(found.body, "new_chat_member")
        out, leads = not _is_in(standing), text(standing, "status") in ("creator", "administrator")
        private = text(found.chat, "type") == "private"
        if here is not None and found.is_room and not (out or leads or self.me.reads):
            yield Incoming(
                found.id, _id(sender), str(here), found.at, kind="deaf", language=language(sender), room=True
            )
        elif here is None or not (private or found.is_room) or (found.is_room and not out):
            self._drop(found.kind)
        elif private:
            kind: Kind = "unreachable" if out else "reachable"
            why = "blocked" if out else ""
            yield Incoming(found.id, _id(sender), str(here), found.at, why, kind=kind, language=language(sender))
        elif self._crossings.is_new("unbound", str(here), "", found.at, found.id):
            yield Incoming(found.id, "", str(here), found.at, "kicked", kind="unbound", room=True)

    def _standing(self, found: _Found) -> Iterator[Incoming]:
        """How somebody stands in a group in which the bot is an administrator."""
        old, new = part(found.body, "old_chat_member"), part(found.body, "new_chat_member")
        if not found.is_room or _is_in(old) == _is_in(new):
            self._drop(found.kind, "the same as before")
            return
        yield from self._crossed(found, "entered" if _is_in(new) else "exited", part(new, "user"))

    def _crossed(self, found: _Found, kind: Kind, person: Json) -> Iterator[Incoming]:
        """Somebody has come into a group or left it. Telegram may tell it twice, as a message and as a change of standing."""
        user, here = _id(person), number(found.chat, "id")
        if not user or here is None or not found.is_room:
            return
        if user == str(self.me.id):
            if kind == "exited" and self._crossings.is_new("unbound", str(here), "", found.at, found.id):
                yield Incoming(found.id, "", str(here), found.at, "kicked", kind="unbound", room=True)
        elif person.get("is_bot") is True:
            self._drop(found.kind, "a bot")
        elif self._crossings.is_new(kind, str(here), user, found.at, found.id):
            id = f"{found.id}-{hashlib.blake2b(user.encode(), digest_size=4).hexdigest()}"
            yield Incoming(id, user, str(here), found.at, language=language(person), kind=kind, room=True)

    def _drop(self, kind: str, why: str = "") -> None:
        self.dropped[f"{kind}: {why}" if why else kind] += 1


def kind_of(update: object) -> str:
    """The kind of an update by its documented name, `unknown` for any other."""
    if not isinstance(update, dict):
        return "unknown"
    return next((kind for kind in KINDS if kind in update), "unknown")


def _id(user: Json) -> str:
    found = number(user, "id")
    return "" if found is None else str(found)


def _is_in(member: Json) -> bool:
    """Whether somebody of this standing is in the chat."""
    status = text(member, "status")
    return status in ("creator", "administrator", "member") or (
        status == "restricted" and member.get("is_member") is True
    )


def _answers(body: Json) -> str:
    """The message that this one replies to. In a topic every message points at the topic's beginning, which is no reply."""
    replied = part(body, "reply_to_message")
    found = number(replied, "message_id")
    return "" if found is None or "forum_topic_created" in replied else str(found)


def _digest(kind: str, body: Json) -> str:
    """What tells this content from another under the same number."""
    shown = part(body, "message")
    named = (
        kind, text(body, "id"), number(part(body, "chat") or part(shown, "chat"), "id"), number(body, "message_id"),
        number(body, "date"), number(body, "edit_date"), _id(part(body, "user")),
    )  # fmt: skip
    return hashlib.blake2b(repr(named).encode(), digest_size=6).hexdigest()
