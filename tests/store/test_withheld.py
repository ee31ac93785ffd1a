"""What waits in the outbox for translations: it leaves once, in order, and at its hour in any case."""

from __future__ import annotations

import pytest

from bot.store import outbox, queue, unsaid, withheld
from bot.store.database import Database
from bot.store.outbox import Horizon
from bot.store.queue import OutRow
from tests.store.filling import NOON

HELD = 12_000
"""Milliseconds for which it waits at most."""


@pytest.fixture
def db(db: Database) -> Database:
    for seat in ("anna", "ben"):
        db.vault.new_seat_key(seat)
    return db


def say(
    db: Database, key: str, awaits: str = "", seat: str | None = "anna", assembly: str = "a1", **more: object
) -> None:
    at = NOON + (HELD if awaits else 0)
    queue.say(db, [OutRow(key, assembly, seat, 2, at, key.encode(), awaits=awaits, **more)])  # type: ignore[arg-type]  # few fields


def leaving(db: Database, at: int = 0, since: Horizon | None = None) -> list[str]:
    """What may leave by then, in order."""
    found, _ = outbox.look(db, since or Horizon(0), NOON + at, 99)
    rows = {row.seq: row.key for row in outbox.take(db, [each.seq for each in found])}
    return [rows[each.seq] for each in found]


def test_what_waits_leaves_when_it_has_come_and_no_earlier(db: Database) -> None:
    say(db, "one", "c1@de")
    assert leaving(db) == []
    assert withheld.release(db, "a1", "c2@de", NOON) == withheld.release(db, "a1", "c1@fr", NOON) == 0
    assert withheld.release(db, "a2", "c1@de", NOON) == 0
    assert withheld.release(db, "a1", "c1@de", NOON + 5) == 1
    assert leaving(db, 5) == ["one"]
    assert withheld.release(db, "a1", "c1@de", NOON + 6) == 0


def test_at_its_hour_it_leaves_in_any_case_and_is_left_alone_then(db: Database) -> None:
    say(db, "one", "c1@de")
    assert leaving(db, HELD - 1) == []
    assert leaving(db, HELD) == ["one"]
    assert withheld.release(db, "a1", "c1@de", NOON + HELD) == 0
    assert leaving(db, HELD) == ["one"]


def test_whoever_has_looked_already_finds_it(db: Database) -> None:
    say(db, "one", "c1@de")
    say(db, "two")
    _, horizon = outbox.look(db, Horizon(0), NOON, 99)
    withheld.release(db, "a1", "c1@de", NOON)
    assert leaving(db, 0, horizon) == ["one"]
    say(db, "three")
    assert leaving(db) == ["two", "one", "three"]


def test_one_reader_gets_them_in_the_order_in_which_they_were_said(db: Database) -> None:
    for key in ("one", "two", "three"):
        say(db, key, f"{key}@de")
    say(db, "other", "two@de", seat="ben")
    assert withheld.release(db, "a1", "two@de", NOON) == 1
    assert leaving(db) == ["other"]
    assert withheld.release(db, "a1", "three@de", NOON) == 0
    assert withheld.release(db, "a1", "one@de", NOON) == 3
    assert leaving(db) == ["other", "one", "two", "three"]


def test_what_stands_before_it_at_its_hour_or_is_taken_back_holds_it_no_longer(db: Database) -> None:
    say(db, "one", "one@de", about="one")
    say(db, "two", "two@de")
    withheld.release(db, "a1", "two@de", NOON)
    unsaid.unsay(db, "a1", "one")
    assert withheld.release(db, "a1", "one@de", NOON) == 1
    assert leaving(db) == ["two"]


def test_a_room_waits_for_all_of_its_languages(db: Database) -> None:
    say(db, "one", "c1@de c1@fr", seat=None, door=b"room")
    assert withheld.release(db, "a1", "c1@fr", NOON) == 0
    assert withheld.release(db, "a1", "c1@de", NOON) == 1


def test_new_words_are_waited_for_anew(db: Database) -> None:
    say(db, "slow", "c0@de")
    say(db, "one", "c1@de c2@fr")
    withheld.release(db, "a1", "c1@de", NOON)
    assert withheld.anew(db, "a1", "c1") == {"de"}
    assert withheld.anew(db, "a1", "c3") == set()
    withheld.release(db, "a1", "c0@de", NOON)
    assert withheld.release(db, "a1", "c2@fr", NOON) == 0
    assert withheld.release(db, "a1", "c1@de", NOON) == 1
