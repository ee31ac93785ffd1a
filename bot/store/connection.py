"""The connection: one thread, one writer, transactions as functions (docs/decisions/0001).

Invariants:

* A transaction runs whole on the database's thread. Nothing interleaves with it, and no cancellation splits it: whoever awaits it
  learns its end before the cancellation goes through.
* What `transact` has returned from is on the disk (write-ahead log, `synchronous=FULL`).
* Only one process has the file open for writing (`bot.store.lease.FileLock`), held as long as the store is open.
* What is deleted is overwritten in the file (`secure_delete`), and a transaction that sets `db.wipe` empties the log after it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from types import CoroutineType, GeneratorType
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar

import aiosqlite

from bot.store.database import Database
from bot.store.errors import CannotOpen, Corrupt, StoreError, TooOld, Unreadable, WrongKeys, explain
from bot.store.keys import KeyFile, Vault
from bot.store.lease import FileLock
from bot.store.lease import check as check_lease
from bot.store.migrate import check_version, migrate

P = ParamSpec("P")
T = TypeVar("T")

BACKUP = "backup"
"""The mark of a backup, in `meta`: people's keys lie apart from it."""

MEMORY = ":memory:"
PATIENCE = 30_000
"""How many milliseconds a transaction waits for another program that holds the database; at start it is a second."""

CACHE = 24_000
"""How many kilobytes of the database are kept at hand: enough for what an assembly of 10,000 people touches again and again."""

_OLDEST = (3, 35, 0)
_MARK = b"pnyx"


class Connection(aiosqlite.Connection):
    """aiosqlite's connection, with one call that runs a function whole on its thread."""

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, 64)
        self._thread.daemon = True  # a program that fails ends, instead of waiting for ever for a store nobody closes

    async def run(self, work: Callable[..., T], *args: Any) -> T:
        result: T = await self._execute(work, *args)  # type: ignore[no-untyped-call]  # aiosqlite leaves it untyped
        return result

    async def failed(self) -> None:
        """Wait for the end of the thread of a connection that could not be opened."""
        await asyncio.to_thread(self._thread.join)


class Store:
    """An open database. Made by `open_store`."""

    def __init__(self, connection: Connection, db: Database, path: str, lock: FileLock | None) -> None:
        self.path = path
        self._connection = connection
        self._db = db
        self._lock = lock
        self._unwiped = False
        self._fence: int | None = None
        self._under_way: set[asyncio.Task[Any]] = set()

    def hold(self, fence: int | None) -> None:
        """From now on each transaction first checks that this lease is still ours; None for no lease. Raises `LeaseLost`
        there."""
        self._fence = fence

    async def transact(self, work: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work(db, ...)` as one transaction, and return what it returns once that is on the disk. On any exception nothing
        of it remains. Raises `StoreError` where the disk or the file is the reason."""
        return await self._to_its_end(self._transaction, work, args, kwargs)

    async def read(self, work: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work(db, ...)` on one consistent snapshot. It must not write: `RuntimeError`."""
        return await self._to_its_end(self._snapshot, work, args, kwargs)

    async def close(self) -> None:
        """Close the database and let the next process in. Transactions under way end first."""
        if self._under_way:
            await asyncio.wait(self._under_way)
        try:
            await self._connection.close()
        finally:
            if self._lock:
                self._lock.release()

    async def _to_its_end(self, run: Callable[..., T], *args: Any) -> T:
        """Wait for the end in any case; a cancellation goes through after it."""
        task = asyncio.ensure_future(self._connection.run(run, *args))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            while not task.done():
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.wait((task,))
            if not task.cancelled():
                task.exception()  # the outcome is known to the database; the awaiter is gone
            raise

    def _transaction(self, work: Callable[..., T], args: Any, kwargs: Any) -> T:
        db, sql = self._db, self._db.sql
        try:
            sql.execute("BEGIN IMMEDIATE")
            db.writing = True
            try:
                if self._fence is not None:
                    check_lease(db, self._fence)
                result = _value(work(db, *args, **kwargs))
                sql.execute("COMMIT")
            except BaseException:
                if sql.in_transaction:
                    sql.execute("ROLLBACK")
                db.vault.rolled_back()
                raise
            finally:
                db.writing = False
                self._unwiped, db.wipe = self._unwiped or db.wipe, False
        except sqlite3.Error as error:
            raise explain(error, self.path) from error
        db.vault.committed()
        if self._unwiped:
            self._unwiped = not _empty_log(sql)
        return result

    def _snapshot(self, work: Callable[..., T], args: Any, kwargs: Any) -> T:
        sql = self._db.sql
        try:
            before = sql.total_changes
            sql.execute("BEGIN")
            try:
                result = _value(work(self._db, *args, **kwargs))
                if sql.total_changes != before:
                    raise RuntimeError("a read must not write: use transact")
                return result
            finally:
                if sql.in_transaction:
                    sql.execute("ROLLBACK")
                self._db.vault.rolled_back()
        except sqlite3.Error as error:
            raise explain(error, self.path) from error


async def open_store(
    path: str | Path,
    keys: KeyFile,
    *,
    synchronous: Literal["FULL", "OFF"] = "FULL",
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect,
    read_only: bool = False,
) -> Store:
    """Open the database, make it where there is none, bring it up to date, and check that it is whole and ours.

    `path` may be ":memory:". `synchronous="OFF"` is for rehearsals: fast, and lost when the machine goes down. `connect` stands
    in for `sqlite3.connect`, for a disk that fails under test. `read_only` opens beside a running Pnyx, and changes nothing.
    Raises `StoreError`.
    """
    place = str(path)
    if sqlite3.sqlite_version_info < _OLDEST:
        raise TooOld(
            f"This Python brings SQLite {sqlite3.sqlite_version}; Pnyx needs 3.35 or newer. Use a newer Python."
        )
    lock = None if read_only or place == MEMORY else FileLock(place)
    opened: list[Database] = []

    def prepare() -> sqlite3.Connection:
        sql = _connect(place, connect, read_only)
        try:
            opened.append(_prepare(sql, place, keys, synchronous, read_only))
        except BaseException as error:
            sql.close()
            if isinstance(error, sqlite3.Error):
                raise explain(error, place) from error
            raise
        return sql

    connection = Connection(prepare)
    try:
        await connection
    except BaseException:
        await connection.failed()
        if lock:
            lock.release()
        raise
    return Store(connection, opened[0], place, lock)


def check_keys(path: str | Path, keys: KeyFile) -> None:
    """Raise `WrongKeys` where a database was written with another key file. One that says nothing of its keys yet passes."""
    place = str(path)
    try:
        sql = _connect(place, sqlite3.connect, read_only=True)
        try:
            if sql.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
                _check_keys(sql, Vault(keys, sql), place, read_only=True)
        finally:
            sql.close()
    except sqlite3.Error as error:
        raise explain(error, place) from error


def _connect(place: str, connect: Callable[..., sqlite3.Connection], read_only: bool) -> sqlite3.Connection:
    """The raw connection. A new file is readable for its owner only."""
    target = place
    if read_only:
        target = f"{Path(place).absolute().as_uri()}?mode=ro"
    elif place != MEMORY and not os.path.exists(place):
        try:
            os.close(os.open(place, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise CannotOpen(
                f"The database {place} cannot be made: {error.strerror}. Check the path in your config."
            ) from None
    try:
        return connect(target, timeout=1.0, isolation_level=None, cached_statements=512, uri=read_only)
    except sqlite3.Error as error:
        raise explain(error, place) from error


def _prepare(sql: sqlite3.Connection, place: str, keys: KeyFile, synchronous: str, read_only: bool) -> Database:
    for pragma in (
        "foreign_keys = ON",
        "trusted_schema = OFF",
        "secure_delete = ON",
        "mmap_size = 0",
        "temp_store = MEMORY",
        f"cache_size = -{CACHE}",
    ):
        sql.execute(f"PRAGMA {pragma}")
    version = check_version(sql, place)
    if version and (found := sql.execute("PRAGMA quick_check(1)").fetchall()) != [("ok",)]:
        raise Corrupt(
            f"The database {place} is damaged ({found[0][0]}). Keep it aside together with its -wal and -shm files, "
            "write `pnyx restore` and the name of your newest backup, and start Pnyx again."
        )
    if version and sql.execute("SELECT 1 FROM meta WHERE name = ?", (BACKUP,)).fetchone():
        raise CannotOpen(f"{place} is a backup, without people's keys. Make a database of it: pnyx restore {place}")
    vault = Vault(keys, sql)
    if version:
        _check_keys(sql, vault, place, read_only=True)  # before anything is changed
    if not read_only:
        sql.execute("PRAGMA journal_mode = WAL")
        sql.execute(f"PRAGMA synchronous = {synchronous}")
        version = migrate(sql, place)
        sql.execute("BEGIN IMMEDIATE")
        sql.execute(
            f"PRAGMA user_version = {version}"
        )  # a disk that cannot be written says so here, not at the first event
        sql.execute("ROLLBACK")
    elif not version:
        raise CannotOpen(f"The database {place} is empty: nothing has run here yet.")
    _check_keys(sql, vault, place, read_only)
    if not read_only:
        _empty_log(sql)
    sql.execute(f"PRAGMA busy_timeout = {PATIENCE}")
    return Database(sql, vault)


def _check_keys(sql: sqlite3.Connection, vault: Vault, place: str, read_only: bool) -> None:
    row = sql.execute("SELECT value FROM meta WHERE name = 'keys'").fetchone()
    if row is None and not read_only:
        sql.execute("INSERT INTO meta (name, value) VALUES ('keys', ?)", (vault.seal(None, _MARK, "meta/keys"),))
    elif row is not None:
        try:
            vault.open(None, row[0], "meta/keys")
        except Unreadable:
            raise WrongKeys(
                f"The database {place} was written with another key file. Put your copy of the right one at the place that "
                "`file` under [keys] in your config names. Nothing else opens this database, and nobody can make that file anew."
            ) from None


def _empty_log(sql: sqlite3.Connection) -> bool:
    """Carry the write-ahead log into the file and empty it. False while a reader still needs it, or the disk refuses."""
    try:
        return bool(sql.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)
    except sqlite3.OperationalError:
        return False


def _value(result: T) -> T:
    """A generator would run after the end of its transaction."""
    if isinstance(result, GeneratorType | CoroutineType):
        raise TypeError("a transaction returns values: make a list of what the generator yields")
    return result


__all__ = ["Connection", "Database", "MEMORY", "Store", "StoreError", "open_store"]
