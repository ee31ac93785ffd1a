"""Where a text may be cut."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bot.transports.graphemes import shortened, within

TABLE = {
    "ab": ["a", "b"],
    "e\u0301a": ["e\u0301", "a"],
    "\r\n\r": ["\r\n", "\r"],
    "👩\u200d👩\u200d👧👦": ["👩\u200d👩\u200d👧", "👦"],
    "👍🏽👍": ["👍🏽", "👍"],
    "❤\ufe0fa": ["❤\ufe0f", "a"],
    "🇫🇷🇩🇪🇱🇺": ["🇫🇷", "🇩🇪", "🇱🇺"],
    "a🇫🇷🇩": ["a", "🇫🇷", "🇩"],
    "🏴\U000e0067\U000e0062\U000e007fa": ["🏴\U000e0067\U000e0062\U000e007f", "a"],
    "\u1100\u1161\u11a8\u1100\u1161": ["\u1100\u1161\u11a8", "\u1100\u1161"],
    "각\u11a8가": ["각\u11a8", "가"],
    "\u1161\u1100": ["\u1161", "\u1100"],
    "नि": ["नि"],
}


@pytest.mark.parametrize("text", TABLE)
def test_what_is_read_as_one_stays_together(text: str) -> None:
    cuts = [0, *(at for at in range(1, len(text)) if not within(text, at)), len(text)]
    assert [text[a:b] for a, b in pairwise(cuts)] == TABLE[text]


def test_what_is_too_long_ends_with_an_ellipsis() -> None:
    assert shortened("abc", 3) == "abc"
    assert shortened("abcd", 3) == "ab…"
    assert shortened("ab cd", 4) == "ab…"
    assert shortened("a👍🏽b", 3) == "a…"
    assert len(shortened("e" + "\u0301" * 9, 4)) == 4
