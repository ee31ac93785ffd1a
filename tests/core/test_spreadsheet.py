"""Tables are read however they were saved, and what cannot be read for certain is said."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import spreadsheet
from bot.core.spreadsheet import SEPARATORS, Sheet, Unreadable, read_sheet

LIST = "Ref;site;note\nA-1;linz;ä, ö\nA-2;;\n"


def cells(sheet: Sheet) -> list[tuple[str, ...]]:
    return [row.cells for row in sheet.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_way_in_which_a_table_is_saved(encoding: str, separator: str, end: str) -> None:
    quoted = LIST.replace("ä, ö", '"ä, ö"').replace(";", separator).replace("\n", end)
    sheet = read_sheet(quoted.encode(encoding), "people.csv", "ref")
    assert sheet.separator == separator
    assert sheet.head == ("Ref", "site", "note")
    assert cells(sheet) == [("A-1", "linz", "ä, ö"), ("A-2", "", "")]
    assert [row.line for row in sheet.rows] == [2, 3]
    assert sheet.wrong == ()


@pytest.mark.parametrize(
    ("text", "head", "rows"),
    [
        ("sep=;\r\nref;a,b\r\nx;y\r\n", ("ref", "a,b"), [("x", "y")]),
        ('"sep=,"\nref,a\nx,y', ("ref", "a"), [("x", "y")]),
        ("sep=", ("sep=",), []),
        ("ref\nA\n\nB\n", ("ref",), [("A",), ("B",)]),
        ("\n\n  \nref,a\n\u00a0A , b\u200b\n", ("ref", "a"), [("A", "b")]),
        ('ref,a\n"=""007""",x\n', ("ref", "a"), [("007", "x")]),
        ('ref,a\n"say ""hi""","two\nlines"\nB,c', ("ref", "a"), [('say "hi"', "two\nlines"), ("B", "c")]),
        ("ref,a,,,\nA,b,,,\n,,,,\n", ("ref", "a"), [("A", "b")]),
        ("ref,a,b\nA\n", ("ref", "a", "b"), [("A", "", "")]),
        ("name, a comma; ref\nx; y\n", ("name, a comma", "ref"), [("x", "y")]),
        ("one,two;three;four\n1;2;3\n", ("one,two", "three", "four"), [("1", "2", "3")]),
    ],
)
def test_the_ways_of_spreadsheets(text: str, head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    sheet = read_sheet(text.encode(), "people.csv", "ref")
    assert (sheet.head, cells(sheet)) == (head, rows)


def test_a_line_is_where_its_row_begins() -> None:
    text = 'sep=,\nref,a\n"A","one\ntwo"\nB,b\nC,c,d\n'
    sheet = read_sheet(text.encode(), "p.csv", "ref")
    assert [(row.cells[0], row.line) for row in sheet.rows] == [("A", 3), ("B", 5)]
    assert [str(w) for w in sheet.wrong] == [
        "p.csv, line 6: found 3 cells under 2 columns. A cell that holds the separator stands in quotes."
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "people.csv: found nothing. The first line names the columns."),
        (b"\n,,\n", "people.csv: found nothing."),
        (b"PK\x03\x04....", "found a workbook of a spreadsheet program. Save it as “CSV UTF-8” and try again."),
        (b"\xd0\xcf\x11\xe0....", "found a workbook"),
        ("ref,name\r\nA,x\r\nB,Zoë".encode("cp1252"), "people.csv, line 3: found letters that are not UTF-8."),
        (b"\xff\xfer\x00e", "people.csv: found letters that are not UTF-16."),
        ("ref,x\nA,b\n".encode("utf-16-le"), "people.csv, line 1: found what is no text."),
        (b'ref,a\nA,"open\nB,b\n', "people.csv, line 2: found a quotation mark without its other one"),
        (b'ref,a\nA,b\n"B"x,c\n', "people.csv, line 3: found a quotation mark"),
        (b"ref" + b",x" * 200, "found 201 columns. At most 200 are allowed."),
    ],
)
def test_what_is_no_table_is_told(data: bytes, said: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_sheet(data, "people.csv", "ref")
    assert said in str(caught.value)


def test_a_table_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "MOST_ROWS", 3)
    assert len(read_sheet(b"ref\nA\nB\nC\n", "p").rows) == 3
    with pytest.raises(Unreadable, match=r"line 5: found more than 3 rows"):
        read_sheet(b"ref\nA\nB\nC\nD\n", "p")
    monkeypatch.setattr(spreadsheet, "MOST_BYTES", 3)
    with pytest.raises(Unreadable, match=r"found 4 bytes"):
        read_sheet(b"ref\n", "p")


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_whatever_comes_it_is_a_table_or_refused(data: bytes) -> None:
    try:
        sheet = read_sheet(data, "p", "ref")
    except Unreadable:
        return
    assert all(len(row.cells) == len(sheet.head) for row in sheet.rows)
    lines = [row.line for row in sheet.rows]
    assert lines == sorted(set(lines))


CELL = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Cf")) | st.sampled_from(' ,;\t"|\n'), max_size=12
).map(lambda text: text.strip(spreadsheet._BLANK))  # blanks around a cell are not kept


@given(
    st.lists(st.tuples(CELL.filter(lambda c: not c.startswith("=")), CELL.map(lambda c: c.lstrip("="))), max_size=8),
    st.sampled_from(SEPARATORS),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_a_spreadsheet_writes_is_read_to_the_letter(
    rows: list[tuple[str, str]], separator: str, end: str, quoting: int, encoding: str
) -> None:
    written = StringIO()
    writer = csv.writer(written, delimiter=separator, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerows([("ref", "words"), *rows])
    sheet = read_sheet(written.getvalue().encode(encoding), "p", "ref")
    assert cells(sheet) == [row for row in rows if any(row)]
