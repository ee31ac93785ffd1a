"""What has to be the same wherever a conversation goes on, and what cannot be."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path

from bot.rehearsal.script import Script
from bot.transports.port import Abilities
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
    assert there.answered == on_paper.answered
    assert there.deleted == on_paper.deleted
    assert there.changed >= on_paper.changed > 0
    return there


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
