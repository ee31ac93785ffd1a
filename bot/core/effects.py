"""Imperatives: everything a step may want. The engine carries them out in the transaction that handles the event.

A `Say` goes to a unit. `seat:<id>` is one person, `table:<id>` everybody at a table, `course:<id>` every active seat of a
course, `answering:<course>:<step>` those of them for whom a step is meant, `room:<id>` a room, `facilitators:<table>` those who
lead a table (or, where nobody does, the next role upwards), `coordinators:<site>` and `organisers:` likewise,
`facilitating:<course>` everybody who leads a table there, `team:<site>` all who lead at a site, `site:<id>` everybody there in
any role, `readers:<key>` everybody who has read what was said under that key, where they have read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from bot.core.events import Event, What
from bot.core.message import Button, Message
from bot.core.state import Contribution, Course, Digest, Seat, Stage, Translated, Wanted


class Lane(IntEnum):
    """Which messages go first: an answer to somebody, then steps, then talk at a table, then broadcasts."""

    ANSWER = 0
    STEP = 1
    TALK = 2
    BROADCAST = 3


@dataclass(frozen=True, slots=True)
class Say:
    """Say `message` to a unit, or to `waiting:COURSE`: to everybody for whom a question is open there; with `on`, only to those
    who are reached through this account. `key` is unique for the thing said: saying it again changes nothing. `without` are
    seats that do not get it (its author). `quiet` messages wait for the end of the reader's quiet hours.

    With `instead`, an answer to a press takes the place of the message whose button was pressed, where the platform can;
    what people must not miss (a new step, a last call, a result) is always a new message. `privately` says it to the members
    of a table in their own chats even where the table has a room. `leading` are buttons that only those who lead the table
    get under it, in their own chats."""

    to: str
    message: Message
    key: str
    lane: Lane = Lane.STEP
    without: tuple[str, ...] = ()
    quiet: bool = True
    instead: bool = False
    privately: bool = False
    leading: tuple[Button, ...] = ()
    on: str = ""


@dataclass(frozen=True, slots=True)
class Redraw:
    """A message that stands in somebody's chat reads like this from now on, where the platform can change it; else nothing
    happens. It is for what nobody needs to be told: a button that is not needed any more, a choice that is marked.

    Which message: in the chats of these `seats` their copies of a `contribution`; else the one that was said under the key
    `said`, for all who have read it, in rooms too, where no seats are named; with neither, the one whose button was
    pressed. `words`: not its buttons alone have changed."""

    seats: tuple[str, ...]
    message: Message
    key: str
    contribution: str = ""
    said: str = ""
    words: bool = False


@dataclass(frozen=True, slots=True)
class Amend:
    """A contribution has new words; the old ones stay on record as an earlier version. Every copy of it that was sent is
    changed into `message`, with `leading` as in `Say`; whose platform cannot do that is told `instead`."""

    seat: str
    contribution: str
    text: str
    message: Message
    instead: Message
    key: str
    leading: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Recall:
    """Delete every copy of a contribution that was sent, where the platform can; copies that cannot be deleted are reported
    as `Remained`, under this key. The author's own message in a room goes too, unless it is `spared`; that in their private
    chat stays theirs. What is still to be sent is not sent."""

    contribution: str
    table: str
    key: str
    spared: bool = False


@dataclass(frozen=True, slots=True)
class Hide:
    """A contribution is hidden: nobody reads, counts or carries it any more, but it is kept, sealed, as evidence."""

    contribution: str


@dataclass(frozen=True, slots=True)
class Unhide:
    """What was hidden by mistake stands again, as it is kept; the tables that were told that it does not are told so."""

    contribution: str


@dataclass(frozen=True, slots=True)
class Forget:
    """Erase a person: every copy of their words, and then all that is kept of them, once the last message to them has left."""

    seat: str


@dataclass(frozen=True, slots=True)
class Show:
    """Show these commands in a person's chat: those of the role."""

    seat: str


@dataclass(frozen=True, slots=True)
class Put:
    """Save the new value of a stage, a course or a seat."""

    value: Stage | Course | Seat


@dataclass(frozen=True, slots=True)
class Keep:
    """Keep a contribution."""

    contribution: Contribution


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take contributions back: one by its id, or all of a seat's (`id` empty)."""

    seat: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Cast:
    """Store a choice; the last one before close counts. `choice` is JSON as `bot.core.tally` reads it, None takes it back.
    A `secret` choice is held so that nobody can link it to the seat after the close."""

    step: str
    seat: str
    question: str
    item: str
    choice: Any
    secret: bool


@dataclass(frozen=True, slots=True)
class Seal:
    """A secret vote is over: from now on nobody can link a choice to a seat."""

    step: str


@dataclass(frozen=True, slots=True)
class Wake:
    """Let an event happen at an instant (at once where it is past). `key` is unique: a second one changes nothing."""

    at: datetime
    event: Event
    key: str


@dataclass(frozen=True, slots=True)
class Delay:
    """Every timer of a course that lies ahead rings later by this span, or earlier where it is negative; never in the past."""

    course: str
    span: timedelta


@dataclass(frozen=True, slots=True)
class Fan:
    """Open, close, remind, prolong, shorten, halt … a step's stage for every unit of its scope here, in rows of 200."""

    step: str
    what: What


@dataclass(frozen=True, slots=True)
class Count:
    """Add to a named counter of a step on a course (or of one of its units)."""

    step: str
    unit: str
    name: str
    by: int = 1


@dataclass(frozen=True, slots=True)
class Request:
    """Ask for work that needs the outside or the whole roster (`seating`, `translate`, `invite`). The answer comes back as
    an event."""

    job: str
    course: str
    step: str
    key: str
    unit: str = ""
    args: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """Store the result of a step for a unit (`site:<id>`, `table:<id>`, `all`); `data` is JSON without floats."""

    step: str
    unit: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Grant:
    """Store a person's yes or no to one purpose, with the text's version and the language it was read in."""

    seat: str
    purpose: str
    given: bool
    version: str
    language: str


@dataclass(frozen=True, slots=True)
class Draw:
    """Store a digest, new or changed."""

    digest: Digest


@dataclass(frozen=True, slots=True)
class Retell:
    """Store somebody's words in another language, new or changed. Every step at which people have read them in that language
    hears of it (`bot.core.events.Retold`)."""

    translated: Translated


@dataclass(frozen=True, slots=True)
class Want:
    """Put words into the translators' queue, or change what stands there."""

    wanted: Wanted


@dataclass(frozen=True, slots=True)
class Flag:
    """A reader says that a translation looks wrong. Once for each reader, however often they say so."""

    seat: str
    contribution: str
    language: str


@dataclass(frozen=True, slots=True)
class Seated:
    """Move seats to a table (made if new); a seat leaves the table where it sat."""

    table: str
    plan: str
    site: str
    number: int
    languages: tuple[str, ...]
    seats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unseat:
    """Let a seat leave its table, and have none."""

    seat: str


@dataclass(frozen=True, slots=True)
class Unbind:
    """A table gives a room up: nothing more is said there to the table."""

    room: str


@dataclass(frozen=True, slots=True)
class Watch:
    """An observer reads what is said at a table (its id), at `all` of them, or ("") no longer anywhere."""

    seat: str
    what: str


@dataclass(frozen=True, slots=True)
class Strip:
    """Somebody has lost their role: what they had asked for and waits is dropped, the codes that they made and nobody has used
    are good for nothing, and the rooms that we have made are closed to them."""

    seat: str


@dataclass(frozen=True, slots=True)
class Note:
    """A line in the assembly's log: who did what. Ids, numbers and listed reasons only; words stand in contributions."""

    act: str
    by: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attest:
    """Tell a unit with which mark the log ends now, so that nobody can change it afterwards unseen."""

    to: str
    key: str


@dataclass(frozen=True, slots=True)
class Blank:
    """What was just heard is kept nowhere once it is handled."""


@dataclass(frozen=True, slots=True)
class Shown:
    """These contributions were put before one more person."""

    contributions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """This unit has finished its part of the step. `advance` resolves it: it counts, and lets a person go on."""

    step: str
    unit: str


@dataclass(frozen=True, slots=True)
class End:
    """The step is over on this course; `outcome` says how (`done`, `held`, `timed_out` …). `advance` resolves it."""

    step: str
    outcome: str = "done"


Effect = (
    Say
    | Redraw
    | Amend
    | Recall
    | Hide
    | Forget
    | Show
    | Put
    | Keep
    | Withdraw
    | Cast
    | Seal
    | Wake
    | Delay
    | Unhide
    | Fan
    | Count
    | Request
    | Record
    | Grant
    | Draw
    | Retell
    | Want
    | Flag
    | Seated
    | Unseat
    | Unbind
    | Strip
    | Note
    | Watch
    | Attest
    | Shown
    | Blank
    | Done
    | End
)
