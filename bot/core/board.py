"""All tables on one screen: a line for each, and the same as a picture that is drawn here, dot by dot.

The picture says nothing that the lines do not say. In it every person is a square: full where they have written (or answered what
is open), empty where they are here and have not yet, a dot where they are not here. Before it stands the table's number, behind
it an F where a facilitator is there, and a bar as long as the time that is left.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import astuple, dataclass

from bot.core.message import Block, Part, block, t, tn

SCALE, GAP, SQUARE, LINE = 4, 8, 28, 48
MINUTES = 60
"""A bar of this many minutes fills its place."""

BAR = 180
NUMBER = 3 * 6 * SCALE
MOST = 12
"""So many people of a table are drawn."""

PAPER, INK, FULL, BAND, FAINT, TRACK = range(6)
COLOURS = bytes.fromhex("ffffff 222831 12695f f1f4f5 9aa5ad d9dfe2")
"""Three bytes each. They please the eye and mean nothing: the shapes say all."""

GLYPHS = {
    "0": "01110100011001110101110011000101110", "1": "00100011000010000100001000010001110",
    "2": "01110100010000100010001000100011111", "3": "11111000100010000010000011000101110",
    "4": "00010001100101010010111110001000010", "5": "11111100001111000001000011000101110",
    "6": "00110010001000011110100011000101110", "7": "11111000010001000100010000100001000",
    "8": "01110100011000101110100011000101110", "9": "01110100011000101111000010001001100",
    "F": "11111100001000011110100001000010000",
}  # fmt: skip
"""Digits and a letter as five dots by seven, line by line."""


@dataclass(frozen=True, slots=True)
class Row:
    """A table as those see it who lead the course: how many sit there, are here now, have written and have answered what is open;
    `minutes` left of the talk (-1 where none is open), whether somebody leads it (`led`) and is there, drafts that wait to be
    approved, whether the talk rests."""

    number: int
    members: int
    here: int
    done: int
    minutes: int = -1
    led: bool = False
    there: bool = False
    drafts: int = 0
    rests: bool = False
    talking: bool = False

    @classmethod
    def of(cls, data: tuple[int, ...]) -> Row:
        """A row from the numbers that `numbers` gave."""
        number, members, here, done, minutes, *flags = data
        led, there, drafts, rests, talking = flags
        return cls(number, members, here, done, minutes, bool(led), bool(there), drafts, bool(rests), bool(talking))

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(int(each) for each in astuple(self))


def line(row: Row) -> Block:
    """A table in a line that fits a phone."""
    done = tn("{n} has answered", "{n} have answered", n=row.done)
    if row.talking:
        done = tn("{n} has written", "{n} have written", n=row.done)
    parts: list[Part | str] = [
        t("Table {number}: {here} of {members} here", number=row.number, here=row.here, members=row.members), ", ", done,
    ]  # fmt: skip
    if row.rests:
        parts += [", ", t("the talk rests")]
    elif row.minutes >= 0:
        parts += [", ", tn("{n} minute left", "{n} minutes left", n=row.minutes)]
    if not row.led:
        parts += [", ", t("nobody facilitates")]
    elif not row.there:
        parts += [", ", t("the facilitator is not there")]
    if row.drafts:
        parts += [", ", tn("{n} draft waits", "{n} drafts wait", n=row.drafts)]
    return block(*parts, kind="item")


def picture(rows: tuple[Row, ...]) -> bytes:
    """The rows as a PNG."""
    wide = 7 * GAP + NUMBER + MOST * (SQUARE + GAP) + 6 * SCALE + BAR
    canvas = [bytearray([PAPER]) * wide for _ in range(LINE * len(rows) + 2 * GAP)]
    for index, row in enumerate(rows):
        top = GAP + index * LINE
        if index % 2:
            _fill(canvas, 0, top, wide, LINE, BAND)
        _row(canvas, row, top + (LINE - SQUARE) // 2)
    raw = b"".join(b"\x00" + bytes(each) for each in canvas)
    head = struct.pack(">IIBBBBB", wide, len(canvas), 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", COLOURS), (b"IDAT", zlib.compress(raw, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _row(canvas: list[bytearray], row: Row, top: int) -> None:
    for place, digit in enumerate(f"{row.number:>3}"[-3:]):
        _glyph(canvas, digit, GAP + place * 6 * SCALE, top)
    left = 3 * GAP + NUMBER
    for person in range(min(row.members, MOST)):
        x = left + person * (SQUARE + GAP)
        if person < row.done:
            _fill(canvas, x, top, SQUARE, SQUARE, FULL)
        elif person < max(row.here, row.done):
            inside = canvas[top][x]
            _fill(canvas, x, top, SQUARE, SQUARE, FULL)
            _fill(canvas, x + 3, top + 3, SQUARE - 6, SQUARE - 6, inside)
        else:
            _fill(canvas, x + SQUARE // 2 - 3, top + SQUARE // 2 - 3, 6, 6, FAINT)
    left += MOST * (SQUARE + GAP) + GAP
    if row.led and row.there:
        _glyph(canvas, "F", left, top)
    left += 6 * SCALE + GAP
    if row.minutes >= 0:
        _fill(canvas, left, top + SQUARE // 3, BAR, SQUARE // 3, TRACK)
        _fill(canvas, left, top + SQUARE // 3, BAR * min(row.minutes, MINUTES) // MINUTES, SQUARE // 3, FULL)


def _glyph(canvas: list[bytearray], sign: str, x: int, y: int) -> None:
    for place, dot in enumerate(GLYPHS.get(sign, "")):
        if dot == "1":
            _fill(canvas, x + place % 5 * SCALE, y + place // 5 * SCALE, SCALE, SCALE, INK)


def _fill(canvas: list[bytearray], x: int, y: int, wide: int, high: int, colour: int) -> None:
    for each in canvas[y : y + high]:
        each[x : x + wide] = bytes([colour]) * wide
