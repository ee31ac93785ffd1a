"""Reading updates: every kind that Telegram documents, and what it says."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from telegram.constants import MessageType, UpdateType

from bot.transports.port import Incoming, Media
from bot.transports.telegram.contents import ANONYMOUS_ADMIN, CHANNEL_BOT, LINKED_CHANNEL, SERVICE
from bot.transports.telegram.updates import ALLOWED, KINDS, Reader
from tests.support.telegram_updates import (
    ANNA,
    BEN,
    CHANNEL,
    DATE,
    FILE,
    GROUP,
    ME,
    NOW,
    PRIVATE,
    SENT,
    THE_BOT,
    Json,
    dropped,
    message,
    one,
    press,
    reaction,
    read,
    standing,
    update,
)

# ---- messages


def test_a_private_message() -> None:
    event = one(body=message("hello", reply_to_message=message("before") | {"message_id": 4}))
    assert event == Incoming(
        event.id, "42", "42", SENT, "hello", language="de", message="5", answers="4", kind="message", room=False
    )


def test_a_message_in_a_group_and_in_a_topic_of_it() -> None:
    assert (one(body=message(chat=GROUP)).place, one(body=message(chat=GROUP)).room) == ("-100", True)
    # A thread of replies has a number too, and is no topic.
    assert one(body=message(chat=GROUP, message_thread_id=9)).place == "-100"
    opening = {"message_id": 9, "date": DATE, "chat": GROUP, "forum_topic_created": {"name": "Rail"}}
    topic = one(body=message(chat=GROUP, message_thread_id=9, is_topic_message=True, reply_to_message=opening))
    assert (topic.place, topic.answers) == ("-100/9", "")
    assert one(body=message(message_thread_id=9, is_topic_message=True)).place == "42"


def test_an_edit_is_never_a_command_and_has_its_own_time() -> None:
    event = one("edited_message", message("/close", edit_date=DATE + 30))
    assert (event.kind, event.text, event.at, event.message) == ("edit", "/close", SENT + timedelta(seconds=30), "5")
    assert one("edited_message", message("/close")).at == SENT


COMMANDS = {
    "/help": "/help",
    "/help@pnyx_bot": "/help",
    "/help@PNYX_BOT now": "/help now",
    "/start abc_DEF-123": "/start abc_DEF-123",
    "/start@pnyx_bot abc": "/start abc",
    "write to /help@other_bot": "write to /help@other_bot",
    "/help@pnyx_bot.": "/help@pnyx_bot.",
    "/help@x": "/help@x",
}


@pytest.mark.parametrize("text", COMMANDS)
def test_a_command_to_this_bot_loses_the_bots_name(text: str) -> None:
    assert one(body=message(text)).text == COMMANDS[text]


def test_a_command_to_another_bot_is_none_of_ours() -> None:
    assert dropped("message", message("/help@other_bot")) == ["message: for another bot"]
    assert one("edited_message", message("/help@other_bot")).kind == "edit"


BARS: dict[str, tuple[Json, str]] = {
    "forwarded": ({"forward_origin": {"type": "hidden_user"}}, "forwarded"),
    "forwarded, as told before 2024": ({"forward_date": DATE}, "forwarded"),
    "via an inline bot": ({"via_bot": THE_BOT}, "via_bot"),
    "an anonymous administrator": ({"from": {"id": ANONYMOUS_ADMIN, "is_bot": True}, "sender_chat": GROUP}, "nobody"),
    "a linked channel": (
        {"from": {"id": LINKED_CHANNEL}, "sender_chat": CHANNEL, "is_automatic_forward": True, "forward_origin": {}},
        "nobody",
    ),
    "somebody in the name of a channel": (
        {"from": {"id": CHANNEL_BOT, "is_bot": True}, "sender_chat": CHANNEL},
        "nobody",
    ),
    "the service account": ({"from": {"id": LINKED_CHANNEL, "is_bot": False}}, "nobody"),
    "somebody in the name of another chat": ({"sender_chat": CHANNEL}, "nobody"),
    "what a channel passed on": ({"is_automatic_forward": True}, "nobody"),
    "another bot": ({"from": {"id": 8, "is_bot": True}}, "nobody"),
    "nobody at all": ({"from": None}, "nobody"),
    "a poll": ({"text": None, "poll": {"id": "1"}}, "unknown"),
    "dice": ({"text": None, "dice": {"value": 6}}, "unknown"),
    "a contact": ({"text": None, "contact": {"phone_number": "1"}}, "unknown"),
    "a game": ({"text": None, "game": {"title": "x"}}, "unknown"),
    "a story": ({"text": None, "story": {"id": 1}}, "unknown"),
    "paid media": ({"text": None, "paid_media": {}}, "unknown"),
    "a checklist": ({"text": None, "checklist": {}}, "unknown"),
    "an invoice": ({"text": None, "invoice": {}}, "unknown"),
    "what does not exist yet": ({"text": None, "smell": {"of": "roses"}}, "unknown"),
    "an empty photo": ({"text": None, "photo": []}, "unknown"),
    "a forwarded poll": ({"text": None, "poll": {}, "forward_origin": {}}, "forwarded"),
}


@pytest.mark.parametrize("what", BARS)
def test_what_is_no_contribution_says_why(what: str) -> None:
    more, bar = BARS[what]
    event = one(body=message(chat=GROUP, **more))
    assert (event.bar, event.user) == (bar, "" if bar == "nobody" else "42")


MEDIA: dict[str, tuple[Json, Media]] = {
    "photo": (
        {"photo": [{**FILE, "file_id": "big", "width": 9, "height": 9}, {**FILE, "width": 2, "height": 2}]},
        Media("photo", "big", 900, "image/jpeg"),
    ),
    "live photo": (
        {"photo": [{**FILE, "width": 2, "height": 2}], "live_photo": FILE},
        Media("photo", "F1", 900, "image/jpeg"),
    ),
    "voice": (
        {"voice": {**FILE, "duration": 8, "mime_type": "audio/ogg"}},
        Media("voice", "F1", 900, "audio/ogg", "", 8),
    ),
    "audio": (
        {"audio": {**FILE, "duration": 60, "mime_type": "audio/mpeg", "file_name": "a.mp3"}},
        Media("audio", "F1", 900, "audio/mpeg", "a.mp3", 60),
    ),
    "video": ({"video": {**FILE, "duration": 3}}, Media("video", "F1", 900, seconds=3)),
    "document": (
        {"document": {**FILE, "file_name": "a.pdf", "mime_type": "application/pdf"}},
        Media("document", "F1", 900, "application/pdf", "a.pdf"),
    ),
    "sticker": ({"sticker": {**FILE, "emoji": "🙂"}}, Media("sticker", "F1", 900, name="🙂")),
    "animation": (
        {"animation": {**FILE, "duration": 2}, "document": {**FILE, "file_id": "D"}},
        Media("animation", "F1", 900, seconds=2),
    ),
    "video note": ({"video_note": {**FILE, "duration": 5}}, Media("video_note", "F1", 900, seconds=5)),
    "location": ({"location": {"latitude": 48.58, "longitude": 7.75}}, Media("location", "48.58 7.75")),
    "venue": (
        {"location": {"latitude": 48, "longitude": 7}, "venue": {"title": "Town hall"}},
        Media("location", "48 7", name="Town hall"),
    ),
}


@pytest.mark.parametrize("what", MEDIA)
def test_files_come_with_what_is_known_of_them(what: str) -> None:
    more, media = MEDIA[what]
    event = one(body=message(text=None, caption="see", **more))
    assert (event.media, event.text, event.bar) == (media, "see", "")


def test_a_moving_position_is_told_once() -> None:
    at = {"latitude": 48.0, "longitude": 7.0, "live_period": 900}
    assert one(body=message(text=None, location=at)).media == Media("location", "48 7")
    assert dropped("edited_message", message(text=None, location=at)) == ["edited_message: moving"]


@pytest.mark.parametrize("name", sorted(SERVICE))
def test_service_messages_are_dropped(name: str) -> None:
    assert dropped("message", message(text=None, chat=GROUP, **{name: {}})) == ["message: service"]


HANDLED = {
    "text", "photo", "live_photo", "voice", "audio", "video", "document", "sticker", "animation", "video_note", "location",
    "venue", "new_chat_members", "left_chat_member", "migrate_to_chat_id",
}  # fmt: skip
UNKNOWN = {
    "checklist", "contact", "dice", "game", "giveaway", "giveaway_winners", "invoice", "paid_media", "poll", "story",
}  # fmt: skip
SIDE = {
    "business_connection_id", "effect_id", "reply_to_story", "sender_boost_count", "sender_business_bot",
    "suggested_post_info",
}  # fmt: skip
"""Fields that stand beside a text or a file."""


def test_every_kind_of_message_that_the_client_knows_has_its_place() -> None:
    known = {str(kind.value) for kind in MessageType}
    assert known - SERVICE - HANDLED - UNKNOWN - SIDE == set()
    for name in UNKNOWN:
        assert one(body=message(text=None, **{name: {}})).bar == "unknown"


# ---- presses and reactions


def test_a_press_belongs_to_who_pressed_and_to_where_the_button_stands() -> None:
    event = one("callback_query", press())
    assert event == Incoming(
        event.id, "42", "-100/9", NOW, press="key:2", language="de", kind="press", room=True, message="5"
    )


def test_a_press_on_a_message_that_can_no_longer_be_read() -> None:
    event = one("callback_query", press(message={"chat": PRIVATE, "message_id": 5, "date": 0}))
    assert (event.place, event.message, event.at) == ("42", "5", NOW)


@pytest.mark.parametrize(
    "more", [{"data": None}, {"data": ""}, {"message": None}, {"from": None}, {"from": {"id": "42"}}]
)
def test_a_press_of_no_button_of_ours_is_dropped(more: Json) -> None:
    assert dropped("callback_query", press(**more)) == ["callback_query: no button of ours"]


def test_only_a_reaction_that_is_added_counts() -> None:
    event = one("message_reaction", reaction(["👍"], ["👍", "🔥"]))
    assert event == Incoming(event.id, "42", "-100", SENT, "🔥", language="de", kind="reaction", room=True, message="5")
    assert dropped("message_reaction", reaction(["👍"], [])) == ["message_reaction: taken back"]
    anonymous = reaction([], ["👍"], user=None, actor_chat=GROUP)
    assert dropped("message_reaction", anonymous) == ["message_reaction: nobody"]


# ---- all the rest


def test_exactly_what_is_handled_is_asked_for() -> None:
    bodies = {
        "message": message(),
        "edited_message": message(),
        "callback_query": press(),
        "message_reaction": reaction([], ["👍"]),
        "my_chat_member": standing(PRIVATE, "member", "kicked", THE_BOT),
        "chat_member": standing(GROUP, "left", "member"),
    }
    assert list(bodies) == ALLOWED
    for kind, body in bodies.items():
        assert len(read(kind, body)) == 1


def test_every_kind_that_is_documented_is_known_by_its_name() -> None:
    assert {str(kind.value) for kind in UpdateType} == set(KINDS)
    for kind in set(KINDS) - set(ALLOWED):
        assert dropped(kind, message()) == [kind]
    assert dropped("brand_new_kind", message()) == ["unknown"]


def test_messages_of_channels_are_dropped() -> None:
    assert dropped("message", message(chat=CHANNEL)) == ["message: nowhere"]


def test_ids_tell_updates_apart_even_when_numbers_start_anew() -> None:
    def id(kind: str = "message", body: Json | None = None, number: int = 1) -> str:
        (event,) = Reader(ME).read(update(kind, body, number), NOW)
        return event.id

    assert id() == id()
    others = [
        id(number=2),
        id(body=message(chat=GROUP)),
        id(body=message() | {"message_id": 6}),
        id(body=message(date=DATE + 1)),
        id("edited_message", message()),
        id("edited_message", message(edit_date=DATE)),
        id("callback_query", press()),
        id("callback_query", press(id="c2")),
        id("message_reaction", reaction([], ["👍"])),
        id("message_reaction", reaction([], ["👍"], user=BEN)),
    ]
    assert len({id(), *others}) == len(others) + 1


def test_half_characters_are_made_whole() -> None:
    event = one(body=json.loads(json.dumps(message("a\ud83d")) + " "))
    assert event.text.encode() == "a\ufffd".encode()


@pytest.mark.parametrize("code", [None, 5, "", "x", "de; drop", "de" * 40])
def test_a_language_that_is_none_is_none(code: object) -> None:
    assert one(body=message(sender={**ANNA, "language_code": code})).language == ""


def test_what_breaks_the_reading_all_the_same_is_counted_without_its_words(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    reader = Reader(ME)

    def broken(*_: object) -> None:
        raise KeyError("secret words")

    monkeypatch.setattr(reader, "events", broken)
    assert reader.read(update(), NOW) == []
    assert reader.dropped == {"message: broken": 1}
    assert "secret" not in caplog.text
    assert "message" in caplog.text
