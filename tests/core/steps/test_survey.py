"""Questions one after the other: counted, kept for the tables, told whether they were right."""

from __future__ import annotations

from datetime import timedelta

from bot.core.events import Joined
from tests.support.plays import flow_of
from tests.support.stagehand import Stagehand

HOUR = timedelta(hours=1)


def survey(id: str, question: str) -> str:
    return f"""
    [[step]]
    id = "{id}"
    type = "survey"
    duration = "1h"
    questions = [{{ id = "q_{id}", {question} }}]
    """


CITY = 'text = "Where?", attribute = "area", options = [{ id = "city", text = "City" }, { id = "land", text = "Land" }]'
QUIZ = 'text = "How much?", correct = "third", options = [{ id = "half", text = "Half" }, { id = "third", text = "A third" }]'
WHY = 'text = "Why?", method = "open_text", max_length = 20'


def played(*steps: str) -> Stagehand:
    stage = Stagehand(flow_of("".join(steps)))
    stage.seat("anna")
    stage.start()
    return stage


TALK = '[[step]]\nid = "night"\ntype = "break"\nduration = "9h"\ntext = "Sleep well."\n'


def test_a_latecomer_is_told_that_the_result_stands_without_them_and_what_their_answers_are_for() -> None:
    stage = played(survey("one", CITY), survey("two", QUIZ), TALK)
    assert "before you came" not in stage.read_by("seat:anna")[-1]
    stage.press("anna", "one:q_one::city")
    stage.press("anna", "two:q_two::half")
    stage.wait(2 * HOUR)
    stage.seat("late", walk="one")
    stage.play(Joined("late", "all"))
    stage.wait()
    first = stage.read_by("seat:late")[-1]
    assert first.startswith("The others answered this before you came, so your answers no longer go into the results.")
    assert "They help to find a table for you." in first
    stage.press("late", "one:q_one::land")
    assert stage.seats["late"].attributes == {"area": "land"}
    last = stage.read_by("seat:late")[-1]
    assert "your answers no longer go into the results." in last
    assert "find a table" not in last
    stage.press("late", "two:q_two::third")
    assert stage.records["one"]["course:all"]["questions"]["q_one"][""]["counts"] == {"city": 1, "land": 0}


def test_surveys_in_a_row_are_walked_at_ones_own_pace_and_each_is_counted() -> None:
    stage = played(survey("one", CITY), survey("two", QUIZ))
    stage.press("anna", "one:q_one::city")
    assert "How much?" in stage.read_by("seat:anna")[-1]
    stage.press("anna", "two:q_two::half")
    stage.wait(2 * HOUR)
    counts = {
        step: units["course:all"]["questions"][f"q_{step}"][""]["counts"] for step, units in stage.records.items()
    }
    assert counts == {"one": {"city": 1, "land": 0}, "two": {"half": 1, "third": 0}}
    assert stage.courses["all"].done == {"one": "done", "two": "done"}
    assert stage.courses["all"].state == "ended"


def test_an_answer_becomes_an_attribute_of_the_person() -> None:
    stage = played(survey("one", CITY))
    stage.press("anna", "one:q_one::land")
    assert stage.seats["anna"].attributes == {"area": "land"}


def test_a_quiz_says_what_is_right() -> None:
    stage = played(survey("one", QUIZ))
    assert stage.press("anna", "one:q_one::half")[0].startswith("Not quite. It is: A third\nThank you")
    assert stage.press("anna", "one:q_one::third")[0].startswith("That is right.\nChanged. Your answer is now:")


def test_words_are_kept_as_a_contribution_and_a_new_answer_takes_the_old_ones_place() -> None:
    stage = played(survey("one", WHY))
    assert "at most 20 characters" in stage.write("anna", "x" * 21)[-1]
    stage.write("anna", "Because.")
    stage.write("anna", "Rather not.")
    assert [(c.text, c.kind, c.target) for c in stage.contributions.values()] == [("Rather not.", "answer", "q_one")]
    stage.wait(2 * HOUR)
    assert stage.records["one"]["course:all"]["questions"] == {}, "words are no count"
