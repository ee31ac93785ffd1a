"""What people answered: for each question its counts in total, at each site, and at each table where the ballot was open.

Invariants:

* Counts come from what was recorded when the step closed. A total is given once every site is through, so that two exports at
  different times cannot be subtracted.
* What a secret ballot may not tell (`bot.report.veil`) has no count here at all: nobody can forget to leave it out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from bot.core.asking import Slot, options, slots_of
from bot.core.counting import Tallies, read_counts, total_of
from bot.core.itinerary import Node
from bot.core.steps.survey import Survey
from bot.core.steps.vote import Vote
from bot.core.tally import DONT_KNOW, Tally
from bot.report.material import Material
from bot.report.release import released
from bot.report.veil import Veil

Level = Literal["total", "site", "table"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One question (or one item of it) in one place. `tally` is None where it may not be told; `typical` says whether the
    average and the middle may be. `options` are (id in the tally, text)."""

    step: str
    question: str
    question_text: str
    item: str
    item_text: str
    level: Level
    place: str
    place_name: str
    secret: bool
    options: tuple[tuple[str, str], ...]
    tally: Tally | None
    typical: bool


@dataclass(frozen=True, slots=True)
class Ballot:
    """What was recorded of one vote or survey: the counts by site and by table, and whether all sites are through."""

    node: Node
    secret: bool
    sites: Mapping[str, Tallies]
    tables: Mapping[str, Tallies]
    complete: bool

    @property
    def items(self) -> tuple[str, ...]:
        """The contributions that were voted on, by id."""
        return tuple(sorted({item for tallies in self.sites.values() for item in tallies.get("statement", {})}))

    def answered(self, slot: Slot, *, numbers: bool = False) -> dict[str, int]:
        """How many answered at each site; with `numbers` without those who said that they do not know."""
        found: dict[str, int] = {}
        for site, tallies in self.sites.items():
            tally = tallies.get(slot.question.id, {}).get(slot.item)
            found[site] = 0 if tally is None else _answers(tally) if numbers else tally.ballots
        return found


def ballot_of(material: Material, node: Node) -> Ballot | None:
    """What was recorded of a vote or survey; None for other steps, and before any site is through."""
    units = material.results.get(node.id, {})
    if not isinstance(node.step, Vote | Survey) or not units:
        return None
    sites = {id: read_counts(units[f"site:{id}"]) for id in material.flow.sites if f"site:{id}" in units}
    tables = {t.id: read_counts(units[t.unit]) for t in material.tables if t.unit in units}
    through = [_through(material, course, node.id) for course in material.flow.courses]
    return Ballot(node, not isinstance(node.step, Vote) or node.step.secret, sites, tables, all(through))


def slots(material: Material, ballot: Ballot) -> tuple[Slot, ...]:
    """What was asked, in the order of the ballot; open questions have no counts."""
    step = ballot.node.step
    asked = (
        step.counted(material.flow, ballot.items)
        if isinstance(step, Vote)
        else slots_of(getattr(step, "questions", ()))
    )
    return tuple(slot for slot in asked if slot.question.method != "open_text")


Veils = Callable[[Ballot, Slot], tuple[Veil, Veil]]
"""Gives the veils of a slot: over its counts, and over its average and middle. The same ones each time."""


def veils() -> Veils:
    """Veils for one export. Decisions and results must ask the same ones, since they tell of the same ballots."""
    known: dict[tuple[str, str], tuple[Veil, Veil]] = {}

    def of(ballot: Ballot, slot: Slot) -> tuple[Veil, Veil]:
        key = (ballot.node.id, slot.key)
        if key not in known:
            pair = (Veil(ballot.answered(slot, numbers=n), secret=ballot.secret) for n in (False, True))
            known[key] = (next(pair), next(pair))
        return known[key]

    return of


def figures(material: Material, veiled: Veils) -> list[Figure]:
    """Every count that there is, in the order of the flow: the total first, then sites, then tables."""
    found: list[Figure] = []
    for node in material.flow.nodes.values():
        ballot = ballot_of(material, node)
        if ballot is not None and node.step.record != "none":
            for slot in slots(material, ballot):
                found += _of_slot(material, ballot, slot, *veiled(ballot, slot))
    return found


def _of_slot(material: Material, ballot: Ballot, slot: Slot, counts: Veil, numbers: Veil) -> Iterator[Figure]:
    labels = tuple(
        (
            DONT_KNOW if id == "dk" else id,
            material.say(material.flow.local(label.texts) if hasattr(label, "texts") else label),
        )
        for id, label in options(slot)
    )

    def figure(level: Level, place: str, name: str, tally: Tally | None, *, open: bool, typical: bool) -> Figure:
        return Figure(
            ballot.node.id, slot.question.id, material.text(slot.question.text), slot.item, item_text(material, slot), level,
            place, name, ballot.secret, labels, tally if open else None, open and typical,
        )  # fmt: skip

    def tally_at(tallies: Tallies) -> Tally | None:
        return tallies.get(slot.question.id, {}).get(slot.item)

    here = [site for site, tallies in ballot.sites.items() if tally_at(tallies) is not None]
    if ballot.complete and here:
        total = tally_at(total_of(ballot.sites.values()))
        yield figure("total", "all", "", total, open=counts.sum(here), typical=numbers.sum(here))
    for site in here:
        told = {"open": counts.site(site), "typical": numbers.site(site)}
        yield figure("site", site, material.site_name(site), tally_at(ballot.sites[site]), **told)
    for table, tallies in ballot.tables.items() if not ballot.secret else ():
        if tally_at(tallies) is not None:
            yield figure("table", table, str(material.table[table].number), tally_at(tallies), open=True, typical=True)


def item_text(material: Material, slot: Slot) -> str:
    """What was asked about: an option's text, or somebody's words if they may be quoted."""
    if slot.words:
        return released(material, slot.words, "quotes").text
    return next((material.text(o.text) for o in slot.question.options if o.id == slot.item), "")


def _answers(tally: Tally) -> int:
    return tally.ballots - tally.counts.get(DONT_KNOW, 0)


def _through(material: Material, course: str, step: str) -> bool:
    known = material.courses.get(course)
    return f"course:{course}" in material.results.get(step, {}) or (known is not None and step in known.done)
