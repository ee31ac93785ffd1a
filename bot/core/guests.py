"""The list of people who are expected: read from a table, checked against the flow, column by column.

`ref` is the organiser's own word for a person, and the only thing by which Pnyx knows them before they come. Names, e-mail
addresses and the like are not read: whoever has them keeps them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

from bot.core.fields import local
from bot.core.flow import Flow, Site
from bot.core.lint.conditions import attribute_questions
from bot.core.lint.rule import View
from bot.core.problems import did_you_mean, listed
from bot.core.questions import Question
from bot.core.spreadsheet import Row, Sheet, Wrong
from bot.core.state import Role

REF = "ref"
COLUMNS = (REF, "site", "language", "role", "table", "matrix")
LONGEST_REF = 64

_MATRIX = re.compile(r"@[^\s:]{1,200}:[A-Za-z0-9.\-\[\]:]{1,200}")
_ROUNDED = re.compile(r"\d+(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who is expected. `language` is "" where the list does not say, `table` a table's number or ""; `matrix` is their
    Matrix id where the organiser knows it: it only serves to see beforehand whether they can be reached."""

    ref: str
    role: Role
    site: str
    language: str = ""
    table: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    matrix: str = ""


@dataclass(frozen=True, slots=True)
class GuestList:
    """What a table says of people, in its order; what is wrong with it; and the columns that are not read."""

    guests: tuple[Guest, ...]
    wrong: tuple[Wrong, ...]
    unread: tuple[str, ...]


def plain_ref(ref: str) -> str:
    """The form in which two spellings of one ref are the same: "A-17" and "a-17"."""
    for _ in range(2):  # once is not always enough: folding can bring up letters that are folded again
        ref = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", ref).casefold())
    return " ".join(ref.split())


def read_guests(sheet: Sheet, flow: Flow) -> GuestList:
    """The people of a table. Where `wrong` is not empty, the list is not to be used."""
    attributes = {
        name: q for name, q in attribute_questions(View(flow.file)).items() if not q.many and q.items == ("",)
    }
    known = {*COLUMNS, *attributes}
    head = [name.casefold() for name in sheet.head]
    wrong = [*sheet.wrong, *_wrong_head(sheet, head, known)]
    if REF not in head:
        return GuestList((), tuple(wrong), ())
    reader = _Reader(sheet.file, flow, attributes, wrong)
    guests = [
        reader.guest(row, {name: row.cells[head.index(name)] for name in head if name in known}) for row in sheet.rows
    ]
    if not sheet.rows and not wrong:
        wrong.append(Wrong(sheet.file, 0, "", "no people", "Each line below the first one is a person"))
    unread = tuple(name for name, plain in zip(sheet.head, head, strict=True) if plain not in known and name)
    return GuestList(tuple(guests), tuple(sorted(wrong, key=lambda w: w.line)), unread)


def _wrong_head(sheet: Sheet, head: Sequence[str], known: set[str]) -> list[Wrong]:
    wrong = [
        Wrong(sheet.file, 1, name, f"{head.count(name)} columns of this name", "It may stand once")
        for name in sorted(known)
        if head.count(name) > 1
    ]
    if REF not in head:
        allowed = f'One column is called "{REF}" and holds your own word for each person, such as A-17'
        wrong.append(Wrong(sheet.file, 1, "", f"the columns {listed(sheet.head)}", allowed))
    return wrong


class _Reader:
    """Reads one person after the other, and notes what is wrong."""

    def __init__(self, file: str, flow: Flow, attributes: Mapping[str, Question], wrong: list[Wrong]) -> None:
        self._file, self._flow, self._attributes, self._wrong = file, flow, attributes, wrong
        self._seen: dict[str, int] = {}
        self._line = 0

    def guest(self, row: Row, cells: Mapping[str, str]) -> Guest:
        self._line = row.line
        role = self._role(cells.get("role", ""))
        return Guest(
            self._ref(cells[REF]),
            role,
            self._site(cells.get("site", ""), role),
            self._language(cells.get("language", "")),
            self._table(cells.get("table", ""), role),
            {
                name: value
                for name, question in self._attributes.items()
                if (value := self._attribute(name, question, cells.get(name, "")))
            },
            self._matrix(cells.get("matrix", "")),
        )

    def _note(self, column: str, found: str, allowed: str) -> str:
        self._wrong.append(Wrong(self._file, self._line, column, found, allowed))
        return ""

    def _ref(self, cell: str) -> str:
        if not cell:
            return self._note(REF, "nothing", "Each person has a word of their own here, such as A-17")
        if _ROUNDED.fullmatch(cell):
            allowed = "The spreadsheet has cut a long number short: make the column a text column and write it again"
            return self._note(REF, f'"{cell}"', allowed)
        if "@" in cell:
            allowed = "This is a word that tells nobody else who it is, such as A-17; an address is not kept here"
            return self._note(REF, f'"{_short(cell)}"', allowed)
        if len(cell) > LONGEST_REF or not (cell[0].isalnum() and cell.isprintable()):
            allowed = (
                f"It begins with a letter or a digit, stands in one line, and has {LONGEST_REF} characters at most"
            )
            return self._note(REF, f'"{_short(cell)}"', allowed)
        first = self._seen.setdefault(plain_ref(cell), self._line)
        if first != self._line:
            return self._note(REF, f'"{cell}", as in line {first}', "Each person has a word of their own")
        return cell

    def _role(self, cell: str) -> Role:
        roles: tuple[Role, ...] = get_args(Role)
        found = next((r for r in roles if r == cell.casefold()), None)
        if found is None and cell:
            self._note("role", f'"{_short(cell)}"', _allowed(cell, roles))
        return found or "participant"

    def _site(self, cell: str, role: Role) -> str:
        sites = self._flow.file.schedule.sites
        if not cell:
            if len(sites) == 1 or role == "organiser":
                return sites[0].id
            return self._note("site", "nothing", f"It is one of {listed(self._flow.sites, 'or')}")
        found = next((s.id for s in sites if cell.casefold() in _names(s)), None)
        return found or self._note("site", f'"{_short(cell)}"', _allowed(cell, self._flow.sites))

    def _language(self, cell: str) -> str:
        if not cell:
            return ""
        code = cell.replace("_", "-").casefold()
        known = {language.casefold(): language for language in self._flow.languages}
        found = known.get(code) or known.get(code.partition("-")[0])
        return found or self._note("language", f'"{_short(cell)}"', _allowed(cell, self._flow.languages))

    def _table(self, cell: str, role: Role) -> str:
        if not cell:
            return ""
        if role not in ("participant", "facilitator"):
            return self._note(
                "table", f'"{_short(cell)}"', f"Somebody in the role {role} sits at no table: leave it empty"
            )
        if not (cell.isascii() and cell.isdecimal() and len(cell) < 5 and int(cell)):
            return self._note("table", f'"{_short(cell)}"', "It is the number of a table, or empty")
        return str(int(cell))

    def _matrix(self, cell: str) -> str:
        if not cell or _MATRIX.fullmatch(cell):
            return cell
        return self._note("matrix", f'"{_short(cell)}"', "It is a Matrix id such as @anna:example.org, or empty")

    def _attribute(self, name: str, question: Question, cell: str) -> str:
        if not cell:
            return ""
        if question.typed:
            try:
                return str(question.read_text(cell))
            except ValueError:
                allowed = "a number" if question.method == "number" else f"at most {question.max_length} characters"
                return self._note(name, f'"{_short(cell)}"', f"It is {allowed}{_limits(question)}, or empty")
        if question.dont_know and cell.casefold() == "dont_know":
            return "dont_know"
        said = {cell.casefold()}
        for choice in question.choices:
            if choice in said or any(t.casefold() in said for t in self._texts(question, choice)):
                return choice
        return self._note(name, f'"{_short(cell)}"', _allowed(cell, question.choices))

    def _texts(self, question: Question, choice: str) -> list[str]:
        """An option as people read it, in every language."""
        return [
            text
            for option in question.options
            if option.id == choice
            for text in local(dict(option.text), self._flow.source_language).texts.values()
        ]


def _names(site: Site) -> set[str]:
    return {site.id.casefold(), *(text.casefold() for text in site.name.values())}


def _allowed(cell: str, known: Sequence[str] | Mapping[str, object]) -> str:
    meant = did_you_mean(cell, known)
    return f"It is one of {listed(known, 'or')}" + (f". {meant}" if meant else "")


def _limits(question: Question) -> str:
    low = f" from {question.min}" if question.min is not None else ""
    return low + (f" to {question.max}" if question.max is not None else "")


def _short(cell: str) -> str:
    """A cell as it is quoted: on one line, and not longer than one can read."""
    line = " ".join("".join(c if c.isprintable() else " " for c in cell).split())
    return line[:40] + ("…" if len(line) > 40 else "")
