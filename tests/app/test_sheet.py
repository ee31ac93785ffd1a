"""The sheet to print: sound HTML that loads nothing, in each person's language, with nothing of anybody's as markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
import segno

from bot.app.folder import ON_A_PAGE, write_invites
from bot.app.links import links, written
from bot.app.sheet import Card, page
from bot.core.flow import Flow
from bot.language.flowfiles import unbundle
from tests.support.evening import EVENING
from tests.support.room import CATALOGS, bundled

EVIL = '<script>alert("1")</script>'
TOML = EVENING.replace(
    "[mandate]\n", '[mandate]\ncontact = { en = "Claire & Co, 03 00", de = "Klara, 03 00" }\n'
).replace('en = "The square"', f"en = '{EVIL}'")
CODE = "AAAQ-EAYE-AUDA-OCAJ-BIFQ-YDIO-B4"
TELEGRAM, MATRIX = {"telegram:main": "square_bot"}, {"matrix:main": "@square:town.example"}
UNTIL = datetime(2027, 3, 30, 12, tzinfo=UTC)
CARD = Card("A-17", "linz", "de", CODE, links(TELEGRAM, CODE), UNTIL, written(TELEGRAM, CODE))
VOID = {"meta", "wbr", "path", "br"}


class Strict(HTMLParser):
    """Every tag that opens closes, in order; what it may load from elsewhere is noted, and the text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)


@pytest.fixture
def flow() -> Flow:
    return unbundle(bundled(TOML))


def read(flow: Flow, *cards: Card) -> Strict:
    parser = Strict()
    parser.feed(page(flow, cards, CATALOGS))
    parser.close()
    assert parser.open == []
    return parser


def words(flow: Flow, card: Card) -> str:
    return " ".join(" ".join(read(flow, card).words).split())


def test_a_card_says_what_this_is_how_to_come_in_and_whom_to_call(flow: Flow) -> None:
    said = words(flow, replace(CARD, language="en"))
    for told in (
        "A-17", EVIL, "The town invites you to take part, and would like to know: What shall become of the square?",
        "Hold the camera of your phone over the square.", "Telegram opens. Press Start there",
        "look for @square_bot in Telegram", f"/join {CODE}", "for you alone. It works once, until Tuesday, 30 March 2027.",
        "Claire & Co, 03 00",
    ):  # fmt: skip
        assert told in said
    assert "Die Stadt" in words(flow, CARD)
    assert "30. März 2027" in words(flow, CARD)


def test_a_card_for_matrix_says_what_to_write_where(flow: Flow) -> None:
    card = replace(CARD, language="en", links=links(MATRIX, CODE), written=written(MATRIX, CODE))
    said = words(flow, card)
    for told in (
        "Hold the camera of your phone over the square.",
        "For Matrix: open the link with your app, such as Element, start a chat with @square:town.example, and write",
        "look for @square:town.example in Matrix, and write this there:", f"!join {CODE}",
        "https://matrix.to/#/@square:town.example",
    ):  # fmt: skip
        assert told in said
    assert "Start there" not in said
    assert "/join" not in said
    followed = [attrs["href"] for tag, attrs in read(flow, card).tags if tag == "a"]
    assert followed == ["https://matrix.to/#/@square:town.example"]


def test_a_card_for_both_platforms_says_which_square_is_which(flow: Flow) -> None:
    both = TELEGRAM | MATRIX
    card = replace(CARD, language="en", links=links(both, CODE), written=written(both, CODE))
    said = words(flow, card)
    for told in (
        "Choose the app in which you want to take part, and hold the camera of your phone over its square.",
        "Telegram opens. Press Start there", "For Matrix: open the link", "start a chat with @square:town.example, and",
        "look for @square:town.example and @square_bot in Matrix and Telegram", f"!join {CODE}",
        "Matrix https://matrix.to", "Telegram https://t.me",
    ):  # fmt: skip
        assert told in said
    assert {tag for tag, _ in read(flow, card).tags if tag == "strong"} == {"strong"}


def test_a_card_for_another_phone_and_one_for_everybody_say_so(flow: Flow) -> None:
    english = replace(CARD, language="en")
    assert "moves your seat to the phone" in words(flow, replace(english, moves=True))
    everybody = words(flow, replace(english, ref=""))
    assert "Anybody who reads this may take part." in everybody
    assert "alone" not in everybody


def test_without_an_account_there_is_no_square_but_the_code(flow: Flow) -> None:
    found = read(flow, replace(CARD, links=(), language="en"))
    assert "svg" not in [tag for tag, _ in found.tags]
    said = "".join(found.words)
    assert "The organisers tell you where to find the chat with Pnyx." in said
    assert f"/join {CODE}" in said
    assert "camera" not in said


def test_the_page_loads_nothing_and_runs_nothing(flow: Flow) -> None:
    found = read(flow, CARD, replace(CARD, ref=EVIL, language="en"))
    assert {tag for tag, _ in found.tags} <= {
        "html", "head", "meta", "title", "style", "body", "main", "section", "header", "h1", "p", "div", "figure", "svg",
        "path", "a", "wbr", "ol", "li", "code", "footer",
    }  # fmt: skip
    followed = [attrs["href"] for tag, attrs in found.tags if tag == "a"]
    assert followed == [CARD.links[0].url] * 2
    assert not [attrs for _, attrs in found.tags if {"src", "onload", "style"} & set(attrs)]
    policies = [attrs["content"] for tag, attrs in found.tags if attrs.get("http-equiv")]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_the_square_is_the_link(flow: Flow) -> None:
    """The path that is drawn is that of the link's own code, with the quiet margin that cameras need."""
    drawn = [attrs["d"] or "" for tag, attrs in read(flow, CARD).tags if tag == "path"]
    code = segno.make(CARD.links[0].url, micro=False, error="m")
    assert drawn
    assert drawn[0] in code.svg_inline(border=4)
    assert code.error == "M"
    other = segno.make(CARD.links[0].url + "X", micro=False, error="m")
    assert drawn[0] not in other.svg_inline(border=4)


@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("fa", "rtl"), ("de", "ltr"), ("xx", "ltr")])
def test_a_card_reads_in_the_direction_of_its_language(flow: Flow, language: str, direction: str) -> None:
    found = read(flow, replace(CARD, language=language))
    assert [attrs["dir"] for tag, attrs in found.tags if tag == "section"] == [direction]


def test_many_cards_are_parted_into_several_files(flow: Flow, tmp_path) -> None:  # type: ignore[no-untyped-def]
    many: Sequence[Card] = [replace(CARD, ref=f"P{n}") for n in range(ON_A_PAGE + 1)]
    files = write_invites(tmp_path / "out", flow, many, [], None, CATALOGS)
    assert [file.name for file in files] == ["invites-1.html", "invites-2.html"]
    assert [file.read_text().count('<section class="card"') for file in files] == [ON_A_PAGE, 1]
    again = write_invites(tmp_path / "out", flow, many[:1], [], None, CATALOGS)
    assert [file.name for file in (tmp_path / "out").iterdir()] == [again[0].name] == ["invites.html"]
