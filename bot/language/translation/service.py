"""Translating what citizens write: memory first, then the cache, then the engines in their order, and checks on what they give.

Invariants:

* Every text comes back: translated, or as the original with the reason why.
* What a person has reviewed is used before any machine. It is not checked again.
* All of it ends within the budget, whatever the engines do; one that hangs leaves time for the next.
* A text that an engine cannot bear does not take the others with it.
* The same text in the same pair is asked for once, however many tables wait for it, and never again once it is in the cache.
* Nothing that failed a check is kept in the cache as if it were good: the findings are kept with it.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Protocol

from bot.core.digest import normal
from bot.language.translation.breaker import Breaker
from bot.language.translation.checks import Detect, Finding, check, errors, told_apart
from bot.language.translation.glossary import Glossary
from bot.language.translation.plain import Pseudo
from bot.language.translation.port import Down, Engine, EngineFailed, NoPair, NotAllowed

BUDGET = 10.0
"""Seconds for one call of `translate`."""
SHARE = 0.6
"""As much of the time that is left an engine may take, as long as another one can be asked after it."""
NO_GLOSSARY = Glossary()


@dataclass(frozen=True, slots=True)
class Source:
    """A text to translate, and whose words it is: the cache keeps it under this person's key. "" is nobody's."""

    text: str
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Translation:
    """`text` in the language asked for; or the original, and then `why` says what was missing and `engine` is "".

    `reviewed`: a person has read this wording. `engine` and `version` name what made it, `via` the language in between.
    `findings` are what the checks say against it. `judged`: people who speak both languages have found that machines may put
    one into the other unread.
    """

    text: str
    engine: str = ""
    version: str = ""
    via: str = ""
    reviewed: bool = False
    findings: tuple[Finding, ...] = ()
    why: str = ""
    judged: bool = True

    @property
    def made(self) -> bool:
        """Whether this is another wording than the original."""
        return bool(self.engine)

    @property
    def sound(self) -> bool:
        """Whether nothing speaks against sending it, labelled, before a person has read it."""
        return self.made and self.judged and not errors(self.findings)


class Cache(Protocol):
    """What engines have given before, under keys that say nothing about the text."""

    async def look(self, keys: Sequence[str]) -> Mapping[str, Translation]:
        """Those that there are. Their findings are made anew."""

    async def keep(self, made: Mapping[str, tuple[Source, Translation]]) -> None:
        """Keep these, each under its owner's key."""


class NoCache:
    """A cache that keeps nothing."""

    async def look(self, keys: Sequence[str]) -> Mapping[str, Translation]:
        return {}

    async def keep(self, made: Mapping[str, tuple[Source, Translation]]) -> None:
        return None


@dataclass(frozen=True)
class Orders:
    """Which engines are asked, in which order: for a pair, or else for all. A pair without its own takes `usual`. `judged` are
    the pairs of which people who speak both have found that what a machine makes may go out unread; None for all."""

    usual: tuple[Engine, ...] = ()
    pairs: Mapping[tuple[str, str], tuple[Engine, ...]] = field(default_factory=dict)
    pivots: Mapping[tuple[str, str], str] = field(default_factory=dict)
    judged: frozenset[tuple[str, str]] | None = None

    def of(self, source: str, target: str) -> tuple[Engine, ...]:
        return self.pairs.get((source, target), self.usual)

    def trusts(self, source: str, target: str) -> bool:
        """Whether what a machine makes of this pair may go out unread."""
        return self.judged is None or (source, target) in self.judged

    @property
    def engines(self) -> tuple[Engine, ...]:
        """All that are named, each once."""
        return tuple({id(e): e for e in (*self.usual, *(e for es in self.pairs.values() for e in es))}.values())


def short(language: str) -> str:
    """A language as engines and memories know it, without its country."""
    return language.split("-")[0]


class Translators:
    """All that can translate, behind one call."""

    def __init__(
        self,
        orders: Orders,
        cache: Cache | None = None,
        detect: Detect | None = None,
        clock: Callable[[], float] = time.monotonic,
        budget: float = BUDGET,
    ) -> None:
        self._orders = orders
        self._cache = cache or NoCache()
        self._detect = detect
        self._clock = clock
        self._budget = budget
        self._breakers: dict[Engine, Breaker] = {}
        self._flights: dict[str, asyncio.Task[dict[Source, Translation]]] = {}

    @property
    def budget(self) -> float:
        """Seconds that one call takes at most."""
        return self._budget

    def keep_in(self, cache: Cache) -> None:
        """From now on what engines give is kept in this cache."""
        self._cache = cache

    def trusts(self, source: str, target: str) -> bool:
        """Whether what a machine makes of this pair may go out unread."""
        return self._orders.trusts(short(source), short(target))

    def covers(self, source: str, target: str) -> bool:
        """Whether a machine is asked for this pair, and what it makes may go out unread."""
        return self.trusts(source, target) and bool(self._orders.of(short(source), short(target)))

    def spoken(self, text: str, declared: str, among: Collection[str]) -> str:
        """The language of a text: the one that its author declared, unless it is long enough and surely in another one out of
        `among`. Without machines nobody looks."""
        if self._detect is None:
            return declared
        return told_apart(text, declared, among, self._detect)

    async def translate(
        self,
        texts: Sequence[Source],
        source: str,
        target: str,
        *,
        reviewed: Mapping[str, str] = MappingProxyType({}),
        glossary: Glossary = NO_GLOSSARY,
        names: Collection[str] = (),
    ) -> list[Translation]:
        """One `Translation` for each text, in the same order, within the budget. `reviewed` is what people have translated for
        this pair, by the `normal` original; `names` are never translated."""
        source, target = short(source), short(target)
        if source == target:
            return [Translation(text.text, why="same language") for text in texts]
        open_ = [t for t in dict.fromkeys(texts) if normal(t.text) not in reviewed and t.text.strip()]
        made = await self._by_machine(open_, source, target, glossary)
        return [self._checked(t, reviewed, made, source, target, glossary, names) for t in texts]

    async def close(self) -> None:
        """Let go of all engines."""
        for flight in {*self._flights.values()}:
            flight.cancel()
        for engine in self._orders.engines:
            await engine.close()

    def _checked(
        self,
        text: Source,
        reviewed: Mapping[str, str],
        made: Mapping[Source, Translation],
        source: str,
        target: str,
        glossary: Glossary,
        names: Collection[str],
    ) -> Translation:
        by_hand = reviewed.get(normal(text.text))
        if by_hand is not None:
            return Translation(by_hand, "memory", reviewed=True)
        found = made.get(text, Translation(text.text, why="nothing to translate"))
        if not found.made:
            return found
        findings = check(text.text, found.text, source, target, glossary, names, self._detect)
        return replace(found, findings=findings, judged=self._orders.trusts(source, target))

    async def _by_machine(
        self, texts: Sequence[Source], source: str, target: str, glossary: Glossary
    ) -> dict[Source, Translation]:
        """From the cache, from a call that is under way already, or from an engine."""
        keys = {text: _key(text, source, target, glossary) for text in texts}
        kept = await self._cache.look(list(keys.values()))
        found = {text: kept[key] for text, key in keys.items() if key in kept}
        missing = [text for text in texts if text not in found]
        fresh = [text for text in missing if keys[text] not in self._flights]
        if fresh:
            call = asyncio.create_task(self._ask_and_keep(fresh, keys, source, target))
            self._flights |= dict.fromkeys([keys[text] for text in fresh], call)
        for text, flight in [(text, self._flights[keys[text]]) for text in missing]:
            found[text] = (await asyncio.shield(flight))[text]
        return found

    async def _ask_and_keep(
        self, texts: Sequence[Source], keys: Mapping[Source, str], source: str, target: str
    ) -> dict[Source, Translation]:
        try:
            made = await self._ask(texts, source, target)
            await self._cache.keep({keys[text]: (text, one) for text, one in made.items() if one.made})
            return made
        finally:
            for text in texts:
                self._flights.pop(keys[text], None)

    async def _ask(self, texts: Sequence[Source], source: str, target: str) -> dict[Source, Translation]:
        """Ask the engines in their order, until all is translated or the budget is spent."""
        made: dict[Source, Translation] = {}
        reasons: list[str] = []
        engines = [e for e in self._orders.of(source, target) if not self._resting(e, reasons)]
        loop = asyncio.get_running_loop()
        end = loop.time() + self._budget
        for number, engine in enumerate(engines, 1):
            left = [text for text in texts if text not in made]
            if not left:
                break
            seconds = (end - loop.time()) * (SHARE if number < len(engines) else 1)
            try:
                async with asyncio.timeout(seconds):
                    reasons += await self._try(engine, left, source, target, made)
            except TimeoutError:
                reasons.append(f"{engine.name}: {max(seconds, 0):.2g} seconds were not enough")
        why = "; ".join(reasons) or f"no engine for {source} to {target}"
        return {text: made.get(text, Translation(text.text, why=why)) for text in texts}

    async def _try(
        self, engine: Engine, texts: Sequence[Source], source: str, target: str, made: dict[Source, Translation]
    ) -> list[str]:
        """Ask one engine; what it gives goes into `made`. Why it gave nothing, where it did."""
        breaker = self._breakers.setdefault(engine, Breaker())
        fitting = [text for text in texts if len(text.text) <= engine.longest]
        said = [f"{engine.name}: the text is too long for it"] if len(fitting) < len(texts) else []
        try:
            for start in range(0, len(fitting), engine.at_once):
                said += await self._some(engine, fitting[start : start + engine.at_once], source, target, made)
        except NoPair as error:
            return [f"{engine.name}: {error}"]
        except NotAllowed as error:
            breaker.failed(str(error), self._clock(), for_good=True)
            return [f"{engine.name}: {error}"]
        except EngineFailed as error:
            breaker.failed(str(error), self._clock(), error.after if isinstance(error, Down) else 0.0)
            return [f"{engine.name}: {error}"]
        except asyncio.CancelledError:
            breaker.failed("it did not answer in time", self._clock())
            raise
        if fitting:
            breaker.worked()
        return said

    async def _some(
        self, engine: Engine, texts: Sequence[Source], source: str, target: str, made: dict[Source, Translation]
    ) -> list[str]:
        """Ask for as many texts as go into one call; where that fails, for each alone. An engine that fails with two of them has
        failed. Why it gave nothing for one of them."""
        try:
            done = await self._directly_or_over(engine, [t.text for t in texts], source, target)
            made |= dict(zip(texts, done, strict=True))
            return []
        except (NoPair, NotAllowed):
            raise
        except EngineFailed as error:
            if len(texts) == 1 or (isinstance(error, Down) and error.after):
                raise
        said: list[str] = []
        for text in texts:
            try:
                (made[text],) = await self._directly_or_over(engine, [text.text], source, target)
            except EngineFailed as error:
                if said:
                    raise
                said.append(f"{engine.name}: {error}")
        return said

    def _resting(self, engine: Engine, reasons: list[str]) -> bool:
        """Whether an engine is left alone for a while; if so, the reason is added."""
        breaker = self._breakers.setdefault(engine, Breaker())
        if breaker.open_until(self._clock()):
            reasons.append(f"{engine.name}: {breaker.why}")
            return True
        return False

    async def _directly_or_over(
        self, engine: Engine, texts: Sequence[str], source: str, target: str
    ) -> list[Translation]:
        """In one go, or where the engine lacks the pair, over the language that the config names for it."""
        pivot = self._orders.pivots.get((source, target), "")
        try:
            return [Translation(m.text, engine.name, m.version) for m in await engine.translate(texts, source, target)]
        except NoPair:
            if not pivot:
                raise
        between = await engine.translate(texts, source, pivot)
        done = await engine.translate([m.text for m in between], pivot, target)
        return [Translation(m.text, engine.name, m.version, via=pivot) for m in done]


def _key(text: Source, source: str, target: str, glossary: Glossary) -> str:
    """Under which a translation is kept: other words, another pair, another glossary or another owner, another key."""
    parts = "\x1f".join((normal(text.text), source, target, glossary.version, text.owner))
    return hashlib.sha256(parts.encode()).hexdigest()


SIMPLE: Mapping[str, tuple[Engine, ...]] = MappingProxyType({"none": (), "pseudo": (Pseudo(),)})


def simple(name: str) -> Translators:
    """The translators called `none` (memories alone) or `pseudo` (for rehearsals and tests). ValueError lists these names."""
    if name not in SIMPLE:
        raise ValueError(f'There is no translation engine "{name}". Allowed are: {", ".join(sorted(SIMPLE))}.')
    return Translators(Orders(SIMPLE[name]))
