"""What people answer to what came across the border: asked for in their chats, approved, and read on the other side."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.core.effects import Seated, Withdraw
from bot.store import findings, opinions, people
from bot.store.database import Database
from tests.support.border import LEEDS, MINUTE, SCRIPT, WIEN, again, border
from tests.support.chats import Talkers
from tests.support.room import ASSEMBLY

TWO_WAY = 'direction = "two_way"\nreply_for = "10m"'
SAYS = {
    "anna": "Three boats are enough for us.",
    "ben": "We would like a bridge.",
    "cleo": "Who pays for the boats?",
}
ANSWERS = {
    SAYS["anna"]: "Drei Boote sind genug für uns.",
    SAYS["ben"]: "Wir hätten gern eine Brücke.",
    SAYS["cleo"]: "Wer bezahlt die Boote?",
}
KNOWN = {**SCRIPT, **ANSWERS}


@asynccontextmanager
async def two_way(relay: str = TWO_WAY, **more: Any) -> AsyncIterator[Talkers]:
    """What Vienna has said can be answered in Leeds. Otto, the organiser, leads where nobody else does."""
    async with border(relay=relay, script=KNOWN, **more) as t:
        await t.room.enrol("otto", "organiser")
        yield t


async def answer(t: Talkers, who: str, number: int, words: str = "") -> None:
    await t.tap(who, f"Answer {number}")
    await t.write(who, words or SAYS[who])


async def all_answer(t: Talkers) -> None:
    await answer(t, "anna", 1)
    await answer(t, "ben", 2)
    await answer(t, "cleo", 1)


def with_words(t: Talkers, who: str, words: str) -> list[str]:
    return [text for text in t.shown(who) if words in text]


async def replies(t: Talkers) -> list[tuple[str, str]]:
    """Who answers what, as far as it stands."""
    return await t.room.store.read(_replies)


def _replies(db: Database) -> list[tuple[str, str]]:
    found = opinions.contributions(db, ASSEMBLY, "carry", kinds=("reply",))
    return [(c.target, c.text) for c in found]


async def test_each_sentence_has_a_button_and_the_answer_is_read_at_the_own_table() -> None:
    async with two_way() as t:
        [came] = with_words(t, "anna", "translated by machine")
        assert "You can answer until" in came
        await answer(t, "anna", 2)
        assert t.last("anna").splitlines()[:2] == ["Kept, as an answer to sentence 2:", f"  “{SAYS['anna']}”"]
        assert t.last("ben") == f"Anna answers to sentence 2:\n  “{SAYS['anna']}”"
        assert await replies(t) == [("said-1", SAYS["anna"])]
        for who in WIEN:
            assert with_words(t, who, SAYS["anna"]) == [], "nothing crosses unread"
        before = len(t.shown("anna"))
        await t.write("anna", "And this is no answer.")
        assert await replies(t) == [("said-1", SAYS["anna"])]
        assert len(t.shown("anna")) == before + 1, "who writes on is told that nothing waits for it"


async def test_words_in_reply_to_what_came_answer_it() -> None:
    async with two_way() as t:
        came = t.chats.find("anna", "translated by machine")
        await t.write("anna", "2. Not at our place.", answers=came)
        await t.write("anna", "Thank you for that.", answers=came)
        digest = await t.room.store.read(findings.digest_at, ASSEMBLY, "digest", "wien-1")
        assert digest is not None
        assert await replies(t) == [("said-1", "Not at our place."), (digest.id, "Thank you for that.")]


async def test_where_people_type_numbers_the_number_of_the_sentence_is_enough() -> None:
    async with two_way(numbered=True) as t:
        await t.write("anna", "2")
        assert "What would you like to answer to this?" in t.last("anna")
        await t.write("anna", SAYS["anna"])
        assert await replies(t) == [("said-1", SAYS["anna"])]


async def test_approved_the_answers_are_read_on_the_other_side_in_its_language() -> None:
    async with two_way() as t:
        await all_answer(t)
        await t.room.wait(MINUTE)
        assert "Answers of table 1, to be approved" in "".join(t.shown("otto"))
        for who in WIEN:
            assert with_words(t, who, ANSWERS[SAYS["ben"]]) == []
        await t.tap("otto", "Approve")
        for who in WIEN:
            [came] = with_words(t, who, ANSWERS[SAYS["ben"]])
            assert ANSWERS[SAYS["cleo"]] in came
            assert "“We brauchen" not in came
            assert "Wir brauchen keine Brücke hier." in came, "it stands below what it answers"
        assert with_words(t, "anna", ANSWERS[SAYS["ben"]]) == []


@pytest.mark.parametrize("stop", ["asked", "written", "drafted", "approved"])
async def test_a_restart_in_the_middle_loses_nothing_and_says_nothing_twice(tmp_path: Path, stop: str) -> None:
    path = tmp_path / "p.db"
    async with two_way(path=path) as t:
        await answer(t, "ben", 2)
        await answer(t, "cleo", 1)
        await t.tap("anna", "Answer 1")
        if stop != "asked":
            await t.write("anna", SAYS["anna"])
        if stop in ("drafted", "approved"):
            await t.room.wait(MINUTE)
        if stop == "approved":
            await t.room.take_in("otto", press=_press(t, "otto", "Approve"))
        read = {who: len(with_words(t, who, ANSWERS[SAYS["ben"]])) for who in WIEN}
        approve = _press(t, "otto", "Approve") if stop in ("drafted", "approved") else ""
        moment = t.room.clock.now()
    async with again(path, moment, KNOWN) as t:
        await t.room.engine.settle()
        if stop == "asked":
            await t.write("anna", SAYS["anna"])
        if stop in ("asked", "written"):
            await t.room.wait(MINUTE)
            await t.tap("otto", "Approve")
        elif stop == "drafted":
            await t.room.say("otto", press=approve)
        await t.room.wait(MINUTE)
        for who in WIEN:
            assert read[who] + len(with_words(t, who, ANSWERS[SAYS["ben"]])) == 1
        assert sorted(words for _, words in await replies(t)) == sorted(SAYS.values())


def _press(t: Talkers, who: str, label: str) -> str:
    """What the newest button with this label carries."""
    shown = reversed(t.chats.chats[who].values())
    return next(b.press for message in shown for b in message.buttons if b.label == label)


@pytest.mark.parametrize("press", ["carry:unsay::{}:", "-undo:{}"])
async def test_who_takes_an_answer_back_after_it_was_read_is_told_so_and_it_is_read_no_more(press: str) -> None:
    async with two_way() as t:
        await all_answer(t)
        await t.room.wait(MINUTE)
        await t.tap("otto", "Approve")
        given = await t.room.store.read(_reply, SAYS["ben"])
        await t.room.say("ben", press=press.format(given))
        assert any("may" in text and "read it" in text for text in t.shown("ben")[-2:])
        for who in WIEN:
            assert with_words(t, who, ANSWERS[SAYS["ben"]]) == [], "the copy is recalled"
            assert with_words(t, who, ANSWERS[SAYS["anna"]]), "and no other"
        for who in LEEDS:
            assert with_words(t, who, "ben answers") == []


@pytest.mark.parametrize("what", ["said-1", ""], ids=["this one", "all that they gave"])
async def test_a_statement_that_is_taken_back_after_it_crossed_is_told_there_once(what: str) -> None:
    async with border() as t:
        seat = await t.room.store.read(_author, "said-1")
        await t.room.apply([_withdraw(seat, what)])
        await t.room.engine.settle()
        for who in LEEDS:
            assert with_words(t, who, SCRIPT["Wir brauchen keine Brücke hier."]) == []
            assert len(with_words(t, who, "Somebody there has taken back sentence 2.")) == 1
            assert with_words(t, who, "The ferry runs only 3 times a day.")
        await t.room.apply([_withdraw(seat, "")])
        await t.room.engine.settle()
        for who in LEEDS:
            assert len(with_words(t, who, "Somebody there has taken back sentence 2")) == 1


async def test_nobody_answers_what_was_taken_back() -> None:
    async with two_way() as t:
        old = _press(t, "anna", "Answer 2")
        await t.room.apply([_withdraw(await t.room.store.read(_author, "said-1"), "")])
        await t.room.engine.settle()
        assert with_words(t, "anna", "Answer 1")
        assert with_words(t, "anna", "Answer 2") == []
        await t.room.say("anna", press=old)
        assert "there is nothing to answer" in t.last("anna")


def _author(db: Database, id: str) -> str:
    given = opinions.contribution(db, ASSEMBLY, id)
    assert given is not None
    return given.seat


def _withdraw(seat: str, id: str) -> Any:
    return Withdraw(seat, id)


async def test_the_leader_hides_an_answer_and_it_goes_nowhere() -> None:
    async with two_way() as t:
        await answer(t, "anna", 1)
        await answer(t, "ben", 2)
        hide = t.chats.find("cleo", "Ben answers")
        assert hide
        await t.room.say("otto", press=await _hide(t, SAYS["ben"]))
        for who in ("anna", "cleo"):
            assert with_words(t, who, SAYS["ben"]) == []
        assert [words for _, words in await replies(t)] == [SAYS["anna"]]


async def _hide(t: Talkers, words: str) -> str:
    return f"-hide:{await t.room.store.read(_reply, words)}:leeds-1"


def _reply(db: Database, words: str) -> str:
    """The id of an answer."""
    found = opinions.contributions(db, ASSEMBLY, "carry", kinds=("reply",))
    return next(c.id for c in found if c.text == words)


async def test_an_answer_in_the_language_of_the_others_comes_in_its_own_words() -> None:
    german = "Wir finden, dass drei Boote am Tag für unsere Stadt wirklich genug sind."
    async with two_way() as t:
        await answer(t, "anna", 1, german)
        await answer(t, "ben", 2)
        await answer(t, "cleo", 1)
        await t.room.wait(MINUTE)
        await t.tap("otto", "Approve")
        for who in WIEN:
            assert with_words(t, who, f"“1. {german}”"), t.last(who)


async def test_hard_words_come_whole() -> None:
    hard = ["مرحبا بكم في مدينتنا <b>هنا</b>", "👩‍👩‍👧‍👦 ja\u200bja @room &amp; <i>", "x" * 990]
    async with two_way() as t:
        for who, words in zip(LEEDS, hard, strict=True):
            await answer(t, who, 1, words)
        await t.room.wait(MINUTE)
        await t.tap("otto", "Approve")
        for words in hard:
            assert with_words(t, "dora", words), t.last("dora")
        await t.tap("anna", "Take back")
        assert not with_words(t, "dora", hard[0])


async def test_ten_thousand_characters_are_asked_for_again_and_nothing_is_lost() -> None:
    async with two_way() as t:
        await t.tap("anna", "Answer 1")
        await t.write("anna", "x" * 4000)
        assert "It was not kept yet." in t.last("anna")
        await t.write("anna", "Shorter.")
        assert await replies(t) == [("said-0", "Shorter.")]


async def test_at_a_table_in_a_room_a_button_asks_in_private_and_a_reply_answers_there() -> None:
    there: dict[str, Any] = {"room": True, "place": "group-7"}
    async with two_way() as t:
        await t.room.enrol("lea", "facilitator", "leeds", "en")
        await t.room.apply([Seated("leeds-1", "tables", "leeds", 1, ("en",), (await _seat(t, "lea"),))])
        await t.write("lea", "/bind")
        (code,) = re.findall(r"/bind (\S+)", t.last("lea"))
        await t.write("lea", f"/bind {code}", **there)
        await t.room.happens("entered", "anna", "group-7")
        await t.tap("anna", "Answer 2")
        assert "What would you like to answer to this?" in t.last("anna")
        await t.write("anna", "Said in private.")
        assert t.shown("group-7")[-1] == "Anna answers to sentence 2:\n  “Said in private.”"


async def _seat(t: Talkers, name: str) -> str:
    seats = await t.room.store.read(people.staff, ASSEMBLY, "facilitator")
    return next(seat.id for seat in seats if seat.name == name.title())
