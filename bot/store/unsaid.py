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


def rephrase(db: Database, assembly: str, key: str, body: bytes) -> int:
    """Let what is said under a key, and has not been sent to its readers yet, read like this. How many messages there were."""
    found = _under(db, assembly, key, "state = 'new' AND act = 'say' AND seat IS NOT NULL")
    for seq, one, seat, _ in found:
        sealed = db.vault.seal(seat, body, f"outbox/{assembly}/{one}")
        db.sql.execute("UPDATE outbox SET body = ? WHERE seq = ?", (sealed, seq))
    return len(found)


def readers(db: Database, assembly: str, key: str) -> tuple[list[str], list[str]]:
    """To whom something was said under a key: seats, and rooms by their ids. Who has not got it yet is not among them."""
    found = _under(db, assembly, key, "state IN ('sending', 'sent')")
    seats = [seat for _, _, seat, _ in found if seat is not None]
    return seats, [door.hex() for _, _, seat, door in found if seat is None and door is not None]


def _under(db: Database, assembly: str, key: str, where: str) -> list[tuple[int, str, str | None, bytes | None]]:
    """The messages that are said under a key, one for each reader."""
    return db.sql.execute(
        f"SELECT seq, key, seat, door FROM outbox WHERE key > ? AND key < ? AND assembly = ? AND {where} ORDER BY seq",
        (f"{key}@", f"{key}A", assembly),
    ).fetchall()


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
