"""Another wording counts only with the yes of all whose sentence it is; dissent cannot be edited away."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.drafts import MINUTE, digest, drafted, lead, number, press, quoted, sentence, withdraw, words_of
from tests.support.plays import read
from tests.support.stagehand import Stagehand

SAME = {
    "trains": ("anna", "More trains."),
    "too": ("ben", "more trains."),
    "roads": ("cleo", "Roads."),
    "paths": ("dora", "Paths."),
}
YES, NO = "Yes, that is what I mean", "No, keep mine"


def propose(stage: Stagehand, source: str, text: str, seat: str = "maya") -> list[str]:
    lead(stage, f"Edit {number(stage, source)}", seat)
    return stage.write(seat, text)


def test_its_author_is_asked_and_until_then_their_own_words_stand() -> None:
    stage = drafted()
    said = propose(stage, "trains", "Night trains.")
    assert said == ["Thank you. Whoever wrote it is asked. Until they agree, their own words stand."]
    asked = stage.told("seat:anna")[-1]
    text = read(asked)
    assert text.startswith("maya (facilitator) would word it like this:")
    assert text.endswith(f"[{YES}] [{NO}]")
    proposed, own = quoted(asked)
    assert (stage.contributions[proposed].text, own) == ("Night trains.", "trains")
    assert stage.contributions[proposed].shared is False
    assert words_of(stage, "trains") == "More trains at night."
    for other in ("ben", "cleo", "dora"):
        assert proposed not in quoted(stage.told(f"seat:{other}")[-1])


def test_with_their_yes_it_is_theirs_and_has_no_votes() -> None:
    stage = drafted(agreements={"trains": {"ben": 1, "cleo": -1}})
    propose(stage, "trains", "Night trains.")
    assert "Others have answered to your words." in stage.read_by("seat:anna")[-1]
    [answer] = press(stage, "anna", YES)
    assert answer.startswith("Thank you. It stands now like this:")
    now = sentence(stage, "trains")
    kept = stage.contributions[now.words]
    assert (kept.text, kept.seat, kept.kind, kept.target) == ("Night trains.", "anna", "sentence", "trains")
    assert (now.support, now.against) == (1, 0)
    assert "agrees with your wording" in stage.read_by("facilitators:t1")[-1]
    assert [c.state for c in stage.contributions.values() if c.seat == "maya"] == ["withdrawn"]
    lead(stage, "Approve")
    assert kept.id in quoted(stage.told("table:t1")[-1])


def test_a_no_leaves_everything_as_it_was() -> None:
    stage = drafted()
    before = digest(stage)
    propose(stage, "trains", "Fewer trains.")
    assert press(stage, "anna", NO) == ["Thank you. Your own words stand."]
    assert digest(stage) == before
    assert press(stage, "anna", YES) == ["This has been settled already, so nothing was changed."]
    assert words_of(stage, "trains") == "More trains at night."


def test_no_answer_is_no() -> None:
    stage = drafted()
    propose(stage, "trains", "Fewer trains.")
    lead(stage, "Approve")
    assert words_of(stage, "trains") == "More trains at night."
    assert press(stage, "anna", YES) == ["This has been settled already, so nothing was changed."]
    assert words_of(stage, "trains") == "More trains at night."


def test_all_who_wrote_the_same_must_say_yes() -> None:
    stage = drafted(SAME)
    [said] = propose(stage, "trains", "Night trains.")
    assert said.startswith("Thank you. Everybody who wrote it is asked.")
    press(stage, "ben", YES)
    press(stage, "ben", YES)
    assert words_of(stage, "trains") == "More trains."
    press(stage, "anna", YES)
    now = sentence(stage, "trains")
    assert stage.contributions[now.words].seat == "anna+ben", "it goes when either of them is erased"
    assert (now.support, now.sources) == (2, ("trains", "too"))


def test_where_one_of_two_goes_the_words_of_the_other_return() -> None:
    stage = drafted(SAME)
    propose(stage, "trains", "Night trains.")
    press(stage, "anna", YES)
    press(stage, "ben", YES)
    press(stage, "anna", "Take 1 back" if "Take 1 back" in stage.read_by("seat:anna")[-1] else "Take back")
    now = sentence(stage, "too")
    assert (now.sources, now.words, words_of(stage, "too")) == (("too",), "", "more trains.")
    assert "New words have come in" not in stage.read_by("facilitators:t1")[-1]


def test_a_newer_wording_takes_the_place_of_an_older_one() -> None:
    stage = drafted()
    propose(stage, "trains", "Night trains.")
    old = next(b.press for b in stage.told("seat:anna")[-1].buttons if read(b.label) == YES)
    propose(stage, "trains", "Trains all night.")
    assert stage.press("anna", old) == ["This has been settled already, so nothing was changed."]
    assert [c.state for c in stage.contributions.values() if c.seat == "maya"] == ["withdrawn", "live"]
    press(stage, "anna", YES)
    assert words_of(stage, "trains") == "Trains all night."


@pytest.mark.parametrize("seat", ["ben", "maya"])
def test_nobody_says_yes_for_somebody_else(seat: str) -> None:
    stage = drafted()
    propose(stage, "trains", "Fewer trains.")
    yes = next(b.press for b in stage.told("seat:anna")[-1].buttons if read(b.label) == YES)
    stage.press(seat, yes)
    assert words_of(stage, "trains") == "More trains at night."
    stage.press(seat, yes.replace(":yes-", ":no-"))
    press(stage, "anna", YES)
    assert words_of(stage, "trains") == "Fewer trains.", "nor no"


def test_participants_propose_nothing() -> None:
    stage = drafted()
    mine = number(stage, "roads")
    assert stage.press("ben", f"digest:edit:t1:{mine}:") == ["Only those who lead this table can do that."]
    stage.seats["ben"] = replace(stage.seats["ben"], focus=f"digest:wording:t1:{mine}:")
    assert stage.write("ben", "No roads.") == ["Only those who lead this table can do that."]
    assert len(stage.contributions) == 4


@pytest.mark.parametrize("seat", ["claire", "otto"])
def test_who_sits_at_no_table_can_propose_too(seat: str) -> None:
    stage = drafted()
    assert stage.seats[seat].table == ""
    propose(stage, "trains", "Night trains.", seat)
    press(stage, "anna", YES)
    assert words_of(stage, "trains") == "Night trains."


def test_an_old_question_of_hers_does_not_bind_a_coordinator_once_it_is_over() -> None:
    stage = drafted()
    lead(stage, f"Edit {number(stage, 'trains')}", "claire")
    stage.wait(15 * MINUTE)
    assert stage.write("claire", "Night trains.")[0].endswith("Nothing was changed.")
    stage.wait(2 * MINUTE)
    [answer] = stage.write("claire", "Night trains.")
    assert "Nothing is open" in answer


def test_a_wording_that_its_writer_deletes_is_settled() -> None:
    stage = drafted()
    propose(stage, "trains", "Night trains.")
    withdraw(stage, next(c.id for c in stage.contributions.values() if c.seat == "maya"))
    assert press(stage, "anna", YES) == ["This has been settled already, so nothing was changed."]


def test_what_falls_away_meanwhile_is_not_worded() -> None:
    stage = drafted()
    lead(stage, f"Edit {number(stage, 'trains')}")
    press(stage, "anna", "Take back")
    assert stage.write("maya", "Night trains.") == ["This sentence does not stand any more, so nothing was changed."]


def test_of_many_sentences_the_number_is_typed() -> None:
    many = {f"s{n}": (seat, f"Statement {n}.") for n, seat in enumerate(["anna", "ben", "cleo", "dora"] * 2)}
    stage = drafted(many, "size = 8")
    assert "[Edit one] [Leave one out]" in stage.read_by("facilitators:t1")[-1]
    lead(stage, "Leave one out")
    assert "from 1 to 8" in stage.write("maya", "9")[0]
    assert "Why is it left out?" in stage.write("maya", "3.")[0]
    lead(stage, "Edit one")
    assert "How would you word it?" in stage.write("maya", number(stage, "s0"))[0]
    stage.write("maya", "Statement nought.")
    press(stage, "anna", YES)
    assert words_of(stage, "s0") == "Statement nought."
