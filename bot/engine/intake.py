"""From what a transport received to events of the inbox: who wrote, and what of it may be kept.

Invariants:

* Events and cursor are committed together; what is known already changes nothing.
* Before a person has consented only presses and commands are stored, no words.
* A person who holds several seats (somebody's helper) speaks for the current one; `/for NAME` changes it. A button that
  names a seat belongs to that seat.
* A command may begin with / or with !, whatever the platform; from here on it has its /.
* Where a person is to be reached is their own chat; a room in which they are heard is never that.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.core.files import WHY_NOT
from bot.core.message import Name, Several, message, t
from bot.core.places import TYPED, kind
from bot.core.spoken import commanded
from bot.engine import linking, reach, rooms
from bot.engine.choices import WHICH, meant
from bot.engine.door import code_in, join, newcomer
from bot.engine.hearing import author, hear
from bot.engine.house import House
from bot.engine.knock import Knock, answer, ignore
from bot.engine.pressing import pressed
from bot.store import accounts, identities, people, queue
from bot.store.database import Database
from bot.store.identities import Held
from bot.store.times import ms
from bot.transports.port import Batch

JOIN = ("/join", "/start")
FOR = "/for"


def take_in(db: Database, house: House, account: str, batch: Batch, now: datetime) -> int:
    """Store what was received, and the cursor. How many things were new."""
    new = 0
    for incoming in batch.events:
        key = f"{account}/{incoming.id}"
        if queue.known(db, key):
            continue
        new += 1
        incoming = replace(incoming, text=commanded(incoming.text))
        _receive(db, house, Knock(account, db.vault.lookup(account, incoming.user), incoming, key, ms(now)))
    queue.move_cursor(db, account, batch.cursor)
    if batch.name:
        accounts.call(db, account, batch.name)
    return new


def _receive(db: Database, house: House, knock: Knock) -> None:
    """Something of a room, or of a person in their own chat."""
    incoming = knock.incoming
    if incoming.room or incoming.kind in rooms.KINDS:
        rooms.receive(db, house, knock)
    elif incoming.kind == "unreachable":
        reach.person_lost(db, knock.lookup, incoming.text, knock.now)
        ignore(db, knock)
    else:
        identities.meet(db, knock.account, incoming.user, incoming.place, knock.now, incoming.language)
        reach.person_found(db, knock.lookup, knock.now)
        if incoming.kind == "reachable":
            ignore(db, knock)
        else:
            _heard(db, house, knock)


def _heard(db: Database, house: House, knock: Knock) -> None:
    seats = identities.seats_of(db, knock.lookup)
    held = [h.seat for h in seats]
    incoming = knock.incoming
    command, rest = _command(knock)
    typed = incoming.kind == "message" and not incoming.press and not incoming.bar
    code = rest if command in JOIN else code_in(incoming.text) if typed and not held else ""
    if code:
        join(db, house, knock, code)
    elif not held and incoming.bar == "unreadable":
        answer(db, knock, message(WHY_NOT["unreadable"]))
    elif not held and incoming.kind in ("message", "press"):
        newcomer(db, house, knock)
    elif not held:
        ignore(db, knock)
    elif command == FOR:
        _speak_for(db, knock, rest, held)
    elif not linking.heard(db, house, knock, seats):
        _done(db, house, knock, seats)


def _done(db: Database, house: House, knock: Knock, seats: list[Held]) -> None:
    """Somebody who has a seat wrote, pressed or changed something."""
    incoming, held = knock.incoming, [h.seat for h in seats]
    found = pressed(db, house, knock, held) if incoming.press else ("", "")
    if found is None:
        ignore(db, knock)
        return
    holder, press = found
    chosen = meant(db, house, knock, held)
    if incoming.kind in ("edit", "redaction"):
        holder = author(db, held, knock)
    holder = chosen.holder if chosen is not None else holder
    if linking.NOT_ME in (press, chosen.press if chosen is not None else ""):
        linking.refuse(db, knock, seats, holder)
        return
    if chosen is not None and chosen.unclear:
        answer(db, knock, message(WHICH), people.assembly_of(db, holder) or "", holder)
        ignore(db, knock)
        return
    hear(db, house, knock, holder or identities.current_seat(db, knock.lookup) or held[0], press, chosen=chosen)


def _command(knock: Knock) -> tuple[str, str]:
    """The command of a new message of the person's own, and what stands behind it; nothing where there is none."""
    incoming = knock.incoming
    media = incoming.media.kind if incoming.media is not None else ""
    typed = kind(press=incoming.press, bar=incoming.bar, media=media, answers=incoming.answers) in TYPED
    if incoming.kind != "message" or not typed or not incoming.text.lstrip().startswith("/"):
        return "", ""
    word, *rest = incoming.text.split(maxsplit=1)
    return word.partition("@")[0].casefold(), rest[0].strip() if rest else ""


def _speak_for(db: Database, knock: Knock, name: str, held: list[str]) -> None:
    """A helper says for whom the next answers are."""
    names = people.names(db, held)
    found = next((seat for seat, own in names.items() if own.casefold() == name.casefold()), None)
    if found is None:
        known = Several(tuple(Name(seat) for seat in names)) if names else t("nobody yet")
        answer(
            db,
            knock,
            message(
                t(
                    "You can answer here for: {names}. For example: /for {example}",
                    names=known,
                    example=next(iter(names.values()), "Anna"),
                )
            ),
        )
        return
    assembly = people.assembly_of(db, found) or ""
    identities.make_current(db, knock.lookup, found)
    queue.remember(db, assembly, knock.key, knock.now)
    answer(db, knock, message(t("From here on you answer for {name}.", name=Name(found))), assembly, found)
