"""Taking a role away: at once, by an organiser, whatever its bearer has under way.

Invariants:

* Whoever loses a role can do nothing more in it from the next message on: what they had asked for lapses, what they read along
  ends, and what they had stopped goes on.
* Their words and their rights over them stay theirs. They take no part any longer, and may come back with a new invitation.
* An organiser cannot take the role of another away: whoever held one stolen account would then hold the assembly. Whoever runs
  the program can.
"""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from bot.core import stopping
from bot.core.commands.call import Call
from bot.core.effects import Lane, Note, Put, Say, Show, Strip, Unseat
from bot.core.message import Button, Part, Several, message, t
from bot.core.rights import ROLES
from bot.core.state import Role, Seat
from bot.core.talk import somebody

NOBODY = "no"


def revoke(call: Call) -> None:
    """`/revoke NAME`, or `/revoke ROLE` for all who have it: asked first, then at once."""
    found = _meant(call, call.args)
    if not found:
        roles = ", ".join(role for role in ROLES if role not in ("participant", "organiser"))
        call.wrong(t("Please write the name of somebody who has a role here, or one of these: {roles}.", roles=roles))
        return
    names: tuple[Part, ...] = tuple(somebody(seat) for seat in found)
    buttons = [Button(t("Take it away: {name}", name=somebody(seat)), f"-revoke:{seat.id}") for seat in found[:10]]
    if len(found) > 1:
        buttons.append(Button(t("Take it away from all of them"), f"-revoke:{found[0].role}"))
    buttons.append(Button(t("Take nothing away"), f"-revoke:{NOBODY}"))
    call.reply(t("Shall the role be taken away at once? {names}", names=Several(names)), buttons=tuple(buttons))


def revoked(call: Call) -> None:
    """It happens now."""
    seats = [s for s in _staff(call) if call.args in (s.id, s.role)]
    if not seats:
        call.reply(t("Nothing was taken away."))
        return
    for seat in seats:
        _take(call, seat)
    gone: tuple[Part, ...] = tuple(somebody(seat) for seat in seats)
    call.reply(t("They have no role any more, and know it: {names}", names=Several(gone)))


def _take(call: Call, seat: Seat) -> None:
    turn = call.turn
    turn.effects.append(Note("revoked", call.seat.id, {"seat": seat.id, "role": seat.role, "table": seat.table}))
    for step, held in tuple(turn.course.held.items()):
        if held.seat == seat.id:
            stopping.lift(turn, turn.flow.nodes[step], call.seat.id)
    turn.effects.append(Put(replace(seat, role="participant", status="left", attributes={}, focus="", room="")))
    if seat.table:
        turn.effects.append(Unseat(seat.id))
    turn.effects.append(Strip(seat.id))
    turn.effects.append(Show(seat.id))
    told = message(
        t("An organiser has ended your role in this assembly. You take no part in it any longer."),
        t("/mydata gives you a copy of what is kept of you, /forget erases it. /object says that this is wrong."),
    )
    turn.effects.append(Say(seat.unit, told, f"revoked/{call.event.id}/{seat.id}", Lane.ANSWER, quiet=False))
    said = message(t("{name} has no role here any longer.", name=somebody(seat)))
    if seat.role == "facilitator" and seat.table:
        turn.effects.append(
            Say(f"table:{seat.table}", said, f"revoked/{call.event.id}/{seat.id}/table", without=(seat.id,))
        )
    number = turn.state.facts.get("rooms_of_others", {}).get(seat.table)
    if number is not None:
        said = message(
            *said.blocks,
            t("They may still read along in the room of table {number}, which I did not make: whoever made it can put them out, "
              "or you give it up with {command}.", number=number, command=f"/unbind {number}"),
        )  # fmt: skip
    if seat.site:
        key = f"revoked/{call.event.id}/{seat.id}/site"
        turn.effects.append(Say(f"coordinators:{seat.site}", said, key, without=(seat.id, call.seat.id)))


def _meant(call: Call, text: str) -> list[Seat]:
    """Those who are meant: by a role, or by a name."""
    wanted = text.casefold().strip()
    role = next((r for r in get_args(Role) if wanted in (r, f"{r}s")), None)
    return [s for s in _staff(call) if s.role == role or (wanted and s.name.casefold() == wanted)]


def _staff(call: Call) -> list[Seat]:
    """Those who have a role that an organiser can take away."""
    return [
        seat
        for seat in call.turn.state.facts.get("staff", ())
        if seat.id != call.seat.id and seat.role not in ("participant", "organiser")
    ]
