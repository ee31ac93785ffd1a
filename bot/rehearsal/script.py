"""A conversation in writing: who joined, said, pressed and heard what, and how long it took.

It is a TOML file with the flow, the seed, the people, and a script that one can read aloud:

    anna joins
    wait 2m
    begin
    anna hears
        Good evening. …
        [1] Continue  [2] Deutsch
    anna presses "Continue"
    anna says "Buses come late"
    ben replies "Not here" to "Buses come"
    anna edits "come late" to "Buses come too late"
    wait 1h5m
    table at-1 hears
        …
    restart

`begin` is when the organiser starts the assembly, `restart` when the program is ended and started again. What people say
and press is played again; what they hear is compared. A reply, and an edit of one's own message, name the newest message of the
chat in which these words stand.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, cast

from bot.core.rendered import Rendered
from bot.core.schedule import duration
from bot.core.state import Role

Verb = Literal["joins", "says", "replies", "edits", "presses", "hears", "wait", "begin", "restart"]

_INDENT = "    "
_LINE = re.compile(r"(?P<who>\S.*?) (?P<verb>joins|says|replies|edits|presses|hears?)(?: (?P<what>\S.*))?")
_HEAD = """\
# A rehearsal, written down. The tests play it again: what people say and press is given, what they hear must be the same.
# `pytest --update` rewrites what they hear. Invented people; nobody said this.
"""


class BadScript(ValueError):
    """A script that cannot be read. The message names the line."""


@dataclass(frozen=True, slots=True)
class Cast:
    """One of the people: the account name, and what they are."""

    user: str
    role: Role
    site: str
    language: str


@dataclass(frozen=True, slots=True)
class Line:
    """`who` are account names, or `table` and a table's id; `what` the words, the button or the span of time in seconds."""

    verb: Verb
    who: tuple[str, ...] = ()
    what: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """`flow` is a folder or a file, as it stands in the script; `start` when the clock begins."""

    flow: str
    seed: str
    start: datetime
    people: tuple[Cast, ...]
    lines: tuple[Line, ...]


def read_script(path: Path) -> Script:
    """Read a script. Raises `BadScript`."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        people = tuple(Cast(p["name"], p["role"], p["site"], p["language"]) for p in data["people"])
        lines = tuple(_lines(data["script"], path.name))
        start = cast(datetime, data["start"]).astimezone(UTC)
        return Script(data["flow"], data["seed"], start, people, lines)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise BadScript(f"{path.name}: {error} (a script needs flow, seed, start, people and script)") from error


def write_script(script: Script) -> str:
    """The script as a TOML file."""
    rows = "".join(
        f"  {{ name = {_quoted(p.user)}, role = {_quoted(p.role)}, site = {_quoted(p.site)}, "
        f"language = {_quoted(p.language)} }},\n"
        for p in script.people
    )
    return (
        f"{_HEAD}flow = {_quoted(script.flow)}\nseed = {_quoted(script.seed)}\nstart = {script.start:%Y-%m-%dT%H:%M:%SZ}\n"
        f"people = [\n{rows}]\nscript = '''\n{_spoken(script.lines)}'''\n"
    )


def fold(heard: Iterable[tuple[str, str]], tables: Sequence[tuple[str, frozenset[str]]] = ()) -> Iterator[Line]:
    """What several people heard at one instant: the same words in one line, and a whole table by its name."""
    by_words: dict[str, list[str]] = {}
    for who, words in heard:
        by_words.setdefault(words, []).append(who)
    for words, everybody in by_words.items():
        folded = tuple(sorted(everybody))
        if len(set(folded)) == len(folded) > 2:
            table = next((id for id, members in tables if members == set(folded)), None)
            folded = folded if table is None else ("table", table)
        yield Line("hears", folded, words)


def pressed(press: str, read: Sequence[Rendered]) -> str:
    """How a press is written: by its label, if that finds it again among what the person has read, else as it is."""
    labels = (b.label for message in reversed(read) for b in message.buttons if b.press == press)
    label = next(labels, "")
    return _quoted(label) if label and found(_quoted(label), read) == press else f">{press}"


def found(written: str, read: Sequence[Rendered]) -> str | None:
    """The press that is meant: the newest button with this label. None where the person has read of none."""
    if written.startswith(">"):
        return written[1:]
    label = json.loads(written)
    return next((b.press for message in reversed(read) for b in message.buttons if b.label == label), None)


def words_of(line: Line) -> str:
    """What somebody says, as a string."""
    return str(json.loads(line.what))


def pair_of(line: Line) -> tuple[str, str]:
    """The two texts of a reply or of an edit: `"this" to "that"`. Raises `BadScript`."""
    try:
        first, end = json.JSONDecoder().raw_decode(line.what)
        between, second = line.what[end : end + 4], json.loads(line.what[end + 4 :])
    except ValueError:
        first = second = between = None
    if between != " to " or not isinstance(first, str) or not isinstance(second, str):
        raise BadScript(f'{line.who[0]} {line.verb} {line.what}: it needs two texts, such as "this" to "that"')
    return first, second


def says(who: str, text: str) -> Line:
    return Line("says", (who,), _quoted(text))


def waits(span: timedelta) -> Line:
    return Line("wait", (), str(int(span.total_seconds())))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("'''", "'\\u0027'").replace("\x7f", "\\u007f")


def _spoken(lines: Iterable[Line]) -> str:
    spoken = []
    for line in lines:
        who = " ".join(line.who) if line.who[:1] == ("table",) else ", ".join(line.who)
        match line.verb:
            case "wait":
                spoken.append(f"wait {_span(int(line.what))}")
            case "begin" | "restart":
                spoken.append(line.verb)
            case "hears":
                words = line.what.replace("'''", "’’’").split("\n")
                spoken.append(f"{who} hear{'s' if len(line.who) == 1 or line.who[0] == 'table' else ''}")
                spoken += [(_INDENT + row).rstrip() for row in words]
            case _:
                spoken.append(f"{who} {line.verb} {line.what}".rstrip())
    return "\n".join([*spoken, ""])


def _lines(text: str, name: str) -> Iterator[Line]:
    rows = text.split("\n")
    at = 0
    while at < len(rows):
        row = rows[at]
        at += 1
        if not row.strip() or row.startswith("#"):
            continue
        if row in ("begin", "restart"):
            yield Line(cast(Verb, row))
        elif row.startswith("wait "):
            yield Line("wait", (), str(int(_read_span(row[5:], name).total_seconds())))
        elif (line := _LINE.fullmatch(row)) is not None:
            who = tuple(line["who"].split(" ")) if line["who"].startswith("table ") else tuple(line["who"].split(", "))
            if not line["verb"].startswith("hear"):
                yield Line(cast(Verb, line["verb"]), who, line["what"] or "")
                continue
            heard: list[str] = []
            while at < len(rows) and (rows[at].startswith(_INDENT) or not rows[at].strip()):
                heard.append(rows[at].removeprefix(_INDENT))
                at += 1
            yield Line("hears", who, "\n".join(heard).rstrip("\n"))
        else:
            raise BadScript(
                f'{name}: found "{row[:60]}"; allowed are: NAME joins, NAME says "…", NAME replies "…" to "…", NAME edits '
                '"…" to "…", NAME presses "…", NAME hears (and the words indented below), wait 50m, begin, restart'
            )


def _read_span(text: str, name: str) -> timedelta:
    try:
        return duration(text)
    except ValueError as error:
        raise BadScript(f"{name}: wait {text}: {error}") from error


def _span(seconds: int) -> str:
    parts = []
    for unit, size in (("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


__all__ = [
    "BadScript", "Cast", "Line", "Script", "Verb", "fold", "found", "pair_of", "pressed", "read_script", "says",
    "waits", "words_of", "write_script",
]  # fmt: skip
