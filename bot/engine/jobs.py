"""Work that needs the whole roster: seating, moving people between tables, codes. What has to be done at a platform is the
host's (`bot.engine.hosting`), and what waits for machines elsewhere is done beside the loop (`bot.engine.beside`).

A job is a row; its answer is an event. Answer and "done" are one transaction, so a job that was interrupted is done again
and has one answer. What a job writes besides is keyed the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from bot.core.commands.resettling import unfit
from bot.core.effects import Seated
from bot.core.events import Answered, Event
from bot.core.events import encode as encode_event
from bot.core.flow import Flow, GroupPlan
from bot.core.ids import derive
from bot.core.seating import OpenTable, Person, Plan, merge_small, place_late, seat_people
from bot.core.state import Role, Seat, Table
from bot.core.steps.assign import Assign
from bot.engine import entry, lodging, naming, ways
from bot.engine.house import House
from bot.store import audit, codes, courses, findings, people, queue, tables
from bot.store.connection import Store
from bot.store.courses import Job
from bot.store.database import Database
from bot.store.queue import InRow
from bot.store.times import ms

INVITE_DAYS = timedelta(days=30)


class Jobs:
    """Does the jobs that wait."""

    def __init__(self, store: Store, house: House) -> None:
        self._store = store
        self._house = house

    async def do(self, waiting: Sequence[Job], now: datetime) -> int:
        """Do these jobs. How many they were."""
        for job in waiting:
            try:
                await self._store.transact(_in_house, self._house, job, now)
            except Exception:
                parked = await self._store.transact(courses.fail_job, job.assembly, job.request.key)
                if parked:
                    raise
        return len(waiting)


def _in_house(db: Database, house: House, job: Job, now: datetime) -> None:
    """A job that needs nothing but the database."""
    if not courses.finish_job(db, job.assembly, job.request.key):
        return
    flow, request = house.flow(db, job.assembly), job.request
    match request.job:
        case "seating":
            result = _seating(db, flow, job)
        case "catch_up":
            result = {**_catch_up(db, flow, job, now), **_missed(db, job)}
        case "merge":
            result = _merge(db, flow, job, now)
        case "join":
            result = _join(db, flow, job, now)
        case "invite":
            result = _invite(db, job, now)
        case "joining":
            result = entry.doors(db, flow, job.assembly, request.args["wish"], request.args["by"], ms(now))
            result["id"] = derive(request.key)
        case "bind":
            result = ways.code(db, job, now, house.making)
        case "lodge":
            result = lodging.lodge(db, house, job)
        case "dismiss":
            result = lodging.dismiss(db, job, now)
        case "close_rooms":
            result = lodging.close(db, house, job, now)
        case other:
            raise LookupError(f"there is no job called {other}")
    if request.job in ("catch_up", "merge", "join") and result["table"]:
        naming.settled(db, house, job.assembly, result["table"], now)
    _answer(db, job, result, now)


def _answer(db: Database, job: Job, result: Mapping[str, Any], now: datetime) -> None:
    request = job.request
    answer = Answered(request.course, request.step, request.job, result, request.unit)
    _happen(db, job, answer, now, f"{request.key}/answer")


def _happen(db: Database, job: Job, event: Event, now: datetime, key: str) -> None:
    queue.put_events(db, [InRow(job.assembly, key, event.kind, ms(now), ms(now), encode_event(event))])


def plan_of(plan: GroupPlan, flow: Flow) -> Plan:
    """A flow's group plan as the seating reads it."""
    method = "mixed_sites" if plan.across_sites and plan.method == "balanced" else plan.method
    return Plan(
        min=plan.size.min, target=plan.size.target, max=plan.size.max, method=method, mix_by=plan.mix_by,
        cluster_by=plan.cluster_by, max_languages=plan.max_languages if plan.common_language == "translate" else None,
        common_language=plan.common_language, no_repeat=plan.no_repeat,
    )  # fmt: skip


def _seating(db: Database, flow: Flow, job: Job) -> dict[str, Any]:
    """Deal everybody of the course out to tables; facilitators to the tables that speak their language."""
    name = str(job.request.args["plan"])
    plan, seed = flow.plans[name], courses.seed_of(db, job.assembly)
    everybody = people.roster(db, job.assembly, job.request.course)
    met = _met(db, job.assembly)
    made: list[dict[str, Any]] = []
    unplaced: list[str] = []
    sites = [None] if plan.across_sites else [s.id for s in flow.sites_of(job.request.course)]
    for site in sites:
        here = [s for s in everybody if site is None or s.site == site]
        persons = [_person(s, met) for s in here]
        seating = seat_people(persons, plan_of(plan, flow), f"{seed}/{job.request.step}/{site or 'all'}")
        home = site or flow.file.schedule.sites[0].id
        prefix = site or "all"
        if sum(isinstance(node.step, Assign) for node in flow.nodes.values()) > 1:
            prefix = f"{prefix}-{job.request.step.replace('.', '-')}"
        for number, (seats, languages) in enumerate(zip(seating.tables, seating.languages, strict=True), 1):
            made.append(
                {
                    "id": f"{prefix}-{number}",
                    "number": number,
                    "site": home,
                    "languages": list(languages),
                    "seats": list(seats),
                    "staff": [],
                }
            )
        unplaced += [u.seat for u in seating.unplaced]
    _spread_staff(db, job, made, plan)
    return {"tables": made, "unplaced": unplaced}


def _person(seat: Seat, met: Mapping[str, frozenset[str]]) -> Person:
    attributes = {"site": seat.site, **seat.attributes}
    return Person(seat.id, (seat.language,), attributes, met.get(seat.id, frozenset()))


def _met(db: Database, assembly: str) -> dict[str, frozenset[str]]:
    met: dict[str, set[str]] = {}
    for group in tables.sat_together(db, assembly):
        for seat in group:
            met.setdefault(seat, set()).update(s for s in group if s != seat)
    return {seat: frozenset(others) for seat, others in met.items()}


def _spread_staff(db: Database, job: Job, made: list[dict[str, Any]], plan: GroupPlan) -> None:
    """One facilitator to a table as long as there are any, of its site and one of its languages. Where a table's talk is
    translated and has room for another language, somebody else of its site may lead it too."""
    free = people.roster(db, job.assembly, job.request.course, roles=("facilitator",))
    for table in made:
        near = [f for f in free if plan.across_sites or f.site == table["site"]]
        fitting = [f for f in near if f.language in table["languages"]]
        if fitting:
            table["staff"] = [fitting[0].id]
            free.remove(fitting[0])
    for table in made if plan.common_language == "translate" else ():
        near = [f for f in free if plan.across_sites or f.site == table["site"]]
        if near and not table["staff"] and len(table["languages"]) < plan.max_languages:
            table["staff"] = [near[0].id]
            free.remove(near[0])


def _open_tables(db: Database, job: Job, plan: str, site: str | None) -> list[OpenTable]:
    return [
        _open_table(table, members)
        for table, members in tables.sitting(db, job.assembly, plan)
        if site is None or table.site == site
    ]


def _open_table(table: Table, members: Iterable[tuple[str, str, Mapping[str, str]]]) -> OpenTable:
    """A table with its people: seats, sites and attributes."""
    counts: dict[str, dict[str, int]] = {}
    seats = set()
    for seat, site, attributes in members:
        seats.add(seat)
        for name, value in {"site": site, **attributes}.items():
            row = counts.setdefault(name, {})
            row[value] = row.get(value, 0) + 1
    return OpenTable(table.id, len(seats), table.languages, counts, frozenset(seats))


def _catch_up(db: Database, flow: Flow, job: Job, now: datetime) -> dict[str, Any]:
    """A place for a latecomer at the table that needs them most."""
    args = job.request.args
    seat = people.load_seat(db, str(args["seat"]))
    name = str(args["plan"])
    if seat is None or name not in flow.plans or seat.table:
        return {"table": seat.table if seat is not None else ""}
    plan = flow.plans[name]
    free = _open_tables(db, job, name, None if plan.across_sites else seat.site)
    found = place_late(_person(seat, {}), free, plan_of(plan, flow))
    if found is None:
        return {"table": ""}
    _move(db, job, found, [seat.id], now)
    return {"table": found}


def _missed(db: Database, job: Job) -> dict[str, Any]:
    """The steps that have closed on the course `since` a person was last here (the line of the log that says so; 0 for somebody
    who has only come now), each with what was recorded."""
    since, closed = audit.missed(db, job.assembly, str(job.request.args["seat"]), job.request.course)
    results = {step: {u: data for _, u, data in findings.results(db, job.assembly, step)} for step in closed}
    return {"since": since, "closed": [{"step": step, "recorded": results[step]} for step in closed]}


def _merge(db: Database, flow: Flow, job: Job, now: datetime) -> dict[str, Any]:
    """Another table for the people of one that is too small. Nobody sits alone."""
    id = job.request.unit.removeprefix("table:")
    table = tables.load_table(db, job.assembly, id)
    if table is None or not table.members:
        return {"table": ""}
    plan = flow.plans[table.plan]
    small = _open_table(table, ((s.id, s.site, s.attributes) for s in table.members))
    others = [t for t in _open_tables(db, job, table.plan, None if plan.across_sites else table.site) if t.id != id]
    fit = [t for t in others if t.size >= plan.min_present]
    moves = [m for m in merge_small([small, *fit], plan_of(plan, flow), plan.min_present) if m.table == id and m.to]
    if not moves:
        return {"table": ""}
    to = cast(str, moves[0].to)
    seats = [s.id for s in table.everybody]
    _move(db, job, to, seats, now)
    return {
        "table": to,
        "seats": seats,
        "number": next(t.number for t in tables.of_plan(db, job.assembly, table.plan) if t.id == to),
    }


def _join(db: Database, flow: Flow, job: Job, now: datetime) -> dict[str, Any]:
    """Everybody of one table sits at another one, if there is room still."""
    args = job.request.args
    table = tables.load_table(db, job.assembly, job.request.unit.removeprefix("table:"))
    to = tables.load_table(db, job.assembly, str(args["to"]))
    answer = {"table": "", "by": args["by"], "key": derive(job.request.key), "seats": [], "number": 0}
    if table is None or to is None or unfit(flow, to, table.members) is not None:
        return answer
    seats = [s.id for s in (*table.members, *table.staff)]
    _move(db, job, to.id, seats, now)
    return {**answer, "table": to.id, "number": to.number, "seats": seats}


def _move(db: Database, job: Job, to: str, seats: list[str], now: datetime) -> None:
    table = tables.load_table(db, job.assembly, to)
    if table is None:
        raise LookupError(f"no table {to}")
    moved = Seated(table.id, table.plan, table.site, table.number, table.languages, tuple(seats))
    lodging.sit(db, job.assembly, moved, now)


def _invite(db: Database, job: Job, now: datetime) -> dict[str, Any]:
    """New codes. They stand in the answer, which is sealed like every event, and nowhere else."""
    args = job.request.args
    made = [
        codes.make_code(
            db, job.assembly, cast(Role, args["role"]), str(args.get("site", "")), str(args.get("table", "")),
            made=ms(now), expires=ms(now + INVITE_DAYS), by=job.request.unit.removeprefix("seat:"),
        )
        for _ in range(int(args.get("number", 1)))
    ]  # fmt: skip
    return {**args, "codes": made, "id": derive(job.request.key)}
