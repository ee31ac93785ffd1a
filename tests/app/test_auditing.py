"""Checking the log as an organiser does, and as a stranger can without us."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot.app.line import carry_out
from bot.app.operations import Desk
from bot.cli import audit as commands
from bot.cli import main
from bot.store.database import Database
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
