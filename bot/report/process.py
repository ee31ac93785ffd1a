"""How the assembly went: the flow and its seed, how many people took part, when each step was open, who intervened.

People are numbers here, and whoever led is a role at a site: this file names nobody.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.itinerary import Node
from bot.core.record import DECISIONS, told
from bot.core.state import Digest
from bot.core.steps.collect import Collect
from bot.core.steps.discuss import Discuss
from bot.core.steps.survey import Survey
from bot.report.jsonl import FORMAT, instants, stamp
from bot.report.material import Material
from bot.report.release import ERASED, Use, clean, released
from bot.store.audit import LogLine
from bot.store.times import instant

OWN = "own code"
"""How those came who had a code of their own; others came by a link, which has a name, or `open`, without any."""


def process_json(material: Material) -> bytes:
    """The record as one JSON object."""
    id, _, digest = material.ref.partition("@")
    last = instant(material.log[-1].at) if material.log else instant(material.assembly.created)
    data = {
        "pnyx": "process",
        "format": FORMAT,
        "flow": {
            "ref": material.ref,
            "id": id,
            "hash": digest,
            "version": material.flow.file.flow.version,
            "title": material.text(material.flow.file.flow.title),
        },
        "assembly": material.assembly.id,
        "seed_of_the_draws": material.assembly.seed,
        "last_event": stamp(last),
        "sites": [_site(material, site.id) for site in material.flow.file.schedule.sites],
        "tables": [
            {
                "id": table.id,
                "plan": table.plan,
                "site": table.site,
                "number": table.number,
                "languages": list(table.languages),
                "participants_ever": material.sat.get(table.id, 0),
            }
            for table in material.tables
        ],
        "courses": [_course(material, course) for course in material.flow.courses],
        "contributions": [row for node in material.flow.nodes.values() if (row := _contributions(material, node))],
        "digests": [_digest(digest) for digest in material.digests],
        "translations": _translations(material),
        **({"remarks": remarks} if (remarks := _remarks(material)) else {}),
        "log": [_logged(material, line) for line in material.log if told(line.act, line.data)],
    }
    return (json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def _digest(digest: Digest) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": digest.id, "step": digest.step, "table": digest.table, "state": digest.state, "sentences": len(digest.sentences),
    }  # fmt: skip
    row |= {"answers": digest.answers} if digest.answers else {}
    if models := sorted({s.model for s in digest.sentences if s.model}):
        row["models"] = models
    return row


def _remarks(material: Material) -> list[dict[str, Any]]:
    """What observers and guarantors have put on record, in order; of a step that was stopped, why."""
    found = []
    for each in material.remarks:
        given, by = each.contribution, material.seats.get(each.contribution.seat)
        row: dict[str, Any] = {"id": given.id, "at": stamp(given.at), "site": given.site}
        row |= {"by": by.role} if by is not None else {}
        row |= {"step": given.target} if given.target else {}
        found.append(row | {"text": ERASED if each.erased else clean(given.text), "language": given.spoken})
    return found


def _translations(material: Material) -> list[dict[str, Any]]:
    """How many contributions were translated from which language into which, by what, and what became of that."""
    counted: Counter[tuple[str, ...]] = Counter()
    for (id, language), made in material.translated.items():
        counted[material.spoken(id, ""), language, made.engine, made.version, made.via, made.state] += 1
    names = ("from", "into", "engine", "version", "by_way_of", "state")
    return [
        {**{name: value for name, value in zip(names, key, strict=True) if value}, "number": n}
        for key, n in sorted(counted.items())
    ]


def _site(material: Material, id: str) -> dict[str, Any]:
    """A site with its people, by role and by how they stand."""
    site = material.flow.sites[id]
    people: dict[str, dict[str, int]] = {}
    for seat in sorted((s for s in material.seats.values() if s.site == id), key=lambda s: (s.role, s.status)):
        row = people.setdefault(seat.role, {})
        row[seat.status] = row.get(seat.status, 0) + 1
    return {
        "id": id,
        "name": material.site_name(id),
        "zone": site.zone,
        "languages": list(site.languages),
        "people": people,
        "participants_came_by": {way or OWN: n for (at, way), n in material.ways.items() if at == id},
    }


def _course(material: Material, id: str) -> dict[str, Any]:
    course, zone = material.courses.get(id), material.flow.zone(id)
    return {
        "id": id,
        "state": course.state if course is not None else "waiting",
        "steps": [_step(material, id, node, zone) for node in material.flow.nodes.values()],
    }


def _step(material: Material, course: str, node: Node, zone: ZoneInfo) -> dict[str, Any]:
    span, known = material.spans.get((course, node.id)), material.courses.get(course)
    ended = known.done.get(node.id, "") if known is not None else ""
    here = {"course": course, "step": node.id}
    unknown = sum(line.act == "time_unknown" and line.data == here for line in material.log)
    return {
        "id": node.id,
        "type": node.step.type,
        "title": material.title(node.id),
        "opened": instants(span.opened, zone) if span is not None else None,
        "closed": instants(span.closed, zone) if span is not None and span.closed is not None else None,
        "ended": ended or ("open" if span is not None else "not reached"),
        **({"answers_of_unknown_time": unknown} if unknown else {}),
        **({"came_too_late_for_the_result": late} if (late := _late(material, course, node)) else {}),
    }


def _late(material: Material, course: str, node: Node) -> int:
    """How many people have answered a survey after its close: they came later, and its result stands without them."""
    span = material.spans.get((course, node.id))
    if span is None or span.closed is None or not isinstance(node.step, Survey):
        return 0
    rows = ((site, at) for step, site, at in material.voted if step == node.id)
    return sum(instant(at) > span.closed for site, at in rows if material.flow.course_of(site) == course)


def _contributions(material: Material, node: Node) -> dict[str, Any] | None:
    """How much was said in a step, and how much of it may be read in this export; None where it is not on record."""
    step = node.step
    if not isinstance(step, Discuss | Collect) or step.record == "none" or getattr(step, "icebreaker", False):
        return None
    given = sum(n for (id, _), n in material.counted.items() if id == node.id)
    use: Use = "transcript" if isinstance(step, Discuss) else "open_data"
    here = [g.contribution for g in material.given if g.contribution.step == node.id]
    said = [c for c in here if c.kind in ("message", "idea")]
    return {
        "step": node.id,
        "given": given,
        f"released_as_{use}": sum(released(material, c.id, use).free for c in said),
    }


def _logged(material: Material, line: LogLine) -> dict[str, Any]:
    row: dict[str, Any] = {"at": stamp(instant(line.at)), "act": line.act}
    by = material.seats.get(line.by)
    if by is not None:
        row |= {"by": by.role, "site": by.site}
    row |= {name: line.data[name] for name in DECISIONS[line.act] if name in line.data}
    return row | ({"number": len(line.data["seats"])} if line.act == "unplaced" else {})
