"""Tables: hard rules never broken, soft ones kept where it is possible, the same draw everywhere, in good time."""

import os
import subprocess
import sys
import time
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.lots import Lots
from bot.core.seating import Move, OpenTable, Person, Plan, Seating, Unplaced, merge_small, place_late, seat_people

PLAN = Plan(5, 6, 7)


def people(n: int, languages: tuple[str, ...] = ("fr",), start: int = 0, **attributes: str) -> list[Person]:
    """n people whose attributes run through the letters given: gender="fm" alternates."""
    return [
        Person(f"p{i:05}", languages, {name: values[i % len(values)] for name, values in attributes.items()})
        for i in range(start, start + n)
    ]


def crowd(n: int, languages: int = 4) -> list[Person]:
    lots = Lots("crowd", str(n))
    spoken = ["en", "fr", "de", "nl", "es", "pt", "ar", "hi"][:languages]
    found = []
    for i in range(n):
        first = spoken[min(lots.below(languages), lots.below(languages))]
        second = ("en",) if first != "en" and not lots.below(3) else ()
        traits = {"gender": "fm"[lots.below(2)], "age": str(lots.below(5)), "site": f"site-{lots.below(9)}"}
        found.append(Person(f"p{i:05}", (first, *second), traits))
    return found


def values_at(seating: Seating, persons: list[Person], name: str) -> list[Counter[str]]:
    value = {person.seat: person.attributes[name] for person in persons}
    return [Counter(value[seat] for seat in table) for table in seating.tables]


def check_hard_rules(seating: Seating, persons: list[Person], plan: Plan) -> None:
    by_seat = {person.seat: person for person in persons}
    seated = [seat for table in seating.tables for seat in table]
    assert sorted(seated + [seat for seat, _ in seating.unplaced]) == sorted(by_seat)
    assert len(seating.tables) == len(seating.languages)
    assert seating.small == [i for i, table in enumerate(seating.tables) if len(table) < plan.min]
    for table, languages in zip(seating.tables, seating.languages, strict=True):
        assert min(3, plan.min) <= len(table) <= plan.max
        everybody = [set(by_seat[seat].languages) for seat in table]
        if plan.together == 1:
            assert set(languages) == set.intersection(*everybody)
            assert languages
        else:
            assert len(languages) <= (plan.max_languages or len(languages))
            assert all(not own or own & set(languages) for own in everybody)
        for name in plan.cluster_by:
            assert len({by_seat[seat].attributes.get(name, "") for seat in table}) == 1


# -- seating ----------------------------------------------------------------------------------------------------------


def test_by_hand() -> None:
    """Two French pairs, and five Germans of whom one speaks French: no way to seat four and five but as they are."""
    persons = [*people(4), *people(4, ("de",), 4), *people(1, ("de", "fr"), 8)]
    seating = seat_people(persons, Plan(4, 4, 5), "s")
    assert sorted(zip(seating.tables, seating.languages, strict=True)) == [
        (["p00000", "p00001", "p00002", "p00003"], ("fr",)),
        (["p00004", "p00005", "p00006", "p00007", "p00008"], ("de",)),
    ]
    assert (seating.unplaced, seating.small) == ([], [])


def test_who_speaks_two_languages_fills_the_smaller_table() -> None:
    persons = [*people(3), *people(4, ("de",), 3), *people(1, ("de", "fr"), 7)]
    seating = seat_people(persons, Plan(4, 4, 5), "s")
    assert ["p00000", "p00001", "p00002", "p00007"] in seating.tables
    assert seating.small == []


def test_nobody_is_dropped_in_silence() -> None:
    persons = [*people(12), *people(2, ("de",), 12), *people(3, ("nl",), 14), *people(1, (), 17)]
    seating = seat_people(persons, PLAN, "s")
    assert sorted(seating.unplaced) == [
        Unplaced("p00012", "too_few"),
        Unplaced("p00013", "too_few"),
        Unplaced("p00017", "no_language"),
    ]
    assert [seating.tables[i] for i in seating.small] == [["p00014", "p00015", "p00016"]]
    full = seat_people(people(5), Plan(4, 4, 4), "s")
    assert [reason for _, reason in full.unplaced] == ["no_room"]
    assert seat_people([], PLAN, "s") == Seating([], [], [], [])


def test_no_single_woman_and_ages_mixed() -> None:
    persons = people(48, gender="fmmm", age="aaaabbbbcccc")
    seating = seat_people(persons, PLAN, "s")
    assert all(counts["f"] != 1 for counts in values_at(seating, persons, "gender"))
    by_lot = seat_people(persons, Plan(5, 6, 7, "random"), "s")
    assert any(counts["f"] == 1 for counts in values_at(by_lot, persons, "gender")), "else the example shows nothing"
    spread = [max(counts.values()) for counts in values_at(seating, persons, "age")]
    assert max(spread) <= 3


def test_only_what_the_plan_names_is_mixed() -> None:
    persons = people(48, gender="fm", site="aaaaaabbbbbb")
    mixed = values_at(seat_people(persons, Plan(5, 6, 7, mix_by=("gender",)), "s"), persons, "gender")
    assert all(2 <= counts["f"] <= 4 for counts in mixed)
    both = seat_people(persons, Plan(5, 6, 7, "mixed_sites", mix_by=("gender",)), "s")
    assert all(2 <= counts["a"] <= 4 for counts in values_at(both, persons, "site"))


def test_tables_that_share_an_attribute() -> None:
    persons = people(40, gender="fm", site="aaab")
    plan = Plan(5, 6, 7, "by_attribute", cluster_by=("site",))
    seating = seat_people(persons, plan, "s")
    check_hard_rules(seating, persons, plan)
    assert all(len(counts) == 1 for counts in values_at(seating, persons, "site"))


def test_translated_tables_mix_languages_up_to_the_limit() -> None:
    persons = [*people(14), *people(14, ("de",), 14), *people(14, ("nl",), 28), *people(6, ("fr", "de"), 42)]
    even = [*people(16), *people(16, ("de",), 16), *people(16, ("nl",), 32)]
    free = seat_people(even, Plan(6, 6, 6, common_language="translate"), "s")
    assert all(languages == ("de", "fr", "nl") for languages in free.languages)
    two = Plan(5, 6, 7, common_language="translate", max_languages=2)
    seating = seat_people(persons, two, "s")
    check_hard_rules(seating, persons, two)
    assert max(len(languages) for languages in seating.languages) == 2
    one = seat_people(persons, Plan(5, 6, 7, "by_language", common_language="translate"), "s")
    assert all(len(languages) == 1 or set(languages) == {"de", "fr"} for languages in one.languages)


def test_three_rounds_without_meeting_twice() -> None:
    persons = people(48, gender="fm")
    plan = Plan(5, 6, 7, no_repeat=True)
    met: dict[str, set[str]] = {person.seat: set() for person in persons}
    repeats = []
    for number in range(4):
        now = [Person(p.seat, p.languages, p.attributes, frozenset(met[p.seat])) for p in persons]
        seating = seat_people(now, plan, f"round-{number}")
        repeats.append(sum(len(met[seat] & set(table)) for table in seating.tables for seat in table) // 2)
        for table in seating.tables:
            for seat in table:
                met[seat] |= set(table) - {seat}
    assert repeats[:3] == [0, 0, 0]
    assert repeats[3] <= 6
    blind = [Person(p.seat, p.languages, p.attributes, frozenset(met[p.seat])) for p in persons]
    again = seat_people(blind, PLAN, "round-4")
    assert sum(len(met[s] & set(t)) for t in again.tables for s in t) > 40, "without no_repeat nobody looks"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from(["de", "en", "fr"]), max_size=2, unique=True),
            st.sampled_from("fmx"),
            st.sampled_from("ab"),
        ),
        max_size=45,
    ),
    st.tuples(st.integers(2, 6), st.integers(0, 2), st.integers(0, 2)),
    st.sampled_from(["balanced", "random", "by_language", "by_attribute", "mixed_sites"]),
    st.sampled_from(["require", "translate"]),
    st.sampled_from([None, 1, 2]),
    st.randoms(use_true_random=False),
)
def test_hard_rules_in_any_crowd_and_any_order(
    crowd_: Any, sizes: Any, method: Any, common: Any, limit: Any, chance: Any
) -> None:
    persons = [Person(f"s{i}", tuple(langs), {"gender": g, "site": s}) for i, (langs, g, s) in enumerate(crowd_)]
    low, more, most = sizes
    cluster = ("site",) if method == "by_attribute" else ()
    plan = Plan(low, low + more, low + more + most, method, (), cluster, limit, common, True)
    seating = seat_people(persons, plan, "seed")
    check_hard_rules(seating, persons, plan)
    chance.shuffle(persons)
    assert seat_people(persons, plan, "seed") == seating


def test_the_seed_decides_and_the_process_does_not() -> None:
    assert seat_people(crowd(60), PLAN, "one") != seat_people(crowd(60), PLAN, "two")
    code = (
        "from bot.core.seating import *\n"
        "print(seat_people([Person(f'p{i}', ('fr', 'de')[i % 2:], {'a': str(i % 3), 'b': str(i % 5)},"
        " frozenset({f'p{i + 1}'})) for i in range(50)], Plan(4, 6, 7, no_repeat=True), 's'))"
    )
    out = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(out) == 1
    assert b"tables=[[" in out.pop()


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"min": 1, "target": 2, "max": 3}, "min 1, target 2, max 3"),
        ({"min": 5, "target": 4, "max": 6}, "must rise"),
        ({"min": 4, "target": 7, "max": 6}, "must rise"),
        ({"min": 4, "target": 5, "max": 6, "max_languages": 0}, "at least one language"),
        ({"min": 4, "target": 5, "max": 6, "method": "by_attribute"}, "needs cluster_by"),
    ],
)
def test_plans_that_cannot_be(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Plan(**fields)


def test_a_seat_given_twice() -> None:
    with pytest.raises(ValueError, match="1 people were given twice"):
        seat_people([*people(3), *people(1)], PLAN, "s")


def test_forty_eight_people_are_a_blink() -> None:
    persons = crowd(48, 2)
    best = min(_seconds(persons) for _ in range(3))
    assert best < 0.1


@pytest.mark.slow
def test_ten_thousand_people_in_ten_seconds() -> None:
    persons = crowd(10_000, 8)
    start = time.process_time()
    seating = seat_people(persons, Plan(6, 7, 8), "s")
    assert time.process_time() - start < 10
    check_hard_rules(seating, persons, Plan(6, 7, 8))
    lone = sum(1 in counts.values() for counts in values_at(seating, persons, "gender"))
    assert (seating.unplaced, seating.small, lone) == ([], [], 0)


def _seconds(persons: list[Person]) -> float:
    start = time.process_time()
    seat_people(persons, PLAN, "s")
    return time.process_time() - start


# -- latecomers and small tables --------------------------------------------------------------------------------------


def table(name: str, size: int, languages: tuple[str, ...] = ("fr",), **counts: dict[str, int]) -> OpenTable:
    return OpenTable(name, size, languages, counts)


def test_a_latecomer_goes_where_people_are_missing() -> None:
    late = Person("late", ("fr",), {"gender": "f"})
    assert place_late(late, [table("t1", 6), table("t2", 4), table("t3", 5)], PLAN) == "t2"
    assert place_late(late, [table("t1", 6), table("t2", 5)], PLAN) == "t2"
    assert place_late(late, [table("t2", 5), table("t1", 5)], PLAN) == "t1"


def test_a_latecomer_understands_the_table_and_finds_a_chair() -> None:
    late = Person("late", ("fr", "de"))
    assert place_late(late, [table("t1", 7), table("t2", 5, ("nl",))], PLAN) is None
    assert place_late(late, [table("t1", 7), table("t2", 6, ("de", "nl"))], PLAN) == "t2"
    translated = Plan(5, 6, 7, common_language="translate", max_languages=2)
    assert place_late(late, [table("t1", 5, ("en", "nl"))], translated) is None
    assert place_late(late, [table("t1", 5, ("nl",))], translated) == "t1"
    assert place_late(Person("mute"), [table("t1", 5, ("en", "nl"))], translated) == "t1"
    assert place_late(Person("mute"), [table("t1", 5)], PLAN) is None
    anything = Plan(5, 6, 7, common_language="translate")
    assert place_late(late, [table("t1", 5, ("en", "nl"))], anything) == "t1"
    assert place_late(late, [], PLAN) is None


def test_a_latecomer_is_not_the_only_one_of_her_kind() -> None:
    late = Person("late", ("fr",), {"gender": "f"}, frozenset({"old"}))
    men, mixed = table("men", 5, gender={"m": 5}), table("mixed", 6, gender={"m": 4, "f": 2})
    assert place_late(late, [men, mixed], PLAN) == "mixed"
    assert place_late(late, [men, mixed], Plan(5, 6, 7, "random")) == "men"
    known = OpenTable("mixed", 6, ("fr",), mixed.counts, frozenset({"old"}))
    assert place_late(late, [men, known], Plan(5, 6, 7, no_repeat=True)) == "men"
    by_gender = Plan(5, 6, 7, "by_attribute", cluster_by=("gender",))
    assert place_late(late, [men, mixed], by_gender) is None
    assert place_late(late, [men, table("women", 6, gender={"f": 6})], by_gender) == "women"


def test_small_tables_by_hand() -> None:
    tables = [table("t1", 2), table("t2", 6), table("t3", 4), table("t4", 5, ("de",)), table("t5", 0)]
    assert merge_small(tables, PLAN) == [Move("t1", "t3", ("fr",), crowded=False)]
    assert merge_small(tables, PLAN, 2) == []


def test_two_small_tables_meet_and_then_stay() -> None:
    tables = [table("t1", 1), table("t2", 2), table("t3", 6)]
    assert merge_small(tables, PLAN) == [Move("t1", "t2", ("fr",), crowded=False)]


def test_nobody_sits_alone_though_it_gets_crowded() -> None:
    assert merge_small([table("t1", 1), table("t2", 7)], PLAN) == [Move("t1", "t2", ("fr",), crowded=True)]


def test_when_no_table_understands_them_a_human_has_to_help() -> None:
    tables = [table("t1", 2, ("nl",)), table("t2", 5), table("t3", 6, ("de",))]
    assert merge_small(tables, PLAN) == [Move("t1", None, ("nl",), crowded=False)]
    three = Plan(5, 6, 7, common_language="translate", max_languages=2)
    assert merge_small(tables, three) == [Move("t1", "t2", ("fr", "nl"), crowded=False)]
    by_site = Plan(5, 6, 7, cluster_by=("site",))
    apart = [table("t1", 2, site={"lyon": 2}), table("t2", 5, site={"kehl": 5})]
    assert merge_small(apart, by_site) == [Move("t1", None, ("fr",), crowded=False)]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 7), st.lists(st.sampled_from(["de", "fr", "nl"]), min_size=1, max_size=2, unique=True)
        ),
        max_size=8,
    ),
    st.integers(1, 4),
)
def test_after_the_moves_only_those_nobody_understands_are_few(shape: Any, at_least: int) -> None:
    tables = [table(f"t{i}", size, tuple(languages)) for i, (size, languages) in enumerate(shape)]
    present = {t.id: t.size for t in tables}
    spoken = {t.id: set(t.languages) for t in tables}
    stranded = set()
    for move in merge_small(tables, PLAN, at_least):
        assert 0 < present[move.table] < at_least
        if move.to is None:
            stranded.add(move.table)
            continue
        assert present[move.to] > 0
        spoken[move.to] &= spoken[move.table]
        assert set(move.languages) == spoken[move.to]
        assert move.languages
        present[move.to] += present[move.table]
        present[move.table] = 0
        assert move.crowded == (present[move.to] > PLAN.max)
    assert all(n == 0 or n >= at_least or t in stranded for t, n in present.items())
