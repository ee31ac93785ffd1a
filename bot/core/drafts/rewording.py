"""How somebody who leads the table would word a sentence: a question to all whose sentence it is, and never more than that.

Invariants:

* Only with the yes of every author it becomes the sentence. One no, or no answer, and their own words stand.
* Then the words are theirs: they are kept under the authors' key, and go when they go. The statements themselves always survive.
* Who voted has not voted on these words: they are backed by the authors alone.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from bot.core.drafts.authorship import answer, wrong
from bot.core.drafts.draft import Draft
from bot.core.drafts.presenting import reshown
from bot.core.effects import Effect, Keep, Lane, Note, Say, Withdraw
from bot.core.heard import Heard
from bot.core.ids import derive
from bot.core.message import Button, Words, block, t
from bot.core.names import clean_text
from bot.core.retelling import quoted
from bot.core.series import focus_on
from bot.core.spans import until
from bot.core.state import Contribution, DigestSentence, together
from bot.core.talk import somebody

LONGEST = 1000
"""Characters of a wording."""

Changes = Generator[Effect, None, Draft]


def edit(draft: Draft, heard: Heard, rest: str) -> Changes:
    """Ask whoever leads the table for a wording."""
    found = draft.sentence(rest)
    if found is None:
        return draft
    question = draft.press("wording", rest)
    yield from focus_on(draft.at, question)
    asked = (
        *quoted(found[1]),
        block(t("How would you word it? Whoever wrote it is asked: only with their yes it reads like that.")),
    )
    said = draft.at.message(*asked, expects="text", asks=question)
    key = draft.key("answer", draft.at.seat.id, derive(heard.id))
    yield Say(draft.at.seat.unit, said, key, Lane.ANSWER, quiet=False)
    return draft


def wording(draft: Draft, heard: Heard, rest: str) -> Changes:
    """The wording has been typed: bring it to the authors."""
    at, found, cleaned = draft.at, draft.sentence(rest), clean_text(heard.text, LONGEST)
    if found is None:
        yield from focus_on(at, "")
        yield answer(draft, heard, block(t("This sentence does not stand any more, so nothing was changed.")))
        return draft
    if (problem := wrong(cleaned.text, cleaned.problem)) is not None:
        yield answer(draft, heard, block(problem), asks=draft.press("wording", rest))
        return draft
    number, sentence = found
    yield from focus_on(at, "")
    given = Contribution(
        heard.contribution, at.step, draft.table.id, draft.table.site, at.seat.id, "sentence", cleaned.text, at.now,
        at.seat.language, target=sentence.sources[0], shared=False,
    )  # fmt: skip
    yield Keep(given)
    return (yield from propose(replace(draft, wordings=(*draft.wordings, given)), heard, number, given))


def propose(draft: Draft, heard: Heard, number: int, given: Contribution, model: str = "") -> Changes:
    """Bring a wording to the authors of a sentence: one that whoever leads the table has written, or has taken from a `model`."""
    sentence = draft.digest.sentences[number - 1]
    yield Note("worded", draft.at.seat.id, {"digest": draft.digest.id, "sentence": number, "model": model})
    draft = yield from _settled(draft, number)
    edit = {"wording": given.id, "yes": [], "model": model}
    draft = draft.noted(edits={**draft.note("edits", {}), str(number): edit})
    authors = draft.authors(sentence)
    for seat in authors:
        if seat not in draft.gone:
            yield _question(draft, sentence, given, seat, model)
    sent = (
        t("Thank you. Everybody who wrote it is asked. Until all of them agree, their own words stand.")
        if len(authors) > 1
        else t("Thank you. Whoever wrote it is asked. Until they agree, their own words stand.")
    )
    yield answer(draft, heard, block(sent))
    return draft


def decide(draft: Draft, heard: Heard, rest: str) -> Changes:
    """An author says whether this is what they mean. `rest`: yes or no, and which wording."""
    at = draft.at
    said, _, id = rest.partition("-")
    number = next((n for n, edit in draft.note("edits", {}).items() if edit["wording"] == id), "")
    found, given = draft.sentence(number), draft.wording(id)
    if found is None or given is None or given.state != "live" or at.seat.id not in draft.authors(found[1]):
        yield answer(draft, heard, block(t("This has been settled already, so nothing was changed.")))
        return draft
    if said != "yes":
        draft = yield from _settled(draft, int(number))
        yield answer(draft, heard, block(t("Thank you. Your own words stand.")))
        head = t("Whoever wrote sentence {number} keeps their own words.", number=number)
        yield from reshown(draft, derive(heard.id), head=head)
        return draft
    edits = dict(draft.note("edits", {}))
    agreed = list(dict.fromkeys([*edits[number]["yes"], at.seat.id]))
    draft = draft.noted(edits={**edits, number: {**edits[number], "yes": agreed}})
    if not set(draft.authors(found[1])) <= set(agreed):
        yield answer(
            draft, heard, block(t("Thank you. It reads like that once the others who wrote the same agree too."))
        )
        return draft
    draft, theirs = yield from _reworded(draft, int(number), given)
    yield answer(draft, heard, block(t("Thank you. It stands now like this:")), block(Words(theirs), kind="quote"))
    head = t("Whoever wrote sentence {number} agrees with your wording.", number=number)
    yield from reshown(draft, derive(heard.id), head=head)
    return draft


def _reworded(draft: Draft, number: int, given: Contribution) -> Generator[Effect, None, tuple[Draft, str]]:
    """Everybody whose sentence it is agrees: the words are theirs from now on."""
    at, sentence = draft.at, draft.digest.sentences[number - 1]
    authors = draft.authors(sentence)
    first = next(i for i in draft.items if i.id == sentence.sources[0])
    model = draft.note("edits", {}).get(str(number), {}).get("model", "")
    theirs = replace(
        given,
        id=derive(given.id, "theirs") if not model else given.id,
        site=first.site,
        seat=together(authors) if len(authors) > 1 else authors[0],
        at=at.now,
        language=first.language,
        written=given.spoken if given.spoken != first.language else "",
        target=first.id,
        shared=at.node.step.record in ("full", "items_only"),
    )
    yield Keep(theirs)
    yield Note("reworded", data={"digest": draft.digest.id, "sentence": number, "model": model})
    if not model:
        draft = yield from _settled(draft, number)
    draft = draft.noted(edits={n: edit for n, edit in draft.note("edits", {}).items() if n != str(number)})
    draft = replace(draft, wordings=(*(w for w in draft.wordings if w.id != theirs.id), theirs))
    new = draft.counted(replace(sentence, words=theirs.id, model=model))
    return draft.changing(number, new).reworded(), theirs.id


def _settled(draft: Draft, number: int) -> Changes:
    """Nobody is asked any more about a wording of this sentence; what was only proposed is kept no longer."""
    edits = dict(draft.note("edits", {}))
    old = edits.pop(str(number), None)
    proposed = draft.wording(old["wording"]) if old is not None else None
    if proposed is not None:
        yield Withdraw(proposed.seat, proposed.id)
        others = (w for w in draft.wordings if w.id != proposed.id)
        draft = replace(draft, wordings=(*others, replace(proposed, state="withdrawn")))
    return draft.noted(edits=edits)


def _question(draft: Draft, sentence: DigestSentence, given: Contribution, seat: str, model: str) -> Say:
    at = draft.at
    own = sentence.words or next(s for s in sentence.sources if draft.author(s) == seat)
    name = somebody(at.seat)
    head = (
        t("{name} would take these words of a language model ({model}):", name=name, model=model)
        if model
        else t("{name} would word it like this:", name=name)
    )
    blocks = [
        block(head),
        block(Words(given.id), kind="quote"),
        block(t("Your words:")),
        block(Words(own), kind="quote"),
    ]
    if sentence.support + sentence.against > len(draft.authors(sentence)):
        note = t("Others have answered to your words. To new ones nobody has, so they stand without that.")
        blocks.append(block(note, kind="note"))
    if draft.closes is not None:
        note = t("If you do not answer until {when}, your own words stand.", when=until(draft.closes, at.now))
        blocks.append(block(note, kind="note"))
    buttons = (
        Button(t("Yes, that is what I mean"), draft.press("word", f"yes-{given.id}")),
        Button(t("No, keep mine"), draft.press("word", f"no-{given.id}")),
    )
    return Say(f"seat:{seat}", at.message(*blocks, buttons=buttons), draft.key("word", given.id, seat))
