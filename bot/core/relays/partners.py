"""Who reads whom: the rules by which digests go from table to table.

Invariants:

* A table never reads itself, and no other table twice.
* Whoever is read by a table is among that table's origins, and the other way round: `Routes.to` and `Routes.of` are one relation.
* Nobody is left out where there is somebody to read: under every rule each table reads somebody and is read by somebody.
  Alone are only the one table of a site under `next`, and the one table of a theme under `theme`.
* Where a rule would bring a table more than `most` digests, each reads `most` others and is read by as many.

All of it costs one sort, whatever the rule: it is worked out once for all tables, and not for each table anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

Rule = Literal["mirror", "next", "ring", "theme", "all", "plenary"]

MANY: tuple[Rule, ...] = ("theme", "all", "plenary")
"""The rules that bring a table the digests of many others."""


class Partner(NamedTuple):
    """A table of the assembly, as the rules see it. `theme` is what its people have in common, "" for nothing."""

    id: str
    number: int
    site: str
    course: str
    languages: tuple[str, ...]
    theme: str = ""


@dataclass(frozen=True, slots=True)
class Routes:
    """To which tables each table's digest goes, and from which tables digests come to it, by id."""

    to: Mapping[str, tuple[Partner, ...]]
    of: Mapping[str, tuple[Partner, ...]]


def routes(rule: Rule, tables: Sequence[Partner], sites: Sequence[str], most: int) -> Routes:
    """Who reads whom among these tables.

    * `mirror`: the counterpart at the next site, by place in the row of numbers, in a ring of the sites that have tables;
      where the numbers of tables differ, a table gets two digests, or a digest goes to two tables
    * `next`: the next table of the same site, in a ring
    * `ring`: the next table in one ring of all tables, which goes from site to site
    * `theme`: every other table with the same theme
    * `all`, `plenary`: every other table
    """
    to: dict[str, list[Partner]] = {own.id: [] for own in tables}
    _RULES[rule](to, tables, [site for site in sites if any(p.site == site for p in tables)], most)
    of: dict[str, list[Partner]] = {own.id: [] for own in tables}
    for own in tables:
        for goal in to[own.id]:
            of[goal.id].append(own)
    return Routes({id: tuple(goals) for id, goals in to.items()}, {id: tuple(own) for id, own in of.items()})


_To = dict[str, list[Partner]]


def _mirror(to: _To, tables: Sequence[Partner], sites: Sequence[str], most: int) -> None:
    rows = _rows(tables)
    for place, site in enumerate(sites if len(sites) > 1 else ()):
        here, there = rows[site], rows[sites[(place + 1) % len(sites)]]
        for n in range(max(len(here), len(there))):
            to[here[n % len(here)].id].append(there[n % len(there)])


def _next(to: _To, tables: Sequence[Partner], sites: Sequence[str], most: int) -> None:
    for row in _rows(tables).values():
        _round(to, row, 1)


def _ring(to: _To, tables: Sequence[Partner], sites: Sequence[str], most: int) -> None:
    _round(to, _through(tables, sites), 1)


def _all(to: _To, tables: Sequence[Partner], sites: Sequence[str], most: int) -> None:
    _round(to, _through(tables, sites), most)


def _theme(to: _To, tables: Sequence[Partner], sites: Sequence[str], most: int) -> None:
    themes: dict[str, list[Partner]] = {}
    for table in _through(tables, sites):
        themes.setdefault(table.theme, []).append(table)
    for ring in themes.values():
        _round(to, ring, most)


_RULES: Mapping[Rule, Callable[[_To, Sequence[Partner], Sequence[str], int], None]] = {
    "mirror": _mirror,
    "next": _next,
    "ring": _ring,
    "theme": _theme,
    "all": _all,
    "plenary": _all,
}


def _round(to: _To, ring: Sequence[Partner], steps: int) -> None:
    """The digest of each table goes to this many tables that follow it in a ring, and never back to itself."""
    for n, own in enumerate(ring):
        to[own.id] += [ring[(n + ahead) % len(ring)] for ahead in range(1, min(steps, len(ring) - 1) + 1)]


def _rows(tables: Sequence[Partner]) -> dict[str, list[Partner]]:
    """The tables of each site, in the order of their numbers."""
    rows: dict[str, list[Partner]] = {}
    for table in sorted(tables, key=lambda p: (p.number, p.id)):
        rows.setdefault(table.site, []).append(table)
    return rows


def _through(tables: Sequence[Partner], sites: Sequence[str]) -> list[Partner]:
    """All tables in one row that goes from site to site: the first table of each, then the second of each, and so on."""
    order = {site: n for n, site in enumerate(sites)}
    placed = [
        (n, order.get(site, len(order)), site, table)
        for site, row in _rows(tables).items()
        for n, table in enumerate(row)
    ]
    return [table for *_, table in sorted(placed, key=lambda entry: entry[:3])]


def read_in(languages: Sequence[str], source: str) -> str:
    """The language into which a digest is carried for a table: the first of its languages that is not the source's."""
    return next((own for own in languages if not same_language(own, source)), source)


def same_language(one: str, other: str) -> bool:
    """The same language, whatever the country: a reader of "fr-CA" reads "fr"."""
    return one.split("-")[0] == other.split("-")[0]
