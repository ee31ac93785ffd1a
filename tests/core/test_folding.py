"""Two that say the same become one with the yes of everybody who wrote them, and never where one says no."""

from __future__ import annotations

import pytest

from bot.core.drafts.folding import voted_otherwise
from bot.core.events import Answered
from tests.support.drafts import MINUTE, digest, drafted, lead, number, press, quoted, sentence, withdraw, words_of
from tests.support.plays import read
from tests.support.stagehand import Stagehand

YES, NO = "Yes, that is my point too", "No, mine is another"
THREE = {
    "trains": ("anna", "More trains at night."),
    "night": ("ben", "Trains should run at night."),
    "roads": ("cleo", "Mend the roads first."),
}


def ask(stage: Stagehand, one: str, other: str) -> list[str]:
    low, high = sorted((number(stage, one), number(stage, other)))
    lead(stage, "Two say the same")
    return press(stage, "maya", f"{low} and {high}")


def standing(stage: Stagehand) -> set[str]:
    return {s.sources[0] for s in digest(stage).sentences if not s.left_out}


def test_authors_are_asked_and_both_must_agree() -> None:
    stage = drafted(THREE)
    [said] = ask(stage, "trains", "night")
    assert "Until all of them say yes, each stands for itself." in said
    asked = stage.told("seat:ben")[-1]
    assert read(asked).startswith("Is this your point too?\ntrains\nYour words:\nnight")
    assert read(stage.told("seat:anna")[-1]).startswith("Is this your point too?\nnight\nYour words:\ntrains")
    press(stage, "ben", YES)
    assert standing(stage) == {"trains", "night", "roads"}
    press(stage, "anna", YES)
    assert len(standing(stage)) == 2


def test_one_sentence_with_the_sources_of_both_and_each_person_once() -> None:
    votes = {"trains": {"ben": 1, "cleo": 1}, "night": {"anna": 1, "cleo": 1, "dora": -1}}
    stage = drafted(THREE, "size = 3", agreements=votes)
    before = {s.sources[0]: n for n, s in enumerate(digest(stage).sentences)}
    ask(stage, "trains", "night")
    for seat in ("anna", "ben"):
        press(stage, seat, YES)
    first = min("trains", "night", key=lambda id: before[id])
    one = sentence(stage, first)
    assert set(one.sources) == {"trains", "night"}
    assert (one.support, one.against) == (3, 1), "anna, ben and cleo once each"
    assert words_of(stage, first) == THREE[first][1]
    gone = digest(stage).sentences[before["night" if first == "trains" else "trains"]]
    assert gone.left_out == "folded"
    assert "This was written more than once." in stage.read_by("facilitators:t1")[-1]
    assert "Left out: its authors put it together with another sentence." in stage.read_by("facilitators:t1")[-1]


def test_one_no_and_each_stands_for_itself_and_nobody_asks_again() -> None:
    stage = drafted(THREE)
    ask(stage, "trains", "night")
    press(stage, "ben", YES)
    assert press(stage, "anna", NO) == ["Thank you. Each stands for itself."]
    assert press(stage, "anna", YES) == ["This has been settled already, so nothing was changed."]
    assert standing(stage) == {"trains", "night", "roads"}
    assert "two different points" in stage.read_by("facilitators:t1")[-1]


@pytest.mark.parametrize("seat", ["cleo", "maya"])
def test_nobody_else_agrees_for_them(seat: str) -> None:
    stage = drafted(THREE)
    ask(stage, "trains", "night")
    yes = stage.told("seat:ben")[-1].buttons[0].press
    press(stage, "anna", YES)
    stage.press(seat, yes)
    assert standing(stage) == {"trains", "night", "roads"}
    stage.press(seat, yes.replace(":yes+", ":no+"))
    press(stage, "ben", YES)
    assert len(standing(stage)) == 2, "nor do they refuse for them"


def test_who_agreed_with_one_and_not_with_the_other_counts_as_neither() -> None:
    votes = {"trains": {"dora": 1, "cleo": 1}, "night": {"dora": -1, "cleo": 1}}
    stage = drafted(THREE, "size = 3", agreements=votes)
    ask(stage, "trains", "night")
    for seat in ("anna", "ben"):
        press(stage, seat, YES)
    [one] = [s for s in digest(stage).sentences if len(s.sources) == 2]
    assert (one.support, one.against) == (3, 0)


def blocked(stage: Stagehand, one: str, other: str) -> str:
    """What whoever leads the table reads who asks all the same."""
    return stage.press("maya", f"digest:pair:t1:{one}+{other}:")[0]


def test_where_one_says_no_nobody_is_asked() -> None:
    written = {
        "ban": ("anna", "Cars should be banned in town."),
        "free": ("ben", "Cars should not be banned in town."),
        "roads": ("cleo", "Mend the roads."),
    }
    stage = drafted(written)
    assert blocked(stage, "ban", "free").startswith("One of these two says no where the other does not")
    lead(stage, "Two say the same")
    one, other = sorted((number(stage, "ban"), number(stage, "free")))
    assert f"[{one} and {other}]" not in stage.read_by("seat:maya")[-1]
    assert not any("Is this your point too?" in text for text in stage.read_by("seat:anna"))


def test_where_they_stand_on_different_sides_nobody_is_asked() -> None:
    stage = drafted(THREE, sides={"trains": "for", "night": "against", "roads": "for"})
    assert blocked(stage, "trains", "night").startswith("These two stand on different sides")


def test_where_people_voted_otherwise_nobody_is_asked() -> None:
    votes = {
        "trains": {"ben": -1, "cleo": 1, "dora": 1},
        "night": {"anna": -1, "cleo": -1, "dora": -1},
    }
    stage = drafted(THREE, "size = 3", agreements=votes)
    assert blocked(stage, "trains", "night").startswith("People answered differently to these two")


def test_what_only_a_minority_holds_is_not_put_together_with_what_others_hold() -> None:
    votes = {"trains": {"cleo": 1}, "night": {"cleo": -1, "dora": -1}}
    stage = drafted(THREE, "size = 3", agreements=votes)
    assert [sentence(stage, id).minority for id in ("trains", "night")] == [False, True]
    assert blocked(stage, "trains", "night").startswith("People answered differently to these two")


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ({"a": 1, "b": 1, "c": 1}, {"a": -1, "b": -1, "c": 1}, True),
        ({"a": 1, "b": 1, "c": 1}, {"a": -1, "b": 1, "c": 1}, False),
        ({"a": 1, "b": 1}, {"a": -1, "b": -1}, False),
        ({"a": 1, "b": 1, "c": 0}, {"a": -1, "b": -1, "c": 0}, True),
        ({"a": 1, "b": 1, "c": 1}, {"d": -1, "e": -1, "f": -1}, False),
    ],
)
def test_votes_tell_from_three_people_on(one: dict[str, int], other: dict[str, int], apart: bool) -> None:
    assert voted_otherwise(one, other) is voted_otherwise(other, one) is apart


def test_a_sentence_worded_anew_is_compared_in_its_new_words_too() -> None:
    stage = drafted(THREE)
    press(stage, "anna", "Correct")
    stage.write("anna", "No trains at night.")
    assert blocked(stage, "trains", "night").startswith("One of these two says no")


def test_words_that_change_end_the_question() -> None:
    stage = drafted(THREE)
    ask(stage, "trains", "night")
    press(stage, "ben", YES)
    press(stage, "ben", "Correct")
    stage.write("ben", "Trains should run all day.")
    assert press(stage, "anna", YES) == ["This has been settled already, so nothing was changed."]
    assert standing(stage) == {"trains", "night", "roads"}


def test_whoever_takes_it_back_leaves_the_words_of_the_other_to_be_read_again() -> None:
    stage = drafted({**THREE, "paths": ("dora", "Paths.")})
    ask(stage, "trains", "night")
    for seat in ("anna", "ben"):
        press(stage, seat, YES)
    shown = next(s for s in digest(stage).sentences if len(s.sources) == 2)
    approve = stage.told("facilitators:t1")[-1].buttons[0].press
    press(stage, THREE[shown.sources[0]][0], "Take back")
    [answer] = stage.press("maya", approve)
    assert answer.startswith("New words have come in")
    assert digest(stage).state == "draft"


def test_who_leaves_takes_along_what_the_sentence_was_shown_in() -> None:
    stage = drafted({**THREE, "paths": ("dora", "Paths.")})
    ask(stage, "trains", "night")
    for seat in ("anna", "ben"):
        press(stage, seat, YES)
    shown = next(s for s in digest(stage).sentences if len(s.sources) == 2)
    approve = stage.told("facilitators:t1")[-1].buttons[0].press
    withdraw(stage, shown.sources[0])
    [answer] = stage.press("maya", approve)
    assert answer.startswith("New words have come in")
    press(stage, "maya", "Approve")
    assert digest(stage).state == "approved"
    assert shown.sources[1] in quoted(stage.told("table:t1")[-1])


def both_of_two() -> tuple[Stagehand, str, str]:
    """Two people's one sentence, approved, while they are still asked whether it may go: whose words are shown, and the other."""
    stage = drafted({id: THREE[id] for id in ("trains", "night")})
    ask(stage, "trains", "night")
    for seat in ("anna", "ben"):
        press(stage, seat, YES)
    shown = next(s for s in digest(stage).sentences if len(s.sources) == 2)
    lead(stage, "Approve")
    press(stage, THREE[shown.sources[1]][0], "They may go")
    withdraw(stage, shown.sources[0])
    return stage, *shown.sources


def test_who_waits_for_authors_is_asked_anew_where_other_words_would_go() -> None:
    stage, _, other = both_of_two()
    press(stage, THREE[other][0], "They may go")
    assert digest(stage).state == "draft"
    assert stage.read_by("facilitators:t1")[-1].startswith("New words have come in since this was approved.")
    lead(stage, "Approve")
    assert digest(stage).state == "approved"


def test_and_at_the_end_words_that_nobody_approved_stay() -> None:
    stage, _, other = both_of_two()
    stage.wait(15 * MINUTE)
    assert digest(stage).state == "approved"
    assert stage.contributions[other].state == "live"
    assert not any(not s.left_out for s in digest(stage).sentences)


def test_and_after_the_approval_they_do_not_go_out_unread() -> None:
    stage = drafted({**THREE, "paths": ("dora", "Paths.")})
    ask(stage, "trains", "night")
    for seat in ("anna", "ben"):
        press(stage, seat, YES)
    lead(stage, "Approve")
    shown = next(n for n, s in enumerate(digest(stage).sentences) if len(s.sources) == 2)
    press(stage, THREE[digest(stage).sentences[shown].sources[0]][0], "Take back")
    assert digest(stage).sentences[shown].left_out == "withdrawn"


def suggest(stage: Stagehand, *pairs: tuple[str, str]) -> None:
    """What the helper that looks for doubles answers."""
    result = {"digest": digest(stage).id, "pairs": [list(pair) for pair in pairs]}
    stage.play(Answered("all", "digest", "doubles", result, "table:t1"))


def test_what_a_program_suggests_is_shown_and_asked_about_only_when_somebody_wants_to() -> None:
    stage = drafted(THREE)
    suggest(stage, ("trains", "night"))
    one, other = sorted((number(stage, "trains"), number(stage, "night")))
    draft = stage.read_by("facilitators:t1")[-1]
    assert f"A program takes sentences {one} and {other} for the same. It may be wrong." in draft
    assert not any("Is this your point too?" in text for text in stage.read_by("seat:anna"))
    lead(stage, f"Ask about {one} and {other}")
    for seat in ("anna", "ben"):
        press(stage, seat, YES)
    assert len(standing(stage)) == 2
    assert "A program takes" not in stage.read_by("facilitators:t1")[-1]


def test_a_statement_that_did_not_come_into_the_digest_can_join_a_sentence() -> None:
    stage = drafted({**THREE, "paths": ("anna", "Safe paths.")}, "size = 2")
    inside = standing(stage)
    loose = next(id for id in ("trains", "night", "roads") if id not in inside)
    suggest(stage, (loose, next(iter(inside & THREE.keys()))))
    assert "A program takes this for the same as sentence" in stage.read_by("facilitators:t1")[-1]
    assert loose in quoted(stage.told("facilitators:t1")[-1])


@pytest.mark.parametrize(
    "pair", [("trains", "nobody"), ("trains", "trains"), ("roads", "no")], ids=["unknown", "itself", "contrary"]
)
def test_what_cannot_be_is_not_suggested(pair: tuple[str, str]) -> None:
    stage = drafted({**THREE, "no": ("dora", "Do not mend the roads first.")})
    before = len(stage.told("facilitators:t1"))
    suggest(stage, pair)
    assert len(stage.told("facilitators:t1")) == before


def test_after_the_approval_nothing_is_suggested() -> None:
    stage = drafted(THREE)
    lead(stage, "Approve")
    before = len(stage.told("facilitators:t1"))
    suggest(stage, ("trains", "night"))
    assert len(stage.told("facilitators:t1")) == before


def test_of_many_sentences_two_numbers_are_typed() -> None:
    many = {f"s{n}": (seat, f"Statement {n}.") for n, seat in enumerate(["anna", "ben", "cleo", "dora"] * 2)}
    stage = drafted(many, "size = 8")
    lead(stage, "Two say the same")
    for wrong in ("1", "1 1", "1 99", "none"):
        assert "numbers of two sentences" in stage.write("maya", wrong)[0]
    pair = sorted((number(stage, "s0"), number(stage, "s1")))
    stage.write("maya", " and ".join(pair))
    assert stage.seats["maya"].focus == ""
    for seat in ("anna", "ben"):
        press(stage, seat, YES)
    assert len(standing(stage)) == 7
