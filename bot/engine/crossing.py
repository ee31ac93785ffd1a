"""The facts of what goes from table to table: who reads whom, what has come, and what was answered (`bot.engine.facts`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from bot.core.relays.partners import Partner, Routes, routes
from bot.core.steps.relay import Relay
from bot.store import arrivals, findings, opinions, tables

if TYPE_CHECKING:
    from bot.engine.facts import Asked


def _routes(a: Asked) -> dict[str, Any]:
    """To which tables this table's digest goes, and whose come to it. Worked out once in a transaction for all tables."""
    step = a.node.step
    if a.table is None or not isinstance(step, Relay):
        return {"goals": (), "origins": ()}
    key = (a.assembly, a.node.id, a.table.plan)
    if key not in a.work.routes:
        themes = _themes(a, a.table.plan) if step.to == "theme" else {}
        partners = [
            Partner(t.id, t.number, t.site, a.flow.course_of(t.site), t.languages, themes.get(t.id, ""))
            for t in a.work.tables_of(a.assembly, a.table.plan)
        ]
        a.work.routes[key] = routes(step.to, partners, tuple(a.flow.sites), step.most)
    found: Routes = a.work.routes[key]
    return {"goals": found.to.get(a.table.id, ()), "origins": found.of.get(a.table.id, ())}


def _themes(a: Asked, plan: str) -> dict[str, str]:
    """What the people of each table have in common, by the group plan: what most of them have."""
    names = a.flow.plans[plan].cluster_by if plan in a.flow.plans else ()
    found = {}
    for table, people_there in tables.sitting(a.work.db, a.assembly, plan) if names else ():
        themes = Counter("/".join(attributes.get(name, "") for name in names) for _, _, attributes in people_there)
        found[table.id] = min(themes, key=lambda theme: (-themes[theme], theme))
    return found


def _incoming(a: Asked) -> dict[str, Any]:
    if a.table is None:
        return {"incoming": ()}
    found = (
        findings.digest_at(a.work.db, a.assembly, source, p.id)
        for source in a.sources
        for p in _routes(a)["origins"]
        if p.course != a.course.id
    )
    return {"incoming": tuple(d for d in found if d is not None)}


def _arrivals(a: Asked) -> dict[str, Any]:
    return {"arrivals": _come(a)}


def _come(a: Asked) -> tuple[arrivals.Arrival, ...]:
    if a.table is None:
        return ()
    table = a.table.id
    return a.once(("come",), lambda: arrivals.at_table(a.work.db, a.assembly, a.node.id, table))


def _answers(a: Asked) -> dict[str, Any]:
    return {"answers": tuple(a.drawn(a.node.id))}


def _replies(a: Asked) -> dict[str, Any]:
    if a.table is None:
        return {"replies": ()}
    found = opinions.contributions(a.work.db, a.assembly, a.node.id, table=a.table.id, kinds=("reply",))
    return {"replies": tuple(found)}


def _targets(a: Asked) -> dict[str, Any]:
    asked = [s.sources[0] for digest, _, _ in _come(a) if digest.answers for s in digest.sentences]
    return {"targets": opinions.targets(a.work.db, a.assembly, asked)}


def _known(a: Asked) -> dict[str, Any]:
    """The digests that this table has read in another relay before. Only a relay of the same digests can have brought them."""
    table = a.table.id if a.table is not None else ""
    others = [
        node.id
        for node in a.flow.nodes.values()
        if isinstance(node.step, Relay) and node.id != a.node.id and node.step.of == getattr(a.node.step, "of", "")
    ]
    here = arrivals.times(a.work.db, a.assembly, a.node.id, table) if others else {}
    known: set[str] = set()
    for step in others:
        there = arrivals.times(a.work.db, a.assembly, step, table)
        known |= {digest for digest, at in there.items() if digest in here and (at, step) < (here[digest], a.node.id)}
    return {"known": frozenset(known)}


READERS: Mapping[str, Callable[[Asked], dict[str, Any]]] = {
    "routes": _routes,
    "incoming": _incoming,
    "arrivals": _arrivals,
    "answers": _answers,
    "replies": _replies,
    "targets": _targets,
    "known": _known,
}
