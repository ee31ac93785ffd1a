"""From what happens in rooms to events of the inbox: who is there, what of it is for the table, and the binding of a room.

Invariants:

* A room is bound by a code, and only by the very seat that asked for it; a sender that nobody can see is nobody.
* In a room people speak for themselves: for their own seat at the table that meets there. Whoever has none there is
  announced once, and nothing of what they write is stored. A room that we have made is theirs who sit there: others are put out
  again, but for those who have a role in the assembly (an official who watches), whom their facilitator may ask in.
* What is typed in a place that is no table's room is dropped, but for the code that binds it.
* A chat may hold the rooms of several tables, as topics. Who comes into it comes into their own table's, and is a stranger to
  the others only when they write there; who belongs to none of the tables is a stranger to all of them.
"""

from __future__ import annotations

from bot.core.commands.call import parse
from bot.core.effects import Lane
from bot.core.events import Event
from bot.core.events import encode as encode_event
from bot.core.heard import Bound, Entered, Exited
from bot.core.ids import derive
from bot.core.leading import leads
from bot.core.message import Message, encode, message, t
from bot.core.places import Place
from bot.core.rights import TABLE, allowed
from bot.core.state import Seat
from bot.engine import lodging, reach
from bot.engine.choices import meant_in_room
from bot.engine.hearing import hear
from bot.engine.house import House
from bot.engine.knock import Knock
from bot.engine.pressing import pressed
from bot.store import courses, identities, people, queue, rooms, tables
from bot.store.database import Database
from bot.store.queue import InRow, OutRow
from bot.store.rooms import Room
from bot.store.times import instant

KINDS = ("entered", "exited", "moved", "unbound", "deaf")
"""What happens in or to rooms only."""

HOUR = 3_600_000
"""A place that is no room is answered once in so many milliseconds."""

DEAF = t(
    "Good day. I cannot read yet what people write here. If a table is to meet here, please make me an administrator first. Then "
    "whoever leads the table writes here the line with the code that I gave them."
)
UNSEEN = t("I cannot see who wrote this. Please write to me in your own chat.")


def receive(db: Database, house: House, knock: Knock) -> None:
    """Something that happened in a room, to it, or in a place that may become one."""
    incoming = knock.incoming
    room = rooms.find(db, knock.account, incoming.place)
    match incoming.kind:
        case "moved":
            alone = knock.account in house.making  # where we make rooms, each comes along by themselves
            reach.room_moved(db, knock.account, incoming.place, incoming.moved, knock.now, alone=alone)
        case "unbound":
            for each in rooms.within(db, knock.account, incoming.place):
                reach.room_lost(db, each, incoming.text, knock.now)
        case "deaf":
            _answer_there(db, knock, room, message(DEAF), "deaf")
        case "entered" | "exited":
            _crossed(db, house, knock, rooms.within(db, knock.account, incoming.place))
        case "reaction":
            mine = (
                r for r in rooms.within(db, knock.account, incoming.place) if seat_at(db, knock.lookup, r) is not None
            )
            _heard(db, house, knock, next(mine, None))
        case "message" | "edit" | "redaction" | "press":
            _heard(db, house, knock, room)
    if not queue.known(db, knock.key):
        queue.remember(db, room.assembly if room is not None else "", knock.key, knock.now)


def _heard(db: Database, house: House, knock: Knock, room: Room | None) -> None:
    incoming = knock.incoming
    command = incoming.text.strip().startswith("/") and incoming.kind == "message" and incoming.media is None
    name, args = parse(incoming.text) if command else ("", "")
    if incoming.bar == "nobody":
        if command and (room is not None or name == "bind"):
            _answer_there(db, knock, room, message(UNSEEN))
        _drop(db, room, "nobody")
    elif name == "bind" and not incoming.bar:
        _bind(db, house, knock, room, args)
    elif room is not None:
        _said(db, house, knock, room, command=command)


def _said(db: Database, house: House, knock: Knock, room: Room, *, command: bool) -> None:
    """Something by a person in a table's room."""
    _, press = (knock.incoming.press and pressed(db, house, knock, (room.id,))) or ("", "")
    seat = seat_at(db, knock.lookup, room)
    if knock.incoming.kind == "press" and (seat is None or not press):
        _drop(db, room, "not_theirs")
    elif seat is not None:
        hear(db, house, knock, seat.id, press, room.id, meant_in_room(db, house, knock, room.id, seat.id))
    elif knock.incoming.kind in ("edit", "redaction"):
        _drop(db, room, "no_seat")  # they were announced, if they ever wrote
    elif command and (own := _own(db, knock.lookup, room)) is not None:
        table = tables.load_table(db, room.assembly, room.table)
        led = table is not None and leads(own, table)
        hear(db, house, knock, own.id, "", room.id, place="own_room" if led else "other_room")
    else:
        _entered(db, house, knock, room)
        _drop(db, room, "no_seat")


def seat_at(db: Database, lookup: bytes, room: Room) -> Seat | None:
    """For which seat at the room's table somebody speaks in the room: their own, else the one for which they answer at present,
    else the first. None where they hold no seat there from which anybody talks, have left it, or have not agreed yet."""
    held = [h for h in identities.seats_of(db, lookup) if h.assembly == room.assembly]
    loaded = [(h, seat) for h in held if (seat := people.load_seat(db, h.seat)) is not None]
    there = [(h, seat) for h, seat in loaded if seat.table == room.table and seat.role in TABLE]
    seats = [(h, seat) for h, seat in there if seat.status in ("active", "paused")]
    current = identities.current_seat(db, lookup)
    ranked = sorted(seats, key=lambda pair: (pair[0].helper, pair[0].seat != current))
    return ranked[0][1] if ranked else None


def _own(db: Database, lookup: bytes, room: Room) -> Seat | None:
    """The own seat, in the room's assembly, of somebody who has none at its table."""
    held = [h.seat for h in identities.seats_of(db, lookup) if h.assembly == room.assembly and not h.helper]
    return people.load_seat(db, held[0]) if held else None


def _crossed(db: Database, house: House, knock: Knock, inside: list[Room]) -> None:
    """Somebody has come into a chat, or gone out of it."""
    theirs = [room for room in inside if seat_at(db, knock.lookup, room) is not None]
    for room in theirs or inside:
        if knock.incoming.kind == "entered":
            _entered(db, house, knock, room)
        else:
            _exited(db, knock, room)


def _entered(db: Database, house: House, knock: Knock, room: Room) -> None:
    """Somebody is in the room: a seat of the table each time they come, anybody else only once."""
    seat = seat_at(db, knock.lookup, room)
    if seat is not None:
        _happen(db, room, Entered(room.table, seat.id, instant(knock.now), room.id), f"{knock.key}/{room.id}", knock)
        return
    own = _own(db, knock.lookup, room)
    mark = derive(room.id, knock.lookup.hex())
    out = room.made and room.account in house.making and (own is None or own.role in TABLE - {"expert"})
    if out:
        lodging.turn_away(db, house, room, knock.lookup, knock.incoming.user, knock.now)
    event = Entered(room.table, own.id if own is not None else "", instant(knock.now), room.id, mark, out)
    _happen(db, room, event, f"entered/{room.id}/{mark}", knock)


def _exited(db: Database, knock: Knock, room: Room) -> None:
    seat = seat_at(db, knock.lookup, room)
    if seat is not None:
        _happen(db, room, Exited(room.table, seat.id, instant(knock.now), room.id), f"{knock.key}/{room.id}", knock)


def _bind(db: Database, house: House, knock: Knock, room: Room | None, code: str) -> None:
    """A code was written in a place: let the table meet there, or say kindly why not."""
    own = [h.seat for h in identities.seats_of(db, knock.lookup) if not h.helper]
    asked = rooms.offered(db, code, knock.now)
    seat = people.load_seat(db, asked.seat) if asked is not None and asked.seat in own else None
    table = tables.load_table(db, asked.assembly, asked.table) if asked is not None else None
    where: Place = "own_room" if room is not None else "elsewhere"
    may_bind = seat is not None and allowed(seat.role, "bind", where, "text")
    if asked is None or seat is None or table is None or not (may_bind and leads(seat, table)):
        why = t(
            "A code for a room works once, within a day, and only for the person who asked for it. Write "
            "/bind in your own chat with me to get a new one."
        )
        if own:
            _answer_privately(db, knock, own[0], message(why))
        else:
            _answer_there(db, knock, room, message(why))
        return
    place, chat = knock.incoming.place, house.chat(knock.account, knock.incoming.place)
    here = [r for id in table.rooms if (r := rooms.load(db, id)) is not None and r.account == knock.account]
    if room is not None and (room.assembly, room.table) != (asked.assembly, asked.table):
        _answer_privately(
            db, knock, seat.id, message(t("This is the room of another table. Please use a group or topic of its own."))
        )
    elif here:
        told = t(
            "Table {number} has a room already. /unbind gives it up, then you can bind another.", number=table.number
        )
        _answer_privately(db, knock, seat.id, message(told))
    elif made := rooms.bind(db, asked.assembly, table.id, knock.account, place, seat.id, knock.now, chat):
        rooms.use(db, code)
        _happen(db, made, Bound(table.id, seat.id, instant(knock.now), made.id), f"bound/{made.id}", knock)


def _happen(db: Database, room: Room, event: Event, key: str, knock: Knock) -> None:
    queue.put_events(db, [InRow(room.assembly, key, event.kind, knock.now, knock.now, encode_event(event))])


def _drop(db: Database, room: Room | None, why: str) -> None:
    """Nothing of it is kept but that it happened."""
    if room is not None:
        courses.count(db, room.assembly, "", f"table:{room.table}", f"dropped_{why}")


def _answer_privately(db: Database, knock: Knock, seat: str, said: Message) -> None:
    assembly = people.assembly_of(db, seat) or ""
    _put(db, OutRow(f"{knock.key}/room", assembly, seat, int(Lane.ANSWER), knock.now, encode(said).encode()))


def _answer_there(db: Database, knock: Knock, room: Room | None, said: Message, about: str = "place") -> None:
    """Answer in the place itself. One that is no table's room is answered once an hour, about each thing."""
    if room is not None:
        row = OutRow(
            f"{knock.key}/room", room.assembly, None, int(Lane.ANSWER), knock.now, encode(said).encode(), door=room.door
        )
    else:
        place = knock.incoming.place
        door = identities.meet(db, knock.account, f"room {place}", place, knock.now, knock.incoming.language)
        key = f"{about}/{door.hex()}/{knock.now // HOUR}"
        row = OutRow(key, "", None, int(Lane.ANSWER), knock.now, encode(said).encode(), door=door)
    _put(db, row)


def _put(db: Database, row: OutRow) -> None:
    queue.say(db, [row])
