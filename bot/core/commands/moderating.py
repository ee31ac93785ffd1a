"""When somebody harms a table: a pause from writing, or the way out. Both have a reason from a list, a time or a second person,
and a line in the log; whoever they concern is told at once, and to whom to turn."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.core.commands import objecting, pending
from bot.core.commands.call import Call, find
from bot.core.commands.leaving import go
from bot.core.effects import Lane, Note, Put, Wake
from bot.core.events import Removed
from bot.core.heard import Heard
from bot.core.message import Button, Name, Part, block, message, t
from bot.core.reasons import REMOVING as WHY
from bot.core.schedule import duration
from bot.core.spans import spell, until
from bot.core.talk import changed
from bot.core.turn import Turn

LONGEST_QUIET = timedelta(minutes=30)
QUIET = timedelta(minutes=10)


def quiet(call: Call) -> None:
    """Somebody listens for a while. With 0m they may write again."""
    talk, found = call.talk(), find(call, call.args)
    if talk is None or found is None:
        return
    who, rest = found
    span = QUIET if not rest else _span(rest)
    if span is None or span > LONGEST_QUIET:
        call.wrong(t("Please write for how long behind the name: up to {span}.", span=spell(LONGEST_QUIET)))
        return
    over = call.turn.now + span
    quiet_until = {**talk.stage.data.get("quiet", {}), who.id: over.isoformat()}
    call.turn.take([Put(changed(talk.stage, quiet=quiet_until))])
    call.turn.effects.append(
        Note(
            "quieted",
            call.seat.id,
            {
                "table": call.table.id if call.table is not None else "",
                "seat": who.id,
                "seconds": int(span.total_seconds()),
            },
        )
    )
    if span <= timedelta():
        call.say(who.unit, message(t("You can write to your table again.")), "quiet", Lane.ANSWER, quiet=False)
        call.reply(t("{name} can write again.", name=Name(who.id)))
        return
    when = until(over, call.turn.now)
    told = message(
        t(
            "{name} asks you to listen until {when}. What you write until then does not go to the table.",
            name=call.by,
            when=when,
        ),
        t("If you think that this is wrong, please write to: {contact}", contact=_contact(call)),
        buttons=(objecting.to_quiet(who, call.table.id if call.table is not None else "", over, call.seat),),
    )
    call.say(who.unit, told, "quiet", Lane.ANSWER, quiet=False)
    call.reply(t("{name} listens until {when}, and has been told.", name=Name(who.id), when=when))


def remove(call: Call) -> None:
    """Ask why, first of all."""
    found = find(call, call.args)
    if found is None or call.table is None:
        return
    who, _ = found
    buttons = [Button(label, f"-remove:{who.id}:{call.table.id}:{why}") for why, label in WHY.items()]
    buttons.append(Button(t("Do not remove anybody"), f"-remove:{who.id}:{call.table.id}:no"))
    call.reply(t("Why shall {name} leave the assembly?", name=Name(who.id)), buttons=tuple(buttons))


def reasoned(call: Call) -> None:
    """The reason is given: a second person is asked, and until then the person listens."""
    seat, _, rest = call.args.partition(":")
    why = rest.rpartition(":")[2]
    table = call.turn.state.table
    who = next((m for m in table.members if m.id == seat), None) if table is not None else None
    if why == "no" or why not in WHY or who is None or table is None:
        call.reply(t("Nobody was removed."))
        return
    call.turn.effects.append(Note("wants_removed", call.seat.id, {"table": table.id, "seat": who.id, "reason": why}))
    told = message(
        t("{name} wants you to leave this assembly. The reason: {reason}.", name=call.by, reason=WHY[why]),
        t(
            "A second person decides. If you think that this is wrong, please write to: {contact}",
            contact=_contact(call),
        ),
        buttons=(objecting.to_removal(who, table.id, pending.of(call.event.id), why, call.seat),),
    )
    call.say(who.unit, told, "removing", Lane.ANSWER, quiet=False)
    what = t("{name} of table {number} is removed from the assembly. The reason: {reason}.",
             name=Name(who.id), number=table.number, reason=WHY[why])  # fmt: skip
    pending.ask(replace(call, name="remove"), f"{who.id}:{why}", what)


def removed(call: Call) -> None:
    """It happens, as an event of the person's own: everything that waits for them goes on without them."""
    seat, _, why = call.args.partition(":")
    table = call.turn.state.table
    if table is None or all(m.id != seat for m in table.members):
        return
    call.turn.effects.append(Note("removed", call.seat.id, {"table": table.id, "seat": seat, "reason": why}))
    call.turn.effects.append(Wake(call.turn.now, Removed(seat, why), f"removed/{seat}/{call.event.id}"))


def goes(turn: Turn, event: Removed) -> None:
    """The person is out, keeps their rights over what they gave, and knows why."""
    seat = turn.state.seat
    if seat is None or seat.status not in ("new", "active", "paused"):
        return
    call = Call(turn, seat, Heard(f"removed/{seat.id}", seat.id, turn.now), "leave")
    told = t("{name} does not take part any longer. The reason: {reason}.", name=Name(seat.id), reason=WHY[event.why])
    go(call, "left", told)
    call.reply(
        t("You do not take part in this assembly any longer. The reason: {reason}.", reason=WHY[event.why]),
        t("If you think that this is wrong, please write to: {contact}", contact=_contact(call)),
        block(t("/mydata gives you a copy of what is kept of you, /forget erases it."), kind="note"),
    )


def _contact(call: Call) -> Part:
    contact = call.flow.file.mandate.contact
    return call.flow.local(contact) if contact else t("the coordinator of your site")


def _span(text: str) -> timedelta | None:
    try:
        return duration(text) if text != "0m" else timedelta()
    except ValueError:
        return None
