"""What a vote decides: the items of its ballots, the verdict on each, and both in words.

Invariant: what may not be counted in public (`bot.core.counting.hidden`) is `veiled`: shown and exported by its outcome
alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from bot.core.asking import Slot
from bot.core.counting import hidden, item_of, percent, read_counts, total_of
from bot.core.message import Block, Part, Phrase, Plain, Words, block, t, tn
from bot.core.scene import Scene
from bot.core.steps.vote import Vote
from bot.core.tally import IN_FAVOUR, Rule, Tally, Verdict, decide

if TYPE_CHECKING:
    from bot.core.itinerary import Node

BASES: Mapping[str, Phrase] = {
    "cast": t("those who voted"),
    "cast_without_abstentions": t("those who voted and did not abstain"),
    "present": t("those present"),
    "members": t("all members"),
}
OUTCOMES: Mapping[str, Phrase] = {
    "adopted": t("adopted"),
    "rejected": t("not adopted"),
    "minority": t("not adopted; it is kept as a minority view"),
    "no_quorum": t("not decided, because too few have voted"),
}
REASONS: Mapping[str, Phrase] = {
    "tie_rejected": t("It was a tie, and what is tied is not adopted."),
    "tie_adopted": t("It was a tie, and what is tied is adopted."),
    "lot_adopted": t("It was a tie, and the lot decided for it."),
    "lot_rejected": t("It was a tie, and the lot decided against it."),
}


@dataclass(frozen=True, slots=True)
class Item:
    """Something that is adopted or not. Items of one `ballot` are decided together; `column` names it on that ballot.
    `members` and `present` are those of the sites whose votes are in; `of` is the course where a contribution was written,
    "" for what stood on the ballot."""

    key: str
    label: Part
    ballot: str
    column: str
    tally: Tally
    veiled: bool
    members: int
    present: int
    of: str = ""


def items_of(at: Scene, votes: Sequence[Node], recorded: Mapping[str, Any], courses: Sequence[str]) -> list[Item]:
    """Everything there is to decide, in the order of the ballot; `recorded` are the votes' results by unit.

    An item is named by its option, or by its question where that is a yes or no; where a vote has several questions, by
    `question.option`; where a vote was repeated, by `round.` and that.
    """
    found: list[Item] = []
    for node in votes:
        if isinstance(node.step, Vote):
            before = f"{node.round}." if len(votes) > 1 else ""
            found += _items(at, node, node.step, recorded.get(node.id, {}), courses, before)
    return found


def _items(
    at: Scene, node: Node, vote: Vote, units: Mapping[str, Any], courses: Sequence[str], before: str
) -> Iterable[Item]:
    totals = [units[f"course:{id}"] for id in courses if f"course:{id}" in units]
    members, present = (sum(data[name] or 0 for data in totals) for name in ("members", "present"))
    tallies = total_of(read_counts(data) for data in totals)
    written = {
        item: id
        for id in courses
        for item in units.get(f"course:{id}", {}).get("questions", {}).get("statement", {})
        if vote.over
    }
    sites = [f"site:{site.id}" for course in courses for site in at.flow.sites_of(course)]
    parts = [read_counts(units[unit]) for unit in sites if unit in units]
    for key, label, slot, option in named(at, vote, tuple(tallies.get("statement", ())), before):
        question, tally = slot.question, tallies.get(slot.question.id, {}).get(slot.item)
        if tally is not None:
            here = [part[question.id][slot.item] for part in parts if slot.item in part.get(question.id, {})]
            veiled = hidden(tally, secret=vote.secret, parts=here)
            ballot = f"{node.id}/{question.id}" if option else node.id
            of = written.get(slot.item, "")
            yield Item(key, label, ballot, option or key, tally, veiled, members, present, of)


def named(at: Scene, vote: Vote, statements: tuple[str, ...], before: str) -> Iterator[tuple[str, Part, Slot, str]]:
    """Key, label, slot and (on a ballot of options) option of everything a vote can decide."""
    for slot in vote.counted(at.flow, statements):
        question = slot.question
        if question.method not in IN_FAVOUR:
            continue
        name = f"{before}{question.id}." if len(vote.questions) > 1 else before
        if IN_FAVOUR[question.method] is None:
            for option in question.options:
                yield name + option.id, at.local(option.text), slot, option.id
        elif slot.item:
            yield name + slot.item, item_of(at, slot), slot, ""
        else:
            yield before + question.id, at.local(question.text), slot, ""


def labels_of(at: Scene, votes: Sequence[Node], keys: Iterable[str]) -> dict[str, Part]:
    """What people read for the keys of recorded items. A key that no ballot names is a contribution's id."""
    labels: dict[str, Part] = {}
    for node in votes:
        if isinstance(node.step, Vote):
            before = f"{node.round}." if len(votes) > 1 else ""
            labels |= {key: label for key, label, _, _ in named(at, node.step, (), before)}
    return {key: labels.get(key, Words(key.rpartition(".")[2])) for key in keys}


def verdicts(rule: Rule, items: Sequence[Item], seed: str) -> dict[str, Verdict]:
    """The verdict on each item by its key."""
    found: dict[str, Verdict] = {}
    ballots: dict[str, dict[str, Item]] = {}
    for item in items:
        ballots.setdefault(item.ballot, {})[item.column] = item
    for together in ballots.values():
        counts = {column: item.tally for column, item in together.items()}
        first = next(iter(together.values()))
        for verdict in decide(rule, counts, first.present, first.members, seed):
            found[together[verdict.item].key] = verdict
    return found


def rule_in_words(rule: Rule) -> tuple[Block, ...]:
    """The rule and its quorum as people read them."""
    blocks = [block(_rule(rule))]
    if rule.quorum is not None:
        share, whom = _share(rule.quorum.share), BASES[rule.quorum.of]
        blocks.append(block(t("At least {share} of {whom} must have voted.", share=share, whom=whom)))
    return tuple(blocks)


def _rule(rule: Rule) -> Phrase:
    base = BASES[rule.base]
    share = _share(rule.share) if rule.share is not None else Plain("")
    if rule.kind == "majority":
        return t("A proposal is adopted if more than half of {base} are in favour.", base=base)
    if rule.kind == "threshold" and rule.op == ">":
        return t("A proposal is adopted if more than {share} of {base} are in favour.", share=share, base=base)
    if rule.kind == "threshold":
        return t("A proposal is adopted if at least {share} of {base} are in favour.", share=share, base=base)
    best = tn(
        "The proposal with most people in favour is adopted.",
        "The {n} proposals with most people in favour are adopted.",
        rule.k or 1,
    )
    if rule.share is None:
        return best
    if rule.op == ">":
        return t("{best} Each needs more than {share} of {base} in favour.", best=best, share=share, base=base)
    return t("{best} Each needs at least {share} of {base} in favour.", best=best, share=share, base=base)


def outcome_in_words(label: Part, entry: Mapping[str, Any], base: str) -> tuple[Block, ...]:
    """How an item ended, with its numbers where they may be shown. `entry` is what `Adopt` recorded."""
    outcome = OUTCOMES[entry["outcome"]]
    blocks = [block(label, kind="quote"), block(t("This is {outcome}.", outcome=outcome), kind="item")]
    if entry["veiled"]:
        return tuple(blocks)
    numbers = t(
        "{in_favour} in favour; {needed} of {base} ({n}) were needed.",
        in_favour=entry["in_favour"],
        needed=entry["needed"],
        base=BASES[base],
        n=entry["base"],
    )
    blocks.append(block(numbers, kind="note"))
    if entry["abstained"]:
        aside = tn("{n} person abstained or took no side.", "{n} people abstained or took no side.", entry["abstained"])
        blocks.append(block(aside, kind="note"))
    if entry["reason"] in REASONS:
        blocks.append(block(REASONS[entry["reason"]], kind="note"))
    return tuple(blocks)


def _share(share: Fraction) -> Plain:
    """A share in whole per cent where it is one, else as a fraction."""
    return Plain(f"{percent(share)} %" if (share * 100).denominator == 1 else str(share))


__all__ = ["BASES", "Item", "items_of", "labels_of", "named", "outcome_in_words", "rule_in_words", "verdicts"]
