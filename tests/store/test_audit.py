"""The log: a chain that a stranger can check, and from which a person can be erased."""

from __future__ import annotations

import hashlib

import pytest

from bot.core.effects import Note
from bot.store import audit, identities
from bot.store.audit import START
from bot.store.database import Database
from tests.store.filling import NOON, fill


@pytest.fixture
def lines(db: Database) -> list[int]:
    """Five lines of an assembly, and one of another between them."""
    for number, by in enumerate(("", "maya", "anna", "maya", "")):
        audit.note(db, "a1", Note("hid", by, {"contribution": f"c{number}", "of": "anna"}), NOON + number)
        if number == 1:
            audit.note(db, "a2", Note("else", "maya"), NOON)
    return [line.seq for line in audit.lines(db, "a1")]


def broken(db: Database) -> tuple[int, ...]:
    return audit.verify(db, "a1").broken


def test_a_log_that_nobody_has_touched_is_whole(db: Database, lines: list[int]) -> None:
    found = audit.verify(db, "a1")
    assert (found.lines, found.before, found.erased, found.broken) == (5, 0, 0, ())
    assert found.head == audit.head(db, "a1") == audit.chain(db, "a1")[-1].hash
    assert audit.head(db, "none") == START
    assert audit.head(db, "a2") != found.head


@pytest.mark.parametrize(
    "change",
    [
        "at = at + 1",
        "act = 'seen'",
        "\"by\" = 'ben'",
        "data = '{}'",
        "who = x'00'",
        "what = x'00'",
        "hash = x'00'",
        "hash = NULL",
    ],
)
@pytest.mark.parametrize("place", [0, 2, 4])
def test_every_change_of_a_line_is_found(db: Database, lines: list[int], change: str, place: int) -> None:
    db.sql.execute(f"UPDATE log SET {change} WHERE seq = ?", (lines[place],))
    assert broken(db)


def test_a_line_that_was_taken_out_or_swapped_is_found(db: Database, lines: list[int]) -> None:
    db.sql.execute("DELETE FROM log_salt WHERE seq = ?", (lines[2],))
    db.sql.execute("DELETE FROM log WHERE seq = ?", (lines[2],))
    assert broken(db) == (lines[3],)


def test_a_line_that_was_put_in_is_found(db: Database, lines: list[int]) -> None:
    free = max(lines) + 1
    db.sql.execute(
        "INSERT INTO log (seq, assembly, at, act, \"by\", data) VALUES (?, 'a1', 1, 'hid', 'maya', '{}')", (free,)
    )
    assert broken(db) == (free,)


def test_who_takes_out_the_last_lines_cannot_make_the_mark_that_others_know(db: Database, lines: list[int]) -> None:
    known = audit.head(db, "a1")
    db.sql.execute("DELETE FROM log_salt WHERE seq = ?", (lines[4],))
    db.sql.execute("DELETE FROM log WHERE seq = ?", (lines[4],))
    assert broken(db) == ()
    assert audit.head(db, "a1") != known


def test_a_person_is_erased_and_the_chain_holds(db: Database, lines: list[int]) -> None:
    head = audit.head(db, "a1")
    audit.forget(db, "anna")
    found = audit.verify(db, "a1")
    assert (found.lines, found.erased, found.broken, found.head) == (5, 5, (), head)
    assert "anna" not in repr(db.sql.execute("SELECT * FROM log").fetchall())
    assert [line.by for line in audit.lines(db, "a1")] == ["", "maya", "", "maya", ""]
    assert [line.data["contribution"] for line in audit.lines(db, "a1")] == ["c0", "c1", "c2", "c3", "c4"]


def test_without_the_salt_nobody_can_try_out_names(db: Database, lines: list[int]) -> None:
    audit.forget(db, "maya")
    gone = [link for link in audit.chain(db, "a1") if link.salt is None]
    assert len(gone) == 2
    assert gone[0].who != gone[1].who, "the same person looks like two"
    assert all(hashlib.sha256(b"by\0maya").digest() != link.who for link in gone)


def test_erasing_a_seat_erases_it_from_the_log(db: Database) -> None:
    seat = fill(db)
    audit.note(db, "a1", Note("moved", "", {"seats": [seat]}), NOON)
    identities.erase(db, seat)
    assert seat not in repr(db.sql.execute('SELECT "by", data FROM log').fetchall())
    assert audit.verify(db, "a1").broken == ()


def test_lines_of_an_older_version_stand_before_the_chain(db: Database) -> None:
    db.sql.execute("INSERT INTO log (assembly, at, act, \"by\", data) VALUES ('a1', 1, 'begun', '', '{}')")
    audit.note(db, "a1", Note("opened"), NOON)
    found = audit.verify(db, "a1")
    assert (found.lines, found.before, found.broken) == (1, 1, ())


def test_what_somebody_has_missed_begins_where_they_went_last(db: Database) -> None:
    for step, act, by, course in (
        ("one", "closed", "", "graz"), ("", "paused", "anna", ""), ("two", "closed", "", "graz"), ("", "returned", "anna", ""),
        ("", "lost", "anna", ""), ("three", "closed", "", "graz"), ("four", "closed", "", "linz"), ("", "paused", "ben", ""),
    ):  # fmt: skip
        audit.note(db, "a1", Note(act, by, {"course": course, "steps": [step]} if step else {}), NOON)
    audit.note(db, "a2", Note("closed", data={"course": "graz", "steps": ["else"]}), NOON)
    lost = next(line.seq for line in audit.lines(db, "a1") if line.act == "lost")
    assert audit.missed(db, "a1", "anna", "graz") == (lost, ["three"])
    assert audit.missed(db, "a1", "ben", "linz")[1] == []
    assert audit.missed(db, "a1", "dora", "graz") == (0, ["one", "two", "three"])
