"""To which tables a digest goes, by the relay's rule, and in which language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.steps.relay import Partner, Rule, origins, read_in, targets


def partners(*tables: str) -> tuple[Partner, ...]:
    """ "lyon 3" is table 3 in Lyon, with an id that does not follow its number."""
    found = [Partner(f"{site}-{100 - int(n)}", int(n), site, site, ("en",)) for site, n in map(str.split, tables)]
    return tuple(sorted(found))


def to(rule: Rule, table: str, tables: tuple[Partner, ...]) -> list[str]:
    own = next(p for p in tables if f"{p.site} {p.number}" == table)
    return [f"{p.site} {p.number}" for p in targets(rule, own.id, tables, ("lyon", "graz", "bern"))]


def test_mirror_goes_to_the_same_number_at_the_next_site() -> None:
    tables = partners("lyon 1", "lyon 2", "graz 1", "graz 2", "bern 1", "bern 2")
    assert to("mirror", "lyon 2", tables) == ["graz 2"]
    assert to("mirror", "graz 1", tables) == ["bern 1"]
    assert to("mirror", "bern 1", tables) == ["lyon 1"]


def test_mirror_leaves_nobody_out_where_numbers_differ() -> None:
    tables = partners("lyon 1", "lyon 2", "lyon 3", "graz 1", "graz 2")
    assert [to("mirror", f"lyon {n}", tables) for n in (1, 2, 3)] == [["graz 1"], ["graz 2"], ["graz 1"]]
    assert [to("mirror", f"graz {n}", tables) for n in (1, 2)] == [["lyon 1", "lyon 3"], ["lyon 2"]]


def test_mirror_goes_by_place_where_tables_are_numbered_through() -> None:
    assert to("mirror", "lyon 2", partners("lyon 1", "lyon 2", "graz 3", "graz 4")) == ["graz 4"]


def test_next_is_a_ring_within_the_course() -> None:
    tables = partners("lyon 1", "lyon 2", "lyon 10", "graz 1")
    assert [to("next", f"lyon {n}", tables) for n in (1, 2, 10)] == [["lyon 2"], ["lyon 10"], ["lyon 1"]]
    assert to("next", "graz 1", tables) == []


def test_all_are_all_others() -> None:
    tables = partners("lyon 1", "lyon 2", "graz 1")
    assert sorted(to("all", "lyon 1", tables)) == ["graz 1", "lyon 2"]


def test_a_single_site_has_no_mirror_and_an_unknown_table_no_target() -> None:
    tables = partners("lyon 1", "lyon 2")
    assert to("mirror", "lyon 1", tables) == []
    assert targets("all", "elsewhere", tables, ("lyon",)) == ()


@given(st.sampled_from(["mirror", "next", "all"]), st.integers(1, 9), st.integers(1, 9), st.integers(0, 9))
def test_every_table_gives_and_gets(rule: Rule, lyon: int, graz: int, bern: int) -> None:
    counts = {"lyon": lyon, "graz": graz, "bern": bern}
    tables = partners(*(f"{site} {n}" for site, count in counts.items() for n in range(1, count + 1)))
    sites = tuple(counts)
    for table in tables:
        goals = targets(rule, table.id, tables, sites)
        assert table not in goals
        assert len(set(goals)) == len(goals)
        alone = rule == "next" and counts[table.site] == 1
        assert bool(goals) != alone
        assert bool(origins(rule, table.id, tables, sites)) != alone


@given(st.sampled_from(["mirror", "next", "all"]), st.integers(0, 9), st.integers(1, 9), st.integers(0, 9))
def test_what_comes_is_what_was_sent(rule: Rule, lyon: int, graz: int, bern: int) -> None:
    counts = {"lyon": lyon, "graz": graz, "bern": bern}
    tables = partners(*(f"{site} {n}" for site, count in counts.items() for n in range(1, count + 1)))
    for table in tables:
        sent = tuple(p for p in tables if table in targets(rule, p.id, tables, tuple(counts)))
        assert origins(rule, table.id, tables, tuple(counts)) == sent


@pytest.mark.parametrize(
    ("languages", "source", "expected"),
    [
        (("de",), "de", "de"),
        (("de",), "fr", "de"),
        (("de", "fr"), "de", "fr"),
        (("fr-CA",), "fr", "fr"),
        ((), "de", "de"),
    ],
)
def test_the_language_into_which_a_digest_is_carried(languages: tuple[str, ...], source: str, expected: str) -> None:
    assert read_in(languages, source) == expected
