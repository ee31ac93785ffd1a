"""What an account tells of: what people write, press, edit and take back, and what becomes of their chats and rooms. The first
half of all events (bot/core/events.py)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.core.ids import derive
from bot.core.places import Place

PICK = "-pick"
"""The press of somebody who was asked what they meant by a mark: `-pick:held contribution:press`."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A seat wrote or pressed something, in its private chat or in a room of its table (`room` is that room's id, "" for the
    private chat). `id` is unique for the remote event; `at` when it was said, as far as the platform tells; `press` what a
    button carries, "" for typed text.

    `message` is the platform's id of the message that was written, or whose button was pressed; `answers` the contribution to
    which it replies; `media` the kind of what came with it ("photo", "voice" …): that is kept under the id of the
    contribution. `bar` says why it cannot pass: it is not the person's own words (`forwarded`, `via_bot`), nothing that can be
    passed on (`unknown`), or larger than the flow allows (`too_large`). `unsure` marks a press whose time is not known: then `at`
    is the earliest at which it can have been made. `kept` is the contribution as which the words are kept already, where they
    were held first; `account` the one on which it was heard.

    Where there are no buttons to press, people write a mark or a label. `choices` is the remote id of the message to which that
    belongs: what follows stands below what was written, not in place of it. `pick` is a press that this may be, but it may also
    be meant for somebody else; `aside` says that other things were written or asked since the choices were shown. `asked` is the
    question (`step:question:item`) that words answer. In a room `pick` is what this would choose in the private chat, where alone
    it counts. `place` says what the place is, where it is neither the own chat nor, with a `room`, that of the own table."""

    id: str
    seat: str
    at: datetime
    text: str = ""
    press: str = ""
    room: str = ""
    message: str = ""
    answers: str = ""
    media: str = ""
    bar: str = ""
    unsure: bool = False
    kept: str = ""
    account: str = ""
    choices: str = ""
    pick: str = ""
    aside: bool = False
    asked: str = ""
    place: Place | Literal[""] = ""
    kind: Literal["heard"] = "heard"

    @property
    def contribution(self) -> str:
        """The id of the contribution that this becomes, where it is kept."""
        return self.kept or derive(self.id)

    @property
    def typed(self) -> bool:
        """Whether a press was written, in place of pressing a button."""
        return self.press != "" and self.choices != ""

    @property
    def carried(self) -> str:
        """What was pressed, or may have been meant as a press: the step, or the command, that it names comes first."""
        held = self.press.split(":", 2)
        return held[2] if held[0] == PICK and len(held) > 2 else self.press or self.pick


@dataclass(frozen=True, slots=True)
class Edited:
    """A seat changed what it had written: the new words of a contribution."""

    id: str
    seat: str
    at: datetime
    contribution: str
    text: str
    room: str = ""
    kind: Literal["edited"] = "edited"


@dataclass(frozen=True, slots=True)
class Redacted:
    """A seat has deleted a message of its own, which had become a contribution."""

    id: str
    seat: str
    at: datetime
    contribution: str
    room: str = ""
    kind: Literal["redacted"] = "redacted"


@dataclass(frozen=True, slots=True)
class Lost:
    """Nobody can write to this seat any more; `why` in a word, such as "blocked"."""

    seat: str
    why: str
    kind: Literal["lost"] = "lost"


@dataclass(frozen=True, slots=True)
class Found:
    """A seat that was lost can be written to again."""

    seat: str
    kind: Literal["found"] = "found"


@dataclass(frozen=True, slots=True)
class Bound:
    """Somebody has bound a table to a room."""

    table: str
    seat: str
    at: datetime
    room: str = ""
    kind: Literal["bound"] = "bound"


@dataclass(frozen=True, slots=True)
class Unbound:
    """A table has lost a room; `why` in a word, such as "kicked"."""

    table: str
    why: str
    at: datetime
    room: str = ""
    kind: Literal["unbound"] = "unbound"


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody has come into a room of a table: a seat, or ("") somebody who has none in this assembly. `mark` tells one who
    has none from another, and says nothing else about them. `out`: they are put out again."""

    table: str
    seat: str
    at: datetime
    room: str = ""
    mark: str = ""
    out: bool = False
    kind: Literal["entered"] = "entered"


@dataclass(frozen=True, slots=True)
class Exited:
    """A seat has gone out of a room of its table, or has been left behind where the room has `moved`; it reads the talk in its
    private chat again."""

    table: str
    seat: str
    at: datetime
    room: str = ""
    moved: bool = False
    kind: Literal["exited"] = "exited"


@dataclass(frozen=True, slots=True)
class Remained:
    """Copies of a contribution that were to be deleted could not be: `seats` are those in whose chats they stand, "" for a
    room. `key` names the wish to delete them."""

    contribution: str
    table: str
    seats: tuple[str, ...]
    at: datetime
    key: str = ""
    kind: Literal["remained"] = "remained"


@dataclass(frozen=True, slots=True)
class Interrupted:
    """Nothing could be heard on an account from `since` until `until`, for longer than the platform keeps messages; or only
    for longer than it keeps presses: then `presses` names the account. `closed` are the steps that closed meanwhile."""

    course: str
    since: datetime
    until: datetime
    presses: str = ""
    closed: tuple[str, ...] = ()
    kind: Literal["interrupted"] = "interrupted"
