"""A word to everybody: at a site, or at all of them. Shown first, sent when Send is pressed, kept and logged."""

from __future__ import annotations

from bot.core.commands.call import Call, worded
from bot.core.effects import Keep, Note
from bot.core.flow import Site
from bot.core.holding import hold, release
from bot.core.ids import derive
from bot.core.message import Button, Plain, Several, Words, block, message, t
from bot.core.state import Contribution
from bot.core.talk import who

ALL = "all"


def announce(call: Call) -> None:
    """Show the text, and to whom it would go."""
    text = worded(call, call.args)
    if text is None:
        return
    id, target = derive(call.event.id), _target(call)
    hold(call.turn, call.seat, id, text, target)
    sites = tuple(call.flow.local(s.name) if s.name else Plain(s.id) for s in _sites(call))
    blocks = [
        block(t("This goes to everybody at: {sites}.", sites=Several(sites))),
        block(Words(id), kind="quote"),
    ]
    if len(call.flow.languages) > 1:
        blocks.append(
            block(t("Whoever reads another language gets it translated where that can be done."), kind="note")
        )
    call.reply(*blocks, buttons=(Button(t("Send"), f"-announce:{id}"), Button(t("Do not send"), f"-cancel:{id}")))


def send(call: Call) -> None:
    """Send what was shown, once."""
    held = release(call.turn, call.seat, call.args)
    if held is None or held.target != _target(call):
        call.reply(t("This was sent or dropped before. Nothing was sent now."))
        return
    sent, seat = derive(held.id, "sent"), call.seat
    kept = Contribution(sent, "", "", seat.site, seat.id, "prompt", held.text, call.turn.now, held.language)
    call.turn.effects.append(Keep(kept))
    said = message(block(who(seat)), block(Words(sent, own=True), kind="quote"))
    for site in _sites(call):
        call.say(f"site:{site.id}", said, f"announced/{site.id}", without=(seat.id,))
    call.turn.effects.append(Note("announced", seat.id, {"contribution": sent, "to": held.target}))
    call.reply(t("Sent."))


def _sites(call: Call) -> tuple[Site, ...]:
    """Coordinators write to their own site, organisers to all."""
    sites = call.flow.file.schedule.sites
    return tuple(s for s in sites if call.seat.role == "organiser" or s.id == call.seat.site)


def _target(call: Call) -> str:
    return ALL if call.seat.role == "organiser" else call.seat.site
