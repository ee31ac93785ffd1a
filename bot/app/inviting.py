"""Inviting people, as an operator asks for it: the list of people, their invites on paper, a new invite, the link of a site.

Everything is done in the database of the desk; files are read and written by whoever has it open. Codes stand in the files and
answers that ask for them, and nowhere else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.app.folder import Row, write_invites
from bot.app.links import Link, links, written
from bot.app.operations import CODE_LASTS, Desk, Problem, flow_of, the_assembly
from bot.app.sheet import Card
from bot.core.effects import Note
from bot.core.flow import Flow
from bot.core.guests import REF, read_guests
from bot.core.problems import count
from bot.core.spreadsheet import Sheet, Unreadable, Wrong, read_sheet
from bot.store import accounts, audit, codes, guests, people
from bot.store.codes import Invite
from bot.store.database import Database
from bot.store.guests import Expected
from bot.store.times import instant, ms

LONGEST = timedelta(days=731)
SHOWN = 20
"""How many mistakes of a list are told at once."""


# Expecting people


async def import_people(desk: Desk, file: str, assembly: str = "", until: str = "") -> dict[str, Any]:
    """Expect the people of a list, each with an invite of their own; the same list again changes and adds. Nothing is taken
    over of a list in which anything is wrong."""
    sheet = await asyncio.to_thread(_sheet, Path(file))
    return await desk.store.transact(_import, desk, sheet, assembly, until)


def _import(db: Database, desk: Desk, sheet: Sheet, wanted: str, until: str) -> dict[str, Any]:
    assembly = the_assembly(db, wanted)
    flow = flow_of(db, desk.house, assembly)
    read = read_guests(sheet, flow)
    if read.wrong:
        raise Problem(_told(read.wrong))
    now, expires = desk.clock.now(), _expiry(flow, until, desk.clock.now())
    became: dict[str, int] = dict.fromkeys(("new", "changed", "same", "joined", "left"), 0)
    for guest in read.guests:
        became[guests.expect(db, assembly, guest, ms(now), ms(expires))] += 1
    audit.note(db, assembly, Note("expected", data={k: n for k, n in became.items() if n}), ms(now))
    return {"assembly": assembly, **became, "unread": list(read.unread), "until": _shown(flow, expires)}


def _told(wrong: Sequence[Wrong]) -> str:
    lines = [str(each) for each in wrong[:SHOWN]]
    if len(wrong) > SHOWN:
        lines.append(f"… and {len(wrong) - SHOWN:,} more.")
    return "\n".join([*lines, "Nothing was imported."])


# Invites on paper


@dataclass(frozen=True, slots=True)
class Ready:
    """What is to be written: the flow, a card and a row for each who has still to come, and what became of the others."""

    assembly: str
    flow: Flow
    cards: list[Card]
    rows: list[Row]
    others: dict[str, int]


async def write(desk: Desk, target: str, assembly: str = "", csv: str = "") -> dict[str, Any]:
    """Write the invites of those who have still to come into a folder: a table, and a sheet to print. With the organiser's own
    list (`csv`) the table has its columns too, in its order."""
    sheet = await asyncio.to_thread(_sheet, Path(csv)) if csv else None
    ready = await desk.store.read(_ready, desk, assembly, sheet)
    if not ready.cards:
        raise Problem("There is nobody to invite. " + _why_nobody(ready.others))
    catalogs = desk.house.catalogs
    files = await asyncio.to_thread(write_invites, Path(target), ready.flow, ready.cards, ready.rows, sheet, catalogs)
    return {
        "assembly": ready.assembly,
        "target": target,
        "files": [str(path) for path in files],
        "people": len(ready.cards),
        "accounts": [link.name for link in ready.cards[0].links],
        **ready.others,
    }


def _ready(db: Database, desk: Desk, wanted: str, sheet: Sheet | None) -> Ready:
    assembly = the_assembly(db, wanted)
    flow, now = flow_of(db, desk.house, assembly), ms(desk.clock.now())
    names = public_names(db, desk)
    others = {"joined": 0, "expired": 0}
    cards, rows = [], []
    for who, own in _in_order(db, assembly, flow, sheet):
        standing = guests.standing(db, assembly, who, now)
        if standing not in ("waiting", "moving"):
            others[standing] += 1
            continue
        card = _card(db, assembly, flow, who, names)
        cards.append(card)
        rows.append(Row(who.guest.ref, who.guest.site, card.language, who.guest.role, card, own))
    return Ready(assembly, flow, cards, rows, others)


def _in_order(db: Database, assembly: str, flow: Flow, sheet: Sheet | None) -> list[tuple[Expected, tuple[str, ...]]]:
    """The guests with the organiser's cells for them: all of them, or those of the organiser's list."""
    if sheet is None:
        return [(who, ()) for who in guests.everybody(db, assembly)]
    head = [name.casefold() for name in sheet.head]
    wrong = [*sheet.wrong, *(w for w in read_guests(sheet, flow).wrong if w.column in ("", REF))]
    found = []
    for row in sheet.rows if REF in head else ():
        ref = row.cells[head.index(REF)]
        who = guests.find(db, assembly, ref)
        if who is None:
            allowed = "This person was not imported yet: `pnyx people import` does that"
            wrong.append(Wrong(sheet.file, row.line, REF, f'"{ref[:40]}"', allowed))
        elif who.guest.ref:
            found.append((who, row.cells))
    if wrong:
        raise Problem(_told(wrong).removesuffix("Nothing was imported.") + "Nothing was written.")
    return found


def _card(db: Database, assembly: str, flow: Flow, who: Expected, names: dict[str, str]) -> Card:
    code = guests.code(db, assembly, who)
    seat = people.load_seat(db, who.seat) if who.seat else None
    language = seat.language if seat is not None else who.guest.language or flow.sites[who.guest.site].languages[0]
    until = instant(codes.expiry(db, code))
    line = written(names, code)
    return Card(who.guest.ref, who.guest.site, language, code, links(names, code), until, line, moves=seat is not None)


def _why_nobody(others: dict[str, int]) -> str:
    if others["expired"]:
        old = count(others["expired"], "invite is", "invites are")
        return f"{old} too old: import the list again, with --until and a later day."
    if others["joined"]:
        return "Everybody has come."
    return "`pnyx people import` reads a list of people."


# A new invite


async def reissue(desk: Desk, who: str, assembly: str = "", until: str = "") -> dict[str, Any]:
    """A new invite for somebody who has lost theirs, or their phone: it ends the one before, and moves the seat of whoever has
    one to the chat where it is used. `who` is the organiser's word for the person, or a seat."""
    return await desk.store.transact(_reissue, desk, who, assembly, until)


def _reissue(db: Database, desk: Desk, who: str, wanted: str, until: str) -> dict[str, Any]:
    assembly = the_assembly(db, wanted)
    flow, now = flow_of(db, desk.house, assembly), desk.clock.now()
    expires = _expiry(flow, until, now)
    guest = guests.find(db, assembly, who) or guests.of_seat(db, assembly, who)
    if guest is not None:
        if not guest.guest.ref:
            raise Problem(
                f"{who} has left, and everything that told who it was is erased. Import the person with another ref."
            )
        code, seat = guests.reissue(db, assembly, guest, ms(now), ms(expires)), guest.seat
    else:
        code, seat = _move_seat(db, assembly, who, ms(now), ms(expires)), who
    audit.note(db, assembly, Note("reissued", seat), ms(now))
    names = public_names(db, desk)
    return {
        "assembly": assembly, "who": guest.guest.ref if guest is not None else who, "moves": bool(seat), "code": code,
        "links": _plain(links(names, code)), "written": written(names, code), "until": _shown(flow, expires),
    }  # fmt: skip


def _move_seat(db: Database, assembly: str, id: str, now: int, expires: int) -> str:
    """A code that moves the seat of somebody who came in without an invite of their own."""
    seat = people.load_seat(db, id)
    if seat is None or people.assembly_of(db, id) != assembly:
        raise Problem(f"Nobody in {assembly} is called {id}. Write the ref of your list, or a seat.")
    codes.retire_moves(db, id)
    return codes.make_code(db, assembly, seat.role, seat.site, made=now, expires=expires, seat=id)


# The link of a site


async def link(
    desk: Desk, site: str = "", assembly: str = "", name: str = "", until: str = "", new: bool = False, target: str = ""
) -> dict[str, Any]:
    """The link of a site of an open assembly; the same one each time, unless a `new` one is to end it. A `name` tells several
    links of a site apart. With a `target` a sheet is written there, in each language of the site."""
    made, flow, cards = await desk.store.transact(_link, desk, site, assembly, name, until, new)
    if target:
        files = await asyncio.to_thread(write_invites, Path(target), flow, cards, [], None, desk.house.catalogs)
        made["files"] = [str(path) for path in files]
    return made


def _link(
    db: Database, desk: Desk, site: str, wanted: str, name: str, until: str, new: bool
) -> tuple[dict[str, Any], Flow, list[Card]]:
    assembly = the_assembly(db, wanted)
    flow, now = flow_of(db, desk.house, assembly), desk.clock.now()
    settings = flow.file.joining
    if not (settings.links or settings.open):
        raise Problem(
            f"People come into {assembly} with an invite of their own only. "
            "A link needs links = true under [joining] in its flow."
        )
    place = site or (next(iter(flow.sites)) if len(flow.sites) == 1 else "")
    if place not in flow.sites:
        raise Problem(f"Say which site: --site, one of {', '.join(flow.sites)}." + (f" Found {site}." if site else ""))
    if not all(c.isalnum() or c in "-_" for c in name) or len(name) > 40:
        raise Problem("The name of a link has letters, digits, - and _ only, 40 at most.")
    way = f"{place}/{name}" if name else place
    expires = _expiry(flow, until, now)
    code = _link_code(db, assembly, place, way, new, now, expires, prolong=bool(until))
    good = instant(codes.expiry(db, code))
    names = public_names(db, desk)
    ways, line = links(names, code), written(names, code)
    made = {
        "assembly": assembly, "site": place, "name": name, "code": code, "links": _plain(ways), "written": line,
        "until": _shown(flow, good), "cap": min(settings.cap, settings.caps.get(place, settings.cap)),
    }  # fmt: skip
    return made, flow, [Card("", place, language, code, ways, good, line) for language in flow.sites[place].languages]


def _link_code(
    db: Database, assembly: str, site: str, way: str, new: bool, now: datetime, expires: datetime, *, prolong: bool
) -> str:
    """The present code of a link: the first of its codes that no newer one has replaced."""
    issue = 1
    while True:
        code = codes.spell(db.vault.invite(assembly, f"link/{way}", issue))
        standing = codes.stand(db, code, ms(now))
        if standing == "unknown":
            invite = Invite(assembly, "participant", site, "", way=way)
            codes.put_code(db, code, invite, uses=codes.MANY, made=ms(now), expires=ms(expires))
            return code
        if new:
            codes.retire(db, code)
        elif standing != "replaced":
            if prolong or standing == "expired":
                codes.extend(db, code, ms(expires))
            return code
        issue += 1


# What they share


def public_names(db: Database, desk: Desk) -> dict[str, str]:
    """What our accounts are called on their platforms: as the config says, else as they told when they ran."""
    return {**accounts.names(db), **{account: name for account, name in desk.names.items() if name}}


def _sheet(path: Path) -> Sheet:
    try:
        return read_sheet(path.read_bytes(), path.name, REF)
    except Unreadable as error:
        raise Problem(str(error)) from None


def _expiry(flow: Flow, until: str, now: datetime) -> datetime:
    """Until when invites are good: the end of a day by the first site's clock, or 30 days."""
    if not until:
        return now + CODE_LASTS
    try:
        day = date.fromisoformat(until)
    except ValueError:
        raise Problem(f"Found --until {until[:40]}; allowed is a day such as 2027-03-30.") from None
    zone = ZoneInfo(flow.file.schedule.sites[0].zone)
    end = datetime.combine(day, time(23, 59), zone)
    if not now < end < now + LONGEST:
        raise Problem(f"Found --until {until}; allowed is a day from today on, two years ahead at most.")
    return end


def _shown(flow: Flow, at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo(flow.file.schedule.sites[0].zone)):%Y-%m-%d %H:%M}"


def _plain(ways: Sequence[Link]) -> list[dict[str, str]]:
    return [{"platform": way.platform, "name": way.name, "url": way.url} for way in ways]
