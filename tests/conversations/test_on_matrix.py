"""The recorded conversations on a real homeserver, and half there, half on Telegram: people of both sit at one table."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.rehearsal.script import read_script
from tests.support.matrix_people import Gathering
from tests.support.replays import TelegramSide, goes_the_same_way
from tests.support.replays.on_matrix import MatrixSide

HERE = Path(__file__).resolve().parent
SCRIPTS = sorted(HERE.glob("*.toml"))
MOST = 12
"""So many conversations are played each time; further ones only by `make test-long`."""

pytestmark = [pytest.mark.homeserver, pytest.mark.slow]


def _played() -> list[object]:
    """Each conversation on Matrix, and on both; the first ones each time."""
    cases = [(path, where) for path in SCRIPTS for where in ("matrix", "both")]
    return [
        pytest.param(path, where, id=f"{path.stem}-{where}", marks=[pytest.mark.long] if number >= MOST else [])
        for number, (path, where) in enumerate(cases)
    ]


@pytest.mark.parametrize(("path", "where"), _played())
async def test_a_conversation_goes_the_same_way(path: Path, where: str, repo: Path, homeserver: Gathering) -> None:
    written = read_script(path)
    matrix = MatrixSide(homeserver)
    if where == "matrix":
        await goes_the_same_way(written, repo, matrix)
        return
    there = await goes_the_same_way(written, repo, TelegramSide(), matrix)
    assert there.mixed, "nobody sat at a table with somebody on the other platform"
