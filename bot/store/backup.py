"""Backups: a copy of the database while Pnyx runs, a check of one, and the way back.

Invariants:

* The copy is of one moment, does not hold up the running assembly, and never takes the place of another file.
* The key file is not in it, and neither are people's own keys: these lie in one file beside all backups of a folder, which each
  new backup replaces. Who is erased is erased in all of them, however old, as soon as the next one is made.
* Whoever has no key any more when a backup is brought back is erased there again, whole.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from bot.store import identities
from bot.store.connection import BACKUP, MEMORY, Store, open_store
from bot.store.database import Database
from bot.store.errors import CannotOpen, Corrupt, StoreError, explain
from bot.store.keys import KeyFile
from bot.store.migrate import check_version

KEYS = "people.keys"
"""The file in which people's own keys lie, in the folder of the backups."""

PAGES = 256
"""How many pages are copied at a time."""

Progress = Callable[[int, int], None]
"""Called with how many pages are copied, and how many there are. It runs on another thread."""


async def backup(store: Store, target: str | Path, progress: Progress | None = None) -> str:
    """Copy the database to `target`, a new file readable for its owner only. What to tell the operator. Raises `StoreError`."""
    if store.path == MEMORY:
        raise StoreError("A rehearsal in memory leaves nothing to back up.")
    await asyncio.to_thread(_copy, store.path, str(target), progress)
    return (
        f"The backup is at {target}. People's own keys lie beside it, in {KEYS}, for all backups in that folder: each new backup "
        "replaces them, so that people who are erased do not live on in older ones. Keep no other copy of that file for longer "
        "than a week. The key file is in neither: keep a copy of that in another place, for nobody can read a backup without it."
    )


async def restore(source: str | Path, target: str | Path, keys: KeyFile) -> int:
    """Make a database of a backup and the keys beside it, as a new file. How many people were erased since it was made. Raises
    `StoreError`."""
    part = Path(f"{target}.part")
    try:
        await asyncio.to_thread(_join, Path(source), Path(target), part)
        store = await open_store(part, keys)
        try:
            erased = await store.transact(_erase_again)
        finally:
            await store.close()
        os.replace(part, target)
    finally:
        for left in (part, Path(f"{part}-wal"), Path(f"{part}-shm"), Path(f"{part}.lock")):
            left.unlink(missing_ok=True)
    return erased


def check(path: str | Path) -> int:
    """Read a whole database file and check it. Its version. Raises `StoreError`."""
    place = str(path)
    try:
        with closing(_open(place)) as sql:
            version = check_version(sql, place)
            found = sql.execute("PRAGMA integrity_check(1)").fetchall()
    except sqlite3.Error as error:
        raise explain(error, place) from error
    if found != [("ok",)]:
        raise Corrupt(f"The file {place} is damaged ({found[0][0]}). Take another backup.")
    if not version:
        raise CannotOpen(f"The file {place} is empty: it is not a backup of Pnyx.")
    return version


def _copy(source: str, target: str, progress: Progress | None) -> None:
    part = f"{target}.part"
    try:
        os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        raise CannotOpen(
            f"There is a file {part} already. Another backup is under way, or one was cut short: then delete it."
        ) from None
    except OSError as error:
        raise CannotOpen(f"The backup {target} cannot be written: {error.strerror}.") from None
    try:
        _copy_pages(source, part, progress)
        os.close(os.open(target, os.O_CREAT | os.O_EXCL, 0o600))
        try:
            _keep_keys_apart(part, Path(target).parent / KEYS)
            check(part)
            os.replace(part, target)
        except BaseException:
            os.unlink(target)
            raise
    except FileExistsError:
        raise CannotOpen(f"There is a file {target} already. It is kept; choose another name.") from None
    except sqlite3.Error as error:
        raise explain(error, target) from error
    finally:
        with suppress(FileNotFoundError):
            os.unlink(part)


def _copy_pages(source: str, part: str, progress: Progress | None) -> None:
    def told(status: int, remaining: int, total: int) -> None:
        if progress:
            progress(total - remaining, total)

    with closing(_open(source)) as old, closing(sqlite3.connect(part, isolation_level=None)) as new:
        old.execute("BEGIN")
        old.execute("SELECT 1 FROM sqlite_master").fetchone()  # hold this moment, whatever is written meanwhile
        old.backup(new, pages=PAGES, progress=told, sleep=0.001)
        new.execute("PRAGMA journal_mode = DELETE")  # one file, with no log beside it
    with open(part, "rb") as file:
        os.fsync(file.fileno())


def _keep_keys_apart(copy: str, keys: Path) -> None:
    """Take people's keys out of a copy, and put them in the place of those that lie beside earlier ones."""
    fresh = keys.with_name(f"{keys.name}.part")
    fresh.unlink(missing_ok=True)
    os.close(os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(copy, isolation_level=None)) as sql:
        sql.execute("ATTACH ? AS apart", (str(fresh),))
        sql.execute("CREATE TABLE apart.seat_key (seat TEXT PRIMARY KEY, wrapped BLOB) WITHOUT ROWID")
        sql.execute("BEGIN")
        sql.execute("INSERT INTO apart.seat_key SELECT seat, wrapped FROM main.seat_key")
        sql.execute("DELETE FROM main.seat_key")
        sql.execute("INSERT OR REPLACE INTO main.meta (name, value) VALUES (?, x'01')", (BACKUP,))
        sql.execute("COMMIT")
        if keys.exists() and _other_people(sql, keys):
            fresh.unlink()
            raise CannotOpen(f"In {keys.parent} lie backups of another database. Choose another folder.")
        sql.execute("VACUUM main")  # what was deleted is not to be found in the file any more
    os.replace(fresh, keys)


def _other_people(sql: sqlite3.Connection, keys: Path) -> bool:
    """Whether a file of keys holds some of a seat that we do not have: seats never vanish, so it is of another database."""
    sql.execute("ATTACH ? AS before", (str(keys),))
    return (
        sql.execute("SELECT 1 FROM before.seat_key WHERE seat NOT IN (SELECT seat FROM apart.seat_key)").fetchone()
        is not None
    )


def _join(source: Path, target: Path, part: Path) -> None:
    """A copy of a backup, with the keys that lie beside it."""
    if target.exists():
        raise CannotOpen(f"There is a file {target} already. It is kept; choose another name, or put it aside.")
    check(source)
    keys = source.parent / KEYS
    if not keys.exists():
        raise CannotOpen(f"Beside {source} there is no {KEYS}: without people's keys nobody can read what they wrote.")
    os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    _copy_pages(str(source), str(part), None)
    with closing(sqlite3.connect(part, isolation_level=None)) as sql:
        if sql.execute("DELETE FROM meta WHERE name = ? RETURNING name", (BACKUP,)).fetchone() is None:
            raise CannotOpen(f"The file {source} is a database and no backup of one. There is nothing to bring back.")
        sql.execute("ATTACH ? AS apart", (str(keys),))
        sql.execute(
            "INSERT INTO main.seat_key SELECT seat.id, apart.seat_key.wrapped FROM main.seat "
            "LEFT JOIN apart.seat_key ON apart.seat_key.seat = seat.id"
        )


def _erase_again(db: Database) -> int:
    """Erase everybody who was erased after the backup was made."""
    gone = db.sql.execute(
        "SELECT seat FROM seat_key JOIN channel USING (seat) WHERE wrapped IS NULL UNION "
        "SELECT id FROM seat JOIN seat_key ON seat_key.seat = seat.id WHERE wrapped IS NULL AND seat.name IS NOT NULL"
    ).fetchall()
    for (seat,) in gone:
        identities.erase(db, seat)
    return len(gone)


def _open(path: str) -> sqlite3.Connection:
    if not os.path.exists(path):
        raise CannotOpen(f"There is no file {path}.")
    return sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", isolation_level=None, uri=True, timeout=5.0)
