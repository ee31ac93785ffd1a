"""One trial: a run that is killed at a point, a second one that recovers, and the verdict on what they leave.

The process that forks holds no loop, no connection and no thread; each child begins its own. A run that hangs is ended by
its own alarm and reported.
"""

from __future__ import annotations

import asyncio
import functools
import json
import logging
import os
import shutil
import signal
import time
import traceback
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from tests.support.crashing.judge import Record
from tests.support.crashing.points import Place, Point, Watch
from tests.support.crashing.staged import Staged
from tests.support.crashing.world import Fault

LONGEST = 30
"""Seconds after which a run counts as stuck."""


@dataclass
class Ground:
    """A scenario made ready: the state in which it starts, how often a run passes each place (and which of them outside of
    transactions), and what a clean run leaves."""

    scenario: Staged
    folder: Path
    passed: Counter[Place] = field(default_factory=Counter)
    outside: frozenset[Place] = frozenset()
    clean: Record | None = None

    @property
    def start(self) -> Path:
        return self.folder / "start"


@dataclass(frozen=True)
class Verdict:
    """`failures` is empty where all invariants held."""

    scenario: str
    point: Point
    outcome: Literal["held", "failed", "not reached"]
    failures: tuple[str, ...] = ()
    seconds: float = 0.0


def prepare(scenario: Staged, folder: Path, counted: bool) -> Ground:
    """Make the start, and run it to its end: once as a run that nobody watches, and twice to count, keeping for each place the
    smaller number of times. Not `counted`, no place is known. Raises RuntimeError where the scenario itself does not hold."""
    ground = Ground(scenario, folder)
    ground.start.mkdir(parents=True)
    _must(_child(ground.start, lambda: scenario.found(ground.start)), ground.start)
    run = _copy(ground, "clean")
    with scenario.around(run):
        _must(_child(run, lambda: scenario.play(run, Watch())), run)
        clean = ground.clean = scenario.record(run)
        wrong = scenario.at_the_end(run, clean, 0)
    counts = []
    for name in ("first", "second") if counted else ():
        run = _copy(ground, name)
        with scenario.around(run):
            _must(_child(run, functools.partial(_counted, scenario, run)), run)
            wrong += scenario.at_the_end(run, clean, 0)
        counts.append(_read_counts(run))
    if counts:
        ground.passed = counts[0][0] & counts[1][0]
        ground.outside = counts[0][1] & counts[1][1]
    if wrong:
        raise RuntimeError(f"the scenario {scenario.name} does not hold without a kill: {wrong}")
    return ground


def attempt(ground: Ground, point: Point, fault: Fault | None = None) -> Verdict:
    """Kill a run at a point, recover, and judge."""
    began = time.perf_counter()
    assert ground.clean is not None
    run = _copy(ground, f"run-{os.getpid()}")
    with ground.scenario.around(run):
        failures = _tried(ground.scenario, run, point, fault, ground.clean)
    seconds = time.perf_counter() - began
    if failures is None:
        return Verdict(ground.scenario.name, point, "not reached", (), seconds)
    return Verdict(ground.scenario.name, point, "failed" if failures else "held", tuple(failures), seconds)


def _tried(scenario: Staged, run: Path, point: Point, fault: Fault | None, clean: Record) -> list[str] | None:
    """What does not hold; None where the point was not reached."""
    killed = _child(run, lambda: _killed(scenario, run, point, fault))
    if killed == 0:
        return None
    if killed != -signal.SIGKILL:
        return [f"the run ended with {killed} before the point: {_why(run)}"]
    aside = run.with_name(f"{run.name}-aside")
    shutil.rmtree(aside, ignore_errors=True)
    shutil.copytree(run, aside)
    failures = scenario.right_after(aside)
    recovered = _child(run, lambda: _recovered(scenario, run, fault))
    if recovered:
        return [*failures, f"I9: the recovery ended with {recovered}: {_why(run)}"]
    return [*failures, *scenario.at_the_end(run, clean, 1)]


async def _counted(scenario: Staged, run: Path) -> None:
    watch = Watch(count=True)
    watch.install()
    await scenario.play(run, watch)
    rows = [(p.kind, p.what, p.line, n, p in watch.outside) for p, n in watch.passed.items()]
    (run / "passed").write_text(json.dumps(rows))


def _read_counts(run: Path) -> tuple[Counter[Place], frozenset[Place]]:
    rows = [(Place(kind, what, line), n, out) for kind, what, line, n, out in json.loads((run / "passed").read_text())]
    return Counter({place: n for place, n, _ in rows}), frozenset(place for place, _, out in rows if out)


async def _killed(scenario: Staged, run: Path, point: Point, fault: Fault | None) -> None:
    if fault is not None:
        fault()
    watch = Watch(point)
    watch.install()
    await scenario.play(run, watch)


async def _recovered(scenario: Staged, run: Path, fault: Fault | None) -> None:
    if fault is not None:
        fault()
    await scenario.play(run, Watch())


def _copy(ground: Ground, name: str) -> Path:
    run = ground.folder / name
    shutil.rmtree(run, ignore_errors=True)
    shutil.copytree(ground.start, run)
    return run


def _child(run: Path, body: Callable[[], Coroutine[Any, Any, None]]) -> int:
    """Run something in a child. 0 where it came to its end, the number of the signal below zero where one ended it."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(LONGEST)
            logging.disable(logging.CRITICAL)
            asyncio.run(body())
            status = 0
        except BaseException:
            (run / "excuse").write_text(traceback.format_exc())
        finally:
            os._exit(status)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def _must(status: int, run: Path) -> None:
    if status:
        raise RuntimeError(f"a run that nobody kills ended with {status}: {_why(run)}")


def _why(run: Path) -> str:
    excuse = run / "excuse"
    return excuse.read_text().strip().splitlines()[-1] if excuse.exists() else "no reason given"
