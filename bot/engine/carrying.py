"""Carrying effects out, inside the transaction that handles the event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import assert_never, get_args

from bot.core.effects import (
    Amend,
    Attest,
    Blank,
    Cast,
    Count,
    Delay,
    Done,
    Draw,
    Effect,
    End,
    Fan,
    Flag,
    Forget,
    Grant,
    Hide,
    Keep,
    Lane,
    Note,
    Put,
    Recall,
    Record,
    Redraw,
    Request,
    Retell,
    Say,
    Seal,
    Seated,
    Show,
    Shown,
    Strip,
    Unbind,
    Unhide,
    Unseat,
    Wake,
    Want,
    Watch,
    Withdraw,
)  # fmt: skip
from bot.core.events import Event, Retold, Spoken, Spread, What
from bot.core.flow import Flow
from bot.core.message import encode, message, t
from bot.core.state import Course, Role, Seat, Status, Translated
from bot.engine import changing, feeding, forgetting, lodging, mixed, naming, queueing, stripping, withdrawing
from bot.engine.record import MARK
from bot.engine.translating import remember
from bot.engine.work import Work
from bot.store import (
    arrivals,
    audit,
    ballots,
    copies,
    courses,
    findings,
    identities,
    opinions,
    people,
    tables,
    translations,
    unsaid,
)
from bot.store.times import ms

ROW = 200
"""How many units of a fan-out stand in one row of the inbox, so that personal answers run between the rows."""


def carry_out(work: Work, assembly: str, course: Course, effects: Iterable[Effect], event: Event | None = None) -> bool:
    """Carry the effects of one event out. True if a secret choice was among them, or what nobody keeps: then it is blanked."""
    db, secret = work.db, False
    flow = work.flow(assembly)
    crowded: list[str] = []
    for effect in effects:
        match effect:
            case Say():
                say(work, assembly, flow, effect, event)
            case Put(value):
                if isinstance(value, Seat) and value.table and value.name != work.seat(value.id).name:
                    crowded.append(value.table)
                work.put(assembly, value)
            case Keep(contribution):
                opinions.keep(db, assembly, contribution)
                changing.original(work, assembly, event, contribution)
                feeding.kept(work, assembly, flow, contribution)
            case Withdraw():
                withdrawing.withdraw(work, assembly, flow, effect.seat, effect.id)
            case Cast():
                seat = work.seat(effect.seat)
                secret = secret or effect.secret
                ballots.cast(db, assembly, effect, seat.site, seat.table or None, ms(work.now))
            case Wake(at, later, key):
                work.happen(assembly, at, later, key)
            case Delay(delayed, span):
                work.delay(assembly, delayed, span)
            case Fan(step, what):
                fan_out(work, assembly, flow, course, step, what)
            case Count(step, unit, name, by):
                work.count(assembly, step, unit, name, by)
            case Request():
                courses.ask(db, assembly, effect)
            case Record():
                findings.record(db, assembly, effect, ms(work.now))
            case Grant():
                opinions.grant(db, assembly, effect, ms(work.now))
                if not effect.given and effect.purpose in feeding.needed(flow):
                    changing.unread(work, assembly, effect.seat, f"unread/{effect.seat}/{ms(work.now)}")
                if not effect.given and effect.purpose == "quotes":
                    withdrawing.unquote(work, assembly, flow, effect.seat)
            case Draw(digest):
                findings.save_digest(db, assembly, digest)
            case Retell(translated):
                retell(work, assembly, flow, translated)
            case Want(wanted):
                queueing.want(db, assembly, course.id, (wanted,), work.now)
            case Flag(seat, contribution, language):
                translations.flag(db, assembly, contribution, language, seat, ms(work.now))
            case Seated():
                lodging.sit(db, assembly, effect, work.now)
                work.reseat(assembly, effect.seats)
                crowded.append(effect.table)
            case Unseat(standing):
                lodging.stand(db, assembly, standing, work.now)
                work.reseat(assembly, (standing,))
            case Unbind(room):
                work.lose_room(assembly, room)
            case Watch(observer, what):
                for told in feeding.watch(work, assembly, flow, observer, what):
                    say(work, assembly, flow, told, event)
            case Strip(seat):
                stripping.strip(work, assembly, course, seat)
            case Note():
                audit.note(db, assembly, effect, ms(work.now))
            case Attest(to, key):
                mark = audit.head(db, assembly).hex()[:MARK]
                attested = message(t("The log of this assembly ends with {mark} now.", mark=mark))
                say(work, assembly, flow, Say(to, attested, key), event)
            case Blank():
                secret = True
            case Shown(contributions):
                opinions.shown(db, assembly, contributions)
            case Seal(step):
                # The box is one for all courses: whoever is not through yet still votes into it.
                others = [work.course(assembly, id) for id in flow.courses if id != course.id]
                if all(step in other.done or other.state == "ended" for other in others):
                    ballots.seal_off(db, assembly, step)
            case Redraw():
                changing.redraw(work, assembly, effect, event)
            case Amend():
                changing.amend(work, assembly, effect)
            case Recall():
                changing.recall(work, assembly, effect)
            case Hide(contribution):
                opinions.hide(db, assembly, contribution)
                withdrawing.gone(work, assembly, flow, (contribution,), withdrawing.HIDDEN)
            case Unhide(contribution):
                withdrawing.gone(work, assembly, flow, (contribution,), withdrawing.AGAIN)
            case Forget(seat):
                forgetting.begin(work, assembly, seat)
            case Show(seat):
                work.show_menu(assembly, seat)
            case Done() | End():
                raise TypeError("`advance` resolves this effect; it never reaches the engine")
            case _:
                assert_never(effect)
    for table in dict.fromkeys(crowded):
        naming.settle(work, assembly, table)
    return secret


def say(work: Work, assembly: str, flow: Flow, effect: Say, event: Event | None = None) -> None:
    """Put a message into the outbox, once for every reader. One that takes the place of another takes that of the message
    whose button its reader has pressed, where messages can be changed."""
    body = encode(effect.message)
    kind, _, id = effect.to.partition(":")
    step, about = effect.message.step, effect.message.about
    if kind in ("course", "waiting", "answering"):
        id, _, meant = id.partition(":")
        roles = flow.nodes[meant].step.audience if meant else ()
        seats = [unit.removeprefix("seat:") for unit in people.units(work.db, assembly, id, "person", roles)]
        if kind == "waiting":
            seats = _waiting(work, assembly, flow, work.course(assembly, id), seats)
        if effect.on:
            seats = [seat for seat in seats if effect.on in identities.accounts(work.db, seat)]
        for number, part in enumerate(_parts([seat for seat in seats if seat not in effect.without])):
            lane = Lane.BROADCAST if effect.lane == Lane.STEP else effect.lane
            spoken = Spoken(body, effect.key, part, int(lane), effect.quiet)
            work.happen(assembly, work.now, spoken, f"{effect.key}/spoken/{number}")
        return
    if kind == "room":
        work.say_in_room(assembly, id, body.encode(), effect.key, int(effect.lane), step, effect.quiet)
        return
    if kind == "readers":
        seats, rooms_of = unsaid.readers(work.db, assembly, id)
        for room in rooms_of:
            work.say_in_room(assembly, room, body.encode(), effect.key, int(effect.lane), step, effect.quiet)
        for seat in seats:
            if seat not in effect.without and work.seat(seat).status == "active":
                work.say(assembly, seat, body.encode(), effect.key, int(effect.lane), step, effect.quiet)
        return
    readers = recipients(work, assembly, kind, id)
    table = work.table(assembly, id) if kind == "table" else None
    if table is not None and not effect.privately:
        for room in table.rooms:
            # What is written in a room stands there already.
            if not (about and copies.remote(work.db, room, assembly, about)):
                work.say_in_room(assembly, room, body.encode(), effect.key, int(effect.lane), step, effect.quiet, about)
            mixed.in_room(work, assembly, flow, table, room, effect)
        there = {s.id for s in table.everybody if table.in_room(s)}
        readers = tuple(seat for seat in readers if seat not in there)
    led = (
        encode(replace(effect.message, buttons=(*effect.message.buttons, *effect.leading))) if effect.leading else body
    )
    leaders = {s.id for s in table.staff} if table is not None else set()
    for seat in readers:
        if seat not in effect.without:
            account, target = changing.pressed(work, event, seat) if effect.instead else ("", "")
            # Where a number presses, no button may stand under what people say: it would be pressed with the next number.
            own = (led if seat in leaders and work.account(seat) not in work.house.numbered else body).encode()
            work.say(assembly, seat, own, effect.key, int(effect.lane), step, effect.quiet, about, target, account)


def _waiting(work: Work, assembly: str, flow: Flow, course: Course, seats: Sequence[str]) -> list[str]:
    """Those of these seats for whom a question of their own is open."""
    open_for = {
        stage.unit
        for step in course.open
        if flow.nodes[step].step.scope == "person"
        for stage in courses.stages_of(work.db, assembly, step)
        if stage.state == "open"
    }
    return [seat for seat in seats if f"seat:{seat}" in open_for]


def recipients(work: Work, assembly: str, kind: str, id: str) -> tuple[str, ...]:
    """The seats that a unit means. Where nobody has the wanted role, or can be reached, the next role upwards is asked."""
    match kind:
        case "seat":
            return (id,)
        case "table":
            table = work.table(assembly, id)
            people_there = table.everybody if table is not None else ()
            return tuple(s.id for s in people_there if s.status == "active")
        case "facilitators":
            table = work.table(assembly, id)
            staff = tuple(s.id for s in table.staff if s.status == "active" and not s.lost) if table is not None else ()
            site = table.site if table is not None else ""
            return staff or recipients(work, assembly, "coordinators", site)
        case "facilitating":
            return tuple(s.id for s in people.roster(work.db, assembly, id, roles=("facilitator",)) if s.table)
        case "coordinators":
            leading = people.staff(work.db, assembly, "coordinator", id)
            return tuple(s.id for s in leading if not s.lost) or recipients(work, assembly, "organisers", "")
        case "team":
            here = [
                *people.staff(work.db, assembly, "facilitator", id),
                *people.staff(work.db, assembly, "coordinator", id),
            ]
            return (*(s.id for s in here if s.status == "active"), *recipients(work, assembly, "organisers", ""))
        case "site":
            return tuple(s.id for s in people.roster(work.db, assembly, roles=get_args(Role)) if s.site == id)
        case "organisers":
            return tuple(s.id for s in people.staff(work.db, assembly, "organiser"))
        case _:
            raise ValueError(f"nobody is called {kind}:{id}")


def retell(work: Work, assembly: str, flow: Flow, made: Translated) -> None:
    """Keep a translation, and let every step at which people have read it know."""
    db, at = work.db, ms(work.now)
    translations.save(db, assembly, made, at)
    remember(db, assembly, made, at)
    for step, id, digest in arrivals.showing(db, assembly, made.contribution, made.language):
        table = tables.load_table(db, assembly, id)
        if table is not None:
            told = Retold(flow.course_of(table.site), step, id, made.contribution, made.language, made.state, digest)
            key = f"retold/{step}/{id}/{digest}/{made.contribution}/{made.language}/{made.state}/{at}"
            work.happen(assembly, work.now, told, key)
    changing.retell(work, assembly, flow, made)


def fan_out(work: Work, assembly: str, flow: Flow, course: Course, step: str, what: What) -> None:
    """Open, close or remind every unit of a step's scope, in rows of 200 and a last one that says that it was the last."""
    node = flow.nodes[step]
    statuses: tuple[Status, ...] = ("new", "active") if node.step.before_consent else ("active",)
    units = people.units(work.db, assembly, course.id, node.step.scope, node.step.audience, statuses)
    key = f"{course.id}/{step}/{what}/{ms(work.now)}"
    for number, part in enumerate(_parts(units)):
        work.happen(assembly, work.now, Spread(course.id, step, what, part, False), f"{key}/{number}")
    work.happen(assembly, work.now, Spread(course.id, step, what, (), True), f"{key}/last")
    work.count(assembly, step, course.unit, "left", 1)


def _parts(units: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for start in range(0, len(units), ROW):
        yield tuple(units[start : start + ROW])
