"""`python -m tests.bench`: measure everything, print it, and write docs/benchmarks.md.

--long     also the rehearsal of 10,000 people, and 10,000 messages in a gap on Matrix (minutes)
--disk DIR where the databases lie; a disk, not a RAM disk, since durability is what is measured (the temporary folder)
--dry      write nothing
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import aiosqlite

from tests.bench import border, broadcast, matrix, parts, path, rehearsals, telegram
from tests.support import fairness

PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"
COMMAND = "make bench"
WAYS = f"{1000 * broadcast.WAYS[0]:.0f} to {1000 * broadcast.WAYS[1]:.0f} ms"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure Pnyx.")
    parser.add_argument("--long", action="store_true", help="also what takes many minutes")
    parser.add_argument("--disk", type=Path, default=Path(tempfile.gettempdir()), help="where the databases lie")
    parser.add_argument("--dry", action="store_true", help="write nothing")
    asked = parser.parse_args()
    lines: list[str] = []
    with tempfile.TemporaryDirectory(prefix="pnyx-bench-", dir=asked.disk) as folder:
        for line in _page(Path(folder), asked.long):
            print(line, flush=True)
            lines.append(line)
    if not asked.dry:
        PAGE.write_text("\n".join(lines) + "\n")
        print(f"\nWritten to {PAGE}")
    return 0


def _page(folder: Path, long: bool) -> Iterator[str]:
    yield "# Benchmarks"
    yield ""
    yield f"`{COMMAND}` measures on your machine and writes this page anew. {_machine(folder)}"
    yield "Rates differ by a quarter from day to day; the ratios are steadier, since both sides take turns in one run."
    yield ""
    yield from _events(folder)
    yield from _growth(folder)
    yield from _presses(folder)
    yield from _matrix(folder, long)
    yield from _broadcast()
    yield from _border(folder)
    yield from _rehearsals(folder, long)
    yield from _parts()
    yield from _fairness()


def _events(folder: Path) -> Iterator[str]:
    rates = asyncio.run(path.against_bare(folder))
    yield "## Events per second through the whole path"
    yield ""
    yield "Pick the row, read what it needs, advance, one contribution, one outbox row, save, commit with `synchronous=FULL`;"
    yield "against bare commits through aiosqlite (begin, insert of 300 bytes, commit) on the same file."
    yield f"Medians of {path.ROUNDS} rounds of {path.EVENTS}, taking turns."
    yield ""
    rows = [("bare commits, one row each", f"{rates.bare:,.0f}", "1.00")]
    for batch, rate in rates.events.items():
        name = "events, a commit each" if batch == 1 else f"events, {batch} to a commit"
        rows.append((name, f"{rate:,.0f}", f"{rate / rates.bare:.2f}"))
    yield from _table(("what", "per second", "ratio"), rows)


def _growth(folder: Path) -> Iterator[str]:
    found = path.growth(folder)
    first = found[0]
    yield "## Growth with the number of people"
    yield ""
    yield "The same events in assemblies of different sizes, `synchronous=OFF`, so that the disk's moods do not count. Best of 15"
    yield "rounds in three processes; memory is that of the whole process. No statement reads more rows in a larger assembly"
    yield "(`tests/store/test_plans.py`). What grows is how far apart rows and keys lie in memory, and, in batches, how seldom"
    yield "two events of a batch concern the same table."
    yield ""
    head = ["people", *(f"ms per event, batch {b}" for b in path.BATCHES), "against 100 people", "memory"]
    rows = []
    for each in found:
        ratios = " · ".join(f"{each.per_event[b] / first.per_event[b]:.2f}" for b in path.BATCHES)
        per = [f"{each.per_event[b]:.3f}" for b in path.BATCHES]
        rows.append((f"{each.size:,}", *per, ratios, f"{each.memory:.0f} MB"))
    yield from _table(head, rows)


def _presses(folder: Path) -> Iterator[str]:
    at = folder / "presses"
    at.mkdir()
    found = telegram.presses(at)
    yield "## Button presses on Telegram"
    yield ""
    yield f"{telegram.PEOPLE} people change what they have chosen in an open vote, each as soon as their card shows the"
    yield "change before. A press is received by `getUpdates`, committed with `synchronous=FULL`, acknowledged, and its card"
    yield "edited: two calls. `pnyx run` against a bare bot of python-telegram-bot (`Application` with its defaults, which"
    yield "echoes a backlog of messages with one call each and stores nothing). Each bot, and the server of each, is a"
    yield "process of its own; they take turns."
    yield f"Medians of {telegram.ROUNDS} rounds of {telegram.ACTS:,}."
    yield ""
    ours, bare = found.ours, found.bare
    rows = [
        ("echo bot, messages", f"{bare.acts:,.0f}", f"{bare.acts:,.0f}", f"{bare.cpu:.2f} ms"),
        ("`pnyx run`, presses", f"{ours.acts:,.0f}", f"{2 * ours.acts:,.0f}", f"{ours.cpu:.2f} ms"),
        ("ratio", f"{found.faster:.2f}", f"{2 * found.faster:.2f}", f"{found.cheaper:.2f}"),
    ]
    yield from _table(("what", "per second", "calls per second", "CPU per call"), rows)
    yield f"Of {found.edits:,} edits {found.superseded} were not sent because a later one took their place. Seen out of order"
    yield f"within a chat: {len(found.wrong)}, also where everybody presses {telegram.AT_ONCE} buttons at once."
    yield ""


def _matrix(folder: Path, long: bool) -> Iterator[str]:
    at = folder / "matrix"
    at.mkdir()
    found = matrix.talk(at, gap=matrix.GAP if long else matrix.SHORT_GAP)
    ours, bare, gap = found.ours, found.bare, found.gap
    yield "## Messages on Matrix"
    yield ""
    yield f"{matrix.PEOPLE} people talk in pairs, each in a private chat with the bot, {matrix.AT_ONCE} of them at a time."
    yield "What one of them writes is received by a sync, committed with `synchronous=FULL`, handled, and said to the other"
    yield "one. `pnyx run` against a bare bot of matrix-nio (`sync_forever` with its defaults, which echoes in as many rooms of"
    yield "its own and stores nothing). One Synapse serves both; they take turns."
    yield f"{matrix.ROUNDS} rounds of {matrix.ACTS}, from sending to receiving as people see it; most of it is Synapse's time."
    yield ""
    rows = [
        ("echo bot", f"{bare.p50:.0f} ms", f"{bare.p99:.0f} ms", f"{bare.cpu:.1f} ms"),
        ("`pnyx run`", f"{ours.p50:.0f} ms", f"{ours.p99:.0f} ms", f"{ours.cpu:.1f} ms"),
        ("ratio", f"{found.slower[0]:.2f}", f"{found.slower[1]:.2f}", f"{found.dearer:.2f}"),
    ]
    yield from _table(("what", "p50", "p99", "the bot's CPU per message"), rows)
    if gap is not None:
        yield f"While the bot was down, {gap.said:,} messages were written in {gap.rooms} rooms, which took {gap.filling:.0f} s."
        yield f"{gap.seconds:.0f} s after it was started again {gap.kept:,} of them were received, committed and handled."
        yield f"(`make bench` writes {matrix.SHORT_GAP:,}, `python -m tests.bench --long` {matrix.GAP:,}.)"
        yield ""


def _broadcast() -> Iterator[str]:
    found, opened = broadcast.broadcast(), broadcast.question()
    yield "## A broadcast"
    yield ""
    yield f"Something for {found.people:,} private chats, 30 messages a second allowed and one to a chat, on virtual time,"
    yield f"against a receiver that refuses the thirty-first within any second; a way takes {WAYS}. {found.answers} people get"
    yield "a personal answer meanwhile. Then a private question opens for as many."
    yield ""
    rows = [
        ("share of the allowed rate", f"{100 * found.used:.1f} %"),
        ("the fullest second", f"{found.fullest} messages"),
        ("refused (429)", f"{found.refused}"),
        ("a personal answer leaves within, p99", f"{found.waited:.2f} s"),
        ("under way at once at most", f"{found.wide}"),
        ("CPU per message, the receiver's included", f"{found.cpu:.2f} ms"),
        ("from the first delivery of the question to the last", f"{opened.spread:.0f} s"),
        (
            f"a question of {broadcast.MINUTES} minutes is open, from its delivery, at least",
            f"{opened.least:.2f} minutes",
        ),
    ]
    yield from _table(("what", "measured"), rows)


def _border(folder: Path) -> Iterator[str]:
    found = border.cross(folder)
    drafted, carried, both = found.p99
    yield "## Across the border"
    yield ""
    yield f"{found.tables} tables of {border.SEATS} people and a facilitator, half of them at each of two sites, end their talk"
    yield "at the same instant; then all their digests are approved at the same instant. Until the rows of the outbox stand on"
    yield f"the disk (`synchronous=FULL`), with an engine that takes no time; {found.messages:,} messages are written for it."
    yield ""
    rows = [
        ("from the close of the talk to the draft before the facilitator", f"{drafted:.2f} s"),
        ("from the approval to the words at the partner table", f"{carried:.2f} s"),
        ("both: from the close to the partner table, without people and engine", f"{both:.2f} s"),
    ]
    seconds, calls = border.again()
    yield from _table(("what", "p99"), rows)
    yield f"500 sentences that were translated before come from the cache in {1000 * seconds:.0f} ms; the engine is called"
    yield f"{calls} times for them."
    yield ""


def _rehearsals(folder: Path, long: bool) -> Iterator[str]:
    yield "## Rehearsals"
    yield ""
    yield f"`flows/{rehearsals.FLOW}` from the first step to the last with invented people, one in ten dropping out, as"
    yield f"`pnyx rehearse flows/{rehearsals.FLOW} --people 1000 --drop 10% --profile` does it"
    yield "(`make bench` for 1,000; `python -m tests.bench --long` for 10,000 too)."
    yield ""
    found = [rehearsals.rehearse(people, folder) for people in (100, 1_000, *((10_000,) if long else ()))]
    rows = [
        (
            f"{r.people:,}", f"{r.seconds:.1f} s", f"{r.events:,}", f"{r.messages:,}",
            f"{1000 * r.seconds / (r.events + r.messages):.2f} ms", f"{r.memory:.0f} MB",
        )
        for r in found
    ]  # fmt: skip
    yield from _table(("people", "time", "events", "messages", "per event or message", "memory"), rows)
    profiled = rehearsals.rehearse(1_000, folder, profile=True)
    yield "Where the time goes with 1,000 people (busy time, both threads): " + ", ".join(
        f"{part} {share} %" for part, share in profiled.shares if share
    )
    yield ""


def _parts() -> Iterator[str]:
    yield "## Parts"
    yield ""
    rows = [
        ("a digest of 500 arguments with 16,500 votes of 100 members", f"{1000 * parts.digest():.0f} ms"),
        ("seating 10,000 people by three attributes and their languages", f"{parts.seating():.2f} s"),
    ]
    yield from _table(("what", "time (best of three)"), rows)


def _fairness() -> Iterator[str]:
    yield "## Who finds themselves in a digest"
    yield ""
    yield (
        "Statements and votes of two public consultations (`tests/support/polis/ATTRIBUTION.md`). The share of people who agreed "
        "with at least one of the chosen statements: of all, and of the smallest of three camps of like minds."
    )
    yield ""
    rows = []
    for name in fairness.CONSULTATIONS:
        about = fairness.consultation(name)
        for size in (4, 8):
            digest = fairness.ours(about, size)
            listed = fairness.most_agreed(about, len(digest))
            cells = [f"{name}, {len(digest)} of {len(about.statements)} statements"]
            for people in (about.voters, about.camps[0]):
                by_lot = fairness.at_random(about, len(digest), people)
                shares = about.spoken_for(digest, people), about.spoken_for(listed, people), by_lot
                cells += [f"{100 * share:.0f} %" for share in shares]
            rows.append(cells)
    head = ["consultation", "all: digest", "most agreed", "by lot", "smallest camp: digest", "most agreed", "by lot"]
    yield from _table(head, rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    for number, row in enumerate((head, *rows)):
        yield "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        if number == 0:
            yield "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    yield ""


def _machine(folder: Path) -> str:
    disk = subprocess.run(["df", "--output=fstype", folder], capture_output=True, text=True).stdout.split()[-1]
    load = os.getloadavg()[0]
    return (
        f"These numbers: {date.today():%d %B %Y}, {os.cpu_count()} cores ({platform.machine()}), load {load:.1f} at the start, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, aiosqlite {aiosqlite.__version__}, {disk}."
    )


if __name__ == "__main__":
    sys.exit(main())
