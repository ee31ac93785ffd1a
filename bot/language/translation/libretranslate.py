"""LibreTranslate: free software that an agency runs itself, so that citizens' words stay with it. The recommended engine.

Source: the project's API, https://docs.libretranslate.com/
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.language.asking import Answered, Service
from bot.language.translation.port import Down, Made, NoPair, TooLong


class LibreTranslate:
    """One server. `key` is needed only where the server asks for one; it travels in the body, never in the address."""

    name = "libretranslate"
    at_once = 20

    def __init__(self, url: str, key: str = "", longest: int = 5000) -> None:
        self.longest = longest
        self._service = Service(url)
        self._key = key
        self._version: str | None = None

    async def pairs(self) -> frozenset[tuple[str, str]]:
        found = await self._service.ask("/languages")
        try:
            return frozenset((row["code"], to) for row in found for to in row["targets"] if to != row["code"])
        except (TypeError, KeyError):
            raise Down("it answered something else than its languages") from None

    async def translate(self, texts: Sequence[str], source: str, target: str) -> list[Made]:
        version = await self._told_version()
        body: dict[str, Any] = {"q": list(texts), "source": source, "target": target, "format": "text"}
        if self._key:
            body["api_key"] = self._key
        try:
            found = await self._service.ask("/translate", body=body)
        except Answered as error:
            raise _meant(error, source, target) from None
        got = found.get("translatedText") if isinstance(found, dict) else None
        if not isinstance(got, list) or len(got) != len(texts) or not all(isinstance(one, str) for one in got):
            raise Down("it answered something else than translations")
        return [Made(one, version) for one in got]

    async def close(self) -> None:
        await self._service.close()

    async def _told_version(self) -> str:
        """What the server says of itself, asked once; a server that does not say is used all the same."""
        if self._version is None:
            try:
                found = await self._service.ask("/spec")
                self._version = str(found["info"]["version"])[:40]
            except Down:
                return ""
            except (Answered, TypeError, KeyError):
                self._version = ""
        return self._version


def _meant(error: Answered, source: str, target: str) -> Exception:
    if error.status == 413 or "exceeds" in error.said:
        return TooLong("the text is too long for it")
    if "not supported" in error.said or "not available" in error.said:
        return NoPair(f"it does not translate from {source} to {target}")
    return Down(str(error))
