"""Objecting: whoever was hidden, asked to listen or is to be removed says so with one button, and somebody else decides.

Invariants:

* It goes to the coordinator of the site; where a coordinator or an organiser has acted, to the organisers.
* Whoever decides reads what was said and why it was hidden. Whoever objected is told how it was decided. All of it is logged.
* The same thing is put before somebody once, however often the button is pressed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.core.commands.call import Call, worded
from bot.core.commands.pending import STOP
from bot.core.effects import Keep, Lane, Note, Put, Say
from bot.core.ids import derive
from bot.core.leading import leads
from bot.core.message import Block, Button, Message, Name, Part, Phrase, Words, block, message, t
from bot.core.reasons import HIDING, REMOVING
from bot.core.rights import OVERSEEING
from bot.core.spans import until
from bot.core.state import Contribution, Seat
from bot.core.talk import changed, silent_until

HIDDEN, QUIETED, REMOVED = "-object", "-object-quiet", "-object-removal"
STAYS, UNQUIET = "-stays", "-unquiet"
ABOVE = "above"
"""Stands in an objection about what a coordinator or an organiser has done: the organisers decide."""

LABEL = t("I object")
STANDS: Mapping[str, Phrase] = {
    "hidden": t("{name} has looked at your objection: the message stays hidden."),
    "quiet": t("{name} has looked at your objection: you are still asked to listen."),
    "removal": t("{name} has looked at your objection and does not stop it."),
}
"""What whoever objected is told where it stays as it is."""


def to_hiding(id: str, table: str, time: str, reason: str, by: Seat) -> Button:
    """For the author of a message that was hidden. `time` tells one hiding of it from another."""
    return Button(LABEL, f"{HIDDEN}:{id}:{table}:{time}:{reason}:{_above(by)}")


def to_quiet(who: Seat, table: str, over: datetime, by: Seat) -> Button:
    """For somebody who was asked to listen for a while."""
    return Button(LABEL, f"{QUIETED}:{who.id}:{table}:{int(over.timestamp())}:{_above(by)}")


def to_removal(who: Seat, table: str, pending: str, reason: str, by: Seat) -> Button:
    """For somebody whom those who lead want to remove. `pending` is what waits (`bot.core.commands.pending`)."""
    return Button(LABEL, f"{REMOVED}:{who.id}:{table}:{pending}:{reason}:{_above(by)}")


def _above(by: Seat) -> str:
    return ABOVE if by.role in OVERSEEING else ""


def typed(call: Call) -> None:
    """`/object`, in one's own words: whatever it is about, the coordinator reads it."""
    text = worded(call, call.args)
    if text is None:
        return
    id = derive(call.event.id)
    _keep(call, id, text)
    said = message(t("{name} objects:", name=call.by), block(Words(id, own=True), kind="quote"))
    _put_before(call, said, f"objection/{id}", "", "words")


def hidden(call: Call) -> None:
    """The author of a hidden message objects: whoever decides reads the message and the reason."""
    id, table, time, reason, above = _parts(call.args, 5)
    given = call.turn.state.facts.get("named", {}).get(id)
    if not isinstance(given, Contribution) or given.seat != call.seat.id or given.state != "hidden":
        call.reply(t("This message is not hidden any more."), instead=False)
        return
    copy = derive(id, "objection", time)  # what is hidden is read by nobody: whoever decides reads a copy of it
    _keep(call, copy, given.text)
    why = HIDING.get(reason, t("no reason was given yet"))
    said = message(
        t("{name} objects to the hiding of this message. It was hidden because: {reason}.", name=call.by, reason=why),
        block(Words(copy), kind="quote"),
        buttons=(
            Button(t("Put it back"), f"-unhide:{id}:{table}"),
            Button(t("Keep it hidden"), f"{STAYS}:{call.seat.id}:{table}:hidden"),
        ),
    )
    _put_before(call, said, f"objection/{id}/{time}", above, "hidden", contribution=id)


def quieted(call: Call) -> None:
    """Somebody who was asked to listen objects."""
    seat, table, over, above = _parts(call.args, 4)
    when = until(datetime.fromtimestamp(int(over), call.turn.now.tzinfo), call.turn.now) if over.isdecimal() else ""
    if seat != call.seat.id or not when or int(over) <= call.turn.now.timestamp():
        call.reply(t("That is over: you can write to your table."), instead=False)
        return
    said = message(
        t("{name} objects: they were asked to listen until {when}.", name=call.by, when=when),
        buttons=(
            Button(t("They may write again"), f"{UNQUIET}:{seat}:{table}"),
            Button(t("It stays as it is"), f"{STAYS}:{seat}:{table}:quiet"),
        ),
    )
    _put_before(call, said, f"objection/quiet/{seat}/{over}", above, "quiet")


def removed(call: Call) -> None:
    """Somebody who is to be removed objects, before it happens."""
    seat, table, pending, reason, above = _parts(call.args, 5)
    if seat != call.seat.id:
        return
    said = message(
        t("{name} objects to being removed. The reason that was given: {reason}.", name=call.by,
          reason=REMOVING.get(reason, HIDING["other"])),
        buttons=(
            Button(t("Stop it"), f"{STOP}:{pending}:{table}"),
            Button(t("It stays as it is"), f"{STAYS}:{seat}:{table}:removal"),
        ),
    )  # fmt: skip
    _put_before(call, said, f"objection/removal/{pending}", above, "removal")


def stays(call: Call) -> None:
    """Whoever decides leaves it as it is: whoever objected is told."""
    seat, _, what = _parts(call.args, 3)
    table = call.turn.state.table
    if call.seat.role not in OVERSEEING or table is None or not leads(call.seat, table) or what not in STANDS:
        call.reply(t("This table is not yours, so nothing was changed."), instead=False)
        return
    call.turn.effects.append(Note("objection_refused", call.seat.id, {"of": seat, "about": what, "table": table.id}))
    told = Phrase(STANDS[what].text, {"name": call.by})
    answer = message(told, *_contact(call))
    call.turn.effects.append(Say(f"seat:{seat}", answer, f"stays/{call.event.id}", Lane.ANSWER, quiet=False))
    call.reply(t("It stays as it is. Whoever objected is told."))


def unquiet(call: Call) -> None:
    """Whoever decides lets somebody write again."""
    seat, talk, table = _parts(call.args, 2)[0], call.talk(), call.turn.state.table
    if call.seat.role not in OVERSEEING or table is None or not leads(call.seat, table):
        call.reply(t("This table is not yours, so nothing was changed."), instead=False)
        return
    if talk is None or silent_until(talk.stage, seat, call.turn.now) is None:
        call.reply(t("They can write already, or the talk is over."))
        return
    quiet = {who: over for who, over in talk.stage.data["quiet"].items() if who != seat}
    call.turn.take([Put(changed(talk.stage, quiet=quiet))])
    call.turn.effects.append(Note("unquieted", call.seat.id, {"seat": seat, "table": table.id}))
    told = message(t("{name} has looked at your objection: you can write to your table again.", name=call.by))
    call.turn.effects.append(Say(f"seat:{seat}", told, f"unquiet/{call.event.id}", Lane.ANSWER, quiet=False))
    call.reply(t("{name} can write again.", name=Name(seat)))


def _put_before(call: Call, said: Message, key: str, above: str, about: str, **data: str) -> None:
    table = call.turn.state.table
    site = table.site if table is not None else call.seat.site
    to = "organisers:" if above == ABOVE else f"coordinators:{site}"
    call.turn.effects.append(Say(to, said, key, without=(call.seat.id,), quiet=False))
    call.turn.effects.append(Note("objected", call.seat.id, {"about": about, **data}))
    call.reply(
        t("Your objection has been passed on. You are told here how it is decided."), *_contact(call), instead=False
    )


def _contact(call: Call) -> tuple[Block | Part, ...]:
    contact = call.flow.file.mandate.contact
    return (
        (block(t("A person to speak to: {contact}", contact=call.flow.local(contact)), kind="note"),) if contact else ()
    )


def _keep(call: Call, id: str, text: str) -> None:
    seat, table = call.seat, call.turn.state.table
    where = table.id if table is not None else ""
    kept = Contribution(id, "", where, seat.site, seat.id, "call", text, call.turn.now, seat.language, shared=False)
    call.turn.effects.append(Keep(kept))


def _parts(args: str, number: int) -> list[str]:
    return [*args.split(":"), *[""] * number][:number]
