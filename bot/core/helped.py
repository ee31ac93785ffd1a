"""For whom a message is, where one phone serves several people: a helper's, at which each has a seat of their own."""

from __future__ import annotations

from bot.core.message import Block, Message, Phrase, block, t
from bot.core.state import Seat


def with_help(seat: Seat) -> tuple[Block, ...]:
    """What stands above the receipt of something that was answered with help; nothing where nobody helps."""
    return (block(_for(seat.name), kind="note"),) if seat.helped else ()


def says_for_whom(said: Message) -> bool:
    """Whether a message begins with the name of the person whom it is for."""
    first = said.blocks[0].parts[0] if said.blocks else None
    return isinstance(first, Phrase) and first.text == _for("").text


def _for(name: str) -> Phrase:
    return t("With help, for {name}:", name=name)
