"""How people write commands: with / or with !, and with slips of the finger."""

from __future__ import annotations

import re

from bot.core.rights import COMMANDS

START = "start"
"""What a phone says of itself when a chat is opened, for the first time or again."""

SPOKEN: frozenset[str] = frozenset((*COMMANDS, START))
"""What people may write as a command: besides these what a phone says of itself when a chat is opened."""


def commanded(text: str) -> str:
    """What somebody wrote, with the / of a command where they wrote it with !, as people do where the chat program keeps what
    begins with / for itself. Only our own commands are read so, and what is one slip away from one: its author is asked then, and
    the table is not told "!hlep"."""
    found = _SHOUTED.match(text)
    if found is None:
        return text
    word = found[1].casefold()
    ours = word in SPOKEN or any(_slipped(word, name) for name in SPOKEN)
    return f"/{text[found.start(1) :]}" if ours else text


def _slipped(word: str, name: str) -> bool:
    """Whether one slip of a finger makes the one out of the other: two letters swapped, or, in a name that is long enough to be
    told from other words, a letter wrong, missing or too many. "!not" is no slip of "!note"."""
    same = next(
        (i for i, pair in enumerate(zip(word, name, strict=False)) if pair[0] != pair[1]), min(len(word), len(name))
    )
    one, other = word[same:], name[same:]
    swapped = one[:2] == other[1::-1] and one[2:] == other[2:]
    other_letter = one[1:] == other[1:] or one[1:] == other or one == other[1:]
    return len(name) > 3 and (swapped or (len(name) > 4 and other_letter))


_SHOUTED = re.compile(r"\s*!(\w+)(?=[\s@]|\Z)")
