"""What the engine asks of a transport, and what it may answer.

A transport is a client and nothing more: the cursor, the queue, the pace and every decision to try again are the engine's.
It confirms to the remote side only what the engine has committed: `receive(cursor)` is called with the cursor of the last
committed batch, and that call is the confirmation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.core.rendered import Rendered


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing that a person wrote or pressed. `id` is unique within the account for ever; `user` is who, `place` the chat
    in which to answer; `at` when it was said; `press` what a button carried, "" for typed text."""

    id: str
    user: str
    place: str
    at: datetime
    text: str = ""
    press: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """What was received, and the cursor behind it."""

    events: tuple[Incoming, ...]
    cursor: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """The remote id of what was sent."""

    id: str


class SendError(Exception):
    """Why a message did not go out."""


class Retry(SendError):
    """Not sent; try again after a while."""

    def __init__(self, after: timedelta) -> None:
        super().__init__(f"try again in {after.total_seconds():g} s")
        self.after = after


class Gone(SendError):
    """Not sent, and never will be: the person cannot be reached there."""


class Refused(SendError):
    """Not sent: the platform does not take this message."""


class Uncertain(SendError):
    """It was handed over and no answer came: it may or may not have arrived."""


class Transport(Protocol):
    """A way to people. `account` names it (`console:main`); `repeatable` is True where sending the same key twice shows it
    once, so that nothing needs to be marked before it is sent."""

    account: str
    repeatable: bool

    async def receive(self, cursor: str) -> Batch:
        """Wait for something new behind the cursor. May return an empty batch."""
        ...

    async def send(self, place: str, message: Rendered, key: str) -> Receipt:
        """Deliver a message to a chat. Raises a `SendError`."""
        ...

    async def close(self) -> None:
        """Let go of connections and files."""
        ...
