"""What an operator can ask of a database: each operation is a function of a `Desk` and its arguments.

The same functions serve the commands, when Pnyx does not run, and the local line (`bot.app.line`), when it does. Arguments
and results are JSON. What goes wrong is a `Problem` in the operator's words.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast, get_args

from bot.app.links import written
from bot.core.flow import Flow
from bot.core.state import Role
from bot.engine import founding
from bot.engine.clock import Clock
from bot.engine.house import House
from bot.language.flowfiles import NotAFlow, bundle, load_flow, unbundle
from bot.report.export import CannotExport, export_files, write_export
from bot.store import codes, contact, courses, guests, joining, people, queue, tables
from bot.store.backup import backup as copy_database
from bot.store.connection import Store
from bot.store.courses import PublishedFlow
from bot.store.database import Database
from bot.store.times import instant, ms

Progress = Callable[[int, int], None]
CODE_LASTS = timedelta(days=30)


class Problem(Exception):
    """Why something was not done, in the operator's words. `code` is what the program ends with."""

    code = 1


class Halted(Problem):
    """The program cannot go on before somebody has done something; to start it again at once would not help."""

    code = 78


@dataclass(frozen=True, slots=True)
class Desk:
    """Where operations are carried out. `progress` is told how much of how much is done; `wake` lets a running engine look.
    `names` are what the config says our accounts are called on their platforms, by account; `accounts` is how many of them
    pass on what virtual tables say, None where there are none."""

    store: Store
    house: House
    clock: Clock
    progress: Progress = lambda done, total: None
    wake: Callable[[], None] = lambda: None
    names: Mapping[str, str] = field(default_factory=dict)
    accounts: int | None = None


# Assemblies


async def create(desk: Desk, id: str, flow: str, seed: str = "") -> dict[str, Any]:
    """Make an assembly that is pinned to the flow at a path. One that exists already is left as it is, whatever has become of
    the file; `changed` then says whether the file is another version by now."""
    made = await desk.store.read(courses.load_assembly, id)
    if made is not None:
        now = load_flow(Path(flow)).flow
        return {"id": id, "ref": made.flow, "changed": now is None or now.ref != made.flow}
    try:
        body = bundle(Path(flow), desk.accounts)
    except NotAFlow as error:
        raise Problem(str(error)) from None
    read = unbundle(body)
    drawn = seed or secrets.token_hex(8)
    await desk.store.transact(founding.found, id, read, body, drawn, ms(desk.clock.now()))
    return {"id": id, "ref": read.ref, "changed": False}


async def start(desk: Desk, assembly: str) -> dict[str, Any]:
    """Start every course of an assembly now."""
    started = await desk.store.transact(_start, desk.house, assembly, ms(desk.clock.now()))
    desk.wake()
    return {"assembly": assembly, "courses": started}


def _start(db: Database, house: House, assembly: str, now: int) -> list[str]:
    flow = flow_of(db, house, assembly)
    waiting = [
        c for c in flow.courses if (found := courses.load_course(db, assembly, c)) is None or found.state == "waiting"
    ]
    if not waiting:
        raise Problem(f"The assembly {assembly} has started already. `pnyx status` shows where it is.")
    founding.begin(db, assembly, flow, now)
    return waiting


async def status(desk: Desk) -> dict[str, Any]:
    """Where every assembly stands, what waits in the queues, and what was set aside."""
    return await desk.store.read(_status, desk.house, ms(desk.clock.now()))


def _status(db: Database, house: House, now: int) -> dict[str, Any]:
    found = []
    for row in courses.assemblies(db):
        flow = house.flow(db, row.id)
        found.append(
            {
                "id": row.id,
                "flow": row.flow,
                "title": title_of(flow),
                "courses": [_course_status(db, flow, row.id, course) for course in flow.courses],
                "dropped": courses.dropped(db, row.id),
            }
        )
    return {
        "now": now,
        "assemblies": found,
        "queues": queue.counts(db),
        "heard": contact.accounts(db),
        "presses": [
            {"account": account, "why": why, "number": n} for (account, why), n in sorted(house.dropped.items())
        ],
        "ignored": [
            {"account": account, "why": why, "number": n}
            for account, counts in sorted(house.ignored.items())
            for why, n in sorted(counts.items())
        ],
        "parked": [
            {"number": p.seq, "kind": p.kind, "fault": p.error, "assembly": p.assembly} for p in queue.parked(db)
        ],
    }


def _course_status(db: Database, flow: Flow, assembly: str, id: str) -> dict[str, Any]:
    course = courses.load_course(db, assembly, id)
    members, present = people.head_count(db, assembly, id, 0)
    steps = []
    for step, entry in course.open.items() if course is not None else ():
        counted = courses.counters(db, assembly, step, course.unit if course is not None else "")
        steps.append(
            {
                "id": step,
                "type": flow.nodes[step].step.type if step in flow.nodes else "",
                "closes": ms(entry.closes) if entry.closes is not None else None,
                "done": counted.get("done", 0),
                "expected": counted.get("expected", 0),
            }
        )
    return {
        "id": id,
        "zone": flow.sites_of(id)[0].zone,
        "state": course.state if course is not None else "waiting",
        "open": steps,
        "done": len(course.done) if course is not None else 0,
        "steps": len(flow.nodes),
        "members": members,
        "active": present,
    }


# People


async def invite(
    desk: Desk, assembly: str, role: str, site: str = "", number: int = 1, uses: int = 1
) -> dict[str, Any]:
    """Make one-time codes for a role. They are shown once and kept only as hashes."""
    if role not in get_args(Role):
        raise Problem(f"There is no role called {role}. Allowed are {', '.join(get_args(Role))}.")
    if not 1 <= number <= 10_000 or not 1 <= uses <= 10_000:
        raise Problem("Between 1 and 10,000 codes can be made at once, each for 1 to 10,000 uses.")
    now = desk.clock.now()
    made = await desk.store.transact(
        _invite, desk.house, assembly, cast(Role, role), site, number, uses, ms(now), ms(now + CODE_LASTS)
    )
    lines = [written(desk.names, code) for code in made]
    return {"assembly": assembly, "role": role, "site": site, "codes": made, "written": lines}


def _invite(
    db: Database, house: House, assembly: str, role: Role, site: str, number: int, uses: int, now: int, until: int
) -> list[str]:
    flow = flow_of(db, house, assembly)
    if site and site not in flow.sites:
        raise Problem(f"The flow has no site called {site}. Its sites are {', '.join(flow.sites)}.")
    if not site and role == "participant" and len(flow.sites) > 1:
        raise Problem(f"Say at which site these people take part: --site, one of {', '.join(flow.sites)}.")
    return [codes.make_code(db, assembly, role, site, uses=uses, made=now, expires=until) for _ in range(number)]


async def people_list(desk: Desk, assembly: str = "", seats: bool = False) -> dict[str, Any]:
    """How many people there are, by site, role and status, who sits at which table, how many of those who are expected have
    come, and by which links others did; with `seats` also everybody's seat. Pseudonyms only."""
    return await desk.store.read(_people_list, assembly, seats, ms(desk.clock.now()))


def _people_list(db: Database, wanted: str, seats: bool, now: int) -> dict[str, Any]:
    assembly = the_assembly(db, wanted, "its ID")
    everybody = people.roster(
        db, assembly, roles=get_args(Role), statuses=("new", "active", "paused", "left", "refused")
    )
    seated: dict[str, list[str]] = {}
    for seat in everybody:
        if seat.table and seat.status == "active":
            seated.setdefault(seat.table, []).append(f"{seat.name or seat.id} ({seat.role})")
    counted: dict[tuple[str, str, str], int] = {}
    for seat in everybody:
        counted[(seat.site, seat.role, seat.status)] = counted.get((seat.site, seat.role, seat.status), 0) + 1
    found = [tables.load_table(db, assembly, id) for id in seated]
    numbers = {t.id: t.number for t in found if t is not None}
    expected = Counter((e.guest.site, guests.standing(db, assembly, e, now)) for e in guests.everybody(db, assembly))
    return {
        "assembly": assembly,
        "people": [{"site": k[0], "role": k[1], "status": k[2], "number": n} for k, n in sorted(counted.items())],
        "tables": [{"id": id, "number": numbers.get(id, 0), "people": seated[id]} for id in sorted(seated)],
        "expected": [{"site": k[0], "standing": k[1], "number": n} for k, n in sorted(expected.items())],
        "ways": [{"way": way, "number": n} for way, n in joining.ways(db, assembly).items()],
        "seats": [
            {
                "seat": s.id,
                "name": s.name,
                "role": s.role,
                "site": s.site,
                "table": numbers.get(s.table),
                "status": s.status,
            }
            for s in (everybody if seats else ())
        ],
    }


# Files


async def export(desk: Desk, assembly: str, target: str) -> dict[str, Any]:
    """Write transcripts and results into a folder."""
    await desk.store.read(flow_of, desk.house, assembly)
    files = await desk.store.read(export_files, desk.house, assembly)
    try:
        written = await asyncio.to_thread(write_export, files, Path(target), desk.progress)
    except CannotExport as error:
        raise Problem(str(error)) from None
    return {"assembly": assembly, "target": target, "files": [str(path) for path in written]}


async def backup(desk: Desk, target: str) -> dict[str, Any]:
    """Copy the database while it is in use."""
    return {"target": target, "told": await copy_database(desk.store, target, desk.progress)}


# Flows


async def publish(desk: Desk, flow: str) -> dict[str, Any]:
    """Keep a version of a flow in the database, so that assemblies can be made of it or upgraded to it."""
    try:
        body = bundle(Path(flow), desk.accounts)
    except NotAFlow as error:
        raise Problem(str(error)) from None
    read = unbundle(body)
    row = PublishedFlow(read.ref, read.file.flow.id, title_of(read), body, ms(desk.clock.now()))
    await desk.store.transact(courses.publish_flow, row)
    return {"ref": read.ref, "title": title_of(read)}


async def flows(desk: Desk) -> dict[str, Any]:
    """The published flows."""
    found = await desk.store.read(courses.flows)
    return {"flows": [{"ref": f.ref, "title": f.title, "published": instant(f.published).isoformat()} for f in found]}


def flow_of(db: Database, house: House, assembly: str) -> Flow:
    """The flow of an assembly. Raises `Problem` where there is none."""
    try:
        return house.flow(db, assembly)
    except LookupError:
        known = [a.id for a in courses.assemblies(db)]
        hint = f"There are {', '.join(known)}." if known else "There are none yet: the config names them."
        raise Problem(f"There is no assembly called {assembly}. {hint}") from None


def the_assembly(db: Database, wanted: str, how: str = "--assembly") -> str:
    """The assembly that is meant: the one that was named, or the only one. `how` is how one is
    named. Raises `Problem`."""
    known = [row.id for row in courses.assemblies(db)]
    if wanted in known:
        return wanted
    if not wanted and len(known) == 1:
        return known[0]
    if not known:
        raise Problem("There is no assembly yet. The config names them; `pnyx run` makes and runs them.")
    if not wanted:
        raise Problem(f"Say which assembly: {how}, one of {', '.join(known)}.")
    raise Problem(f"There is no assembly called {wanted}. There are {', '.join(known)}.")


def title_of(flow: Flow) -> str:
    """What an assembly of this flow is called, in the flow's first language."""
    return next(iter(flow.local(flow.file.flow.title).texts.values()))
