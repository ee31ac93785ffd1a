"""What a vote means: adopted or not, by a rule that stood before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from bot.core.counting import LONGEST, not_shown, shares_words, site_name
from bot.core.effects import Effect, End, Record, Say
from bot.core.fields import Id, Model, Share
from bot.core.message import Block, Message, Several, When, block, t
from bot.core.scene import Scene
from bot.core.steps.base import Scope, Step
from bot.core.steps.deciding import BASES, Item, items_of, labels_of, outcome_in_words, rule_in_words, verdicts
from bot.core.tally import Quorum, Rule, Verdict


class QuorumOf(Model):
    """So many must have voted: a share of those present, or of all members."""

    of: Literal["present", "members"]
    share: Share


class Adopt(Step):
    """Says what a vote has adopted, by a rule that everybody reads.

    `over` is the vote. `rule = "threshold"`: in favour are `op` (">=" at least, ">" more than) `threshold` of `base`;
    `"majority"`: more than half of `base`; `"top_k"`: the `k` with most in favour. `base`: `cast` (all who voted),
    `cast_without_abstentions`, `present` or `members`. `quorum` says of whom which share must have voted, or "none". `ties`:
    what is tied is "rejected", adopted ("all"), or drawn by "lot". With `on_fail = "keep_as_minority"` what is not adopted
    stays as a minority view. `scope = "assembly"` decides on the votes of all sites, and waits for them as long as `duration`
    or `closes` says. An item is named by its option, or by its question where it is a yes or no; where a vote
    has several questions, by question.option. Conditions read it: `result.decision.bottles == "adopted"`.

        [[step]]
        id = "measures"
        type = "vote"
        duration = "10m"
        questions = [{ id = "bottles", method = "yes_no_abstain", text = "Shall every shop take back bottles?" }]

        [[step]]
        id = "decision"
        type = "adopt"
        over = "measures"
        rule = "threshold"
        threshold = 0.7
        op = ">="
        base = "cast_without_abstentions"
        quorum = { of = "present", share = 0.5 }
        ties = "rejected"
        scope = "assembly"
        duration = "2d"
    """

    type: Literal["adopt"]
    over: Id
    rule: Literal["threshold", "majority", "top_k"]
    threshold: Share | None = None
    op: Literal[">=", ">"] | None = None
    base: Literal["cast", "cast_without_abstentions", "present", "members"] | None = None
    quorum: (
        Annotated[
            Annotated[Literal["none"], Tag("none")] | Annotated[QuorumOf, Tag("share")],
            Discriminator(lambda value: "none" if isinstance(value, str) else "share"),
        ]
        | None
    ) = None
    k: int | None = Field(default=None, ge=1, le=100)
    ties: Literal["rejected", "lot", "all"] | None = None
    on_fail: Literal["drop", "keep_as_minority"] = "drop"
    scope: Scope = "site"

    reads: ClassVar[Mapping[str, tuple[str, ...]]] = {"begin": ("finished",), "finish": ("results", "finished")}
    refers: ClassVar[tuple[str, ...]] = ("over",)

    @field_validator("scope")
    @classmethod
    def _of_all(cls, scope: Scope) -> Scope:
        if scope not in ("site", "assembly"):
            raise ValueError(
                f'found "{scope}"; allowed are "site" (the votes of this site) and "assembly" (of all sites)'
            )
        return scope

    @model_validator(mode="after")
    def _stated(self) -> Self:
        if self.rule == "threshold" and self.threshold is None:
            raise ValueError('found a threshold without a share; say for example threshold = "2/3"')
        if self.base is None:
            raise ValueError(
                f"found a {self.rule} without a base; say of whom: base = {', '.join(BASES)}. The result depends on it"
            )
        if self.threshold is not None and self.op is None:
            raise ValueError(
                'found a threshold without op; say ">=" (exactly the threshold is enough) or ">" (it is not)'
            )
        if self.quorum is None:
            raise ValueError(
                'found no quorum; say how many must have voted, quorum = { of = "present", share = 0.5 }, or quorum = "none"'
            )
        if self.ties is None:
            raise ValueError('found no ties; say what becomes of a tie: ties = "rejected", "lot" or "all"')
        self.decided_by()
        if self.scope == "assembly" and self.duration is None and self.closes is None:
            raise ValueError(
                "found no duration and no closes; a decision of the whole assembly waits for the other sites: say how long"
            )
        return self

    def decided_by(self) -> Rule:
        """The rule as it is counted. ValueError where it makes no sense."""
        quorum = Quorum(self.quorum.of, self.quorum.share) if isinstance(self.quorum, QuorumOf) else None
        return Rule(
            self.rule, self.threshold, self.op or ">=", self.base or "cast", quorum, self.k, self.ties or "rejected"
        )

    def begin(self, at: Scene) -> Iterator[Effect]:
        votes = at.flow.instances(self.over, at.node)
        through = [at.facts["finished"].get(vote.id, frozenset()) for vote in votes]
        if self.scope == "site" or all(course in ids for ids in through for course in at.flow.courses):
            yield End(at.step)
        elif at.closes is not None:
            waiting = t(
                "The votes of the other sites are still coming in, until {when} at the latest.", when=When(at.closes)
            )
            yield Say(at.course.unit, at.message(waiting), at.key("waiting"))

    def finish(self, at: Scene) -> Iterator[Effect]:
        recorded, votes = at.facts["results"], at.flow.instances(self.over, at.node)
        courses = at.flow.courses if self.scope == "assembly" else (at.course.id,)
        unit = "all" if self.scope == "assembly" else at.course.unit
        items = items_of(at, votes, recorded, courses)
        data = recorded.get(at.step, {}).get(unit)
        if data is None:  # the first course that gets here decides for the assembly; the others tell the same
            found = verdicts(self.decided_by(), items, f"{at.flow.ref}/{at.step}")
            through = {id for vote in votes for id in at.facts["finished"].get(vote.id, ())}  # with those not asked
            missing = [id for id in courses if id not in through]
            data = {"items": {i.key: self._entry(found[i.key], i) for i in items}, "missing": missing}
            yield Record(at.step, unit, data)
        yield Say(at.course.unit, self._told(at, data), at.key("decided"))

    def recap(self, at: Scene) -> Iterator[Block]:
        data = at.facts["results"].get(at.step, {}).get("all" if self.scope == "assembly" else at.course.unit)
        if data is not None:
            yield from self.outcome_blocks(at, data)

    def _entry(self, verdict: Verdict, item: Item) -> dict[str, Any]:
        """A verdict as it is recorded. What is `veiled` is shown and exported without its numbers; what was written on one
        course (`of`) is shown there only."""
        kept = self.on_fail == "keep_as_minority" and verdict.outcome == "rejected"
        return {
            "outcome": "minority" if kept else verdict.outcome,
            "reason": verdict.reason,
            "in_favour": verdict.in_favour,
            "base": verdict.base_count,
            "needed": verdict.needed,
            "cast": verdict.cast,
            "abstained": verdict.abstained,
            "veiled": item.veiled,
            "of": item.of,
        }

    def _told(self, at: Scene, data: Mapping[str, Any]) -> Message:
        blocks: list[Block] = [block(at.local(self.title) if self.title else t("What is adopted"), kind="title")]
        blocks += [block(at.local(self.text))] if self.text else []
        blocks += self.outcome_blocks(at, data)
        missing = [site_name(at, site.id) for id in data["missing"] for site in at.flow.sites_of(id)]
        if missing and data["items"]:
            late = t("The votes of {sites} had not come in and are not counted.", sites=Several(tuple(missing)))
            blocks.append(block(late, kind="note"))
        return at.message(*blocks)

    def outcome_blocks(self, at: Scene, data: Mapping[str, Any]) -> list[Block]:
        """The rule, and what was recorded for each item, as people read them."""
        if not data["items"]:
            return [block(t("There was nothing to decide: no votes have come in."))]
        blocks = [*rule_in_words(self.decided_by())]
        labels = labels_of(at, at.flow.instances(self.over, at.node), data["items"])
        here = [at.course.id] if shares_words(at) else []
        told = {key: entry for key, entry in data["items"].items() if entry["of"] in ("", *here)}
        if sum(bool(entry["of"]) for entry in told.values()) > LONGEST:
            told = {key: entry for key, entry in told.items() if entry["outcome"] == "adopted" or not entry["of"]}
        for key, entry in told.items():
            blocks += outcome_in_words(labels[key], entry, self.base or "cast")
        if len(told) < len(data["items"]):
            blocks.append(block(not_shown(len(data["items"]) - len(told)), kind="note"))
        return blocks
