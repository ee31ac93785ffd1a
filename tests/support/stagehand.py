"""Plays the core without an engine: gives `advance` its state, takes the effects back, and rings the timers.

A `Stagehand` holds in dictionaries what the store would hold, in the open for a test to look at. Facts are worked out for
the addressed step and hook only, as its `reads` names them (`tests.support.prompter`); `given` sets facts by hand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core import routing
from bot.core.advance import advance
from bot.core.commands import number_named
from bot.core.effects import (
    Cast,
    Count,
    Draw,
    Effect,
    Fan,
    Hide,
    Keep,
    Put,
    Record,
    Request,
    Say,
    Seated,
    Shown,
    Unbind,
    Wake,
    Withdraw,
)
from bot.core.events import Event, Relayed, Spread, Started
from bot.core.flow import Flow
from bot.core.heard import Heard
from bot.core.message import Message
from bot.core.state import Contribution, Course, Digest, Seat, Stage, State, Table
from tests.support.plays import read
from tests.support.prompter import facts

START = datetime(2027, 3, 2, 17, 0, tzinfo=UTC)


class Stagehand:
    """One assembly on a stage. `others` are the effects that change nothing here (requests, notes, seals …)."""

    def __init__(self, flow: Flow, **given: Any) -> None:
        self.flow, self.given, self.now = flow, given, START
        self.courses = {id: Course(id) for id in flow.courses}
        self.seats: dict[str, Seat] = {}
        self.tables: dict[str, Table] = {}
        self.stages: dict[tuple[str, str], Stage] = {}
        self.counters: Counter[tuple[str, str, str]] = Counter()
        self.choices: dict[str, dict[str, dict[str, Any]]] = {}
        self.contributions: dict[str, Contribution] = {}
        self.shown: Counter[str] = Counter()
        self.records: dict[str, dict[str, Any]] = {}
        self.digests: dict[str, Digest] = {}
        self.arrivals: dict[tuple[str, str], list[tuple[Digest, str, Mapping[str, str]]]] = {}
        self.said: dict[str, Say] = {}
        self.timers: dict[str, tuple[datetime, Event | None]] = {}
        self.others: list[Effect] = []
        self._inputs = 0

    def seat(self, *ids: str, table: str = "", site: str = "lyon", **more: Any) -> None:
        """People who have consented take their seats, and sit down at a table."""
        if table and table not in self.tables:
            self.tables[table] = Table(table, "tables", site, len(self.tables) + 1, ("en",))
        for id in ids:
            self.seats[id] = replace(Seat(id, "participant", site, "en", "active", id.title(), table), **more)

    def start(self, *courses: str) -> None:
        """These courses begin; all of them, where none is named."""
        for course in courses or self.flow.courses:
            self.play(Started(course))
        self.wait()

    def wait(self, span: timedelta = timedelta()) -> None:
        """Let time pass; every timer rings at its instant, in order of instant and setting."""
        until = self.now + span
        while due := [
            (at, n, key) for n, (key, (at, event)) in enumerate(self.timers.items()) if event and at <= until
        ]:
            at, _, key = min(due)
            event, self.now = self.timers[key][1], max(self.now, at)
            self.timers[key] = (at, None)
            if event is not None:
                self.play(event)
        self.now = until

    def press(self, seat: str, press: str) -> list[str]:
        """A button is pressed; what the person reads thereupon."""
        return self._hear(seat, press=press)

    def agree(self, step: str, table: str) -> None:
        """Where few have written what stands in a draft, they let their words leave their table."""
        for digest in [d for d in self.digests.values() if (d.step, d.table, d.state) == (step, table, "draft")]:
            sources = [self.contributions[id] for s in digest.sentences for id in s.sources]
            for seat in dict.fromkeys(c.seat for c in sources):
                self.press(seat, f"{step}:may:{table}:yes:{digest.id if digest.answers else ''}")

    def write(self, seat: str, text: str, room: str = "") -> list[str]:
        """Something is typed, in private or in a room; what the person reads thereupon."""
        return self._hear(seat, text=text, room=room)

    def bind(self, table: str, *rooms: str) -> None:
        """A table meets in these rooms from now on."""
        self.tables[table] = replace(self.tables[table], rooms=rooms)

    def read_by(self, unit: str) -> list[str]:
        """All that was said to a unit, in order."""
        return [read(message) for message in self.told(unit)]

    def told(self, unit: str) -> list[Message]:
        """The messages to a unit, in order."""
        return [say.message for say in self.said.values() if say.to == unit]

    def _hear(self, seat: str, **what: str) -> list[str]:
        self._inputs += 1
        before = len(self.told(f"seat:{seat}"))
        self.play(Heard(f"input{self._inputs}", seat, self.now, **what))
        self.wait()
        return self.read_by(f"seat:{seat}")[before:]

    def play(self, event: Event) -> None:
        """One event goes through `advance`, and its effects come back."""
        unit = event.units[0] if isinstance(event, Spread) and event.units else getattr(event, "unit", "")
        seat = self.seats.get(getattr(event, "seat", "") or unit.partition("seat:")[2])
        at = getattr(event, "table", "") or (seat.table if seat is not None else unit.partition("table:")[2])
        named = routing.table_named(self.flow, event) or routing.table_awaited(self.flow, seat, event)
        at = named or self._numbered(seat, event) or at
        table = self.tables.get(at)
        if table is not None:
            table = self._peopled(table)
        course = self.courses[self._course(event, seat, table)]
        wanted = routing.needs(self.flow, course, seat, table, event)
        stages = {key: self.stages[key] for key in wanted if key in self.stages}
        counters = {(step, name): n for (step, of, name), n in self.counters.items() if of == course.unit}
        state = State(course, seat, table, stages, {"counters": counters})
        state = replace(state, facts={**state.facts, **facts(self, state, event)})
        for effect in advance(self.flow, state, event, self.now)[1]:
            self._take(effect, course)

    def _peopled(self, table: Table) -> Table:
        """A table with its people as they are now."""
        here = [s for s in self.seats.values() if s.table == table.id]
        members = tuple(s for s in here if s.role == "participant" and s.status == "active")
        return replace(table, members=members, staff=tuple(s for s in here if s.role == "facilitator"),
                       experts=tuple(s for s in here if s.role == "expert"))  # fmt: skip

    def _numbered(self, seat: Seat | None, event: Event) -> str:
        number = number_named(seat, event) if isinstance(event, Heard) else None
        return next((t.id for t in self.tables.values() if t.number == number), "")

    def _course(self, event: Event, seat: Seat | None, table: Table | None) -> str:
        if named := routing.course_named(self.flow, event):
            return named
        named = routing.table_named(self.flow, event) or routing.table_awaited(self.flow, seat, event)
        at_table = table is not None and named
        site = table.site if table is not None and at_table else seat.site if seat is not None else ""
        return getattr(event, "course", "") or self.flow.course_of(site or self.flow.file.schedule.sites[0].id)

    def carry(self, engine: str = "none", **texts: str) -> None:
        """What the job `relay` does: the digests that are asked for come to their tables, translated by `engine`."""
        asked = [e for e in self.others if isinstance(e, Request) and e.job == "relay"]
        self.others = [e for e in self.others if e not in asked]
        for request in asked:
            digest = self.digests[request.args["digest"]]
            for target in request.args["targets"]:
                arrivals = self.arrivals.setdefault((request.step, target["table"]), [])
                arrivals.append((digest, engine, texts))
                self.play(Relayed(target["course"], request.step, digest.id, target["table"], engine, texts))
        self.wait()

    def _take(self, effect: Effect, course: Course) -> None:
        match effect:
            case Say(key=key):
                self.said.setdefault(f"{effect.to} {key}", effect)
            case Put(Course() as value):
                self.courses[value.id] = value
            case Put(Seat() as value):
                self.seats[value.id] = value
            case Put(Stage() as value):
                self.stages[value.step, value.unit] = value
            case Keep(contribution):
                self.contributions[contribution.id] = contribution
            case Withdraw(seat, id):
                for c in [c for c in self.contributions.values() if c.seat == seat and id in ("", c.id)]:
                    self.contributions[c.id] = replace(c, state="withdrawn")
            case Hide(id):
                self.contributions[id] = replace(self.contributions[id], state="hidden")
            case Cast(step, seat, question, item, choice):
                self.choices.setdefault(step, {}).setdefault(seat, {})[f"{question}:{item}"] = choice
            case Wake(at, event, key):
                self.timers.setdefault(key, (at, event))
            case Count(step, unit, name, by):
                self.counters[step, unit, name] += by
            case Shown(ids):
                self.shown.update(ids)
            case Record(step, unit, data):
                self.records.setdefault(step, {})[unit] = data
            case Draw(digest):
                self.digests[digest.id] = digest
            case Seated(table, plan, site, number, languages, seats):
                self.tables[table] = Table(table, plan, site, number, languages)
                self.seats |= {s: replace(self.seats[s], table=table) for s in seats}
            case Unbind(room):
                self.tables |= {
                    id: replace(table, rooms=tuple(r for r in table.rooms if r != room))
                    for id, table in self.tables.items()
                }
            case Fan(step, what):
                self._fan(step, what, course)
            case _:
                self.others.append(effect)

    def _fan(self, step: str, what: Any, course: Course) -> None:
        """Every unit of the step's scope on this course, and a last row without one."""
        asked = self.flow.nodes[step].step
        if asked.scope == "table":
            units = [t.unit for t in self.tables.values() if self.flow.course_of(t.site) == course.id]
        else:
            mine = [s for s in self.seats.values() if self.flow.course_of(s.site) == course.id]
            units = [s.unit for s in mine if s.role in asked.audience and s.status in ("new", "active")]
        self.counters[step, course.unit, "left"] += 1
        for unit in [*units, ""]:
            spread = Spread(course.id, step, what, (unit,) if unit else (), not unit)
            self.timers.setdefault(f"fan/{course.id}/{step}/{what}/{unit}/{self.now}", (self.now, spread))
