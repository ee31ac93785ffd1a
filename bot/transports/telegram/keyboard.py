"""Buttons under a message, in rows that a phone shows without cutting them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from bot.core.rendered import Choice
from bot.transports.graphemes import shortened

LONGEST_LABEL = 64
"""Characters of a label; a longer one ends with an ellipsis."""

CHOSEN = "✓ "

BESIDE = ((2, 6), (9, 3), (16, 2))
"""How many buttons stand side by side while none of them is wider than so many letters."""

Keyboard = dict[str, list[list[dict[str, str]]]]


def keyboard(buttons: Sequence[Choice]) -> Keyboard | None:
    """The inline keyboard as Telegram wants it; None without buttons."""
    if not buttons:
        return None
    return {"inline_keyboard": [[{"text": label(b), "callback_data": b.press} for b in row] for row in rows(buttons)]}


def label(button: Choice) -> str:
    """What stands on a button."""
    text = (CHOSEN if button.chosen else "") + " ".join(button.label.split())
    return shortened(text, LONGEST_LABEL) or "…"


def rows(buttons: Sequence[Choice]) -> list[list[Choice]]:
    """The buttons in their order, as many side by side as go there; the last two rows share what is alike."""
    made: list[list[tuple[Choice, int]]] = []
    for each in ((button, _width(button.label)) for button in buttons):
        if made and len(made[-1]) < _room([*made[-1], each]):
            made[-1].append(each)
        else:
            made.append([each])
    while len(made) > 1 and len(made[-2]) > len(made[-1]) + 1 and _room(made[-2]) == _room(made[-1]):
        made[-1].insert(0, made[-2].pop())
    return [[button for button, _ in row] for row in made]


def _room(row: Sequence[tuple[Choice, int]]) -> int:
    """How many buttons like the widest of these go side by side."""
    widest = max(width for _, width in row)
    return next((many for width, many in BESIDE if widest <= width), 1)


def _width(text: str) -> int:
    """How wide a label is. The mark of a choice does not count, so that choosing moves no button."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else not unicodedata.combining(c) for c in text)
