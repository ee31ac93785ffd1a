"""Where something was said to us, and how: the two other sides of the table of rights, beside the role and the command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from bot.core.heard import Heard
    from bot.core.state import Seat

Place = Literal["private", "shared", "own_room", "other_room", "space", "elsewhere"]
"""The person's own chat with us; a chat that several people share, where somebody else types for them; a room of a table at which
they sit or which they lead; a room of another table; the space in which the rooms of an assembly stand; any other place."""

Kind = Literal["text", "reply", "button", "edit", "forward", "caption"]
"""Words of their own; such words in reply to a message; a button (pressed, or written where there are none); the new words of a
message that stands already; what is not their own, or cannot be read; the words beside a file."""

OWN_CHAT: frozenset[Place] = frozenset(("private", "shared"))
IN_ROOM: frozenset[Place] = OWN_CHAT | {"own_room"}
IN_ANY_ROOM: frozenset[Place] = IN_ROOM | {"other_room"}

TYPED: frozenset[Kind] = frozenset(("text", "reply"))
PRESSABLE: frozenset[Kind] = TYPED | {"button"}


def place_of(seat: Seat, event: Heard) -> Place:
    """Where this was said. The engine names every place but the two in which everybody is most of the time."""
    if event.place:
        return event.place
    if event.room:
        return "own_room"
    return "shared" if seat.helped else "private"


def kind_of(event: Heard) -> Kind:
    """How this was said. What has new words is an `Edited`, and never comes to a command."""
    return kind(press=event.press, bar=event.bar, media=event.media, answers=event.answers or event.asked)


def kind(*, press: str = "", bar: str = "", media: str = "", answers: str = "") -> Kind:
    """The same for what a platform has just brought, and of which no event was made yet."""
    if press:
        return "button"
    if bar:
        return "forward"
    if media:
        return "caption"
    return "reply" if answers else "text"
