"""Bringing a database up to date: numbered SQL files, each in one transaction that also counts `user_version` up.

A process may be killed at any statement: the next start finds the last whole version and goes on from there. A database that is
newer than this program is refused, and so is one that another program made.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

from bot.store.errors import FromTheFuture, NotADatabase

APPLICATION = 0x504E5958
"""Marks a database as ours ("PNYX"), in its header."""


@cache
def migrations() -> Mapping[int, str]:
    """The shipped migrations by number, 1 and upwards without a gap."""
    folder = resources.files("bot.store") / "migrations"
    found = {
        int(m[1]): f.read_text("utf-8") for f in folder.iterdir() if (m := re.fullmatch(r"(\d{4})_\w+\.sql", f.name))
    }
    if sorted(found) != list(range(1, len(found) + 1)) or not found:
        raise FileNotFoundError(
            f"This copy of Pnyx lacks some of its database migrations in {folder}. Install it again."
        )
    return found


def migrate(sql: sqlite3.Connection, path: str, steps: Mapping[int, str] | None = None) -> int:
    """Bring the database to the newest version and return that. `sql` is in autocommit mode.

    Raises `FromTheFuture` and `NotADatabase`, before anything is changed.
    """
    steps = migrations() if steps is None else steps
    version = check_version(sql, path, max(steps))
    for number in range(version + 1, max(steps) + 1):
        sql.execute("BEGIN IMMEDIATE")
        try:
            for statement in statements(steps[number]):
                sql.execute(statement)
            sql.execute(f"PRAGMA application_id = {APPLICATION}")
            sql.execute(f"PRAGMA user_version = {number}")
            sql.execute("COMMIT")
        except BaseException:
            if sql.in_transaction:
                sql.execute("ROLLBACK")
            raise
    return max(steps)


def check_version(sql: sqlite3.Connection, path: str, newest: int | None = None) -> int:
    """The database's version, 0 where it is empty. Raises as `migrate` does."""
    newest = max(migrations()) if newest is None else newest
    version: int = sql.execute("PRAGMA user_version").fetchone()[0]
    application: int = sql.execute("PRAGMA application_id").fetchone()[0]
    if application != APPLICATION and sql.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
        raise NotADatabase(f"The file {path} is a database of another program. Check the path in your config.")
    if version > newest:
        raise FromTheFuture(
            f"A newer Pnyx has written the database {path} (its version is {version}; this Pnyx knows {newest}). "
            "Install that newer Pnyx, or use a backup from before."
        )
    return version


def statements(script: str) -> Iterator[str]:
    """The statements of a script one by one."""
    part = ""
    for line in script.splitlines(keepends=True):
        part += line
        if sqlite3.complete_statement(part):
            yield part.strip()
            part = ""
    if part.strip():
        raise ValueError(f"a migration ends in the middle of a statement: {part.strip()[:60]}")
