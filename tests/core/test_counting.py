"""Counting by site, and showing no number that unmasks: by hand, and against somebody who subtracts."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.asking import Slot
from bot.core.counting import FEW, hidden, in_words, percent, read_counts, record_counts, result_blocks, total_of
from bot.core.effects import Record
from bot.core.flow import Flow
from bot.core.message import message
from bot.core.questions import Option, Question
from bot.core.scene import Scene
from bot.core.state import Course, State
from bot.core.steps.vote import STATEMENT
from bot.core.tally import Tally, count, merge
from tests.support.plays import TWO_SITES, flow_of, read
from tests.support.stagehand import START

STEP = '[[step]]\nid = "a"\ntype = "inform"\ntext = "A"'
FLOW = flow_of(STEP, TWO_SITES.replace('mode = "site"\n', ""))
YES_NO = Slot(Question(id="q", method="yes_no_abstain", text={"": "Well?"}))
PICK = Slot(
    Question(
        id="p", method="multi", text={"": "Which?"}, min=2, max=3,
        options=tuple(Option(id=id, text={"": id.upper()}) for id in "abc"),
    )
)  # fmt: skip


def scene(ballots: object = None, flow: Flow = FLOW) -> Scene:
    facts = {"ballots": ballots or {}, "answered": 7, "members": 20, "present": 15}
    return Scene(flow, flow.nodes["a"], START, State(Course("all"), facts=facts), "course:all")


def tally(yes: int, no: int = 0) -> Tally:
    return count("yes_no_abstain", (), [("yes", yes), ("no", no)])


def shown(total: Tally, parts: dict[str, Tally], *, secret: bool = True) -> str:
    by_site = {site: {"q": {"": part}} for site, part in parts.items()}
    return read(
        message(*result_blocks(scene(), [YES_NO], {"q": {"": total}}, secret=secret, parts=by_site, compare=True))
    )


# -- recording --------------------------------------------------------------------------------------------------------


def recorded(ballots: object, *slots: Slot, secret: bool = True) -> dict[str, Record]:
    found = [e for e in record_counts(scene(ballots), slots, secret=secret) if isinstance(e, Record)]
    return {record.unit: record for record in found}


def test_a_course_of_two_sites_is_counted_by_site_and_in_total() -> None:
    records = recorded({("q", ""): {"site:lyon": [("yes", 4)], "site:graz": [("yes", 1), ("no", 2)]}}, YES_NO)
    assert set(records) == {"site:lyon", "site:graz", "course:all"}
    assert read_counts(records["course:all"].data) == {"q": {"": tally(5, 2)}}
    assert read_counts(records["site:graz"].data) == {"q": {"": tally(1, 2)}}
    of_course, of_site = records["course:all"].data, records["site:graz"].data
    assert [of_course[name] for name in ("answered", "members", "present")] == [7, 20, 15]
    assert [of_site[name] for name in ("answered", "members", "present")] == [3, None, None]


def test_a_table_has_counts_of_those_contributions_only_on_which_it_voted() -> None:
    first, second = (Slot(STATEMENT, id, words=id) for id in ("c1", "c2"))
    ballots = {
        ("statement", "c1"): {"site:lyon": [("agree", 2)], "table:1": [("agree", 2)]},
        ("statement", "c2"): {"site:lyon": [("disagree", 1)], "table:2": [("disagree", 1)]},
    }
    records = recorded(ballots, first, second, secret=False)
    items = {unit: set(read_counts(record.data)["statement"]) for unit, record in records.items()}
    assert items == {
        "site:lyon": {"c1", "c2"}, "site:graz": {"c1", "c2"}, "course:all": {"c1", "c2"}, "table:1": {"c1"}, "table:2": {"c2"},
    }  # fmt: skip


def test_choices_that_were_never_completed_do_not_count() -> None:
    rows = {("p", ""): {"site:lyon": [(["a"], 3), (["a", "b"], 2), ([], 1), ("dont_know", 1)]}}
    counted = read_counts(recorded(rows, PICK)["course:all"].data)["p"][""]
    assert (counted.ballots, counted.counts) == (3, {"a": 2, "b": 2, "c": 0, "dont_know": 1})


def test_tables_of_a_secret_ballot_are_never_recorded_even_if_they_come() -> None:
    rows = {("q", ""): {"site:lyon": [("yes", 1)], "table:t1": [("yes", 1)]}}
    assert "table:t1" not in recorded(rows, YES_NO)
    assert "table:t1" in recorded(rows, YES_NO, secret=False)


def test_totals_add_up_whatever_a_site_was_asked() -> None:
    assert total_of([{"q": {"": tally(1)}}, {"q": {"": tally(2)}, "r": {"": tally(3)}}, {}]) == {
        "q": {"": tally(3)}, "r": {"": tally(3)}
    }  # fmt: skip


# -- showing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "total", "word"),
    [
        *((n, 9, word) for n, word in enumerate(4 * ["few"] + 2 * ["about half"] + 4 * ["most"])),
        (2, 5, "about half"),
        (3, 5, "about half"),
    ],
)
def test_small_numbers_are_told_in_three_words(n: int, total: int, word: str) -> None:
    assert read(in_words(n, total)) == word


@pytest.mark.parametrize(
    ("share", "whole"), [("1/3", 33), ("2/3", 67), ("1/200", 1), ("1/201", 0), ("0", 0), ("1", 100)]
)
def test_percentages_are_whole_and_exact(share: str, whole: int) -> None:
    assert percent(Fraction(share)) == whole


def test_ten_people_are_counted_aloud_and_nine_are_not() -> None:
    assert "Yes: 6 of 10 (60 %)" in shown(tally(6, 4), {})
    assert not any(c.isdigit() for c in shown(tally(6, 3), {}))
    assert "Yes: 6 of 9 (67 %)" in shown(tally(6, 3), {}, secret=False)


def test_two_small_sites_together_may_be_told_of() -> None:
    parts = {"lyon": tally(5, 2), "graz": tally(3, 4)}
    text = shown(tally(8, 6), parts)
    assert "Yes: 8 of 14 (57 %)" in text, "subtraction gives nothing but the fourteen themselves"
    assert "Lyon – Yes: most, No: few, Abstain: few" in text


sizes = st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15)), min_size=1, max_size=4)


@given(sizes)
def test_nobody_finds_the_count_of_fewer_than_ten_by_subtracting(parts: list[tuple[int, int]]) -> None:
    sites = [tally(*votes) for votes in parts]
    total = merge(sites)
    if hidden(total, secret=True, parts=sites):
        return
    unshown = [site for site in sites if hidden(site, secret=True)]
    rest = total.ballots - sum(site.ballots for site in sites if site not in unshown)
    assert rest == 0 or rest >= FEW


@given(sizes)
def test_an_open_ballot_hides_nothing(parts: list[tuple[int, int]]) -> None:
    sites = [tally(*votes) for votes in parts]
    assert not any(hidden(site, secret=False, parts=sites) for site in sites)


VIEW = Question(id="v", method="agree", text={}, options=(Option(id="x", text={}),))


def statements(*answers: int) -> tuple[list[Slot], dict[str, dict[str, Tally]]]:
    """Slots of contributions s00, s01 …, and how many people agreed with each."""
    slots = [Slot(VIEW, f"s{n:02}", f"s{n:02}") for n in range(len(answers))]
    return slots, {"v": {s.item: count("agree", (), [("agree", n)]) for s, n in zip(slots, answers, strict=True)}}


def test_of_many_statements_the_most_answered_stand_in_the_order_of_the_ballot() -> None:
    slots, counts = statements(*(20 + n % 5 for n in range(20)))
    told = read(message(*result_blocks(scene(flow=flow_of(STEP)), slots, counts, secret=True)))
    order = [line for line in told.splitlines() if line.startswith("s")]
    assert order == sorted(order)
    assert len(order) == 12
    assert {"s04", "s09", "s14", "s19"} <= set(order)
    assert told.endswith("8 contributions are not shown here.")


def test_a_statement_that_hardly_anybody_answered_is_left_out() -> None:
    slots, counts = statements(2, 3)
    told = read(message(*result_blocks(scene(flow=flow_of(STEP)), slots, counts, secret=True)))
    assert (
        told == "s01\nAgree: most, Disagree: few, Pass: few, I don't understand: few\n1 contribution is not shown here."
    )


def test_what_people_wrote_is_not_told_where_it_would_reach_another_site() -> None:
    slots, counts = statements(20, 20)
    assert read(message(*result_blocks(scene(), slots, counts, secret=True))) == "2 contributions are not shown here."
