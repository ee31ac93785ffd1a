"""An evening at two shores, played once for all tests of the report, and what was exported of it at several times."""

from __future__ import annotations

import asyncio
import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from bot.engine.house import House
from bot.report.export import export_files
from bot.report.results import Summary, summary
from bot.store import identities, queue
from bot.store.connection import open_store
from bot.store.keys import KeyFile
from tests.support.room import ASSEMBLY, CATALOGS, Room, room
from tests.support.two_shores import ALL, MINUTE, NONE, gather, two_shores

EAST: Mapping[str, tuple[str, ...]] = {
    "anna": ALL, "ben": ("quotes",), "cleo": ALL, "dan": ("open_data",), "eve": ("transcript",),
    **{f"e{letter}": NONE for letter in "fghijkl"},
}  # fmt: skip
WEST: Mapping[str, tuple[str, ...]] = {"dora": ALL, "emil": ALL, "fritz": NONE, "gabi": ("transcript", "quotes")}

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Evening:
    """`files` are the export at the end, `restarted` the same from the file opened anew; `later` after Anna took her words
    back, Gabi paused and Cleo was erased. `early` was exported while the ballot was open."""

    ref: str
    seats: Mapping[str, str]
    early: Files
    files: Files
    restarted: Files
    later: Files
    summary: Summary


@pytest.fixture(scope="session")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    return asyncio.run(play(tmp_path_factory.mktemp("evening") / "pnyx.db"))


async def play(path: Path) -> Evening:
    async with room(two_shores(), path=path, translate="pseudo") as here:
        seats = await gather(here, EAST, WEST)
        await talk(here)
        await write(here)
        await vote(here)
        early = await exported(here)
        await here.until("hands")
        for name in ("anna", "ben", "dora"):
            await here.say(name, press="hands:again::yes")
        await here.wait(180 * MINUTE)
        files = await exported(here)
        found = await here.store.read(summary, here.engine.house, ASSEMBLY)
        other = await open_store(path, KeyFile.from_seed(1), read_only=True)
        try:
            restarted = await other.read(export_files, House(CATALOGS), ASSEMBLY)
        finally:
            await other.close()
        await here.say("anna", press="-leave:withdraw-yes")
        await here.say("gabi", press="-leave:pause")
        await here.store.transact(identities.erase, seats["cleo"])
        later = await exported(here)
        assert await here.store.read(queue.parked) == []
        return Evening(here.flow.ref, seats, early, files, restarted, later, found)


async def exported(here: Room) -> Files:
    return await here.store.read(export_files, here.engine.house, ASSEMBLY)


async def talk(here: Room) -> None:
    await here.say("anna", "The paddle steamer.")
    await here.until("talk")
    for name, words in (
        ("anna", "More boats at night."), ("ben", "No bridge, ever."), ("cleo", "Ask the children."),
        ("eve", "# A <b>bridge</b>\n=1+1"), ("dora", "Weniger Autos."), ("emil", "Mehr Schatten."), ("fritz", "Ein Steg."),
    ):  # fmt: skip
        await here.say(name, words)
    await here.say("emil", "/undo")
    await here.say("maya", "/prompt What about winter?")
    await here.choose("maya", "Send")
    await here.say("maya", "/note Ben seems angry.")
    await here.say("maya", "/extend 5m")
    await here.until("digest")
    await here.say("maya", press="digest:approve:east-1:")
    await here.say("dora", press="digest:may:west-1:yes")  # she alone wrote there: nothing goes without her yes
    await here.say("nils", press="digest:approve:west-1:")


async def write(here: Room) -> None:
    await here.until("arguments")
    for name, side, words in (
        ("anna", "for", "It is quick."),
        ("ben", "against", "It is ugly."),
        ("dan", "for", "=1+1"),
    ):
        await here.say(name, press=f"arguments:side::{side}")
        await here.say(name, words)
    await here.until("wishes")
    await here.say("anna", "A bench in the sun.")
    await here.say("ben", "That it stays as it is.")


async def vote(here: Room) -> None:
    await here.until("ballot")
    for number, name in enumerate(EAST):
        await here.say(name, press=f"ballot:bridge::{'yes' if number < 8 else 'no'}")
    for name in WEST:
        await here.say(name, press="ballot:bridge::no")
    await here.until("price")
    for number, name in enumerate(EAST):
        if number < 9:
            await here.say(name, str(40 + number))
        else:
            await here.say(name, press="price:fare::dk")


def text(files: Files) -> str:
    """Everything in an export as one text, the flow and the explanations aside."""
    told = {name: content for name, content in files.items() if name not in ("README.txt", "SHA256SUMS")}
    return "\n".join(content.decode() for name, content in told.items() if not name.startswith("flow/"))


def sheet(files: Files, name: str) -> list[dict[str, str]]:
    """The lines of a CSV file."""
    return list(csv.DictReader(StringIO(files[name].decode(), newline="")))


def rows(files: Files, name: str) -> list[dict[str, Any]]:
    """The lines of a JSONL file, its head first."""
    return [json.loads(line) for line in files[name].decode().splitlines()]
