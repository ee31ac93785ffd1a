"""All that is kept of one person: what they gave, with every version of it in every language, and each row that tells of them.

Nothing of others is told: of rows that speak of several people only what speaks of this one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from bot.store import guests, identities, opinions
from bot.store.database import Database

TELLING: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "stage": ("data", ("step", "unit")), "job": ("data", ("job", "key", "state")), "log": ("data", ("at", "act")),
    "result": ("data", ("step", "unit")), "digest": ("data", ("id", "step")), "course": ("data", ("id",)),
    "arrival": ("texts", ("step", "table_id", "digest")), "wanted": ("refused", ("contribution", "language")),
}  # fmt: skip
"""The tables whose rows hold JSON that may speak of people: the column, and what names the row."""


@dataclass(frozen=True, slots=True)
class Given:
    """Something that the person gave, whatever became of it, with its earlier words and by language all the texts that ever stood
    for it, the present one last."""

    id: str
    step: str
    table: str
    at: int
    kind: str
    state: str
    language: str
    site: str
    side: str
    target: str
    shared: bool
    helped: bool
    written: str
    text: str
    media: str
    earlier: tuple[str, ...]
    translations: Mapping[str, tuple[str, ...]]


class Consented(NamedTuple):
    """A yes or no to a purpose: when, to which version of the text, in which language."""

    purpose: str
    given: bool
    at: int
    version: str
    language: str


def given(db: Database, assembly: str, seat: str) -> list[Given]:
    """Everything that a person gave, in order, what was taken back or hidden too."""
    rows = db.sql.execute(
        "SELECT id, step, table_id, at, kind, state, language, site, side, target, shared, helped, written, media, body "
        "FROM contribution WHERE assembly = ? AND seat = ? ORDER BY seq",
        (assembly, seat),
    ).fetchall()
    found = []
    for id, step, table, at, kind, state, language, site, side, target, shared, helped, written, media, body in rows:
        text = db.vault.open(seat, body, f"contribution/{assembly}/{id}")
        if text is not None:
            earlier = tuple(opinions.earlier(db, assembly, id))
            made = _translated(db, assembly, seat, id)
            found.append(
                Given(id, step, table, at, kind, state, language, site, side, target, bool(shared), bool(helped), written,
                      text.decode(), media, earlier, made)
            )  # fmt: skip
    return found


def _translated(db: Database, assembly: str, seat: str, id: str) -> dict[str, tuple[str, ...]]:
    """The texts that ever stood for a contribution, by language, also where it was taken back or hidden."""
    rows = db.sql.execute(
        "SELECT language, edition, body FROM translation_edition WHERE assembly = ? AND contribution = ? "
        "ORDER BY language, edition",
        (assembly, id),
    ).fetchall()
    found: dict[str, tuple[str, ...]] = {}
    for language, edition, body in rows:
        text = db.vault.open(seat, body, f"translation/{assembly}/{id}/{language}/{edition}")
        if text is not None:
            found[language] = (*found.get(language, ()), text.decode())
    return found


def consents(db: Database, seat: str) -> list[Consented]:
    """Every yes and no of a person, in order: they are the proof."""
    rows = db.sql.execute(
        "SELECT purpose, given, at, version, language FROM consent WHERE seat = ? ORDER BY at, purpose", (seat,)
    )
    return [Consented(purpose, bool(given), at, version, language) for purpose, given, at, version, language in rows]


def agreed(db: Database, seat: str) -> dict[str, bool]:
    """A person's last word on each purpose."""
    return {each.purpose: each.given for each in consents(db, seat)}


def voted(db: Database, assembly: str, seat: str) -> list[tuple[str, int]]:
    """The steps in which a person has voted, and when."""
    return db.sql.execute(
        "SELECT step, at FROM vote_cast WHERE assembly = ? AND seat = ? ORDER BY at, step", (assembly, seat)
    ).fetchall()


def sat(db: Database, assembly: str, seat: str) -> list[tuple[str, int, int | None]]:
    """The tables at which a person sat, from when until when."""
    return db.sql.execute(
        "SELECT table_id, since, until FROM membership WHERE assembly = ? AND seat = ? ORDER BY since", (assembly, seat)
    ).fetchall()


def place(db: Database, seat: str) -> dict[str, Any]:
    """What stands in the row of a seat beside what `bot.core.state.Seat` holds."""
    row = db.sql.execute("SELECT number, chair, joined, way FROM seat WHERE id = ?", (seat,)).fetchone()
    return dict(zip(("number", "chair", "joined", "way"), row, strict=True)) if row else {}


def accounts(db: Database, seat: str) -> list[dict[str, Any]]:
    """The chats through which a seat is reached, with all that is kept of each."""
    found = []
    for lookup in identities.channels(db, seat):
        sealed, seen, lost, told = db.sql.execute(
            "SELECT sealed, seen, lost, told FROM identity WHERE lookup = ?", (lookup,)
        ).fetchone()
        (helper,) = db.sql.execute(
            "SELECT helper FROM channel WHERE lookup = ? AND seat = ?", (lookup, seat)
        ).fetchone()
        opened = db.vault.open(None, sealed, f"identity/{lookup.hex()}")
        account, user, chat, language = (*json.loads(opened), "")[:4] if opened else ("", "", "", "")
        found.append(
            {"account": account, "user": user, "chat": chat, "language": language, "seen": seen, "lost": lost, "told": told,
             "helper": bool(helper)}
        )  # fmt: skip
    return found


def invited(db: Database, assembly: str, seat: str) -> dict[str, Any] | None:
    """What the organiser's list says of whoever sits here; None where they stand on none."""
    found = guests.of_seat(db, assembly, seat)
    if found is None:
        return None
    guest = found.guest
    return {
        "listed_as": guest.ref, "role": guest.role, "site": guest.site, "language": guest.language, "table": guest.table,
        "attributes": dict(guest.attributes), "matrix": guest.matrix,
    }  # fmt: skip


def files(db: Database, assembly: str, seat: str) -> list[dict[str, Any]]:
    """The files that came with contributions, as far as they are known: the chat app keeps their bytes."""
    found = []
    for id, account, kind, sealed, at in db.sql.execute(
        "SELECT id, account, kind, sealed, at FROM media WHERE assembly = ? AND seat = ? ORDER BY at, id",
        (assembly, seat),
    ).fetchall():
        opened = db.vault.open(seat, sealed, f"media/{assembly}/{id}")
        ref, mime, name, size, seconds = json.loads(opened) if opened else ("", "", "", 0, 0)
        found.append(
            {"id": id, "account": account, "kind": kind, "at": at, "known_as": ref, "type": mime, "name": name, "bytes": size,
             "seconds": seconds}
        )  # fmt: skip
    return found


def machines(db: Database, seat: str) -> list[dict[str, str]]:
    """What translation machines have made of a person's words, as it is kept for the next time."""
    found = []
    for key, engine, body in db.sql.execute(
        "SELECT key, engine, body FROM machine_translation WHERE seat = ? ORDER BY at, key", (seat,)
    ).fetchall():
        text = db.vault.open(seat, body, f"machine_translation/{key}")
        if text is not None:
            found.append({"engine": engine, "text": text.decode()})
    return found


def remembered(db: Database, assembly: str, seat: str) -> list[dict[str, str]]:
    """What the assembly's memory holds of a person's words."""
    found = []
    for source, target, hash, original, body in db.sql.execute(
        "SELECT source, target, hash, original, body FROM memory WHERE assembly = ? AND seat = ? ORDER BY at, hash",
        (assembly, seat),
    ).fetchall():
        label = f"{assembly}/{source}/{target}/{hash.hex()}"
        words, made = (
            db.vault.open(seat, original, f"memory/{label}"),
            db.vault.open(seat, body, f"memory_body/{label}"),
        )
        if words is not None and made is not None:
            found.append({"from": source, "into": target, "words": words.decode(), "translation": made.decode()})
    return found


ROWS: Mapping[str, str] = {
    "codes_made": 'SELECT role, site, made, expires, uses_left FROM code WHERE "by" = ?',
    "codes_used": "SELECT role, site, made, expires, uses_left FROM code WHERE seat = ?",
    "rooms_bound": 'SELECT table_id, account, bound, state FROM room WHERE "by" = ?',
    "rooms_offered": "SELECT table_id, made, expires FROM binding WHERE seat = ?",
    "translations_made": 'SELECT contribution, language, state, at FROM translation WHERE "by" = ?',
    "translations_remembered": 'SELECT source, target, contribution, at FROM memory WHERE "by" = ?',
    "translations_doubted": "SELECT contribution, language, at FROM flag WHERE seat = ?",
    "texts_taken": "SELECT contribution, language, until FROM wanted WHERE taken_by = ?",
    "linking": "SELECT expires, told, tries FROM linking WHERE seat = ?",
    "came_in": "SELECT kind, at, received, state FROM inbox WHERE seat = ? ORDER BY seq",
    "sent": "SELECT act, step, at, sent, state, account, about FROM outbox WHERE seat = ? ORDER BY seq",
    "stands_in_your_chats": "SELECT contribution, account, remote, at FROM copy WHERE holder = ?",
    "buttons": "SELECT step, made FROM button WHERE holder = ?",
    "questions": "SELECT asks, account, remote, said FROM question WHERE holder = ?",
    "typed": "SELECT question, account, remote FROM typed WHERE holder = ?",
}
"""Rows that tell of a seat, by what they are: without words and choices, which stand elsewhere."""


def rows(db: Database, seat: str) -> dict[str, list[dict[str, Any]]]:
    """The rows that tell of a seat, by what they are; what there is none of is left out."""
    found = {}
    for name, query in ROWS.items():
        told = db.sql.execute(query, (seat,))
        names = [column[0] for column in told.description]
        found[name] = [dict(zip(names, row, strict=True)) for row in told.fetchall()]
    return {name: each for name, each in found.items() if each}


def told_of(db: Database, assembly: str, seat: str) -> list[dict[str, Any]]:
    """Where else this person is spoken of, and what is said there of them alone."""
    found = []
    for table, (column, names) in TELLING.items():
        key = ", ".join(names)
        for *keys, data in db.sql.execute(
            f"SELECT {key}, {column} FROM {table} WHERE assembly = ? AND (instr({column}, ?) > 0{_UNITS.get(table, '')})",
            (assembly, seat, *((f"seat:{seat}",) if table in _UNITS else ())),
        ).fetchall():
            where = dict(zip(names, keys, strict=True))
            read = json.loads(data)
            told = {"all": read} if where.get("unit") == f"seat:{seat}" else dict(_of(read, seat, ""))
            found.append({"in": table, **where, "told": told})
    for step, name, value in db.sql.execute(
        "SELECT step, name, value FROM counter WHERE assembly = ? AND unit = ? ORDER BY step, name",
        (assembly, f"seat:{seat}"),
    ):
        found.append({"in": "counter", "step": step, "name": name, "told": {"number": value}})
    return found


_UNITS = {"stage": " OR unit = ?", "result": " OR unit = ?"}


def _of(data: Any, seat: str, path: str) -> Iterator[tuple[str, Any]]:
    """What of some data speaks of a seat: what stands under its id, and the place where its id stands."""
    if isinstance(data, dict):
        for name, value in data.items():
            here = f"{path}/{name}".replace(seat, "you")
            if seat in name:
                yield here, value
            else:
                yield from _of(value, seat, here)
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _of(value, seat, f"{path}/{number}")
    elif isinstance(data, str) and seat in data:
        yield path, "you" if data == seat else data.replace(seat, "you")
