"""What those who lead can do for a table that needs them (`bot.core.facilitator`): wait, ask, look for company, give a place to
somebody new. Each button does it; what moves people waits for a second person or ten minutes, like `/merge`."""

from __future__ import annotations

from dataclasses import replace

from bot.core.commands import pending, resettling
from bot.core.commands.call import Call
from bot.core.company import HELP
from bot.core.effects import Lane, Note
from bot.core.leading import leads
from bot.core.message import Button, Name, message, t
from bot.core.state import Seat


def stalled(call: Call) -> None:
    """One of the buttons under the news of such a table: `what:table`, or `seat-ID:table` for whose place is given away."""
    what, table = call.args.partition(":")[0], call.turn.state.table
    if table is None or not leads(call.seat, table):
        call.reply(t("This table is not yours, so nothing was changed."), instead=False)
        return
    call = replace(call, at=table)
    if what == "replace" or what.startswith(SEAT):
        _replace(call, what.removeprefix(SEAT) if what.startswith(SEAT) else "")
        return
    talk = call.talk()
    if talk is None or talk.stage.state == "closed" or not talk.stage.data["began"]:
        call.reply(t("No talk is open at this table now."), instead=False)
        return
    call.turn.effects.append(Note("attended", call.seat.id, {"table": table.id, "what": what}))
    match what:
        case "ask":
            asked = t(
                "{name} asks how you are getting on. Answer here; /call asks for a person, in private.", name=call.by
            )
            call.say(table.unit, message(asked), "attend", Lane.TALK, without=(call.seat.id,))
            call.reply(t("Table {number} has been asked.", number=table.number), instead=False)
        case "merge":
            pending.ask(
                replace(call, name="merge"), "",
                t("Those at table {number} move to another table that has room, if there is one.", number=table.number),
                t("You may move to another table at {when}, or earlier, so that there are more of you. You talk on until then.",
                  when=""),
            )  # fmt: skip
        case _:
            call.reply(t("Table {number} goes on as it is.", number=table.number), instead=False)


SEAT = "seat-"


def _replace(call: Call, seat: str) -> None:
    """Whose place becomes free: one who dropped out, chosen where there are several."""
    table = call.table
    gone: tuple[Seat, ...] = call.turn.state.facts.get("dropped", ())
    who = next((s for s in gone if s.id == seat), None)
    if table is None:
        return
    if who is not None:
        call.turn.effects.append(Note("attended", call.seat.id, {"table": table.id, "what": "replace"}))
        resettling.replace_seat(call, who)
    elif gone:
        call.reply(
            t("Whose place shall somebody new have? Only those who have dropped out are shown."),
            buttons=tuple(Button(Name(s.id), f"{HELP}:{SEAT}{s.id}:{table.id}") for s in gone),
            instead=False,
        )
    else:
        call.reply(t("Nobody of this table has dropped out."), instead=False)
