"""The buttons under a picture that waits: whoever leads the table passes it on, or does not."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core import pictures
from bot.core.commands.call import Call
from bot.core.effects import Effect, Note, Put
from bot.core.holding import waiting
from bot.core.leading import leads
from bot.core.message import t
from bot.core.state import Contribution, Table


def show(call: Call) -> None:
    """Pass it on to the table."""
    found = _found(call)
    if found is None:
        return
    given, table = found
    talk, author = call.talk(), next((s for s in (*table.members, *table.staff) if s.id == given.seat), None)
    if talk is None or author is None:
        drop(call)
        return
    if talk.stage.state == "paused":
        call.reply(t("The talk rests. You can pass it on when it goes on."), instead=False)
        return
    talk.take(talk.step.show(talk.scene, given, author))
    call.turn.effects.append(Note("shown", call.seat.id, {"contribution": given.id, "table": table.id}))


def drop(call: Call) -> None:
    """Do not pass it on; so too where the talk is over, or where whoever sent it has left the table."""
    found = _found(call)
    if found is None:
        return
    given, table = found
    call.turn.effects.append(Note("not_shown", call.seat.id, {"contribution": given.id, "table": table.id}))
    talk = call.talk()
    if talk is None:
        call.reply(t("The talk is over, so it was not passed on."))
        return

    def effects() -> Iterator[Effect]:
        yield Put((yield from pictures.drop(talk.scene, talk.stage, given)))

    talk.take(effects())


def _found(call: Call) -> tuple[Contribution, Table] | None:
    """What waits, and the table; None where the person was told why nothing happens."""
    table = call.turn.state.table
    given = waiting(call.turn, call.args.partition(":")[0])
    if table is None or not leads(call.seat, table):
        call.reply(t("This table is not yours, so nothing was changed."), instead=False)
    elif given is None or given.table != table.id:
        call.reply(t("This was decided already, or taken back."), instead=False)
    else:
        return given, table
    return None
