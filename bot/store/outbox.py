"""The outbox as the sender sees it: what waits, what is under way, and what has become of it. (`queue.say` puts rows into it.)

Invariants:

* Rows come in order of (`at`, `seq`); that is the order in which a chat reads them. `due` is when to try again: what comes later
  to the same chat waits behind such a row.
* A row is handed out only while it still waits: what was taken back, erased or moved meanwhile is not.
* `sending` marks what is under way where a repeat would be seen: after a crash `under_way` finds it, and `due` says since when.
* Once a message is sent its body is wiped. A row whose seal is broken is given up, and stops nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.store.database import Database
from bot.store.errors import Unreadable
from bot.store.queue import Act, OutboxRow

_COLUMNS = "seq, key, assembly, seat, door, lane, step, at, body, tries, act, target, about, silent, account"
_WAITING = "seq, seat, door, lane, at, due, act, target, silent, account"
_EVER = 2**62


@dataclass(slots=True)
class Waiting:
    """A row that waits, as far as its place in the order goes. `account` is the one through which it leaves, "" where that is
    the one through which its reader is reached; `pieces` in how many messages it will be cut."""

    seq: int
    seat: str | None
    door: bytes | None
    lane: int
    at: int
    due: int
    act: Act
    target: str
    silent: bool
    account: str = ""
    pieces: int = 1

    @property
    def reader(self) -> str | bytes:
        """Whom it is for: a seat, somebody at the door, or a room."""
        return self.seat or self.door or b""


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far the outbox has been looked through: all rows up to `seq`, as far as their hour was not after (`at`, `row`)."""

    seq: int
    at: int = -1
    row: int = 0


def newest(db: Database) -> int:
    """The number of the last row that was put; 0 where there is none."""
    return int(db.sql.execute("SELECT COALESCE(MAX(seq), 0) FROM outbox").fetchone()[0])


def look(db: Database, so_far: Horizon, now: int, limit: int) -> tuple[list[Waiting], Horizon]:
    """What waits and has not been looked at, at most `limit`; and the horizon then. One that has moved, though nothing was
    found, has reached the end."""
    last = newest(db)
    fresh = db.sql.execute(
        f"SELECT {_WAITING} FROM outbox WHERE seq > ? AND seq <= ? AND state = 'new' AND at <= ? ORDER BY seq LIMIT ?",
        (so_far.seq, last, now, limit),
    ).fetchall()
    seq = fresh[-1][0] if len(fresh) >= limit else max(last, so_far.seq)
    ripe = db.sql.execute(
        f"SELECT {_WAITING} FROM outbox WHERE state = 'new' AND (at, seq) > (?, ?) AND at <= ? AND seq <= ? "
        "ORDER BY at, seq LIMIT ?",
        (so_far.at, so_far.row, now, so_far.seq, limit),
    ).fetchall()
    at, row = (ripe[-1][4], ripe[-1][0]) if len(ripe) >= limit else (max(now, so_far.at), _EVER)
    return [_waiting(*each) for each in (*fresh, *ripe)], Horizon(seq, at, row)


def _waiting(
    seq: int, seat: str | None, door: bytes | None, lane: int, at: int, due: int, act: Act, target: str, silent: int,
    account: str,
) -> Waiting:  # fmt: skip
    door = bytes(door) if door is not None else None
    return Waiting(seq, seat, door, lane, at, due, act, target, bool(silent), account)


def next_at(db: Database, after: int) -> int | None:
    """When the next of the messages is due that are meant for later than `after`; None where there is none."""
    at: int | None = db.sql.execute("SELECT MIN(at) FROM outbox WHERE state = 'new' AND at > ?", (after,)).fetchone()[0]
    return at


def take(db: Database, seqs: Sequence[int]) -> list[OutboxRow]:
    """Those of these rows that still wait, opened."""
    if not seqs:
        return []
    found = db.sql.execute(
        f"SELECT {_COLUMNS} FROM outbox WHERE seq IN ({', '.join('?' * len(seqs))}) AND state = 'new' ORDER BY seq",
        seqs,
    )
    return _opened(db, found.fetchall())


def mark(db: Database, seqs: Iterable[int], now: int) -> None:
    """These messages are under way."""
    db.sql.executemany("UPDATE outbox SET state = 'sending', due = ? WHERE seq = ?", [(now, seq) for seq in seqs])


def unmark(db: Database, seqs: Iterable[int]) -> None:
    """These messages were not handed over after all."""
    db.sql.executemany(
        "UPDATE outbox SET state = 'new', due = at WHERE seq = ? AND state = 'sending'", [(seq,) for seq in seqs]
    )


def under_way(db: Database) -> list[tuple[OutboxRow, int]]:
    """After a restart: what was under way when the process ended, and since when. It may have arrived or not."""
    found = db.sql.execute(f"SELECT {_COLUMNS}, due FROM outbox WHERE state = 'sending' ORDER BY seq").fetchall()
    since = {row[0]: row[-1] for row in found}
    return [(row, since[row.seq]) for row in _opened(db, [row[:-1] for row in found])]


def _opened(db: Database, found: Iterable[tuple[Any, ...]]) -> list[OutboxRow]:
    rows = []
    for seq, key, assembly, seat, door, lane, step, at, sealed, tries, act, target, about, silent, account in found:
        try:
            body = db.vault.open(seat, sealed, f"outbox/{assembly}/{key}")
        except (Unreadable, LookupError):
            if db.writing:
                gone(db, seq, "Unreadable")
            continue
        rows.append(
            OutboxRow(
                seq, key, assembly, seat, door, lane, step, at, body, tries, act, target, about, bool(silent), account,
            )
        )  # fmt: skip
    return rows


def sent(db: Database, receipts: Iterable[tuple[int, str, int]], account: str = "") -> None:
    """These messages have arrived at the platform of an account: `(seq, receipt, when)`. Their bodies are wiped."""
    db.sql.executemany(
        "UPDATE outbox SET state = 'sent', body = NULL, receipt = ?, sent = ?, account = ? "
        "WHERE seq = ? AND state IN ('new', 'sending')",
        [(receipt, at, account, seq) for seq, receipt, at in receipts],
    )


def retry(db: Database, seq: int, at: int) -> None:
    """Try a message again, not before `at`. What comes later to the same chat waits behind it."""
    db.sql.execute(
        "UPDATE outbox SET state = 'new', tries = tries + 1, due = ? WHERE seq = ? AND state IN ('new', 'sending')",
        (at, seq),
    )


def again(db: Database, row: OutboxRow, body: bytes, at: int) -> None:
    """Try a message again with another body."""
    sealed = db.vault.seal(row.seat, body, f"outbox/{row.assembly}/{row.key}")
    db.sql.execute(
        "UPDATE outbox SET state = 'new', tries = tries + 1, due = ?, body = ? "
        "WHERE seq = ? AND state IN ('new', 'sending')",
        (at, sealed, row.seq),
    )


def anew(db: Database, seq: int) -> None:
    """Say in a new message what was to take the place of one that cannot be changed."""
    db.sql.execute(
        "UPDATE outbox SET state = 'new', act = 'say', target = '', account = '', due = at "
        "WHERE seq = ? AND state IN ('new', 'sending')",
        (seq,),
    )


def gone(db: Database, seq: int, why: str) -> None:
    """A message will never arrive; `why` is the name of the reason. Its body is wiped."""
    db.sql.execute("UPDATE outbox SET state = 'gone', body = NULL, receipt = ? WHERE seq = ?", (why, seq))


def lately(db: Database, since: int) -> list[tuple[Waiting, int]]:
    """What was sent since an instant, and when: a pace that is kept over a restart counts it."""
    found = db.sql.execute(f"SELECT {_WAITING}, sent FROM outbox WHERE sent >= ? ORDER BY sent, seq", (since,))
    return [(_waiting(*each), at) for *each, at in found.fetchall()]


LONGEST_WAIT = 900_000
"""Milliseconds. A wait that a platform imposes for longer than this is waited for by nobody: it may be one chat's alone."""

MOVING = 60_000
"""Milliseconds. As long as the opening of a step has reached somebody within this, or a platform has held us up, it is on its way
to the others too."""


def waits_for(db: Database, seat: str) -> bool:
    """Whether something is still on its way to a person."""
    row = db.sql.execute(
        "SELECT 1 FROM outbox WHERE seat = ? AND state IN ('new', 'sending') LIMIT 1", (seat,)
    ).fetchone()
    return row is not None


def known(db: Database, assembly: str, key: str) -> bool:
    """Whether anything was said under this key, to be sent or sent already."""
    found = db.sql.execute("SELECT 1 FROM outbox WHERE key = ? AND assembly = ?", (key, assembly))
    return found.fetchone() is not None


def last_delivery(db: Database, assembly: str, step: str, now: int) -> int | None:
    """When the first message of a step reached the last of its readers; `now` where it is still on its way to somebody, and for
    one that waits for its reader's morning, that hour. What is late for another reason does not count."""
    row = db.sql.execute(
        "SELECT MAX(first), MAX(pending), MAX(last) FROM (SELECT "
        "MIN(COALESCE(sent, CASE WHEN state IN ('new', 'sending') THEN at END)) AS first, "
        "MIN(CASE WHEN state = 'sending' OR (state = 'new' AND tries = 0 AND at <= ?) THEN 1 ELSE 0 END) AS pending, "
        "MAX(sent) AS last FROM outbox WHERE assembly = ? AND step = ? AND lane = 1 GROUP BY seat) AS readers",
        (now, assembly, step),
    ).fetchone()
    first: int | None = row[0]
    pending, last = row[1:]
    held_up = db.sql.execute(
        "SELECT COALESCE(MAX(until), 0) FROM hold WHERE until <= ?", (now + LONGEST_WAIT,)
    ).fetchone()[0]
    moving = pending and last is not None and max(last, held_up) >= now - MOVING
    return max(first or now, now) if moving else first
