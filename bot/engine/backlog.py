"""What waits to be sent on one account, and what may leave next.

Invariants:

* A chat reads new messages in order of (`at`, `seq`), and one is under way at a time. An answer goes before what is meant for
  others, and takes along what its own chat has waited for.
* Changes (edits, deletions, menus) leave in order too, but do not wait for new messages, nor these for them: what they change
  has been there for long. In a room an edit counts like a message and waits like one; a deletion never does.
* A change that was not sent gives way to a later change of the same message.
* Of the four lanes (answers, steps, talk, broadcasts) the first one goes first; but one in which something could leave is
  passed over nine times at most, so that each keeps a tenth.

Nothing here knows the database. What is taken stays under way until `ended`, `back` or `undo` says otherwise.
"""

from __future__ import annotations

import heapq
from bisect import insort
from collections.abc import Iterable

from bot.core.effects import Lane
from bot.engine.chats import Chat, Pick, merged
from bot.engine.pacing import AccountPace, ChatPace
from bot.store.outbox import Waiting
from bot.store.queue import Act
from bot.transports.port import Transport

LANES = len(Lane)
PASSED = 9
"""How often a lane may be passed over."""

CHANGES = 16
"""How many changes are under way at once on an account at most."""

_Item = tuple[int, int, int, int, Chat]
"""An instant or a lane, `at`, `seq`, the chat's stamp, the chat. An item whose stamp is not the chat's own is stale."""


class Line:
    """The line of an account. Without a transport nothing leaves. Where nothing is held back and a repeat is harmless it is
    `batched`: then a whole row of messages is taken at a time, and handed over one after the other. It `marks` new messages that
    are under way where a repeat might be seen."""

    def __init__(self, account: str, transport: Transport | None) -> None:
        pace = transport.abilities.pace if transport is not None else None
        self.account = account
        self.transport = transport
        self.pace = AccountPace(pace)
        self.chats: dict[str, Chat] = {}
        self.marks = transport is not None and not (
            transport.abilities.repeatable and transport.abilities.remembers is None
        )
        self._wide = transport.abilities.wide if transport is not None and pace is None else 1
        self.batched = transport is not None and pace is None and self._wide == 1 and transport.abilities.repeatable
        self.superseded: list[int] = []
        self._pace = pace
        self._lanes: list[list[_Item]] = [[] for _ in range(LANES)]
        self._changes: list[_Item] = []
        self._asleep: list[_Item] = []
        self._passed = [0] * LANES
        self._under_way = 0
        self._changing = 0
        self._cut = False  # whether anything has ever been cut in pieces

    @property
    def busy(self) -> bool:
        """Whether anything is under way."""
        return self._under_way + self._changing > 0

    @property
    def _width(self) -> int:
        """How many new messages may be under way at once."""
        return max(self.pace.width, self._wide)

    def moves(self, now: int) -> bool:
        """Whether anything leaves on this account at present."""
        return self.transport is not None and self.pace.wait.end(now) <= now

    def chat(self, place: str, room: bool) -> Chat:
        """The chat at a place, new where it is not known."""
        found = self.chats.get(place)
        if found is None:
            found = self.chats[place] = Chat(place, room, ChatPace(self._pace, room))
        return found

    # What waits

    def add(self, chat: Chat, each: Waiting, now: int) -> None:
        """Something more waits for a chat."""
        row = chat.row(each)
        if each.act in ("edit", "delete"):
            older = [w for w in row if w.act == "edit" and w.target == each.target]
            row[:] = [w for w in row if w not in older]
            self.superseded += [w.seq for w in older]
        if each.due > each.at:  # it is tried again: what comes later waits behind it
            chat.pace.hold(each.due, 0, now)
        if row and (row[-1].at, row[-1].seq) > (each.at, each.seq):
            insort(row, each, key=lambda w: (w.at, w.seq))
        else:
            row.append(each)
        self.place(chat, now)

    def clear(self) -> None:
        """Forget what waits, but not what is under way, nor how fast it went."""
        self._lanes, self._changes, self._asleep = [[] for _ in range(LANES)], [], []
        for chat in self.chats.values():
            chat.news, chat.changes = [], []
            chat.stamp += 1

    def tidy(self, now: int) -> None:
        """Forget chats of which nothing has to be remembered."""
        for place, chat in [*self.chats.items()]:
            if not (chat.news or chat.changes or chat.under_way) and chat.pace.idle(now):
                del self.chats[place]

    def place(self, chat: Chat, now: int) -> None:
        """Put a chat where it belongs: among those that may go, or those that sleep."""
        chat.stamp += 1
        if chat.under_way and not self.batched:
            return
        if chat.changes:
            first = chat.changes[0]
            self._put(self._changes, first.lane, first, chat, max(now, chat.pace.wait.end(now)), now)
        if chat.news:
            first = chat.news[0]
            lane = first.lane
            if len(chat.news) > 1:
                lane = min(w.lane for w in chat.news)
                first = next(w for w in chat.news if w.lane == lane)
            free = chat.pace.next(now, chat.news[0].pieces)
            if free is not None:
                self._put(self._lanes[lane], 0, first, chat, free, now)

    def _put(self, heap: list[_Item], rank: int, first: Waiting, chat: Chat, free: int, now: int) -> None:
        if free > now:
            heap, rank = self._asleep, free
        heapq.heappush(heap, (rank, first.at, first.seq, chat.stamp, chat))

    # What may leave

    def take(self, now: int) -> Pick | None:
        """What leaves next; None where nothing may leave now."""
        if self.transport is None or self.pace.wait.end(now) > now:
            return None
        self._rouse(now)
        if self._changing < CHANGES and (item := _top(self._changes)):
            heapq.heappop(self._changes)
            self._changing += 1
            return self._leave(Pick(item[-1], [item[-1].changes.pop(0)], False), now)
        lane = self._lane(now)
        if lane is None:
            return None
        item = heapq.heappop(self._lanes[lane])
        chat = item[-1]
        first = chat.news.pop(0)
        pick = Pick(chat, [first, *merged(chat, first)], True, first.pieces)
        self._under_way += 1
        self.pace.start(now, pick.pieces)
        chat.pace.start(pick.pieces)
        return self._leave(pick, now)

    def next(self, now: int) -> int | None:
        """When something may leave; None where nothing waits, or nothing may leave before something under way has ended."""
        if self.transport is None or (self.batched and self.busy):
            return None
        self._rouse(now)
        times = [item[0]] if (item := _top(self._asleep)) else []
        if self._changing < CHANGES and _top(self._changes):
            times.append(now)
        number = self._number()
        if number and (self._under_way < self._width or self.batched):
            free = self.pace.next(now, number, evenly=not (_top(self._lanes[Lane.ANSWER]) or self._owed()))
            times += [free] if free is not None else []
        return max(min(times), self.pace.wait.end(now)) if times else None

    def _lane(self, now: int) -> int | None:
        """The lane whose turn it is; None where no new message may leave now."""
        ready = [lane for lane in range(LANES) if _top(self._lanes[lane])]
        if not ready or self.batched:
            return ready[0] if ready else None
        if self._under_way >= self._width:
            return None
        number, owed = self._number(), self._owed()
        chosen = max(owed, key=lambda lane: self._passed[lane]) if owed else ready[0]
        free = self.pace.next(now, number, evenly=chosen != Lane.ANSWER and not owed)
        if free is None or free > now:
            return None
        for lane in range(LANES):
            self._passed[lane] = self._passed[lane] + 1 if lane in ready and lane != chosen else 0
        return chosen

    def _owed(self) -> list[int]:
        """The lanes that have been passed over too often."""
        return [lane for lane in range(LANES) if self._passed[lane] >= PASSED and _top(self._lanes[lane])]

    def _number(self) -> int:
        """In how many messages what may leave next will be cut, at most; 0 where nothing may."""
        tops = [item[-1] for heap in self._lanes if (item := _top(heap))]
        if not tops or not self._cut:
            return len(tops) and 1
        return max(chat.news[0].pieces for chat in tops)

    def _leave(self, pick: Pick, now: int) -> Pick:
        pick.chat.under_way += 1
        self.place(pick.chat, now)
        return pick

    def _rouse(self, now: int) -> None:
        """Let those chats go that have slept long enough."""
        while (item := _top(self._asleep)) and item[0] <= now:
            heapq.heappop(self._asleep)
            self.place(item[-1], now)

    # What has left

    def left(self, chat: Chat, act: Act, at: int) -> None:
        """A message has left before this process began, and counts for the pace."""
        if act == "say" or (act == "edit" and chat.room):
            self.pace.note(at)
            chat.pace.start(1)
            chat.pace.end(at, 1)

    def ended(self, pick: Pick, now: int, started: int, ended: int) -> None:
        """A message that was handed over has been answered, whatever the answer was."""
        if pick.counted:
            self.pace.end(started, ended, pick.pieces)
            pick.chat.pace.end(ended, pick.pieces)
        self._free(pick, now)

    def undo(self, pick: Pick, now: int) -> None:
        """A message was not handed over after all."""
        if pick.counted:
            self.pace.undo(pick.pieces)
            pick.chat.pace.undo(pick.pieces)
        self._free(pick, now)

    def back(self, chat: Chat, rows: Iterable[Waiting], now: int) -> None:
        """These rows wait again, each at its place."""
        for each in rows:
            self._cut = self._cut or each.pieces > 1
            insort(chat.row(each), each, key=lambda w: (w.at, w.seq))
        self.place(chat, now)

    def _free(self, pick: Pick, now: int) -> None:
        pick.chat.under_way -= 1
        if pick.counted:
            self._under_way -= 1
        else:
            self._changing -= 1
        self.place(pick.chat, now)


def _top(heap: list[_Item]) -> _Item | None:
    """The first item that still holds."""
    while heap and heap[0][3] != heap[0][4].stamp:
        heapq.heappop(heap)
    return heap[0] if heap else None
