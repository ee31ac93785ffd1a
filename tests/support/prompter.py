"""The facts that a stagehand gives to a step, as the engine would (`bot.engine.facts`): the ones that its `reads` names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.core import routing
from bot.core.events import Answered, Due, Event, Reached, Relayed, Ripe, Spread
from bot.core.flow import references
from bot.core.given import pool
from bot.core.heard import Edited, Heard, Remained
from bot.core.itinerary import Node
from bot.core.naming import Called
from bot.core.relays.partners import Partner, Routes, routes
from bot.core.rights import LEADING
from bot.core.state import Seat, State
from bot.core.turn import Turn

if TYPE_CHECKING:
    from tests.support.stagehand import Stagehand


def facts(stage: Stagehand, state: State, event: Event) -> dict[str, Any]:
    """What the addressed hook reads. KeyError for a name that nobody knows and `stage.given` does not hold."""
    aimed = _aim(stage, state, event)
    found: dict[str, Any] = {"outcomes": _outcomes(stage), "reached": stage.given.get("reached", {})}
    if isinstance(event, Edited | Remained):
        given = stage.contributions.get(event.contribution)
        found["named"] = {given.id: given} if given is not None else {}
    if isinstance(event, Ripe) and event.id in stage.contributions:
        found["held"] = {event.id: stage.contributions[event.id]}
    if isinstance(event, Heard):
        found |= _for_commands(stage, state, event)
        found |= {name: stage.given[name] for name in ("read", "drawn_at", "trail", "over") if name in stage.given}
    if aimed is None:
        return found
    node, hook = aimed
    names = list(node.step.reads.get(hook, ()))
    if isinstance(event, Due) and hook == "due":
        names += node.step.reads.get(event.what, ())
    names += ["answered", "members", "present"] if "ballots" in names else []
    if "routes" in names:
        names.remove("routes")
        known, table = _routes(stage, node), state.table.id if state.table is not None else ""
        found |= {"goals": known.to.get(table, ()), "origins": known.of.get(table, ())}
    for name in names:
        found[name] = stage.given[name] if name in stage.given else _fact(stage, name, node, state)
    return found


def called(stage: Stagehand, seat: Seat | None) -> tuple[Called, ...]:
    """With whom somebody must not be confused."""
    near = [
        s for s in stage.seats.values() if s.role != "participant" or (seat and seat.table and s.table == seat.table)
    ]
    return tuple(Called(s.name, s.role != "participant") for s in near if s.name and seat and s.id != seat.id)


def _for_commands(stage: Stagehand, state: State, event: Heard) -> dict[str, Any]:
    """What a button names or a reply answers, and who at the table has answered."""
    if event.press.startswith("-") or (event.answers and event.text.startswith("/")):
        leading = state.seat is not None and state.seat.role in LEADING
        ids = event.press.split(":")[1:] if event.press else [event.answers]
        given = [stage.contributions[id] for id in ids if id in stage.contributions]
        mine = {c.id: c for c in given if leading or c.seat == event.seat}
        return {"held": mine, "named": mine}
    tables = tuple(stage._peopled(table) for table in stage.tables.values())
    done = [(s, u.partition("seat:")[2]) for (s, u), e in stage.stages.items() if e.state == "done"]
    return {
        "here": tuple(s for s in stage.seats.values() if s.role == "participant" and s.status == "active"),
        "waiting": {
            step: tuple(
                stage.seats[u.partition("seat:")[2]]
                for (s, u), e in stage.stages.items()
                if s == step and e.state == "open" and u.startswith("seat:")
            )
            for step in state.course.open
        },
        "tables": tables,
        "called": called(stage, state.seat),
        "answered_by": {step: frozenset(seat for s, seat in done if s == step) for step in state.course.open},
    }


def _aim(stage: Stagehand, state: State, event: Event) -> tuple[Node, str] | None:
    nodes = stage.flow.nodes
    match event:
        case Heard() if state.seat is not None:
            found = routing.aim(Turn(stage.flow, state, stage.now), state.seat, event)
            return (found[0], "hear") if found else None
        case Due(step=step, what=what):
            return nodes[step], {"open": "begin", "finish": "finish", "close": "close"}.get(what, "due")
        case Spread(step=step, what=what):
            return nodes[step], "due" if what == "remind" else what
        case Answered(step=step) if step in nodes:
            return nodes[step], "answered"
        case Relayed(step=step):
            return nodes[step], "relayed"
        case Reached():
            return next(((nodes[s], "begin") for s in state.course.open if nodes[s].step.scope == "assembly"), None)
    return None


def _fact(stage: Stagehand, name: str, node: Node, state: State) -> Any:
    course, seat, table = state.course, state.seat, state.table
    people = [s for s in stage.seats.values() if stage.flow.course_of(s.site) == course.id]
    sources = [n.id for ref in references(node.step) for n in stage.flow.instances(ref, node)]
    live = [c for c in stage.contributions.values() if c.state == "live"]
    chosen = stage.choices.get(node.id, {})
    match name:
        case "choices":
            return chosen.get(seat.id, {}) if seat else {}
        case "meaning":
            return frozenset()
        case "tried":
            return tuple((s, stage.stages.get((node.id, s.unit))) for s in people if s.role in node.step.audience)
        case "wordings":
            return tuple(
                c for c in stage.contributions.values() if c.kind == "sentence" and c.step == node.id
                and (table is None or c.table == table.id)
            )  # fmt: skip
        case "gone":
            return frozenset(s.id for s in stage.seats.values() if s.status != "active")
        case "carried":
            drawn = {d.id for d in stage.digests.values() if d.step == node.id and table and d.table == table.id}
            come = stage.arrivals.items()
            return {id: tuple(to for (_, to), found in come if any(d.id == id for d, *_ in found)) for id in drawn}
        case "own":
            return tuple(c for c in live if seat and c.seat == seat.id and c.step == node.id)
        case "statements":
            others = [c for c in live if seat and c.seat != seat.id and c.step in sources and c.site == seat.site]
            return tuple(sorted(others, key=lambda c: (stage.shown[c.id], c.id))[: getattr(node.step, "per_person", 7)])
        case "ballots":
            return _ballots({s.id: (s, chosen[s.id]) for s in people if s.id in chosen})
        case "answered":
            return sum(s.id in chosen for s in people)
        case "members" | "present":
            return sum(s.role == "participant" and s.status == "active" for s in people)
        case "results":
            return {step: stage.records.get(step, {}) for step in (*sources, node.id)}
        case "finished":
            return {s: frozenset(c.id for c in stage.courses.values() if s in c.done) for s in sources}
        case "items" | "quotable":
            here = [s.id for s in stage.flow.sites_of(course.id)]
            found = (c for c in live if c.step in sources and c.shared and c.site in here)
            return tuple(c for c in found if table is None or c.table == table.id)
        case "agreements":
            return {}
        case "digests" | "digest":
            steps = sources if name == "digests" else [node.id]
            drawn = (d for d in stage.digests.values() if d.step in steps)
            digests = tuple(d for d in drawn if table is None or d.table == table.id)
            return digests if name == "digests" else next(iter(digests), None)
        case "arrivals":
            return tuple(stage.arrivals.get((node.id, table.id), ())) if table is not None else ()
        case "answers":
            return tuple(d for d in stage.digests.values() if table and (d.step, d.table) == (node.id, table.id))
        case "replies":
            given = (c for c in live if table and (c.step, c.table, c.kind) == (node.id, table.id, "reply"))
            return tuple(given)
        case "targets":
            return {c.id: c.target for c in stage.contributions.values() if c.kind == "reply"}
        case "texts":
            return {}
        case "untranslated":
            return ()
        case "watched":
            return 0
        case "called":
            return called(stage, state.seat)
        case "given":
            names = pool(stage.flow.source_language)
            at = names.index(state.seat.name) + 1 if state.seat and state.seat.name in names else 0
            return names[at]
        case "known":
            come = [(s, d) for (s, t), rows in stage.arrivals.items() if table and t == table.id for d, *_ in rows]
            steps = [step for step, _ in come]
            return frozenset(d.id for s, d in come if steps.index(s) < steps.index(node.id)) if node.id in steps else ()
        case "incoming":
            come = _routes(stage, node).of.get(table.id if table else "", ())
            tables = [p.id for p in come if p.course != course.id]
            return tuple(d for d in stage.digests.values() if d.step in sources and d.table in tables)
    raise KeyError(name)


def _routes(stage: Stagehand, node: Node) -> Routes:
    tables = sorted(stage.tables.values(), key=lambda t: (t.site, t.number, t.id))
    partners = [Partner(t.id, t.number, t.site, stage.flow.course_of(t.site), t.languages) for t in tables]
    return routes(getattr(node.step, "to", "all"), partners, tuple(stage.flow.sites), getattr(node.step, "most", 12))


def _outcomes(stage: Stagehand) -> dict[str, dict[str, str]]:
    """How the items of each decision ended, as conditions read it."""
    items = {step: [data.get("items", {}) for data in units.values()] for step, units in stage.records.items()}
    return {
        step: {id: entry["outcome"] for each in rows for id, entry in each.items() if "outcome" in entry}
        for step, rows in items.items()
    }


def _ballots(chosen: Mapping[str, tuple[Seat, Mapping[str, Any]]]) -> dict[tuple[str, str], Any]:
    """Equal choices counted, by (question, item) and unit."""
    counted: dict[tuple[str, str], dict[str, Counter[str]]] = {}
    values: dict[str, Any] = {}
    for seat, choices in chosen.values():
        for key, choice in choices.items():
            question, _, item = key.partition(":")
            values[repr(choice)] = choice
            for unit in (f"site:{seat.site}", f"table:{seat.table}")[: 2 if seat.table else 1]:
                counted.setdefault((question, item), {}).setdefault(unit, Counter())[repr(choice)] += 1
    return {
        place: {unit: [(values[mark], n) for mark, n in marks.items()] for unit, marks in units.items()}
        for place, units in counted.items()
    }
