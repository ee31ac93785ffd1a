"""A translator asks an author, and authors who are gone when their words are wanted."""

from __future__ import annotations

from bot.store import identities
from bot.store.database import Database
from tests.support.border import HUMAN, MINUTE, SAID, acts, border, news, queued, seat_of

TALK_AGAIN = """
[[step]]
id = "again"
type = "discuss"
duration = "20m"
text = { en = "And now?", de = "Und jetzt?" }
"""


async def test_the_author_is_asked_and_answers_and_neither_learns_a_name() -> None:
    async with border(SAID[:1], relay=HUMAN) as t:
        await t.write("theo", "/trans")
        await t.tap("theo", "Ask the author")
        assert t.last("theo").startswith("What do you want to ask? Write one short question here, in Deutsch.")
        await t.room.wait(4 * MINUTE)
        await t.write("theo", "Am Sonntag auch?")
        asked = t.last("dora")
        assert "Die Fähre fährt nur 3 Mal am Tag." in asked
        assert "“Am Sonntag auch?”" in asked
        assert "Theo" not in asked
        await t.room.wait(3 * MINUTE)
        await t.tap("dora", "Answer")
        await t.write("dora", "Ja, jeden Tag.")
        assert t.last("dora") == "Thank you. Your answer has gone to the translator."
        answered = t.last("theo")
        assert answered.startswith("The author answers:\n  “Ja, jeden Tag.”\nThe text is yours until ")
        assert "Dora" not in "".join(t.shown("theo"))
        assert "Ja, jeden Tag." not in "".join(t.shown("emil")), "it is no word to the table"
        await t.room.wait(3 * MINUTE)
        await t.write("theo", "The ferry runs 3 times a day.")
        await t.tap("theo", "Release")
        assert "“The ferry runs 3 times a day.”" in t.last("anna")
        assert await acts(t) == ["text_taken", "author_asked", "author_answered", "translation_released"]


async def test_an_author_who_would_rather_not_or_is_late() -> None:
    async with border(SAID[:1], relay=HUMAN) as t:
        await t.write("theo", "/trans")
        await t.tap("theo", "Ask the author")
        await t.write("theo", "Warum?")
        await t.tap("dora", "I would rather not")
        assert t.last("theo") == "The author does not want to answer your question."
        await t.tap("theo", "Ask the author")
        await t.write("theo", "Wirklich nicht?")
        await t.room.wait(6 * MINUTE)
        await t.tap("dora", "Answer")
        await t.write("dora", "Doch.")
        assert t.last("theo").endswith("The text has gone back to the queue meanwhile. /trans shows it.")


async def test_an_author_whose_table_talks_says_for_whom_their_words_are() -> None:
    async with border(SAID[:1], relay=f"{HUMAN}\n{TALK_AGAIN}") as t:
        await t.write("theo", "/trans")
        await t.tap("theo", "Ask the author")
        await t.write("theo", "Warum?")
        await t.tap("dora", "Answer")
        await t.room.wait(31 * MINUTE)
        await t.write("dora", "Gute Frage.")
        assert "Ist das" in t.last("dora") or "Is this your answer to the translator" in t.last("dora")
        assert not news(t, "emil", "Gute Frage.")
        assert not news(t, "theo", "Gute Frage.")
        await t.tap("dora", t.chats.to("dora")[-1].buttons[1].label)
        assert news(t, "emil", "Gute Frage.")
        assert not news(t, "theo", "Gute Frage.")
        await t.write("dora", "Weil es zu wenig ist.")
        await t.tap("dora", t.chats.to("dora")[-1].buttons[0].label)
        assert news(t, "theo", "Weil es zu wenig ist.")
        assert not news(t, "emil", "Weil es zu wenig ist.")


async def test_nobody_else_answers_for_an_author() -> None:
    async with border(SAID[:1], relay=HUMAN) as t:
        await t.write("theo", "/trans")
        await t.tap("theo", "Ask the author")
        await t.write("theo", "Warum?")
        press = next(b.press for m in t.chats.to("dora") for b in m.buttons if b.label == "Answer")
        await t.room.say("emil", press=press)
        assert t.last("emil") != t.last("dora")
        await t.room.say("emil", "Darum.")
        assert "Darum." not in "".join(t.shown("theo"))


async def test_the_author_is_erased_while_somebody_has_the_text() -> None:
    async with border(SAID[:1], relay=HUMAN) as t:
        await t.write("theo", "/trans")
        await t.tap("theo", "Take")
        await t.room.store.transact(identities.erase, await seat_of(t, "Dora"))
        await t.write("theo", "The ferry.")
        await t.tap("theo", "Release")
        assert t.last("theo") == (
            "These words have been taken back meanwhile, so nobody needs a translation of them any more."
        )
        assert (await queued(t, "said-0"))[0] == "done"
        assert "The ferry." not in "".join(t.shown("anna"))
        await t.room.wait(31 * MINUTE)
        assert news(t, "anna", "No translator") == [], "nor is the original shown"
        assert await acts(t) == ["text_taken", "text_gone"]


async def test_the_author_takes_it_back_while_it_waits() -> None:
    async with border(SAID[:1], relay=HUMAN) as t:
        await t.write("tina", "/trans")
        await t.room.store.transact(_take_back)
        await t.tap("tina", "Cannot")
        assert t.last("tina").startswith("These words have been taken back meanwhile")
        assert (await queued(t, "said-0"))[0] == "done", "nobody else is given it"
    async with border(SAID[:1], relay=HUMAN) as t:
        await t.room.store.transact(_take_back)
        await t.write("theo", "/trans")
        assert t.last("theo").startswith("These words have been taken back meanwhile")
        await t.write("theo", "/trans")
        assert t.last("theo").startswith("No text waits for you now.")


def _take_back(db: Database) -> None:
    db.sql.execute("UPDATE contribution SET state = 'withdrawn' WHERE id = 'said-0'")
