"""Nobody's words become markup or call anybody, on whichever platform they are read: 500 payloads in every place where words of
people stand, read again by a parser that is not ours."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from bot.core.message import Button, Message, Name, Words, block, message, t
from bot.core.names import clean_name
from bot.core.naming import check_name
from bot.core.rendered import Rendered, plain
from bot.core.retelling import told
from bot.core.state import Digest, DigestSentence
from bot.language.render import Reader, render
from bot.transports.matrix.writing import contents
from bot.transports.telegram.html import pieces
from bot.transports.telegram.posts import TEXT
from tests.support.payloads import PAYLOADS
from tests.support.room import CATALOGS

OURS = {
    "telegram": {"b", "i", "blockquote"},
    "matrix": {"h4", "p", "em", "blockquote", "ul", "li", "br", "strong", "details", "summary"},
}
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
HIDDEN = re.compile("[\\s\u200b-\u200f\u2060-\u206f\u202a-\u202e\ufeff\ufe0f\u00ad]+")


class Read(HTMLParser):
    """What an independent parser sees."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.odd: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.odd.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def parsed(html: str) -> Read:
    found = Read()
    found.feed(html)
    found.close()
    assert found.open == [], "every tag of ours is closed in the same message"
    return found


def read(said: Message, words: dict[str, str], names: dict[str, str], lang: str = "en") -> Rendered:
    return render(said, Reader(lang, "UTC"), words, names, CATALOGS)


def as_digest(payload: str) -> Rendered:
    sentences = (DigestSentence(("a",), 2, 1, True), DigestSentence(("b", "c"), 1, 0, False))
    digest = Digest("d", "digest", "t1", "graz", "de", "approved", sentences, 1, 4, NOON)
    return read(message(block(t("From another table"), kind="title"), *told(digest)), {"a": payload, "b": payload}, {})


def as_reply(payload: str) -> Rendered:
    said = message(Name("s"), block(Words("a"), kind="quote"), buttons=(Button(t("Hide"), "-hide:a:t"),))
    return read(said, {"a": payload}, {"s": "Anna"})


def as_translation(payload: str) -> Rendered:
    note = block(t("translated by machine ({engine}) from {language}", engine="pseudo", language="de"), kind="note")
    return read(message(block(Words("a@de"), kind="quote"), note), {"a@de": f"[{payload}]"}, {}, "de")


def below_what_it_answers(payload: str) -> Rendered:
    head = block(t("Answer to your sentence {number} (“{words}”):", number=3, words=Words("a")), kind="note")
    return read(message(head, block(Words("b"), kind="quote")), {"a": payload, "b": "Yes."}, {})


def folded(payload: str) -> Rendered:
    head = t("Original ({language})", language="de")
    return read(
        message(block(Words("a@en"), kind="quote"), block(head, "\n", Words("a"), kind="folded")),
        {"a": payload, "a@en": "x"},
        {},
    )


def as_name(payload: str) -> Rendered | None:
    """None where nobody may choose that name."""
    if check_name(payload) is not None:
        return None
    said = message(
        block(t("{name} writes:", name=Name("s")), kind="title"), t("Your name here is now {name}.", name=Name("s"))
    )
    return read(said, {}, {"s": clean_name(payload)})


def within_our_own_words(payload: str) -> Rendered:
    """Where what was typed is repeated to whoever typed it."""
    said = message(t("After /{name} I found “{found}”.", name="extend", found=payload), block(t("Note"), kind="item"))
    return read(said, {}, {})


def to_the_left(payload: str) -> Rendered:
    return read(message(block(Words("a"), kind="quote")), {"a": payload}, {}, "ar")


PLACES: Sequence[Callable[[str], Rendered | None]] = (
    as_digest, as_reply, below_what_it_answers, folded, as_translation, as_name, within_our_own_words, to_the_left,
)  # fmt: skip


QUOTED = (as_digest, as_reply, as_translation, folded, to_the_left)


def shown(place: Callable[[str], Rendered | None]) -> Iterator[tuple[str, Rendered]]:
    for payload in PAYLOADS:
        rendered = place(payload)
        if rendered is not None:
            yield payload, rendered


def test_there_are_enough_payloads_of_every_kind() -> None:
    assert len(PAYLOADS) >= 500
    for kind in ("<b", "&lt;", "tg://user", "@room", "@here", "matrix.to", "mxc://", "javascript:", "||", "<![CDATA[", "<svg",
                 "\u202e", "\x00", "\ud800", "```", "**"):  # fmt: skip
        assert sum(kind in payload for payload in PAYLOADS) >= 1, kind
    assert max(map(len, PAYLOADS)) >= 10_000


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_on_telegram_only_our_own_tags_remain(place: Callable[[str], Rendered | None]) -> None:
    number = 0
    for payload, rendered in shown(place):
        number += 1
        text = ""
        for piece in pieces(rendered):
            piece.encode()
            found = parsed(piece)
            assert set(found.tags) <= OURS["telegram"], payload[:80]
            assert (found.attributes, found.odd) == ([], []), payload[:80]
            text += found.text
            assert not re.search(r"(?<!\w)@[\w]", found.text), payload[:80]
        assert visible(text) == visible("".join(words for _, words in rendered.blocks), "• "), "no word is lost"
        assert not re.search(r"\b(tg|ton|tonsite)://", text, re.IGNORECASE), payload[:80]
        if place in QUOTED:
            assert not re.search(r"(?<![\w/])/(?=[a-z])", text), "nobody's words are a command"
    assert number >= (60 if place is as_name else 500)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_on_matrix_only_our_own_tags_remain_and_nobody_is_mentioned(place: Callable[[str], Rendered | None]) -> None:
    for payload, rendered in shown(place):
        for content in contents(rendered):
            json.dumps(content, ensure_ascii=False).encode()
            found = parsed(content["formatted_body"])
            assert set(found.tags) <= OURS["matrix"], payload[:80]
            assert (found.attributes, found.odd) == ([], []), payload[:80]
            assert content["m.mentions"] == {}
            for text in (content["body"], found.text):
                assert not re.search(r"@room\b", text, re.IGNORECASE), payload[:80]
                assert "\x00" not in text
                if place is not within_our_own_words:
                    assert not re.search(r"matrix\.to/#|\bmatrix:[ure]", text, re.IGNORECASE), (
                        "no link that names a person"
                    )


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_nothing_steers_a_terminal_or_turns_what_stands_beside_it(place: Callable[[str], Rendered | None]) -> None:
    for payload, rendered in shown(place):
        for kind, words in rendered.blocks:
            assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]", words), (kind, payload[:80])
            for line in words.split("\n"):
                assert line.count("\u2068") == line.count("\u2069"), "what is opened is closed in its line"
        plain(rendered)


def test_no_message_brings_a_preview_of_a_link() -> None:
    assert TEXT["link_preview_options"] == {"is_disabled": True}


def visible(text: str, *marks: str) -> str:
    """A text without what nobody sees, as it is where a platform takes no half characters."""
    for mark in marks:
        text = text.replace(mark, "")
    return HIDDEN.sub("", re.sub("[\ud800-\udfff\0]", "\ufffd", text)).replace("•", "")
