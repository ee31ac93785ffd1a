"""The recorded conversations: what people say and press is given, what they hear must be what it was.

`pytest tests/conversations --update` rewrites what they hear; look at the change before you commit it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.rehearsal.record import changes, replay
from bot.rehearsal.script import BadScript, Line, Script, Verb, read_script, write_script
from tests.support.replays import PlainSide, play
from tests.support.replays.named import OWN

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


def until(script: Script, *lines: Line) -> Script:
    """The script up to what is said first at a table, and then these lines."""
    first = next(number for number, line in enumerate(script.lines) if line.verb == "replies")
    return replace(script, lines=(*script.lines[:first], *lines))


@pytest.mark.parametrize("verb", ["replies", "edits"])
async def test_who_answers_what_nobody_said_is_told_so(repo: Path, verb: Verb) -> None:
    script = until(read_script(HERE / "evening.toml"), Line(verb, ("linz-anna",), '"never said" to "never said"'))
    with pytest.raises(BadScript, match="nowhere in the chat of linz-anna stands: never said"):
        await replay(script, repo)


async def test_a_reply_is_meant_for_the_newest_message_with_these_words(repo: Path) -> None:
    newer, answer = Line("says", ("linz-ben",), '"Benches, Bänke"'), Line("replies", ("linz-anna",), '"Ja!" to "Bänke"')
    script = until(read_script(HERE / "evening.toml"), newer, Line("wait", (), "5"), answer)
    there = await play(script, repo, PlainSide())
    copy, led = "Ben\n  “Benches, Bänke”", "\n[1] Ausblenden"
    foreign = f"{copy}\n· auf Englisch, nicht übersetzt"
    assert [(who, what) for who, said, what in there.answered if "Ja!" in said] == [
        ("linz-ben", OWN),
        ("linz-carla", foreign),
        ("linz-daniel", copy),
        ("linz-facilitator-1", foreign + led),
    ]
