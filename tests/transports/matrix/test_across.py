"""What one table said reaches the other one across two platforms and two languages, and comes back: a German table on a real
Synapse, an English one on the strict Telegram server.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.across import LEEDS, VIENNA, across, tap, until
from tests.support.matrix_people import Gathering
from tests.support.translating import turned
from tests.support.two_servers import Servers

pytestmark = [pytest.mark.homeserver, pytest.mark.slow]


MINUTE = timedelta(minutes=1)


async def test_words_cross_are_answered_doubted_and_put_right(homeserver: Gathering) -> None:
    async with across(homeserver) as s:
        for name, words in {**VIENNA, **LEEDS}.items():
            await s.write(name, words)
        await s.go_on()
        await until(s, "digest")
        await s.go_on()

        # what nobody has approved stays where it is
        for people, others in ((VIENNA, LEEDS), (LEEDS, VIENNA)):
            assert not (await where(s, *people.values())).keys() & {*others}
        await tap(s, "maya", "Approve")
        await tap(s, "nils", "Approve")
        await s.wait(MINUTE)

        # it crosses with its label, by people where they have translated it before, else by the machine
        for name in (*LEEDS, "nils"):
            come = (await s.find(name, "From table 1 in Vienna")).text
            assert come.startswith(
                "From table 1 in Vienna · translated from German, partly by machine (libretranslate)"
            )
            assert "The ferry should run on Sundays too." in come
            assert turned(VIENNA["fritz"]) in come
            assert VIENNA["fritz"] not in come
        for name in (*VIENNA, "maya"):
            come = (await s.find(name, "Von Tisch 1 (Leeds)")).text
            assert "Ich will hier keine Brücke." in come
            assert turned(LEEDS["cleo"]) in come

        # the original is one tap away
        await s.forget()
        await tap(s, "anna", "Show the original")
        await tap(s, "dora", "Show the original")
        await s.go_on()
        assert await where(s, VIENNA["fritz"]) == {"anna": 1}
        assert await where(s, LEEDS["cleo"]) == {"dora": 1}


async def where(s: Servers, *words: str) -> dict[str, int]:
    """Who reads any of these words, and in how many messages."""
    counted = {name: sum([await s.count(name, each) for each in words]) for name in (*s.apps, *s.chats)}
    return {name: count for name, count in counted.items() if count}
