"""Messages as contents of events: pieces that fit, words that stay words."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.message import BlockKind
from bot.core.rendered import Choice, Rendered
from bot.transports.matrix import writing
from bot.transports.matrix.writing import contents, replacing, size

KINDS: tuple[BlockKind, ...] = ("title", "text", "item", "quote", "note", "folded")
OURS = {"h4", "p", "ul", "li", "blockquote", "em", "strong", "br", "details", "summary"}


class Judge(HTMLParser):
    """An independent reader of HTML: the tags it meets, and the text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.open: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag + (" with attributes" if attrs else ""))
        if tag == "br":
            self.text += "\n"
        else:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


PAYLOADS = [
    "<b>bold</b>",
    "<script>alert(1)</script>",
    '<a href="https://matrix.to/#/@anna:x">Anna</a>',
    "&lt;i&gt;",
    "\"><img src='mxc://x/1' onerror=alert(1)>",
    "<!-- -->",
    "<mx-reply>x</mx-reply>",
    "]]>&amp;<",
]


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("kind", KINDS)
def test_no_words_become_markup(payload: str, kind: BlockKind) -> None:
    made = contents(Rendered(((kind, payload),), (Choice(payload, "p"),)))[0]
    judge = Judge(made["formatted_body"])
    assert judge.tags <= OURS
    assert judge.open == []
    assert judge.text.replace("\u2060", "").count(payload) == 2


def test_nobody_is_called() -> None:
    made = contents(Rendered((("quote", "@room and @Room, but not @roommate"),), (Choice("@room", "p"),)))[0]
    assert made["m.mentions"] == {}
    assert made["body"] == "> @\u2060room and @\u2060Room, but not @roommate\n\n1 @\u2060room"
    assert "@room " not in made["formatted_body"]


def test_buttons_stand_in_a_row_or_below_each_other() -> None:
    short = contents(Rendered((("text", "?"),), (Choice("Yes", "a"), Choice("No", "b"))))[0]
    assert short["body"] == "?\n\n1 Yes · 2 No"
    long = contents(Rendered((("text", "?"),), (Choice("Yes " * 9, "a"), Choice("No " * 12, "b"))))[0]
    assert long["body"] == f"?\n\n1 {'Yes ' * 9}\n2 {'No ' * 12}"


def test_a_mark_is_set_off_where_an_option_begins_with_a_digit() -> None:
    ages = (Choice("16–30", "a"), Choice("over 30", "b", chosen=True))
    made = contents(Rendered((("text", "?"),), ages))[0]
    assert made["body"] == "?\n\n1) 16–30 · 2) ✓ over 30"
    assert "<strong>1)</strong> 16–30 · <strong>2)</strong> ✓ over 30" in made["formatted_body"]


def test_the_items_of_a_list_stand_together_in_plain_text() -> None:
    blocks = (("text", "Result"), ("item", "Yes"), ("item", "No"), ("text", "Next"), ("item", "A"))
    assert contents(Rendered(blocks))[0]["body"] == "Result\n\n• Yes\n• No\n\nNext\n\n• A"


def test_plain_text_keeps_lines_within_their_block() -> None:
    made = contents(Rendered((("item", "a\nb"), ("quote", "c\nd"), ("text", "e\nf"))))[0]
    assert made["body"] == "• a\n  b\n\n> c\n> d\n\ne\nf"


def test_a_change_shows_a_line_to_those_who_see_no_changes() -> None:
    new = contents(Rendered((("text", "first line\nsecond"),), answers="$a"))[0]
    made = replacing(new, "$old")
    assert made["body"] == "* first line"
    assert made["m.relates_to"] == {"rel_type": "m.replace", "event_id": "$old"}
    assert made["m.new_content"] == {k: v for k, v in new.items() if k != "m.relates_to"}
    assert made["m.mentions"] == made["m.new_content"]["m.mentions"] == {}


_TEXT = st.text(
    alphabet=st.sampled_from("aé ß\n.!?…<&>\"'@rom👍🏽👩‍👧🇫🇷e\u0301한") | st.characters(exclude_categories=["Cs"]),
    max_size=400,
)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(KINDS), _TEXT), max_size=6), st.integers(700, 3000))
def test_pieces_fit_and_are_the_whole_text(blocks: list[tuple[BlockKind, str]], most: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "MOST", most)
        made = contents(Rendered(tuple(blocks), (Choice("Yes", "a"),)))
    assert all(size(each) <= most for each in made)
    whole = "".join(Judge(each["formatted_body"]).text for each in made)
    words = "".join(writing.harmless(text) for _, text in blocks if text.strip())
    assert "".join(whole.split()) == "".join((words + "1 Yes").split())


def test_a_long_paragraph_is_cut_behind_a_sentence() -> None:
    sentence = "This is one of many sentences. "
    made = contents(Rendered((("text", sentence * 2000),)))
    assert len(made) > 2
    assert all(each["body"].endswith("sentences. ") for each in made)


def test_a_flag_is_not_torn() -> None:
    flag = "🇫🇷"
    made = contents(Rendered((("text", flag * 3000),)))
    assert len(made) > 1
    assert all(len(each["body"]) % 2 == 0 for each in made)


def test_folded_words_open_at_a_tap_and_stand_below_their_heading_where_nothing_folds() -> None:
    (made,) = contents(Rendered((("quote", "Das Brot"), ("folded", "Original (English)\nThe <b>bread</b>\nis dear"))))
    html = (
        "<details><summary>Original (English)</summary><blockquote>The &lt;b&gt;bread&lt;/b&gt;<br>is dear</blockquote>"
    )
    assert html in made["formatted_body"]
    assert made["body"] == "> Das Brot\n\nOriginal (English):\n> The <b>bread</b>\n> is dear"


def test_what_does_not_fit_folded_goes_on_as_a_quote() -> None:
    words = "word " * 6000
    made = contents(Rendered((("folded", f"Original (English)\n{words}"),)))
    assert len(made) > 1
    assert [piece["formatted_body"].count("<details>") for piece in made] == [1] + [0] * (len(made) - 1)
    assert sum(piece["body"].count("word") for piece in made) == 6000
