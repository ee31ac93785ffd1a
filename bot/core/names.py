"""What people type about themselves and to each other, made safe to show.

Invariants: a cleaned name is one visible line and cleaning it again changes nothing; a cleaned text says what its author
wrote, without the characters that could turn around, hide or break what stands beside it. Nothing is cut in silence.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from bot.core.message import Phrase, t

_SPACES = re.compile(r"\s+")
# Letters and marks by category, but nothing to see: Hangul fillers, Khmer inherent vowels, joiners, the empty Braille cell.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}


def clean_name(text: str) -> str:
    """The name in one line: compatibility forms unified, controls and direction marks dropped, spaces collapsed."""
    before = None
    while before != text:
        before = text
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
        text = _SPACES.sub(" ", text)
        text = "".join(c for c in text if c == " " or unicodedata.category(c) not in _HIDDEN)
        text = _SPACES.sub(" ", text).strip()
    return text


def visible_length(text: str) -> int:
    """How many characters a reader sees, near enough: marks that sit on a letter are not counted."""
    return sum(not unicodedata.category(c).startswith("M") for c in text)


@dataclass(frozen=True)
class Cleaned:
    """A citizen's text. When it was too long, `cut` is true, `text` is its beginning and `problem` tells the author."""

    text: str
    cut: bool
    problem: Phrase | None = None


_LINES = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
# Controls except tab and newline, lone surrogates, noncharacters, and the bidi embeddings, overrides and isolates. The
# marks that some scripts need stay: LRM, RLM, ALM, ZWJ, ZWNJ.
HARMFUL = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufeff\ufffe\uffff]"
)


def clean_text(text: str, limit: int = 4000) -> Cleaned:
    """What a citizen wrote, word for word, without harmful characters; `limit` counts characters (code points)."""
    text = HARMFUL.sub("", _LINES.sub("\n", text)).strip()
    if len(text) <= limit:
        return Cleaned(text, cut=False)
    end = limit
    while end > limit - 20 and _holds_on(text[end]):  # do not part a letter from its marks
        end -= 1
    problem = t(
        "Your text has {length} characters, and {limit} are possible. Please shorten it, or send it in parts.",
        length=len(text),
        limit=limit,
    )
    return Cleaned(text[:end].rstrip(), cut=True, problem=problem)


def _holds_on(character: str) -> bool:
    return unicodedata.category(character).startswith("M") or character == "\u200d"
