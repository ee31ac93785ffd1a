"""Which buttons a number means."""

from __future__ import annotations

from bot.store import buttons
from bot.store.buttons import Buttons
from bot.store.database import Database


def made(message: str, holder: str, *presses: str) -> Buttons:
    return Buttons(message, "a1", holder, "vote", presses)


def test_a_number_is_that_of_the_newest_message_of_the_chat(db: Database) -> None:
    buttons.keep(
        db, [made("a" * 16, "anna", "yes", "no"), made("b" * 16, "anna", "pass"), made("c" * 16, "ben", "x")], 5
    )
    assert buttons.numbered(db, ["anna"], 1) == f"{'b' * 16}:0"
    assert buttons.numbered(db, ["anna"], 2) is None
    buttons.keep(db, [made("a" * 16, "anna", "yes", "no", "abstain")], 5)
    assert buttons.numbered(db, ["anna"], 3) == f"{'a' * 16}:2"
    assert buttons.numbered(db, ["cleo"], 1) is None
    buttons.keep(db, [made("e" * 16, "ben", "y")], 3)
    assert buttons.numbered(db, ["ben"], 1) == f"{'e' * 16}:0", "a clock that was set back does not matter"
    buttons.keep(db, [made("d" * 16, "ben")], 10)
    assert buttons.numbered(db, ["anna", "ben"], 1) is None
