"""How many people sit at how many tables, and in which language: the arithmetic before anybody is seated.

A table never exceeds its maximum and nobody sits alone. When the numbers do not work out, first those who speak two
languages are moved, then tables may fall below the minimum (three people at least), and only then is somebody left over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

Languages = tuple[str, ...]

FEWEST = 3
"""Below the plan's minimum a table still opens with so many, or with the minimum where that is two."""

_LEFT_OVER = 10


def table_sizes(people: int, low: int, target: int, high: int) -> tuple[list[int], int]:
    """The sizes of the tables, larger ones first, and how many people are left over.

    All sizes lie between `low` and `high` if any number of tables allows it, as near to `target` as can be.
    """
    fewest = min(low, FEWEST)
    if people < fewest:
        return [], people
    least, most = -(-people // high), people // low
    if least <= most:
        near = people // target
        tables = min(
            (min(max(near + more, least), most) for more in (0, 1)),
            key=lambda k: (Fraction(abs(people - k * target), k), k),
        )
    else:
        tables = min(least, people // fewest)
    seated = min(people, tables * high)
    return [seated // tables + (i < seated % tables) for i in range(tables)], people - seated


def bundles(people: Mapping[Languages, int], together: int | None) -> list[Languages]:
    """Which languages may meet at a table: at most `together` different ones, the large ones spread over the bundles."""
    speakers: dict[str, int] = {}
    for languages, number in people.items():
        for place, language in enumerate(languages):
            speakers[language] = speakers.get(language, 0) + (number if place == 0 else 0)
    order = sorted(speakers, key=lambda language: (-speakers[language], language))
    if together is None:
        return [tuple(sorted(order))]
    number = max(1, -(-len(order) // together))
    return [tuple(sorted(order[i::number])) for i in range(number)]


class _Division:
    """How many of each class of people (by their languages) sit in each bundle. Moves are kept only if they mend more."""

    def __init__(
        self, people: Mapping[Languages, int], among: Sequence[Languages], sizes: tuple[int, int, int]
    ) -> None:
        self.sizes = sizes
        self.options: dict[Languages, list[int]] = {}
        self.seats: dict[tuple[Languages, int], int] = {}
        for languages in sorted(people):
            wanted = [[i for i, bundle in enumerate(among) if language in bundle] for language in languages]
            self.options[languages] = list(dict.fromkeys(i for found in wanted for i in found)) or list(
                range(len(among))
            )
            for i in self.options[languages]:
                self.seats[languages, i] = 0
            self.seats[languages, self.options[languages][0]] = people[languages]
        self.heads = [sum(n for (_, i), n in self.seats.items() if i == bundle) for bundle in range(len(among))]
        self._known: dict[int, int] = {}

    def trouble(self, people: int) -> int:
        """How badly so many people can be seated: left over, or at tables that are too small."""
        if people not in self._known:
            tables, left = table_sizes(people, *self.sizes)
            self._known[people] = _LEFT_OVER * left + sum(max(0, self.sizes[0] - size) for size in tables)
        return self._known[people]

    def score(self, moves: Mapping[tuple[Languages, int, int], int]) -> tuple[int, int]:
        """(trouble saved, people brought back to their first language) if the moves were made; larger is better."""
        change: dict[int, int] = {}
        home = 0
        for (languages, source, goal), n in moves.items():
            change[source] = change.get(source, 0) - n
            change[goal] = change.get(goal, 0) + n
            first = self.options[languages][0]
            home += n * ((goal == first) - (source == first))
        saved = sum(self.trouble(self.heads[i]) - self.trouble(self.heads[i] + n) for i, n in change.items())
        return saved, home

    def make(self, moves: Mapping[tuple[Languages, int, int], int]) -> None:
        for (languages, source, goal), n in moves.items():
            self.seats[languages, source] -= n
            self.seats[languages, goal] += n
            self.heads[source] -= n
            self.heads[goal] += n

    def single_moves(self) -> list[dict[tuple[Languages, int, int], int]]:
        """Some people of one class from one bundle to another, where either of the two is in trouble."""
        troubled = {i for i, n in enumerate(self.heads) if self.trouble(n)}
        return [
            {(languages, source, goal): n}
            for (languages, source), number in self.seats.items()
            for goal in self.options[languages]
            if goal != source and (source in troubled or goal in troubled)
            for n in range(1, min(number, 2 * self.sizes[2]) + 1)
        ]

    def great_moves(self) -> list[dict[tuple[Languages, int, int], int]]:
        """Dissolve a troubled bundle into the others, or gather from all troubled bundles in one."""
        troubled = {i for i, n in enumerate(self.heads) if self.trouble(n)}
        found = []
        for bundle in range(len(self.heads)):
            gather = {
                (languages, source, bundle): n
                for (languages, source), n in self.seats.items()
                if n and source != bundle and source in troubled and bundle in self.options[languages]
            }
            found.append(gather)
            if bundle in troubled:
                dissolve: dict[tuple[Languages, int, int], int] = {}
                for (languages, source), n in self.seats.items():
                    goals = [goal for goal in self.options[languages] if goal != bundle]
                    if n and source == bundle and goals:
                        dissolve[languages, bundle, max(goals, key=lambda goal: (self.heads[goal], -goal))] = n
                found.append(dissolve)
        return [moves for moves in found if moves]


def divide(
    people: Mapping[Languages, int], among: Sequence[Languages], low: int, target: int, high: int
) -> dict[tuple[Languages, int], int]:
    """How many of the people with these languages (first one preferred) sit in bundle i of `among`.

    Starts with everybody in the first language and moves people with several while that helps; every move lessens the
    trouble, so it ends. People who speak no language of any bundle may sit in each of them.
    """
    division = _Division(people, among, (low, target, high))
    while any(division.trouble(n) for n in division.heads):
        for moves in (division.single_moves(), division.great_moves()):
            best = max(moves, key=division.score, default=None)
            if best is not None and division.score(best)[0] > 0:
                division.make(best)
                break
        else:
            break
    return {place: n for place, n in division.seats.items() if n}
