"""The log of an assembly: who did what, and when. It can be checked by a stranger, and a person can be erased from it.

Invariants:

* A line is never changed but by `forget`, and never deleted; each one's hash holds the hash of the line before it. Who changes,
  adds or takes out a line must change all that follow, and the last hash (`head`), which others may have written down.
* The chain binds who did it and the details by HMACs under a salt of the line's own (`who`, `what`). Without the salt these tell
  nothing, not even to somebody who tries all names.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.effects import Note
from bot.store.database import Database

START = b"\0" * 32
"""What the first line of a chain follows."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """Who did what, and when. `by` is "" where nobody did it, or where who did it was erased."""

    seq: int
    at: int
    act: str
    by: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Link:
    """A line as it stands in the chain: what binds it, and its `salt`, None once a person was erased from it."""

    line: LogLine
    written: str
    who: bytes
    what: bytes
    hash: bytes
    salt: bytes | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of the chain has found: how many `lines` it has, how many stand `before` it (from an older version), in how
    many somebody was `erased`; `head` is the last hash; `broken` the numbers of the lines at which it does not hold."""

    lines: int
    before: int
    erased: int
    head: bytes
    broken: tuple[int, ...]


def note(db: Database, assembly: str, note: Note, at: int) -> None:
    """Write a line in the log: ids, numbers and listed reasons, never words."""
    written, salt = json.dumps(dict(note.data), ensure_ascii=False, separators=(",", ":"), allow_nan=False), _salt()
    who, what = _bound(salt, "by", note.by), _bound(salt, "data", written)
    linked = _linked(head(db, assembly), at, note.act, who, what)
    row = db.sql.execute(
        'INSERT INTO log (assembly, at, act, "by", data, who, what, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING seq',
        (assembly, at, note.act, note.by, written, who, what, linked),
    ).fetchone()
    db.sql.execute("INSERT INTO log_salt (seq, salt) VALUES (?, ?)", (row[0], salt))


AWAY = ("paused", "lost")
"""The acts with which somebody goes who may come back."""


def missed(db: Database, assembly: str, seat: str, course: str) -> tuple[int, list[str]]:
    """Since which line somebody has been away, or was before they came back, and which steps have closed on a course since
    then; 0, and all of them, for somebody who was never away."""
    gone = f"({', '.join('?' * len(AWAY))})"
    since: int = db.sql.execute(
        f'SELECT COALESCE(MAX(seq), 0) FROM log WHERE assembly = ? AND "by" = ? AND act IN {gone}',
        (assembly, seat, *AWAY),
    ).fetchone()[0]
    closed = db.sql.execute(
        "SELECT data FROM log WHERE assembly = ? AND act = 'closed' AND seq > ? ORDER BY seq", (assembly, since)
    )
    found = (json.loads(data) for (data,) in closed)
    return since, [step for each in found if each["course"] == course for step in each["steps"]]


def lines(db: Database, assembly: str) -> list[LogLine]:
    """The log, in order."""
    found = db.sql.execute('SELECT seq, at, act, "by", data FROM log WHERE assembly = ? ORDER BY seq', (assembly,))
    return [LogLine(seq, at, act, by, json.loads(data)) for seq, at, act, by, data in found]


def head(db: Database, assembly: str) -> bytes:
    """The hash of the last line: whoever knows it knows the whole log."""
    row = db.sql.execute(
        "SELECT hash FROM log WHERE assembly = ? AND hash IS NOT NULL ORDER BY seq DESC LIMIT 1", (assembly,)
    ).fetchone()
    return bytes(row[0]) if row else START


def chain(db: Database, assembly: str) -> list[Link]:
    """The lines of the chain, in order."""
    rows = db.sql.execute(
        'SELECT seq, at, act, "by", data, who, what, hash, salt FROM log LEFT JOIN log_salt USING (seq) '
        "WHERE assembly = ? AND hash IS NOT NULL ORDER BY seq",
        (assembly,),
    )
    return [
        Link(LogLine(seq, at, act, by, json.loads(data)), data, who, what, hash, salt)
        for seq, at, act, by, data, who, what, hash, salt in rows
    ]


def verify(db: Database, assembly: str) -> Verdict:
    """Check every line of an assembly's log against the one before it."""
    before, last = 0, START
    links, broken = chain(db, assembly), []
    every = [seq for (seq,) in db.sql.execute("SELECT seq FROM log WHERE assembly = ? ORDER BY seq", (assembly,))]
    first = links[0].line.seq if links else None
    known = {link.line.seq for link in links}
    for seq in every:
        if seq not in known:  # a line without a hash is from before the chain, or was put in by hand
            before += first is None or seq < first
            broken += [seq] if first is not None and seq > first else []
    for link in links:
        if not _holds(link, last):
            broken.append(link.line.seq)
        last = link.hash
    erased = sum(link.salt is None for link in links)
    return Verdict(len(links), before, erased, last, tuple(sorted(broken)))


def forget(db: Database, seat: str) -> None:
    """Erase a person from the log: that something was done stays, and that somebody did it."""
    found = db.sql.execute('SELECT seq FROM log WHERE "by" = ? OR instr(data, ?) > 0', (seat, seat)).fetchall()
    db.sql.execute("UPDATE log SET data = replace(data, ?, '') WHERE instr(data, ?) > 0", (seat, seat))
    db.sql.execute('UPDATE log SET "by" = \'\' WHERE "by" = ?', (seat,))
    db.sql.executemany("DELETE FROM log_salt WHERE seq = ?", found)


def _holds(link: Link, last: bytes) -> bool:
    """Whether a line follows from the one before it and says what it said when it was written."""
    line, salt = link.line, link.salt
    if link.hash != _linked(last, line.at, line.act, link.who, link.what):
        return False
    if salt is None:
        return True
    return link.who == _bound(salt, "by", line.by) and link.what == _bound(salt, "data", link.written)


def _salt() -> bytes:
    return secrets.token_bytes(16)


def _bound(salt: bytes, name: str, value: str) -> bytes:
    return hmac.digest(salt, f"{name}\0{value}".encode(), "sha256")


def _linked(last: bytes, at: int, act: str, who: bytes, what: bytes) -> bytes:
    return hashlib.sha256(last + b"%d\0" % at + act.encode() + b"\0" + who + what).digest()
