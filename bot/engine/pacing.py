"""How fast messages may leave: sliding windows, as the receiver counts them, and waits that a platform has imposed.

Invariants:

* No window of a receiver's clock holds more than is allowed. We do not see when a message arrives, only when we handed it over
  and when the answer came. It arrived in between, and at least the quickest way there and back lies between a later arrival
  and what we see of it: so a message counts from its answer, less that quickest way, and while it is under way it counts in any
  case. What a shaky line delays is thus never made up for too early, and a steady one loses nothing.
* A wait that a platform has asked for is kept to its end; the chat is slower for a while after.
* Messages that nobody waits for in person are spread evenly, so that an answer need not wait for the end of a burst.

Times are whole milliseconds of the engine's clock. If it goes back, what was sent counts as sent just now, and no wait becomes
longer than it was.
"""

from __future__ import annotations

import math
from collections import deque

from bot.transports.port import Pace

MARGIN = 5
"""Milliseconds by which every window is longer than it need be: clocks differ a little."""

SURE = 10
"""So many milliseconds of the quickest way there and back may be the platform's own work, after it has counted a message."""

BURST = 200
"""Milliseconds by which what nobody waits for in person may be ahead of its even pace."""

WIDEST = 8
"""How many new messages of an account are under way at once at most: each may repeat after a crash."""

SLOWER = 2
"""How many times slower a chat is for a while after it was asked to wait."""

SLOW_AT_LEAST = 60_000
SLOW_TIMES = 10
"""A chat that had to wait is slower for ten times as long after, and at least for a minute."""


class Window:
    """At most `most` messages within any `span` milliseconds."""

    def __init__(self, most: int, span: int) -> None:
        self.most = most
        self.span = span
        self._ends: deque[int] = deque()
        self._open = 0

    def next(self, now: int, number: int = 1, most: int = 0) -> int | None:
        """When so many more may start, of `most` where that is less than usual; None where that is not known before something
        that is under way has ended."""
        while self._ends and self._ends[0] <= now - self.span:
            self._ends.popleft()
        if self._ends and self._ends[-1] > now:
            self._ends = deque([min(end, now) for end in self._ends])
        most = most or self.most
        over = len(self._ends) + self._open + min(number, most) - most
        if over <= 0:
            return now
        return self._ends[over - 1] + self.span if over <= len(self._ends) else None

    def start(self, number: int) -> None:
        self._open += number

    def end(self, at: int, number: int) -> None:
        """So many that were under way have arrived, at `at` at the latest."""
        self._open -= number
        at = max(at, self._ends[-1]) if self._ends else at
        self._ends.extend([at] * number)

    def undo(self, number: int) -> None:
        """So many have not left after all."""
        self._open -= number

    @property
    def idle(self) -> bool:
        return not self._open and not self._ends


class Wait:
    """Until when something has to wait."""

    def __init__(self) -> None:
        self._until = 0
        self._span = 0

    def set(self, until: int, now: int) -> None:
        """Wait until then, or longer where that was said before."""
        if until > self.end(now):
            self._until, self._span = until, until - now

    def end(self, now: int) -> int:
        """The end of the wait; it may be past."""
        self._until = min(self._until, now + self._span)
        return self._until


class AccountPace:
    """The pace of an account. Without a `Pace` nothing is held back but by waits."""

    def __init__(self, pace: Pace | None) -> None:
        self.wait = Wait()
        self.window: Window | None = None
        self._interval = 0.0
        self._even = 0.0
        self._ways: deque[int] = deque(maxlen=31)
        if pace is not None:
            most, span = (int(pace.per_second), 1000) if pace.per_second >= 1 else (1, int(1000 / pace.per_second))
            self.window = Window(most, span + MARGIN)
            self._interval = (span + MARGIN) / most

    def next(self, now: int, number: int = 1, *, evenly: bool) -> int | None:
        """When so many more messages may start; None where that is not known before something that is under way has ended."""
        free = self.window.next(now, number) if self.window is not None else now
        if free is None:
            return None
        even = math.ceil(self._even) - BURST if evenly else 0
        return max(free, even, self.wait.end(now))

    def start(self, now: int, number: int) -> None:
        self._even = max(min(self._even, now + self._interval * 40), now) + self._interval * number
        if self.window is not None:
            self.window.start(number)

    def end(self, started: int, ended: int, number: int) -> None:
        """Messages that were handed over have been answered."""
        self._ways.append(max(ended - started, 0))
        if self.window is not None:
            self.window.end(ended - max(min(self._ways) - SURE, 0), number)

    def note(self, at: int) -> None:
        """A message has left, though not through us."""
        if self.window is not None:
            self.window.start(1)
            self.window.end(at, 1)

    def undo(self, number: int) -> None:
        if self.window is not None:
            self.window.undo(number)

    @property
    def width(self) -> int:
        """How many messages must be under way at once to hold the pace: one, unless the way there and back takes longer than
        the time between two."""
        if self.window is None or not self._ways:
            return 1
        usual = sorted(self._ways)[len(self._ways) // 2]
        return max(1, min(WIDEST, math.ceil(usual / self._interval)))


class ChatPace:
    """The pace of a chat; `room` says that many read there."""

    def __init__(self, pace: Pace | None, room: bool) -> None:
        self.wait = Wait()
        self._slow = Wait()
        self._gap = math.ceil(pace.chat_gap * 1000) + MARGIN if pace is not None and pace.chat_gap else 0
        self._window = Window(pace.room_per_minute, 60_000 + MARGIN) if pace is not None and room else None
        self._last = -SLOWER * self._gap

    def next(self, now: int, number: int = 1) -> int | None:
        """When so many more messages may start; None where that is not known before something has ended."""
        slow = now < self._slow.end(now)
        self._last = min(self._last, now)
        free = self._last + self._gap * (SLOWER if slow else 1)
        if self._window is not None:
            most = max(1, self._window.most // SLOWER) if slow else 0
            room = self._window.next(now, number, most)
            if room is None:
                return None
            free = max(free, room)
        return max(now, free, self.wait.end(now))

    def start(self, number: int) -> None:
        if self._window is not None:
            self._window.start(number)

    def end(self, at: int, number: int) -> None:
        """So many have arrived, at `at` at the latest. After a restart they may be told of in any order."""
        self._last = max(self._last, at)
        if self._window is not None:
            self._window.end(at, number)

    def undo(self, number: int) -> None:
        if self._window is not None:
            self._window.undo(number)

    def hold(self, until: int, slow_until: int, now: int) -> None:
        """Nothing leaves before `until`; until `slow_until` it is slower."""
        self.wait.set(until, now)
        self._slow.set(slow_until, now)

    def idle(self, now: int) -> bool:
        """Whether nothing has to be remembered of it."""
        past = max(self._last + SLOWER * self._gap, self.wait.end(now), self._slow.end(now))
        return past <= now and (self._window is None or (self._window.next(now) == now and self._window.idle))


def slow(until: int, now: int) -> int:
    """Until when a chat is slower that must wait until `until`."""
    return until + max(SLOW_AT_LEAST, SLOW_TIMES * (until - now))
