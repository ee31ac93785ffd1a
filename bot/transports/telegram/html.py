"""From blocks of text to Telegram's HTML, in pieces that Telegram takes.

Invariants:

* Every string is text: escaped, and in what people wrote nothing becomes a mention, a hashtag or a command. An invisible
  character (U+2060) behind the sign sees to that; what is seen stays as it was written.
* A piece has at most `longest` UTF-16 units and `MOST_ENTITIES` entities once its markup is read. Pieces are cut at the
  widest border there is (block, paragraph, sentence, word), never within a character that is made of several code points,
  and all pieces together are the whole text.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from bot.core.message import BlockKind
from bot.core.rendered import Rendered
from bot.transports.graphemes import within

LONGEST = 4096
"""UTF-16 units of a message."""

LONGEST_CAPTION = 1024
"""UTF-16 units of a caption."""

MOST_ENTITIES = 100

JOINER = "\u2060"
"""Word joiner: no width, and no letter to Telegram."""

_TAGS: dict[BlockKind, str] = {"title": "b", "quote": "blockquote", "note": "i", "folded": "blockquote"}
_BULLET = "• "
_SIGNS = re.compile(r"(?<!\w)([@#](?=[\w·\u200c])|\$(?=[A-Z0-9]))")
_COMMANDS = re.compile(r"(?<![\w/])/(?=\w)")
_SCHEMES = re.compile(r"\b(tg|ton|tonsite):(?=//)", re.IGNORECASE)
_SURROGATES = re.compile("[\ud800-\udfff]")
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f]")
"""Telegram drops these by itself, and reads what then stands side by side."""
_PARAGRAPH = re.compile(r"\n+")
_SENTENCE = re.compile(r"[.!?…:。！？؟][)\]»”’\"']*\s+")
_WORD = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class _Span:
    """A stretch of the text under one tag."""

    start: int
    end: int
    tag: str


@dataclass(frozen=True, slots=True)
class _Page:
    """The whole text, where its blocks begin, and what is marked in it."""

    text: str
    blocks: tuple[int, ...]
    spans: tuple[_Span, ...]


def units(text: str) -> int:
    """The length of a text as Telegram counts it, in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def pieces(message: Rendered, longest: int = LONGEST) -> list[str]:
    """The text of a message as HTML, in as few pieces as it takes. No piece is empty; without any text there is none."""
    page = _page(message)
    cuts = _cuts(page, longest)
    return [_markup(page, start, end) for start, end in pairwise(cuts) if _visible(page.text[start:end])]


def seen(message: Rendered) -> str:
    """The text of a message as people see it, without markup."""
    return _page(message).text.replace(JOINER, "")


def _page(message: Rendered) -> _Page:
    text, before = "", ""
    blocks: list[int] = []
    spans: list[_Span] = []
    for kind, words in message.blocks:
        words = _harmless(words, kind)
        if not _visible(words):
            continue
        if text:
            close = before == kind == "item" or before == "title" or {"quote", "folded"} & {before, kind}
            text += "\n" if close else "\n\n"
        blocks.append(len(text))
        text += _BULLET + words if kind == "item" else words
        if kind in _TAGS:
            spans.append(_Span(blocks[-1], len(text), _TAGS[kind]))
        before = kind
    return _Page(text, tuple(blocks), tuple(spans))


def _harmless(words: str, kind: BlockKind) -> str:
    """Nothing that Telegram would read as a mention, a hashtag, a link to an account or, in a quote, as a command."""
    words = _SIGNS.sub(rf"\1{JOINER}", _UNSEEN.sub("", _SURROGATES.sub("\ufffd", words)))
    words = _SCHEMES.sub(rf"\1:{JOINER}", words)
    return _COMMANDS.sub(f"/{JOINER}", words) if kind in ("quote", "folded") else words


def _visible(text: str) -> bool:
    """Whether there is anything to see; Telegram refuses a message without."""
    return any(not c.isspace() and unicodedata.category(c) not in ("Cf", "Cc") for c in text)


def _markup(page: _Page, start: int, end: int) -> str:
    """A part of the page with its tags."""
    out: list[str] = []
    at = start
    for span in page.spans:
        first, last = max(span.start, start), min(span.end, end)
        if first >= last:
            continue
        out += (_escape(page.text[at:first]), f"<{span.tag}>", _escape(page.text[first:last]), f"</{span.tag}>")
        at = last
    out.append(_escape(page.text[at:end]))
    return "".join(out)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _cuts(page: _Page, longest: int) -> list[int]:
    """Where pieces begin and end: 0, every cut, and the length of the text."""
    cuts = [0]
    while (start := cuts[-1]) < len(page.text):
        end = _reach(page, start, longest)
        cuts.append(end if end == len(page.text) else _border(page, start, end))
    return cuts


def _reach(page: _Page, start: int, longest: int) -> int:
    """How far a piece may go at most."""
    end = min(len(page.text), start + longest)
    over = units(page.text[start:end]) - longest
    while over > 0:
        end -= 1
        over -= 2 if page.text[end] > "\uffff" else 1
    marked = [span.start for span in page.spans if span.end > start]
    return min(end, marked[MOST_ENTITIES]) if len(marked) > MOST_ENTITIES else end


def _border(page: _Page, start: int, end: int) -> int:
    """The best place to cut, not behind `end`. A wider border is taken where the piece is at least half full with it."""
    half = start + (end - start) // 2
    found = max((b for b in page.blocks if half <= b <= end), default=0)
    for border in (_PARAGRAPH, _SENTENCE, _WORD):
        found = found or max((m.end() for m in border.finditer(page.text, half, end)), default=0)
    if found:
        return found
    return next((at for at in range(end, start, -1) if not _within(page.text, at)), end)


def _within(text: str, at: int) -> bool:
    """Whether a cut before `text[at]` would tear a character, or give a sign a place where it makes something."""
    return text[at] == JOINER or text[at] in "/@#$" or within(text, at)
