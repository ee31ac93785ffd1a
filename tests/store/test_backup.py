"""A backup is whole, of one moment, private, and takes nobody's place."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
from pathlib import Path

import pytest

from bot.store.backup import backup, check
from bot.store.connection import Store, open_store
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
    assert "The key file is not in it" in said
    assert "seven days" in said
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert told[-1][0] == told[-1][1] > 10
    assert check(target) == max(migrations())
    assert {file.name for file in tmp_path.iterdir() if file.name.startswith("copy")} == {"copy.db"}
    copy = await open_store(target, keys)
    assert await copy.read(words, "a1", ["c1"]) == await store.read(words, "a1", ["c1"])
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
    copy = await open_store(tmp_path / "copy.db", keys)
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
