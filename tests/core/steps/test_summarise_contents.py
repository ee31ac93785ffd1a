"""What is drawn from what a table said: a digest, the most agreed, everything, the questions, the talk."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tests.support.drafts import digest, drafted, lead, quoted
from tests.support.stagehand import Stagehand

PEOPLE = ("anna", "ben", "cleo", "dora")


def statements(count: int) -> dict[str, tuple[str, str]]:
    return {f"s{n}": (PEOPLE[n % 4], f"Statement {n}.") for n in range(count)}


def drawn(stage: Stagehand) -> list[str]:
    return [s.sources[0] for s in digest(stage).sentences]


def told(stage: Stagehand) -> str:
    lead(stage, "Approve")
    return stage.read_by("table:t1")[-1]


def test_top_is_that_with_which_most_agree_and_says_how_many_more_there_are() -> None:
    votes = {"s2": dict.fromkeys(PEOPLE, 1), "s4": {"ben": 1, "cleo": 1}, "s1": {"anna": -1, "cleo": -1}}
    stage = drafted(statements(6), 'content = "top"\nsize = 3', agreements=votes)
    assert drawn(stage)[:2] == ["s2", "s4"]
    assert (len(drawn(stage)), digest(stage).more) == (3, 3)
    assert "3 more were written for which there was no room." in told(stage)


def test_top_has_both_sides_of_every_option() -> None:
    written = {**statements(6)}
    sides = dict.fromkeys(written, "for") | {"s5": "against"}
    votes = {id: dict.fromkeys(PEOPLE, 1) for id in ("s0", "s1", "s2")}
    stage = drafted(written, 'content = "top"\nsize = 2', sides, agreements=votes)
    assert "s5" in drawn(stage)


def test_items_are_everything_in_the_order_of_writing() -> None:
    stage = drafted(statements(6), 'content = "items"\nsize = 10')
    assert drawn(stage) == [f"s{n}" for n in range(6)]
    assert digest(stage).more == 0
    assert "no room" not in told(stage)


def test_where_there_are_too_many_items_everybody_has_one_first() -> None:
    written = {f"a{n}": ("anna", f"Statement {n}.") for n in range(9)} | {
        "b": ("ben", "Other."),
        "c": ("cleo", "More."),
    }
    stage = drafted(written, 'content = "items"\nsize = 3')
    assert {stage.contributions[id].seat for id in drawn(stage)} == {"anna", "ben", "cleo"}
    assert digest(stage).more == 8


def test_questions_only() -> None:
    stage = drafted(statements(4), 'content = "questions"\nsize = 4', {"s1": "question", "s2": "for", "s3": "question"})
    assert drawn(stage) == ["s1", "s3"]


def test_without_questions_there_is_nothing_to_pass_on() -> None:
    stage = drafted(statements(4), 'content = "questions"')
    assert "Nobody at your table has asked a question, so there is nothing to pass on." in stage.read_by("table:t1")
    assert digest(stage).state == "approved"


def test_the_whole_talk_keeps_what_was_said_twice() -> None:
    written = statements(20) | {"again": ("anna", "Statement 0.")}
    stage = drafted(written, 'content = "talk"')
    assert drawn(stage) == [*(f"s{n}" for n in range(20)), "again"]
    assert "[Leave one out]" in stage.read_by("facilitators:t1")[-1]
    assert quoted(stage.told("facilitators:t1")[-1]) == drawn(stage)


def test_a_talk_has_an_end() -> None:
    stage = drafted(statements(230), 'content = "talk"')
    assert (len(drawn(stage)), digest(stage).more) == (200, 30)


def test_of_two_options_both_have_both_sides() -> None:
    """The same words for one thing and for another are two statements, and each thing has its contrary."""
    import tests.support.drafts as drafts

    steps = drafts.STEPS.replace('of = ["ideas"]', 'of = ["ideas", "more"]').replace(
        '[[step]]\nid = "digest"', '[[step]]\nid = "more"\ntype = "inform"\ntext = "Write."\n[[step]]\nid = "digest"'
    )
    stage = Stagehand(drafts.flow_of(steps.format(more="size = 2")))
    stage.seat(*PEOPLE, table="t1")
    stage.seat("maya", table="t1", role="facilitator")
    given = [
        ("a-for", "ideas", "anna", "It is cheap.", "for"),
        ("a-against", "ideas", "ben", "It is loud.", "against"),
        ("b-for", "more", "cleo", "It is cheap.", "for"),
        ("b-against", "more", "dora", "It is loud.", "against"),
    ]
    for id, step, seat, text, side in given:
        stage.contributions[id] = drafts.Contribution(
            id, step, "t1", "lyon", seat, "idea", text, drafts.START, "en", side=side
        )
    stage.start()
    assert sorted(drawn(stage)) == ["a-against", "a-for", "b-against", "b-for"]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("size = 13", "found size = 13; a digest is read in a minute: at most 12"),
        ('content = "top"\nsize = 20', "found size = 20"),
        ('content = "talk"\nsize = 4', 'found size with content = "talk"'),
        ('content = "talk"\nvotes = "ideas"', 'found votes with content = "talk"'),
        ('content = "questions"\nvotes = "ideas"', 'found votes with content = "questions"'),
        ('content = "items"\nsize = 61', "less than or equal to 60"),
        ('content = "poem"', "'digest', 'top', 'items', 'questions' or 'talk'"),
    ],
)
def test_what_makes_no_sense_is_refused(more: str, why: str) -> None:
    with pytest.raises(ValidationError) as refused:
        drafted(more=more)
    assert why in str(refused.value)
