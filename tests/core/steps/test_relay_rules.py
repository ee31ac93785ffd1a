"""To which tables a digest goes, by the relay's rule, and in which language."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.relays.partners import MANY, Partner, Rule, read_in, routes

RULES: tuple[Rule, ...] = ("mirror", "next", "ring", "theme", "all", "plenary")
SITES = ("lyon", "graz", "bern")
MOST = 12


def partners(*tables: str) -> tuple[Partner, ...]:
    """ "lyon 3 food" is table 3 in Lyon with the theme of food, and an id that does not follow its number."""
    found = []
    for site, number, *theme in map(str.split, tables):
        found.append(Partner(f"{site}-{100 - int(number)}", int(number), site, site, ("en",), "".join(theme)))
    return tuple(sorted(found))


def to(rule: Rule, table: str, tables: tuple[Partner, ...], most: int = MOST) -> list[str]:
    own = next(p for p in tables if f"{p.site} {p.number}" == table)
    return [f"{p.site} {p.number}" for p in routes(rule, tables, SITES, most).to[own.id]]


def assembly(counts: dict[str, int], themes: list[str]) -> tuple[Partner, ...]:
    """Sites with so many tables each, and the themes dealt out over them."""
    named = [f"{site} {n}" for site, count in counts.items() for n in range(1, count + 1)]
    return partners(*(f"{table} {themes[n % len(themes)]}" for n, table in enumerate(named)))


ASSEMBLIES = st.builds(
    assembly,
    st.fixed_dictionaries({"lyon": st.integers(0, 9), "graz": st.integers(1, 9), "bern": st.integers(0, 9)}),
    st.lists(st.sampled_from(["", "food", "travel", "work"]), min_size=1, max_size=7),
)


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


def test_next_is_a_ring_within_the_site() -> None:
    tables = partners("lyon 1", "lyon 2", "lyon 10", "graz 1")
    assert [to("next", f"lyon {n}", tables) for n in (1, 2, 10)] == [["lyon 2"], ["lyon 10"], ["lyon 1"]]
    assert to("next", "graz 1", tables) == []


def test_the_ring_goes_from_site_to_site() -> None:
    tables = partners("lyon 1", "lyon 2", "graz 1", "graz 2", "bern 1")
    row = ["lyon 1", "graz 1", "bern 1", "lyon 2", "graz 2", "lyon 1"]
    assert [to("ring", table, tables) for table in row[:-1]] == [[following] for following in row[1:]]


def test_the_same_theme_is_read_everywhere_and_no_other() -> None:
    tables = partners("lyon 1 food", "lyon 2 travel", "graz 1 travel", "graz 2 food", "bern 1 food", "bern 2 work")
    assert sorted(to("theme", "lyon 1", tables)) == ["bern 1", "graz 2"]
    assert to("theme", "graz 1", tables) == ["lyon 2"]
    assert to("theme", "bern 2", tables) == []


def test_all_and_plenary_are_all_others() -> None:
    tables = partners("lyon 1", "lyon 2", "graz 1")
    assert sorted(to("all", "lyon 1", tables)) == sorted(to("plenary", "lyon 1", tables)) == ["graz 1", "lyon 2"]


def test_where_there_are_too_many_each_reads_as_many_and_every_one_is_read() -> None:
    tables = partners(*(f"lyon {n}" for n in range(1, 101)), *(f"graz {n}" for n in range(1, 101)))
    found = routes("all", tables, SITES, 12)
    assert {len(goals) for goals in found.to.values()} == {len(own) for own in found.of.values()} == {12}
    near = found.of[tables[0].id]
    assert Counter(p.site for p in near) == {"lyon": 6, "graz": 6}, "and those from both sides"


def test_a_single_site_has_no_mirror_and_a_single_table_no_partner() -> None:
    tables = partners("lyon 1", "lyon 2")
    assert to("mirror", "lyon 1", tables) == []
    assert to("next", "lyon 1", tables) == to("ring", "lyon 1", tables) == ["lyon 2"]
    for rule in RULES:
        assert to(rule, "lyon 1", partners("lyon 1")) == []


def test_a_site_that_the_flow_does_not_name_is_not_left_out() -> None:
    assert to("all", "rome 1", partners("lyon 1", "rome 1")) == ["lyon 1"]


@given(st.sampled_from(RULES), ASSEMBLIES, st.integers(1, 15))
def test_every_table_gives_and_gets(rule: Rule, tables: tuple[Partner, ...], most: int) -> None:
    found = routes(rule, tables, SITES, most)
    for own in tables:
        goals, come = found.to[own.id], found.of[own.id]
        assert own not in (*goals, *come), "nobody reads themselves"
        assert (len(set(goals)), len(set(come))) == (len(goals), len(come)), "nobody reads another twice"
        others = [p for p in tables if p != own]
        if rule == "next":
            others = [p for p in others if p.site == own.site]
        elif rule == "theme":
            others = [p for p in others if p.theme == own.theme]
        elif rule == "mirror":
            others = [p for p in others if p.site != own.site]
        assert bool(goals) == bool(come) == bool(others), "nobody is left out where there is somebody"
        assert set(goals) <= set(others)
        if rule in MANY:
            assert len(goals) == len(come) == min(most, len(others)), "as many as may be, and as many come as go"


@given(st.sampled_from(RULES), ASSEMBLIES, st.integers(1, 15))
def test_what_comes_is_what_was_sent(rule: Rule, tables: tuple[Partner, ...], most: int) -> None:
    found = routes(rule, tables, SITES, most)
    for table in tables:
        assert found.of[table.id] == tuple(p for p in tables if table in found.to[p.id])


@given(st.sampled_from(RULES), ASSEMBLIES)
def test_the_order_of_the_tables_plays_no_part(rule: Rule, tables: tuple[Partner, ...]) -> None:
    shuffled = sorted(tables, key=lambda p: p.id[::-1])
    one, other = routes(rule, tables, SITES, 3), routes(rule, shuffled, SITES, 3)
    assert {id: set(goals) for id, goals in one.to.items()} == {id: set(goals) for id, goals in other.to.items()}


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
