"""Words that turn a sentence round ("not", "keine"), and words that speak for many ("all", "la plupart"), in the languages that
we know. Nothing here understands a sentence; it only sees that two texts differ in such words.

An embedding does not see them at all: "should be banned" and "should not be banned" look the same to it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

_NEGATION: Mapping[str, str] = MappingProxyType(
    {
        "de": r"nicht|nichts|nie|niemals|niemand\w*|kein\w*|ohne|weder|gegen|statt|stopp\w*|verb[io]t\w*|verboten\w*|abschaff\w*"
        r"|abgeschafft|ablehn\w*|verhinder\w*|weg",
        "en": r"not|n't|cannot|never|no|none|nobody|nothing|without|neither|nor|against|instead|stop|ban\w*|forbid\w*|forbidden"
        r"|abolish\w*|reject\w*|prevent\w*|less|fewer",
        "fr": r"(?:ne\s|n')(?:\s?[\w']+\s){1,4}?(?:pas|jamais|rien|personne|plus|guère|aucun\w*)"
        r"|ne|n'|pas|jamais|aucun\w*|personne|rien|sans|ni|contre|non|interdi\w*|supprim\w*|refus\w*|empêch\w*|moins|stop",
        "es": r"no|nunca|jamás|ningun\w*|ningún|nadie|nada|sin|ni|contra|prohib\w*|abol\w*|rechaz\w*|menos",
        "it": r"non|mai|nessun\w*|niente|nulla|senza|né|contro|viet\w*|aboli\w*|rifiut\w*|meno",
        "nl": r"niet\w*|nooit|geen|niemand|niets|zonder|noch|tegen|verb[io]\w*|verboden|afschaf\w*|minder",
        "pl": r"nie|nigdy|żad\w*|nikt|nic|bez|ani|przeciw\w*|zakaz\w*|znie\w*",
        "pt": r"não|nunca|jamais|nenhum\w*|ninguém|nada|sem|nem|contra|proib\w*|aboli\w*|menos",
    }
)
_MANY: Mapping[str, str] = MappingProxyType(
    {
        "de": r"alle\w*|jede\w*|niemand\w*|die meisten|mehrheit\w*|viele\w*|überall|immer|einhellig|einig",
        "en": r"all|every\w*|nobody|no one|most|majority|many|everywhere|always|unanimous\w*|consensus",
        "fr": r"tous|toutes|tout le monde|chacun\w*|personne|la plupart|majorité|beaucoup|partout|toujours|unanim\w*|consensus",
        "es": r"tod[oa]s|cada|nadie|la mayoría|much[oa]s|siempre|unánim\w*|consenso",
        "it": r"tutt[ie]|ognuno|nessuno|la maggior parte|maggioranza|molt[ie]|sempre|unanim\w*|consenso",
        "nl": r"alle\w*|iedereen|niemand|de meeste|meerderheid|veel|altijd|unaniem|consensus",
        "pl": r"wszys\w*|każd\w*|nikt|większość|wiele|zawsze|jednogłoś\w*",
        "pt": r"todos|todas|cada|ninguém|a maioria|muit[oa]s|sempre|unânim\w*|consenso",
    }
)


def known(language: str) -> bool:
    """Whether we know such words of a language."""
    return language in _NEGATION


def negations(text: str, language: str) -> int:
    """How many words of a text turn it round. LookupError where we do not know the language."""
    return len(_found(_NEGATION, text, language))


def speaks_for_many(text: str, language: str) -> bool:
    """Whether a text says that many or all are of a mind. LookupError where we do not know the language."""
    return bool(_found(_MANY, text, language))


def turned_round(one: str, other: str, language: str, of_other: str = "") -> bool:
    """Whether one of two texts, in one language or the second in another one, may be the contrary of the other: only one of them
    is negated, or both an even and an odd number of times. Of languages that we do not know, any two texts may be."""
    second = of_other or language
    if not known(language) or not known(second):
        return True
    return negations(one, language) % 2 != negations(other, second) % 2


def _found(words: Mapping[str, str], text: str, language: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    folded = re.sub(r"\bn't\b|(?<=\w)n't\b", " n't", folded)
    return re.findall(rf"(?<![\w'])(?:{words[language]})(?![\w])", folded)
