"""Other services through the library deep-translator. It blocks, has no limit of time, and each of its classes fails in a way
of its own, so every call gets a thread and an instance of its own, and every error is put into our words.

One instance used by several threads mixes up its users' texts; that is why none is kept.
"""

from __future__ import annotations

import asyncio
import importlib
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from types import MappingProxyType
from typing import Any

from bot.language.translation.port import Down, EngineFailed, Made, NoPair, NotAllowed, TooLong

SERVICES: Mapping[str, tuple[str, int]] = MappingProxyType(
    {
        "google": ("GoogleTranslator", 4999),
        "mymemory": ("MyMemoryTranslator", 499),
        "microsoft": ("MicrosoftTranslator", 5000),
        "yandex": ("YandexTranslator", 5000),
        "qcri": ("QcriTranslator", 4999),
    }
)
"""The services that the library reaches, their classes, and the characters that they take."""

AT_ONCE = 4
"""Calls under way. Calls that hang keep their place, so that a service that never answers cannot eat up our threads."""

_REGIONS = {
    "en": "en-GB",
    "de": "de-DE",
    "fr": "fr-FR",
    "es": "es-ES",
    "it": "it-IT",
    "pt": "pt-PT",
    "nl": "nl-NL",
    "pl": "pl-PL",
}


class DeepTranslator:
    """One service. `options` are handed to the library's class: keys, and what else it asks for."""

    def __init__(self, service: str, options: Mapping[str, str] = MappingProxyType({})) -> None:
        if service not in SERVICES:
            raise ValueError(f'There is no service "{service}". Allowed are: {", ".join(sorted(SERVICES))}.')
        self.name = service
        self._class, self.longest = SERVICES[service]
        self._options = dict(options)
        self.at_once = 1
        self._free = threading.BoundedSemaphore(AT_ONCE)

    async def pairs(self) -> None:
        """The library's own list is that of its last release, so nothing is told."""

    async def translate(self, texts: Sequence[str], source: str, target: str) -> list[Made]:
        return [await self._one(text, source, target) for text in texts]

    async def close(self) -> None:
        """Nothing is kept. A call that hangs ends with the process."""

    async def _one(self, text: str, source: str, target: str) -> Made:
        if not self._free.acquire(blocking=False):
            raise Down(f"{AT_ONCE} calls are under way and none comes back")
        done: Future[str | None] = Future()
        work = threading.Thread(target=self._call, args=(done, text, source, target), daemon=True, name=self.name)
        work.start()
        try:
            found = await asyncio.wrap_future(done)
        except Exception as error:
            raise _meant(error, source, target) from None
        if not isinstance(found, str):
            # A text of emoji or marks alone comes back as None; it needs no translation.
            found = text
        return Made(found)

    def _call(self, done: Future[str | None], text: str, source: str, target: str) -> None:
        """On a thread of its own."""
        found: str | None = None
        failed: BaseException | None = None
        try:
            found = self._instance(source, target).translate(text)
        except BaseException as error:
            failed = error
        finally:
            self._free.release()
        if not done.set_running_or_notify_cancel():
            return
        if failed is not None:
            done.set_exception(failed)
        else:
            done.set_result(found)

    def _instance(self, source: str, target: str) -> Any:
        library = importlib.import_module("deep_translator")
        unknown = importlib.import_module("deep_translator.exceptions").LanguageNotSupportedException
        kind = getattr(library, self._class)
        try:
            return kind(source=source, target=target, **self._options)
        except unknown:
            return kind(source=_REGIONS.get(source, source), target=_REGIONS.get(target, target), **self._options)


def _meant(error: Exception, source: str, target: str) -> EngineFailed:
    """What an error of the library, or of what stands below it, means. They share no base class; we go by their names."""
    names = {kind.__name__ for kind in type(error).__mro__}
    if names & {"LanguageNotSupportedException", "InvalidSourceOrTargetLanguage"}:
        return NoPair(f"it does not translate from {source} to {target}")
    if names & {"NotValidLength", "NotValidPayload"}:
        return TooLong("the text is too long for it, or is none")
    if names & {"ApiKeyException", "AuthorizationException"}:
        return NotAllowed("it refuses our key")
    if "TooManyRequests" in names or "TOO_MANY" in str(error):
        return Down("it asks us to slow down", 60.0)
    return Down(f"it cannot be reached, or answers with an error ({type(error).__name__})")
