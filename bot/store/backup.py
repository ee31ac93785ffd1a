"""Backups: a copy of the database while Pnyx runs, and a check of one.

The copy is of one moment, does not hold up the running assembly, and never takes the place of another file. The key file is
not in it. It holds the wrapped keys of everybody who is in the database at that moment: who is erased later is erased in the copy
only when the copy is deleted. Hence backups are to be kept for a week, no longer.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from bot.store.connection import MEMORY, Store
from bot.store.errors import CannotOpen, Corrupt, StoreError, explain
from bot.store.migrate import check_version

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
        f"The backup is at {target}. The key file is not in it: keep a copy of that in another place, for nobody can read the "
        "backup without it. Delete backups after seven days, so that people who are erased do not live on in them."
    )


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
        check(part)
        os.close(os.open(target, os.O_CREAT | os.O_EXCL, 0o600))
        os.replace(part, target)
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


def _open(path: str) -> sqlite3.Connection:
    if not os.path.exists(path):
        raise CannotOpen(f"There is no file {path}.")
    return sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", isolation_level=None, uri=True, timeout=5.0)
