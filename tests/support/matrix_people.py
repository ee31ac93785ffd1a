"""People at their Matrix clients: real nio clients on the homeserver of the tests.

`Gathering` is one test's view of that homeserver: it makes people, lends rooms, and sends everybody home at the end. Accounts
and rooms are used again by later tests, since a room costs more than everything that is said in it; a test that spoils a room
(throws people out, closes it) asks for one of its own.
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

from nio import (
    AsyncClient,
    AsyncClientConfig,
    ErrorResponse,
    MegolmEvent,
    RoomSendResponse,
    SyncResponse,
    UploadResponse,
)

from tests.support.homeserver import PATIENCE, Account, Homeserver

MEGOLM = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as its reader sees it: after edits, empty where it was deleted. `locked` where it cannot be decrypted."""

    event: str
    sender: str
    text: str
    content: Json
    edited: bool = False
    deleted: bool = False
    locked: bool = False

    @property
    def html(self) -> str:
        return str(self.content.get("formatted_body", ""))


class Person:
    """Somebody with one device. Sends at once, and sees what the homeserver shows to them."""

    def __init__(self, server: Homeserver, account: Account, store: Path | None) -> None:
        self.user = account.user
        self.account = account
        config = AsyncClientConfig(encryption_enabled=store is not None, max_limit_exceeded=20, max_timeouts=20)
        self.client = AsyncClient(server.url, account.user, store_path=str(store or ""), config=config)
        self.client.restore_login(account.user, account.device, account.token)
        self._seen: dict[str, dict[str, Seen]] = {}

    async def open(self) -> None:
        await self.sync(full=True)

    async def close(self) -> None:
        await self.client.close()
        if self.client.store is not None:
            self.client.store.database.close()

    # Speaking

    async def say(self, room: str, text: str, **content: Any) -> str:
        """Write a message; `content` adds to it. The id of its event."""
        return await self.send(room, "m.room.message", {"msgtype": "m.text", "body": text, **content})

    async def reply(self, room: str, to: str, text: str) -> str:
        return await self.say(room, text, **{"m.relates_to": {"m.in_reply_to": {"event_id": to}}})

    async def thread(self, room: str, root: str, text: str) -> str:
        return await self.say(room, text, **{"m.relates_to": {"rel_type": "m.thread", "event_id": root}})

    async def edit(self, room: str, event: str, text: str) -> str:
        new = {"msgtype": "m.text", "body": text}
        relation = {"rel_type": "m.replace", "event_id": event}
        return await self.say(room, f"* {text}", **{"m.new_content": new, "m.relates_to": relation})

    async def react(self, room: str, event: str, key: str) -> str:
        relation = {"rel_type": "m.annotation", "event_id": event, "key": key}
        return await self.send(room, "m.reaction", {"m.relates_to": relation})

    async def redact(self, room: str, event: str) -> None:
        _fine(await self.client.room_redact(room, event))

    async def image(self, room: str, data: bytes, name: str, caption: str = "") -> str:
        """Send a picture, encrypted where the room is."""
        encrypted = bool(self.client.olm) and self.client.rooms[room].encrypted
        answer, keys = await self.client.upload(
            lambda *_: BytesIO(data), "image/png", name, encrypt=encrypted, filesize=len(data)
        )
        assert isinstance(answer, UploadResponse), answer
        where: Json = (
            {"file": {**(keys or {}), "url": answer.content_uri}} if encrypted else {"url": answer.content_uri}
        )
        content = {"msgtype": "m.image", "body": caption or name, "filename": name, **where}
        return await self.send(
            room, "m.room.message", {**content, "info": {"mimetype": "image/png", "size": len(data)}}
        )

    async def send(self, room: str, kind: str, content: Json) -> str:
        if self.client.olm and room not in self.client.rooms:
            await self.sync()
        answer = await self.client.room_send(room, kind, content, ignore_unverified_devices=True)
        assert isinstance(answer, RoomSendResponse), answer
        return str(answer.event_id)

    # Rooms

    async def dm(self, other: str, *, encrypted: bool = False) -> str:
        """A private chat with somebody, who is invited."""
        state = [MEGOLM] if encrypted else []
        answer = _fine(await self.client.room_create(is_direct=True, invite=[other], initial_state=state))
        return str(answer.room_id)

    async def join(self, room: str) -> None:
        _fine(await self.client.join(room))

    async def leave(self, room: str) -> None:
        _fine(await self.client.room_leave(room))

    async def state(self, room: str, kind: str, content: Json, key: str = "") -> str:
        """Set a part of a room's state."""
        return str(_fine(await self.client.room_put_state(room, kind, content, key)).event_id)

    # Seeing

    async def sees(self, room: str, until: Callable[[list[Seen]], Any] = bool) -> list[Seen]:
        """What stands in a room, oldest first, as soon as `until` holds for it."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not until(list(self._seen.get(room, {}).values())):
                    await self.sync(wait=5000)
        except TimeoutError:
            raise AssertionError(f"{self.user} sees {[s.text for s in self._seen.get(room, {}).values()]}") from None
        return list(self._seen.get(room, {}).values())

    async def reads(self, room: str, text: str) -> Seen:
        """The message with these words in it, once it is there."""
        seen = await self.sees(room, lambda all_: any(text in s.text for s in all_))
        return next(s for s in seen if text in s.text)

    async def stands(self, room: str, *, look: bool = True) -> list[Seen]:
        """What stands in a room now, oldest first; without a `look`, as far as they have seen it already."""
        if look:
            await self.sync()
        return [seen for seen in self._seen.get(room, {}).values() if not seen.deleted]

    async def sync(self, wait: int = 0, *, full: bool = False) -> None:
        answer = await self.client.sync(
            timeout=wait, full_state=full, sync_filter={"room": {"timeline": {"limit": 100}}}
        )
        assert isinstance(answer, SyncResponse), answer
        for room, joined in answer.rooms.join.items():
            for event in joined.timeline.events:
                self._note(room, event)
        if self.client.olm:
            await self._tend()

    async def _tend(self) -> None:
        """What nio's own loop does for keys between two syncs."""
        await self.client.send_to_device_messages()
        if self.client.should_upload_keys:
            await self.client.keys_upload()
        if self.client.should_query_keys:
            await self.client.keys_query()
        if self.client.should_claim_keys:
            await self.client.keys_claim(self.client.get_users_for_key_claiming())

    def _note(self, room: str, event: Any) -> None:
        seen = self._seen.setdefault(room, {})
        source: Json = event.source
        content = source.get("content", {})
        relation = content.get("m.relates_to", {})
        if source["type"] == "m.room.redaction":
            gone = source.get("redacts") or content.get("redacts")
            if gone in seen:
                seen[gone] = replace(seen[gone], text="", content={}, deleted=True)
        elif isinstance(event, MegolmEvent):
            seen[event.event_id] = Seen(event.event_id, event.sender, "", content, locked=True)
        elif relation.get("rel_type") == "m.replace":
            old = seen.get(relation["event_id"])
            if old is not None and old.sender == event.sender and not old.deleted:
                new = content["m.new_content"]
                seen[old.event] = replace(old, text=new["body"], content=new, edited=True)
        elif source["type"] == "m.room.message" and content:
            seen[event.event_id] = Seen(event.event_id, event.sender, content.get("body", ""), content)


class Pool:
    """The accounts and rooms of one homeserver that tests use one after the other."""

    def __init__(self, server: Homeserver) -> None:
        self.server = server
        self.accounts: dict[str, Account] = {}
        self.rooms: dict[tuple[bool, bool, frozenset[str]], list[str]] = {}
        self._numbers = itertools.count(1)

    def account(self, name: str) -> Account:
        if name not in self.accounts:
            self.accounts[name] = self.server.register(name)
        return self.accounts[name]

    def fresh(self, name: str) -> Account:
        """An account that nobody had before."""
        return self.server.register(f"{name}-{next(self._numbers)}")


class Gathering:
    """One test's people and rooms."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.server = pool.server
        self.folder = Path(tempfile.mkdtemp(prefix="pnyx-people-"))
        self._people: list[Person] = []
        self._lent: list[tuple[tuple[bool, bool, frozenset[str]], str]] = []

    async def person(self, name: str, *, encrypted: bool = False, fresh: bool = False) -> Person:
        """Somebody by this name, looking at their screen. Who encrypts has a new device."""
        account = self.pool.fresh(name) if fresh else self.pool.account(name)
        store = None
        if encrypted:
            account = self.server.login(account)
            store = Path(tempfile.mkdtemp(dir=self.folder))
        person = Person(self.server, account, store)
        self._people.append(person)
        await person.open()
        return person

    async def room(
        self, *members: Account | Person, encrypted: bool = False, fresh: bool = False, private: bool = False
    ) -> str:
        """A room in which these people are; the first of them made it. `fresh`: nobody else will ever use it. `private`: the chat
        of two people, which has no name."""
        accounts = [m.account if isinstance(m, Person) else m for m in members]
        kind = (encrypted, private, frozenset(a.user for a in accounts))
        free = self.pool.rooms.setdefault(kind, [])
        room = free.pop() if free and not fresh else self._make(accounts, encrypted, private)
        if not fresh:
            self._lent.append((kind, room))
        for member in members:
            if isinstance(member, Person):
                await member.sync()
        return room

    def _make(self, accounts: list[Account], encrypted: bool, private: bool) -> str:
        host, *guests = accounts
        body = {
            "preset": "trusted_private_chat" if private else "private_chat",
            "is_direct": private,
            **({} if private else {"name": "A table"}),
            "room_version": "11",
            "invite": [g.user for g in guests],
            "initial_state": [MEGOLM] if encrypted else [],
        }
        room: str = self.server.ask("POST", "/_matrix/client/v3/createRoom", body, host.token)["room_id"]
        for guest in guests:
            self.server.ask("POST", f"/_matrix/client/v3/join/{room}", {}, guest.token)
        return room

    async def close(self) -> None:
        """Everybody goes home; the rooms that were lent go back."""
        for person in self._people:
            await person.close()
        for kind, room in self._lent:
            self.pool.rooms[kind].append(room)
        shutil.rmtree(self.folder, ignore_errors=True)


def _fine(answer: Any) -> Any:
    assert not isinstance(answer, ErrorResponse), answer
    return answer
