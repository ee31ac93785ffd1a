"""The commands that people type."""

from __future__ import annotations

from bot.core.events import Heard
from bot.core.state import Seat
from bot.core.turn import Turn


def run(turn: Turn, seat: Seat, event: Heard) -> None:
    """Carry a command out."""


def pressed(turn: Turn, seat: Seat, event: Heard) -> None:
    """A button that belongs to no step."""


def not_here(turn: Turn, seat: Seat, event: Heard) -> None:
    """Somebody writes who takes no part at present."""


def nothing_open(turn: Turn, seat: Seat, event: Heard) -> None:
    """Nothing waits for what was written."""
