"""The recorded conversations on a real homeserver, and half there, half on Telegram: people of both sit at one table."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.language.flowfiles import bundle
from bot.rehearsal.play import open_rehearsal
from bot.rehearsal.script import Script, read_script
from tests.support.matrix_people import Gathering
from tests.support.replays import TelegramSide, goes_the_same_way
from tests.support.replays.on_matrix import MatrixSide

HERE = Path(__file__).resolve().parent
SCRIPTS = sorted(HERE.glob("*.toml"))
FLOWS = ("flows/cross-border", "flows/franco-german")
MOST = 9
"""So many conversations are played by `make test`; further ones only by `make test-long`."""

pytestmark = [pytest.mark.homeserver, pytest.mark.slow]


def _played() -> list[object]:
    """Each conversation on both platforms, and on Matrix alone."""
    cases = [(path, where) for where in ("both", "matrix") for path in SCRIPTS]
    return [
        pytest.param(path, where, id=f"{path.stem}-{where}", marks=[pytest.mark.long] if number >= MOST else [])
        for number, (path, where) in enumerate(cases)
    ]


async def _goes(script: Script, where: str, repo: Path, homeserver: Gathering) -> None:
    matrix = MatrixSide(homeserver)
    if where == "matrix":
        await goes_the_same_way(script, repo, matrix)
        return
    there = await goes_the_same_way(script, repo, TelegramSide(), matrix)
    assert there.mixed, "nobody sat at a table with somebody on the other platform"


@pytest.mark.parametrize(("path", "where"), _played())
async def test_a_conversation_goes_the_same_way(path: Path, where: str, repo: Path, homeserver: Gathering) -> None:
    await _goes(read_script(path), where, repo, homeserver)


@pytest.mark.long
@pytest.mark.parametrize("where", ["matrix", "both"])
@pytest.mark.parametrize("flow", FLOWS)
async def test_a_rehearsal_of_a_flow_goes_the_same_way(
    flow: str, where: str, repo: Path, homeserver: Gathering
) -> None:
    """What eight people do in a rehearsal is written down, and played again there."""
    rehearsal = await open_rehearsal(bundle(repo / flow), seed="7", people=8, record=True)
    try:
        await rehearsal.seat_everybody()
        await rehearsal.begin()
        assert (await rehearsal.run()).ended
        script = await rehearsal.script(flow)
    finally:
        await rehearsal.close()
    await _goes(script, where, repo, homeserver)
