"""What `/source` reads: which digests somebody has read, and what stands behind the sentence that they ask about."""

from __future__ import annotations

from typing import Any

from bot.core.commands.call import parse
from bot.core.commands.tracing import wanted
from bot.core.heard import Heard
from bot.core.provenance import Read, Trail, at_home
from bot.core.state import Seat, Table
from bot.engine.work import Work
from bot.store import arrivals, people, provenance, translations

NAME = "source"


def asks(event: Heard) -> bool:
    """Whether somebody asks what stands behind a sentence."""
    return event.press.startswith(f"-{NAME}:") or (event.text.startswith("/") and parse(event.text)[0] == NAME)


def found(work: Work, assembly: str, seat: Seat, table: Table | None, event: Heard) -> dict[str, Any]:
    """The facts `read`, `drawn_at` (the tables where those digests were drawn) and `trail`, None where no sentence is meant."""
    rooms = table.rooms if table is not None and table.id == seat.table else ()
    read = provenance.read_by(work.db, assembly, (seat.id, *rooms), seat.table)
    tables = {each.digest.table: work.table(assembly, each.digest.table) for each in read}
    origins = {id: one for id, one in tables.items() if one is not None}
    chosen, number = wanted(event, read)
    return {"read": read, "drawn_at": origins, "trail": _trail(work, assembly, seat, chosen, number, origins)}


def _trail(
    work: Work, assembly: str, seat: Seat, read: Read | None, number: int | None, tables: dict[str, Table]
) -> Trail | None:
    if read is None or number is None or not 1 <= number <= len(read.digest.sentences):
        return None
    digest, table = read.digest, tables.get(read.digest.table)
    if table is None:
        return None
    sentence = digest.sentences[number - 1]
    if sentence.left_out and not at_home(seat, table):
        return None
    sources = provenance.sources(work.db, assembly, sentence.sources)
    wording = next(iter(provenance.sources(work.db, assembly, (sentence.words,) if sentence.words else ())), None)
    made, step = None, read.step
    if step and seat.table:
        here = next(
            (a for a in arrivals.at_table(work.db, assembly, step, seat.table) if a.digest.id == digest.id), None
        )
        id, _, language = (here.texts.get(sentence.worded, "") if here is not None else "").partition("@")
        made = translations.load(work.db, assembly, id, language) if language else None
    seats = dict.fromkeys(s.given.seat for s in sources if s.given is not None)
    loaded = tuple(one for id in seats if (one := people.load_seat(work.db, id)) is not None)
    return Trail(digest, number, table, sources, wording, made, step, loaded)
