"""Where contributions stand in people's chats, so that a reply finds what it answers, and a change or a deletion every copy.

A holder is whose chat it is: a seat, or the id of a room (`bot.store.rooms`). A seat may have chats on several accounts; a remote
id is the platform's name for a message on one of them. One message may have several, joined by commas (`bot.transports.port`),
and each of them finds it. A message may carry several contributions, where a talk was held for the night. Where a room
has moved, the platform may count anew: its messages from before are not found any more.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.store.database import Database


@dataclass(frozen=True, slots=True)
class Copy:
    """A message in a chat that carries a contribution. `original` is what the author wrote there; `at` is when it was sent or
    heard, `account` through which one; `told` the languages in which it only retells what stands there already."""

    holder: str
    remote: str
    original: bool
    at: int
    account: str = ""
    told: str = ""


def note(
    db: Database, holder: str, remote: str, assembly: str, contribution: str, at: int, *, account: str = "",
    original: bool = False, told: str = "",
) -> None:  # fmt: skip
    """A message carries a contribution from now on."""
    if remote:
        db.sql.execute(
            "INSERT INTO copy (holder, remote, account, assembly, contribution, original, at, told) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (holder, remote, account, contribution) DO UPDATE SET original = excluded.original",
            (holder, remote, account, assembly, contribution, original, at, told),
        )


def authored(db: Database, assembly: str, seat: str) -> list[tuple[str, str]]:
    """What a person has written of which copies stand somewhere: contribution and table, in order."""
    return db.sql.execute(
        "SELECT id, table_id FROM contribution c WHERE assembly = ? AND seat = ? AND EXISTS "
        "(SELECT 1 FROM copy WHERE copy.assembly = c.assembly AND copy.contribution = c.id) ORDER BY seq",
        (assembly, seat),
    ).fetchall()


def carried(db: Database, holder: str, remote: str, account: str | None = None) -> tuple[str, str] | None:
    """The assembly and the contribution that a message carries (on any account, where none is named); None where it carries none,
    or several. Any of its ids will do."""
    found = db.sql.execute(
        "SELECT assembly, contribution FROM copy WHERE holder = ? AND remote = ? AND reach = 1 "
        "AND COALESCE(?, account) = account LIMIT 2",
        (holder, remote, account),
    ).fetchall()
    if not found and remote and "," not in remote:
        found = db.sql.execute(
            "SELECT assembly, contribution FROM copy WHERE holder = ? AND reach = 1 AND COALESCE(?, account) = account "
            "AND remote LIKE '%,%' AND ',' || remote || ',' LIKE ? ESCAPE '\\' LIMIT 2",
            (holder, account, f"%,{_literal(remote)},%"),
        ).fetchall()
    return (found[0][0], found[0][1]) if len(found) == 1 else None


def together(db: Database, holder: str, remote: str, account: str | None = None) -> list[str]:
    """The contributions that a message carries, in the order in which they were given."""
    found = db.sql.execute(
        "SELECT copy.contribution FROM copy LEFT JOIN contribution c ON c.assembly = copy.assembly AND c.id = copy.contribution "
        "WHERE copy.holder = ? AND copy.remote = ? AND copy.reach = 1 AND COALESCE(?, copy.account) = copy.account "
        "ORDER BY c.seq, copy.contribution",
        (holder, remote, account),
    )
    return [contribution for (contribution,) in found]


def remote(db: Database, holder: str, assembly: str, contribution: str, account: str | None = None) -> str:
    """The newest message in a chat that carries a contribution, itself sooner than what only retells it; "" where none does."""
    row = db.sql.execute(
        "SELECT remote FROM copy WHERE assembly = ? AND contribution = ? AND holder = ? AND reach = 1 "
        "AND COALESCE(?, account) = account ORDER BY told, at DESC, remote LIMIT 1",
        (assembly, contribution, holder, account),
    ).fetchone()
    return str(row[0]) if row else ""


def copies(db: Database, assembly: str, contribution: str) -> list[Copy]:
    """Every message that carries a contribution and can still be reached, oldest first."""
    found = db.sql.execute(
        "SELECT holder, remote, original, at, account, told FROM copy WHERE assembly = ? AND contribution = ? AND reach = 1 "
        "ORDER BY at, holder, remote",
        (assembly, contribution),
    )
    return [
        Copy(holder, remote, bool(original), at, account, told) for holder, remote, original, at, account, told in found
    ]


def rename(db: Database, holder: str, account: str, old: str, new: str) -> None:
    """A message has another remote id since it was changed: some of its pieces are gone."""
    db.sql.execute(
        "UPDATE copy SET remote = ? WHERE holder = ? AND remote = ? AND account = ?", (new, holder, old, account)
    )


def forget(db: Database, holder: str, account: str, remote: str, contribution: str) -> None:
    """A message does not carry this contribution any more."""
    db.sql.execute(
        "DELETE FROM copy WHERE holder = ? AND remote = ? AND account = ? AND contribution = ?",
        (holder, remote, account, contribution),
    )


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
