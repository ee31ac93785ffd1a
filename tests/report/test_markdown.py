"""Nobody's words become markup: a Markdown parser sees paragraphs of text in a quote, and nothing else."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.report.markdown import escaped, quoted
from bot.report.release import clean

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
PLAIN = {"blockquote_open", "blockquote_close", "paragraph_open", "paragraph_close", "inline", "text", "hardbreak"}
TRICKS = [
    "# Heading", "Heading\n===", "Heading\n---", "- item", "* item", "+ item", "1. one", "12) twelve", "> quote",
    "***", "    code", "\tcode", "```\ncode\n```", "~~~", "[link](http://evil)", "![picture](x)", "<b>bold</b>",
    "<script>", "http://evil", "https://evil", "www.evil.example", "me@evil.example", "mailto:me@evil",
    "[a]: http://evil", "a | b\n--|--\n1 | 2", "~~gone~~", "`code`", "*a* _b_ __c__", "&lt;b&gt; &#35;", "a  \nb",
    "back\\", "\\# no", "$x$", "[^1]", "<!-- gone -->", "a\n\n# b", "=", "-", "--", "1.", "\x0b# a", "\u2028# a",
    "<http://evil>", "[x][y]", "!", "- [ ] task", "a\r# b", "\ufeff# a",
]  # fmt: skip
wild = st.lists(st.sampled_from([*TRICKS, "\n", " ", "a", "\\"]), max_size=6).map("".join)


def kinds(markdown: str) -> set[str]:
    return {token.type for token in flat(PARSER.parse(markdown))}


def flat(tokens: list[Token]) -> list[Token]:
    return [each for token in tokens for each in (token, *flat(token.children or []))]


def seen(markdown: str) -> str:
    """What a reader sees, letter by letter."""
    return "".join(token.content for token in flat(PARSER.parse(markdown)) if token.type == "text")


def bare(words: str) -> str:
    return re.sub(r"\s", "", clean(words))


@pytest.mark.parametrize("trick", TRICKS)
def test_no_trick_works(trick: str) -> None:
    assert kinds(quoted(trick)) <= PLAIN
    assert kinds(escaped(trick.replace("\n", " "))) <= PLAIN


@settings(max_examples=300, deadline=None)
@given(wild | st.text(max_size=40))
@example("a\n\n\nb")
def test_words_are_seen_as_they_were_written_and_are_nothing_else(words: str) -> None:
    assert kinds(quoted(words)) <= PLAIN
    assert bare(seen(quoted(words))) == bare(words)


def test_a_quote_keeps_its_lines_and_never_ends_too_early() -> None:
    rendered = PARSER.render(quoted("one\ntwo\n\nthree") + "\n\n## Next")
    assert rendered.count("<p>") == 2
    assert rendered.count("<br") == 1
    assert rendered.index("three") < rendered.index("</blockquote>") < rendered.index("<h2>Next")


@pytest.mark.parametrize("link", ["http://evil", "https://evil", "ftp://evil", "mailto:me", "www.evil", "me@evil"])
def test_what_readers_turn_into_links_by_themselves_is_broken(link: str) -> None:
    assert not re.search(r"(?<!\\):(?=[/\w])|www\.|(?<!\\)@", escaped(link))
