"""What must hold after a crash and a recovery (the letters are those of the reliability plan).

I1 every line behind the committed cursor is in the inbox · I2 what was counted is what a recount of the lines gives · I3 at
most one vote per seat, step and question · I4 each message reached its reader once, and at most one more time after the
kill, marked; one that carries somebody's words never twice, at the price that one a kill may not arrive, and then those who
lead are told · I5 in the same order for each person · I6 each timer fired once, each step opened and closed once · I9
nothing is left over in a queue · "same": everything else in the database is as in a run that nobody killed.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from bot.core.effects import Lane
from bot.core.message import Phrase
from bot.engine.outcomes import REMINDER, REPEAT
from bot.store import ballots, findings, opinions, people, queue, translations
from bot.store.database import Database
from bot.store.keys import Vault
from bot.store.people import SEAT_COLUMNS, read_seat
from tests.support.crashing.world import ACCOUNT, ASSEMBLY, CATALOGS, KEYS, Scenario, delivered

PLAIN = {
    "assembly": "id, state, data",
    "course": "id, data",
    "stage": "step, unit, data",
    "counter": "step, unit, name, value",
    "result": "step, unit, data, at",
    "digest": "id, state, data, at",
    "arrival": "step, table_id, digest, engine, texts, at",
    "tables": "id, site, number, languages, state",
    "membership": "table_id, seat, since, until",
    "consent": "seat, purpose, at, given, language",
    "vote_cast": "step, seat, at",
    "step_key": "step, wrapped IS NULL",
    "wanted": "contribution, language, source, why, state, taken_by, until, due, at, refused",
    "flag": "contribution, language, seat, at",
    "memory": 'source, target, contribution, seat, "by", at',
    "machine_translation": "seat, engine, version, via, at",
    "translation_edition": "contribution, language, edition",
    "job": "key, job, data, state",
    "log": 'at, act, "by", data',
    "inbox": "key, kind, at, seat, state, body IS NULL, error",
    "outbox": "key, seat, lane, step, at, CASE WHEN receipt = 'Uncertain' THEN 'sent' ELSE state END, body IS NULL",
}
"""What is compared of each table: not what differs from run to run (nonces, random names, the order of rows, tries)."""

DOUBT = "doubt/"
"""Begins the key of a message that says what may not have arrived."""

REMAINED = "remained/"
"""Begins the key of one that says in whose chats words stand that were taken back."""


class Pressed(Protocol):
    """Something that somebody did: under which key it stands in the inbox, and the parts of what they pressed."""

    @property
    def user(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def press(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Record:
    """What a run has left: the tables, opened, and what has reached people."""

    tables: dict[str, list[Any]]
    delivered: list[dict[str, Any]]


def open_database(folder: Path) -> Database:
    """The database in a folder, for reading. Whoever opens it closes its `sql`."""
    sql = sqlite3.connect(folder / "pnyx.db", isolation_level=None)
    return Database(sql, Vault(KEYS, sql))


def record(folder: Path) -> Record:
    return Record(tables(folder), delivered(folder))


def tables(folder: Path) -> dict[str, list[Any]]:
    """What stands in the tables, opened, as far as it is the same after every run."""
    db = open_database(folder)
    with closing(db.sql):
        tables: dict[str, list[Any]] = {
            name: sorted(db.sql.execute(f"SELECT {columns} FROM {name}").fetchall(), key=repr)
            for name, columns in PLAIN.items()
        }
        tables["outbox"] = [row for row in tables["outbox"] if not row[0].startswith(DOUBT)]
        seats = db.sql.execute(f"SELECT {SEAT_COLUMNS} FROM seat ORDER BY id").fetchall()
        tables["seat"] = [read_seat(db, row) for row in seats]
        places = db.sql.execute("SELECT id, step FROM contribution ORDER BY id").fetchall()
        tables["contribution"] = [opinions.contribution(db, ASSEMBLY, id) for id, _ in places]
        tables["ballot"] = [
            sorted(map(repr, ballots.ballots(db, ASSEMBLY, step)))
            for (step,) in db.sql.execute("SELECT step FROM step_key ORDER BY step").fetchall()
        ]
        translated = db.sql.execute("SELECT contribution, language FROM translation ORDER BY 1, 2").fetchall()
        tables["translation"] = [translations.load(db, ASSEMBLY, id, language) for id, language in translated]
    return tables


def right_after(scenario: Scenario, folder: Path) -> list[str]:
    """I1, in what the kill has left: a line behind the cursor is ours, so it is in the inbox."""
    db = open_database(folder)
    with closing(db.sql):
        return list(_acknowledged(db, scenario))


def _acknowledged(db: Database, scenario: Scenario) -> Iterator[str]:
    cursor = int(queue.cursor(db, ACCOUNT) or 0)
    for said in scenario.said:
        if said.cursor <= cursor and not queue.known(db, said.key):
            yield f"I1: the line of {said.user} before {said.cursor} is acknowledged and lost"


def at_the_end(scenario: Scenario, folder: Path, clean: Record, kills: int) -> list[str]:
    """Everything that must hold once a run has come to its end after `kills` kills."""
    db = open_database(folder)
    with closing(db.sql):
        found = [*_acknowledged(db, scenario), *recounted(db, scenario.said), *once(db), *_left_over(db)]
        doubted = doubtful(db)
        found += told(db, doubted, kills)
    after = record(folder)
    if doubted:
        after, clean = _without_remains(after), _without_remains(clean)
    found += _reached(after.delivered, clean.delivered, kills, {f"{ASSEMBLY}/{key}" for key in doubted})
    return [*found, *differences(after.tables, clean.tables)]


def recounted(db: Database, acts: Iterable[Pressed]) -> Iterator[str]:
    """I2, I3: count what was pressed in time; compare."""
    acts = tuple(acts)
    at = dict(db.sql.execute("SELECT key, at FROM inbox").fetchall())
    for step, unit, data in findings.results(db, ASSEMBLY):
        if not unit.startswith("course:") or "questions" not in data:
            continue
        closed = _closed(db, step)
        seats = {s.id for s in people.roster(db, ASSEMBLY)}
        cast: dict[tuple[str, str], str] = {}
        for said in acts:
            if said.press[:1] == (step,) and said.key in at and at[said.key] < closed:
                cast[said.user, said.press[1]] = said.press[3]
        if len(ballots.voters(db, ASSEMBLY, step)) > len(seats):
            yield f"I3: more people than there are have voted in {step}"
        for question, items in data["questions"].items():
            expected = Counter(choice for (_, of), choice in cast.items() if of == question)
            counted = {option: n for option, n in items[""]["counts"].items() if n}
            if sum(counted.values()) > len(seats):
                yield f"I3: {step}/{question} counts more votes than there are people"
            if counted != dict(expected):
                yield f"I2: {step}/{question} counts {counted}; the lines give {dict(expected)}"


def _closed(db: Database, step: str) -> int:
    row = db.sql.execute("SELECT at FROM log WHERE act = 'closed' AND data LIKE ?", (f'%"{step}"%',)).fetchone()
    return int(row[0])


def once(db: Database) -> Iterator[str]:
    """I6: a timer is a row, a row is done once, and a step opens and closes once."""
    rows = db.sql.execute("SELECT act, data, COUNT(*) FROM log WHERE act IN ('opened', 'closed') GROUP BY act, data")
    yield from (f"I6: {act} {n} times: {data}" for act, data, n in rows.fetchall() if n > 1)
    doubled = db.sql.execute("SELECT key, COUNT(*) FROM inbox GROUP BY key HAVING COUNT(*) > 1").fetchall()
    yield from (f"I6: {key} stands {n} times in the inbox" for key, n in doubled)


def _left_over(db: Database) -> Iterator[str]:
    """I9: nothing waits, and no message was given up."""
    left = db.sql.execute(
        "SELECT state, receipt FROM outbox WHERE state <> 'sent' AND receipt <> 'Uncertain'"
    ).fetchall()
    yield from (f"I9: a message is {state} {receipt}" for state, receipt in left)
    yield from stuck(db)


def stuck(db: Database) -> Iterator[str]:
    """I9: no event and no job waits, or was parked."""
    counts = queue.counts(db)
    yield from (f"I9: {n} events are {state}" for state, n in counts["inbox"].items() if state != "done")
    left = db.sql.execute("SELECT COUNT(*) FROM job WHERE state <> 'done'").fetchone()[0]
    if left:
        yield f"I9: {left} jobs are not done"


def _without_remains(record: Record) -> Record:
    """Which copies could not be deleted names only those that surely arrived."""
    tables = {**record.tables, "outbox": [row for row in record.tables["outbox"] if not row[0].startswith(REMAINED)]}
    told = [row for row in record.delivered if not row["key"].startswith(f"{ASSEMBLY}/{REMAINED}")]
    return Record(tables, told)


def doubtful(db: Database) -> dict[str, tuple[int, int]]:
    """The messages that may or may not have arrived and were not sent again, by key: their number and lane."""
    found = db.sql.execute("SELECT key, seq, lane FROM outbox WHERE receipt = 'Uncertain'").fetchall()
    return {key: (seq, lane) for key, seq, lane in found}


def told(db: Database, doubted: dict[str, tuple[int, int]], kills: int) -> Iterator[str]:
    """I4, for what is not repeated: at most one a kill, of those kinds, and somebody knows."""
    if len(doubted) > kills:
        yield f"I4: {len(doubted)} messages are in doubt after {kills} kills"
    for key, (seq, lane) in doubted.items():
        notices = db.sql.execute("SELECT COUNT(*) FROM outbox WHERE key LIKE ?", (f"{DOUBT}{seq}@%",)).fetchone()[0]
        if REMINDER not in key and (lane != Lane.TALK or not notices):
            yield f"I4: {key} is in doubt, and {notices} people know"


def notes() -> set[str]:
    """The line that marks a repeat, in every language."""
    return {
        CATALOGS.phrase(part.text, None, 0, lang)
        for part in REPEAT.parts
        if isinstance(part, Phrase)
        for lang in CATALOGS.languages
    }


def _reached(
    after: list[dict[str, Any]], clean: list[dict[str, Any]], kills: int, doubtful: Collection[str]
) -> Iterator[str]:
    """I4, I5. What is in doubt may be missing."""
    after = [row for row in after if not row["key"].startswith(f"{ASSEMBLY}/{DOUBT}")]
    texts = {row["key"]: row["text"] for row in clean}
    marks = notes()
    first: dict[str, list[str]] = {}
    seen: Counter[str] = Counter()
    marked = 0
    for row in after:
        key, text = row["key"], row["text"]
        note, _, rest = text.partition("\n")
        again = note in marks and rest == texts.get(key)
        marked += again
        if key not in texts:
            yield f"I4: {key} reached {row['place']}, which no clean run sends"
        elif not again and text != texts[key]:
            yield f"I4: {key} reads {text[:60]!r}"
        elif not again and seen[key]:
            yield f"I4: {key} came twice, unmarked"
        if not seen[key]:
            first.setdefault(row["place"], []).append(key)
        seen[key] += 1
        if seen[key] > 1 + kills:
            yield f"I4: {key} came {seen[key]} times"
    if marked > kills:
        yield f"I4: {marked} messages are marked as repeats after {kills} kills"
    yield from (f"I4: {key} never came" for key in texts if not seen[key] and key not in doubtful)
    order: dict[str, list[str]] = {}
    for row in clean:
        if not seen[row["key"]]:
            continue
        order.setdefault(row["place"], []).append(row["key"])
    yield from (f"I5: the order differs for {place}" for place, keys in order.items() if first.get(place) != keys)


def differences(after: dict[str, list[Any]], clean: dict[str, list[Any]]) -> Iterator[str]:
    """Where the tables are not the same."""
    yield from (_difference(name, after[name], rows) for name, rows in clean.items() if after[name] != rows)


def _difference(name: str, after: Iterable[Any], clean: Iterable[Any]) -> str:
    lost, new = Counter(map(repr, clean)), Counter(map(repr, after))
    only = [f"-{row}" for row in lost - new] + [f"+{row}" for row in new - lost]
    return f"same: {name} differs: {' '.join(only)[:300]}"
