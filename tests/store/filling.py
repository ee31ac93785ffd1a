"""A database to test on, and one row or more in every table of it."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime

from bot.core.effects import Cast, Grant, Note, Record, Request, Seated
from bot.core.state import Contribution, Course, Digest, DigestSentence, OpenStep, Stage, Translated, Wanted
from bot.store import (
    arrivals,
    audit,
    ballots,
    buttons,
    codes,
    copies,
    courses,
    findings,
    holds,
    identities,
    lease,
    opinions,
    people,
    queue,
    rooms,
    tables,
    translations,
)  # fmt: skip
from bot.store.database import Database
from bot.store.keys import KeyFile, Vault
from bot.store.migrate import migrate

NOON = 1_790_000_000_000
AT = datetime.fromtimestamp(NOON / 1000, UTC)

CANARIES = {
    "name": "Zdeňka Kanárková",
    "words": "we want a tramway to the hospital",
    "translation": "nous voulons un tramway",
    "choice": "choice-of-canaries",
    "account": "telegram:canarybot",
    "user": "canary-user-4711",
    "place": "canary-chat-4712",
    "attribute": "canary-village",
    "event": "typed canary text",
    "message": "canary message body",
}
"""What must never stand readable in a file."""


def fresh_database(keys: KeyFile) -> Database:
    """A database in memory, in the middle of a transaction."""
    sql = sqlite3.connect(":memory:", isolation_level=None)
    migrate(sql, ":memory:")
    sql.execute("BEGIN")
    return Database(sql, Vault(keys, sql), writing=True)


def said(id: str, seat: str, text: str = CANARIES["words"], **more: object) -> Contribution:
    """A contribution to step `talk` at table t1."""
    given = {"table": "t1", "site": "fr", "kind": "idea", "at": AT, "language": "fr", **more}
    return Contribution(id=id, step="talk", seat=seat, text=text, **given)  # type: ignore[arg-type]  # few fields, many tests


def choose(seat: str, choice: object, *, item: str = "", secret: bool = True, step: str = "vote") -> Cast:
    return Cast(step, seat, "q", item, choice, secret)


def fill(db: Database) -> str:
    """Write to every table. The seat whose words these are."""
    courses.publish_flow(db, courses.PublishedFlow("demo@0123456789ab", "demo", "Demo", "{}", NOON))
    courses.save_assembly(db, courses.Assembly("a1", "demo@0123456789ab", "seed", "running", NOON))
    c = CANARIES
    seat = identities.enrol(db, "a1", c["account"], c["user"], c["place"], "participant", "fr", "fr", at=NOON)
    people.save_seat(db, replace(seat, status="active", name=c["name"], attributes={"home": c["attribute"]}))
    tables.sit(db, "a1", Seated("t1", "mixed", "fr", 1, ("fr", "de"), (seat.id,)), NOON)
    codes.make_code(db, "a1", "facilitator", "fr", "t1", made=NOON, expires=NOON + 1)
    courses.save_course(db, "a1", Course("fr", "running", {"": 1}, {"talk": OpenStep(AT)}, {"welcome": "done"}, AT, AT))
    courses.save_stage(db, "a1", Stage("talk", "table:t1", AT, data={"turn": 1}))
    courses.count(db, "a1", "talk", "course:fr", "done")
    courses.ask(db, "a1", Request("seating", "fr", "assign", "job-1"))
    audit.note(db, "a1", Note("opened", seat.id, {"step": "talk"}), NOON)
    queue.put_event(db, "a1", "in-1", c["event"].encode(), "heard", NOON, NOON, seat.id)
    queue.move_cursor(db, c["account"][:8], "12")
    queue.say(db, [queue.OutRow("out-1", "a1", seat.id, 0, NOON, c["message"].encode())])
    opinions.keep(db, "a1", said("c1", seat.id))
    opinions.grant(db, "a1", Grant(seat.id, "quotes", True, "v1", "fr"), NOON)
    ballots.cast(db, "a1", choose(seat.id, c["choice"]), "fr", "t1", NOON)
    findings.record(db, "a1", Record("vote", "site:fr", {"yes": 1}), NOON)
    sentences = (DigestSentence(("c1",), 3, 1, False),)
    findings.save_digest(db, "a1", Digest("d1", "sum", "t1", "fr", "fr", "approved", sentences, 1, 6, AT))
    translations.save(db, "a1", Translated("c1", "de", c["translation"], "pseudo"), NOON)
    translations.want(db, "a1", Wanted("c1", "de", "fr", "questioned", AT, due=AT))
    translations.flag(db, "a1", "c1", "de", seat.id, NOON)
    arrivals.arrive(db, "a1", "relay", "t2", "d1", "pseudo", {"c1": "c1@de"}, NOON)
    lease.take(db, "one", NOON, 1000)
    rooms.bind(db, "a1", "t1", "test:main", c["place"], seat.id, NOON)
    rooms.offer(db, "a1", "t1", seat.id, made=NOON, expires=NOON + 1)
    buttons.keep(db, [buttons.Buttons("abcdefghij234567", "a1", seat.id, "vote", ["vote:q::yes"])], NOON)
    copies.note(db, seat.id, "17", "a1", "c1", NOON)
    holds.hold(db, holds.scope(db, c["account"], c["place"]), NOON + 1, NOON + 2)
    db.sql.execute("INSERT INTO meta (name, value) VALUES ('filled', x'01') ON CONFLICT (name) DO NOTHING")
    _fill_the_rest(db.sql)
    return seat.id


def _fill_the_rest(sql: sqlite3.Connection) -> None:
    """A row in every table that has none yet."""
    for (name,) in sql.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        if sql.execute(f'SELECT 1 FROM "{name}"').fetchone() is None:
            types = [row[2] for row in sql.execute(f'PRAGMA table_info("{name}")')]
            values = [{"INTEGER": 1, "BLOB": b"\x01"}.get(type, "x") for type in types]
            sql.execute(f'INSERT INTO "{name}" VALUES ({", ".join("?" * len(values))})', values)


def rows(sql: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables, tables without rows too."""
    names = [n for (n,) in sql.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    return {name: sorted(sql.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr) for name in names}
