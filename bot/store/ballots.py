"""Choices: who has voted, and what was voted, apart from each other.

Invariants:

* A choice stands once for its holder, sealed under the key of its step; who has voted stands in `vote_cast`.
* While a secret vote is open its holders are HMACs of the seats under the step's key, and no table is kept. `seal_off`
  writes the choices anew under random names, with nothing that tells which belong together, and erases that key: from then on
  nobody can link them.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from typing import Any, NamedTuple

from bot.core.effects import Cast
from bot.store.database import Database
from bot.store.errors import BoxClosed
from bot.store.people import at_course


class Ballot(NamedTuple):
    """A choice without its holder. `table` is None in a secret vote."""

    question: str
    item: str
    site: str
    table: str | None
    choice: Any


def cast(db: Database, assembly: str, vote: Cast, site: str, table: str | None, at: int) -> None:
    """Store a choice in place of an earlier one, or take it back (`choice` None), and note who has voted. Raises `BoxClosed`
    once the vote is sealed off."""
    key = db.vault.step_key(assembly, vote.step, make=True)
    if key is None:
        raise BoxClosed(f"The vote in step {vote.step} is closed and sealed. No choice can be added.")
    place = (assembly, vote.step, vote.question, vote.item, key.holder(vote.seat) if vote.secret else vote.seat)
    if vote.choice is None:
        db.sql.execute(
            "DELETE FROM ballot WHERE assembly = ? AND step = ? AND question = ? AND item = ? AND holder = ?", place
        )
        if not choices_of(db, assembly, vote.seat, vote.step):
            db.sql.execute(
                "DELETE FROM vote_cast WHERE assembly = ? AND step = ? AND seat = ?", (assembly, vote.step, vote.seat)
            )
        return
    sealed = key.seal(_dump(vote.choice), "/".join(("ballot", *place)))
    db.sql.execute(
        "INSERT INTO ballot (assembly, step, question, item, holder, site, table_id, choice) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (assembly, step, question, item, holder) DO UPDATE SET choice = excluded.choice",
        (*place, site, None if vote.secret else table, sealed),
    )
    db.sql.execute(
        "INSERT INTO vote_cast (assembly, step, seat, at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (assembly, step, seat) DO UPDATE SET at = excluded.at",
        (assembly, vote.step, vote.seat, at),
    )


def choices_of(db: Database, assembly: str, seat: str, step: str) -> dict[tuple[str, str], Any]:
    """A seat's own choices in a step, by (question, item). Nothing once a secret vote is sealed off."""
    key = db.vault.step_key(assembly, step)
    if key is None:
        return {}
    found = db.sql.execute(
        "SELECT question, item, holder, choice FROM ballot WHERE assembly = ? AND step = ? AND holder IN (?, ?)",
        (assembly, step, seat, key.holder(seat)),
    ).fetchall()
    return {
        (question, item): json.loads(key.open(choice, f"ballot/{assembly}/{step}/{question}/{item}/{holder}"))
        for question, item, holder, choice in sorted(found)
    }


def ballots(db: Database, assembly: str, step: str) -> Iterator[Ballot]:
    """All choices of a step, to be counted. Read them inside the transaction. Their order means nothing."""
    for question, item, holder, site, table, choice in _ballots(db, assembly, step):
        yield Ballot(question, item, site, table, _choice(db, assembly, step, choice, f"{question}/{item}/{holder}"))


def seal_off(db: Database, assembly: str, step: str) -> int:
    """At the close of a secret vote: nobody can tell any more whose a choice was, or which choices are one person's. How many
    choices there are. Doing it again changes nothing."""
    if db.vault.step_key(assembly, step) is None:
        db.vault.erase_step_key(assembly, step)
        return sum(1 for _ in _ballots(db, assembly, step))
    rows = [
        (secrets.token_hex(16), row, _choice(db, assembly, step, row[5], f"{row[0]}/{row[1]}/{row[2]}"))
        for row in _ballots(db, assembly, step)
    ]
    rows.sort(key=lambda r: r[0])
    db.sql.execute("DELETE FROM ballot WHERE assembly = ? AND step = ?", (assembly, step))
    db.sql.executemany(
        "INSERT INTO ballot (assembly, step, question, item, holder, site, table_id, choice) VALUES (?, ?, ?, ?, ?, ?, NULL, ?)",
        [
            (
                assembly,
                step,
                question,
                item,
                name,
                site,
                db.vault.seal(None, _dump(choice), f"ballot/{assembly}/{step}/{question}/{item}/{name}"),
            )
            for name, (question, item, _, site, _, _), choice in rows
        ],
    )
    db.vault.erase_step_key(assembly, step)
    db.wipe = True
    return len(rows)


def turnout(db: Database, assembly: str, step: str, course: str) -> int:
    """How many people on a course have voted in a step."""
    here, given = at_course(course, "s.")
    row = db.sql.execute(
        f"SELECT COUNT(*) FROM vote_cast v JOIN seat s ON s.id = v.seat WHERE v.assembly = ? AND v.step = ?{here}",
        (assembly, step, *given),
    ).fetchone()
    return int(row[0])


def voters(db: Database, assembly: str, step: str) -> list[str]:
    """The seats that have voted in a step, by id."""
    found = db.sql.execute("SELECT seat FROM vote_cast WHERE assembly = ? AND step = ? ORDER BY seat", (assembly, step))
    return [seat for (seat,) in found]


def has_voted(db: Database, assembly: str, step: str, seat: str) -> bool:
    found = db.sql.execute(
        "SELECT 1 FROM vote_cast WHERE assembly = ? AND step = ? AND seat = ?", (assembly, step, seat)
    ).fetchone()
    return found is not None


def _ballots(db: Database, assembly: str, step: str) -> list[tuple[Any, ...]]:
    return db.sql.execute(
        "SELECT question, item, holder, site, table_id, choice FROM ballot WHERE assembly = ? AND step = ? "
        "ORDER BY question, item, holder",
        (assembly, step),
    ).fetchall()


def _choice(db: Database, assembly: str, step: str, sealed: bytes, place: str) -> Any:
    context = f"ballot/{assembly}/{step}/{place}"
    key = db.vault.step_key(assembly, step)
    return json.loads((key.open(sealed, context) if key else db.vault.open(None, sealed, context)) or b"null")


def _dump(choice: Any) -> bytes:
    return json.dumps(choice, ensure_ascii=False, allow_nan=False).encode()
