"""A draft as those who lead the table read it, with all that can be done about it."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.drafts import offers
from bot.core.drafts.draft import Draft
from bot.core.effects import Effect, Lane, Say
from bot.core.message import Block, Button, Message, Phrase, Words, block, t
from bot.core.retelling import FEW, REASONS, WHY, in_own, not_in, quoted, standing
from bot.core.spans import until
from bot.core.state import DigestSentence, Seat, Table

EACH = 6
"""Up to so many sentences each has buttons of its own; of more the number is asked for."""

ENOUGH = 3
"""From so many answers on it is told what the table says of a draft: fewer would give away who said it."""


def shown(draft: Draft, head: Phrase | None = None) -> Message:
    """The draft, below what there is to say about it first."""
    at, table, digest = draft.at, draft.table, draft.digest
    waits = bool(draft.note("approved", ""))
    title = (
        t("Answers of table {number}, to be approved", number=table.number)
        if digest.answers
        else t("Summary of table {number}, to be approved", number=table.number)
    )
    blocks: list[Block] = [*([block(head)] if head is not None else []), block(title, kind="title")]
    for number, sentence in enumerate(digest.sentences, 1):
        blocks.append(block(t("Sentence {number}", number=number), kind="note"))
        blocks += _sentence(draft, number, sentence)
    blocks += not_in(digest)
    if (said := table_says(draft)) is not None:
        blocks.append(block(said, kind="note"))
    pairs = suggested(draft)
    for place in pairs:
        blocks += _alike(draft, *place)
    if draft.few:
        blocks.append(block(FEW_AUTHORS))
    if waits:
        blocks.append(block(t("It is approved, and goes as soon as those who wrote it have all answered.")))
        if draft.closes is not None:
            blocks.append(block(t("At the latest it goes {when}.", when=until(draft.closes, at.now)), kind="note"))
    else:
        blocks.append(block(_question(draft)))
        if draft.closes is not None:
            blocks.append(block(t("Please decide by {when}.", when=until(draft.closes, at.now)), kind="note"))
    return at.message(*blocks, buttons=_buttons(draft, waits, pairs), shows=digest.id)


FEW_AUTHORS = t(
    "Fewer than three people wrote this, so everybody could guess who. Each of them is asked, and the words of those who do not "
    "agree stay at the table."
)


def reshown(draft: Draft, key: str, by: Seat | None = None, head: Phrase | None = None) -> Iterator[Effect]:
    """Show the draft anew to those who lead the table, and to whoever of the others has changed it."""
    table, message = draft.table, shown(draft, head)
    yield Say(f"facilitators:{table.id}", message, draft.key("draft", key), Lane.ANSWER, quiet=False)
    if by is not None and table.staff and not staffed_by(table, by):
        yield Say(by.unit, message, draft.key("draft", key), Lane.ANSWER, quiet=False)


def table_says(draft: Draft) -> Phrase | None:
    """What the table says of the draft, in words below ten voters; None where it was not asked."""
    said = draft.note("says", None)
    if said is None:
        return None
    total, missing = len(said), sum(not yes for yes in said.values())
    if total < ENOUGH:
        return t("Your table is asked. So few have answered that more would tell who said what.")
    if not missing:
        return t("Those at your table who answered find in it what was said.")
    if total >= FEW and missing < total:
        return t(
            "{n} of the {total} people at your table who answered find in it what was said; the others miss something.",
            n=total - missing,
            total=total,
        )
    if 3 * missing <= total:
        return t(
            "Most of those at your table who answered find in it what was said, but something is missing for somebody."
        )
    if 3 * missing < 2 * total:
        return t("About half of those at your table who answered miss something in it.")
    return t("Most of those at your table who answered miss something in it.")


def suggested(draft: Draft) -> list[tuple[str, str]]:
    """The pairs of statements that a program takes for the same and about which nobody has asked yet."""
    settled = {*draft.note("folds", {}), *draft.note("apart", ())}
    found = []
    for one, other in draft.note("alike", ()):
        places = {place_of(draft, one), place_of(draft, other)}
        live = bool(draft.author(one) and draft.author(other))
        if live and len(places) == 2 and f"{one}+{other}" not in settled:
            found.append((one, other))
    return found


def place_of(draft: Draft, statement: str) -> int:
    """The number of the standing sentence in which a statement is, 0 where it is in none."""
    numbered = enumerate(draft.digest.sentences, 1)
    return next((n for n, s in numbered if not s.left_out and statement in s.sources), 0)


def staffed_by(table: Table, seat: Seat) -> bool:
    """Whether somebody is a facilitator of this table, who reads what it is told."""
    return any(s.id == seat.id for s in table.staff)


def _sentence(draft: Draft, number: int, sentence: DigestSentence) -> Iterator[Block]:
    if sentence.left_out:
        yield block(t("Left out: {reason}.", reason=WHY[sentence.left_out]))
        return
    yield from quoted(sentence, in_own)
    yield from offers.offered(draft, sentence)
    if sentence.words and not sentence.model:
        yield block(t("In new words of whoever wrote it."), kind="note")
    if str(number) in draft.note("edits", {}):
        yield block(
            t("Whoever wrote it is asked about other words. Until they agree, their own words stand."), kind="note"
        )


def _alike(draft: Draft, one: str, other: str) -> Iterator[Block]:
    """Two statements that a program takes for the same: their numbers, or the words where one has none."""
    places = sorted(n for n in (place_of(draft, one), place_of(draft, other)) if n)
    if len(places) == 2:
        text = t(
            "A program takes sentences {one} and {other} for the same. It may be wrong.", one=places[0], other=places[1]
        )
        yield block(text, kind="note")
        return
    yield block(
        t("A program takes this for the same as sentence {number}. It may be wrong.", number=places[0]), kind="note"
    )
    yield block(Words(other if place_of(draft, one) else one), kind="quote")


def _question(draft: Draft) -> Phrase:
    if draft.digest.answers:
        return t(
            "Is this what the table answers? Once approved, it goes to the table that is answered. If nobody approves it, it "
            "goes nowhere."
        )
    return t(
        "Is this what the table said? Once approved, it goes to other tables. If nobody approves it, it goes nowhere."
    )


def _buttons(draft: Draft, waits: bool, pairs: list[tuple[str, str]]) -> tuple[Button, ...]:
    version = draft.note("version", 0)
    buttons = [] if waits else [Button(t("Approve"), draft.press("approve", str(version) if version else ""))]
    numbered = list(enumerate(draft.digest.sentences, 1))
    if len(numbered) <= EACH:
        for number, sentence in numbered:
            if not sentence.left_out:
                buttons.append(Button(t("Edit {number}", number=number), draft.press("edit", str(number))))
                buttons.append(Button(t("Leave out {number}", number=number), draft.press("leave", str(number))))
            elif sentence.left_out in REASONS:
                buttons.append(Button(t("Put {number} back", number=number), draft.press("back", str(number))))
    else:
        buttons.append(Button(t("Edit one"), draft.press("which", "edit")))
        buttons.append(Button(t("Leave one out"), draft.press("which", "leave")))
        if any(s.left_out in REASONS for _, s in numbered):
            buttons.append(Button(t("Put one back"), draft.press("which", "back")))
    if len(standing(draft.digest)) > 1:
        buttons.append(Button(t("Two say the same"), draft.press("fold")))
    for one, other in pairs:
        places = sorted(n for n in (place_of(draft, one), place_of(draft, other)) if n)
        label = (
            t("Ask about {one} and {other}", one=places[0], other=places[1])
            if len(places) == 2
            else t("Ask about {number} and this", number=places[0])
        )
        buttons.append(Button(label, draft.press("pair", f"{one}+{other}")))
    buttons += offers.buttons(draft)
    if draft.note("says", None) is None:
        buttons.append(Button(t("Ask the table"), draft.press("ask")))
    return tuple(buttons)
