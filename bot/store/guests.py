"""Guests: people who are expected, as the organiser's list names them, and the invite of each.

Invariants:

* The organiser's word for a person and what the list says of them stand sealed, and are found by an HMAC only: the database alone
  tells neither who is expected nor which seat is whose.
* An invite derives from the key file, the word and `issue`: it can be written again as long as it is good, and the database alone
  never yields it. Issuing anew ends the one before.
* Who was erased stays erased: what remains is a row without a word, so that the same list does not invite them again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bot.core.guests import Guest, plain_ref
from bot.store import codes
from bot.store.codes import Invite
from bot.store.database import Database

Standing = Literal["waiting", "expired", "joined", "moving", "left"]
"""`waiting` has an invite that is good, `expired` one that was not used in time; `joined` has a seat, `moving` a seat and an
invite that moves it to another chat; `left` was erased."""

_COLUMNS = "lookup, sealed, role, site, language, table_id, issue, seat"


@dataclass(frozen=True, slots=True)
class Expected:
    """A guest as the database knows them. `guest.ref` is "" once they are erased."""

    lookup: bytes
    guest: Guest
    issue: int
    seat: str


def find(db: Database, assembly: str, ref: str) -> Expected | None:
    """The guest for whom the organiser's word is `ref`."""
    return load(db, assembly, db.vault.guest(assembly, plain_ref(ref)))


def load(db: Database, assembly: str, lookup: bytes) -> Expected | None:
    return next(_guests(db, assembly, "lookup = ?", lookup), None)


def of_seat(db: Database, assembly: str, seat: str) -> Expected | None:
    """The guest who sits on a seat."""
    return next(_guests(db, assembly, "seat <> '' AND seat = ?", seat), None)


def everybody(db: Database, assembly: str) -> list[Expected]:
    """All guests, in order of sites and words; who was erased is left out."""
    found = [each for each in _guests(db, assembly, "sealed <> ?", b"") if each.guest.ref]
    return sorted(found, key=lambda each: (each.guest.site, plain_ref(each.guest.ref)))


def expect(
    db: Database, assembly: str, guest: Guest, made: int, expires: int
) -> Literal["new", "changed", "same", "joined", "left"]:
    """Expect somebody, with an invite that is good until `expires`; or let what the list says now hold for who is expected
    already. Who has a seat keeps it as it is. What became of it."""
    before = find(db, assembly, guest.ref)
    if before is None:
        new = Expected(db.vault.guest(assembly, plain_ref(guest.ref)), guest, 1, "")
        db.sql.execute(
            f"INSERT INTO guest (assembly, {_COLUMNS}, made) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', ?)",
            (
                assembly,
                new.lookup,
                _seal(db, assembly, new),
                guest.role,
                guest.site,
                guest.language,
                guest.table,
                1,
                made,
            ),
        )
        _invite(db, assembly, new, made, expires)
        return "new"
    if not before.guest.ref:
        return "left"
    if before.seat:
        return "joined"
    _invite_again(db, assembly, before, guest, made, expires)
    return "same" if guest == before.guest else "changed"


def _invite_again(db: Database, assembly: str, before: Expected, guest: Guest, made: int, expires: int) -> None:
    """The same invite, for what the list says now."""
    now = Expected(before.lookup, guest, before.issue, "")
    db.sql.execute(
        "UPDATE guest SET sealed = ?, role = ?, site = ?, language = ?, table_id = ? WHERE assembly = ? AND lookup = ?",
        (_seal(db, assembly, now), guest.role, guest.site, guest.language, guest.table, assembly, before.lookup),
    )
    codes.extend(db, code(db, assembly, now), expires)


def code(db: Database, assembly: str, who: Expected) -> str:
    """A guest's present invite."""
    return codes.spell(db.vault.invite(assembly, f"guest/{plain_ref(who.guest.ref)}", who.issue))


def standing(db: Database, assembly: str, who: Expected, now: int) -> Standing:
    """How far a guest has come."""
    if not who.guest.ref:
        return "left"
    found = codes.stand(db, code(db, assembly, who), now)
    if who.seat:
        return "moving" if found == "good" else "joined"
    return "waiting" if found == "good" else "expired"


def took_seat(db: Database, assembly: str, lookup: bytes, seat: str) -> None:
    """A guest has come in. What the list said of them stands on the seat from now on, and not here."""
    who = load(db, assembly, lookup)
    if who is None:
        raise LookupError("a guest who was never expected")
    bare = Guest(who.guest.ref, who.guest.role, who.guest.site, who.guest.language)
    db.sql.execute(
        "UPDATE guest SET seat = ?, sealed = ?, table_id = '' WHERE assembly = ? AND lookup = ?",
        (seat, _seal(db, assembly, Expected(lookup, bare, who.issue, seat)), assembly, lookup),
    )


def reissue(db: Database, assembly: str, who: Expected, made: int, expires: int) -> str:
    """A new invite, which ends the one before; of a guest who has a seat it moves that to the chat where it is used."""
    codes.retire(db, code(db, assembly, who))
    if who.seat:
        codes.retire_moves(db, who.seat)
    now = Expected(who.lookup, who.guest, who.issue + 1, who.seat)
    db.sql.execute("UPDATE guest SET issue = ? WHERE assembly = ? AND lookup = ?", (now.issue, assembly, who.lookup))
    return _invite(db, assembly, now, made, expires)


def _invite(db: Database, assembly: str, who: Expected, made: int, expires: int) -> str:
    made_out = code(db, assembly, who)
    invite = Invite(assembly, who.guest.role, who.guest.site, "", who.seat, who.lookup)
    codes.put_code(db, made_out, invite, made=made, expires=expires)
    return made_out


def forget(db: Database, seat: str) -> None:
    """Whoever sat here is erased: nothing tells any more who it was, and no invite leads here."""
    codes.retire_moves(db, seat)
    db.sql.execute("UPDATE guest SET seat = '', sealed = ? WHERE seat <> '' AND seat = ?", (b"", seat))


def _seal(db: Database, assembly: str, who: Expected) -> bytes:
    said = json.dumps([who.guest.ref, dict(who.guest.attributes), who.guest.matrix], ensure_ascii=False).encode()
    return db.vault.seal(None, said, f"guest/{assembly}/{who.lookup.hex()}")


def _guests(db: Database, assembly: str, where: str, given: bytes | str) -> Iterator[Expected]:
    found = db.sql.execute(f"SELECT {_COLUMNS} FROM guest WHERE assembly = ? AND {where}", (assembly, given)).fetchall()
    for lookup, sealed, role, site, language, table, issue, seat in found:
        opened = db.vault.open(None, sealed, f"guest/{assembly}/{lookup.hex()}")
        ref, attributes, matrix = (*json.loads(opened), "")[:3] if opened else ("", {}, "")
        yield Expected(lookup, Guest(ref, role, site, language, table, attributes, matrix), issue, seat)
