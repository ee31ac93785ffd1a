"""Who can be spoken to, privately: somebody who leads the table, a person at the table, all who lead; and the next shift."""

from __future__ import annotations

from dataclasses import replace

from bot.core.commands.call import Call, find, worded
from bot.core.effects import Keep, Lane, Note, Seated, Unseat
from bot.core.ids import derive
from bot.core.message import Block, Button, Name, Part, Words, block, message, t
from bot.core.state import Contribution, Table
from bot.core.talk import somebody

TAKE_OVER = "-take-over"


def call_for_help(call: Call) -> None:
    """Somebody wants a person. Those who lead the table read it, and nobody else; with or without words. Who leads it calls the
    coordinator."""
    text = worded(call, call.args) if call.args else ""
    if text is None:
        return
    table, id = call.table, derive(call.event.id)
    where = t(" at table {number}", number=table.number) if table is not None else None
    head = t("{name}{where} asks for you, in private.", name=call.by, where=where or "")
    led = table is not None and call.seat.role != "facilitator"
    example = f"/tell {call.seat.name or '…'} …" if led else "/team …"
    answer = block(t("Answer with {example}", example=example), kind="note")
    quoted: tuple[Block, ...] = ()
    if text:
        _keep(call, id, text, "call")
        quoted = (block(Words(id, own=True), kind="quote"),)
    to = f"facilitators:{table.id}" if table is not None and led else f"coordinators:{call.seat.site}"
    call.say(to, message(head, *quoted, *((answer,) if table is not None else ())), "call", quiet=False)
    call.turn.effects.append(Note("called", call.seat.id, {"table": table.id if table is not None else ""}))
    contact = call.flow.file.mandate.contact
    by_phone = (t("Is it urgent? {contact}", contact=call.flow.local(contact)),) if contact else ()
    call.reply(t("They have been told, and nobody else. They answer you here."), *by_phone)


def tell(call: Call) -> None:
    """A private word to one person at the table; whoever leads several need not name one."""
    found = find(call, call.args)
    if found is None:
        return
    who, rest = found
    text = worded(call, rest)
    if text is None:
        return
    id = derive(call.event.id)
    _keep(call, id, text, "call")
    said = message(
        t("{name} writes to you alone:", name=call.by),
        block(Words(id, own=True), kind="quote"),
        block(t("Your answer reaches them with {example}", example="/call …"), kind="note"),
    )
    call.say(who.unit, replace(said, about=id), "tell", Lane.ANSWER, quiet=False)
    call.turn.effects.append(Note("told_one", call.seat.id, {"contribution": id, "seat": who.id}))
    call.reply(t("{name} reads it, and nobody else.", name=Name(who.id)))


def team(call: Call) -> None:
    """A word to all who lead at this site."""
    text = worded(call, call.args)
    if text is None:
        return
    id = derive(call.event.id)
    _keep(call, id, text, "call")
    table = call.turn.state.table if call.seat.role == "facilitator" else None
    where = (
        t("{name}, table {number}, to all who lead:", name=call.by, number=table.number) if table is not None else None
    )
    head: Part = where or t("{name} to all who lead:", name=call.by)
    answer = block(t("Answer with {example}", example="/team …"), kind="note")
    said = message(head, block(Words(id, own=True), kind="quote"), answer)
    call.say(f"team:{call.seat.site}", said, "team", Lane.TALK, without=(call.seat.id,))
    call.turn.effects.append(Note("told_team", call.seat.id, {"contribution": id}))
    call.reply(t("All who lead here read it."))


def handover(call: Call) -> None:
    """The next shift: whoever of the others takes over gets the table, and these notes."""
    table, text = call.table, worded(call, call.args)
    if table is None or text is None:
        return
    id = derive(call.event.id)
    _keep(call, id, text, "note")
    call.turn.effects.append(Note("offered_table", call.seat.id, {"table": table.id, "contribution": id}))
    said = message(
        t("{name} looks for somebody who takes over table {number}.", name=call.by, number=table.number),
        block(Words(id, own=True), kind="quote"),
        buttons=(Button(t("Take over table {number}", number=table.number), f"{TAKE_OVER}:{id}:{table.id}"),),
    )
    call.say(f"team:{table.site}", said, "handover", without=(call.seat.id,), quiet=False)
    call.reply(t("The others who lead here have been asked. Until somebody takes over, the table stays yours."))


def take_over(call: Call) -> None:
    """Somebody takes a table over. The first who does has it."""
    table = call.turn.state.table
    notes = call.turn.state.facts.get("named", {}).get(call.args.partition(":")[0])
    if table is None or not isinstance(notes, Contribution) or call.seat.role != "facilitator":
        call.reply(t("Only somebody who facilitates can take a table over."))
        return
    if all(notes.seat != s.id for s in table.staff):
        call.reply(t("Somebody has taken this table over already."))
        return
    if call.seat.table and call.seat.table != table.id:
        call.reply(t("You lead another table. Hand that one over first, with /handover."))
        return
    before = next(s for s in table.staff if s.id == notes.seat)
    turn = call.turn
    turn.effects.append(Unseat(before.id))
    turn.effects.append(_seated(table, call.seat.id))
    turn.effects.append(Note("took_over", call.seat.id, {"table": table.id, "from": before.id}))
    told = t(
        "{name} facilitates your table from now on. Thank you, {before}.",
        name=somebody(call.seat),
        before=somebody(before),
    )
    call.say(table.unit, message(told), "took-over", Lane.TALK, without=(before.id, call.seat.id))
    call.say(
        before.unit,
        message(t("{name} has taken table {number} over. Thank you.", name=call.by, number=table.number)),
        "thanks",
    )
    call.reply(
        t("Table {number} is yours now. The notes:", number=table.number),
        block(Words(notes.id, own=True), kind="quote"),
        t("/status shows who is here, and how much time is left."),
        t("/help shows what you can do."),
    )


def _seated(table: Table, seat: str) -> Seated:
    return Seated(table.id, table.plan, table.site, table.number, table.languages, (seat,))


def _keep(call: Call, id: str, text: str, kind: str) -> None:
    seat, table = call.seat, call.table
    where = table.id if table is not None else ""
    kept = Contribution(id, "", where, seat.site, seat.id, kind, text, call.turn.now, seat.language, shared=False)
    call.turn.effects.append(Keep(kept))
