"""The village: a transport whose people are invented, and act by themselves as time goes by.

Nothing here looks at the wall clock or draws from chance: two villages with the same seed do the same things at the same
instants, all of them whole seconds. What they do is numbered in the order in which they do it. A message that comes twice
with the same key is read once.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta

from bot.core.rendered import Rendered
from bot.rehearsal.people import Act, Villager
from bot.transports.port import Batch, Gone, Incoming, PlainTransport, Receipt

Listener = Callable[[Villager, Rendered], None]
"""Told about each message that somebody reads."""

_START = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


class Village(PlainTransport):
    """Invented people by account name. `now` is the rehearsal's clock, `listener` sees what they read."""

    account = "village:main"

    def __init__(
        self, people: Iterable[Villager], now: Callable[[], datetime], listener: Listener | None = None
    ) -> None:
        self._people = {person.user: person for person in people}
        self._now = now
        self._listener = listener
        self._plans: list[tuple[int, int, str, Act]] = []
        self._count = 0
        self._done = 0
        self._read: set[int] = set()
        self._latecomers: dict[str, list[tuple[str, timedelta, str]]] = {}

    @property
    def people(self) -> Mapping[str, Villager]:
        return self._people

    @property
    def messages(self) -> int:
        """How many messages have been read."""
        return len(self._read)

    def plan(self, user: str, at: datetime, text: str) -> None:
        """Let somebody say something at an instant."""
        person = self._people[user]
        self._push(person, at, Act(timedelta(), f"plan/{self._count}", text))

    def plan_late(self, user: str, after: timedelta, text: str) -> None:
        """Let somebody say something so long after the first step has opened for anybody of the same site."""
        self._latecomers.setdefault(self._people[user].site, []).append((user, after, text))

    def next_time(self) -> datetime | None:
        """When somebody acts next."""
        while self._plans and self._people[self._plans[0][2]].pending.get(self._plans[0][3].topic) != self._plans[0][1]:
            heapq.heappop(self._plans)
        return _START + self._plans[0][0] * _SECOND if self._plans else None

    def act(self) -> Batch:
        """Everything that people do up to now."""
        last = (self._now() - _START) // _SECOND
        done: list[Incoming] = []
        while self._plans and self._plans[0][0] <= last:
            at, number, user, act = heapq.heappop(self._plans)
            person = self._people[user]
            if person.pending.get(act.topic) != number:
                continue
            del person.pending[act.topic]
            person.acts += 1
            self._done += 1
            done.append(
                Incoming(str(self._done), user, user, _START + at * _SECOND, act.text, act.press, person.language)
            )
        return Batch(tuple(done), str(self._done))

    async def receive(self, cursor: str, wait: bool = True) -> Batch:
        return self.act()

    async def send(self, place: str, message: Rendered, key: str) -> Receipt:
        person = self._people.get(place)
        if person is None:
            raise Gone(f"nobody called {place} lives here")
        known = hash((place, key))
        if known not in self._read:
            self._read.add(known)
            if self._listener is not None:
                self._listener(person, message)
            now = self._now()
            if message.step and person.site in self._latecomers:
                for user, after, text in self._latecomers.pop(person.site):
                    self.plan(user, now + after, text)
            for act in person.react(message):
                self._push(person, now + act.after, act)
        return Receipt(key)

    async def close(self) -> None:
        """Nothing to let go of: the village outlives the program that talks to it."""

    def _push(self, person: Villager, at: datetime, act: Act) -> None:
        self._count += 1
        person.pending[act.topic] = self._count
        heapq.heappush(self._plans, (_second(at), self._count, person.user, act))


def _second(at: datetime) -> int:
    """Whole seconds, rounded up: nobody acts before the instant."""
    return -((_START - at) // _SECOND)
