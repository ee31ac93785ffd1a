"""The queues: each key once, everything in order, nothing stuck."""

from __future__ import annotations

import random

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


def keys(rows: list[queue.InboxRow] | list[queue.OutboxRow]) -> list[str]:
    return [row.key for row in rows]


def say(
    db: Database, key: str, seat: str | None = "anna", lane: int = 1, at: int = 0, door: bytes | None = None
) -> int:
    return queue.say(db, [OutRow(key, "a1", seat, lane, NOON + at, f"say {key}".encode(), "step", door)])


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


# The outbox


def test_a_message_goes_out_once(db: Database) -> None:
    assert say(db, "m1") == 1
    assert say(db, "m1") == 0
    (row,) = queue.claim(db, NOON, 10)
    assert (row.key, row.seat, row.body, row.step, row.tries) == ("m1", "anna", b"say m1", "step", 0)
    assert queue.claim(db, NOON, 10) == []
    queue.sent(db, [(row.seq, "receipt-1")], NOON + 9)
    assert db.sql.execute("SELECT state, body, receipt, sent FROM outbox").fetchall() == [
        ("sent", None, "receipt-1", NOON + 9)
    ]
    assert say(db, "m1") == 0


def test_answers_go_before_broadcasts_to_others(db: Database) -> None:
    say(db, "broadcast", "anna", lane=3)
    say(db, "step", "ben", lane=1)
    say(db, "answer", "carl", lane=0, at=5)
    say(db, "door", None, lane=0, at=6, door=b"lookup")
    say(db, "later", "carl", lane=0, at=60)
    assert keys(queue.peek(db, NOON + 10, 10)) == ["answer", "door", "step", "broadcast"]
    assert keys(queue.peek(db, NOON + 10, 2)) == ["answer", "door"]
    assert keys(queue.claim(db, NOON + 10, 10, lanes=(1, 2))) == ["step"]


def test_a_reader_reads_in_order_and_an_answer_takes_along_what_came_before(db: Database) -> None:
    say(db, "b1", "ben", lane=3)
    say(db, "a1", "anna", lane=3)
    say(db, "a2", "anna", lane=1, at=1)
    say(db, "a3", "anna", lane=0, at=2)
    assert keys(queue.claim(db, NOON + 5, 2)) == ["a1", "a2"]
    assert keys(queue.claim(db, NOON + 5, 9)) == ["b1"]  # a3 waits until a1 and a2 have arrived
    queue.sent(db, [(2, ""), (3, "")], NOON)
    assert keys(queue.claim(db, NOON + 5, 9)) == ["a3"]


def test_nobody_waits_behind_a_message_for_the_morning(db: Database) -> None:
    say(db, "quiet", "anna", at=1000)
    say(db, "answer", "anna", lane=0, at=5)
    assert keys(queue.claim(db, NOON + 10, 9)) == ["answer"]


def test_a_message_that_is_tried_again_keeps_its_place(db: Database) -> None:
    say(db, "a1")
    say(db, "a2", lane=0)
    say(db, "b1", "ben", lane=3)
    first, *_ = queue.claim(db, NOON, 1)
    queue.retry(db, first.seq, NOON + 100)
    assert keys(queue.claim(db, NOON + 50, 9)) == ["b1"]
    assert queue.next_send(db) == NOON + 100
    rows = queue.claim(db, NOON + 100, 9)
    assert keys(rows) == ["a1", "a2"]
    assert [row.tries for row in rows] == [1, 0]


def test_many_that_must_wait_do_not_hide_one_that_need_not(db: Database) -> None:
    for n in range(50):
        db.vault.new_seat_key(f"s{n}")
        say(db, f"first-{n}", f"s{n}")
        say(db, f"then-{n}", f"s{n}")
    for row in queue.claim(db, NOON, 100):
        queue.retry(db, row.seq, NOON + 100 + row.seq)
    say(db, "free", "carl", lane=3)
    assert keys(queue.claim(db, NOON + 1, 5)) == ["free"]


def test_the_next_moment_to_send_is_known(db: Database) -> None:
    assert queue.next_send(db) is None
    say(db, "later", "ben", at=70)
    say(db, "now", "anna")
    say(db, "behind", "anna", at=1)
    assert queue.next_send(db) == NOON
    queue.claim(db, NOON, 1)
    assert queue.next_send(db) == NOON + 70  # "behind" is woken by the end of "now"


def test_after_a_crash_what_was_under_way_is_known(db: Database) -> None:
    say(db, "m1")
    say(db, "m2", "ben")
    say(db, "m3", "carl")
    claimed = queue.claim(db, NOON, 2)
    assert queue.uncertain(db) == claimed
    queue.retry(db, claimed[0].seq, NOON)
    queue.gone(db, claimed[1].seq, "Blocked")
    assert queue.uncertain(db) == []
    assert queue.counts(db)["outbox"] == {"gone": 1, "new": 2}
    assert db.sql.execute("SELECT body, receipt FROM outbox WHERE state = 'gone'").fetchone() == (None, "Blocked")


def test_nothing_is_said_to_an_erased_person(db: Database) -> None:
    say(db, "before")
    db.vault.erase_seat_key("anna")
    assert say(db, "after") == 0
    assert [row.body for row in queue.claim(db, NOON, 9)] == [None]


def test_a_broken_seal_in_the_outbox_is_given_up(db: Database) -> None:
    say(db, "m1")
    say(db, "m2", "ben")
    db.sql.execute("UPDATE outbox SET body = x'0102' WHERE key = 'm1'")
    assert keys(queue.claim(db, NOON, 9)) == ["m2"]
    assert queue.counts(db)["outbox"]["gone"] == 1


def test_any_mixture_arrives_completely_and_in_each_readers_order(db: Database) -> None:
    rng = random.Random(9)
    expected: dict[str, list[str]] = {"anna": [], "ben": [], "carl": []}
    for n in range(300):
        seat = rng.choice(list(expected))
        say(db, f"m{n:03}", seat, lane=rng.randrange(4), at=n // 7)
        expected[seat].append(f"m{n:03}")
    got: dict[str, list[str]] = {seat: [] for seat in expected}
    now, under_way = NOON + 50, []
    while queue.counts(db)["outbox"].get("sent", 0) < 300:
        now += 1
        under_way += queue.claim(db, now, rng.randrange(1, 9))
        # Each reader's chat is a line: only its oldest message under way can end.
        heads = {row.seat: row for row in sorted(under_way, key=lambda r: (r.at, r.seq), reverse=True)}
        for row in heads.values():
            if rng.random() < 0.15:
                for other in [r for r in under_way if r.seat == row.seat]:
                    queue.retry(db, other.seq, now + rng.randrange(5))
                    under_way.remove(other)
            else:
                queue.sent(db, [(row.seq, "")], now)
                got[str(row.seat)].append(row.key)
                under_way.remove(row)
    assert got == expected


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
    say(db, "m1")
    assert queue.counts(db) == {"inbox": {"done": 1, "new": 1}, "outbox": {"new": 1}}


@pytest.mark.parametrize(
    ("query", "given"),
    [
        ("SELECT seq FROM inbox WHERE state = 'new' AND at <= ? ORDER BY at, seq LIMIT 5", (1,)),
        ("SELECT MIN(at) FROM inbox WHERE state = 'new'", ()),
        (
            "SELECT seq FROM outbox WHERE state = 'new' AND lane = ? AND at <= ? AND due <= ? ORDER BY at, seq",
            (1, 1, 1),
        ),
        (
            "SELECT seq FROM outbox WHERE seat = ? AND state IN ('new', 'sending') AND (at, seq) <= (?, ?) ORDER BY at, seq",
            ("", 1, 1),
        ),
    ],
)
def test_no_query_of_the_loop_reads_or_sorts_a_whole_table(db: Database, query: str, given: tuple[object, ...]) -> None:
    plan = " ".join(row[3] for row in db.sql.execute(f"EXPLAIN QUERY PLAN {query}", given))
    assert "INDEX" in plan
    assert "TEMP B-TREE" not in plan
