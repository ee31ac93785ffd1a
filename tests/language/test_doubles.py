"""Doubles are suggested across languages, and never the contrary of a statement."""

from __future__ import annotations

import pytest

from bot.language.doubles import Said, available, blocked, suggest

SAME = [
    ("Public transport should be free for young people.", "en"),
    ("Der öffentliche Nahverkehr sollte für junge Leute kostenlos sein.", "de"),
    ("Les transports en commun devraient être gratuits pour les jeunes.", "fr"),
    ("Young people should ride buses and trains for free.", "en"),
]
OTHERS = [
    ("Rents are too high for families.", "en"),
    ("Wir brauchen mehr Radwege in der Innenstadt.", "de"),
    ("Les magasins devraient être fermés le dimanche.", "fr"),
]
OPPOSITES = [
    ("Cars should be banned from the centre.", "Cars should not be banned from the centre.", "en"),
    ("Autos sollen aus der Stadt verbannt werden.", "Autos sollen nicht aus der Stadt verbannt werden.", "de"),
    ("Wir brauchen mehr Windräder.", "Wir brauchen keine Windräder mehr.", "de"),
    ("Il faut construire la centrale.", "Il ne faut pas construire la centrale.", "fr"),
    ("Taxes should rise for the rich.", "Taxes should never rise for the rich.", "en"),
    ("El peaje es justo.", "El peaje no es justo.", "es"),
    ("La scuola deve chiudere il sabato.", "La scuola non deve chiudere il sabato.", "it"),
    ("De weg moet open blijven.", "De weg moet niet open blijven.", "nl"),
]


def test_the_extra_is_here() -> None:
    assert available()


def test_the_same_point_is_found_in_every_language_and_nothing_else() -> None:
    said = [Said(f"s{n}", text, language) for n, (text, language) in enumerate(SAME)]
    said += [Said(f"o{n}", text, language) for n, (text, language) in enumerate(OTHERS)]
    found = suggest(said)
    assert {(p.one, p.other) for p in found} == {(f"s{a}", f"s{b}") for a in range(4) for b in range(a + 1, 4)}
    assert [p.alike for p in found] == sorted((p.alike for p in found), reverse=True)
    assert suggest(said, most=2) == found[:2]


@pytest.mark.parametrize(("one", "other", "language"), OPPOSITES)
def test_the_contrary_is_never_a_double(one: str, other: str, language: str) -> None:
    assert suggest([Said("a", one, language), Said("b", other, language)]) == []


def test_votes_and_sides_keep_statements_apart() -> None:
    a, b = "More buses on Sundays.", "More Sunday buses."
    agree = {"anna": 1, "ben": 1, "cem": -1}
    turned = {"anna": -1, "ben": -1, "cem": 1}
    assert not blocked(Said("a", a, "en", votes=agree), Said("b", b, "en", votes=agree))
    assert blocked(Said("a", a, "en", votes=agree), Said("b", b, "en", votes=turned))
    assert not blocked(Said("a", a, "en", votes={"anna": 1}), Said("b", b, "en", votes={"anna": -1})), (
        "one vote tells nothing"
    )
    assert blocked(Said("a", a, "en", "for"), Said("b", b, "en", "against"))


def test_languages_that_nobody_here_knows_are_left_alone() -> None:
    assert suggest([Said("a", "Hujambo", "sw"), Said("b", "Hujambo", "sw")]) == []
    assert blocked(Said("a", "شكرا", "ar"), Said("b", "شكرا", "ar")), "no negations are known, so nothing is suggested"
