"""The assembly's translation memory as a file of the translators' trade (TMX): out of the house, and into it."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bot.app.operations import Desk, Problem, flow_of, the_assembly
from bot.core.problems import count, listed
from bot.engine.house import House
from bot.language.translation.service import short
from bot.language.translation.tmx import BadMemory, Unit, read, write
from bot.report.material import gather
from bot.report.release import released
from bot.store import memories
from bot.store.database import Database
from bot.store.memories import Remembered
from bot.store.times import ms

MOST = 200_000
"""Translations that one file may bring, each direction counted."""


async def import_memory(desk: Desk, file: str, assembly: str = "") -> dict[str, Any]:
    """Remember the translations of a file: all of them, or in case of an error none."""
    try:
        units = await asyncio.to_thread(read, Path(file))
    except BadMemory as error:
        raise Problem(f"{error} Nothing was read in.") from None
    if len(units) > MOST:
        raise Problem(
            f"{file} holds {len(units):,} translations, and {MOST:,} can be read in at once. Nothing was read in: an "
            "assembly needs what its own people may say, not all that a town has ever had translated."
        )
    return await desk.store.transact(_take_in, desk.house, assembly, file, units, ms(desk.clock.now()))


def _take_in(db: Database, house: House, wanted: str, file: str, units: Sequence[Unit], now: int) -> dict[str, Any]:
    assembly = the_assembly(db, wanted)
    languages = {short(one) for one in flow_of(db, house, assembly).languages}
    fitting = [
        Remembered(u.source, u.target, u.original, u.translated) for u in units if {u.source, u.target} <= languages
    ]
    if not fitting:
        there = sorted({language for unit in units for language in (unit.source, unit.target)})
        found = f"holds translations between {listed(there)}" if there else "holds no text in two languages"
        raise Problem(
            f"{file} {found}; the people of {assembly} speak {listed(sorted(languages))}. Nothing was read in."
        )
    made = memories.take_in(db, assembly, fitting, now)
    pairs = Counter(f"{one.source} to {one.target}" for one in fitting)
    return {
        "assembly": assembly,
        "pairs": [{"pair": pair, "number": n} for pair, n in sorted(pairs.items())],
        "new": made.new,
        "changed": made.changed,
        "known": made.known,
        "other": len(units) - len(fitting),
    }


class Leaving(NamedTuple):
    """What an export takes out of the house: `units`, of which `people` are in the words of citizens of this assembly; and how
    many stay here, because their authors did not agree to be quoted."""

    assembly: str
    units: list[Unit]
    people: int
    withheld: int


async def export_memory(desk: Desk, file: str, assembly: str = "", do: bool = False) -> dict[str, Any]:
    """Say what an export would take out of the house; with `do`, write the file."""
    leaving = await desk.store.read(_leaving, desk.house, assembly)
    target = Path(file)
    if await asyncio.to_thread(target.exists):
        raise Problem(f"There is something at {target} already. It is kept: name another file.")
    if not leaving.units:
        held = f" It keeps {count(leaving.withheld, 'translation')} of people who did not agree to be quoted."
        raise Problem(
            f"{leaving.assembly} remembers no translation that may be written.{held if leaving.withheld else ''} Its memory "
            "grows with what translators release, and with `pnyx tm import`."
        )
    if do:
        await asyncio.to_thread(_write, target, write(leaving.units, leaving.units[0].source))
    return {
        "assembly": leaving.assembly,
        "units": len(leaving.units),
        "people": leaving.people,
        "withheld": leaving.withheld,
        "done": do,
    }


def _leaving(db: Database, house: House, wanted: str) -> Leaving:
    """What is remembered and may go. A person's words go only where they may be quoted: what was taken back, hidden or erased
    is not remembered at all."""
    assembly = the_assembly(db, wanted)
    flow_of(db, house, assembly)
    material = gather(db, house, assembly)
    units, people, withheld = list[Unit](), 0, 0
    for one in memories.everything(db, assembly):
        if not one.contribution:
            units.append(Unit(one.source, one.target, one.original, one.translated, "read in"))
        elif released(material, one.contribution, "quotes").free:
            people += 1
            units.append(Unit(one.source, one.target, one.original, one.translated, f"said in {assembly}"))
        else:
            withheld += 1
    return Leaving(assembly, units, people, withheld)


def _write(target: Path, text: str) -> None:
    """Write a file that appears whole or not at all, readable for its owner only: people's words stand in it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)  # made with mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.link(part, target)
    except FileExistsError:
        raise Problem(f"There is something at {target} already. It is kept: name another file.") from None
    finally:
        os.unlink(part)
