"""The two queues: everything that happens is a row of `inbox`, everything to be said a row of `outbox`.

Invariants:

* A key stands once in its queue and assembly: putting or saying it again changes nothing. Whether a remote event is known at all
  (its person may have changed the assembly meanwhile) `known` tells.
* Inbox rows come back in order of (`at`, `seq`). A timer is a row whose `at` lies ahead. Timers may be held while what people
  did before their hour is still on its way.
* A body is sealed under the key of the seat it comes from or goes to.
* A row whose seal is broken is parked, and stops nobody.

How the outbox is emptied stands in `bot.store.outbox`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from bot.store.database import Database
from bot.store.errors import Unreadable

State = Literal["new", "sending", "sent", "gone", "held"]
Act = Literal["say", "edit", "delete", "menu"]
"""What a row of the outbox wants: a new message; the message `target` changed, or deleted; the commands of a chat shown."""


@dataclass(frozen=True, slots=True)
class InRow:
    """An event to be put. `at` is when it counts (a timer's hour, or when it was said), `received` when we learned of it."""

    assembly: str
    key: str
    kind: str
    at: int
    received: int
    body: bytes
    seat: str | None = None


@dataclass(frozen=True, slots=True)
class InboxRow:
    """An event to be handled. `body` is None where it was blanked or its person's key is erased."""

    seq: int
    key: str
    assembly: str
    kind: str
    at: int
    received: int
    seat: str | None
    body: bytes | None
    tries: int


@dataclass(frozen=True, slots=True)
class ParkedRow:
    """An event that failed too often. `error` names what went wrong, never words."""

    seq: int
    key: str
    assembly: str
    kind: str
    at: int
    seat: str | None
    tries: int
    error: str


@dataclass(frozen=True, slots=True)
class OutRow:
    """Something to say, to a seat or to a `door`: the lookup of somebody who has no seat yet, or the id of a room. `about` is
    the contribution that it carries, `target` the remote id of the message that is changed or deleted, and `account` the one on
    which that stands ("" for the one through which the reader is reached); `awaits` what it waits for (`bot.store.withheld`)."""

    key: str
    assembly: str
    seat: str | None
    lane: int
    at: int
    body: bytes
    step: str = ""
    door: bytes | None = None
    act: Act = "say"
    target: str = ""
    about: str = ""
    silent: bool = False
    account: str = ""
    awaits: str = ""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """Something to send. `body` is None where the reader's key is erased: then there is nothing to say."""

    seq: int
    key: str
    assembly: str
    seat: str | None
    door: bytes | None
    lane: int
    step: str
    at: int
    body: bytes | None
    tries: int
    act: Act = "say"
    target: str = ""
    about: str = ""
    silent: bool = False
    account: str = ""


# The inbox


def put_event(
    db: Database, assembly: str, key: str, event_json: bytes, kind: str, at: int, received: int, seat: str | None = None
) -> bool:
    """Put one event. False where the assembly has this key already."""
    return put_events(db, [InRow(assembly, key, kind, at, received, event_json, seat)]) == 1


def put_events(db: Database, rows: Iterable[InRow]) -> int:
    """Put many events. How many of them were new."""
    seal = db.vault.seal
    done = db.sql.executemany(
        "INSERT INTO inbox (key, assembly, kind, at, received, seat, body) VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (key, assembly) DO NOTHING",
        [
            (r.key, r.assembly, r.kind, r.at, r.received, r.seat, seal(r.seat, r.body, f"inbox/{r.assembly}/{r.key}"))
            for r in rows
        ],
    )
    return max(done.rowcount, 0)


def remember(db: Database, assembly: str, key: str, received: int) -> None:
    """Note a remote event that was answered on the spot, so that it is `known`: a row that is done and has no body."""
    db.sql.execute(
        "INSERT INTO inbox (key, assembly, kind, at, received, state) VALUES (?, ?, 'door', ?, ?, 'done') "
        "ON CONFLICT (key, assembly) DO NOTHING",
        (key, assembly, received, received),
    )


def known(db: Database, key: str) -> bool:
    """Whether any assembly has had this event: asked for remote events, before anybody is looked up."""
    return db.sql.execute("SELECT 1 FROM inbox WHERE key = ? LIMIT 1", (key,)).fetchone() is not None


_HELD = "kind = 'due' AND at > received AND at > ?"
"""A timer that was set ahead of its hour, and whose hour lies behind the given one. What follows at once from something else is
not meant: it has no hour that anybody could have been in time for."""


def delay(db: Database, assembly: str, course: str, now: int, by: int) -> None:
    """Let every timer of a course that lies ahead ring later by these milliseconds, or earlier, but never before now; and with
    them what waits for a second person's word, or for a guarantor's."""
    prefix = f"{course}/"
    db.sql.execute(
        "UPDATE inbox SET at = MAX(?, at + ?) WHERE assembly = ? AND state = 'new' "
        "AND kind IN ('due', 'ripe', 'lapsed') AND at > ? AND substr(key, 1, ?) = ?",
        (now, by, assembly, now, len(prefix), prefix),
    )


def next_events(db: Database, now: int, limit: int, timers: int | None = None) -> list[InboxRow]:
    """The next events that are due, at most `limit`. Timers set for later than `timers` are held; all ring where it is None."""
    found = db.sql.execute(
        "SELECT seq, key, assembly, kind, at, received, seat, body, tries FROM inbox "
        f"WHERE state = 'new' AND at <= ? AND NOT ({_HELD}) ORDER BY at, seq LIMIT ?",
        (now, now if timers is None else timers, limit),
    ).fetchall()
    rows = []
    for seq, key, assembly, kind, at, received, seat, sealed, tries in found:
        try:
            body = db.vault.open(seat, sealed, f"inbox/{assembly}/{key}")
        except (Unreadable, LookupError):
            if db.writing:
                failed(db, seq, "Unreadable", park_after=1)
            continue
        rows.append(InboxRow(seq, key, assembly, kind, at, received, seat, body, tries))
    return rows


def done(db: Database, seqs: Iterable[int]) -> None:
    """These events are handled."""
    db.sql.executemany("UPDATE inbox SET state = 'done' WHERE seq = ?", [(seq,) for seq in seqs])


def blank(db: Database, seq: int) -> None:
    """Wipe the body of an event: it held a secret answer, or words that stand elsewhere now."""
    db.sql.execute("UPDATE inbox SET body = NULL WHERE seq = ?", (seq,))


def failed(db: Database, seq: int, error: str, park_after: int = 3) -> bool:
    """An event could not be handled; `error` is the name of the fault, never words. True where it is parked now."""
    row = db.sql.execute(
        "UPDATE inbox SET tries = tries + 1, error = ?, state = CASE WHEN tries + 1 >= ? THEN 'parked' ELSE 'new' END "
        "WHERE seq = ? AND state = 'new' RETURNING state",
        (error, park_after, seq),
    ).fetchone()
    return row is not None and row[0] == "parked"


def unpark(db: Database, seq: int) -> bool:
    """Give a parked event another three tries. False where it is not parked."""
    return (
        db.sql.execute("UPDATE inbox SET state = 'new', tries = 0 WHERE seq = ? AND state = 'parked'", (seq,)).rowcount
        == 1
    )


def next_due(db: Database, now: int = 0, timers: int | None = None) -> int | None:
    """When the next event is due; None where nothing waits. Timers that are due at `now` and held (`timers` as in
    `next_events`) do not count."""
    at: int | None = db.sql.execute(
        f"SELECT MIN(at) FROM inbox WHERE state = 'new' AND NOT (at <= ? AND {_HELD})",
        (now, now if timers is None else timers),
    ).fetchone()[0]
    return at


def held(db: Database, now: int, timers: int) -> tuple[int, int] | None:
    """The hours of the first and the last timer that are due at `now` and held; None where none is."""
    row = db.sql.execute(
        f"SELECT MIN(at), MAX(at) FROM inbox WHERE state = 'new' AND at > ? AND at <= ? AND {_HELD}",
        (timers, now, timers),
    ).fetchone()
    return None if row[0] is None else (row[0], row[1])


def parked(db: Database) -> list[ParkedRow]:
    """The events that failed too often."""
    return [
        ParkedRow(*row)
        for row in db.sql.execute(
            "SELECT seq, key, assembly, kind, at, seat, tries, error FROM inbox WHERE state = 'parked' ORDER BY seq"
        )
    ]


# The outbox


def say(db: Database, rows: Iterable[OutRow]) -> int:
    """Put what is to be said. What an erased person would have read is dropped. How many were new."""
    seal = db.vault.seal
    sealed = [(r, seal(r.seat, r.body, f"outbox/{r.assembly}/{r.key}")) for r in rows]
    done = db.sql.executemany(
        "INSERT INTO outbox (key, assembly, seat, door, lane, step, at, due, body, act, target, about, silent, account, awaits) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key, assembly) DO NOTHING",
        [
            (
                r.key,
                r.assembly,
                r.seat,
                r.door,
                r.lane,
                r.step,
                r.at,
                r.at,
                body,
                r.act,
                r.target,
                r.about,
                r.silent,
                r.account,
                r.awaits,
            )
            for r, body in sealed
            if body
        ],
    )
    return max(done.rowcount, 0)


# Both


def counts(db: Database) -> dict[str, dict[str, int]]:
    """How many rows stand in which state: `{"inbox": {"new": 3, …}, "outbox": {…}}`."""
    return {
        "inbox": dict(db.sql.execute("SELECT state, COUNT(*) FROM inbox GROUP BY state ORDER BY state").fetchall()),
        "outbox": dict(db.sql.execute("SELECT state, COUNT(*) FROM outbox GROUP BY state ORDER BY state").fetchall()),
    }


def cursor(db: Database, account: str) -> str | None:
    """How far an account has been read."""
    row = db.sql.execute("SELECT value FROM cursor WHERE account = ?", (account,)).fetchone()
    return row[0] if row else None


def move_cursor(db: Database, account: str, value: str) -> None:
    """An account has been read up to here: in the transaction that puts its events."""
    db.sql.execute(
        "INSERT INTO cursor (account, value) VALUES (?, ?) ON CONFLICT (account) DO UPDATE SET value = excluded.value",
        (account, value),
    )
