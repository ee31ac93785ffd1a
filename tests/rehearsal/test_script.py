"""Scripts: written, read again the same, readable aloud, and honest about what they cannot read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.rendered import Choice, Rendered
from bot.rehearsal.script import (
    BadScript,
    Cast,
    Line,
    Script,
    fold,
    found,
    pair_of,
    pressed,
    read_script,
    says,
    waits,
    words_of,
    write_script,
)  # fmt: skip

LINES = (
    Line("joins", ("anna",)),
    waits(timedelta(hours=1, seconds=5)),
    says("anna", "It is \"mine\",\nand '''yours''' hears"),
    Line("replies", ("ben",), '"No to that" to "mine"'),
    Line("edits", ("anna",), '"mine" to "yours, \\"to\\" me"'),
    Line("presses", ("ben",), '"Yes"'),
    Line("presses", ("ben",), ">vote:q::yes"),
    Line("hears", ("anna", "ben"), 'A title\n───────\n\n• one\n    two says "x"\n[1] Yes'),
    Line("hears", ("table", "at-1"), "Hello"),
    Line("restart"),
    Line("hears", ("anna",), "wait 5m"),
)
SCRIPT = Script(
    "flows/cross-border", "7", datetime(2027, 3, 2, 18, tzinfo=UTC), (Cast("anna", "participant", "at", "de"),), LINES
)


def again(script: Script, folder: Path) -> Script:
    path = folder / "script.toml"
    path.write_text(write_script(script), encoding="utf-8")
    return read_script(path)


def test_a_script_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert again(SCRIPT, tmp_path) == SCRIPT


def test_a_script_can_be_read_aloud() -> None:
    text = write_script(SCRIPT)
    assert '\nanna joins\nwait 1h5s\nanna says "It is' in text
    assert '\nben presses "Yes"\n' in text
    assert "\nanna, ben hear\n    A title\n" in text
    assert "\ntable at-1 hears\n    Hello\nrestart\n" in text


def test_a_reply_and_an_edit_have_two_texts() -> None:
    texts = [pair_of(line) for line in LINES if line.verb in ("replies", "edits")]
    assert texts == [("No to that", "mine"), ("mine", 'yours, "to" me')]


@pytest.mark.parametrize(
    "what", ["", '"one"', '"one" "two"', '"one" to two', '"one" to "two" to "three"', '1 to "two"']
)
def test_a_reply_without_two_texts_is_explained(what: str) -> None:
    with pytest.raises(BadScript, match='needs two texts, such as "this" to "that"'):
        pair_of(Line("replies", ("anna",), what))


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_whatever_somebody_says_is_read_again(text: str) -> None:
    assert words_of(says("anna", text)) == text


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_whatever_somebody_says_fits_on_a_line_of_toml(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    script = Script("f", "1", SCRIPT.start, (), (says("anna", text), Line("restart")))
    assert again(script, tmp_path_factory.mktemp("script")) == script


def test_what_several_hear_is_written_once_and_a_table_by_its_name() -> None:
    heard = [("c", "Hello"), ("a", "Hello"), ("b", "Hello"), ("a", "You"), ("b", "Two"), ("a", "Two")]
    tables = [("at-1", frozenset("abc")), ("at-2", frozenset("ab"))]
    assert list(fold(heard, tables)) == [
        Line("hears", ("table", "at-1"), "Hello"),
        Line("hears", ("a",), "You"),
        Line("hears", ("a", "b"), "Two"),
    ]


def test_a_press_is_written_by_the_label_where_that_finds_it_again() -> None:
    first = Rendered((), (Choice("Yes", "v:1::yes"), Choice("No", "v:1::no")))
    second = Rendered((), (Choice("Yes", "v:2::yes"),))
    read = [first, second]
    assert [pressed(p, read) for p in ("v:2::yes", "v:1::no", "v:1::yes", "gone")] == [
        '"Yes"', '"No"', ">v:1::yes", ">gone",
    ]  # fmt: skip
    assert [found(w, read) for w in ('"Yes"', '"No"', ">v:1::yes", '"Maybe"')] == [
        "v:2::yes",
        "v:1::no",
        "v:1::yes",
        None,
    ]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("seed = 1", "'people'"),
        ("seed = [", "at end of document"),
        (
            'flow = "f"\nseed = "1"\nstart = 2027-03-02T18:00:00Z\npeople = []\nscript = "anna sings"',
            'found "anna sings"',
        ),
        (
            'flow = "f"\nseed = "1"\nstart = 2027-03-02T18:00:00Z\npeople = []\nscript = "wait long"',
            '"long" is not a duration',
        ),
    ],
)
def test_a_script_that_cannot_be_read_says_where(tmp_path: Path, text: str, what: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text)
    with pytest.raises(BadScript, match=r"bad\.toml") as error:
        read_script(path)
    assert what in str(error.value)
