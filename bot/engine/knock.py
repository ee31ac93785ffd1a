"""Somebody who wrote or pressed something, before anybody knows what it is about; and an answer on the spot."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.effects import Lane
from bot.core.message import Message, encode
from bot.store import queue
from bot.store.database import Database
from bot.store.queue import OutRow
from bot.transports.port import Incoming


@dataclass(frozen=True, slots=True)
class Knock:
    """Somebody at the door: how to reach them, what they said, and when it was received (milliseconds)."""

    account: str
    lookup: bytes
    incoming: Incoming
    key: str
    now: int

    @property
    def hint(self) -> str:
        """The language of their phone, without its country; "" where it does not tell."""
        return self.incoming.language.split("-")[0]


def answer(db: Database, knock: Knock, said: Message, assembly: str = "", seat: str | None = None) -> None:
    """Answer at the door, or to the seat that has just been taken."""
    door = None if seat else knock.lookup
    row = OutRow(f"{knock.key}/door", assembly, seat, int(Lane.ANSWER), knock.now, encode(said).encode(), door=door)
    queue.say(db, [row])
    if not seat:
        ignore(db, knock, assembly)


def show_menu(db: Database, knock: Knock, assembly: str, seat: str) -> None:
    """Let the chat offer the commands of the role that has just been given."""
    nothing = encode(Message(())).encode()
    queue.say(db, [OutRow(f"{knock.key}/menu", assembly, seat, int(Lane.STEP), knock.now, nothing, act="menu")])


def ignore(db: Database, knock: Knock, assembly: str = "") -> None:
    """Nothing follows from this, but it is known from now on."""
    queue.remember(db, assembly, knock.key, knock.now)
