"""A message in one reader's language, still free of any platform.

The language layer makes a `Rendered` out of a `Message`; the transports turn it into Telegram HTML, Matrix HTML or,
with `plain`, into text for a terminal. Every string in it is text to be escaped, never markup.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from bot.core.message import BlockKind

LETTERS = "abcdefghijklmnopqrstuvwxyz"

_AROUND = ".!)]# \ufe0f\u20e3"  # the last two make a key with a number on it
_BETWEEN = re.compile(r"\s*[,;+&،、，]\s*|\s+")

BUTTON_ROW = 72
"""Buttons stand side by side in plain text while their row is at most this many characters long."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A button as the reader sees it. `press` comes back when it is pressed, `chosen` marks the reader's own choice."""

    label: str
    press: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message. `ref` is the platform's name for it where the account knows it already, else `data`
    holds its bytes. `kind` is `photo`, `voice`, `audio`, `video`, `document`, `sticker`, `animation`, `video_note` or
    `location`, `id` names its content."""

    kind: str
    id: str
    name: str = ""
    mime: str = ""
    ref: str = ""
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """Blocks of text with their kinds, and buttons. `step` and `expects` as in the `Message` it was made from.

    `answers` is the remote id of the message in the same chat that it replies to, `silent` says that no phone rings."""

    blocks: tuple[tuple[BlockKind, str], ...]
    buttons: tuple[Choice, ...] = ()
    step: str = ""
    expects: Literal["", "text", "number"] = ""
    attachment: Attachment | None = None
    answers: str = ""
    silent: bool = False


def marks(rendered: Rendered) -> tuple[str, ...]:
    """What stands before each choice where there are no buttons to press: numbers, or letters where a number would be the answer
    itself."""
    number = len(rendered.buttons)
    return tuple(LETTERS[:number]) if rendered.expects == "number" else tuple(str(n) for n in range(1, number + 1))


def place_of(text: str, *, lettered: bool) -> int | None:
    """Which choice a mark names that was typed, counted from 0: "2", "2.", "[2]", "(b)" or the digits of another script; None
    where it is no mark. Whether there are so many is for the caller to see."""
    said = text.strip().lstrip("([").rstrip(_AROUND).casefold()
    if lettered:
        return LETTERS.index(said) if len(said) == 1 and said in LETTERS else None
    return int(said) - 1 if said.isdecimal() and len(said) < 3 and int(said) else None


def places_of(text: str, *, lettered: bool) -> tuple[int, ...]:
    """Which choices the marks name that were typed, "1 3", "1, 3" or "(a) + (c)", each once and counted from 0; none where there
    is anything but marks."""
    places = [place_of(mark, lettered=lettered) for mark in _BETWEEN.split(text.strip())]
    return tuple(dict.fromkeys(p for p in places if p is not None)) if None not in places else ()


def plain(rendered: Rendered) -> str:
    """The message as text for a terminal: a file by its name, quotes set in and in quotation marks, buttons numbered from 1."""
    lines = [attached(rendered.attachment)] if rendered.attachment is not None else []
    lines += [_block(kind, text) for kind, text in rendered.blocks]
    labels = [f"[{i}] {'✓ ' if b.chosen else ''}{b.label}" for i, b in enumerate(rendered.buttons, start=1)]
    if labels:
        row = "  ".join(labels)
        lines.append(row if len(row) <= BUTTON_ROW else "\n".join(labels))
    return "\n".join(lines)


def attached(file: Attachment) -> str:
    """A file where it cannot be shown: `[photo: map.jpg]`."""
    return f"[{file.kind}: {file.name}]" if file.name else f"[{file.kind}]"


def _block(kind: BlockKind, text: str) -> str:
    match kind:
        case "title":
            return f"{text}\n{'─' * max(map(len, text.splitlines()), default=0)}"
        case "item":
            return "• " + text.replace("\n", "\n  ")
        case "folded":
            head, _, words = text.partition("\n")
            return f"{head}:\n{_block('quote', words)}"
        case "quote":
            return "  “" + text.replace("\n", "\n   ") + "”"
        case "note":
            return "· " + text.replace("\n", "\n  ")
        case "text":
            return text
