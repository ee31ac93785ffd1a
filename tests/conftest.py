"""What every test may use."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

if TYPE_CHECKING:
    from tests.support.matrix_people import Gathering, Pool
    from tests.support.played import Played


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite what people hear in the recorded conversations")


@pytest.fixture(scope="session")
def repo() -> Path:
    """The root of the repository."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def cross_border() -> Played:
    """The cross-border dialogue, played once for all who look at it. They change nothing of it."""
    from tests.support.played import play

    return asyncio.run(play("cross-border"))


@pytest.fixture(scope="session")
def synapse() -> Iterator[Pool]:
    """The homeserver of this session, with its accounts and rooms. What it takes is imported only where it is used."""
    from tests.support.homeserver import Homeserver
    from tests.support.matrix_people import Pool

    server = Homeserver().start()
    yield Pool(server)
    server.stop()


@pytest_asyncio.fixture
async def homeserver(synapse: Pool) -> AsyncIterator[Gathering]:
    """One test's people and rooms on the homeserver."""
    from tests.support.matrix_people import Gathering

    gathering = Gathering(synapse)
    yield gathering
    await gathering.close()
