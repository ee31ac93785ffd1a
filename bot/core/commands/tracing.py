"""`/source 3`: what stands behind sentence 3 of a digest."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.core.commands.call import Call, parse
from bot.core.heard import Heard
from bot.core.message import Button, Part, Plain, block, t
from bot.core.provenance import Read, Trail, behind, came_from, the_last
from bot.core.retelling import standing
from bot.core.state import Table

_NUMBER = re.compile(r"\D{0,12}?(\d{1,3})\s*\.?", re.DOTALL)
"""A number, with a word in front of it or none: "3", "sentence 3", "n° 3."."""
OFFERED = 12
"""How many digests, or sentences, are offered to choose from."""


def wanted(event: Heard, read: Sequence[Read]) -> tuple[Read | None, int | None]:
    """Which digest, and which of its sentences, somebody asks about: the digest to which they reply, or which their button
    names; else the one that they read last. None where that is not said, or does not go by itself."""
    if event.press:
        _, id, number = (*event.press.split(":"), "", "")[:3]
        return next((r for r in read if r.digest.id == id), None), int(number) if number.isdecimal() else None
    found = _NUMBER.fullmatch(parse(event.text)[1])
    answered = next((r for r in read if r.digest.id == event.answers), None)
    return answered or the_last(read), int(found[1]) if found else None


def source(call: Call) -> None:
    """Show what stands behind a sentence; ask which one, or of which digest, where that is not clear."""
    read: Sequence[Read] = call.turn.state.facts.get("read", ())
    if not read:
        call.reply(t("You have read no summary yet. Once you have, I show you what stands behind its sentences."))
        return
    chosen, number = wanted(call.event, read)
    if chosen is None:
        _which_digest(call, read, number)
        return
    trail: Trail | None = call.turn.state.facts.get("trail")
    if trail is None or trail.number != number or (trail.digest.id != chosen.digest.id):
        _which_sentence(call, chosen, number)
        return
    call.reply(*behind(call.flow, call.seat, trail), instead=False)


def _which_digest(call: Call, read: Sequence[Read], number: int | None) -> None:
    tables: Mapping[str, Table] = call.turn.state.facts.get("drawn_at", {})
    buttons = [
        Button(_place(call, each, tables), f"-source:{each.digest.id}:{number or ''}")
        for each in read[:OFFERED]
        if each.digest.table in tables
    ]
    asked = t(
        "You have read several summaries. Which one do you mean? You can also reply to it with {command}.",
        command=Plain(f"/source {number or 3}"),
    )
    call.reply(asked, buttons=tuple(buttons))


def _place(call: Call, read: Read, tables: Mapping[str, Table]) -> Part:
    table = tables[read.digest.table]
    return t("your table") if table.id == call.seat.table else came_from(call.flow, table, read.step or None)


def _which_sentence(call: Call, read: Read, number: int | None) -> None:
    numbers = [n for n, s in enumerate(read.digest.sentences, 1) if s in standing(read.digest)]
    said = t("Which sentence do you mean?")
    if number is not None:
        said = t("There is no sentence {number} in this summary. Which one do you mean?", number=number)
    buttons = tuple(Button(Plain(str(n)), f"-source:{read.digest.id}:{n}") for n in numbers[:OFFERED])
    call.reply(block(said), buttons=buttons)
