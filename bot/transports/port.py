"""What the engine asks of a transport, and what it may answer.

A transport is a client and nothing more: the cursor, the queue, the pace and every decision to try again are the engine's.
It confirms to the remote side only what the engine has committed: `receive(cursor)` is called with the cursor of the last
committed batch, and that call is the confirmation.

A remote id of a message (`Receipt.id`, `Incoming.message`) is opaque to the engine and has no comma. A transport that had to
cut a message in several pieces answers with all their ids, joined by commas; `edit` and `delete` get them back like that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol

from bot.core.rendered import Rendered

Kind = Literal[
    "message",
    "edit",
    "redaction",
    "press",
    "reaction",
    "entered",
    "exited",
    "unreachable",
    "reachable",
    "moved",
    "unbound",
    "deaf",
]
"""What happened. Of a person: a `message`, an `edit` of one, a `redaction` (a message was taken back, by its author or by
somebody who may delete it), a `press` of a button, a `reaction` to a message; the person `entered` or `exited` a room, has made
it impossible to write to them (`unreachable`), or possible again (`reachable`). Of a room: it has `moved` to another place, the
bot was put out of it (`unbound`), or is in it and cannot read there what people write (`deaf`)."""

MediaKind = Literal["photo", "voice", "audio", "video", "document", "sticker", "animation", "video_note", "location"]

Bar = Literal["", "forwarded", "via_bot", "nobody", "unknown", "unreadable"]
"""Why something can neither be a command nor a contribution: somebody else's words (`forwarded`), words by another program
(`via_bot`), a sender that is no person (`nobody`: an anonymous administrator, a linked channel), a kind of message that
nobody here can pass on (`unknown`), or one that came without the key to read it (`unreadable`: its sender is asked once to send
it again)."""


@dataclass(frozen=True, slots=True)
class Media:
    """Something that is not text. `ref` is the platform's name for it, good for the account that received it; `size` in
    bytes, `seconds` for what lasts. A `location` has its coordinates as `ref`, "48.58 7.75"."""

    kind: MediaKind
    ref: str
    size: int = 0
    mime: str = ""
    name: str = ""
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing that a person did, or that happened to a room. `id` is unique within the account for ever; `user` is who
    ("" where nobody is known), `place` the chat in which to answer; `at` when it was done, as far as the platform tells.

    `text` is what was written (a caption, where there is `media`), or why somebody cannot be reached or a room is lost, in a
    word; `press` is what a button carried. `room` is True where the
    place is a group's. `message` is the remote id of the message that was written, edited, reacted to, or whose button was
    pressed; `answers` of the one that it replies to. `moved` is a room's new place. `unsure` says that the time of a press is
    not known: it may have been made at any time since contact was lost."""

    id: str
    user: str
    place: str
    at: datetime
    text: str = ""
    press: str = ""
    language: str = ""
    kind: Kind = "message"
    room: bool = False
    message: str = ""
    answers: str = ""
    media: Media | None = None
    bar: Bar = ""
    moved: str = ""
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """What was received, and the cursor behind it. `more` says that there is more to be had at once: until a batch without
    it has come, things that were done before a deadline may still be on their way. `name` is what people find the account by
    on its platform, where that is needed for links; "" where it is not known. `idle`: nothing follows from it; after a
    restart the cursor before it does as well, so it need not be committed before the next call."""

    events: tuple[Incoming, ...]
    cursor: str
    more: bool = False
    name: str = ""
    idle: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """The remote id of what was sent, and the platform's name for the file that went with it."""

    id: str
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast an account may send new messages: in all per second, seconds between two to one person, and messages to one
    room per minute."""

    per_second: float
    chat_gap: float
    room_per_minute: int


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a transport can do. `repeatable`: sending the same key twice shows it once, so nothing needs to be marked before
    it is sent. `edits`: messages can be changed and deleted. `press_bytes`: a button carries at most so many bytes (None: any
    number). `pace`: None where nothing needs to be held back. `remembers` is how long the platform knows a key again (None: for
    ever); what was first handed over longer ago than that, and got no answer, is `Uncertain`. `numbered`: there are no buttons
    to press; they stand in the text with their marks (`bot.core.rendered.marks`), and a mark is the answer. `sign` is with what
    people have to begin a command, where programs keep those with / for themselves. `encrypts`: the rooms that are made here are
    to be encrypted.

    `drains`: what waits at the remote side can be had at once (`receive` without waiting), and a call that waits returns within
    half a minute, with nothing if need be; so timers can wait until everything that was done before their hour has come.
    `keeps` is how long the platform keeps what nobody has fetched (None: for ever, or nothing waits there), `keeps_presses` how
    long it keeps presses (None: as long as everything else).

    `wide` is to how many chats messages are handed over at once where no pace holds them back: each may repeat after a crash,
    where that is to be feared."""

    repeatable: bool = True
    edits: bool = False
    press_bytes: int | None = None
    pace: Pace | None = None
    remembers: timedelta | None = None
    numbered: bool = False
    sign: str = "/"
    encrypts: bool = False
    drains: bool = False
    keeps: timedelta | None = None
    keeps_presses: timedelta | None = None
    wide: int = 1


class SendError(Exception):
    """Why a message did not go out."""


class Retry(SendError):
    """Not sent; try again after a while. `scope` says whether this chat has to wait or the whole account."""

    def __init__(self, after: timedelta, scope: Literal["chat", "account"] = "chat") -> None:
        super().__init__(f"try again in {after.total_seconds():g} s")
        self.after = after
        self.scope = scope


class Gone(SendError):
    """Not sent, and never will be: the person or the room cannot be reached there. `str()` is one word or a few that say
    why, such as "blocked"."""


class Moved(SendError):
    """Not sent: the room has moved to `place`."""

    def __init__(self, place: str) -> None:
        super().__init__("the room has moved")
        self.place = place


class Refused(SendError):
    """Not sent: the platform does not take this message, or no longer lets it be changed."""


class Uncertain(SendError):
    """It was handed over and no answer came: it may or may not have arrived. `forgotten`: so long ago that the platform no longer
    knows its key, where it ever did, and would show it twice. This time it was not handed over."""

    def __init__(self, why: str = "", *, forgotten: bool = False) -> None:
        super().__init__(why)
        self.forgotten = forgotten


class Stopped(Exception):
    """This account cannot go on until somebody has done something; `str()` tells the operator what, in one line."""


@dataclass(frozen=True, slots=True)
class Menu:
    """The commands that a chat offers: names and what they do, in the reader's language."""

    language: str
    commands: tuple[tuple[str, str], ...] = field(default_factory=tuple)


class Transport(Protocol):
    """A way to people. `account` names it (`console:main`)."""

    account: str
    abilities: Abilities

    @property
    def rooms(self) -> Rooms | None:
        """How it makes rooms; None where it cannot."""
        ...

    async def receive(self, cursor: str, wait: bool = True) -> Batch:
        """Wait for something new behind the cursor. May return an empty batch. Where the transport drains, a call with `wait`
        False returns at once with what is there, and any call may be cancelled: the engine does so when a timer comes due or
        when it has lasted too long, and what it would have brought comes with the next one. Raises `Stopped`, or anything
        else for a failure that may pass."""
        ...

    def chat(self, place: str) -> str:
        """The chat that a place is part of, as far as the pace goes: the topics of a group share its pace."""
        ...

    def pieces(self, message: Rendered) -> int:
        """In how many messages this one would be cut. Each counts for the pace; between two of them the transport itself leaves
        `Pace.chat_gap`."""
        ...

    async def send(self, place: str, message: Rendered, key: str) -> Receipt:
        """Deliver a message to a chat. Raises a `SendError`."""
        ...

    async def edit(self, place: str, message: Rendered, remote: str) -> Receipt:
        """Let a message that was sent read like this from now on. Doing it twice does no harm. Raises a `SendError`."""
        ...

    async def delete(self, place: str, remote: str) -> None:
        """Remove a message; one that is gone already is fine. Raises a `SendError`, `Refused` where it must stay."""
        ...

    async def menu(self, place: str, menu: Menu) -> None:
        """Show these commands in a chat. Raises a `SendError`."""
        ...

    async def link(self, place: str) -> str:
        """A link with which people enter a room, "" where none can be had. Raises a `SendError`."""
        ...

    async def fetch(self, media: Media) -> bytes:
        """The bytes of something that was received. Raises a `SendError`."""
        ...

    async def close(self) -> None:
        """Let go of connections and files."""
        ...


class Rooms(Protocol):
    """What a transport can do besides where it makes the rooms of an assembly itself. All raise a `SendError`; doing a thing
    twice does no harm."""

    async def make_space(self, name: str, topic: str, key: str) -> str:
        """A place that holds the rooms of one assembly. The same `key` again names the one that was made before."""
        ...

    async def make_room(
        self, name: str, topic: str, key: str, *, space: str = "", guides: Sequence[str] = (), encrypted: bool = False
    ) -> str:
        """A room into which only the invited come. `guides` are the users who may change it, besides the account itself; they
        are invited at once. The same `key` again names the room that was made before."""
        ...

    async def invite(self, place: str, user: str) -> None:
        """Ask somebody in; one who is in already stays."""
        ...

    async def lead(self, place: str, guides: Sequence[str]) -> None:
        """From now on these users, and nobody else but the account itself, may change a room."""
        ...

    async def kick(self, place: str, user: str, reason: str) -> None:
        """Put somebody out of a room, or take back what asked them in; one who is out already stays out."""
        ...

    async def rename(self, place: str, name: str, topic: str) -> None:
        """Change what a room is called and what stands above it."""
        ...

    async def seal(self, place: str) -> None:
        """From now on nobody but the account itself can write in a room; what stands there can be read."""
        ...

    async def reaches(self, user: str) -> str:
        """Whether somebody who has never written can be reached from here: "" if so, else why not, in a word or a few."""
        ...


class PlainTransport:
    """What a transport answers that can do nothing but receive and send."""

    abilities = Abilities()
    rooms: Rooms | None = None

    def chat(self, place: str) -> str:
        return place

    def pieces(self, message: Rendered) -> int:
        return 1

    async def edit(self, place: str, message: Rendered, remote: str) -> Receipt:
        raise Refused("messages cannot be changed here")

    async def delete(self, place: str, remote: str) -> None:
        raise Refused("messages cannot be deleted here")

    async def menu(self, place: str, menu: Menu) -> None:
        """There is no menu here."""

    async def link(self, place: str) -> str:
        return ""

    async def fetch(self, media: Media) -> bytes:
        raise Refused("there are no files here")
