"""A database comes from every old version to the newest one, whole, whenever the process is killed."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.store.database import Database
from bot.store.errors import FromTheFuture, NotADatabase
from bot.store.keys import KeyFile, Vault
from bot.store.migrate import check_version, migrate, migrations, statements
from tests.store.filling import fill, rows


def frozen(version: int) -> Callable[[Database], None]:
    """Rows that the program of that version wrote, kept as SQL."""

    def build(db: Database) -> None:
        for statement in statements((Path(__file__).parent / "released" / f"{version:04}.sql").read_text()):
            db.sql.execute(statement)

    return build


RELEASED: dict[int, Callable[[Database], object]] = {1: frozen(1), 2: frozen(2), 3: frozen(3), 4: fill}
"""How to fill every table of each version. With a new migration the one before is frozen: what `fill` has written goes to a
file, since the program no longer writes like that."""

SECOND = """
-- a change with data in it; and a semicolon in a text
ALTER TABLE seat ADD COLUMN pronoun TEXT NOT NULL DEFAULT 'x;y';
CREATE TABLE extra (seat TEXT PRIMARY KEY, mark TEXT NOT NULL);
INSERT INTO extra (seat, mark) SELECT id, role FROM seat;
UPDATE seat SET pronoun = 'they';
"""


def connect(path: Path, factory: type[sqlite3.Connection] = sqlite3.Connection) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, factory=factory)


def old_database(path: Path, version: int, keys: KeyFile) -> dict[str, list[tuple[object, ...]]]:
    sql = connect(path)
    sql.execute("PRAGMA journal_mode = WAL")
    migrate(sql, str(path), {n: text for n, text in migrations().items() if n <= version})
    RELEASED[version](Database(sql, Vault(keys, sql), writing=True))
    found = rows(sql)
    sql.close()
    return found


def test_every_released_version_has_a_builder_that_fills_every_table(keys: KeyFile, tmp_path: Path) -> None:
    assert set(RELEASED) == set(migrations())
    for version in RELEASED:
        found = old_database(tmp_path / f"{version}.db", version, keys)
        assert len(found) > 25
        assert [name for name, content in found.items() if not content] == []


@pytest.mark.parametrize("version", sorted(RELEASED))
def test_old_data_survives(version: int, keys: KeyFile, path: Path) -> None:
    before = old_database(path, version, keys)
    newer = {**migrations(), max(migrations()) + 1: SECOND}
    sql = connect(path)
    assert migrate(sql, str(path), newer) == max(newer)
    after = rows(sql)
    assert {name: len(after[name]) for name in before} == {name: len(content) for name, content in before.items()}
    assert not any(content for name, content in after.items() if name not in before and name != "extra")
    assert [new[: len(old)] for new, old in zip(after["contribution"], before["contribution"], strict=True)] == before[
        "contribution"
    ]
    assert sql.execute("SELECT DISTINCT pronoun FROM seat").fetchall() == [("they",)]
    assert len(after["extra"]) == len(before["seat"]) > 0
    sql.close()


class Mortal(sqlite3.Connection):
    """Kills the process before its n-th statement."""

    left = 0

    def execute(self, *args: object) -> sqlite3.Cursor:  # type: ignore[override]  # passed on as it is
        Mortal.left -= 1
        if Mortal.left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().execute(*args)  # type: ignore[arg-type]


def killed(work: Callable[[], None]) -> bool:
    """Run in a child. True if it was killed, False if it came to its end."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.mark.slow
def test_a_kill_at_every_statement_leaves_a_whole_version(keys: KeyFile, path: Path) -> None:
    newer = {**migrations(), max(migrations()) + 1: SECOND}
    kills = 0
    while True:

        def one_life() -> None:
            Mortal.left = kills  # noqa: B023 - the child runs at once
            migrate(connect(path, Mortal), str(path), newer)

        if not killed(one_life):
            break
        kills += 1
        sql = connect(path)
        version = sql.execute("PRAGMA user_version").fetchone()[0]
        tables = {n for (n,) in sql.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        made = ("seat" in tables, "room" in tables, "wanted" in tables, "extra" in tables)
        assert made == (version >= 1, version >= 2, version >= 3, version >= max(newer))
        sql.close()
        if kills % 3 == 0:  # start anew, else only the first life would see the first version
            path.unlink()
    assert kills > 15
    sql = connect(path)
    assert check_version(sql, str(path), max(newer)) == max(newer)
    sql.close()


def test_a_failing_statement_leaves_the_version_before(path: Path) -> None:
    sql = connect(path)
    with pytest.raises(sqlite3.OperationalError):
        migrate(sql, str(path), {1: "CREATE TABLE one (x);\nCREATE TABLE two (x);\nSELECT nonsense FROM nowhere;"})
    assert sql.execute("SELECT COUNT(*) FROM sqlite_master").fetchone() == (0,)
    assert not sql.in_transaction
    sql.close()


def test_a_newer_database_is_refused_and_not_touched(path: Path) -> None:
    sql = connect(path)
    migrate(sql, str(path))
    sql.execute("PRAGMA user_version = 99")
    with pytest.raises(FromTheFuture, match=rf"its version is 99; this Pnyx knows {max(migrations())}\b"):
        migrate(sql, str(path))
    sql.close()


def test_a_database_of_another_program_is_refused(path: Path) -> None:
    sql = connect(path)
    sql.execute("CREATE TABLE recipes (x)")
    with pytest.raises(NotADatabase, match="another program"):
        migrate(sql, str(path))
    sql.close()


def test_statements_are_told_apart() -> None:
    assert len(list(statements(SECOND))) == 4
    assert sum(s.startswith("CREATE") or "\nCREATE" in s for s in statements(migrations()[1])) > 30
    with pytest.raises(ValueError, match="middle of a statement"):
        list(statements("CREATE TABLE x (y"))
