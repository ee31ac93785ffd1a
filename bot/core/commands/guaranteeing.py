"""What guarantors do beside observing: stop a step until they and a coordinator have talked."""

from __future__ import annotations

from bot.core import stopping
from bot.core.commands.call import Call, named, worded
from bot.core.effects import Keep, Lane, Note, Say
from bot.core.ids import derive
from bot.core.itinerary import TRUNK, Node
from bot.core.message import Button, Plain, Several, Words, block, message, t
from bot.core.observing import guarantees
from bot.core.rights import OVERSEEING
from bot.core.state import Contribution

NEXT = "next"


def hold(call: Call) -> None:
    """`/hold STEP REASON`; `next` is the step that opens next."""
    if not guarantees(call.seat):
        call.reply(t("Only a guarantor can stop a step. /remark puts on record what you notice."))
        return
    name, _, reason = call.args.partition(" ")
    node = _step(call, name)
    if node is None:
        return
    text = worded(call, reason)
    if text is None:
        return
    turn, seat, id = call.turn, call.seat, derive(call.event.id)
    kept = Contribution(
        id, "", "", seat.site, seat.id, "remark", text, turn.now, seat.language, target=node.id, shared=False
    )
    turn.effects.append(Keep(kept))
    turn.effects.append(Note("stopped_step", seat.id, {"course": turn.course.id, "step": node.id, "contribution": id}))
    stopping.stop(turn, node, seat.id)
    said = stopping.tell(turn, node, call.by, key=f"hold/{call.event.id}")
    turn.effects += [_quoting(each, id) for each in said if isinstance(each, Say)]
    call.reply(
        t(
            "“{step}” is stopped. The coordinators and organisers have read why; please talk to them.",
            step=named(call.flow, node),
        ),
        buttons=(Button(t("It can go on"), f"{stopping.LIFT}:{turn.course.id}:{node.id}"),),
    )


def lift(call: Call) -> None:
    """It can go on: at the guarantor's word at once, at that of somebody who leads once the guarantor agrees."""
    node, held = _held(call)
    if node is None:
        return
    if guarantees(call.seat):
        stopping.lift(call.turn, node, call.seat.id)
        call.reply(t("Thank you. It goes on."))
    elif call.seat.role not in OVERSEEING or held is None:
        call.reply(t("Only a guarantor, or those who lead, can let it go on."))
    else:
        stopping.ask(call.turn, node, call.seat.id)
        press = f"{call.turn.course.id}:{node.id}"
        asked = message(
            t(
                "{name} would like “{step}” to go on. Have you talked to each other?",
                name=call.by,
                step=named(call.flow, node),
            ),
            t("Without your answer it goes on after half an hour."),
            buttons=(
                Button(t("It can go on"), f"{stopping.LIFT}:{press}"),
                Button(t("It stays stopped"), f"{stopping.KEEP}:{press}"),
            ),
        )
        call.say(f"seat:{held}", asked, "lift", Lane.ANSWER, quiet=False)
        call.reply(t("The guarantor is asked. Without an answer it goes on after half an hour."))


def keep(call: Call) -> None:
    """The guarantor does not agree yet."""
    node, _ = _held(call)
    if node is None or not guarantees(call.seat):
        return
    stopping.keep(call.turn, node)
    told = message(t("{name} has not agreed: “{step}” stays stopped.", name=call.by, step=named(call.flow, node)))
    for unit in stopping.leading(call.turn):
        call.say(unit, told, f"kept/{unit}", quiet=False)
    call.reply(t("It stays stopped. Please talk to the coordinator."))


def _held(call: Call) -> tuple[Node | None, str | None]:
    """The step that is stopped, and by whom; (None, None) where the person was told that nothing is."""
    parts = call.args.split(":") if call.event.press else ["", call.args]
    stopped = call.turn.course.held
    id = parts[1] if len(parts) > 1 and parts[1] in stopped else next(iter(stopped), "") if not call.event.press else ""
    node = call.flow.nodes.get(id)
    if node is None:
        call.reply(t("Nothing of this is stopped now."))
        return None, None
    return node, stopped[id].seat


def _step(call: Call, name: str) -> Node | None:
    """The step that is meant, which has not ended; None where the person was told which ones there are."""
    course, nodes = call.turn.course, call.flow.nodes
    ahead = [n for n in nodes.values() if n.id not in course.done]
    if name.casefold() == NEXT:
        row, index = call.flow.sequences[TRUNK], course.at.get(TRUNK, 0)
        coming = [n for n in row[index:] if n.id not in course.open and n.id not in course.done]
        if coming:
            return coming[0]
    found = next((n for n in ahead if n.id == name.casefold()), None)
    if found is None:
        shown = Several(tuple(Plain(n.id) for n in ahead[:10]))
        call.wrong(t("Please write the step and why: {steps}; or next.", steps=shown))
    return found


def _quoting(said: Say, id: str) -> Say:
    """The same with the reason in it."""
    first, *rest = said.message.blocks
    quoted = message(first, block(Words(id, own=True), kind="quote"), *rest, buttons=said.message.buttons)
    return Say(said.to, quoted, said.key, quiet=False)
