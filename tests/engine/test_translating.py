"""Contributions into another language: each from its own, a person's word first, and nothing unread that is not sound."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest

from bot.core.effects import Retell, Seated
from bot.core.state import Contribution, Translated
from bot.engine.translating import Into, Translating
from bot.language.translation.identify import identify
from bot.language.translation.port import Down, Made
from bot.language.translation.service import Orders, Translators
from bot.language.translation.tmx import Unit, write
from bot.store import identities, opinions, people, tables, translations
from bot.store.database import Database
from bot.store.memories import recall
from bot.store.times import ms
from tests.support.evening import EVENING
from tests.support.room import ASSEMBLY, Room, room

THREE = EVENING.replace('["en", "de"]', '["en", "de", "fr"]').replace('{ en = "', '{ fr = "…", en = "')
GLOSSARY = '\n[[glossary]]\nterm = { de = "Bürgerrat", en = "citizens\' assembly" }\nalso = { de = ["Bürgerräte"] }\n'
MORE_BUSES = "Wir brauchen am Sonntag mehr Busse zum Krankenhaus, auch in der Nacht."


class Machine:
    """Says into which language it would put a text; `says` overrules it, `fails` is raised, `gate` holds it up."""

    name, longest, at_once = "machine", 5000, 20

    def __init__(self) -> None:
        self.calls: list[tuple[tuple[str, ...], str, str]] = []
        self.says: dict[str, str] = {}
        self.fails: Exception | None = None
        self.arrived, self.gate = asyncio.Event(), asyncio.Event()
        self.gate.set()

    async def pairs(self) -> None:
        return None

    async def translate(self, texts: Sequence[str], source: str, target: str) -> list[Made]:
        self.calls.append((tuple(texts), source, target))
        self.arrived.set()
        await self.gate.wait()
        if self.fails is not None:
            raise self.fails
        return [Made(self.says.get(text, f"{target} {source} {text[:3]} {text[3:]}"), "v7") for text in texts]

    async def close(self) -> None:
        return None


@dataclass
class Desk:
    """A table with people at it, and what they have written."""

    here: Room
    machine: Machine
    translating: Translating
    seats: dict[str, str]

    async def wrote(self, id: str, who: str, text: str, language: str = "de", **more: object) -> str:
        given = {"at": self.here.clock.now(), "language": language, **more}
        one = Contribution(id, "talk", "t1", "linz", self.seats[who], "message", text, **given)  # type: ignore[arg-type]
        await self.here.store.transact(opinions.keep, ASSEMBLY, one)
        return id

    async def into(self, language: str, *ids: str) -> Into:
        return await self.translating.into(ASSEMBLY, ids, language)

    async def stored(self, id: str, language: str) -> Translated | None:
        return await self.here.store.read(translations.load, ASSEMBLY, id, language)


@asynccontextmanager
async def desk(
    flow: str = THREE, *, detect: bool = True, judged: frozenset[tuple[str, str]] | None = None, memory: str = ""
) -> AsyncIterator[Desk]:
    async with room(flow, more={"memory.tmx": memory} if memory else {}) as here:
        machine = Machine()
        machines = Translators(Orders((machine,), judged=judged), detect=identify if detect else None)
        seats = {name: await here.enrol(name) for name in ("anna", "ben")}
        await here.store.transact(
            tables.sit, ASSEMBLY, Seated("t1", "tables", "linz", 1, ("en", "de"), tuple(seats.values())), 0
        )
        yield Desk(here, machine, Translating(here.store, here.engine.house, machines, here.clock), seats)


async def test_each_is_translated_from_its_own_language_and_kept_with_who_made_it() -> None:
    async with desk(detect=False) as d:
        await d.wrote("c1", "anna", "Mehr Brot")
        await d.wrote("c2", "ben", "Plus de pain", "fr")
        await d.wrote("c3", "ben", "More bread", "en")
        found = await d.into("en", "c1", "c2", "c3", "nothing")
        assert found.own == {"c3"}
        assert {id: one.text for id, one in found.sound.items()} == {
            "c1": "en de Meh r Brot",
            "c2": "en fr Plu s de pain",
        }
        assert sorted((source, target) for _, source, target in d.machine.calls) == [("de", "en"), ("fr", "en")]
        assert await d.stored("c1", "en") == Translated("c1", "en", "en de Meh r Brot", "machine", "machine", "v7")
        assert found.engine == "machine"
        assert (await d.into("de", "c1")).engine == "none"


async def test_a_country_is_no_other_language() -> None:
    async with desk(detect=False) as d:
        await d.wrote("c1", "anna", "Mehr Brot", "de-AT")
        assert (await d.into("de-CH", "c1")).own == {"c1"}
        assert d.machine.calls == []


async def test_the_second_time_nobody_is_asked_not_even_after_a_restart() -> None:
    async with desk(detect=False) as d:
        await d.wrote("c1", "anna", "Mehr Brot")
        await d.wrote("c2", "anna", "Mehr  Brot")
        await d.wrote("c3", "ben", "Mehr Brot")
        first = await d.into("en", "c1")
        fresh = Translators(Orders((d.machine,)))
        again = Translating(d.here.store, d.here.engine.house, fresh, d.here.clock)
        assert (await again.into(ASSEMBLY, ["c1", "c2"], "en")).sound["c1"] == first.sound["c1"]
        assert len(d.machine.calls) == 1, "the same words of the same person come from the cache"
        await again.into(ASSEMBLY, ["c3"], "en")
        assert len(d.machine.calls) == 2, "somebody else's are theirs: nothing of one person hangs on another's key"
        await d.here.store.transact(identities.erase, d.seats["anna"])
        assert await again.into(ASSEMBLY, ["c1", "c2"], "en") == Into("en", frozenset(), {}, {})


async def test_words_in_another_language_than_declared_are_translated_from_that() -> None:
    async with desk() as d:
        await d.wrote("c1", "anna", MORE_BUSES, "fr")
        await d.wrote("short", "anna", "Da stimme ich dir vollkommen zu!", "fr")
        await d.wrote("dialect", "ben", "Mir händ z wenig Velowäg i de Stadt, und d Autos fahred vil z schnäll.", "de")
        await d.wrote("known", "ben", MORE_BUSES, "fr", written="en")
        found = await d.into("en", "c1", "short", "dialect", "known")
        pairs = {text: source for texts, source, _ in d.machine.calls for text in texts}
        assert pairs[MORE_BUSES] == "de"
        assert pairs["Da stimme ich dir vollkommen zu!"] == "fr", "too short to tell"
        assert "known" in found.own, "what is known already is not looked at again"
        assert {source for text, source in pairs.items() if text.startswith("Mir")} == {"de"}
        given = await d.here.store.read(opinions.contribution, ASSEMBLY, "c1")
        assert given is not None
        assert (given.language, given.written, given.spoken) == ("fr", "de", "de"), "and nobody was corrected"
        assert (await d.into("de", "c1")).own == {"c1"}


async def test_what_people_have_translated_goes_first_and_the_assemblys_own_before_the_flows() -> None:
    memory = write([Unit("de", "en", "Mehr Brot", "More bread"), Unit("de", "en", "Mehr Milch", "More milk")], "de")
    async with desk(memory=memory, detect=False, judged=frozenset()) as d:
        for id, text in (("c1", "Mehr Brot"), ("c2", "Mehr Milch"), ("c3", "Mehr Brot"), ("c4", "Mehr Brot")):
            await d.wrote(id, "anna", text)
        found = await d.into("en", "c1", "c2")
        assert {one.text for one in found.sound.values()} == {"More bread", "More milk"}
        assert {(one.state, one.engine) for one in found.sound.values()} == {("reviewed", "memory")}
        await d.here.apply([Retell(Translated("c1", "en", "Bread, more of it", "people", "reviewed", by="tom"))])
        assert (await d.into("en", "c3")).sound["c3"].text == "Bread, more of it"
        assert (await d.into("en", "c1")).sound["c1"].by == "tom"
        await d.here.apply([Retell(Translated("c3", "en", "Bread, more of it", "memory", "withdrawn", by="tom"))])
        assert (await d.into("en", "c4")).sound["c4"].text == "More bread", "what was withdrawn is not used again"
        assert (await d.into("en", "c3")).held["c3"].why == "withdrawn"
        assert d.machine.calls == []


async def test_a_machines_own_earlier_words_give_way_to_a_persons() -> None:
    async with desk(detect=False) as d:
        await d.wrote("c1", "anna", "Mehr Brot")
        await d.wrote("c2", "anna", "Mehr Brot")
        await d.into("en", "c1", "c2")
        await d.here.apply([Retell(Translated("c1", "en", "More bread", "people", "reviewed", by="tom"))])
        assert (await d.into("en", "c2")).sound["c2"].state == "reviewed"


@pytest.mark.parametrize("state", ["reviewed", "questioned"])
async def test_no_machine_replaces_what_a_person_has_looked_at(state: str) -> None:
    async with desk(detect=False) as d:
        await d.wrote("c1", "anna", "Mehr Brot")
        d.machine.gate.clear()
        asked = asyncio.create_task(d.into("en", "c1"))
        await d.machine.arrived.wait()
        kept = Translated("c1", "en", "More bread", "people", state, by="tom")  # type: ignore[arg-type]
        await d.here.store.transact(translations.save, ASSEMBLY, kept, ms(d.here.clock.now()))
        d.machine.gate.set()
        assert (await asked).sound == {"c1": kept}


async def test_what_was_changed_meanwhile_gets_no_translation_of_its_old_words() -> None:
    async with desk(detect=False) as d:
        await d.wrote("c1", "anna", "Mehr Brot")
        await d.wrote("c2", "anna", "Mehr Milch")
        d.machine.gate.clear()
        asked = asyncio.create_task(d.into("en", "c1", "c2"))
        await d.machine.arrived.wait()
        await d.here.store.transact(opinions.amend, ASSEMBLY, d.seats["anna"], "c1", "Weniger Brot", 0)
        await d.here.store.transact(opinions.withdraw, ASSEMBLY, d.seats["anna"], "c2")
        d.machine.gate.set()
        assert await asked == Into("en", frozenset(), {}, {})
        assert await d.stored("c1", "en") is None


async def test_what_speaks_against_it_holds_it_and_the_draft_waits() -> None:
    async with desk(THREE + GLOSSARY, detect=False) as d:
        await d.wrote("c1", "anna", "Zwei Bürgerräte, 40 Leute")
        await d.wrote("c2", "anna", "Ich stimme Ben zu")
        await d.wrote("c3", "anna", "Ein Bürgerrat")
        await d.here.store.transact(_named, d.seats["ben"], "Ben")
        d.machine.says = {
            "Zwei Bürgerräte, 40 Leute": "Two civic councils, 14 people",
            "Ich stimme Ben zu": "I agree with her",
            "Ein Bürgerrat": "A citizens' assembly",
        }
        found = await d.into("en", "c1", "c2", "c3")
        assert set(found.sound) == {"c3"}
        assert {held.why for held in found.held.values()} == {"checked"}
        drafts = {id: held.draft.findings for id, held in found.held.items() if held.draft is not None}
        assert drafts == {"c1": ("numbers", "glossary"), "c2": ("names",)}
        stored = await d.stored("c1", "en")
        assert stored is not None
        assert stored.state == "held"
        assert (await d.into("en", "c1")).held == {"c1": found.held["c1"]}, "and nobody is asked again"
        assert len(d.machine.calls) == 1


def _named(db: Database, seat: str, name: str) -> None:
    found = people.load_seat(db, seat)
    assert found is not None
    people.save_seat(db, replace(found, name=name, status="active"))


async def test_a_pair_that_nobody_has_judged_is_released_by_people_only() -> None:
    async with desk(detect=False, judged=frozenset({("fr", "en")})) as d:
        await d.wrote("c1", "anna", "Mehr Brot", "de-AT")
        await d.wrote("c2", "anna", "Plus de pain", "fr-CH")
        found = await d.into("en", "c1", "c2")
        assert set(found.sound) == {"c2"}
        assert found.held["c1"].why == "unjudged"
        assert found.held["c1"].draft is not None
        assert (await d.into("en", "c1")).held["c1"] == found.held["c1"]
        judged = Translating(d.here.store, d.here.engine.house, Translators(Orders((d.machine,))), d.here.clock)
        now = (await judged.into(ASSEMBLY, ["c1"], "en")).sound["c1"]
        assert (now.state, now.text) == ("machine", "en de Meh r Brot"), "once the pair is judged it may go out"
        assert len(d.machine.calls) == 2


async def test_where_no_machine_answers_it_is_held_with_the_reason_and_tried_again() -> None:
    async with desk(detect=False) as d:
        await d.wrote("c1", "anna", "Mehr Brot")
        d.machine.fails = Down("it is busy")
        held = (await d.into("en", "c1")).held["c1"]
        assert (held.why, held.draft, held.said) == ("missing", None, "machine: it is busy")
        assert await d.stored("c1", "en") is None
        d.machine.fails = None
        assert set((await d.into("en", "c1")).sound) == {"c1"}


async def test_what_a_person_writes_is_remembered_for_the_language_of_the_words() -> None:
    async with desk() as d:
        await d.wrote("c1", "anna", MORE_BUSES, "fr")
        await d.into("en", "c1")
        await d.here.apply([Retell(Translated("c1", "en", "More buses", "people", "reviewed", by="tom"))])
        known = await d.here.store.read(recall, ASSEMBLY, "de", "en", [MORE_BUSES])
        assert known == {MORE_BUSES: "More buses"}
        await d.here.apply([Retell(Translated("c1", "en", "Buses", "people", "questioned", by="tom"))])
        assert await d.here.store.read(recall, ASSEMBLY, "de", "en", [MORE_BUSES]) == known, "a doubt is no verdict"
