"""Each engine against a server that speaks its language, and does everything wrong that such a server can."""

from __future__ import annotations

import asyncio
import json

import pytest

from bot.language.translation.apertium import Apertium
from bot.language.translation.deep import AT_ONCE, SERVICES, DeepTranslator
from bot.language.translation.deepl import DeepL
from bot.language.translation.libretranslate import LibreTranslate
from bot.language.translation.port import Down, Made, NoPair, NotAllowed, TooLong
from tests.support.translating import Misbehaving, misbehaving


async def libre(server: Misbehaving, text: str, key: str = "", target: str = "de") -> str:
    engine = LibreTranslate(server.url, key)
    try:
        (made,) = await engine.translate([text], "en", target)
    finally:
        await engine.close()
    assert made.version == "1.6.4"
    return made.text


async def test_libretranslate_gets_all_texts_in_one_request_and_gives_them_back_in_order() -> None:
    async with misbehaving() as server:
        engine = LibreTranslate(server.url + "/")
        made = await engine.translate(["Good bread", "No 3"], "en", "de")
        assert made == [Made("dooG daerb", "1.6.4"), Made("oN 3", "1.6.4")]
        assert len(server.seen) == 1
        assert server.seen[0] == {"q": ["Good bread", "No 3"], "source": "en", "target": "de", "format": "text"}
        assert ("en", "de") in await engine.pairs()
        assert ("en", "en") not in await engine.pairs()
        await engine.close()


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        ("429", Down, "slow down"),
        ("500", Down, "500"),
        ("503", Down, "503"),
        ("403", NotAllowed, "key"),
        ("html", Down, "no JSON"),
        ("huge", Down, "too long"),
        ("fewer", Down, "something else"),
        ("nothing", Down, "something else"),
    ],
)
async def test_what_a_server_does_wrong_has_a_name(fault: str, error: type[Exception], words: str) -> None:
    async with misbehaving() as server:
        with pytest.raises(error, match=words) as raised:
            await libre(server, f"Bread [[{fault}]]")
        assert "Bread" not in str(raised.value), "no citizen's word stands in an error"
        if fault == "429":
            assert isinstance(raised.value, Down)
            assert raised.value.after == 7


async def test_a_key_travels_in_the_body_and_a_wrong_one_is_named() -> None:
    async with misbehaving(key="s3cret") as server:
        assert await libre(server, "Bread", "s3cret") == "daerB"
        assert server.seen[-1]["api_key"] == "s3cret"
        with pytest.raises(NotAllowed):
            await libre(server, "Bread", "wrong")


async def test_a_pair_that_the_server_lacks() -> None:
    async with misbehaving() as server:
        with pytest.raises(NoPair, match="from en to nl"):
            await libre(server, "Bread", target="nl")


async def test_a_server_that_is_not_there() -> None:
    async with misbehaving() as server:
        gone = server.url
    engine = LibreTranslate(gone)
    with pytest.raises(Down, match="cannot be reached"):
        await engine.translate(["Bread"], "en", "de")
    await engine.close()


async def test_apertium_finds_its_way_over_other_languages() -> None:
    async with misbehaving() as server:
        engine = Apertium(server.url)
        pairs = await engine.pairs()
        assert {("fr", "es"), ("en", "es"), ("en", "fr"), ("fr", "ast")} <= pairs
        assert not pairs & {("en", "de"), ("es", "es")}
        assert await engine.translate(["Pain", "Lait"], "fr", "es") == [Made("fra>spa niaP"), Made("fra>spa tiaL")]
        with pytest.raises(NoPair, match="from en to de"):
            await engine.translate(["Bread"], "en", "de")
        with pytest.raises(Down, match="something else"):
            await engine.translate(["Pain [[odd]]"], "fr", "es")
        await engine.close()


async def test_deepl_says_which_english_and_hides_its_key() -> None:
    async with misbehaving(key="k:fx") as server:
        engine = DeepL("k:fx", server.url)
        assert await engine.translate(["Gutes Brot"], "de", "en") == [Made("setuG torB")]
        assert server.seen[-1]["target_lang"] == "EN-GB"
        assert "k:fx" not in json.dumps(server.seen)
        assert await engine.pairs() == {(a, b) for a in ("en", "de", "fr") for b in ("en", "de", "fr") if a != b}
        with pytest.raises(NoPair):
            await engine.translate(["Brot"], "de", "xx")
        await engine.close()
        stranger = DeepL("other", server.url)
        with pytest.raises(NotAllowed):
            await stranger.translate(["Brot"], "de", "en")
        await stranger.close()


class Here(DeepTranslator):
    """Google's class of the library, pointed at a server here."""

    def __init__(self, url: str) -> None:
        super().__init__("google")
        self._url = url

    def _instance(self, source: str, target: str):  # type: ignore[no-untyped-def]  # the library's own class
        made = super()._instance(source, target)
        made._base_url = f"{self._url}/m"
        return made


@pytest.mark.enable_socket
async def test_the_library_is_called_on_threads_that_do_not_share_anything() -> None:
    async with misbehaving() as server:
        engine = Here(server.url)
        texts = [f"bread {n}" for n in range(40)]
        made: list[Made] = []
        for start in range(0, 40, AT_ONCE):
            some = await asyncio.gather(*(engine.translate([t], "en", "de") for t in texts[start : start + AT_ONCE]))
            made += [one for (one,) in some]
        assert [m.text for m in made] == [f"daerb {n}" for n in range(40)]


@pytest.mark.enable_socket
async def test_the_errors_of_the_library_have_our_names() -> None:
    async with misbehaving() as server:
        engine = Here(server.url)
        for text, error in (("a [[429]]", Down), ("a [[500]]", Down), ("x" * 6000, TooLong)):
            with pytest.raises(error):
                await engine.translate([text], "en", "de")
        with pytest.raises(NoPair):
            await engine.translate(["bread"], "en", "tlh")
        assert await engine.translate(["bread"], "en", "de") == [Made("daerb")]


@pytest.mark.enable_socket
async def test_a_service_that_hangs_holds_a_few_threads_and_no_more() -> None:
    async with misbehaving() as server:
        engine = Here(server.url)
        hanging = [asyncio.create_task(engine.translate([f"{n} [[hang]]"], "en", "de")) for n in range(AT_ONCE)]
        for _ in hanging:
            await server.arrived.acquire()
        with pytest.raises(Down, match="none comes back"):
            await engine.translate(["bread"], "en", "de")
        for task in hanging:
            task.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)
        with pytest.raises(Down, match="none comes back"):
            await engine.translate(["a thread is only free when its call is over"], "en", "de")
        server.hanging.set()


def test_a_service_that_there_is_not() -> None:
    with pytest.raises(ValueError, match=r"no service \"babel\".*google"):
        DeepTranslator("babel")
    assert len(SERVICES) > 4
