"""How an assembly is emptied once its people are erased."""

from __future__ import annotations

from bot.store.database import Database

_PEOPLES = ("code", "guest", "binding", "memory", "wanted", "flag", "copy", "button", "room", "translation",
           "translation_edition", "version")  # fmt: skip
"""What serves people only, in rows that name their assembly."""


def empty(db: Database, assembly: str) -> bool:
    """Delete everything that served the people of an assembly. Results, digests (which hold no words), ballots without names and
    the log stay. False where that was done before."""
    done = db.sql.execute("UPDATE assembly SET state = 'deleted' WHERE id = ? AND state <> 'deleted'", (assembly,))
    if not done.rowcount:
        return False
    for table in _PEOPLES:
        db.sql.execute(f"DELETE FROM {table} WHERE assembly = ?", (assembly,))
    db.sql.execute("UPDATE inbox SET body = NULL WHERE assembly = ? AND state <> 'new'", (assembly,))
    db.sql.execute(
        "UPDATE outbox SET body = NULL, state = CASE WHEN state IN ('new', 'sending') THEN 'gone' ELSE state END "
        "WHERE assembly = ?",
        (assembly,),
    )
    db.sql.execute("UPDATE contribution SET body = x'' WHERE assembly = ?", (assembly,))
    db.wipe = True
    return True
