"""The console: who speaks, what a number means, what is read again, what the terminal shows."""

from __future__ import annotations

import asyncio
import io
import json
import os
import threading
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console as Terminal

from bot.core.rendered import Choice, Rendered
from bot.transports.console import Console, Hook
from bot.transports.lines import FileLines, Lines, TypedLines, typed
from bot.transports.port import Incoming

NOW = datetime(2027, 3, 2, 18, tzinfo=UTC)
ASKED = Rendered(
    (("title", "The vote"), ("text", "More trains?")),
    (Choice("Yes", "vote:q::yes"), Choice("No", "vote:q::no", chosen=True)),
    step="vote",
)


async def each(lines: Iterable[str]) -> AsyncIterator[str]:
    for line in lines:
        yield line


class Desk:
    """A console whose terminal is a string."""

    def __init__(self, source: Lines | list[str], delivered: Path | None = None, hook: Hook | None = None) -> None:
        self.screen = io.StringIO()
        lines = TypedLines(each(source), "run") if isinstance(source, list) else source
        self.console = Console(
            lines,
            lambda: NOW,
            terminal=Terminal(file=self.screen, width=80, highlight=False),
            delivered=delivered,
            titles={"vote": "Your vote"},
            hook=hook,
        )

    async def read(self, times: int) -> list[Incoming]:
        found: list[Incoming] = []
        cursor = ""
        for _ in range(times):
            batch = await self.console.receive(cursor)
            found += batch.events
            cursor = batch.cursor
        return found

    @property
    def shown(self) -> str:
        return self.screen.getvalue()


async def test_a_name_and_a_colon_say_who_speaks() -> None:
    said = await Desk(["Anna: hello: all", "ben:hi"]).read(2)
    assert [(e.user, e.place, e.text, e.press, e.at) for e in said] == [
        ("anna", "anna", "hello: all", "", NOW),
        ("ben", "ben", "hi", "", NOW),
    ]
    assert len({e.id for e in said}) == 2


async def test_somebody_played_speaks_plain_lines_and_a_strange_name_is_a_word() -> None:
    desk = Desk(["/as Anna", "I think", "note: trains", "ben: no"])
    await desk.console.send("ben", Rendered((("text", "hello"),)), "k")
    said = await desk.read(4)
    assert [(e.user, e.text) for e in said] == [("anna", "I think"), ("anna", "note: trains"), ("ben", "no")]


async def test_a_line_of_nobody_asks_who_speaks() -> None:
    desk = Desk(["hello", "", "?"])
    assert await desk.read(3) == []
    assert "Who is speaking?" in desk.shown
    assert "/as anna" in desk.shown


async def test_a_number_presses_the_button_of_the_last_question_to_that_person() -> None:
    desk = Desk(["anna: 2", "ben: 2", "anna: 9", "anna: 1", "anna: >vote:q::no"])
    await desk.console.send("anna", ASKED, "k1")
    await desk.console.send("anna", Rendered((("text", "by the way"),)), "k2")
    said = await desk.read(4)
    assert [(e.user, e.text, e.press) for e in said] == [
        ("anna", "", "vote:q::no"),
        ("ben", "2", ""),
        ("anna", "", "vote:q::yes"),
    ]
    assert "buttons from 1 to 2" in desk.shown
    assert [e.press for e in await desk.read(1)] == ["vote:q::no"]


async def test_where_a_number_is_asked_for_a_number_is_a_number() -> None:
    desk = Desk(["anna: 1"])
    await desk.console.send("anna", Rendered((("text", "How many?"),), ASKED.buttons, expects="number"), "k")
    assert [(e.text, e.press) for e in await desk.read(1)] == [("1", "")]


async def test_the_screen_shows_whom_it_is_for_and_numbers_the_buttons() -> None:
    desk = Desk([])
    await desk.console.send("anna", ASKED, "k")
    lines = [line.rstrip() for line in desk.shown.splitlines()]
    assert lines == ["▌anna  Your vote", "  The vote", "  More trains?", "  [1] Yes  [2] ✓ No", ""]


async def test_nobody_writes_markup() -> None:
    desk = Desk([])
    await desk.console.send("anna", Rendered((("quote", "[bold red]me[/] [link=x]"),)), "k")
    assert "│ [bold red]me[/] [link=x]" in desk.shown


async def test_a_line_for_the_program_reaches_nobody() -> None:
    seen: list[str] = []

    async def hook(line: str) -> bool:
        seen.append(line)
        return line.startswith("/wait")

    assert [e.text for e in await Desk(["/wait 2d", "anna: hi"], hook=hook).read(2)] == ["hi"]
    assert seen == ["/wait 2d", "anna: hi"]


async def test_what_was_not_committed_is_read_again_with_the_same_id(tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("anna: eins\nben: zwei – drei\nanna: half", encoding="utf-8")
    first = Desk(FileLines(script))
    one = await first.console.receive("")
    two = await first.console.receive(one.cursor)
    await first.console.close()

    again = await Desk(FileLines(script)).console.receive(one.cursor)
    assert again == two
    assert [e.text for e in again.events] == ["zwei – drei"]


async def test_a_line_of_a_file_counts_once_it_has_its_end(tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("anna: hal")
    desk = Desk(FileLines(script))
    empty = await desk.console.receive("")
    assert (empty.events, empty.cursor) == ((), "")
    with script.open("a") as file:
        file.write("f\n")
    assert [e.text for e in (await desk.console.receive(empty.cursor)).events] == ["half"]


async def test_what_was_delivered_stands_in_a_file_with_its_key(tmp_path: Path) -> None:
    path = tmp_path / "delivered.jsonl"
    desk = Desk([], delivered=path)
    receipts = [await desk.console.send(who, ASKED, f"k/{who}") for who in ("anna", "ben")]
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(row["place"], row["key"], row["step"]) for row in rows] == [
        ("anna", "k/anna", "vote"),
        ("ben", "k/ben", "vote"),
    ]
    assert rows[0]["buttons"] == [["Yes", "vote:q::yes"], ["No", "vote:q::no"]]
    assert receipts[0] != receipts[1]


async def test_whoever_stops_waiting_loses_no_line() -> None:
    gate = asyncio.Event()

    async def slow() -> AsyncIterator[str]:
        await gate.wait()
        yield "anna: late"

    lines = TypedLines(slow(), "run")
    console = Console(lines, lambda: NOW, terminal=Terminal(file=io.StringIO()))
    waiting = asyncio.ensure_future(console.receive(""))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    gate.set()
    assert [e.text for e in (await console.receive("")).events] == ["late"]
    assert not lines.ended.is_set()
    with pytest.raises(EOFError):
        await console.receive("")
    assert lines.ended.is_set()
    await console.close()


async def test_the_keyboard_is_read_beside_everything_else() -> None:
    inlet, outlet = os.pipe()
    with os.fdopen(inlet) as stream:
        lines = typed(stream)
        threading.Thread(target=_type, args=(outlet, b"one\ntwo\n")).start()
        assert [line async for line in lines] == ["one\n", "two\n"]


def _type(outlet: int, keys: bytes) -> None:
    os.write(outlet, keys)
    os.close(outlet)


async def test_an_item_has_its_mark_once_and_a_quote_before_every_line() -> None:
    desk = Desk([])
    await desk.console.send("anna", Rendered((("item", "word " * 30), ("quote", "word " * 30))), "k")
    assert [line.strip()[0] for line in desk.shown.splitlines()[1:] if line.strip()] == ["•", "w", "│", "│"]
