"""A table whose people read different languages and meet in rooms: below the original stands the same in the other languages."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from bot.core.effects import Retell
from bot.core.state import Translated
from bot.store.database import Database
from tests.support.chats import TALK, Talkers
from tests.support.mixed_tables import INSTANT, PATIENCE, Turning, mixed, reads
from tests.support.translating import turned

GROUP = "group-7"
THERE: dict[str, Any] = {"room": True, "place": GROUP}
TOLD = "  “ehT daerb si raed.”\n· maschinell übersetzt (turning), Original: Englisch"


@asynccontextmanager
async def met(*inside: str, steps: str = TALK, **more: Any) -> AsyncIterator[tuple[Talkers, Turning]]:
    """The table meets in a room; those `inside` are in it, and so is Maya."""
    async with mixed(steps, **more) as (people, engine):
        await people.write("maya", "/bind")
        (code,) = re.findall(r"/bind (\S+)", people.last("maya"))
        await people.write("maya", f"/bind {code}", **THERE)
        for who in inside:
            await people.room.happens("entered", who, GROUP)
        for chat in people.chats.chats.values():
            chat.clear()
        engine.asked.clear()
        yield people, engine


async def test_below_what_is_written_there_stands_the_same_for_those_who_read_another_language() -> None:
    async with met("anna", "ben", "cleo") as (people, engine):
        own = await people.write("anna", "The bread is dear.", **THERE)
        assert people.shown(GROUP) == [TOLD]
        assert people.chats.answers(GROUP, "raed") == own
        await people.write("ben", "Das Brot ist gut.", **THERE)
        assert people.last(GROUP) == "  “saD torB tsi tug.”\n· translated by machine (turning) from German"
        assert people.shown("anna") == people.shown("ben") == []
        assert len(engine.asked) == 2


async def test_nothing_follows_where_all_who_sit_there_read_the_language() -> None:
    async with met("anna", "cleo") as (people, _engine):
        await people.write("anna", "The bread is dear.", **THERE)
        assert people.shown(GROUP) == []
        assert "ehT daerb si raed." in people.last("ben")
        await people.write("ben", "Das Brot ist gut.")
        assert people.shown(GROUP)[0] == "Ben\n  “Das Brot ist gut.”"
        assert people.shown(GROUP)[1] == "  “saD torB tsi tug.”\n· translated by machine (turning) from German"
        assert people.chats.answers(GROUP, "saD") == people.chats.find(GROUP, "Das Brot")


async def test_three_languages_stand_in_one_message() -> None:
    languages = {"anna": "en", "ben": "de", "cleo": "fr", "maya": "en"}
    async with met("anna", "ben", "cleo", languages=languages, most=3) as (people, engine):
        await people.write("anna", "The bread is dear.", **THERE)
        assert people.shown(GROUP) == [
            f"{TOLD}\n  “ehT daerb si raed.”\n· traduit par une machine (turning), original\xa0: anglais"
        ]
        assert sorted(target for _, _, target in engine.asked) == ["de", "fr"]


async def test_a_language_that_cannot_be_had_is_left_out_and_nothing_comes_where_none_can() -> None:
    languages = {"anna": "en", "ben": "de", "cleo": "fr", "maya": "en"}
    async with met("anna", "ben", "cleo", languages=languages, most=3, budget=0.05) as (people, engine):
        engine.gates["fr"] = asyncio.Event()
        await people.write("anna", "The bread is dear.", **THERE)
        assert people.shown(GROUP) == [TOLD]
        engine.gives = lambda text: ""
        await people.write("anna", "Bread!", **THERE)
        await people.room.wait(2 * PATIENCE)
        assert people.shown(GROUP) == [TOLD]


async def test_an_edit_there_changes_the_translation_below_it() -> None:
    async with met("anna", "ben", "cleo") as (people, engine):
        own = await people.write("anna", "The bread is dear.", **THERE)
        await people.edit("anna", own, "The bread is cheap.", **THERE)
        assert people.shown(GROUP) == [TOLD.replace("raed", "paehc")]
        engine.gives = lambda text: ""
        await people.edit("anna", own, "The bread is new.", **THERE)
        assert people.shown(GROUP) == ["· Das wurde geändert. Die Änderung ließ sich nicht übersetzen."]


async def test_undo_and_hide_take_the_translation_away_too() -> None:
    async with met("anna", "ben", "cleo") as (people, _):
        await people.write("anna", "The bread is dear.", **THERE)
        await people.write("anna", "/undo", **THERE)
        assert reads(people, GROUP, "raed") == 0
        own = await people.write("anna", "The bread is dear.", **THERE)
        await people.write("maya", "/hide", answers=people.chats.find(GROUP, "raed"), **THERE)
        assert reads(people, GROUP, "raed") == 0
        assert (GROUP, own) in people.chats.deleted


async def test_a_message_that_its_author_deletes_takes_its_translation_along() -> None:
    async with met("anna", "ben", "cleo") as (people, _):
        own = await people.write("anna", "The bread is dear.", **THERE)
        await people.write("anna", kind="redaction", message=own, **THERE)
        assert reads(people, GROUP, "raed") == 0


async def test_who_answers_the_translation_answers_what_was_said() -> None:
    async with met("anna", "ben") as (people, _):
        await people.write("anna", "The bread is dear.", **THERE)
        await people.write("ben", "Ja, teuer.", answers=people.chats.find(GROUP, "raed"), **THERE)
        assert people.chats.answers("cleo", "aJ, reuet.") == people.chats.find("cleo", "The bread is dear.")


async def test_a_correction_changes_what_stands_below_the_original_and_a_withdrawal_too() -> None:
    async with met("anna", "ben", "cleo") as (people, _):
        await people.write("anna", "The bread is dear.", **THERE)
        said = await people.room.store.read(newest)
        right = Translated(said, "de", "Das Brot ist teuer.", "memory", "reviewed", by="tina")
        await people.room.apply([Retell(right)])
        await people.room.engine.settle()
        assert people.shown(GROUP)[0].startswith(
            "  “Das Brot ist teuer.”\n· von Menschen übersetzt, Original: Englisch"
        )
        await people.room.apply([Retell(replace(right, state="withdrawn"))])
        await people.room.engine.settle()
        assert len(people.shown(GROUP)) == 1
        assert people.last(GROUP).startswith("  “The bread is dear.”\n· Übersetzung zurückgezogen")


def newest(db: Database) -> str:
    """The id of what was said last."""
    return str(db.sql.execute("SELECT id FROM contribution WHERE kind = 'message' ORDER BY seq DESC").fetchone()[0])


async def test_an_answer_from_outside_stands_below_the_original_not_below_its_translation() -> None:
    async with met("anna", "cleo", languages={"anna": "en", "ben": "en", "cleo": "de", "maya": "en"}) as (
        people,
        engine,
    ):
        clock = people.room.clock
        engine.gives = lambda text: clock.move(clock.now() + INSTANT) or turned(text)  # it takes its time
        own = await people.write("anna", "The bread is dear.", **THERE)
        assert reads(people, GROUP, "raed") == 1
        await people.write("ben", "Too dear.", answers=people.chats.find("ben", "The bread is dear."))
        assert people.chats.answers(GROUP, "Too dear.") == own


async def test_whoever_leads_the_table_and_reads_another_language_has_it_in_the_room_too() -> None:
    languages = {"anna": "en", "ben": "en", "cleo": "en", "maya": "de"}
    async with met("anna", "ben", "cleo", languages=languages) as (people, _):
        await people.write("anna", "The bread is dear.", **THERE)
        assert people.shown(GROUP) == [TOLD]
