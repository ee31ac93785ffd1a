"""What the buttons of sent messages stand for."""

from __future__ import annotations

from bot.store import buttons
from bot.store.buttons import Buttons, Found
from bot.store.database import Database


def test_a_button_stands_for_what_it_carried_and_nothing_else_does(db: Database) -> None:
    key = buttons.key(db, "a1", "vote/1@anna")
    assert key != buttons.key(db, "a2", "vote/1@anna") != buttons.key(db, "a1", "vote/2@anna")
    buttons.keep(db, [Buttons(key, "a1", "anna", "vote", ["vote:q::yes", "vote:q::no"])], 1)
    assert buttons.find(db, buttons.data(key, 1)) == Found("a1", "anna", "vote", "vote:q::no")
    for other in (buttons.data(key, 2), f"{key}:01", f"{key}:", key, "a" * 16 + ":0", "vote:q::yes", ""):
        assert buttons.find(db, other) is None
    buttons.keep(db, [Buttons(key, "a1", "anna", "vote", ["vote:q::-bus"])], 2)
    assert buttons.find(db, buttons.data(key, 0)) == Found("a1", "anna", "vote", "vote:q::-bus")
    buttons.forget(db, "anna")
    assert buttons.find(db, buttons.data(key, 0)) is None
