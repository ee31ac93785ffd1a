"""`/help` fits on the screen of a phone in every language that we speak."""

from __future__ import annotations

from itertools import pairwise
from textwrap import wrap

import pytest

from bot.core.message import Plain, message
from bot.core.rendered import Rendered, plain
from bot.core.state import Role
from bot.language.render import Reader, render
from tests.core.test_help import MOMENTS, ROLES, ROWS, WIDTH, evening
from tests.support.room import CATALOGS

TOGETHER = {("item", "item"), ("title", "item")}
"""Between these kinds of blocks stands no empty row."""


def rows(shown: Rendered) -> int:
    """The rows that a message takes on a phone."""
    kinds = [kind for kind, _ in shown.blocks]
    empty = sum(pair not in TOGETHER for pair in pairwise(kinds))
    return empty + sum(len(wrap(line, WIDTH)) for _, text in shown.blocks for line in text.splitlines())


def test_rows_are_counted_as_they_stand() -> None:
    assert (
        rows(Rendered((("text", "a" * WIDTH), ("title", "b"), ("item", "c " * WIDTH), ("item", "d"))))
        == 1 + 1 + 1 + 2 + 1
    )


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("role", ROLES)
def test_what_is_shown_first_fits_on_the_screen(role: Role, moment: str) -> None:
    s = evening(role, moment)
    s.write("zoe", "/help")
    said = s.told("seat:zoe")[-1]
    assert len(CATALOGS.languages) >= 3
    shown = {language: render(said, Reader(language, "UTC"), {}, {}, CATALOGS) for language in CATALOGS.languages}
    assert {language: rows(each) for language, each in shown.items() if rows(each) > ROWS} == {}
    assert len({each.blocks for each in shown.values()}) == len(shown), "each reads their own"


def test_where_commands_have_another_sign_everything_says_so() -> None:
    """On Matrix they begin with !, and so does what is said of them."""
    s = evening("facilitator", "said")
    s.write("zoe", "/help")
    for said in s.told("seat:zoe")[-2:]:
        for language in CATALOGS.languages:
            shown = plain(render(said, Reader(language, "UTC", sign="!"), {}, {}, CATALOGS))
            assert "!status" in shown
            assert "/" not in shown
            assert " ! " in shown or "!help" in shown
    assert "ohne ! schreiben" in plain(render(s.told("seat:zoe")[-2], Reader("de", "UTC", sign="!"), {}, {}, CATALOGS))
    fraction = plain(render(message(Plain("bread / butter, 1/2")), Reader("en", "UTC", sign="!"), {}, {}, CATALOGS))
    assert fraction == "bread / butter, 1/2", "words of others stay as they are"
