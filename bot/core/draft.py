"""A digest on its way to approval, and the live words and votes behind it: who holds which sentence, what was taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.core.retelling import WITHDRAWN, standing
from bot.core.scene import Scene
from bot.core.state import Contribution, Digest, DigestSentence, Table
from bot.core.talk import table_of


@dataclass(frozen=True, slots=True)
class Draft:
    """A digest as a hook sees it. `items` are the live contributions behind it, `wordings` the live `sentence`s that word them;
    `agreements`: contribution, seat, 1 agrees, -1 disagrees, 0 passes. A step that has several digests at one table tells them
    apart by their ids (`named`)."""

    at: Scene
    digest: Digest
    items: tuple[Contribution, ...]
    agreements: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    wordings: tuple[Contribution, ...] = ()

    @property
    def table(self) -> Table:
        return table_of(self.at)

    def press(self, what: str, rest: str = "") -> str:
        """What a button under this draft carries: `step:what:table:rest:digest`, the digest only where it is an answer."""
        return self.at.press(what, self.table.id, rest, self.digest.id if self.digest.answers else "")

    def now(self) -> Draft:
        """The digest as it is now: without what was taken back since, and with those for whom no sentence speaks any more."""
        live = {i.id for i in self.items}
        sentences = []
        for sentence in self.digest.sentences:
            sources = tuple(s for s in sentence.sources if s in live)
            sentences.append(replace(sentence, sources=sources) if sources else replace(sentence, left_out=WITHDRAWN))
        return self.with_sentences(tuple(sentences))

    def with_sentences(self, sentences: tuple[DigestSentence, ...]) -> Draft:
        """The same digest with these sentences, and counted anew for how many members they speak."""
        digest = replace(self.digest, sentences=sentences)
        here = set(members(self.table))
        heard = {seat for s in standing(digest) for seat in self.holders(s)}
        return replace(self, digest=replace(digest, unheard=len(here - heard), members=len(here)))

    def holders(self, sentence: DigestSentence) -> set[str]:
        """Who agrees with a sentence: its authors, and those who voted for it."""
        items = {i.id: i.seat for i in self.items}
        votes = [self.agreements.get(source, {}) for source in sentence.sources]
        agree = {seat for cast in votes for seat, vote in cast.items() if vote > 0}
        reject = {seat for cast in votes for seat, vote in cast.items() if vote < 0}
        return (agree - reject) | {items[s] for s in sentence.sources if s in items}

    def last_of_minority(self, sentence: DigestSentence) -> bool:
        """True if somebody who holds this minority's view would be left without any sentence of a minority."""
        if not sentence.minority:
            return False
        others = [s for s in standing(self.digest) if s.minority and s is not sentence]
        spoken_for = {seat for other in others for seat in self.holders(other)}
        return not self.holders(sentence) <= spoken_for


def members(table: Table) -> list[str]:
    """The seats of those who take part at a table."""
    return [s.id for s in table.members if s.status == "active"]
