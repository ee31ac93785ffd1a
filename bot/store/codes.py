"""Codes: what a person shows at the door to take a seat or a role, or to take their seat along to another chat.

The database keeps only their hashes. A code of random bits is shown once, when it is made; one that derives from the key file
(`Vault.invite`) can be written again by whoever holds that.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass
from typing import Literal

from bot.core.observing import GUARANTOR
from bot.core.state import Role
from bot.store.database import Database

MANY = 1_000_000_000
"""The uses of a link: not it, but its site has an end."""

Standing = Literal["good", "unknown", "used", "expired", "replaced"]


@dataclass(frozen=True, slots=True)
class Invite:
    """What a code lets its user be. `seat` is the one that it moves to another chat; `guest` whose own invite it is; `way` the
    link of an open assembly that it belongs to; `shared` says that several people were given the same code."""

    assembly: str
    role: Role
    site: str
    table: str
    seat: str = ""
    guest: bytes | None = None
    way: str = ""
    shared: bool = False

    @property
    def guarantor(self) -> bool:
        """Whether an observer comes who stands surety for the procedure. An observer has no table: its place says it."""
        return self.role == "observer" and self.table == GUARANTOR


def make_code(
    db: Database, assembly: str, role: Role, site: str = "", table: str = "", *, seat: str = "", uses: int = 1, made: int,
    expires: int, by: str = "",
) -> str:  # fmt: skip
    """A new code of 128 random bits, such as `K7QF-…`. Only its hash is kept, so it cannot be shown again. With a `seat` it
    moves that to the chat where it is used. `by` is the seat that has asked for it, "" for whoever runs the program."""
    code = spell(secrets.token_bytes(16))
    put_code(
        db,
        code,
        Invite(assembly, role, site, table, seat, shared=uses > 1),
        uses=uses,
        made=made,
        expires=expires,
        by=by,
    )
    return code


def put_code(db: Database, code: str, invite: Invite, *, uses: int = 1, made: int, expires: int, by: str = "") -> None:
    """Let a code be good for an invite. `IntegrityError` where there is this code already."""
    db.sql.execute(
        "INSERT INTO code (hash, assembly, role, site, table_id, seat, guest, way, shared, uses_left, "
        'expires, made, "by") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
        (
            _hash(code), invite.assembly, invite.role, invite.site, invite.table, invite.seat, invite.guest, invite.way,
            invite.shared, uses, expires, made, by,
        ),
    )  # fmt: skip


def use_code(db: Database, code: str, now: int) -> Invite | Standing:
    """Use a code once; or why it cannot be used. Small letters, spaces and 0, 1, 8 for O, I, B do no harm."""
    found = look(db, code, now)
    if isinstance(found, Invite):
        spend(db, code)
    return found


def look(db: Database, code: str, now: int) -> Invite | Standing:
    """What a code is good for, without using it; or why it cannot be used."""
    standing = stand(db, code, now)
    if standing != "good":
        return standing
    assembly, role, site, table, seat, guest, way, shared = db.sql.execute(
        "SELECT assembly, role, site, table_id, seat, guest, way, shared FROM code WHERE hash = ?", (_hash(code),)
    ).fetchone()
    return Invite(assembly, role, site, table, seat, guest, way, bool(shared))


def waiting(db: Database, assembly: str, role: str) -> int:
    """How many codes for a role of this assembly nobody has used yet."""
    found = db.sql.execute(
        "SELECT COUNT(*) FROM code WHERE assembly = ? AND role = ? AND uses_left > 0", (assembly, role)
    )
    return int(found.fetchone()[0])


def spend(db: Database, code: str, seat: str = "") -> None:
    """Use a good code once. Who sits on the seat of a code that is used up now is noted."""
    db.sql.execute("UPDATE code SET uses_left = uses_left - 1 WHERE hash = ?", (_hash(code),))
    if seat:
        db.sql.execute("UPDATE code SET seat = ? WHERE hash = ? AND uses_left = 0", (seat, _hash(code)))


def stand(db: Database, code: str, now: int) -> Standing:
    """Whether a code can be used, or why not."""
    row = db.sql.execute("SELECT uses_left, expires FROM code WHERE hash = ?", (_hash(code),)).fetchone()
    match row:
        case None:
            return "unknown"
        case (left, _) if left < 0:
            return "replaced"
        case (0, _):
            return "used"
        case (_, expires) if expires <= now:
            return "expired"
    return "good"


def expiry(db: Database, code: str) -> int:
    """When a code expires; 0 for one that there is not."""
    row = db.sql.execute("SELECT expires FROM code WHERE hash = ?", (_hash(code),)).fetchone()
    return int(row[0]) if row else 0


def owner(db: Database, code: str) -> tuple[str, str]:
    """The assembly that a code belongs to, and the seat that was taken with it; "" for what is not known."""
    row = db.sql.execute("SELECT assembly, seat FROM code WHERE hash = ?", (_hash(code),)).fetchone()
    return (row[0], row[1]) if row else ("", "")


def extend(db: Database, code: str, expires: int) -> None:
    """Let a code be good until then, if it has not been used."""
    db.sql.execute("UPDATE code SET expires = ? WHERE hash = ? AND uses_left > 0", (expires, _hash(code)))


def retire(db: Database, code: str) -> None:
    """A code that was not used is good for nothing from now on: a newer one takes its place."""
    db.sql.execute("UPDATE code SET uses_left = -1 WHERE hash = ? AND uses_left > 0", (_hash(code),))


def of_one_hand(db: Database, seat: str) -> frozenset[str]:
    """Who has come in by a code that this seat made, and whose code brought this seat in."""
    found = db.sql.execute(
        "SELECT seat FROM code WHERE \"by\" <> '' AND \"by\" = ? AND seat <> '' "
        "UNION SELECT \"by\" FROM code WHERE seat <> '' AND seat = ? AND \"by\" <> ''",
        (seat, seat),
    )
    return frozenset(other for (other,) in found if other != seat)


def retire_made(db: Database, seat: str) -> None:
    """What this seat has made and nobody has used is good for nothing from now on."""
    db.sql.execute('UPDATE code SET uses_left = -1 WHERE "by" <> \'\' AND "by" = ? AND uses_left > 0', (seat,))


def retire_moves(db: Database, seat: str) -> None:
    """No code moves this seat to another chat any more, and none with which it was taken links another chat to it."""
    db.sql.execute("UPDATE code SET uses_left = -1 WHERE seat <> '' AND seat = ? AND uses_left >= 0", (seat,))


def end_links(db: Database, seat: str) -> None:
    """No code with which this seat was taken links another chat to it any more."""
    db.sql.execute("UPDATE code SET uses_left = -1 WHERE seat <> '' AND seat = ? AND uses_left = 0", (seat,))


def links(db: Database, code: str) -> tuple[str, str] | None:
    """The assembly and the seat to which another chat can be linked with this code: one of somebody's own, which was used and
    which no newer one has replaced. None for any other code."""
    row = db.sql.execute(
        "SELECT assembly, seat FROM code WHERE hash = ? AND uses_left = 0 AND seat <> '' AND way = '' AND shared = 0",
        (_hash(code),),
    ).fetchone()
    return (row[0], row[1]) if row else None


def spell(bits: bytes) -> str:
    """128 bits as people read and type them: 26 letters and digits in groups of four."""
    letters = base64.b32encode(bits).decode().rstrip("=")
    return "-".join(re.findall(".{1,4}", letters))


def compact(code: str) -> str:
    """A code as it stands in a link: capital letters and the digits 2 to 7 only."""
    return re.sub(r"[^A-Z2-7]", "", code.upper().translate(str.maketrans("018", "OIB")))


def _hash(code: str) -> bytes:
    return hashlib.sha256(compact(code).encode()).digest()
