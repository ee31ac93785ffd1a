"""Names that one person could mistake for another: what they look like, not how they are spelled.

Invariants:

* Whatever a reader takes for the same counts as the same: letters of other scripts, capitals and small letters, accents,
  invisible signs, punctuation and spaces make no difference, nor do rn and m, vv and w.
* Being alike is symmetric, and every name is like itself. It is not transitive: a capital I is like l and like i, these two
  are not like each other.

The table follows the confusables of Unicode Technical Standard #39 (https://www.unicode.org/reports/tr39/), as far as they
look like Latin letters and digits; letters with a stroke through them are added.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from bot.core.names import clean_name

Look = tuple[frozenset[str], ...]
"""What each place of a name may be read as."""

_TABLE = {
    "2": "ƧϨᒿꙄꝚ", "3": "ƷȜЗӠⳌꝪꞫ", "4": "Ꮞ", "5": "Ƽ", "6": "бᏮⳒ", "8": "Ȣȣ", "9": "ⳊꝮ", "A": "ΑАᎪᗅꓮ", "B": "ΒВᏴᗷꓐꞴ",
    "C": "ϹСᏟⲤꓚ", "D": "ÐĐƉᎠᗞᗪꓓ", "E": "ΕЕᎬⴹꓰ", "F": "ϜᖴꓝꞘ", "G": "ԌᏀᏳꓖ", "H": "ĦΗНᎻᕼⲎꓧ", "J": "ͿЈᎫᒍꓙꞲ",
    "K": "ΚКᏦᛕⲔꓗ", "L": "ŁᏞᒪⳐꓡ", "M": "ΜϺМᎷᗰᛖⲘꓟ", "N": "ΝⲚꓠ", "O": "0ØƟΟОՕዐⲞⵔꓳ", "P": "ΡРᏢᑭⲢꓑ", "Q": "ⵕ",
    "R": "ƦᎡᏒᖇꓣ", "S": "ЅՏᏕᏚꓢ", "T": "ŦΤТᎢⲦꓔ", "U": "Սሀᑌꓴ", "V": "ѴᏙᐯⴸꓦ", "W": "ԜᎳᏔꓪ", "X": "ΧХᚷⲬⵝꓫꞳ",
    "Y": "ΥϒУҮᎩᎽⲨꓬ", "Z": "ƵΖᏃꓜ", "a": "ɑαа", "b": "ƀƄЬᏏᑲᖯ", "c": "ϲсᴄⲥꮯ", "d": "ðđԁᏧᑯꓒ", "e": "еҽꬲ", "f": "քẝꞙꬵ",
    "g": "ƍɡցᶃ", "h": "ħһհᏂ", "i": "ıɩɪιіӏᎥιꙇꭵ", "j": "ϳј", "k": "ĸκк", "l": "1I|łƖƚǀɫΙІӀᛁⲒⵏꓲ", "n": "ŋηոռ",
    "o": "øɵοσоօჿᴏᴑⲟꬽ", "p": "ρϱрⲣ", "q": "ԛգզ", "r": "гᴦⲅꭇꭈꮁ", "s": "ƽѕꜱꮪ", "t": "ŧτт", "u": "ʋυսᴜꞟꭎꭒ", "v": "νѵᴠꮩ",
    "w": "ɯѡԝաᴡꮃ", "x": "хᕁᕽ", "y": "ɣʏγуүყᶌỿꭚ", "z": "ƶᴢꮓ",
}  # fmt: skip
_LIKE = str.maketrans({sign: letter for letter, signs in _TABLE.items() for sign in signs})
_PAIRS = str.maketrans({"ß": "ss", "ẞ": "ss", "æ": "ae", "Æ": "ae", "ӕ": "ae", "Ӕ": "ae", "œ": "oe", "Œ": "oe"})
_JOINED = {("r", "n"): "m", ("v", "v"): "w"}
_NUMBER = re.compile(r"(?<=\S) \d{1,4}$")


def look(name: str) -> Look:
    """What a reader sees of a name."""
    places: list[frozenset[str]] = []
    for sign in unicodedata.normalize("NFKD", clean_name(name)).translate(_PAIRS):
        plain = sign.translate(_LIKE)
        if unicodedata.category(plain)[0] not in "LNM" or "\u0300" <= sign <= "\u036f":
            continue
        # Of letters that are not Latin a small one may be taken for the Latin letter that its capital looks like.
        capital = sign if sign.isascii() else sign.upper()[:1].translate(_LIKE).casefold()
        place = frozenset((sign.casefold().translate(_LIKE).casefold(), plain.casefold(), capital.casefold()))
        if places and (joined := _JOINED.get((_only(places[-1]), _only(place)))):
            places[-1] = frozenset((joined,))
        else:
            places.append(place)
    return tuple(places)


def alike(one: str, other: str) -> bool:
    """Whether a person could mistake one of these names for the other."""
    return _meet(look(one), look(other))


def holds(name: str, word: str) -> bool:
    """Whether a reader sees this word somewhere in the name."""
    seen, sought = look(name), look(word)
    return any(_meet(seen[at : at + len(sought)], sought) for at in range(len(seen) - len(sought) + 1))


def bare(name: str) -> str:
    """A name without the number behind it."""
    return _NUMBER.sub("", name)


def distinct(name: str, taken: Collection[str]) -> str:
    """The name, or, where somebody at hand has one that looks like it, with the first free number from 2 behind it."""
    looks = [look(other) for other in taken]
    candidate, number = name, 1
    while any(_meet(look(candidate), other) for other in looks):
        number += 1
        candidate = f"{bare(name)} {number}"
    return candidate


def _meet(one: Look, other: Look) -> bool:
    return len(one) == len(other) and all(a & b for a, b in zip(one, other, strict=True))


def _only(place: frozenset[str]) -> str:
    return next(iter(place)) if len(place) == 1 else ""
