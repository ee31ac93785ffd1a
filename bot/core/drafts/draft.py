"""A digest on its way to approval, and the live words and votes behind it: who holds which sentence, what was taken back.

Invariants:

* A sentence keeps its number: what is left out, taken back or put together with another stays in its place, and what is new
  comes at the end.
* Words on which nobody has voted have no votes: a sentence that is worded anew is backed by its authors alone.
* Nobody's words return by themselves: where an author takes a new wording back, the old one does not stand in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.core.digest import same_words
from bot.core.retelling import FOLDED, KEPT, WITHDRAWN, standing
from bot.core.scene import Scene
from bot.core.state import Contribution, Digest, DigestSentence, Stage, Table
from bot.core.talk import table_of

THREE = 3
"""Under so many authors nothing leaves a table unless each of them agrees."""

DRAFTS = "drafts"
"""Where a stage keeps what is known of its drafts, by the digest's id."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A digest as a hook sees it. `items` are the live contributions behind it; `wordings` the `sentence`s that word them, those
    that were taken back too; `agreements`: contribution, seat, 1 agrees, -1 disagrees, 0 passes; `gone` the authors who have
    paused or left, and are asked nothing.

    `notes` is what the stage knows of it, None where that has not changed; no words, only ids: `version` counts the new words
    that have come in since it was drawn, `approved` is the seat that has approved it while authors are still asked, `may` what
    each of them has said, `edits` and `folds` what other authors are asked, `apart` the pairs that are not to be put together,
    `alike` those that a program takes for the same, `says` what the table says of the draft, once it is asked."""

    at: Scene
    digest: Digest
    items: tuple[Contribution, ...]
    agreements: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    wordings: tuple[Contribution, ...] = ()
    gone: frozenset[str] = frozenset()
    notes: Mapping[str, Any] | None = None

    @property
    def table(self) -> Table:
        return table_of(self.at)

    @property
    def closes(self) -> datetime | None:
        """When the time to work on it is over."""
        return (self.at.stage.closes if self.at.stage is not None else None) or self.at.closes

    def press(self, what: str, rest: str = "") -> str:
        """What a button under this draft carries: `step:what:table:rest:digest`, the digest only where it is an answer."""
        return self.at.press(what, self.table.id, rest, self.digest.id if self.digest.answers else "")

    def key(self, *parts: str | int) -> str:
        return self.at.key(*([self.digest.id] if self.digest.answers else []), *parts)

    def note(self, name: str, default: Any) -> Any:
        """Something that the stage knows of this draft."""
        return self._known.get(name, default)

    def noted(self, **changes: Any) -> Draft:
        """The same with something else known of it."""
        return replace(self, notes={**self._known, **changes})

    @property
    def _known(self) -> Mapping[str, Any]:
        if self.notes is not None:
            return self.notes
        drafts = self.at.stage.data.get(DRAFTS, {}) if self.at.stage is not None else {}
        known: Mapping[str, Any] = drafts.get(self.digest.id, {})
        return known

    def stage(self) -> Stage:
        """The stage as it is to be saved."""
        drafts = self.at.stage.data.get(DRAFTS, {}) if self.at.stage is not None else {}
        return self.at.with_data(**{DRAFTS: {**drafts, self.digest.id: dict(self.notes or {})}})

    # Whose words

    def author(self, statement: str) -> str:
        """Whose statement it is; "" where it does not stand any more."""
        return next((i.seat for i in self.items if i.id == statement), "")

    def authors(self, sentence: DigestSentence) -> tuple[str, ...]:
        """Those whose words a sentence is, each once, in the order of its sources."""
        return tuple(dict.fromkeys(filter(None, map(self.author, sentence.sources))))

    @property
    def everybody(self) -> tuple[str, ...]:
        """The authors of all that stands."""
        return tuple(dict.fromkeys(seat for s in standing(self.digest) for seat in self.authors(s)))

    @property
    def few(self) -> bool:
        """Whether so few people wrote what stands that each of them is asked."""
        return 0 < len(self.everybody) < THREE

    def own(self, seat: str) -> list[tuple[int, DigestSentence]]:
        """What stands there of somebody's words, by number."""
        found = enumerate(self.digest.sentences, 1)
        return [(n, s) for n, s in found if not s.left_out and seat in self.authors(s)]

    def sentence(self, number: str) -> tuple[int, DigestSentence] | None:
        """The standing sentence of this number."""
        n = int(number) if number.isdecimal() else 0
        found = self.digest.sentences[n - 1] if 1 <= n <= len(self.digest.sentences) else None
        return (n, found) if found is not None and not found.left_out else None

    def wording(self, id: str) -> Contribution | None:
        """How somebody words a statement, whether that still stands or not; None where there is no such wording."""
        return next((w for w in self.wordings if w.id == id), None)

    def text(self, sentence: DigestSentence) -> str:
        """The words in which a sentence stands; "" where they do not stand any more."""
        if sentence.words:
            wording = self.wording(sentence.words)
            return wording.text if wording is not None and wording.state == "live" else ""
        return next((i.text for i in self.items if i.id == sentence.sources[0]), "")

    def unread(self, before: Draft) -> tuple[int, ...]:
        """The numbers of what stands here in other words than before."""
        old = [same_words(before.text(s)) for s in before.digest.sentences]
        numbered = enumerate(self.digest.sentences, 1)
        return tuple(
            n for n, s in numbered if not s.left_out and (n > len(old) or same_words(self.text(s)) != old[n - 1])
        )

    def reworded(self) -> Draft:
        """The same, since new words have come in: whoever approved it before, or said something of it, has not read them."""
        return self.noted(version=self.note("version", 0) + 1, approved="", says=None)

    # Who agrees

    def holders(self, sentence: DigestSentence) -> set[str]:
        """Who agrees with a sentence: its authors, and those who voted for these words."""
        return self._voted(sentence, 1) | set(self.authors(sentence))

    def last_of_minority(self, sentence: DigestSentence) -> bool:
        """True if somebody who holds this minority's view would be left without any sentence of a minority."""
        if not sentence.minority:
            return False
        others = [s for s in standing(self.digest) if s.minority and s is not sentence]
        spoken_for = {seat for other in others for seat in self.holders(other)}
        return not self.holders(sentence) <= spoken_for

    def counted(self, sentence: DigestSentence) -> DigestSentence:
        """The sentence with its support counted anew. Who agrees with one double and rejects another counts as neither."""
        here = set(members(self.table))
        against = self._voted(sentence, -1) - set(self.authors(sentence))
        return replace(sentence, support=len(self.holders(sentence) & here), against=len(against & here))

    def _voted(self, sentence: DigestSentence, which: int) -> set[str]:
        if sentence.words:
            return set()
        votes = [self.agreements.get(source, {}) for source in sentence.sources]
        same = {seat for cast in votes for seat, vote in cast.items() if vote * which > 0}
        return same - {seat for cast in votes for seat, vote in cast.items() if vote * which < 0}

    # The digest, changed

    def now(self) -> Draft:
        """The digest as it is now: without what was taken back since, and with those for whom no sentence speaks any more."""
        return self.having(map(self._live, self.digest.sentences))

    def having(self, sentences: Iterable[DigestSentence]) -> Draft:
        """The same digest with these sentences, and counted anew for how many members they speak."""
        digest = replace(self.digest, sentences=tuple(sentences))
        here = set(members(self.table))
        heard = {seat for s in standing(digest) for seat in self.holders(s)}
        return replace(self, digest=replace(digest, unheard=len(here - heard), members=len(here)))

    def changing(self, number: int, sentence: DigestSentence, *more: DigestSentence) -> Draft:
        """The same digest with this sentence in the place of the one of this number, and more of them at the end."""
        sentences = list(self.digest.sentences)
        sentences[number - 1] = sentence
        return self.having([*sentences, *more])

    def without(self, sentence: DigestSentence, seats: Iterable[str], reason: str) -> DigestSentence:
        """A sentence without what these people said; left out for this reason where nobody else said it."""
        gone = set(seats)
        sources = tuple(s for s in sentence.sources if self.author(s) not in gone)
        if sources == sentence.sources:
            return sentence
        if not sources:
            return replace(sentence, left_out=reason)
        wording = self.wording(sentence.words)
        stays = wording is not None and not gone & set(wording.authors)
        kept = (sentence.words, sentence.model) if stays else ("", "")
        return self.counted(replace(sentence, sources=sources, words=kept[0], model=kept[1]))

    def _live(self, sentence: DigestSentence) -> DigestSentence:
        if sentence.left_out in (WITHDRAWN, FOLDED, KEPT):
            return sentence
        wording = self.wording(sentence.words)
        if sentence.words and (wording is None or wording.state != "live"):
            alone = wording is not None and len(wording.authors) == 1
            taken_back = wording.authors if wording is not None and alone else ()
            sentence = replace(sentence, words="", model="")
            sentence = self.counted(self.without(sentence, taken_back, WITHDRAWN))
        sources = tuple(s for s in sentence.sources if self.author(s))
        if not sources:
            return replace(sentence, left_out=WITHDRAWN)
        return sentence if sources == sentence.sources else self.counted(replace(sentence, sources=sources))


def members(table: Table) -> list[str]:
    """The seats of those who take part at a table."""
    return [s.id for s in table.members if s.status == "active"]
