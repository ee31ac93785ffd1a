"""The text of a flow file to plain data, or what is wrong with it: syntax, size, depth, and characters that hide.

Everything here is checked before the flow's own rules are, so that no file, however large or strange, takes long or ends
in anything but sentences.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from bot.core.names import HARMFUL
from bot.core.problems import Problem

MOST_BYTES = 1_000_000
MOST_LINES = 20_000
MOST_STEPS = 500
MOST_SITES = 300
LONGEST_TEXT = 3500
DEEPEST = 12

_STEP = re.compile(r"^[ \t]*\[\[[ \t]*step[ \t]*\]\]", re.MULTILINE)
# Twenty names joined by dots: no flow needs them, and reading many takes long.
_LONG_KEY = re.compile(r"""(?<![\w"'-])(?:[\w"'-]+[ \t]*\.[ \t]*){20}""")
_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")

_SYNTAX: tuple[tuple[str, str, str], ...] = (
    (
        "Cannot overwrite",
        "a key that already has a value here",
        "each key may stand once in a table. Delete one of the two, or begin a new [[step]]",
    ),
    (
        "Duplicate inline table key",
        "a key twice between { and }",
        "each key may stand once. Delete one of the two",
    ),
    (
        "Cannot declare",
        "a table that stands twice",
        "a [name] may stand once; entries of a list begin with [[name]]. Join the two, or double the brackets",
    ),
    (
        "Cannot mutate",
        "a key for a list or table that is complete already",
        "what stands between { } or [ ] is closed. Write everything inside the brackets",
    ),
    (
        "Cannot redefine",
        "a table under a name that has a value already",
        "a name is either a value or a table. Rename one of the two",
    ),
    (
        "Invalid value",
        "a value that TOML does not know",
        'text stands in straight double quotes ("like this"); numbers, true, false and times stand without',
    ),
    (
        "Illegal character '\\n'",
        "a text that does not end on its line",
        'close it with a double quote, or put three double quotes (""") around a text of several lines',
    ),
    (
        "Unterminated string",
        "a text that never ends",
        'close it with the same quotes that it began with (" or """)',
    ),
    (
        "Illegal character",
        "a character that cannot be seen",
        "only text, tabs and line ends may stand here. Delete the line and type it again",
    ),
    (
        "Found invalid character",
        "a character that cannot be seen",
        "only text, tabs and line ends may stand here. Delete the line and type it again",
    ),
    (
        "Expected '=' after a key",
        "a key without an equals sign",
        'a line is a key, an equals sign and a value, such as duration = "40m"',
    ),
    (
        "Expected newline",
        "more behind a value that was complete",
        "one key and its value stand on a line. Begin a new line, or put the whole text in quotes",
    ),
    (
        "Invalid statement",
        "a line that is neither a key with a value nor a [table]",
        "a remark begins with #. Delete the line, or write # before it",
    ),
    (
        "Invalid initial character for a key",
        "a key that TOML does not know",
        "a key has letters, digits, _ and - only",
    ),
    ("Unclosed array", "a list that never ends", "close it with ]"),
    ("Unclosed inline table", "a table between { and } that never ends", "close it with }, on the same line"),
    (
        "Unescaped '\\' in a string",
        "a backslash in a text",
        "write two of them (\\\\), or put the text in single quotes",
    ),
    (
        "Invalid date",
        "a date or time that does not exist",
        "write 2027-03-02T18:00:00, with a day that the month has and hours from 00 to 23",
    ),
    ("Expected ']", "a [table] whose bracket does not close", "write [name] or [[name]] on a line of its own"),
    ("Expected", "something else than what belongs here", "look at the quotes, commas and brackets of this line"),
)


def parse(text: str, name: str) -> tuple[dict[str, Any] | None, tuple[Problem, ...]]:
    """The data in a TOML file called `name`, or the problems that keep it from being read. Decimal fractions stay exact."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    problem = _too_much(text, name)
    if problem is not None:
        return None, (problem,)
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except RecursionError:
        return None, (_limit(name, "", "lists or tables inside each other without end", f"at most {DEEPEST} deep"),)
    except ValueError as error:
        return None, (_syntax(text, name, str(error)),)
    deep = _depth(data)
    if deep > DEEPEST:
        return None, (_limit(name, "", f"tables and lists {deep} deep", f"at most {DEEPEST} are allowed"),)
    return data, tuple(_amounts(data, name))


def texts_of(data: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every string in the data with its path, keys included."""
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield (*path, key), key
            yield from texts_of(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from texts_of(value, (*path, index))


def text_problem(text: str) -> tuple[str, str, str, str] | None:
    """What forbids a text anywhere in a flow: (found, allowed, rule, advice); None if nothing does."""
    hidden = HARMFUL.search(text)
    if hidden:
        before = text[max(0, hidden.start() - 20) : hidden.start()]
        after = f' after "{HARMFUL.sub("", before)}"' if before else " at the beginning"
        return (
            f"the hidden character U+{ord(hidden[0]):04X}{after}",
            "characters that cannot be seen, or that turn the direction of writing, are not allowed",
            "hidden-character",
            "Delete it, or type the text again.",
        )
    if len(text) > LONGEST_TEXT:
        return (
            f"a text of {len(text):,} characters",
            f"at most {LONGEST_TEXT:,} are allowed, so that it fits into one message",
            "too-long",
            "Shorten it, or split it over several parts or steps.",
        )
    return None


def _too_much(text: str, name: str) -> Problem | None:
    size = len(text) if len(text) > MOST_BYTES else len(text.encode(errors="replace"))
    if size > MOST_BYTES:
        return _limit(name, "", f"a file of {size / 1e6:.1f} MB", f"at most {MOST_BYTES // 1_000_000} MB is allowed")
    steps = len(_STEP.findall(text))
    if steps > MOST_STEPS:
        return _limit(
            name, "step", f"{steps:,} steps", f"at most {MOST_STEPS} are allowed in a file. A repeat says things once"
        )
    lines = text.count("\n") + 1
    if lines > MOST_LINES:
        return _limit(name, "", f"{lines:,} lines", f"at most {MOST_LINES:,} are allowed")
    long = _LONG_KEY.search(text)
    if long is not None:
        line = text.count("\n", 0, long.start()) + 1
        return _limit(name, f"line {line}", "more than 20 names joined by dots", f"at most {DEEPEST} are allowed")
    return None


def _amounts(data: dict[str, Any], name: str) -> Iterator[Problem]:
    steps = data.get("step")
    if isinstance(steps, list) and len(steps) > MOST_STEPS:
        yield _limit(name, "step", f"{len(steps):,} steps", f"at most {MOST_STEPS} are allowed in a file")
    schedule = data.get("schedule")
    sites = schedule.get("sites") if isinstance(schedule, dict) else None
    if isinstance(sites, list) and len(sites) > MOST_SITES:
        yield _limit(name, "schedule.sites", f"{len(sites):,} sites", f"at most {MOST_SITES} are allowed")


def _limit(name: str, field: str, found: str, allowed: str) -> Problem:
    return Problem(name, "", field, found, allowed, "too-large")


def _depth(data: object) -> int:
    deepest, waiting = 0, [(data, 0)]
    while waiting:
        value, depth = waiting.pop()
        deepest = max(deepest, depth)
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        waiting.extend((v, depth + 1) for v in inner)
    return deepest


def _syntax(text: str, name: str, error: str) -> Problem:
    lines = text.split("\n")
    place = _AT.search(error)
    if place is None:
        return Problem(name, "", "", "a number with thousands of digits", "no number of a flow is that long", "toml")
    end = max((i for i, line in enumerate(lines, 1) if line.strip()), default=1)
    row = int(place[1] or end)
    column = int(place[2] or len(lines[end - 1]) + 1)
    line = lines[row - 1].strip() if row <= len(lines) else ""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line[:60])
    start, found, allowed = next(
        (entry for entry in _SYNTAX if error.startswith(entry[0])), ("", "something that TOML does not know", "")
    )
    advice = ""
    if start == "Invalid value" and set(line) & set("“”„«»‘’"):
        found, allowed = "curly quotes", 'a text stands in straight double quotes: "like this"'
    elif start == "Invalid value" and place[1] is None:
        found, allowed = "a list or table that never ends", "close it with ] or }"
    elif start == "Illegal character '\\n'":
        column = min(column, len(line) + 1)
    if shown:
        advice = f"The line reads: {shown}"
    return Problem(name, "", f"line {row}, column {column}", found, allowed, "toml", advice=advice)
