"""Choosing where there are no buttons: which question a number or a word answers, and when nobody guesses."""

from __future__ import annotations

from typing import Any

from bot.store import ballots, codes, copies, opinions
from bot.store.database import Database
from bot.store.times import ms
from bot.transports.port import Refused
from tests.engine.test_mixed import ASK as IDEAS
from tests.engine.test_mixed import BALLOT
from tests.support.chats import TALK
from tests.support.room import ASSEMBLY
from tests.support.two_platforms import HOUR, LODGED, Both, both

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


TWO_QUESTIONS = BALLOT.replace("}]", f"}}, {MANY}]")
TWO = within(TWO_QUESTIONS, SURVEY)
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
        assert any(text.endswith("More bread?\n· Yes") for text in b.shown("dora")), "it shows the answer now"
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


async def test_how_to_choose_is_said_with_the_first_choices_of_a_chat() -> None:
    async with both(BALLOT) as b:
        for who, times in (("dora", 1), ("emil", 1), ("anna", 0)):
            assert b.count(who, "To choose, write the number that stands before it.") == times


async def test_who_has_not_chosen_as_one_can_is_told_so_and_how_once_more() -> None:
    async with both(BALLOT) as b:
        await b.write("dora", "Perhaps")
        assert b.last("dora").startswith("I did not understand that.")
        assert "To choose, write the number that stands before it." in b.last("dora")
        await b.write("anna", "Perhaps")
        assert "To choose" not in b.last("anna"), "she has buttons"


async def test_words_are_read_as_an_answer_to_what_is_open_now_before_what_is_only_taken_late() -> None:
    entry = LODGED.replace('[[step]]\nid = "tables"', SURVEY.replace('"1h"', '"30m"') + '[[step]]\nid = "tables"')
    async with both(BALLOT, entry) as b:
        for who in ("dora", "anna"):
            await b.write(who, "Perhaps")
            assert "I did not understand that." in b.last(who)
            assert "More bread?" in b.last(who)


async def test_words_in_place_of_consent_are_not_met_with_the_same_letter_in_silence() -> None:
    async with both(BALLOT, seated=False) as b:

        def made(db: Database) -> str:
            now = ms(b.room.clock.now())
            return codes.make_code(db, ASSEMBLY, "participant", "linz", made=now, expires=now * 2)

        b.on["zoe"] = b.halls
        await b.write("zoe", f"/join {await b.room.store.transact(made)}")
        assert b.last("zoe").startswith("Your table sees your words.")
        await b.write("zoe", "With pleasure")
        assert b.last("zoe").startswith("I did not understand that. Please choose one of these.\nYour table sees")
        assert "To choose, write the number that stands before it." in b.last("zoe")
        await b.press("zoe", "Read everything")
        assert "did not understand" not in b.last("zoe")


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


async def test_a_reply_in_words_answers_the_question_that_it_replies_to() -> None:
    async with both(within(TALK, IDEAS)) as b:
        await reply(b, "dora", "Your idea?", "A bakery")
        assert [c.text for c in await b.room.store.read(opinions.contributions, ASSEMBLY, "idea")] == ["A bakery"]
        await reply(b, "dora", "Come in", "Well, well")
        assert b.count("anna", "Well, well") == 0, "the collection waits for words: it is asked which is meant"
        assert DOUBT in b.last("dora")


async def test_the_number_that_says_where_words_go_is_no_copy_of_them() -> None:
    async with both(within(TALK, IDEAS)) as b:
        own = await b.write("dora", "Well, well")
        await b.press("dora", "Send it to my table")
        assert b.count("anna", "Well, well") == 1
        (said,) = await b.room.store.read(opinions.contributions, ASSEMBLY, "talk")
        stands = await b.room.store.read(copies.copies, ASSEMBLY, said.id)
        assert [copy.remote for copy in stands if copy.original] == [own]


async def test_a_number_may_be_an_answer_in_words() -> None:
    async with both(within(BALLOT, IDEAS)) as b:
        for who, label in (("dora", "I choose it from the list"), ("emil", "It is my answer in words")):
            await b.write(who, "2")
            assert "Is this an answer in your own words" in b.last(who)
            await b.press(who, label)
        assert await votes(b) == ["no"]
        assert [c.text for c in await b.room.store.read(opinions.contributions, ASSEMBLY, "idea")] == ["2"]


async def test_a_reply_to_what_did_not_fit_answers_the_same_question() -> None:
    loaves = (
        SURVEY.replace('id = "half", text', 'id = "loaves", method = "number", text').split(", options")[0] + " }]\n"
    )
    async with both(within(loaves, IDEAS)) as b:
        await reply(b, "dora", "How much?", "many")
        assert "Please write one number" in b.last("dora")
        await reply(b, "dora", "Please write one number", "5")
        assert b.count("dora", "“5”") == 1
        assert await b.room.store.read(opinions.contributions, ASSEMBLY, "idea") == []


async def test_a_word_is_understood_in_the_language_of_its_reader() -> None:
    async with both(BALLOT) as b:
        await b.write("dora", "/lang")
        await b.press("dora", "Deutsch")
        for words, wanted in (("Ja", "yes"), ("die zweite", "no"), ("Enthaltung", "abstain")):
            await reply(b, "dora", "More bread?" if wanted == "yes" else "Mehr Brot?", words)
            assert "Haben Sie das gemeint?" in b.last("dora")
            await b.write("dora", "1")
            assert await cast(b, "dora") == {"q": wanted}


async def test_what_never_arrived_hides_nothing() -> None:
    async with both(BALLOT + SURVEY) as b:
        b.halls.failing["dora"] = Refused("too large")
        await b.room.wait(HOUR)
        del b.halls.failing["dora"]
        await b.write("dora", "1")
        assert b.last("dora") == "This is closed now, so nothing was changed.", (
            "she has seen the ballot, and nothing below it"
        )
