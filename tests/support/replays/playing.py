"""One way through a recorded conversation, without a platform or on one or two of them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from bot.core.rendered import plain
from bot.language.flowfiles import bundle
from bot.rehearsal.hall import ASSEMBLY, Hall, open_hall
from bot.rehearsal.record import Replay, Scribe
from bot.rehearsal.script import Cast, Script
from bot.report.export import export_files
from bot.store import queue
from bot.transports.port import Abilities, Batch, Incoming
from tests.support.mapped_clock import MappedClock
from tests.support.replays.named import Named

FIRST, SECOND = "village:main", "village:other"
"""The accounts. That of the first platform is the one that scripts are recorded on."""

PATIENCE = 60.0
"""Seconds that something may take to arrive."""


class Side(Protocol):
    """One platform of a conversation, with the people on it."""

    abilities: Abilities
    named: Named

    async def open(
        self, stack: AsyncExitStack, account: str, people: Sequence[Cast], clock: MappedClock, scribe: Scribe
    ) -> Named: ...

    async def does(self, act: Incoming) -> None: ...

    def doubted(self, user: str) -> str: ...

    async def check(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Played:
    """What each person read, in order, and what stands in their chat at the end; what was said in reply, to whom and to what;
    what was deleted, and where; what was exported at the end; how often a message changed in its place; on which platform each
    person was, and who sat together."""

    heard: dict[str, list[str]]
    standing: dict[str, list[str]]
    answered: list[tuple[str, str, str]]
    deleted: list[tuple[str, str]]
    exported: dict[str, bytes]
    changed: int
    where: dict[str, int]
    tables: frozenset[frozenset[str]]

    @property
    def mixed(self) -> bool:
        """Whether people on different platforms sat at one table."""
        return any(len({self.where[user] for user in table}) > 1 for table in self.tables)


def shared(script: Script, sides: int) -> dict[str, int]:
    """On which of the platforms each person is: of every role at a site one here, one there."""
    counts: dict[tuple[str, str], int] = {}
    found = {}
    for cast in script.people:
        number = counts[cast.role, cast.site] = counts.get((cast.role, cast.site), -1) + 1
        found[cast.user] = number % sides
    return found


class Enacted(Replay):
    """People do what a script says, one after the other, on their platforms. Who is asked back says that it was meant so."""

    def __init__(self, script: Script, hall: Hall, scribe: Scribe, sides: Mapping[str, Side]) -> None:
        super().__init__(script, hall, scribe)
        self._here, self._sides = hall, sides
        self.tables: set[frozenset[str]] = set()
        self._names = {place: name for side in sides.values() for place, name in side.named.names.items()}

    async def hand_over(self, done: Batch) -> None:
        await _as_one(self._here)
        for act in done.events:
            side = self._sides[act.user]
            await self._do(side, act)
            if act.press:
                await self._here.engine.settle()
                if sure := side.doubted(act.user):
                    await self._do(side, replace(act, id=f"{act.id}/sure", press=sure))
        for places in (await self._here.tables()).values():
            self.tables.add(frozenset(self._names[place] for place in places))

    async def _do(self, side: Side, act: Incoming) -> None:
        """Somebody does something, and the engine takes it in once it has come."""
        side.named.expect(act)
        await side.does(act)
        async with asyncio.timeout(PATIENCE):
            while side.named.waiting:
                cursor = await self._here.store.read(queue.cursor, side.named.account)
                await self._here.take_in(side.named.account, await side.named.receive(cursor or ""))


async def _as_one(hall: Hall) -> None:
    """Let people have the seats that they would have if all were on one platform: lots are drawn between seats. A store that
    was opened again has to be told again."""
    vault = await hall.store.read(lambda db: db.vault)
    if "lookup" in vars(vault):
        return
    lookup = vault.lookup
    vault.lookup = lambda account, user: lookup(FIRST if account == SECOND else account, user)  # type: ignore[method-assign]


async def play(script: Script, folder: Path, *sides: Side) -> Played:
    """Play a script on these platforms, its people shared out between them."""
    clock = MappedClock(script.start)
    scribe = Scribe(clock.now())
    where = shared(script, len(sides))
    async with AsyncExitStack() as stack:
        for number, (account, side) in enumerate(zip((FIRST, SECOND), sides, strict=False)):
            people = [cast for cast in script.people if where[cast.user] == number]
            await side.open(stack, account, people, clock, scribe)
        named = [side.named for side in sides]
        hall = await open_hall(bundle(folder / script.flow), script.seed, named, clock)
        stack.push_async_callback(hall.close)
        for each in named:
            each.hall = hall
            await hall.take_in(each.account, await each.receive("", wait=False))
        enacted = Enacted(script, hall, scribe, {user: sides[number] for user, number in where.items()})
        await enacted.play()
        for side in sides:
            await side.check()
        exported = await hall.store.read(export_files, hall.engine.house, ASSEMBLY)
    return Played(
        {cast.user: [plain(message) for message in scribe.read_by(cast.user)] for cast in script.people},
        {each.names[place]: each.stands(place) for each in named for place in each.standing},
        sorted(answer for each in named for answer in each.answered),
        sorted(gone for each in named for gone in each.deleted),
        exported,
        sum(each.changed for each in named),
        where,
        frozenset(enacted.tables),
    )
