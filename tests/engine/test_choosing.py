"""Choosing where there are no buttons: which question a number or a word answers, and when nobody guesses."""

from __future__ import annotations

from typing import Any

from bot.store import ballots, codes, opinions
from bot.store.database import Database
from bot.store.times import ms
from bot.transports.port import Refused
from tests.engine.test_mixed import ASK as IDEAS
from tests.engine.test_mixed import BALLOT
from tests.support.chats import TALK
from tests.support.room import ASSEMBLY
from tests.support.two_platforms import HOUR, Both, both

SIDE = '[[step]]\nid = "side"\ntype = "parallel"\nduration = "1h"\n'
MANY = (
    '{ id = "many", method = "multi", max = 2, text = { en = "What first?", de = "Was zuerst?" }, options = ['
    '{ id = "bus", text = { en = "Buses", de = "Busse" } }, { id = "bike", text = { en = "Bikes", de = "Räder" } }, '
    '{ id = "train", text = { en = "Trains", de = "Züge" } }] }'
)
SURVEY = (
    '[[step]]\nid = "about"\ntype = "survey"\nduration = "1h"\nquestions = [{ id = "half", '
    'text = { en = "How much?", de = "Wie viel?" }, options = [{ id = "half", text = { en = "Half", de = "Hälfte" } }, '
    '{ id = "third", text = { en = "A third", de = "Ein Drittel" } }] }]\n'
)


def within(*steps: str) -> str:
    """Steps side by side."""
    return SIDE + "".join(s.replace("type =", f'within = "side"\nbranch = "b{n}"\ntype =') for n, s in enumerate(steps))


TWO = within(BALLOT.replace("}]", "}, " + MANY + "]").replace("}}, {", "} }, {"), SURVEY)
TALK_AND_BALLOT = within(TALK, BALLOT)
UNCLEAR, DOUBT = "More than one question waits for you here", "Is this your answer to the question above"


async def cast(b: Both, who: str, step: str = "ballot") -> dict[str, Any]:
    found = await b.room.store.read(ballots.choices_of, ASSEMBLY, (await b.seat(who)).id, step)
    return {question: choice for (question, _), choice in found.items()}


async def votes(b: Both) -> list[Any]:
    """The choices in the ballot, whoever made them."""
    return await b.room.store.read(lambda db: sorted(x.choice for x in ballots.ballots(db, ASSEMBLY, "ballot")))


async def said(b: Both) -> list[str]:
    return [c.text for c in await b.room.store.read(opinions.contributions, ASSEMBLY, "talk")]


async def reply(b: Both, who: str, words: str, text: str) -> str:
    """Somebody replies to the newest message in their chat that holds these words. The reply's id."""
    return await b.write(who, text, answers=b.on[who].find(who, words))


async def test_a_number_that_fits_two_questions_is_not_guessed() -> None:
    async with both(TWO) as b:
        await reply(b, "dora", "Come in", "2")
        await b.write("dora", "1")
        assert UNCLEAR in b.last("dora")
        await b.write("dora", "1")
        assert UNCLEAR in b.last("dora"), "and asking again makes no guess of it"
        assert await cast(b, "dora") == {}
        await reply(b, "dora", "More bread?", "1")
        assert await cast(b, "dora") == {"q": "yes"}
        await b.write("dora", "2")
        assert "✓ Bikes" in b.last("dora"), "who has begun with one goes on with it"


async def test_what_fits_one_question_alone_is_that_ones() -> None:
    async with both(TWO) as b:
        await b.write("dora", "3")
        assert await cast(b, "dora") == {"q": "abstain"}, "the newer question has no third choice"
        await reply(b, "emil", "Come in", "2")
        for words in ("Abstain", "A third"):
            await b.write("emil", words)
            assert b.last("emil").startswith(f"Did you mean this?\n  “{words}”")
        await b.write("emil", "Half")
        assert "Did you mean this?" in b.last("emil")
        assert "“Half”" in b.last("emil")
        await b.write("emil", "1")
        assert "You chose" not in b.last("emil")
        assert b.count("emil", "that was the last question") == 1


async def test_what_can_be_changed_does_not_hide_what_waits() -> None:
    async with both(TWO) as b:
        await reply(b, "dora", "How much?", "2")
        await b.write("dora", "1")
        assert UNCLEAR in b.last("dora"), (
            "“Change” is the first choice of the newest message, and the ballot waits above"
        )
        await reply(b, "dora", "that was the last question", "1")
        assert "[2] ✓ A third" in b.last("dora")


async def test_a_reply_to_an_older_question_answers_that_one_until_it_is_closed() -> None:
    async with both(BALLOT + SURVEY) as b:
        await reply(b, "dora", "More bread?", "2")
        await reply(b, "dora", "More bread?", "[1].")
        assert await cast(b, "dora") == {"q": "yes"}, "however it is written, and although it was answered"
        question = b.halls.find("dora", "More bread?")
        await b.room.wait(HOUR)
        assert "How much?" in b.last("dora")
        await b.write("dora", "2", answers=question)
        assert await votes(b) == ["yes"]
        assert b.last("dora") == "This is closed now, so nothing was changed."


async def test_several_choices_at_once() -> None:
    async with both(BALLOT.replace('questions = [{ id = "q"', f'questions = [{MANY}, {{ id = "q"')) as b:
        for text, wanted in (
            ("1 3", ["bus", "train"]),
            ("2", ["bus", "train"]),  # too many
            ("3", ["bus"]),
            ("1, 2", ["bus", "bike"]),
            ("Trains; buses", ["bus", "train"]),
            ("1 2 3", ["bus", "train"]),  # too many
            ("1 5", ["bus", "train"]),  # five is the way back
            ("3 7", ["bus", "train"]),
            ("1 und 2", ["bus", "train"]),
            ("1.2", ["bus", "train"]),
        ):
            await b.write("dora", text, answers=b.halls.find("dora", "What first?"))
            assert (await cast(b, "dora"))["many"] == wanted, text
        assert b.count("dora", "That is more than you can choose here, so nothing was changed.") == 2
        assert b.count("dora", "I did not understand that. Please choose one of these.") == 4
        assert "[1] ✓ Buses  [2] Bikes  [3] ✓ Trains" in b.last("dora"), "what stands is shown again"
        await b.write("dora", "Bikes, trains")
        assert (await cast(b, "dora"))["many"] == ["bike", "train"], "without a reply too"
        await b.write("dora", "That is my choice")
        assert "More bread?" in b.last("dora")


async def test_a_vote_is_never_said_to_the_table() -> None:
    async with both(TALK_AND_BALLOT) as b:
        await reply(b, "dora", "Come in", "2")
        await b.write("dora", "What do you think?")
        for words in ("2", "no", "No."):
            await b.write("dora", words)
            assert DOUBT in b.last("dora")
        assert await said(b) == ["What do you think?"]
        await b.press("dora", "It is my answer")
        assert await cast(b, "dora") == {"q": "no"}
        assert any(text.startswith("This was taken as your answer.") for text in b.shown("dora"))
        await b.write("dora", "no")
        assert await said(b) == ["What do you think?", "no"], "it has been answered: now this is for the table"


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


async def test_right_below_an_invitation_the_number_is_meant_for_it() -> None:
    async with both(TALK, seated=False) as b:
        await b.room.wait(HOUR)
        await b.room.engine.settle()
        await b.write("dora", "/room")
        assert "Come in" in b.last("dora")
        await b.write("dora", "1")
        assert "I have invited you" in b.last("dora")


async def test_an_invitation_that_nobody_took_leaves_the_ballot_below_it_clear() -> None:
    async with both(BALLOT) as b:
        assert "Come in" in b.shown("dora")[-2]
        await b.write("dora", "1")
        assert await cast(b, "dora") == {"q": "yes"}


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


async def test_how_to_choose_is_said_with_the_first_choices_of_a_chat() -> None:
    async with both(BALLOT) as b:
        for who, times in (("dora", 1), ("emil", 1), ("anna", 0)):
            assert b.count(who, "To choose, write the number that stands before it.") == times


async def test_nobody_votes_for_the_wrong_person() -> None:
    async with both(BALLOT, seated=False) as b:

        def made(db: Database) -> str:
            now = ms(b.room.clock.now())
            return codes.make_code(db, ASSEMBLY, "participant", "linz", made=now, expires=now * 2)

        await b.write("dora", f"/join {await b.room.store.transact(made)}")
        await b.press("dora", "I am 18 or older and agree")
        await b.press("dora", "Yes")
        await b.write("dora", "Berta")
        await b.room.wait(HOUR)
        await b.room.engine.settle()
        for name in ("Dora", "Berta"):
            await reply(b, "dora", f"For {name}:\nYour table has a room now", "2")
        await b.write("dora", "1")
        assert UNCLEAR in b.last("dora")
        asked = {text.split("\n")[0]: text for text in b.shown("dora") if "More bread?" in text}
        assert asked.keys() == {"· For Dora:", "· For Berta:"}
        await reply(b, "dora", asked["· For Dora:"], "1")
        await b.write("dora", "2")
        assert await votes(b) == ["no", "yes"]


async def test_an_answer_that_is_edited_is_given_anew() -> None:
    async with both(BALLOT + SURVEY) as b:
        own = await reply(b, "dora", "More bread?", "1")
        await b.edit("dora", own, "2")
        assert await cast(b, "dora") == {"q": "no"}
        await b.edit("dora", own, "yes")
        assert await cast(b, "dora") == {"q": "yes"}
        await b.edit("dora", own, "perhaps")
        assert "Did you mean this?" not in b.last("dora")
        assert "I did not understand that." in b.last("dora")
        assert await cast(b, "dora") == {"q": "yes"}
        await b.room.wait(HOUR)
        await b.edit("dora", own, "2")
        assert b.last("dora") == "This is closed now, so nothing was changed."
        assert await votes(b) == ["yes"]


async def test_an_edit_of_what_the_table_reads_is_never_a_choice() -> None:
    async with both(TALK_AND_BALLOT) as b:
        own = await b.write("dora", "Good morning")
        await b.edit("dora", own, "2")
        assert await cast(b, "dora") == {}
        assert await said(b) == ["2"]


async def test_a_reply_in_words_answers_the_question_that_it_replies_to() -> None:
    async with both(within(TALK, IDEAS)) as b:
        await reply(b, "dora", "Your idea?", "A bakery")
        assert [c.text for c in await b.room.store.read(opinions.contributions, ASSEMBLY, "idea")] == ["A bakery"]
        await reply(b, "dora", "Come in", "Well, well")
        assert b.count("anna", "Well, well") == 0, "the collection waits for words: it is asked which is meant"
        assert DOUBT in b.last("dora")


async def test_whoever_is_in_the_room_votes_in_private_while_the_table_talks() -> None:
    async with both(TALK_AND_BALLOT) as b:
        await b.enters("dora", b.halls.tables[0])
        await b.write("dora", "2")
        assert await cast(b, "dora") == {"q": "no"}


async def test_what_is_closed_is_not_meant_any_more() -> None:
    steps = within(TALK.replace("40m", "2h"), BALLOT).replace(SIDE, SIDE.replace("1h", "2h"))
    async with both(steps) as b:
        await b.room.wait(HOUR * 1.2)
        await b.write("dora", "2")
        assert await said(b) == ["2"]
        assert await votes(b) == []


async def test_a_number_may_be_an_answer_in_words() -> None:
    async with both(within(BALLOT, IDEAS)) as b:
        for who, label in (("dora", "I choose it from the list"), ("emil", "It is my answer in words")):
            await b.write(who, "2")
            assert "Is this an answer in your own words" in b.last(who)
            await b.press(who, label)
        assert await votes(b) == ["no"]
        assert [c.text for c in await b.room.store.read(opinions.contributions, ASSEMBLY, "idea")] == ["2"]


async def test_a_reply_to_what_asks_nothing_stands_alone() -> None:
    async with both(TALK_AND_BALLOT) as b:
        await b.write("dora", "Good morning")
        await reply(b, "dora", "You are at table 1", "2")
        assert DOUBT in b.last("dora"), "nothing says that this is for the table"
        await b.write("ben", "One loaf or two?")
        await reply(b, "dora", "One loaf or two?", "2")
        assert await said(b) == ["Good morning", "One loaf or two?", "2"], "this is"
        assert await cast(b, "dora") == {}


async def test_a_word_is_understood_in_the_language_of_its_reader() -> None:
    async with both(BALLOT) as b:
        await b.write("dora", "/lang")
        await b.press("dora", "Deutsch")
        for words, wanted in (("Ja", "yes"), ("die zweite", "no"), ("Enthaltung", "abstain")):
            await reply(b, "dora", "More bread?" if wanted == "yes" else "Mehr Brot?", words)
            assert "Haben Sie das gemeint?" in b.last("dora")
            await b.write("dora", "1")
            assert await cast(b, "dora") == {"q": wanted}


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


async def test_who_has_begun_and_then_said_something_else_is_asked() -> None:
    async with both(within(TALK, BALLOT.replace("}]", "}, " + MANY + "]").replace("}}, {", "} }, {"), SURVEY)) as b:
        await reply(b, "dora", "More bread?", "1")
        assert "What first?" in b.last("dora")
        await b.write("dora", "Good morning")
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
        await b.write("dora", "yes")
        assert DOUBT in b.last("dora")
        await b.write("dora", "Wait a moment")
        await b.write("dora", "2")
        assert DOUBT in b.last("dora")
        await b.press("dora", "It is my answer")
        assert await cast(b, "dora") == {"q": "no"}
        assert await said(b) == ["Good morning", "Wait a moment"]


async def test_what_never_arrived_hides_nothing() -> None:
    async with both(BALLOT + SURVEY) as b:
        b.halls.failing["dora"] = Refused("too large")
        await b.room.wait(HOUR)
        del b.halls.failing["dora"]
        await b.write("dora", "1")
        assert b.last("dora") == "This is closed now, so nothing was changed.", (
            "she has seen the ballot, and nothing below it"
        )
