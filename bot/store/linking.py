"""Requests to link one more chat to a seat: somebody has shown the used invite of a seat in another chat.

Invariants:

* A seat has one request at a time; a newer one takes its place. It ends after a while, after some wrong numbers, and with
  everything that changes whose the seat is.
* The number stands here as an HMAC only. It was shown in the new chat alone, and counts in a chat of the seat alone: so whoever
  links the two has both before them.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from bot.store.database import Database

DIGITS = 6
TRIES = 3
"""So many wrong numbers end a request."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A request: the seat, and whose chat (an identity) would like to reach it. `told` is when the seat was last told of one."""

    seat: str
    lookup: bytes
    told: int


def ask(db: Database, seat: str, lookup: bytes, expires: int) -> str:
    """Somebody would like to reach a seat through their chat. The number that is shown to them, "483920"."""
    number = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
    db.sql.execute(
        "INSERT INTO linking (seat, lookup, number, expires, told, tries) VALUES (?, ?, ?, ?, 0, 0) ON CONFLICT (seat) "
        "DO UPDATE SET lookup = excluded.lookup, number = excluded.number, expires = excluded.expires, tries = 0",
        (seat, lookup, _hash(db, seat, number), expires),
    )
    return number


def tell(db: Database, seat: str, now: int, pause: int) -> bool:
    """Whether a seat may be told of a request now: once in `pause` milliseconds. If so, it is noted."""
    done = db.sql.execute("UPDATE linking SET told = ? WHERE seat = ? AND told <= ?", (now, seat, now - pause))
    return done.rowcount == 1


def wished(db: Database, seat: str, number: str, now: int) -> Wish | None:
    """The request that a number confirms; None where it confirms none."""
    row = db.sql.execute(
        "SELECT seat, lookup, told FROM linking WHERE seat = ? AND number = ? AND expires > ?",
        (seat, _hash(db, seat, number), now),
    ).fetchone()
    return Wish(*row) if row else None


def waits(db: Database, seat: str, now: int) -> bool:
    """Whether somebody asks for this seat just now."""
    return db.sql.execute("SELECT 1 FROM linking WHERE seat = ? AND expires > ?", (seat, now)).fetchone() is not None


def wrong(db: Database, seat: str) -> bool:
    """A wrong number was written. Whether that ends the request."""
    (tries,) = db.sql.execute("UPDATE linking SET tries = tries + 1 WHERE seat = ? RETURNING tries", (seat,)).fetchone()
    if tries >= TRIES:
        db.sql.execute("UPDATE linking SET expires = 0 WHERE seat = ?", (seat,))
    return bool(tries >= TRIES)


def forget(db: Database, seat: str) -> None:
    """Nobody asks for this seat any more."""
    db.sql.execute("DELETE FROM linking WHERE seat = ?", (seat,))


def _hash(db: Database, seat: str, number: str) -> bytes:
    return db.vault.lookup(seat, f"link {number}")
