"""Who can be written to: a channel is lost when its person has blocked the bot or is gone, and found when they are heard again.

A seat is lost when all its channels are. Then what waits for it is dropped, and nothing more is queued (`bot.engine.work`),
until one of its channels is found or it gets a new one.
"""

from __future__ import annotations

from bot.store import identities
from bot.store.database import Database


def lose(db: Database, lookup: bytes, why: str) -> list[tuple[str, str]]:
    """Nobody can write to this identity any more; `why` in a word. The seats, each with its assembly, that have no other
    channel; none where that was known."""
    changed = db.sql.execute("UPDATE identity SET lost = ? WHERE lookup = ? AND lost = ''", (why or "gone", lookup))
    if changed.rowcount != 1:
        return []
    alone = [
        (held.assembly, held.seat)
        for held in identities.seats_of(db, lookup)
        if db.sql.execute(
            "SELECT 1 FROM channel c JOIN identity i ON i.lookup = c.lookup WHERE c.seat = ? AND i.lost = ''",
            (held.seat,),
        ).fetchone()
        is None
    ]
    db.sql.executemany(
        "UPDATE outbox SET state = 'gone', body = NULL, receipt = 'Lost' WHERE seat = ? AND state = 'new'",
        [(seat,) for _, seat in alone],
    )
    return alone


def find(db: Database, lookup: bytes) -> list[tuple[str, str]]:
    """An identity can be written to (again). The seats, each with its assembly, that could not be reached till now, or were
    about to be given up."""
    changed = db.sql.execute("UPDATE identity SET lost = '' WHERE lookup = ? AND lost <> ''", (lookup,))
    found = db.sql.execute(
        "SELECT s.assembly, s.id FROM channel c JOIN seat s ON s.id = c.seat WHERE c.lookup = ? AND (? OR s.lost <> '') "
        "ORDER BY s.joined, s.id",
        (lookup, changed.rowcount == 1),
    )
    return [(assembly, seat) for assembly, seat in found]


def channel_at(db: Database, seat: str, account: str, place: str) -> bytes | None:
    """The identity through which a seat is reached at a place; None where it is none of its channels."""
    for (lookup,) in db.sql.execute("SELECT lookup FROM channel WHERE seat = ?", (seat,)).fetchall():
        if identities.door(db, lookup) == (account, place):
            return bytes(lookup)
    return None
