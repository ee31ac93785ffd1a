"""Receiving: one sync after the other, with a cursor of our own.

Invariants:

* A sync is asked for with the cursor that the engine has committed, and with nothing else. What could not be fetched or done at
  once (a gap, a door, a key that is missing) stands in that cursor.
* The first sync of all brings nothing but a cursor: what was said before is none of ours.
* A message counts at its author's homeserver's time, but not before the last sync that was complete, nor after the one that
  brought it.
* An edit counts only if it is by the author of what it changes, and stands in the same room: homeservers do not see to that.
* What changes a room, or deletes, never comes in a cipher: homeservers see to who may do that, and cannot look inside.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from nio import MegolmEvent, RoomGetEventResponse, RoomInfo, SyncResponse

from bot.transports.fields import part, text
from bot.transports.matrix import reading
from bot.transports.matrix.cursor import Cursor, Door, Gap, Locked
from bot.transports.matrix.doors import Doors, replaced
from bot.transports.matrix.encrypting import ask_anew, tend
from bot.transports.matrix.errors import Failed, fine, stopped
from bot.transports.matrix.history import AnyEvent, History, came, entered
from bot.transports.matrix.known import Known, silenced
from bot.transports.matrix.locked import Locks
from bot.transports.matrix.session import Client, Session
from bot.transports.matrix.sound import stateful
from bot.transports.port import Batch, Incoming, Kind, Retry

log = logging.getLogger(__name__)

SECONDS = 25.0
"""How long a sync waits where nothing happens."""

MOST_EVENTS = 500
"""Gaps are closed in batches of about so many events."""

MOST_AUTHORS = 10_000
"""So many messages' authors are remembered, for edits."""


@dataclass(frozen=True, slots=True)
class Span:
    """When things in a place may have been done: between two syncs (ms). `group`: the place is a group's."""

    after: int
    until: int
    group: bool

    def at(self, stamp: int) -> datetime:
        return datetime.fromtimestamp(max(min(stamp, self.until), min(self.after, self.until)) / 1000, UTC)


@dataclass(slots=True)
class Harvest:
    """What a batch is made of."""

    events: list[Incoming] = field(default_factory=list)
    doors: list[Door] = field(default_factory=list)
    locked: list[Locked] = field(default_factory=list)
    seen: list[tuple[str, list[str]]] = field(default_factory=list)


class Receiving:
    """The receiving half of an account. `counts` says what came and was no concern of ours, by kind."""

    def __init__(self, session: Session, known: Known, now: Callable[[], datetime]) -> None:
        self._session, self._known, self._now = session, known, now
        self._user = session.user
        self.counts = session.counts
        self._doors = Doors(self._user, known, self.counts)
        self._history = History(self._user)
        self._locks = Locks()
        self._authors: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._heard = 0
        self._given: tuple[str, Harvest] | None = None
        self._told = False

    async def receive(self, cursor: str, wait: bool) -> Batch:
        """What lies behind the cursor. Raises `Stopped`; `Retry` where the homeserver says when; `Failed` for what may pass."""
        try:
            client = await self._settle(cursor)
            known = Cursor.decode(cursor)
            harvest = Harvest()
            if known.gaps:
                behind = await self._fill(client, known, harvest)
                return self._batch(harvest, behind, more=True)
            behind = await self._sync(client, known, harvest, wait)
            return self._batch(harvest, behind, more=bool(behind.gaps), idle=self._idle(known, behind))
        except Failed as error:
            if error.token:
                raise stopped(error, self._user) from None
            if error.after is not None:
                raise Retry(error.after, "account") from None
            raise

    async def close(self) -> None:
        """Let go of what is under way."""
        await self._doors.close()

    def _batch(self, harvest: Harvest, behind: Cursor, more: bool, idle: bool = False) -> Batch:
        cursor = behind.encode()
        self._given = (cursor, harvest)
        return Batch(tuple(harvest.events), cursor, more, idle=idle and not harvest.events)

    def _idle(self, known: Cursor, behind: Cursor) -> bool:
        """Whether a sync brought nothing but its token: our own messages come back to us, too."""
        keys = self._session.keys
        moved = replace(known, token=behind.token, before=behind.before, heard=behind.heard)
        return known.token != "" and moved == behind and not (keys is not None and keys.pending)

    async def _settle(self, cursor: str) -> Client:
        """The engine asks for what lies behind this cursor: if it is that of our last batch, that one is committed; else what
        it changed here is undone."""
        client = await self._session.open()
        self._same_device(Cursor.decode(cursor).device)
        given, self._given = self._given, None
        committed = given is not None and given[0] == cursor
        if given is not None and committed:
            for room, ids in given[1].seen:
                self._history.note(room, ids)
        keys = self._session.keys
        if keys is not None and keys.pending:
            if committed:
                try:
                    keys.commit(client, Cursor.decode(cursor).token)
                except BaseException:
                    await self._session.forget()
                    raise
            else:
                await self._session.forget()
                client = await self._session.open()
        return client

    def _same_device(self, before: str) -> None:
        """What was under way when the last process ended shows once only if it is sent from the same device."""
        if before and before != self._session.device and not self._told:
            self._told = True
            log.warning("%s has the token of another device now; messages under way may show twice", self._user)

    def _since(self, client: Client, known: Cursor) -> str:
        """Where to go on. The keys are one sync behind, if we were killed between two commits."""
        keys = self._session.keys
        behind = keys is not None and keys.behind(client, known)
        return known.before if behind and known.before else known.token

    # A sync

    async def _sync(self, client: Client, known: Cursor, harvest: Harvest, wait: bool) -> Cursor:
        """Ask, and take in the answer. The cursor behind it."""
        doors = list(known.doors)
        keys = self._session.keys
        if self._session.synced:
            harvest.events, doors = await self._doors.open(client, known.doors, self._now())
            for room, events in await self._history.missed(client, self._now()):
                await self._read_all(client, room, events, self._span(room, 0), harvest)
            if keys is not None:
                async with keys.writing():
                    await tend(client)
        since = self._since(client, known)
        waits = wait and not harvest.events and self._session.synced
        response = await self._session.sync(client, since, SECONDS if waits else 0)
        if keys is None or not response.to_device_events:
            return await self._take(client, known, since, doors, response, harvest)
        await keys.begin(client, since)
        try:
            return await self._take(client, known, since, doors, response, harvest)
        except BaseException:
            await self._session.forget()
            raise

    async def _take(
        self, client: Client, known: Cursor, since: str, doors: list[Door], response: SyncResponse, harvest: Harvest
    ) -> Cursor:
        """Take in what a sync brought."""
        left = {room: self._known.group(room) for room in response.rooms.leave}
        await client.absorb(response)
        if not self._session.synced and self._session.keys is not None:
            ask_anew(client)
        self._session.synced = True
        self._known.learn(response)
        after, now = self._heard or known.heard, _ms(self._now())
        gaps: list[Gap] = []
        rooms = {**response.rooms.join, **response.rooms.leave} if since else {}
        for room, info in rooms.items():
            group = left[room] if room in left else self._known.group(room)
            gap = await self._timeline(client, room, info, Span(after, now, group), harvest)
            if gap:
                new = any(entered(event, self._user) for event in info.timeline.events if isinstance(event, AnyEvent))
                begins = ("", "") if new else (since, self._history.last(room))
                gaps.append(Gap(room, begins[0], response.next_batch, after, group, begins[1]))
        for room, info in response.rooms.leave.items():
            client.rooms.pop(room, None)
            harvest.events += self._put_out(room, info, left[room]) if since else []
        await self._unlock(client, known, response, harvest)
        self._heard = now
        doors += self._doors.invitations(response, doors, now)
        doors += [door for door in harvest.doors if door.room not in {each.room for each in doors}]
        same = response.next_batch == known.token
        keys = self._session.keys
        with_keys = keys is not None and keys.pending
        return Cursor(
            response.next_batch,
            since if with_keys else known.before if same else "",
            known.heard if same else now,
            self._session.device,
            tuple(gaps),
            tuple(doors),
            tuple(harvest.locked),
            keys.count(client) + with_keys if keys is not None else 0,
        )

    def _span(self, room: str, after: int) -> Span:
        return Span(after, _ms(self._now()), self._known.group(room))

    async def _timeline(self, client: Client, room: str, info: RoomInfo, span: Span, harvest: Harvest) -> bool:
        """Read what a sync brought of a room. True where there is more that it left out: then nothing is read yet."""
        events = [event for event in info.timeline.events if isinstance(event, AnyEvent)]
        coming = max((at for at, event in enumerate(events) if came(event, self._user)), default=None)
        if coming is None and info.timeline.limited:
            return True
        await self._read_all(client, room, events[0 if coming is None else coming + 1 :], span, harvest)
        return False

    async def _fill(self, client: Client, known: Cursor, harvest: Harvest) -> Cursor:
        """Close the first gaps of the cursor."""
        left = list(known.gaps)
        while left and len(harvest.events) < MOST_EVENTS:
            gap = left.pop(0)
            try:
                events = await self._history.fill(client, gap)
            except Failed as error:
                if error.passing or error.token:
                    raise
                events = []  # nobody lets us read it any more
            await self._read_all(client, gap.room, events, Span(gap.heard, known.heard, gap.group), harvest)
        return replace(
            known,
            gaps=tuple(left),
            doors=(*known.doors, *harvest.doors),
            locked=(*known.locked, *harvest.locked),
        )

    # One event

    async def _read_all(
        self, client: Client, room: str, events: Iterable[AnyEvent], span: Span, harvest: Harvest
    ) -> None:
        """Read events of a room, in order."""
        ids: list[str] = []
        for event in events:
            ids.append(event.event_id)
            if event.source.get("type") == reading.ENCRYPTED:
                self._locked(event, room, span, harvest)
            else:
                await self._read(client, room, event, span, harvest)
        harvest.seen.append((room, ids))

    def _locked(self, event: AnyEvent, room: str, span: Span, harvest: Harvest) -> None:
        """A message that cannot be read. Where this account does not encrypt, or nobody knows this way of encrypting, it never
        will be."""
        if event.sender == self._user:
            return
        self.counts["unreadable"] += 1
        if self._session.keys is not None and isinstance(event, MegolmEvent):
            harvest.locked.append(self._locks.add(event, room, span.until))
        elif self._locks.first(event, self._now()):
            at = span.at(event.server_timestamp)
            harvest.events.append(reading.unreadable(event.event_id, event.sender, room, span.group, at))

    async def _read(self, client: Client, room: str, event: AnyEvent, span: Span, harvest: Harvest) -> None:
        source = event.source
        kind = text(source, "type")
        if event.decrypted and kind not in reading.SAID:
            if stateful(kind) or kind == reading.REDACTION:
                self.counts["state in a cipher"] += 1
            return
        if kind == reading.TOMBSTONE:
            door = replaced(source, room, span.until)
            harvest.doors += [door] if door else []
            return
        if kind == reading.LEVELS:
            harvest.events += self._levels(room, event, span)
            return
        if self._user == (source.get("state_key") if kind == reading.MEMBER else event.sender):
            return
        read = reading.read(source, room, span.group, span.at(event.server_timestamp))
        if read is None:
            return
        if read.kind == "edit" and await self._author(client, room, read.message) != read.user:
            self.counts["edit by another"] += 1
            return
        if read.kind == "message":
            self._remember(room, read.message, read.user)
        harvest.events.append(read)

    def _levels(self, room: str, event: AnyEvent, span: Span) -> list[Incoming]:
        """Where nobody lets us write any more, the room is as good as lost."""
        state = self._session.room(room)
        encrypted = state is not None and state.encrypted
        moving = state is not None and state.replacement_room
        if moving or not span.group or not silenced(part(event.source, "content"), self._user, encrypted=encrypted):
            return []
        at = span.at(event.server_timestamp)
        return [Incoming(event.event_id, event.sender, room, at, "not allowed to write", kind="unbound", room=True)]

    async def _author(self, client: Client, room: str, message: str) -> str:
        """Who wrote a message; "" where it is gone. Raises `Failed`."""
        if (room, message) not in self._authors:
            try:
                answer = await fine(RoomGetEventResponse, client.room_get_event(room, message))
            except Failed as error:
                if error.passing or error.token:
                    raise
                return ""
            self._remember(room, message, answer.event.sender)
        return self._authors[room, message]

    def _remember(self, room: str, message: str, author: str) -> None:
        self._authors[room, message] = author
        while len(self._authors) > MOST_AUTHORS:
            self._authors.popitem(last=False)

    def _put_out(self, room: str, info: RoomInfo, group: bool) -> list[Incoming]:
        """We are in a room no more. Where somebody else saw to that, it matters."""
        kind: Kind = "unbound" if group else "unreachable"
        found: list[Incoming] = []
        for event in (*info.state, *info.timeline.events):
            source = event.source
            if source.get("type") != reading.MEMBER or source.get("state_key") != self._user:
                continue
            by = text(source, "sender")
            if text(part(source, "content"), "membership") in ("leave", "ban") and by != self._user:
                found.append(Incoming(text(source, "event_id"), by, room, self._now(), "kicked", kind=kind, room=group))
        return found

    async def _unlock(self, client: Client, known: Cursor, response: SyncResponse, harvest: Harvest) -> None:
        """Read what was locked and is no more, and ask those whose messages stay locked. Where nothing can be unlocked any more,
        since this account has ceased to encrypt, nothing is waited for."""
        if self._session.keys is None:
            return
        now = self._now()
        already = {each.event for each in known.locked}
        fresh, harvest.locked = [each for each in harvest.locked if each.event not in already], []
        read, ask, kept = await self._locks.attempt(client, known.locked, response, now)
        for locked, event in read:
            await self._read_all(client, locked.room, [event], self._span(locked.room, locked.at), harvest)
        for event in ask:
            place = event.room_id
            group = self._known.group(place)
            harvest.events.append(reading.unreadable(event.event_id, event.sender, place, group, now))
        harvest.locked = [*kept, *fresh]


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
