"""What programs do for whoever approves a draft: they are asked, and what they bring is shown.

Invariants:

* They suggest. A person who leads the table decides what becomes of it, and the authors whose words it concerns.
* A language model is asked only where the flow says so, and only about sentences that several people share: whoever wrote a
  sentence alone keeps their words. And only where all of them wrote in the language of the digest: nobody says yes to words that
  they cannot read.
* Where they bring nothing, or nothing in time, nobody notices.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator

from bot.core.drafts.authorship import answer
from bot.core.drafts.draft import Draft
from bot.core.drafts.folding import suggest
from bot.core.drafts.offers import offer_for, with_offers
from bot.core.drafts.presenting import reshown
from bot.core.drafts.rewording import propose
from bot.core.effects import Effect, Put, Request
from bot.core.events import Answered
from bot.core.heard import Heard
from bot.core.ids import derive
from bot.core.message import block, t
from bot.core.retelling import standing
from bot.core.state import DigestSentence

Changes = Generator[Effect, None, Draft]


def doubles(draft: Draft) -> Iterator[Request]:
    """Ask which statements may say the same."""
    if len(draft.items) > 1:
        yield _request(draft, "doubles", "doubles")


def words(draft: Draft) -> Iterator[Request]:
    """Ask the model about every sentence that several people share in different words; about each once."""
    if draft.digest.state != "draft":
        return
    for sentence in standing(draft.digest):
        if _shared(draft, sentence):
            sources = list(sentence.sources)
            yield _request(draft, "wording", derive(*sources), sentences=[sources], language=draft.digest.language)


def brought(draft: Draft, answered: Answered) -> Changes:
    """Show what they have brought to those who lead the table, and keep what it was."""
    before = draft.notes
    draft = yield from _brought(draft, answered)
    if draft.notes is not before:
        yield Put(draft.stage())
    return draft


def _brought(draft: Draft, answered: Answered) -> Changes:
    if draft.digest.state != "draft" or draft.at.stage is None or draft.at.stage.state == "closed":
        return draft
    if answered.job == "doubles":
        return (yield from suggest(draft, [(one, other) for one, other in answered.result["pairs"]], "alike"))
    draft = with_offers(draft, answered.result["worded"])
    made = [one["sentence"] for one in answered.result["worded"]]
    if any((offer := offer_for(draft, s)) is not None and offer.wording in made for s in standing(draft.digest)):
        yield from reshown(draft, derive("offer", *made))
    return draft


def take(draft: Draft, heard: Heard, rest: str) -> Changes:
    """Whoever leads the table would take the words of the model: ask the authors."""
    found = draft.sentence(rest)
    offer = offer_for(draft, found[1]) if found is not None else None
    given = draft.wording(offer.wording) if offer is not None else None
    if found is None or offer is None or given is None or rest in draft.note("edits", {}):
        yield answer(draft, heard, block(t("This has been settled already, so nothing was changed.")))
        return draft
    return (yield from propose(draft, heard, found[0], given, offer.model))


def _shared(draft: Draft, sentence: DigestSentence) -> bool:
    said = [i for i in draft.items if i.id in sentence.sources]
    languages = {i.spoken.split("-")[0] for i in said}
    different = len({i.text for i in said}) > 1 and languages == {draft.digest.language.split("-")[0]}
    return different and not sentence.words and len(draft.authors(sentence)) > 1


def _request(draft: Draft, job: str, key: str, **args: object) -> Request:
    at, digest = draft.at, draft.digest
    about = {"digest": digest.id, **args}
    return Request(job, at.course.id, at.step, draft.at.key(digest.id, job, key), draft.table.unit, about)
