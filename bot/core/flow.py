"""A flow: what one TOML file says, read and laid out.

`FlowFile` is the file as pydantic reads it; `Flow` is what the rest of the core works with. A flow is pinned by its
reference, `flow-id@` and twelve hex digits of the hash over all its files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from bot.core.conditions import Condition, parse
from bot.core.facilitator import Facilitator
from bot.core.fields import Day, Id, Language, Model, Moment, Text, local
from bot.core.itinerary import TRUNK, Node, lay_out
from bot.core.message import Local
from bot.core.openness import Feed, Log
from bot.core.questions import Question
from bot.core.schedule import Rest, next_allowed
from bot.core.sites import QuietHours, Schedule, Site, rest
from bot.core.steps import AnyStep
from bot.core.steps.base import Step
from bot.core.translation.glossary import Entry


class Head(Model):
    """`[flow]`: its name, and the languages that people read.

    `id` is its name in commands and files: small letters, digits and hyphens. `version` is counted up by its author.
    `source_language` is the language it is written in; a text that stands there alone is in it. `languages` are all that
    people may read. `title` is what people read as its name.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    version: int = Field(default=1, ge=1)
    source_language: Language
    languages: tuple[Language, ...] = Field(min_length=1)
    title: Text


class Mandate(Model):
    """`[mandate]`: who asks, what is asked, what happens with the results, and a person to call.

    `by` is who calls the assembly. `question` is what it is asked. `promise` says what happens with the results.
    `addressees` are those who are to answer, and `answer_due` is the day by which; `farewell` says so.
    `contact` is a person to whom one can speak, with a telephone number or an address.
    """

    by: Text
    question: Text
    promise: Text = Field(default_factory=dict)
    addressees: tuple[str, ...] = ()
    answer_due: Day | None = None
    contact: Text = Field(default_factory=dict)


class Size(Model):
    """How many people sit at a table.

    `min` is the fewest with whom a table is made. `target` is the size that is aimed at. `max` is the most.
    """

    min: int = Field(ge=1, le=100)
    target: int = Field(ge=1, le=100)
    max: int = Field(ge=1, le=100)


class GroupPlan(Model):
    """`[groups.NAME]`: how people are put at tables.

    `size` is how many people sit at a table. `method` says how they come together: `balanced` mixes them, `random` deals
    them out, `by_attribute` brings those together who are alike. `mix_by` names the attributes by which tables are mixed.
    `cluster_by` names the attributes in which the people of a table are alike. With `across_sites` a table may seat people
    of several sites. `common_language` says whether those who sit together must share a language (`require`) or need not
    (`translate`): then each reads the talk in their own, as far as people or machines have translated it. `max_languages` is
    how many languages meet at a table where they need not share one. `no_repeat` avoids
    people who already sat together. `min_present` is how many must be there for a talk: under it the others are offered
    another table. `lives` says where a table meets: `virtual` passes messages on between everybody's own chats, so that
    nobody's account is seen; with `room` its facilitator is asked to bind a group or a topic, and it is virtual until then.
    """

    size: Size
    method: Literal["balanced", "random", "by_attribute"] = "balanced"
    mix_by: tuple[Id, ...] = ()
    cluster_by: tuple[Id, ...] = ()
    across_sites: bool = False
    common_language: Literal["require", "translate"] = "require"
    max_languages: int = Field(default=2, ge=1, le=10)
    no_repeat: bool = False
    min_present: int = Field(default=3, ge=2, le=10)
    lives: Literal["virtual", "room"] = "virtual"


class ListItem(Model):
    """`[[lists.NAME]]`: an item that a `repeat` goes through."""

    id: Id
    text: Text


class Joining(Model):
    """`[joining]`: how people come in.

    Without any of this, people come in with a code of their own only. `links` also lets those in who follow the link of a site,
    which `pnyx people link` writes. `open` lets everybody in who writes. `cap` is how many come in at most without a code of
    their own. `caps` says it for single sites: `{ linz = 40 }`. `alarm` is how many of them may come within a minute; when more
    come, the coordinators and organisers are told, once for each rush. `on_alarm` says what happens then: `tell` only tells
    them, `pause` lets nobody else in without a code of their own until they allow it.
    """

    links: bool = False
    open: bool = False
    cap: int = Field(default=200, ge=1, le=100_000)
    caps: dict[Id, Annotated[int, Field(ge=1, le=100_000)]] = Field(default_factory=dict)
    alarm: int = Field(default=30, ge=1, le=100_000)
    on_alarm: Literal["tell", "pause"] = "tell"

    def left(self, site: str, taken: Mapping[str, int]) -> int:
        """How many more may come in at a site without a code of their own; `taken` are those who did, by site."""
        left = self.cap - sum(taken.values())
        return max(0, min(left, self.caps[site] - taken.get(site, 0)) if site in self.caps else left)


class Files(Model):
    """`[files]`: pictures, voice notes and other files that people send to their tables.

    `max_mb` is how large one may be, in megabytes.
    """

    max_mb: int = Field(default=20, ge=1, le=50)


class FlowFile(Model):
    """A whole flow file."""

    flow: Head
    mandate: Mandate
    schedule: Schedule
    joining: Joining = Joining()
    files: Files = Files()
    log: Log = Log()
    facilitator: Facilitator = Facilitator()
    feed: Feed = Feed()
    groups: dict[Id, GroupPlan] = Field(default_factory=dict)
    lists: dict[Id, tuple[ListItem, ...]] = Field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    glossary: Annotated[tuple[Entry, ...], Field(max_length=500)] = ()
    step: tuple[Annotated[AnyStep, Field(discriminator="type")], ...] = Field(min_length=1)


@dataclass(frozen=True)
class Flow:
    """A flow that can be walked. `ref` pins it; `material` maps the names of its files to their text by language."""

    file: FlowFile
    ref: str
    sequences: Mapping[str, tuple[Node, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, file: FlowFile, ref: str) -> Flow:
        """Lay the file out. Raises `bot.core.itinerary.TooLong`."""
        return cls(
            file, ref, lay_out(file.step, file.lists, lambda step, item, suffix: _fill(file, step, item, suffix))
        )

    @property
    def source_language(self) -> str:
        return self.file.flow.source_language

    @property
    def languages(self) -> tuple[str, ...]:
        return self.file.flow.languages

    @property
    def courses(self) -> tuple[str, ...]:
        """The ids of the courses: the sites, or `all`."""
        return tuple(s.id for s in self.file.schedule.sites) if self.file.schedule.mode == "site" else ("all",)

    def course_of(self, site: str) -> str:
        return site if self.file.schedule.mode == "site" else "all"

    def sites_of(self, course: str) -> tuple[Site, ...]:
        if course == "all":
            return self.file.schedule.sites
        return (self.sites[course],) if course in self.sites else ()

    @cached_property
    def sites(self) -> Mapping[str, Site]:
        return {s.id: s for s in self.file.schedule.sites}

    @cached_property
    def rests(self) -> Mapping[str, Rest | None]:
        """When nobody is written to unasked, by site; None where there is no such time."""
        return {site.id: rest(self.file.schedule, site) for site in self.file.schedule.sites}

    def awake(self, site: str, at: datetime) -> datetime:
        """When people at a site are next written to unasked: at this instant, or when the quiet hours or the holiday that hold it
        are over. In UTC. This is the one place that says so."""
        return next_allowed(at, self.sites[site].zone, self.rests[site])

    def holiday(self, site: str, at: datetime) -> bool:
        """Whether a site has a holiday at this instant."""
        days = self.rests[site]
        return days is not None and days.holiday(at.astimezone(ZoneInfo(self.sites[site].zone)).date())

    def zone(self, course: str) -> ZoneInfo:
        """The clock of a course: its site's; of the first site for `all` (whose moments are world instants anyway)."""
        return ZoneInfo(self.sites_of(course)[0].zone)

    @cached_property
    def nodes(self) -> Mapping[str, Node]:
        """Every step instance by id, in order of the walk."""
        return {n.id: n for n in sorted((n for row in self.sequences.values() for n in row), key=lambda n: n.number)}

    @cached_property
    def _instances(self) -> Mapping[str, tuple[Node, ...]]:
        found: dict[str, tuple[Node, ...]] = {}
        for node in self.nodes.values():
            found[node.step.id] = (*found.get(node.step.id, ()), node)
        return found

    def instances(self, step: str, near: Node | None = None) -> tuple[Node, ...]:
        """The instances of a step as another one refers to it: those of its own round where there are any, else all."""
        every = self._instances.get(step, ())
        if near is not None and near.round:
            parts = near.round.split(".")
            for length in range(len(parts), 0, -1):
                prefix = ".".join(parts[:length])
                own = tuple(n for n in every if n.round == prefix or n.round.startswith(prefix + "."))
                if own:
                    return own
        return every

    @cached_property
    def awaited(self) -> frozenset[str]:
        """The step instances for whose end another course may wait."""
        waiting = (n for n in self.nodes.values() if n.step.scope == "assembly" and n.step.refers)
        return frozenset(m.id for n in waiting for ref in references(n.step) for m in self.instances(ref, n))

    def run_of(self, node: Node) -> tuple[Node, ...]:
        """The run of self-paced steps that this one belongs to, in order; only itself if it is not self-paced."""
        if not node.step.self_paced:
            return (node,)
        row = self.sequences[node.sequence]
        first = node.index
        while first > 0 and follows(row[first]) and row[first - 1].step.self_paced:
            first -= 1
        last = node.index
        while last + 1 < len(row) and follows(row[last + 1]):
            last += 1
        return row[first : last + 1]

    @cached_property
    def owners(self) -> Mapping[str, Node]:
        """The parallel that each branch's sequence belongs to."""
        return {branch: node for node in self.nodes.values() for branch in node.branches}

    @cached_property
    def plans(self) -> Mapping[str, GroupPlan]:
        return self.file.groups

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        return {q.id: q for q in self.file.questions}

    @cached_property
    def trunk(self) -> tuple[Node, ...]:
        return self.sequences[TRUNK]

    @cached_property
    def conditions(self) -> Mapping[str, Condition]:
        """Every condition of the flow, parsed once, by its text."""
        texts = [n.step.when for n in self.nodes.values()] + [n.until for n in self.nodes.values()]
        texts += [getattr(n.step, "condition", None) for n in self.nodes.values()]
        return {text: parse(text) for text in texts if text}

    def local(self, text: Mapping[str, str]) -> Local:
        return local(dict(text), self.source_language)


def follows(node: Node) -> bool:
    """True if people go on to this self-paced step from the one before, by themselves."""
    return node.step.self_paced and node.step.opens is None and node.step.after is None


def references(step: Step) -> tuple[str, ...]:
    """The ids of the steps that a step refers to."""
    found: list[str] = []
    for name in step.refers:
        value = getattr(step, name)
        found += [value] if isinstance(value, str) else list(value or ())
    return tuple(found)


def _fill(file: FlowFile, step: Step, item: Any, suffix: str) -> Step:
    """The step with `{item}` and `{round}` filled in, wherever an organiser's text may hold them."""
    if not suffix:
        return step
    texts: Mapping[str, str] = local(dict(item.text), file.flow.source_language).texts if item is not None else {}
    filled = _replace(step.model_dump(), texts, suffix.rsplit(".", 1)[-1], file.flow.source_language)
    return type(step).model_validate(filled)


def _replace(value: Any, texts: Mapping[str, str], round: str, source: str) -> Any:
    if isinstance(value, dict):
        return {
            k: _replace_text(v, texts.get(k or source), texts, round, source)
            if isinstance(v, str)
            else _replace(v, texts, round, source)
            for k, v in value.items()
        }
    if isinstance(value, list | tuple):
        return type(value)(_replace(v, texts, round, source) for v in value)
    return value


def _replace_text(text: str, own: str | None, texts: Mapping[str, str], round: str, source: str) -> str:
    return text.replace("{item}", own or texts.get(source, "{item}")).replace("{round}", round)


__all__ = [
    "Feed",
    "Files",
    "Flow",
    "FlowFile",
    "GroupPlan",
    "Head",
    "Joining",
    "ListItem",
    "Log",
    "Mandate",
    "Moment",
    "QuietHours",
    "Schedule",
    "Site",
    "Size",
    "follows",
    "references",
]
