"""Where whoever leads it asks, a table says whether what it said stands in its draft. It approves nothing by that."""

from __future__ import annotations

import pytest

from bot.core.drafts.draft import Draft
from bot.core.drafts.presenting import table_says
from bot.core.state import Digest
from tests.support.drafts import MINUTE, digest, drafted, lead, number, press, quoted
from tests.support.plays import read
from tests.support.stagehand import START, Stagehand

SAYS, MISSES = "Says what we said", "Something is missing"


def asked() -> Stagehand:
    stage = drafted()
    assert lead(stage, "Ask the table")[0].startswith("Your table is asked.")
    return stage


def say(stage: Stagehand, seat: str, label: str) -> list[str]:
    return press(stage, seat, label, "table:t1")


def test_every_member_reads_the_draft_in_private_and_those_who_lead_do_not() -> None:
    stage = asked()
    [said] = [s for s in stage.said.values() if s.to == "table:t1" and s.message.buttons]
    assert said.privately
    assert said.without == ("maya",)
    assert read(said.message).startswith("This is drawn from what you said at your table. Is it what you said?")
    assert set(quoted(said.message)) == {"trains", "buses", "roads", "paths"}


def test_the_answer_is_marked_and_can_change() -> None:
    stage = asked()
    [answer] = say(stage, "anna", SAYS)
    assert f"[✓{SAYS}] [{MISSES}]" in answer
    assert "nobody's name" in answer
    [answer] = say(stage, "anna", MISSES)
    assert f"[{SAYS}] [✓{MISSES}]" in answer


def test_once_all_have_answered_those_who_lead_are_told_in_words_and_approve_themselves() -> None:
    stage = asked()
    for seat in ("anna", "ben", "cleo"):
        say(stage, seat, SAYS)
    assert len(stage.told("facilitators:t1")) == 1
    say(stage, "dora", MISSES)
    draft = stage.read_by("facilitators:t1")[-1]
    assert draft.startswith("Everybody at your table has answered.")
    assert "Most of those at your table who answered find in it what was said, but something is missing" in draft
    assert not any(seat in draft for seat in ("anna", "ben", "cleo", "dora"))
    assert digest(stage).state == "draft"
    say(stage, "dora", MISSES)
    assert len(stage.told("facilitators:t1")) == 2, "they are told once"
    stage.wait(15 * MINUTE)
    assert digest(stage).state == "held", "what the table says approves nothing"


def test_before_the_end_they_are_told_what_there_is() -> None:
    stage = asked()
    for seat in ("anna", "ben", "cleo"):
        say(stage, seat, SAYS)
    stage.wait(10 * MINUTE)
    assert "Those at your table who answered find in it what was said." in stage.read_by("facilitators:t1")[-1]


def test_the_table_is_asked_once_and_again_about_new_words() -> None:
    stage = asked()
    assert "[Ask the table]" not in stage.read_by("facilitators:t1")[-1] or lead(stage, "Ask the table") == [
        "Your table is asked already."
    ]
    say(stage, "anna", SAYS)
    press(stage, "anna", "Correct")
    stage.write("anna", "Night trains.")
    lead(stage, "Ask the table")
    questions = [s for s in stage.said.values() if s.to == "table:t1" and s.message.buttons]
    assert len(questions) == 2


@pytest.mark.parametrize("seat", ["maya", "claire", "stranger"])
def test_nobody_else_is_counted(seat: str) -> None:
    stage = asked()
    stage.seat("stranger", table="t2")
    before = stage.stages["digest", "table:t1"]
    say(stage, seat, SAYS)
    assert stage.stages["digest", "table:t1"] == before


def test_after_the_approval_nothing_is_counted() -> None:
    stage = asked()
    lead(stage, "Approve")
    assert say(stage, "anna", MISSES) == ["This has been decided already, so nothing was changed."]


def test_what_is_left_out_is_not_asked_about() -> None:
    stage = drafted()
    stage.press("maya", f"digest:reason:t1:{number(stage, 'roads')}-insult:")
    lead(stage, "Ask the table")
    [question] = [s.message for s in stage.said.values() if s.to == "table:t1" and s.message.buttons]
    assert "roads" not in quoted(question)


@pytest.mark.parametrize(
    ("yes", "no", "expected"),
    [
        (0, 0, "Your table is asked. So few have answered that more would tell who said what."),
        (1, 1, "Your table is asked. So few have answered that more would tell who said what."),
        (3, 0, "Those at your table who answered find in it what was said."),
        (
            2,
            1,
            "Most of those at your table who answered find in it what was said, but something is missing for somebody.",
        ),
        (2, 2, "About half of those at your table who answered miss something in it."),
        (1, 2, "Most of those at your table who answered miss something in it."),
        (0, 9, "Most of those at your table who answered miss something in it."),
        (7, 3, "7 of the 10 people at your table who answered find in it what was said; the others miss something."),
        (10, 0, "Those at your table who answered find in it what was said."),
        (0, 10, "Most of those at your table who answered miss something in it."),
    ],
)
def test_below_ten_it_is_told_in_words(yes: int, no: int, expected: str) -> None:
    voters = {f"s{n}": n < yes for n in range(yes + no)}
    drawn = Digest("d", "digest", "t1", "lyon", "en", "draft", (), 0, 0, START)
    told = table_says(Draft(None, drawn, (), notes={"says": voters}))  # type: ignore[arg-type]  # no scene is looked at
    assert told is not None
    assert read(told) == expected
