"""The port for translating what citizens write. Interface texts never go through it: they come from the catalogs.

Two engines need nothing from outside: `none` hands the original on, `pseudo` marks it visibly, for rehearsals and tests.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Translation:
    """`text` in the language asked for, or the original. `machine` says that no person wrote or read this wording; such
    a text is labelled wherever it is shown. `engine` names what made it."""

    text: str
    engine: str
    machine: bool


class Translator(Protocol):
    """Turns texts of one language into another. Gives one `Translation` for each text, in the same order."""

    @property
    def name(self) -> str:
        """The engine's name, as it stands in the config and beside each text it made."""

    async def translate(self, texts: Sequence[str], source: str, target: str) -> list[Translation]:
        """`source` and `target` are language codes. Equal ones give the texts back unchanged."""


class NoTranslator:
    """Everybody reads the original."""

    name = "none"

    async def translate(self, texts: Sequence[str], source: str, target: str) -> list[Translation]:
        return [_original(text) for text in texts]


class PseudoTranslator:
    """Shows where a translation would stand: "Wir brauchen 3 Züge" becomes "⟦de→en⟧ Wír bráúchén 3 Zügé".

    Numbers, links and @names stay as they are, so that checks for them can be tried."""

    name = "pseudo"

    async def translate(self, texts: Sequence[str], source: str, target: str) -> list[Translation]:
        if source == target:
            return [_original(text) for text in texts]
        return [Translation(f"⟦{source}→{target}⟧ {_accented(text)}", self.name, machine=True) for text in texts]


_ENGINES: dict[str, Callable[[], Translator]] = {"none": NoTranslator, "pseudo": PseudoTranslator}
_KEPT = re.compile(r"(\w+://\S+|[@#]\S+|\{[^{}]*\})")
_ACCENTS = str.maketrans("aeiouAEIOU", "áéíóúÁÉÍÓÚ")


def engine(name: str) -> Translator:
    """The translator called `name`. Raises ValueError that lists the names there are."""
    if name not in _ENGINES:
        raise ValueError(f'There is no translation engine "{name}". Allowed are: {", ".join(sorted(_ENGINES))}.')
    return _ENGINES[name]()


def _original(text: str) -> Translation:
    return Translation(text, "none", machine=False)


def _accented(text: str) -> str:
    """The text with accents on its vowels. Splitting at a group puts what is kept at the odd places."""
    pieces = _KEPT.split(text)
    return "".join(piece if i % 2 else piece.translate(_ACCENTS) for i, piece in enumerate(pieces))
