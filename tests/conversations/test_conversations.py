"""The recorded conversations: what people say and press is given, what they hear must be what it was.

`pytest tests/conversations --update` rewrites what they hear; look at the change before you commit it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.rehearsal.record import changes, replay
from bot.rehearsal.script import read_script, write_script

HERE = Path(__file__).resolve().parent
SCRIPTS = sorted(HERE.glob("*.toml"))


def test_there_are_conversations() -> None:
    assert SCRIPTS, "no conversation found: the test below would see nothing"


@pytest.mark.slow
@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
async def test_a_conversation_goes_as_it_went(path: Path, repo: Path, request: pytest.FixtureRequest) -> None:
    written = read_script(path)
    now = await replay(written, repo)
    if request.config.getoption("--update"):
        path.write_text(write_script(now), encoding="utf-8")
        return
    assert changes(written.lines, now.lines) == [], "if this is as it should be: pytest tests/conversations --update"
