"""The half of a stage that is Telegram: phones on the strict server, and groups and topics in which tables meet."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from tests.support.botapi import Bot, BotApi, Group, Message, Person, Topic
from tests.support.stage import Room, Stage

ACCOUNT = "telegram:main"
BIND = re.compile(r"/bind ([A-Z0-9-]{16,})")
MARKS = ("(This may be a repeat.)", "(Das ist vielleicht eine Wiederholung.)")


@dataclass(eq=False)
class GroupRoom(Room):
    """A group, or a topic of one, in which a table meets."""

    group: Group | None = None
    topic: Topic | None = None

    def shown(self) -> list[Message]:
        assert self.group is not None
        return self.group.seen(self.topic)


class Phone:
    """Somebody's Telegram."""

    account = ACCOUNT

    def __init__(self, person: Person, meaning: Callable[[str], str]) -> None:
        self.person, self._meaning = person, meaning

    @property
    def place(self) -> str:
        return str(self.person.id)

    async def write(self, text: str, room: Room | None) -> None:
        if isinstance(room, GroupRoom) and room.group is not None:
            await room.group.say(self.person, text, room.topic)
        else:
            await self.person.say(text)

    async def choose(self, press: str, room: Room | None) -> bool:
        shown: list[Message] = list(self.person.got)
        if isinstance(room, GroupRoom):
            shown += [m for m in room.shown() if isinstance(m.sender, Bot)]
        for message in sorted(shown, key=lambda m: m.date, reverse=True):
            for label in message.labels:
                if self._meaning(message.data(label)) == press:
                    await self.person.press_data(message, message.data(label))
                    return True
        return False


async def bind(
    stage: Stage, api: BotApi, bot: Bot, table: str, *, topics: bool = False, stays_out: int = 1
) -> GroupRoom:
    """The facilitator of a table takes it into a group, or a topic; all of its people who have Telegram go there, but for
    `stays_out` of them."""
    users = [stage.user_at(place) for place in (await stage.ask("tables"))[table]]
    phones = {user: phone for user in users if isinstance(phone := stage.apps[user].get(ACCOUNT), Phone)}
    facilitator = next(u for u in phones if stage.village.people[u].role == "facilitator")
    app = phones[facilitator].person
    await app.say("/bind")
    await stage.pass_on()
    codes = [found[1] for message in reversed(app.got) if (found := BIND.search(message.text))]
    assert codes, f"no code to bind {table} in: {[message.text for message in app.got][-3:]}"
    group = api.group(f"Table {table}", [app], topics=topics, bots=[bot])
    await group.promote(bot)
    topic = await group.topic(table) if topics else None
    place = f"{group.id}/{topic.id}" if topic else str(group.id)
    goes = [u for u in phones if stage.village.people[u].role == "participant"][stays_out:]
    await group.say(app, f"/bind {codes[0]}", topic)
    await stage.pass_on()
    room = GroupRoom(table, (ACCOUNT, place), {facilitator, *goes}, group=group, topic=topic)
    stage.rooms[room.at] = room
    for user in goes:
        await group.add(phones[user].person)
    await stage.pass_on()
    return room


# What is to be seen at the end


def repeats(people: Iterable[Person], rooms: Iterable[GroupRoom]) -> list[Message]:
    """The messages that say that they may be repeats."""
    chats = [app.chat() for app in people] + [room.group.chat for room in rooms if room.group is not None]
    return [m for chat in chats for m in chat.messages.values() if m.text.startswith(MARKS)]


def doubled(people: Iterable[Person]) -> Counter[tuple[int, str]]:
    """What stands twice in somebody's chat, word for word, one directly below the other."""
    found: Counter[tuple[int, str]] = Counter()
    for app in people:
        for one, two in pairwise(app.got):
            if one.text == two.text and one.labels == two.labels and two.date - one.date < timedelta(minutes=1):
                found[(app.id, one.text[:80])] += 1
    return found
