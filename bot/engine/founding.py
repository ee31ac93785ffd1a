"""How an assembly begins: its flow is published, the assembly is pinned to it, its courses are started."""

from __future__ import annotations

from bot.core.events import Started, encode
from bot.core.flow import Flow
from bot.core.schedule import resolve
from bot.store import courses, queue
from bot.store.courses import Assembly, PublishedFlow
from bot.store.database import Database
from bot.store.queue import InRow
from bot.store.times import ms


def found(db: Database, id: str, flow: Flow, bundle: str, seed: str, now: int) -> None:
    """Make an assembly that is pinned to a flow. Where the flow says when it begins, its courses start then by themselves."""
    title = next(iter(flow.local(flow.file.flow.title).texts.values()))
    courses.publish_flow(db, PublishedFlow(flow.ref, flow.file.flow.id, title, bundle, now))
    courses.save_assembly(db, Assembly(id, flow.ref, seed, "open", now))
    if flow.file.schedule.start is not None:
        start = flow.file.schedule.start
        _put(db, id, {course: ms(resolve(start, flow.zone(course))) for course in flow.courses}, "", now)


def begin(db: Database, id: str, flow: Flow, now: int) -> None:
    """Start every course of an assembly now. A course that runs already stays as it is."""
    _put(db, id, dict.fromkeys(flow.courses, now), "/now", now)


def _put(db: Database, id: str, starts: dict[str, int], mark: str, now: int) -> None:
    rows = [
        InRow(id, f"start/{course}{mark}", "started", at, now, encode(Started(course))) for course, at in starts.items()
    ]
    queue.put_events(db, rows)
