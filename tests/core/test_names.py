"""Names and texts: what is dropped, what is refused, what stays word for word."""

import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.message import Phrase
from bot.core.names import clean_name, clean_text

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
