"""Bad disks, bad files, second processes, kills: each gets a clear word, and nothing that was saved is lost."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.store.connection import Database, Store, open_store
from bot.store.errors import (
    CannotOpen,
    Corrupt,
    DiskFull,
    FromTheFuture,
    InUse,
    NotADatabase,
    ReadOnly,
    StoreError,
    Unreadable,
    WrongKeys,
)  # fmt: skip
from bot.store.keys import KeyFile
from bot.store.opinions import words
from tests.store.filling import CANARIES, fill
from tests.store.test_connection import names, put


async def refused(kind: type[StoreError], path: Path, keys: KeyFile) -> str:
    """The words with which a database is refused; the next one may try at once."""
    for _ in range(2):
        with pytest.raises(kind) as refusal:
            await open_store(path, keys)
        assert str(path) in str(refusal.value)
    return str(refusal.value)


async def filled(path: Path, keys: KeyFile) -> None:
    store = await open_store(path, keys)
    await store.transact(fill)
    await store.close()


@pytest.mark.parametrize("content", [b"a shopping list\n" * 200, b"SQLite format 3\x00" + bytes(5000)])
async def test_something_else_is_not_a_database(path: Path, keys: KeyFile, content: bytes) -> None:
    path.write_bytes(content)
    await refused(StoreError, path, keys)
    assert path.read_bytes() == content


async def test_a_text_file_is_named_as_such(path: Path, keys: KeyFile) -> None:
    path.write_bytes(b"a shopping list\n" * 200)
    assert "is not a database of Pnyx" in await refused(NotADatabase, path, keys)


async def test_another_programs_database_is_left_alone(path: Path, keys: KeyFile) -> None:
    sql = sqlite3.connect(path)
    sql.execute("CREATE TABLE recipes (x)")
    sql.close()
    before = path.read_bytes()
    assert "another program" in await refused(NotADatabase, path, keys)
    assert path.read_bytes() == before


async def test_a_database_from_the_future_is_refused(path: Path, keys: KeyFile) -> None:
    await filled(path, keys)
    sql = sqlite3.connect(path)
    sql.execute("PRAGMA user_version = 7")
    sql.close()
    assert "A newer Pnyx" in await refused(FromTheFuture, path, keys)


async def test_another_key_file_is_noticed_at_once(path: Path, keys: KeyFile) -> None:
    await filled(path, keys)
    assert "`file` under [keys]" in await refused(WrongKeys, path, KeyFile.from_seed("another"))
    store = await open_store(path, keys)
    assert CANARIES["words"] in (await store.read(words, "a1", ["c1"])).values()
    await store.close()


async def test_places_that_do_not_exist_are_named(tmp_path: Path, keys: KeyFile) -> None:
    await refused(CannotOpen, tmp_path / "no" / "pnyx.db", keys)
    await refused(StoreError, tmp_path, keys)
    with pytest.raises(CannotOpen):
        await open_store(tmp_path / "none.db", keys, read_only=True)


async def test_a_read_only_disk_is_told_in_plain_words(path: Path, keys: KeyFile) -> None:
    await filled(path, keys)

    def on_read_only_disk(place: str, **more: object) -> sqlite3.Connection:
        return sqlite3.connect(f"file:{place}?mode=ro", **{**more, "uri": True})  # type: ignore[arg-type]

    with pytest.raises(ReadOnly, match="not mounted read-only"):
        await open_store(path, keys, connect=on_read_only_disk)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize("what", ["file", "folder"])
def test_files_of_somebody_else_are_told_in_plain_words(keys: KeyFile, what: str) -> None:
    folder = Path(tempfile.mkdtemp())
    path = folder / "pnyx.db"
    try:
        if what == "file":
            asyncio.run(filled(path, keys))
            path.chmod(0o444)
            folder.chmod(0o777)
            Path(f"{path}.lock").chmod(0o666)
        else:
            folder.chmod(0o555)

        def as_somebody_else() -> int:
            os.setuid(65534)
            try:
                asyncio.run(open_store(path, keys))
            except ReadOnly as error:
                return 7 if str(path) in str(error) else 6
            return 5

        assert os.waitstatus_to_exitcode(in_child(as_somebody_else)) == 7
    finally:
        shutil.rmtree(folder)


async def test_a_full_disk_undoes_one_transaction_and_keeps_the_others(store: Store) -> None:
    await store.transact(put, "before")
    pages = (await store.read(lambda db: db.sql.execute("PRAGMA page_count").fetchone()))[0]
    await store.read(lambda db: db.sql.execute(f"PRAGMA max_page_count = {pages + 2}").fetchone())
    with pytest.raises(DiskFull, match="There is no room left"):
        await store.transact(put, "lost", "x" * 50_000)
    assert await store.read(names) == {"before"}
    await store.read(lambda db: db.sql.execute(f"PRAGMA max_page_count = {pages + 1000}").fetchone())
    await store.transact(put, "after")
    assert await store.read(names) == {"before", "after"}
    assert await store.read(lambda db: db.sql.execute("PRAGMA integrity_check").fetchall()) == [("ok",)]


def in_child(work: Callable[[], int | None]) -> int:
    """Run in a child process. Its wait status."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = work() or 0
        finally:
            os._exit(code)
    return os.waitpid(child, 0)[1]


def test_a_second_process_is_turned_away_at_once(path: Path, keys: KeyFile) -> None:
    ready, tell = os.pipe()
    child = os.fork()
    if child == 0:

        async def stay() -> None:
            await open_store(path, keys)
            os.write(tell, b"x")

        asyncio.run(stay())
        signal.pause()
    try:
        os.read(ready, 1)
        begun = time.monotonic()
        words = asyncio.run(refused(InUse, path, keys))
        assert time.monotonic() - begun < 2
        assert f"process {child}" in words
        assert f"kill {child}" in words
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    asyncio.run(filled(path, keys))  # the dead process holds nothing


def test_a_program_that_fails_does_not_hang_on_an_open_store(path: Path, keys: KeyFile) -> None:
    code = f"""
import asyncio
from bot.store.connection import open_store
from bot.store.keys import KeyFile
async def main():
    store = await open_store({str(path)!r}, KeyFile.from_seed(7))
    raise SystemExit(5)
asyncio.run(main())
"""
    assert subprocess.run([sys.executable, "-c", code], timeout=30, capture_output=True).returncode == 5


@pytest.mark.slow
def test_a_kill_loses_no_row_that_was_acknowledged(path: Path, keys: KeyFile) -> None:
    rng = random.Random(3)
    acknowledged: list[str] = []
    for life in range(25):
        out, into = os.pipe()
        child = os.fork()
        if child == 0:

            async def write(life: int = life, into: int = into) -> None:
                store = await open_store(path, keys)
                for n in range(100_000):
                    await store.transact(put, f"{life}/{n}/a", f"{life}/{n}/b")
                    os.write(into, f"{life}/{n}\n".encode())

            try:
                asyncio.run(write())
            finally:
                os._exit(1)
        os.close(into)
        with os.fdopen(out) as told:
            for _ in range(rng.randint(1, 30)):
                acknowledged.append(told.readline().strip())
            os.kill(child, signal.SIGKILL)
            acknowledged += [line.strip() for line in told if line.endswith("\n")]
        os.waitpid(child, 0)

    async def look() -> set[str]:
        store = await open_store(path, keys)
        found = await store.read(names)
        assert await store.read(lambda db: db.sql.execute("PRAGMA integrity_check").fetchall()) == [("ok",)]
        await store.close()
        return found

    found = asyncio.run(look())
    assert len(acknowledged) > 200
    assert {f"{name}/{part}" for name in acknowledged for part in "ab"} <= found
    assert {name[:-1] + "a" for name in found} == {name for name in found if name.endswith("a")}
    assert len(found) % 2 == 0
    assert len(found) / 2 - len(acknowledged) <= 25  # at most the one under way in each life


async def test_a_damaged_page_is_detected_at_start(path: Path, keys: KeyFile) -> None:
    """The head of any page in use: type, cell count, cell area. A flip inside a sealed value shows when it is opened."""
    store = await open_store(path, keys)
    await store.transact(lambda db: [put(db, f"{n}{'x' * 300}") for n in range(400)])
    await store.transact(fill)
    await store.close()
    whole = path.read_bytes()
    size = int.from_bytes(whole[16:18], "big")
    rng = random.Random(11)
    undetected = []
    for page in rng.sample(range(1, len(whole) // size), 60):
        broken = bytearray(whole)
        for place in rng.sample(range(8), 3):
            broken[page * size + place] ^= rng.randrange(1, 256)
        path.write_bytes(broken)
        try:
            store = await open_store(path, keys)
        except (Corrupt, NotADatabase):
            continue
        else:
            undetected.append(page)
            await store.close()
    path.write_bytes(whole)
    assert undetected == []


async def test_a_flip_inside_sealed_words_is_never_read_as_words(path: Path, keys: KeyFile) -> None:
    await filled(path, keys)
    sql = sqlite3.connect(path)
    (body,) = sql.execute("SELECT body FROM contribution").fetchone()
    sql.close()
    whole = path.read_bytes()
    for place in range(0, len(body), 7):
        broken = bytearray(whole)
        broken[whole.index(body) + place] ^= 4
        path.write_bytes(broken)
        store = await open_store(path, keys)
        with pytest.raises(Unreadable):
            await store.read(words, "a1", ["c1"])
        await store.close()


def on_disk(path: Path) -> bytes:
    return b"".join(Path(f"{path}{end}").read_bytes() for end in ("", "-wal", "-shm") if Path(f"{path}{end}").exists())


async def test_nothing_readable_is_on_the_disk(path: Path, keys: KeyFile) -> None:
    store = await open_store(path, keys)
    seat = await store.transact(fill)
    content = on_disk(path)
    assert seat.encode() in content  # we look at the right bytes
    leaks = [
        what
        for what, text in CANARIES.items()
        for form in (text, text.lower(), text.upper(), max(text.split(), key=len))
        if form.encode() in content or form.encode("utf-16-le") in content
    ]
    assert leaks == []
    await store.close()
    assert [what for what, text in CANARIES.items() if text.encode() in on_disk(path)] == []


async def test_what_is_wiped_is_gone_from_the_log_too(store: Store, path: Path) -> None:
    await store.transact(put, "a name to be forgotten")
    assert b"a name to be forgotten" in on_disk(path)

    def forget(db: Database) -> None:
        db.sql.execute("DELETE FROM cursor")
        db.wipe = True

    await store.transact(forget)
    assert b"a name to be forgotten" not in on_disk(path)
    assert Path(f"{path}-wal").stat().st_size == 0


async def test_a_wipe_that_a_reader_holds_up_comes_with_a_later_transaction(store: Store, path: Path) -> None:
    await store.transact(put, "a name to be forgotten")
    await store.read(lambda db: db.sql.execute("PRAGMA busy_timeout = 20").fetchone())
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM cursor").fetchall()

    def forget(db: Database) -> None:
        db.sql.execute("DELETE FROM cursor")
        db.wipe = True

    await store.transact(forget)
    assert b"a name to be forgotten" in on_disk(path)
    reader.close()
    await store.transact(put, "another")
    assert b"a name to be forgotten" not in on_disk(path)
