"""The door: somebody comes in with a code, by a link, or into an open assembly; moves their seat to another chat; or asks how.

Invariants:

* A code is a seat or a role, and one person has one seat: whoever is in already gets the role as well, and only a code of
  somebody's own makes a further seat, for whom they then answer.
* An invite is used once. Shown again by the one who used it, it does nothing; shown in another app it may link that chat to
  the seat (`bot.engine.linking`); to others it is refused.
* Wrong codes are answered politely, ever more slowly, and nobody learns anything from them about an assembly that they are
  not in.
* Whoever has no code is told how to come in, once a minute at most.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from bot.core.commands.leaving import BACK
from bot.core.effects import Note, Seated
from bot.core.events import Joined
from bot.core.events import encode as encode_event
from bot.core.flow import Flow
from bot.core.joining import shut
from bot.core.message import Block, Message, Part, Phrase, message, t
from bot.core.observing import GUARANTOR, WATCH, guarantees
from bot.core.rights import COMMANDS
from bot.core.spans import spell
from bot.core.spoken import START
from bot.core.state import Role, Seat
from bot.engine import entry, linking, lodging, moving
from bot.engine.hearing import hear
from bot.engine.house import House
from bot.engine.knock import Knock, answer, ignore, show_menu
from bot.store import audit, codes, courses, guests, identities, opinions, people, queue, refusals, rooms, tables
from bot.store.codes import Invite, Standing
from bot.store.courses import Assembly
from bot.store.database import Database
from bot.store.guests import Expected
from bot.store.identities import Held
from bot.store.queue import InRow
from bot.store.times import instant

ROLES: dict[Role, Phrase] = {
    "participant": t("participant"),
    "facilitator": t("facilitator"),
    "coordinator": t("coordinator"),
    "organiser": t("organiser"),
    "observer": t("observer"),
    "expert": t("expert"),
    "translator": t("translator"),
}
DOES: dict[Role, Phrase] = {
    "facilitator": t("You lead one table: you keep its time, see that everybody is heard, and hide what harms somebody."),
    "coordinator": t("You lead one site: you help its tables, are called when something is wrong there, and decide objections."),
    "organiser": t("You answer for the whole assembly: you begin it, give roles, and take them away."),
    "observer": t("You read what is said, some minutes later and without names, once you choose a table with /watch. You never "
                  "write to a table; /remark puts what you notice on record."),
    "expert": t("You speak at a table to which you were announced. Nothing of what you say is counted or stands in a digest."),
    "translator": t("You read what machines have translated before people read it, and put it right. /trans shows what waits."),
}  # fmt: skip
"""What each role does here, in one or two sentences: the first that its bearer reads."""
THEN: dict[Role, Phrase] = {
    "facilitator": t("Then you need do nothing until your table begins. At each step I write to you what helps you there."),
    "coordinator": t("Then /board shows you all tables, whenever you like. I write to you when one of them needs you."),
    "organiser": t("Then /invite makes codes for the others, /board shows all tables, and /begin begins the assembly."),
    "expert": t("Then you need do nothing until your table begins. I write to you here."),
}  # fmt: skip
"""What comes after the name."""
WHY: dict[Standing, Part] = {
    "unknown": t("I do not know this code. Please look at it again: it has letters and digits only."),
    "used": t("This code has been used already. Whoever gave it to you can make a new one."),
    "expired": t("This code is too old. Whoever gave it to you can make a new one."),
    "replaced": t("There is a newer code in place of this one. Please use that, or ask whoever gave it to you."),
}
PAUSE = 60_000
"""Somebody without a seat is told how to come in once in so many milliseconds."""

_CODE = re.compile(r"(?<![A-Za-z0-9])(?:[A-Za-z0-9]{4}[- ]?){6}[A-Za-z0-9]{2}(?![A-Za-z0-9])")


def code_in(text: str) -> str:
    """The code in what somebody without a seat wrote: people paste the code alone, or the whole link."""
    found = _CODE.search(text)
    return found[0] if found and len(codes.compact(found[0])) == 26 else ""


def join(db: Database, house: House, knock: Knock, code: str) -> None:
    """A code at the door: a seat, a role, a seat that moves here, or why not."""
    wait = refusals.waiting(db, knock.lookup, knock.now)
    if wait is not None:
        if wait.told:
            ignore(db, knock)
        else:
            refusals.told(db, knock.lookup)
            answer(db, knock, message(_later(wait.left)))
        return
    held = identities.seats_of(db, knock.lookup)
    invite = codes.look(db, code, knock.now)
    if not isinstance(invite, Invite):
        _refuse(db, house, knock, code, invite, held)
        return
    refusals.forgive(db, knock.lookup)
    own = next((h.seat for h in held if h.assembly == invite.assembly), None)
    flow = house.flow(db, invite.assembly)
    if invite.seat:
        codes.spend(db, code, invite.seat)
        moving.move(db, house, knock, invite, held)
    elif own is not None and invite.role == "participant" and (invite.way or invite.shared):
        _in_already(db, house, knock, own)
    elif entry.ended(db, flow, invite.assembly):
        answer(db, knock, message(*shut(flow, "ended")))
    elif invite.way:
        _by_link(db, house, knock, invite)
    else:
        codes.spend(db, code, _with_code(db, house, knock, invite, own))


def _refuse(db: Database, house: House, knock: Knock, code: str, standing: Standing, held: list[Held]) -> None:
    """A code that is not good. Who used it before is simply in; others are told as much as they may know."""
    assembly, seat = codes.owner(db, code)
    if seat in [h.seat for h in held]:
        _in_already(db, house, knock, seat)
        return
    if linking.ask(db, house, knock, code, held):
        return
    if held and assembly not in [h.assembly for h in held]:
        standing = "unknown"
    wait = refusals.wrong(db, knock.lookup, knock.now)
    answer(db, knock, message(WHY[standing], *((_later(wait),) if wait else ())))


def _later(wait: int) -> Part:
    return t(
        "Those were several wrong codes in a row. Please wait {span}: until then I take no code, not "
        "even the right one.",
        span=spell(timedelta(milliseconds=wait)),
    )


def _in_already(db: Database, house: House, knock: Knock, seat: str) -> None:
    """Somebody knocks who sits here: they are told what is open for them, or how to come back."""
    identities.make_current(db, knock.lookup, seat)
    hear(db, house, replace(knock, incoming=replace(knock.incoming, text=f"/{START}", press="")), seat)


def _by_link(db: Database, house: House, knock: Knock, invite: Invite) -> None:
    """The link of a site: a seat for whoever follows it, as long as there are any."""
    flow = house.flow(db, invite.assembly)
    why = entry.closed(db, flow, invite.assembly, invite.site)
    if identities.lives_elsewhere(db, invite.assembly, knock.lookup):
        _tell(db, knock, moving.ELSEWHERE)
    elif why is not None:
        _tell(db, knock, *shut(flow, why))
    else:
        _seat(db, flow, knock, invite, helper=False)
        entry.came_in(db, flow, invite.assembly, knock.now)


def _with_code(db: Database, house: House, knock: Knock, invite: Invite, own: str | None) -> str:
    """A code of one's own, or one that several share. The seat that was taken, or that has the role now."""
    guest = guests.load(db, invite.assembly, invite.guest) if invite.guest is not None else None
    role = guest.guest.role if guest is not None else invite.role
    before = people.load_seat(db, own) if own is not None else None
    if before is not None and role != "participant":
        seat = _take_role(db, knock, before, replace(invite, role=role))
    elif before is not None and before.status in ("left", "refused"):
        seat = _come_back(db, house, knock, before)
    else:
        seat = _seat(db, house.flow(db, invite.assembly), knock, invite, helper=own is not None, guest=guest)
    if guest is not None:
        guests.took_seat(db, invite.assembly, guest.lookup, seat)
    return seat


def _take_role(db: Database, knock: Knock, seat: Seat, invite: Invite) -> str:
    """Who sits here already gets another role: one person, one seat. Nothing of the role before goes with it."""
    attributes = {name: value for name, value in seat.attributes.items() if name not in (GUARANTOR, WATCH)}
    attributes |= {GUARANTOR: "yes"} if invite.guarantor else {}
    site = invite.site or seat.site
    people.save_seat(db, replace(seat, role=invite.role, site=site, status="active", attributes=attributes))
    audit.note(db, invite.assembly, Note("joined", seat.id, {"role": invite.role, "site": site}), knock.now)
    table = tables.load_table(db, invite.assembly, invite.table) if invite.table and not invite.guarantor else None
    if table is not None and table.id != seat.table:
        to = Seated(table.id, table.plan, table.site, table.number, table.languages, (seat.id,))
        lodging.sit(db, invite.assembly, to, instant(knock.now))
    for place in {seat.table, table.id if table is not None else ""} - {""}:
        for room in rooms.at(db, invite.assembly, place):
            lodging.hand_over(db, room, knock.now)
    answer(db, knock, _your_role(invite.role, guarantor=invite.guarantor), invite.assembly, seat.id)
    show_menu(db, knock, invite.assembly, seat.id)
    ignore(db, knock, invite.assembly)
    return seat.id


def _come_back(db: Database, house: House, knock: Knock, seat: Seat) -> str:
    """Whoever had left, or lost a role, has been invited anew: they take part again, on the one seat that is theirs."""
    identities.make_current(db, knock.lookup, seat.id)
    if opinions.granted(db, seat.id, "participate"):
        people.save_seat(db, replace(seat, status="paused"))
        hear(db, house, replace(knock, incoming=replace(knock.incoming, text="")), seat.id, press=f"{BACK}:")
        return seat.id
    people.save_seat(db, replace(seat, role="participant", status="new"))
    assembly = people.assembly_of(db, seat.id) or ""
    joined = Joined(seat.id, house.flow(db, assembly).course_of(seat.site))
    queue.put_events(db, [InRow(assembly, knock.key, joined.kind, knock.now, knock.now, encode_event(joined))])
    return seat.id


def _seat(
    db: Database, flow: Flow, knock: Knock, invite: Invite, *, helper: bool, guest: Expected | None = None
) -> str:
    """Give a seat. A participant is asked for consent next; whoever serves in a role may begin at once."""
    who = guest.guest if guest is not None else None
    site = flow.sites.get(who.site if who else invite.site) or flow.file.schedule.sites[0]
    hint = knock.hint if knock.hint in flow.languages else ""
    language = (who.language if who else "") or hint or site.languages[0]
    table = invite.table if not invite.guarantor else ""
    if who is not None and who.table:
        table = tables.numbered(db, invite.assembly, int(who.table), site.id)
    role = who.role if who else invite.role
    seat = identities.enrol(
        db, invite.assembly, knock.account, knock.incoming.user, knock.incoming.place, role, site.id, language, helper,
        at=knock.now, table=table, way=invite.way,
    )  # fmt: skip
    audit.note(db, invite.assembly, Note("joined", seat.id, {"role": role, "site": site.id}), knock.now)
    if who is not None and who.attributes:
        seat = replace(seat, attributes=who.attributes)
    if invite.guarantor:
        seat = replace(seat, attributes={**seat.attributes, GUARANTOR: "yes"})
    people.save_seat(db, seat if role == "participant" else replace(seat, status="active"))
    if role != "participant":
        answer(db, knock, _your_role(role, guarantor=guarantees(seat)), invite.assembly, seat.id)
    elif helper:
        answer(db, knock, message(moving.FOR_ANOTHER), invite.assembly, seat.id)
    joined = Joined(seat.id, flow.course_of(site.id))
    queue.put_events(db, [InRow(invite.assembly, knock.key, joined.kind, knock.now, knock.now, encode_event(joined))])
    return seat.id


def newcomer(db: Database, house: House, knock: Knock) -> None:
    """Somebody without a seat: an open assembly gives one; the others ask for a code."""
    why: tuple[Part, ...] = ()
    for row in courses.assemblies(db):
        flow = house.flow(db, row.id)
        if row.state != "open":
            continue
        if identities.lives_elsewhere(db, row.id, knock.lookup):
            _tell(db, knock, moving.ELSEWHERE)
            return
        if flow.file.joining.open:
            site = _nearest_site(db, flow, row, knock.hint)
            found = entry.closed(db, flow, row.id, site)
            if found is None:
                _seat(db, flow, knock, Invite(row.id, "participant", site, "", way="open"), helper=False)
                entry.came_in(db, flow, row.id, knock.now)
                return
            why = why or shut(flow, found)
    asked = t(
        "Good day. I am Pnyx, a program that leads assemblies. To take part, please write /join "
        "and the code from your invitation."
    )
    _tell(db, knock, *(why or (asked,)))


def _nearest_site(db: Database, flow: Flow, row: Assembly, hint: str) -> str:
    """The first site with room for one more whose people speak this language; else the first with room; else the first."""
    sites = flow.file.schedule.sites
    free = [s for s in sites if entry.closed(db, flow, row.id, s.id) is None] or list(sites)
    return next((s.id for s in free if hint in s.languages), free[0].id)


def _tell(db: Database, knock: Knock, *blocks: Block | Part) -> None:
    """Tell somebody without a seat how things are; not again for a while, however often they write."""
    if identities.explain(db, knock.lookup, knock.now, PAUSE):
        answer(db, knock, message(*blocks))
    else:
        ignore(db, knock)


def _your_role(role: Role, *, guarantor: bool = False) -> Message:
    return message(
        t("Your role in this assembly: {role}. /help shows what you can do.", role=ROLES[role]),
        *((DOES[role],) if role in DOES else ()),
        *(
            (t("You are a guarantor: with /hold you stop a step until you and a coordinator have talked."),)
            if guarantor
            else ()
        ),
        t(
            "Whoever has a role here does not vote, and everybody reads the role beside the name. It ends with the assembly."
        ),
        t(
            "What shall people here call you? Please write it like this: {example}",
            example=COMMANDS["name"].written(),
        ),
        *((THEN[role],) if role in THEN else ()),
    )
