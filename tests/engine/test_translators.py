"""The translators' queue: several translators at once, time that runs out, restarts, authors who are asked or gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.core.effects import Withdraw
from bot.core.state import Translated
from bot.store import translations
from bot.store.database import Database
from tests.support.border import HUMAN, MINUTE, SAID, SCRIPT, acts, again, border, made, news, queued, seat_of
from tests.support.chats import Chats
from tests.support.room import ASSEMBLY


async def test_translators_are_told_once_and_not_for_each_text() -> None:
    async with border(SAID, relay=HUMAN) as t:
        for who in ("theo", "tina"):
            assert news(t, who, "wait for a translator") == [
                "3 texts wait for a translator, the first until 09:56.\n· /trans shows the first one."
            ]
        await t.write("theo", "/trans")
        await t.tap("theo", "Release the draft")
        assert t.last("theo") == "Released. Thank you.\n2 texts wait still: /trans shows the next."
        assert len(news(t, "tina", "for a translator")) == 1


async def test_a_translator_sees_the_source_its_context_the_draft_the_time_and_what_can_be_done() -> None:
    async with border(SAID, relay=HUMAN) as t:
        await t.write("theo", "/trans")
        await t.tap("theo", "Release the draft")
        await t.write("theo", "/trans")
        told = t.last("theo")
        for part in (
            "Table 1 in Wien", "“Die Fähre fährt nur 3 Mal am Tag.”", "“Wir brauchen keine Brücke hier.”",
            "“We need a bridge here.”", "at 09:56 it goes out as it was written", "30 minutes left",
            "[1] Take  [2] Release the draft  [3] Ask the author  [4] Cannot",
        ):  # fmt: skip
            assert part in told


async def test_words_that_were_taken_back_are_no_context() -> None:
    async with border(SAID, relay=HUMAN) as t:
        await t.room.apply([Withdraw(await seat_of(t, "Dora"), "said-0")])
        await t.write("theo", "/trans")
        assert t.last("theo").startswith("These words have been taken back meanwhile")
        await t.write("theo", "/trans")
        assert "“Wir brauchen keine Brücke hier.”" in t.last("theo")
        assert "Before it stands" not in t.last("theo")


async def test_of_two_who_take_the_same_one_gets_it() -> None:
    async with border(SAID[:1], relay=HUMAN) as t:
        await t.write("theo", "/trans")
        await t.write("tina", "/trans")
        await t.tap("theo", "Take")
        await t.tap("tina", "Take")
        assert t.last("tina") == "Somebody else has just taken this text. /trans shows what waits."
        assert await queued(t, "said-0") == ("taken", await seat_of(t, "Theo"))
        await t.tap("tina", "Release the draft")
        assert t.last("tina") == "Somebody else has just taken this text. /trans shows what waits."
        await t.write("tina", "/trans")
        assert t.last("tina").startswith("No text waits for you now.")
        await t.write("tina", "Nothing that I type now is a translation.")
        assert "Your translation" not in "".join(t.shown("tina"))
        found = await made(t, "said-0")
        assert found is not None
        assert found.state == "held"


async def test_both_press_before_either_is_answered() -> None:
    async with border(SAID[:1], relay=HUMAN) as t:
        presses = {}
        for who in ("theo", "tina"):
            await t.write(who, "/trans")
            presses[who] = next(b.press for m in t.chats.to(who) for b in m.buttons if b.label == "Release the draft")
        for who, press in presses.items():
            await t.room.take_in(who, press=press)
        await t.room.engine.settle()
        assert t.last("theo") == "Released. Thank you."
        assert t.last("tina") == "This is done already. /trans shows what waits."
        assert [act for act in await acts(t) if act == "translation_released"] == ["translation_released"]


async def test_after_five_minutes_it_comes_back_by_itself() -> None:
    async with border(SAID[:1], relay=HUMAN) as t:
        await t.write("theo", "/trans")
        await t.tap("theo", "Take")
        await t.room.wait(timedelta(minutes=4, seconds=59))
        assert (await queued(t, "said-0"))[0] == "taken"
        await t.room.wait(timedelta(seconds=2))
        assert await queued(t, "said-0") == ("waiting", "")
        assert (
            t.last("theo") == "Five minutes are over, so the text has gone back to the queue. /trans shows what waits."
        )
        assert len(news(t, "tina", "1 text waits for a translator")) == 2, (
            "who was told that it waits knows that it does again"
        )
        await t.write("theo", "The ferry goes.")
        assert "Your translation" not in "".join(t.shown("theo")), "it is not theirs any more"
        assert await acts(t) == ["text_taken", "text_back"]


async def test_it_comes_back_after_a_restart_too(tmp_path: Path) -> None:
    async with border(SAID[:1], relay=HUMAN, path=tmp_path / "a.db") as t:
        await t.write("theo", "/trans")
        await t.tap("theo", "Take")
        moment = t.room.clock.now()
    async with again(tmp_path / "a.db", moment) as t:
        assert (await queued(t, "said-0"))[0] == "taken"
        await t.write("tina", "/trans")
        assert t.last("tina").startswith("No text waits for you now.")
        await t.write("theo", "The ferry goes three times.")
        await t.tap("theo", "Write it anew")
        assert t.last("theo") == "Then please write it once more, all of it. Nothing was sent to anybody."
        await t.room.wait(6 * MINUTE)
        assert await queued(t, "said-0") == ("waiting", "")
        await t.write("tina", "/trans")
        await t.tap("tina", "Take")
        await t.write("tina", "/release The ferry runs 3 times a day.")
        assert "“The ferry runs 3 times a day.”" in t.last("anna")


async def test_a_text_that_was_given_back_goes_to_the_next_one_and_then_to_the_coordinator() -> None:
    async with border(SAID[:1], relay=HUMAN) as t:
        await t.write("theo", "/trans")
        await t.tap("theo", "Cannot")
        assert t.last("theo") == "Given back: another translator gets it."
        await t.write("theo", "/trans")
        assert t.last("theo").startswith("No text waits for you now.")
        assert len(news(t, "tina", "1 text waits")) == 2
        await t.write("tina", "/trans")
        await t.tap("tina", "Take")
        await t.tap("tina", "Cannot")
        assert t.last("tina") == "Given back. The coordinator is told."
        assert await queued(t, "said-0") == ("refused", "")
        [told] = news(t, "olga", "has given a text back")
        assert told.startswith(
            "Every translator from German into English has given a text back, so it waits for nobody now."
        )
        assert "“" not in told, "whose words they are, and which, is nothing to a coordinator"
        await t.room.enrol("tom", "translator", "wien", "en")
        await t.write("tom", "/trans")
        assert "Die Fähre fährt nur 3 Mal am Tag." in t.last("tom"), "who comes later may still do it"
        await t.room.wait(31 * MINUTE)
        assert news(t, "anna", "No translator was there in time")
        assert await acts(t) == ["text_refused", "text_taken", "text_refused"]


async def test_where_nobody_reads_both_languages_the_coordinator_knows_at_once() -> None:
    async with border(SAID[:1], relay=HUMAN, translators={}) as t:
        [told] = news(
            t, "olga", "A text waits to be translated from German into English, and nobody here translates that."
        )
        assert "/invite translator 1" in told
    async with border(SAID[:1], translators={}) as t:
        await t.tap("anna", "This translation looks wrong")
        assert len(news(t, "olga", "people read the translation and, beside it, what was written")) == 1


async def test_the_draft_and_a_translation_in_one_go() -> None:
    async with border(SAID[:2], relay=HUMAN) as t:
        await t.write("tina", "/release")
        assert t.last("tina") == "You have no text now. /trans shows what waits."
        await t.write("tina", "/trans")
        await t.tap("tina", "Take")
        await t.write("tina", "/release")
        assert f"“{SCRIPT[SAID[0]]}”" in t.last("anna")
        await t.write("tina", "/trans")
        await t.tap("tina", "Take")
        await t.write("tina", "/release We need no bridge.")
        assert "“We need no bridge.”" in t.last("anna")
        one, two = await made(t, "said-0"), await made(t, "said-1")
        tina = await seat_of(t, "Tina")
        assert one == Translated("said-0", "en", SCRIPT[SAID[0]], "scripted", "reviewed", by=tina)
        assert two == Translated("said-1", "en", "We need no bridge.", "memory", "reviewed", by=tina, edition=2)
        assert await acts(t) == ["text_taken", "translation_released"] * 2


async def test_what_is_typed_is_shown_before_it_goes_out() -> None:
    async with border(SAID[:1], relay=HUMAN) as t:
        await t.write("tina", "/trans")
        await t.tap("tina", "Take")
        await t.write("tina", "Three boats.")
        assert t.last("tina") == "Your translation:\n  “Three boats.”\n[1] Release  [2] Write it anew"
        assert "Three boats" not in "".join(t.shown("anna"))
        await t.write("tina", "The ferry runs 3 times a day.")
        await t.tap("tina", "Release", times=2)
        assert "“The ferry runs 3 times a day.”" in t.last("anna")
        assert [act for act in await acts(t) if act == "translation_released"] == ["translation_released"]


async def test_where_there_is_no_draft_words_are_needed() -> None:
    async with border(SAID[:1], {}, relay=HUMAN) as t:
        found = await made(t, "said-0")
        await t.room.store.transact(_no_draft)
        await t.write("tina", "/trans")
        assert found is not None
        assert "There is no draft." in t.last("tina")
        assert "Release the draft" not in t.last("tina")
        await t.tap("tina", "Take")
        await t.write("tina", "/release")
        assert "There is no draft. Please write your translation after it." in t.last("tina")


async def test_an_insult_is_never_softened() -> None:
    async with border(SAID[2:], relay=HUMAN) as t:
        await t.write("theo", "/trans")
        assert "“Ihr seid alle Dummköpfe dort.”" in t.last("theo")
        assert "an insult stays an insult" in t.last("theo")


async def test_languages_say_what_somebody_is_given() -> None:
    async with border(SAID[:1], relay=HUMAN, translators={"tess": "de"}) as t:
        await t.write("tess", "/trans fr")
        assert "Please write the languages that you read, out of: en, de." in t.last("tess")
        await t.write("tess", "/trans de")
        await t.write("tess", "/trans")
        assert "Die Fähre" in t.last("tess"), "who has named no other language serves every pair with their own"
        await t.write("tess", "/trans en, DE")
        assert t.last("tess").startswith("Thank you. You are given what is to be translated between these languages:")
        await t.write("tess", "/trans")
        assert "Die Fähre" in t.last("tess")


async def test_only_translators_use_the_queue() -> None:
    async with border(SAID[:1], relay=HUMAN) as t:
        for who in ("anna", "olga"):
            await t.write(who, "/trans")
            assert t.last(who).startswith("/trans is for translators.")
            await t.room.say(who, press="-release::said-0~en")
            assert t.last(who).startswith("/release is for translators.")
        assert (await queued(t, "said-0"))[0] == "waiting"


async def test_one_text_at_a_time() -> None:
    async with border(SAID[:2], relay=HUMAN) as t:
        await t.write("theo", "/trans")
        await t.tap("theo", "Take")
        await t.room.say("theo", press="-take:said-1~en")
        assert t.last("theo") == "You have another text already. Release it or give it back first; /trans shows it."
        assert (await queued(t, "said-1"))[0] == "waiting"


class Other(Chats):
    account = "other:main"


async def test_a_release_reaches_two_platforms_and_is_one_from_two_platforms() -> None:
    other = Other(edits=False, numbered=True)
    async with border(SAID[:1], others=[other], elsewhere={"ben": other.account}) as t:
        await t.tap("anna", "This translation looks wrong")
        await t.write("theo", "/trans")
        await t.tap("theo", "Take")
        await t.write("theo", "The ferry runs 3 times a day, no more.")
        await t.tap("theo", "Release", times=2)
        for chats, who in ((t.chats, "anna"), (other, "ben")):
            told = [text for text in chats.shown(who) if "has corrected a translation that you have read" in text]
            assert len(told) == 1
            assert "“The ferry runs 3 times a day, no more.”" in told[0]


async def test_what_is_released_is_remembered() -> None:
    async with border(SAID[:1], relay=HUMAN) as t:
        await t.write("theo", "/trans")
        await t.tap("theo", "Take")
        await t.write("theo", "/release The ferry runs 3 times a day, no more.")
        given = await t.room.store.read(lambda db: db.sql.execute("SELECT source, target FROM memory").fetchall())
        assert given == [("de", "en")]


def _no_draft(db: Database) -> None:
    found = translations.load(db, ASSEMBLY, "said-0", "en")
    assert found is not None
    translations.save(db, ASSEMBLY, replace(found, text=""), 0)
