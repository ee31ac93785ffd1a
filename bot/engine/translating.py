"""Somebody's words into another language: what people have translated first, then what machines give, looked at and kept.

Invariants:

* Every contribution is translated from its own language (`Contribution.spoken`), wherever and by whom it is read.
* A person's word stands over a machine's: what is `reviewed`, `questioned` or `withdrawn` no machine replaces.
* Whatever was changed or taken back while the machine worked gets no translation.
* No transaction waits for a machine.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.core.digest import normal
from bot.core.state import Contribution, Translated
from bot.engine.clock import Clock
from bot.engine.house import House
from bot.engine.together import Together
from bot.language.translation.checks import DOUBTS
from bot.language.translation.glossary import Glossary
from bot.language.translation.service import Source, Translation, Translators, short
from bot.store import memories, opinions, people, tables, translations
from bot.store.connection import Store
from bot.store.database import Database
from bot.store.memories import Given, Remembered
from bot.store.times import ms

Why = Literal["missing", "checked", "unjudged", "withdrawn"]
"""Why a translation is held: there is `missing` one, since neither people nor machines gave any; the machine's was `checked` and
something speaks against it; the pair of languages is `unjudged`, so that a person reads each one first; or a person has
`withdrawn` what there was."""

OPEN = frozenset({"machine", "held"})
"""The states of a translation that no person has looked at."""


@dataclass(frozen=True, slots=True)
class Held:
    """A translation that may not go out before a person has read it. `draft` is what there is, if anything; `said` is what the
    engines said, for whoever runs them."""

    why: Why
    draft: Translated | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Into:
    """What became of some contributions in a language: those in `own` are in it already, the `sound` ones may go out with their
    label, the `held` ones wait for a person, and their originals stand in their place. What was taken back is in none."""

    language: str
    own: frozenset[str]
    sound: Mapping[str, Translated]
    held: Mapping[str, Held]

    @property
    def engine(self) -> str:
        """Who has translated what is sound, joined by +; "none" where nothing is."""
        return "+".join(sorted({one.engine for one in self.sound.values()})) or "none"


class Translating:
    """Translates contributions, and keeps what came of it."""

    def __init__(self, store: Store, house: House, translators: Translators, clock: Clock) -> None:
        self._store, self._house, self._translators, self._clock = store, house, translators, clock
        self._together = Together(store)
        translators.keep_in(Remembering(store, self._together, clock))

    async def into(self, assembly: str, ids: Iterable[str], language: str) -> Into:
        """These contributions in a language, as far as it goes. It takes no longer than the machines' budget."""
        found = await self._store.read(_look, self._house, assembly, list(dict.fromkeys(ids)))
        heard = [self._heard(given, found.languages) for given in found.given]
        groups: defaultdict[str, list[Contribution]] = defaultdict(list)
        for given in heard:
            if short(given.spoken) != short(language):
                groups[given.spoken].append(given)
        works = await asyncio.gather(
            *(self._from(assembly, source, language, some, found.names) for source, some in groups.items())
        )
        made = {id: work for some in works for id, work in some.items()}
        trusted = {source: self._translators.trusts(source, language) for source in groups}
        return await self._together.transact(_keep, assembly, language, heard, made, trusted, ms(self._clock.now()))

    def _heard(self, given: Contribution, languages: Sequence[str]) -> Contribution:
        """With the language of its words, where that is surely another one than its author declared."""
        if given.written:
            return given
        spoken = self._translators.spoken(given.text, given.language, languages)
        return replace(given, written=spoken) if short(spoken) != short(given.language) else given

    async def _from(
        self, assembly: str, source: str, language: str, some: Sequence[Contribution], names: Sequence[str]
    ) -> dict[str, Translation]:
        """What is new of contributions in one language; nothing of those that are translated already."""
        known = await self._store.read(_known, self._house, assembly, source, language, some)
        left = [given for given in some if given.id not in known.done]
        made = await self._translators.translate(
            [Source(given.text, given.seat) for given in left], source, language,
            reviewed=known.reviewed, glossary=known.glossary, names=names,
        )  # fmt: skip
        return {given.id: one for given, one in zip(left, made, strict=True)}


class Remembering:
    """The cache of what machines gave, in the database."""

    def __init__(self, store: Store, together: Together, clock: Clock) -> None:
        self._store, self._together, self._clock = store, together, clock

    async def look(self, keys: Sequence[str]) -> Mapping[str, Translation]:
        found = await self._store.read(memories.given, keys) if keys else {}
        return {key: Translation(one.text, one.engine, one.version, one.via) for key, one in found.items()}

    async def keep(self, made: Mapping[str, tuple[Source, Translation]]) -> None:
        rows = {
            key: (source.owner, Given(one.text, one.engine, one.version, one.via))
            for key, (source, one) in made.items()
        }
        if rows:
            await self._together.transact(memories.keep, rows, ms(self._clock.now()))


@dataclass(frozen=True, slots=True)
class _Found:
    """The contributions that stand, what the people at their tables are called, and the languages of the assembly."""

    given: Sequence[Contribution]
    names: Sequence[str]
    languages: Sequence[str]


def _look(db: Database, house: House, assembly: str, ids: Sequence[str]) -> _Found:
    found = [one for id in ids if (one := opinions.contribution(db, assembly, id)) is not None and one.state == "live"]
    seats: set[str] = set()
    for table in {one.table for one in found if one.table}:
        sitting = tables.load_table(db, assembly, table)
        seats |= {seat.id for seat in sitting.everybody} if sitting is not None else set()
    names = sorted(set(people.names(db, sorted(seats)).values()))
    return _Found(found, names, house.flow(db, assembly).languages)


@dataclass(frozen=True, slots=True)
class _Known:
    """What there is before a machine is asked: the ids that are `done`, what people have translated, and the glossary."""

    done: frozenset[str]
    reviewed: Mapping[str, str]
    glossary: Glossary


def _known(
    db: Database, house: House, assembly: str, source: str, language: str, some: Sequence[Contribution]
) -> _Known:
    texts = [normal(given.text) for given in some]
    flows = house.memory(db, assembly, source, language)
    reviewed = {text: flows[text] for text in texts if text in flows}
    reviewed |= memories.recall(db, assembly, short(source), short(language), texts)
    before = translations.load_all(db, assembly, [given.id for given in some], language)
    done = {
        given.id
        for given in some
        if (one := before.get(given.id)) is not None and (one.state not in OPEN or normal(given.text) not in reviewed)
    }
    return _Known(frozenset(done), reviewed, house.glossary(db, assembly, source, language))


def _keep(
    db: Database,
    assembly: str,
    language: str,
    heard: Sequence[Contribution],
    made: Mapping[str, Translation],
    trusted: Mapping[str, bool],
    at: int,
) -> Into:
    """Store what is new of words that stand as they were, and sort all of it."""
    own, sound, held = set[str](), dict[str, Translated](), dict[str, Held]()
    for given in heard:
        stands = opinions.contribution(db, assembly, given.id)
        if stands is None or stands.state != "live" or stands.text != given.text:
            continue
        if given.written != stands.written:
            opinions.spoken(db, assembly, given.id, given.written)
        if short(given.spoken) == short(language):
            own.add(given.id)
            continue
        found = _kept(db, assembly, given.id, language, made.get(given.id), trusted[given.spoken], at)
        if isinstance(found, Held):
            held[given.id] = found
        else:
            sound[given.id] = found
    return Into(language, frozenset(own), sound, held)


def _kept(
    db: Database, assembly: str, id: str, language: str, made: Translation | None, trusted: bool, at: int
) -> Translated | Held:
    """A translation that is there, or now is. What a person has said of it meanwhile stands."""
    there = translations.load(db, assembly, id, language)
    if there is not None and (made is None or there.state not in OPEN):
        if there.state == "held" and trusted and not set(there.findings) - DOUBTS:
            there = replace(there, state="machine")  # people have judged the pair since
            translations.save(db, assembly, there, at)
        return _sorted(there)
    if made is None or not made.made:
        return Held("missing", said=made.why if made is not None else "")
    state: Literal["reviewed", "machine", "held"] = "reviewed" if made.reviewed else "machine" if made.sound else "held"
    findings = tuple(finding.about for finding in made.findings)
    one = Translated(id, language, made.text, made.engine, state, made.version, made.via, findings=findings)
    translations.save(db, assembly, one, at)
    return _sorted(one)


def _sorted(one: Translated) -> Translated | Held:
    """A translation, or why it may not go out as it is."""
    if one.state == "withdrawn":
        return Held("withdrawn", one)
    if one.state == "held":
        return Held("checked" if set(one.findings) - DOUBTS else "unjudged", one)
    return one


def remember(db: Database, assembly: str, made: Translated, at: int) -> None:
    """What a person has translated or read is used for the same words from now on; what one has withdrawn no longer is."""
    given = opinions.contribution(db, assembly, made.contribution)
    if given is None or made.state not in ("reviewed", "withdrawn"):
        return
    source, target = short(given.spoken), short(made.language)
    one = Remembered(source, target, given.text, made.text, given.id, given.seat, made.by)
    if made.state == "reviewed":
        memories.learn(db, assembly, one, at)
    else:
        memories.unlearn(db, assembly, one)
