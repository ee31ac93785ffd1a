"""From ballots to results: counted per site and in total, per table only where the ballot is open; and how they are read.

Invariants:

* What is recorded is exact; what is shown of a secret ballot is not, where that would unmask somebody. No count, share or
  number of a secret ballot under `FEW` people is ever shown: words stand instead, and below `FEWEST` not even those.
* A total tells no more than its parts: where the parts that are given in words have fewer than `FEW` people together, they
  could be worked out by subtraction, so the total is given in words too. The rule looks at the counts alone, and so comes
  out the same whatever was shown before.
* What people wrote goes to no other site with a result: only a person who has read it can send it there (`relay`).
* Results stand in the order of the ballot, never the winner first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from bot.core.asking import Slot, options, wording
from bot.core.effects import Effect, Record
from bot.core.message import Block, Part, Phrase, Plain, Several, Words, block, t, tn
from bot.core.scene import Scene
from bot.core.tally import DONT_KNOW, Tally, count, merge

FEW = 10
"""A secret ballot of fewer people is given in words."""

FEWEST = 3
"""A secret ballot of fewer people than this is not given at all."""

LONGEST = 12
"""So many contributions are shown with a result at most: the ones that most people answered."""

Tallies = Mapping[str, Mapping[str, Tally]]
"""Counts by question and item."""


def record_counts(at: Scene, slots: Sequence[Slot], *, secret: bool) -> Iterator[Effect]:
    """Record the counts for each site of the course, for the course, and for each table where the ballot is open.

    Reads `ballots`, which brings `answered`, `members` and `present`. A choice that was never completed is left out.
    `members` and `present` are None for a part of a course, `answered` there is how many answered the question that most
    did. A table has counts of those contributions only on which somebody there has voted.
    """
    ballots = at.facts["ballots"]
    sites = [f"site:{site.id}" for site in at.flow.sites_of(at.course.id)]
    tables = sorted({unit for rows in ballots.values() for unit in rows if unit.startswith("table:")})
    counted: dict[str, dict[str, dict[str, Tally]]] = {unit: {} for unit in (*sites, at.course.unit)}
    counted |= {} if secret else {unit: {} for unit in tables}
    for slot in slots:
        question = slot.question
        if question.method == "open_text":
            continue
        rows = ballots.get((question.id, slot.item), {})
        for unit in counted:
            if slot.words and unit not in rows and unit.startswith("table:"):
                continue  # of thousands of contributions each table has voted on a few
            valid = [(choice, n) for choice, n in rows.get(unit, ()) if question.complete(choice)]
            counted[unit].setdefault(question.id, {})[slot.item] = count(question.method, question.choices, valid)
        total = merge(counted[site][question.id][slot.item] for site in sites)
        counted[at.course.unit][question.id][slot.item] = total
    whole = {at.course.unit, *sites} if len(sites) == 1 else {at.course.unit}
    for unit, tallies in counted.items():
        most = max((tally.ballots for items in tallies.values() for tally in items.values()), default=0)
        data = {
            "questions": {q: {item: tally.to_json() for item, tally in items.items()} for q, items in tallies.items()},
            "secret": secret,
            "members": at.facts["members"] if unit in whole else None,
            "present": at.facts["present"] if unit in whole else None,
            "answered": at.facts["answered"] if unit in whole else most,
        }
        yield Record(at.step, unit, data)


def read_counts(data: Mapping[str, Any]) -> Tallies:
    """The counts in what `record_counts` recorded for a unit."""
    found: Mapping[str, Mapping[str, Any]] = data.get("questions", {})
    return {q: {item: Tally.from_json(tally) for item, tally in items.items()} for q, items in found.items()}


def total_of(parts: Iterable[Tallies]) -> Tallies:
    """The counts of several sites or courses in one."""
    found: dict[str, dict[str, list[Tally]]] = {}
    for tallies in parts:
        for question, items in tallies.items():
            for item, tally in items.items():
                found.setdefault(question, {}).setdefault(item, []).append(tally)
    return {question: {item: merge(rows) for item, rows in items.items()} for question, items in found.items()}


def hidden(tally: Tally, *, secret: bool, parts: Iterable[Tally] = ()) -> bool:
    """True if no count of this ballot may be shown. `parts` are the counts it is the total of."""
    if not secret:
        return False
    unshown = sum(part.ballots for part in parts if part.ballots < FEW)
    return tally.ballots < FEW or 0 < unshown < FEW


def result_blocks(
    at: Scene,
    slots: Sequence[Slot],
    tallies: Tallies,
    *,
    secret: bool,
    parts: Mapping[str, Tallies] | None = None,
    compare: bool = False,
) -> tuple[Block, ...]:
    """The results as people read them. `parts` are the counts of the sites by their id; `compare` shows them as well."""
    blocks: list[Block] = []
    shown = _readable(at, slots, tallies, secret=secret)
    for number, slot in enumerate(shown):
        tally = tallies.get(slot.question.id, {}).get(slot.item)
        if tally is None:
            continue
        if slot.question.text and (number == 0 or shown[number - 1].question.id != slot.question.id):
            blocks.append(block(at.local(slot.question.text)))
        if slot.item:
            blocks.append(block(item_of(at, slot), kind="quote"))
        places = {site: found.get(slot.question.id, {}).get(slot.item) for site, found in (parts or {}).items()}
        here = {site: found for site, found in places.items() if found is not None}
        blocks += _total(at, slot, tally, secret=secret, veiled=hidden(tally, secret=secret, parts=here.values()))
        for site, part in here.items() if compare and len(here) > 1 else ():
            said = _in_short(at, slot, part, veiled=hidden(part, secret=secret))
            blocks.append(block(t("{site} – {result}", site=site_name(at, site), result=said), kind="note"))
    if len(shown) < len(slots):
        blocks.append(block(not_shown(len(slots) - len(shown)), kind="note"))
    return tuple(blocks)


def shares_words(at: Scene) -> bool:
    """True if what people wrote may be told on this course: it has one site, so that nothing crosses to another."""
    return len(at.flow.sites_of(at.course.id)) == 1


def not_shown(n: int) -> Phrase:
    """That there are others."""
    return tn("{n} contribution is not shown here.", "{n} contributions are not shown here.", n)


def _readable(at: Scene, slots: Sequence[Slot], tallies: Tallies, *, secret: bool) -> Sequence[Slot]:
    """The slots to be told, in the order of the ballot: of contributions those that most people answered."""
    if not slots or not slots[0].words:
        return slots
    if not shares_words(at):
        return ()
    counts = [found.ballots if (found := tallies.get(s.question.id, {}).get(s.item)) else 0 for s in slots]
    told = [i for i, n in enumerate(counts) if n >= (FEWEST if secret else 1)]
    return [slots[i] for i in sorted(sorted(told, key=lambda i: (-counts[i], i))[:LONGEST])]


def site_name(at: Scene, site: str) -> Part:
    """A site by its name, or its id where it has none."""
    name = at.flow.sites[site].name
    return at.local(name) if name else Plain(site)


def item_of(at: Scene, slot: Slot) -> Part:
    """What a slot asks about: somebody's words, or an option's text."""
    if slot.words:
        return Words(slot.words)
    return at.local(next(option.text for option in slot.question.options if option.id == slot.item))


def _total(at: Scene, slot: Slot, tally: Tally, *, secret: bool, veiled: bool) -> list[Block]:
    question = slot.question
    if not tally.ballots:
        return [block(t("Nobody has answered this."), kind="note")]
    if veiled and (tally.ballots < FEWEST or tally.method in ("number", "score")):
        return [block(t("Too few people answered to show a result."), kind="note")]
    if tally.method == "number":
        return [block(_numbers(tally, secret=secret), kind="item")]
    if tally.method == "score":
        return [block(_points(question.low, question.high, tally), kind="item")]
    if slot.item:
        return [block(_in_short(at, slot, tally, veiled=veiled, counts=True), kind="item")]
    blocks = [
        block(t("{option}: {share}", option=label, share=_share(n, tally, veiled, counts=True)), kind="item")
        for label, n in _columns(at, slot, tally)
    ]
    if tally.median is not None and not veiled:
        middle = dict(options(slot))[tally.median]
        blocks.append(block(t("The middle answer is: {answer}", answer=wording(at, middle)), kind="note"))
    return blocks


def _in_short(at: Scene, slot: Slot, tally: Tally, *, veiled: bool, counts: bool = False) -> Part:
    """A result in one line."""
    if not tally.ballots:
        return t("nobody has answered")
    if veiled and (tally.ballots < FEWEST or tally.method in ("number", "score")):
        return t("too few to show a result")
    if tally.method == "number":
        return _decimal(tally.median or "0")
    if tally.method == "score":
        return t("{mean} points", mean=_decimal(tally.mean or "0"))
    return Several(
        tuple(
            t("{option}: {share}", option=label, share=_share(n, tally, veiled, counts=counts))
            for label, n in _columns(at, slot, tally)
        )
    )


def _columns(at: Scene, slot: Slot, tally: Tally) -> Iterator[tuple[Part, int]]:
    """The options in the order of the ballot, and how many chose each."""
    for id, label in options(slot):
        yield wording(at, label), tally.counts.get(DONT_KNOW if id == "dk" else id, 0)


def _share(n: int, tally: Tally, veiled: bool, *, counts: bool) -> Phrase:
    if veiled:
        return in_words(n, tally.ballots)
    share = percent(Fraction(n, tally.ballots))
    if counts:
        return t("{n} of {total} ({percent} %)", n=n, total=tally.ballots, percent=share)
    return t("{percent} %", percent=share)


def in_words(n: int, total: int) -> Phrase:
    """How many of a small number of people, without saying it."""
    if 5 * n > 3 * total:
        return t("most")
    return t("few") if 5 * n < 2 * total else t("about half")


def percent(share: Fraction) -> int:
    """A share in whole per cent, halves rounded up."""
    return (200 * share.numerator + share.denominator) // (2 * share.denominator)


def _numbers(tally: Tally, *, secret: bool) -> Phrase:
    """The lowest and the highest number are somebody's own, so a secret ballot keeps them."""
    n = tally.ballots - tally.counts.get(DONT_KNOW, 0)
    if tally.median is None or tally.low is None or tally.high is None:
        return t("Nobody gave a number.")
    if secret:
        return tn(
            "The middle answer is {middle}; {n} person answered.",
            "The middle answer is {middle}; {n} people answered.",
            n,
            middle=_decimal(tally.median),
        )
    return tn(
        "The middle answer is {middle}, the answers lie between {low} and {high}; {n} person answered.",
        "The middle answer is {middle}, the answers lie between {low} and {high}; {n} people answered.",
        n,
        middle=_decimal(tally.median),
        low=_decimal(tally.low),
        high=_decimal(tally.high),
    )


def _points(low: int, high: int, tally: Tally) -> Phrase:
    if tally.mean is None:
        return t("Nobody gave points.")
    return tn(
        "{mean} points on average, on a scale from {low} to {high}; {n} person answered.",
        "{mean} points on average, on a scale from {low} to {high}; {n} people answered.",
        tally.ballots - tally.counts.get(DONT_KNOW, 0),
        mean=_decimal(tally.mean),
        low=low,
        high=high,
    )


def _decimal(text: str) -> Plain:
    """A fraction with at most two digits behind the point."""
    hundredths = Fraction(text) * 100
    whole = (2 * hundredths.numerator + hundredths.denominator) // (2 * hundredths.denominator)
    shown = f"{abs(whole) // 100}.{abs(whole) % 100:02}".rstrip("0").rstrip(".")
    return Plain(f"-{shown}" if whole < 0 else shown)


__all__ = [
    "FEW",
    "FEWEST",
    "LONGEST",
    "Tallies",
    "hidden",
    "in_words",
    "item_of",
    "not_shown",
    "percent",
    "read_counts",
    "record_counts",
    "result_blocks",
    "shares_words",
    "site_name",
    "total_of",
]
