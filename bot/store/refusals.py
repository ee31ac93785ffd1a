"""Wrong codes at the door: whoever tries several waits, longer each time, and meanwhile nothing that they show is looked at.

A code has 128 bits, so nobody finds one by trying; this keeps those who try from being a burden. Nobody else is held up.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.store.database import Database

FREE = 3
"""So many wrong codes in a row are answered at once: people mistype."""

FIRST, LONGEST = 30_000, 600_000
"""The wait after them, and the longest one, in milliseconds; each is twice the one before."""

FORGIVEN = 86_400_000
"""After so long, in milliseconds, wrong codes are forgotten."""


@dataclass(frozen=True, slots=True)
class Wait:
    """No code is looked at for so many milliseconds; `told` says that the person knows."""

    left: int
    told: bool


def waiting(db: Database, lookup: bytes, now: int) -> Wait | None:
    """Whether somebody has to wait."""
    row = db.sql.execute("SELECT until, told FROM wrong_code WHERE lookup = ?", (lookup,)).fetchone()
    return Wait(row[0] - now, bool(row[1])) if row and row[0] > now else None


def wrong(db: Database, lookup: bytes, now: int) -> int:
    """Somebody has shown a code that is not good. How long they have to wait now, in milliseconds."""
    db.sql.execute("DELETE FROM wrong_code WHERE until < ?", (now - FORGIVEN,))
    tries = db.sql.execute(
        "INSERT INTO wrong_code (lookup, tries, until, told) VALUES (?, 1, ?, 0) ON CONFLICT (lookup) DO UPDATE SET "
        "tries = tries + 1, told = 0 RETURNING tries",
        (lookup, now),
    ).fetchone()[0]
    wait = min(FIRST << min(tries - FREE, 10), LONGEST) if tries >= FREE else 0
    db.sql.execute("UPDATE wrong_code SET until = ? WHERE lookup = ?", (now + wait, lookup))
    return wait


def told(db: Database, lookup: bytes) -> None:
    """They know that they have to wait: until then they are told nothing more."""
    db.sql.execute("UPDATE wrong_code SET told = 1 WHERE lookup = ?", (lookup,))


def forgive(db: Database, lookup: bytes) -> None:
    """They have come in."""
    db.sql.execute("DELETE FROM wrong_code WHERE lookup = ?", (lookup,))
