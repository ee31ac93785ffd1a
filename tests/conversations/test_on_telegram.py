"""The recorded conversations, on Telegram: the same things are said and pressed in real chats on the strict server, and what
people hear and what is exported at the end is the same, to the byte.

On Telegram some answers change a message in place where the console says a new one, and an old question then says what was
answered; all that the console says is said there too, in the same order.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bot.rehearsal.script import read_script
from tests.support.over_telegram import replay_on_telegram, replay_plainly

HERE = Path(__file__).resolve().parent
SCRIPTS = sorted(HERE.glob("*.toml"))
OFFERS = "[1]"
"""Stands in every message with buttons."""


def test_there_are_conversations() -> None:
    assert SCRIPTS, "no conversation found: the test below would see nothing"


@pytest.mark.slow
@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
async def test_a_conversation_goes_the_same_way_on_telegram(path: Path, repo: Path) -> None:
    written = read_script(path)
    here, there = await replay_plainly(written, repo), await replay_on_telegram(written, repo)
    assert len(here.exported) > 5
    assert there.changed, "nothing was changed in place"
    for who, words in here.heard.items():
        assert words
        more = list(there.heard[who])
        for said in words:
            if said not in more and OFFERS in said:
                continue  # a question that gave its place to the next one before it had left
            assert said in more, f"{who} does not hear: {said}"
            del more[: more.index(said) + 1]
    assert there.exported == here.exported
    told = Counter(said for words in there.heard.values() for said in words)
    told.subtract(said for words in here.heard.values() for said in words)
    assert +told <= Counter(there.changed), "more is said than what changes a message in place"
