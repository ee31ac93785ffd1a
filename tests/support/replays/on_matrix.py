"""The part of a recorded conversation that happens on Matrix: on a real homeserver, with real clients."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import AsyncExitStack

from bot.rehearsal.record import Scribe
from bot.rehearsal.script import Cast
from bot.transports.matrix import Matrix
from bot.transports.matrix.writing import contents
from bot.transports.port import Incoming
from tests.support.mapped_clock import MappedClock, machine
from tests.support.matrix_people import Gathering, Json, Person, Seen
from tests.support.replays.named import Named, doubts

BOT = "narrator"


class MatrixSide:
    """These people with their Matrix clients, in chats from the pool. They write the number of what they choose, as they read it:
    in reply to the question where it is not the last message of their chat, and alone where it is."""

    abilities = Matrix.abilities

    def __init__(self, gathering: Gathering) -> None:
        self._gathering = gathering
        # A device of its own: homeservers know a message again that the same device has sent, and these are alike.
        self._bot = gathering.server.login(gathering.pool.account(BOT))
        self._people: dict[str, Person] = {}
        self._chats: dict[str, str] = {}
        self._began: dict[str, str] = {}
        self._own: dict[str, str] = {}

    async def open(
        self, stack: AsyncExitStack, account: str, people: Sequence[Cast], clock: MappedClock, scribe: Scribe
    ) -> Named:
        """Everybody looks at their chat. They go home with the gathering."""
        for number, cast in enumerate(people, 1):
            self._people[cast.user] = person = await self._gathering.person(f"guest-{number}")
            self._chats[cast.user] = await self._gathering.room(person, self._bot, private=True)
        matrix = Matrix("main", self._gathering.server.url, self._bot.user, self._bot.token, machine)
        names = {person.user: name for name, person in self._people.items()}
        names |= {chat: name for name, chat in self._chats.items()}
        self.named = Named(matrix, account, clock, scribe, names, dated=True)
        return self.named

    async def does(self, act: Incoming) -> None:
        """Somebody does this in their chat."""
        person, chat = self._people[act.user], self._chats[act.user]
        if act.press:
            await self._choose(person, chat, act.press)
        elif act.kind == "edit":
            await person.edit(chat, self._own[act.message], act.text)
        elif act.answers:
            target = self._own.get(act.answers) or act.answers.split(",")[-1]
            self._own[act.message] = await person.reply(chat, target, act.text)
        else:
            words = f"!{act.text[1:]}" if act.text.startswith("/") else act.text
            self._own[act.message] = event = await person.say(chat, words)
            self._began.setdefault(act.user, event)

    async def _choose(self, person: Person, chat: str, press: str) -> None:
        """Write the number of a choice, as it stands in the newest message that offers it."""
        remote, choice, _ = self.named.offering(chat, press)
        event, label = remote.split(",")[-1], choice.label
        seen = await person.sees(chat, lambda all_: any(s.event == event and _mark(s, label) for s in all_))
        asked = next(s for s in seen if s.event == event)
        if asked == seen[-1]:
            await person.say(chat, _mark(asked, label))
        else:
            await person.reply(chat, event, _mark(asked, label))

    def doubted(self, user: str) -> str:
        """What somebody has to choose who is asked back whether they meant what they chose; "" where nobody asks."""
        standing = self.named.standing.get(self._chats[user])
        return doubts(next(reversed(standing.values()))) if standing else ""

    async def check(self) -> None:
        """What stands in each chat is what was sent, in that order, once, in answer to what it answers, and nothing else."""
        for name, person in self._people.items():
            chat = self._chats[name]
            sent = [
                (made["body"], "" if number else message.answers.split(",")[0])
                for message in self.named.standing.get(chat, {}).values()
                for number, made in enumerate(contents(message))
            ]
            read = self._reads(person, chat, self._began[name])
            assert read == sent, f"{name} reads something else than was sent"

    def _reads(self, person: Person, chat: str, began: str) -> list[tuple[str, str]]:
        """What somebody reads in their chat of what the bot has said since an event, and what it answers: as edited, without
        what was deleted."""
        path = f"/_matrix/client/v3/rooms/{chat}/messages?dir=b&limit=1000"
        events = self._gathering.server.ask("GET", path, token=person.account.token)["chunk"]
        read: dict[str, tuple[str, str]] = {}
        for event in reversed(events[: [e["event_id"] for e in events].index(began)]):
            content = event["content"]
            relation = content.get("m.relates_to", {})
            if event["sender"] != self._bot.user or "body" not in content:
                continue
            if relation.get("rel_type") == "m.replace":
                changed = relation["event_id"]
                assert changed in read, "something is changed that was never said"
                read[changed] = content["m.new_content"]["body"], read[changed][1]
            else:
                read[event["event_id"]] = content["body"], _answers(content)
        return list(read.values())


def _answers(content: Json) -> str:
    """The event that a content answers."""
    answered: str = content.get("m.relates_to", {}).get("m.in_reply_to", {}).get("event_id", "")
    return answered


def _mark(seen: Seen, label: str) -> str:
    """What stands before a choice in the text of a message; "" where it is none of its choices."""
    found = re.search(rf"(?:^| · |\n)(\d+|[a-z])\)? (?:✓ )?{re.escape(label)}(?= · |\n|$)", seen.text)
    return found[1] if found else ""
