"""What people type about themselves and to each other, made safe to show.

Invariants: a cleaned name is one visible line and cleaning it again changes nothing; a cleaned text says what its author
wrote, without the characters that could turn around, hide or break what stands beside it. Nothing is cut in silence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from bot.core.message import Phrase, t

LONGEST_NAME = 24
"""Visible characters: accents and other marks on a letter count with it."""

_SPACES = re.compile(r"\s+")
# Letters and marks by category, but nothing to see: Hangul fillers, Khmer inherent vowels, joiners, the empty Braille cell.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_LINK = re.compile(r"://|www\.|[\w-]{2,}\.[a-z]{2,}(?![\w.])|\bt\.me\b|/")
_ID = re.compile(r"[a-z]{0,3}[-_#. ]?[0-9][0-9a-f\-_ ]{2,}", re.IGNORECASE)


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


def check_name(text: str) -> Phrase | None:
    """What is wrong with a chosen name, after `clean_name`; None if it will do."""
    name = clean_name(text)
    if not name:
        return t("I cannot see a name there. Please type the name you would like to be called.")
    if visible_length(name) > LONGEST_NAME or len(name) > 3 * LONGEST_NAME:
        return t("That name is too long: at most {most} characters, please. A first name is enough.", most=LONGEST_NAME)
    if "@" in name or _LINK.search(name):
        return t(
            "A name cannot hold an address or a link, so that nobody can find your account. Please choose another one."
        )
    if not any(unicodedata.category(c).startswith("L") for c in name) or _ID.fullmatch(name):
        return t("That looks like a number rather than a name. Please choose a name with letters, such as Anna.")
    return None


# Letters of other scripts, digits and signs that look like a Latin letter.
_LOOKALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХԐаеѕіјорсуһԁԛԝх" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧονρυ" + "I|10ıɡℓ’ʼ`´‐‑‒–—",
    "ABESIJKMHOPCTYXEaesijopcyhdqwx" + "ABEZHIKMNOPTYXovpu" + "lllOigl''''-----",
)


def _alike(name: str) -> set[str]:
    """Two names are the same to a reader's eye when these have something in common."""
    name = clean_name(name)
    latin = name.translate(_LOOKALIKES)
    # Twice: what is a capital I here may stand for a small l there, or simply be an i.
    return {
        clean_name(name.casefold()),
        clean_name(latin.casefold()),
        clean_name(latin.translate(_LOOKALIKES).casefold()),
    }


def distinct(name: str, taken: Collection[str]) -> str:
    """The name, with " 2", " 3" ... behind it when somebody at hand already has one that looks like it."""
    others = [_alike(other) for other in taken]
    candidate, number = name, 1
    while any(not _alike(candidate).isdisjoint(other) for other in others):
        number += 1
        candidate = f"{name} {number}"
    return candidate


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
