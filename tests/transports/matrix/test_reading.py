"""Events as strangers' programs write them, and what is read out of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.transports.matrix.reading import read, spoken
from bot.transports.port import Incoming, Media

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def event(kind: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"type": kind, "event_id": "$e", "sender": "@anna:x", "content": content, **more}


def heard(content: Any, kind: str = "m.room.message") -> Incoming | None:
    return read(event(kind, content), "!r", True, NOON)


@pytest.mark.parametrize(
    ("body", "reply", "said"),
    [
        ("!join ABC", False, "!join ABC"),
        ("> <@ben:x> why?\n> so\n\nbecause", True, "because"),
        ("> <@ben:x> why?\n> so\n\nbecause", False, "> <@ben:x> why?\n> so\n\nbecause"),
        ("> my own quotation\n\nand words", True, "> my own quotation\n\nand words"),
        ("> <@ben:x> why?\n\n!help", True, "!help"),
    ],
)
def test_words(body: str, reply: bool, said: str) -> None:
    assert spoken(body, reply) == said


@pytest.mark.parametrize(
    ("content", "text", "bar"),
    [
        ({"msgtype": "m.text", "body": "Hello"}, "Hello", ""),
        ({"msgtype": "m.emote", "body": "nods"}, "nods", ""),
        ({"msgtype": "m.notice", "body": "I am a program"}, "I am a program", "via_bot"),
        ({"msgtype": "org.example.poll", "body": "?"}, "", "unknown"),
        ({"msgtype": "m.image", "body": "no address"}, "", "unknown"),
        ({"msgtype": "m.image", "body": "b", "url": "https://example.org/track.gif"}, "", "unknown"),
        ({"msgtype": "m.location", "body": "here", "geo_uri": "nowhere"}, "", "unknown"),
    ],
)
def test_messages(content: dict[str, Any], text: str, bar: str) -> None:
    found = heard(content)
    assert found is not None
    assert (found.kind, found.text, found.bar, found.message, found.media) == ("message", text, bar, "$e", None)


@pytest.mark.parametrize("content", [{}, {"body": "redacted"}, {"msgtype": "m.key.verification.request", "body": "?"}])
def test_what_is_no_message(content: dict[str, Any]) -> None:
    assert heard(content) is None


@pytest.mark.parametrize("kind", ["org.matrix.msc3381.poll.start", "m.poll.start"])
def test_a_poll_cannot_be_passed_on_and_its_votes_are_nothing(kind: str) -> None:
    poll = heard({"m.text": "Agree?"}, kind)
    assert poll is not None
    assert poll.bar == "unknown"
    assert heard({"m.selections": ["y"]}, kind.replace("start", "response")) is None
    assert heard({}, kind.replace("start", "end")) is None


FILE = {"url": "mxc://x/1", "iv": "i", "key": {"k": "k"}, "hashes": {"sha256": "h"}}


@pytest.mark.parametrize(
    ("content", "media", "text"),
    [
        (
            {"msgtype": "m.image", "body": "a.png", "url": "mxc://x/1", "info": {"size": 5, "mimetype": "image/png"}},
            Media("photo", "mxc://x/1", 5, "image/png", "a.png"),
            "",
        ),
        (
            {"msgtype": "m.file", "body": "our law", "filename": "law.pdf", "url": "mxc://x/1"},
            Media("document", "mxc://x/1", name="law.pdf"),
            "our law",
        ),
        (
            {
                "msgtype": "m.audio",
                "body": "v.ogg",
                "url": "mxc://x/1",
                "org.matrix.msc3245.voice": {},
                "info": {"duration": 2900},
            },
            Media("voice", "mxc://x/1", name="v.ogg", seconds=2),
            "",
        ),
        ({"msgtype": "m.audio", "body": "song", "url": "mxc://x/1"}, Media("audio", "mxc://x/1", name="song"), ""),
        ({"msgtype": "m.video", "body": "film", "url": "mxc://x/1"}, Media("video", "mxc://x/1", name="film"), ""),
        (
            {"msgtype": "m.image", "body": "secret", "file": FILE},
            Media("photo", json.dumps(FILE, separators=(",", ":"), sort_keys=True), name="secret"),
            "",
        ),
        (
            {"msgtype": "m.location", "body": "here", "geo_uri": "geo:48.58,7.75;u=35"},
            Media("location", "48.58 7.75"),
            "",
        ),
    ],
)
def test_files(content: dict[str, Any], media: Media, text: str) -> None:
    found = heard(content)
    assert found is not None
    assert (found.media, found.text, found.bar) == (media, text, "")


def test_a_sticker() -> None:
    found = heard({"body": "smile", "url": "mxc://x/1"}, "m.sticker")
    assert found is not None
    assert found.media == Media("sticker", "mxc://x/1", name="smile")


@pytest.mark.parametrize(
    ("relation", "answers"),
    [
        ({"m.in_reply_to": {"event_id": "$a"}}, "$a"),
        ({"rel_type": "m.thread", "event_id": "$root"}, "$root"),
        (
            {"rel_type": "m.thread", "event_id": "$root", "is_falling_back": True, "m.in_reply_to": {"event_id": "$a"}},
            "$root",
        ),
        ({"rel_type": "m.thread", "event_id": "$root", "m.in_reply_to": {"event_id": "$a"}}, "$a"),
        ({"rel_type": "m.reference", "event_id": "$a"}, ""),
    ],
)
def test_what_a_message_answers(relation: dict[str, Any], answers: str) -> None:
    found = heard({"msgtype": "m.text", "body": "b", "m.relates_to": relation})
    assert found is not None
    assert found.answers == answers


def test_an_edit_has_the_new_words_and_the_old_message() -> None:
    relation = {"rel_type": "m.replace", "event_id": "$a"}
    new = {"msgtype": "m.text", "body": "!help"}
    found = heard({"msgtype": "m.text", "body": "* x", "m.new_content": new, "m.relates_to": relation})
    assert found is not None
    assert (found.kind, found.message, found.text, found.id) == ("edit", "$a", "!help", "$e")
    assert heard({"msgtype": "m.text", "body": "* x", "m.relates_to": relation}) is None


def member(now: str, before: str | None, room: bool) -> tuple[str, str] | None:
    unsigned = {"prev_content": {"membership": before}} if before else {}
    source = event("m.room.member", {"membership": now}, state_key="@ben:x", unsigned=unsigned)
    found = read(source, "!r", room, NOON)
    return (found.kind, found.user) if found else None


def test_people_come_and_go() -> None:
    assert member("join", "invite", True) == ("entered", "@ben:x")
    assert member("join", None, True) == ("entered", "@ben:x")
    assert member("join", "join", True) is None
    assert member("leave", "join", True) == ("exited", "@ben:x")
    assert member("ban", "join", True) == ("exited", "@ben:x")
    assert member("leave", "invite", True) is None
    assert member("leave", "ban", True) is None
    assert member("invite", None, True) is None
    assert member("leave", "join", False) == ("unreachable", "@ben:x")
    assert member("leave", "invite", False) == ("unreachable", "@ben:x")
    assert member("join", "leave", False) == ("reachable", "@ben:x")


@pytest.mark.parametrize("where", ["content", "event"])
def test_a_redaction_of_every_room_version(where: str) -> None:
    content, more = ({"redacts": "$a"}, {}) if where == "content" else ({}, {"redacts": "$a"})
    found = read(event("m.room.redaction", content, **more), "!r", False, NOON)
    assert found is not None
    assert (found.kind, found.message, found.room) == ("redaction", "$a", False)
    assert read(event("m.room.redaction", {}), "!r", False, NOON) is None


_KEYS = st.sampled_from(
    ["msgtype", "body", "url", "file", "info", "m.relates_to", "m.new_content", "rel_type", "event_id", "m.in_reply_to",
     "geo_uri", "membership", "key", "filename", "size", "duration", "mimetype"]
)  # fmt: skip
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=5),
    max_leaves=12,
)
_TYPES = st.sampled_from(
    ["m.room.message", "m.sticker", "m.reaction", "m.room.redaction", "m.room.member", "m.poll.start"]
)


@given(_TYPES, _JSON, st.sampled_from(["m.text", "m.image", "m.location", 3, None]))
def test_reading_never_fails(kind: str, content: Any, msgtype: Any) -> None:
    body = {**content, "msgtype": msgtype} if isinstance(content, dict) else content
    found = read(event(kind, body, state_key=3, unsigned=body), "!r", True, NOON)
    assert found is None or {type(found.text), type(found.message), type(found.user)} == {str}
