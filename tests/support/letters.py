"""Contributions and letters for tests of the sender."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.core.effects import Lane
from bot.core.message import Message, Name, Words, block
from bot.core.state import Contribution
from bot.store import opinions
from bot.transports.port import Abilities
from tests.support.office import PACE, Account, Office
from tests.support.room import ASSEMBLY

AT = datetime(2027, 3, 1, 9, tzinfo=UTC)


async def keep(here: Office, id: str, seat: str, text: str, **more: object) -> None:
    given = Contribution(id, "talk", "t1", "square", seat, "message", text, AT, "en", **more)  # type: ignore[arg-type]  # few
    await here.store.transact(opinions.keep, ASSEMBLY, given)


def quoted(seat: str, id: str, **more: object) -> Message:
    """A contribution as a table reads it."""
    return Message((block(Name(seat)), block(Words(id), kind="quote")), about=id, **more)  # type: ignore[arg-type]  # few


def talk(here: Office, id: str, to: str, by: str, *, silent: bool = False, **more: object):  # type: ignore[no-untyped-def]
    return here.row(f"say/{id}@{to}", to, Lane.TALK, quoted(by, id, **more), about=id, silent=silent)


async def found(here: Office, query: str, *given: object) -> list[tuple[object, ...]]:
    return await here.store.read(lambda db: db.sql.execute(query, given).fetchall())


class Keyed(Account):
    """An account whose buttons carry little."""

    def __init__(self, **more: object) -> None:
        able = Abilities(repeatable=False, edits=True, press_bytes=64, pace=PACE)
        super().__init__(abilities=able, **more)  # type: ignore[arg-type]  # few fields, many tests
