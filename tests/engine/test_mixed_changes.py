"""A table whose people read different languages: what becomes of a message and its translations."""

from __future__ import annotations

import asyncio

from bot.core.rendered import plain
from bot.engine.engine import Engine
from bot.language.translation.service import Orders, Translators
from bot.store import courses, identities
from tests.support.mixed_tables import DE, PATIENCE, Turning, mixed, reads, under_way, until
from tests.support.room import CATALOGS

WRONG = "Diese Übersetzung stimmt nicht"


async def test_an_edit_is_translated_anew_and_the_copies_changed() -> None:
    async with mixed() as (people, engine):
        own = await people.write("anna", "The bread is dear.")
        await people.edit("anna", own, "The bread is cheap.")
        assert people.last("ben") == f"Anna\n  “ehT daerb si paehc.”\n{DE}\n· (geändert)\n[1] Original"
        assert reads(people, "ben", "Anna\n") == 1
        assert [text for text, _, _ in engine.asked] == ["The bread is dear.", "The bread is cheap."]


async def test_an_edit_while_a_machine_works_brings_the_new_words_once() -> None:
    async with mixed() as (people, engine):
        engine.gates["The bread is dear."] = asyncio.Event()
        writing = await under_way(people, engine, "anna", "The bread is dear.")
        editing = asyncio.create_task(people.edit("anna", "anna-2", "The bread is cheap."))
        await until(lambda: len(engine.asked) == 2)
        engine.gates["The bread is dear."].set()
        await asyncio.gather(writing, editing)
        assert reads(people, "ben", "Anna\n") == 1
        assert "ehT daerb si paehc." in people.last("ben")
        assert "raed" not in "\n".join(people.shown("ben"))


async def test_what_is_taken_back_while_a_machine_works_never_arrives() -> None:
    async with mixed() as (people, engine):
        engine.gates["de"] = asyncio.Event()
        writing = await under_way(people, engine, "anna", "The bread is dear.")
        undoing = asyncio.create_task(people.write("anna", "/undo"))
        await until(lambda: reads(people, "cleo", "has taken a message back") == 1)
        engine.gates["de"].set()
        await asyncio.gather(writing, undoing)
        await people.room.wait(2 * PATIENCE)
        assert "raed" not in "\n".join(people.shown("ben"))
        assert "dear" not in "\n".join(people.shown("ben"))


async def test_what_is_hidden_goes_in_every_language_also_by_a_reply_to_the_translation() -> None:
    async with mixed() as (people, _):
        await people.write("maya", "/lang de")
        await people.write("anna", "The bread is dear.")
        assert "ehT daerb si raed." in people.last("maya")
        await people.write("maya", "/hide", answers=people.chats.find("maya", "raed"))
        for who in ("ben", "cleo", "maya"):
            assert reads(people, who, "dear") == reads(people, who, "raed") == 0


async def test_undo_takes_every_copy_back_whatever_it_shows() -> None:
    async with mixed() as (people, _):
        await people.write("anna", "The bread is dear.")
        await people.tap("ben", "Original")
        await people.write("anna", "/undo")
        for who in ("ben", "cleo", "maya"):
            assert reads(people, who, "dear") == reads(people, who, "raed") == 0


async def test_what_its_author_has_erased_is_shown_in_no_language() -> None:
    async with mixed() as (people, engine):
        engine.gates["de"] = asyncio.Event()
        writing = await under_way(people, engine, "anna", "The bread is dear.")
        anna = await people.room.enrol("anna")
        await people.room.store.transact(identities.erase, anna)
        engine.gates["de"].set()
        await writing
        await people.room.wait(2 * PATIENCE)
        assert reads(people, "ben", "dear") == reads(people, "ben", "raed") == 0


async def test_a_restart_in_the_middle_of_a_translation_leaves_one_copy_for_each() -> None:
    async with mixed() as (people, engine):
        engine.gates["de"] = asyncio.Event()
        writing = await under_way(people, engine, "anna", "The bread is dear.")
        writing.cancel()
        here, again = people.room, Turning()
        here.engine = Engine(here.store, CATALOGS, here.clock, [people.chats], Translators(Orders((again,))))
        await here.engine.open()
        await here.engine.settle()
        assert again.asked == [("The bread is dear.", "en", "de")]
        assert reads(people, "ben", "ehT daerb si raed.") == reads(people, "cleo", "The bread is dear.") == 1
        await here.wait(2 * PATIENCE)
        assert reads(people, "ben", "Anna\n") == reads(people, "cleo", "Anna\n") == 1


async def test_a_restart_that_took_too_long_brings_the_original_once() -> None:
    async with mixed() as (people, engine):
        engine.gates["de"] = asyncio.Event()
        writing = await under_way(people, engine, "anna", "The bread is dear.")
        writing.cancel()
        here = people.room
        here.clock.move(here.clock.now() + 2 * PATIENCE)
        here.engine = Engine(here.store, CATALOGS, here.clock, [people.chats], Translators(Orders((Turning(),))))
        await here.engine.open()
        await here.engine.settle()
        assert people.last("ben") == "Anna\n  “The bread is dear.”\n· auf Englisch, nicht übersetzt"
        assert reads(people, "ben", "Anna\n") == 1


# A translation that looks wrong


async def test_a_translation_of_the_talk_can_be_doubted_corrected_and_withdrawn() -> None:
    async with mixed(languages={"anna": "en", "ben": "de", "cleo": "de", "maya": "en"}) as (people, _):
        await people.room.enrol("tina", "translator", language="de")
        await people.write("anna", "The bread is dear.")
        copy = people.chats.find("cleo", "ehT daerb si raed.")
        await people.tap("ben", "Original")
        await people.tap("ben", WRONG)
        asked = "Übersetzung angezweifelt. Auf Englisch heißt es:\n  “The bread is dear.”"
        for who in ("ben", "cleo"):
            assert reads(people, who, asked) == 1
            assert reads(people, who, "Übersetzung angezweifelt: Jemand, der sie gelesen hat") == 1
        assert "questioned" not in "\n".join(people.shown("anna"))
        await people.write("tina", "/trans")
        await people.tap("tina", "Übernehmen")
        await people.write("tina", "/release Das Brot ist teuer.")
        assert plain(people.chats.chats["cleo"][copy]).startswith("Anna\n  “Das Brot ist teuer.”")
        assert reads(people, "ben", "Das Übersetzungsteam hat eine Übersetzung berichtigt") == 1
        assert reads(people, "cleo", asked) == reads(people, "anna", "corrected") == 0
        await people.tap("cleo", "Original")
        assert reads(people, "cleo", "“The bread is dear.”") >= 1


async def test_what_came_of_the_old_words_lets_nothing_leave() -> None:
    async with mixed() as (people, engine):
        engine.gates = {"The bread is dear.": asyncio.Event(), "The bread is cheap.": asyncio.Event()}
        writing = await under_way(people, engine, "anna", "The bread is dear.")
        editing = asyncio.create_task(people.edit("anna", "anna-2", "The bread is cheap."))
        await until(lambda: len(engine.asked) == 2)
        engine.gates["The bread is dear."].set()
        while await people.room.store.read(lambda db: len(courses.open_jobs(db))) > 1:
            await people.room.engine._sender.flush()
        await people.room.engine._sender.flush()
        assert reads(people, "ben", "Anna\n") == 0
        engine.gates["The bread is cheap."].set()
        await asyncio.gather(writing, editing)
        await people.room.engine.settle()
        assert reads(people, "ben", "ehT daerb si paehc.") == reads(people, "ben", "Anna\n") == 1


async def test_what_could_not_be_translated_is_not_waited_for_again() -> None:
    async with mixed(orders=Orders()) as (people, _):
        await people.write("anna", "The bread is dear.")
        await people.tap("maya", "Hide")
        assert reads(people, "ben", "The bread is dear.") == 0
        await people.tap("maya", "It was a mistake: put it back")
        assert reads(people, "ben", "auf Englisch, nicht übersetzt") == 1


async def test_nobody_reads_the_original_of_what_was_taken_back_or_belongs_to_another_table() -> None:
    async with mixed() as (people, _):
        await people.write("anna", "The bread is dear.")
        press = next(b.press for m in people.chats.to("ben") for b in m.buttons if b.label == "Original")
        await people.room.enrol("dora")
        await people.room.say("dora", press=press)
        assert "The bread is dear." not in "\n".join(people.shown("dora"))
        await people.write("anna", "/undo")
        gone = {
            "ben": "Das wurde zurückgenommen oder ausgeblendet und lässt sich deshalb nicht zeigen.",
            "maya": "This was taken back or hidden, so it cannot be shown.",
        }
        for who, told in gone.items():
            await people.room.say(who, press=press)
            assert people.last(who) == told
