"""Memory, cache, engines in order, a budget, and every text back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from bot.core.digest import normal
from bot.language.translation.breaker import FIRST, LONGEST, PATIENCE, Breaker
from bot.language.translation.glossary import Glossary, Term
from bot.language.translation.identify import identify
from bot.language.translation.libretranslate import LibreTranslate
from bot.language.translation.port import Down, Made, NoPair, NotAllowed
from bot.language.translation.service import Orders, Source, Translation, Translators
from tests.support.translating import misbehaving


class Scripted:
    """An engine that writes down what it is asked, and raises what stands in `fails`, one at a time."""

    longest, at_once = 50, 2

    def __init__(self, name: str, *fails: Exception, knows: Sequence[tuple[str, str]] = ()) -> None:
        self.name = name
        self.fails = list(fails)
        self.knows = knows
        self.calls: list[tuple[tuple[str, ...], str, str]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.hangs_on = ""

    async def pairs(self) -> None:
        return None

    async def translate(self, texts: Sequence[str], source: str, target: str) -> list[Made]:
        self.calls.append((tuple(texts), source, target))
        if self.hangs_on in texts:
            await asyncio.Event().wait()
        await self.gate.wait()
        if self.fails:
            raise self.fails.pop(0)
        if self.knows and (source, target) not in self.knows:
            raise NoPair(f"it does not translate from {source} to {target}")
        return [Made(f"{target}:{text}", "v1") for text in texts]

    async def close(self) -> None:
        self.calls.append(((), "closed", ""))


class Kept:
    """A cache in a dictionary."""

    def __init__(self) -> None:
        self.rows: dict[str, Translation] = {}
        self.owners: list[str] = []

    async def look(self, keys: Sequence[str]) -> Mapping[str, Translation]:
        return {key: self.rows[key] for key in keys if key in self.rows}

    async def keep(self, made: Mapping[str, tuple[Source, Translation]]) -> None:
        self.rows |= {key: one for key, (_, one) in made.items()}
        self.owners += [source.owner for source, _ in made.values()]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def translators(*engines: Scripted, cache: Kept | None = None, **more: object) -> Translators:
    return Translators(Orders(engines), cache or Kept(), **more)  # type: ignore[arg-type]


async def one(here: Translators, text: str, source: str = "en", target: str = "de") -> Translation:
    (found,) = await here.translate([Source(text)], source, target)
    return found


async def test_every_text_comes_back_in_its_place() -> None:
    engine = Scripted("first")
    texts = [Source(f"text {n}") for n in range(5)] + [Source("  "), Source("text 1")]
    found = await translators(engine).translate(texts, "en", "de")
    assert [f.text for f in found] == [*(f"de:text {n}" for n in range(5)), "  ", "de:text 1"]
    assert [len(texts) for texts, *_ in engine.calls] == [2, 2, 1], "doubles are asked for once, so many at once"
    assert (found[0].engine, found[0].version, found[0].reviewed) == ("first", "v1", False)
    assert not found[5].made


async def test_the_same_language_is_left_alone() -> None:
    engine = Scripted("first")
    assert await one(translators(engine), "Hello", "en", "en") == Translation("Hello", why="same language")
    assert engine.calls == []


async def test_what_a_person_has_reviewed_goes_first_and_is_not_checked() -> None:
    engine = Scripted("first")
    here = translators(engine)
    (found,) = await here.translate([Source("More  bread")], "en", "de", reviewed={"More bread": "Bitte 3 Brote"})
    assert found == Translation("Bitte 3 Brote", "memory", reviewed=True)
    assert found.sound
    assert engine.calls == []


async def test_a_cached_translation_costs_no_call_and_belongs_to_its_author() -> None:
    engine, cache = Scripted("first"), Kept()
    here = translators(engine, cache=cache)
    for _ in range(3):
        (found,) = await here.translate([Source("Bread", "anna")], "en", "de")
        assert found.text == "de:Bread"
    assert len(engine.calls) == 1
    assert cache.owners == ["anna"]
    assert all("Bread" not in key for key in cache.rows)
    await here.translate([Source("Bread", "ben")], "en", "de")
    await here.translate([Source("Bread", "anna")], "en", "fr")
    await here.translate([Source("Bread", "anna")], "en", "de", glossary=Glossary((Term("Bread", "Brot"),)))
    assert len(engine.calls) == 4, "another author, another language, another glossary"


async def test_the_next_engine_is_asked_where_one_fails() -> None:
    first, second = Scripted("first", Down("it is busy")), Scripted("second")
    found = await one(translators(first, second), "Bread")
    assert (found.text, found.engine) == ("de:Bread", "second")


async def test_where_none_can_the_original_comes_with_the_reasons() -> None:
    first, second = Scripted("first", Down("it is busy")), Scripted("second", NoPair("it does not translate that"))
    found = await one(translators(first, second), "Bread")
    assert found == Translation("Bread", why="first: it is busy; second: it does not translate that")
    assert not found.sound
    assert (await one(translators(), "Bread")).why == "no engine for en to de"
    assert (await one(translators(Scripted("short")), "x" * 51)).why == "short: the text is too long for it"


async def test_a_pair_may_have_an_order_of_its_own() -> None:
    usual, special = Scripted("usual"), Scripted("special")
    here = Translators(Orders((usual,), {("de", "fr"): (special,)}), Kept())
    assert (await one(here, "Brot", "de", "fr")).engine == "special"
    assert (await one(here, "Brot", "de", "en")).engine == "usual"
    await here.close()
    assert usual.calls[-1] == special.calls[-1] == ((), "closed", "")


async def test_a_missing_pair_goes_over_the_language_that_the_config_names() -> None:
    engine = Scripted("first", knows=[("fr", "en"), ("en", "de")])
    here = Translators(Orders((engine,), pivots={("fr", "de"): "en"}), Kept())
    found = await one(here, "Pain", "fr", "de")
    assert (found.text, found.via) == ("de:en:Pain", "en")
    assert (await one(here, "Pain", "fr", "es")).made is False


async def test_an_engine_that_fails_again_and_again_is_left_alone_for_a_while() -> None:
    clock = Clock()
    first, second = Scripted("first", *[Down("it is busy")] * PATIENCE), Scripted("second")
    here = translators(first, second, clock=clock)
    for n in range(6):
        assert (await one(here, f"Bread {n}")).engine == "second"
    assert len(first.calls) == PATIENCE
    clock.now = FIRST
    assert (await one(here, "Milk")).engine == "first"


async def test_two_servers_of_one_kind_are_left_alone_each_by_itself() -> None:
    first, second = Scripted("libre", *[Down("it is busy")] * PATIENCE), Scripted("libre")
    here = translators(first, second, clock=Clock())
    for n in range(PATIENCE + 2):
        assert (await one(here, f"Bread {n}")).text == f"de:Bread {n}"
    assert len(first.calls) == PATIENCE


async def test_an_engine_that_asks_for_time_or_refuses_us_is_left_alone_at_once() -> None:
    clock = Clock()
    first, second = Scripted("first", Down("slow down", 7)), Scripted("second", NotAllowed("it refuses our key"))
    here = translators(first, second, clock=clock)
    assert not (await one(here, "Bread")).made
    assert (await one(here, "Milk")).why == "first: slow down; second: it refuses our key"
    assert (len(first.calls), len(second.calls)) == (1, 1)
    clock.now = 7
    assert (await one(here, "Milk")).engine == "first"
    assert second.calls[1:] == []


def test_a_breaker_waits_longer_each_time_and_forgets_when_it_works() -> None:
    breaker = Breaker()
    for _ in range(PATIENCE + 20):
        breaker.failed("busy", 0.0)
    assert breaker.open_until(0.0) == LONGEST
    breaker.worked()
    breaker.failed("busy", 0.0)
    assert breaker.open_until(0.0) == 0.0


async def test_all_ends_within_the_budget_and_what_is_done_by_then_is_kept() -> None:
    engine = Scripted("slow")
    engine.hangs_on = "three"
    here = translators(engine, budget=0.05)
    found = await here.translate([Source("one"), Source("two"), Source("three")], "en", "de")
    assert [f.text for f in found] == ["de:one", "de:two", "three"]
    assert found[2].why == "slow: 0.05 seconds were not enough"
    assert (await one(here, "one")).text == "de:one"
    assert len(engine.calls) == 2, "what was done by then is in the cache"


async def test_the_same_text_is_asked_for_once_by_many_at_the_same_time() -> None:
    engine = Scripted("first")
    engine.gate.clear()
    here = translators(engine)
    tasks = [asyncio.create_task(one(here, "Bread")) for _ in range(50)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    tasks[0].cancel()
    engine.gate.set()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(found[0], asyncio.CancelledError)
    assert {f.text for f in found[1:] if isinstance(f, Translation)} == {"de:Bread"}
    assert len(engine.calls) == 1, "one who gives up does not take it from the others"


@pytest.mark.parametrize("fault", ["empty", "same", "markup", "numbers", "cut"])
async def test_what_an_engine_makes_up_does_not_go_out_unread(fault: str) -> None:
    async with misbehaving() as server:
        here = Translators(Orders((LibreTranslate(server.url),)), Kept(), identify)
        text = f"We need more buses on Sundays and at night [[{fault}]]"
        found = await one(here, text)
        assert found.made
        assert not found.sound
        assert (await one(here, text)).findings == found.findings, "from the cache too"
        await here.close()


async def test_a_glossary_and_names_are_looked_after() -> None:
    here = translators(Scripted("first"))
    glossary = Glossary((Term("buses", "Busse"),))
    (found,) = await here.translate([Source("More buses")], "en", "de", glossary=glossary)
    assert [f.about for f in found.findings] == ["glossary"]


def test_texts_that_differ_in_spaces_are_one_text() -> None:
    assert normal(" More\u00a0 bread\n") == "More bread"
