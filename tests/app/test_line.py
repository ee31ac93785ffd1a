"""The local line: a running Pnyx is asked through a socket, and by nobody else."""

from __future__ import annotations

import asyncio
import json
import stat
from pathlib import Path

import pytest

from bot.app.line import Line, call, socket_path
from bot.app.operations import Desk, Problem
from tests.support.evening import EVENING
from tests.support.room import ASSEMBLY, Room, room


def desk(here: Room) -> Desk:
    return Desk(here.store, here.engine.house, here.clock, wake=here.engine.wake)


def nothing(done: int, total: int) -> None:
    """Nobody watches."""


async def test_status_and_codes_over_the_line(tmp_path: Path) -> None:
    async with room(EVENING) as here:
        path = tmp_path / "s"
        line = Line(desk(here), path)
        await line.open()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        found = await call(path, "status", {}, nothing)
        assert found is not None
        assert [c["state"] for c in found["assemblies"][0]["courses"]] == ["waiting"]
        made = await call(
            path, "invite", {"assembly": ASSEMBLY, "role": "facilitator", "site": "linz", "number": 2}, nothing
        )
        assert made is not None
        assert len(set(made["codes"])) == 2
        await here.say("mia", f"/join {made['codes'][0]}")
        assert "facilitator" in here.post.text("mia")
        await here.say("someone", f"/join {made['codes'][0]}")
        assert "used already" in here.post.text("someone")
        await line.close()
        assert await call(path, "status", {}, nothing) is None


@pytest.mark.parametrize(
    ("ask", "given", "said"),
    [
        ("dance", {}, "no operation called dance"),
        ("start", {"assembly": "other"}, "no assembly called other"),
        ("invite", {"assembly": ASSEMBLY, "role": "king"}, "no role called king"),
        ("invite", {"assembly": ASSEMBLY, "role": "participant", "site": "mars"}, "no site called mars"),
        ("invite", {"assembly": ASSEMBLY, "role": "participant", "number": 0}, "Between 1 and 10,000"),
        ("status", {"loud": True}, "not understood"),
        ("publish", {"flow": "/nowhere"}, "nowhere"),
    ],
)
async def test_what_cannot_be_done_is_told_in_words(
    tmp_path: Path, ask: str, given: dict[str, object], said: str
) -> None:
    async with room(EVENING) as here:
        line = Line(desk(here), tmp_path / "s")
        await line.open()
        with pytest.raises(Problem) as caught:
            await call(tmp_path / "s", ask, given, nothing)
        assert said in str(caught.value)
        await line.close()


async def test_garbage_on_the_line_harms_nobody(tmp_path: Path) -> None:
    async with room(EVENING) as here:
        line = Line(desk(here), tmp_path / "s")
        await line.open()
        for garbage in (b"\n", b"[]\n", b"{}\n", b"\xff\xff\n", b'{"ask": 7}\n', b"x" * 3_000_000 + b"\n"):
            reader, writer = await asyncio.open_unix_connection(tmp_path / "s")
            writer.write(garbage)
            try:
                answer = await reader.readline()
            except ConnectionError:
                answer = b""
            assert not answer or "problem" in json.loads(answer)
            writer.close()
        assert await call(tmp_path / "s", "status", {}, nothing)
        await line.close()


async def test_a_socket_left_by_a_killed_process_is_replaced(tmp_path: Path) -> None:
    async with room(EVENING) as here:
        first = Line(desk(here), tmp_path / "s")
        await first.open()
        second = Line(desk(here), tmp_path / "s")
        await second.open()
        assert await call(tmp_path / "s", "status", {}, nothing)
        await second.close()
        await first.close()


def test_a_path_that_is_too_long_still_gives_a_socket(tmp_path: Path) -> None:
    assert socket_path(tmp_path / "pnyx.db").name == "pnyx.db.sock"
    assert len(str(socket_path(tmp_path / ("x" * 150) / "pnyx.db"))) <= 100
