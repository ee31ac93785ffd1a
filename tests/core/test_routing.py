"""To whom a message belongs: the rules at the head of `bot.core.routing`, one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.core import routing
from bot.core.effects import Note
from bot.core.heard import Heard
from bot.core.state import State
from bot.core.turn import Turn
from tests.support.plays import flow_of
from tests.support.stagehand import START, Stagehand

GROUPS = "[groups.tables]\nsize = { min = 3, target = 4, max = 6 }\n"
# Side by side: a table talks while each person is asked something in private.
BOTH = """
[[step]]
id = "side"
type = "parallel"
duration = "30m"
[[step]]
id = "talk"
type = "discuss"
within = "side"
branch = "table"
title = "Bread"
text = "What about bread?"
duration = "20m"
[[step]]
id = "ask"
type = "survey"
within = "side"
branch = "alone"
title = "Alone"
duration = "20m"
questions = [{ id = "why", method = "open_text", max_length = 40, text = "Why?" }]
"""
BALLOT = """
[[step]]
id = "mood"
type = "survey"
duration = "20m"
questions = [{ id = "mood", text = "How are you?", options = [{ id = "well", text = "Well" }, { id = "tired", text = "Tired" }] }]
"""
TALK = '[[step]]\nid = "talk"\ntype = "discuss"\ntext = "What about bread?"\nduration = "20m"\n'
VOTE = """
[[step]]
id = "vote"
type = "vote"
duration = "20m"
grace = "15m"
questions = [{ id = "more", method = "yes_no_abstain", text = "More?" }]
"""


def cast(steps: str = BOTH, **given: Any) -> Stagehand:
    s = Stagehand(flow_of(GROUPS + steps), **given)
    s.seat("anna", "ben", "lise", table="t1")
    s.start()
    return s


def kinds(s: Stagehand) -> list[tuple[str, str, str]]:
    """What was kept of the words: kind, step, text; without what was taken out of holding again."""
    return [(c.kind, c.step, c.text) for c in s.contributions.values() if c.state == "live"]


def which(s: Stagehand, text: str) -> tuple[str, str]:
    """Anna types this while both wait; what the two buttons carry: her answer, her table."""
    s.write("anna", text)
    answer, table = s.told("seat:anna")[-1].buttons
    return answer.press, table.press


# 1 and 2: commands and presses


def test_a_command_is_a_command_even_where_an_answer_is_awaited() -> None:
    s = cast()
    assert s.write("anna", "/my")[0].startswith("Your name here")
    assert kinds(s) == []


def test_a_press_belongs_to_its_step_as_long_as_that_is_open() -> None:
    s = cast(BALLOT)
    s.press("anna", "mood:mood::well")
    assert s.choices["mood"]["anna"] == {"mood:": "well"}
    s.wait(timedelta(minutes=21))
    s.play(Heard("late", "ben", s.now - timedelta(seconds=1), press="nowhere:x"))
    assert s.read_by("seat:ben")[-1] == "This is closed now, so nothing was changed."


# 3: the table talks and a question waits


def test_in_doubt_the_person_is_asked_and_nothing_goes_anywhere() -> None:
    s = cast()
    which(s, "Because it smells good.")
    (held,) = s.contributions.values()
    assert s.read_by("seat:anna")[-1] == (
        f"Is this your answer to the question above, or is it for your table?\n{held.id}\n"
        "[It is my answer] [Send it to my table]"
    )
    assert (held.kind, held.step, held.shared) == ("held", "", False)
    assert len(s.read_by("table:t1")) == 1


def test_for_the_table() -> None:
    s = cast()
    _, to_table = which(s, "I bake.")
    assert s.press("anna", to_table) == ["Sent to your table.\n[Undo]"]
    assert kinds(s) == [("message", "talk", "I bake.")]


def test_for_the_question_and_then_the_table_needs_no_asking() -> None:
    s = cast()
    answer, _ = which(s, "It smells good.")
    assert s.press("anna", answer)[0].startswith("Thank you, that was the last question.")
    assert kinds(s) == [("answer", "ask", "It smells good.")]
    s.write("anna", "Now to you all.")
    assert kinds(s)[-1] == ("message", "talk", "Now to you all.")


def test_a_held_text_is_used_once_and_by_its_author() -> None:
    s = cast()
    answer, to_table = which(s, "It smells good.")
    assert s.press("ben", to_table) == ["You have answered this already, so nothing was changed."]
    s.press("anna", to_table)
    for again in (to_table, answer):
        assert s.press("anna", again) == ["You have answered this already, so nothing was changed."]
    assert kinds(s) == [("message", "talk", "It smells good.")]


def test_only_a_held_text_can_be_released() -> None:
    s = cast()
    _, to_table = which(s, "I bake.")
    s.press("anna", to_table)
    sent = next(c.id for c in s.contributions.values() if c.kind == "message")
    assert s.press("anna", f"-answer:{sent}") == ["You have answered this already, so nothing was changed."]
    assert kinds(s) == [("message", "talk", "I bake.")]


def test_what_was_typed_in_time_counts_when_it_is_confirmed_within_the_grace() -> None:
    s = cast(BOTH.replace('branch = "alone"', 'branch = "alone"\ngrace = "2m"'))
    s.wait(timedelta(minutes=19, seconds=50))
    answer, _ = which(s, "It smells good.")
    s.wait(timedelta(seconds=20))
    s.press("anna", answer)
    assert kinds(s) == [("answer", "ask", "It smells good.")]


def test_after_the_close_a_held_text_goes_nowhere() -> None:
    s = cast(BOTH + 'late = "reject"\n')
    answer, to_table = which(s, "It smells good.")
    s.wait(timedelta(minutes=25))
    for late in (answer, to_table):
        assert s.press("anna", late) == ["This is closed now, so nothing was changed."]
    assert kinds(s) == [("held", "", "It smells good.")]


@pytest.mark.parametrize(("text", "said"), [("x" * 4001, "4001 characters"), ("\x00", "I can pass on text only")])
def test_what_cannot_be_held_is_said(text: str, said: str) -> None:
    s = cast()
    assert said in s.write("anna", text)[0]
    assert s.contributions == {}


# 4: a question has just closed


LATE = "The question above has closed, so this cannot answer it any more. Send it to your table?"
TWO = BALLOT.replace('type = "survey"', 'type = "vote"') + TALK


@pytest.mark.parametrize("said", ["tired", "2", "I am well, thank you."])
def test_words_just_after_a_question_has_closed_do_not_go_to_the_table_unasked(said: str) -> None:
    s = cast(TWO)
    s.wait(timedelta(minutes=20, seconds=7))
    (held,) = s.write("anna", said)
    assert held.startswith(LATE)
    assert held.endswith("[Send it to my table] [Do not send]")
    assert kinds(s) == [("held", "", said)]
    to_table, keep = s.told("seat:anna")[-1].buttons
    if said == "2":
        s.press("anna", keep.press)
        assert kinds(s) == []
        return
    assert s.press("anna", to_table.press) == ["Sent to your table.\n[Undo]"]
    s.write("anna", "And I bake.")
    assert kinds(s) == [("message", "talk", said), ("message", "talk", "And I bake.")], "they are asked once"
    assert s.choices == {}


def test_who_has_answered_or_answers_somebody_or_writes_later_is_not_asked() -> None:
    s = cast(TWO)
    s.press("ben", "mood:mood::well")
    s.wait(timedelta(minutes=20, seconds=7))
    s.write("ben", "I bake.")
    s.play(Heard("reply", "anna", s.now, "So do I!", answers=next(iter(s.contributions))))
    s.wait(timedelta(minutes=2))
    s.write("lise", "I do not.")
    assert kinds(s) == [("message", "talk", text) for text in ("I bake.", "So do I!", "I do not.")]


def test_what_nobody_had_to_answer_makes_no_doubt() -> None:
    s = cast('[[step]]\nid = "read"\ntype = "inform"\ntext = "Bread is old."\n' + TALK)
    s.wait(timedelta(seconds=7))
    s.write("anna", "I bake.")
    assert kinds(s) == [("message", "talk", "I bake.")]


def test_a_second_idea_that_is_late_is_not_read_under_a_name_at_the_table() -> None:
    ideas = '[[step]]\nid = "ideas"\ntype = "collect"\nduration = "20m"\ntext = "What now?"\nmax_each = 2\n'
    s = cast(ideas + TALK)
    s.write("anna", "Bread for all.")
    s.wait(timedelta(minutes=20, seconds=7))
    assert s.write("anna", "And butter.")[0].startswith(LATE)
    s.press("anna", s.told("seat:anna")[-1].buttons[0].press)
    s.write("anna", "I bake.")
    assert kinds(s)[-1] == ("message", "talk", "I bake.")


def test_during_the_grace_of_a_question_beside_the_talk_it_is_so_too() -> None:
    s = cast(
        BOTH.replace('type = "survey"', 'type = "survey"\ngrace = "1m"').replace(
            'duration = "20m"\nquestions', 'duration = "10m"\nquestions'
        )
    )
    s.wait(timedelta(minutes=10, seconds=7))
    assert s.write("anna", "Because.")[0].startswith(LATE)


# 4, 5 and 6


def test_a_typed_choice_is_confirmed_first() -> None:
    s = cast(BALLOT)
    assert s.write("anna", "tired") == ["Did you mean this?\nTired\n[Yes, that is my answer]"]
    assert s.choices == {}
    assert s.press("anna", s.told("seat:anna")[-1].buttons[0].press)
    assert s.choices["mood"]["anna"] == {"mood:": "tired"}


def test_where_nothing_is_open_nothing_is_passed_on() -> None:
    s = cast(BALLOT)
    s.seat("otto", role="observer")
    assert s.write("otto", "Hello") == [
        "Nothing is open for you right now, so this was not passed on.\n/help shows what you can do."
    ]


def test_who_has_answered_what_is_open_is_not_sent_back_to_what_is_over() -> None:
    ideas = '[[step]]\nid = "ideas"\ntype = "collect"\nduration = "20m"\ntext = "What now?"\nmax_each = 1\n'
    s = cast(BALLOT + ideas)
    s.press("anna", "mood:mood::well")
    s.wait(timedelta(minutes=21))
    assert "I have kept (1 of 1)" in s.write("anna", "Bread for all.")[0]
    assert not s.told("seat:anna")[-1].expects, "there is no room for another one"
    assert "This one was not kept" in s.write("anna", "And butter.")[0]


@pytest.mark.parametrize("status", ["paused", "left", "refused"])
def test_who_takes_no_part_is_not_heard(status: Any) -> None:
    s = cast(BOTH + BALLOT)
    s.seats["anna"] = replace(s.seats["anna"], status=status)
    for what in ({"text": "Hello"}, {"press": "ask:why::x"}, {"press": "-table:x"}, {"press": "talk:done"}):
        (said,) = s._hear("anna", **what)
        assert "not kept or passed on" in said or "nothing of this was kept" in said
    assert kinds(s) == []


# What is loaded


@pytest.mark.parametrize(
    ("press", "text", "step"),
    [
        ("ask:why::x", "", "ask"),
        ("-answer:x", "", "ask"),
        ("-table:x", "", "talk"),
        ("", "words", "ask"),
        ("", "/help", None),
        ("-lang:fr", "", None),
        ("nothing:x", "", None),
    ],
)
def test_aim_names_the_step_whose_facts_are_needed(press: str, text: str, step: str | None) -> None:
    s = cast()
    seat, table = s.seats["anna"], s._peopled(s.tables["t1"])
    heard = Heard("1", "anna", s.now, text, press)
    course = s.courses["all"]
    wanted = routing.needs(s.flow, course, seat, table, heard)
    state = State(course, seat, table, {key: s.stages[key] for key in wanted if key in s.stages})
    found = routing.aim(Turn(s.flow, state, s.now), seat, heard)
    assert (found[0].id if found else None) == step


def test_a_table_is_named_by_the_button_of_a_prompt_unless_it_is_for_all() -> None:
    flow = flow_of(GROUPS + BALLOT)
    assert routing.table_named(flow, Heard("1", "x", START, press="-send:id:t7")) == "t7"
    assert routing.table_named(flow, Heard("1", "x", START, press="-send:id:all")) == ""
    assert routing.table_named(flow, Heard("1", "x", START, press="-cancel:id")) == ""


# When it was said


def test_a_press_of_unknown_time_counts_while_the_step_is_open_and_is_noted() -> None:
    s = cast(BALLOT + 'grace = "2m"\nlate = "reject"\n')
    s.wait(timedelta(minutes=21))
    assert s.press("anna", "mood:mood::well") == ["This is closed now, so nothing was changed."]
    s.play(Heard("r0", "lise", START + timedelta(minutes=20, seconds=1), press="mood:mood::well", unsure=True))
    assert "mood" not in s.choices, "it was made too late, whenever it was"
    s.play(Heard("r1", "ben", START + timedelta(minutes=20), press="mood:mood::well", unsure=True))
    assert s.choices["mood"].keys() == {"ben"}
    assert [note.data for note in unknown(s)] == [{"course": "all", "step": "mood"}]
    s.wait(timedelta(minutes=2))
    s.play(Heard("r2", "lise", START, press="mood:mood::well", unsure=True))
    assert s.choices["mood"].keys() == {"ben"}


def test_an_unknown_time_is_not_noted_where_it_does_not_matter() -> None:
    s = cast(BALLOT)
    s.play(Heard("r1", "ben", s.now, press="mood:mood::well", unsure=True))
    assert s.choices["mood"].keys() == {"ben"}
    assert unknown(s) == []


def unknown(s: Stagehand) -> list[Note]:
    return [e for e in s.others if isinstance(e, Note) and e.act == "time_unknown"]


def test_a_question_that_came_late_is_open_for_its_duration_to_that_person() -> None:
    s = cast(VOTE, reached={"vote": START + timedelta(minutes=10)})
    s.wait(timedelta(minutes=21))
    s.press("anna", "vote:more::yes")
    assert s.choices["vote"].keys() == {"anna"}
    s.now = START + timedelta(minutes=30, seconds=1)
    assert s.press("ben", "vote:more::yes") == ["This is closed now, so nothing was changed."]


def test_a_question_that_came_in_time_closes_at_its_hour() -> None:
    s = cast(VOTE)
    s.wait(timedelta(minutes=21))
    assert s.press("anna", "vote:more::yes") == ["This is closed now, so nothing was changed."]


def test_what_was_typed_in_time_and_came_late_is_held_with_its_own_time() -> None:
    longer = BOTH.replace('"20m"', '"25m"', 1)
    s = cast(longer.replace('branch = "alone"', 'branch = "alone"\ngrace = "2m"'))
    s.wait(timedelta(minutes=20, seconds=30))
    s.play(Heard("m1", "anna", START + timedelta(minutes=19), "Because"))
    (held,) = [c for c in s.contributions.values() if c.kind == "held"]
    assert held.at == START + timedelta(minutes=19)


def test_the_facts_of_a_held_answer_are_loaded_after_the_announced_end_too() -> None:
    s = cast(BOTH.replace('branch = "alone"', 'branch = "alone"\ngrace = "2m"'))
    s.wait(timedelta(minutes=20, seconds=30))
    seat, table = s.seats["anna"], s._peopled(s.tables["t1"])
    heard = Heard("1", "anna", s.now, press="-answer:x")
    state = State(s.courses["all"], seat, table, s.stages)
    found = routing.aim(Turn(s.flow, state, s.now), seat, heard)
    assert found is not None
    assert found[0].id == "ask"
