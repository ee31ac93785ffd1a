"""What waits in the outbox for something to come, such as a translation.

Invariants:

* A message that waits stands in the outbox at the hour at which it leaves in any case. So nothing is lost, and nothing is said
  twice, whatever becomes of that for which it waits.
* What waits for one reader leaves in the order in which it was said: what has all it needs waits for what was said before it,
  until its own hour at the latest.
"""

from __future__ import annotations

from bot.store.database import Database

READY = "!"
"""All that a message has waited for has come."""


def release(db: Database, assembly: str, what: str, now: int) -> int:
    """`what` (`contribution@language`) has come, or never will: what waits for nothing else leaves. How many messages do."""
    found = db.sql.execute(
        "SELECT seq, COALESCE(seat, door), awaits FROM outbox "
        "WHERE assembly = ? AND awaits <> '' AND state = 'new' AND at > ? ORDER BY seq",
        (assembly, now),
    ).fetchall()
    held, freed = set[str | bytes](), list[int]()
    for seq, reader, awaits in found:
        left = " ".join(each for each in awaits.split() if each not in (what, READY))
        if what in awaits.split():
            db.sql.execute("UPDATE outbox SET awaits = ? WHERE seq = ?", (left or READY, seq))
        if left:
            held.add(reader)
        elif reader not in held:
            freed.append(seq)
    return sum(_leave(db, seq, now) for seq in freed)


def _leave(db: Database, seq: int, now: int) -> int:
    """Let a message leave now. It gets a new number, so that whoever looks for what is new finds it."""
    return db.sql.execute(
        "UPDATE outbox SET seq = (SELECT MAX(seq) + 1 FROM outbox), at = ?, due = ?, awaits = '' WHERE seq = ?",
        (now, now, seq),
    ).rowcount
