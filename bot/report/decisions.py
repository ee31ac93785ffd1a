"""What was adopted and what was not: the rule as it stood before, the numbers as far as they may be told, the outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from bot.core.asking import Slot
from bot.core.counting import percent, total_of
from bot.core.itinerary import Node
from bot.core.steps.adopt import Adopt
from bot.core.steps.deciding import named
from bot.core.steps.vote import Vote
from bot.core.tally import Rule
from bot.report.figures import Ballot, Veils, ballot_of, item_text
from bot.report.material import Material

NUMBERS = ("in_favour", "base", "needed", "cast", "abstained")


@dataclass(frozen=True, slots=True)
class Decision:
    """One item decided. `numbers` and `reason` are empty where they may not be told; `missing` are sites whose votes had not
    come in; `place` is a course, or "all"."""

    step: str
    title: str
    place: str
    item: str
    label: str
    rule: str
    base: str
    quorum: str
    ties: str
    outcome: str
    reason: str
    numbers: Mapping[str, int]
    missing: tuple[str, ...]


def decisions(material: Material, veiled: Veils) -> list[Decision]:
    """Every decision, in the order of the flow. To be asked before the figures: a decision was told when it was made."""
    found: list[Decision] = []
    for node in material.flow.nodes.values():
        if isinstance(node.step, Adopt):
            units = sorted(material.results.get(node.id, {}).items())
            made = [d for unit, data in units for d in _of_unit(material, node, node.step, unit, data, veiled)]
            found += made if node.step.record != "none" else []
    return found


def _of_unit(
    material: Material, node: Node, adopt: Adopt, unit: str, data: Mapping[str, Any], veiled: Veils
) -> list[Decision]:
    rule, course = adopt.decided_by(), unit.removeprefix("course:")
    courses = [c for c in (material.flow.courses if course == "all" else (course,)) if c not in data["missing"]]
    sites = [site.id for c in courses for site in material.flow.sites_of(c)]
    missing = tuple(site.id for c in data["missing"] for site in material.flow.sites_of(c))
    on_ballot = _items(material, node, adopt)
    told = {
        key: key in on_ballot and _told(*on_ballot[key], sites, entry, veiled) for key, entry in data["items"].items()
    }
    secretive = rule.kind == "top_k" and not all(told.values())  # there one item's numbers speak of another's
    found = []
    for key, entry in data["items"].items():
        open = told[key]
        numbers = {name: int(entry[name]) for name in NUMBERS if open and not (secretive and name == "needed")}
        reason = str(entry["reason"]) if open and not secretive else ""
        label = item_text_of(material, on_ballot[key][1], key) if key in on_ballot else key
        found.append(
            Decision(
                node.id, material.title(node.id), course, key, label, in_words(rule), rule.base, _quorum(rule), rule.ties,
                str(entry["outcome"]), reason, numbers, missing,
            )
        )  # fmt: skip
    return found


def _items(material: Material, node: Node, adopt: Adopt) -> dict[str, tuple[Ballot, Slot]]:
    """The ballot and the slot behind the key of each item."""
    votes, found = material.flow.instances(adopt.over, node), {}
    for vote in votes:
        ballot = ballot_of(material, vote)
        if ballot is not None and isinstance(vote.step, Vote):
            before = f"{vote.round}." if len(votes) > 1 else ""
            for key, _, slot, _ in named(material.scene(vote), vote.step, ballot.items, before):
                found[key] = (ballot, slot)
    return found


def _told(ballot: Ballot, slot: Slot, sites: list[str], entry: Mapping[str, Any], veiled: Veils) -> bool:
    """Whether the numbers of an item may stand in the export."""
    if ballot.node.step.record == "none":
        return False
    if not ballot.secret:
        return True
    here = [site for site in sites if slot.item in ballot.sites.get(site, {}).get(slot.question.id, {})]
    now = total_of(ballot.sites[site] for site in here).get(slot.question.id, {}).get(slot.item)
    if entry["veiled"] or now is None or now.ballots != entry["cast"]:  # else it was decided on other votes than these
        return False
    return veiled(ballot, slot)[0].sum(here)


def item_text_of(material: Material, slot: Slot, key: str) -> str:
    """What an item is called: somebody's words, an option, or the question itself."""
    option = next((o for o in slot.question.options if o.id == key.rpartition(".")[2]), None)
    if slot.item or option is None:
        return item_text(material, slot) or material.text(slot.question.text)
    return material.text(option.text)


def in_words(rule: Rule) -> str:
    """The rule, for people and programs: `at least 70 %`, `more than half`, `the 3 with most`."""
    share = "" if rule.share is None else f"{'at least' if rule.op == '>=' else 'more than'} {_share(rule.share)}"
    if rule.kind == "majority":
        return "more than half"
    if rule.kind == "threshold":
        return share
    return f"the {rule.k} with most" + (f", {share}" if share else "")


def _quorum(rule: Rule) -> str:
    return "none" if rule.quorum is None else f"at least {_share(rule.quorum.share)} of {rule.quorum.of}"


def _share(share: Fraction) -> str:
    """In whole per cent where it is that, else as a fraction, which a spreadsheet must not take for a date."""
    if (share * 100).denominator == 1:
        return f"{percent(share)} %"
    return f"{share.numerator} of {share.denominator}"


__all__ = ["NUMBERS", "Decision", "decisions", "in_words"]
