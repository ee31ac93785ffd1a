"""The counterpart of `test_nothing_is_left`: whatever is kept of a person in a random assembly, /mydata tells them.

Two searches: every row of every table that names her (her seat, or a lookup of hers) is counted, and every value that is sealed
under her key and still stands somewhere is opened. A table that nobody has thought of here makes the test fail."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.core.steps.consent import PURPOSES
from bot.engine import own as own_data
from bot.store import identities, people
from bot.store.database import Database
from bot.store.keys import KeyFile, Unreadable, Vault
from tests.engine.test_nothing_is_left import CANARY, COLLECT, NAME, VOTE, something
from tests.store.filling import fill, fresh_database
from tests.support.chats import TALK, Talkers, table
from tests.support.plays import flow_of
from tests.support.room import ASSEMBLY

Data = dict[str, Any]


def _rows(*names: str) -> Callable[[Data], int]:
    return lambda data: sum(len(data["rows"].get(name, ())) for name in names)


def _told(name: str) -> Callable[[Data], int]:
    return lambda data: sum(each["in"] == name for each in data["told_of_you"])


TOLD: dict[str, Callable[[Data], int]] = {
    "seat": lambda data: 1, "channel": lambda data: len(data["accounts"]), "identity": lambda data: len(data["accounts"]),
    "membership": lambda data: len(data["tables"]), "consent": lambda data: len(data["consents"]),
    "contribution": lambda data: len(data["contributions"]),
    "version": lambda data: sum(len(each["earlier"]) for each in data["contributions"]),
    "media": lambda data: len(data["files"]), "vote_cast": lambda data: len(data["votes"]),
    "machine_translation": lambda data: len(data["translated_by_machines"]),
    "memory": lambda data: len(data["remembered_translations"]) + len(data["rows"].get("translations_remembered", ())),
    "guest": lambda data: "invited_as" in data,
    "code": _rows("codes_made", "codes_used"), "room": _rows("rooms_bound"), "binding": _rows("rooms_offered"),
    "translation": _rows("translations_made"), "flag": _rows("translations_doubted"), "linking": _rows("linking"),
    "wanted": lambda data: _told("wanted")(data) + _rows("texts_taken")(data),
    "inbox": _rows("came_in"), "outbox": _rows("sent"), "copy": _rows("stands_in_your_chats"), "button": _rows("buttons"),
    "question": _rows("questions"), "typed": _rows("typed"),
    "log": lambda data: len(data["log"]) + sum(e["in"] == "log" for e in data["told_of_you"]),
    "stage": _told("stage"), "job": _told("job"), "digest": _told("digest"), "counter": _told("counter"),
    "result": _told("result"), "course": _told("course"), "arrival": _told("arrival"),
}  # fmt: skip
"""Where /mydata tells of the rows of a table that name somebody: how many it tells."""

SILENT = {
    "seat_key": "the key itself, which opens what is told",
    "wrong_code": "wrong codes at the door, before there was a seat",
    "hold": "a platform's wish that we wait: no seat has part in it",
}
"""What is not told, and why."""


@pytest.fixture
def sealed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, bytes]]:
    """Everything that is sealed under somebody's key, as it happens."""
    found: list[tuple[str, str, bytes]] = []
    seal = Vault.seal

    def noted(vault: Vault, seat: str | None, data: bytes, context: str) -> bytes:
        if seat:
            found.append((seat, context, data))
        return seal(vault, seat, data, context)

    monkeypatch.setattr(Vault, "seal", noted)
    return found


def naming(db: Database, seat: str) -> dict[str, int]:
    """How many rows of each table name a person."""
    lookups = identities.channels(db, seat)
    found: dict[str, int] = {}
    for name, row in _every_row(db):
        named = any(seat in value for value in row if isinstance(value, str)) or any(
            value in lookups for value in row if isinstance(value, bytes)
        )
        found[name] = found.get(name, 0) + named
    return {name: number for name, number in found.items() if number}


def _every_row(db: Database) -> Iterator[tuple[str, tuple[Any, ...]]]:
    names = [
        n for (n,) in db.sql.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    ]
    for name in names:
        for row in db.sql.execute(f"SELECT * FROM {name}").fetchall():
            yield name, row


def still_there(db: Database, seat: str, sealed: list[tuple[str, str, bytes]]) -> Iterator[tuple[str, str]]:
    """What was sealed under her key and stands in some row now: where, and the words."""
    blobs = [value for _, row in _every_row(db) for value in row if isinstance(value, bytes) and len(value) > 28]
    for who, context, data in dict.fromkeys(sealed):
        if who != seat or context.split("/")[0] in ("outbox", "inbox", "question"):
            continue  # what is under way, and questions that we have put: her chat holds these
        for blob in blobs:
            try:
                opened = db.vault.open(seat, blob, context)
            except Unreadable:
                continue
            if opened == data:
                yield context, data.decode()
                break


def values(data: Any) -> Iterator[str]:
    """Every text in some JSON."""
    if isinstance(data, dict):
        for name, value in data.items():
            yield name
            yield from values(value)
    elif isinstance(data, list):
        for each in data:
            yield from values(each)
    elif isinstance(data, str):
        yield data


async def told(t: Talkers, seat: str, form: own_data.Form = "json") -> str:
    def read(db: Database) -> bytes | None:
        return own_data.written(db, t.room.engine.house, ASSEMBLY, seat, form)

    return (await t.room.store.read(read) or b"").decode()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
async def test_everything_that_is_kept_of_a_person_is_told_to_her(
    seed: int, tmp_path: Path, sealed: list[tuple[str, str, bytes]]
) -> None:
    dice = random.Random(seed)
    async with table(dice.choice((TALK, VOTE, COLLECT)), path=tmp_path / "pnyx.db", names={"anna": NAME}) as t:
        await t.write("anna", f"{CANARY}, to begin with")
        await t.send("anna", "photo", f"{CANARY} in a picture")
        for number in range(dice.randrange(3, 9)):
            await something(t, dice, number)
        await t.write("maya", f"/quiet {NAME} 1m")
        if any("More bread?" in text for text in t.shown("anna")):
            await t.tap("anna", "Yes")
        everybody = await t.room.store.read(people.roster, ASSEMBLY)
        seat = next(each.id for each in everybody if each.name == NAME)

        data = json.loads(await told(t, seat))
        named = await t.room.store.read(naming, seat)
        assert set(named) <= {*TOLD, *SILENT}, "a table that holds something of people and stands in neither list"
        assert {name: TOLD[name](data) for name in named if name in TOLD} == {
            name: number for name, number in named.items() if name in TOLD
        }
        texts = set(values(data))
        kept = await t.room.store.read(lambda db: list(still_there(db, seat, sealed)))
        assert any(CANARY in text for _, text in kept)
        for context, text in kept:
            parts = set(values(json.loads(text))) if text[:1] in "[{" else {text}
            assert parts <= texts, context
        readable = await told(t, seat, "text")
        for each in data["contributions"]:
            assert plain(each["text"]) in plain(readable), "and every word of hers stands in the one that people read"


def plain(text: str) -> str:
    return " ".join(text.split())


ELSEWHERE = (
    ("code", "by"), ("code", "seat"), ("binding", "seat"), ("linking", "seat"), ("button", "holder"), ("question", "holder"),
    ("typed", "holder"), ("memory", "by"), ("translation", "by"), ("room", "by"), ("flag", "seat"), ("wanted", "taken_by"),
    ("inbox", "seat"), ("outbox", "seat"), ("copy", "holder"), ("vote_cast", "seat"), ("membership", "seat"),
)  # fmt: skip
SPOKEN_OF = (
    ("stage", "data"), ("job", "data"), ("log", "data"), ("result", "data"), ("digest", "data"), ("course", "data"),
    ("arrival", "texts"), ("wanted", "refused"),
)  # fmt: skip


def put(db: Database, table: str, column: str, value: str, number: int) -> None:
    """A row in which one column has this value, and the others anything."""
    known = db.sql.execute(f"PRAGMA table_info({table})").fetchall()
    given = {name: {"INTEGER": number, "BLOB": bytes([number])}.get(kind, f"x{number}") for _, name, kind, *_ in known}
    given |= {column: value, **({"assembly": ASSEMBLY} if "assembly" in given else {})}
    given |= {
        name: "[]" if name == "refused" else "{}"
        for name in ("data", "texts", "refused")
        if given.get(name) == f"x{number}"
    }
    states = {"wanted": "waiting", "translation": "machine", "room": "open"}
    given |= {"state": states.get(table, "new")} if "state" in given else {}
    given |= {name: None for name in ("who", "what", "hash") if table == "log"}
    names = ", ".join(f'"{name}"' for name in given)
    db.sql.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(given))})", tuple(given.values()))


def test_every_table_is_told_of() -> None:
    """A database in which she is named wherever a table can name anybody, beside somebody else who is named nowhere."""
    db = fresh_database(KeyFile.from_seed(7))
    fill(db)
    seat = identities.enrol(db, ASSEMBLY, "test:main", "zdenka", "zdenka", "observer", "fr", "en", at=1).id
    for number, (table_name, column) in enumerate(ELSEWHERE, 50):
        put(db, table_name, column, seat, number)
    for number, (table_name, column) in enumerate(SPOKEN_OF, 100):
        words = {"said": {seat: 3, "somebody-else": 4}, "order": ["somebody-else", seat]}
        put(db, table_name, column, json.dumps(words if column != "refused" else [seat]), number)
    put(db, "counter", "unit", f"seat:{seat}", 150)
    for key in ("one", "two"):
        body = db.vault.seal(seat, b"ein Bus", f"machine_translation/{key}")
        db.sql.execute("INSERT INTO machine_translation VALUES (?, ?, 'm', '', '', ?, 1)", (key, seat, body))
    found = people.load_seat(db, seat)
    assert found is not None
    data = own_data._kept(db, ASSEMBLY, flow_of(TALK), found)
    named = naming(db, seat)
    assert {"code", "digest", "job", "counter", "machine_translation", "question"} <= set(named) <= {*TOLD, *SILENT}
    assert {name: TOLD[name](data) for name in {*named} - {*SILENT}} == {
        name: number for name, number in named.items() if name not in SILENT
    }
    assert "somebody-else" not in json.dumps(data)
    assert {"in": "course", "id": "x105", "told": {"/said/you": 3, "/order/1": "you"}} in data["told_of_you"]


async def test_nobody_else_stands_in_it() -> None:
    async with table(VOTE, names={"anna": NAME}) as t:
        await t.write("ben", "I am for rye.")
        await t.write("anna", "Ben is right.")
        await t.write("maya", f"/quiet {NAME} 1m")
        everybody = await t.room.store.read(
            lambda db: people.roster(db, ASSEMBLY, roles=("participant", "facilitator"))
        )
        ids = {each.name: each.id for each in everybody}
        data = await told(t, ids[NAME])
        assert "I am for rye." not in data
        for name in ("Ben", "Cleo", "Maya"):
            assert ids[name] not in data, f"the seat of {name}"


async def test_it_comes_in_the_language_of_whoever_asks() -> None:
    async with table() as t:
        await t.write("anna", "Brot ist teuer.")
        await t.write("anna", "/lang de")
        seat = next(s.id for s in await t.room.store.read(people.roster, ASSEMBLY) if s.name == "Anna")
        readable = await told(t, seat, "text")
        asked = t.room.engine.house.catalogs.phrase(PURPOSES["transcript"].text, None, 1, "de")
        assert asked != PURPOSES["transcript"].text
        assert asked in readable
        assert PURPOSES["transcript"].text not in readable
