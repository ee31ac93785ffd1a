"""Who is behind a seat: accounts on platforms, the channels to a seat, joining and erasing.

Invariants:

* Accounts, users and places stand in `identity`, sealed, and found by an HMAC only. Everything else knows seats.
* A person may hold several seats (in several assemblies, or as somebody's helper); one of them is current in the private chat.
  A seat may be reached through several channels; messages go to the one that was heard from last, of those
  that are not lost (`bot.store.reach`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from bot.core.state import Role, Seat
from bot.store import audit, guests, linking, media, memories, questions
from bot.store.database import Database
from bot.store.people import load_seat, next_chair


def meet(db: Database, account: str, user: str, place: str, at: int, language: str = "") -> bytes:
    """Note where a platform's user is to be reached, in which language as far as their phone tells, and that they were heard
    from. Their lookup."""
    lookup = db.vault.lookup(account, user)
    language = language or spoken(db, lookup)
    sealed = db.vault.seal(None, json.dumps([account, user, place, language]).encode(), f"identity/{lookup.hex()}")
    db.sql.execute(
        "INSERT INTO identity (lookup, sealed, seen) VALUES (?, ?, ?) "
        "ON CONFLICT (lookup) DO UPDATE SET sealed = excluded.sealed, seen = excluded.seen",
        (lookup, sealed, at),
    )
    return lookup


def door(db: Database, lookup: bytes) -> tuple[str, str] | None:
    """Account and place of an identity; None where it is not known (any more)."""
    found = _opened(db, lookup)
    return (found[0], found[2]) if found else None


def spoken(db: Database, lookup: bytes) -> str:
    """The language of an identity's phone, a hint for those who have no seat; "" where nobody told."""
    return "".join(_opened(db, lookup)[3:])


def speak(db: Database, lookup: bytes, language: str) -> None:
    """Write to an identity without a seat in this language, until its phone tells another."""
    if found := _opened(db, lookup):
        sealed = db.vault.seal(None, json.dumps([*found[:3], language]).encode(), f"identity/{lookup.hex()}")
        db.sql.execute("UPDATE identity SET sealed = ? WHERE lookup = ?", (sealed, lookup))


def _opened(db: Database, lookup: bytes) -> list[str]:
    """Account, user, place and language of an identity; nothing where it is not known (any more)."""
    row = db.sql.execute("SELECT sealed FROM identity WHERE lookup = ?", (lookup,)).fetchone()
    opened = db.vault.open(None, row[0], f"identity/{lookup.hex()}") if row else None
    return list(json.loads(opened)) if opened else []


def address(db: Database, seat: str, account: str = "") -> tuple[str, str] | None:
    """Account and place through which a seat is reached: its chat on this account, where one is named. None where it has no such
    channel (any more)."""
    found = db.sql.execute(
        "SELECT i.lookup, i.sealed FROM channel c JOIN identity i ON i.lookup = c.lookup WHERE c.seat = ? "
        "ORDER BY i.lost <> '', i.seen DESC, i.lookup",
        (seat,),
    )
    places = (_place(db, *row) for row in found.fetchall())
    return next((where for where in places if where is not None and account in ("", where[0])), None)


def accounts(db: Database, seat: str) -> set[str]:
    """The accounts through which a seat can be reached."""
    return {account for account, _ in users(db, seat)}


def users(db: Database, seat: str) -> list[tuple[str, str]]:
    """The accounts through which a seat can be reached, each with the platform's user there; who was heard last comes first."""
    found = db.sql.execute(
        "SELECT c.lookup FROM channel c JOIN identity i ON i.lookup = c.lookup WHERE c.seat = ? ORDER BY i.seen DESC, i.lookup",
        (seat,),
    )
    opened = (_opened(db, lookup) for (lookup,) in found.fetchall())
    return [(each[0], each[1]) for each in opened if each]


def user(db: Database, lookup: bytes) -> tuple[str, str] | None:
    """Account and user of an identity; None where it is not known (any more)."""
    found = _opened(db, lookup)
    return (found[0], found[1]) if found else None


def channels(db: Database, seat: str) -> list[bytes]:
    """The identities through which a seat can be reached."""
    return [
        lookup for (lookup,) in db.sql.execute("SELECT lookup FROM channel WHERE seat = ? ORDER BY lookup", (seat,))
    ]


def shared(db: Database, seat: str) -> bool:
    """True where the person who is reached through a seat's channels holds other seats too: a helper's chat."""
    row = db.sql.execute(
        "SELECT 1 FROM channel c JOIN channel o ON o.lookup = c.lookup AND o.seat <> c.seat WHERE c.seat = ? LIMIT 1",
        (seat,),
    ).fetchone()
    return row is not None


def _place(db: Database, lookup: bytes, sealed: bytes) -> tuple[str, str] | None:
    opened = db.vault.open(None, sealed, f"identity/{lookup.hex()}")
    if opened is None:
        return None
    account, _, place, *_ = json.loads(opened)
    return account, place


@dataclass(frozen=True, slots=True)
class Held:
    """A seat that a person holds. `helper` says that they type for somebody else."""

    assembly: str
    seat: str
    helper: bool


def seats_of(db: Database, lookup: bytes) -> list[Held]:
    """The seats that a person holds, oldest first."""
    found = db.sql.execute(
        "SELECT s.assembly, s.id, c.helper FROM channel c JOIN seat s ON s.id = c.seat WHERE c.lookup = ? "
        "ORDER BY s.joined, s.id",
        (lookup,),
    )
    return [Held(assembly, seat, bool(helper)) for assembly, seat, helper in found]


def current_seat(db: Database, lookup: bytes) -> str | None:
    """The seat for which a person speaks in the private chat at present."""
    row = db.sql.execute("SELECT current_seat FROM identity WHERE lookup = ?", (lookup,)).fetchone()
    return row[0] if row else None


def make_current(db: Database, lookup: bytes, seat: str | None) -> None:
    db.sql.execute("UPDATE identity SET current_seat = ? WHERE lookup = ?", (seat, lookup))


def enrol(
    db: Database,
    assembly: str,
    account: str,
    user: str,
    place: str,
    role: Role,
    site: str,
    language: str,
    helper: bool = False,
    *,
    at: int,
    table: str = "",
    way: str = "",
) -> Seat:
    """Give a person a seat and make it current. Who has one of their own in this assembly gets that one again; with `helper`, a
    further seat is made, for somebody for whom this person types. `way` says how somebody without a code of their own came."""
    lookup = meet(db, account, user, place, at)
    held = (load_seat(db, h.seat) for h in seats_of(db, lookup) if h.assembly == assembly and not h.helper)
    own = next(held, None)
    if own is not None and not helper:
        make_current(db, lookup, own.id)
        return own
    seat = _free_pseudonym(db, assembly, lookup)
    db.vault.new_seat_key(seat)
    chair = next_chair(db, assembly, table) if table else 0
    db.sql.execute(
        "INSERT INTO seat (id, assembly, role, site, status, language, table_id, chair, helped, joined, way, number) "
        "SELECT ?, ?, ?, ?, 'new', ?, ?, ?, ?, ?, ?, COALESCE(MAX(number), 0) + 1 FROM seat WHERE assembly = ? AND site = ?",
        (seat, assembly, role, site, language, table, chair, helper, at, way, assembly, site),
    )
    link(db, lookup, seat, helper)
    make_current(db, lookup, seat)
    return Seat(seat, role, site, language, table=table, helped=helper)


def _free_pseudonym(db: Database, assembly: str, lookup: bytes) -> str:
    """The person's first pseudonym here that no seat bears; an erased seat keeps its own."""
    n = 0
    while load_seat(db, seat := db.vault.pseudonym(assembly, lookup, n)) is not None:
        n += 1
    return seat


def link(db: Database, lookup: bytes, seat: str, helper: bool = False) -> None:
    """Let a seat be reached through one more channel."""
    db.sql.execute(
        "INSERT INTO channel (lookup, seat, helper) VALUES (?, ?, ?) ON CONFLICT (lookup, seat) DO NOTHING",
        (lookup, seat, helper),
    )


def move(db: Database, lookup: bytes, seat: str, helper: bool) -> list[bytes]:
    """Let a seat be reached through this person's chat and through no other. Those who had it until now.

    What was sent to the other chats stays there: nothing is changed in them any more."""
    gone = "DELETE FROM channel WHERE seat = ? AND lookup <> ? RETURNING lookup"
    before = [row[0] for row in db.sql.execute(gone, (seat, lookup))]
    for other in before:
        _let_go(db, other, seat)
    link(db, lookup, seat, helper)
    make_current(db, lookup, seat)
    if before:
        db.sql.execute("UPDATE seat SET room = NULL, helped = ? WHERE id = ?", (helper, seat))
        db.sql.execute("DELETE FROM copy WHERE holder = ?", (seat,))
        questions.forget(db, seat)
        linking.forget(db, seat)
        db.sql.execute(
            "UPDATE outbox SET state = 'gone', body = NULL, receipt = 'Moved' "
            "WHERE seat = ? AND act IN ('edit', 'delete') AND state = 'new'",
            (seat,),
        )
    return before


def lives_elsewhere(db: Database, assembly: str, lookup: bytes) -> bool:
    """True where the seat that this person took in an assembly has been moved to another chat."""
    row = db.sql.execute(
        "SELECT 1 FROM seat s WHERE s.id = ? AND s.status NOT IN ('left', 'refused') AND EXISTS (SELECT 1 FROM channel c "
        "WHERE c.seat = s.id AND c.lookup <> ?) AND NOT EXISTS (SELECT 1 FROM channel c WHERE c.seat = s.id AND c.lookup = ?)",
        (db.vault.pseudonym(assembly, lookup), lookup, lookup),
    ).fetchone()
    return row is not None


def explain(db: Database, lookup: bytes, now: int, pause: int) -> bool:
    """Whether somebody at the door may be told something now: once in `pause` milliseconds. If so, it is noted."""
    done = db.sql.execute("UPDATE identity SET told = ? WHERE lookup = ? AND told <= ?", (now, lookup, now - pause))
    return done.rowcount == 1


def _let_go(db: Database, lookup: bytes, seat: str) -> None:
    """A person does not hold this seat any more: another one of theirs is current."""
    others = seats_of(db, lookup)
    db.sql.execute(
        "UPDATE identity SET current_seat = ? WHERE lookup = ? AND current_seat = ?",
        (others[0].seat if others else None, lookup, seat),
    )


def erase(db: Database, seat: str) -> None:
    """Erase a person's seat: its key, and with it every word, name and attribute; its channels; and the identity, where it
    holds no other seat. What was counted stays counted."""
    db.vault.erase_seat_key(seat)
    db.sql.execute(
        "UPDATE seat SET status = 'left', name = NULL, former = NULL, attributes = NULL, focus = '', walk = '', room = NULL "
        "WHERE id = ?",
        (seat,),
    )
    db.sql.execute(
        "UPDATE outbox SET state = 'gone', body = NULL, receipt = 'Erased' WHERE seat = ? AND state IN ('new', 'sending')",
        (seat,),
    )
    media.erase(db, seat)
    db.sql.execute("DELETE FROM button WHERE holder = ?", (seat,))
    questions.forget(db, seat)
    memories.forget(db, seat)
    linking.forget(db, seat)
    db.sql.execute("DELETE FROM copy WHERE holder = ?", (seat,))
    holders = [row[0] for row in db.sql.execute("DELETE FROM channel WHERE seat = ? RETURNING lookup", (seat,))]
    for lookup in holders:
        _let_go(db, lookup, seat)
        if not seats_of(db, lookup):
            db.sql.execute("DELETE FROM identity WHERE lookup = ?", (lookup,))
    guests.forget(db, seat)
    audit.forget(db, seat)
    db.wipe = True
