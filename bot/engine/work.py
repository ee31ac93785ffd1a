"""One transaction's work: what was read, what changed, and what is written at its end.

A `Work` lives for one transaction on the database thread. Rows that many events touch (a course, its counters, a seat, a
stage) are read once and written once, however many events of the batch change them. What other queries must see at once
(contributions, ballots) is written at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.effects import Lane
from bot.core.events import Event
from bot.core.events import encode as encode_event
from bot.core.flow import Flow
from bot.core.message import Message
from bot.core.message import encode as encode_message
from bot.core.relays.partners import Routes
from bot.core.state import Course, Seat, Stage, Table
from bot.engine import mixed
from bot.engine.house import House
from bot.store import courses, identities, people, queue, rooms, tables, unsaid, withheld
from bot.store.database import Database
from bot.store.queue import Act, InRow, OutRow
from bot.store.times import ms


class Work:
    """Reads through, writes at the end."""

    def __init__(self, db: Database, house: House, now: datetime) -> None:
        self.db = db
        self.house = house
        self.now = now
        self._courses: dict[tuple[str, str], Course] = {}
        self._seats: dict[str, Seat] = {}
        self._stored: dict[str, Seat] = {}
        self._stages: dict[tuple[str, str, str], Stage | None] = {}
        self._tables: dict[tuple[str, str], Table | None] = {}
        self._plans: dict[tuple[str, str], tuple[Table, ...]] = {}
        self._counters: dict[tuple[str, str], dict[tuple[str, str], int]] = {}
        self._changed: dict[tuple[str, ...], Course | Seat | Stage] = {}
        self._added: dict[tuple[str, str, str, str], int] = {}
        self._mornings: dict[tuple[str, str], datetime] = {}
        self._accounts: dict[str, str] = {}
        self._lost: dict[str, set[str]] = {}
        self.routes: dict[tuple[str, str, str], Routes] = {}
        self.observers: dict[str, tuple[Seat, ...]] = {}
        self._in: list[InRow] = []
        self._out: list[OutRow] = []

    def flow(self, assembly: str) -> Flow:
        return self.house.flow(self.db, assembly)

    # Reading

    def course(self, assembly: str, id: str) -> Course:
        """A course; a new one that waits, where none is stored yet."""
        key = (assembly, id)
        if key not in self._courses:
            self._courses[key] = courses.load_course(self.db, assembly, id) or Course(id)
        return self._courses[key]

    def seat(self, id: str) -> Seat:
        """A seat. Raises LookupError if there is none."""
        if id not in self._seats:
            found = people.load_seat(self.db, id)
            if found is None:
                raise LookupError(f"no seat {id}")
            self._seats[id] = self._stored[id] = found
        return self._seats[id]

    def table(self, assembly: str, id: str) -> Table | None:
        """A table with its people as they are now."""
        key = (assembly, id)
        if key not in self._tables:
            self._tables[key] = loaded = tables.load_table(self.db, assembly, id)
            for seat in loaded.everybody if loaded is not None else ():
                if seat.id not in self._seats:
                    self._seats[seat.id] = self._stored[seat.id] = seat
        found = self._tables[key]
        if found is None:
            return None
        return replace(
            found,
            members=tuple(s for s in (self._seats.get(m.id, m) for m in found.members) if s.status == "active"),
            staff=tuple(self._seats.get(s.id, s) for s in found.staff),
            experts=tuple(s for s in (self._seats.get(e.id, e) for e in found.experts) if s.status == "active"),
        )

    def tables_of(self, assembly: str, plan: str) -> tuple[Table, ...]:
        """The tables of a group plan, without their people."""
        key = (assembly, plan)
        if key not in self._plans:
            self._plans[key] = tuple(tables.of_plan(self.db, assembly, plan))
        return self._plans[key]

    def stages(self, assembly: str, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Stage]:
        """Those of the wanted (step, unit) stages that exist."""
        wanted = list(wanted)
        missing = [(step, unit) for step, unit in wanted if (assembly, step, unit) not in self._stages]
        if missing:
            found = courses.load_stages(self.db, assembly, missing)
            for step, unit in missing:
                self._stages[(assembly, step, unit)] = found.get((step, unit))
        return {key: stage for key in wanted if (stage := self._stages[(assembly, *key)]) is not None}

    def account(self, seat: str) -> str:
        """The account through which a seat is reached in private; "" where it is not."""
        if seat not in self._accounts:
            found = identities.address(self.db, seat)
            self._accounts[seat] = found[0] if found is not None else ""
        return self._accounts[seat]

    def counters(self, assembly: str, course: Course, step: str) -> dict[tuple[str, str], int]:
        """The counters of the course's open steps and of `step`, by (step, name)."""
        found: dict[tuple[str, str], int] = {}
        for each in {*course.open, step} - {""}:
            key = (assembly, f"{course.id}/{each}")
            if key not in self._counters:
                stored = courses.counters(self.db, assembly, each, course.unit)
                self._counters[key] = {(each, name): value for name, value in stored.items()}
            found |= self._counters[key]
        return found

    # Changing

    def put(self, assembly: str, value: Course | Seat | Stage) -> None:
        match value:
            case Course():
                self._courses[(assembly, value.id)] = value
                self._changed[("course", assembly, value.id)] = value
            case Seat():
                self._seats[value.id] = value
                self._changed[("seat", assembly, value.id)] = value
                if value.role == "observer":
                    self._write()
                    self.observers.pop(assembly, None)
                lost = self._lost_in(assembly)
                lost.add(value.id) if value.lost else lost.discard(value.id)
            case Stage():
                self._stages[(assembly, value.step, value.unit)] = value
                self._changed[("stage", assembly, value.step, value.unit)] = value

    def count(self, assembly: str, step: str, unit: str, name: str, by: int) -> None:
        key = (assembly, step, unit, name)
        self._added[key] = self._added.get(key, 0) + by
        cached = self._counters.get((assembly, f"{unit.removeprefix('course:')}/{step}"))
        if cached is not None:
            cached[(step, name)] = cached.get((step, name), 0) + by

    def reseat(self, assembly: str, seats: Iterable[str]) -> None:
        """People have changed tables: read seats and tables anew."""
        self._write()
        for seat in seats:
            self._seats.pop(seat, None)
            self._stored.pop(seat, None)
        for key in [k for k in self._tables if k[0] == assembly]:
            del self._tables[key]
        self._plans.clear()
        self.routes.clear()

    def lose_room(self, assembly: str, room: str) -> None:
        """A table gives a room up: read it anew."""
        rooms.lose(self.db, room)
        for key in [k for k, table in self._tables.items() if table is not None and room in table.rooms]:
            del self._tables[key]

    def happen(self, assembly: str, at: datetime, event: Event, key: str, seat: str | None = None) -> None:
        """An event, now or later."""
        self._in.append(InRow(assembly, key, event.kind, ms(at), ms(self.now), encode_event(event), seat))

    def delay(self, assembly: str, course: str, span: timedelta) -> None:
        """Every timer of a course that lies ahead rings later by this span, those set in this transaction too."""
        queue.put_events(self.db, self._in)
        self._in = []
        queue.delay(self.db, assembly, course, ms(self.now), span // timedelta(milliseconds=1))

    def say(
        self, assembly: str, seat: str, body: bytes, key: str, lane: int, step: str, quiet: bool, about: str = "",
        target: str = "", account: str = "",
    ) -> None:  # fmt: skip
        """A message to a seat; one that is not an answer waits for the end of the quiet hours, and what a table says then comes
        silently. Nothing waits for somebody to whom nobody can write. `about` is the contribution that it carries, `target`
        the message of which it takes the place, on this `account`."""
        if seat in self._lost_in(assembly):
            return
        at = self.now
        if quiet and lane != Lane.ANSWER and any(self.flow(assembly).rests.values()):
            at = self._morning(assembly, self.seat(seat).site)
        silent = lane == Lane.TALK and at > self.now
        act: Act = "edit" if target else "say"
        self.post(
            OutRow(f"{key}@{seat}", assembly, seat, lane, ms(at), body, step, None, act, target, about, silent, account)
        )

    def say_in_room(
        self, assembly: str, room: str, body: bytes, key: str, lane: int, step: str, quiet: bool, about: str = ""
    ) -> None:
        """A message to a table's room; it waits for the end of the quiet hours at the table's site."""
        found = rooms.load(self.db, room)
        table = self.table(assembly, found.table) if found is not None else None
        at = self._morning(assembly, table.site) if quiet and lane != Lane.ANSWER and table is not None else self.now
        door = bytes.fromhex(room)
        silent = lane == Lane.TALK and at > self.now
        self.post(OutRow(f"{key}@{room}", assembly, None, lane, ms(at), body, step, door, about=about, silent=silent))

    def show_menu(self, assembly: str, seat: str) -> None:
        """The commands of a person's role, in their language, where the platform offers commands."""
        at, nothing = ms(self.now), encode_message(Message(())).encode()
        self.post(OutRow(f"menu/{at}@{seat}", assembly, seat, int(Lane.STEP), at, nothing, act="menu"))

    def post(self, row: OutRow) -> None:
        """A row of the outbox; later where its reader needs a translation first."""
        self._out.append(mixed.withheld(self, row))

    def translate_anew(self, assembly: str, contribution: str) -> None:
        """A contribution has new words: messages that wait for a translation of it wait for that of these."""
        for language in sorted(withheld.anew(self.db, assembly, contribution)):
            mixed.asked(self, assembly, contribution, language)

    def _morning(self, assembly: str, site: str) -> datetime:
        """When a site can be written to: now, or at the end of its quiet hours, or of a holiday."""
        if (assembly, site) not in self._mornings:
            self._mornings[assembly, site] = self.flow(assembly).awake(site, self.now)
        return self._mornings[assembly, site]

    def _lost_in(self, assembly: str) -> set[str]:
        """The seats of an assembly that nobody can write to."""
        if assembly not in self._lost:
            self._lost[assembly] = people.lost(self.db, assembly)
        return self._lost[assembly]

    def unsay(self, assembly: str, contribution: str) -> None:
        """Send nothing that carries this contribution and has not been sent."""
        self._out = [row for row in self._out if (row.assembly, row.about) != (assembly, contribution)]
        unsaid.unsay(self.db, assembly, contribution)

    def reword(self, assembly: str, seat: str, contribution: str, body: bytes) -> None:
        """Let a message to a seat that carries this contribution and has not been sent read like this."""
        place = (assembly, seat, contribution, "say")
        self._out = [
            replace(row, body=body) if (row.assembly, row.seat, row.about, row.act) == place else row
            for row in self._out
        ]
        unsaid.reword(self.db, assembly, seat, contribution, body)

    # Writing

    def _write(self) -> None:
        changed, self._changed = self._changed, {}
        for key, value in changed.items():
            assembly = key[1]
            match value:
                case Course():
                    courses.save_course(self.db, assembly, value)
                case Seat():
                    self._write_seat(value)
                case Stage():
                    courses.save_stage(self.db, assembly, value)
        added, self._added = self._added, {}
        for key, by in added.items():
            if by:
                courses.count(self.db, *key, by)

    def _write_seat(self, seat: Seat) -> None:
        """Most events change nothing on a seat but when it was heard: then its name need not be sealed anew."""
        before = self._stored.get(seat.id)
        if before is not None and seat.heard is not None and replace(before, heard=seat.heard) == seat:
            people.heard_from(self.db, seat.id, seat.heard)
        else:
            people.save_seat(self.db, seat)
        self._stored[seat.id] = seat

    def flush(self) -> None:
        """Write everything that is still in hand. Called once, before the commit."""
        self._write()
        if self._in:
            queue.put_events(self.db, self._in)
        if self._out:
            queue.say(self.db, self._out)
        self._in, self._out = [], []
