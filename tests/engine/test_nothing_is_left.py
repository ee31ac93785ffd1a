"""After /forget a search through every byte that we have written finds nothing of the person, in fifty different assemblies."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import pytest

from bot.report.export import export_files, write_export
from bot.store import identities, people
from bot.store.backup import backup
from bot.store.database import Database
from tests.support.chats import TALK, Talkers, table
from tests.support.room import ASSEMBLY

VOTE = (
    '[[step]]\nid = "side"\ntype = "parallel"\nduration = "40m"\n'
    + TALK.replace("type =", 'within = "side"\nbranch = "talk"\ntype =').replace('"40m"', '"30m"')
    + '[[step]]\nid = "vote"\ntype = "vote"\nwithin = "side"\nbranch = "vote"\nduration = "30m"\n'
    'questions = [{ id = "q", method = "yes_no_abstain", text = { en = "More bread?", de = "Mehr Brot?" } }]\n'
)
COLLECT = (
    '[[step]]\nid = "ideas"\ntype = "collect"\nduration = "30m"\ntext = "What do you wish?"\nmax_each = 3\n'
    '[[step]]\nid = "digest"\ntype = "summarise"\nof = ["ideas"]\nduration = "15m"\n'
)
NAME, CANARY = "Zdeňka Kanárková", "Kanarienvogel"


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def found(folder: Path, *needles: bytes) -> list[tuple[str, bytes]]:
    return [(name, needle) for name, content in files(folder).items() for needle in needles if needle in content]


def hers(db: Database) -> tuple[str, list[bytes]]:
    """Her seat, and what only her key opens, or leads to her: the key itself, her account and its lookup, her sealed name."""
    for seat in people.roster(db, ASSEMBLY):
        if seat.name == NAME:
            (wrapped,) = db.sql.execute("SELECT wrapped FROM seat_key WHERE seat = ?", (seat.id,)).fetchone()
            (name,) = db.sql.execute("SELECT name FROM seat WHERE id = ?", (seat.id,)).fetchone()
            lookups = identities.channels(db, seat.id)
            sealed = [
                db.sql.execute("SELECT sealed FROM identity WHERE lookup = ?", (lookup,)).fetchone()[0]
                for lookup in lookups
            ]
            return seat.id, [wrapped, name, *lookups, *sealed]
    raise LookupError(NAME)


async def exported(t: Talkers, folder: Path) -> None:
    written = await t.room.store.read(export_files, t.room.engine.house, ASSEMBLY)
    write_export(written, folder)


async def something(t: Talkers, dice: random.Random, number: int) -> None:
    """One of the things that people do, by lot."""
    who = dice.choice(("anna", "anna", "ben", "cleo"))
    words = f"{CANARY} {number}" if who == "anna" else f"Rye {number}"
    match dice.randrange(7):
        case 0 | 1 | 2:
            await t.write(who, words)
        case 3:
            own = await t.write(who, words)
            await t.edit(who, own, f"{words}, rather")
        case 4:
            await t.write(who, "/undo")
        case 5:
            await t.write(who, f"/call {words}")
        case 6:
            await t.write("maya", f"/prompt {number}, {NAME}?")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(50))
async def test_nothing_of_a_person_is_left_in_any_file(seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)
    steps = dice.choice((TALK, VOTE, COLLECT))
    house, kept = tmp_path / "house", tmp_path / "backups"
    house.mkdir()
    kept.mkdir()
    async with table(steps, path=house / "pnyx.db", names={"anna": NAME}) as t:
        await t.write("anna", f"{CANARY}, to begin with")
        for number in range(dice.randrange(3, 9)):
            await something(t, dice, number)
        seat, secrets = await t.room.store.read(hers)
        await backup(t.room.store, kept / "before.db")
        assert found(kept, *secrets), "what is looked for below would be found"
        await t.write("anna", "/forget")
        await t.tap("anna", "Erase everything of me")
        await t.room.wait(timedelta(minutes=dice.randrange(12, 50)))
        await backup(t.room.store, kept / "after.db")
        await exported(t, house / "export")
        needles = [NAME.encode(), CANARY.encode()]
        assert found(house, *needles, b"anna", *secrets) == []
        assert found(kept, *needles, secrets[0]) == [], "nor does her key live on beside an older backup"
        assert seat not in (house / "export").joinpath("process.json").read_text("utf-8")
