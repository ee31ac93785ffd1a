"""From what a transport received to events of the inbox: who wrote, and what of it may be kept.

Invariants:

* Events and cursor are committed together; what is known already changes nothing.
* Before a person has consented only presses and commands are stored, no words.
* A person who holds several seats (somebody's helper) speaks for the current one; `/for NAME` changes it. A button that
  names a seat belongs to that seat.
"""

from __future__ import annotations

from datetime import datetime

from bot.core.events import Heard
from bot.core.events import encode as encode_event
from bot.core.message import Name, Several, message, t
from bot.engine.door import Knock, answer, join, newcomer
from bot.engine.house import House
from bot.store import identities, people, queue
from bot.store.database import Database
from bot.store.queue import InRow
from bot.store.times import instant, ms
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
        lookup = identities.meet(db, account, incoming.user, incoming.place, ms(now), incoming.language)
        _receive(db, house, Knock(account, lookup, incoming, key, ms(now)))
    queue.move_cursor(db, account, batch.cursor)
    return new


def _receive(db: Database, house: House, knock: Knock) -> None:
    text = knock.incoming.text.strip()
    word, _, rest = text.partition(" ")
    if not knock.incoming.press and word.casefold() in JOIN and rest.strip():
        join(db, house, knock, rest.strip())
        return
    held = [h.seat for h in identities.seats_of(db, knock.lookup)]
    if not held:
        newcomer(db, house, knock)
        return
    if not knock.incoming.press and word.casefold() == FOR:
        _speak_for(db, knock, rest.strip(), held)
        return
    press, _, addressed = knock.incoming.press.partition("@")
    if addressed and addressed not in held:
        queue.remember(db, "", knock.key, knock.now)
        return
    seat_id = addressed or identities.current_seat(db, knock.lookup) or held[0]
    seat, assembly = people.load_seat(db, seat_id), people.assembly_of(db, seat_id)
    if seat is None or assembly is None:
        return
    kept = text if seat.status in ("active", "paused") or text.startswith("/") else ""
    at = min(knock.incoming.at, instant(knock.now))
    heard = Heard(knock.key, seat_id, at, kept, press)
    queue.put_events(db, [InRow(assembly, knock.key, heard.kind, ms(at), knock.now, encode_event(heard), seat_id)])


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
