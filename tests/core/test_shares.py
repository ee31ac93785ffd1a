"""How the words are shared at a table: what counts, who reads it, and who is asked to leave room."""

from __future__ import annotations

import pytest

from bot.core.heard import Edited, Heard
from tests.support.by_rule import BY_RULE, acts, play
from tests.support.talks import BY_HAND, data, heard_by, press

LONG = "I think that bread is made of flour and water and of time, and of much patience, and of salt too. " * 2
LEAVE_ROOM = "You have given your table much to think about."


def test_who_has_said_most_is_asked_once_in_private_to_leave_room() -> None:
    s = play()
    s.write("ben", "Yes.")
    for _ in range(2):
        s.write("anna", LONG)
    assert LEAVE_ROOM not in str(s.read_by("seat:anna")), "two messages are no flood"
    s.write("anna", LONG)
    s.write("anna", LONG)
    assert [said.startswith(LEAVE_ROOM) for said in s.read_by("seat:anna")].count(True) == 1
    assert LEAVE_ROOM not in str([heard_by(s, other) for other in ("ben", "lise")]), "nobody else reads it"
    assert acts(s).count("asked_to_leave_room") == 1
    assert len(s.contributions) == 5, "what they write goes to the table as before"


@pytest.mark.parametrize(
    ("rules", "more"),
    [
        (BY_HAND, ""),
        ("[facilitator]\nshare_max = 1\n", ""),
        (BY_RULE, 'share_max = "100%"\n'),
        ('[facilitator]\nshare_max = "95%"\n', ""),
    ],
)
def test_the_flow_says_whose_share_is_large(rules: str, more: str) -> None:
    s = play(more, rules=rules)
    s.write("ben", "This is a sentence of some eight words.")
    for _ in range(3):
        s.write("anna", LONG)
    assert LEAVE_ROOM not in str(s.read_by("seat:anna"))
    s = play('share_max = "30%"\n', rules=rules)
    s.write("ben", LONG)
    for _ in range(3):
        s.write("anna", LONG)
    assert LEAVE_ROOM in str(s.read_by("seat:anna")), "the step's own word counts more"


def test_few_words_and_two_people_have_no_shares_to_speak_of() -> None:
    s = play()
    for _ in range(8):
        s.write("anna", "Some more words.")
    assert LEAVE_ROOM not in str(s.read_by("seat:anna"))
    s = play()
    s.seat("lise", table="t1", lost="blocked")
    for _ in range(4):
        s.write("anna", LONG)
    assert LEAVE_ROOM not in str(s.read_by("seat:anna"))


def test_words_in_turns_are_counted_and_nobody_is_asked_during_their_turn() -> None:
    s = play('turns = "round"\nturn_for = "10m"\n')
    first = data(s)["floor"]
    for _ in range(4):
        s.write(first, LONG)
    assert data(s)["words"] == {first: 4 * 42}
    assert LEAVE_ROOM not in str(s.read_by(f"seat:{first}"))
    for _ in range(2):
        s.press(data(s)["floor"], "talk:pass")
    s.press(data(s)["floor"], "talk:pass")
    s.write(first, "And one thing more.")
    assert LEAVE_ROOM in str(s.read_by(f"seat:{first}")), "the talk is free now, and the words in turns count"


@pytest.mark.parametrize(
    ("text", "n"), [("Don't go, it's 5 o'clock!", 5), ("面包是面粉", 3), ("…", 0), ("so-called", 1)]
)
def test_words_are_counted(text: str, n: int) -> None:
    s = play()
    s.write("anna", text)
    assert data(s).get("words", {}).get("anna", 0) == n


def test_who_leads_sees_the_shares_with_or_without_the_rules() -> None:
    s = play(rules=BY_HAND, staff=True)
    assert "Of the words" not in s.write("maya", "/status")[-1]
    s.write("anna", "one two three")
    s.write("ben", "one")
    s.write("maya", "What else is there to say?")
    told = "Of the words: anna 75 %, ben 25 %. Only those who lead the table read this."
    assert told in s.write("maya", "/status")[-1]
    assert told in s.write("cleo", "/status 1")[-1]
    assert "Of the words" not in str([heard_by(s, other) for other in ("anna", "ben", "lise")])


def test_what_nobody_reads_any_more_counts_no_longer() -> None:
    s = play(staff=True)
    s.write("anna", "one two three")
    first = next(iter(s.contributions))
    s.write("ben", "one two")
    s.write("ben", "three four five six")
    assert data(s)["words"] == {"anna": 3, "ben": 6}
    s.write("ben", "/undo")
    assert data(s)["words"] == {"anna": 3, "ben": 2}
    s.play(Heard("hide", "maya", s.now, "/hide", answers=first))
    assert data(s)["words"] == {"anna": 0, "ben": 2}
    press(s, "maya", "It was a mistake: put it back")
    assert data(s)["words"] == {"anna": 3, "ben": 2}
    assert "anna 60 %, ben 40 %" in s.write("maya", "/status")[-1]


def test_words_that_are_edited_count_as_they_are_read_now() -> None:
    s = play()
    s.write("anna", "one two three")
    s.write("anna", "four five six")
    s.play(Edited("edit", "anna", s.now, list(s.contributions)[-1], "four"))
    assert data(s)["words"] == {"anna": 4}
    s.write("anna", "/undo")
    assert data(s)["words"] == {"anna": 3}, "the last message counted as it was edited"


def test_who_has_left_counts_neither_in_the_shares_nor_beside_the_others() -> None:
    s = play("", "anna", "ben", "lise", "omar", staff=True)
    s.write("anna", "one two three")
    s.write("ben", "one")
    s.write("omar", LONG)
    assert "omar 91 %" in s.write("maya", "/status")[-1]
    s.write("omar", "/leave")
    press(s, "omar", "Leave")
    assert "Of the words: anna 75 %, ben 25 %." in s.write("maya", "/status")[-1]


def test_experts_and_those_who_lead_have_no_share() -> None:
    s = play(staff=True)
    s.seat("erik", table="t1", role="expert")
    for who in ("erik", "maya"):
        s.write(who, LONG)
    s.write("anna", "one two three")
    assert data(s)["words"] == {"anna": 3}


def test_where_a_person_leads_they_see_the_shares_and_speak_themselves() -> None:
    s = play(staff=True)
    s.write("maya", "Good evening.")
    s.write("ben", "Yes.")
    for _ in range(4):
        s.write("anna", LONG)
    assert LEAVE_ROOM not in str(s.read_by("seat:anna"))
    s = play(rules='[facilitator]\nshare_max = "50%"\n', staff=True)
    s.write("maya", "Good evening.")
    s.write("ben", "Yes.")
    for _ in range(4):
        s.write("anna", LONG)
    assert LEAVE_ROOM in str(s.read_by("seat:anna")), "the flow wants it in any case"
