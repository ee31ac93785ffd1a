"""What several people have written together is released by all of them, or by nobody."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from bot.core.state import together
from bot.report.release import allowed
from tests.store.filling import said


def asked(**consents: bool) -> Any:
    """As much of the material as is looked at: these answers to being on record."""
    return SimpleNamespace(consents={(seat, "transcript"): yes for seat, yes in consents.items()}, seats={})


@pytest.mark.parametrize(
    ("consents", "free"),
    [
        ({"anna": True, "ben": True}, True),
        ({"anna": True, "ben": False}, False),
        ({"anna": False, "ben": True}, False),
        ({"anna": True}, False),
        ({}, False),
    ],
)
def test_each_author_agrees_or_the_words_are_withheld(consents: dict[str, bool], free: bool) -> None:
    made = said("m1", together(("ben", "anna")), kind="sentence")
    assert allowed(asked(**consents), made, "transcript") is free


def test_what_is_of_nobody_is_released_by_nobody() -> None:
    assert not allowed(asked(), said("m1", "", kind="sentence"), "transcript")
