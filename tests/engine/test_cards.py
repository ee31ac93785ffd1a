"""A series of questions is one message that changes in its place: what a person sees, press by press."""

from __future__ import annotations

from datetime import timedelta

from bot.store import people
from bot.store.database import Database
from tests.support.chats import TALK, Talkers, table

HEAD = '[[step]]\nid = "ballot"\ntype = "vote"\nduration = "1h"\nremind = ["10m"]\n'
BOTH = '{ en = "%s", de = "%s" }'
BALLOT = f"""{HEAD}
text = {BOTH % ("Now your vote.", "Nun Ihre Stimme.")}
questions = [
  {{ id = "trees", method = "yes_no_abstain", text = {BOTH % ("More trees?", "Mehr Bäume?")} }},
  {{ id = "first", method = "multi", max = 2, text = {BOTH % ("What first?", "Was zuerst?")}, options = [
    {{ id = "bus", text = {BOTH % ("Buses", "Busse")} }}, {{ id = "bike", text = {BOTH % ("Bikes", "Räder")} }},
    {{ id = "train", text = {BOTH % ("Trains", "Züge")} }}] }},
  {{ id = "last", text = {BOTH % ("What last?", "Was zuletzt?")}, options = [
    {{ id = "car", text = {BOTH % ("Cars", "Autos")} }}, {{ id = "plane", text = {BOTH % ("Planes", "Flüge")} }}] }},
]
"""
SURVEY = f"""[[step]]
id = "about"
type = "survey"
duration = "1h"
questions = [
  {{ id = "age", method = "number", min = 18, max = 99, attribute = "age", text = {BOTH % ("How old?", "Wie alt?")} }},
  {{ id = "half", correct = "third", text = {BOTH % ("How much?", "Wie viel?")}, options = [
    {{ id = "half", text = {BOTH % ("Half", "Hälfte")} }}, {{ id = "third", text = {BOTH % ("A third", "Ein Drittel")} }}] }},
]
"""
IDEAS = f"""[[step]]
id = "ideas"
type = "collect"
duration = "30m"
sides = ["for", "against"]
max_each = 3
text = {BOTH % ("Your ideas?", "Ihre Ideen?")}
"""


async def opened(t: Talkers) -> None:
    """Show the first question again, since the chats were cleared."""
    await t.room.wait(timedelta(minutes=50))


async def choices(t: Talkers) -> dict[str, object]:
    def read(db: Database) -> dict[str, object]:
        from bot.store import ballots

        (seat,) = (id for (id,) in db.sql.execute("SELECT id FROM seat").fetchall() if _name(db, id) == "Anna")
        return {q: choice for (q, _), choice in ballots.choices_of(db, "a1", seat, "ballot").items()}

    return await t.room.store.read(read)


def _name(db: Database, seat: str) -> str:
    return people.names(db, [seat]).get(seat, "")


async def test_a_ballot_is_one_message_from_the_first_question_to_the_thanks() -> None:
    async with table(BALLOT) as t:
        await opened(t)
        assert t.shown("anna") == [
            "This question still waits for you, until 12:00.\n· 1 of 3\nMore trees?\n[1] Yes  [2] No  [3] Abstain"
        ]
        await t.tap("anna", "Yes")
        assert t.shown("anna") == [
            "· 2 of 3, until 12:00\nWhat first?\n· Choose from 1 to 2.\n"
            "[1] Buses  [2] Bikes  [3] Trains  [4] That is my choice  [5] Back"
        ]
        await t.tap("anna", "Trains")
        await t.tap("anna", "Buses")
        assert "[1] ✓ Buses  [2] Bikes  [3] ✓ Trains" in t.last("anna")
        await t.tap("anna", "That is my choice")
        await t.tap("anna", "Cars")
        assert t.shown("anna") == [
            "Thank you, your vote is in. Your last choice was:\n  “Cars”\n· You can change it until 12:00.\n[1] Change"
        ]
        assert await choices(t) == {"trees": "yes", "first": ["bus", "train"], "last": "car"}


async def test_a_press_that_comes_twice_changes_nothing_and_skips_nothing() -> None:
    async with table(BALLOT) as t:
        await opened(t)
        await t.tap("anna", "Yes", times=2)
        assert t.last("anna").startswith("· 2 of 3")
        await t.tap("anna", "Trains", times=2)
        assert "[3] ✓ Trains" in t.last("anna")
        await t.tap("anna", "Trains", times=2)
        assert "[3] Trains" in t.last("anna")
        await t.tap("anna", "Trains", times=3)
        await t.tap("anna", "That is my choice", times=2)
        assert t.last("anna").startswith("· 3 of 3")
        await t.tap("anna", "Cars", times=2)
        assert t.last("anna").startswith("Thank you, your vote is in."), "the same answer again is no change"
        assert len(t.shown("anna")) == 1
        assert await choices(t) == {"trees": "yes", "first": ["train"], "last": "car"}


async def test_more_than_the_most_are_not_taken() -> None:
    async with table(BALLOT) as t:
        await opened(t)
        for label in ("Yes", "Buses", "Bikes", "Trains"):
            await t.tap("anna", label)
        assert "[1] ✓ Buses  [2] ✓ Bikes  [3] Trains" in t.last("anna")


async def test_back_and_next_walk_through_what_is_answered() -> None:
    async with table(BALLOT) as t:
        await opened(t)
        await t.tap("anna", "Yes")
        await t.tap("anna", "Back", times=2)
        assert t.shown("anna") == ["· 1 of 3, until 12:00\nMore trees?\n[1] ✓ Yes  [2] No  [3] Abstain  [4] Next"]
        await t.tap("anna", "No")
        assert t.last("anna").startswith("· 2 of 3"), "on to the question that still waits"
        await t.tap("anna", "Back")
        await t.tap("anna", "Next", times=2)
        assert t.last("anna").startswith("· 2 of 3")
        assert len(t.shown("anna")) == 1
        assert await choices(t) == {"trees": "no"}


async def test_an_answer_is_changed_until_the_close_and_not_after() -> None:
    async with table(BALLOT) as t:
        await opened(t)
        for label in ("Yes", "Buses", "That is my choice", "Cars", "Change"):
            await t.tap("anna", label)
        assert "[1] ✓ Yes" in t.last("anna")
        await t.tap("anna", "No")
        assert t.last("anna").startswith("Changed. Your answer is now:\n  “No”")
        await t.tap("anna", "Change")
        await t.tap("anna", "Next")
        assert "[1] ✓ Buses" in t.last("anna")
        assert await choices(t) == {"trees": "no", "first": ["bus"], "last": "car"}
        await t.room.wait(timedelta(minutes=11))
        await t.tap("anna", "Bikes")
        assert t.shown("anna")[-1] == "This is closed now, so nothing was changed."


async def test_a_vote_that_stands_offers_no_way_back() -> None:
    async with table(BALLOT.replace(HEAD, HEAD + "change_until_close = false\n")) as t:
        await opened(t)
        await t.tap("anna", "Yes")
        assert "Back" not in t.last("anna")
        await t.room.say("anna", press="ballot:change::trees:")
        assert t.last("anna") == "You have answered this already. An answer cannot be changed here."
        for label in ("Buses", "That is my choice", "Cars"):
            await t.tap("anna", label)
        assert t.shown("anna")[0] == "Thank you, your vote is in. Your last choice was:\n  “Cars”"


async def test_typed_words_are_answered_below_and_the_old_question_shows_the_answer() -> None:
    async with table(SURVEY) as t:
        await t.write("anna", "44")
        (question,) = t.shown("anna")
        assert question == "· 2 of 2, until 12:00\nHow much?\n[1] Half  [2] A third  [3] Back"
        await t.tap("anna", "Back")
        assert t.last("anna").startswith("· 1 of 2, until 12:00\nHow old?")
        await t.write("anna", "45")
        assert t.shown("anna") == [
            "· 1 of 2\nHow old?\n· 45",
            "· 2 of 2, until 12:00\nHow much?\n[1] Half  [2] A third  [3] Back",
        ]
        await t.tap("anna", "Half")
        assert t.chats.find("anna", "Not quite. It is: A third\nThank you, that was the last question. Your answer:")

        def age(db: Database) -> list[object]:
            seats = (people.load_seat(db, id) for (id,) in db.sql.execute("SELECT id FROM seat").fetchall())
            return [seat.attributes.get("age") for seat in seats if seat is not None and seat.name == "Anna"]

        assert await t.room.store.read(age) == ["45"], "a typed answer becomes an attribute too"


async def test_a_typed_choice_is_confirmed_in_its_own_message() -> None:
    async with table(SURVEY) as t:
        await t.write("anna", "44")
        await t.write("anna", "the second")
        assert t.last("anna") == "Did you mean this?\n  “A third”\n[1] Yes, that is my answer"
        await t.tap("anna", "Yes, that is my answer", times=2)
        assert t.shown("anna")[:2] == [
            "· 2 of 2\nHow much?\n· A third",
            "That is right.\nThank you, that was the last question. Your answer:\n  “A third”\n"
            "· You can change it until 12:00.\n[1] Change",
        ]


async def test_a_place_in_the_list_may_be_said_in_words_but_a_grade_is_none() -> None:
    async with table(SURVEY) as t:
        await t.write("anna", "44")
        for words in ("two", "Two.", "2.", "The second"):
            await t.write("anna", words)
            assert t.last("anna") == "Did you mean this?\n  “A third”\n[1] Yes, that is my answer", words
    graded = BALLOT.replace('method = "multi", max = 2', 'method = "score", max = 3')
    async with table(graded) as t:
        await opened(t)
        await t.tap("anna", "Yes")
        for words, understood in (("two", False), ("2", True), ("the second", True)):
            await t.write("anna", words)
            assert ("Did you mean this?" in t.last("anna")) is understood, words


async def test_where_messages_cannot_be_changed_each_answer_is_a_new_one() -> None:
    async with table(BALLOT, edits=False) as t:
        await opened(t)
        await t.tap("anna", "Yes")
        assert [text.partition("\n")[0] for text in t.shown("anna")] == [
            "This question still waits for you, until 12:00.",
            "· 2 of 3, until 12:00",
        ]


async def test_a_message_that_can_no_longer_be_changed_is_followed_by_a_new_one() -> None:
    async with table(BALLOT) as t:
        await opened(t)
        t.chats.stuck.add(t.chats.find("anna", "More trees?"))
        await t.tap("anna", "Yes")
        assert [text.count("What first?") for text in t.shown("anna")] == [0, 1]


async def test_the_consent_stays_and_shows_what_was_agreed_to() -> None:
    async with table(TALK, agreed=False) as t:
        await t.tap("anna", "Read everything")
        assert len(t.shown("anna")) == 1, "the whole letter takes the place of the short one"
        await t.tap("anna", "I am 18 or older and agree", times=2)
        letter, purpose = t.shown("anna")
        assert letter.startswith("Your table sees your words.")
        assert letter.endswith("· You have agreed.")
        assert "What we keep:" in letter
        assert purpose.endswith("[1] Yes  [2] No")
        await t.tap("anna", "Yes", times=2)
        assert t.shown("anna")[1].endswith("[1] ✓ Yes  [2] No")
        assert len(t.shown("anna")) == 3, "the question after a purpose is asked once"
        await t.tap("anna", "No")
        assert t.shown("anna")[1].endswith("[1] Yes  [2] ✓ No"), "a person may think better of it"
        await t.tap("ben", "No, thank you")
        assert t.shown("ben")[0].startswith("That is fine. Nothing of yours was kept")


async def test_ideas_are_taken_back_from_the_card_of_thanks() -> None:
    async with table(IDEAS) as t:
        await t.write("anna", "More ovens.")
        assert t.last("anna").endswith("Which of these is it?\n[1] For  [2] Against  [3] Take back  [4] That is all")
        await t.tap("anna", "For", times=2)
        assert t.shown("anna") == [
            "Noted: For.\n  “More ovens.”\n[1] ✓ For  [2] Against  [3] Take back  [4] That is all"
        ]
        await t.tap("anna", "That is all")
        assert t.last("anna") == (
            "Thank you for your contribution.\n· You can add to it or take it back until 11:30.\n[1] Change"
        )
        await t.tap("anna", "Change")
        assert t.last("anna").endswith("· Number 1\n  “More ovens.”\n[1] Take 1 back")
        await t.tap("anna", "Take 1 back", times=2)
        assert t.shown("anna") == ["Taken back. You can write another one.\n[1] For  [2] Against"]
        await t.tap("anna", "Against")
        assert t.last("anna").startswith("Your ideas?")
        assert t.last("anna").endswith("Against: please write it now.\n[1] For  [2] ✓ Against")
