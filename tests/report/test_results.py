"""The summary for the terminal: the same protection, in few lines."""

from __future__ import annotations

from bot.report.results import as_text
from tests.report.conftest import Evening


def test_results_are_told_per_site_and_in_total_where_they_may_be(evening: Evening) -> None:
    bridge, price, hands = evening.summary.answers
    assert [(p.name, p.told, p.answered) for p in bridge.places] == [
        ("", False, 0), ("East Bank", True, 12), ("West Bank", False, 0)
    ]  # fmt: skip
    assert [(s.option, s.count, s.percent) for s in bridge.places[1].shares] == [
        ("Yes", 8, 67),
        ("No", 4, 33),
        ("Abstain", 0, 0),
    ]
    assert price.places[1].average == ""
    assert [(p.name, p.answered) for p in hands.places] == [("", 3), ("East Bank", 2), ("West Bank", 1)]


def test_decisions_and_what_crossed_stand_in_it(evening: Evening) -> None:
    assert [(d.label, d.numbers) for d in evening.summary.decisions] == [("Build a bridge?", {})]
    assert evening.summary.outcomes == ("not adopted",)
    to_east, to_west = evening.summary.crossings
    assert (to_east.source, to_east.place, to_east.engine) == ("From table 1 in West Bank", "1 · East Bank", "pseudo")
    assert [original for _, original in to_west.sentences] == [
        "More boats at night.",
        "No bridge, ever.",
        "Ask the children.",
    ]


def test_as_text_it_is_short_and_plain(evening: Evening) -> None:
    told = as_text(evening.summary)
    assert "  East Bank: Yes 8 (67 %), No 4 (33 %), Abstain 0 (0 %) [12]" in told
    assert "  West Bank: <10\n" in told
    assert "Decided · Build a bridge?: not adopted\n" in told
    assert "From table 1 in East Bank → 1 · West Bank" in told
    assert all(line == line.rstrip() for line in told.splitlines())
