"""When the opening of a step reached a person: a private time box counts from there."""

from __future__ import annotations

from bot.store.database import Database


def of(db: Database, assembly: str, step: str, seat: str) -> int | None:
    """When the first message of a step reached this seat; None where none has yet."""
    row = db.sql.execute(
        "SELECT MIN(sent) FROM outbox WHERE assembly = ? AND step = ? AND seat = ? AND lane = 1", (assembly, step, seat)
    ).fetchone()
    at: int | None = row[0]
    return at
