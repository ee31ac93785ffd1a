"""Who may write: a lock on a file, so that a second process stops at once, and a lease with a fence in the database.

The lock is the first barrier. The lease is for what no lock stops: a process that slept past its time (a paused machine, a
stopped process) and wakes to find that another one has gone on. Each new holder gets a higher fence; `check` in a transaction
refuses to write with an older one.
"""

from __future__ import annotations

import fcntl
import os
from types import TracebackType

from bot.store.database import Database
from bot.store.errors import CannotOpen, InUse, LeaseLost, ReadOnly

_NAME = "writer"


class FileLock:
    """The right to write a database, held until `release` or the end of the process. Raises `InUse` at once, without waiting,
    where another process has it."""

    def __init__(self, path: str) -> None:
        place = f"{path}.lock"
        try:
            self._handle = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except FileNotFoundError:
            raise CannotOpen(
                f"The folder for the database {path} does not exist. Make it, or change the path in your config."
            ) from None
        except OSError as error:
            raise ReadOnly(
                f"Nothing can be written beside the database {path} ({error.strerror}). Check that its disk is not mounted "
                "read-only, and that the folder belongs to the user who runs Pnyx."
            ) from None
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(self._handle, 20).decode("ascii", "replace").strip()
            os.close(self._handle)
            who = f"process {holder}" if holder else "another process"
            raise InUse(
                f"Pnyx is at work on the database {path} already ({who}). Use `pnyx status` to see what it does, or stop it "
                f"first: kill {holder or 'PID'}"
            ) from None
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, b"%d\n" % os.getpid(), 0)

    def release(self) -> None:
        """Let the next one in. The file stays: removing it would let two in."""
        if self._handle >= 0:
            os.ftruncate(self._handle, 0)
            os.close(self._handle)
            self._handle = -1

    def __enter__(self) -> FileLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def take(db: Database, holder: str, now: int, ttl: int) -> int | None:
    """Take the lease for `ttl` milliseconds. The fence, higher than any before; None while somebody else holds it."""
    row = db.sql.execute(
        "INSERT INTO lease (name, holder, fence, until) VALUES (?, ?, 1, ?) ON CONFLICT (name) DO UPDATE "
        "SET holder = excluded.holder, fence = lease.fence + 1, until = excluded.until "
        "WHERE lease.until <= ? OR lease.holder = excluded.holder RETURNING fence",
        (_NAME, holder, now + ttl, now),
    ).fetchone()
    return int(row[0]) if row else None


def renew(db: Database, fence: int, now: int, ttl: int) -> bool:
    """Hold the lease for `ttl` milliseconds from now. False where somebody else has taken it."""
    done = db.sql.execute("UPDATE lease SET until = ? WHERE name = ? AND fence = ?", (now + ttl, _NAME, fence))
    return done.rowcount == 1


def release(db: Database, fence: int) -> None:
    """Give the lease back, if it is still ours."""
    db.sql.execute("UPDATE lease SET until = 0, holder = '' WHERE name = ? AND fence = ?", (_NAME, fence))


def check(db: Database, fence: int) -> None:
    """Raises `LeaseLost` where the lease is no longer ours, so that the transaction is undone."""
    row = db.sql.execute("SELECT fence FROM lease WHERE name = ?", (_NAME,)).fetchone()
    if row is None or row[0] != fence:
        raise LeaseLost("Another Pnyx has taken over this database. This one stops, and has written nothing since.")
