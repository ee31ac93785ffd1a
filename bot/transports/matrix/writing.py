"""From blocks of text to the content of Matrix events, in pieces that every homeserver takes.

Invariants:

* Every string is text: escaped in the HTML, and nobody is called by it: `m.mentions` is always there and empty, and an invisible
  character (U+2060) stands in `@room` for programs that look for that word, and, in what somebody wrote, in links that programs
  show as a person or a room.
* The content of a piece has at most `MOST` bytes as JSON, words in both forms included. Pieces are cut at the widest border there
  is (block, paragraph, sentence, word), never within a character that is made of several code points, and all pieces together
  are the whole text.
* A message for which no phone shall ring is an `m.notice`, any other an `m.text`: the standard push rules are silent for notices,
  so a bot whose votes and last calls were notices would call nobody.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from bot.core.message import BlockKind
from bot.core.rendered import BUTTON_ROW, Rendered, marks
from bot.transports.graphemes import within

MOST = 16_384
"""Bytes of a content. A homeserver takes 65,536 for the whole event; encryption adds a third."""

FORMAT = "org.matrix.custom.html"
JOINER = "\u2060"

Block = tuple[BlockKind, str]
Page = tuple[Block, ...]
Content = dict[str, Any]

_ROOM = re.compile(r"@(?=room\b)", re.IGNORECASE)
_PERMALINK = re.compile(r"(matrix\.to/|\bmatrix:(?=[ure]))", re.IGNORECASE)
_UNFIT = re.compile("[\ud800-\udfff\0]")
_BORDERS = (re.compile(r"\n+"), re.compile(r"[.!?…:。！？؟][)\]»”’\"']*\s+"), re.compile(r"\s+"))


def contents(message: Rendered) -> list[Content]:
    """The contents of the events that carry this message, at least one."""
    kind = "m.notice" if message.silent else "m.text"
    buttons = numbered(message)
    blocks = [(block, harmless(text, block)) for block, text in message.blocks]

    def fits(page: Page) -> bool:
        return size(content(kind, page, buttons)) <= MOST

    pages = paged(blocks, fits)
    last = len(pages) - 1
    made = [content(kind, page, buttons if at == last else ()) for at, page in enumerate(pages)]
    if message.answers:
        made[0]["m.relates_to"] = {"m.in_reply_to": {"event_id": message.answers.partition(",")[0]}}
    return made


def content(kind: str, page: Page, buttons: Sequence[str]) -> Content:
    """The content of one event."""
    return {
        "msgtype": kind,
        "body": plain(page, buttons),
        "format": FORMAT,
        "formatted_body": markup(page, buttons),
        "m.mentions": {},
    }


def replacing(new: Content, event: str) -> Content:
    """The content of an event that changes an earlier one. Programs that know no edits show a line of it."""
    kept = {name: value for name, value in new.items() if name != "m.relates_to"}
    line = new["body"].partition("\n")[0]
    return {
        "msgtype": new["msgtype"],
        "body": f"* {line[:200]}",
        "m.mentions": {},
        "m.new_content": kept,
        "m.relates_to": {"rel_type": "m.replace", "event_id": event},
    }


def size(made: Content) -> int:
    """The bytes of a content as the homeserver counts them."""
    return len(json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode())


def harmless(text: str, kind: BlockKind = "text") -> str:
    """The text without what a homeserver refuses, and with nothing in it that calls a whole room, or, wherever somebody's words
    may stand, that programs turn into a person. Our own links to rooms stand in plain paragraphs."""
    text = _ROOM.sub(f"@{JOINER}", _UNFIT.sub("\ufffd", text))
    return text if kind == "text" else _PERMALINK.sub(rf"\1{JOINER}", text)


def numbered(message: Rendered) -> tuple[str, ...]:
    """Buttons as people read them, with the marks that choose them: "1 Yes", "2 ✓ No". Where a label begins with a digit all
    marks are set off: "1) 16–30", lest two numbers be read as one."""
    off = ")" if any(b.label.lstrip()[:1].isdigit() for b in message.buttons) else ""
    shown = zip(marks(message), message.buttons, strict=True)
    return tuple(f"{mark}{off} {'✓ ' if b.chosen else ''}{harmless(b.label)}" for mark, b in shown)


def paged(blocks: Sequence[Block], fits: Callable[[Page], bool]) -> list[Page]:
    """The blocks on as few pages as it takes; a block that is too long for a page is cut."""
    pages: list[Page] = []
    page: list[Block] = []
    waiting = [block for block in blocks if block[1].strip()]
    while waiting:
        kind, text = waiting.pop(0)
        if fits((*page, (kind, text))):
            page.append((kind, text))
        elif page:
            pages.append(tuple(page))
            page = []
            waiting.insert(0, (kind, text))
        else:
            cut = _cut(text, lambda n, kind=kind, text=text: fits(((kind, text[:n]),)))  # type: ignore[misc]
            pages.append(((kind, text[:cut]),))
            if text[cut:].strip():
                waiting.insert(0, ("quote" if kind == "folded" else kind, text[cut:]))
    return [*pages, tuple(page)] if page or not pages else pages


def _cut(text: str, fits: Callable[[int], bool]) -> int:
    """Where to cut a text: the longest beginning that fits, back to the widest border in its second half."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    for border in _BORDERS:
        found = max((m.end() for m in border.finditer(text, low // 2, low)), default=0)
        if found:
            return found
    return next((at for at in range(low, 0, -1) if not within(text, at)), low)


def plain(page: Page, buttons: Sequence[str]) -> str:
    """The text for programs that show no HTML, and for the screens of locked phones."""
    out, before = "", ""
    for kind, text in page:
        between = "" if not out else "\n" if kind == before == "item" else "\n\n"
        out, before = f"{out}{between}{_plain(kind, text)}", kind
    if buttons:
        row = " · ".join(buttons)
        out += ("\n\n" if out else "") + (row if len(row) <= BUTTON_ROW else "\n".join(buttons))
    return out


def _plain(kind: BlockKind, text: str) -> str:
    match kind:
        case "item":
            return "• " + text.replace("\n", "\n  ")
        case "quote":
            return "> " + text.replace("\n", "\n> ")
        case "folded":
            head, _, words = text.partition("\n")
            return f"{head}:\n{_plain('quote', words)}"
        case _:
            return text


def markup(page: Page, buttons: Sequence[str]) -> str:
    """The text as HTML, with the few tags that every program shows."""
    out: list[str] = []
    for kind, text in page:
        safe = html.escape(text, quote=True).replace("\n", "<br>")
        match kind:
            case "title":
                out.append(f"<h4>{safe}</h4>")
            case "item" if out and out[-1].endswith("</ul>"):
                out[-1] = f"{out[-1].removesuffix('</ul>')}<li>{safe}</li></ul>"
            case "item":
                out.append(f"<ul><li>{safe}</li></ul>")
            case "quote":
                out.append(f"<blockquote>{safe}</blockquote>")
            case "folded":
                head, _, words = safe.partition("<br>")
                out.append(f"<details><summary>{head}</summary><blockquote>{words}</blockquote></details>")
            case "note":
                out.append(f"<p><em>{safe}</em></p>")
            case "text":
                out.append(f"<p>{safe}</p>")
    if buttons:
        between = " · " if len(" · ".join(buttons)) <= BUTTON_ROW else "<br>"
        out.append(f"<p>{between.join(_choice(button) for button in buttons)}</p>")
    return "".join(out)


def _choice(button: str) -> str:
    number, _, label = button.partition(" ")
    return f"<strong>{number}</strong> {html.escape(label, quote=True)}"
