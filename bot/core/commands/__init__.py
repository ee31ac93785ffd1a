"""The commands that people type, and the buttons that belong to commands.

Every command goes the same way: is it known, may this role use it, here and in this way (`bot.core.rights`), is the person
taking part, is the table or the talk there that it is about. Only then does its function run. A button has the rights of its
command.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.core import lodging, rooms, stopping, ways_in
from bot.core.briefing import ASK
from bot.core.commands import (
    attending,
    calling,
    consulting,
    erasing,
    facilitating,
    guaranteeing,
    halting,
    helping,
    hiding,
    leaving,
    looking,
    meeting,
    moderating,
    objecting,
    observing,
    organising,
    originals,
    own,
    pending,
    prompting,
    resettling,
    revoking,
    speaking,
    steering,
    tracing,
    translating,
    voicing,
)
from bot.core.commands.call import Call, number_named, parse
from bot.core.commands.consulting import awaited
from bot.core.events import Answered
from bot.core.facilitator import HELP
from bot.core.heard import Heard
from bot.core.message import Part, Several, t
from bot.core.places import OWN_CHAT, PRESSABLE, kind_of, place_of
from bot.core.rights import COMMANDS, OVERSEEING, ROLES, allowed, lasts, may
from bot.core.spoken import START
from bot.core.state import Seat
from bot.core.translation.interpreting import ORIGINAL, ORIGINALS, TRANSLATION
from bot.core.turn import Turn

UNTABLED = ("nudge", "tell")
"""What those who lead several tables may also do without naming one: people are looked after before they have tables."""

RUN: Mapping[str, Callable[[Call], None]] = {
    "help": helping.help,
    "my": own.my,
    "name": own.name,
    "lang": own.lang,
    "join": helping.explain,
    "for": helping.explain,
    "pass": speaking.pass_turn,
    "original": originals.typed,
    "undo": speaking.undo,
    "leave": leaving.leave,
    "consent": erasing.consent,
    "mydata": erasing.mydata,
    "forget": erasing.forget,
    "status": facilitating.status,
    "prompt": prompting.prompt,
    "note": facilitating.note,
    "extend": facilitating.extend,
    "pause": facilitating.pause,
    "resume": facilitating.resume,
    "next": facilitating.next,
    "summary": facilitating.summary,
    "invite": organising.invite,
    "joining": organising.joining,
    "begin": organising.begin,
    "time": facilitating.time,
    "turn": facilitating.turn,
    "nudge": facilitating.nudge,
    "quiet": moderating.quiet,
    "remove": moderating.remove,
    "tell": calling.tell,
    "team": calling.team,
    "handover": calling.handover,
    "move": resettling.move,
    "merge": resettling.merge,
    "replace": resettling.replaced,
    "announce": prompting.announce,
    "board": steering.board,
    "open": steering.open_next,
    "close": steering.close,
    "gate": steering.gate,
    "publish": steering.publish,
    "call": calling.call_for_help,
    "object": objecting.typed,
    "watch": observing.watch,
    "remark": observing.remark,
    "log": observing.log,
    "revoke": revoking.revoke,
    "hold": guaranteeing.hold,
    "lift": guaranteeing.lift,
    "hide": hiding.hide,
    "sentence": voicing.sentence,
    "source": tracing.source,
    "trans": translating.trans,
    "release": translating.release,
    "bind": meeting.bind,
    "unbind": meeting.unbind,
    "room": meeting.room,
}

PRESSED: Mapping[str, tuple[str, Callable[[Call], None]]] = {
    helping.ALL: ("help", helping.everything),
    "-undo": ("undo", speaking.undo_pressed),
    ASK: ("call", calling.call_for_help),
    ORIGINAL: ("original", originals.one),
    ORIGINALS: ("original", originals.several),
    TRANSLATION: ("original", originals.back),
    "-lang": ("lang", own.lang),
    "-leave": ("leave", leaving.chosen),
    "-back": ("leave", leaving.come_back),
    "-send": ("prompt", prompting.send),
    "-unsend": ("prompt", prompting.take_back),
    "-cancel": ("prompt", prompting.cancel),
    "-joining": ("joining", organising.joining),
    "-begin": ("begin", organising.begin_pressed),
    "-room": ("room", meeting.room),
    "-stay": ("room", meeting.stay),
    "-come": ("room", meeting.come),
    "-show": ("hide", looking.show),
    "-drop": ("hide", looking.drop),
    "-hide": ("hide", hiding.pressed),
    "-why": ("hide", hiding.why),
    "-unhide": ("hide", hiding.put_back),
    "-source": ("source", tracing.source),
    "-announce": ("announce", prompting.send_to_everybody),
    "-agree": ("status", lambda call: pending.agree(call, PUT_OFF)),
    "-stop": ("status", pending.stop),
    HELP: ("status", attending.stalled),
    "-remove": ("remove", moderating.reasoned),
    "-take-over": ("handover", calling.take_over),
    "-revoke": ("revoke", revoking.revoked),
    stopping.LIFT: ("lift", guaranteeing.lift),
    stopping.KEEP: ("hold", guaranteeing.keep),
    objecting.HIDDEN: ("object", objecting.hidden),
    objecting.QUIETED: ("object", objecting.quieted),
    objecting.REMOVED: ("object", objecting.removed),
    objecting.STAYS: ("hide", objecting.stays),
    objecting.UNQUIET: ("quiet", objecting.unquiet),
    "-consent": ("consent", erasing.consented),
    "-forget": ("forget", erasing.forgotten),
    "-mine": ("sentence", voicing.confirm),
    "-not-mine": ("sentence", voicing.reject),
    "-take": ("trans", translating.take_pressed),
    "-release": ("release", translating.release_pressed),
    "-anew": ("release", translating.anew),
    "-cannot": ("trans", translating.cannot),
    "-withdraw": ("trans", translating.withdraw),
    "-ask": ("trans", consulting.ask),
    "-tell": ("lang", consulting.tell),
    "-tells": ("lang", consulting.told),
    "-doubt": ("lang", translating.doubt),
}
"""The buttons by their first part: the command that they belong to, and what they do."""

PUT_OFF: Mapping[str, Callable[[Call], None]] = {
    "remove": moderating.removed,
    "close": steering.closed,
    "pause": halting.paused,
    "merge": resettling.merged,
    "publish": steering.published,
}
"""The commands that wait for a second person or ten minutes, and what they do then (`bot.core.commands.pending`)."""

ANSWERS: Mapping[str, Callable[[Turn, Answered], None]] = {
    "invite": organising.invited,
    "joining": organising.doors,
    "bind": meeting.offered,
    "join": resettling.joined,
    "link": ways_in.linked,
    "admit": ways_in.admitted,
    "room": ways_in.not_made,
    "put_out": rooms.stays_in,
    "lodge": lodging.lodged,
}
"""What becomes of the jobs that belong to no step, by their name."""


def run(turn: Turn, seat: Seat, event: Heard) -> None:
    """Carry a typed command out, or say kindly why not."""
    name, args = parse(event.text)
    if kind_of(event) not in PRESSABLE:
        Call(turn, seat, event, "help").reply(t("A command stands alone: please send it without a file."))
        return
    if name == START:
        call = Call(turn, seat, event, "help")
        if _allowed(call):
            (helping.help if seat.status == "paused" else own.here)(call)
        return
    call = Call(turn, seat, event, name, args)
    if not _allowed(call):
        return
    command = COMMANDS[name]
    if command.active and seat.status != "active":
        call.reply(t("Please finish the first questions above, then you can use /{name}.", name=name))
        return
    to_all = (
        name in ("prompt", "pause", "resume")
        and seat.role in OVERSEEING
        and args.casefold().split(maxsplit=1)[:1] == ["all"]
    )
    if name == "undo" and speaking.tried(call):
        return
    of_course = command.where == "course" and seat.role in OVERSEEING and not args
    of_course = of_course or (name in UNTABLED and seat.role in OVERSEEING and number_named(seat, event) is None)
    if command.where != "anywhere" and not to_all and not of_course:
        addressed = call.addressed()
        if addressed is None:
            return
        call = addressed
        if command.where == "talk" and call.talk() is None:
            call.reply(t("No talk is open at this table now."))
            return
    RUN[name](call)


def pressed(turn: Turn, seat: Seat, event: Heard) -> None:
    """A button that belongs to a command."""
    what, _, args = event.press.partition(":")
    name, act = PRESSED.get(what, ("", None))
    call = Call(turn, seat, event, name, args)
    if act is None:
        call.reply(t("This button does nothing any more. /help shows what you can do."))
    elif what == "-back" or _allowed(call):
        act(call)


def not_here(turn: Turn, seat: Seat, event: Heard) -> None:
    """Somebody writes or presses who takes no part at present."""
    leaving.not_here(Call(turn, seat, event, "help"))


def nothing_open(turn: Turn, seat: Seat, event: Heard) -> None:
    """Nothing waits for what was written."""
    call = Call(turn, seat, event, "help")
    if talk := call.talk():
        talk.take(talk.step.hear(talk.scene, event))
        return
    call.reply(t("Nothing is open for you right now, so this was not passed on."), t("/help shows what you can do."))


def _allowed(call: Call) -> bool:
    """True if the person may use the command; else they have been told."""
    command = COMMANDS.get(call.name)
    if command is None:
        helping.unknown(call, call.name)
        return False
    if call.seat.status in ("left", "refused") and not command.always:
        leaving.not_here(call)
        return False
    place, kind = place_of(call.seat, call.event), kind_of(call.event)
    if not allowed(call.seat.role, call.name, place, kind):
        _not_so(call) if may(call.seat.role, call.name) else _not_yours(call)
        return False
    if call.turn.state.facts.get("over") and not lasts(call.seat.role, call.name):
        call.reply(
            t("The assembly has ended, and with it your role. /{name} does nothing any more.", name=call.name),
            t("/help shows what you can do."),
        )
        return False
    if call.seat.status == "paused" and command.active:
        leaving.not_here(call)
        return False
    return True


def _not_yours(call: Call) -> None:
    """Others may do that: say who."""
    roles: tuple[Part, ...] = tuple(ROLES[r] for r in ROLES if r in call.command.roles)
    call.reply(t("/{name} is for {roles}.", name=call.name, roles=Several(roles)), t("/help shows what you can do."))


def _not_so(call: Call) -> None:
    """Not here, or not in this way. The answer comes in the person's own chat, wherever they have asked."""
    if place_of(call.seat, call.event) in call.command.places:
        call.reply(t("This button does nothing any more. /help shows what you can do."))
    elif call.command.places <= OWN_CHAT:
        call.reply(
            t("/{name} works here, in your own chat with me, where nobody else reads it. There I have done nothing.",
              name=call.name)
        )  # fmt: skip
    else:
        call.reply(
            t("/{name} works here, in your own chat with me, and in the room of your own table. There I have done nothing.",
              name=call.name)
        )  # fmt: skip


__all__ = ["ANSWERS", "awaited", "not_here", "nothing_open", "number_named", "pressed", "run"]
