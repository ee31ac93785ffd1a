"""Scenarios with all that it takes to run and judge them: on the console, and on Telegram."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

from bot.engine import house
from bot.language.flowfiles import bundle
from tests.support.crashing import judge, telegram_judge, telegram_play, telegram_world, world
from tests.support.crashing.judge import Record
from tests.support.crashing.points import Watch
from tests.support.crashing.telegram_script import Scripted, scripted
from tests.support.crashing.world import Scenario


class Staged(Protocol):
    """A scenario of some kind; `slow` where a run takes a second. What is asked about a run is asked within its world."""

    slow: ClassVar[bool]

    @property
    def name(self) -> str: ...

    async def found(self, folder: Path) -> None:
        """Make the state from which every run starts."""

    def around(self, folder: Path) -> AbstractContextManager[None]:
        """The world that a kill does not touch, for one run and its recovery."""
        ...

    async def play(self, folder: Path, watch: Watch) -> None:
        """Run Pnyx on a folder, from wherever that stands to the end."""

    def record(self, folder: Path) -> Record:
        """What a run has left."""
        ...

    def right_after(self, folder: Path) -> list[str]:
        """What does not hold in what a kill has left."""
        ...

    def at_the_end(self, folder: Path, clean: Record, kills: int) -> list[str]:
        """What does not hold once a run has come to its end."""
        ...


@dataclass(frozen=True)
class OnConsole:
    scenario: Scenario
    slow: ClassVar[bool] = False

    @property
    def name(self) -> str:
        return self.scenario.name

    async def found(self, folder: Path) -> None:
        await world.found(self.scenario, folder)

    def around(self, folder: Path) -> AbstractContextManager[None]:
        return nullcontext()

    async def play(self, folder: Path, watch: Watch) -> None:
        await world.play(self.scenario, folder, watch)

    def record(self, folder: Path) -> Record:
        return judge.record(folder)

    def right_after(self, folder: Path) -> list[str]:
        return judge.right_after(self.scenario, folder)

    def at_the_end(self, folder: Path, clean: Record, kills: int) -> list[str]:
        return judge.at_the_end(self.scenario, folder, clean, kills)


@dataclass(frozen=True)
class OnTelegram:
    scenario: Scripted
    slow: ClassVar[bool] = True

    @property
    def name(self) -> str:
        return self.scenario.name

    async def found(self, folder: Path) -> None:
        await telegram_play.found(self.scenario, folder)

    def around(self, folder: Path) -> AbstractContextManager[None]:
        return telegram_world.around(self.scenario, folder)

    async def play(self, folder: Path, watch: Watch) -> None:
        await telegram_play.play(folder, watch)

    def record(self, folder: Path) -> Record:
        return telegram_judge.record(folder)

    def right_after(self, folder: Path) -> list[str]:
        return telegram_judge.right_after(folder)

    def at_the_end(self, folder: Path, clean: Record, kills: int) -> list[str]:
        return telegram_judge.at_the_end(folder, clean, kills)


def staged() -> tuple[Staged, ...]:
    """Every scenario; those on the console first."""
    return (*map(OnConsole, world.scenarios()), *map(OnTelegram, scripted()))


def warm() -> None:
    """Let the processes that are forked from here on find read what takes long to read and is no part of a scenario."""
    world.warm()
    for scenario in scripted():
        house.unbundle(bundle(scenario.flow))  # type: ignore[attr-defined]  # the name that the engine calls
