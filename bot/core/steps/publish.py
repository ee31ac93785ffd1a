"""Results are told: per site, in total, and what tables have said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, model_validator

from bot.core.asking import Slot, slots_of
from bot.core.counting import (
    FEWEST,
    LONGEST,
    not_shown,
    read_counts,
    result_blocks,
    shares_words,
    site_name,
    total_of,
)
from bot.core.effects import Effect, End, Say
from bot.core.fields import Id
from bot.core.lots import Lots
from bot.core.message import Block, Several, When, Words, block, t, tn
from bot.core.retelling import standing, told
from bot.core.scene import Scene
from bot.core.steps.adopt import Adopt
from bot.core.steps.base import Step
from bot.core.steps.collect import SIDES, Collect
from bot.core.steps.summarise import Summarise
from bot.core.steps.survey import Survey
from bot.core.steps.vote import Vote

if TYPE_CHECKING:
    from bot.core.itinerary import Node

TABLES = 3
"""How many tables' digests stand in one message: more would be long to read, and too long for some platforms."""


class Publish(Step):
    """Tells everybody what has come out.

    `what` names votes, surveys, decisions, digests (`summarise`) and collections. `to = "assembly"` tells the results of
    all sites, with `compare` each site's beside the total; `"site"` only those of this site. `wait = "last_site"` waits
    until every site is through with them, as long as `duration` or `closes` says. Digests are told once a person has approved
    them; of collections, what its authors allow to be quoted, at their own site only. Secret ballots and small numbers are
    protected here as everywhere.

        [[step]]
        id = "measures"
        type = "vote"
        duration = "10m"
        questions = [{ id = "bottles", method = "yes_no_abstain", text = "Shall every shop take back bottles?" }]

        [[step]]
        id = "results"
        type = "publish"
        title = "What came out"
        what = ["measures"]
        wait = "last_site"
        duration = "2d"
    """

    type: Literal["publish"]
    what: tuple[Id, ...] = Field(min_length=1)
    to: Literal["assembly", "site"] = "assembly"
    wait: Literal["last_site", "none"] = "none"
    compare: bool = True

    reads: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "begin": ("finished",),
        "finish": ("results", "digests", "quotable", "finished"),
    }
    refers: ClassVar[tuple[str, ...]] = ("what",)

    @model_validator(mode="before")
    @classmethod
    def _as_far_as_it_waits(cls, data: Any) -> Any:
        """The scope follows from whom it waits for: only a step of the assembly hears that other sites are through."""
        if not isinstance(data, Mapping):
            return data
        waits = data.get("wait") == "last_site"
        scope = "assembly" if waits else "site"
        if data.get("scope", scope) != scope:
            raise ValueError(
                f'found scope = "{data["scope"]}"; leave scope out: "to" says who is told, "wait" for whom it waits'
            )
        if waits and not data.get("duration") and not data.get("closes"):
            raise ValueError(
                'found wait = "last_site" without duration or closes; say how long to wait for the other sites'
            )
        return {**data, "scope": scope}

    def begin(self, at: Scene) -> Iterator[Effect]:
        through = [at.facts["finished"].get(node.id, frozenset()) for node in self._nodes(at)]
        if self.wait == "none" or all(course in ids for ids in through for course in at.flow.courses):
            yield End(at.step)
        elif at.closes is not None:
            said = t(
                "The results follow once the other sites are through, on {when} at the latest.", when=When(at.closes)
            )
            yield Say(at.course.unit, at.message(said), at.key("waiting"))

    def finish(self, at: Scene) -> Iterator[Effect]:
        head = [block(at.local(self.title), kind="title")] if self.title else []
        head += [block(at.local(self.text))] if self.text else []
        for node in self._nodes(at):
            title = [block(at.local(node.step.title), kind="title")] if node.step.title else []
            for number, blocks in enumerate(self._pages(at, node)):
                key = at.key("result", node.id, number) if number else at.key("result", node.id)
                yield Say(at.course.unit, at.message(*head, *title, *blocks), key)
                head, title = [], []
        if head:
            nothing = block(t("There are no results to tell you yet."))
            yield Say(at.course.unit, at.message(*head, nothing), at.key("nothing"))

    def _nodes(self, at: Scene) -> tuple[Node, ...]:
        return tuple(node for step in self.what for node in at.flow.instances(step, at.node))

    def _courses(self, at: Scene) -> tuple[str, ...]:
        return at.flow.courses if self.to == "assembly" else (at.course.id,)

    def _pages(self, at: Scene, node: Node) -> list[list[Block]]:
        """What is told of a step, message by message: the digests of many tables do not fit into one."""
        if isinstance(node.step, Summarise):
            digests = self._digests(at, node.id)
            parts = [digests[i : i + TABLES] for i in range(0, len(digests), TABLES)]
            return [[each for digest in part for each in digest] for part in parts]
        blocks = self._blocks(at, node)
        return [blocks] if blocks else []

    def _blocks(self, at: Scene, node: Node) -> list[Block]:
        units = at.facts["results"].get(node.id, {})
        match node.step:
            case Vote() as vote:
                return self._counts(at, node.id, vote, secret=vote.secret)
            case Survey() as survey:
                return self._counts(at, node.id, survey, secret=True)
            case Adopt() as adopt:
                return self._outcomes(at, units, adopt)
            case Collect():
                return self._collected(at, node.id)
        return []

    def _counts(self, at: Scene, id: str, step: Vote | Survey, *, secret: bool) -> list[Block]:
        units, courses = at.facts["results"].get(id, {}), self._courses(at)
        if isinstance(step, Vote) and step.over:  # what people wrote stays on their course
            courses = (at.course.id,)
        in_time = [id for id in courses if f"course:{id}" in units]
        total = total_of(read_counts(units[f"course:{id}"]) for id in in_time)
        if not total:
            return []
        slots: tuple[Slot, ...] = (
            step.counted(at.flow, tuple(total.get("statement", ())))
            if isinstance(step, Vote)
            else slots_of(step.questions)
        )
        sites = [site.id for course in in_time for site in at.flow.sites_of(course) if f"site:{site.id}" in units]
        parts = {site: read_counts(units[f"site:{site}"]) for site in sites}
        blocks = [*result_blocks(at, slots, total, secret=secret, parts=parts, compare=self.compare)]
        through = at.facts["finished"].get(id, frozenset())  # with those that were not asked
        missing = [site_name(at, s.id) for c in courses if c not in (*in_time, *through) for s in at.flow.sites_of(c)]
        if missing:
            late = t("Not in yet: {sites}.", sites=Several(tuple(missing)))
            blocks.append(block(late, kind="note"))
        return blocks

    def _outcomes(self, at: Scene, units: Mapping[str, Any], adopt: Adopt) -> list[Block]:
        """One decision for all, or one for each site."""
        if "all" in units:
            return adopt.outcome_blocks(at, units["all"])
        blocks: list[Block] = []
        decided = [id for id in self._courses(at) if f"course:{id}" in units]
        for id in decided:
            if len(decided) > 1:
                names = tuple(site_name(at, site.id) for site in at.flow.sites_of(id))
                blocks.append(block(Several(names), kind="title"))
            blocks += adopt.outcome_blocks(at, units[f"course:{id}"])
        return blocks

    def _digests(self, at: Scene, step: str) -> list[list[Block]]:
        """What people have approved, table by table."""
        told_by: list[list[Block]] = []
        sites = [site.id for course in self._courses(at) for site in at.flow.sites_of(course)]
        for digest in at.facts["digests"]:
            sentences = standing(digest)
            if digest.step != step or digest.state != "approved" or digest.site not in sites or not sentences:
                continue
            n = len({source for sentence in sentences for source in sentence.sources})
            head = tn(
                "A table in {site} says, drawn from {n} contribution:",
                "A table in {site} says, drawn from {n} contributions:",
                n,
                site=site_name(at, digest.site),
            )
            told_by.append([block(head), *told(digest)])
        return told_by

    def _collected(self, at: Scene, step: str) -> list[Block]:
        """What was written, side by side; of very many a few by lot, so that nobody's place or time counts."""
        items = [c for c in at.facts["quotable"] if c.step == step]
        if not shares_words(at):
            return [block(t("What people wrote does not go to other sites before a person has read it."))]
        if len({c.seat for c in items}) < FEWEST:
            return [block(t("Too few people wrote something that may be shown here."))] if items else []
        drawn = {c.id for c in Lots(at.flow.ref, at.step, step).sample(items, min(LONGEST, len(items)))}
        blocks = [block(tn("{n} contribution may be shown.", "{n} contributions may be shown.", len(items)))]
        for side in ("", *SIDES):
            found = [c for c in items if c.side == side and c.id in drawn]
            if found and side:
                blocks.append(block(SIDES[side]))
            blocks += [block(Words(c.id), kind="quote") for c in found]
        if len(drawn) < len(items):
            blocks.append(block(not_shown(len(items) - len(drawn)), kind="note"))
        return blocks
