"""Tables as CSV files that a spreadsheet cannot mistake for programs.

Invariants:

* No cell with words begins with `=`, `+`, `-`, `@`, a tab or a line end, nor with the full-width forms of these, and neither
  does what follows a separator inside a cell, for a reader that takes another separator than ours: an apostrophe stands
  before it. Taking that one apostrophe away again gives the words back (`plain`).
* Numbers are whole, or decimals with a point; they stand as they are.
* Every cell is quoted, lines end with \\n, the text is UTF-8, and there is neither NUL nor any other control character.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from io import StringIO

from bot.report.release import clean

_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
_BEGINS = rf"\A(?=\s*[{_SIGNS}'\t\r\n])"
_FOLLOWS = rf"(?<=[,;|\t\n\"])(?=[^\S\n]*[{_SIGNS}'\t])"
_DANGEROUS = re.compile(f"{_BEGINS}|{_FOLLOWS}")
_PREFIXED = re.compile(f"{_BEGINS.replace('(?=', chr(39) + '(?=', 1)}|{_FOLLOWS.replace('(?=', chr(39) + '(?=', 1)}")


@dataclass(frozen=True, slots=True)
class Number:
    """A figure that is not whole, as text with at most two digits behind the point."""

    text: str

    @classmethod
    def of(cls, value: str) -> Number:
        """A fraction such as "7/2", halves rounded up."""
        hundredths = Fraction(value) * 100
        whole = (2 * hundredths.numerator + hundredths.denominator) // (2 * hundredths.denominator)
        shown = f"{abs(whole) // 100}.{abs(whole) % 100:02}".rstrip("0").rstrip(".")
        return cls(f"-{shown}" if whole < 0 else shown)


Cell = str | int | Number


def safe(words: str) -> str:
    """Words as they may stand in a cell."""
    return _DANGEROUS.sub("'", clean(words))


def plain(cell: str) -> str:
    """The words of a cell that `safe` made."""
    return _PREFIXED.sub("", cell)


def table(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A CSV file. ValueError where a row is not as long as the head."""
    written = StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(head)
    for row in rows:
        if len(row) != len(head):
            raise ValueError(f"a row of {len(row)} cells under a head of {len(head)}")
        writer.writerow([_cell(cell) for cell in row])
    return written.getvalue().encode()


def _cell(cell: Cell) -> str:
    match cell:
        case Number(text):
            return text
        case int():
            return str(cell)
        case str():
            return safe(cell)
