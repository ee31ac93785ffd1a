"""What a transaction gets in hand."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from bot.store.keys import Vault


@dataclass(slots=True)
class Database:
    """`sql` for queries, `vault` for sealing. `writing` is False in a read. A work that erases something sets `wipe`: after
    the commit the write-ahead log is then emptied, so that no older copy stays in it."""

    sql: sqlite3.Connection
    vault: Vault
    writing: bool = False
    wipe: bool = False
