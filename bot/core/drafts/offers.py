"""What a language model offers for a draft: other words for a sentence that several people share. Words wait, sealed, where the
offer points; nobody's sentence reads like that before whoever approves has chosen it, and its authors have said yes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.core.drafts.draft import Draft
from bot.core.gate import DOUBTS
from bot.core.message import Block, Button, Words, block, t
from bot.core.retelling import by_model
from bot.core.state import DigestSentence

NOTE = "offers"
"""Under which name a draft keeps them: by the statements that they were made from, joined by +."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The `sentence` that a model wrote, and what the gate doubts about it (`bot.core.gate.DOUBTS`)."""

    wording: str
    model: str
    doubts: tuple[str, ...] = ()


def offer_for(draft: Draft, sentence: DigestSentence) -> Offer | None:
    """What is offered for a sentence, as long as everything from which it was made stands, and nobody has worded it anew."""
    kept = draft.note(NOTE, {}).get("+".join(sentence.sources))
    if kept is None or sentence.words or sentence.left_out:
        return None
    wording = draft.wording(kept["wording"])
    if wording is None or wording.state != "live":
        return None
    return Offer(kept["wording"], kept["model"], tuple(kept["doubts"]))


def with_offers(draft: Draft, found: Sequence[Mapping[str, Any]]) -> Draft:
    """The draft with what a model has brought (`bot.engine.drafting`)."""
    new = {
        "+".join(one["sources"]): {"wording": one["sentence"], "model": one["model"], "doubts": list(one["doubts"])}
        for one in found
    }
    return draft.noted(**{NOTE: {**draft.note(NOTE, {}), **new}})


def offered(draft: Draft, sentence: DigestSentence) -> Iterator[Block]:
    """What whoever approves reads of it, below the sentence."""
    offer = offer_for(draft, sentence)
    if offer is None:
        return
    yield block(
        t("It could also read like this. Only with the yes of all who wrote it, and of you, it does:"), kind="note"
    )
    yield block(Words(offer.wording), kind="quote")
    yield block(by_model(offer.model), kind="note")
    for doubt in offer.doubts:
        yield block(DOUBTS[doubt], kind="note")


def buttons(draft: Draft) -> tuple[Button, ...]:
    """One for each sentence for which there is an offer, but not where its authors are asked already."""
    asked = draft.note("edits", {})
    return tuple(
        Button(t("Ask about the other words for {number}", number=number), draft.press("model", str(number)))
        for number, sentence in enumerate(draft.digest.sentences, 1)
        if offer_for(draft, sentence) is not None and str(number) not in asked
    )
