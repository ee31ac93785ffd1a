"""What waits in the outbox for translations.

Invariants:

* A message that waits stands in the outbox at the hour at which it leaves in any case. So nothing is lost, and nothing is said
  twice, whatever becomes of that for which it waits.
* What waits for one reader leaves in the order in which it was said: what has all that it needs waits for what was said before
  it, until its own hour at the latest.

`outbox.awaits` lists, apart by spaces, `contribution@language` for each translation, with a ! before those that have come, or
never will.
"""

from __future__ import annotations

from bot.store.database import Database

_WAITING = "assembly = ? AND awaits <> '' AND state = 'new'"


def release(db: Database, assembly: str, what: str, now: int) -> int:
    """`what` (`contribution@language`) has come, or never will: what waits for nothing else leaves. How many messages do."""
    found = db.sql.execute(
        f"SELECT seq, COALESCE(seat, door), awaits FROM outbox WHERE {_WAITING} AND at > ? ORDER BY seq",
        (assembly, now),
    ).fetchall()
    held, freed = set[str | bytes](), list[int]()
    for seq, reader, awaits in found:
        marks = [f"!{each}" if each == what else each for each in awaits.split()]
        if what in awaits.split():
            db.sql.execute("UPDATE outbox SET awaits = ? WHERE seq = ?", (" ".join(marks), seq))
        if not all(each.startswith("!") for each in marks):
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


def anew(db: Database, assembly: str, contribution: str) -> set[str]:
    """A contribution has new words: what has come of it has to come again. The languages for which messages wait."""
    found = db.sql.execute(f"SELECT seq, awaits FROM outbox WHERE {_WAITING}", (assembly,)).fetchall()
    languages = set[str]()
    for seq, awaits in found:
        marks = [each.removeprefix("!") if _of(each) == contribution else each for each in awaits.split()]
        languages |= {each.partition("@")[2] for each in marks if _of(each) == contribution}
        db.sql.execute("UPDATE outbox SET awaits = ? WHERE seq = ?", (" ".join(marks), seq))
    return languages


def _of(mark: str) -> str:
    """The contribution for whose translation a message waits."""
    return mark.removeprefix("!").partition("@")[0]
