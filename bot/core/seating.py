"""Who sits with whom: small groups that are balanced, understand each other, and can be drawn again from the seed.

Hard, in this order: nobody above the maximum, everybody at a table has a common language (or the table has no more
languages than the plan allows), nobody alone, no table below the minimum if the numbers allow it. Soft: attributes
mixed, nobody alone of their kind against a majority of another, no table mates met before. The number of tries is fixed,
never the time, so that the same people, plan and seed give the same tables on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from bot.core.headcounts import Languages, bundles, divide, table_sizes
from bot.core.lots import Lots

Method = Literal["balanced", "random", "by_language", "by_attribute", "mixed_sites"]


@dataclass(frozen=True)
class Person:
    """Somebody to be seated. `languages`: preferred first; `met`: seats of earlier table mates."""

    seat: str
    languages: Languages = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    met: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Plan:
    """How tables are made up.

    `method`: "random" mixes by lot alone; "balanced" mixes `mix_by` (all attributes if it is empty); "mixed_sites" also the
    attribute `site`; "by_language" seats one language per table; "by_attribute" needs `cluster_by`. `cluster_by` always
    means that a table shares these attributes. `common_language`: "require" one that all at the table speak, or "translate".
    """

    min: int
    target: int
    max: int
    method: Method = "balanced"
    mix_by: tuple[str, ...] = ()
    cluster_by: tuple[str, ...] = ()
    max_languages: int | None = None
    common_language: Literal["require", "translate"] = "require"
    no_repeat: bool = False

    def __post_init__(self) -> None:
        if not 2 <= self.min <= self.target <= self.max:
            raise ValueError(
                f"table sizes must rise from min to target to max, with a min of 2 or more so that nobody sits alone; "
                f"found min {self.min}, target {self.target}, max {self.max}"
            )
        if self.max_languages is not None and self.max_languages < 1:
            raise ValueError(f"a table has at least one language, found max_languages {self.max_languages}")
        if self.method == "by_attribute" and not self.cluster_by:
            raise ValueError('the method "by_attribute" needs cluster_by, the attributes that a table shares')

    @property
    def together(self) -> int | None:
        """How many languages a table may have; None: any number."""
        shared = self.common_language == "require" or self.method == "by_language"
        return 1 if shared else self.max_languages


class Unplaced(NamedTuple):
    """`too_few`: not enough people with this language (and cluster); `no_room`: all tables are full; `no_language`."""

    seat: str
    reason: Literal["too_few", "no_room", "no_language"]


@dataclass(frozen=True)
class Seating:
    """`languages[i]` belongs to `tables[i]`: the ones everybody there speaks, the table's own first, or with "translate"
    those in use. `small` are the indices of tables below the minimum. Every person is at one table or unplaced."""

    tables: list[list[str]]
    languages: list[Languages]
    unplaced: list[Unplaced]
    small: list[int]


def seat_people(people: Sequence[Person], plan: Plan, seed: str) -> Seating:
    """Seat everybody. The order of `people` has no influence. ValueError if a seat comes twice."""
    by_seat = {person.seat: person for person in people}
    if len(by_seat) != len(people):
        raise ValueError(f"{len(people) - len(by_seat)} people were given twice; each seat can be seated once")
    drawn = Lots(seed, "seats").shuffle([by_seat[seat] for seat in sorted(by_seat)])
    result = Seating([], [], [], [])
    clusters: dict[Languages, list[Person]] = {}
    for person in drawn:
        if not person.languages and plan.together == 1:
            result.unplaced.append(Unplaced(person.seat, "no_language"))
        else:
            clusters.setdefault(tuple(person.attributes.get(a, "") for a in plan.cluster_by), []).append(person)
    for key in sorted(clusters):
        _seat_cluster(clusters[key], plan, Lots(seed, "tables", *key), result)
    result.small.extend(i for i, table in enumerate(result.tables) if len(table) < plan.min)
    return result


def _seat_cluster(people: list[Person], plan: Plan, lots: Lots, result: Seating) -> None:
    classes: dict[Languages, list[Person]] = {}
    for person in people:
        classes.setdefault(person.languages, []).append(person)
    numbers = {languages: len(members) for languages, members in classes.items()}
    among = bundles(numbers, plan.together)
    places = divide(numbers, among, plan.min, plan.target, plan.max)
    for index, bundle in enumerate(among):
        chosen = {person.seat for c in classes for person in _take(classes[c], places.get((c, index), 0))}
        members = [person for person in people if person.seat in chosen]
        sizes, left = table_sizes(len(members), plan.min, plan.target, plan.max)
        if left:
            reason: Literal["no_room", "too_few"] = "no_room" if sizes else "too_few"
            result.unplaced.extend(Unplaced(person.seat, reason) for person in members[-left:])
            members = members[:-left]
        for table in _Mixer(members, sizes, plan, bundle, lots).tables():
            result.tables.append(sorted(person.seat for person in table))
            result.languages.append(_languages(table, plan, bundle))


def _take(waiting: list[Person], number: int) -> list[Person]:
    taken = waiting[:number]
    del waiting[:number]
    return taken


def _spoken(person: Person, bundle: Languages) -> str:
    """The language in which this person takes part at a table of these languages."""
    return next((language for language in person.languages if language in bundle), "")


def _languages(table: list[Person], plan: Plan, bundle: Languages) -> Languages:
    if plan.together == 1:
        common = set.intersection(*(set(person.languages) for person in table))
        return (*bundle, *sorted(common - set(bundle)))
    return tuple(sorted({_spoken(person, bundle) for person in table} - {""}))


CROWD, LONE, MET = 2, 30, 80
"""What it costs when two are alike, when one faces a majority of others alike, when two have met before."""


def _lone(counts: Mapping[str, int], size: int) -> int:
    """How many sit alone of their kind while at least half of the table is of one other kind."""
    largest = max(counts.values(), default=0)
    return sum(n == 1 for n in counts.values()) if largest > 1 and 2 * largest >= size else 0


def _traits(people: list[Person], plan: Plan, bundle: Languages) -> list[tuple[str, ...]]:
    """What is to be mixed, for each person: the values of the plan's attributes and, among several, the language."""
    names = plan.mix_by or tuple(sorted({name for person in people for name in person.attributes}))
    if plan.method == "mixed_sites" and "site" not in names:
        names = ("site", *names)
    if plan.method == "random":
        return [()] * len(people)
    return [
        (*(person.attributes.get(name, "") for name in names), *([_spoken(person, bundle)] if len(bundle) > 1 else []))
        for person in people
    ]


class _Mixer:
    """Deals the people of one bundle to tables of given sizes, rare ones first, then swaps pairs while that helps."""

    SAMPLE = 16  # tables looked at for each person: enough for balance, and 10,000 people stay a matter of seconds
    TRIES = 20  # swaps tried for each person, and 500 more

    def __init__(self, people: list[Person], sizes: list[int], plan: Plan, bundle: Languages, lots: Lots) -> None:
        self.people, self.sizes, self.lots = people, sizes, lots
        self.values = _traits(people, plan, bundle)
        self.width = range(len(self.values[0]) if people else 0)
        place = {person.seat: i for i, person in enumerate(people)}
        self.met: list[set[int]] = [set() for _ in people]
        if plan.no_repeat:
            for i, person in enumerate(people):
                for other in person.met & place.keys():
                    self.met[i].add(place[other])
                    self.met[place[other]].add(i)
        self.members: list[set[int]] = [set() for _ in sizes]
        self.at = [0] * len(people)
        self.counts: list[list[dict[str, int]]] = [[{} for _ in self.width] for _ in sizes]

    def tables(self) -> list[list[Person]]:
        self._deal()
        if len(self.sizes) > 1 and (len(self.width) or any(self.met)):
            for _ in range(self.TRIES * len(self.people) + 500):
                self._try_swap(self.lots.below(len(self.people)), self.lots.below(len(self.people)))
        return [[self.people[i] for i in sorted(members)] for members in self.members]

    def _deal(self) -> None:
        frequency: list[dict[str, int]] = [{} for _ in self.width]
        for values in self.values:
            for a in self.width:
                frequency[a][values[a]] = frequency[a].get(values[a], 0) + 1
        rarity = [min((frequency[a][values[a]] for a in self.width), default=0) for values in self.values]
        open_tables = list(range(len(self.sizes)))
        for i in sorted(range(len(self.people)), key=lambda i: (rarity[i], self.values[i])):
            places: Sequence[int] = range(len(open_tables))
            if len(open_tables) > self.SAMPLE:
                places = [self.lots.below(len(open_tables)) for _ in range(self.SAMPLE)]
            chosen = min(places, key=lambda place: (self._strain(i, open_tables[place]), place))
            table = open_tables[chosen]
            self._sit(i, table)
            if len(self.members[table]) == self.sizes[table]:
                open_tables[chosen] = open_tables[-1]
                open_tables.pop()

    def _strain(self, i: int, table: int) -> int:
        values, counts = self.values[i], self.counts[table]
        alike = sum(counts[a].get(values[a], 0) for a in self.width)
        return 2 * CROWD * alike + len(self.members[table]) + MET * len(self.met[i] & self.members[table])

    def _sit(self, i: int, table: int) -> None:
        self.at[i] = table
        self.members[table].add(i)
        for a in self.width:
            value = self.values[i][a]
            self.counts[table][a][value] = self.counts[table][a].get(value, 0) + 1

    def _rise(self, i: int) -> None:
        table = self.at[i]
        self.members[table].discard(i)
        for a in self.width:
            counts, value = self.counts[table][a], self.values[i][a]
            counts[value] -= 1
            if not counts[value]:
                del counts[value]

    def _try_swap(self, i: int, j: int) -> None:
        here, there = self.at[i], self.at[j]
        differ = [a for a in self.width if self.values[i][a] != self.values[j][a]]
        if here == there or not (differ or self.met[i] or self.met[j]):
            return
        cost = 0
        for a in differ:
            x, y, mine, theirs = self.values[i][a], self.values[j][a], self.counts[here][a], self.counts[there][a]
            cost += 2 * CROWD * (theirs.get(x, 0) - mine[x] + mine.get(y, 0) - theirs[y] + 2)
        if self.met[i] or self.met[j]:
            met_i, met_j, mine_, theirs_ = self.met[i], self.met[j], self.members[here], self.members[there]
            after = len(met_i & (theirs_ - {j})) + len(met_j & (mine_ - {i}))
            cost += MET * (after - len(met_i & mine_) - len(met_j & theirs_))
        if cost >= 4 * LONE * len(differ) or (cost >= 0 and not differ):
            return
        before = self._lone_at(here, there, differ)
        self._rise(i)
        self._rise(j)
        self._sit(i, there)
        self._sit(j, here)
        if cost + LONE * (self._lone_at(here, there, differ) - before) >= 0:
            self._rise(i)
            self._rise(j)
            self._sit(i, here)
            self._sit(j, there)

    def _lone_at(self, here: int, there: int, attributes: list[int]) -> int:
        return sum(_lone(self.counts[table][a], self.sizes[table]) for table in (here, there) for a in attributes)


@dataclass(frozen=True)
class OpenTable:
    """A table as it stands. `size`: people present; `languages` as in `Seating`; `counts`: attribute, value, people."""

    id: str
    size: int
    languages: Languages
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    seats: frozenset[str] = frozenset()


def place_late(person: Person, tables: Sequence[OpenTable], plan: Plan) -> str | None:
    """The best table for somebody who comes late: below the minimum first, then few alike, few present. None: no place."""
    names = plan.mix_by or tuple(sorted(person.attributes))

    def strain(table: OpenTable) -> tuple[bool, int, str]:
        total = CROWD * table.size + MET * plan.no_repeat * len(person.met & table.seats)
        for name in names if plan.method != "random" else ():
            counts, value = dict(table.counts.get(name, {})), person.attributes.get(name, "")
            before = _lone(counts, table.size)
            total += 2 * CROWD * counts.get(value, 0)
            counts[value] = counts.get(value, 0) + 1
            total += LONE * (_lone(counts, table.size + 1) - before)
        return table.size >= plan.min, total, table.id

    fitting = [table for table in tables if table.size < plan.max and _may_join(person, table, plan)]
    return min(fitting, key=strain).id if fitting else None


def _may_join(person: Person, table: OpenTable, plan: Plan) -> bool:
    for name in plan.cluster_by:
        if set(table.counts.get(name, {})) - {person.attributes.get(name, "")}:
            return False
    if plan.together is None or set(person.languages) & set(table.languages):
        return True
    return plan.together > 1 and (not person.languages or len(table.languages) < plan.together)


class Move(NamedTuple):
    """An offer to everybody at `table` to sit at `to` instead, in one of `languages`. None: no table suits them; a human
    has to help. `crowded`: the new table is then above its maximum, which is better than to sit alone."""

    table: str
    to: str | None
    languages: Languages
    crowded: bool


def merge_small(tables: Sequence[OpenTable], plan: Plan, present_at_least: int = 3) -> list[Move]:
    """Offers for tables with fewer present than that, smallest first. Empty tables need none and receive nobody."""
    standing = {table.id: table for table in tables if table.size > 0}
    moves: list[Move] = []
    for start in sorted(standing.values(), key=lambda table: (table.size, table.id)):
        small = standing[start.id]
        if small.size >= present_at_least:  # another small table has joined it meanwhile
            continue
        found = [
            (table.size + small.size > plan.max, table.size, table.id, _shared(small, table, plan))
            for table in standing.values()
            if table.id != small.id and _shared(small, table, plan) is not None and _same_cluster(small, table, plan)
        ]
        if not found:
            moves.append(Move(small.id, None, small.languages, False))
            continue
        crowded, _, goal, languages = min(found)
        moves.append(Move(small.id, goal, languages or (), crowded))
        standing[goal] = _joined(standing[goal], standing.pop(small.id), languages or ())
    return moves


def _shared(small: OpenTable, other: OpenTable, plan: Plan) -> Languages | None:
    """The languages of the two tables as one, or None if they cannot be one."""
    if plan.together == 1:
        return tuple(language for language in other.languages if language in small.languages) or None
    both = tuple(sorted({*small.languages, *other.languages}))
    return both if plan.together is None or len(both) <= plan.together else None


def _same_cluster(small: OpenTable, other: OpenTable, plan: Plan) -> bool:
    return all(len({*small.counts.get(name, {}), *other.counts.get(name, {})}) <= 1 for name in plan.cluster_by)


def _joined(table: OpenTable, guests: OpenTable, languages: Languages) -> OpenTable:
    counts = {
        name: {
            value: table.counts.get(name, {}).get(value, 0) + guests.counts.get(name, {}).get(value, 0)
            for value in {**table.counts.get(name, {}), **guests.counts.get(name, {})}
        }
        for name in {**table.counts, **guests.counts}
    }
    return OpenTable(table.id, table.size + guests.size, languages, counts, table.seats | guests.seats)
