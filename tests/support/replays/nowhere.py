"""A recorded conversation without any platform: with whatever abilities one has, and nothing that could go wrong."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace

from bot.core.rendered import Rendered
from bot.rehearsal.record import Scribe
from bot.rehearsal.script import Cast
from bot.transports.port import Abilities, Batch, Incoming, PlainTransport, Receipt
from tests.support.mapped_clock import MappedClock
from tests.support.replays.named import Named


class Paper(PlainTransport):
    """Takes whatever it is given, and brings what people do at once."""

    account = "paper"

    def __init__(self, abilities: Abilities) -> None:
        self.abilities = replace(abilities, press_bytes=None)
        self.done: list[Incoming] = []

    async def receive(self, cursor: str, wait: bool = True) -> Batch:
        done, self.done = tuple(self.done), []
        return Batch(done, cursor)

    async def send(self, place: str, message: Rendered, key: str) -> Receipt:
        return Receipt(key)

    async def edit(self, place: str, message: Rendered, remote: str) -> Receipt:
        return Receipt(remote)

    async def delete(self, place: str, remote: str) -> None:
        """Nothing stands here."""

    async def close(self) -> None:
        """Nothing to let go of."""


class PlainSide:
    """These people without a platform. `abilities` are those of the platform whose place this takes."""

    def __init__(self, abilities: Abilities | None = None) -> None:
        self.abilities = abilities or Abilities()
        self._paper = Paper(self.abilities)

    async def open(
        self, stack: AsyncExitStack, account: str, people: Sequence[Cast], clock: MappedClock, scribe: Scribe
    ) -> Named:
        """Everybody is there already."""
        names = {cast.user: cast.user for cast in people}
        self.named = Named(self._paper, account, clock, scribe, names, dated=False)
        return self.named

    async def does(self, act: Incoming) -> None:
        """Somebody does this: they press a button, or write the mark of a choice in reply to its message."""
        if act.press and self.abilities.edits:
            remote, _, mark = self.named.offering(act.user, act.press)
            typed = replace(act, press="", text=mark, message=f"{act.id}/typed", answers=remote)
            act = typed if self.abilities.numbered else replace(act, message=remote)
        self._paper.done.append(act)

    def doubted(self, user: str) -> str:
        """A press is never in doubt."""
        return ""

    async def check(self) -> None:
        """There is nothing that could differ."""
