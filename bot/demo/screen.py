"""The demo's picture as a frame for the terminal: calm, and whole in 80 columns and 24 lines."""

from __future__ import annotations

from datetime import datetime

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from bot.demo.picture import Picture, SiteView, Spoken

NOTE = "Real: sentences and votes (Austria 2022, New Zealand 2019). Invented: the rest."
BAR = 20
_VOTES = "Votes in  "
_COLOURS = ("cyan", "magenta")
_NAMES = ("cyan", "magenta", "green", "yellow", "blue", "bright_red")
_OTHER_LINES = 13
"""The lines of a frame that are not talk."""


def frame(picture: Picture, console: Console) -> RenderableType:
    """The whole picture, as high as the terminal at most."""
    width, height = console.width, console.height
    column = (width - 3) // 2
    lines = max(3, height - _OTHER_LINES - 1)
    sites = picture.sites[:2]
    return Group(
        _heading(picture, width),
        Text(NOTE, "dim", no_wrap=True, overflow="ellipsis"),
        Text(),
        _beside([_course(picture, site, number, column) for number, site in enumerate(sites)], column),
        Text(),
        _beside([_table(console, site, number, column, lines) for number, site in enumerate(sites)], column),
        Text(),
        _votes(picture, width),
        _relay(picture, width),
    )


def moment(at: datetime, site: SiteView) -> str:
    """An instant on a site's clock: Tue 2 Mar, 18:45."""
    local = at.astimezone(site.zone)
    return f"{local:%a} {local.day} {local:%b, %H:%M}"


def turnout(done: int, expected: int, width: int = BAR) -> str:
    """A bar of how many have voted."""
    full = width * done // max(1, expected)
    return "█" * full + "░" * (width - full)


def _heading(picture: Picture, width: int) -> Text:
    title = next(iter(picture.flow.local(picture.flow.file.flow.title).texts.values()))
    title = picture.flow.local(picture.flow.file.flow.title).texts.get(picture.language, title)
    counts = f"{picture.people} people · {len(picture.tables)} tables · {picture.read:,} messages"
    room = width - cell_len(counts) - 2
    head = Text(title, "bold", no_wrap=True)
    head.truncate(room, overflow="ellipsis", pad=True)
    return head.append("  " + counts, "dim")


def _course(picture: Picture, site: SiteView, number: int, width: int) -> list[Text]:
    """Name and clock, the steps as marks, what is open, what comes next."""
    head = Text(site.name, f"bold {_COLOURS[number]}")
    if picture.now is not None:
        head.append(f"  {moment(picture.now, site)}", "dim")
    gap = " " if 2 * len(site.steps) <= width else ""
    marks = Text(gap).join(_mark(site, step) for step in site.steps)
    closes = max((at for at in site.closes.values() if at is not None), default=None)
    until = f"  until {closes.astimezone(site.zone):%H:%M}" if closes is not None else ""
    now = Text("● ", "yellow")
    now.append(", ".join(picture.title(step) for step in site.closes) or "nothing is open")
    now.truncate(width - cell_len(until), overflow="ellipsis")
    now.append(until, "dim")
    following = next((s for s in site.steps if s not in site.closes and s not in site.ends), None)
    return [head, marks, now, Text(f"  then {picture.title(following)}" if following else "", "dim")]


def _mark(site: SiteView, step: str) -> Text:
    if step in site.closes:
        return Text("●", "bold yellow")
    if step in site.ends:
        return Text("✓", "green") if site.ends[step] != "skipped" else Text("–", "dim")
    return Text("·", "dim")


def _table(console: Console, site: SiteView, number: int, width: int, lines: int) -> list[Text]:
    """The last words at the watched table, the newest below."""
    head = Text(f"─ table {site.table} " if site.table else "─ no table yet ", _COLOURS[number])
    head.append("─" * max(0, width - cell_len(head.plain)))
    rows: list[Text] = []
    for spoken in reversed(site.talk):
        rows = _spoken(console, spoken, width) + rows
        if len(rows) >= lines:
            break
    rows = rows[-lines:]
    return [head, *rows, *[Text()] * (lines - len(rows))]


def _spoken(console: Console, spoken: Spoken, width: int) -> list[Text]:
    if spoken.who:
        said = Text.assemble(
            (f"{spoken.who}: ", f"bold {_NAMES[sum(spoken.who.encode()) % len(_NAMES)]}"), spoken.words
        )
    else:
        said = Text(f"→ {spoken.words}", "italic yellow")
    wrapped = list(said.wrap(console, width))
    if len(wrapped) > 3:
        wrapped = wrapped[:3]
        wrapped[-1].truncate(width - 1)
        wrapped[-1].append("…")
    return wrapped


def _votes(picture: Picture, width: int) -> Text:
    """Who has voted in each site's latest vote. Never what."""
    shown = [(n, site, list(site.turnout.values())[-1]) for n, site in enumerate(picture.sites[:2]) if site.turnout]
    words = [(f"{site.name} ", f" {done} of {expected}   ") for _, site, (done, expected) in shown]
    taken = sum(cell_len(before) + cell_len(behind) for before, behind in words)
    bar = max(4, min(BAR, (width - len(_VOTES) - taken) // max(1, len(shown))))
    line = Text(_VOTES, "bold", no_wrap=True, overflow="ellipsis")
    for (number, _, counted), (before, behind) in zip(shown, words, strict=True):
        line.append(before + turnout(*counted, bar), _COLOURS[number])
        line.append(behind)
    return line if shown else line.append("none yet", "dim")


def _relay(picture: Picture, width: int) -> Group:
    """The digest that crossed the border last."""
    if not picture.relays:
        return Group(Text.assemble(("Border    ", "bold"), ("nothing has crossed it yet", "dim")), Text())
    relay = picture.relays[-1]
    site = next(s for s in picture.sites if s.id == relay.site)
    head = Text.assemble(
        ("Border    ", "bold"), (f"⇄ to {site.name}: ", "yellow"), (relay.heading, "dim"), no_wrap=True
    )
    first = Text(f"          “{relay.sentences[0]}”", "italic", no_wrap=True)
    for line in (head, first):
        line.truncate(width, overflow="ellipsis")
    return Group(head, first)


def _beside(columns: list[list[Text]], width: int) -> Table:
    grid = Table.grid(padding=(0, 3, 0, 0))
    for _ in columns:
        grid.add_column(width=width, no_wrap=True, overflow="ellipsis")
    for row in zip(*columns, strict=True):
        grid.add_row(*row)
    return grid
