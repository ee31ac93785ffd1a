"""Who reads whose words in which language, and what a mixed table is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.core.flow import Flow
from bot.core.message import Words, block, message
from bot.core.state import Contribution, Seat, Table, Translated
from bot.core.translation.interpreting import (
    as_written,
    label,
    languages,
    mixed,
    readable,
    reads_in,
    told_at_first,
    told_in,
)
from tests.support.plays import flow_of

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
STEPS = '[[step]]\nid = "talk"\ntype = "discuss"\ntext = "Bread?"\nduration = "20m"\n'


def flow(most: int = 2, common: str = "translate") -> Flow:
    plan = f'[groups.tables]\nsize = {{ min = 2, target = 3, max = 6 }}\ncommon_language = "{common}"\nmax_languages = {most}\n'
    return flow_of(plan + STEPS)


def seat(id: str, language: str, **more: object) -> Seat:
    return Seat(id, "participant", "linz", language, "active", **more)  # type: ignore[arg-type]  # few fields


def table(*members: Seat, own: tuple[str, ...] = ("de", "en"), staff: tuple[Seat, ...] = ()) -> Table:
    return Table("t1", "tables", "linz", 1, own, members, staff)


def said(seat: str = "anna", language: str = "en", written: str = "", kind: str = "message") -> Contribution:
    return Contribution("c1", "talk", "t1", "linz", seat, kind, "Bread.", NOON, language, written=written)


def test_the_languages_of_a_table_are_those_that_somebody_there_reads_its_own_first() -> None:
    anna, ben, maya = seat("anna", "en"), seat("ben", "de"), seat("maya", "fr")
    assert languages(flow(), table(anna, ben)) == ("de", "en")
    assert languages(flow(), table(anna, ben, staff=(maya,))) == ("de", "en")
    assert languages(flow(3), table(anna, ben, staff=(maya,))) == ("de", "en", "fr")
    assert languages(flow(), table(anna, staff=(maya,))) == ("en", "fr")
    assert languages(flow(), table(anna, replace(ben, status="paused"))) == ("en",)
    assert languages(flow(), table(anna, seat("gil", "en-GB"))) == ("en",)
    assert languages(flow(common="require"), table(anna, ben)) == ()
    assert not mixed(flow(), table(anna))


def test_who_reads_the_language_or_wrote_the_words_reads_what_was_written() -> None:
    anna, ben, cleo = seat("anna", "en"), seat("ben", "de"), seat("cleo", "fr")
    here = table(anna, ben, cleo)
    assert reads_in(flow(), here, said(), ben) == "de"
    assert reads_in(flow(), here, said(), seat("gil", "en-GB")) == ""
    assert reads_in(flow(), here, said(), replace(anna, language="de")) == ""
    assert reads_in(flow(), here, said(written="de"), ben) == ""
    assert reads_in(flow(), here, said(written="de"), replace(ben, id="eve", language="en")) == "en"
    assert reads_in(flow(), here, said(), cleo) is None
    assert reads_in(flow(3), here, said(), cleo) == "fr"
    assert reads_in(flow(common="require"), here, said(), ben) == ""


def test_what_somebody_else_has_put_into_words_for_one_is_put_into_ones_language() -> None:
    anna = seat("anna", "en")
    here = table(anna, seat("ben", "de"))
    assert reads_in(flow(), here, said(written="de", kind="held"), anna) == "en"
    assert reads_in(flow(), here, said(kind="held"), anna) == ""
    assert reads_in(flow(), here, said(written="de"), anna) == ""


@pytest.mark.parametrize(
    ("state", "read", "notes"),
    [("machine", True, 1), ("reviewed", True, 1), ("questioned", True, 3), ("withdrawn", False, 1), ("held", False, 1)],
)
def test_the_label_says_what_a_translation_is(state: str, read: bool, notes: int) -> None:
    made = Translated("c1", "de", "Brot.", "libre", state)  # type: ignore[arg-type]  # one of its states
    assert readable(made) is read
    assert len(label(said(), made)) == notes
    assert not readable(None)


def test_a_table_is_told_at_first_what_cannot_be_translated() -> None:
    here = table(seat("anna", "en"), seat("ben", "de"))
    assert len(told_at_first(flow(), here, ())) == 1
    assert len(told_at_first(flow(), here, (("en", "de"),))) == 2
    assert len(told_at_first(flow(), here, (("en", "de"), ("de", "en")))) == 1
    assert told_at_first(flow(), table(seat("anna", "en")), ()) == ()


def test_who_changes_their_language_is_told_what_that_means_for_the_talk() -> None:
    here = table(seat("anna", "en"), seat("ben", "de"), seat("cleo", "en"))
    into, beyond = told_in(flow(), here, "cleo", "de"), told_in(flow(), here, "cleo", "fr")
    assert into is not None
    assert beyond is not None
    assert into != beyond
    assert told_in(flow(), table(seat("anna", "en"), seat("ben", "de")), "ben", "en") is None
    assert told_in(flow(common="require"), here, "cleo", "fr") is None


def test_as_it_was_written_no_word_is_translated() -> None:
    shown = message(block("1. ", Words("c1", own=True), kind="quote"), block("x"))
    assert as_written(shown) == message(block("1. ", Words("c1"), kind="quote"), block("x"))
