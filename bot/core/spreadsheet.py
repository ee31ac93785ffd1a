"""Tables as people send them: CSV from any spreadsheet program, in whatever form it was saved.

Read are UTF-8 with and without a byte order mark, UTF-16 with one, commas, semicolons, tabs and bars, quoted cells with line
ends in them, every kind of line end, Excel's first line `sep=;` and its cells `="007"`. Nothing is guessed about words: what
cannot be read for certain is said, with the line where it stands.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

SEPARATORS = ",;\t|"
MOST_ROWS = 100_000
MOST_BYTES = 20_000_000
WIDEST = 200
"""How many rows, bytes and columns a table has at most."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_FORMULA = re.compile(r'="((?:[^"]|"")*)"')
_BLANK = " \t\r\n\f\v\u00a0\u200b\u2007\u202f\ufeff"
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
AS_UTF8 = "Save it as “CSV UTF-8” and try again"


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing to mend in a table: where it stands, what was found, what is allowed. `line` is 0 for the whole file."""

    file: str
    line: int
    column: str
    found: str
    allowed: str

    def __str__(self) -> str:
        line = f"line {self.line}" if self.line else ""
        column = f"column {self.column}" if self.column else ""
        where = ", ".join(part for part in (self.file, line, column) if part)
        return f"{where}: found {self.found}. {self.allowed}{'' if self.allowed.endswith('?') else '.'}"


class Unreadable(ValueError):
    """The file is no table. `wrong` says why."""

    def __init__(self, wrong: Wrong) -> None:
        super().__init__(str(wrong))
        self.wrong = wrong


@dataclass(frozen=True, slots=True)
class Row:
    """A row: the line at which it begins, and as many cells as the head has, without blanks around them."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table. `head` are the names of its columns as they stand there; rows without any words are left out. `wrong` are the
    rows that do not fit the head, which are left out too."""

    file: str
    separator: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    wrong: tuple[Wrong, ...] = ()


def read_sheet(data: bytes, file: str, wanted: str = "") -> Sheet:
    """The table in a file called `file`. `wanted` is the name of a column that it must have: the separator is the one with
    which the first line has it. Raises `Unreadable`."""
    if len(data) > MOST_BYTES:
        raise Unreadable(Wrong(file, 0, "", f"{len(data):,} bytes", f"At most {MOST_BYTES:,} are allowed"))
    text = _text(data, file)
    begun, separator = _told(text)
    separator = separator or _separator(text, wanted)
    rows = _rows(text[begun:], separator, file, before=1 if begun else 0)
    first = next(rows, None)
    if first is None:
        raise Unreadable(Wrong(file, 0, "", "nothing", "The first line names the columns"))
    head = _without_end(first.cells)
    if len(head) > WIDEST:
        raise Unreadable(Wrong(file, first.line, "", f"{len(head)} columns", f"At most {WIDEST} are allowed"))
    found, wrong = _fitted(rows, head, file)
    return Sheet(file, separator, head, tuple(found), tuple(wrong))


def _fitted(rows: Iterator[Row], head: tuple[str, ...], file: str) -> tuple[list[Row], list[Wrong]]:
    """The rows with as many cells as the head, and those with more."""
    found: list[Row] = []
    wrong: list[Wrong] = []
    for row in rows:
        cells = _without_end(row.cells)
        if len(found) == MOST_ROWS:
            raise Unreadable(
                Wrong(file, row.line, "", f"more than {MOST_ROWS:,} rows", "Cut the list into several files")
            )
        if len(cells) > len(head):
            wrong.append(
                Wrong(
                    file, row.line, "", f"{len(cells)} cells under {len(head)} columns",
                    "A cell that holds the separator stands in quotes",
                )
            )  # fmt: skip
        elif cells:
            found.append(Row(row.line, cells + ("",) * (len(head) - len(cells))))
    return found, wrong


def _text(data: bytes, file: str) -> str:
    if data.startswith(_WORKBOOKS):
        raise Unreadable(Wrong(file, 0, "", "a workbook of a spreadsheet program", AS_UTF8))
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = 1 + len(re.findall(rb"\r\n|\r|\n", data[: error.start])) if encoding == "utf-8-sig" else 0
        raise Unreadable(
            Wrong(file, line, "", f"letters that are not {encoding.removesuffix('-sig').upper()}", AS_UTF8)
        ) from None
    if "\0" in text:
        raise Unreadable(Wrong(file, 1 + text[: text.index("\0")].count("\n"), "", "what is no text", AS_UTF8))
    return text


def _told(text: str) -> tuple[int, str]:
    """The separator that Excel's own first line names, and where the table begins behind that line."""
    found = re.match(r'"?sep=(.)"?[ \t]*(?:\r\n|\r|\n|\Z)', text, re.IGNORECASE)
    return (found.end(), found[1]) if found and found[1] in SEPARATORS else (0, "")


def _separator(text: str, wanted: str) -> str:
    """The separator with which the first line has the wanted column; of several the one that parts most."""
    line = next((part for part in re.split(r"[\r\n]", text) if part.strip(_BLANK + SEPARATORS)), "")

    def parted(separator: str) -> tuple[bool, int]:
        try:
            cells = next(csv.reader([line], delimiter=separator), [])
        except csv.Error:
            return False, 0
        return wanted.casefold() in [cell.strip(_BLANK).casefold() for cell in cells], len(cells)

    return max(SEPARATORS, key=parted)


def _rows(text: str, separator: str, file: str, before: int) -> Iterator[Row]:
    """The rows that hold something, with the line at which each begins. Raises `Unreadable` for quotes that do not close."""
    reader = csv.reader(_LINE.findall(text), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1 + before
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise Unreadable(
                Wrong(file, line, "", "a quotation mark without its other one, or in the middle of a cell",
                      "A cell in quotes begins and ends with one; one inside is written twice")
            ) from None  # fmt: skip
        if any(cell.strip(_BLANK) for cell in cells):
            yield Row(line, tuple(_cell(cell) for cell in cells))


def _cell(cell: str) -> str:
    """What stands in a cell: without blanks around it, and without the formula with which Excel keeps a number's zeros."""
    cell = cell.strip(_BLANK)
    formula = _FORMULA.fullmatch(cell)
    return formula[1].replace('""', '"').strip(_BLANK) if formula else cell


def _without_end(cells: tuple[str, ...]) -> tuple[str, ...]:
    """The cells without the empty ones at the end, which spreadsheets like to leave."""
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    return cells[:end]
