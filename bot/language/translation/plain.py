"""Engines that need nothing from outside."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.language.translation.port import Made


class Pseudo:
    """Shows where a translation would stand: "Wir brauchen 3 Züge" becomes "⟦de→en⟧ Wír bráúchén 3 Zügé". For rehearsals and
    tests; numbers, links and @names stay as they are."""

    name = "pseudo"
    longest = 1_000_000
    at_once = 1000

    async def pairs(self) -> None:
        """Any pair."""

    async def translate(self, texts: Sequence[str], source: str, target: str) -> list[Made]:
        return [Made(f"⟦{source}→{target}⟧ {_accented(text)}") for text in texts]

    async def close(self) -> None:
        """There is nothing to let go of."""


_KEPT = re.compile(r"(\w+://\S+|[@#]\S+|\{[^{}]*\})")
_ACCENTS = str.maketrans("aeiouAEIOU", "áéíóúÁÉÍÓÚ")


def _accented(text: str) -> str:
    """The text with accents on its vowels. Splitting at a group puts what is kept at the odd places."""
    pieces = _KEPT.split(text)
    return "".join(piece if i % 2 else piece.translate(_ACCENTS) for i, piece in enumerate(pieces))
