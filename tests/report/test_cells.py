"""No cell is a formula for any spreadsheet, and the words come back out of it."""

from __future__ import annotations

import csv
import re
from io import StringIO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.report.cells import Number, plain, safe, table
from bot.report.release import clean

SIGNS = "=+-@\t\r＝＋－＠"
wild = st.text(st.sampled_from([*SIGNS, *"',;|\"\n ab0\x00\u202e\u00a0é"]), max_size=30) | st.text(max_size=60)


def read(content: bytes, **how: str) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode(), newline=""), **how))


@pytest.mark.parametrize("start", list(SIGNS))
def test_a_cell_that_looks_like_a_formula_begins_with_an_apostrophe(start: str) -> None:
    row = read(table(("a",), [(f"{start}cmd|' /C calc'!A0",)]))[1]
    assert row[0].startswith("'")


def test_names_and_numbers_stand_as_they_are() -> None:
    content = table(("a", "b", "c", "d"), [("L'été, à Zürich", -3, Number.of("-7/2"), 'She said "no".')])
    assert read(content)[1] == ["L'été, à Zürich", "-3", "-3.5", 'She said "no".']
    assert content.endswith(b'"She said ""no""."\n')


@pytest.mark.parametrize(
    ("value", "shown"),
    [("7/2", "3.5"), ("1/3", "0.33"), ("2/3", "0.67"), ("-1/8", "-0.12"), ("4/1", "4"), ("100/1", "100")],
)
def test_figures_have_two_digits_at_most(value: str, shown: str) -> None:
    assert Number.of(value).text == shown


def test_a_row_that_does_not_fit_its_head_is_refused() -> None:
    with pytest.raises(ValueError, match="a row of 2 cells under a head of 1"):
        table(("a",), [("x", "y")])


@settings(deadline=None)
@given(st.lists(st.tuples(wild, wild), max_size=4))
@example([("x;=1+1", "a\n@b")])
@example([(' "=1', "|+1")])
@example([("; \t=", " \t")])
def test_no_cell_begins_like_a_formula_whatever_the_separator(rows: list[tuple[str, str]]) -> None:
    content = table(("left", "right"), rows)
    assert [len(row) for row in read(content)] == [2] * (len(rows) + 1)
    for separator in ",;|\t":
        for row in read(content, delimiter=separator):
            assert not [cell for cell in row if re.match(rf"\s*[{re.escape(SIGNS)}]", cell)], separator


@settings(deadline=None)
@given(wild)
@example("'=1")
@example(", 'tis")
def test_the_words_come_back(words: str) -> None:
    assert plain(safe(words)) == clean(words)


@settings(deadline=None)
@given(wild)
def test_nothing_steers_or_turns_what_stands_beside_it(words: str) -> None:
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", safe(words))
