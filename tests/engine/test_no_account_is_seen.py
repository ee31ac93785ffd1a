"""Nobody sees anybody's account: an assembly on two platforms, from the updates as these send them to all that comes out.

Everything that a platform tells of a person is a canary: numbers, names, telephone numbers, addresses, chats. None of them may
stand in what others read, in an export, in the log, in the status, in the feed, or in the database file.
"""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path
from typing import Any, get_args

import pytest

from bot.app import auditing, operations
from bot.app.operations import Desk
from bot.app.veil import VeiledFormatter
from bot.core.state import Role
from bot.language.translation.service import Orders, Translators
from bot.report.export import export_files
from bot.store import people
from bot.transports.port import Refused
from tests.support.canaries import OnTelegram, Town, holding
from tests.support.chats import FLOW, TALK
from tests.support.mixed_tables import Turning
from tests.support.room import ASSEMBLY, room
from tests.support.two_platforms import Halls, Phones

COLLECT = '[[step]]\nid = "ideas"\ntype = "collect"\nduration = "10m"\ntext = "What do you wish?"\n'
VOTE = (
    '[[step]]\nid = "vote"\ntype = "vote"\nduration = "30m"\nsecret = false\n'
    'questions = [{ id = "q", method = "yes_no_abstain", text = { en = "More bread?", de = "Mehr Brot?" } }]\n'
    '[[step]]\nid = "out"\ntype = "publish"\nwhat = ["vote"]\n'
)
TOLD = (
    FLOW.replace('purposes = ["transcript"]', 'purposes = ["transcript", "quotes", "open_data", "research"]')
    .replace("min_present = 2", 'min_present = 2\ncommon_language = "translate"')
    .replace("size = { min = 2, target = 3, max = 6 }", "size = { min = 2, target = 4, max = 6 }")
    + TALK + COLLECT + VOTE + '[feed]\npublished = true\n'
)  # fmt: skip


async def live(town: Town) -> None:
    """An evening in which everybody does everything that shows something to somebody."""
    here = town.here
    await town.come_in()
    await town.write("Gerd", "/begin")
    await here.begin()
    for name, yes, ja in (
        ("Anna", "I am", "Yes"),
        ("Ben", "Ich bin", "Ja"),
        ("Cleo", "I am", "Yes"),
        ("Dora", "Ich bin", "Ja"),
    ):
        await town.choose(name, yes)
        for _ in range(4):
            await town.choose(name, ja)
        await town.write(name, name)
    await town.write("Otto", "/watch all")
    await town.wait(61)
    own = await town.write("Anna", "The bread is dear, says Ben.")
    await town.edit("Anna", own, "The bread is too dear, says Ben.")
    await town.write("Cleo", "Mine is cheap.")
    await town.write("Ben", "Das Brot ist gut.")
    theirs = await town.write("Dora", "Das Brot ist schlecht.")
    await town.edit("Dora", theirs, "Das Brot ist sehr schlecht.")
    await town.write("Cleo", "/undo")
    await town.write("Ben", "/call I need somebody.")
    await town.write("Dora", "/call")
    for command in (
        "/status",
        "/team Hello all.",
        "/note They talk.",
        "/turn Anna",
        "/nudge",
        "/quiet Anna 5m",
        "/handover Be kind.",
    ):
        await town.write("Maya", command)
    await town.write(
        "Anna", "One more thing.", contact={"phone_number": town.people["Anna"].canaries[4], "first_name": "x"}
    )
    for command in ("/board", "/status 1", "/announce Coffee.", "/prompt 1 And now?", "/invite participant", "/help"):
        await town.write("Olga", command)
        await town.write("Gerd", command)
    await town.write("Maya", "/remove Dora")
    await town.write("Iris", "/watch 1")
    await town.write("Otto", "/remark All was fair.")
    await town.write("Till", "/trans")
    await town.write("Ben", "/object They were unkind.")
    await town.wait(20)
    await town.write("Anna", "/mydata")
    for name, error in (("Ben", Refused), ("Maya", RuntimeError)):
        place = town.place(town.people[name])
        town.phones.failing[place] = error(f"chat {place} of {town.people[name].canaries[1]} not found")
    await town.write("Cleo", "Somebody cannot read this.")
    await town.wait(25)
    town.phones.failing.clear()
    for name, words in (("Anna", "Cheaper bread"), ("Cleo", "More bakers")):
        await town.write(name, words)
    await town.wait(15)
    await town.choose("Anna", "Yes")
    await town.choose("Cleo", "No")
    await town.write("Dora", "/leave")
    await town.choose("Dora", "Gehen", "Verlassen", "Aufhören", "Leave", "Ganz")
    await town.wait(60)
    await town.write("Olga", "/status")
    await town.write("Anna", "/forget")


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What came out of it, by what it is."""
    folder = tmp_path_factory.mktemp("accounts")
    return asyncio.run(_evening(folder))


async def _evening(folder: Path) -> dict[str, Any]:
    phones, halls, machine, lines = Phones(), Halls(), Turning(), _Lines()
    logging.getLogger("bot").addHandler(lines)
    level = logging.getLogger("bot").level
    logging.getLogger("bot").setLevel(logging.DEBUG)
    try:
        async with room(
            TOLD, phones, folder / "pnyx.db", Translators(Orders((machine,)), budget=5.0), others=[halls]
        ) as here:
            town = Town(here, phones, halls)
            await live(town)
            desk = Desk(here.store, here.engine.house, here.clock)
            exported = await here.store.read(export_files, here.engine.house, ASSEMBLY)
            await auditing.export(desk, str(folder / "log.jsonl"), ASSEMBLY)
            await auditing.feed(desk, str(folder / "feed"), ASSEMBLY)
            return {
                "town": town,
                "exported": exported,
                "log": (folder / "log.jsonl").read_text(),
                "feed": (folder / "feed").read_text(),
                "status": json.dumps(await operations.status(desk), ensure_ascii=False),
                "people": json.dumps(await operations.people_list(desk, ASSEMBLY, seats=True), ensure_ascii=False),
                "verified": json.dumps(await auditing.verify(desk, ASSEMBLY), ensure_ascii=False),
                "logged": "\n".join(lines.written),
                "machine": json.dumps(machine.asked, ensure_ascii=False),
                "seats": await here.store.read(people.roster, ASSEMBLY, roles=get_args(Role), statuses=()),
                "database": b"".join(path.read_bytes() for path in folder.glob("pnyx.db*")),
            }
    finally:
        logging.getLogger("bot").setLevel(level)
        logging.getLogger("bot").removeHandler(lines)


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.written: list[str] = []
        self.setFormatter(VeiledFormatter("%(levelname)s %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.written.append(self.format(record))


def test_there_was_something_to_see(evening: dict[str, Any]) -> None:
    """The canaries came in, and everybody read what shows people to each other."""
    town: Town = evening["town"]
    for who in town.people.values():
        assert len(who.sent) >= 3, who.name
        raw = "\n".join(who.sent)
        missing = [c for c in who.canaries if c not in raw]
        assert len(missing) <= (1 if isinstance(who, OnTelegram) and who.name != "Anna" else 0), (who.name, missing)
        assert len(town.read_by(who)) >= 3, who.name
    for reader, words in (
        ("Ben", "eniM si"), ("Dora", "Anna"), ("Maya", "Anna"), ("Maya", "Cleo"), ("Olga", "Ben"), ("Gerd", "Dora"),
        ("Otto", "Voice "), ("Anna", "saD torB tsi tug."), ("Xenia", "Xenia"), ("Till", "/trans"), ("Maya", "I deen ydobemos."),
        ("Olga", "yehT erew dniknu."),
    ):  # fmt: skip
        assert any(words in text for text in town.read_by(town.people[reader])), (reader, words)
    assert len(evening["exported"]) > 5
    assert any(b"The bread is too dear" in content for content in evening["exported"].values())
    assert len(evening["log"].splitlines()) > 20
    assert "bread" in evening["feed"]
    assert "Anna" in evening["people"]
    assert "RuntimeError" in evening["logged"]
    assert "bread" in evening["machine"]
    assert len(evening["database"]) > 100_000
    assert {s.role for s in evening["seats"]} == set(get_args(Role))


def test_nobody_reads_of_anybody_elses_account(evening: dict[str, Any]) -> None:
    town: Town = evening["town"]
    seen = {
        who.name: found
        for who in town.people.values()
        if (found := holding("\n".join(town.read_by(who)), town.canaries(but=who)))
    }
    assert seen == {}


def test_nobody_but_oneself_and_only_in_the_own_data_reads_ones_own_account(evening: dict[str, Any]) -> None:
    town: Town = evening["town"]
    for who in town.people.values():
        others = town.canaries(but=who)
        mine = [c for c in town.canaries() if c not in set(others)]
        told = [text for text in town.read_by(who) if holding(text, iter(mine))]
        assert len(told) == 0 or who.name == "Anna", who.name


@pytest.mark.parametrize("what", ["log", "feed", "status", "people", "verified", "logged", "machine"])
def test_nothing_that_is_written_down_tells_an_account(evening: dict[str, Any], what: str) -> None:
    town: Town = evening["town"]
    assert holding(evening[what], town.canaries()) == []


def test_no_file_of_an_export_tells_an_account_or_a_seat(evening: dict[str, Any]) -> None:
    town: Town = evening["town"]
    for name, content in evening["exported"].items():
        assert holding(content.decode(), town.canaries()) == [], name
        assert [s.id for s in evening["seats"] if s.id in content.decode()] == [], name


def test_the_database_tells_no_account_either(evening: dict[str, Any]) -> None:
    town: Town = evening["town"]
    data: bytes = evening["database"]
    assert [c for c in town.canaries() if c.encode() in data] == []
