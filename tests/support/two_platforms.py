"""Two platforms in one assembly: `Phones` with buttons and groups that people make, `Halls` where there are no buttons and the
bot makes the rooms. People have their chats on one of them, or on both.

What stands in a chat now is `shown`; what was ever sent there, `delivered`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from bot.core.rendered import plain
from bot.core.state import Role, Seat
from bot.language.translation.service import Translators
from bot.store import identities, people
from bot.store.database import Database
from bot.store.times import ms
from bot.transports.port import Abilities, Batch, Incoming, Media
from tests.support.chats import FLOW, TALK, Chats
from tests.support.room import ASSEMBLY, Room, room

HOUR = timedelta(hours=1)
INSTANT = timedelta(milliseconds=1)
"""Between two things that people do: no two are done at the same moment."""


class Phones(Chats):
    """The platform with buttons: they carry a few bytes."""

    account = "phones:main"

    def __init__(self) -> None:
        super().__init__()
        self.abilities = Abilities(repeatable=True, edits=True, press_bytes=64)


@dataclass
class Hall:
    """A room that the bot has made."""

    name: str
    topic: str
    key: str
    space: str = ""
    guides: tuple[str, ...] = ()
    encrypted: bool = False
    invited: list[str] = field(default_factory=list)
    out: list[tuple[str, str]] = field(default_factory=list)
    sealed: bool = False


class Halls(Chats):
    """The platform where the bot makes rooms. The next of `refusals` is raised in place of making something; `made` and `asked`
    say how often anything was made, and what was asked for."""

    account = "halls:main"

    def __init__(self) -> None:
        super().__init__()
        self.abilities = Abilities(repeatable=True, edits=True, numbered=True)
        self.rooms = self
        self.halls: dict[str, Hall] = {}
        self.refusals: list[Exception] = []
        self.asked: list[str] = []

    async def make_space(self, name: str, topic: str, key: str) -> str:
        return self._make(f"space-{key}", Hall(name, topic, key))

    async def make_room(
        self, name: str, topic: str, key: str, *, space: str = "", guides: Sequence[str] = (), encrypted: bool = False
    ) -> str:
        hall = Hall(name, topic, key, space, tuple(guides), encrypted, [*guides])
        return self._make(f"hall-{key}", hall)

    def _make(self, place: str, hall: Hall) -> str:
        self._ask("make")
        self.halls.setdefault(place, hall)
        return place

    async def invite(self, place: str, user: str) -> None:
        self._ask("invite")
        if user not in self.halls[place].invited:
            self.halls[place].invited.append(user)

    async def lead(self, place: str, guides: Sequence[str]) -> None:
        self._ask("lead")
        self.halls[place].guides = tuple(guides)

    async def kick(self, place: str, user: str, reason: str) -> None:
        self._ask("kick")
        hall = self.halls[place]
        if user in hall.invited:
            hall.invited.remove(user)
            hall.out.append((user, reason))

    async def rename(self, place: str, name: str, topic: str) -> None:
        raise NotImplementedError

    async def seal(self, place: str) -> None:
        self._ask("seal")
        self.halls[place].sealed = True

    async def reaches(self, user: str) -> str:
        return ""

    async def link(self, place: str) -> str:
        return f"https://halls.example/{place}"

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if self.refusals:
            raise self.refusals.pop(0)

    @property
    def tables(self) -> list[str]:
        """The places of the rooms of tables, in the order in which they were made."""
        return [place for place, hall in self.halls.items() if hall.space]


class Both:
    """People on both platforms, with a room (`tests.support.room`). What they write has ids of their own: `anna-1` …"""

    def __init__(self, room: Room, phones: Phones, halls: Halls) -> None:
        self.room, self.phones, self.halls = room, phones, halls
        self.on: dict[str, Chats] = {}
        self._counts: dict[str, int] = {}

    async def enrol(self, platform: Chats, *names: str, role: Role = "participant", language: str = "en") -> None:
        """Seats of people whose chats are on a platform."""
        for name in names:
            self.on[name] = platform
            await self.room.store.transact(
                _enrol, self.room, platform.account, name, role, language, ms(self.room.clock.now())
            )

    async def opening(self, *names: str) -> None:
        """They agree, and choose their names."""
        for name in names:
            await self.press(name, "I am 18 or older and agree")
            await self.press(name, "Yes")
            await self.write(name, name.title())

    # What people do

    async def write(self, who: str, text: str = "", on: Chats | None = None, **more: Any) -> str:
        """Somebody writes in their own chat, and everything that follows happens. The message's id."""
        return await self._do(who, on or self.on[who], {"text": text, "place": who, **more})

    async def there(self, who: str, place: str, text: str = "", on: Chats | None = None, **more: Any) -> str:
        """Somebody writes in a room."""
        return await self._do(who, on or self.on[who], {"text": text, "place": place, "room": True, **more})

    async def enters(self, who: str, place: str, **more: Any) -> None:
        await self.there(who, place, kind="entered", message="", **more)

    async def exits(self, who: str, place: str, **more: Any) -> None:
        await self.there(who, place, kind="exited", message="", **more)

    async def edit(self, who: str, message: str, text: str, place: str = "", **more: Any) -> None:
        where = {"place": place or who, "room": bool(place)}
        await self._do(who, self.on[who], {"kind": "edit", "text": text, "message": message, **where, **more})

    async def deletes(self, who: str, message: str, place: str = "", **more: Any) -> None:
        where = {"place": place or who, "room": bool(place)}
        await self._do(who, self.on[who], {"kind": "redaction", "message": message, **where, **more})

    async def sends(self, who: str, kind: Any, text: str = "", place: str = "", **more: Any) -> str:
        """Somebody sends a file; its platform name is `file-of-…`."""
        media = Media(kind, f"file-of-{who}", 1000)
        if place:
            return await self.there(who, place, text, media=media, **more)
        return await self.write(who, text, media=media, **more)

    async def press(self, who: str, label: str, on: Chats | None = None) -> None:
        """Somebody chooses: presses the newest button with this label; where there are none, writes its number, in reply where
        the message is not the last one in the chat."""
        chats = on or self.on[who]
        for place, (id, message) in enumerate(reversed(chats.chats.get(who, {}).items())):
            for number, button in enumerate(message.buttons, 1):
                if button.label == label:
                    if chats.abilities.numbered:
                        await self.write(who, str(number), chats, answers=id if place else "")
                    else:
                        await self._do(
                            who, chats, {"kind": "press", "press": button.press, "message": id, "place": who}
                        )
                    return
        raise KeyError(f"{who} sees no {label}: {chats.shown(who)}")

    async def _do(self, who: str, chats: Chats, what: Mapping[str, Any]) -> str:
        self.room._count += 1
        self._counts[who] = self._counts.get(who, 0) + 1
        own = f"{who}-{self._counts[who]}"
        self.room.clock.move(self.room.clock.now() + INSTANT)
        done = Incoming(str(self.room._count), who, who, self.room.clock.now(), language="en", message=own)
        await self.room.engine.take_in(chats.account, Batch((replace(done, **what),), str(self.room._count)))
        await self.room.engine.settle()
        return own

    # What people see

    def shown(self, who: str) -> list[str]:
        """What stands in somebody's chat, or in a room."""
        return [text for chats in (self.phones, self.halls) for text in chats.shown(who)]

    def last(self, who: str) -> str:
        return self.shown(who)[-1]

    def count(self, who: str, words: str) -> int:
        """In how many messages that were ever sent to somebody these words stood."""
        return sum(words in plain(m) for chats in (self.phones, self.halls) for m in chats.to(who))

    def clear(self) -> None:
        """Forget what stands in the chats."""
        for chats in (self.phones, self.halls):
            for chat in chats.chats.values():
                chat.clear()
            chats.delivered.clear()

    async def seat(self, name: str) -> Seat:
        found = await self.room.store.read(_seat_of, self.on[name].account, name)
        assert found is not None
        return found


LODGED = FLOW.replace("min_present = 2", 'min_present = 2\nlives = "room"')
"""A flow whose tables live in rooms, up to the seating."""


@asynccontextmanager
async def both(
    steps: str = TALK,
    flow: str = LODGED,
    phones: Sequence[str] = ("anna", "ben"),
    halls: Sequence[str] = ("dora", "emil"),
    maya: str = "halls",
    seated: bool = True,
    translate: str | Translators = "none",
) -> AsyncIterator[Both]:
    """A table with people on both platforms, that Maya leads from one of them; the step after the seating is open."""
    with_buttons, with_rooms = Phones(), Halls()
    async with room(flow + steps, with_buttons, others=[with_rooms], translate=translate) as here:
        b = Both(here, with_buttons, with_rooms)
        await b.enrol(with_buttons, *phones)
        await b.enrol(with_rooms, *halls)
        if maya:
            await b.enrol(with_rooms if maya == "halls" else with_buttons, "maya", role="facilitator")
        await here.begin()
        await b.opening(*phones, *halls)
        if seated:
            await here.wait(HOUR)
            await here.engine.settle()
        yield b


def _enrol(db: Database, here: Room, account: str, name: str, role: Role, language: str, at: int) -> None:
    where = here.flow.file.schedule.sites[0].id
    seat = identities.enrol(db, ASSEMBLY, account, name, name, role, where, language, at=at)
    if role != "participant":
        people.save_seat(db, replace(seat, status="active", name=name.title()))


def _seat_of(db: Database, account: str, name: str) -> Seat | None:
    held = identities.seats_of(db, db.vault.lookup(account, name))
    return people.load_seat(db, held[0].seat) if held else None
