"""Private time boxes count from delivery: however long a message takes through the pace, each person has the promised time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from bot.core.events import Due, encode
from bot.core.rendered import Rendered, plain
from bot.core.state import Course
from bot.engine import engine as engine_module
from bot.engine.engine import Engine
from bot.language.flowfiles import unbundle
from bot.language.translation.service import simple as translators
from bot.store import ballots, courses, identities, people, queue
from bot.store.connection import MEMORY, open_store
from bot.store.courses import Assembly, PublishedFlow
from bot.store.database import Database
from bot.store.keys import KeyFile
from bot.store.times import ms
from bot.transports.port import Abilities, Batch, Incoming, Pace, Receipt, Retry
from tests.support.evening import EVENING
from tests.support.office import Account
from tests.support.room import ASSEMBLY, CATALOGS, bundled
from tests.support.virtual import BEGIN, LoopClock, VirtualLoop, run

PEOPLE = 300
PROMISED = timedelta(seconds=40)
VOTE = EVENING[: EVENING.index('[[step]]\nid = "tables"')] + (
    '[[step]]\nid = "ballot"\ntype = "vote"\nduration = "40s"\ngrace = "GRACE"\nresults = "on_close"\n'
    'questions = [{ id = "trees", method = "yes_no_abstain", text = { en = "More trees?", de = "Mehr Bäume?" } }]\n\n'
    '[[step]]\nid = "bye"\ntype = "farewell"\ntext = { en = "Thank you.", de = "Danke." }\n'
)


class LoopAlarm:
    """The alarm on the loop's own time."""

    def __init__(self, ring: object) -> None:
        self._ring, self._next = ring, None

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()

    def at(self, when: datetime | None) -> None:
        self.stop()
        if when is not None:
            self._next = self._loop.call_at((when - BEGIN).total_seconds(), self._ring)

    def stop(self) -> None:
        if self._next is not None:
            self._next.cancel()


@dataclass
class Crowd(Account):
    """An account that takes three messages a second. Whoever gets the ballot presses at the very last moment."""

    abilities: Abilities = field(
        default_factory=lambda: Abilities(repeatable=False, pace=Pace(per_second=3, chat_gap=0.1, room_per_minute=20))
    )
    engine: Engine | None = None
    got: dict[str, float] = field(default_factory=dict)
    patience: timedelta = PROMISED - timedelta(milliseconds=1)
    flood: tuple[float, float] = (0.0, 0.0)
    answers: set[asyncio.Task[None]] = field(default_factory=set)

    async def send(self, place: str, message: Rendered, key: str) -> Receipt:
        now = asyncio.get_running_loop().time()
        if self.flood[0] <= now < self.flood[1]:
            raise Retry(timedelta(seconds=self.flood[1] - now), "account")
        receipt = await super().send(place, message, key)
        if "More trees?" in plain(message) and place not in self.got:
            self.got[place] = now
            task = asyncio.create_task(self._answer(place))
            self.answers.add(task)
            task.add_done_callback(self.answers.discard)
        return receipt

    async def _answer(self, place: str) -> None:
        await asyncio.sleep(self.patience.total_seconds())
        assert self.engine is not None
        press = Incoming(
            f"press/{place}", place, place, self.engine.clock.now(), press="ballot:trees::yes", kind="press"
        )
        await self.engine.take_in(self.account, Batch((press,), ""))


async def hold(loop: VirtualLoop, crowd: Crowd, grace: str) -> tuple[int, float]:
    """Hold a vote. How many votes counted, and when it closed, in seconds."""
    toml = VOTE.replace("GRACE", grace)
    store = await open_store(MEMORY, KeyFile.from_seed(1), synchronous="OFF")
    loop.busy = lambda: bool(store._under_way)
    try:
        engine = crowd.engine = Engine(store, CATALOGS, LoopClock(loop), [crowd], translators("none"))
        await store.transact(_people, toml, PEOPLE)
        running = asyncio.create_task(engine.run())
        while (course := await store.read(courses.load_course, ASSEMBLY, "all")) is None or "ballot" not in course.done:
            assert loop.time() < 3600, "it does not close"
            await asyncio.sleep(0.5)
        closed = loop.time()
        voters = len(await store.read(ballots.voters, ASSEMBLY, "ballot"))
        engine.stop()
        await running
        return voters, closed
    finally:
        loop.busy = lambda: True
        await store.close()


def _people(db: Database, toml: str, number: int) -> None:
    flow = unbundle(bundled(toml))
    courses.publish_flow(db, PublishedFlow(flow.ref, flow.file.flow.id, "", bundled(toml), 0))
    courses.save_assembly(db, Assembly(ASSEMBLY, flow.ref, "seed", "open", 0))
    for n in range(number):
        seat = identities.enrol(db, ASSEMBLY, "test:main", f"p{n}", f"p{n}", "participant", "linz", "en", at=ms(BEGIN))
        people.save_seat(db, replace(seat, status="active", name=f"P{n}"))
    through = {"welcome": "done", "consent": "done"}
    courses.save_course(db, ASSEMBLY, Course("all", "running", {"": 2}, {}, through, BEGIN, BEGIN))
    opening = Due("all", "ballot", "open")
    queue.put_event(db, ASSEMBLY, "open", encode(opening), opening.kind, ms(BEGIN), ms(BEGIN))


@pytest.fixture(autouse=True)
def _alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "Alarm", LoopAlarm)


@pytest.mark.parametrize("grace", ["0s", "30s"])
def test_each_of_some_hundred_people_has_the_promised_time(grace: str) -> None:
    crowd = Crowd()
    voters, closed = run(lambda loop: hold(loop, crowd, grace))
    last = max(crowd.got.values())
    assert len(crowd.got) == PEOPLE
    assert last > 2 * PROMISED.total_seconds(), "the pace makes most of them wait for longer than the whole duration"
    assert voters == PEOPLE
    assert closed >= last + PROMISED.total_seconds()


def test_it_closes_soon_after_the_last_one_had_their_time() -> None:
    crowd = Crowd()
    _, closed = run(lambda loop: hold(loop, crowd, "0s"))
    assert closed <= max(crowd.got.values()) + PROMISED.total_seconds() + 2


def test_who_answers_after_their_own_time_is_too_late() -> None:
    crowd = Crowd(patience=PROMISED + timedelta(seconds=60))
    voters, closed = run(lambda loop: hold(loop, crowd, "0s"))
    late = [place for place, got in crowd.got.items() if got + 100 > closed]
    assert voters <= PEOPLE - len(late)


def test_a_wait_that_the_platform_imposes_takes_nobodys_time() -> None:
    crowd = Crowd(flood=(20.0, 200.0))
    voters, closed = run(lambda loop: hold(loop, crowd, "0s"))
    assert max(crowd.got.values()) > 200
    assert voters == PEOPLE
    assert closed >= max(crowd.got.values()) + PROMISED.total_seconds()
