"""What observers do: choose the tables of which they read, read the log, and put on record what they notice."""

from __future__ import annotations

from dataclasses import replace

from bot.core.commands.call import Call, worded
from bot.core.effects import Keep, Lane, Note, Say, Watch
from bot.core.ids import derive
from bot.core.message import Own, Words, block, message, t
from bot.core.observing import ALL, WATCH
from bot.core.spans import spell
from bot.core.state import Contribution

STOP = "stop"


def watch(call: Call) -> None:
    """`/watch 3`, `/watch all`, `/watch stop`; alone it says how things stand."""
    wish, table, feed = call.args.casefold(), call.turn.state.table, call.flow.file.feed
    if not feed.open:
        call.reply(t("Nobody observes the talks of this assembly. Transcripts are made from it as people have agreed."))
        return
    if wish == STOP:
        call.turn.effects.append(Watch(call.seat.id, ""))
        call.reply(t("You do not read along any longer."))
    elif wish == ALL:
        call.turn.effects.append(Watch(call.seat.id, ALL))
        call.reply(t("You read what is said at all tables from now on, {span} later and without names.", span=spell(feed.delay)),
                   t("The tables are told that somebody observes."))  # fmt: skip
    elif wish.isdecimal() and table is not None and str(table.number) == wish:
        call.turn.effects.append(Watch(call.seat.id, table.id))
        call.reply(t("You read what is said at table {number} from now on, {span} later and without names.",
                     number=table.number, span=spell(feed.delay)),
                   t("The table is told that somebody observes."))  # fmt: skip
    elif wish.isdecimal():
        call.reply(t("There is no table {number}.", number=wish[:8]))
    elif wish:
        call.wrong(t("Please write the number of a table, all, or stop."))
    elif call.seat.attributes.get(WATCH):
        call.reply(t("You read along, {span} later and without names. {example} ends it.", span=spell(feed.delay),
                     example="/watch stop"))  # fmt: skip
    else:
        call.reply(t("You read nothing yet. Choose a table with {example}, or all of them with {all}.",
                     example="/watch 3", all="/watch all"))  # fmt: skip


def remark(call: Call) -> None:
    """Something that an observer wants on record: the organisers read it, and it stands in the export."""
    text = worded(call, call.args)
    if text is None:
        return
    id, seat = derive(call.event.id), call.seat
    kept = Contribution(id, "", "", seat.site, seat.id, "remark", text, call.turn.now, seat.language, shared=False)
    call.turn.effects.append(Keep(kept))
    call.turn.effects.append(Note("remarked", seat.id, {"contribution": id}))
    said = message(t("A remark by {name}:", name=call.by), block(Words(id, own=True), kind="quote"))
    call.turn.effects.append(Say("organisers:", said, f"remark/{id}", Lane.STEP, quiet=False))
    call.reply(t("Your remark is on record, and the organisers read it."))


def log(call: Call) -> None:
    """The log of what those who lead have decided, as a file."""
    said = message(t("Here is the log: what was done, when, and in which role. Nobody is named in it."))
    call.say(call.seat.unit, replace(said, enclosed=Own("log")), "log", Lane.ANSWER, quiet=False)
