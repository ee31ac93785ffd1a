"""The outbox: said once, found in order, handed out only while it waits, nothing stuck."""

from __future__ import annotations

import random

import pytest

from bot.store import outbox, queue
from bot.store.database import Database
from bot.store.outbox import Horizon, Waiting
from bot.store.queue import OutRow
from tests.store.filling import NOON


@pytest.fixture
def db(db: Database) -> Database:
    for seat in ("anna", "ben", "carl"):
        db.vault.new_seat_key(seat)
    return db


def say(db: Database, key: str, seat: str | None = "anna", lane: int = 1, at: int = 0, **more: object) -> int:
    row = OutRow(key, "a1", seat, lane, NOON + at, f"say {key}".encode(), "step", **more)  # type: ignore[arg-type]  # few fields
    return queue.say(db, [row])


def look(db: Database, at: int = 0, limit: int = 99, since: Horizon | None = None) -> tuple[list[int], Horizon]:
    found, horizon = outbox.look(db, since or Horizon(0), NOON + at, limit)
    return [each.seq for each in found], horizon


def test_a_message_goes_out_once_and_its_body_is_wiped(db: Database) -> None:
    assert say(db, "m1") == 1
    assert say(db, "m1") == 0
    (row,) = outbox.take(db, [1])
    assert (row.key, row.seat, row.body, row.step, row.tries, row.act) == ("m1", "anna", b"say m1", "step", 0, "say")
    outbox.mark(db, [1], NOON)
    assert outbox.take(db, [1]) == []
    outbox.sent(db, [(1, "receipt-1", NOON + 9)])
    assert db.sql.execute("SELECT state, body, receipt, sent FROM outbox").fetchall() == [
        ("sent", None, "receipt-1", NOON + 9)
    ]
    assert say(db, "m1") == 0


def test_a_row_comes_as_it_was_put(db: Database) -> None:
    say(db, "m1", None, door=b"room", act="edit", target="17", about="c1", silent=True)
    (waiting,), _ = outbox.look(db, Horizon(0), NOON, 9)
    assert waiting == Waiting(1, None, b"room", 1, NOON, NOON, "edit", "17", True)
    assert waiting.reader == b"room"
    (row,) = outbox.take(db, [1])
    assert (row.door, row.act, row.target, row.about, row.silent) == (b"room", "edit", "17", "c1", True)


def test_what_is_new_is_found_once_and_what_is_for_later_at_its_hour(db: Database) -> None:
    say(db, "now")
    say(db, "later", at=50)
    found, horizon = look(db)
    assert found == [1]
    assert outbox.next_at(db, NOON) == NOON + 50
    say(db, "new")
    found, horizon = look(db, 10, since=horizon)
    assert found == [3]
    assert look(db, 49, since=horizon)[0] == []
    found, horizon = look(db, 50, since=horizon)
    assert found == [2]
    assert look(db, 99, since=horizon)[0] == []
    assert outbox.next_at(db, NOON + 50) is None


def test_many_are_found_in_parts_and_none_is_left_out(db: Database) -> None:
    rng = random.Random(4)
    horizon, found = Horizon(0), list[int]()
    for n in range(200):
        say(db, f"m{n}", at=rng.randrange(100))
        if n % 3 == 0:
            more, horizon = look(db, n // 2, 2, horizon)
            found += more
    while True:
        more, horizon = look(db, 100, 7, horizon)
        if not more:
            break
        found += more
    assert sorted(found) == list(range(1, 201))


def test_after_a_restart_all_that_waits_is_found_in_order(db: Database) -> None:
    for n, at in enumerate((30, 10, 20, 90)):
        say(db, f"m{n}", at=at)
    outbox.gone(db, 3, "Erased")
    found, horizon = look(db, 40, 1, Horizon(outbox.newest(db)))
    assert found == [2]
    assert look(db, 40, 9, horizon)[0] == [1]


def test_a_message_that_is_tried_again_waits_and_counts_its_tries(db: Database) -> None:
    say(db, "m1")
    outbox.mark(db, [1], NOON)
    outbox.retry(db, 1, NOON + 100)
    (waiting,), _ = outbox.look(db, Horizon(0), NOON, 9)
    assert waiting.due == NOON + 100
    assert outbox.take(db, [1])[0].tries == 1


def test_after_a_crash_what_was_under_way_is_known(db: Database) -> None:
    for key, seat in (("m1", "anna"), ("m2", "ben"), ("m3", "carl")):
        say(db, key, seat)
    outbox.mark(db, [1, 2], NOON + 5)
    assert [(row.key, since) for row, since in outbox.under_way(db)] == [("m1", NOON + 5), ("m2", NOON + 5)]
    outbox.unmark(db, [1])
    outbox.gone(db, 2, "Blocked")
    assert outbox.under_way(db) == []
    assert queue.counts(db)["outbox"] == {"gone": 1, "new": 2}
    assert db.sql.execute("SELECT body, receipt FROM outbox WHERE state = 'gone'").fetchone() == (None, "Blocked")
    assert look(db)[0] == [1, 3]


def test_what_was_taken_back_meanwhile_stays_so(db: Database) -> None:
    say(db, "m1")
    (row,) = outbox.take(db, [1])
    outbox.gone(db, 1, "Erased")
    outbox.sent(db, [(1, "r", NOON)])
    outbox.retry(db, 1, NOON)
    outbox.again(db, row, b"once more", NOON)
    outbox.anew(db, 1)
    outbox.unmark(db, [1])
    assert db.sql.execute("SELECT state, body, receipt FROM outbox").fetchall() == [("gone", None, "Erased")]


def test_what_cannot_be_changed_is_said_anew(db: Database) -> None:
    say(db, "m1", act="edit", target="17")
    outbox.anew(db, 1)
    (row,) = outbox.take(db, [1])
    assert (row.act, row.target) == ("say", "")


def test_another_body_may_take_the_place_of_the_first(db: Database) -> None:
    say(db, "m1")
    outbox.mark(db, [1], NOON)
    ((row, _),) = outbox.under_way(db)
    outbox.again(db, row, b"once more", NOON)
    (row,) = outbox.take(db, [1])
    assert (row.body, row.tries) == (b"once more", 1)


def test_nothing_is_said_to_an_erased_person(db: Database) -> None:
    say(db, "before")
    db.vault.erase_seat_key("anna")
    assert say(db, "after") == 0
    assert [row.body for row in outbox.take(db, [1, 2])] == [None]


def test_a_broken_seal_in_the_outbox_is_given_up(db: Database) -> None:
    say(db, "m1")
    say(db, "m2", "ben")
    db.sql.execute("UPDATE outbox SET body = x'0102' WHERE key = 'm1'")
    assert [row.key for row in outbox.take(db, [1, 2])] == ["m2"]
    assert queue.counts(db)["outbox"]["gone"] == 1


def test_what_was_sent_a_moment_ago_is_known_after_a_restart(db: Database) -> None:
    for n in range(4):
        say(db, f"m{n}")
    outbox.sent(db, [(1, "", NOON)])
    outbox.sent(db, [(2, "", NOON + 60_000)])
    outbox.sent(db, [(4, "", NOON + 59_999)])
    assert [(each.seq, at) for each, at in outbox.lately(db, NOON + 1)] == [(4, NOON + 59_999), (2, NOON + 60_000)]


class TestTheLastDelivery:
    def test_counts_the_first_message_of_each_reader(self, db: Database) -> None:
        say(db, "a1")
        say(db, "a2")
        say(db, "b1", "ben")
        outbox.sent(db, [(1, "", NOON + 5)])
        outbox.sent(db, [(3, "", NOON + 70)])
        outbox.sent(db, [(2, "", NOON + 900)])
        assert outbox.last_delivery(db, "a1", "step", NOON + 999) == NOON + 70

    def test_is_not_yet_where_the_step_is_on_its_way_to_others(self, db: Database) -> None:
        for seat in ("anna", "ben", "carl"):
            say(db, seat, seat)
        outbox.sent(db, [(1, "", NOON + 5)])
        outbox.mark(db, [2], NOON + 5)
        assert outbox.last_delivery(db, "a1", "step", NOON + 50) == NOON + 50
        outbox.sent(db, [(2, "", NOON + 60)])
        assert outbox.last_delivery(db, "a1", "step", NOON + 70) == NOON + 70
        outbox.sent(db, [(3, "", NOON + 80)])
        assert outbox.last_delivery(db, "a1", "step", NOON + 999) == NOON + 80

    def test_does_not_wait_for_an_account_that_sends_nothing(self, db: Database) -> None:
        say(db, "a1")
        say(db, "b1", "ben")
        outbox.sent(db, [(1, "", NOON + 5)])
        later = NOON + 5 + outbox.MOVING
        assert outbox.last_delivery(db, "a1", "step", later) == later
        assert outbox.last_delivery(db, "a1", "step", later + 1) == NOON + 5

    def test_is_in_the_morning_for_who_sleeps_and_never_for_who_cannot_be_reached(self, db: Database) -> None:
        say(db, "a1")
        say(db, "b1", "ben", at=3_600_000)
        say(db, "c1", "carl")
        outbox.sent(db, [(1, "", NOON + 5)])
        outbox.gone(db, 3, "Lost")
        assert outbox.last_delivery(db, "a1", "step", NOON + 10) == NOON + 3_600_000
        assert outbox.last_delivery(db, "a1", "nothing", NOON) is None


@pytest.mark.parametrize(
    ("query", "given"),
    [
        ("SELECT seq FROM outbox WHERE seq > ? AND seq <= ? AND state = 'new' AND at <= ? ORDER BY seq LIMIT ?", 4),
        (
            "SELECT seq FROM outbox WHERE state = 'new' AND (at, seq) > (?, ?) AND at <= ? AND seq <= ? "
            "ORDER BY at, seq LIMIT ?",
            5,
        ),
        ("SELECT MIN(at) FROM outbox WHERE state = 'new' AND at > ?", 1),
        ("SELECT seq FROM outbox WHERE sent >= ? ORDER BY sent, seq", 1),
    ],
)
def test_no_query_of_the_sender_reads_or_sorts_a_whole_table(db: Database, query: str, given: int) -> None:
    plan = " ".join(row[3] for row in db.sql.execute(f"EXPLAIN QUERY PLAN {query}", [1] * given))
    assert "SEARCH outbox USING" in plan
    assert "TEMP B-TREE" not in plan
