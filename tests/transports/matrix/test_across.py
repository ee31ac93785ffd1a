"""What one table said reaches the other one across two platforms and two languages, and comes back: a German table on a real
Synapse, an English one on the strict Telegram server.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.support.across import CORRECTED, LEEDS, VIENNA, across, tap, until
from tests.support.matrix_people import Gathering
from tests.support.translating import turned
from tests.support.two_servers import Servers

pytestmark = [pytest.mark.homeserver, pytest.mark.slow]

MINUTE = timedelta(minutes=1)
TWO_WAY = 'direction = "two_way"\nreply_for = "20m"\n'
ANSWER = "Who pays for the boat on Sundays?"
RIVER, BOAT = "The river has become too loud.", "Das letzte Boot fährt für die Spätschicht zu früh."
"""How the translator puts right what the machine has made of what Fritz and Cleo said."""

FROM_VIENNA = "From table 1 in Vienna · translated from German, partly by machine (libretranslate)"
FROM_LEEDS = "Von Tisch 1 (Leeds) · teils maschinell übersetzt (libretranslate), Original: Englisch"


async def test_words_cross_are_answered_doubted_and_put_right(homeserver: Gathering) -> None:
    async with across(homeserver, TWO_WAY) as s:
        for name, words in {**VIENNA, **LEEDS}.items():
            await s.write(name, words)
        await s.go_on()
        await until(s, "digest")
        await s.go_on()
        await _an_author_corrects(s)
        await _it_crosses_once_it_is_approved(s)
        await _the_original_is_one_tap_away(s)
        await _doubted_and_put_right_on_telegram(s)
        await _doubted_and_put_right_on_matrix(s)
        await _an_answer_comes_back(s)
        assert s.api.audit.breaches() == []


async def _an_author_corrects(s: Servers) -> None:
    """Dora reads her own words, and puts them better before anybody else reads them."""
    assert (await s.find("dora", VIENNA["dora"])).text.count(VIENNA["emil"]) == 0, "she reads her own words only"
    await tap(s, "dora", "Correct")
    await s.go_on()
    await s.write("dora", CORRECTED)
    await s.go_on()
    draft = (await s.find("maya", CORRECTED)).text
    assert VIENNA["dora"] not in draft


async def _it_crosses_once_it_is_approved(s: Servers) -> None:
    assert not (await where(s, *VIENNA.values(), CORRECTED)).keys() & {*LEEDS, "nils"}
    assert not (await where(s, *LEEDS.values())).keys() & {*VIENNA, "maya", "tess"}
    await s.forget()
    await tap(s, "maya", "Approve")
    await tap(s, "nils", "Approve")
    await s.wait(MINUTE)
    for name in (*LEEDS, "nils"):
        come = (await s.find(name, "From table 1 in Vienna")).text
        assert come.startswith(FROM_VIENNA)
        assert "The ferry should run every Sunday." in come, "people have translated it before"
        assert turned(VIENNA["fritz"]) in come, "the machine has"
        assert not any(words in come for words in (*VIENNA.values(), CORRECTED))
    for name in (*VIENNA, "maya"):
        come = (await s.find(name, "Von Tisch 1 (Leeds)")).text
        assert come.startswith(FROM_LEEDS)
        assert "Ich will hier keine Brücke." in come
        assert turned(LEEDS["cleo"]) in come
    assert await where(s, VIENNA["dora"]) == {}, "what she said at first goes nowhere"


async def _the_original_is_one_tap_away(s: Servers) -> None:
    await s.forget()
    await tap(s, "anna", "Show the original")
    await tap(s, "dora", "Show the original")
    await s.go_on()
    assert await where(s, VIENNA["fritz"], CORRECTED) == {"anna": 2}
    assert await where(s, LEEDS["cleo"]) == {"dora": 1}


async def _doubted_and_put_right_on_telegram(s: Servers) -> None:
    """Ben says that a translation looks wrong; everybody who has read it learns of it, and of its correction."""
    made = turned(VIENNA["fritz"])
    await _doubt(s, "ben", made)
    for name in (*LEEDS, "nils"):
        news = (await s.find(name, "Translation questioned:")).text
        assert made in news
        assert VIENNA["fritz"] in news
        standing = (await s.find(name, FROM_VIENNA)).text
        assert VIENNA["fritz"] in standing, "the digest that stands there shows it, too"
    assert await where(s, "Translation questioned:") == dict.fromkeys((*LEEDS, "nils"), 1), "nobody else, and once"

    await _put_right(s, VIENNA["fritz"], made, RIVER)
    for name in (*LEEDS, "nils"):
        news = (await s.find(name, "A translator has corrected a translation")).text
        assert RIVER in news
        assert made in news
        assert made not in (standing := (await s.find(name, "From table 1 in Vienna · translated")).text)
        assert RIVER in standing


async def _doubted_and_put_right_on_matrix(s: Servers) -> None:
    made = turned(LEEDS["cleo"])
    await _doubt(s, "dora", made)
    await _put_right(s, LEEDS["cleo"], made, BOAT)
    for name in (*VIENNA, "maya"):
        news = [text for text in await s.shown(name) if BOAT in text and made in text]
        assert len(news) == 1
        assert made not in (standing := (await s.find(name, "Original: Englisch")).text)
        assert BOAT in standing
    assert not (await where(s, BOAT)).keys() & {*LEEDS, "nils"}


async def _doubt(s: Servers, who: str, made: str) -> None:
    await s.forget()
    await tap(s, who, "This translation looks wrong")
    await s.go_on()
    asked = (await s.find(who, f"· {made}")).text
    (number,) = re.findall(rf"(\d) · {re.escape(made)}", asked)
    await s.choose(who, f"{'Satz' if who in VIENNA else 'Sentence'} {number}")
    await s.go_on()


async def _put_right(s: Servers, original: str, made: str, better: str) -> None:
    """The translator takes it, and writes how it must be."""
    await s.write("tess", "!trans")
    await s.go_on()
    sheet = (await s.find("tess", original)).text
    assert made in sheet
    await tap(s, "tess", "Take")
    await s.go_on()
    await s.write("tess", better)
    await s.go_on()
    await tap(s, "tess", "Release")
    await s.go_on()


async def _an_answer_comes_back(s: Servers) -> None:
    """Anna answers what Dora said. Her table reads it at once, Dora's once Anna agrees and Nils approves."""
    await s.forget()
    (sentence,) = re.findall(r"(\d)\. The ferry", (await s.find("anna", "Vienna · translated")).text)
    await tap(s, "anna", "Answer {number}", number=sentence)
    await s.go_on()
    await s.write("anna", ANSWER)
    await s.go_on()
    assert (await where(s, ANSWER)).keys() == {*LEEDS, "nils"}
    for name in ("ben", "cleo"):
        await tap(s, name, "Nothing to add")
    await s.wait(2 * MINUTE)
    await tap(s, "anna", "They may go")
    await s.go_on()
    assert not (await where(s, turned(ANSWER))).keys()
    await tap(s, "nils", "Approve")
    await s.wait(MINUTE)
    for name in (*VIENNA, "maya"):
        come = (await s.find(name, turned(ANSWER))).text
        assert come.startswith("Von Tisch 1 (Leeds)")
        assert CORRECTED in come, "linked to what it answers, in the words that were approved"
        assert ANSWER not in come
    assert (await where(s, turned(ANSWER))).keys() == {*VIENNA, "maya"}


async def where(s: Servers, *words: str) -> dict[str, int]:
    """Who reads any of these words, and in how many messages."""
    counted = {name: sum([await s.count(name, each) for each in words]) for name in (*s.apps, *s.chats)}
    return {name: count for name, count in counted.items() if count}
