"""A number is the same number however it is written, and another one where it is not."""

from __future__ import annotations

from bot.core.gate import Cited, Written, judge
from bot.core.numerals import numbers


def test_numbers_are_the_same_however_they_are_written() -> None:
    forms = ["1.500", "1,500", "1 500", "1 500", "1’500", "1500", "١٥٠٠", "१५००"]
    assert {tuple(numbers(f"es sind {form} da")) for form in forms} == {("1500",)}
    assert numbers("1,5") == numbers("1.5") != numbers("15")
    assert numbers("1.500,5") == numbers("1,500.5")


def test_numbers_that_only_look_alike_differ() -> None:
    assert numbers("1.5") != numbers("15") != numbers("150")
    assert numbers("3 trains, 3 buses") != numbers("3 trains and buses"), "how often counts"
    assert numbers("m² and ½") == numbers("m2 and 1⁄2"), "forms of one sign"
    assert not numbers("no number, three words")


def test_a_sentence_with_a_point_moved_does_not_pass_the_gate() -> None:
    said = {"c": Cited("It costs 1.5 million, say 1 500 000 euros.", "en")}
    assert judge(Written("It costs 1,5 million, or 1,500,000 euros.", "en", ("c",)), said) == ()
    [fault] = judge(Written("It costs 15 million euros.", "en", ("c",)), said)
    assert (fault.level, fault.about) == ("error", "number")
