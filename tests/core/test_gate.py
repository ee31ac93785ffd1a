"""What the gate lets through and what it does not. Each sentence here could have been written by a model."""

from __future__ import annotations

import pytest

from bot.core.cues import known, negations, speaks_for_many, turned_round
from bot.core.gate import Cited, Quote, Written, judge, verbatim

SAID = {
    "c1": Cited("Disabled people need their car to reach the doctor, my mother goes 3 times a week.", "en"),
    "c2": Cited("Les enfants asthmatiques ont besoin d’un air plus pur.", "fr"),
    "c3": Cited("Start with a trial on Sundays and measure the effects.", "en"),
    "c4": Cited("Shops lose customers, I lost 20% last year.", "en"),
    "c5": Cited("Cars should be banned from the centre.", "en"),
    "c6": Cited("Look at https://example.org/plan, it says 1.500 cars.", "en"),
    "k1": Cited("Hujambo", "sw"),
}


def faults(text: str, *sources: str, quotes: tuple[Quote, ...] = (), language: str = "en") -> list[str]:
    return [f"{f.level} {f.about}" for f in judge(Written(text, language, sources, quotes), SAID)]


@pytest.mark.parametrize(
    ("text", "sources", "quotes"),
    [
        ("Some disabled people need a car to get to the doctor.", ("c1",), (Quote("c1", "need their car […] 3 times a week"),)),
        ("Cleaner air would help children with asthma.", ("c2",), (Quote("c2", "besoin d'un air plus pur"),)),
        ("A trial on Sundays could measure the effects.", ("c3",), ()),
        ("One shop owner lost 20 % of the customers.", ("c4",), ()),
        ("Cars should be banned from the centre.", ("c5",), ()),
        ("The plan at https://example.org/plan speaks of 1,500 cars.", ("c6",), ()),
        ("Three want a trial “on Sundays”.", ("c1", "c2", "c3"), ()),
    ],
)  # fmt: skip
def test_a_faithful_sentence_passes(text: str, sources: tuple[str, ...], quotes: tuple[Quote, ...]) -> None:
    assert faults(text, *sources, quotes=quotes) == []


@pytest.mark.parametrize(
    ("text", "sources", "quotes", "found"),
    [
        ("  ", ("c1",), (), "error empty"),
        ("Everyone agrees.", (), (), "error source"),
        ("A trial.", ("c99",), (), "error source"),
        ("A trial.", ("c3", ""), (), "error source"),
        ("A car is vital.", ("c1",), (Quote("c1", "without my car I would die"),), "error quote"),
        ("A car is vital.", ("c1",), (Quote("c3", "Start with a trial"),), "error quote"),
        ("A trial.", ("c3",), (Quote("c3", "measure the effects […] trial on Sundays"),), "error quote"),
        ("A trial.", ("c3",), (Quote("c3", "[…]"),), "error quote"),
        ("They want a trial “every single Monday”.", ("c3",), (), "error quote"),
        ("Shops lost 30 % last year.", ("c4",), (), "error number"),
        ("More at https://evil.example/x.", ("c3",), (), "error link"),
        ("Write to @mayor about a trial.", ("c3",), (), "error link"),
        ("A trial <b>now</b>.", ("c3",), (), "error markup"),
        ("A [trial](x).", ("c3",), (), "error markup"),
        ("A trial.\nAnd more.", ("c3",), (), "error long"),
        ("A trial " * 100, ("c3",), (), "error long"),
        ("Cars should be welcome in the centre.", ("c5",), (), "doubt polarity"),
        ("A trial on Sundays should not be started.", ("c3",), (), "doubt polarity"),
        ("Most people want a trial on Sundays.", ("c3",), (), "error many"),
        ("Greetings to you.", ("k1",), (), "doubt unchecked"),
        ("APPROVED.", ("c3",), (), "error strange"),
    ],
)  # fmt: skip
def test_a_fault_is_seen(text: str, sources: tuple[str, ...], quotes: tuple[Quote, ...], found: str) -> None:
    assert found in faults(text, *sources, quotes=quotes)


def test_a_quote_keeps_its_words_whatever_its_typography() -> None:
    assert verbatim("ont besoin d'un AIR", SAID["c2"].text)
    assert not verbatim("besoin d'un ai", SAID["c2"].text), "a part of a word is another word"
    assert not verbatim("", SAID["c2"].text)


OPPOSITES = [
    ("Autos sollen verboten werden.", "Autos sollen nicht verboten werden.", "de"),
    ("Wir brauchen mehr Busse.", "Wir brauchen keine Busse mehr.", "de"),
    ("Der Zaun muss weg.", "Der Zaun muss bleiben.", "de"),
    ("Cars should be banned.", "Cars should not be banned.", "en"),
    ("We can't go on like this.", "We can go on like this.", "en"),
    ("Il faut plus de bus.", "Il ne faut plus de bus.", "fr"),
    ("Il faut interdire les voitures.", "Il faut autoriser les voitures.", "fr"),
    ("Il faut construire la centrale.", "Il ne faut pas construire la centrale.", "fr"),
    ("On aime le bruit.", "On n’aime pas le bruit.", "fr"),
    ("Queremos más autobuses.", "No queremos más autobuses.", "es"),
]


@pytest.mark.parametrize(("one", "other", "language"), OPPOSITES)
def test_a_negation_is_seen(one: str, other: str, language: str) -> None:
    assert turned_round(one, other, language)
    assert not turned_round(one, one, language)


def test_what_is_not_known_may_be_the_contrary() -> None:
    assert not known("sw")
    assert turned_round("Hujambo", "Hujambo", "sw")
    with pytest.raises(LookupError):
        negations("Hujambo", "sw")


def test_who_speaks_for_many() -> None:
    assert speaks_for_many("Die meisten wollen das.", "de")
    assert speaks_for_many("Tout le monde le dit.", "fr")
    assert not speaks_for_many("I want this.", "en")
    assert not speaks_for_many("Ein Teller Suppe", "de"), "only whole words"
