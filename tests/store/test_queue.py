"""The queues: each key once, everything in order, nothing stuck."""

from __future__ import annotations

import pytest

from bot.store import queue
from bot.store.database import Database
from bot.store.queue import InRow, OutRow
from tests.store.filling import NOON


@pytest.fixture
def db(db: Database) -> Database:
    for seat in ("anna", "ben", "carl"):
        db.vault.new_seat_key(seat)
    return db


def event(db: Database, key: str, at: int = 0, seat: str | None = "anna", assembly: str = "a1") -> bool:
    return queue.put_event(db, assembly, key, f"body of {key}".encode(), "heard", NOON + at, NOON, seat)


def keys(rows: list[queue.InboxRow]) -> list[str]:
    return [row.key for row in rows]


# The inbox


def test_an_event_comes_back_as_it_was_put(db: Database) -> None:
    assert event(db, "k1")
    (row,) = queue.next_events(db, NOON, 10)
    assert row == queue.InboxRow(1, "k1", "a1", "heard", NOON, NOON, "anna", b"body of k1", 0)


def test_a_key_stands_once_in_its_assembly(db: Database) -> None:
    assert event(db, "k1")
    assert not event(db, "k1", at=5)
    assert event(db, "k1", assembly="a2")
    assert queue.known(db, "k1")
    assert not queue.known(db, "k2")
    rows = [InRow("a1", f"k{n}", "due", NOON, NOON, b"") for n in range(4)]
    assert queue.put_events(db, rows) == 3
    assert queue.put_events(db, rows) == 0
    assert queue.put_events(db, []) == 0


def test_an_event_answered_on_the_spot_is_known_and_never_handled(db: Database) -> None:
    queue.remember(db, "", "k1", NOON)
    queue.remember(db, "", "k1", NOON)
    assert queue.known(db, "k1")
    assert queue.next_events(db, NOON, 10) == []


def test_events_come_in_order_and_not_before_their_time(db: Database) -> None:
    for key, at in (("late", 50), ("b", 10), ("c", 10), ("a", 0), ("tomorrow", 86_400_000)):
        event(db, key, at)
    assert keys(queue.next_events(db, NOON + 20, 10)) == ["a", "b", "c"]
    assert keys(queue.next_events(db, NOON + 20, 2)) == ["a", "b"]


def test_a_timer_set_ahead_can_be_held_and_nothing_else_is(db: Database) -> None:
    queue.put_events(
        db,
        [
            InRow("a1", "close", "due", NOON + 10, NOON - 500, b"x"),
            InRow("a1", "at once", "due", NOON + 20, NOON + 20, b"x"),
            InRow("a1", "pressed", "heard", NOON + 30, NOON + 31, b"x"),
            InRow("a1", "warn", "due", NOON + 40, NOON - 500, b"x"),
            InRow("a1", "tomorrow", "due", NOON + 9000, NOON - 500, b"x"),
        ],
    )
    assert keys(queue.next_events(db, NOON + 50, 10)) == ["close", "at once", "pressed", "warn"]
    assert keys(queue.next_events(db, NOON + 50, 10, timers=NOON + 9)) == ["at once", "pressed"]
    assert keys(queue.next_events(db, NOON + 50, 10, timers=NOON + 10)) == ["close", "at once", "pressed"]
    assert queue.held(db, NOON + 50, NOON + 9) == (NOON + 10, NOON + 40)
    assert queue.held(db, NOON + 50, NOON + 10) == (NOON + 40, NOON + 40)
    assert queue.held(db, NOON + 39, NOON + 10) is None
    assert queue.next_due(db, NOON + 50, NOON + 9) == NOON + 20
    queue.done(db, [2, 3])
    assert queue.next_due(db, NOON + 50, NOON + 9) == NOON + 9000
    assert queue.next_due(db, NOON + 50, NOON + 10) == NOON + 10
    assert queue.next_due(db) == NOON + 10


def test_the_next_hour_is_known(db: Database) -> None:
    assert queue.next_due(db) is None
    event(db, "later", 70)
    event(db, "soon", 30)
    assert queue.next_due(db) == NOON + 30
    queue.done(db, [2])
    assert queue.next_due(db) == NOON + 70


def test_what_is_done_does_not_come_again(db: Database) -> None:
    event(db, "k1")
    event(db, "k2")
    queue.done(db, [row.seq for row in queue.next_events(db, NOON, 1)])
    assert keys(queue.next_events(db, NOON, 10)) == ["k2"]
    assert not event(db, "k1")


def test_a_blanked_event_is_a_tombstone(db: Database) -> None:
    event(db, "k1")
    queue.blank(db, 1)
    (row,) = queue.next_events(db, NOON, 10)
    assert row.body is None
    assert db.sql.execute("SELECT body FROM inbox").fetchone() == (None,)


def test_a_poison_event_is_parked_after_three_tries_and_can_be_freed(db: Database) -> None:
    event(db, "k1")
    event(db, "k2")
    assert [queue.failed(db, 1, "ValueError") for _ in range(3)] == [False, False, True]
    assert not queue.failed(db, 1, "ValueError")
    assert keys(queue.next_events(db, NOON, 10)) == ["k2"]
    (row,) = queue.parked(db)
    assert (row.key, row.tries, row.error) == ("k1", 3, "ValueError")
    assert queue.unpark(db, 1)
    assert not queue.unpark(db, 2)
    assert keys(queue.next_events(db, NOON, 10)) == ["k1", "k2"]
    assert queue.parked(db) == []


def test_a_broken_seal_is_parked_and_stops_nobody(db: Database) -> None:
    for key in ("k1", "k2", "k3"):
        event(db, key)
    db.sql.execute("UPDATE inbox SET body = (SELECT body FROM inbox WHERE key = 'k1') WHERE key = 'k2'")
    assert keys(queue.next_events(db, NOON, 10)) == ["k1", "k3"]
    assert [row.error for row in queue.parked(db)] == ["Unreadable"]


def test_an_erased_persons_event_is_a_tombstone(db: Database) -> None:
    event(db, "k1")
    db.vault.erase_seat_key("anna")
    assert [row.body for row in queue.next_events(db, NOON, 10)] == [None]
    assert event(db, "k2")
    assert [row.body for row in queue.next_events(db, NOON, 10)] == [None, None]


def test_the_cursor_moves(db: Database) -> None:
    assert queue.cursor(db, "telegram:bot") is None
    queue.move_cursor(db, "telegram:bot", "7")
    queue.move_cursor(db, "telegram:bot", "9")
    assert queue.cursor(db, "telegram:bot") == "9"
    assert queue.cursor(db, "matrix:bot") is None


def test_counts_tell_where_the_rows_stand(db: Database) -> None:
    event(db, "k1")
    event(db, "k2")
    queue.done(db, [1])
    queue.say(db, [OutRow("m1", "a1", "anna", 1, NOON, b"hello")])
    assert queue.counts(db) == {"inbox": {"done": 1, "new": 1}, "outbox": {"new": 1}}


@pytest.mark.parametrize(
    ("query", "given"),
    [
        ("SELECT seq FROM inbox WHERE state = 'new' AND at <= ? ORDER BY at, seq LIMIT 5", (1,)),
        ("SELECT MIN(at) FROM inbox WHERE state = 'new'", ()),
    ],
)
def test_no_query_of_the_loop_reads_or_sorts_a_whole_table(db: Database, query: str, given: tuple[object, ...]) -> None:
    plan = " ".join(row[3] for row in db.sql.execute(f"EXPLAIN QUERY PLAN {query}", given))
    assert "INDEX" in plan
    assert "TEMP B-TREE" not in plan
