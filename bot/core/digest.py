"""A short text drawn from what people said: whole statements, chosen so that every large enough group is heard.

Invariants:

* Every sentence points at the statements it comes from; nothing is rewritten, and two people who wrote the same words share
  one sentence.
* Of n members who agree with anything and k sentences asked for, n/k who agree with one and the same statement are never
  all left out: some sentence speaks for at least one of them (greedy balanced justified representation: each sentence
  uses up n/k of its people, so that two thirds of the people get about two thirds of the sentences, and not all).
* When somebody holds a minority position, one is in; of an option for and against which people spoke, both sides are in. They
  take the place of a sentence only if nobody becomes unheard by that; else the digest gets one more than was asked for.
* Same statements, votes and seed, same digest, in whatever order they come.

Silence is not agreement: whoever did not vote agrees with their own statements and nothing else.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from bot.core.lots import rank

SIDES = ("for", "against")


@dataclass(frozen=True)
class Statement:
    """Something said that can be agreed with. `side` is "for", "against" or anything else, `at_order` when it was said, `about`
    the option for or against which it speaks, where there are several."""

    id: str
    author: str
    side: str
    words: int
    at_order: int
    about: str = ""


@dataclass(frozen=True)
class Sentence:
    """One sentence of a digest: the statements with these words, in the order said, and how many agree or disagree.

    `minority`: more members reject it than accept it, or it speaks for some whom no majority sentence speaks for.
    """

    sources: tuple[str, ...]
    support: int
    against: int
    minority: bool

    def __post_init__(self) -> None:
        if not self.sources:
            raise ValueError("a sentence of a digest must name the statements it comes from")


@dataclass(frozen=True)
class Digest:
    """`unheard`: members who agree with no sentence, the silent among them; `more`: how much else was said."""

    sentences: tuple[Sentence, ...]
    unheard: int
    more: int = 0


@dataclass(frozen=True)
class _Position:
    """Statements with the same words, and who of the members agrees, disagrees, or has seen it: bit i is member i."""

    key: str
    sources: tuple[str, ...]
    authors: tuple[str, ...]
    side: str
    about: str
    words: int
    order: tuple[int, str]
    agree: int
    reject: int
    seen: int
    lot: str

    @property
    def majority(self) -> bool:
        """More than half of those who were asked agree."""
        return 2 * self.agree.bit_count() > self.seen.bit_count()

    @property
    def merit(self) -> tuple[int, int, int, str]:
        """Sorts the better one first when two speak for equally many unheard: support, few against, brief, the lot."""
        return -self.agree.bit_count(), self.reject.bit_count(), self.words, self.lot


def normal(text: str) -> str:
    """Equal for texts that differ only in spaces and compatibility forms of letters."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def same_words(text: str) -> str:
    """Equal for texts that differ only in case, spaces and compatibility forms of letters."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).split())


def draw(
    statements: Iterable[Statement],
    votes: Mapping[str, Mapping[str, int]],
    members: Sequence[str],
    size: int,
    seed: str,
    fold: Mapping[str, str] = MappingProxyType({}),
) -> Digest:
    """Draw a digest of `size` sentences, or a few more so that a minority and both sides are in.

    `votes`: statement id, voter, 1 agrees, -1 disagrees, 0 passes; only `members` count. `fold`: statement id to its text;
    statements of one side whose texts are `same_words` become one sentence. With no votes at all every author gets a
    sentence before anyone gets a second one, in an order drawn from the seed. ValueError for a size below 1.
    """
    if size < 1:
        raise ValueError(f"a digest has at least one sentence, found a size of {size}")
    people = sorted(set(members))
    bit = {member: 1 << i for i, member in enumerate(people)}
    positions = _positions(statements, votes, bit, seed, fold)
    active = _union(position.agree for position in positions)
    quota = max(1, -(-active.bit_count() // size))
    voted = any(votes.get(source, {}).keys() & bit.keys() for p in positions for source in p.sources)
    if voted or any(position.agree.bit_count() > 1 for position in positions):
        chosen = _fair(positions, people, size, quota, seed)
    else:
        chosen = _rounds(positions, set(people), size, seed)
    chosen = _complete(chosen, positions, [_minority, _sides] if voted else [_sides])
    return _digest(chosen, people, voted=voted)


def most_agreed(
    statements: Iterable[Statement],
    votes: Mapping[str, Mapping[str, int]],
    members: Sequence[str],
    size: int,
    seed: str,
    fold: Mapping[str, str] = MappingProxyType({}),
) -> Digest:
    """The statements with which most agree, and what is missing of both sides: no fair slate, which `draw` makes, but what a
    table finds strongest. Arguments as for `draw`."""
    people = sorted(set(members))
    positions = _positions(statements, votes, {member: 1 << i for i, member in enumerate(people)}, seed, fold)
    chosen = _complete(sorted(positions, key=lambda p: p.merit)[:size], positions, [_sides])
    voted = any(p.seen.bit_count() > len(p.authors) for p in positions)
    return _digest(chosen, people, voted=voted, more=len(positions) - len(chosen))


def in_order(
    statements: Iterable[Statement],
    votes: Mapping[str, Mapping[str, int]],
    members: Sequence[str],
    most: int,
    seed: str,
    fold: Mapping[str, str] = MappingProxyType({}),
) -> Digest:
    """Everything that was said, in its order; where that is more than `most`, something of everybody before anything else."""
    people = sorted(set(members))
    positions = _positions(statements, votes, {member: 1 << i for i, member in enumerate(people)}, seed, fold)
    chosen = positions if len(positions) <= most else _rounds(positions, set(people), most, seed)
    chosen = sorted(_complete(chosen, positions, [_sides]), key=lambda p: p.order)
    voted = any(p.seen.bit_count() > len(p.authors) for p in positions)
    return _digest(chosen, people, voted=voted, more=len(positions) - len(chosen))


def _digest(chosen: list[_Position], people: list[str], *, voted: bool, more: int = 0) -> Digest:
    heard = _union(position.agree for position in chosen)
    minorities = _held_by_few(chosen, chosen) if voted else set()
    return Digest(
        tuple(
            Sentence(p.sources, p.agree.bit_count(), p.reject.bit_count(), minority=p.key in minorities) for p in chosen
        ),
        len(people) - heard.bit_count(),
        more,
    )


def _positions(
    statements: Iterable[Statement],
    votes: Mapping[str, Mapping[str, int]],
    bit: Mapping[str, int],
    seed: str,
    fold: Mapping[str, str],
) -> list[_Position]:
    """The statements, doubles folded, in the order said. Who agrees with one double and rejects another counts as neither."""
    groups: dict[tuple[str, ...], list[Statement]] = {}
    for statement in sorted(statements, key=lambda s: (s.at_order, s.id)):
        words = same_words(fold[statement.id]) if statement.id in fold else None
        same = (statement.id,) if words is None else (statement.about, statement.side, words)
        groups.setdefault(same, []).append(statement)
    found = []
    for group in groups.values():
        cast = [(bit[voter], vote) for s in group for voter, vote in votes.get(s.id, {}).items() if voter in bit]
        authors = _union(bit.get(s.author, 0) for s in group)
        agree = _union(voter for voter, vote in cast if vote > 0)
        reject = _union(voter for voter, vote in cast if vote < 0)
        first = group[0]
        found.append(
            _Position(
                key=first.id,
                sources=tuple(s.id for s in group),
                authors=tuple(dict.fromkeys(s.author for s in group)),
                side=first.side,
                about=first.about,
                words=first.words,
                order=(first.at_order, first.id),
                agree=(agree & ~reject) | authors,
                reject=reject & ~agree & ~authors,
                seen=_union(voter for voter, _ in cast) | authors,
                lot=rank(seed, "statement", first.id),
            )
        )
    return found


def _union(bits: Iterable[int]) -> int:
    total = 0
    for some in bits:
        total |= some
    return total


def _places(bits: int) -> list[int]:
    """The members in a set of bits."""
    return [i for i, digit in enumerate(reversed(f"{bits:b}")) if digit == "1"]


def _fair(positions: list[_Position], people: list[str], size: int, quota: int, seed: str) -> list[_Position]:
    """Again and again the statement that most of the people not yet spoken for agree with; a fair share of them is then
    spoken for: those with the fewest other statements first, so that the others keep theirs. When all are spoken for and
    there is room, the round begins anew, without what most reject."""
    agreed = [0] * len(people)
    for position in positions:
        for i in _places(position.agree):
            agreed[i] += 1
    order = sorted(range(len(people)), key=lambda i: (agreed[i], rank(seed, "member", people[i])))
    everybody = (1 << len(people)) - 1
    waiting = everybody
    left = list(positions)
    chosen: list[_Position] = []
    while left and len(chosen) < size:
        best = min(left, key=lambda p: (-(p.agree & waiting).bit_count(), p.merit))
        if not best.agree & waiting:
            left = [p for p in left if p.agree.bit_count() > p.reject.bit_count()]
            waiting = everybody
            continue
        left.remove(best)
        chosen.append(best)
        moved = set(_places(best.agree & waiting))
        waiting &= ~_union(1 << i for i in [i for i in order if i in moved][:quota])
    return chosen


def _rounds(positions: list[_Position], members: set[str], size: int, seed: str) -> list[_Position]:
    """One statement per author in rounds; members before those who are gone, within that by lot."""
    turns: dict[str, int] = {}
    queue = []
    for position in positions:
        author = min(position.authors, key=lambda a: (turns.get(a, 0), a not in members, rank(seed, "author", a)))
        turns[author] = turns.get(author, 0) + 1
        queue.append((turns[author], author not in members, rank(seed, "author", author), position.key, position))
    return [position for *_, position in sorted(queue, key=lambda entry: entry[:4])[:size]]


_Need = Callable[[list[_Position], list[_Position]], list[_Position]]
"""What a digest lacks: candidates for it, best first; none if nothing is lacking or nobody said such a thing."""


def _held_by_few(chosen: list[_Position], among: Iterable[_Position]) -> set[str]:
    """The minority positions: most reject them, or they are no majority's and some who agree have no majority sentence."""
    spoken_for = _union(p.agree for p in chosen if p.majority)
    return {
        p.key
        for p in among
        if p.agree and (p.reject.bit_count() > p.agree.bit_count() or (not p.majority and p.agree & ~spoken_for))
    }


def _minority(chosen: list[_Position], positions: list[_Position]) -> list[_Position]:
    if _held_by_few(chosen, chosen):
        return []
    held = _held_by_few(chosen, positions)
    heard = _union(p.agree for p in chosen)
    return sorted((p for p in positions if p.key in held), key=lambda p: (-(p.agree & ~heard).bit_count(), p.merit))


def _sides(chosen: list[_Position], positions: list[_Position]) -> list[_Position]:
    there = {(p.about, p.side) for p in chosen}
    lacking = (p for p in positions if p.side in SIDES and (p.about, p.side) not in there)
    return sorted(lacking, key=lambda p: p.merit)


def _complete(chosen: list[_Position], positions: list[_Position], needs: list[_Need]) -> list[_Position]:
    """The digest with what it lacks: in the place of the last sentence whose people are all spoken for by others, else
    one more at the end. It ends: a replacement meets one need more and breaks none, and statements run out."""
    while lacking := [need for need in needs if need(chosen, positions)]:
        added = lacking[0](chosen, positions)[0]
        met = [need for need in needs if need not in lacking or need is lacking[0]]
        heard = _union(p.agree for p in chosen)
        for i in reversed(range(len(chosen))):
            tried = [*chosen[:i], *chosen[i + 1 :], added]
            if not heard & ~_union(p.agree for p in tried) and not any(need(tried, positions) for need in met):
                chosen = tried
                break
        else:
            chosen = [*chosen, added]
    return chosen
