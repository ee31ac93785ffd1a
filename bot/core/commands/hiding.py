"""Hiding a message: one tap, and nobody reads it any more.

Invariants:

* Whoever leads the table hides at once and says why afterwards, in one of the listed words. The author is told at once, is
  told why, and to whom to turn. The table reads the reason too: nobody hides in silence.
* What is hidden is neither counted nor carried nor exported. It stays sealed, as evidence, and can be put back.
"""

from __future__ import annotations

from dataclasses import replace

from bot.core import shares
from bot.core.commands import objecting
from bot.core.commands.call import Call
from bot.core.effects import Hide, Keep, Lane, Note, Recall, Say, Unhide
from bot.core.heard import Remained
from bot.core.ids import derive
from bot.core.leading import leads
from bot.core.message import Block, Button, Name, Part, Several, Words, block, message, t, tn
from bot.core.reasons import HIDING as WHY
from bot.core.spans import until
from bot.core.state import Contribution, Table
from bot.core.talk import Remark, forgotten, passed
from bot.core.turn import Turn

KINDS = ("message", "idea", "prompt", "summary", "file", "reply")
"""What can be hidden: all that others read."""


def hide(call: Call) -> None:
    """`/hide`, in reply to a message; without one, the last messages are offered."""
    if call.event.answers:
        _hide(call, call.event.answers)
        return
    talk = call.talk()
    remarks = [Remark(**entry) for entry in talk.stage.data["recent"]] if talk is not None else []
    table = call.turn.state.table
    mine = [said for said in remarks if said.seat != call.seat.id]
    if not mine or table is None:
        call.reply(t("Reply to a message with /hide, and nobody at the table reads it any more."))
        return
    blocks: list[Block | Part] = [t("Which message shall be hidden? You can also reply to it with /hide.")]
    for number, said in enumerate(mine, 1):
        blocks.append(block(f"{number} · ", Name(said.seat)))
        blocks += [block(Words(said.id, own=True), kind="quote")] if said.words else []
    buttons = [Button(t("Hide {number}", number=n), f"-hide:{said.id}:{table.id}") for n, said in enumerate(mine, 1)]
    call.reply(*blocks, buttons=tuple(buttons))


def pressed(call: Call) -> None:
    """The button under a message."""
    _hide(call, call.args.partition(":")[0])


def _hide(call: Call, id: str) -> None:
    found = _found(call, id, "live")
    if found is None:
        return
    given, table, turn = *found, call.turn
    turn.effects += [Hide(id), Recall(id, table.id, f"hide/{call.event.id}")]
    turn.effects.append(Note("hid", call.seat.id, {"contribution": id, "table": table.id}))
    if talk := call.talk():
        counted = shares.reworded(talk.stage, given, "") if given.step == talk.node.id else talk.stage
        turn.put(forgotten(counted, id))
    time = derive(call.event.id)  # a message may be hidden twice, and each time there is a reason
    buttons = [Button(label, f"-why:{id}:{table.id}:{why}:{time}") for why, label in WHY.items()]
    buttons.append(Button(t("It was a mistake: put it back"), f"-unhide:{id}:{table.id}"))
    call.reply(
        t(
            "Hidden: nobody reads what {name} wrote any more, and it is not counted. Why was it hidden?",
            name=Name(given.seat),
        ),
        buttons=tuple(buttons),
        instead=False,
    )
    told = t("{name} has hidden this message of yours: nobody at the table reads it now.", name=call.by)
    author = next((m for m in table.members if m.id == given.seat), None)
    if author is not None and table.in_room(author):  # it may not stand in their own chat, where they read this
        told = t(
            "{name} has hidden what you wrote at {when}: nobody at the table reads it now.",
            name=call.by, when=until(given.at, turn.now),
        )  # fmt: skip
    contact = call.flow.file.mandate.contact
    whom = call.flow.local(contact) if contact else t("the coordinator of your site")
    _author(
        call,
        given,
        f"hidden/{time}",
        told,
        t("If you think that this is wrong, please write to: {contact}", contact=whom),
        button=objecting.to_hiding(id, table.id, time, "", call.seat),
    )


def why(call: Call) -> None:
    """The reason was chosen: the author and the table read it, once."""
    id, _, reason, time = [*call.args.split(":"), "", "", ""][:4]
    found = _found(call, id, "hidden")
    if found is None or reason not in WHY:
        return
    given, table = found
    data = {"contribution": id, "table": table.id, "step": given.step, "reason": reason}
    call.turn.effects.append(Note("hidden", call.seat.id, data))
    back = Button(t("It was a mistake: put it back"), f"-unhide:{id}:{table.id}")
    call.reply(
        t("Thank you. The author and the table are told the reason: {reason}.", reason=WHY[reason]), buttons=(back,)
    )
    told = t(
        "The reason why your message was hidden: {reason}. You can say it again in other words.", reason=WHY[reason]
    )
    button = objecting.to_hiding(id, table.id, time, reason, call.seat)
    _author(call, given, f"why/{time}", told, button=button)
    said = message(t("{name} has hidden a message. The reason: {reason}.", name=call.by, reason=WHY[reason]))
    call.turn.effects.append(Say(table.unit, said, f"hid/{id}/{time}", Lane.TALK, without=(given.seat, call.seat.id)))


def put_back(call: Call) -> None:
    """It was a mistake: the message stands again, and is passed on once more."""
    found = _found(call, call.args.partition(":")[0], "hidden")
    if found is None:
        return
    given, table = found
    call.turn.effects += [Keep(replace(given, state="live")), Unhide(given.id)]
    call.turn.effects.append(Note("unhid", call.seat.id, {"contribution": given.id, "table": table.id}))
    talk = call.talk()
    if talk is not None:
        if given.step == talk.node.id:
            call.turn.put(shares.reworded(talk.stage, replace(given, text=""), given.text))
        said = Remark(given.id, given.seat, given.kind, bool(given.text), given.media, given.target)
        call.say(table.unit, passed(talk.scene, said), f"unhid/{given.id}", Lane.TALK, without=(given.seat,))
    call.reply(t("It can be read again."))
    told = message(t("{name} has put your message back: it was hidden by mistake.", name=call.by))
    call.say(f"seat:{given.seat}", replace(told, answers=given.id), "unhid", Lane.ANSWER, quiet=False)


def remained(turn: Turn, event: Remained) -> None:
    """Some copies could not be deleted: whoever hid the message, or took it back, is told which."""
    given = turn.state.facts.get("named", {}).get(event.contribution)
    table = turn.state.table
    if given is None or given.state == "live" or event.key.startswith("forget/"):
        return  # whoever is forgotten has read that copies may stay, and nothing else reaches them
    if table is None or (given.kind == "prompt" and not given.table):
        # To many people: one app after the other says that it does not let a copy go. It is told once.
        some = t("Some copies remain, because the chat app does not let me delete them.")
        turn.effects.append(Say(f"seat:{given.seat}", message(some), f"remained/{event.key}", Lane.ANSWER, quiet=False))
        return
    rooms = [t("the message itself in the room")] if "" in event.seats else []
    seating = [s.id for s in (*table.members, *table.staff)]
    chats = [
        Name(s) for s in sorted(filter(None, event.seats), key=lambda s: (s not in seating, [*seating, s].index(s)))
    ]
    where: list[Part] = [*rooms]
    if chats:
        where.append(t("what stands in the chat of {names}", names=Several(tuple(chats))))
    count = len(rooms) + len(chats)
    told = message(
        tn("{n} copy remains: {where}.", "{n} copies remain: {where}.", n=count, where=Several(tuple(where))),
        block(t("The chat app does not let me delete it."), kind="note"),
    )
    to = f"facilitators:{table.id}" if given.state == "hidden" else f"seat:{given.seat}"
    key = f"remained/{event.key}/{'+'.join(event.seats)}"
    turn.effects.append(Say(to, told, key, Lane.ANSWER, quiet=False))


def _found(call: Call, id: str, state: str) -> tuple[Contribution, Table] | None:
    """The message and its table; None where the person was told why nothing happens."""
    given = call.turn.state.facts.get("named", {}).get(id)
    table = call.turn.state.table
    if table is None or not leads(call.seat, table):
        why = t("This table is not yours, so nothing was changed.")
    elif given is None or given.table != table.id or given.kind not in KINDS:
        why = t("I cannot find this message at your table. Please reply with /hide to the message itself.")
    elif given.state != state and state == "live":
        why = t("This message is hidden already, or was taken back.")
    elif given.state != state:
        why = t("This message is not hidden, so there is nothing to change.")
    else:
        return given, table
    call.reply(why, instead=False)
    return None


def _author(call: Call, given: Contribution, what: str, *blocks: Part, button: Button) -> None:
    """Tell the author, under the message that it is about, with a button to object."""
    told = replace(message(*blocks, buttons=(button,)), answers=given.id)
    call.turn.effects.append(Say(f"seat:{given.seat}", told, f"author/{given.id}/{what}", Lane.ANSWER, quiet=False))


__all__ = ["WHY", "hide", "pressed", "put_back", "remained", "why"]
