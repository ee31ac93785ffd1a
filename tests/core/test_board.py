"""Tables as lines and as a picture, drawn dot by dot."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace

from bot.core import board
from bot.core.board import Row
from bot.core.message import Drawn, decode, encode, message, t
from tests.support.plays import read


def pixels(png: bytes) -> list[bytes]:
    """The lines of a PNG without filters whose colours stand in a list."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at, data, wide, high, colours = 8, b"", 0, 0, 0
    while at < len(png):
        (size,), kind = struct.unpack(">I", png[at : at + 4]), png[at + 4 : at + 8]
        body = png[at + 8 : at + 8 + size]
        (crc,) = struct.unpack(">I", png[at + 8 + size : at + 12 + size])
        assert crc == zlib.crc32(kind + body)
        if kind == b"IHDR":
            wide, high, depth, colour, *_ = struct.unpack(">IIBBBBB", body)
            assert (depth, colour) == (8, 3)
        data += body if kind == b"IDAT" else b""
        colours = len(body) // 3 if kind == b"PLTE" else colours
        at += 12 + size
    raw = zlib.decompress(data)
    assert len(raw) == high * (wide + 1)
    lines = [raw[i * (wide + 1) : (i + 1) * (wide + 1)] for i in range(high)]
    assert all(line[0] == 0 for line in lines)
    assert all(max(line) < colours for line in lines)
    return [line[1:] for line in lines]


def black(row: Row) -> int:
    """How much of the picture is dark."""
    return sum(line.count(board.INK) + line.count(board.FULL) for line in pixels(board.picture((row,))))


def said(row: Row) -> str:
    return "".join(map(read, board.line(row).parts))


def test_a_table_in_a_line() -> None:
    row = Row(3, 5, 4, 2, 12, led=True, there=True, talking=True)
    assert said(row) == "Table 3: 4 of 5 here, 2 have written, 12 minutes left"
    assert said(Row(3, 5, 4, 1, -1)) == "Table 3: 4 of 5 here, 1 has answered, nobody facilitates"
    assert said(Row(3, 5, 4, 0, 9, led=True, drafts=2, rests=True)) == (
        "Table 3: 4 of 5 here, 0 have answered, the talk rests, the facilitator is not there, 2 drafts wait"
    )


def test_the_picture_shows_what_the_line_says() -> None:
    plain = Row(1, 4, 2, 0, 0)
    assert black(Row(1, 4, 2, 1, 0)) > black(plain), "a full square is fuller than an empty one"
    assert black(Row(1, 4, 3, 0, 0)) > black(plain), "an empty one than a dot"
    assert black(Row(1, 4, 2, 0, 30)) > black(plain), "the bar is the time left"
    assert black(Row(1, 4, 2, 0, 60)) == black(Row(1, 4, 2, 0, 600)), "and never leaves its place"
    assert black(Row(1, 4, 2, 0, 0, led=True, there=True)) > black(plain) == black(Row(1, 4, 2, 0, 0, led=True))
    assert black(Row(8, 4, 2, 0, 0)) != black(plain), "tables are numbered"
    assert len(pixels(board.picture((plain, plain)))) > len(pixels(board.picture((plain,))))


def test_a_crowd_stays_in_its_place() -> None:
    one, many = (len(pixels(board.picture((Row(999, n, n, n, 60),)))[0]) for n in (1, 40))
    assert one == many


def test_numbers_go_through_the_queue() -> None:
    row = Row(3, 5, 4, 2, 12, led=True, there=True, drafts=1, rests=True, talking=True)
    sent = Drawn((row.numbers,))
    found = decode(encode(replace(message(t("Board")), enclosed=sent))).enclosed
    assert found == sent
    assert Row.of(sent.rows[0]) == row
