"""A reader says that a translation looks wrong: everybody who reads it knows, once, and nothing is taken away."""

from __future__ import annotations

from dataclasses import replace

from bot.core.effects import Draw, Redraw, Say, Seated
from bot.core.message import Plain, message
from bot.store import findings, people, translations
from bot.store.database import Database
from tests.support.border import (
    HUMAN,
    LEEDS,
    MINUTE,
    SAID,
    SCRIPT,
    WIEN,
    WRONG,
    acts,
    border,
    made,
    news,
    seat_of,
    wanted,
)
from tests.support.chats import Talkers
from tests.support.room import ASSEMBLY
from tests.support.table_room import GROUP

LOOKS_WRONG = "This translation looks wrong"
QUESTIONED = "Translation questioned"


async def doubt(t: Talkers, who: str, number: str = "") -> None:
    await t.tap(who, LOOKS_WRONG)
    if number:
        await t.tap(who, f"Sentence {number}")


async def flags(t: Talkers, id: str) -> int:
    return len(await t.room.store.read(translations.flags, ASSEMBLY, id, "en"))


async def test_everybody_who_has_read_it_reads_that_it_is_questioned_and_what_was_written() -> None:
    async with border() as t:
        await doubt(t, "anna", "2")
        assert t.last("ben") == (
            "From table 1 in Vienna · sentence 2\n"
            "───────────────────────────────────\n"
            "Translation questioned: to somebody who has read this translation it looks wrong.\n"
            "  “We need a bridge here.”\n"
            "What was written, in German:\n"
            "  “Wir brauchen keine Brücke hier.”\n"
            "· A translator looks at it."
        )
        for who in LEEDS:
            assert len(news(t, who, "Translation questioned:")) == 1
        for who in WIEN:
            assert QUESTIONED not in "".join(t.shown(who)), "they read what was written"
        assert await acts(t) == ["flagged"]


async def test_a_flag_takes_nothing_away_and_the_old_message_says_so_too() -> None:
    async with border() as t:
        await doubt(t, "anna", "2")
        [old] = news(t, "ben", "[1] Show the original")
        assert "“1. The ferry runs only 3 times a day.”\n  “2. We need a bridge here.”\n" in old
        assert "· Translation questioned. In German it says:\n  “Wir brauchen keine Brücke hier.”" in old
        found = await made(t, "said-1")
        assert found is not None
        assert (found.state, found.text) == ("questioned", SCRIPT[SAID[1]])
        assert (await made(t, "said-0")) != replace(found, contribution="said-0"), "the other one is none of it"


async def test_however_many_flag_it_everybody_hears_of_it_once_and_of_nobody() -> None:
    async with border() as t:
        for who in LEEDS:
            await doubt(t, who, "2")
        await doubt(t, "anna", "2")
        assert t.last("anna") == "Thank you. You have said so already, and a translator knows."
        for who in LEEDS:
            [told] = news(t, who, "Translation questioned:")
            assert not any(name.title() in told for name in LEEDS)
            assert not any(number in told for number in ("3", "three"))
        assert await flags(t, "said-1") == 3
        waits = await t.room.store.read(translations.waiting, ASSEMBLY)
        assert [(w.contribution, w.why, w.due) for w in waits] == [("said-1", "questioned", None)]
        assert await acts(t) == ["flagged"] * 3
        for who in ("theo", "tina"):
            assert len(news(t, who, "waits for a translator")) == 1


async def test_of_one_sentence_nobody_is_asked_which() -> None:
    async with border(SAID[:1]) as t:
        await doubt(t, "anna")
        assert news(t, "anna", "Which of these") == []
        assert news(t, "anna", "Thank you. A translator looks at it.")
        assert news(t, "ben", "Translation questioned:")


async def test_who_reads_the_language_of_the_words_is_shown_no_button() -> None:
    async with border(language_of={"ben": "de"}) as t:
        assert LOOKS_WRONG not in "".join(t.shown("ben") + t.shown("dora"))
        assert news(t, "ben", "Wir brauchen keine Brücke hier.")
        await doubt(t, "anna", "2")
        assert QUESTIONED not in "".join(t.shown("ben")), "nor told of a translation that they have not read"


async def test_where_people_type_numbers_they_doubt_by_number() -> None:
    async with border(numbered=True) as t:
        await t.write("anna", "2")
        assert "Which of these translations looks wrong?" in t.last("anna")
        await t.write("anna", "1")
        assert news(t, "ben", "“The ferry runs only 3 times a day.”")
        assert await flags(t, "said-0") == 1
        await t.write("cleo", "This translation looks wrong")
        await t.write("cleo", "2")
        assert await flags(t, "said-1") == 1


async def test_where_nothing_can_be_changed_the_news_comes_all_the_same() -> None:
    async with border(edits=False) as t:
        await doubt(t, "anna", "2")
        assert t.chats.changed == []
        assert len(news(t, "ben", QUESTIONED)) == 1


async def correct(t: Talkers, words: str, who: str = "theo") -> None:
    await t.write(who, "/trans")
    await t.tap(who, "Take")
    await t.write(who, words)
    await t.tap(who, "Release")


async def test_a_correction_reaches_everybody_who_has_read_the_earlier_one() -> None:
    async with border() as t:
        await doubt(t, "anna", "2")
        await t.room.apply([Seated("leeds-9", "tables", "leeds", 9, ("en",), (await seat_of(t, "Cleo"),))])
        await correct(t, "We need no bridge here.")
        for who in LEEDS:
            assert t.last(who).endswith(
                "A translator has corrected a translation that you have read. It says:\n"
                "  “We need no bridge here.”\n"
                "It was:\n"
                "  “We need a bridge here.”"
            ), f"{who}, wherever they sit now"
        [old] = news(t, "anna", "[1] Show the original")
        assert "“2. We need no bridge here.”\n· A translator has read this translation." in old
        assert QUESTIONED not in old
        assert old.startswith("From table 1 in Vienna · translated from German, partly by machine (scripted)\n")
        for who in WIEN:
            assert "corrected" not in "".join(t.shown(who))


async def test_a_correction_nobody_asked_for_says_what_it_was() -> None:
    async with border(relay='translator = "machine_then_human"') as t:
        assert "We need a bridge here." in t.last("anna"), "it is read at once"
        assert (waits := await wanted(t, "said-1")) is not None
        assert (waits.why, waits.due) == ("held", None), "and looked at without haste"
        await t.write("theo", "/trans")
        await t.tap("theo", "Release the draft")
        assert "ferry" in t.last("anna")
        assert len(news(t, "anna", "A translator has")) == 1, "the old message says that it was read; no new one does"
        await correct(t, "No bridge here.")
        assert t.last("anna").endswith("It says:\n  “No bridge here.”\nIt was:\n  “We need a bridge here.”")


async def test_who_has_left_hears_nothing_more() -> None:
    async with border() as t:
        await t.room.store.transact(_left, await seat_of(t, "Cleo"))
        await doubt(t, "anna", "2")
        assert news(t, "cleo", QUESTIONED) == []
        assert news(t, "ben", "Translation questioned:")


async def test_what_has_not_left_yet_leaves_as_things_stand_then() -> None:
    async with border() as t:
        ben = await seat_of(t, "Ben")
        await t.room.apply([Say(f"seat:{ben}", message(Plain("first")), "later")])
        await t.room.apply([Redraw((), message(Plain("as it is now")), "anew", said="later")])
        await t.room.engine.settle()
        assert t.last("ben") == "as it is now"
        assert news(t, "ben", "first") == []


async def test_what_a_translator_lets_stand_stands() -> None:
    async with border() as t:
        await doubt(t, "anna", "2")
        await t.write("tina", "/trans")
        await t.tap("tina", "Take")
        await t.write("tina", "/release")
        told = "A translator has looked at the translation that was questioned: it stands as it is.\n  “We need a bridge here.”"
        assert t.last("ben").endswith(told)
        await doubt(t, "ben", "2")
        assert t.last("ben") == "Thank you. A translator has looked at this before, and looks at it once more."
        assert len(news(t, "cleo", "Translation questioned:")) == 1, "nobody is told twice"
        assert (found := await made(t, "said-1")) is not None
        assert found.state == "reviewed"
        assert (again := await wanted(t, "said-1")) is not None
        assert again.state == "waiting", "but a translator looks at it"
        await t.write("tina", "/trans")
        await t.tap("tina", "Withdraw the translation")
        assert t.last("cleo").endswith(
            "Translation withdrawn: a translator has withdrawn a translation that you have read.\n"
            "What was written, in German:\n"
            "  “Wir brauchen keine Brücke hier.”"
        )


async def test_where_it_was_withdrawn_the_original_stands() -> None:
    async with border() as t:
        await doubt(t, "anna", "2")
        await t.write("tina", "/trans")
        await t.tap("tina", "Withdraw the translation")
        [old] = news(t, "anna", "[1] Show the original")
        assert (
            "“2. Wir brauchen keine Brücke hier.”\n· Translation withdrawn: this is what was written, in German." in old
        )
        assert "We need a bridge here." not in old
        await doubt(t, "ben")
        assert news(t, "ben", "Thank you. A translator looks at it."), "of one that is left nobody is asked which"
        assert await flags(t, "said-0") == 1
        assert "translation_withdrawn" in await acts(t)


async def test_what_the_checks_refuse_is_held_and_shown_when_it_is_ready() -> None:
    async with border(script=WRONG, relay='on_language_gap = "hold"') as t:
        assert "· 1. This waits for a translator, until 09:56 at the latest." in t.last("anna")
        assert "8 times" not in t.last("anna")
        assert "3 Mal" not in t.last("anna")
        await t.write("tina", "/trans")
        assert (
            "The draft, by machine (scripted):\n  “The ferry runs only 8 times a day.”\n• The numbers differ.\n"
            in t.last("tina")
        )
        assert "30 minutes left: at 09:56 it goes out as it was written." in t.last("tina")
        await t.tap("tina", "Take")
        await t.write("tina", "/release The ferry runs 3 times a day only.")
        assert t.last("anna").endswith(
            "A translator has translated this from German:\n"
            "  “The ferry runs 3 times a day only.”\n[1] This translation looks wrong"
        )
        [old] = news(t, "anna", "[1] Show the original")
        assert "“1. The ferry runs 3 times a day only.”" in old
        await t.room.wait(31 * MINUTE)
        assert news(t, "anna", "No translator was there in time") == []


async def test_what_is_held_goes_out_as_it_was_written_when_its_time_is_over() -> None:
    async with border(script=WRONG, relay='on_language_gap = "hold"') as t:
        await t.room.wait(31 * MINUTE)
        [late] = news(t, "anna", "No translator was there in time")
        assert late.endswith("this is what was written, in German.\n  “1. Die Fähre fährt nur 3 Mal am Tag.”")
        [old] = news(t, "anna", "[1] Show the original")
        assert "“1. Die Fähre fährt nur 3 Mal am Tag.”\n· Not translated: this is what was written, in German." in old
        await t.write("theo", "/trans")
        assert "people have read it as it was written. Your translation still reaches them." in t.last("theo")
        await t.tap("theo", "Take")
        await t.write("theo", "/release The ferry runs 3 times a day only.")
        assert t.last("anna").endswith(
            "from German:\n  “The ferry runs 3 times a day only.”\n[1] This translation looks wrong"
        )


async def test_what_runs_out_of_time_together_is_told_in_one_message() -> None:
    async with border(relay=HUMAN) as t:
        await t.room.wait(31 * MINUTE)
        for who in LEEDS:
            [late] = news(t, who, "No translator was there in time")
            assert "“1. Die Fähre fährt nur 3 Mal am Tag.”\n  “2. Wir brauchen keine Brücke hier.”" in late


async def test_where_a_person_translates_nobody_reads_the_machine() -> None:
    async with border(relay='translator = "human"') as t:
        assert "bridge" not in "".join(t.shown("anna"))
        assert "machine" not in t.last("anna"), "nothing is said to be translated that is not"
        assert LOOKS_WRONG not in t.last("anna"), "nor is there anything to doubt"
        assert "· 2. This waits for a translator, until 09:56 at the latest." in t.last("anna")
        assert "2 texts wait for a translator, the first until 09:56." in t.last("theo")
        await t.write("theo", "/trans")
        await t.tap("theo", "Release the draft")
        assert t.last("anna").endswith(
            "A translator has translated this from German:\n"
            "  “The ferry runs only 3 times a day.”\n[1] This translation looks wrong"
        )
        await doubt(t, "anna")
        assert await flags(t, "said-0") == 1, "what is held is not there to be doubted"


async def test_in_a_room_it_is_doubted_and_corrected_where_it_stands() -> None:
    async with border(in_room=("anna", "ben")) as t:
        [old] = news(t, GROUP, "[1] Show the original")
        assert "We need a bridge here." in old
        assert news(t, "anna", "translated by machine") == []
        assert news(t, "cleo", "translated by machine"), "who is not there reads it in their own chat"
        press = next(b.press for m in t.chats.to(GROUP) for b in m.buttons if b.label == LOOKS_WRONG)
        await t.room.room_says("anna", GROUP, kind="press", press=press)
        await t.tap("anna", "Sentence 2")
        assert news(t, "anna", "Thank you. A translator looks at it."), "in private"
        assert len(news(t, GROUP, "Translation questioned:")) == 1
        assert len(news(t, "cleo", "Translation questioned:")) == 1
        await correct(t, "We need no bridge here.")
        assert len(news(t, GROUP, "has corrected a translation")) == 1
        [old] = news(t, GROUP, "[1] Show the original")
        assert "“2. We need no bridge here.”" in old, "the message in the room is changed too"
        assert news(t, "anna", "has corrected") == [], "once, where they have read it"


async def test_nobody_doubts_what_was_taken_back() -> None:
    async with border() as t:
        await t.tap("anna", LOOKS_WRONG)
        await t.room.store.transact(_take_back, "said-1")
        await t.tap("anna", "Sentence 2")
        assert t.last("anna").startswith("These words have been taken back")
        assert await acts(t) == []


def _left(db: Database, id: str) -> None:
    seat = people.load_seat(db, id)
    assert seat is not None
    people.save_seat(db, replace(seat, status="left"))


def _take_back(db: Database, id: str) -> None:
    db.sql.execute("UPDATE contribution SET state = 'withdrawn' WHERE id = ?", (id,))


async def test_each_sentence_keeps_its_number_where_one_says_which() -> None:
    async with border(SAID) as t:
        digest = await t.room.store.read(findings.digest_at, ASSEMBLY, "digest", "wien-1")
        assert digest is not None
        gone = replace(digest.sentences[0], left_out="withdrawn")
        await t.room.apply([Draw(replace(digest, sentences=(gone, *digest.sentences[1:])))])
        await t.tap("anna", LOOKS_WRONG)
        assert "“2 · We need a bridge here.”" in t.last("anna")
        assert "[1] Sentence 2  [2] Sentence 3" in t.last("anna")
        await t.tap("anna", "Sentence 3")
        assert (await flags(t, "said-1"), await flags(t, "said-2")) == (0, 1)
