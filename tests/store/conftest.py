"""A store to test on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.store.connection import Store, open_store
from bot.store.database import Database
from bot.store.keys import KeyFile
from tests.store.filling import fresh_database


@pytest.fixture
def keys() -> KeyFile:
    return KeyFile.from_seed(7)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "pnyx.db"


@pytest.fixture
async def store(path: Path, keys: KeyFile) -> AsyncIterator[Store]:
    opened = await open_store(path, keys)
    yield opened
    await opened.close()


@pytest.fixture
def db(keys: KeyFile) -> Iterator[Database]:
    """A database in memory, in the middle of a transaction."""
    database = fresh_database(keys)
    yield database
    database.sql.close()
