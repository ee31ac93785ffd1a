"""Codes: what a person shows at the door to take a seat or a role.

The database keeps only their hashes: a code is shown once, when it is made.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass
from typing import Literal

from bot.core.state import Role
from bot.store.database import Database


@dataclass(frozen=True, slots=True)
class Invite:
    """What a code lets its user be."""

    assembly: str
    role: Role
    site: str
    table: str


def make_code(
    db: Database, assembly: str, role: Role, site: str = "", table: str = "", *, uses: int = 1, made: int, expires: int
) -> str:
    """A new code of 128 random bits, such as `K7QF-…`. Only its hash is kept, so it cannot be shown again."""
    letters = base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=")
    db.sql.execute(
        "INSERT INTO code (hash, assembly, role, site, table_id, uses_left, expires, made) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (_hash(letters), assembly, role, site, table, uses, expires, made),
    )
    return "-".join(re.findall(".{1,4}", letters))


def use_code(db: Database, code: str, now: int) -> Invite | Literal["unknown", "used", "expired"]:
    """Use a code once; or why it cannot be used. Small letters, spaces and 0, 1, 8 for O, I, B do no harm."""
    row = db.sql.execute(
        "SELECT assembly, role, site, table_id, uses_left, expires FROM code WHERE hash = ?", (_hash(code),)
    ).fetchone()
    if row is None:
        return "unknown"
    if row[4] < 1:
        return "used"
    if row[5] <= now:
        return "expired"
    db.sql.execute("UPDATE code SET uses_left = uses_left - 1 WHERE hash = ?", (_hash(code),))
    return Invite(*row[:4])


def _hash(code: str) -> bytes:
    plain = re.sub(r"[^A-Z2-7]", "", code.upper().translate(str.maketrans("018", "OIB")))
    return hashlib.sha256(plain.encode()).digest()
