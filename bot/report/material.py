"""Everything that an export is made of, read in one snapshot.

Nothing here looks at a clock or at chance, and every sequence has a fixed order: the same database gives the same material.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol, get_args

from bot.core.flow import Flow
from bot.core.itinerary import Node
from bot.core.message import Part, message
from bot.core.names import clean_name
from bot.core.scene import Scene
from bot.core.state import Contribution, Course, Digest, DigestSentence, Role, Seat, State, Status, Table, Translated
from bot.language.catalog import Catalogs
from bot.language.render import Reader, render
from bot.store import archive, audit, courses, joining, people
from bot.store.archive import Carried, Given
from bot.store.audit import LogLine
from bot.store.courses import Assembly
from bot.store.database import Database
from bot.store.times import instant

BEGINNING = instant(0)


class House(Protocol):
    """What the exports need of the engine's house: the pinned flows and the interface texts."""

    catalogs: Catalogs

    def assembly(self, db: Database, id: str) -> Assembly:
        """The assembly's row. Raises LookupError if there is none."""

    def flow(self, db: Database, assembly: str) -> Flow:
        """The flow that this assembly is pinned to."""


@dataclass(frozen=True, slots=True)
class Span:
    """When a step was open on a course, and how it ended ("" while it is open)."""

    opened: datetime
    closed: datetime | None = None
    outcome: str = ""


@dataclass(frozen=True)
class Material:
    """One assembly. `given` is all that was said and not taken back, `hidden` what was hidden (without its words),
    `remarks` what observers have put on record, `versions` how
    many other words each contribution had before, `translated` translations by (contribution, language), `ways` how many
    participants came by each way (a link, `open`, "" for a code of their own) to each site, `voted` when people answered last, by
    step and site. From the `secret` pseudonyms are drawn that nobody can work out who knows everything else. `called` are
    all names that people have and had, by seat."""

    flow: Flow
    assembly: Assembly
    catalogs: Catalogs
    body: str
    seats: Mapping[str, Seat]
    tables: tuple[Table, ...]
    given: tuple[Given, ...]
    hidden: tuple[Given, ...]
    versions: Mapping[str, int]
    counted: Mapping[tuple[str, str], int]
    consents: Mapping[tuple[str, str], bool]
    digests: tuple[Digest, ...]
    carried: tuple[Carried, ...]
    translated: Mapping[tuple[str, str], Translated]
    results: Mapping[str, Mapping[str, Mapping[str, Any]]]
    courses: Mapping[str, Course]
    log: tuple[LogLine, ...]
    talks: frozenset[tuple[str, str]]
    sat: Mapping[str, int]
    ways: Mapping[tuple[str, str], int]
    voted: tuple[tuple[str, str, int], ...]
    remarks: tuple[Given, ...] = ()
    secret: str = field(default="", repr=False)
    called: tuple[tuple[str, str], ...] = ()

    @property
    def ref(self) -> str:
        """The flow's id and hash, as they stand in every file."""
        return self.flow.ref

    @property
    def language(self) -> str:
        return self.flow.source_language

    @cached_property
    def by_id(self) -> Mapping[str, Given]:
        return {g.contribution.id: g for g in self.given}

    @cached_property
    def drawn(self) -> Mapping[str, DigestSentence]:
        """The sentence of its own table's approved digest that stands for each contribution, by id."""
        approved = [d for d in self.digests if d.state == "approved"]
        return {id: s for d in approved for s in d.sentences if not s.left_out for id in s.sources}

    @cached_property
    def translations(self) -> Mapping[str, tuple[Translated, ...]]:
        """What each contribution was translated into, by id."""
        found: dict[str, tuple[Translated, ...]] = {}
        for made in self.translated.values():
            found[made.contribution] = (*found.get(made.contribution, ()), made)
        return found

    def spoken(self, id: str, otherwise: str) -> str:
        """The language of a contribution's words; `otherwise` where they are not on record."""
        found = self.by_id.get(id)
        return found.contribution.spoken if found is not None else otherwise

    def answered(self, reply: Contribution) -> tuple[str, int]:
        """Which digest somebody has answered, and which of its sentences: 0 for the whole."""
        for each in self.carried:
            digest = each.arrival.digest
            if each.table == reply.table and digest.id == reply.target:
                return digest.id, 0
            for number, sentence in enumerate(digest.sentences, 1):
                if each.table == reply.table and reply.target in (sentence.worded, *sentence.sources):
                    return digest.id, number
        return "", 0

    @cached_property
    def reasons(self) -> Mapping[str, str]:
        """Why each contribution was hidden, by its id, "" where no reason was given: as the log tells it."""
        told = {g.contribution.id: "" for g in self.hidden}
        for line in self.log:
            if line.act == "hidden" and line.data["contribution"] in told:
                told[str(line.data["contribution"])] = str(line.data["reason"])
        return told

    @cached_property
    def table(self) -> Mapping[str, Table]:
        return {t.id: t for t in self.tables}

    @cached_property
    def spans(self) -> Mapping[tuple[str, str], Span]:
        """When each step was open, by (course, step), as the log tells it."""
        found: dict[tuple[str, str], Span] = {}
        for line in self.log:
            if line.act not in ("opened", "closed"):
                continue
            for step in line.data["steps"]:
                place = (str(line.data["course"]), str(step))
                if line.act == "opened":
                    found[place] = Span(instant(line.at))
                elif place in found:
                    found[place] = Span(found[place].opened, instant(line.at), str(line.data["outcome"]))
        return found

    def say(self, part: Part, zone: str = "UTC") -> str:
        """An interface text or a text of the flow, in the flow's own language."""
        rendered = render(message(part), Reader(self.language, zone), {}, {}, self.catalogs)
        return rendered.blocks[0][1]

    def text(self, texts: Mapping[str, str]) -> str:
        """An organiser's text in the flow's own language; "" where there is none."""
        return next(iter(self.flow.local(texts).texts.values()), "")

    def site_name(self, site: str) -> str:
        known = self.flow.sites.get(site)
        return (self.text(known.name) if known is not None else "") or site

    def title(self, step: str) -> str:
        """A step's title, or its id where it has none."""
        node = self.flow.nodes.get(step)
        return (self.text(node.step.title) if node is not None else "") or step

    def name(self, seat: str) -> str:
        """The name that a person chose, in one clean line; "" where there is none."""
        found = self.seats.get(seat)
        return clean_name(found.name) if found is not None else ""

    def scene(self, node: Node) -> Scene:
        """A view of a step for those functions of the core that put results into words."""
        return Scene(self.flow, node, BEGINNING, State(Course("all")), "course:all")


def gather(db: Database, house: House, assembly: str) -> Material:
    """Read everything. Raises LookupError where there is no such assembly."""
    row = house.assembly(db, assembly)
    flow = house.flow(db, assembly)
    published = courses.load_flow(db, row.flow)
    given = archive.given(db, assembly)
    carried = archive.carried(db, assembly)
    everybody = people.roster(db, assembly, roles=get_args(Role), statuses=get_args(Status))
    return Material(
        flow,
        row,
        house.catalogs,
        published.body if published is not None else "{}",
        {seat.id: seat for seat in everybody},
        tuple(archive.tables(db, assembly)),
        tuple(given),
        tuple(archive.hidden(db, assembly)),
        archive.versions(db, assembly),
        archive.counted(db, assembly),
        archive.consents(db, assembly),
        tuple(archive.digests(db, assembly)),
        tuple(carried),
        {(made.contribution, made.language): made for made in archive.translated(db, assembly)},
        archive.results(db, assembly),
        {course.id: course for course in courses.courses(db, assembly)},
        tuple(audit.lines(db, assembly)),
        archive.talks(db, assembly),
        archive.sat(db, assembly),
        joining.by_site(db, assembly),
        tuple(archive.voted(db, assembly)),
        tuple(archive.remarks(db, assembly)),
        db.vault.secret_seed(assembly),
        tuple(people.ever_called(db, (seat.id for seat in everybody))),
    )
