"""What those who lead can do for a table that needs them (`bot.core.facilitator`): wait, ask, look for company."""

from __future__ import annotations

from dataclasses import replace

from bot.core.commands.call import Call
from bot.core.effects import Lane, Note
from bot.core.leading import leads
from bot.core.message import message, t


def stalled(call: Call) -> None:
    """One of the buttons under the news of such a table: `what:table`."""
    what, table = call.args.partition(":")[0], call.turn.state.table
    if table is None or not leads(call.seat, table):
        call.reply(t("This table is not yours, so nothing was changed."))
        return
    talk = replace(call, at=table).talk()
    if talk is None or talk.stage.state == "closed" or not talk.stage.data["began"]:
        call.reply(t("No talk is open at this table now."))
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
            talk.take(talk.step.gather(talk.scene))
            call.reply(
                t("I look for another table for those at table {number}. They stay where they are if there is none.",
                  number=table.number), instead=False,
            )  # fmt: skip
        case _:
            call.reply(t("Table {number} goes on as it is.", number=table.number), instead=False)
