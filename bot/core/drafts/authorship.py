"""What those whose words stand in a draft do with them: read them, put them in better words, take them back, keep them at home.

Invariants:

* Nobody but its author changes a statement, and the statement itself always survives: new words are a contribution of their own
  (`sentence`) that points at it.
* New words are a new statement: nobody has agreed with them but their author. Who wrote the same before stays with the old words.
* Words can be taken back at any time; where somebody may have read them already, their author is told so.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace

from bot.core.digest import same_words
from bot.core.drafts.draft import Draft
from bot.core.drafts.presenting import EACH, place_of, reshown
from bot.core.effects import Effect, Keep, Lane, Note, Recall, Say, Withdraw
from bot.core.heard import Heard
from bot.core.ids import derive
from bot.core.message import Block, Button, Message, Phrase, Words, block, t, tn
from bot.core.names import clean_name, clean_text
from bot.core.retelling import FOLDED, WITHDRAWN, quoted
from bot.core.series import focus_on
from bot.core.spans import until
from bot.core.state import Contribution, DigestSentence

LONGEST = 1000
"""Characters of a sentence in new words."""

OVER = t("It is too late to change words here: this has been decided. You can still take yours back.")
NOT_YOURS = t("Nothing of yours stands there any more.")

Changes = Generator[Effect, None, Draft]
"""Effects, and the draft as it is after them."""


def ask(draft: Draft, seats: Iterable[str] | None = None) -> Iterator[Effect]:
    """Show authors, in their own chats, which words of theirs stand in the draft."""
    for seat in draft.everybody if seats is None else seats:
        if seat not in draft.gone:
            yield Say(f"seat:{seat}", _yours(draft, seat), draft.key("yours", int(draft.few), seat))


def correct(draft: Draft, heard: Heard, rest: str) -> Changes:
    """Somebody wants to word what is theirs anew: ask how."""
    found = _mine(draft, rest)
    if found is None:
        yield answer(draft, heard, block(NOT_YOURS))
    elif draft.digest.state != "draft":
        yield answer(draft, heard, block(OVER))
    else:
        number, sentence = found
        question = draft.press("words", str(number))
        yield from focus_on(draft.at, question)
        asked = (
            *quoted(replace(sentence, support=0, against=0, minority=False)),
            block(t("Please write it in your new words.")),
            *_lost(sentence),
        )
        said = draft.at.message(*asked, expects="text", asks=question)
        yield Say(draft.at.seat.unit, said, _key(draft, heard), Lane.ANSWER, quiet=False)
    return draft


def words(draft: Draft, heard: Heard, rest: str) -> Changes:
    """The new words: they stand in place of the old ones, with nobody behind them but their author."""
    at, found, cleaned = draft.at, _mine(draft, rest), clean_text(heard.text, LONGEST)
    if found is None or draft.digest.state != "draft":
        yield from focus_on(at, "")
        yield answer(draft, heard, block(NOT_YOURS if found is None else OVER))
        return draft
    number, sentence = found
    if (problem := wrong(cleaned.text, cleaned.problem)) is not None:
        yield answer(draft, heard, block(problem), block(t("It was not kept yet.")), asks=draft.press("words", rest))
        return draft
    yield from focus_on(at, "")
    mine = tuple(s for s in sentence.sources if draft.author(s) == at.seat.id)
    if same_words(cleaned.text) == same_words(draft.text(sentence)):
        yield answer(draft, heard, block(t("These are the same words, so nothing was changed.")))
        return draft
    given = Contribution(
        heard.contribution, at.step, draft.table.id, at.seat.site, at.seat.id, "sentence", cleaned.text, at.now,
        at.seat.language, target=mine[0], shared=at.node.step.record in ("full", "items_only"), helped=at.seat.helped,
    )  # fmt: skip
    yield Keep(given)
    yield Note("corrected", at.seat.id, {"digest": draft.digest.id, "sentence": number})
    others = draft.without(sentence, (at.seat.id,), WITHDRAWN)
    draft = replace(draft, wordings=(*draft.wordings, given))
    own = draft.counted(replace(sentence, sources=mine, words=given.id, model=""))
    draft = draft.changing(number, own, *(() if others.left_out else (others,)))
    draft = _unasked(draft, number, mine).reworded()
    blocks = [block(t("Thank you. It stands now in your new words:")), block(Words(given.id), kind="quote")]
    yield answer(draft, heard, *blocks, buttons=_buttons(draft, number, alone=True))
    yield from reshown(
        draft, derive(heard.id), head=t("Somebody has put sentence {number}, their own, in new words.", number=number)
    )
    return draft


def take(draft: Draft, heard: Heard, rest: str, carried: Iterable[str] = ()) -> Changes:
    """Somebody takes back what they said: it stands nowhere any more. `carried` are the tables that have read the digest."""
    at, found = draft.at, _mine(draft, rest)
    if found is None:
        yield answer(draft, heard, block(NOT_YOURS))
        return draft
    number, sentence = found
    mine = tuple(s for s in sentence.sources if draft.author(s) == at.seat.id)
    wording = draft.wording(sentence.words)
    gone = [*mine, *([wording.id] if wording is not None and wording.seat == at.seat.id else [])]
    for id in gone:
        yield Withdraw(at.seat.id, id)
        yield Recall(id, draft.table.id, draft.key("taken", id))
    yield Note("taken_back", at.seat.id, {"digest": draft.digest.id, "sentence": number})
    rested, read = draft.digest.state == "approved", tuple(carried)
    left = draft.without(sentence, (at.seat.id,), WITHDRAWN)
    if rested and draft.changing(number, left).unread(draft):
        left = replace(sentence, left_out=WITHDRAWN)  # what others wrote in other words nobody has approved
    before, draft = draft, draft.changing(number, left)
    if draft.digest.state == "draft" and draft.unread(before):
        draft = draft.reworded()
    blocks = [block(t("It is taken back: it stands neither in the summary nor on record any more."))]
    blocks.append(block(_read_by(read, approved=rested), kind="note"))
    yield answer(draft, heard, *blocks)
    if rested:
        own = t(
            "Somebody has taken back sentence {number} of your summary. Please treat it as not said.", number=number
        )
        yield Say(
            draft.table.unit, at.message(own), draft.key("taken", number, derive(heard.id)), without=(at.seat.id,)
        )
    elif draft.digest.state == "draft":
        yield from reshown(
            draft, derive(heard.id), head=t("Somebody has taken sentence {number}, their own, back.", number=number)
        )
    return draft


def may(draft: Draft, heard: Heard, rest: str) -> Changes:
    """Where few wrote, somebody says whether their words may leave the table."""
    at = draft.at
    if draft.digest.state != "draft":
        yield answer(draft, heard, block(OVER))
    elif not draft.own(at.seat.id):
        yield answer(draft, heard, block(NOT_YOURS))
    elif rest in ("yes", "no"):
        draft = draft.noted(may={**draft.note("may", {}), at.seat.id: rest == "yes"})
        yield Say(at.seat.unit, _yours(draft, at.seat.id), _key(draft, heard), Lane.ANSWER, quiet=False, instead=True)
    return draft


def answer(draft: Draft, heard: Heard, *blocks: Block, buttons: tuple[Button, ...] = (), asks: str = "") -> Say:
    """An answer to whoever has just pressed or written something."""
    said = draft.at.message(*blocks, buttons=buttons, expects="text" if asks else "", asks=asks)
    return Say(draft.at.seat.unit, said, _key(draft, heard), Lane.ANSWER, quiet=False)


def wrong(text: str, problem: Phrase | None) -> Phrase | None:
    """What is wrong with words that are to stand in a digest."""
    if problem is not None:
        return problem
    return None if clean_name(text) else t("I see no text there. Please write it in words.")


def _yours(draft: Draft, seat: str) -> Message:
    """What somebody reads of their own words in the draft, with what they can do about it."""
    at, mine = draft.at, draft.own(seat)
    head = (
        t("The time for answers is over. These words of yours stand in what your table answers, without your name:")
        if draft.digest.answers
        else t("These words of yours stand in the summary of your table, without your name:")
    )
    blocks: list[Block] = [block(head)]
    for number, sentence in mine:
        words = sentence.words or next(s for s in sentence.sources if draft.author(s) == seat)
        blocks.append(block(*([f"{number}. "] if len(mine) > 1 else []), Words(words), kind="quote"))
    can = t(
        "Once it is approved, other tables read it. You need not do anything. If you like, put your words better, or take them "
        "back."
    )
    if draft.few:
        can = t("Once it is approved, other tables read it. You can put your words better, or take them back.")
    blocks.append(block(can))
    if draft.closes is not None:
        blocks.append(
            block(
                t("This is open until {when}, or until it is approved.", when=until(draft.closes, at.now)), kind="note"
            )
        )
    buttons: list[Button] = []
    if draft.few:
        few = t(
            "So few people wrote this that others could guess who. So your words leave the table only if you say yes. If you "
            "say nothing, they stay here."
        )
        blocks.append(block(few))
        said = draft.note("may", {}).get(seat)
        buttons.append(Button(t("They may go"), draft.press("may", "yes"), said is True))
        buttons.append(Button(t("Keep them here"), draft.press("may", "no"), said is False))
    if len(mine) <= EACH:
        for number, _ in mine:
            buttons += _buttons(draft, number, alone=len(mine) == 1)
    else:
        buttons.append(Button(t("Correct one"), draft.press("which", "correct")))
        buttons.append(Button(t("Take one back"), draft.press("which", "take")))
    return at.message(*blocks, buttons=tuple(buttons))


def _buttons(draft: Draft, number: int, *, alone: bool) -> tuple[Button, Button]:
    """What its author can do with a sentence."""
    change = t("Correct") if alone else t("Correct {number}", number=number)
    back = t("Take back") if alone else t("Take {number} back", number=number)
    return Button(change, draft.press("correct", str(number))), Button(back, draft.press("take", str(number)))


def _mine(draft: Draft, number: str) -> tuple[int, DigestSentence] | None:
    """The standing sentence of this number, or the one with which it was put together, where it is the presser's."""
    found = draft.sentence(number) or draft.sentence(str(_joined(draft, number)))
    return found if found is not None and draft.at.seat.id in draft.authors(found[1]) else None


def _joined(draft: Draft, number: str) -> int:
    """The number of the sentence with which one was put together, 0 where it was with none."""
    old = draft.digest.sentences[int(number) - 1 : int(number)] if number.isdecimal() and int(number) else ()
    if not old or old[0].left_out != FOLDED:
        return 0
    return place_of(draft, old[0].sources[0])


def _lost(sentence: DigestSentence) -> tuple[Block, ...]:
    if sentence.support + sentence.against <= 1:
        return ()
    return (
        block(
            t("Others have answered to the old words. To the new ones nobody has, so they stand without that."),
            kind="note",
        ),
    )


def _unasked(draft: Draft, number: int, statements: tuple[str, ...]) -> Draft:
    """Nobody is asked any more about words that have changed."""
    edits = {n: edit for n, edit in draft.note("edits", {}).items() if n != str(number)}
    folds = {pair: fold for pair, fold in draft.note("folds", {}).items() if not set(pair.split("+")) & set(statements)}
    return draft.noted(edits=edits, folds=folds)


def _read_by(tables: tuple[str, ...], *, approved: bool) -> Phrase:
    """Who has read words already that are taken back."""
    if tables:
        return tn(
            "Your table has read it, and so has {n} other table. Both are told that it is taken back.",
            "Your table has read it, and so have {n} other tables. They are told that it is taken back.",
            len(tables),
        )
    if approved:
        return t("Your table may have read it. It has not gone to any other table, and will not.")
    return t("Whoever has read it before has read it. It goes nowhere.")


def _key(draft: Draft, heard: Heard) -> str:
    return draft.key("answer", draft.at.seat.id, derive(heard.id))
