"""DeepL, a company's service. Citizens' words leave the house: the consent text of the flow must say so.

Source: https://developers.deepl.com/docs/api-reference/translate
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.language.asking import Answered, Service
from bot.language.translation.port import Down, Made, NoPair, TooLong

_VARIANT = {"en": "EN-GB", "pt": "PT-PT"}
"""DeepL wants to know which English and which Portuguese to write."""


class DeepL:
    """An account. Free keys end in ":fx" and have an address of their own; `url` is for another one."""

    name = "deepl"
    longest = 30_000
    at_once = 50

    def __init__(self, key: str, url: str = "") -> None:
        where = url or ("https://api-free.deepl.com" if key.endswith(":fx") else "https://api.deepl.com")
        self._service = Service(where, {"Authorization": f"DeepL-Auth-Key {key}"})

    async def pairs(self) -> frozenset[tuple[str, str]]:
        from_ = await self._languages("source")
        to = await self._languages("target")
        return frozenset((a, b) for a in from_ for b in to if a != b)

    async def translate(self, texts: Sequence[str], source: str, target: str) -> list[Made]:
        to = _VARIANT.get(target, target.upper())
        body = {"text": list(texts), "source_lang": source.upper(), "target_lang": to, "preserve_formatting": True}
        try:
            found = await self._service.ask("/v2/translate", body=body)
        except Answered as error:
            raise _meant(error, source, target) from None
        try:
            got = [str(row["text"]) for row in found["translations"]]
        except (TypeError, KeyError):
            raise Down("it answered something else than translations") from None
        if len(got) != len(texts):
            raise Down("it answered another number of translations")
        return [Made(one) for one in got]

    async def close(self) -> None:
        await self._service.close()

    async def _languages(self, kind: str) -> set[str]:
        found = await self._service.ask("/v2/languages", query={"type": kind})
        try:
            return {str(row["language"]).lower().partition("-")[0] for row in found}
        except (TypeError, KeyError):
            raise Down("it answered something else than its languages") from None


def _meant(error: Answered, source: str, target: str) -> Exception:
    if error.status == 413:
        return TooLong("the texts are too long for it")
    if "_lang" in error.said:
        return NoPair(f"it does not translate from {source} to {target}")
    return Down(str(error))
