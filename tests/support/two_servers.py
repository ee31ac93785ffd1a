"""A table whose people are on the real homeserver and on the strict Telegram server at once, with the real engine between them.

Time is a clock that a test moves; nothing is waited for. What somebody does is on its server when the call returns; `go_on` then
lets the bot fetch it from both, and do all that follows from it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.error import HTTPError

from bot.core.state import Role, Seat
from bot.engine.clock import ManualClock
from bot.store import audit, ballots, identities, opinions, people, queue, rooms
from bot.store.database import Database
from bot.store.times import ms
from bot.transports.matrix import Matrix
from bot.transports.telegram import Telegram
from tests.support.apps import Apps
from tests.support.botapi import BotApi
from tests.support.chats import FLOW, TALK
from tests.support.homeserver import Account
from tests.support.matrix_people import Gathering
from tests.support.room import ASSEMBLY, Post, Room, room

HOUR = timedelta(hours=1)
BREATH = timedelta(seconds=8)
"""So long the bot may take to say what it has to say, by its own clock: the pace of Telegram is a message a second in a chat."""

SIX = FLOW.replace("target = 3", "target = 6")
LODGED = SIX.replace("min_present = 2", 'min_present = 2\nlives = "room"')
"""A flow whose tables of six live in rooms, up to the seating."""


class Servers(Apps):
    """People on both servers, and the bot between them."""

    def __init__(self, here: Room, api: BotApi, gathering: Gathering, account: Account, two: tuple[Any, ...]) -> None:
        super().__init__(api, gathering, account)
        self.here = here
        self.telegram, self.matrix = cast(tuple[Telegram, Matrix], two)

    # The bot

    async def go_on(self, breath: timedelta = BREATH) -> None:
        """Let the bot fetch what was done and do what follows from it, at its own pace."""
        end = self.here.clock.now() + breath
        while (due := await self._quiet()) is not None and due <= end:
            self.here.clock.move(max(due, self.here.clock.now()))

    async def wait(self, span: timedelta) -> None:
        """Time passes; everything happens at its own instant."""
        end = self.here.clock.now() + span
        await self.go_on(span)
        self.here.clock.move(max(end, self.here.clock.now()))
        await self._quiet()

    async def _quiet(self) -> datetime | None:
        """Fetch and do what there is, until nothing moves. When there is more to do."""
        before = None
        while True:
            for transport in (self.telegram, self.matrix):
                await self._fetch(transport)
            done = await self.here.engine.settle()
            due = await self.here.engine.next_due()
            if not done and (due is None or due > self.here.clock.now() or due == before):
                return due
            before = due

    async def _fetch(self, transport: Telegram | Matrix) -> None:
        before, more = "", True
        while more or before != await self.here.store.read(queue.cursor, transport.account):
            before = await self.here.store.read(queue.cursor, transport.account) or ""
            batch = await transport.receive(before, wait=False)
            await self.here.engine.take_in(transport.account, batch)
            more = batch.more

    # People

    async def on_telegram(self, *names: str, role: Role = "participant", language: str = "en", site: str = "") -> None:
        """These people have an app, a chat with the bot, and a seat."""
        for name in names:
            app = self.apps[name] = self.api.person(name, language)
            app.chat().opened = True
            await self._enrol(name, self.telegram.account, str(app.id), str(app.id), role, language, site)

    async def on_matrix(self, *names: str, role: Role = "participant", language: str = "en", site: str = "") -> None:
        """These people have a client, a chat with the bot, and a seat."""
        for name in names:
            client = await self.stranger(name)
            chat = self.chats[name] = await self.gathering.room(client, self.account, private=True)
            await client.sync()
            await self._enrol(name, self.matrix.account, client.user, chat, role, language, site)

    async def _enrol(
        self, name: str, account: str, user: str, place: str, role: Role, language: str, site: str
    ) -> None:
        at = ms(self.here.clock.now())

        def enrol(db: Database) -> None:
            where = site or self.here.flow.file.schedule.sites[0].id
            seat = identities.enrol(db, ASSEMBLY, account, user, place, role, where, language, at=at)
            if role != "participant":
                people.save_seat(db, replace(seat, status="active", name=name.title()))

        await self.here.store.transact(enrol)

    async def opening(self) -> None:
        """All participants agree, and choose their names."""
        seated = [name for name in (*self.apps, *self.chats) if (await self.seat(name)).role == "participant"]
        for label in ("I am 18 or older and agree", "Yes"):
            for name in seated:
                await self.choose(name, label)
            await self.go_on()
        for name in seated:
            await self.write(name, name.title())
        await self.go_on()

    async def seat(self, name: str) -> Seat:
        account, user = self._user(name)

        def load(db: Database) -> Seat | None:
            (held, *_) = identities.seats_of(db, db.vault.lookup(account, user))
            return people.load_seat(db, held.seat)

        found = await self.here.store.read(load)
        assert found is not None
        return found

    def _user(self, name: str) -> tuple[str, str]:
        if name in self.apps:
            return self.telegram.account, str(self.apps[name].id)
        return self.matrix.account, self.clients[name].user

    async def come_in(self, *names: str) -> str:
        """These people go into the room of their table; those who do not lead it are asked first. The room's id."""
        place = await self.hall()
        for name in names:
            if self.membership(place, name) != "invite":
                await self.choose(name, "Come in")
        await self.go_on()
        for name in names:
            await self.enter(name, place)
        await self.go_on()
        return place

    # What the bot knows

    async def hall(self) -> str:
        """The room on Matrix that was made for the table."""
        (found,) = await self.here.store.read(_halls, self.matrix.account)
        return found

    async def kept(self, step: str = "talk") -> list[tuple[str, str]]:
        """What was kept of a step, with its state."""
        found = await self.here.store.read(opinions.contributions, ASSEMBLY, step)
        return [(c.text, c.state) for c in found]

    def state(self, place: str, kind: str, key: str = "", by: str = "") -> Any:
        """A part of a room's state on Matrix, as the bot, or somebody, reads it."""
        token = self.clients[by].account.token if by else self.account.token
        path = f"/_matrix/client/v3/rooms/{place}/state/{kind}/{key}"
        return self.gathering.server.ask("GET", path, token=token)

    def put_state(self, place: str, kind: str, content: Any) -> None:
        """Change a part of a room's state with the bot's own account, behind its back."""
        path = f"/_matrix/client/v3/rooms/{place}/state/{kind}/"
        self.gathering.server.ask("PUT", path, content, self.account.token)

    def spaces(self, place: str) -> list[str]:
        """The spaces to which a room belongs."""
        path = f"/_matrix/client/v3/rooms/{place}/state"
        found = self.gathering.server.ask("GET", path, token=self.account.token)
        return [event["state_key"] for event in found if event["type"] == "m.space.parent"]

    def membership(self, place: str, who: str) -> str:
        """What somebody is in a room on Matrix: invite, join, leave, ban; "" where they never were asked in."""
        try:
            found = self.state(place, "m.room.member", self.clients[who].user)
        except HTTPError:
            return ""
        return str(found["membership"])

    async def voted(self, step: str) -> list[str]:
        """The seats that have voted in a step."""
        return await self.here.store.read(ballots.voters, ASSEMBLY, step)

    async def acts(self) -> list[str]:
        """What stands in the assembly's log, as far as it was done by somebody."""
        return [line.act for line in await self.here.store.read(audit.lines, ASSEMBLY)]


def _halls(db: Database, account: str) -> list[str]:
    standing = (rooms.address(db, room.door) for room in rooms.made(db, ASSEMBLY) if room.account == account)
    return [address[1] for address in standing if address is not None]


@asynccontextmanager
async def served(gathering: Gathering, flow: str, name: str, **how: Any) -> AsyncIterator[Servers]:
    """An assembly of this flow between both servers, to which nobody has come yet. `name` is the bot's account on Matrix, `how`
    what else its room is made with."""
    clocks: list[ManualClock] = []
    account = gathering.server.login(gathering.pool.account(name))  # a device that has sent nothing yet

    def now() -> datetime:
        return clocks[0].now()

    async with BotApi(clock=lambda: now() if clocks else datetime.now().astimezone()) as api:
        ours = Telegram("main", api.bot().token, now, api=api.base_url)
        theirs = Matrix("main", gathering.server.url, account.user, account.token, now)
        first, *others = cast(list[Post], [ours, theirs])
        try:
            async with room(flow, first, others=others, **how) as here:
                clocks.append(here.clock)
                yield Servers(here, api, gathering, account, (ours, theirs))
        finally:
            await asyncio.gather(ours.close(), theirs.close())


@asynccontextmanager
async def servers(
    gathering: Gathering,
    steps: str = TALK,
    flow: str = LODGED,
    telegram: Sequence[str] = ("anna", "ben", "cleo"),
    matrix: Sequence[str] = ("dora", "emil", "fred"),
    maya: str = "matrix",
    seated: bool = True,
) -> AsyncIterator[Servers]:
    """A table with people on both servers, that Maya leads from one of them; the step after the seating is open."""
    async with served(gathering, flow + steps, "tables") as s:
        await s.on_telegram(*telegram)
        await s.on_matrix(*matrix)
        if maya:
            await (s.on_matrix if maya == "matrix" else s.on_telegram)("maya", role="facilitator")
        await s.go_on()
        await s.forget()
        await s.here.begin()
        await s.go_on()
        await s.opening()
        if seated:
            await s.wait(HOUR)
        yield s
