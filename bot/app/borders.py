"""What `pnyx check` says about translation: for each pair of languages that an assembly needs, who translates it, and how much
of that people have read."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.app.config import BadConfig, Config
from bot.app.findings import Finding
from bot.app.operations import Desk
from bot.app.translating import engines
from bot.core.flow import Flow
from bot.core.problems import count, listed
from bot.core.steps.relay import Relay
from bot.core.translation.borders import Pair, pairs
from bot.language.flowfiles import MEMORY, toml_file
from bot.language.translation import tmx
from bot.language.translation.port import Engine, EngineFailed
from bot.store import codes, courses, memories, people, translations
from bot.store.database import Database

PATIENCE = 10.0
"""Seconds in which an engine has to say what it knows."""


@dataclass(frozen=True, slots=True)
class Translating:
    """How far an assembly's translations are, for one pair: what it `remembers` beside its flow, how many there are, and how
    many of them a person has `read`."""

    remembers: int = 0
    made: int = 0
    read: int = 0


async def translated(desk: Desk) -> dict[str, Any]:
    """How many translations there are, of each assembly and pair, and how many translators it has or has invited."""
    return {"assemblies": await desk.store.read(_translated), "translators": await desk.store.read(_translators)}


def _translators(db: Database) -> dict[str, int]:
    return {
        row.id: len(people.staff(db, row.id, "translator")) + codes.waiting(db, row.id, "translator")
        for row in courses.assemblies(db)
    }


def _translated(db: Database) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in courses.assemblies(db):
        made = translations.counted(db, row.id)
        known = memories.counted(db, row.id)
        found[row.id] = [
            {"from": a, "into": b, "remembers": known.get((a, b), 0), "made": made.get((a, b), (0, 0))[0],
             "read": made.get((a, b), (0, 0))[1]}
            for a, b in sorted({*made, *known})
        ]  # fmt: skip
    return found


def progress(rows: list[dict[str, Any]]) -> dict[Pair, Translating]:
    """What `translated` has told of one assembly."""
    return {(r["from"], r["into"]): Translating(r["remembers"], r["made"], r["read"]) for r in rows}


async def look_at_borders(config: Config, path: Path, flow: Flow, done: Mapping[Pair, Translating]) -> list[Finding]:
    """Say of each pair of languages that a flow needs who translates it; nothing where everybody speaks one language."""
    needed = pairs(flow)
    if not needed:
        return []
    try:
        made = engines(config)
    except BadConfig as error:
        return [Finding("bad", str(error))]
    told: list[Finding] = []
    known: dict[str, frozenset[Pair] | None] = {}
    for name, engine in made.items():
        try:
            known[name] = await _asked(engine)
        except EngineFailed as error:
            told.append(
                Finding("note", f"{name} cannot be asked now: {error}. Until it answers, the next one is asked.")
            )
            known[name] = None
        finally:
            await engine.close()
    memory = _memory(path)
    return [*(_pair(config, pair, known, len(memory.get(pair, {})), done.get(pair)) for pair in needed), *told]


def look_at_translators(flow: Flow, there: int) -> list[Finding]:
    """Say which relays wait for translators, where nobody has been invited to be one."""
    waiting = [
        f"“{step.id}”"
        for step in flow.file.step
        if isinstance(step, Relay) and (step.translator != "machine" or step.on_language_gap == "hold")
    ]
    if there or not waiting or not pairs(flow):
        return []
    wait = "waits" if len(waiting) == 1 else "wait"
    said = (
        f"Nobody is invited to translate, and {listed(waiting)} {wait} for translators: what they do not release in time is read "
        "as it was written. Invite some with pnyx people invite --role translator."
    )
    return [Finding("note", said)]


async def _asked(engine: Engine) -> frozenset[Pair] | None:
    try:
        async with asyncio.timeout(PATIENCE):
            return await engine.pairs()
    except TimeoutError:
        raise EngineFailed(f"it has not answered within {PATIENCE:g} seconds") from None


def _pair(
    config: Config, pair: Pair, known: Mapping[str, frozenset[Pair] | None], memory: int, done: Translating | None
) -> Finding:
    """One pair, in a line."""
    table, (a, b) = config.translation, pair
    order = table.pairs.get(f"{a}-{b}", table.engines)
    over = table.over.get(f"{a}-{b}", "")
    ways = [way for name in order if (way := _way(name, pair, known.get(name), over))]
    people = [
        count(memory, "sentence in the flow's memory", "sentences in the flow's memory"),
        *([f"{done.remembers} in the assembly's own"] if done is not None and done.remembers else []),
        *([f"{done.read} of {count(done.made, 'translation')} so far read by people"] if done is not None and done.made else []),
    ]  # fmt: skip
    said = f"{a} to {b}: {', then '.join(ways) or 'no machine'}; {', '.join(people)}."
    if not ways:
        missing = " None of the engines knows this pair." if order else ""
        return Finding("note", f"{said}{missing} What no person has translated is read in {a}.")
    if f"{a}-{b}" not in table.judged:
        return Finding(
            "note",
            f"{said} Nobody has judged this pair: what machines make of it waits for a translator. Once people who speak both "
            f'languages have found it good enough to be read at once, add "{a}-{b}" to judged under [translation].',
        )
    return Finding("good", said)


def _way(name: str, pair: Pair, known: frozenset[Pair] | None, over: str) -> str:
    """How an engine translates a pair, as far as it tells; "" where it cannot."""
    if known is None or pair in known:
        return f"{name} (over {over} where it must)" if over and known is None else name
    if over and (pair[0], over) in known and (over, pair[1]) in known:
        return f"{name} over {over}"
    return ""


def _memory(path: Path) -> tmx.Known:
    """The flow's memory, where it has one that can be read; what is wrong with it the check of the flow says."""
    file = toml_file(path).parent / MEMORY
    try:
        return tmx.known(tmx.read(file)) if file.exists() else {}
    except (tmx.BadMemory, OSError):
        return {}
