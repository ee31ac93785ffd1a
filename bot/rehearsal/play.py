"""A rehearsal: a flow is played from start to end with invented people, as fast as the machine can.

The clock jumps from one thing to the next: to the engine's next timer or to what the village does next. What people do in
the same stretch of time (`tick`) is taken in together, as a busy platform would hand it over; in a small rehearsal that is
a second. Two rehearsals with the same flow, seed and people are the same, down to every message.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

from bot.core.flow import Flow
from bot.core.rendered import Rendered
from bot.core.state import Course, Role
from bot.engine.clock import ManualClock
from bot.language.flowfiles import said_in, unbundle
from bot.rehearsal.cast import Part, cast
from bot.rehearsal.hall import BEFORE, Hall, first_instant, open_hall
from bot.rehearsal.happenings import Acted, Closed, Counted, Observer, Opened, Placed, Read
from bot.rehearsal.people import Villager
from bot.rehearsal.record import Scribe
from bot.rehearsal.script import Cast, Line, Script
from bot.rehearsal.village import Village
from bot.rehearsal.voices import Voices
from bot.transports.port import Transport

LONGEST = timedelta(days=3660)
"""A rehearsal that goes on for longer is stopped: the flow does not end."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a rehearsal. `ended` is False where the flow did not come to its end; then `standing` says by course
    at which steps it stands. `acts` are what people did, `messages` what they read, `seconds` how long the machine took."""

    ended: bool
    standing: Mapping[str, tuple[str, ...]]
    people: int
    acts: int
    messages: int
    seconds: float
    played: timedelta


@dataclass
class Rehearsal:
    """A flow with its people in a hall. Made by `open_rehearsal`."""

    hall: Hall
    village: Village
    parts: Sequence[Part]
    tick: timedelta
    observer: Observer | None = None
    scribe: Scribe | None = None
    began: datetime = field(init=False)
    _seen: dict[str, Course] = field(default_factory=dict)
    _counted: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    _ended: bool = False
    _acts: int = 0
    _seconds: float = 0.0

    def __post_init__(self) -> None:
        self.began = self.hall.clock.now()

    @property
    def flow(self) -> Flow:
        return self.hall.flow

    @property
    def now(self) -> datetime:
        return self.hall.clock.now()

    async def seat_everybody(self) -> None:
        """People come in with their codes: those who are on time now, the others later, by themselves."""
        roles = {part.person.user: (part.person.role, part.person.site) for part in self.parts}
        codes = await self.hall.codes(roles)
        for part in self.parts:
            words = f"/join {codes[part.person.user]}"
            if part.late is None:
                self.village.plan(part.person.user, self.now, words)
                if part.person.role != "participant":
                    self.village.plan(part.person.user, self.now, f"/name {part.person.name}")
            else:
                self.village.plan_late(part.person.user, part.late, words)
        await self._take_in()

    async def begin(self) -> None:
        """The hour has come: the organiser starts the assembly, unless the flow says itself when it begins."""
        if self.flow.file.schedule.start is None:
            await self.hall.wait_until(self.began + BEFORE)
            await self._write(Line("begin"))
            await self.hall.begin()

    async def step(self, last: datetime | None = None) -> bool:
        """Everything until the next instant at which something happens, or until `last`. False once all is over."""
        started = time.perf_counter()
        try:
            return not self._ended and await self._step(last or self.began + LONGEST)
        finally:
            self._seconds += time.perf_counter() - started

    async def run(self, until: timedelta | None = None) -> Outcome:
        """Go on to the end, or for a span of the rehearsal's time."""
        last = self.now + until if until is not None else self.began + LONGEST
        while self.now < last and await self.step(last):
            pass
        return await self.outcome()

    async def restart(self) -> None:
        """Close everything and open it again, in the middle."""
        await self._write(Line("restart"))
        await self.hall.restart()

    async def script(self, flow: str) -> Script:
        """What happened, as a script, if a scribe was there. `flow` is where the script finds its flow."""
        if self.scribe is None:
            raise ValueError("nobody has written this rehearsal down")
        await self._write()
        people = tuple(Cast(p.person.user, p.person.role, p.person.site, p.person.language) for p in self.parts)
        return Script(flow, self.hall.seed, self.began, people, tuple(self.scribe.lines))

    def open_steps(self) -> dict[str, str]:
        """What is open on each course, for people to read."""
        return {id: ", ".join(course.open) for id, course in self._seen.items()}

    @property
    def steps_done(self) -> int:
        """How many steps have ended, on all courses."""
        return sum(len(course.done) for course in self._seen.values())

    async def outcome(self) -> Outcome:
        """How it stands."""
        now = await self.hall.courses()
        standing = {c.id: tuple(c.open) for c in now if c.state != "ended"}
        return Outcome(
            not standing,
            standing,
            len(self.parts),
            self._acts,
            self.village.messages,
            self._seconds,
            self.now - self.began,
        )

    async def close(self) -> None:
        await self.hall.close()

    async def _step(self, last: datetime) -> bool:
        await self.hall.engine.settle()
        due, acts = await self.hall.engine.next_due(), self.village.next_time()
        coming = [at for at in (due, acts) if at is not None]
        if await self._look() or not coming or self.now >= self.began + LONGEST:
            self._ended = True
        elif min(coming) > last:
            self.hall.clock.move(last)
        elif acts is not None and acts == min(coming):
            together = min(acts + self.tick - timedelta(seconds=1), last)
            self.hall.clock.move(together if due is None else max(acts, min(together, due)))
            await self._take_in()
        else:
            self.hall.clock.move(min(coming))
        return not self._ended

    async def _report(self, tell: Observer, now: Sequence[Course], before: Mapping[str, Course]) -> None:
        """What has opened, closed, moved on since."""
        moved = False
        for course in now:
            old = before.get(course.id, Course(course.id))
            moved = moved or course != old
            for step in (s for s in course.done if s not in old.done):
                tell(Closed(self.now, course.id, step, course.done[step]))
            for step in (s for s in course.open if s not in old.open):
                tell(Opened(course.open[step].opened, course.id, step, course.open[step].closes))
        if moved:
            tell(Placed(self.now, await self.hall.tables()))
        for key, counted in (await self.hall.finished()).items():
            if self._counted.get(key) != counted:
                self._counted[key] = counted
                tell(Counted(self.now, *key, *counted))

    async def _take_in(self) -> None:
        batch = self.village.act()
        self._acts += len(batch.events)
        if self.observer is not None:
            for event in batch.events:
                self.observer(Acted(event.at, self.village.people[event.user], event))
        if self.scribe is not None:
            self.scribe.tables = tuple((await self.hall.tables()).items())
            for event in batch.events:
                self.scribe.acted(event)
        await self.hall.take_in(self.village.account, batch)

    async def _write(self, *lines: Line) -> None:
        if self.scribe is not None:
            self.scribe.tables = tuple((await self.hall.tables()).items())
            self.scribe.flush()
            for line in lines:
                self.scribe.put(self.now, line)

    async def _look(self) -> bool:
        """Tell the observer what has opened and closed. True once every course has ended."""
        now = await self.hall.courses()
        before, self._seen = self._seen, {course.id: course for course in now}
        if self.observer is not None:
            await self._report(self.observer, now, before)
        return len(now) == len(self.flow.courses) and all(c.state == "ended" for c in now)


async def open_rehearsal(
    bundle: str,
    *,
    seed: str,
    people: int | None = None,
    drop: Fraction | None = None,
    voices: Mapping[str, Voices] | None = None,
    translate: str = "none",
    path: Path | None = None,
    tick: timedelta | None = None,
    observer: Observer | None = None,
    record: bool = False,
    played: Sequence[Role] = (),
    beside: Callable[[ManualClock], Sequence[Transport]] = lambda clock: (),
) -> Rehearsal:
    """Open a hall and invite the people. Nothing happens before `seat_everybody` and `begin`.

    With `record` a scribe writes everything down, second by second. For each role in `played` one invented person of the
    first site stays away; `beside` makes the transports through which real people take these places. Raises `NotAFlow`,
    `BadVoices`, `StoreError`.
    """
    flow = unbundle(bundle)
    everybody = cast(flow, seed, people=people, drop=drop, voices=voices, phrases=said_in(bundle))
    parts = _without(everybody, played)
    clock = ManualClock(first_instant(flow))

    scribe = Scribe(clock.now()) if record else None

    def read(person: Villager, message: Rendered) -> None:
        if scribe is not None:
            scribe.heard(clock.now(), person.user, message)
        if observer is not None:
            observer(Read(clock.now(), person, message))

    village = Village((part.person for part in parts), clock.now, read)
    hall = await open_hall(bundle, seed, [village, *beside(clock)], clock, path=path, translate=translate)
    usual = 1 if record or len(parts) <= 200 else 5 if len(parts) <= 2000 else 30
    return Rehearsal(hall, village, parts, tick or timedelta(seconds=usual), observer, scribe)


def _without(parts: Sequence[Part], played: Sequence[Role]) -> tuple[Part, ...]:
    """The cast without those whose places real people take."""
    left = list(parts)
    for role in played:
        left.remove(next(part for part in left if part.person.role == role))
    return tuple(left)
