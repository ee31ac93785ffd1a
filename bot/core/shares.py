"""How the words are shared at a table. Only their numbers are held, and only of what stands: what is taken back, hidden or
changed counts as it is read now, and whoever has left the table counts no longer.

Those who lead the table read the shares when they ask (`/status`); the table never does, for a number beside a name shames.
Whoever has said most of everything may be asked in private to leave room (`bot.core.facilitator`).

In `Stage.data`: `words` how many by seat, `length` how many in each one's last message, which may be taken back unread.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from bot.core.message import Block, Name, Several, block, t
from bot.core.state import Contribution, Seat, Stage

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]{1,2}|[^\W_\u3040-\u30ff\u3400-\u9fff]+(?:['’-]\w+)*")
"""A word; where words are written without spaces between them, two signs."""


def said(stage: Stage, seat: str, text: str) -> Stage:
    """Somebody at the table has said this."""
    number = len(_WORD.findall(text))
    length = {**stage.data.get("length", {}), seat: number}
    return _put(_add(stage, seat, number), "length", length)


def reworded(stage: Stage, given: Contribution, text: str) -> Stage:
    """A message of this talk has other words now; "" where nobody reads it any more. `given` is as it counted before."""
    number = len(_WORD.findall(text))
    if stage.data["last"].get(given.seat) == given.id:
        stage = _put(stage, "length", {**stage.data.get("length", {}), given.seat: number})
    return _add(stage, given.seat, number - len(_WORD.findall(given.text)))


def taken_back(stage: Stage, seat: str, id: str, given: Contribution | None) -> Stage:
    """Somebody has taken a message of this talk back: their last one, or one whose words are known."""
    if stage.data["last"].get(seat) == id:
        return _add(stage, seat, -stage.data.get("length", {}).get(seat, 0))
    return reworded(stage, given, "") if given is not None else stage


def by_seat(stage: Stage, members: tuple[Seat, ...]) -> dict[str, int]:
    """How many words stand of each who is at the table now."""
    words = stage.data.get("words", {})
    return {m.id: words.get(m.id, 0) for m in members}


def shown(stage: Stage, members: tuple[Seat, ...]) -> Block | None:
    """How the words are shared, for those who lead the table; None before two have spoken."""
    number = by_seat(stage, members)
    total = sum(number.values())
    each = tuple(
        t("{name} {share} %", name=Name(m.id), share=round(100 * Fraction(number[m.id], total)))
        for m in sorted(members, key=lambda m: -number[m.id])
        if number[m.id]
    )
    if len(each) < 2:
        return None
    return block(t("Of the words: {shares}. Only those who lead the table read this.", shares=Several(each)))


def _add(stage: Stage, seat: str, number: int) -> Stage:
    words = stage.data.get("words", {})
    if seat not in words and number <= 0:
        return stage
    return _put(stage, "words", {**words, seat: max(0, words.get(seat, 0) + number)})


def _put(stage: Stage, name: str, value: dict[str, int]) -> Stage:
    return replace(stage, data={**stage.data, name: value})
