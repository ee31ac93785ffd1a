"""Dialogues that ship, played from start to end with the people that they bring along."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from bot.core.flow import Flow
from bot.core.schedule import duration
from bot.language.flowfiles import bundle
from bot.paths import flows_dir
from bot.rehearsal.hall import ASSEMBLY
from bot.rehearsal.happenings import Happening, Read
from bot.rehearsal.play import Outcome, open_rehearsal
from bot.rehearsal.voices import read_voices
from bot.report.export import export_files
from bot.store import queue, soundness


@dataclass
class Played:
    """A whole rehearsal: how it ended, what it leaves behind, what its records prove, and all that happened."""

    flow: Flow
    outcome: Outcome
    export: dict[str, bytes]
    record: soundness.Record
    happened: list[Happening] = field(default_factory=list)

    def read(self) -> list[Read]:
        return [each for each in self.happened if isinstance(each, Read)]


async def play(name: str, *, drop: Fraction | None = None, restarts: Iterable[str] = ()) -> Played:
    """Play a dialogue; `restarts` are how long after the one before each restart comes."""
    folder, happened = flows_dir() / name, list[Happening]()
    voices = read_voices(folder)
    rehearsal = await open_rehearsal(bundle(folder), seed="7", drop=drop, voices=voices, observer=happened.append)
    try:
        await rehearsal.seat_everybody()
        await rehearsal.begin()
        for span in restarts:
            await rehearsal.run(duration(span))
            await rehearsal.restart()
        outcome = await rehearsal.run()
        store, house = rehearsal.hall.store, rehearsal.hall.engine.house
        assert await store.read(queue.parked) == []
        export = await store.read(export_files, house, ASSEMBLY)
        return Played(rehearsal.flow, outcome, export, await store.read(soundness.audit, ASSEMBLY), happened)
    finally:
        await rehearsal.close()
