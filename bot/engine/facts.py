"""The aggregates that hooks may read, by name. Each costs a bounded number of queries, whatever the size of the assembly,
but for counts at the close of a step, which are made once.

* `choices`     this person's choices in the step, by slot key
* `meaning`     the interface texts that a typed answer stands for, in the person's language
* `statements`  contributions of others for this person to vote on, those least shown first
* `ballots`     the counted choices of the step, by (question, item) and unit; with `answered`, `members`, `present`
* `items`       the participants' live contributions of the steps referred to, at this table (or on the course), whose authors
                let them be quoted where the flow asks for that
* `quotable`    those of the `items` whose authors let single sentences be quoted
* `agreements`  who agreed with which of the `items`: {contribution: {seat: 1, 0 or -1}}
* `wordings`    how the statements of this table are worded for a digest of this step, also what was taken back
* `gone`        which of the authors of `items` have paused or left
* `carried`     the tables that have read the digests of this step at this table, by digest
* `own`         what this person has given in the step and not taken back
* `digest`      the digest of this step at this table
* `digests`     the digests of the steps referred to, at this table, or of the course
* `incoming`    the digests that come to this table from other courses, as far as they are drawn there
* `arrivals`    what has been carried to this table: (digest, engine, texts)
* `answers`     the digests with which this table answers others in this step
* `replies`     the single answers to others that people at this table have given in this step
* `targets`     what the sentences answer that have come to this table as answers, by contribution
* `known`       the digests that have come to this table in another step before
* `routes`      `goals`, the tables that read what this table says, and `origins`, those whose digests come to it
* `texts`       what has become, in other languages, of the words that have come to this table (`bot.engine.queueing`)
* `results`     what was recorded for the steps referred to, and for this one: {step: {unit: data}}
* `outcomes`    the same as conditions read it: {step: {item: outcome}}
* `consents`    a person's last word on each purpose
* `finished`    which courses are through with the steps referred to
* `answered_by` who at this table has answered each open step, or written something in it
* `untranslated` out of which of this table's languages nothing can put what is said into which: (source, target)
* `over`        whether the assembly has ended, for those who have a role
* `staff`       those who have a role, for whoever may take it away (`bot.engine.stripping`)
* `called`      with whom this person must not be confused: names, and whether they have a role (`bot.engine.naming`)
* `given`       the name that is drawn for this person, where the flow has names drawn
* `watched`     how many people observe this table, and (`guarded`) whether a guarantor is among them
* `tried`       everybody who takes part on the course, with their stage of this step, where it has come to them
* `held`        the text that waits for somebody's word, by contribution id
* `named`       the contribution that a button, a command or an event is about
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from bot.core.asking import CARDINALS, LABELS, ORDINALS
from bot.core.commands.call import parse
from bot.core.commands.originals import UNREAD
from bot.core.events import Event
from bot.core.flow import Flow, references
from bot.core.heard import Heard
from bot.core.itinerary import Node
from bot.core.observing import guarantees
from bot.core.rights import LEADING
from bot.core.state import Contribution, Course, Digest, Seat, Table
from bot.core.steps import try_out
from bot.core.steps.consent import Consent
from bot.core.translation.interpreting import ORIGINAL, ORIGINALS, TRANSLATION, languages
from bot.engine import crossing, feeding, naming, overview, queueing, stripping
from bot.engine.work import Work
from bot.store import arrivals, ballots, courses, findings, opinions, outbox, own, people
from bot.store.times import instant, ms

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the facts are wanted for. Nothing is written while they are gathered, so what several of them need is read once."""

    work: Work
    assembly: str
    flow: Flow
    course: Course
    node: Node
    seat: Seat | None
    table: Table | None
    event: Event
    now: datetime
    _read: dict[tuple[str, ...], Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    def once(self, what: tuple[str, ...], read: Callable[[], T]) -> T:
        """What `read` gives, asked only the first time for `what`."""
        if what not in self._read:
            self._read[what] = read()
        found: T = self._read[what]
        return found

    def drawn(self, step: str) -> list[Digest]:
        """The digests of a step at the addressed table; none without one."""
        table = self.table.id if self.table is not None else ""
        return (
            self.once(("drawn", step), lambda: findings.digests(self.work.db, self.assembly, step, table))
            if table
            else []
        )

    @property
    def sources(self) -> tuple[str, ...]:
        """The step instances that this step refers to."""
        return tuple(n.id for ref in references(self.node.step) for n in self.flow.instances(ref, self.node))

    @property
    def sites(self) -> tuple[str, ...]:
        return tuple(s.id for s in self.flow.sites_of(self.course.id))


def gather(names: Iterable[str], asked: Asked) -> dict[str, Any]:
    """The named facts."""
    found: dict[str, Any] = {}
    for name in names:
        found |= _READERS[name](asked)
    return found


def _choices(a: Asked) -> dict[str, Any]:
    if a.seat is None:
        return {"choices": {}}
    found = ballots.choices_of(a.work.db, a.assembly, a.seat.id, a.node.id)
    return {"choices": {f"{question}:{item}": choice for (question, item), choice in found.items()}}


def _meaning(a: Asked) -> dict[str, Any]:
    text = a.event.text if isinstance(a.event, Heard) else ""
    if not text or a.seat is None:
        return {"meaning": frozenset()}
    said, language = text.strip().strip(".!)#").casefold(), a.seat.language
    phrase = a.work.house.catalogs.phrase
    known = (p.text for p in (*LABELS.values(), *ORDINALS, *CARDINALS, *try_out.WORDS))
    return {"meaning": frozenset(m for m in known if phrase(m, None, 0, language).casefold() == said)}


def _statements(a: Asked) -> dict[str, Any]:
    if a.seat is None:
        return {"statements": ()}
    step = a.node.step
    table = a.seat.table if getattr(step, "from_", "table") == "table" and a.seat.table else None
    site = None if table else a.seat.site
    limit = int(getattr(step, "per_person", 7))
    found = opinions.statements(a.work.db, a.assembly, a.sources, a.seat.id, limit, table=table, site=site)
    return {"statements": tuple(found)}


def _ballots(a: Asked) -> dict[str, Any]:
    counted: dict[tuple[str, str], dict[str, list[tuple[Any, int]]]] = {}
    tally: dict[tuple[str, str, str], dict[str, tuple[Any, int]]] = {}
    for question, item, site, table, choice in ballots.ballots(a.work.db, a.assembly, a.node.id):
        if site not in a.sites:
            continue
        for unit in (f"site:{site}", *((f"table:{table}",) if table else ())):
            same = tally.setdefault((question, item, unit), {})
            mark = repr(choice)
            same[mark] = (choice, same.get(mark, (choice, 0))[1] + 1)
    for (question, item, unit), same in tally.items():
        counted.setdefault((question, item), {})[unit] = [same[mark] for mark in sorted(same)]
    answered = ballots.turnout(a.work.db, a.assembly, a.node.id, a.course.id)
    here = _members(a)
    # Whoever has voted was present for that, even if nobody can reach them any more.
    return {"ballots": counted, "answered": answered, **here, "present": max(here["present"], answered)}


def _members(a: Asked) -> dict[str, Any]:
    since = ms(a.course.session or a.now)
    members, present = people.head_count(a.work.db, a.assembly, a.course.id, since)
    return {"members": members, "present": present}


def _items(a: Asked) -> dict[str, Any]:
    return {"items": a.once(("items",), lambda: _standing(a))}


def _standing(a: Asked) -> tuple[Contribution, ...]:
    table = a.table.id if a.table is not None else None
    found = [
        c
        for step in a.sources
        for c in opinions.contributions(a.work.db, a.assembly, step, table=table, kinds=("message", "idea"))
    ]
    asked = any(isinstance(n.step, Consent) and "quotes" in n.step.purposes for n in a.flow.nodes.values())
    kept = (c for c in found if c.shared and c.site in a.sites and a.work.seat(c.seat).role == "participant")
    return tuple(c for c in kept if not asked or opinions.granted(a.work.db, c.seat, "quotes"))


def _quotable(a: Asked) -> dict[str, Any]:
    return {"quotable": _items(a)["items"]}


def _agreements(a: Asked) -> dict[str, Any]:
    votes = getattr(a.node.step, "votes", None)
    found: dict[str, dict[str, int]] = {}
    if votes and a.table is not None:
        steps = [n.id for n in a.flow.instances(votes, a.node)]
        for seat in a.table.members:
            for step in steps:
                for (_, item), choice in ballots.choices_of(a.work.db, a.assembly, seat.id, step).items():
                    if choice in _AGREEMENT:
                        found.setdefault(item, {})[seat.id] = _AGREEMENT[choice]
    return {"agreements": found}


_AGREEMENT = {"agree": 1, "disagree": -1, "pass": 0}


def _wordings(a: Asked) -> dict[str, Any]:
    if a.table is None:
        return {"wordings": ()}
    db, step = a.work.db, a.node.id
    standing = opinions.contributions(db, a.assembly, step, table=a.table.id, kinds=("sentence",))
    live = {c.id for c in standing}
    named = dict.fromkeys(s.words for d in a.drawn(step) for s in d.sentences if s.words and s.words not in live)
    lost = (c for id in named if (c := opinions.contribution(db, a.assembly, id)) is not None)
    return {"wordings": (*standing, *lost)}


def _gone(a: Asked) -> dict[str, Any]:
    here = {s.id for s in a.table.members} if a.table is not None else set()
    authors = dict.fromkeys(c.seat for c in _items(a)["items"] if c.seat not in here)
    seats = {id: people.load_seat(a.work.db, id) for id in authors}
    return {"gone": frozenset(id for id, seat in seats.items() if seat is None or seat.status != "active")}


def _carried(a: Asked) -> dict[str, Any]:
    return {"carried": {d.id: _read_at(a, d.id) for d in a.drawn(a.node.id)}}


def _read_at(a: Asked, digest: str) -> tuple[str, ...]:
    """The tables that have been shown a digest; elsewhere it may have come before its step has opened."""
    come = [(step, f"table:{table}") for step, table in arrivals.brought(a.work.db, a.assembly, digest)]
    stages = a.work.stages(a.assembly, come)
    read = (unit for (_, unit), stage in stages.items() if digest in stage.data.get("shown", ()))
    return tuple(dict.fromkeys(unit.removeprefix("table:") for unit in read))


def _own(a: Asked) -> dict[str, Any]:
    if a.seat is None:
        return {"own": ()}
    given = opinions.given_by(a.work.db, a.assembly, a.seat.id)
    return {"own": tuple(c for c in given if c.step == a.node.id)}


def _digest(a: Asked) -> dict[str, Any]:
    return {"digest": next(iter(_at_table(a, (a.node.id,))), None)}


def _digests(a: Asked) -> dict[str, Any]:
    return {"digests": _at_table(a, a.sources)}


def _at_table(a: Asked, steps: tuple[str, ...]) -> tuple[Digest, ...]:
    """The digests of these steps at the addressed table; without one, those of the whole course, or assembly."""
    if a.table is not None:
        return tuple(d for step in steps for d in a.drawn(step)[:1])
    found = [d for step in steps for d in findings.digests(a.work.db, a.assembly, step)]
    return tuple(d for d in found if d.site in a.sites or a.node.step.scope == "assembly")


def _texts(a: Asked) -> dict[str, Any]:
    return (
        queueing.shown(a.work.db, a.assembly, a.node.id, a.table.id, a.event) if a.table is not None else {"texts": {}}
    )


def _results(a: Asked) -> dict[str, Any]:
    found = {
        step: {unit: data for _, unit, data in findings.results(a.work.db, a.assembly, step)}
        for step in (*a.sources, a.node.id)
    }
    return {"results": found, **_members(a)}


def _finished(a: Asked) -> dict[str, Any]:
    through: dict[str, set[str]] = {step: set() for step in a.sources}
    for id in a.flow.courses:
        done = a.work.course(a.assembly, id).done
        for step in through:
            if step in done:
                through[step].add(id)
    return {"finished": {step: frozenset(ids) for step, ids in through.items()}}


def _answered_by(a: Asked) -> dict[str, Any]:
    if a.table is None:
        return {"answered_by": {}}
    units = [(step, seat.unit) for step in a.course.open for seat in a.table.members]
    stages = a.work.stages(a.assembly, units)
    found: dict[str, set[str]] = {step: set() for step in a.course.open}
    for (step, unit), stage in stages.items():
        if stage.state == "done" or stage.data.get("items"):  # who may write several things has answered with the first
            found[step].add(unit.removeprefix("seat:"))
    return {"answered_by": {step: frozenset(seats) for step, seats in found.items()}}


def outcomes(work: Work, assembly: str, flow: Flow) -> Mapping[str, Mapping[str, str]]:
    """What conditions read: how each item of each `adopt` ended, for the flow's conditions only."""
    found: dict[str, dict[str, str]] = {}
    names = {name for condition in flow.conditions.values() for name in condition.names if name.startswith("result.")}
    for step in {name.split(".")[1] for name in names}:
        for node in flow.instances(step):
            for _, _, data in findings.results(work.db, assembly, node.id):
                for item, entry in data.get("items", {}).items():
                    found.setdefault(node.id, {})[item] = entry["outcome"]
    return found


def delivered(work: Work, assembly: str, step: str) -> datetime | None:
    """When the opening of a step reached the last person, or will; None where it has been said to nobody. Who cannot be reached
    is not waited for."""
    at = outbox.last_delivery(work.db, assembly, step, ms(work.now))
    return instant(at) if at is not None else None


def for_commands(
    work: Work, assembly: str, flow: Flow, course: Course, seat: Seat | None, table: Table | None, event: Heard
) -> dict[str, Any]:
    """What commands and their buttons read: what a button names, or a reply answers, and who has answered for `/status`. Of
    others' words only those get to see any who lead a table."""
    found: dict[str, Any] = {}
    pressed = event.press or event.pick
    if pressed.startswith("-") or (event.answers and event.text.startswith("/")):
        leading = seat is not None and seat.role in LEADING
        ids = pressed.split(":")[1:] if pressed else [event.answers]
        given = [c for id in ids if (c := opinions.contribution(work.db, assembly, id)) is not None]
        own_or_read = (c for c in given if leading or (seat and (c.seat == seat.id or _read(event, c, seat))))
        found["held"] = found["named"] = {c.id: c for c in own_or_read}
    if seat is not None and (parse(event.text)[0] == "consent" or pressed.startswith("-consent:")):
        found["consents"] = own.agreed(work.db, seat.id)
    if seat is not None and parse(event.text)[0] == "name":
        found["called"] = naming.called(work, assembly, seat)
    if seat is not None and seat.role in LEADING:
        found |= overview.found(work, assembly, flow, course, seat, table, event)
    if seat is not None and seat.role != "participant":
        found["over"] = all(work.course(assembly, id).state == "ended" for id in flow.courses)
    if (
        seat is not None
        and seat.role == "organiser"
        and (parse(event.text)[0] == "revoke" or pressed.startswith("-revoke:"))
    ):
        found |= stripping.found(work, assembly)
    if event.text.startswith("/") and table is not None:
        found |= _answered_by(Asked(work, assembly, flow, course, flow.trunk[0], seat, table, event, work.now))
    return found


def _read(event: Heard, given: Contribution, seat: Seat) -> bool:
    """Whether somebody asks to see the original of what they have read: at their table, or of those who lead."""
    asks = event.carried.partition(":")[0] in (ORIGINAL, ORIGINALS, TRANSLATION) or parse(event.text)[0] == "original"
    here = given.table == seat.table != "" or (given.kind == "prompt" and not given.table)
    return asks and given.state == "live" and given.kind not in UNREAD and here


def _untranslated(a: Asked) -> dict[str, Any]:
    read = languages(a.flow, a.table) if a.table is not None else ()
    covers = a.work.house.covers
    missing = tuple((x, y) for x in read for y in read if x != y and not covers(a.work.db, a.assembly, x, y))
    return {"untranslated": missing}


def _watched(a: Asked) -> dict[str, Any]:
    here = a.table is not None and feeding.open_to(a.flow, a.node.id)
    observers = feeding.watching(a.work, a.assembly, a.table.id) if here and a.table is not None else ()
    return {"watched": len(observers), "guarded": any(guarantees(each) for each in observers)}


def _tried(a: Asked) -> dict[str, Any]:
    stages = {stage.unit: stage for stage in courses.stages_of(a.work.db, a.assembly, a.node.id)}
    everybody = people.roster(a.work.db, a.assembly, a.course.id, a.node.step.audience, ("new", "active"))
    return {"tried": tuple((seat, stages.get(seat.unit)) for seat in everybody)}


_READERS: Mapping[str, Callable[[Asked], dict[str, Any]]] = {
    **crossing.READERS,
    **naming.READERS,
    "choices": _choices,
    "meaning": _meaning,
    "statements": _statements,
    "ballots": _ballots,
    "members": _members,
    "present": _members,
    "answered": _ballots,
    "items": _items,
    "quotable": _quotable,
    "agreements": _agreements,
    "wordings": _wordings,
    "gone": _gone,
    "carried": _carried,
    "own": _own,
    "digest": _digest,
    "digests": _digests,
    "texts": _texts,
    "results": _results,
    "finished": _finished,
    "answered_by": _answered_by,
    "untranslated": _untranslated,
    "watched": _watched,
    "tried": _tried,
}
