"""Choosing where there are no buttons while a table talks, and in its room: what is a vote is never said to others."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.store.database import Database
from tests.engine.test_choosing import (
    DOUBT,
    SIDE,
    SURVEY,
    TALK_AND_BALLOT,
    TWO_QUESTIONS,
    UNCLEAR,
    cast,
    reply,
    said,
    votes,
    within,
)
from tests.engine.test_mixed import BALLOT
from tests.support.chats import TALK
from tests.support.talks import BY_HAND
from tests.support.two_platforms import HOUR, both

ASIDE = "A question above still waits for your answer. Send this to your table?"


async def test_a_vote_is_never_said_to_the_table() -> None:
    async with both(TALK_AND_BALLOT) as b:
        await reply(b, "dora", "Come in", "2")
        await b.write("dora", "What do you think?")
        assert ASIDE in b.last("dora")
        await b.press("dora", "Send it to my table")
        for words in ("2", "no", "No."):
            await b.write("dora", words)
            assert DOUBT in b.last("dora")
        assert await said(b) == ["What do you think?"]
        await b.press("dora", "It is my answer")
        assert await cast(b, "dora") == {"q": "no"}
        assert any(text.startswith("This was taken as your answer.") for text in b.shown("dora"))
        await b.write("dora", "no")
        assert await said(b) == ["What do you think?", "no"], "it has been answered: now this is for the table"


async def test_a_number_that_the_question_does_not_offer_is_not_said_to_the_table_unasked() -> None:
    async with both(TALK_AND_BALLOT) as b:
        await reply(b, "dora", "Come in", "2")
        for who, number in (("dora", "7"), ("anna", "2")):
            await b.write(who, number)
            asked = f"{ASIDE}\n  “{number}”"
            assert b.last(who).startswith(asked)
        assert await said(b) == []
        await b.press("dora", "Do not send")
        await b.press("anna", "Send it to my table")
        assert await said(b) == ["2"]
        await b.press("anna", "Yes")
        await b.write("anna", "2")
        assert await said(b) == ["2", "2"], "nothing waits any more"


async def test_nothing_of_a_secret_vote_stands_in_the_inbox() -> None:
    async with both(TALK_AND_BALLOT) as b:
        await b.write("dora", "2")
        await b.press("dora", "It is my answer")
        await reply(b, "emil", "More bread?", "perhaps no")
        await reply(b, "emil", "More bread?", "1")

        def bodies(db: Database) -> list[Any]:
            found = db.sql.execute("SELECT body FROM inbox WHERE kind = 'heard' ORDER BY seq DESC LIMIT 4")
            return [body for (body,) in found]

        assert await b.room.store.read(bodies) == [None] * 4


async def test_words_go_to_the_table_only_once_their_author_has_said_so() -> None:
    async with both(TALK_AND_BALLOT) as b:
        for who in ("dora", "anna"):
            await b.write(who, "I would rather not say")
            assert ASIDE in b.last(who)
        assert await said(b) == []
        await b.press("dora", "Do not send")
        await b.press("anna", "Send it to my table")
        assert await said(b) == ["I would rather not say"]
        await b.write("anna", "Yet I have bread")
        assert await said(b) == ["I would rather not say", "Yet I have bread"], "nobody is asked twice"
        await b.write("dora", "Good morning")
        assert ASIDE in b.last("dora"), "who has not sent anything there is asked again"


async def test_a_mark_may_be_for_the_table() -> None:
    async with both(TALK_AND_BALLOT) as b:
        await reply(b, "dora", "Come in", "2")
        own = await b.write("dora", "2")
        await b.press("dora", "Send it to my table")
        assert await said(b) == ["2"]
        assert b.count("anna", "“2”") == 1
        assert await cast(b, "dora") == {}
        await b.write("dora", "3")
        assert DOUBT in b.last("dora"), "the ballot still waits"
        await b.edit("dora", own, "1")
        assert await said(b) == ["1"], "and it stays for the table"
        assert await cast(b, "dora") == {}


async def test_in_a_room_a_number_chooses_only_right_below_the_choices() -> None:
    async with both(TALK.replace("type =", 'early_close = "all_answered"\ntype =')) as b:
        (hall,) = b.halls.tables
        for who in ("dora", "emil"):
            await b.enters(who, hall)
        assert "To choose, reply to this message with the number that stands before it." in b.last(hall)
        await b.there("dora", hall, "How many loaves?")
        await b.there("emil", hall, "1")
        assert await said(b) == ["How many loaves?", "1"]
        await b.there("emil", hall, "1", answers=b.halls.find(hall, "What about bread?"))
        await b.there("emil", hall, "i have nothing to add")
        assert b.count("emil", "When everybody has said so, the talk ends.") == 2
        assert await said(b) == ["How many loaves?", "1"]
    async with both(TALK.replace("type =", 'early_close = "all_answered"\ntype =')) as b:
        (hall,) = b.halls.tables
        await b.enters("dora", hall)
        await b.there("dora", hall, "1")
        assert b.count("dora", "When everybody has said so, the talk ends.") == 1
        assert await said(b) == []


async def test_what_a_table_carries_into_its_room_stands_between_too() -> None:
    async with both(TALK.replace("type =", 'early_close = "all_answered"\ntype =')) as b:
        (hall,) = b.halls.tables
        await b.enters("dora", hall)
        await b.write("anna", "How many loaves?")
        await b.there("dora", hall, "1")
        assert await said(b) == ["How many loaves?", "1"]


async def test_a_vote_in_the_room_does_not_count_and_its_author_is_told_in_private() -> None:
    async with both(BALLOT) as b:
        (hall,) = b.halls.tables
        await b.enters("dora", hall)
        before = len(b.shown(hall))
        for words in ("1", "yes", "good morning"):
            await b.there("dora", hall, words)
        assert await cast(b, "dora") == {}
        assert b.count("dora", "What you write in the room answers none of my questions.") == 2
        assert len(b.shown(hall)) == before
        await b.write("dora", "2")
        assert await cast(b, "dora") == {"q": "no"}
        await b.there("dora", hall, "1")
        assert b.count("dora", "What you write in the room answers none of my questions.") == 2, (
            "nothing waits any more"
        )


async def test_where_the_table_talks_only_a_number_looks_like_a_vote() -> None:
    async with both(TALK_AND_BALLOT) as b:
        (hall,) = b.halls.tables
        await b.enters("dora", hall)
        for words in ("yes", "2"):
            await b.there("dora", hall, words)
        assert await said(b) == ["yes", "2"]
        assert b.count("dora", "What you write in the room answers none of my questions.") == 1


async def test_an_edit_of_what_the_table_reads_is_never_a_choice() -> None:
    async with both(TALK_AND_BALLOT) as b:
        own = await b.write("dora", "Good morning")
        await b.press("dora", "Send it to my table")
        await b.edit("dora", own, "2")
        assert await cast(b, "dora") == {}
        assert await said(b) == ["2"]


async def test_whoever_is_in_the_room_votes_in_private_while_the_table_talks() -> None:
    async with both(TALK_AND_BALLOT) as b:
        await b.enters("dora", b.halls.tables[0])
        await b.write("dora", "2")
        assert await cast(b, "dora") == {"q": "no"}


async def test_what_is_closed_is_not_meant_any_more() -> None:
    steps = within(TALK.replace("40m", "2h"), BALLOT).replace(SIDE, SIDE.replace("1h", "2h"))
    async with both(steps + BY_HAND) as b:
        await b.room.wait(HOUR * 1.2)
        await b.write("dora", "2")
        assert await said(b) == ["2"]
        assert await votes(b) == []


async def test_a_reply_to_what_asks_nothing_stands_alone() -> None:
    async with both(TALK_AND_BALLOT) as b:
        await b.write("dora", "Good morning")
        await b.press("dora", "Send it to my table")
        await reply(b, "dora", "You are at table 1", "2")
        assert DOUBT in b.last("dora"), "nothing says that this is for the table"
        await b.write("ben", "One loaf or two?")
        await b.press("ben", "Send it to my table")
        await reply(b, "dora", "One loaf or two?", "2")
        assert await said(b) == ["Good morning", "One loaf or two?", "2"], "this is"
        assert await cast(b, "dora") == {}


async def test_where_something_stands_between_nobody_knows_what_is_meant() -> None:
    async with both() as b:
        await b.write("dora", "1")
        assert DOUBT in b.last("dora"), "the question of the talk stands below the invitation"
        await b.press("dora", "It is my answer")
        assert b.count("dora", "I have invited you") == 1
        await b.write("emil", "Good morning")
        await b.write("emil", "1")
        assert DOUBT in b.last("emil"), "this may take the message back"
        await b.press("emil", "Send it to my table")
        await b.write("emil", "2")
        assert await said(b) == ["Good morning", "1", "2"], "who has talked has not taken the invitation"
        await b.write("emil", "/lang")
        await b.write("emil", "/my")
        await b.write("emil", "1")
        assert b.last("emil") == "From now on I write to you in this language: English.", "a command stands apart"
        await b.write("emil", "/lang")
        await b.write("emil", "Which language do you read?")
        await b.write("emil", "2")
        assert DOUBT in b.last("emil")


async def test_what_has_closed_makes_no_number_unclear() -> None:
    """Two questions that Dora never answered have closed since: her number is for the table, or for what is open now."""
    closed = (BALLOT + SURVEY).replace('duration = "1h"', 'duration = "10m"\nlate = "reject"')
    async with both(closed + TALK + SURVEY.replace('"about"', '"again"').replace('"half", text', '"again", text')) as b:
        await b.room.wait(HOUR)
        await b.write("dora", "1")
        assert b.count("dora", UNCLEAR) == 0


async def test_the_button_of_a_talk_takes_no_number_from_a_question() -> None:
    """The talk begins after the question was put: its button stands below that, and asks nothing."""
    async with both(within(TALK.replace("duration", 'after = "5m"\nduration'), BALLOT)) as b:
        await reply(b, "dora", "Come in", "2")
        await b.room.wait(timedelta(minutes=6))
        assert b.last("dora").endswith("[1] Ask Maya privately")
        await b.write("dora", "1")
        assert b.count("dora", UNCLEAR) == 0
        assert DOUBT in b.last("dora")
        await b.press("dora", "It is my answer")
        assert await cast(b, "dora") == {"q": "yes"}
        assert not any("asks for you" in text for text in b.shown("maya"))


async def test_who_has_begun_and_then_said_something_else_is_asked() -> None:
    async with both(within(TALK, TWO_QUESTIONS, SURVEY)) as b:
        await reply(b, "dora", "More bread?", "1")
        assert "What first?" in b.last("dora")
        await b.write("dora", "Good morning")
        await b.press("dora", "Send it to my table")
        await b.write("dora", "2")
        assert UNCLEAR in b.last("dora")


async def test_who_is_in_the_room_has_taken_the_invitation() -> None:
    async with both() as b:
        await b.enters("dora", b.halls.tables[0])
        await b.write("dora", "2")
        assert "Send this to your table?" in b.last("dora")


async def test_who_does_not_answer_at_once_has_gone_on() -> None:
    async with both(TALK_AND_BALLOT) as b:
        await b.write("dora", "Good morning")
        await b.press("dora", "Send it to my table")
        await b.write("dora", "yes")
        assert DOUBT in b.last("dora")
        await b.write("dora", "Wait a moment")
        await b.write("dora", "2")
        assert DOUBT in b.last("dora")
        await b.press("dora", "It is my answer")
        assert await cast(b, "dora") == {"q": "no"}
        assert await said(b) == ["Good morning", "Wait a moment"]


async def test_who_has_left_the_room_finds_the_way_back_with_one_number() -> None:
    async with both(TALK) as b:
        (hall,) = b.halls.tables
        await b.press("dora", "Come in")
        await b.enters("dora", hall)
        await b.exits("dora", hall)
        assert "You are not in the room of your table any more." in b.last("dora")
        await b.write("dora", "1")
        assert b.last("dora").startswith("Your table has a room now")
        await b.write("dora", "1")
        assert "I have invited you" in b.last("dora")
        assert await said(b) == []
