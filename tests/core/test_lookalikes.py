"""Names that one could mistake for another."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.lookalikes import _TABLE, alike, bare, distinct, holds, look
from bot.core.names import clean_name

SIMILAR = st.text("Aaа lіI1|0Oо.-\u0301\u200d2rnmvwHНнß", min_size=1, max_size=5).filter(lambda n: clean_name(n) != "")


@pytest.mark.parametrize(
    "other",
    [
        "Anna", "anna ", "ANNA", "Аnna", "АNNА", "Ânna", "Anna.", "Anna!", "An\u200bna", "Anna\u200d", "Ａｎｎａ", "A n n a",
        "An-na", "“Anna”", "Anna 🌻", "ᎪNNA", "Αnna", "𝐀nna", "Åñña", "Ann\u0430", "A\u0338nna", "Anna\ufe0f", "Ⓐnna",
    ],
)  # fmt: skip
def test_taken_for_anna(other: str) -> None:
    assert alike("Anna", other)


@pytest.mark.parametrize("other", ["Ana", "Annna", "Hanna", "Anne", "Anna 2", "Annal", "Nana", "Amia", "Ina", "Анна"])
def test_not_taken_for_anna(other: str) -> None:
    assert not alike("Anna", other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("AnnaI", "Annal"), ("AnnaI", "Anna1"), ("Ida", "lda"), ("Ida", "ida"), ("\u0406da", "lda"), ("0tto", "Otto"),
        ("Weiß", "WEISS"), ("Arne", "Ame"), ("Carmen", "Carrnen"), ("Carmen", "CARMEN"), ("ARNO", "Arno"), ("Wim", "VVim"),
        ("Zoé", "Zoe"), ("Jörg", "Jorg"), ("Łukasz", "Lukasz"), ("Bjørn", "Bjorn"), ("Ægir", "Aegir"), ("ΝΙΚΟΣ", "Νικος"),
        ("НИНА", "Нина"), ("Нина", "HИHA"), ("Нина", "Hина"), ("Анна", "AHHA"),
        ("Рим", "Pим"), ("|lse", "Ilse"), ("ILIA", "llia"), ("İda", "Ida"),
    ],
)  # fmt: skip
def test_taken_for_each_other(one: str, other: str) -> None:
    assert alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Leila", "Lelia"), ("Lia", "Lea"), ("ida", "lda"), ("Mia", "Nia"), ("Jan", "Jana"), ("Нина", "Инна")],
)
def test_two_names(one: str, other: str) -> None:
    assert not alike(one, other)


@given(SIMILAR, SIMILAR)
def test_alike_is_symmetric_and_everybody_is_like_themselves(one: str, other: str) -> None:
    assert alike(one, other) == alike(other, one)
    assert alike(one, one)
    assert alike(one, one.upper())
    assert alike(one, unicodedata.normalize("NFD", one))


@given(SIMILAR, SIMILAR, SIMILAR)
def test_a_word_is_found_wherever_it_stands(before: str, word: str, after: str) -> None:
    if look(before)[-1:] + look(word) + look(after)[:1] == look(before[-1:] + word + after[:1]):
        assert holds(f"{before} {word}", word) or look(f"{before} {word}") != look(before) + look(word)


def test_a_part_of_a_name() -> None:
    assert holds("Frau M o d e r a t i o n", "moderat")
    assert holds("МОDERATOR", "moderat")
    assert not holds("Mode", "moderat")
    assert not holds("Rat der Mode", "moderat")


def test_the_table_leads_to_plain_letters_and_digits_from_single_signs() -> None:
    assert all(len(letter) == 1 and letter.isascii() and letter.isalnum() for letter in _TABLE)
    signs = [sign for all_ in _TABLE.values() for sign in all_]
    assert len(signs) == len(set(signs)) > 250
    assert {unicodedata.name(s).split()[0] for s in signs} >= {"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE"}


@pytest.mark.parametrize(
    ("name", "taken", "expected"),
    [
        ("Anna", [], "Anna"),
        ("Anna", ["Ben"], "Anna"),
        ("Anna", ["anna"], "Anna 2"),
        ("Anna", ["ANNA", "Anna 2"], "Anna 3"),
        ("Anna 2", ["Anna"], "Anna 2"),
        ("Anna 2", ["Anna 2"], "Anna 3"),
        ("Anna 2", ["Anna Z", "Anna 2"], "Anna 3"),
        ("Anna", ["Anna", "Anna2", "An na-3"], "Anna 4"),
        ("Аnnа", ["Anna"], "Аnnа 2"),  # Cyrillic capital and small a
        ("0tto", ["Otto"], "0tto 2"),
        ("Ann a", ["Anna"], "Ann a 2"),
        ("Leila", ["Lelia"], "Leila"),
        ("An\u200bna", ["Anna"], "An\u200bna 2"),
    ],
)
def test_distinct(name: str, taken: list[str], expected: str) -> None:
    assert distinct(name, taken) == expected


def test_what_stands_without_its_number() -> None:
    assert [bare(n) for n in ("Anna 2", "Anna", "Anna2", "Anna 12 3", " 2", "2")] == [
        "Anna", "Anna", "Anna2", "Anna 12", " 2", "2",
    ]  # fmt: skip


@given(st.lists(SIMILAR, max_size=12))
def test_a_table_never_has_two_that_are_alike(names: list[str]) -> None:
    table: list[str] = []
    for name in names:
        table.append(distinct(clean_name(name), table))
    assert not any(alike(a, b) for i, a in enumerate(table) for b in table[:i])
    for i, name in enumerate(table):
        assert distinct(name, table[:i]) == name, "and who was alike to nobody keeps their name"
