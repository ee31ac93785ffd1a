"""What a table says of its own draft, where whoever leads it asks. It tells them something and approves nothing."""

from __future__ import annotations

from collections.abc import Generator

from bot.core.drafts.authorship import answer
from bot.core.drafts.draft import Draft, members
from bot.core.drafts.presenting import reshown
from bot.core.effects import Effect, Lane, Note, Say
from bot.core.heard import Heard
from bot.core.ids import derive
from bot.core.message import Block, Button, Message, block, t
from bot.core.retelling import standing, told
from bot.core.spans import until

Changes = Generator[Effect, None, Draft]


def ask(draft: Draft, heard: Heard) -> Changes:
    """Show the draft to the table, each member in their own chat."""
    if not standing(draft.digest) or draft.note("says", None) is not None:
        yield answer(draft, heard, block(t("Your table is asked already.")))
        return draft
    draft = draft.noted(says={})
    key = draft.key("says", draft.note("version", 0))
    yield Note("asked_table", draft.at.seat.id, {"digest": draft.digest.id})
    without = tuple(s.id for s in draft.table.staff)
    yield Say(draft.table.unit, _question(draft), key, without=without, privately=True)
    told_back = t(
        "Your table is asked. You read here what it says once everybody has answered, and before the end in any case."
    )
    yield answer(draft, heard, block(told_back))
    return draft


def says(draft: Draft, heard: Heard, rest: str) -> Changes:
    """A member of the table says whether what was said stands in it. Once all have, those who lead the table are told."""
    at, said = draft.at, draft.note("says", None)
    if draft.digest.state != "draft":
        yield answer(draft, heard, block(t("This has been decided already, so nothing was changed.")))
        return draft
    if said is None or at.seat.id not in members(draft.table) or rest not in ("yes", "no"):
        return draft
    draft = draft.noted(says={**said, at.seat.id: rest == "yes"})
    thanks = (
        t("Thank you. Whoever leads your table is told how many find in it what was said, and nobody's name.")
        if rest == "yes"
        else t("Thank you. Whoever leads your table is told that something is missing, and nobody's name.")
    )
    message = _question(draft, chosen=rest, thanks=(block(thanks),))
    key = draft.key("answer", at.seat.id, derive(heard.id))
    yield Say(at.seat.unit, message, key, Lane.ANSWER, quiet=False, instead=True)
    if at.seat.id not in said and set(members(draft.table)) <= {*said, at.seat.id}:
        yield from reshown(draft, derive(heard.id), head=t("Everybody at your table has answered."))
    return draft


def _question(draft: Draft, chosen: str = "", thanks: tuple[Block, ...] = ()) -> Message:
    at = draft.at
    head = (
        t("This is drawn from what you answer to another table. Is it what you said?")
        if draft.digest.answers
        else t("This is drawn from what you said at your table. Is it what you said?")
    )
    blocks: list[Block] = [block(head), *told(draft.digest)]
    if draft.closes is not None:
        blocks.append(block(t("You can answer until {when}.", when=until(draft.closes, at.now)), kind="note"))
    buttons = (
        Button(t("Says what we said"), draft.press("says", "yes"), chosen == "yes"),
        Button(t("Something is missing"), draft.press("says", "no"), chosen == "no"),
    )
    return at.message(*blocks, *thanks, buttons=buttons, shows=draft.digest.id)
