"""Two statements that say the same become one sentence: with the yes of everybody who wrote them, and never without.

Invariants:

* A machine may suggest a pair (`suggest`), a person who leads the table may name one; the authors decide: "is this your point
  too?"
* Where one is negated and the other not, where they stand on different sides, or where people voted otherwise on them, nobody is
  asked: that is no double.
* The sentence stands in the words of the first, points at all that was written, and counts each person once.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Mapping
from dataclasses import replace
from itertools import combinations

from bot.core.cues import known, turned_round
from bot.core.drafts.authorship import answer
from bot.core.drafts.draft import Draft
from bot.core.drafts.presenting import place_of, reshown
from bot.core.effects import Effect, Note, Say
from bot.core.heard import Heard
from bot.core.ids import derive
from bot.core.message import Block, Button, Phrase, block, t
from bot.core.retelling import FOLDED, in_own, original
from bot.core.series import focus_on
from bot.core.spans import until
from bot.core.state import DigestSentence

VOTERS = 3
"""People who voted on both statements, from whom on their votes tell something."""
PAIRS = 4
"""Up to so many sentences every pair of them has a button; of more the numbers are asked for."""
SUGGESTED = 3
"""So many pairs are suggested at once."""

SETTLED = t("This has been settled already, so nothing was changed.")

Changes = Generator[Effect, None, Draft]


def suggest(draft: Draft, pairs: Iterable[tuple[str, str]], key: str) -> Changes:
    """A program takes these pairs of statements for the same, the likeliest first: show them to those who lead the table.
    Statements are named by the ids of their contributions; at least one of a pair must stand in the digest. `key` names the
    suggestion: the same one is shown once."""
    if draft.digest.state != "draft":
        return draft
    before = [tuple(pair) for pair in draft.note("alike", ())]
    new = [(a, b) for a, b in pairs if not {(a, b), (b, a)} & set(before) and _points(draft, a, b) is not None]
    new = [(a, b) for a, b in new if (both := _points(draft, a, b)) and apart(draft, *both) is None][:SUGGESTED]
    if not new:
        return draft
    draft = draft.noted(alike=[list(pair) for pair in (*before, *new)])
    yield from reshown(draft, key)
    return draft


def fold(draft: Draft, heard: Heard) -> Changes:
    """Whoever leads the table has seen two that say the same: which?"""
    numbered = [(n, s) for n, s in enumerate(draft.digest.sentences, 1) if not s.left_out]
    blocks: list[Block] = [
        block(t("Which two say the same? Their authors are asked; only with their yes they become one."))
    ]
    for number, sentence in numbered:
        blocks.append(block(f"{number}. ", original(sentence.worded), kind="quote"))
    if len(numbered) > PAIRS:
        question = draft.press("two")
        blocks.append(block(t("Please write their numbers, for example: 2 5")))
        yield from focus_on(draft.at, question)
        yield answer(draft, heard, *blocks, asks=question)
        return draft
    pairs = [(one, other) for one, other in combinations(numbered, 2) if apart(draft, one[1], other[1]) is None]
    if not pairs:
        yield answer(draft, heard, block(t("No two of these can be put together: each says something of its own.")))
        return draft
    buttons = tuple(
        Button(
            t("{one} and {other}", one=one[0], other=other[0]),
            draft.press("pair", f"{one[1].sources[0]}+{other[1].sources[0]}"),
        )
        for one, other in pairs
    )
    yield answer(draft, heard, *blocks, buttons=buttons)
    return draft


def two(draft: Draft, heard: Heard) -> Changes:
    """The numbers of two sentences have been typed."""
    found = [s for number in re.findall(r"\d+", heard.text)[:3] if (s := draft.sentence(number)) is not None]
    if len(found) != 2 or found[0][0] == found[1][0]:
        said = t("Please write the numbers of two sentences that stand in the draft, for example: 2 5")
        yield answer(draft, heard, block(said), asks=draft.press("two"))
        return draft
    yield from focus_on(draft.at, "")
    return (yield from pair(draft, heard, f"{found[0][1].sources[0]}+{found[1][1].sources[0]}"))


def pair(draft: Draft, heard: Heard, rest: str) -> Changes:
    """Ask the authors of two statements whether they mean the same."""
    one, _, other = rest.partition("+")
    found = _points(draft, one, other)
    if found is None or {rest, f"{other}+{one}"} & draft.note("folds", {}).keys():
        yield answer(draft, heard, block(SETTLED))
        return draft
    first, second = found
    if (why := apart(draft, first, second)) is not None:
        yield answer(draft, heard, block(why))
        return draft
    draft = draft.noted(folds={**draft.note("folds", {}), rest: []})
    yield Note("asked_same", draft.at.seat.id, {"digest": draft.digest.id})
    for seat in dict.fromkeys((*draft.authors(first), *draft.authors(second))):
        if seat not in draft.gone:
            yield _question(draft, rest, first, second, seat)
    said = t("Thank you. Whoever wrote them is asked. Until all of them say yes, each stands for itself.")
    yield answer(draft, heard, block(said))
    return draft


def same(draft: Draft, heard: Heard, rest: str) -> Changes:
    """An author says whether this is their point too. `rest`: yes or no, and the pair."""
    at = draft.at
    said, _, names = rest.partition("+")
    one, _, other = names.partition("+")
    folds, found = dict(draft.note("folds", {})), _points(draft, one, other)
    if found is None or names not in folds or at.seat.id not in (*draft.authors(found[0]), *draft.authors(found[1])):
        yield answer(draft, heard, block(SETTLED))
        return draft
    agreed = list(dict.fromkeys([*folds.pop(names), at.seat.id]))
    if said != "yes":
        draft = draft.noted(folds=folds, apart=[*draft.note("apart", ()), names])
        yield answer(draft, heard, block(t("Thank you. Each stands for itself.")))
        head = t("Whoever wrote them says that these are two different points. Each stands for itself.")
        yield from reshown(draft, derive(heard.id), head=head)
        return draft
    if not {*draft.authors(found[0]), *draft.authors(found[1])} <= set(agreed):
        draft = draft.noted(folds={**folds, names: agreed})
        yield answer(draft, heard, block(t("Thank you. They become one once everybody who wrote them says so.")))
        return draft
    yield Note("folded", data={"digest": draft.digest.id})
    draft = folded(draft.noted(folds=folds), *found)
    yield answer(draft, heard, block(t("Thank you. They are one sentence now.")))
    head = t("Whoever wrote them says that two of these are one point. They are one sentence now.")
    yield from reshown(draft, derive(heard.id), head=head)
    return draft


def folded(draft: Draft, first: DigestSentence, second: DigestSentence) -> Draft:
    """The draft with two of its points as one sentence, in the words of the first."""
    both = replace(first, sources=tuple(dict.fromkeys((*first.sources, *second.sources))))
    sentences = []
    for sentence in draft.digest.sentences:
        if sentence is first:
            sentences.append(draft.counted(both))
        elif sentence is second:
            sentences.append(replace(second, left_out=FOLDED))
        else:
            sentences.append(sentence)
    return draft.having(sentences)


def apart(draft: Draft, one: DigestSentence, other: DigestSentence) -> Phrase | None:
    """Why two points are none of the same; None where they may be."""
    items = {i.id: i for i in draft.items}
    sides = {items[s].side for s in (*one.sources, *other.sources) if s in items}
    if len(sides) > 1:
        return t("These two stand on different sides, so they are not put together.")
    said = [[items[s] for s in each.sources if s in items] for each in (one, other)]
    wordings = [draft.wording(each.words) for each in (one, other)]
    said = [[*items_of, *([w] if w is not None else [])] for items_of, w in zip(said, wordings, strict=True)]
    for a in said[0]:
        for b in said[1]:
            if known(a.spoken) and known(b.spoken) and turned_round(a.text, b.text, a.spoken, b.spoken):
                return t("One of these two says no where the other does not, so they are not put together.")
    votes = [_votes(draft, each) for each in (one, other)]
    if one.minority != other.minority or voted_otherwise(*votes):
        return t("People answered differently to these two, so they are not put together.")
    return None


def voted_otherwise(one: Mapping[str, int], other: Mapping[str, int]) -> bool:
    """Whether more people voted for one statement and against the other than did the same on both: seat, 1, -1 or 0."""
    pairs = [(one[seat], other[seat]) for seat in one.keys() & other.keys()]
    against = sum(a * b < 0 for a, b in pairs)
    return len(pairs) >= VOTERS and against > sum(a * b > 0 for a, b in pairs)


def _votes(draft: Draft, point: DigestSentence) -> dict[str, int]:
    cast: dict[str, int] = {}
    for source in point.sources:
        for seat, vote in draft.agreements.get(source, {}).items():
            cast[seat] = vote if cast.get(seat, vote) == vote else 0
    return cast | dict.fromkeys(draft.authors(point), 1)


def _points(draft: Draft, one: str, other: str) -> tuple[DigestSentence, DigestSentence] | None:
    """The sentences, or the loose statement, that two statements stand for, the one shown first in front; None where they are
    one already, or where none of them stands."""
    if not draft.author(one) or not draft.author(other):
        return None
    places = sorted((place_of(draft, id) or len(draft.digest.sentences) + 1, id) for id in (one, other))
    if places[0][0] == places[1][0] or places[0][0] > len(draft.digest.sentences):
        return None
    found = [draft.sentence(str(place)) for place, _ in places]
    first = found[0][1] if found[0] is not None else None
    if first is None:
        return None
    loose = DigestSentence((places[1][1],), 0, 0, first.minority)
    return first, found[1][1] if found[1] is not None else loose


def _question(draft: Draft, names: str, first: DigestSentence, second: DigestSentence, seat: str) -> Say:
    """Each author reads the words of the other first, and then their own."""
    at = draft.at
    own, other = (first, second) if seat in draft.authors(first) else (second, first)
    blocks = [
        block(t("Is this your point too?")),
        block(in_own(other.worded), kind="quote"),
        block(t("Your words:")),
        block(original(own.words or next(s for s in own.sources if draft.author(s) == seat)), kind="quote"),
        block(t("If everybody who wrote them says yes, they become one sentence, in these words:")),
        block(in_own(first.worded), kind="quote"),
        block(t("It is said beside it that more than one person wrote it."), kind="note"),
    ]
    if draft.closes is not None:
        note = t("If you do not answer until {when}, each stands for itself.", when=until(draft.closes, at.now))
        blocks.append(block(note, kind="note"))
    buttons = (
        Button(t("Yes, that is my point too"), draft.press("same", f"yes+{names}")),
        Button(t("No, mine is another"), draft.press("same", f"no+{names}")),
    )
    return Say(f"seat:{seat}", at.message(*blocks, buttons=buttons), draft.key("same", names, seat))
