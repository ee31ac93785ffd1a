"""Where an assembly stands: its flow, its courses, stages and counters, and the jobs under way."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.core.effects import Request
from bot.core.state import Course, Stage
from bot.store.database import Database
from bot.store.state_json import course_from_json, course_to_json, stage_from_json, stage_to_json

# Flows and assemblies


@dataclass(frozen=True, slots=True)
class PublishedFlow:
    """A flow as it was published. `ref` pins it (`id@` and twelve hex digits), `body` is everything it is made of."""

    ref: str
    id: str
    title: str
    body: str
    published: int


@dataclass(frozen=True, slots=True)
class Assembly:
    """One run of one flow. `data` is JSON."""

    id: str
    flow: str
    seed: str
    state: str
    created: int
    data: Mapping[str, Any] = field(default_factory=dict)


def publish_flow(db: Database, flow: PublishedFlow) -> None:
    """Keep a flow; the same one again changes nothing."""
    db.sql.execute(
        "INSERT INTO flow (ref, id, title, body, published) VALUES (?, ?, ?, ?, ?) ON CONFLICT (ref) DO NOTHING",
        (flow.ref, flow.id, flow.title, flow.body, flow.published),
    )


def load_flow(db: Database, ref: str) -> PublishedFlow | None:
    row = db.sql.execute("SELECT ref, id, title, body, published FROM flow WHERE ref = ?", (ref,)).fetchone()
    return PublishedFlow(*row) if row else None


def flows(db: Database) -> list[PublishedFlow]:
    """All published flows, oldest first."""
    return [
        PublishedFlow(*r)
        for r in db.sql.execute("SELECT ref, id, title, body, published FROM flow ORDER BY published, ref")
    ]


def save_assembly(db: Database, assembly: Assembly) -> None:
    """Make an assembly, or save its state, flow and data."""
    db.sql.execute(
        "INSERT INTO assembly (id, flow_ref, seed, state, created, data) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE "
        "SET flow_ref = excluded.flow_ref, state = excluded.state, data = excluded.data",
        (assembly.id, assembly.flow, assembly.seed, assembly.state, assembly.created, _json(assembly.data)),
    )


def load_assembly(db: Database, id: str) -> Assembly | None:
    return next((a for a in _assemblies(db, "WHERE id = ?", (id,))), None)


def assemblies(db: Database) -> list[Assembly]:
    """All assemblies, oldest first."""
    return _assemblies(db, "ORDER BY created, id", ())


def seed_of(db: Database, id: str) -> str:
    """The published seed of an assembly's lots."""
    found = load_assembly(db, id)
    if found is None:
        raise LookupError(f"there is no assembly {id}")
    return found.seed


def _assemblies(db: Database, rest: str, given: tuple[str, ...]) -> list[Assembly]:
    found = db.sql.execute(f"SELECT id, flow_ref, seed, state, created, data FROM assembly {rest}", given)
    return [Assembly(id, ref, seed, state, created, json.loads(data)) for id, ref, seed, state, created, data in found]


# Courses, stages, counters


def load_course(db: Database, assembly: str, id: str) -> Course | None:
    row = db.sql.execute("SELECT data FROM course WHERE assembly = ? AND id = ?", (assembly, id)).fetchone()
    return course_from_json(id, row[0]) if row else None


def courses(db: Database, assembly: str) -> list[Course]:
    """All courses of an assembly, by id."""
    found = db.sql.execute("SELECT id, data FROM course WHERE assembly = ? ORDER BY id", (assembly,))
    return [course_from_json(*row) for row in found]


def save_course(db: Database, assembly: str, course: Course) -> None:
    db.sql.execute(
        "INSERT INTO course (assembly, id, data) VALUES (?, ?, ?) ON CONFLICT (assembly, id) DO UPDATE SET data = excluded.data",
        (assembly, course.id, course_to_json(course)),
    )


def load_stage(db: Database, assembly: str, step: str, unit: str) -> Stage | None:
    row = db.sql.execute(
        "SELECT data FROM stage WHERE assembly = ? AND step = ? AND unit = ?", (assembly, step, unit)
    ).fetchone()
    return stage_from_json(step, unit, row[0]) if row else None


def load_stages(db: Database, assembly: str, places: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Stage]:
    """The stages at these `(step, unit)`; those that have not opened are left out."""
    found = {}
    for place in places:
        if stage := load_stage(db, assembly, *place):
            found[place] = stage
    return found


def stages_of(db: Database, assembly: str, step: str) -> list[Stage]:
    """All stages of a step, by unit."""
    found = db.sql.execute(
        "SELECT unit, data FROM stage WHERE assembly = ? AND step = ? ORDER BY unit", (assembly, step)
    )
    return [stage_from_json(step, *row) for row in found]


def save_stage(db: Database, assembly: str, stage: Stage) -> None:
    db.sql.execute(
        "INSERT INTO stage (assembly, step, unit, data) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (assembly, step, unit) DO UPDATE SET data = excluded.data",
        (assembly, stage.step, stage.unit, stage_to_json(stage)),
    )


def count(db: Database, assembly: str, step: str, unit: str, name: str, by: int = 1) -> int:
    """Add to a counter. Its new value."""
    row = db.sql.execute(
        "INSERT INTO counter (assembly, step, unit, name, value) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (assembly, step, unit, name) DO UPDATE SET value = counter.value + excluded.value RETURNING value",
        (assembly, step, unit, name, by),
    ).fetchone()
    return int(row[0])


def counters(db: Database, assembly: str, step: str, unit: str) -> dict[str, int]:
    """All counters of a step for a unit, by name."""
    found = db.sql.execute(
        "SELECT name, value FROM counter WHERE assembly = ? AND step = ? AND unit = ? ORDER BY name",
        (assembly, step, unit),
    )
    return dict(found.fetchall())


def dropped(db: Database, assembly: str) -> dict[str, int]:
    """How often something in the rooms of its tables came to nothing, by why."""
    found = db.sql.execute(
        "SELECT substr(name, 9), SUM(value) FROM counter WHERE assembly = ? AND step = '' AND substr(name, 1, 8) = 'dropped_' "
        "GROUP BY name ORDER BY name",
        (assembly,),
    )
    return dict(found.fetchall())


# Jobs


@dataclass(frozen=True, slots=True)
class Job:
    """Work that was asked for and is not done yet."""

    assembly: str
    request: Request
    tries: int


def ask(db: Database, assembly: str, request: Request) -> None:
    """Ask for work; the same key again changes nothing."""
    data = {"course": request.course, "step": request.step, "unit": request.unit, "args": dict(request.args)}
    db.sql.execute(
        "INSERT INTO job (assembly, key, job, data) VALUES (?, ?, ?, ?) ON CONFLICT (assembly, key) DO NOTHING",
        (assembly, request.key, request.job, _json(data)),
    )


def job_waits(db: Database, assembly: str, key: str) -> bool:
    """Whether a job is still to be done."""
    row = db.sql.execute("SELECT state FROM job WHERE assembly = ? AND key = ?", (assembly, key)).fetchone()
    return row is not None and row[0] == "new"


def open_jobs(db: Database, limit: int = 100, without: Collection[str] = ()) -> list[Job]:
    """Work to be done, of all assemblies, but for some kinds of it."""
    others = f"AND job NOT IN ({', '.join('?' * len(without))})" if without else ""
    found = db.sql.execute(
        f"SELECT assembly, key, job, data, tries FROM job WHERE state = 'new' {others} ORDER BY assembly, key LIMIT ?",
        (*without, limit),
    )
    return _jobs(found.fetchall())


def any_job(db: Database, kinds: Collection[str]) -> bool:
    """Whether work of these kinds waits, due or not."""
    named = ", ".join("?" * len(kinds))
    found = db.sql.execute(f"SELECT 1 FROM job WHERE state = 'new' AND job IN ({named}) LIMIT 1", tuple(kinds))
    return found.fetchone() is not None


def due_jobs(db: Database, kinds: Sequence[str], now: int, limit: int = 100) -> list[Job]:
    """Work of these kinds that is due, of all assemblies: the kinds in the order in which they are named."""
    ranked = " ".join(f"WHEN ? THEN {n}" for n in range(len(kinds)))
    found = db.sql.execute(
        "SELECT assembly, key, job, data, tries FROM job WHERE state = 'new' AND due <= ? "
        f"AND job IN ({', '.join('?' * len(kinds))}) ORDER BY CASE job {ranked} END, due, assembly, key LIMIT ?",
        (now, *kinds, *kinds, limit),
    )
    return _jobs(found.fetchall())


def next_job(db: Database, kinds: Sequence[str], after: int) -> int | None:
    """When work of these kinds that is not due at an instant yet will be; None where there is none."""
    row = db.sql.execute(
        f"SELECT MIN(due) FROM job WHERE state = 'new' AND due > ? AND job IN ({', '.join('?' * len(kinds))})",
        (after, *kinds),
    ).fetchone()
    return int(row[0]) if row[0] is not None else None


def _jobs(rows: Iterable[tuple[Any, ...]]) -> list[Job]:
    return [Job(assembly, Request(job, key=key, **json.loads(data)), tries) for assembly, key, job, data, tries in rows]


def put_off_job(db: Database, assembly: str, key: str, due: int) -> None:
    """Try a job again, not before `due`."""
    db.sql.execute(
        "UPDATE job SET tries = tries + 1, due = ? WHERE assembly = ? AND key = ? AND state = 'new'",
        (due, assembly, key),
    )


def finish_job(db: Database, assembly: str, key: str) -> bool:
    """A job is done: in the transaction that puts its answer. False where it was done before."""
    done = db.sql.execute(
        "UPDATE job SET state = 'done' WHERE assembly = ? AND key = ? AND state = 'new'", (assembly, key)
    )
    return done.rowcount == 1


def fail_job(db: Database, assembly: str, key: str, park_after: int = 3) -> bool:
    """A job failed. True where it is parked now."""
    row = db.sql.execute(
        "UPDATE job SET tries = tries + 1, state = CASE WHEN tries + 1 >= ? THEN 'parked' ELSE 'new' END "
        "WHERE assembly = ? AND key = ? AND state = 'new' RETURNING state",
        (park_after, assembly, key),
    ).fetchone()
    return row is not None and row[0] == "parked"


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(dict(data), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
