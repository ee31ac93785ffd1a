"""Counting ballots and deciding, exactly.

Invariants:

* No floats, ever: whole numbers and fractions. 700 of 1,000 passes 70 %, 699 of 999 does not.
* The order of the ballots changes nothing, and two counts of the same ballots are equal.
* Silence is never agreement: who did not answer counts in no column, and nothing is adopted with nobody in favour.
* Abstentions (`abstain`, `dont_know`, and for statements `pass` and `unclear`) count for the quorum; with the base
  `cast_without_abstentions` they never count for the ratio.

A fraction in a result is text, "numerator/denominator".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, get_args

from bot.core.lots import rank

Method = Literal["single", "multi", "approval", "yes_no_abstain", "score", "likert", "number", "agree"]
Choice = str | int | Sequence[str]
"""`single`: an option. `multi`, `approval`: a list of options. `score`, `likert`: a whole number. `number`: a decimal
string. `yes_no_abstain` and `agree`: their words. Everywhere also "dont_know"."""

DONT_KNOW = "dont_know"
FIXED: Mapping[str, tuple[str, ...]] = {
    "yes_no_abstain": ("yes", "no", "abstain"),
    "agree": ("agree", "disagree", "pass", "unclear"),
}
"""Methods whose options are always the same; `count` takes `()` for them."""

GRADED = ("score", "likert")
IN_FAVOUR: Mapping[str, str | None] = {
    "yes_no_abstain": "yes",
    "agree": "agree",
    "single": None,
    "multi": None,
    "approval": None,
}
"""The methods `decide` understands: which column is in favour. None means the column that bears the item's own id."""

_NUMBER = re.compile(r"(-?)([0-9]{1,30})(?:\.([0-9]{1,30}))?")


@dataclass(frozen=True)
class Tally:
    """A finished count. `counts`: voters per option, grade or number; `ballots`: people who answered.

    `median` of grades is the lower one of the middle two; of numbers it lies halfway between them. `sum`, `mean`, `low`
    and `high` are None where they have no meaning or nobody gave a number.
    """

    method: Method
    counts: dict[str, int]
    ballots: int
    sum: str | None = None
    mean: str | None = None
    median: str | None = None
    low: str | None = None
    high: str | None = None

    def to_json(self) -> dict[str, Any]:
        """A value for JSON. The figures derived from the counts are left out; `from_json` works them out again."""
        return {"method": self.method, "counts": self.counts, "ballots": self.ballots}

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Tally:
        if data["method"] not in get_args(Method):
            raise ValueError(f"{data['method']!r} is no way of voting that can be counted")
        return _finish(data["method"], dict(data["counts"]), data["ballots"])


def count(method: Method, options: Sequence[str], ballots: Iterable[tuple[Choice, int]]) -> Tally:
    """Count `(choice, how many people gave it)`.

    `options` in the order of the ballot: option ids, for `score` and `likert` the grades as text from low to high, for
    `number` nothing. A choice named twice on one ballot counts once; one that the ballot does not have is a ValueError.
    """
    if method not in get_args(Method):
        raise ValueError(f"{method!r} is no way of voting that can be counted")
    counts = dict.fromkeys(FIXED.get(method) or options, 0)
    people = 0
    for choice, voters in ballots:
        if voters < 0:
            raise ValueError(f"{voters} people cannot have given a ballot")
        people += voters
        for mark in _marks(method, choice):
            if mark not in counts and mark != DONT_KNOW and method != "number":
                raise ValueError(f"the choice {mark!r} is not on this ballot; it has {', '.join(counts) or 'nothing'}")
            counts[mark] = counts.get(mark, 0) + voters
    return _finish(method, counts, people)


def merge(tallies: Iterable[Tally]) -> Tally:
    """One count of several, such as the tables of a site. ValueError if their methods differ or none is given."""
    all_of_them = list(tallies)
    methods = {tally.method for tally in all_of_them}
    if len(methods) != 1:
        raise ValueError(f"counts of {len(methods)} methods cannot be added up; give one method and at least one count")
    counts: dict[str, int] = {}
    for tally in all_of_them:
        for mark, voters in tally.counts.items():
            counts[mark] = counts.get(mark, 0) + voters
    return _finish(methods.pop(), counts, sum(tally.ballots for tally in all_of_them))


def _marks(method: Method, choice: Choice) -> Iterable[str]:
    """The columns one ballot counts in."""
    if choice == DONT_KNOW:
        return (DONT_KNOW,)
    if method in ("multi", "approval"):
        if isinstance(choice, str | int):
            raise ValueError(f"this ballot takes a list of options, found {choice!r}")
        return dict.fromkeys(choice)
    if method in GRADED:
        if isinstance(choice, bool) or not isinstance(choice, int):
            raise ValueError(f"this ballot takes a whole number, found {choice!r}")
        return (str(choice),)
    if not isinstance(choice, str):
        raise ValueError(f"this ballot takes one choice, found {choice!r}")
    return (_plain_number(choice),) if method == "number" else (choice,)


def _plain_number(text: str) -> str:
    """The same number always in the same writing: "007.50" is "7.5", "-0" is "0"."""
    found = _NUMBER.fullmatch(text)
    if not found:
        raise ValueError(
            f"{text[:40]!r} is not a number such as 12 or 12.5 (at most 30 digits on each side of the point)"
        )
    sign, whole, part = found[1], found[2].lstrip("0") or "0", (found[3] or "").rstrip("0")
    plain = f"{whole}.{part}" if part else whole
    return plain if plain == "0" else sign + plain


def _finish(method: Method, counts: dict[str, int], people: int) -> Tally:
    """Order the columns and derive the figures. Empty number columns are dropped: they were never on the ballot."""
    unknown = {DONT_KNOW: counts.pop(DONT_KNOW)} if DONT_KNOW in counts else {}
    if method == "number":
        counts = {mark: counts[mark] for mark in sorted(counts, key=Fraction) if counts[mark]}
    voters = sum(counts.values())
    if method not in (*GRADED, "number") or not voters:
        return Tally(method, counts | unknown, people)
    values = sorted((Fraction(mark), n) for mark, n in counts.items())
    total = sum((value * n for value, n in values), Fraction(0))
    lower, upper = _at(values, (voters - 1) // 2), _at(values, voters // 2)
    mean = _text(total / voters)
    if method in GRADED:
        return Tally(method, counts | unknown, people, mean=mean, median=str(lower))
    low, high = _text(values[0][0]), _text(values[-1][0])
    return Tally(method, counts | unknown, people, _text(total), mean, _text((lower + upper) / 2), low, high)


def _at(values: Sequence[tuple[Fraction, int]], place: int) -> Fraction:
    """The value at `place`, from 0, when everybody stands in a row by value."""
    for value, n in values:
        place -= n
        if place < 0:
            return value
    raise IndexError(place)


def _text(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"


def fraction(value: str | int | Decimal) -> Fraction:
    """A share as people write it: 0.7 (a Decimal), "0.7", "2/3", "70%", "70 %", 1. ValueError says what is allowed."""
    if isinstance(value, str):
        text = value.strip()
        parts = re.fullmatch(r"([0-9]{1,9})\s*/\s*([0-9]{1,9})", text)
        if parts and int(parts[2]):
            return Fraction(int(parts[1]), int(parts[2]))
        hundredth = text.endswith("%")
        if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", number := text.removesuffix("%").rstrip()):
            return Fraction(number) / (100 if hundredth else 1)
    elif isinstance(value, Decimal):
        if value.is_finite() and abs(value.adjusted()) < 20 and len(value.as_tuple().digits) <= 40:
            return Fraction(value)
    elif not isinstance(value, bool | float):
        return Fraction(value)
    raise ValueError(f'{str(value)[:40]!r} is not a share; write 0.7, "2/3" or "70%"')


@dataclass(frozen=True)
class Quorum:
    """So many must have cast a ballot, abstentions included: at least `share` of those present or of all members."""

    of: Literal["present", "members"]
    share: Fraction


@dataclass(frozen=True)
class Rule:
    """When something is adopted; frozen as soon as the vote opens.

    * `threshold`: in favour `op` `share` of `base`.
    * `majority`: more than half of `base`; exactly half is a tie.
    * `top_k`: the `k` with most in favour, of those who reach `share` if one is given; sharing the last place is a tie.

    `ties`: "rejected" adopts none of the tied, "all" adopts them, "lot" draws from the seed. A threshold knows no ties.
    """

    kind: Literal["threshold", "majority", "top_k"]
    share: Fraction | None = None
    op: Literal[">=", ">"] = ">="
    base: Literal["cast", "cast_without_abstentions", "present", "members"] = "cast"
    quorum: Quorum | None = None
    k: int | None = None
    ties: Literal["rejected", "lot", "all"] = "rejected"

    def __post_init__(self) -> None:
        for share in (self.share, self.quorum.share if self.quorum else None):
            if share is not None and not 0 <= share <= 1:
                raise ValueError(f"a share lies between 0 and 1, found {share}")
        if self.kind == "threshold" and self.share is None:
            raise ValueError('a threshold needs its share, such as 0.7 or "2/3"')
        if self.kind == "majority" and self.share is not None:
            raise ValueError('a majority is more than half and takes no share; for another share write "threshold"')
        if self.share == 1 and self.op == ">":
            raise ValueError('"more than everybody" can never be reached; write ">=" for unanimity')
        if (self.kind == "top_k") != (self.k is not None) or (self.k is not None and self.k < 1):
            raise ValueError(f'k says how many "top_k" adopts: 1 or more, and only there; found {self.k}')


Reason = Literal[
    "reached",
    "not_reached",
    "nobody_answered",
    "no_quorum",
    "tie_rejected",
    "tie_adopted",
    "lot_adopted",
    "lot_rejected",
]


@dataclass(frozen=True)
class Verdict:
    """What the rule says of one item. `needed` is the smallest number in favour that is adopted, ties left aside.

    `cast` counts everybody who answered, `abstained` those of them who took no side.
    """

    item: str
    outcome: Literal["adopted", "rejected", "no_quorum"]
    in_favour: int
    base_count: int
    needed: int
    cast: int
    abstained: int
    reason: Reason


def decide(rule: Rule, items: Mapping[str, Tally], present: int, members: int, seed: str) -> list[Verdict]:
    """A verdict for each item: most in favour first, equals in the order of `rank(seed, item)`.

    An item's tally is its own yes/no or agree/disagree count, or the count of a ballot on which the item is an option.
    ValueError when a tally has no column in favour (a score, a number).
    """
    found = {item: _figures(rule, item, tally, present, members) for item, tally in items.items()}
    order = sorted(found, key=lambda item: (-found[item].in_favour, rank(seed, item)))
    if rule.kind == "top_k":
        return _best(rule, [found[item] for item in order])
    return [_settle(rule, found[item], seed) for item in order]


def _figures(rule: Rule, item: str, tally: Tally, present: int, members: int) -> Verdict:
    """The item's numbers, and its outcome as far as it does not depend on a tie or on other items."""
    column = IN_FAVOUR.get(tally.method, "")
    column = item if column is None else column
    if column not in tally.counts:
        raise ValueError(f"the {tally.method} count for {item!r} does not say who is in favour")
    in_favour = tally.counts[column]
    aside = {"abstain", DONT_KNOW} | ({"pass", "unclear"} if tally.method == "agree" else set())
    abstained = sum(voters for mark, voters in tally.counts.items() if mark in aside)
    bases = {
        "cast": tally.ballots,
        "cast_without_abstentions": tally.ballots - abstained,
        "present": present,
        "members": members,
    }
    base = bases[rule.base]
    needed = _needed(rule, base)

    def verdict(outcome: Literal["adopted", "rejected", "no_quorum"], reason: Reason) -> Verdict:
        return Verdict(item, outcome, in_favour, base, needed, tally.ballots, abstained, reason)

    if rule.quorum and tally.ballots < rule.quorum.share * (present if rule.quorum.of == "present" else members):
        return verdict("no_quorum", "no_quorum")
    if not base or not tally.ballots:
        return verdict("rejected", "nobody_answered")
    return verdict("adopted", "reached") if in_favour >= needed else verdict("rejected", "not_reached")


def _needed(rule: Rule, base: int) -> int:
    if rule.kind == "majority":
        return base // 2 + 1
    share = (rule.share or Fraction(0)) * base
    least = share.numerator // share.denominator + 1 if rule.op == ">" else -(-share.numerator // share.denominator)
    return max(1, least)


def _settle(rule: Rule, verdict: Verdict, seed: str) -> Verdict:
    """A majority's exact half is a tie; everything else stands as it is."""
    half = rule.kind == "majority" and verdict.reason == "not_reached" and 2 * verdict.in_favour == verdict.base_count
    if not half:
        return verdict
    drawn = int(rank(seed, "tie", verdict.item), 16) % 2 == 0
    return _tied(rule, verdict, drawn)


def _tied(rule: Rule, verdict: Verdict, drawn: bool) -> Verdict:
    """The verdict on an item in a tie; `drawn` says whether the lot fell on it."""
    match rule.ties:
        case "rejected":
            return replace(verdict, outcome="rejected", reason="tie_rejected")
        case "all":
            return replace(verdict, outcome="adopted", reason="tie_adopted")
        case "lot" if drawn:
            return replace(verdict, outcome="adopted", reason="lot_adopted")
        case "lot":
            return replace(verdict, outcome="rejected", reason="lot_rejected")


def _best(rule: Rule, ordered: list[Verdict]) -> list[Verdict]:
    """The k best of those who may be adopted. When places are scarce, `needed` is the last place's number in favour."""
    places = rule.k or 0
    eligible = [verdict for verdict in ordered if verdict.outcome == "adopted"]
    if len(eligible) <= places:
        return ordered
    last = eligible[places - 1].in_favour
    scarce = eligible[places].in_favour == last
    drawn = {verdict.item for verdict in eligible[:places]}
    results = []
    for verdict in ordered:
        verdict = replace(verdict, needed=max(verdict.needed, last))
        if verdict.outcome == "adopted" and verdict.in_favour < last:
            verdict = replace(verdict, outcome="rejected", reason="not_reached")
        elif verdict.outcome == "adopted" and verdict.in_favour == last and scarce:
            verdict = _tied(rule, verdict, verdict.item in drawn)
        results.append(verdict)
    return results
