"""What readers of a translation see of it, whatever becomes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Literal

import pytest

from bot.core.effects import Flag, Note, Retell, Say, Want
from bot.core.message import Message
from bot.core.state import Contribution, Seat, Translated, Wanted
from bot.core.translation.doubting import doubted, held, marks
from bot.core.translation.translators import Text
from tests.support.plays import read
from tests.support.stagehand import START

HOUR = timedelta(hours=1)
ANNA = Seat("anna", "participant", "lyon", "fr", "active", "Anna", "t2")
GIVEN = Contribution("c1", "talk", "t1", "graz", "gerd", "message", "Nein.", START, "de")
MADE = Translated("c1", "fr", "Non.", "deepl")
WANTED = Wanted("c1", "fr", "de", "held", START, due=START + HOUR)


def doubts(text: Text | None) -> tuple[list[str], str]:
    """The effects of a flag by their names, and what its author reads."""
    *effects, answer = doubted(ANNA, "c1@fr", text, START, "k")
    assert isinstance(answer, Say)
    assert answer.to == "seat:anna"
    return [type(e).__name__ for e in effects], read(answer.message)


def test_the_first_flag_questions_it_and_asks_a_translator() -> None:
    effects = list(doubted(ANNA, "c1@fr", Text(GIVEN, MADE), START, "k"))
    assert effects[0] == Flag("anna", "c1", "fr")
    assert isinstance(effects[1], Note)
    assert effects[2] == Retell(replace(MADE, state="questioned")), "with the same words"
    assert effects[3] == Want(Wanted("c1", "fr", "de", "questioned", START))


@pytest.mark.parametrize("state", ["machine", "reviewed", "questioned"])
@pytest.mark.parametrize("flags", [frozenset[str](), frozenset({"ben"}), frozenset({"anna"})])
def test_no_flag_changes_a_word(state: Literal["machine", "reviewed", "questioned"], flags: frozenset[str]) -> None:
    for effect in doubted(ANNA, "c1@fr", Text(GIVEN, replace(MADE, state=state), flags=flags), START, "k"):
        if isinstance(effect, Retell):
            assert effect.translated == replace(MADE, state="questioned")


def test_later_flags_are_kept_and_nothing_else_happens() -> None:
    questioned = Text(GIVEN, replace(MADE, state="questioned"), replace(WANTED, why="questioned"), frozenset({"ben"}))
    assert doubts(questioned)[0] == ["Flag", "Note"]
    names, answer = doubts(questioned._replace(flags=frozenset({"anna"})))
    assert names == []
    assert "You have said so already" in answer


def test_whoever_looks_at_it_already_keeps_it() -> None:
    taken = replace(WANTED, state="taken", taken_by="tom", until=START + HOUR, due=None)
    effects = list(doubted(ANNA, "c1@fr", Text(GIVEN, MADE, taken), START, "k"))
    assert effects[3] == Want(replace(taken, why="questioned"))


def test_what_a_translator_has_let_stand_is_looked_at_once_more_and_not_announced() -> None:
    done = Text(GIVEN, replace(MADE, state="reviewed"), replace(WANTED, why="questioned", state="done"))
    assert doubts(done)[0] == ["Flag", "Note", "Want"]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (None, "taken back"),
        (Text(None, MADE), "taken back"),
        (Text(replace(GIVEN, state="hidden"), MADE), "taken back"),
        (Text(GIVEN), "as it was written"),
        (Text(GIVEN, replace(MADE, state="withdrawn")), "as it was written"),
        (Text(GIVEN, replace(MADE, state="held")), "as it was written"),
    ],
)
def test_where_there_is_nothing_to_doubt(text: Text | None, answer: str) -> None:
    names, said = doubts(text)
    assert names == []
    assert answer in said


@pytest.mark.parametrize(
    ("wanted", "made", "waits"),
    [
        (WANTED, None, True),
        (WANTED, replace(MADE, state="held"), True),
        (replace(WANTED, state="taken"), None, True),
        (replace(WANTED, due=None), None, True),
        (replace(WANTED, due=START), None, False),
        (replace(WANTED, state="refused"), None, False),
        (replace(WANTED, state="done"), None, False),
        (replace(WANTED, why="questioned"), replace(MADE, state="held"), False),
        (WANTED, MADE, False),
        (WANTED, replace(MADE, state="reviewed"), False),
        (None, replace(MADE, state="held"), False),
    ],
)
def test_what_waits_for_a_translator(wanted: Wanted | None, made: Translated | None, waits: bool) -> None:
    assert held(Text(GIVEN, made, wanted), START) is waits


@pytest.mark.parametrize(
    ("made", "wanted", "below"),
    [
        (MADE, None, ""),
        (replace(MADE, state="reviewed"), None, ""),
        (replace(MADE, state="reviewed", by="tom"), None, "A translator has read this translation."),
        (replace(MADE, state="questioned"), None, "Translation questioned. In de it says:\nc1"),
        (replace(MADE, state="withdrawn"), None, "Translation withdrawn: this is what was written, in de."),
        (replace(MADE, state="held"), WANTED, "Not translated: this is what was written, in de."),
        (None, WANTED, "Not translated: this is what was written, in de."),
        (None, None, ""),
    ],
)
def test_what_stands_below_a_translation(made: Translated | None, wanted: Wanted | None, below: str) -> None:
    assert read(Message(marks("c1", Text(GIVEN, made, wanted)))) == below


def test_below_what_was_taken_back_stands_nothing() -> None:
    assert marks("c1", None) == ()
    assert marks("c1", Text(None, replace(MADE, state="questioned"))) == ()
