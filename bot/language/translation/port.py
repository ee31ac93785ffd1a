"""The port for machines that translate what citizens write, and what can go wrong with one.

An engine does one thing: some texts, from one language into another, within a call. Order, limits of time, checks, memory and
cache are the same for all of them and stand in `bot.language.translation.service`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class EngineFailed(Exception):
    """An engine gave nothing for this call. The message says why, in words for an organiser, without anything that a citizen
    has written."""


class NoPair(EngineFailed):
    """The engine does not know this pair of languages; asking again is of no use."""


class TooLong(EngineFailed):
    """The text has more characters than the engine takes."""


class Down(EngineFailed):
    """The engine is away, busy, or answers what nobody can use. `after`: so many seconds it asked us to wait; 0 if it did not
    say."""

    def __init__(self, why: str, after: float = 0.0) -> None:
        super().__init__(why)
        self.after = after


class NotAllowed(EngineFailed):
    """The engine does not let us in: a wrong key, or what was paid for is used up. Somebody has to look at the config."""


@dataclass(frozen=True, slots=True)
class Made:
    """What an engine gave for one text. `version` is what the engine says of itself, or of its model; "" if it says nothing."""

    text: str
    version: str = ""


class Engine(Protocol):
    """Turns texts of one language into another."""

    @property
    def name(self) -> str:
        """As it stands in the config and beside each text that it made."""

    @property
    def longest(self) -> int:
        """So many characters one text may have."""

    @property
    def at_once(self) -> int:
        """So many texts one call may have."""

    async def pairs(self) -> frozenset[tuple[str, str]] | None:
        """The pairs (from, to) that it knows, as language codes of two or three letters; None where it does not tell.
        Raises `EngineFailed`."""

    async def translate(self, texts: Sequence[str], source: str, target: str) -> list[Made]:
        """One `Made` for each text, in the same order. Raises `EngineFailed`."""

    async def close(self) -> None:
        """Let go of connections and threads."""
