"""A mixed table that spans two platforms: buttons on the one, no buttons and a room of our own on the other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.language.translation.service import Orders, Translators
from tests.support.chats import TALK
from tests.support.mixed_tables import DE, Turning
from tests.support.two_platforms import LODGED, Both, both

EN = "· translated by machine (turning) from German"
MIXED = LODGED.replace("[groups.tables]", '[groups.tables]\ncommon_language = "translate"\nmax_languages = 2')


@asynccontextmanager
async def spread(*inside: str) -> AsyncIterator[tuple[Both, str, Turning]]:
    """Anna (English) and Ben (German) have buttons; Dora (English) and Emil (German) have none, and `inside` are those of them
    who are in the room that was made."""
    engine = Turning()
    async with both(TALK, MIXED, translate=Translators(Orders((engine,)))) as b:
        for who in ("ben", "emil"):
            await b.write(who, "/lang de")
        (hall,) = b.halls.tables
        for who in inside:
            await b.enters(who, hall)
        b.clear()
        yield b, hall, engine


async def test_one_message_reaches_everybody_once_in_their_language_and_as_their_platform_can() -> None:
    async with spread() as (b, _, engine):
        await b.write("anna", "The bread is dear.")
        assert b.shown("ben") == [f"Anna\n  “ehT daerb si raed.”\n{DE}\n[1] Original"]
        folded = "Original (Englisch):\n  “The bread is dear.”"
        assert b.shown("emil") == [f"Anna\n  “ehT daerb si raed.”\n{DE}\n{folded}"]
        assert b.shown("dora") == ["Anna\n  “The bread is dear.”"]
        assert len(engine.asked) == 1


async def test_in_the_room_the_other_language_follows_and_outside_each_reads_their_own() -> None:
    async with spread("dora", "emil") as (b, hall, engine):
        own = await b.there("emil", hall, "Das Brot ist gut.")
        assert b.shown(hall) == [f"  “saD torB tsi tug.”\n{EN}"]
        assert b.halls.answers(hall, "saD") == own
        assert b.shown("anna") == [f"Emil\n  “saD torB tsi tug.”\n{EN}\n[1] Original"]
        assert b.shown("ben") == ["Emil\n  “Das Brot ist gut.”"]
        await b.press("anna", "Original")
        assert "“Das Brot ist gut.”" in b.last("anna")
        await b.edit("emil", own, "Das Brot ist neu.", hall)
        assert b.shown(hall) == [f"  “saD torB tsi uen.”\n{EN}"]
        assert "saD torB tsi uen." in b.last("anna")
        await b.deletes("emil", own, hall)
        assert [
            text for who in (hall, "anna", "ben") for text in b.shown(who) if "Brot" in text or "torB" in text
        ] == []
        assert len(engine.asked) == 2


async def test_hidden_by_a_reply_to_the_translation_it_is_gone_everywhere() -> None:
    async with spread("dora", "emil") as (b, hall, _):
        await b.enters("maya", hall)
        own = await b.there("emil", hall, "Ihr Narren.")
        await b.there("maya", hall, "/hide", answers=b.halls.find(hall, "rhI nerraN."))
        assert (hall, own) in b.halls.deleted
        assert [
            text for who in (hall, "anna", "ben") for text in b.shown(who) if "Narren" in text or "nerraN" in text
        ] == []
