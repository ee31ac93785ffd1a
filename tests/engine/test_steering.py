"""What coordinators and organisers do to a whole course: open, close, gates, results, words to everybody."""

from __future__ import annotations

from datetime import timedelta

from bot.core.state import Course
from bot.store import audit
from tests.support.chats import TALK, Talkers, table
from tests.support.room import ASSEMBLY

MINUTE = timedelta(minutes=1)
BREAK = '[[step]]\nid = "rest"\ntype = "break"\nduration = "20m"\n'
VOTE = (
    '[[step]]\nid = "ballot"\ntype = "vote"\ntitle = { en = "The vote", de = "Die Wahl" }\nafter = "3h"\nduration = "20m"\n'
    'questions = [{ id = "rye", method = "yes_no_abstain", text = { en = "Rye?", de = "Roggen?" } }]\n'
)
THEN = BREAK + VOTE
GATE = '[[step]]\nid = "ready"\ntype = "gate"\ntimeout = "20m"\nask = "Is everybody back?"\nchecklist = ["The doors"]\n'


async def acts(t: Talkers) -> list[str]:
    return [line.act for line in await t.room.store.read(audit.lines, ASSEMBLY)]


async def course(t: Talkers) -> Course:
    found = await t.room.course()
    assert isinstance(found, Course)
    return found


# /open


async def test_the_next_step_opens_before_its_hour() -> None:
    async with table(TALK + THEN) as t:
        await t.write("olga", "/open ballot")
        assert t.last("olga") == "Before The vote these must end: talk."
        await t.write("olga", "/open")
        assert t.last("olga") == "Nothing can open before these have ended: talk."
        await t.room.wait(65 * MINUTE)
        await t.write("olga", "/open")
        assert "/open ballot · The vote · not before" in t.last("olga")
        assert "ballot" not in (await course(t)).open
        await t.write("olga", "/open the vote")
        assert t.last("olga") == "The vote opens now. Everybody is told by the step itself."
        assert "ballot" in (await course(t)).open
        assert "Rye?" in t.last("anna")
        await t.write("olga", "/open ballot")
        assert t.last("olga") == "The vote is open already."
        await t.write("olga", "/open talk")
        assert t.last("olga") == "talk is over. A step opens once."
        assert "opened_early" in await acts(t)
        await t.room.wait(4 * 60 * MINUTE)
        assert sum("Rye?" in text for text in t.shown("anna")) == 1, "its own hour opens it no second time"


async def test_what_is_no_step_gets_those_there_are() -> None:
    async with table(TALK) as t:
        await t.write("olga", "/close tea")
        assert t.last("olga").startswith("After /close I found “tea”.\nPlease write one of these: talk.")
        await t.write("maya", "/open talk")
        assert "/open is for coordinators and organisers." in t.last("maya")


# /close


async def test_a_talk_closes_early_at_all_tables_once_a_second_person_agrees() -> None:
    async with table(TALK + THEN) as t:
        await t.room.enrol("rita", "organiser")
        await t.write("maya", "/extend 10m")
        await t.write("olga", "/close")
        assert "“talk” closes early, for everybody." in t.last("olga")
        assert "may close early" in t.last("anna")
        assert any("“talk” closes early, for everybody." in text for text in t.shown("rita"))
        await t.tap("rita", "I agree")
        assert "closes in one minute" in t.last("anna")
        assert "talk" in (await course(t)).open
        await t.room.wait(2 * MINUTE)
        assert "talk" in (await course(t)).done, "although this table was given more time"
        for act in ("asked_for", "agreed_to", "closed_early"):
            assert act in await acts(t)


async def test_a_close_can_be_stopped_and_else_comes_after_ten_minutes() -> None:
    async with table(TALK + THEN) as t:
        await t.write("olga", "/close talk")
        await t.tap("olga", "Stop it")
        await t.room.wait(15 * MINUTE)
        assert "talk" in (await course(t)).open
        await t.write("olga", "/close talk")
        await t.room.wait(12 * MINUTE)
        assert "talk" in (await course(t)).done


async def test_a_vote_closes_early_and_what_was_given_by_then_counts() -> None:
    async with table(VOTE.replace("3h", "10m")) as t:
        await t.room.wait(11 * MINUTE)
        await t.write("olga", "/close ballot")
        await t.room.wait(10 * MINUTE)
        assert "Until then you can still answer." in t.last("ben")
        await t.tap("anna", "Yes")
        await t.room.wait(2 * MINUTE)
        assert (await course(t)).done["ballot"] == "done"


# /gate


async def test_the_gate_that_waits_is_shown_and_opened() -> None:
    async with table(GATE + TALK) as t:
        await t.write("olga", "/gate")
        told = t.last("olga")
        assert "Is everybody back?" in told
        assert "The doors" in told
        assert "It waits for a coordinator, or an organiser." in told
        await t.write("olga", "/close ready")
        assert t.last("olga") == "ready is a gate: /gate opens it."
        await t.write("olga", "/gate")
        await t.tap("olga", "Go on")
        assert "talk" in (await course(t)).open
        assert "opened_gate" in await acts(t)
        await t.write("olga", "/gate")
        assert t.last("olga") == "No gate waits now."


# /board


async def test_all_tables_stand_on_one_screen() -> None:
    async with table(TALK, people=("anna", "ben", "cleo", "dora", "emil", "fred")) as t:
        await t.write("anna", "Rye.")
        await t.write("olga", "/board")
        told, picture = t.last("olga"), list(t.chats.chats["olga"].values())[-1].attachment
        assert "talk: open until 11:40." in told
        assert "Table 1: 3 of 3 here" in told
        assert "Table 2: 3 of 3 here" in told
        assert told.count("1 has written, 40 minutes left") == 1
        assert told.count("0 have written, 40 minutes left") == 1
        assert "the facilitator is not there" in told or "nobody facilitates" in told
        assert picture is not None
        assert picture.data is not None
        assert picture.data.startswith(b"\x89PNG")
        assert (picture.kind, picture.name, picture.mime) == ("photo", "tables.png", "image/png")


async def test_the_board_of_a_vote_counts_who_has_answered_and_never_what() -> None:
    async with table(VOTE.replace("3h", "10m")) as t:
        await t.room.wait(11 * MINUTE)
        await t.tap("anna", "Yes")
        await t.write("olga", "/board")
        assert "1 has answered, 19 minutes left" in t.last("olga")
        await t.write("anna", "/board")
        assert "/board is for coordinators and organisers." in t.last("anna")
