"""What each refusal that Telegram documents means, for each kind of call; none of them tells the token or anybody's words."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest

from bot.transports.port import Gone, Media, Menu, Moved, Refused, Retry, SendError, Uncertain
from bot.transports.telegram import Telegram
from bot.transports.telegram.errors import NO_TOKEN, UNREACHABLE, Floods
from bot.transports.telegram.request import UNTOLD_WAIT, Request
from tests.support.botapi.clock import Clock
from tests.support.telegram_account import TOKEN, file, text

Call = Callable[[Telegram], Coroutine[Any, Any, object]]

CALLS: dict[str, Call] = {
    "a text": lambda t: t.send("5", text("canary words"), "k"),
    "a file": lambda t: t.send("5", text("canary words", attachment=file("photo")), "k"),
    "a place of no text": lambda t: t.send("5/6", text("", attachment=file("sticker")), "k"),
    "a change": lambda t: t.edit("5", text("canary words"), "7"),
    "a change of a caption": lambda t: t.edit("5", text("canary words", attachment=file("photo")), "7"),
    "a deletion": lambda t: t.delete("5", "7"),
    "a menu": lambda t: t.menu("5", Menu("de", (("help", "Hilfe"),))),
    "a file that came": lambda t: t.fetch(Media("photo", "F")),
}
GONE = {
    "Forbidden: bot was blocked by the user": "blocked",
    "Forbidden: user is deactivated": "deactivated",
    "Forbidden: bot can't initiate conversation with a user": "never started",
    "Forbidden: bot can't send messages to bots": "a bot",
    "Forbidden: bot was kicked from the group chat": "kicked",
    "Forbidden: bot was kicked from the supergroup chat": "kicked",
    "Forbidden: bot is not a member of the supergroup chat": "kicked",
    "Forbidden: the group chat was deleted": "deleted",
    "Forbidden: something new": "forbidden",
    "Bad Request: chat not found": "not found",
    "Bad Request: user not found": "not found",
    "Bad Request: PEER_ID_INVALID": "not found",
    "Bad Request: group chat was deactivated": "deleted",
    "Bad Request: message thread not found": "topic deleted",
    "Bad Request: TOPIC_DELETED": "topic deleted",
    "Bad Request: TOPIC_CLOSED": "topic closed",
    "Bad Request: CHAT_RESTRICTED": "restricted",
    "Bad Request: CHAT_WRITE_FORBIDDEN": "not allowed to write",
    "Bad Request: have no rights to send a message": "not allowed to write",
    "Bad Request: not enough rights to send text messages to the chat": "not allowed to write",
    "Bad Request: need administrator rights in the channel chat": "not allowed to write",
}
REFUSED = [
    "Bad Request: message text is empty",
    "Bad Request: message is too long",
    "Bad Request: message caption is too long",
    'Bad Request: can\'t parse entities: Unsupported start tag "canary" at byte offset 0',
    "Bad Request: BUTTON_DATA_INVALID",
    "Bad Request: REPLY_MARKUP_TOO_LONG",
    "Bad Request: message to edit not found",
    "Bad Request: message can't be edited",
    "Bad Request: MESSAGE_ID_INVALID",
    "Bad Request: there is no caption in the message to edit",
    "Bad Request: message can't be deleted",
    "Bad Request: message can't be deleted for everyone",
    "Bad Request: VOICE_MESSAGES_FORBIDDEN",
    "Bad Request: not enough rights to send photos to the chat",
    "Bad Request: wrong file identifier/HTTP URL specified",
    "Bad Request: file is too big",
    "Bad Request: PHOTO_INVALID_DIMENSIONS",
    "Bad Request: something new",
]


async def outcome(monkeypatch: pytest.MonkeyPatch, call: Call, status: int, body: bytes) -> SendError:
    """What a call comes to where Telegram answers this."""

    async def answer(request: Request, url: str, method: str, *_: object, **__: object) -> tuple[int, bytes]:
        return status, body

    monkeypatch.setattr(Request, "do_request", answer)
    telegram = Telegram("main", TOKEN, Clock())
    try:
        with pytest.raises(SendError) as caught:
            await call(telegram)
    finally:
        await telegram.close()
    shown = "".join((repr(caught.value), str(caught.value), repr(caught.value.__context__)))
    assert "canary" not in shown
    assert TOKEN not in shown
    return caught.value


def refusal(text: str, **parameters: int) -> tuple[int, bytes]:
    code = 403 if text.startswith("Forbidden") else 400
    told = {"ok": False, "error_code": code, "description": text}
    return code, json.dumps({**told, "parameters": parameters} if parameters else told).encode()


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("words", GONE)
async def test_who_cannot_be_reached(monkeypatch: pytest.MonkeyPatch, call: str, words: str) -> None:
    error = await outcome(monkeypatch, CALLS[call], *refusal(words))
    assert (type(error), str(error)) == (Gone, GONE[words])


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("words", REFUSED)
async def test_what_is_not_taken(monkeypatch: pytest.MonkeyPatch, call: str, words: str) -> None:
    assert type(await outcome(monkeypatch, CALLS[call], *refusal(words))) is Refused


@pytest.mark.parametrize("call", CALLS)
async def test_what_passes(monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    for status, body, wait in (
        (500, b'{"ok":false,"error_code":500,"description":"Internal Server Error"}', UNREACHABLE),
        (502, b"<html>Bad Gateway</html>", UNREACHABLE),
        (503, b"", UNREACHABLE),
        (401, b'{"ok":false,"error_code":401,"description":"Unauthorized"}', NO_TOKEN),
        (404, b'{"ok":false,"error_code":404,"description":"Not Found"}', NO_TOKEN),
    ):
        error = await outcome(monkeypatch, CALLS[call], status, body)
        assert isinstance(error, Retry)
        assert (error.after, error.scope) == (wait, "account")


@pytest.mark.parametrize("call", CALLS)
async def test_what_leaves_it_open(monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    for status, body in ((504, b"<html>Gateway Time-out</html>"), (200, b"canary, cut in the mid"), (200, b"[]")):
        assert type(await outcome(monkeypatch, CALLS[call], status, body)) is Uncertain


@pytest.mark.parametrize("call", CALLS)
async def test_what_is_too_large(monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    body = b'{"ok":false,"error_code":413,"description":"Request Entity Too Large"}'
    assert type(await outcome(monkeypatch, CALLS[call], 413, body)) is Refused


async def test_a_group_that_moved_keeps_its_topic(monkeypatch: pytest.MonkeyPatch) -> None:
    words = refusal("Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-100)
    for place, new in (("-5", "-100"), ("-5/9", "-100/9")):
        error = await outcome(monkeypatch, lambda t, p=place: t.send(p, text(), "k"), *words)  # type: ignore[misc] # bound now
        assert isinstance(error, Moved)
        assert error.place == new


def test_floods_concern_a_chat_until_another_chat_has_one_as_well() -> None:
    now = [0.0]
    floods = Floods(lambda: now[0])
    assert floods.meet("5", 30).scope == "chat"
    assert floods.meet("5", 30).scope == "chat"
    assert floods.meet("6", 1).scope == "account"
    now[0] = 31
    assert floods.meet("6", 4).scope == "chat"
    now[0] = 62
    assert floods.meet("", 4).scope == "account"


@pytest.mark.parametrize(
    ("body", "wait"),
    [
        (b'{"parameters":{"retry_after":7}}', 7),
        (b'{"parameters":{"retry_after":-7}}', UNTOLD_WAIT),
        (b'{"parameters":[]}', UNTOLD_WAIT),
        (b"slow down", UNTOLD_WAIT),
    ],
)
def test_how_long_to_wait(body: bytes, wait: float) -> None:
    assert Request()._wait(body) == wait
    assert Floods(float).meet("5", wait).after == timedelta(seconds=wait)
