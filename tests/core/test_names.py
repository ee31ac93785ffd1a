"""Names and texts: what is dropped, what is refused, what stays word for word."""

import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.message import Phrase
from bot.core.names import LONGEST_NAME, check_name, clean_name, clean_text, distinct, visible_length

ANY = st.text(st.characters(), max_size=40)  # surrogates and all


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("  Anna \t Lena\n", "Anna Lena"),
        ("Ａｎｎａ", "Anna"),
        ("\u202eannA", "annA"),
        ("An\u200bna\ufeff", "Anna"),
        ("Jose\u0301", "José"),
        ("Jose\u200d\u0301", "José"),
        ("Anna\x00\x07", "Anna"),
        ("\ud800Anna", "Anna"),
        ("\u3164\u115f\u2800", ""),
        ("فاطمة", "فاطمة"),
        ("Anna 🌻", "Anna 🌻"),
        ("Anna\u00a0\u2003Lena", "Anna Lena"),
        ("O'Neill-Weiß", "O'Neill-Weiß"),
    ],
)
def test_cleaned(typed: str, cleaned: str) -> None:
    assert clean_name(typed) == cleaned


@given(ANY)
@example("\u00a8")
@example("e\u200d\u0301")
@example("\u1160\u0301 \u3164")
def test_cleaning_twice_changes_nothing(typed: str) -> None:
    name = clean_name(typed)
    assert clean_name(name) == name
    assert unicodedata.is_normalized("NFKC", name)
    assert not {unicodedata.category(c) for c in name} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert name == " ".join(name.split())
    name.encode()


def said(phrase: Phrase | None) -> str:
    return phrase.text if phrase else ""


@pytest.mark.parametrize(
    "name", ["Anna", "Łukasz", "李", "Dr. Weiß", "J. P.", "St. Anna", "Bea", "Anna 2", "O’Neill", "فاطمة", "Ada 🌻"]
)
def test_names_that_will_do(name: str) -> None:
    assert check_name(name) is None


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "cannot see a name"),
        (" \u200b\u3164", "cannot see a name"),
        ("a" * 25, "too long"),
        ("a" + "\u0301\u0302\u0303" * 30, "too long"),
        ("@anna", "address or a link"),
        ("anna@example.org", "address or a link"),
        ("https://x.org", "address or a link"),
        ("www.anna", "address or a link"),
        ("example.com", "address or a link"),
        ("t.me/anna", "address or a link"),
        ("12345", "like a number"),
        ("🌻🌻", "like a number"),
        ("+33 6 12 34", "like a number"),
        ("p-0042", "like a number"),
        ("DE 12345", "like a number"),
    ],
)
def test_names_that_will_not(name: str, says: str) -> None:
    assert says in said(check_name(name))


def test_the_limit_counts_what_one_sees() -> None:
    marked = "q\u0303" * LONGEST_NAME  # no composed form: two code points each
    assert (visible_length(marked), len(marked)) == (LONGEST_NAME, 2 * LONGEST_NAME)
    assert check_name(marked) is None
    problem = check_name("q\u0303" * (LONGEST_NAME + 1))
    assert problem is not None
    assert "most" in problem.params


@pytest.mark.parametrize(
    ("name", "taken", "expected"),
    [
        ("Anna", [], "Anna"),
        ("Anna", ["Ben"], "Anna"),
        ("Anna", ["anna"], "Anna 2"),
        ("Anna", ["ANNA", "Anna 2"], "Anna 3"),
        ("Аnnа", ["Anna"], "Аnnа 2"),  # Cyrillic capital and small a
        ("Weiß", ["WEISS"], "Weiß 2"),
        ("lda", ["Ida"], "lda 2"),
        ("ida", ["Ida"], "ida 2"),
        ("\u0406da", ["lda"], "\u0406da 2"),  # Cyrillic capital I, and a small l
        ("0tto", ["Otto"], "0tto 2"),
        ("Ann a", ["Anna"], "Ann a"),
        ("Leila", ["Lelia"], "Leila"),
        ("Zoé", ["Zoe"], "Zoé"),
        ("An\u200bna", ["Anna"], "An\u200bna 2"),
    ],
)
def test_distinct(name: str, taken: list[str], expected: str) -> None:
    assert distinct(name, taken) == expected


@given(st.lists(st.text("Aaаlі1I ", min_size=1, max_size=4).filter(str.strip), max_size=12))
def test_a_table_never_has_two_of_one_name(names: list[str]) -> None:
    table: list[str] = []
    for name in names:
        table.append(distinct(clean_name(name), table))
    assert len({name.casefold() for name in table}) == len(names)
    for i, name in enumerate(table):
        assert distinct(name, table[:i]) == name


# -- texts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("Line one\r\nLine two\rThree", "Line one\nLine two\nThree"),
        ("a\x00b\ud800c", "abc"),
        ("\u202eevil\u202c \u2066x\u2069", "evil x"),
        ("شكرا\u200f! \u200e(a)", "شكرا\u200f! \u200e(a)"),
        ("👩\u200d👧 می\u200cخواهم", "👩\u200d👧 می\u200cخواهم"),
        ("tab\tstays  and   spaces", "tab\tstays  and   spaces"),
        ("\ufeff  x  ", "x"),
        ("ﬁn", "ﬁn"),
    ],
)
def test_texts_word_for_word(typed: str, text: str) -> None:
    got = clean_text(typed)
    assert (got.text, got.cut, got.problem) == (text, False, None)


def test_too_long_is_said() -> None:
    assert not clean_text("x" * 4000).cut
    got = clean_text("x" * 4001)
    assert (got.text, got.cut) == ("x" * 4000, True)
    assert "Please shorten it" in said(got.problem)
    assert clean_text("abcde\u0301f", limit=5).text == "abcd", "an accent is not parted from its letter"
    assert clean_text("ab  cd", limit=3).text == "ab"


@given(ANY, st.integers(1, 30))
def test_cleaning_a_text_twice_changes_nothing(typed: str, limit: int) -> None:
    got = clean_text(typed, limit)
    assert len(got.text) <= limit
    assert clean_text(got.text, limit).text == got.text
    assert got.cut == (got.problem is not None)
    got.text.encode()
    assert got.cut or [c for c in got.text if c.isalnum()] == [c for c in typed if c.isalnum()]


def test_ten_megabytes_are_a_moment() -> None:
    start = time.perf_counter()
    got = clean_text("word \x00\u202e" * 1_500_000)
    assert got.cut
    assert time.perf_counter() - start < 5
