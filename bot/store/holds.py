"""What has to wait because a platform said so, by scope: the HMAC of an account, or of a chat of it.

It is kept, so that a restart in the middle of a wait does not send into it.
"""

from __future__ import annotations

from bot.store.database import Database


def scope(db: Database, account: str, place: str = "") -> bytes:
    """The name of a chat among the holds, of the whole account without a place."""
    return db.vault.lookup(account, f"hold {place}" if place else "hold")


def hold(db: Database, scope: bytes, until: int, slow_until: int) -> None:
    """Nothing leaves before `until`; until `slow_until` it is slower than usual. A later end stays."""
    db.sql.execute(
        "INSERT INTO hold (scope, until, slow_until) VALUES (?, ?, ?) ON CONFLICT (scope) DO UPDATE "
        "SET until = CASE WHEN excluded.until > until THEN excluded.until ELSE until END, "
        "slow_until = CASE WHEN excluded.slow_until > slow_until THEN excluded.slow_until ELSE slow_until END",
        (scope, until, slow_until),
    )


def holds(db: Database, now: int) -> dict[bytes, tuple[int, int]]:
    """What is held, or slower, still: `(until, slow_until)` by scope. The others are forgotten, where this is a writing."""
    if db.writing:
        db.sql.execute("DELETE FROM hold WHERE until <= ? AND slow_until <= ?", (now, now))
    found = db.sql.execute("SELECT scope, until, slow_until FROM hold WHERE until > ? OR slow_until > ?", (now, now))
    return {bytes(scope): (until, slow_until) for scope, until, slow_until in found}
