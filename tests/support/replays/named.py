"""A platform on which people and what they do are called as the script calls them."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import replace

from bot.core.heard import PICK
from bot.core.rendered import Choice, Rendered, marks, plain
from bot.rehearsal.hall import Hall
from bot.rehearsal.record import Scribe
from bot.store import buttons
from bot.transports.port import Batch, Incoming, Media, Menu, Receipt, Transport
from tests.support.mapped_clock import MappedClock

OWN = "what they said themselves"
"""Stands for somebody's own message: the bot has not sent it, so nobody here knows its words."""


class Named:
    """A transport under another account's name. `names` says whose a user or a place is. Nothing is held back: a conversation was
    recorded where nothing needs to be. Where the platform's clock is not that of the test (`dated`), its times are mapped.

    `scribe` hears what leaves, in the words and with the presses of the engine; questions what somebody meant by a number are
    left out, since where there are buttons nobody has to be asked. `standing` is what stands in each place now, by remote id;
    `changed` how often a message took the place of an earlier one; `answered` is what was said in reply, to whom and to what;
    `deleted` what was deleted, and where."""

    rooms = None

    def __init__(
        self,
        transport: Transport,
        account: str,
        clock: MappedClock,
        scribe: Scribe,
        names: Mapping[str, str],
        *,
        dated: bool,
    ) -> None:
        self.account = account
        self.abilities = replace(transport.abilities, pace=None)
        self.hall: Hall | None = None
        self.changed = 0
        self.answered: list[tuple[str, str, str]] = []
        self.deleted: list[tuple[str, str]] = []
        self.standing: dict[str, dict[str, Rendered]] = {}
        self._transport, self._clock, self._scribe = transport, clock, scribe
        self.names, self._dated = names, dated
        self._coming: deque[Incoming] = deque()
        self._doubts: set[str] = set()

    def expect(self, act: Incoming) -> None:
        """The next thing that comes is this one."""
        self._coming.append(act)

    def offering(self, place: str, press: str) -> tuple[str, Choice, str]:
        """The newest message in a place that offers this choice: its remote id, the choice, and the mark that stands before it
        where there are no buttons."""
        for id, message in reversed(self.standing[place].items()):
            for choice, mark in zip(message.buttons, marks(message), strict=True):
                if choice.press == press:
                    return id, choice, mark
        raise AssertionError(f"nobody offers {press} there")

    def stands(self, place: str) -> list[str]:
        """What can be read in a place now."""
        return [plain(message) for id, message in self.standing[place].items() if id not in self._doubts]

    @property
    def waiting(self) -> bool:
        """Whether something that people did is still on its way."""
        return bool(self._coming)

    async def receive(self, cursor: str, wait: bool = True) -> Batch:
        batch = await self._transport.receive(cursor, wait)
        return replace(batch, events=tuple(self._known(event) for event in batch.events))

    def _known(self, event: Incoming) -> Incoming:
        assert self._coming, f"nobody did this: {event}"
        act = self._coming.popleft()
        at = self._clock.showed(event.at) if self._dated else event.at
        assert (self.names[event.user], at) == (act.user, act.at), f"{event} is not what was done: {act}"
        language = event.language or act.language  # what no phone tells stands in the invitation
        return replace(event, id=act.id, user=act.user, at=at, language=language)

    def chat(self, place: str) -> str:
        return self._transport.chat(place)

    def pieces(self, message: Rendered) -> int:
        return self._transport.pieces(message)

    async def send(self, place: str, message: Rendered, key: str) -> Receipt:
        receipt = await self._transport.send(place, message, key)
        there = self.standing.setdefault(place, {})
        there[receipt.id] = message
        if message.answers in there:
            self.answered.append((self.names[place], plain(message), plain(there[message.answers])))
        elif message.answers:
            self.answered.append((self.names[place], plain(message), OWN))
        await self._heard(place, message, receipt.id)
        return receipt

    async def edit(self, place: str, message: Rendered, remote: str) -> Receipt:
        receipt = await self._transport.edit(place, message, remote)
        there = self.standing[place]
        assert remote in there, "nothing stands there that could be changed"
        self.standing[place] = {
            (receipt.id if id == remote else id): (message if id == remote else stood) for id, stood in there.items()
        }
        self.changed += 1
        await self._heard(place, message, receipt.id)
        return receipt

    async def delete(self, place: str, remote: str) -> None:
        await self._transport.delete(place, remote)
        gone = self.standing[place].pop(remote, None)
        self.deleted.append((self.names[place], plain(gone) if gone else OWN))

    async def menu(self, place: str, menu: Menu) -> None:
        await self._transport.menu(place, menu)

    async def link(self, place: str) -> str:
        return await self._transport.link(place)

    async def fetch(self, media: Media) -> bytes:
        return await self._transport.fetch(media)

    async def close(self) -> None:
        await self._transport.close()

    async def _heard(self, place: str, message: Rendered, remote: str) -> None:
        """Let the scribe know, with what the buttons stand for."""
        if doubts(message):
            self._doubts.add(remote)
        if remote in self._doubts:
            return
        told = message
        if self.abilities.press_bytes is not None:
            assert self.hall is not None
            meant = [await self.hall.store.read(buttons.find, button.press) for button in message.buttons]
            raw = [replace(b, press=found.press) for b, found in zip(message.buttons, meant, strict=True) if found]
            assert len(raw) == len(message.buttons), "a button that the store does not know"
            told = replace(message, buttons=tuple(raw))
        self._scribe.heard(self._clock.now(), self.names[place], told, remote)


def doubts(message: Rendered) -> str:
    """The choice that says "I meant this as my answer", where a message asks for that; else ""."""
    return next((button.press for button in message.buttons if button.press.startswith(f"{PICK}:")), "")
