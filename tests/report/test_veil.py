"""Nobody can work out what fewer than ten people answered, whatever they add up and subtract."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.report.veil import Veil

SITES = "abcde"


def veil(*people: int, secret: bool = True) -> Veil:
    return Veil(dict(zip(SITES, people, strict=False)), secret=secret)


def test_a_site_of_ten_is_told_and_one_of_nine_is_not() -> None:
    assert [veil(n).site("a") for n in (0, 1, 9, 10)] == [True, False, False, True]


def test_a_total_is_hidden_where_one_small_site_would_follow_from_it() -> None:
    assert not veil(20, 7).sum("ab")
    assert veil(20, 7, 6).sum("abc"), "thirteen are left, and nobody can part them"
    assert veil(20, 0).sum("ab"), "that nobody answered tells of nobody"


def test_two_sums_that_differ_by_a_small_site_are_not_both_told() -> None:
    both = veil(12, 7, 6, 5)
    assert both.sum("abc")
    assert not both.sum("abcd")
    assert both.sum("abc"), "the same sum may be told again"


def test_sums_that_only_overlap_are_not_both_told() -> None:
    both = veil(6, 6, 6)
    assert both.sum("ab")
    assert not both.sum("bc")


def test_an_open_ballot_hides_nothing() -> None:
    open = veil(1, 2, secret=False)
    assert open.site("a")
    assert open.sum("a")
    assert open.sum("ab")


people = st.lists(st.integers(0, 14), min_size=1, max_size=5)
asked = st.lists(st.sets(st.sampled_from(SITES), min_size=1), max_size=6)


@settings(max_examples=600, deadline=None)
@given(people, asked)
def test_no_sum_of_one_to_nine_people_lies_in_what_is_told(numbers: list[int], sums: list[set[str]]) -> None:
    known = veil(*numbers)
    sites = SITES[: len(numbers)]
    told = [frozenset(site) for site in sites if known.site(site)]
    told += [frozenset(wanted) for wanted in sums if wanted <= set(sites) and known.sum(wanted)]
    for size in range(1, len(sites) + 1):
        for some in combinations(range(len(sites)), size):
            if 0 < sum(numbers[i] for i in some) < 10:
                target = [Fraction(i in some) for i in range(len(sites))]
                rows = [[Fraction(site in one) for site in sites] for one in told]
                # Sites where nobody answered are known anyway, so they may be added and taken away freely.
                rows += [[Fraction(i == j) for i in range(len(sites))] for j in range(len(sites)) if numbers[j] == 0]
                assert not follows(target, rows), (numbers, told, [sites[i] for i in some])


def follows(target: list[Fraction], rows: list[list[Fraction]]) -> bool:
    """Whether the target is a sum of multiples of the rows."""
    return rank([*rows, target]) == rank(rows)


def rank(rows: list[list[Fraction]]) -> int:
    left, found = [list(row) for row in rows], 0
    for column in range(len(left[0]) if left else 0):
        pivot = next((row for row in left if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        found += 1
        for row in left:
            factor = row[column] / pivot[column]
            row[:] = [a - factor * b for a, b in zip(row, pivot, strict=True)]
    return found
