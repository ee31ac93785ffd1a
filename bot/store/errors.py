"""What can go wrong with the store, in the words of the person who runs it: what was found, and what to do."""

from __future__ import annotations

import sqlite3


class StoreError(Exception):
    """The database, its disk or its key file is not usable as it is. `str()` is a text for the operator."""


class CannotOpen(StoreError):
    """There is no such place, or no permission to use it."""


class ReadOnly(StoreError):
    """The disk, the folder or the file cannot be written."""


class DiskFull(StoreError):
    """No room. What was being written is undone; what was written before is whole."""


class DiskFault(StoreError):
    """The disk failed to read or write."""


class Locked(StoreError):
    """Another program holds the database for longer than we wait."""


class InUse(StoreError):
    """Another Pnyx works on this database."""


class NotADatabase(StoreError):
    """The file is something else."""


class Corrupt(StoreError):
    """The file is damaged."""


class FromTheFuture(StoreError):
    """A newer Pnyx has written this database."""


class TooOld(StoreError):
    """The SQLite library of this Python lacks what Pnyx needs."""


class BadKeyFile(StoreError):
    """The key file is missing, readable for others, or not a key file."""


class WrongKeys(StoreError):
    """The database was written with another key file."""


class Unreadable(StoreError):
    """A sealed value does not open in this place: it was damaged, or moved here from elsewhere."""


class BoxClosed(StoreError):
    """A choice came for a secret vote whose box has been sealed off."""


class LeaseLost(StoreError):
    """Another process has taken over; this one may not write any more."""


def explain(error: sqlite3.Error, path: str) -> Exception:
    """The `StoreError` for what SQLite reports; the error itself where it is a fault of the program."""
    name = getattr(error, "sqlite_errorname", "")
    for start, kind, words in _TEXTS:
        if name.startswith(start):
            return kind(words.format(path=path))
    return error


_TEXTS: tuple[tuple[str, type[StoreError], str], ...] = (
    (
        "SQLITE_READONLY",
        ReadOnly,
        "The database {path} cannot be written. Check that its disk is not mounted read-only, and that the file and its folder "
        "belong to the user who runs Pnyx.",
    ),
    (
        "SQLITE_FULL",
        DiskFull,
        "There is no room left for the database {path}. Nothing that was saved is lost. Free some space on its "
        "disk; Pnyx then goes on.",
    ),
    (
        "SQLITE_BUSY",
        Locked,
        "Another program holds the database {path}. Close it (a database browser, a copy under way), then try again.",
    ),
    (
        "SQLITE_LOCKED",
        Locked,
        "Another program holds the database {path}. Close it (a database browser, a copy under way), then try again.",
    ),
    (
        "SQLITE_NOTADB",
        NotADatabase,
        "The file {path} is not a database of Pnyx. Check the path in your config; a new file is made where there is none.",
    ),
    (
        "SQLITE_CORRUPT",
        Corrupt,
        "The database {path} is damaged. Keep it aside together with its -wal and -shm files, put your newest backup in its "
        "place, and start Pnyx again.",
    ),
    (
        "SQLITE_CANTOPEN",
        CannotOpen,
        "The database {path} cannot be opened. Check that its folder exists and belongs to the user who runs Pnyx.",
    ),
    (
        "SQLITE_IOERR",
        DiskFault,
        "The disk failed while the database {path} was read or written. What was saved before is kept. Check "
        "the disk, then start Pnyx again.",
    ),
)
