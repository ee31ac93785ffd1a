"""Files that came with contributions, and what accounts call the files that they have sent.

Invariants:

* The platform keeps the bytes. What stands here is its name for them, and the file's own name, sealed under the key of whoever
  sent it: once that is erased nobody finds the file through this database any more.
* A file has the id of the contribution that it came with. It is handed out only while that contribution stands; one that
  nobody has kept is dropped in the transaction that handles its event.
* A file that an account has sent before has a name on that account, so that it need not be sent again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from bot.store.database import Database


@dataclass(frozen=True, slots=True)
class File:
    """A file that somebody sent. `account` received it, and knows it by `ref`; `size` in bytes, `seconds` for what lasts."""

    id: str
    seat: str
    account: str
    kind: str
    ref: str
    mime: str = ""
    name: str = ""
    size: int = 0
    seconds: int = 0


def store(db: Database, assembly: str, file: File, at: int) -> None:
    """Keep where a file is. The same id again changes nothing."""
    data = json.dumps([file.ref, file.mime, file.name, file.size, file.seconds], ensure_ascii=False).encode()
    sealed = db.vault.seal(file.seat, data, f"media/{assembly}/{file.id}")
    if sealed:
        db.sql.execute(
            "INSERT INTO media (assembly, id, seat, account, kind, sealed, at) VALUES (?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (assembly, id) DO NOTHING",
            (assembly, file.id, file.seat, file.account, file.kind, sealed, at),
        )


def load(db: Database, assembly: str, id: str) -> File | None:
    """The file that came with a contribution; None where there is none, or its contribution does not stand (any more)."""
    row = db.sql.execute(
        "SELECT m.seat, m.account, m.kind, m.sealed FROM media m JOIN contribution c ON c.assembly = m.assembly "
        "AND c.id = m.id WHERE m.assembly = ? AND m.id = ? AND c.state = 'live'",
        (assembly, id),
    ).fetchone()
    opened = db.vault.open(row[0], row[3], f"media/{assembly}/{id}") if row else None
    if opened is None:
        return None
    seat, account, kind, _ = row
    ref, mime, name, size, seconds = json.loads(opened)
    return File(id, seat, account, kind, ref, mime, name, size, seconds)


def drop_unkept(db: Database, assembly: str, id: str) -> None:
    """Drop a file with which no contribution was kept."""
    db.sql.execute(
        "DELETE FROM media WHERE assembly = ? AND id = ? AND NOT EXISTS "
        "(SELECT 1 FROM contribution c WHERE c.assembly = media.assembly AND c.id = media.id)",
        (assembly, id),
    )


def erase(db: Database, seat: str) -> None:
    """Drop every file of a seat, and what accounts call them."""
    for (id,) in db.sql.execute("DELETE FROM media WHERE seat = ? RETURNING id", (seat,)).fetchall():
        db.sql.execute("DELETE FROM file_ref WHERE id = ?", (id,))


def sent_as(db: Database, account: str, id: str) -> str:
    """An account's name for a file that it has sent before; "" where it has not."""
    row = db.sql.execute("SELECT sealed FROM file_ref WHERE account = ? AND id = ?", (account, id)).fetchone()
    opened = db.vault.open(None, row[0], f"file_ref/{account}/{id}") if row else None
    return opened.decode() if opened is not None else ""


def remember_sent(db: Database, account: str, id: str, ref: str) -> None:
    """An account has sent a file, and calls it so from now on."""
    db.sql.execute(
        "INSERT INTO file_ref (account, id, sealed) VALUES (?, ?, ?) "
        "ON CONFLICT (account, id) DO UPDATE SET sealed = excluded.sealed",
        (account, id, db.vault.seal(None, ref.encode(), f"file_ref/{account}/{id}")),
    )
