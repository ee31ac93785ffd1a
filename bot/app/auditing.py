"""What strangers may follow: the log of an assembly, with all that it takes to check it, and what was said, for the press."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.app.operations import Desk, Problem, the_assembly
from bot.engine.house import House
from bot.report.feed import NotPublished
from bot.report.feed import feed as published
from bot.store import audit
from bot.store.audit import Link
from bot.store.database import Database
from bot.store.times import instant


async def verify(desk: Desk, assembly: str = "") -> dict[str, Any]:
    """Check that nobody has changed the log."""
    return await desk.store.read(_verify, assembly)


def _verify(db: Database, wanted: str) -> dict[str, Any]:
    assembly = the_assembly(db, wanted)
    found = audit.verify(db, assembly)
    return {
        "assembly": assembly, "lines": found.lines, "before": found.before, "erased": found.erased,
        "head": found.head.hex(), "broken": list(found.broken),
    }  # fmt: skip


async def export(desk: Desk, target: str, assembly: str = "") -> dict[str, Any]:
    """Write the chain into a file, a line of JSON for each line of the log."""
    found, links = await desk.store.read(_chain, assembly)
    written = "".join(json.dumps(_row(link), ensure_ascii=False) + "\n" for link in links)
    try:
        await asyncio.to_thread(Path(target).write_text, written, "utf-8")
    except OSError as error:
        raise Problem(f"The log cannot be written to {target}: {error.strerror}.") from None
    return {"assembly": found, "target": target, "lines": len(links)}


async def feed(desk: Desk, target: str, assembly: str = "") -> dict[str, Any]:
    """Write what was said into a file, later and without names, as far as the flow and everybody has agreed. An earlier one is
    replaced as a whole."""
    found, written = await desk.store.read(_fed, desk.house, assembly, desk.clock.now())
    await asyncio.to_thread(_replace, Path(target), written)
    return {"assembly": found, "target": target}


def _fed(db: Database, house: House, wanted: str, now: datetime) -> tuple[str, bytes]:
    assembly = the_assembly(db, wanted)
    try:
        return assembly, published(db, house, assembly, now)
    except NotPublished as error:
        raise Problem(str(error)) from None


def _replace(target: Path, content: bytes) -> None:
    """Write a file that whoever reads it beside us sees whole, the old one or the new one."""
    try:
        part = target.with_name(f".{target.name}.part")
        part.write_bytes(content)
        part.replace(target)
    except OSError as error:
        raise Problem(f"The feed cannot be written to {target}: {error.strerror}.") from None


def _chain(db: Database, wanted: str) -> tuple[str, list[Link]]:
    assembly = the_assembly(db, wanted)
    return assembly, audit.chain(db, assembly)


def _row(link: Link) -> dict[str, Any]:
    line = link.line
    return {
        "line": line.seq, "at": instant(line.at).isoformat(), "ms": line.at, "act": line.act, "by": line.by,
        "data": link.written, "who": link.who.hex(), "what": link.what.hex(), "hash": link.hash.hex(),
        "salt": link.salt.hex() if link.salt is not None else None,
    }  # fmt: skip
