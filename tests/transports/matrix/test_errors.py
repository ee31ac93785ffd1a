"""What refusals of homeservers, and of what stands before them, mean; and the cursor's way to JSON and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from nio import Event, MegolmEvent

from bot.transports.matrix import Matrix
from bot.transports.matrix.cursor import Cursor, Door, Gap, Locked
from bot.transports.matrix.errors import LIMITED, NO_TOKEN, UNREACHABLE, Failed, failed, meaning, stopped
from bot.transports.matrix.locked import Locks
from bot.transports.matrix.session import Session
from bot.transports.port import Gone, Refused, Retry, SendError


@pytest.mark.parametrize(
    ("code", "status", "member", "kind", "says"),
    [
        ("M_UNKNOWN", 500, True, Retry, UNREACHABLE),
        ("", 502, True, Retry, UNREACHABLE),
        ("", 404, True, Retry, UNREACHABLE),
        ("", 200, True, Retry, UNREACHABLE),
        ("", 0, True, Retry, UNREACHABLE),
        ("", 413, True, Refused, "too large"),
        ("M_TOO_LARGE", 413, True, Refused, "too large"),
        ("M_UNKNOWN_TOKEN", 401, True, Retry, NO_TOKEN),
        ("M_FORBIDDEN", 403, True, Refused, "not allowed"),
        ("M_FORBIDDEN", 403, False, Gone, "not in the room"),
        ("M_NOT_FOUND", 404, True, Gone, "not in the room"),
        ("M_BAD_JSON", 400, True, Refused, "400 M_BAD_JSON"),
    ],
)
def test_meanings(code: str, status: int, member: bool, kind: type[SendError], says: object) -> None:
    found = meaning(Failed(code, status), member=member)
    assert type(found) is kind
    assert (found.after if isinstance(found, Retry) else str(found)) == says


@pytest.mark.parametrize(
    ("header", "body", "after"),
    [
        ("7", 2500, timedelta(seconds=7)),
        ("3", 2500, timedelta(milliseconds=2500)),
        ("2", 2500, timedelta(seconds=2)),
        ("", 2500, timedelta(milliseconds=2500)),
        ("", None, LIMITED),
        ("soon", 2500, timedelta(milliseconds=2500)),
        ("0", 2500, timedelta(0)),
    ],
)
def test_how_long_to_wait(header: str, body: int | None, after: timedelta) -> None:
    found = meaning(failed("M_LIMIT_EXCEEDED", 429, {"Retry-After": header}, body), member=True)
    assert isinstance(found, Retry)
    assert (found.after, found.scope) == (after, "account")


async def test_a_sync_that_is_put_off_says_until_when(monkeypatch: pytest.MonkeyPatch) -> None:
    async def busy(self: Session) -> None:
        raise failed("M_LIMIT_EXCEEDED", 429, {"Retry-After": "7"}, None)

    monkeypatch.setattr(Session, "open", busy)
    with pytest.raises(Retry) as error:
        await Matrix("test", "http://127.0.0.1:1", "@bot:x", "token", lambda: datetime.now(UTC)).receive("")
    assert (error.value.after, error.value.scope) == (timedelta(seconds=7), "account")


def test_a_date_to_wait_for() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(minutes=1), usegmt=True)
    error = failed("", 429, {"Retry-After": date}, None)
    assert error.after is not None
    assert timedelta(seconds=50) < error.after <= timedelta(minutes=1)


def test_what_the_operator_is_told() -> None:
    assert "Log in anew" in str(stopped(Failed("M_UNKNOWN_TOKEN", 401), "@bot:x"))
    assert "(M_USER_DEACTIVATED)" in str(stopped(Failed("M_USER_DEACTIVATED", 403), "@bot:x"))


def test_the_cursor_goes_through_json() -> None:
    full = Cursor(
        "s2", "s1", 5, "DEVICE",
        (Gap("!r", "s1", "s2", 4, True, "$a"),), (Door("!d", "@anna:x", 3, True), Door("!n", "@anna:x", 3, old="!r")),
        (Locked("!r", "$b", 6, True),), 7,
    )  # fmt: skip
    assert Cursor.decode(full.encode()) == full
    assert Cursor.decode("") == Cursor()
    assert Cursor.decode(Cursor("s1").encode()) == Cursor("s1")


def test_nobody_is_asked_twice_about_the_same_nor_all_the_time() -> None:
    def sealed(session: str) -> MegolmEvent:
        content = {
            "algorithm": "m.megolm.v1.aes-sha2", "sender_key": "k", "device_id": "d", "session_id": session, "ciphertext": "c",
        }  # fmt: skip
        event = {
            "type": "m.room.encrypted",
            "event_id": "$e",
            "sender": "@eve:x",
            "origin_server_ts": 1,
            "content": content,
        }
        found = Event.parse_event(event)
        assert isinstance(found, MegolmEvent)
        return found

    locks, noon, hour = Locks(), datetime(2026, 1, 1, 12, tzinfo=UTC), timedelta(hours=1)
    asked = [("one", noon), ("one", noon + 2 * hour), ("two", noon + hour / 2), ("three", noon + 2 * hour)]
    assert [locks.first(sealed(session), at) for session, at in asked] == [True, False, False, True]
