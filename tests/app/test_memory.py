"""The assembly's memory goes out and comes in as a file: whole, counted, and nobody's words who did not agree."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.app import memory
from bot.app.line import carry_out
from bot.app.operations import Desk, Problem
from bot.core.effects import Grant, Retell
from bot.core.state import Contribution, Translated
from bot.language.translation.tmx import Unit, read, write
from bot.store import identities, opinions
from bot.store.memories import recall
from tests.support.evening import EVENING
from tests.support.room import ASSEMBLY, Room, room


@dataclass
class Office:
    here: Room
    folder: Path

    async def ask(self, what: str, **given: object) -> dict[str, object]:
        desk = Desk(self.here.store, self.here.engine.house, self.here.clock)
        return await carry_out(desk, what, {"file": str(self.folder / "memory.tmx"), **given})

    def file(self, *units: Unit) -> None:
        (self.folder / "memory.tmx").write_text(write(units, "de"), encoding="utf-8")

    async def released(self, id: str, who: str, text: str, translated: str, *, quoted: bool | None = True) -> str:
        """Somebody says something, and a translator releases it in English."""
        seat = await self.here.enrol(who)
        one = Contribution(id, "talk", "", "linz", seat, "message", text, self.here.clock.now(), "de")
        await self.here.store.transact(opinions.keep, ASSEMBLY, one)
        if quoted is not None:
            await self.here.store.transact(opinions.grant, ASSEMBLY, Grant(seat, "quotes", quoted, "v1", "de"), len(id))
        await self.here.apply([Retell(Translated(id, "en", translated, "people", "reviewed", by="tom"))])
        return seat

    async def knows(self, text: str) -> str | None:
        return (await self.here.store.read(recall, ASSEMBLY, "de", "en", [text])).get(text)


@asynccontextmanager
async def office(folder: Path) -> AsyncIterator[Office]:
    async with room(EVENING) as here:
        yield Office(here, folder)


async def test_what_is_read_in_is_counted_and_used_and_the_rest_is_told(tmp_path: Path) -> None:
    async with office(tmp_path) as o:
        await o.released("c1", "anna", "Mehr Brot", "More bread")
        o.file(
            Unit("de", "en", "Mehr Brot", "Bread, more of it"),
            Unit("de", "en", "Mehr Milch", "More milk"),
            Unit("de", "it", "Mehr Milch", "Più latte"),
        )
        found = await o.ask("import_memory")
        assert found == {
            "assembly": ASSEMBLY,
            "pairs": [{"pair": "de to en", "number": 2}, {"pair": "en to de", "number": 2}],
            "new": 3, "changed": 1, "known": 0, "other": 2,
        }  # fmt: skip
        assert (await o.knows("Mehr Brot"), await o.knows("Mehr Milch")) == ("Bread, more of it", "More milk")
        again = await o.ask("import_memory")
        assert (again["new"], again["changed"], again["known"]) == (0, 0, 4)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("no xml", "line 1: this is no XML"),
        (write([Unit("de", "en", "a", "b")], "de").replace("</body>", ""), "this is no XML"),
        (write([], "de"), "holds no text in two languages; the people of a1 speak de and en"),
        (
            write([Unit("it", "es", "pane", "pan")], "it"),
            "holds translations between es and it; the people of a1 speak",
        ),
        ("<html></html>", "no translation memory"),
    ],
)
async def test_what_cannot_be_read_in_changes_nothing(tmp_path: Path, content: str, said: str) -> None:
    async with office(tmp_path) as o:
        (tmp_path / "memory.tmx").write_text(content, encoding="utf-8")
        with pytest.raises(Problem, match=said) as raised:
            await o.ask("import_memory")
        assert "Nothing was read in" in str(raised.value)
        assert await o.here.store.read(_rows) == 0


def _rows(db) -> int:  # type: ignore[no-untyped-def]
    return int(db.sql.execute("SELECT COUNT(*) FROM memory").fetchone()[0])


async def test_an_import_that_fails_on_the_way_leaves_nothing_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with office(tmp_path) as o:
        o.file(*(Unit("de", "en", f"Brot {n}", f"bread {n}") for n in range(9)))
        seal, left = o.here.store._db.vault.seal, [12]

        def failing(*given: object) -> bytes:
            left[0] -= 1
            if left[0] < 0:
                raise OSError(28, "No space left on device")
            return seal(*given)  # type: ignore[arg-type]

        monkeypatch.setattr(o.here.store._db.vault, "seal", failing)
        with pytest.raises(Problem, match="No space left"):
            await o.ask("import_memory")
        monkeypatch.undo()
        assert await o.here.store.read(_rows) == 0


async def test_a_file_that_holds_far_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST", 3)
    async with office(tmp_path) as o:
        o.file(Unit("de", "en", "a", "b"), Unit("de", "en", "c", "d"))
        with pytest.raises(Problem, match="holds 4 translations, and 3 can be read in at once"):
            await o.ask("import_memory")


def test_a_file_that_appears_meanwhile_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "memory.tmx"
    file.write_text("somebody's")
    with pytest.raises(Problem, match="It is kept"):
        memory._write(file, "ours")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["somebody's"]


async def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    async with office(tmp_path) as o:
        with pytest.raises(Problem, match="No such file"):
            await o.ask("import_memory")
        with pytest.raises(Problem, match="no assembly called other"):
            await o.ask("export_memory", assembly="other")


async def test_only_the_words_of_people_who_agreed_and_stand_leave_the_house(tmp_path: Path) -> None:
    async with office(tmp_path) as o:
        o.file(Unit("de", "en", "Mehr Milch", "More milk"))
        await o.ask("import_memory")
        (tmp_path / "memory.tmx").unlink()
        await o.released("c1", "anna", "Mehr Brot", "More bread")
        await o.released("c2", "ben", "Weniger Brot", "Less bread", quoted=False)
        await o.released("c3", "cleo", "Kein Brot", "No bread", quoted=None)
        gone = await o.released("c4", "dan", "Kuchen", "Cake")
        back = await o.released("c5", "eve", "Torte", "Gateau")
        await o.here.store.transact(identities.erase, gone)
        await o.here.store.transact(opinions.withdraw, ASSEMBLY, back)
        told = await o.ask("export_memory")
        assert told == {"assembly": ASSEMBLY, "units": 3, "people": 1, "withheld": 2, "done": False}
        assert not (tmp_path / "memory.tmx").exists(), "nothing is written before somebody said so"
        await o.ask("export_memory", do=True)
        written = tmp_path / "memory.tmx"
        assert {unit.original for unit in read(written)} == {"Mehr Milch", "More milk", "Mehr Brot", "More bread"}
        assert stat.S_IMODE(written.stat().st_mode) == 0o600
        assert [path.name for path in tmp_path.iterdir()] == ["memory.tmx"]
        with pytest.raises(Problem, match=r"already\. It is kept"):
            await o.ask("export_memory", do=True)


async def test_what_one_assembly_wrote_another_reads(tmp_path: Path) -> None:
    async with office(tmp_path) as o:
        await o.released("c1", "anna", 'Mehr "Brot" & Käse <3', "More “bread” & cheese <3")
        await o.ask("export_memory", do=True)
    async with office(tmp_path) as o:
        await o.ask("import_memory")
        assert await o.knows('Mehr "Brot" & Käse <3') == "More “bread” & cheese <3"


async def test_an_empty_memory_is_told(tmp_path: Path) -> None:
    async with office(tmp_path) as o:
        await o.released("c1", "anna", "Mehr Brot", "More bread", quoted=False)
        with pytest.raises(Problem, match=r"may be written\. It keeps 1 translation of people"):
            await o.ask("export_memory")
