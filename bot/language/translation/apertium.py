"""Apertium's web service: rules instead of a network, small and offline, good between the Romance languages.

It finds a way over other languages by itself where it has no direct pair. Source: https://wiki.apertium.org/wiki/Apertium-apy
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from bot.language.asking import Answered, Service
from bot.language.translation.port import Down, Made, NoPair

_THREE = {
    "af": "afr", "ar": "ara", "bg": "bul", "br": "bre", "ca": "cat", "cy": "cym", "da": "dan", "de": "deu", "en": "eng",
    "eo": "epo", "es": "spa", "eu": "eus", "fr": "fra", "gl": "glg", "hi": "hin", "id": "ind", "is": "isl", "it": "ita",
    "kk": "kaz", "mk": "mkd", "ms": "msa", "mt": "mlt", "nb": "nob", "nl": "nld", "nn": "nno", "oc": "oci", "pl": "pol",
    "pt": "por", "ro": "ron", "ru": "rus", "sc": "srd", "sl": "slv", "sv": "swe", "tr": "tur", "tt": "tat", "uk": "ukr",
    "ur": "urd",
}  # fmt: skip
_GAP = re.compile(r" +([.,])| {2,}")
"""It leaves a gap where a word falls away."""
_TWO = {three: two for two, three in _THREE.items()}


class Apertium:
    """One server."""

    name = "apertium"
    longest = 5000
    at_once = 1

    def __init__(self, url: str) -> None:
        self._service = Service(url)

    async def pairs(self) -> frozenset[tuple[str, str]]:
        """Every pair that it can reach, be it over several languages."""
        found = await self._service.ask("/listPairs")
        try:
            direct = {(row["sourceLanguage"], row["targetLanguage"]) for row in found["responseData"]}
        except (TypeError, KeyError):
            raise Down("it answered something else than its pairs") from None
        return frozenset((_TWO.get(a, a), _TWO.get(b, b)) for a, b in _reached(direct))

    async def translate(self, texts: Sequence[str], source: str, target: str) -> list[Made]:
        languages = f"{_THREE.get(source, source)}|{_THREE.get(target, target)}"
        return [Made(await self._one(text, languages, source, target)) for text in texts]

    async def close(self) -> None:
        await self._service.close()

    async def _one(self, text: str, languages: str, source: str, target: str) -> str:
        body = {"langpairs": languages, "q": text, "markUnknown": "no"}
        try:
            found = await self._service.ask("/translateChain", query=body)
        except Answered as error:
            raise NoPair(f"it does not translate from {source} to {target} ({error.status})") from None
        try:
            return _GAP.sub(lambda gap: gap[1] or " ", str(found["responseData"]["translatedText"]))
        except (TypeError, KeyError):
            raise Down("it answered something else than a translation") from None


def _reached(direct: set[tuple[str, str]]) -> set[tuple[str, str]]:
    onwards: defaultdict[str, set[str]] = defaultdict(set)
    for a, b in direct:
        onwards[a].add(b)
    found: set[tuple[str, str]] = set()
    for start in list(onwards):
        waiting, seen = [start], {start}
        while waiting:
            for b in onwards[waiting.pop()] - seen:
                seen.add(b)
                waiting.append(b)
                found.add((start, b))
    return found
