"""A table that is given a room, for tests of what people do there."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from bot.core.rendered import plain
from bot.core.state import Seat
from bot.store import identities, opinions, people, rooms, tables
from bot.store.database import Database
from tests.support.room import ACCOUNT, ASSEMBLY, Room

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
GROUP = "group-7"


async def evening(here: Room, *names: str, talking: bool = True) -> None:
    """Maya facilitates a table with these people; their talk is open."""
    await here.enrol("maya", "facilitator")
    for name in names or ("anna", "ben", "cleo"):
        await here.enrol(name)
    await here.begin()
    for name in names or ("anna", "ben", "cleo"):
        await here.choose(name, "Continue", "I am 18 or older and agree")
        await here.say(name, name.title())
    await here.wait(HOUR if talking else 59 * MINUTE)


async def code(here: Room, who: str = "maya", command: str = "/bind") -> str:
    """Ask for a code in private."""
    await here.say(who, command)
    found = re.findall(r"/bind (\S+)", here.post.text(who))
    assert found, here.post.text(who)
    return str(found[-1])


async def bind(here: Room, who: str = "maya", place: str = GROUP) -> None:
    """Maya gives her table a room."""
    await here.room_says(who, place, f"/bind {await code(here, who)}")


async def the_room(here: Room, place: str = GROUP) -> rooms.Room:
    found = await here.store.read(rooms.find, ACCOUNT, place)
    assert found is not None
    return found


async def seat(here: Room, name: str) -> Seat:
    found = await here.store.read(people.load_seat, await here.enrol(name))
    assert found is not None
    return found


async def kept(here: Room, step: str = "talk") -> list[str]:
    """The words that were kept, in order."""
    found = await here.store.read(opinions.contributions, ASSEMBLY, step)
    return [c.text for c in found]


def fresh(here: Room, place: str, since: int) -> str:
    """What came to a place after so many messages."""
    return "\n".join(plain(m) for m in here.post.to(place)[since:])


def help_somebody(db: Database, here: Room, who: str, name: str, table: str) -> str:

    from bot.core.effects import Seated

    made = identities.enrol(db, ASSEMBLY, ACCOUNT, who, who, "participant", "linz", "en", True, at=0)
    people.save_seat(db, replace(made, status="active", name=name))
    found = tables.load_table(db, ASSEMBLY, table)
    assert found is not None
    tables.sit(db, ASSEMBLY, Seated(table, found.plan, found.site, found.number, found.languages, (made.id,)), 0)
    return made.id
