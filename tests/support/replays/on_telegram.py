"""The part of a recorded conversation that happens on Telegram: on the strict server."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack

from bot.rehearsal.record import Scribe
from bot.rehearsal.script import Cast
from bot.store import buttons
from bot.transports.port import Incoming
from bot.transports.telegram import Telegram
from tests.support.botapi import BotApi, Message, Person
from tests.support.mapped_clock import MappedClock
from tests.support.replays.named import Named


class TelegramSide:
    """These people with their phones. They press buttons."""

    abilities = Telegram.abilities

    def __init__(self) -> None:
        self._apps: dict[str, Person] = {}
        self._own: dict[str, Message] = {}

    async def open(
        self, stack: AsyncExitStack, account: str, people: Sequence[Cast], clock: MappedClock, scribe: Scribe
    ) -> Named:
        """Everybody looks at their phone. What is opened for it closes with `stack`."""
        api = await stack.enter_async_context(BotApi(clock=clock.now))
        bot = api.bot()
        self._apps = {cast.user: api.person(cast.user, cast.language) for cast in people}
        telegram = Telegram("main", bot.token, clock.now, api=api.base_url)
        names = {str(person.id): name for name, person in self._apps.items()}
        self.named = Named(telegram, account, clock, scribe, names, dated=False)
        return self.named

    async def does(self, act: Incoming) -> None:
        """Somebody does this with their phone."""
        person = self._apps[act.user]
        if act.press:
            await self._press(person, act.press)
        elif act.kind == "edit":
            await person.edit(self._own[act.message], act.text)
        elif act.answers:
            self._own[act.message] = await person.reply(self._found(person, act.answers), act.text)
        elif act.text.startswith("/join "):
            await person.start(act.text.removeprefix("/join "))
        else:
            self._own[act.message] = await person.say(act.text)

    def _found(self, person: Person, id: str) -> Message:
        """A message of somebody's chat: their own one, or one that they have read."""
        return self._own.get(id) or next(message for message in person.sees if str(message.id) == id.split(",")[-1])

    async def _press(self, person: Person, press: str) -> None:
        """Press the newest button that stands for this."""
        assert self.named.hall is not None
        for message in reversed(person.got):
            for label in message.labels:
                data = message.data(label)
                found = await self.named.hall.store.read(buttons.find, data)
                if found is not None and found.press == press:
                    await person.press_data(message, data)
                    return
        seen = [message.labels for message in person.got if message.labels][-5:]
        raise AssertionError(f"{person.name} sees no button that stands for {press}: {seen}")

    def doubted(self, user: str) -> str:
        """A button is never in doubt."""
        return ""

    async def check(self) -> None:
        """What stands in each chat is what was sent, in that order, once, in answer to what it answers, and nothing else."""
        for name, person in self._apps.items():
            sent = []
            for remote, message in self.named.standing.get(str(person.id), {}).items():
                first, *others = remote.split(",")
                sent += [(first, message.answers.split(",")[0]), *((id, "") for id in others)]
            read = [(str(m.id), str(m.reply.id) if m.reply else "") for m in person.got]
            assert read == sent, f"{name} reads something else than was sent"
