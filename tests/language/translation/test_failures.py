"""Whatever an engine does wrong, a text comes back within the time: sound, or as it was written with the reason why, or with
what speaks against it, so that it waits for a person. Each way is tried over a real connection."""

from __future__ import annotations

import asyncio

import pytest

from bot.language.translation import service
from bot.language.translation.identify import identify
from bot.language.translation.libretranslate import LibreTranslate
from bot.language.translation.service import Orders, Source, Translation, Translators
from tests.support.translating import Misbehaving, misbehaving, turned

TEXT = "We need 3 more buses on Sundays, says Lise, and many more at night"
NOTHING_COMES = {
    "429": "it asks us to slow down",
    "403": "it refuses our key",
    "500": "it answered 500",
    "503": "it answered 503",
    "html": "it answered something that is no JSON",
    "broken": "it answered something that is no JSON",
    "latin": "it answered something that is no JSON",
    "nothing": "it answered something else than translations",
    "fewer": "it answered something else than translations",
    "huge": "its answer is far too long",
    "half": "it cannot be reached",
}
"""What a server does, and what we say of it. Nothing of it can be used."""
SOMETHING_COMES = {
    "empty": "empty",
    "same": "same",
    "markup": "markup",
    "numbers": "numbers",
    "cut": "length",
    "long": "length",
    "french": "language",
    "bare": "names",
}
"""What a server gives, and what the checks say against it. A person has to look at it."""


def translators(*servers: Misbehaving | str, budget: float = 10.0) -> Translators:
    engines = tuple(LibreTranslate(server if isinstance(server, str) else server.url) for server in servers)
    return Translators(Orders(engines), detect=identify, budget=budget)


async def one(here: Translators, text: str) -> Translation:
    (found,) = await here.translate([Source(text)], "en", "de", names=("Lise",))
    return found


@pytest.mark.parametrize("fault", NOTHING_COMES)
async def test_where_nothing_comes_the_original_goes_out_with_the_reason(fault: str) -> None:
    async with misbehaving() as server:
        here = translators(server)
        found = await one(here, f"{TEXT} [[{fault}]]")
        assert found.text == f"{TEXT} [[{fault}]]"
        assert not found.made
        assert not found.sound
        assert NOTHING_COMES[fault] in found.why
        assert "Lise" not in found.why, "nobody's word stands in a reason"
        await here.close()


@pytest.mark.parametrize("fault", NOTHING_COMES)
async def test_the_next_engine_does_it_then(fault: str) -> None:
    async with misbehaving() as bad, misbehaving() as good:
        good.deaf = True
        here = translators(bad, good)
        found = await one(here, f"{TEXT} [[{fault}]]")
        assert found.text == turned(f"{TEXT} [[{fault}]]")
        assert (len(bad.seen), len(good.seen)) == (1, 1)
        await here.close()


@pytest.mark.parametrize("fault", SOMETHING_COMES)
async def test_what_comes_wrong_does_not_go_out_unread(fault: str) -> None:
    async with misbehaving() as server:
        here = translators(server)
        found = await one(here, f"{TEXT} [[{fault}]]")
        assert found.made
        assert not found.sound
        assert SOMETHING_COMES[fault] in {finding.about for finding in found.findings if finding.level == "error"}
        await here.close()


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("Please read https://example.org/a before Sunday comes round again [[bare]]", "links"),
        ("Please ask @anna and #buses before Sunday comes round again [[bare]]", "links"),
        ("Please keep {name} and {number} where they are in this text [[bare]]", "links"),
        ("Please ask Lise about this before it is too late for all of us [[bare]]", "names"),
    ],
)
async def test_links_names_and_placeholders_are_missed(text: str, about: str) -> None:
    async with misbehaving() as server:
        here = translators(server)
        assert about in {finding.about for finding in (await one(here, text)).findings}
        await here.close()


@pytest.mark.parametrize("fault", ["hang", "drip"])
async def test_who_waits_for_an_engine_that_never_ends_waits_for_the_budget_and_no_longer(fault: str) -> None:
    async with misbehaving() as server:
        here = translators(server, budget=0.05)
        found = await one(here, f"{TEXT} [[{fault}]]")
        assert not found.made
        assert found.why == "libretranslate: 0.05 seconds were not enough"
        await here.close()


async def test_a_server_that_is_gone_and_comes_back() -> None:
    async with misbehaving() as server:
        gone = server.url
    async with misbehaving() as second:
        here = translators(gone, second)
        found = await one(here, TEXT)
        assert found.made, "the other one is asked at once"
        alone = translators(gone)
        assert "it cannot be reached" in (await one(alone, TEXT)).why
        await asyncio.gather(here.close(), alone.close())


async def test_one_bad_text_does_not_take_the_others_with_it() -> None:
    async with misbehaving() as server:
        here = translators(server)
        texts = [Source(f"Bread number {n} for everybody at the table") for n in range(5)]
        bad = Source("More bread for everybody at the table [[500]]")
        found = await here.translate([*texts[:2], bad, *texts[2:]], "en", "de")
        assert [each.made for each in found] == [True, True, False, True, True, True]
        assert found[2].why == "libretranslate: it answered 500"
        await here.close()


async def test_two_that_fail_and_the_server_is_left_in_peace() -> None:
    async with misbehaving() as server:
        here = translators(server)
        texts = [Source(f"Bread number {n} for everybody at the table [[503]]") for n in range(20)]
        assert not any(each.made for each in await here.translate(texts, "en", "de"))
        assert len(server.seen) == 3, "all together, and two of them alone"
        await here.close()


async def test_a_server_that_asks_for_a_pause_gets_it() -> None:
    async with misbehaving() as server:
        here = translators(server)
        texts = [Source(f"Bread number {n} for everybody at the table [[429]]") for n in range(20)]
        assert not any(each.made for each in await here.translate(texts, "en", "de"))
        assert not (await one(here, TEXT)).made
        assert len(server.seen) == 1
        await here.close()


async def test_an_engine_that_hangs_leaves_time_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "SHARE", 0.005)
    async with misbehaving() as slow, misbehaving() as good:
        good.deaf = True
        here = translators(slow, good)
        assert (await one(here, f"{TEXT} [[hang]]")).made
        await here.close()
