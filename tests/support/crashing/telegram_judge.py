"""What must hold on Telegram after a crash and a recovery; the letters are those of `judge`.

I1 what Telegram regards as delivered to Pnyx is in the inbox · I2, I3 the votes are what a recount of the presses gives · I4
each message reached its chat once, and at most one more time after the kill, marked; what carries somebody's words never
twice, at the price that one a kill may not arrive, and then those who lead are told · I5 in the same order in each chat ·
I6, I9 and "same" as in `judge`. Besides, every message reads at the end as in a run that nobody killed, with the same buttons,
and what was taken back is gone everywhere. (A copy of which Pnyx does not know that it arrived cannot be changed any more.)
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.store import buttons, rooms
from bot.store.database import Database
from tests.support.crashing.judge import (
    DOUBT,
    REMAINED,
    Record,
    differences,
    doubtful,
    notes,
    once,
    open_database,
    recounted,
    stuck,
    tables,
    told,
)
from tests.support.crashing.telegram_world import asked

ACCOUNT = "telegram:main"
HOURS = re.compile(r"\b4\d{12}(?:\d{3})?\b|\d{4}-\d\d-\d\dT[\d:.+]+|datetime\.datetime\([^)]*\)+")
"""Hours as they stand in the tables. A message that is repeated leaves a second later, and what counts from its arrival, too."""

REMOTE = re.compile(r"(?<=/edit/)[\d,]+(?=@)|(?<=/delete/)[\d,]+(?=@)|(?<=/say/)[\d,]+(?=@)")
"""Numbers of messages as they stand in keys of the outbox."""

LINK = re.compile(r"https://t\.me/\+\w+")
"""A way into a group. Telegram makes another one each time that it is asked."""


@dataclass(frozen=True)
class Done:
    """Something that somebody did: under which key it stands in the inbox, and the parts of what the button meant."""

    user: str
    key: str
    press: tuple[str, ...]


def record(folder: Path) -> Record:
    with closing((db := open_database(folder)).sql):
        return Record(_masked(tables(folder)), _keyed(db, asked(folder, "told")))


def right_after(folder: Path) -> list[str]:
    """I1, in what the kill has left."""
    with closing((db := open_database(folder)).sql):
        return list(_acknowledged(db, folder))


def _acknowledged(db: Database, folder: Path) -> Iterator[str]:
    for act in asked(folder, "confirmed"):
        if act["confirmed"] and not _key(db, act["update"]):
            yield f"I1: what {act['user']} did (update {act['update']}) is acknowledged and lost"


def _key(db: Database, update: int) -> str:
    """Under which key an update stands in the inbox; "" where it does not."""
    row = db.sql.execute("SELECT key FROM inbox WHERE key LIKE ?", (f"{ACCOUNT}/{update}-%",)).fetchone()
    return str(row[0]) if row else ""


def at_the_end(folder: Path, clean: Record, kills: int) -> list[str]:
    """Everything that must hold once a run has come to its end after `kills` kills."""
    with closing((db := open_database(folder)).sql):
        doubted = doubtful(db)
        found = [*_acknowledged(db, folder), *recounted(db, list(_done(db, folder))), *once(db), *stuck(db)]
        found += [*_left_over(db), *told(db, doubted, kills)]
    after = record(folder)
    found += _reached(after.delivered, clean.delivered, kills, set(doubted))
    return [*found, *differences(_without(after.tables, doubted), _without(clean.tables, doubted))]


def _done(db: Database, folder: Path) -> Iterator[Done]:
    for act in asked(folder, "confirmed"):
        meant = buttons.find(db, act["data"]) if act["data"] else None
        press = meant.press.replace(":sure:", ":", 1).split(":") if meant is not None else []
        yield Done(act["user"], _key(db, act["update"]), tuple(press))


def _left_over(db: Database) -> Iterator[str]:
    rows = db.sql.execute("SELECT key, state FROM outbox WHERE state NOT IN ('sent', 'gone')").fetchall()
    yield from (f"I9: {key} is {state}" for key, state in rows)


def _keyed(db: Database, shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What stands in the chats, with the key under which it was said; "" where Pnyx does not know that it arrived."""
    private: dict[str, str] = {}
    grouped: dict[tuple[str, int], str] = {}
    said = "SELECT key, seat, door, receipt, sent FROM outbox WHERE act = 'say' AND state = 'sent'"
    for key, seat, door, receipt, sent in db.sql.execute(said).fetchall():
        if seat is None and door is not None and rooms.table_of(db, bytes(door)) is not None:
            grouped[receipt, sent] = key
        else:
            private[receipt] = key
    return [
        {**m, "key": grouped.get((str(m["id"]), m["at"]), "") if m["group"] else private.get(str(m["id"]), "")}
        for m in shown
    ]


def _reached(after: list[dict[str, Any]], clean: list[dict[str, Any]], kills: int, doubted: set[str]) -> Iterator[str]:
    """I4, I5, and how everything reads at the end."""
    meant = {m["key"]: m for m in clean}
    known = {m["key"]: m for m in after}
    after = [m for m in after if not m["key"].startswith(DOUBT)]
    repeats = {key: m for key, m in known.items() if _unmarked(m["sent"]) != m["sent"]}
    if len(repeats) > kills:
        yield f"I4: {len(repeats)} messages are marked as repeats after {kills} kills"
    spare = {key: m for key, m in meant.items() if key in repeats or key in doubted}
    order: dict[str, list[str]] = {}
    for m in after:
        key = m["key"] or _first(m, spare)
        if key not in meant:
            yield f"I4: {m['chat']} was told {m['sent'][:60]!r}, which no clean run says ({key or 'without a key'})"
        elif m["key"]:
            yield from _differs(m, meant[key])
        else:
            del spare[key]
        if key not in order.setdefault(m["chat"], []):
            order[m["chat"]].append(key)
    yield from (f"I4: {key} never came" for key in meant if key not in known and key not in doubted)
    missing = {key for key in doubted if key in spare}
    for chat in {m["chat"] for m in clean}:
        expected = [m["key"] for m in clean if m["chat"] == chat and m["key"] not in missing]
        if order.get(chat, []) != expected:
            yield f"I5: the order differs for {chat}"


def _first(message: dict[str, Any], spare: dict[str, dict[str, Any]]) -> str:
    """The key of a message of which Pnyx did not learn that it arrived: it was repeated, or is in doubt."""
    same = (key for key, m in spare.items() if (m["chat"], m["sent"]) == (message["chat"], message["sent"]))
    return next(same, "")


def _differs(message: dict[str, Any], clean: dict[str, Any]) -> Iterator[str]:
    """How a message is not as in a clean run."""
    for what in ("chat", "sent", "text", "labels", "deleted"):
        here, there = message[what], clean[what]
        if what in ("sent", "text"):
            here, there = LINK.sub("", _unmarked(here)), LINK.sub("", there)
        if here != there:
            yield f"I4: {message['key']} is {what} {here!r} and not {there!r}"


def _unmarked(text: str) -> str:
    """A text without the line that says that it may be a repeat."""
    first, _, rest = text.partition("\n")
    return rest.lstrip("\n") if first in notes() else text


def _masked(found: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Rows without hours and numbers of messages. A step that closes later because it arrived later rings once more."""
    rows = {name: [REMOTE.sub("", HOURS.sub("", repr(row))) for row in rows] for name, rows in found.items()}
    return {**{name: sorted(each) for name, each in rows.items()}, "inbox": sorted(set(rows["inbox"]))}


def _without(found: dict[str, list[Any]], doubted: Collection[str]) -> dict[str, list[Any]]:
    """The tables without what must differ where messages are in doubt: themselves, their changes, and who is told of those."""
    if not doubted:
        return found
    readers = "|".join(re.escape(key.rpartition("@")[2]) for key in doubted)
    out = re.compile(rf"\('({'|'.join(map(re.escape, doubted))}|{REMAINED}|[^']*/(edit|delete)/@({readers})')")
    return {**found, "outbox": [row for row in found["outbox"] if not out.match(row)]}
