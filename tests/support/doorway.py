"""How people come to the door in tests: expected, by link, many at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import get_args

from bot.core.guests import Guest
from bot.core.state import Seat, Status
from bot.store import codes, guests, people
from bot.store.codes import Invite
from bot.store.database import Database
from bot.store.guests import Expected
from bot.store.times import ms
from bot.transports.port import Batch, Incoming
from tests.support.evening import EVENING
from tests.support.room import ACCOUNT, ASSEMBLY, Room

CONTACT = EVENING.replace("[mandate]\n", '[mandate]\ncontact = { en = "Claire, 03 00", de = "Klara, 03 00" }\n')
ASKED = "please write /join and the code from your invitation"


def opened(more: str) -> str:
    """The evening with a `[joining]` of its own."""
    return CONTACT.replace("[groups.tables]", f"[joining]\n{more}\n[groups.tables]")


async def expect(here: Room, ref: str = "A-17", **more: object) -> str:
    """Somebody is expected. Their code."""
    guest = replace(Guest(ref, "participant", "linz"), **more)  # type: ignore[arg-type]

    def work(db: Database) -> str:
        now = here.clock.now()
        guests.expect(db, ASSEMBLY, guest, ms(now), ms(now + timedelta(days=30)))
        return guests.code(db, ASSEMBLY, found(db, ref))

    return await here.store.transact(work)


def found(db: Database, ref: str = "A-17") -> Expected:
    who = guests.find(db, ASSEMBLY, ref)
    assert who is not None
    return who


async def reissue(here: Room, ref: str = "A-17") -> str:
    def work(db: Database) -> str:
        now = here.clock.now()
        return guests.reissue(db, ASSEMBLY, found(db, ref), ms(now), ms(now + timedelta(days=30)))

    return await here.store.transact(work)


async def link(here: Room, way: str = "linz") -> str:
    """The link of an open assembly."""

    def work(db: Database) -> str:
        now, code = here.clock.now(), codes.spell(db.vault.invite(ASSEMBLY, f"link/{way}", 1))
        invite = Invite(ASSEMBLY, "participant", "linz", "", way=way)
        codes.put_code(db, code, invite, uses=codes.MANY, made=ms(now), expires=ms(now + timedelta(days=30)))
        return code

    return await here.store.transact(work)


async def knocks(here: Room, *texts: tuple[str, str], language: str = "en", **more: object) -> None:
    """People write in one batch, and everything that follows at once happens."""
    here._count += len(texts)
    heard = [
        Incoming(f"{here._count}.{n}", who, who, here.clock.now(), text, language=language, **more)  # type: ignore[arg-type]
        for n, (who, text) in enumerate(texts)
    ]
    await here.engine.take_in(ACCOUNT, Batch(tuple(heard), str(here._count)))
    await here.engine.settle()


async def seats(here: Room) -> list[Seat]:
    return await here.store.read(people.roster, ASSEMBLY, roles=(), statuses=get_args(Status))
