"""A backup is whole, of one moment, private, and takes nobody's place."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
from pathlib import Path

import pytest

from bot.store import identities
from bot.store.backup import KEYS, backup, check, restore
from bot.store.connection import Store, open_store
from bot.store.database import Database
from bot.store.errors import CannotOpen, Corrupt, NotADatabase, StoreError
from bot.store.keys import KeyFile
from bot.store.migrate import migrations
from bot.store.opinions import words
from tests.store.filling import fill
from tests.store.test_connection import names, put


async def test_a_backup_opens_with_the_key_file(store: Store, tmp_path: Path, keys: KeyFile) -> None:
    await store.transact(fill)
    told: list[tuple[int, int]] = []
    target = tmp_path / "copy.db"
    said = await backup(store, target, lambda done, total: told.append((done, total)))
    assert "The key file is in neither" in said
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert told[-1][0] == told[-1][1] > 10
    assert check(target) == max(migrations())
    assert {file.name for file in tmp_path.iterdir() if file.name.startswith("copy")} == {"copy.db"}
    with pytest.raises(CannotOpen, match=r"is a backup, without people's keys\. Make a database of it: pnyx restore"):
        await open_store(target, keys)
    assert await restore(target, tmp_path / "again.db", keys) == 0
    copy = await open_store(tmp_path / "again.db", keys)
    assert await copy.read(words, "a1", ["c1"]) == await store.read(words, "a1", ["c1"])
    assert len(await copy.read(words, "a1", ["c1"])) == 1
    await copy.close()


async def test_the_assembly_goes_on_while_it_is_copied(store: Store, tmp_path: Path, keys: KeyFile) -> None:
    await store.transact(put, *(f"{n}{'x' * 900}" for n in range(5000)))
    before = await store.read(names)
    copying = asyncio.create_task(backup(store, tmp_path / "copy.db"))
    written = 0
    while not copying.done():
        await store.transact(put, f"meanwhile {written}", f"and {written}")
        written += 1
    await copying
    assert written > 3
    await restore(tmp_path / "copy.db", tmp_path / "again.db", keys)
    copy = await open_store(tmp_path / "again.db", keys)
    found = await copy.read(names)
    assert before <= found
    assert len(found - before) % 2 == 0  # of one moment: no half of a transaction
    await copy.close()


async def test_a_backup_never_takes_the_place_of_a_file(store: Store, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("dear diary")
    with pytest.raises(CannotOpen, match="choose another name"):
        await backup(store, target)
    assert target.read_text() == "dear diary"
    assert not Path(f"{target}.part").exists()
    Path(f"{target}.part").write_text("another one under way")
    with pytest.raises(CannotOpen, match="under way"):
        await backup(store, target)


async def test_a_place_that_cannot_be_written_is_named(store: Store, tmp_path: Path) -> None:
    with pytest.raises(CannotOpen, match="cannot be written: No such file"):
        await backup(store, tmp_path / "no" / "copy.db")


async def test_a_rehearsal_in_memory_has_no_backup(tmp_path: Path, keys: KeyFile) -> None:
    store = await open_store(":memory:", keys)
    with pytest.raises(StoreError, match="nothing to back up"):
        await backup(store, tmp_path / "copy.db")
    await store.close()


async def test_a_damaged_backup_is_recognised(store: Store, tmp_path: Path) -> None:
    await store.transact(fill)
    target = tmp_path / "copy.db"
    await backup(store, target)
    content = bytearray(target.read_bytes())
    size = int.from_bytes(content[16:18], "big")
    content[5 * size : 5 * size + 8] = b"\xff" * 8
    target.write_bytes(content)
    with pytest.raises(Corrupt):
        check(target)


def test_what_is_no_backup_is_named(tmp_path: Path) -> None:
    with pytest.raises(CannotOpen, match="There is no file"):
        check(tmp_path / "none.db")
    (tmp_path / "empty.db").touch()
    with pytest.raises(CannotOpen, match="empty"):
        check(tmp_path / "empty.db")
    (tmp_path / "diary.db").write_text("dear diary " * 100)
    with pytest.raises(NotADatabase):
        check(tmp_path / "diary.db")
    sql = sqlite3.connect(tmp_path / "other.db")
    sql.execute("CREATE TABLE recipes (x)")
    sql.close()
    with pytest.raises(NotADatabase):
        check(tmp_path / "other.db")


# People who are erased


def _readable(path: Path, *needles: bytes) -> list[bytes]:
    return [needle for needle in needles if needle in path.read_bytes()]


async def test_a_backup_holds_nobodys_key(store: Store, tmp_path: Path) -> None:
    seat = await store.transact(fill)
    wrapped = await store.read(_wrapped, seat)
    assert wrapped is not None
    await backup(store, tmp_path / "copy.db")
    assert _readable(tmp_path / "copy.db", wrapped) == []
    assert _readable(tmp_path / KEYS, wrapped) == [wrapped]
    assert stat.S_IMODE((tmp_path / KEYS).stat().st_mode) == 0o600


async def test_who_is_erased_is_gone_from_older_backups_with_the_next_one(
    store: Store, tmp_path: Path, keys: KeyFile
) -> None:
    seat = await store.transact(fill)
    wrapped = await store.read(_wrapped, seat)
    await backup(store, tmp_path / "monday.db")
    await store.transact(identities.erase, seat)
    await backup(store, tmp_path / "tuesday.db")
    assert wrapped is not None
    for file in tmp_path.iterdir():
        assert wrapped not in file.read_bytes(), file.name
    assert await restore(tmp_path / "monday.db", tmp_path / "again.db", keys) == 1
    again = await open_store(tmp_path / "again.db", keys)
    assert await again.read(words, "a1", ["c1"]) == {}
    assert await again.read(_rows, "channel") == await store.read(_rows, "channel"), "and so is the identity"
    await again.close()


async def test_backups_of_two_databases_do_not_share_a_folder(store: Store, tmp_path: Path, keys: KeyFile) -> None:
    await store.transact(fill)
    await backup(store, tmp_path / "copy.db")
    before = (tmp_path / KEYS).read_bytes()
    other = await open_store(tmp_path / "other.db", keys)
    with pytest.raises(CannotOpen, match=r"lie backups of another database\. Choose another folder"):
        await backup(other, tmp_path / "second.db")
    await other.close()
    assert (tmp_path / KEYS).read_bytes() == before
    assert not (tmp_path / "second.db").exists()


async def test_a_backup_comes_back_only_with_the_keys_and_to_a_free_place(
    store: Store, tmp_path: Path, keys: KeyFile
) -> None:
    await store.transact(fill)
    await backup(store, tmp_path / "copy.db")
    with pytest.raises(CannotOpen, match="is kept; choose another name"):
        await restore(tmp_path / "copy.db", tmp_path / "copy.db", keys)
    with pytest.raises(CannotOpen, match="is a database and no backup"):
        await restore(tmp_path / "pnyx.db", tmp_path / "again.db", keys)
    (tmp_path / KEYS).unlink()
    with pytest.raises(CannotOpen, match=f"there is no {KEYS}"):
        await restore(tmp_path / "copy.db", tmp_path / "again.db", keys)
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith("again")] == []


def _wrapped(db: Database, seat: str) -> bytes | None:
    row = db.sql.execute("SELECT wrapped FROM seat_key WHERE seat = ?", (seat,)).fetchone()
    return bytes(row[0]) if row and row[0] is not None else None


def _rows(db: Database, table: str) -> int:
    return int(db.sql.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])
