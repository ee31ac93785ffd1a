"""Ideas in private: kept whole or refused aloud, taken back, marked with a side, read by the table."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from bot.core.effects import Lane
from tests.support.plays import flow_of, read
from tests.support.stagehand import Stagehand

MINUTE = timedelta(minutes=1)


def staged(extra: str = "") -> Stagehand:
    stage = Stagehand(
        flow_of(f"""
        [[step]]
        id = "args"
        type = "collect"
        duration = "15m"
        text = "Should shops take back bottles?"
        max_each = 2
        max_length = 40
        {extra}
        """)
    )
    stage.seat("anna", "ben", table="t1")
    stage.seat("cara")
    stage.start()
    return stage


def live(stage: Stagehand) -> list[tuple[str, str]]:
    return [(c.text, c.side) for c in stage.contributions.values() if c.state == "live"]


def button(stage: Stagehand, seat: str, label: str) -> str:
    """What the button with this label in the last message to a person carries."""
    return next(b.press for b in stage.told(f"seat:{seat}")[-1].buttons if read(b.label) == label)


def test_what_a_person_writes_is_kept_with_its_author_place_and_language() -> None:
    stage = staged()
    assert "Should shops take back bottles?" in stage.read_by("seat:anna")[0]
    assert "You can write until 02 Mar 17:15." in stage.read_by("seat:anna")[0]
    kept = stage.write("anna", "  Yes,\u202e they should.  ")
    [given] = stage.contributions.values()
    assert (given.text, given.kind, given.seat, given.table, given.site) == (
        "Yes, they should.",
        "idea",
        "anna",
        "t1",
        "lyon",
    )
    assert (given.language, given.step, given.shared, given.side) == ("en", "args", True, "")
    assert kept == [
        f"Thank you. I have kept (1 of 2):\n{given.id}\nYou can write another one.\n[Take back] [That is all]"
    ]


def test_too_long_a_text_is_refused_aloud_and_not_cut() -> None:
    stage = staged()
    [said] = stage.write("anna", "x" * 41)
    assert "Your text has 41 characters, and 40 are possible." in said
    assert "It was not kept yet." in said
    assert stage.contributions == {}
    stage.write("anna", "x" * 40)
    assert live(stage) == [("x" * 40, "")]


def test_nothing_to_see_is_no_contribution() -> None:
    stage = staged()
    assert "I see no text there." in stage.write("anna", " \u200e\u202e\u3164 ")[-1]
    assert stage.contributions == {}


def test_the_last_possible_one_ends_it_and_one_more_is_refused_aloud() -> None:
    stage = staged()
    stage.write("anna", "One.")
    assert stage.seats["anna"].focus == "args:text"
    assert "[That is all]" not in stage.write("anna", "Two.")[-1]
    assert stage.stages["args", "seat:anna"].state == "done"
    assert stage.seats["anna"].focus == ""
    [said] = stage.write("anna", "Three.")
    assert said.startswith("This one was not kept: you have given 2")
    assert live(stage) == [("One.", ""), ("Two.", "")]


def test_an_item_can_be_taken_back_and_makes_room_for_another() -> None:
    stage = staged()
    stage.write("anna", "One.")
    stage.write("anna", "Two.")
    assert stage.press("anna", button(stage, "anna", "Take back")) == ["Taken back. You can write another one."]
    assert live(stage) == [("One.", "")]
    stage.write("anna", "Better.")
    assert live(stage) == [("One.", ""), ("Better.", "")]


def test_nobody_takes_back_what_somebody_else_wrote() -> None:
    stage = staged()
    stage.write("anna", "One.")
    back = button(stage, "anna", "Take back")
    stage.press("ben", back)
    assert live(stage) == [("One.", "")]


def test_that_is_all_needs_the_least_number_and_then_thanks() -> None:
    stage = staged()
    assert "Please write one before you go on." in stage.press("anna", "args:all::")[-1]
    stage.write("anna", "One.")
    assert "Thank you for your contribution." in stage.press("anna", "args:all::")[-1]
    assert stage.stages["args", "seat:anna"].state == "done"
    stage.write("anna", "One more after all.")
    assert len(live(stage)) == 2


def test_who_may_give_nothing_can_go_on_at_once() -> None:
    stage = staged("min_each = 0")
    stage.press("anna", "args:all::")
    assert stage.stages["args", "seat:anna"].state == "done"


def test_the_side_is_chosen_before_or_after_the_text() -> None:
    stage = staged('sides = ["for", "against"]')
    assert stage.read_by("seat:anna")[0].endswith("[For] [Against]")
    (asked,) = stage.press("anna", "args:side::against")
    assert asked.startswith("Should shops take back bottles?")
    assert asked.endswith("Against: please write it now.\n[For] [✓Against]")
    assert "Which of these is it?" not in stage.write("anna", "Shops are small.")[-1]
    assert "Which of these is it?\n[For] [Against] [Take back]" in stage.write("anna", "Bottles are dear.")[-1]
    assert stage.press("anna", button(stage, "anna", "For"))[-1].startswith("Noted: For.")
    assert live(stage) == [("Shops are small.", "against"), ("Bottles are dear.", "for")]


def test_a_side_that_is_not_on_offer_is_not_taken() -> None:
    stage = staged('sides = ["for", "against"]')
    stage.press("anna", "args:side::question")
    stage.write("anna", "One.")
    assert live(stage) == [("One.", "")]


def test_the_table_reads_each_item_without_its_author() -> None:
    stage = staged('show = "table"')
    stage.write("anna", "One.")
    [say] = [say for say in stage.said.values() if say.to == "table:t1"]
    [given] = stage.contributions.values()
    assert stage.read_by("table:t1") == [f"Somebody at your table writes:\n{given.id}"]
    assert (say.without, say.lane) == (("anna",), Lane.TALK)
    stage.write("cara", "I sit at no table.")
    assert len(stage.read_by("table:t1")) == 1
    assert "your table may already have read it" in stage.press("anna", f"args:back:{given.id}:")[-1]


def test_a_name_is_shown_only_where_the_flow_says_so() -> None:
    stage = staged('show = "table"\nnamed = true')
    assert "under your name" in stage.read_by("seat:anna")[0]
    stage.write("anna", "One.")
    assert stage.read_by("table:t1")[0].startswith("anna writes:")
    assert staged().read_by("table:t1") == []


def test_a_helped_persons_item_says_for_whom_it_is() -> None:
    stage = Stagehand(staged().flow)
    stage.seat("dora", helped=True)
    stage.start()
    assert stage.write("dora", "One.")[-1].startswith("With help, for Dora:")
    assert [c.helped for c in stage.contributions.values()] == [True]


def test_a_reminder_reaches_who_has_not_finished() -> None:
    stage = staged('remind = ["5m"]')
    stage.write("anna", "One.")
    stage.press("anna", "args:all::")
    before = len(stage.read_by("seat:anna"))
    stage.wait(11 * MINUTE)
    assert len(stage.read_by("seat:anna")) == before
    assert "Should shops take back bottles?" in stage.read_by("seat:ben")[-1]
    assert "[That is all]" in stage.read_by("seat:ben")[-1]


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ("min_each = 3", "found min_each = 3 above max_each = 2"),
        ('sides = ["for"]', "name two or more"),
        ('sides = ["for", "for"]', "each once"),
        ("named = true", "a name is only shown with show"),
    ],
)
def test_what_a_collection_cannot_be_is_said_in_plain_words(extra: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        staged(extra)


def test_a_collection_without_a_text_is_refused() -> None:
    with pytest.raises(ValidationError, match="found no text"):
        flow_of('[[step]]\nid = "args"\ntype = "collect"\ntext = {}')
