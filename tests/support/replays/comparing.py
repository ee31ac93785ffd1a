"""What has to be the same wherever a conversation goes on, and what cannot be."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path

from bot.rehearsal.script import Script, pair_of
from bot.transports.port import Abilities
from tests.support.replays.named import OWN
from tests.support.replays.nowhere import PlainSide
from tests.support.replays.playing import Played, Side, play


async def goes_the_same_way(script: Script, folder: Path, *sides: Side) -> Played:
    """Play a script on these platforms, and see that it ends as it does without them.

    What is exported is the same to the byte as where there is no platform at all. What people read, what it answers and what is
    deleted is the same as on paper with the abilities of these platforms: where messages can be changed, some are, and a copy
    that can be deleted is; where there are no buttons, none stands below what others say, and commands have another sign."""
    there = await play(script, folder, *sides)
    plainly = await _without(script, folder, *(Abilities() for _ in sides))
    assert len(there.exported) > 5
    assert [name for name, data in plainly.exported.items() if there.exported.get(name) != data] == []
    assert there.exported.keys() == plainly.exported.keys()
    on_paper = await _without(script, folder, *(side.abilities for side in sides))
    for who, words in on_paper.heard.items():
        assert words, f"{who} hears nothing"
        assert there.heard[who] == words, f"{who} hears something else: {_first(words, there.heard[who])}"
    assert there.standing == on_paper.standing
    assert there.answered == on_paper.answered
    assert there.deleted == on_paper.deleted
    assert there.changed >= on_paper.changed > 0
    for line in script.lines:
        if line.verb == "replies":
            _answers(there, *pair_of(line))
        if line.verb == "edits":
            _changed(there, *pair_of(line))
    return there


def _answers(there: Played, text: str, old: str) -> None:
    """Everybody who read a reply read it as an answer to these words, of which their author has no copy."""
    readers = {who for who, words in there.heard.items() if any(text in said for said in words)}
    answered = {who for who, said, what in there.answered if text in said and (old in what or what == OWN)}
    assert len(readers) > 1
    assert answered == readers, f"{readers - answered} do not see that {text} answers {old}"


def _changed(there: Played, old: str, new: str) -> None:
    """Everybody who read these words reads the new ones in their place."""
    readers = {who for who, words in there.heard.items() if any(old in said for said in words)}
    assert len(readers) > 1
    for who in readers:
        assert any(new in said for said in there.standing[who]), f"{who} does not read: {new}"
        assert not any(old in said for said in there.standing[who]), f"{who} still reads: {old}"


_played: dict[tuple[Script, tuple[Abilities, ...]], Played] = {}


async def _without(script: Script, folder: Path, *abilities: Abilities) -> Played:
    """The same script without platforms; once for all tests, since it is the same each time."""
    key = script, abilities
    if key not in _played:
        _played[key] = await play(script, folder, *(PlainSide(each) for each in abilities))
    return _played[key]


def _first(one: list[str], other: list[str]) -> tuple[str, str]:
    """Where two lists of messages part."""
    pairs = zip_longest(one, other, fillvalue="nothing")
    return next(pair for pair in pairs if pair[0] != pair[1])
