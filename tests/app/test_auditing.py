"""Checking the log as an organiser does, and as a stranger can without us."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot.app.line import carry_out
from bot.app.operations import Desk, Problem
from bot.cli import audit as commands
from bot.cli import main
from bot.engine import retention
from bot.store import audit, people
from bot.store.database import Database
from tests.support.chats import TALK, table
from tests.support.evening import EVENING
from tests.support.room import ASSEMBLY, Room, room

POSTED = EVENING.replace("[groups.tables]", '[log]\npost = "everybody"\n[groups.tables]')
LEADING = POSTED.replace("everybody", "leading")


async def ask(here: Room, what: str, **given: object) -> dict[str, Any]:
    return await carry_out(Desk(here.store, here.engine.house, here.clock), what, given)


def recomputed(file: Path) -> str:
    """The chain of an exported log, made anew by nothing but what `docs/guide/log.md` tells."""
    last = bytes(32)
    for row in map(json.loads, file.read_text("utf-8").splitlines()):
        who, what = bytes.fromhex(row["who"]), bytes.fromhex(row["what"])
        if row["salt"] is not None:
            salt = bytes.fromhex(row["salt"])
            assert who == hmac.digest(salt, b"by\0" + row["by"].encode(), "sha256")
            assert what == hmac.digest(salt, b"data\0" + row["data"].encode(), "sha256")
        last = hashlib.sha256(last + f"{row['ms']}\0{row['act']}\0".encode() + who + what).digest()
        assert last.hex() == row["hash"]
    return last.hex()


async def test_a_stranger_recomputes_the_exported_log(tmp_path: Path) -> None:
    async with room(EVENING) as here:
        await here.enrol("anna")
        await here.begin()
        file = tmp_path / "log.jsonl"
        told = await ask(here, "audit_export", target=str(file))
        found = await ask(here, "audit_verify")
        assert told["lines"] == found["lines"] > 1
        assert found["broken"] == []
        assert recomputed(file) == found["head"]


async def test_a_change_is_told_with_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    async with room(EVENING) as here:
        await here.begin()

        def change(db: Database) -> int:
            seq = db.sql.execute("SELECT MIN(seq) FROM log").fetchone()[0]
            db.sql.execute("UPDATE log SET act = 'nothing' WHERE seq = ?", (seq,))
            return int(seq)

        seq = await here.store.transact(change)
        found = await ask(here, "audit_verify")
        assert found["broken"] == [seq]
    monkeypatch.setattr(commands, "do", lambda *given, **more: found)
    done = CliRunner().invoke(main, ["audit", "verify"])
    assert done.exit_code == 1
    assert f"1 line of {found['lines']} cannot be as they were written, {seq}." in done.output


@pytest.mark.parametrize(
    ("flow", "anna", "lea"), [(POSTED, True, True), (LEADING, False, True), (EVENING, False, False)]
)
async def test_the_mark_is_told_to_whom_the_flow_says(flow: str, anna: bool, lea: bool) -> None:
    async with room(flow) as here:
        await here.enrol("anna")
        await here.enrol("lea", "coordinator")
        await here.begin()
        await here.choose("anna", "Continue", "I am 18 or older and agree")
        await here.say("anna", "Anna")
        await here.wait(timedelta(hours=3))
        marks = {
            who: [line for line in here.post.text(who).splitlines() if "The log of this assembly ends with" in line]
            for who in ("anna", "lea")
        }
        assert (bool(marks["anna"]), bool(marks["lea"])) == (anna, lea)
        for line in marks["lea"]:
            assert len(line.split()[-2]) == 16


async def test_there_is_no_assembly_of_that_name() -> None:
    async with room(EVENING) as here:
        with pytest.raises(Exception, match=f"no assembly called paris. There are {ASSEMBLY}"):
            await ask(here, "audit_verify", assembly="paris")


PUBLISHED = TALK.replace("[[step]]", "[feed]\npublished = true\n[[step]]", 1)


async def test_the_feed_is_written_and_written_anew(tmp_path: Path) -> None:
    async with table(PUBLISHED, purposes=("transcript", "quotes")) as t:
        for who in ("anna", "ben", "cleo"):
            await t.write(who, f"Bread, as I say: {who[0]}.")
        file = tmp_path / "feed.txt"
        assert (await ask(t.room, "feed", target=str(file)))["target"] == str(file)
        assert "as I say" not in file.read_text("utf-8")
        await t.room.wait(timedelta(minutes=16))
        await ask(t.room, "feed", target=str(file))
        first = file.read_bytes()
        assert first.decode().count("as I say") == 3
        await ask(t.room, "feed", target=str(file))
        assert file.read_bytes() == first
        assert [each.name for each in tmp_path.iterdir()] == ["feed.txt"]
        with pytest.raises(Problem, match="The feed cannot be written to"):
            await ask(t.room, "feed", target=str(tmp_path / "no" / "feed.txt"))


async def test_what_nobody_was_told_of_is_not_published(tmp_path: Path) -> None:
    async with table() as t:
        with pytest.raises(Problem, match="nobody at the tables was told"):
            await ask(t.room, "feed", target=str(tmp_path / "feed.txt"))
        assert list(tmp_path.iterdir()) == []


def test_the_command_says_where_the_feed_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, object]] = []

    def answers(config: Path, what: str, label: str = "", **given: object) -> dict[str, Any]:
        asked.append({"what": what, **given})
        return {"assembly": "a1", "target": given["target"]}

    monkeypatch.setattr(commands, "do", answers)
    done = CliRunner().invoke(main, ["feed", str(tmp_path / "feed.txt")])
    assert done.exit_code == 0
    assert "What may be read by now stands in" in done.output
    assert asked == [{"what": "feed", "target": str(tmp_path / "feed.txt"), "assembly": ""}]


async def test_the_log_holds_when_people_were_erased_when_all_are_and_for_whoever_wrote_its_end_down(
    tmp_path: Path,
) -> None:
    """The three together: somebody is forgotten, then the day comes on which everything is deleted. The chain is whole at each
    time, to us and to a stranger; the mark that people read at the close of a step is still in it; and nobody is."""
    async with table(
        PUBLISHED.replace("[feed]", '[log]\npost = "everybody"\n[feed]'), purposes=("transcript", "quotes")
    ) as t:
        await t.write("maya", "/note Anna is shy.")
        await t.write("maya", "/quiet Anna 1m")
        await t.room.wait(timedelta(hours=1))
        told = next(
            line
            for text in t.shown("ben")
            for line in text.splitlines()
            if "The log of this assembly ends with" in line
        )
        mark = told.split()[-2]
        everybody = await t.room.store.read(
            lambda db: people.roster(db, ASSEMBLY, roles=("participant", "facilitator"))
        )
        seats = {seat.name: seat.id for seat in everybody}

        async def whole(erased: int, *gone: str) -> None:
            file = tmp_path / "log.jsonl"
            await ask(t.room, "audit_export", target=str(file))
            found = await ask(t.room, "audit_verify")
            assert found["broken"] == []
            assert found["erased"] >= erased
            assert recomputed(file) == found["head"]
            assert mark in file.read_text("utf-8"), "what people wrote down is still the hash of a line"
            assert not any(seat in file.read_text("utf-8") for seat in gone)

        await whole(0)
        for name in ("anna", "maya"):
            await t.write(name, "/forget")
            await t.tap(name, "Erase everything of me")
            await t.room.wait(timedelta(minutes=15))
        await whole(3, seats["Anna"], seats["Maya"])
        t.room.clock.move(datetime(2028, 1, 1, 2, tzinfo=UTC))
        await t.room.store.transact(retention.look, t.room.engine.house, t.room.clock.now())
        await t.room.engine.settle()
        lines = await t.room.store.read(audit.lines, ASSEMBLY)
        assert lines[-1].act == "deleted"
        assert all(line.by == "" for line in lines)
        await whole(len([line for line in lines if line.act == "joined"]), *seats.values())
