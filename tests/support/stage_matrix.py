"""The half of a stage that is Matrix: real nio clients on a Synapse that can be killed, and rooms that the bot makes.

People answer by number: the bare number below the newest question of a chat; in a reply to it where something else was asked
since, and in rooms always. What they send while Synapse is away they send again, as their programs do, until it is taken.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiohttp import ClientError
from nio import Event, RoomMessagesResponse, RoomSendResponse

from bot.core.rendered import Rendered, marks
from bot.rehearsal.cast import Part
from tests.support.homeserver import Account, Homeserver
from tests.support.matrix_people import Json, Person
from tests.support.shared_clock import SharedClock
from tests.support.stage import Place, Room, Stage

ACCOUNT = "matrix:main"
OPENS = "https://matrix.to/#/"
"""Whoever reads this has been invited into a room."""

AGREE = ("agree", "disagree", "pass")
FICKLE = 4
"""In every so many votes somebody writes a wrong number first."""

STORM = 2
"""So many people at least write at once when Synapse is killed among their messages."""


class Client(Person):
    """Somebody's program, which sends again what was not taken, under the same transaction. `sent` is what was taken: room and
    event."""

    def __init__(self, server: Homeserver, account: Account) -> None:
        super().__init__(server, account, None)
        self.sent: list[tuple[str, str]] = []

    async def send(self, room: str, kind: str, content: Json) -> str:
        transaction = uuid4().hex
        while True:
            try:
                answer = await self.client.room_send(room, kind, content, tx_id=transaction)
            except (ClientError, TimeoutError, OSError):
                await asyncio.sleep(0.05)
                continue
            if isinstance(answer, RoomSendResponse):
                self.sent.append((room, answer.event_id))
                return answer.event_id
            http: Any = answer.transport_response
            assert http is None or http.status >= 500, answer
            await asyncio.sleep(0.05)

    async def history(self, room: str) -> list[Event]:
        """Everything that stands in a room, oldest first."""
        found: list[Event] = []
        start: str | None = None
        while True:
            answer = await self.client.room_messages(room, start, limit=500)
            assert isinstance(answer, RoomMessagesResponse), answer
            found += [event for event in answer.chunk if isinstance(event, Event)]
            if not answer.chunk or answer.end is None:
                return found[::-1]
            start = answer.end


class Board:
    """What stands in a chat as far as people can choose something there, oldest first: messages by their first event."""

    def __init__(self) -> None:
        self.messages: dict[str, Rendered] = {}

    def find(self, press: str) -> tuple[str, str] | None:
        """The newest message in which this can be chosen, and the mark for it."""
        for event, shown in reversed(self.messages.items()):
            for mark, button in zip(marks(shown), shown.buttons, strict=True):
                if button.press == press:
                    return event, mark
        return None

    @property
    def newest(self) -> str:
        """The message that asked for something last."""
        return next((event for event, shown in reversed(self.messages.items()) if shown.buttons or shown.expects), "")


class Desk:
    """Somebody's Matrix. `changed` counts the answers that were changed."""

    account = ACCOUNT

    def __init__(self, client: Client, place: str, boards: dict[Place, Board]) -> None:
        self.client, self._place, self._boards = client, place, boards
        self.said: tuple[Room, str, str] | None = None
        self.changed = 0
        self._votes = 0

    @property
    def place(self) -> str:
        return self._place

    async def write(self, text: str, room: Room | None) -> None:
        words = f"!{text[1:]}".replace("!start ", "!join ") if text.startswith("/") else text
        event = await self.client.say(room.at[1] if room is not None else self._place, words)
        self.said = (room, event, text) if room is not None else self.said

    async def reword(self) -> str:
        """Change the last words that were said in a room. What they are now."""
        assert self.said is not None
        room, event, text = self.said
        await self.client.edit(room.at[1], event, new := f"{text} (So meinte ich es.)")
        room.said[room.said.index(text)] = new
        return new

    async def choose(self, press: str, room: Room | None) -> bool:
        for at in (room.at, (ACCOUNT, self._place)) if room is not None else ((ACCOUNT, self._place),):
            board = self._boards.get(at, Board())
            if (found := board.find(press)) is not None:
                event, mark = found
                if at[1] == self._place and event == board.newest:
                    await self._answer(board.messages[event], press, mark)
                else:
                    await self.client.reply(at[1], event, mark)
                return True
        return False

    async def _answer(self, shown: Rendered, press: str, mark: str) -> None:
        """Answer the newest question. In votes a wrong number is written first once in a while, and then changed."""
        step, *_, option = press.partition("@")[0].split(":")
        other = next((m for m, b in zip(marks(shown), shown.buttons, strict=True) if b.press != press), mark)
        self._votes += step.startswith("vote_") and option in AGREE
        if self._votes == FICKLE:
            self._votes = 0
            self.changed += 1
            await self.client.edit(self._place, await self.client.say(self._place, other), mark)
        else:
            await self.client.say(self._place, mark)


class MatrixStage(Stage):
    """A stage on which some people are at their Matrix clients. `crashes` counts how often Synapse was killed while messages were
    under way."""

    def __init__(
        self, folder: Path, servers: Sequence[str], clock: SharedClock, parts: Sequence[Part], server: Homeserver,
        bot: Account,
    ) -> None:  # fmt: skip
        super().__init__(folder, servers, clock, parts)
        self.server, self.bot = server, bot
        self.crashes = 0
        self.storm = False
        """Whether Synapse is killed as soon as several people write at once."""
        self._boards: dict[Place, Board] = {}
        self._unknown = False
        self._invited: set[str] = set()

    @property
    def desks(self) -> dict[str, Desk]:
        return {user: desk for user, apps in self.apps.items() if isinstance(desk := apps.get(ACCOUNT), Desk)}

    async def sit_down(self, user: str) -> Desk:
        """Somebody has a Matrix client, and has opened a chat with the bot."""
        client = Client(self.server, self.server.register(user))
        desk = Desk(client, await client.dm(self.bot.user), self._boards)
        self.equip(user, desk)
        return desk

    async def leave(self) -> None:
        """Everybody closes their program."""
        for desk in self.desks.values():
            await desk.client.close()

    async def crash(self) -> None:
        """Synapse is killed, and started again on what it had stored."""
        self.server.kill()
        await asyncio.to_thread(self.server.start)

    async def crash_at_work(self, sent: int) -> bool:
        """Kill Synapse while the bot is at work. False where it had done all there was to do before."""
        at_work = await self.while_at_work(sent, self.crash)
        self.crashes += at_work
        return at_work

    def arrives(self, line: Mapping[str, Any], place: Place, shown: Rendered) -> bool:
        if place[0] != ACCOUNT:
            return True
        messages = self._boards.setdefault(place, Board()).messages
        event, changed = line["id"].partition(",")[0], line["changed"].partition(",")[0]
        if not changed and event in messages:
            return False
        messages[changed or event] = shown
        self._unknown = self._unknown or (place not in self.rooms and place not in self._users)
        if any(OPENS in text for _, text in shown.blocks) and place in self._users:
            self._invited.add(self._users[place])
        return True

    async def read(self) -> None:
        await super().read()
        if self._unknown:
            self._unknown = False
            for table, places in (await self.ask("rooms")).items():
                for account, where in places:
                    self.rooms.setdefault((account, where), Room(table, (account, where)))
            self._invited |= {user for user in self.desks if self.village.people[user].role != "participant"}
        while self._invited:
            await self._enter(self._invited.pop())

    async def _enter(self, user: str) -> None:
        """Somebody accepts every invitation that there is."""
        client = self.desks[user].client
        await client.sync()
        for where in [*client.client.invited_rooms]:
            await client.join(where)
            if (ACCOUNT, where) in self.rooms:
                self.rooms[ACCOUNT, where].people.add(user)

    async def _act(self) -> None:
        events = self.village.act().events
        by_user = {user: [event for event in events if event.user == user] for user in {e.user for e in events}}
        if not self.storm or len(by_user.keys() & self.desks.keys()) < STORM:
            for event in events:
                await self.do(event)
            return

        async def one_after_the_other(user: str) -> None:
            for event in by_user[user]:
                await self.do(event)

        self.storm = False
        acting = [asyncio.create_task(one_after_the_other(user)) for user in sorted(by_user)]
        await asyncio.wait(acting, return_when=asyncio.FIRST_COMPLETED)
        await self.crash()
        await asyncio.gather(*acting)
        self.crashes += 1
