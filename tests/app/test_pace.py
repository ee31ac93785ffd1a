"""How fast a homeserver lets an account write, measured on buckets that run out drop by drop, by a clock of their own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.app.homeservers import ENOUGH, Pace, measure
from bot.transports.matrix.errors import Failed


class Bucket:
    """A homeserver that takes `burst` events at once, then one each `pause` seconds. A request takes `slow` seconds, a
    refused one half a second longer. `rooms`: how long it makes no room."""

    def __init__(self, burst: int, pause: float, slow: float = 0.04, rooms: float = 0) -> None:
        self.burst, self.pause, self.slow, self.rooms = burst, pause, slow, rooms
        self.time, self.level, self.seen = 0.0, 0.0, 0.0
        self.asked: list[str] = []

    async def ask(self, method: str, path: tuple[str, ...], body: Any = None) -> Any:
        self.asked.append(path[0] if path[0] == "createRoom" else path[2])
        self.time += self.slow
        if path[0] == "createRoom":
            if self.rooms:
                raise Failed("M_LIMIT_EXCEEDED", 429, timedelta(seconds=self.rooms))
            return {"room_id": "!room"}
        if path[2] != "forget":
            self._pour()
        return {}

    def _pour(self) -> None:
        self.level = max(0.0, self.level - (self.time - self.seen) / self.pause)
        self.seen = self.time
        if self.level + 1 > self.burst:
            after = (self.level + 1 - self.burst) * self.pause
            self.time += 0.5
            raise Failed("M_LIMIT_EXCEEDED", 429, timedelta(seconds=after))
        self.level += 1

    async def rest(self, seconds: float) -> None:
        self.time += seconds

    def now(self) -> float:
        return self.time


async def look(bucket: Bucket) -> Any:
    return await measure(bucket, bucket.now, bucket.rest)  # type: ignore[arg-type]  # a bucket is asked as a client is


@pytest.mark.parametrize(
    ("burst", "pause"), [(10, 5.0), (10, 2.0), (2, 5.0), (3, 12.5), (5, 1.0), (20, 0.5), (10, 0.25)]
)
@pytest.mark.parametrize("slow", [0.01, 0.04, 0.2])
async def test_the_pause_is_found_to_the_hundredth(burst: int, pause: float, slow: float) -> None:
    bucket = Bucket(burst, pause, slow)
    pace = await look(bucket)
    assert isinstance(pace, Pace)
    assert pace.pause is not None
    assert abs(pace.pause.total_seconds() - pause) < 0.01
    assert burst <= pace.at_once < ENOUGH
    assert bucket.asked[0] == "createRoom"
    assert bucket.asked[-1] == "forget"
    assert "leave" in bucket.asked


async def test_no_limit_and_one_that_is_too_long_to_wait_for() -> None:
    assert await look(Bucket(ENOUGH, 5.0)) == Pace(ENOUGH, None)
    endless = Bucket(3, 3600.0)
    pace = await look(endless)
    assert endless.time < 60, "nobody waits that long to leave a room"
    assert pace.at_once == 3
    assert timedelta(seconds=3590) < pace.pause <= timedelta(seconds=3600)


async def test_whoever_may_make_no_room_is_told_for_how_long() -> None:
    found = await look(Bucket(10, 5.0, rooms=45))
    assert found.weight == "bad"
    assert found.text == "It may make no room for the next 45 seconds: it has made too many."
