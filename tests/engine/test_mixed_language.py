"""A table whose people read different languages: each reads the talk in their own, with the original one tap away."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.core.effects import Wake
from bot.core.events import Joined
from bot.language.translation.service import Orders
from bot.store.database import Database
from tests.support.chats import TALK
from tests.support.mixed_tables import DE, FLOW_AT_NIGHT, INSTANT, MIXED, PATIENCE, mixed, reads, under_way

WRONG = "Diese Übersetzung stimmt nicht"


async def test_each_reads_the_talk_in_their_own_language_with_the_original_one_tap_away() -> None:
    async with mixed() as (people, engine):
        await people.write("anna", "The bread is dear.")
        assert people.last("ben") == f"Anna\n  “ehT daerb si raed.”\n{DE}\n[1] Original"
        assert people.last("cleo") == "Anna\n  “The bread is dear.”"
        assert people.last("maya") == "Anna\n  “The bread is dear.”\n[1] Hide"
        await people.tap("ben", "Original")
        assert (
            people.last("ben")
            == f"Anna\n  “The bread is dear.”\n· wie es geschrieben wurde, auf Englisch\n[1] Übersetzung  [2] {WRONG}"
        )
        await people.tap("ben", "Übersetzung")
        assert people.last("ben") == f"Anna\n  “ehT daerb si raed.”\n{DE}\n[1] Original"
        assert engine.asked == [("The bread is dear.", "en", "de")]


async def test_a_machine_is_asked_once_for_each_message_and_language_however_many_read_it() -> None:
    async with mixed(languages={"anna": "en", "ben": "de", "cleo": "de", "maya": "de"}) as (people, engine):
        await people.write("anna", "The bread is dear.")
        assert [people.last(who).splitlines()[1] for who in ("ben", "cleo", "maya")] == ["  “ehT daerb si raed.”"] * 3
        assert len(engine.asked) == 1
        await people.write("anna", "The bread is dear.")
        assert reads(people, "ben", "ehT daerb si raed.") == 2
        assert len(engine.asked) == 1  # it is remembered


async def test_a_machine_that_hangs_delays_only_those_who_need_it() -> None:
    async with mixed() as (people, engine):
        engine.gates["de"] = asyncio.Event()
        writing = await under_way(people, engine, "anna", "The bread is dear.")
        assert reads(people, "cleo", "The bread is dear.") == reads(people, "maya", "The bread is dear.") == 1
        assert reads(people, "ben", "Anna\n") == 0
        engine.gates["de"].set()
        await writing
        assert reads(people, "ben", "ehT daerb si raed.") == 1


async def test_what_was_translated_comes_in_the_order_in_which_it_was_said() -> None:
    async with mixed() as (people, engine):
        engine.gates["Slow."] = asyncio.Event()
        first = await under_way(people, engine, "anna", "Slow.")
        second = await under_way(people, engine, "cleo", "Quick.")
        while not await people.room.store.read(ready):
            assert not second.done()
            await asyncio.sleep(0)
        assert reads(people, "ben", "kciuQ.") == 0  # it has all that it needs, and waits for what was said before
        engine.gates["Slow."].set()
        await asyncio.gather(first, second)
        assert [text.splitlines()[1] for text in people.shown("ben")[-2:]] == ["  “wolS.”", "  “kciuQ.”"]


def ready(db: Database) -> bool:
    """Whether a translation has come for a message that has not left."""
    return db.sql.execute("SELECT 1 FROM outbox WHERE awaits LIKE '!%' AND state = 'new'").fetchone() is not None


async def test_after_a_while_the_original_comes_labelled_and_only_once() -> None:
    async with mixed() as (people, engine):
        engine.gates["de"] = asyncio.Event()
        writing = await under_way(people, engine, "anna", "The bread is dear.")
        people.room.clock.move(people.room.clock.now() + PATIENCE - INSTANT)
        await people.room.engine._sender.flush()
        assert reads(people, "ben", "Anna\n") == 0
        people.room.clock.move(people.room.clock.now() + INSTANT)
        await people.room.engine._sender.flush()
        assert people.last("ben") == "Anna\n  “The bread is dear.”\n· auf Englisch, nicht übersetzt"
        engine.gates["de"].set()
        await writing
        assert reads(people, "ben", "Anna\n") == 1


async def test_where_a_machine_gives_nothing_sound_the_original_comes_at_once() -> None:
    async with mixed() as (people, engine):
        engine.gives = lambda text: text + " Call 4711 now."
        await people.write("anna", "The bread is dear.")
        assert people.last("ben") == "Anna\n  “The bread is dear.”\n· auf Englisch, nicht übersetzt"
        await people.write("anna", "The bread is dear!")
        assert reads(people, "ben", "Anna\n") == 2


async def test_a_machine_that_never_answers_holds_nothing_longer_than_its_budget() -> None:
    async with mixed(budget=0.05) as (people, engine):
        engine.gates["de"] = asyncio.Event()
        await people.write("anna", "The bread is dear.")
        assert people.last("ben") == "Anna\n  “The bread is dear.”\n· auf Englisch, nicht übersetzt"


async def test_whoever_reads_the_language_waits_for_nothing_and_no_machine_sees_it() -> None:
    async with mixed(languages={"anna": "en", "ben": "en", "cleo": "en", "maya": "en"}) as (people, engine):
        assert "A machine" not in "\n".join(people.shown("anna"))
        await people.write("anna", "The bread is dear.")
        assert people.last("ben") == "Anna\n  “The bread is dear.”"
        assert engine.asked == []


async def test_where_a_common_language_is_required_nothing_is_translated() -> None:
    flow = MIXED.replace('common_language = "translate"\nmax_languages = 2', "")
    async with mixed(flow=flow, languages={"anna": "en", "ben": "en", "cleo": "en", "maya": "en"}) as (people, engine):
        await people.write("ben", "/lang de")
        await people.write("anna", "The bread is dear.")
        assert people.last("ben") == "Anna\n  “The bread is dear.”"
        assert engine.asked == []


# Other things that a table reads


async def test_a_latecomer_reads_the_last_words_in_their_language() -> None:
    async with mixed() as (people, engine):
        await people.write("anna", "The bread is dear.")
        await people.write("ben", "Das Brot ist gut.")
        dora = await people.room.enrol("dora", language="de")
        await people.room.apply([Wake(people.room.clock.now(), Joined(dora, "all"), "dora")])
        await people.room.engine.settle()
        await people.tap("dora", "Ich bin mindestens 18 und stimme zu")
        await people.tap("dora", "Ja")
        await people.write("dora", "Dora")
        last = people.last("dora")
        assert "“ehT daerb si raed.”" in last
        assert DE in last
        assert "“Das Brot ist gut.”" in last
        assert last.count(DE) == 1
        assert "Für alle wird maschinell übersetzt" in last
        assert len(engine.asked) == 2  # both were translated already
        await people.tap("dora", "Original")
        assert (
            people.last("dora")
            == "So wurde es geschrieben:\n  “The bread is dear.”\n· wie es geschrieben wurde, auf Englisch"
        )


async def test_prompts_and_summaries_reach_each_in_their_language() -> None:
    async with mixed() as (people, _):
        await people.write("maya", "/prompt What speaks for it?")
        await people.tap("maya", "Send")
        assert "tahW skaeps rof ti?" in people.last("ben")
        assert people.last("cleo") == "Maya (facilitator)\n  “What speaks for it?”"
        await people.write("maya", "/summary Bread is dear.")
        assert "daerB si raed." in people.last("ben")
        assert DE in people.last("ben")


COLLECT = """
[[step]]
id = "ideas"
type = "collect"
duration = "40m"
text = "Your idea?"
max_each = 2
show = "table"
"""


async def test_ideas_that_a_table_reads_come_in_each_ones_language_and_stay_nameless() -> None:
    async with mixed(COLLECT) as (people, _engine):
        own = await people.write("anna", "Bake it here.")
        assert people.last("ben") == f"Jemand an Ihrem Tisch schreibt:\n  “ekaB ti ereh.”\n{DE}\n[1] Original"
        await people.tap("ben", "Original")
        assert "Bake it here." in people.last("ben")
        assert "Anna" not in people.last("ben")
        await people.edit("anna", own, "Bake it there.")
        assert "ekaB ti ereht." in people.last("ben")
        await people.tap("anna", "Take back")
        assert reads(people, "ben", "ereht") == 0
        assert "Bake it" not in people.last("anna")


async def test_statements_to_vote_on_come_in_each_ones_language() -> None:
    vote = """
[[step]]
id = "ideas"
type = "collect"
duration = "10m"
text = "Your idea?"
max_each = 1
[[step]]
id = "agree"
type = "vote"
duration = "10m"
over = ["ideas"]
from = "table"
"""
    async with mixed(vote) as (people, engine):
        await people.write("anna", "Bake it here.")
        assert engine.asked == []  # nobody reads it yet
        await people.room.wait(timedelta(minutes=10))
        await people.room.engine.settle()
        last = people.last("ben")
        assert f"  “ekaB ti ereh.”\n{DE}\n[1] Stimme zu" in last
        assert last.endswith("[6] Original")
        await people.tap("ben", "Original")
        assert "“Bake it here.”" in people.last("ben")
        assert people.shown("ben")[-2] == last
        await people.tap("ben", "Stimme zu")
        assert "Bake it here." in people.shown("cleo")[-1]
        assert DE not in people.shown("cleo")[-1]


async def test_who_reads_a_third_language_where_two_have_room_reads_what_was_written_and_is_told() -> None:
    async with mixed() as (people, engine):
        await people.write("cleo", "/lang fr")
        assert "traduite que dans ces langues\u00a0: allemand et anglais" in people.last("cleo")
        await people.write("anna", "The bread is dear.")
        assert people.last("cleo") == "Anna\n  “The bread is dear.”\n· en anglais, non traduit"
        assert "ehT daerb si raed." in people.last("ben")
        assert {target for _, _, target in engine.asked} == {"de"}


async def test_who_changes_to_a_language_that_has_room_reads_the_talk_in_it_from_then_on() -> None:
    async with mixed() as (people, engine):
        await people.write("cleo", "/lang de")
        assert "wird für Sie maschinell übersetzt" in people.last("cleo")
        await people.write("anna", "The bread is dear.")
        assert people.last("cleo") == people.last("ben")
        assert len(engine.asked) == 1
        for who in ("anna", "maya"):
            await people.write(who, "/lang fr")
        await people.write("ben", "Das Brot ist gut.")
        assert "saD torB tsi tug." in people.last("anna")  # nobody reads English any more, so there is room
        await people.write("ben", "/lang fr")
        await people.write("cleo", "/lang fr")
        await people.write("maya", "/lang fr")
        assert "machine" not in people.last("maya")  # all read the same


async def test_where_nothing_can_translate_the_table_is_told_once_at_the_start() -> None:
    async with mixed(engine=None, orders=Orders()) as (people, _):
        told = "Nothing can translate between them here"
        assert reads(people, "anna", told) == reads(people, "maya", told) == 1
        assert reads(people, "ben", "Übersetzen lässt sich dazwischen hier nicht") == 1
        await people.write("anna", "The bread is dear.")
        assert people.last("ben") == "Anna\n  “The bread is dear.”\n· auf Englisch, nicht übersetzt"


async def test_where_there_are_no_buttons_the_original_comes_in_reply_to_the_command() -> None:
    async with mixed(numbered=True) as (people, _):
        await people.write("anna", "The bread is dear.")
        folded = "Original (Englisch):\n  “The bread is dear.”"
        assert people.last("ben") == f"Anna\n  “ehT daerb si raed.”\n{DE}\n{folded}"
        await people.write("ben", "/original", answers=people.chats.find("ben", "raed"))
        assert people.last("ben").startswith("Anna\n  “The bread is dear.”\n· wie es geschrieben wurde, auf Englisch")
        assert people.chats.answers("ben", "The bread is dear.") == people.chats.find("ben", "raed.”")
        await people.write("ben", "/original")
        assert people.last("ben") == "So wurde es geschrieben:\nAnna\n  “The bread is dear.”"


async def test_long_words_and_words_from_right_to_left_come_whole() -> None:
    async with mixed() as (people, _):
        await people.write("anna", ("word " * 400).strip())
        assert ("drow " * 400).strip() in people.last("ben")
        await people.write("ben", "שלום לחם")
        assert "\u2068םולש םחל\u2069" in people.last("anna")
        await people.tap("anna", "Original")
        assert "\u2068שלום לחם\u2069" in people.last("anna")


async def test_a_sentence_that_the_facilitator_suggests_is_read_by_its_author_in_their_language() -> None:
    async with mixed() as (people, engine):
        await people.send("ben", "voice")
        for who in ("anna", "cleo"):
            await people.tap(who, "Yes")
        await people.write("maya", "/sentence The bread is dear.", answers=people.chats.find("maya", "[voice]"))
        assert f"“ehT daerb si raed.”\n{DE}" in people.last("ben")
        await people.tap("ben", "Original")
        assert "“The bread is dear.”" in people.last("ben")
        await people.tap("ben", "Ja, das ist mein Satz")
        assert people.last("anna") == "Ben\n  “The bread is dear.”"
        assert engine.asked == [("The bread is dear.", "en", "de")]


NIGHT = TALK.replace("40m", "24h")


async def test_what_was_held_for_the_night_comes_together_in_the_morning_each_in_their_language() -> None:
    async with mixed(NIGHT, FLOW_AT_NIGHT) as (people, engine):
        await people.room.wait(timedelta(hours=12))
        await people.write("anna", "First.")
        await people.write("cleo", "Second.")
        await people.write("anna", "Third.")
        await people.room.wait(2 * PATIENCE)
        assert reads(people, "ben", "tsriF.") == 0
        assert len(engine.asked) == 3
        await people.room.wait(timedelta(hours=10))
        last = people.last("ben")
        assert [last.index(word) for word in ("tsriF.", "dnoceS.", "drihT.")] == sorted(
            last.index(word) for word in ("tsriF.", "dnoceS.", "drihT.")
        )
        assert last.count(DE) == 3
        assert last.endswith("[1] Original")
        await people.tap("ben", "Original")
        assert "“First.”" in people.last("ben")
        assert "“Third.”" in people.last("ben")
        await people.write("anna", "/undo")
        assert reads(people, "ben", "drihT.") == 0
        assert reads(people, "ben", "dnoceS.") == 1


async def test_whoever_leads_a_mixed_table_may_read_another_of_its_languages() -> None:
    languages = {"anna": "en", "ben": "en", "cleo": "en", "maya": "de"}
    async with mixed(languages=languages) as (people, _):
        await people.write("anna", "The bread is dear.")
        assert people.last("maya") == f"Anna\n  “ehT daerb si raed.”\n{DE}\n[1] Ausblenden  [2] Original"
        await people.tap("maya", "Original")
        assert "“The bread is dear.”" in people.last("maya")
        await people.tap("maya", "Ausblenden")
        assert reads(people, "ben", "dear") == 0


async def test_a_machine_that_hangs_in_one_language_leaves_room_for_the_others() -> None:
    languages = {"anna": "en", "ben": "de", "cleo": "fr", "maya": "en"}
    async with mixed(languages=languages, most=3) as (people, engine):
        engine.gates["fr"] = asyncio.Event()
        many = [asyncio.create_task(people.write("anna", f"Bread {number}.")) for number in range(20)]
        for _ in range(2000):
            if reads(people, "ben", "daerB") < 20:
                await people.room.engine._sender.flush()
        assert reads(people, "ben", "daerB") == 20
        assert reads(people, "cleo", "daerB") == 0
        engine.gates["fr"].set()
        await asyncio.gather(*many)
        await people.room.engine.settle()
        assert [text.splitlines()[1] for text in people.shown("cleo")[-20:]] == [f"  “daerB {n}.”" for n in range(20)]


async def test_nobody_leads_a_table_that_has_no_room_for_their_language() -> None:
    languages = {"anna": "en", "ben": "de", "cleo": "en", "maya": "fr"}
    async with mixed(languages=languages) as (people, engine):
        await people.write("anna", "The bread is dear.")
        assert reads(people, "maya", "The bread is dear.") == 0
        assert {target for _, _, target in engine.asked} == {"de"}
