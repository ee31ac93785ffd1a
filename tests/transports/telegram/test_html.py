"""Rendering: what people see is what was said, nothing becomes markup, no piece is too long for Telegram."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core.message import BlockKind
from bot.core.rendered import Rendered
from bot.transports.graphemes import within
from bot.transports.telegram.html import JOINER, LONGEST, MOST_ENTITIES, pieces, seen, units
from tests.support.botapi.entities import Entity, automatic, tidy
from tests.support.botapi.html import parse

KINDS: list[BlockKind] = ["text", "title", "item", "quote", "note", "folded"]
MADE = {"title": "bold", "quote": "blockquote", "note": "italic", "folded": "blockquote"}
FAMILY = "👩\u200d👩\u200d👧\u200d👦"
TEXTS = st.text(
    st.one_of(
        st.sampled_from('aZ. !?\n\t@#$/<>&";:é€'),
        st.sampled_from(
            ["\u0301", "\u200d", "\ufe0f", "\u2060", "🙂", "🏽", "🇫", "🇷", "각", "\u1161", "\u11a8", "\ud800"]
        ),
        st.characters(),
    ),
    max_size=120,
)
BLOCKS = st.lists(st.tuples(st.sampled_from(KINDS), TEXTS), max_size=8).map(tuple)


def said(kind: BlockKind, text: str) -> Rendered:
    return Rendered(((kind, text),))


def read(piece: str) -> tuple[str, list[Entity]]:
    """A piece as the strict parser sees it."""
    return parse(piece)


def test_each_kind_of_block_has_its_look() -> None:
    message = Rendered(
        (("title", "Vote"), ("text", "More trains?"), ("item", "a"), ("item", "b"), ("quote", "yes"), ("note", "2 min"))
    )
    assert pieces(message) == [
        "<b>Vote</b>\nMore trains?\n\n• a\n• b\n<blockquote>yes</blockquote>\n<i>2 min</i>",
    ]


def test_nobodys_words_are_markup() -> None:
    assert pieces(said("text", "<b>x</b> & <a href='y'>")) == ["&lt;b&gt;x&lt;/b&gt; &amp; &lt;a href='y'&gt;"]
    text, entities = read(pieces(said("quote", "</blockquote><i>&lt;"))[0])
    assert (text.replace(JOINER, ""), [e.type for e in entities]) == ("</blockquote><i>&lt;", ["blockquote"])


@pytest.mark.parametrize("sign", ["@durov", "#vote", "$TON", "(@durov)", "a @durov", "-#vote"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_mention_and_no_hashtag_arises(kind: BlockKind, sign: str) -> None:
    (piece,) = pieces(said(kind, sign))
    text, _ = read(piece)
    assert automatic(text, []) == []
    assert text.replace(JOINER, "").endswith(sign)


def test_our_own_commands_can_be_touched_and_those_in_a_quotation_cannot() -> None:
    for kind in ("text", "note", "item", "title"):
        text, _ = read(pieces(said(kind, "Also: /leave."))[0])  # type: ignore[arg-type] # one of the kinds
        assert [e.type for e in automatic(text, [])] == ["bot_command"]
    text, _ = read(pieces(said("quote", "/leave (/leave) a/b 1/2 tg://user?id=1 ton://x"))[0])
    assert automatic(text, []) == []


def test_addresses_stay_as_they_are() -> None:
    for kind in KINDS:
        text, _ = read(pieces(said(kind, "claire@example.org, https://example.org/a?b=c"))[0])
        assert [e.type for e in automatic(text, [])] == ["email", "url"]


def test_what_has_nothing_to_see_is_no_message() -> None:
    for nothing in ("", " \n\t ", "\u2060\u200b"):
        assert pieces(said("text", nothing)) == []
    assert pieces(Rendered((("title", ""), ("text", "x"), ("note", " ")))) == ["x"]


def test_a_text_is_counted_in_utf_16() -> None:
    assert [units(t) for t in ("abc", "é", "🙂", FAMILY)] == [3, 1, 2, 11]
    assert len(pieces(said("text", "🙂" * (LONGEST // 2)))) == 1
    assert len(pieces(said("text", "🙂" * (LONGEST // 2) + "a"))) == 2


def test_cuts_lie_at_the_widest_border() -> None:
    def cut(*blocks: tuple[BlockKind, str]) -> list[str]:
        return [re.sub("<.*?>", "", piece).strip() for piece in pieces(Rendered(blocks), 60)]

    assert cut(("text", "a" * 40), ("text", "b b. " * 8)) == ["a" * 40, ("b b. " * 8).strip()]
    assert cut(("text", "One two. " * 5 + "\n" + "Three four. " * 3))[0] == ("One two. " * 5).strip()
    assert cut(("text", "One two three four five. Six seven eight nine. Ten eleven twelve."))[0].endswith("nine.")
    assert cut(("text", "one two three four " * 5))[0].endswith(("one", "two", "three", "four"))
    assert cut(("text", "x" * 70)) == ["x" * 60, "x" * 10]
    assert cut(("quote", "One two. " * 9)) == ["One two. " * 5 + "One two.", "One two. One two. One two."]


def test_a_cut_gives_no_sign_a_place_to_act() -> None:
    for place in range(50, 61):
        words = "x" * place + "/leave" + "y" * 60
        for piece in pieces(said("quote", words), 60):
            assert [e.type for e in automatic(read(piece)[0], [])] == []


def test_half_characters_are_made_whole() -> None:
    assert pieces(said("text", "a\ud83d")) == ["a\ufffd"]


def test_a_character_longer_than_a_piece_is_cut_all_the_same() -> None:
    made = pieces(said("text", "e" + "\u0301" * 300), 100)
    assert "".join(made) == "e" + "\u0301" * 300
    assert [units(piece) for piece in made] == [100, 100, 100, 1]


def test_there_are_never_more_entities_than_allowed() -> None:
    many: tuple[tuple[BlockKind, str], ...] = tuple(("note", f"n{i}") for i in range(250))
    counts = [len(read(piece)[1]) for piece in pieces(Rendered(many))]
    assert counts == [MOST_ENTITIES, MOST_ENTITIES, 50]
    long = ("quote", "x" * (LONGEST + 9))
    counts = [len(read(piece)[1]) for piece in pieces(Rendered((long, *many)))]
    assert max(counts) == MOST_ENTITIES


@settings(max_examples=300, deadline=None)
@given(BLOCKS, st.sampled_from([20, 37, 64]))
@example((("quote", FAMILY * 9),), 20)
@example((("quote", "🇫🇷🇩🇪" * 9),), 37)
@example((("text", " " * 50 + "a"),), 20)
@example((("text", "$\x1fA"),), 20)
def test_nothing_is_lost_and_nothing_is_torn(blocks: tuple[tuple[BlockKind, str], ...], longest: int) -> None:
    message = Rendered(blocks)
    made = [read(piece) for piece in pieces(message, longest)]
    whole = "".join(text for text, _ in made).replace(JOINER, "")
    assert _without_space(whole) == _without_space(seen(message))
    for text, entities in made:
        assert 0 < units(text) <= longest
        assert {e.type for e in entities} <= set(MADE.values())
        told, found = tidy(text, entities)
        assert told
        assert not {"mention", "hashtag", "cashtag"} & {e.type for e in found}
    for (text, _), (after, _) in pairwise(made):
        torn = within(text + after, len(text))
        assert not torn or max(map(units, _clusters(text + after))) > longest // 2


@settings(max_examples=100, deadline=None)
@given(BLOCKS)
def test_a_message_that_fits_is_one_piece_with_every_mark(blocks: tuple[tuple[BlockKind, str], ...]) -> None:
    made = pieces(Rendered(blocks))
    shown = [kind for kind, words in blocks if _shows(words)]
    assert len(made) == bool(shown)
    marks = [e.type for piece in made for e in read(piece)[1]]
    assert marks == [MADE[kind] for kind in shown if kind in MADE]


def _shows(words: str) -> bool:
    return any(not c.isspace() and unicodedata.category(c) not in ("Cf", "Cc") for c in words)


def _without_space(text: str) -> str:
    return "".join(c for c in text if _shows(c))


def _clusters(text: str) -> list[str]:
    cuts = [0, *(at for at in range(1, len(text)) if not within(text, at)), len(text)]
    return [text[a:b] for a, b in pairwise(cuts)]
