"""What stands in the outbox and has not been sent: taken out, or put into other words; and what was sent under a key."""

from __future__ import annotations

from bot.store.database import Database


def unsay(db: Database, assembly: str, contribution: str) -> int:
    """Send nothing that carries this contribution and has not been sent. How many messages were dropped."""
    done = db.sql.execute(
        "UPDATE outbox SET state = 'gone', body = NULL, receipt = 'Recalled' "
        "WHERE assembly = ? AND about = ? AND state = 'new'",
        (assembly, contribution),
    )
    return done.rowcount


def reword(db: Database, assembly: str, seat: str, contribution: str, body: bytes) -> int:
    """Let a message to a seat that carries this contribution and has not been sent read like this. How many there were."""
    waiting = db.sql.execute(
        "SELECT seq, key FROM outbox WHERE seat = ? AND state IN ('new', 'sending') AND state = 'new' AND act = 'say' "
        "AND assembly = ? AND about = ?",  # as an index has it: what waits for one person is little
        (seat, assembly, contribution),
    ).fetchall()
    for seq, key in waiting:
        sealed = db.vault.seal(seat, body, f"outbox/{assembly}/{key}")
        db.sql.execute("UPDATE outbox SET body = ? WHERE seq = ?", (sealed, seq))
    return len(waiting)


def remote(db: Database, assembly: str, key: str) -> str:
    """The platform's id of the message that was sent, or changed, under this key; "" where it has not been."""
    row = db.sql.execute(
        "SELECT target, receipt FROM outbox WHERE assembly = ? AND key = ? AND state = 'sent'", (assembly, key)
    ).fetchone()
    return str(row[0] or row[1]) if row else ""


def through(db: Database, assembly: str, key: str) -> str:
    """The account through which the message under this key was sent; "" where it has not been."""
    row = db.sql.execute(
        "SELECT account FROM outbox WHERE assembly = ? AND key = ? AND state = 'sent'", (assembly, key)
    ).fetchone()
    return str(row[0]) if row else ""
