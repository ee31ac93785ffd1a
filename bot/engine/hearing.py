"""What a seat wrote or pressed, as an event of the inbox: the same for a private chat and for a room."""

from __future__ import annotations

from bot.core.events import Heard
from bot.core.events import encode as encode_event
from bot.engine.knock import Knock
from bot.store import people, queue
from bot.store.database import Database
from bot.store.queue import InRow
from bot.store.times import instant, ms


def hear(db: Database, knock: Knock, seat_id: str, press: str = "", room: str = "") -> None:
    """Put what this seat wrote or pressed into the inbox. Before a person has consented no words of theirs are kept."""
    seat, assembly = people.load_seat(db, seat_id), people.assembly_of(db, seat_id)
    if seat is None or assembly is None or knock.incoming.kind not in ("message", "press"):
        queue.remember(db, assembly or "", knock.key, knock.now)
        return
    text = knock.incoming.text.strip()
    kept = text if seat.status in ("active", "paused") or text.startswith("/") else ""
    at = min(knock.incoming.at, instant(knock.now))
    heard = Heard(knock.key, seat_id, at, kept, press, room)
    queue.put_events(db, [InRow(assembly, knock.key, heard.kind, ms(at), knock.now, encode_event(heard), seat_id)])
