"""Spaces: what holds the rooms that an account makes for an assembly.

The key names a space to the platform, and with a table and a number each room in it. It is drawn by chance and kept before
anything is made: whatever is made twice after a crash, under the same key, is one and the same, and another assembly of the
same name never comes into the rooms of this one.
"""

from __future__ import annotations

import secrets

from bot.store.database import Database


def key(db: Database, assembly: str, account: str) -> str:
    """The key of an assembly's space on an account, drawn where there is none yet."""
    db.sql.execute(
        "INSERT INTO space (assembly, account, key) VALUES (?, ?, ?) ON CONFLICT (assembly, account) DO NOTHING",
        (assembly, account, secrets.token_hex(16)),
    )
    return known(db, assembly, account)


def known(db: Database, assembly: str, account: str) -> str:
    """The key of an assembly's space on an account; "" where there is none yet."""
    row = db.sql.execute("SELECT key FROM space WHERE assembly = ? AND account = ?", (assembly, account)).fetchone()
    return str(row[0]) if row else ""


def place(db: Database, assembly: str, account: str) -> str:
    """Where the space is; "" where it was not made yet."""
    row = db.sql.execute("SELECT sealed FROM space WHERE assembly = ? AND account = ?", (assembly, account)).fetchone()
    opened = db.vault.open(None, row[0], f"space/{assembly}/{account}") if row else None
    return opened.decode() if opened is not None else ""


def stands(db: Database, assembly: str, account: str, place: str) -> None:
    """The space was made, and is here."""
    sealed = db.vault.seal(None, place.encode(), f"space/{assembly}/{account}")
    db.sql.execute("UPDATE space SET sealed = ? WHERE assembly = ? AND account = ?", (sealed, assembly, account))
