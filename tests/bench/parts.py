"""Single parts that see many people or many words at once: a digest of 500 arguments, the seating of 10,000."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from bot.core.digest import Statement, draw
from bot.core.lots import Lots
from bot.core.seating import Person, Plan, seat_people
from bot.paths import flows_dir


def best_of_three(work: Callable[[], object]) -> float:
    """Seconds."""
    taken = []
    for _ in range(3):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return min(taken)


def digest(arguments: int = 500, members: int = 100, size: int = 8) -> float:
    """Seconds to draw a digest of so many arguments, on each of which a third of the members has voted."""
    lots = Lots("bench", "digest")
    texts = _texts(arguments)
    seats = [f"s{n}" for n in range(members)]
    votes = {
        f"c{n}": {seat: (1, 0, -1)[lots.below(3)] for seat in lots.sample(seats, members // 3)}
        for n in range(arguments)
    }
    statements = [
        Statement(f"c{n}", seats[n % members], ("for", "against")[n % 2], len(text.split()), n)
        for n, text in enumerate(texts)
    ]
    words = {f"c{n}": text for n, text in enumerate(texts)}
    return best_of_three(lambda: draw(statements, votes, seats, size, "seed", words))


def seating(number: int = 10_000) -> float:
    """Seconds to seat so many people of three languages and three attributes at balanced tables."""
    lots = Lots("bench", "seating")
    languages, areas, ages = ("de", "en", "fr"), ("city", "town", "country"), ("young", "middle", "old")
    people = [
        Person(
            f"s{n}",
            (languages[lots.below(3)],),
            {"area": areas[lots.below(3)], "age": ages[lots.below(3)], "site": f"site{lots.below(4)}"},
        )
        for n in range(number)
    ]
    plan = Plan(min=5, target=7, max=8, mix_by=("area", "age", "site"))
    return best_of_three(lambda: seat_people(people, plan, "seed"))


def _texts(number: int) -> list[str]:
    """What citizens wrote in the consultations that travel with the flow, over and over, numbered where it repeats."""
    found: list[str] = []

    def visit(value: object) -> None:
        if isinstance(value, str) and len(value.split()) > 5:
            found.append(value)
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            visit(inner)

    for file in sorted((flows_dir() / "cross-border" / "voices").glob("*.json")):
        visit(json.loads(file.read_text()))
    assert len(found) > 20, "hardly any words found"
    return [found[n % len(found)] + (f" ({n})" if n >= len(found) else "") for n in range(number)]
