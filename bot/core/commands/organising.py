"""Beginning an assembly, inviting people to it, and letting people in without a code of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from bot.core.commands.call import Call
from bot.core.effects import Lane, Note, Request, Say, Wake
from bot.core.events import Answered, Started
from bot.core.leading import leads
from bot.core.message import Button, Plain, Several, block, message, t, tn
from bot.core.observing import GUARANTOR
from bot.core.rights import ROLES
from bot.core.state import Role
from bot.core.turn import Turn

MOST = 50
"""How many codes one command makes at most."""

BY_COORDINATORS: tuple[Role, ...] = ("participant", "facilitator")


def invite(call: Call) -> None:
    """Ask the engine for codes: `/invite ROLE [SITE] [table NUMBER] [HOW MANY]`."""
    words = call.args.casefold().split()
    guarantor = bool(words) and words[0] in (GUARANTOR, f"{GUARANTOR}s") and call.seat.role == "organiser"
    words = ["observer", *words[1:]] if guarantor else words
    role = next((r for r in get_args(Role) if words and words[0] in (r, f"{r}s")), None)
    may_invite: tuple[Role, ...] = BY_COORDINATORS if call.seat.role == "coordinator" else get_args(Role)
    if role not in may_invite:
        roles = Plain(", ".join(may_invite))
        call.wrong(t("Please begin with one of these: {roles}.", roles=roles))
        return
    table = None
    if "table" in words[1:-1]:
        place, table = words.index("table", 1), call.turn.state.table
        if table is None or str(table.number) != words[place + 1] or not leads(call.seat, table):
            call.reply(t("There is no table {number} of yours.", number=words[place + 1][:8]))
            return
        del words[place : place + 2]
    sites = [s.id for s in call.flow.file.schedule.sites]
    site = next((w for w in words[1:] if w in sites), "")
    others = [w for w in words[1:] if w != site]
    if call.seat.role == "coordinator" and site not in ("", call.seat.site):
        call.reply(t("You can invite people to your own site only: {site}.", site=call.seat.site))
        return
    number = int(others[0]) if len(others) == 1 and others[0].isascii() and others[0].isdecimal() else len(others) == 0
    if not 1 <= number <= MOST:
        call.wrong(t("After the role, write a site ({sites}) if you wish, and how many, from 1 to {most}.",
                     sites=", ".join(sites), most=MOST))  # fmt: skip
        return
    if not site:
        site = table.site if table is not None else call.seat.site
    if site not in sites and len(sites) > 1:
        call.wrong(t("Please name the site: {sites}.", sites=", ".join(sites)))
        return
    args = {
        "role": role,
        "site": site or sites[0],
        "table": GUARANTOR if guarantor else table.id if table is not None else "",
        "number": int(number),
    }
    turn = call.turn
    turn.effects.append(Request("invite", turn.course.id, "", f"invite/{call.event.id}", call.seat.unit, args))
    turn.effects.append(Note("invited", call.seat.id, args))


def invited(turn: Turn, event: Answered) -> None:
    """The codes are made: give them to whoever asked."""
    made: Mapping[str, Any] = event.result
    codes = [block(Plain(code), kind="item") for code in made["codes"]]
    role = t("guarantors") if made.get("table") == GUARANTOR else ROLES[made["role"]]
    head = tn("{n} code for: {role}", "{n} codes for: {role}", n=len(codes), role=role)
    how = t(
        "Each works once. People write /join and the code, for example: {example}", example=f"/join {made['codes'][0]}"
    )
    turn.effects.append(
        Say(event.unit, message(block(head), *codes, block(how, kind="note")), f"invited/{made['id']}", quiet=False)
    )


def joining(call: Call) -> None:
    """Say how coming in without a code of one's own stands, pause it, or allow it again; typed or pressed."""
    wish = call.args.casefold()
    if wish not in ("", "pause", "allow"):
        call.wrong(t("Please write pause or allow after it, or nothing."))
        return
    if not (call.flow.file.joining.open or call.flow.file.joining.links):
        call.reply(t("People come into this assembly with a personal code only."))
        return
    turn = call.turn
    turn.effects.append(
        Request(
            "joining",
            turn.course.id,
            "",
            f"joining/{call.event.id}",
            call.seat.unit,
            {"wish": wish, "by": call.seat.id},
        )
    )


def doors(turn: Turn, event: Answered) -> None:
    """How it stands: `came` and `sites` (places left) by site, `left` in all, and whether it is `paused`."""
    made: Mapping[str, Any] = event.result
    came = sum(made["came"].values())
    rows = [
        block(
            t(
                "{site}: {came} came in, room for {left} more",
                site=turn.flow.local(site.name) if site.name else site.id,
                came=made["came"].get(site.id, 0),
                left=made["sites"][site.id],
            ),
            kind="item",
        )
        for site in turn.flow.file.schedule.sites
    ]
    head = tn("{n} person came in without a personal code.", "{n} people came in without a personal code.", n=came)
    if made["paused"]:
        state, button = t("Nobody else can come in this way now."), Button(t("Let people in again"), "-joining:allow")
    else:
        state, button = t("More people can come in this way."), Button(t("Let nobody else in"), "-joining:pause")
    said = message(head, *rows, state, buttons=(button,))
    turn.effects.append(Say(event.unit, said, f"doors/{made['id']}", Lane.ANSWER, quiet=False))


def begin(call: Call) -> None:
    """Ask before the assembly begins: it cannot be taken back."""
    if call.turn.course.state != "waiting":
        call.reply(t("The assembly has begun already."))
        return
    sites = Several(tuple(call.flow.local(s.name) if s.name else Plain(s.id) for s in call.flow.file.schedule.sites))
    call.reply(
        t("Shall the assembly begin now, for everybody at: {sites}?", sites=sites),
        buttons=(Button(t("Begin now"), "-begin:yes"), Button(t("Not yet"), "-begin:no")),
    )


def begin_pressed(call: Call) -> None:
    """Yes or no to the question whether to begin."""
    if call.args != "yes":
        call.reply(t("The assembly has not begun. /begin begins it."))
        return
    for course in call.flow.courses:
        call.turn.effects.append(Wake(call.turn.now, Started(course), f"begin/{course}"))
    call.turn.effects.append(Note("begun", call.seat.id))
    call.reply(t("The assembly begins now."))
