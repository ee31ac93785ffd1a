"""What a seat wrote, pressed, changed or sent, as an event of the inbox: the same for a private chat and for a room.

Invariants:

* An event is not called what its platform calls it: who knows the numbers there could find out from an export who said what.
* Before a person has consented no words and no files of theirs are kept.
* A file is stored with its event, and only in an assembly where some step has a use for such files; what the step then does not
  keep is dropped with the event (`bot.engine.handling`). Where somebody is, nobody stores.
* A reply points at the contribution that it answers, an edit at the one that it changes; platform ids stay at the door.
* A message that its author deletes is taken back while its step is open; one that whoever leads the table deletes in its room
  is hidden.
* A reaction is nothing: whoever makes one is told so once, and never again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Literal

from bot.core.effects import Lane
from bot.core.events import Event
from bot.core.events import encode as encode_event
from bot.core.files import FILES
from bot.core.heard import Edited, Heard, Redacted
from bot.core.message import encode, message, t
from bot.core.places import Place
from bot.core.rights import may
from bot.core.state import Seat
from bot.engine.choices import Meant
from bot.engine.house import House
from bot.engine.knock import Knock, ignore
from bot.store import copies, media, opinions, people, questions, queue
from bot.store.database import Database
from bot.store.media import File
from bot.store.queue import InRow, OutRow
from bot.store.times import instant, ms

MB = 1_000_000
UNCOUNTED = t("A reaction is not counted. Please write what you want to say, or choose below a question.")


def hear(
    db: Database,
    house: House,
    knock: Knock,
    seat_id: str,
    press: str = "",
    room: str = "",
    chosen: Meant | None = None,
    place: Place | Literal[""] = "",
) -> None:
    """Put what this seat did into the inbox; `chosen` is what they may have chosen by writing, `place` what the place is, where
    that is not plain (`Heard.place`)."""
    seat, assembly = people.load_seat(db, seat_id), people.assembly_of(db, seat_id)
    event: Event | None = None
    if seat is not None and assembly is not None:
        match knock.incoming.kind:
            case "message" | "press" | "edit" if chosen is not None:
                event = _chosen(db, house, knock, assembly, seat, room, chosen)
            case "message" | "press":
                event = _heard(db, house, knock, assembly, seat, press, room)
            case "edit":
                event = _edited(db, knock, assembly, seat, room)
            case "redaction":
                event = _taken_back(db, knock, assembly, seat, room)
            case "reaction":
                _reacted(db, knock, assembly, seat)
    if place and isinstance(event, Heard):
        event = replace(event, place=place)
    if event is None or assembly is None:
        ignore(db, knock, assembly or "")
        return
    at = ms(_at(knock))
    queue.put_events(db, [InRow(assembly, knock.key, event.kind, at, knock.now, encode_event(event), seat_id)])


def author(db: Database, held: list[str], knock: Knock) -> str:
    """Which of the seats that a person holds has written the message of their chat that this is about; "" where none has."""
    remote, account = knock.incoming.message, knock.account
    return next((seat for seat in held if copies.carried(db, seat, remote, account) is not None), "")


def _heard(db: Database, house: House, knock: Knock, assembly: str, seat: Seat, press: str, room: str) -> Heard:
    incoming, text = knock.incoming, knock.incoming.text.strip()
    if seat.status not in ("active", "paused"):
        kept = text if text.startswith("/") else ""
        return Heard(
            _id(db, knock, assembly),
            seat.id,
            _at(knock),
            kept,
            press,
            room,
            incoming.message,
            bar=incoming.bar,
            account=knock.account,
        )
    found = copies.carried(db, room or seat.id, incoming.answers, knock.account) if incoming.answers else None
    answers = found[1] if found is not None and found[0] == assembly else ""
    bar, kind = str(incoming.bar), incoming.media.kind if incoming.media is not None else ""
    if incoming.media is not None and not bar and incoming.media.size > house.flow(db, assembly).file.files.max_mb * MB:
        bar = "too_large"
    heard = Heard(
        _id(db, knock, assembly), seat.id, _at(knock), text, press, room, incoming.message, answers, kind, bar, incoming.unsure,
        account=knock.account,
    )  # fmt: skip
    if kind and not bar and seat.status == "active":
        _store(db, house, knock, assembly, heard)
    return heard


def _chosen(db: Database, house: House, knock: Knock, assembly: str, seat: Seat, room: str, chosen: Meant) -> Heard:
    """A mark or a label, or words in reply to a question. Before somebody has agreed it is a press at once: nothing else can be
    meant, and none of their words are kept."""
    heard = _heard(db, house, knock, assembly, seat, "", room)
    if not chosen.press:
        return replace(heard, asked=chosen.asked)
    if chosen.message:
        questions.answer(db, chosen.question, chosen.message)
    if chosen.sure or seat.status == "new":
        return replace(heard, press=chosen.press, text="", choices=chosen.question.remote, answers="")
    return replace(heard, pick=chosen.press, choices=chosen.question.remote, aside=chosen.aside)


def _store(db: Database, house: House, knock: Knock, assembly: str, heard: Heard) -> None:
    """Keep where a file is, if any step of the flow has a use for its kind."""
    sent = knock.incoming.media
    steps = house.flow(db, assembly).nodes.values()
    if sent is None or sent.kind not in FILES or not any(sent.kind in node.step.takes for node in steps):
        return
    file = File(
        heard.contribution,
        heard.seat,
        knock.account,
        sent.kind,
        sent.ref,
        sent.mime,
        sent.name,
        sent.size,
        sent.seconds,
    )
    media.store(db, assembly, file, knock.now)


def _edited(db: Database, knock: Knock, assembly: str, seat: Seat, room: str) -> Edited | None:
    """The change of something that was kept of this seat; None where nothing was, as with a command or a counted answer."""
    incoming = knock.incoming
    found = copies.carried(db, room or seat.id, incoming.message, knock.account) if incoming.message else None
    if found is None or found[0] != assembly or seat.status != "active" or incoming.bar:
        return None
    return Edited(_id(db, knock, assembly), seat.id, _at(knock), found[1], incoming.text.strip(), room)


def _taken_back(db: Database, knock: Knock, assembly: str, seat: Seat, room: str) -> Heard | Redacted | None:
    """A message that was deleted, if it was kept: by its author it is taken back; by whoever leads the table, in its room, it is
    hidden wherever it stands. Nobody else can do anything by deleting."""
    found = copies.carried(db, room or seat.id, knock.incoming.message, knock.account)
    if found is None or found[0] != assembly:
        return None
    given = opinions.contribution(db, assembly, found[1])
    if given is None:
        return None
    if given.seat == seat.id:
        return Redacted(_id(db, knock, assembly), seat.id, _at(knock), given.id, room)
    if not (room and may(seat.role, "hide")):
        return None
    hide = f"-hide:{given.id}:{given.table}"
    return Heard(_id(db, knock, assembly), seat.id, _at(knock), press=hide, room=room, account=knock.account)


def _reacted(db: Database, knock: Knock, assembly: str, seat: Seat) -> None:
    """Say that a reaction is not counted: the key lets it be said once in a person's life."""
    if seat.status == "active":
        body = encode(message(UNCOUNTED)).encode()
        queue.say(db, [OutRow(f"reaction@{seat.id}", assembly, seat.id, int(Lane.ANSWER), knock.now, body)])


def _id(db: Database, knock: Knock, assembly: str) -> str:
    """What the event is called, and what all ids come from that people or exports see of it."""
    return db.vault.event(assembly, knock.key)


def _at(knock: Knock) -> datetime:
    """When it was said: by the platform's clock, and never later than it was received."""
    return min(knock.incoming.at, instant(knock.now))
