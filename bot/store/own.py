"""All that is kept of one person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from bot.store import opinions, translations
from bot.store.database import Database


@dataclass(frozen=True, slots=True)
class Given:
    """Something that the person gave, whatever became of it, with its earlier words and its translations by language."""

    id: str
    step: str
    table: str
    at: int
    kind: str
    state: str
    language: str
    side: str
    text: str
    media: str
    earlier: tuple[str, ...]
    translations: Mapping[str, str]


class Consented(NamedTuple):
    """A yes or no to a purpose: when, to which version of the text, in which language."""

    purpose: str
    given: bool
    at: int
    version: str
    language: str


def given(db: Database, assembly: str, seat: str) -> list[Given]:
    """Everything that a person gave, in order, what was taken back or hidden too."""
    rows = db.sql.execute(
        "SELECT id, step, table_id, at, kind, state, language, side, body, media FROM contribution "
        "WHERE assembly = ? AND seat = ? ORDER BY seq",
        (assembly, seat),
    ).fetchall()
    found = []
    for id, step, table, at, kind, state, language, side, body, media in rows:
        text = db.vault.open(seat, body, f"contribution/{assembly}/{id}")
        if text is None:
            continue
        languages = [code for (code,) in db.sql.execute(
            "SELECT language FROM translation WHERE assembly = ? AND contribution = ? ORDER BY language", (assembly, id)
        )]  # fmt: skip
        made = {code: one.text for code in languages if (one := translations.load(db, assembly, id, code)) is not None}
        earlier = tuple(opinions.earlier(db, assembly, id))
        found.append(Given(id, step, table, at, kind, state, language, side, text.decode(), media, earlier, made))
    return found


def consents(db: Database, seat: str) -> list[Consented]:
    """Every yes and no of a person, in order: they are the proof."""
    rows = db.sql.execute(
        "SELECT purpose, given, at, version, language FROM consent WHERE seat = ? ORDER BY at, purpose", (seat,)
    )
    return [Consented(purpose, bool(given), at, version, language) for purpose, given, at, version, language in rows]


def agreed(db: Database, seat: str) -> dict[str, bool]:
    """A person's last word on each purpose."""
    return {each.purpose: each.given for each in consents(db, seat)}


def voted(db: Database, assembly: str, seat: str) -> list[tuple[str, int]]:
    """The steps in which a person has voted, and when."""
    return db.sql.execute(
        "SELECT step, at FROM vote_cast WHERE assembly = ? AND seat = ? ORDER BY at, step", (assembly, seat)
    ).fetchall()


def sat(db: Database, assembly: str, seat: str) -> list[tuple[str, int, int | None]]:
    """The tables at which a person sat, from when until when."""
    return db.sql.execute(
        "SELECT table_id, since, until FROM membership WHERE assembly = ? AND seat = ? ORDER BY since", (assembly, seat)
    ).fetchall()
