"""People of two platforms, as these tell of them: everything that an update says of a person is a canary that nobody may read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.core.rendered import Rendered, plain
from bot.core.state import Role
from bot.store import codes
from bot.store.database import Database
from bot.store.times import ms
from bot.transports.matrix import reading
from bot.transports.port import Batch, Incoming
from bot.transports.telegram.updates import Me, Reader
from tests.support.chats import Chats
from tests.support.room import ASSEMBLY, Room
from tests.support.two_platforms import Halls, Phones

MINUTE = timedelta(minutes=1)
READER = Reader(Me(7, "pnyx_bot"))


@dataclass
class Citizen:
    """Somebody with an app. `canaries` is what their platform tells of them; `name` is what they choose to be called."""

    name: str
    canaries: tuple[str, ...]
    role: Role = "participant"
    language: str = "en"
    sent: list[str] = field(default_factory=list)
    count: int = 0


class OnTelegram(Citizen):
    """Updates as the Bot API sends them."""

    @property
    def user(self) -> str:
        return self.canaries[0]

    def says(self, text: str, message: str, at: datetime, **more: Any) -> Incoming:
        return self._update("message", at, {**self._message(message, at), "text": text, **more})

    def edits(self, text: str, message: str, at: datetime) -> Incoming:
        changed = {**self._message(message, at), "edit_date": int(at.timestamp()), "text": text}
        return self._update("edited_message", at, changed)

    def presses(self, press: str, message: str, at: datetime) -> Incoming:
        shown = {**self._message(message, at), "from": {"id": 7, "is_bot": True, "first_name": "Pnyx"}}
        return self._update("callback_query", at, {"id": "c", "from": self._me, "data": press, "message": shown})

    @property
    def _me(self) -> dict[str, Any]:
        id, first, last, username, *_ = self.canaries
        return {"id": int(id), "is_bot": False, "first_name": first, "last_name": last, "username": username,
                "language_code": self.language}  # fmt: skip

    def _message(self, message: str, at: datetime) -> dict[str, Any]:
        me = self._me
        chat = {"id": me["id"], "type": "private", "first_name": me["first_name"], "username": me["username"]}
        number = int("".join(c for c in message if c.isdigit()) or "1")
        return {"message_id": number, "date": int(at.timestamp()), "chat": chat, "from": me}

    def _update(self, kind: str, at: datetime, body: dict[str, Any]) -> Incoming:
        self.count += 1
        update = {"update_id": int(self.canaries[0][-4:]) * 1000 + self.count, kind: body}
        self.sent.append(json.dumps(update, ensure_ascii=False))
        (found,) = READER.read(update, at)
        return found


class OnMatrix(Citizen):
    """Events as a homeserver sends them."""

    @property
    def user(self) -> str:
        return self.canaries[0]

    def says(self, text: str, message: str, at: datetime, **more: Any) -> Incoming:
        words = f"!{text[1:]}" if text.startswith("/") else text
        return self._event({"msgtype": "m.text", "body": words, **more}, message, at)

    def edits(self, text: str, message: str, at: datetime) -> Incoming:
        new = {"msgtype": "m.text", "body": text}
        relation = {"rel_type": "m.replace", "event_id": message}
        return self._event({**new, "m.new_content": new, "m.relates_to": relation}, f"{message}-edit", at)

    def _event(self, content: dict[str, Any], message: str, at: datetime) -> Incoming:
        mxid, shown, place, *_ = self.canaries
        state = {"displayname": shown, "membership": "join", "avatar_url": f"mxc://{self.canaries[3]}"}
        event = {"type": "m.room.message", "event_id": message, "sender": mxid, "content": content, "room_id": place,
                 "unsigned": {"sender_member": state}}  # fmt: skip
        self.sent.append(json.dumps(event, ensure_ascii=False))
        found = reading.read(event, place, False, at)
        assert found is not None
        return found


def telegram(name: str, n: int, role: Role = "participant", language: str = "en") -> OnTelegram:
    return OnTelegram(
        name, (f"77020{n}31", f"Telegrafia{n}", f"Nachnamowa{n}", f"usernamix{n}", f"+3361122{n}099"), role, language
    )


def matrix(name: str, n: int, role: Role = "participant", language: str = "en") -> OnMatrix:
    return OnMatrix(
        name, (f"@mxklarname{n}:daheim{n}.example", f"Displayowa{n}", f"!privatraum{n}:daheim{n}.example", f"bildnis{n}"),
        role, language,
    )  # fmt: skip


def crowd() -> list[OnTelegram | OnMatrix]:
    return [
        telegram("Anna", 101), telegram("Ben", 102, language="de"), matrix("Cleo", 103), matrix("Dora", 104, language="de"),
        telegram("Maya", 105, "facilitator"), matrix("Olga", 106, "coordinator"), telegram("Gerd", 107, "organiser"),
        matrix("Otto", 108, "observer"), telegram("Xenia", 109, "expert"), matrix("Till", 110, "translator", "de"),
        telegram("Iris", 111, "observer"),
    ]  # fmt: skip


class Town:
    """Everybody, and what they do."""

    def __init__(self, here: Room, phones: Phones, halls: Halls) -> None:
        self.here, self.phones, self.halls = here, phones, halls
        self.people = {c.name: c for c in crowd()}

    def chats(self, who: Citizen) -> Chats:
        return self.phones if isinstance(who, OnTelegram) else self.halls

    def place(self, who: Citizen) -> str:
        return who.canaries[0] if isinstance(who, OnTelegram) else who.canaries[2]

    async def come_in(self) -> None:
        now = ms(self.here.clock.now())
        for who in self.people.values():
            made = await self.here.store.transact(_code, who.role, now)
            await self.write(who.name, f"/join {made}")
            if who.role != "participant":
                await self.write(who.name, f"/name {who.name}")
            await self.write(who.name, f"/lang {who.language}")

    async def write(self, name: str, text: str, **more: Any) -> str:
        who = self.people[name]
        who.count += 1
        message = f"{who.count}" if isinstance(who, OnTelegram) else f"${name.lower()}-{who.count}"
        await self._take(who, who.says(text, message, self.here.clock.now(), **more))
        return message

    async def edit(self, name: str, message: str, text: str) -> None:
        who = self.people[name]
        await self._take(who, who.edits(text, message, self.here.clock.now()))

    async def choose(self, name: str, *starts: str) -> None:
        """Press, or write the number of, the newest choice whose label begins like one of these."""
        who = self.people[name]
        for id, message in reversed(self.chats(who).chats[self.place(who)].items()):
            for number, button in enumerate(message.buttons, 1):
                if button.label.startswith(starts):
                    if isinstance(who, OnTelegram):
                        await self._take(who, who.presses(button.press, id, self.here.clock.now()))
                    else:
                        reply = {"m.relates_to": {"m.in_reply_to": {"event_id": id}}}
                        await self.write(name, str(number), **reply)
                    return
        raise KeyError(f"{name} sees none of {starts}: {self.chats(who).shown(self.place(who))[-3:]}")

    async def _take(self, who: Citizen, done: Incoming) -> None:
        self.here._count += 1
        self.here.clock.move(self.here.clock.now() + timedelta(seconds=1))
        account = self.chats(who).account
        await self.here.engine.take_in(
            account, Batch((replace(done, at=self.here.clock.now()),), str(self.here._count))
        )
        await self.here.engine.settle()

    async def wait(self, minutes: int) -> None:
        await self.here.wait(minutes * MINUTE)

    # What came out

    def read_by(self, who: Citizen) -> list[str]:
        """All that was ever sent to somebody, with everything that their app gets along with it."""
        return [whole(message) for message in self.chats(who).to(self.place(who))]

    def canaries(self, but: Citizen | None = None) -> Iterator[str]:
        for who in self.people.values():
            if who is not but:
                yield from (c.removeprefix("@").removeprefix("!") for c in who.canaries)


def _code(db: Database, role: Role, now: int) -> str:
    return codes.make_code(db, ASSEMBLY, role, "linz", made=now, expires=now + 10**9)


def whole(message: Rendered) -> str:
    """A message and its file, byte for byte."""
    file = message.attachment
    data = file.data.decode("latin-1") if file is not None and file.data else ""
    utf8 = file.data.decode("utf-8", "replace") if file is not None and file.data else ""
    return f"{message!r}\n{plain(message)}\n{data}\n{utf8}"


def holding(text: str, canaries: Iterator[str]) -> list[str]:
    return [c for c in canaries if c.casefold() in text.casefold()]
