"""What our accounts are called on their platforms, as far as they have told: invites need it for their links."""

from __future__ import annotations

from bot.store.database import Database

_PLACE = "account/"


def call(db: Database, account: str, name: str) -> None:
    """Note what an account is called."""
    db.sql.execute(
        "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value "
        "WHERE value <> excluded.value",
        (_PLACE + account, name.encode()),
    )


def names(db: Database) -> dict[str, str]:
    """The names by account."""
    found = db.sql.execute("SELECT name, value FROM meta WHERE name LIKE ? ORDER BY name", (f"{_PLACE}%",))
    return {name.removeprefix(_PLACE): value.decode() for name, value in found}
