"""Counting: by hand, in any order, in parts; deciding: on the edge, in ties, with nobody there."""

import json
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.core.lots import rank
from bot.core.tally import Choice, Method, Quorum, Rule, Tally, Verdict, count, decide, fraction, merge

OPTIONS: dict[Method, tuple[str, ...]] = {
    "single": ("a", "b", "c"),
    "multi": ("a", "b", "c"),
    "approval": ("a", "b", "c"),
    "yes_no_abstain": (),
    "score": ("0", "1", "2", "3"),
    "likert": ("1", "2", "3", "4", "5"),
    "number": (),
    "agree": (),
}
CHOICES: dict[Method, st.SearchStrategy[Choice]] = {
    "single": st.sampled_from("abc"),
    "multi": st.lists(st.sampled_from("abc"), max_size=4),
    "approval": st.lists(st.sampled_from("abc"), max_size=3),
    "yes_no_abstain": st.sampled_from(("yes", "no", "abstain")),
    "score": st.integers(0, 3),
    "likert": st.integers(1, 5),
    "number": st.decimals(-1000, 1000, places=2).map(lambda d: f"{d:f}"),
    "agree": st.sampled_from(("agree", "disagree", "pass", "unclear")),
}


@st.composite
def votes(draw: st.DrawFn) -> tuple[Method, list[tuple[Choice, int]]]:
    method = draw(st.sampled_from(list(OPTIONS)))
    choice = CHOICES[method] | st.just("dont_know")
    return method, draw(st.lists(st.tuples(choice, st.integers(0, 5)), max_size=30))


def yes_no(yes: int, no: int, abstain: int = 0, dont_know: int = 0) -> Tally:
    given_ = [("yes", yes), ("no", no), ("abstain", abstain), ("dont_know", dont_know)]
    return count("yes_no_abstain", (), given_)


def verdict(rule: Rule, tally: Tally, present: int = 0, members: int = 0, seed: str = "s") -> Verdict:
    return decide(rule, {"item": tally}, present, members, seed)[0]


# -- counting ---------------------------------------------------------------------------------------------------------


def test_single_by_hand() -> None:
    tally = count("single", ("a", "b", "c"), [("a", 3), ("c", 1), ("a", 1), ("dont_know", 2)])
    assert tally == Tally("single", {"a": 4, "b": 0, "c": 1, "dont_know": 2}, ballots=7)
    assert list(tally.counts) == ["a", "b", "c", "dont_know"]


def test_approval_by_hand() -> None:
    tally = count("approval", ("a", "b"), [(["a", "b"], 1), (["a", "a"], 1), ([], 1)])
    assert tally.counts == {"a": 2, "b": 1}, "naming an option twice counts once"
    assert tally.ballots == 3, "an empty approval ballot is an answer"


def test_likert_by_hand() -> None:
    # 1 2 2 | 4 5 5: the lower of the middle two is 2, the sum 19
    tally = count("likert", OPTIONS["likert"], [(1, 1), (2, 2), (4, 1), (5, 2), ("dont_know", 3)])
    assert tally.counts == {"1": 1, "2": 2, "3": 0, "4": 1, "5": 2, "dont_know": 3}
    assert (tally.median, tally.mean, tally.ballots) == ("2", "19/6", 9)


def test_number_by_hand() -> None:
    tally = count("number", (), [("0.1", 1), ("0.2", 1), ("007.50", 2), ("-3", 1), ("7.5", 1)])
    # -3 0.1 0.2 | 7.5 7.5 7.5
    assert tally.counts == {"-3": 1, "0.1": 1, "0.2": 1, "7.5": 3}
    assert (tally.sum, tally.median, tally.low, tally.high) == ("99/5", "77/20", "-3/1", "15/2")
    assert tally.mean == "33/10"


def test_nobody_answered() -> None:
    for method, options in OPTIONS.items():
        tally = count(method, options, [])
        assert tally.ballots == 0
        assert set(tally.counts.values()) <= {0}
        assert (tally.mean, tally.median, tally.sum) == (None, None, None)


@pytest.mark.parametrize(
    ("method", "choice", "says"),
    [
        ("single", "z", "'z' is not on this ballot; it has a, b, c"),
        ("single", ["a"], "one choice"),
        ("multi", "a", "a list of options"),
        ("multi", ["a", "z"], "'z'"),
        ("likert", 6, "'6' is not on this ballot"),
        ("likert", True, "a whole number"),
        ("likert", "3", "a whole number"),
        ("yes_no_abstain", "maybe", "it has yes, no, abstain"),
        ("number", "1e9", "not a number"),
        ("number", "NaN", "not a number"),
        ("number", "٣", "not a number"),
        ("number", "9" * 31, "at most 30 digits"),
    ],
)
def test_a_choice_the_ballot_does_not_have(method: Method, choice: Choice, says: str) -> None:
    with pytest.raises(ValueError, match=says.replace("(", r"\(")):
        count(method, OPTIONS[method], [(choice, 1)])


def test_other_nonsense() -> None:
    with pytest.raises(ValueError, match="-1 people"):
        count("single", ("a",), [("a", -1)])
    with pytest.raises(ValueError, match="'ranked' is no way"):
        count("ranked", (), [])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="'ranked' is no way"):
        Tally.from_json({"method": "ranked", "counts": {}, "ballots": 0})
    with pytest.raises(ValueError, match="cannot be added up"):
        merge([yes_no(1, 1), count("agree", (), [])])
    with pytest.raises(ValueError, match="at least one"):
        merge([])


@given(votes(), st.randoms(use_true_random=False))
def test_order_changes_nothing(case: tuple[Method, list[tuple[Choice, int]]], chance: Any) -> None:
    method, ballots = case
    before = count(method, OPTIONS[method], ballots)
    chance.shuffle(ballots)
    assert count(method, OPTIONS[method], ballots) == before


@given(votes(), st.integers(0, 30))
def test_parts_add_up_to_the_whole(case: tuple[Method, list[tuple[Choice, int]]], cut: int) -> None:
    method, ballots = case
    parts = [count(method, OPTIONS[method], half) for half in (ballots[:cut], ballots[cut:])]
    assert merge(parts) == count(method, OPTIONS[method], ballots)


@given(votes())
def test_one_by_one_or_with_multiplicity(case: tuple[Method, list[tuple[Choice, int]]]) -> None:
    method, ballots = case
    single_file = [(choice, 1) for choice, voters in ballots for _ in range(voters)]
    one_by_one, together = count(method, OPTIONS[method], single_file), count(method, OPTIONS[method], ballots)
    assert (one_by_one.ballots, one_by_one.mean, one_by_one.median) == (
        together.ballots,
        together.mean,
        together.median,
    )
    assert {k: v for k, v in one_by_one.counts.items() if v} == {k: v for k, v in together.counts.items() if v}


@given(votes())
def test_json_and_back(case: tuple[Method, list[tuple[Choice, int]]]) -> None:
    tally = count(case[0], OPTIONS[case[0]], case[1])
    again = Tally.from_json(json.loads(json.dumps(tally.to_json())))
    assert again == tally
    assert list(again.counts) == list(tally.counts)


@given(votes())
def test_median_and_mean_agree_with_the_long_way(case: tuple[Method, list[tuple[Choice, int]]]) -> None:
    method, ballots = case
    assume(method in ("score", "likert", "number"))
    tally = count(method, OPTIONS[method], ballots)
    row = sorted(Fraction(str(choice)) for choice, voters in ballots if choice != "dont_know" for _ in range(voters))
    if not row:
        assert tally.mean is tally.median is None
        return
    assert Fraction(tally.mean or "") == sum(row) / len(row)
    lower, upper = row[(len(row) - 1) // 2], row[len(row) // 2]
    assert Fraction(tally.median or "") == ((lower + upper) / 2 if method == "number" else lower)


# -- deciding ---------------------------------------------------------------------------------------------------------


def test_seventy_per_cent_exactly() -> None:
    rule = Rule("threshold", fraction("70 %"), base="cast_without_abstentions")
    assert verdict(rule, yes_no(700, 300)) == Verdict("item", "adopted", 700, 1000, 700, 1000, 0, "reached")
    missed = verdict(rule, yes_no(699, 300))
    assert (missed.outcome, missed.base_count, missed.needed, missed.reason) == ("rejected", 999, 700, "not_reached")


def test_the_operator() -> None:
    assert verdict(Rule("threshold", Fraction(1, 2), ">="), yes_no(5, 5)).outcome == "adopted"
    above = verdict(Rule("threshold", Fraction(1, 2), ">"), yes_no(5, 5))
    assert (above.outcome, above.needed) == ("rejected", 6)


def test_abstentions_count_for_the_quorum_and_not_for_the_ratio() -> None:
    rule = Rule("threshold", Fraction(2, 3), base="cast_without_abstentions", quorum=Quorum("members", Fraction(1, 2)))
    got = verdict(rule, yes_no(20, 10, abstain=15, dont_know=5), present=60, members=100)
    assert (got.outcome, got.base_count, got.cast, got.abstained, got.needed) == ("adopted", 30, 50, 20, 20)
    assert verdict(rule, yes_no(20, 10, 15, 4), present=60, members=100).outcome == "no_quorum"
    everybody = Rule("threshold", Fraction(2, 3), base="cast")
    assert verdict(everybody, yes_no(20, 10, 15, 5)).outcome == "rejected"


@pytest.mark.parametrize(("base", "expected"), [("cast", 9), ("present", 12), ("members", 20)])
def test_the_base(base: Any, expected: int) -> None:
    got = verdict(Rule("threshold", Fraction(1, 2), base=base), yes_no(6, 3), present=12, members=20)
    assert got.base_count == expected
    assert (got.outcome == "adopted") == (expected <= 2 * 6), "silence is never agreement"


def test_nobody_there() -> None:
    for rule in (Rule("threshold", Fraction(0)), Rule("majority", ties="all"), Rule("top_k", k=1, ties="all")):
        got = verdict(rule, yes_no(0, 0))
        assert (got.outcome, got.reason) == ("rejected", "nobody_answered")
    got = verdict(Rule("threshold", Fraction(0), base="cast_without_abstentions"), yes_no(0, 0, abstain=4))
    assert (got.outcome, got.reason) == ("rejected", "nobody_answered")
    got = verdict(Rule("threshold", Fraction(0)), yes_no(0, 4))
    assert (got.outcome, got.needed) == ("rejected", 1)


def test_a_majority_of_exactly_half_is_a_tie() -> None:
    tie = yes_no(5, 5)
    assert verdict(Rule("majority"), yes_no(6, 5)).outcome == "adopted"
    assert verdict(Rule("majority"), tie).reason == "tie_rejected"
    assert verdict(Rule("majority", ties="all"), tie).reason == "tie_adopted"
    drawn = [verdict(Rule("majority", ties="lot"), tie, seed=str(i)) for i in range(40)]
    assert {(v.outcome, v.reason) for v in drawn} == {("adopted", "lot_adopted"), ("rejected", "lot_rejected")}
    assert drawn == [verdict(Rule("majority", ties="lot"), tie, seed=str(i)) for i in range(40)]


def agree(n: int, against: int = 0) -> Tally:
    return count("agree", (), [("agree", n), ("disagree", against)])


def test_top_k_by_hand() -> None:
    items = {"a": agree(3), "b": agree(9), "c": agree(5), "d": agree(5), "e": agree(0, 9)}

    def adopted(**rule: Any) -> set[str]:
        return {v.item for v in decide(Rule("top_k", **rule), items, 9, 9, "s") if v.outcome == "adopted"}

    assert adopted(k=1) == {"b"}
    assert adopted(k=2) == {"b"}, "c and d share the last place"
    assert adopted(k=2, ties="all") == {"b", "c", "d"}
    assert adopted(k=2, ties="lot") == {"b", min("cd", key=lambda item: rank("s", item))}
    assert adopted(k=3) == {"b", "c", "d"}
    assert adopted(k=9) == {"a", "b", "c", "d"}, "with nobody in favour nothing is adopted"
    assert adopted(k=3, share=Fraction(1, 2), base="members") == {"b", "c", "d"}
    assert adopted(k=3, share=Fraction(2, 3), base="members") == {"b"}
    got = decide(Rule("top_k", k=1), items, 9, 9, "s")
    assert [v.in_favour for v in got] == [9, 5, 5, 3, 0]
    assert got[1].needed == 9
    assert got[1].reason == "not_reached"


def test_options_of_one_approval_ballot() -> None:
    tally = count("approval", ("a", "b"), [(["a"], 7), (["a", "b"], 1), ([], 2)])
    got = decide(Rule("threshold", Fraction(4, 5)), {"a": tally, "b": tally}, 10, 10, "s")
    assert [(v.item, v.in_favour, v.outcome) for v in got] == [("a", 8, "adopted"), ("b", 1, "rejected")]


def test_statements_passed_over_are_abstentions() -> None:
    tally = count("agree", (), [("agree", 2), ("disagree", 1), ("pass", 4), ("unclear", 2), ("dont_know", 1)])
    got = verdict(Rule("majority", base="cast_without_abstentions"), tally)
    assert (got.outcome, got.cast, got.abstained, got.base_count) == ("adopted", 10, 7, 3)


def test_a_score_has_nobody_in_favour() -> None:
    with pytest.raises(ValueError, match="score count for 'item'"):
        verdict(Rule("majority"), count("score", OPTIONS["score"], [(1, 1)]))
    with pytest.raises(ValueError, match="single count for 'item'"):
        verdict(Rule("majority"), count("single", ("a",), [("a", 1)]))


@given(
    st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 4).map(agree), max_size=12),
    st.integers(1, 6),
    st.sampled_from(("rejected", "lot", "all")),
    st.randoms(use_true_random=False),
)
def test_top_k_in_any_order(items: dict[str, Tally], k: int, ties: Any, chance: Any) -> None:
    rule = Rule("top_k", k=k, ties=ties)
    got = decide(rule, items, 9, 9, "seed")
    order = list(items)
    chance.shuffle(order)
    assert decide(rule, {item: items[item] for item in order}, 9, 9, "seed") == got
    adopted = [v.in_favour for v in got if v.outcome == "adopted"]
    willing = sum(v.in_favour > 0 for v in got)
    if ties == "lot":
        assert len(adopted) == min(k, willing)
    else:
        assert len(adopted) <= min(k, willing) if ties == "rejected" else len(adopted) >= min(k, willing)
    left_out = [v.in_favour for v in got if v.outcome != "adopted"]
    assert not adopted or not left_out or min(adopted) >= max(left_out)


@given(
    st.fractions(0, 1, max_denominator=30),
    st.sampled_from((">=", ">")),
    st.integers(0, 40),
    st.integers(0, 40),
    st.integers(0, 10),
)
def test_needed_is_the_smallest_number_that_passes(share: Fraction, op: Any, yes: int, no: int, abstain: int) -> None:
    assume(share < 1 or op == ">=")
    base = yes + no
    assume(base)
    rule = Rule("threshold", share, op, "cast_without_abstentions")
    got = verdict(rule, yes_no(yes, no, abstain))

    def passes(n: int) -> bool:
        return n > 0 and (Fraction(n, base) > share if op == ">" else Fraction(n, base) >= share)

    assert (got.outcome == "adopted") == passes(yes)
    assert got.needed == min(n for n in range(base + 1) if passes(n))


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"kind": "threshold"}, "needs its share"),
        ({"kind": "threshold", "share": Fraction(7)}, "between 0 and 1, found 7"),
        ({"kind": "threshold", "share": Fraction(1), "op": ">"}, "never be reached"),
        ({"kind": "majority", "share": Fraction(1, 2)}, "takes no share"),
        ({"kind": "top_k"}, "found None"),
        ({"kind": "top_k", "k": 0}, "found 0"),
        ({"kind": "majority", "k": 2}, "only there"),
        ({"kind": "majority", "quorum": Quorum("present", Fraction(3, 2))}, "found 3/2"),
    ],
)
def test_rules_that_make_no_sense(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Rule(**fields)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (Decimal("0.7"), Fraction(7, 10)),
        ("0.7", Fraction(7, 10)),
        ("2/3", Fraction(2, 3)),
        (" 2 / 3 ", Fraction(2, 3)),
        ("70%", Fraction(7, 10)),
        ("70 %", Fraction(7, 10)),
        ("70\N{NARROW NO-BREAK SPACE}%", Fraction(7, 10)),
        ("66.7 %", Fraction(667, 1000)),
        (1, Fraction(1)),
    ],
)
def test_shares_as_people_write_them(text: str | int | Decimal, expected: Fraction) -> None:
    assert fraction(text) == expected


@pytest.mark.parametrize(
    "text", ["", "%", "2/0", "1/2/3", "0,7", "-1", "1e9", True, 0.7, Decimal("NaN"), Decimal("1e999999"), "7" * 99]
)
def test_what_is_no_share(text: Any) -> None:
    with pytest.raises(ValueError, match="is not a share; write"):
        fraction(text)


def test_no_floats_in_any_result() -> None:
    def flat(value: Any) -> Sequence[Any]:
        return [y for x in value.values() for y in flat(x)] if isinstance(value, dict) else [value]

    for method, options in OPTIONS.items():
        tally = count(method, options, [("dont_know", 1)])
        assert not any(isinstance(x, float) for x in flat(vars(tally)))
    assert not any(isinstance(x, float) for x in vars(verdict(Rule("majority"), yes_no(2, 1))).values())
