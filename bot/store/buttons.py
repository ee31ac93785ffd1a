"""What the buttons of sent messages stand for, where a platform lets a button carry a few bytes only.

Invariants:

* A button carries the key of its message and a number: nothing can be read from it, and nothing guessed, since the key is an
  HMAC under the key file.
* A key belongs to one holder (a seat, or the id of a room) and says what each of its buttons means there. Whether the presser
  is that holder is for the caller to see (`bot.engine.intake`).
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.store.database import Database

_DATA = re.compile(r"([a-z2-7]{16}):(0|[1-9][0-9]{0,2})")


@dataclass(frozen=True, slots=True)
class Buttons:
    """The buttons of a message that leaves: `presses` in order."""

    key: str
    assembly: str
    holder: str
    step: str
    presses: Sequence[str]


@dataclass(frozen=True, slots=True)
class Found:
    """What a pressed button stands for, and in whose chat it stood."""

    assembly: str
    holder: str
    step: str
    press: str


def key(db: Database, assembly: str, message: str) -> str:
    """The key of the buttons of a message, by its key in the outbox."""
    return base64.b32encode(db.vault.lookup(assembly, f"button {message}")[:10]).decode().lower()


def data(key: str, number: int) -> str:
    """What the button of this number carries, counted from 0."""
    return f"{key}:{number}"


def keep(db: Database, made: Iterable[Buttons], at: int) -> None:
    """Keep what these buttons stand for; the same key again takes their place."""
    db.sql.executemany(
        "INSERT INTO button (key, assembly, holder, step, presses, made) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (key) "
        "DO UPDATE SET presses = excluded.presses, step = excluded.step",
        [(b.key, b.assembly, b.holder, b.step, json.dumps(list(b.presses)), at) for b in made],
    )


def find(db: Database, data: str) -> Found | None:
    """What a button stands for, by what it carried; None for anything that no message of ours has."""
    match = _DATA.fullmatch(data)
    if match is None:
        return None
    row = db.sql.execute("SELECT assembly, holder, step, presses FROM button WHERE key = ?", (match[1],)).fetchone()
    presses = json.loads(row[3]) if row else []
    number = int(match[2])
    return Found(row[0], row[1], row[2], presses[number]) if number < len(presses) else None


def forget(db: Database, holder: str) -> None:
    """What stood in this chat is not answered any more."""
    db.sql.execute("DELETE FROM button WHERE holder = ?", (holder,))
