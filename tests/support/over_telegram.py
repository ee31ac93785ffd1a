"""A recorded conversation on Telegram: the same people do the same things with their apps, on the strict server.

They are known to the engine under the names and their acts under the numbers that the script gives them, so that the same
lots are drawn and the same ids derived: what comes out can be compared byte for byte.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from bot.core.rendered import Rendered, plain
from bot.engine.clock import ManualClock
from bot.language.flowfiles import bundle
from bot.rehearsal.hall import ASSEMBLY, Hall, open_hall
from bot.rehearsal.record import Puppets, Replay, Scribe
from bot.rehearsal.script import Script
from bot.rehearsal.village import Village
from bot.report.export import export_files
from bot.store import buttons, queue
from bot.transports.port import Batch, Media, Menu, Receipt
from bot.transports.telegram import Telegram
from tests.support.botapi import BotApi, Message, Person


class Named:
    """Telegram, with its people and what they do called as the script calls them. Nothing is held back: a conversation was
    recorded where nothing needs to be. `scribe` hears what leaves, in the words and with the presses of the engine."""

    account = Village.account

    def __init__(self, telegram: Telegram, clock: ManualClock, scribe: Scribe, people: dict[str, Person]) -> None:
        self._telegram, self._clock, self._scribe = telegram, clock, scribe
        self._names = {str(person.id): name for name, person in people.items()}
        self._numbers: dict[str, str] = {}
        self._words: dict[tuple[str, str], object] = {}
        self.changed: list[str] = []
        self.abilities = replace(telegram.abilities, pace=None)
        self.hall: Hall | None = None

    async def receive(self, cursor: str, wait: bool = True) -> Batch:
        batch = await self._telegram.receive(cursor, wait)
        known = [
            replace(
                event,
                id=self._numbers.setdefault(event.id, str(len(self._numbers) + 1)),
                user=self._names[event.user],
            )
            for event in batch.events
        ]
        return replace(batch, events=tuple(known))

    def chat(self, place: str) -> str:
        return self._telegram.chat(place)

    def pieces(self, message: Rendered) -> int:
        return self._telegram.pieces(message)

    async def send(self, place: str, message: Rendered, key: str) -> Receipt:
        receipt = await self._telegram.send(place, message, key)
        self._words[place, receipt.id] = message.blocks
        await self._heard(place, message)
        return receipt

    async def edit(self, place: str, message: Rendered, remote: str) -> Receipt:
        receipt = await self._telegram.edit(place, message, remote)
        if self._words.get((place, remote)) != message.blocks:  # else only its buttons have changed
            self._words[place, remote] = message.blocks
            self.changed.append(plain(await self._heard(place, message)))
        return receipt

    async def delete(self, place: str, remote: str) -> None:
        await self._telegram.delete(place, remote)

    async def menu(self, place: str, menu: Menu) -> None:
        await self._telegram.menu(place, menu)

    rooms = None

    async def link(self, place: str) -> str:
        return await self._telegram.link(place)

    async def fetch(self, media: Media) -> bytes:
        return await self._telegram.fetch(media)

    async def close(self) -> None:
        await self._telegram.close()

    async def _heard(self, place: str, message: Rendered) -> Rendered:
        assert self.hall is not None
        meant = [await self.hall.store.read(buttons.find, button.press) for button in message.buttons]
        raw = tuple(
            replace(button, press=found.press)
            for button, found in zip(message.buttons, meant, strict=True)
            if found is not None
        )
        assert len(raw) == len(message.buttons), "a button that the store does not know"
        meant_so = replace(message, buttons=raw)
        self._scribe.heard(self._clock.now(), self._names[place], meant_so)
        return meant_so


@dataclass(frozen=True, slots=True)
class Played:
    """What each person heard, in order; what was exported at the end; and what stood in place of an earlier message."""

    heard: dict[str, list[str]]
    exported: dict[str, bytes]
    changed: tuple[str, ...] = ()


def _heard_by(scribe: Scribe, script: Script) -> dict[str, list[str]]:
    return {cast.user: [plain(message) for message in scribe.read_by(cast.user)] for cast in script.people}


class OnTelegram(Replay):
    """The people of a script with their apps."""

    def __init__(self, script: Script, hall: Hall, scribe: Scribe, named: Named, people: dict[str, Person]) -> None:
        super().__init__(script, hall, scribe)
        self._here, self._named, self._apps = hall, named, people

    async def hand_over(self, done: Batch) -> None:
        for act in done.events:
            person = self._apps[act.user]
            if act.press:
                await self._press(person, act.press)
            elif act.text.startswith("/join "):
                await person.start(act.text.removeprefix("/join "))
            else:
                await person.say(act.text)
        left = len(done.events)
        while left > 0:
            cursor = await self._here.store.read(queue.cursor, self._named.account)
            batch = await self._named.receive(cursor or "", wait=False)
            assert batch.events, f"{left} things that people did never came"
            await self._here.take_in(self._named.account, batch)
            left -= len(batch.events)

    async def _press(self, person: Person, press: str) -> None:
        """Press the newest button that stands for this."""
        for message in reversed(person.got):
            for label in message.labels:
                data = message.data(label)
                found = await self._here.store.read(buttons.find, data)
                if found is not None and found.press == press:
                    await person.press_data(message, data)
                    return
        raise AssertionError(f"{person.name} sees no button that stands for {press}: {_labels(person.got)}")


async def replay_on_telegram(script: Script, folder: Path) -> Played:
    """Play a script on Telegram: what people hear there, and what is exported at the end."""
    clock = ManualClock(script.start)
    scribe = Scribe(clock.now())
    async with BotApi(clock=clock.now) as api:
        bot = api.bot()
        people = {cast.user: api.person(cast.user, cast.language) for cast in script.people}
        telegram = Telegram("main", bot.token, clock.now, api=api.base_url)
        named = Named(telegram, clock, scribe, people)
        hall = await open_hall(bundle(folder / script.flow), script.seed, [named], clock)
        named.hall = hall
        try:
            await OnTelegram(script, hall, scribe, named, people).play()
            exported = await hall.store.read(export_files, hall.engine.house, ASSEMBLY)
        finally:
            await hall.close()
    return Played(_heard_by(scribe, script), exported, tuple(named.changed))


def _labels(messages: list[Message]) -> list[list[str]]:
    return [message.labels for message in messages if message.labels][-5:]


async def replay_plainly(script: Script, folder: Path) -> Played:
    """The same without any platform."""
    clock = ManualClock(script.start)
    scribe = Scribe(clock.now())
    hall = await open_hall(bundle(folder / script.flow), script.seed, [Puppets(clock, scribe)], clock)
    try:
        await Replay(script, hall, scribe).play()
        exported = await hall.store.read(export_files, hall.engine.house, ASSEMBLY)
    finally:
        await hall.close()
    return Played(_heard_by(scribe, script), exported)
