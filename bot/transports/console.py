"""The console: one person at a keyboard plays several. For trying things out; no account, no network.

Invariants:

* What was read from a file and not committed is read again (`bot.transports.lines`); the id of an event is its cursor.
* Nothing that somebody wrote can steer the terminal: all is printed as text, without markup.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path

from rich.console import Console as Terminal
from rich.text import Text

from bot.core.message import BlockKind
from bot.core.rendered import BUTTON_ROW, Choice, Rendered, attached
from bot.transports.lines import Lines
from bot.transports.port import Abilities, Batch, Incoming, PlainTransport, Receipt

HELP = """\
You play everybody here. A name, a colon, and what that person says:
  anna: hello        anna says hello; a new name is a newcomer, who needs a code
  anna: 2            anna presses button [2] of her last question
  /as anna           from now on plain lines are anna's
  anna: /help        what anna can do (also /my, /pass, /lang, /leave)
  ?                  this page
"""
WHO = "Who is speaking? Write a name, a colon and the words:  anna: hello"

_INDENT = "  "
_SPEAKER = re.compile(r"([^\W\d_][\w.-]{0,39}):\s*(.*)", re.DOTALL)
_PRESS = re.compile(r">\s*(\S+)")
_COLOURS = ("cyan", "magenta", "green", "yellow", "blue", "red", "bright_cyan", "bright_magenta")
_QUOTED = "│ "
_STYLES: Mapping[BlockKind, tuple[str, str]] = {
    "title": ("", "bold"),
    "text": ("", ""),
    "item": ("• ", ""),
    "quote": (_QUOTED, "italic"),
    "note": ("", "dim"),
    "folded": (_QUOTED, "dim"),
}

Hook = Callable[[str], Awaitable[bool]]
"""Sees each line first; True where it was meant for the program around the console and not for a person in it."""


class Console(PlainTransport):
    """A transport between one keyboard and many people.

    Besides what `HELP` says, `anna: >step:question:item:option` presses a button by what it carries: scripts use it, since
    they cannot see numbers. `delivered` is a file to which every message is appended as a line of JSON with its key.
    `titles` names steps for the headings, `hook` sees each line first, `now` tells when a line was said.
    """

    abilities = Abilities(repeatable=False)

    def __init__(
        self,
        lines: Lines,
        now: Callable[[], datetime],
        *,
        account: str = "console:main",
        terminal: Terminal | None = None,
        delivered: Path | None = None,
        titles: Mapping[str, str] | None = None,
        hook: Hook | None = None,
    ) -> None:
        self.account = account
        self._lines = lines
        self._now = now
        self._terminal = terminal or Terminal(highlight=False)
        self._delivered = delivered
        self._titles = titles or {}
        self._hook = hook
        self._speaker = ""
        self._last: dict[str, Rendered] = {}
        self._sent = 0

    async def receive(self, cursor: str, wait: bool = True) -> Batch:
        """The next line, if it is somebody's."""
        found = await self._lines.after(cursor)
        if found is None:
            return Batch((), cursor)
        line, behind = found
        if self._hook is not None and await self._hook(line):
            return Batch((), behind)
        said = self._read(line)
        if said is None:
            return Batch((), behind)
        user, text, press = said
        event = Incoming(f"{self.account}/{behind}", user, user, self._now(), text, press)
        return Batch((event,), behind)

    async def send(self, place: str, message: Rendered, key: str) -> Receipt:
        self._sent += 1
        if self._delivered is not None:
            await asyncio.to_thread(_append, self._delivered, _record(place, message, key))
        if message.buttons or message.expects or place not in self._last:
            self._last[place] = message
        self._show(place, message)
        return Receipt(str(self._sent))

    async def close(self) -> None:
        await self._lines.close()

    def explain(self) -> None:
        """Print how it works."""
        self._terminal.print(Text(HELP, style="dim"))

    def _read(self, line: str) -> tuple[str, str, str] | None:
        """Who says what, or presses what. None where the line was for the console itself."""
        line = line.strip()
        if line in ("?", "/?"):
            self.explain()
            return None
        if line == "/as" or line.startswith("/as "):
            self._speaker = line[3:].strip().casefold() or self._speaker
            self._terminal.print(Text(f"You are {self._speaker} now." if self._speaker else WHO, style="dim"))
            return None
        user, words = self._speaker, line
        named = _SPEAKER.fullmatch(line)
        if named is not None and (not self._speaker or named[1].casefold() in self._last):
            user, words = named[1].casefold(), named[2]
        if not words:
            return None
        if not user:
            self._terminal.print(Text(WHO, style="dim"))
            return None
        return self._meant(user, words)

    def _meant(self, user: str, words: str) -> tuple[str, str, str] | None:
        """A number is a button where the last question has buttons, else the number itself."""
        raw = _PRESS.fullmatch(words)
        if raw is not None:
            return user, "", raw[1]
        last = self._last.get(user)
        if last is None or not re.fullmatch(r"[0-9]{1,2}", words) or not last.buttons or last.expects == "number":
            return user, words, ""
        number = int(words)
        if not 1 <= number <= len(last.buttons):
            self._terminal.print(Text(f"{user} has buttons from 1 to {len(last.buttons)}.", style="dim"))
            return None
        return user, "", last.buttons[number - 1].press

    def _show(self, place: str, message: Rendered) -> None:
        colour = _COLOURS[sum(place.encode()) % len(_COLOURS)]
        head = Text.assemble((f"▌{place}", f"bold {colour}"))
        title = self._titles.get(message.step, message.step)
        if title:
            head.append(f"  {title}", "dim")
        self._terminal.print(head)
        if message.attachment is not None:
            self._terminal.print(self._set(attached(message.attachment), "", "dim"))
        for kind, text in message.blocks:
            self._terminal.print(self._set(text, *_STYLES[kind]))
        if message.buttons:
            self._terminal.print(self._set(_buttons(message.buttons), "", ""))
        self._terminal.print()

    def _set(self, text: str | Text, mark: str, style: str) -> Text:
        """A block of text, set in, behind its mark; a quote has its mark before every line."""
        whole = text if isinstance(text, Text) else Text(text, style)
        width = max(20, self._terminal.width - len(_INDENT) - len(mark))
        lines = whole.wrap(self._terminal, width)
        for line in lines:
            line.rstrip()
        behind = mark if mark == _QUOTED else " " * len(mark)
        marks = [mark] + [behind] * (len(lines) - 1)
        return Text("\n").join(Text.assemble(_INDENT, (m, style), line) for m, line in zip(marks, lines, strict=True))


def _buttons(buttons: tuple[Choice, ...]) -> Text:
    shown = [
        Text.assemble((f"[{number}] ", "bold"), (f"{'✓ ' if b.chosen else ''}{b.label}", "bold" if b.chosen else ""))
        for number, b in enumerate(buttons, 1)
    ]
    row = Text("  ").join(shown)
    return row if len(row) <= BUTTON_ROW else Text("\n").join(shown)


def _record(place: str, message: Rendered, key: str) -> str:
    return json.dumps(
        {
            "key": key,
            "place": place,
            "step": message.step,
            "text": "\n".join(text for _, text in message.blocks),
            "buttons": [[b.label, b.press] for b in message.buttons],
            "expects": message.expects,
        },
        ensure_ascii=False,
    )


def _append(path: Path, line: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
