"""From a Matrix event to what a person did: pure reading, one event at a time.

Invariants:

* Only what a person wrote themselves can be a command or a contribution: a notice is another program's, and what nobody here can
  pass on (a poll, an unknown kind) says so.
* A vote is never read out of a reaction, nor out of a poll.
* Whatever a client may write into an event, reading it does not fail.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.transports.fields import Json, part, size, text
from bot.transports.port import Incoming, Media, MediaKind

POLLS = ("org.matrix.msc3381.poll.start", "m.poll.start")
REDACTION = "m.room.redaction"
MEMBER = "m.room.member"
TOMBSTONE = "m.room.tombstone"
LEVELS = "m.room.power_levels"
CREATE = "m.room.create"
ENCRYPTED = "m.room.encrypted"
SAID = frozenset(("m.room.message", "m.sticker", "m.reaction", *POLLS))
"""What people say: nothing else may come encrypted."""

_KINDS: Mapping[str, MediaKind] = {
    "m.image": "photo",
    "m.audio": "audio",
    "m.video": "video",
    "m.file": "document",
}
_VOICE = ("org.matrix.msc3245.voice", "m.voice")
_WORDS = ("m.text", "m.emote", "m.notice")
_QUIET = "m.key.verification.request"
_QUOTED = re.compile(r"\A(?:> ?[^\n]*(?:\n|\Z))+\n?")


def read(event: Json, place: str, room: bool, at: datetime) -> Incoming | None:
    """What somebody else than we did in a place, None where it concerns nobody. `room`: the place is a group's."""
    content = part(event, "content")
    user, id = text(event, "sender"), text(event, "event_id")
    match event.get("type"):
        case "m.room.message" if part(content, "m.relates_to").get("rel_type") == "m.replace":
            return _edit(content, Incoming(id, user, place, at, kind="edit", room=room))
        case "m.room.message":
            return _message(content, Incoming(id, user, place, at, room=room, message=id, answers=_answers(content)))
        case "m.sticker":
            media = _media(content, "sticker")
            made = Incoming(id, user, place, at, room=room, message=id, answers=_answers(content), media=media)
            return made if media else replace(made, bar="unknown")
        case "m.reaction":
            relation = part(content, "m.relates_to")
            key, target = text(relation, "key"), text(relation, "event_id")
            return Incoming(id, user, place, at, key, kind="reaction", room=room, message=target) if target else None
        case "m.room.redaction":
            target = text(event, "redacts") or text(content, "redacts")
            return Incoming(id, user, place, at, kind="redaction", room=room, message=target) if target else None
        case "m.room.member":
            return _member(event, place, room, at)
        case kind if kind in POLLS:
            return Incoming(id, user, place, at, room=room, message=id, bar="unknown")
    return None


def unreadable(event: str, user: str, place: str, room: bool, at: datetime) -> Incoming:
    """An encrypted message whose key did not come."""
    return Incoming(f"{event}/unreadable", user, place, at, room=room, message=event, bar="unreadable")


def _message(content: Json, made: Incoming) -> Incoming | None:
    kind, body = text(content, "msgtype"), text(content, "body")
    if kind == _QUIET or not kind:
        return None
    if kind in _WORDS:
        return replace(made, text=spoken(body, made.answers != ""), bar="via_bot" if kind == "m.notice" else "")
    if kind == "m.location":
        where = re.fullmatch(r"geo:(-?[\d.]+),(-?[\d.]+)(?:[,;].*)?", text(content, "geo_uri"))
        return (
            replace(made, media=Media("location", f"{where[1]} {where[2]}")) if where else replace(made, bar="unknown")
        )
    if kind not in _KINDS:
        return replace(made, bar="unknown")
    voice = kind == "m.audio" and any(name in content for name in _VOICE)
    media = _media(content, "voice" if voice else _KINDS[kind])
    name = text(content, "filename")
    return replace(made, text=body if name and name != body else "", media=media, bar="" if media else "unknown")


def _edit(content: Json, made: Incoming) -> Incoming | None:
    new, target = part(content, "m.new_content"), text(part(content, "m.relates_to"), "event_id")
    if not target or text(new, "msgtype") == "":
        return None
    return _message(new, replace(made, message=target))


def _member(event: Json, place: str, room: bool, at: datetime) -> Incoming | None:
    """Somebody came or went. Who has only changed their name did neither."""
    user, id = text(event, "state_key"), text(event, "event_id")
    now = text(part(event, "content"), "membership")
    before = text(part(part(event, "unsigned"), "prev_content"), "membership")
    if now == "join" and before != "join":
        return Incoming(id, user, place, at, kind="entered" if room else "reachable", room=room)
    if now in ("leave", "ban") and before not in ("leave", "ban", "invite" if room else ""):
        return Incoming(id, user, place, at, "left", kind="exited" if room else "unreachable", room=room)
    return None


def spoken(body: str, reply: bool) -> str:
    """The words of a message: without the quotation that older programs put in front of a reply."""
    return _QUOTED.sub("", body, count=1) if reply and body.startswith("> <") else body


def _answers(content: Json) -> str:
    """The message that this one replies to; in a thread, where it is no reply of its own, that with which the thread began."""
    relation = part(content, "m.relates_to")
    reply = text(part(relation, "m.in_reply_to"), "event_id")
    if relation.get("rel_type") == "m.thread" and (not reply or relation.get("is_falling_back") is True):
        return text(relation, "event_id")
    return reply


def _media(content: Json, kind: MediaKind) -> Media | None:
    """The file of a message. The name of an encrypted one is everything that it takes to decrypt it."""
    info, file = part(content, "info"), part(content, "file")
    ref = json.dumps(dict(file), separators=(",", ":"), sort_keys=True) if file else text(content, "url")
    if not (text(file, "url") or ref).startswith("mxc://"):
        return None
    name = text(content, "filename") or text(content, "body")
    return Media(kind, ref, size(info, "size"), text(info, "mimetype"), name, size(info, "duration") // 1000)
