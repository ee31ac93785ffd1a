"""The recorded conversations, on Telegram: the same things are said and pressed in real chats on the strict server."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.rehearsal.script import read_script
from tests.support.replays import TelegramSide, goes_the_same_way

HERE = Path(__file__).resolve().parent
SCRIPTS = sorted(HERE.glob("*.toml"))


def test_there_are_conversations() -> None:
    assert SCRIPTS, "no conversation found: the test below would see nothing"


@pytest.mark.slow
@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
async def test_a_conversation_goes_the_same_way_on_telegram(path: Path, repo: Path) -> None:
    await goes_the_same_way(read_script(path), repo, TelegramSide())
