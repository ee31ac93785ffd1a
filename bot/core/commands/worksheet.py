"""A text as its translator sees it: what is said in it and where, the draft, what the checks say, and how much time is left."""

from __future__ import annotations

from bot.core.commands.call import Call, named
from bot.core.message import Block, Button, Lang, Part, Plain, Words, block, t
from bot.core.retelling import MEMORY
from bot.core.spans import left, until
from bot.core.state import Wanted
from bot.core.translation.translators import Text, pointer, pressed, taken

SAYS = {
    "empty": t("The draft is empty."),
    "markup": t("The draft holds marks that the original does not have."),
    "numbers": t("The numbers differ."),
    "links": t("Links, addresses or marks differ."),
    "names": t("A name is missing."),
    "glossary": t("A word of the assembly's glossary is translated otherwise."),
    "length": t("The draft is much longer or much shorter than the original."),
    "same": t("The draft is the original again."),
    "language": t("The draft seems to be in the language of the original."),
    "question": t("Only one of the two is a question."),
}
"""What the checks say against a draft, by the name of the finding."""


def show(call: Call, wanted: Wanted, found: Text) -> None:
    """Show a text that stands, with all that a translator needs to know about it."""
    turn, name = call.turn, pointer(wanted)
    mine = taken(wanted, turn.now) == call.seat.id
    blocks: list[Block | Part] = [block(*_from(call, wanted, found), kind="title")]
    if found.before:
        blocks += [block(t("Before it stands:"), kind="note"), block(Words(found.before), kind="quote")]
        blocks.append(t("The text:"))
    blocks.append(block(Words(wanted.contribution), kind="quote"))
    blocks += _draft(name, wanted, found)
    blocks.append(_time_left(call, wanted, found))
    rule = t("Translate what is said as it is said: an insult stays an insult, and nobody's language is made better. If it "
             "cannot pass like this, choose “Cannot”; it is never softened.")  # fmt: skip
    blocks.append(block(rule, kind="note"))
    if mine and wanted.until is not None:
        ends = until(wanted.until, turn.now)
        blocks.append(t("It is yours until {when}. Write your translation here, or choose:", when=ends))
    call.reply(*blocks, buttons=_buttons(name, found, mine=mine))


def _buttons(name: str, found: Text, *, mine: bool) -> tuple[Button, ...]:
    buttons = [] if mine else [Button(t("Take"), f"-take:{pressed(name)}")]
    if found.made is not None and found.made.text.strip():
        buttons.append(Button(t("Release the draft"), f"-release::{pressed(name)}"))
    buttons += [Button(t("Ask the author"), f"-ask:{pressed(name)}"), Button(t("Cannot"), f"-cannot:{pressed(name)}")]
    if found.readable:
        buttons.append(Button(t("Withdraw the translation"), f"-withdraw:{pressed(name)}"))
    return tuple(buttons)


def _from(call: Call, wanted: Wanted, found: Text) -> tuple[Part, ...]:
    """Where the words come from, and the languages."""
    given, parts = found.given, list[Part]()
    site = call.flow.sites.get(given.site) if given is not None else None
    if found.table and site is not None:
        place: Part = call.flow.local(site.name) if site.name else Plain(site.id)
        parts += [t("Table {number} in {site}", number=found.table, site=place), Plain(" · ")]
    node = call.flow.nodes.get(given.step) if given is not None else None
    if node is not None:
        parts += [named(call.flow, node), Plain(" · ")]
    pair = t("from {source} into {language}", source=Lang(wanted.source), language=Lang(wanted.language))
    return (*parts, pair)


def _draft(name: str, wanted: Wanted, found: Text) -> list[Block | Part]:
    """The draft, who made it, and what is said against it."""
    made = found.made
    if made is None or not made.text.strip():
        return [t("There is no draft.")]
    by = t("by people") if made.engine == MEMORY else t("by machine ({engine})", engine=made.engine)
    blocks: list[Block | Part] = [
        t("The translation, {by}, that people read:", by=by) if found.readable else t("The draft, {by}:", by=by),
        block(Words(f"{name}~{made.edition}"), kind="quote"),
    ]
    if wanted.why == "questioned":
        blocks.append(t("To a reader this translation looks wrong."))
    blocks += [block(SAYS[about], kind="item") for about in made.findings if about in SAYS]
    return blocks


def _time_left(call: Call, wanted: Wanted, found: Text) -> Part:
    if wanted.why == "questioned":
        return t("Until you decide, people read the translation and, beside it, what was written.")
    if found.readable:
        return t("People read it already, labelled as made by a machine.")
    if wanted.due is None:
        return t("Nobody reads it before you have released it.")
    if wanted.due <= call.turn.now:
        return t("The time is over, so people have read it as it was written. Your translation still reaches them.")
    return t("{left} left: at {when} it goes out as it was written.",
             left=left(wanted.due, call.turn.now), when=until(wanted.due, call.turn.now))  # fmt: skip
