"""Transactions: whole or absent, whatever happens to those who wait for them."""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import stat
import threading
import time
from pathlib import Path

import pytest

from bot.store.connection import Database, Store, open_store
from bot.store.errors import Locked
from bot.store.keys import KeyFile


class Stop(BaseException):
    """No `Exception`, as a kill of the task would be."""


def put(db: Database, *names: str) -> None:
    for name in names:
        db.sql.execute("INSERT INTO cursor (account, value) VALUES (?, 'x')", (name,))


def names(db: Database) -> set[str]:
    return {name for (name,) in db.sql.execute("SELECT account FROM cursor")}


def pragma(db: Database, name: str) -> object:
    return db.sql.execute(f"PRAGMA {name}").fetchone()[0]


async def test_the_settings_are_those_that_lose_nothing(store: Store, path: Path) -> None:
    wanted = {
        "journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1, "trusted_schema": 0,
        "busy_timeout": 30_000,
    }  # fmt: skip
    for name, value in wanted.items():
        assert await store.read(pragma, name) == value, name
    for file in (path, Path(f"{path}-wal"), Path(f"{path}.lock")):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


async def test_a_transaction_is_kept_after_the_store_is_opened_again(path: Path, keys: KeyFile) -> None:
    store = await open_store(path, keys)
    assert await store.transact(put, "one") is None
    await store.close()
    store = await open_store(path, keys)
    assert await store.read(names) == {"one"}
    await store.close()


@pytest.mark.parametrize("error", [ValueError, Stop, sqlite3.IntegrityError])
async def test_nothing_of_a_failed_transaction_remains(store: Store, error: type[BaseException]) -> None:
    def fail(db: Database) -> None:
        put(db, "one")
        if error is sqlite3.IntegrityError:
            put(db, "one")
        raise error

    with pytest.raises(error):
        await store.transact(fail)
    await store.transact(put, "two")
    assert await store.read(names) == {"two"}


async def test_keys_of_a_failed_transaction_are_not_used_again(store: Store) -> None:
    def fail(db: Database) -> None:
        db.vault.new_seat_key("anna")
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        await store.transact(fail)
    with pytest.raises(LookupError):
        await store.transact(lambda db: db.vault.seal("anna", b"words that would be lost", "here"))


async def test_a_read_must_not_write_and_a_generator_is_refused(store: Store) -> None:
    with pytest.raises(RuntimeError, match="must not write"):
        await store.read(put, "one")
    assert await store.read(names) == set()
    for call in (store.read, store.transact):
        with pytest.raises(TypeError, match="returns values"):
            await call(lambda db: (n for n in names(db)))


async def test_a_read_sees_one_moment(store: Store, path: Path) -> None:
    await store.transact(put, "one")

    def twice(db: Database) -> tuple[set[str], set[str]]:
        before = names(db)
        other = sqlite3.connect(path)
        other.execute("INSERT INTO cursor (account, value) VALUES ('between', 'x')")
        other.commit()
        other.close()
        return before, names(db)

    assert await store.read(twice) == ({"one"}, {"one"})
    assert await store.read(names) == {"one", "between"}


async def test_the_writes_of_one_task_never_join_the_rollback_of_another(store: Store) -> None:
    async def writer(n: int) -> None:
        def work(db: Database) -> None:
            put(db, f"{n}/a", f"{n}/b")
            if n % 2:
                raise ValueError

        if n % 2:
            with pytest.raises(ValueError, match=r"^$"):
                await store.transact(work)
        else:
            await store.transact(work)

    await asyncio.gather(*(writer(n) for n in range(60)))
    assert await store.read(names) == {f"{n}/{part}" for n in range(0, 60, 2) for part in "ab"}


async def test_a_cancelled_transaction_is_whole_or_absent_and_over(store: Store) -> None:
    rng = random.Random(5)
    cancelled = 0
    begun, ended = [], []
    for n in range(100):

        def work(db: Database, n: int = n) -> None:
            begun.append(n)
            put(db, f"{n}/a")
            time.sleep(0.0005)
            put(db, f"{n}/b")
            ended.append(n)

        task = asyncio.create_task(store.transact(work))
        if n % 10:
            await asyncio.sleep(rng.random() * 0.002)
        for _ in range(rng.randint(1, 3)):
            task.cancel()
            await asyncio.sleep(0)
        try:
            await task
        except asyncio.CancelledError:
            cancelled += 1
        assert begun == ended  # whoever was cancelled may look at once: it is over
        assert len({f"{n}/a", f"{n}/b"} & await store.read(names)) in (0, 2)
    assert cancelled > 50
    assert len(await store.read(names)) > 50


async def test_a_cancelled_transaction_that_fails_is_silent(store: Store) -> None:
    started = threading.Event()

    def fail(db: Database) -> None:
        started.set()
        time.sleep(0.01)
        raise ValueError

    task = asyncio.create_task(store.transact(fail))
    await asyncio.to_thread(started.wait)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await store.transact(put, "goes on")


async def test_closing_lets_what_is_under_way_end_first(path: Path, keys: KeyFile) -> None:
    store = await open_store(path, keys)
    tasks = [asyncio.create_task(store.transact(put, str(n))) for n in range(20)]
    await asyncio.sleep(0)
    await store.close()
    await asyncio.gather(*tasks)
    store = await open_store(path, keys)
    assert len(await store.read(names)) == 20
    await store.close()


async def test_a_transaction_holds_the_pen_from_its_first_word(store: Store, path: Path) -> None:
    """What it has read stays true until it has written: nobody else may write in between."""

    def look_then_write(db: Database) -> None:
        names(db)
        other = sqlite3.connect(path, timeout=0, isolation_level=None)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("INSERT INTO cursor (account, value) VALUES ('between', 'x')")
        other.close()
        put(db, "one")

    await store.transact(look_then_write)
    assert await store.read(names) == {"one"}


async def test_a_second_of_somebody_elses_lock_is_waited_for(store: Store, path: Path) -> None:
    held, free = threading.Event(), threading.Event()

    def hold() -> None:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        held.set()
        free.wait()
        other.execute("COMMIT")
        other.close()

    holder = asyncio.create_task(asyncio.to_thread(hold))
    await asyncio.to_thread(held.wait)
    waiting = [asyncio.create_task(store.transact(put, str(n))) for n in range(5)]
    done, _ = await asyncio.wait(waiting, timeout=0.3)
    assert not done
    free.set()
    await asyncio.gather(holder, *waiting)
    assert len(await store.read(names)) == 5


async def test_a_longer_lock_is_told_in_plain_words(store: Store, path: Path) -> None:
    await store.read(lambda db: db.sql.execute("PRAGMA busy_timeout = 20").fetchone())
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Locked, match="Another program holds the database"):
        await store.transact(put, "one")
    other.execute("COMMIT")
    other.close()
    await store.transact(put, "one")


async def test_a_rehearsal_needs_no_file(keys: KeyFile) -> None:
    before = set(os.listdir())
    store = await open_store(":memory:", keys, synchronous="OFF")
    await store.transact(put, "one")
    assert await store.read(names) == {"one"}
    await store.close()
    assert set(os.listdir()) == before


async def test_a_reader_looks_on_beside_the_writer(store: Store, path: Path, keys: KeyFile) -> None:
    await store.transact(put, "one")
    reader = await open_store(path, keys, read_only=True)
    assert await reader.read(names) == {"one"}
    await store.transact(put, "two")
    assert await reader.read(names) == {"one", "two"}
    with pytest.raises(Exception, match="cannot be written"):
        await reader.transact(put, "three")
    await reader.close()
