"""The results in short, for a terminal: what people answered, what was decided, and what crossed from table to table.

`summary` gives the data, `as_text` a plain rendering of it. The same protection holds as in the exports.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from bot.core.counting import LONGEST, percent
from bot.core.steps.deciding import OUTCOMES
from bot.core.tally import Tally
from bot.report.cells import Number
from bot.report.decisions import Decision, decisions
from bot.report.extracts import Line, carried_to
from bot.report.figures import Figure, figures, veils
from bot.report.material import House, Material, gather
from bot.report.release import ERASED, WITHHELD
from bot.report.tables import measures, options
from bot.store.database import Database


@dataclass(frozen=True, slots=True)
class Share:
    """How many chose an option. `percent` is None where nobody answered."""

    option: str
    count: int
    percent: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """A question's result in one place: "" is the total. `shares` and `average` are empty where the result may not be
    told, and then `told` is False."""

    name: str
    told: bool
    answered: int
    shares: tuple[Share, ...]
    average: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """A question (or one item of it) and its results, the total first. `statement` says that the item is what somebody
    wrote."""

    step: str
    title: str
    question: str
    item: str
    secret: bool
    statement: bool
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Crossing:
    """A digest as it was read at another table. `source` is its label, `place` the reading table's number and site;
    `sentences` are (the words as read there, the original where that was another text)."""

    source: str
    place: str
    state: str
    engine: str
    language: str
    sentences: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """One assembly in short. Of many statements only those that most people answered are among the `answers`; `more` says how
    many others there are, by step. `outcomes` says each decision's outcome in the flow's language, in the same order."""

    title: str
    ref: str
    answers: tuple[Answered, ...]
    more: Mapping[str, int]
    decisions: tuple[Decision, ...]
    outcomes: tuple[str, ...]
    crossings: tuple[Crossing, ...]


def summary(db: Database, house: House, assembly: str) -> Summary:
    """The results of an assembly as they stand. Raises LookupError where there is none."""
    material, veiled = gather(db, house, assembly), veils()
    decided = tuple(decisions(material, veiled))
    answers, more = _shortened(list(_answers(material, figures(material, veiled))))
    return Summary(
        material.text(material.flow.file.flow.title),
        material.ref,
        answers,
        more,
        decided,
        tuple(material.say(OUTCOMES[d.outcome]) for d in decided),
        tuple(_crossings(material)),
    )


def _answers(material: Material, found: list[Figure]) -> Iterator[Answered]:
    grouped: dict[tuple[str, str, str], list[Figure]] = {}
    for figure in found:
        if figure.level != "table":
            grouped.setdefault((figure.step, figure.question, figure.item), []).append(figure)
    for (step, _, _), rows in grouped.items():
        first = rows[0]
        places = tuple(_place(figure) for figure in rows)
        statement = first.item in material.by_id
        yield Answered(
            step, material.title(step), first.question_text, first.item_text, first.secret, statement, places
        )


def _shortened(answers: list[Answered]) -> tuple[tuple[Answered, ...], dict[str, int]]:
    """All answers but those about statements that are not among a step's most answered, or whose words are not released;
    and how many of these there are, by step."""
    left: dict[str, int] = {}
    kept: set[int] = {n for n, answer in enumerate(answers) if not answer.statement}
    for step in dict.fromkeys(answer.step for answer in answers if answer.statement):
        here = [n for n, answer in enumerate(answers) if answer.statement and answer.step == step]
        shown = [n for n in here if answers[n].item not in (WITHHELD, ERASED)]
        best = sorted(shown, key=lambda n: (-max(place.answered for place in answers[n].places), n))[:LONGEST]
        kept |= set(best)
        if len(best) < len(here):
            left[step] = len(here) - len(best)
    return tuple(answer for n, answer in enumerate(answers) if n in kept), left


def _place(figure: Figure) -> Place:
    tally = figure.tally
    if tally is None:
        return Place(figure.place_name, False, 0, ())
    shares = tuple(
        Share(text, tally.counts.get(id, 0), _percent(tally.counts.get(id, 0), tally))
        for id, text in options(figure, tally)
    )
    averages = {name: Number.of(value).text for name, value, open in measures(figure, tally) if open}
    return Place(figure.place_name, True, tally.ballots, shares, averages.get("mean", ""))


def _percent(n: int, tally: Tally) -> int | None:
    return percent(Fraction(n, tally.ballots)) if tally.ballots else None


def _crossings(material: Material) -> Iterator[Crossing]:
    for table in material.tables:
        place = f"{table.number} · {material.site_name(table.site)}"
        for extract in carried_to(material, table):
            sentences = tuple(_sentence(line) for line in extract.lines)
            yield Crossing(extract.source or "", place, extract.state, extract.engine, extract.language, sentences)


def _sentence(line: Line) -> tuple[str, str]:
    return line.text, line.original


def as_text(found: Summary) -> str:
    """The summary as plain lines, without colours or markup."""
    lines = [found.title, found.ref]
    for answer in found.answers:
        lines += ["", f"{answer.title}: {answer.question}" if answer.question else answer.title]
        lines += [f"  {answer.item}"] if answer.item else []
        lines += [f"  {_in_short(place)}" for place in answer.places]
    titles = {answer.step: answer.title for answer in found.answers}
    lines += [""] if found.more else []
    lines += [f"{titles.get(step, step)}: + {n} (results.csv)" for step, n in found.more.items()]
    if found.decisions:
        lines.append("")
    for decision, outcome in zip(found.decisions, found.outcomes, strict=True):
        numbers = decision.numbers
        counts = f" ({numbers['in_favour']} / {numbers['base']})" if numbers else ""
        lines.append(f"{decision.title} · {decision.label}: {outcome}{counts}")
    for crossing in found.crossings:
        lines += ["", f"{crossing.source} → {crossing.place}"]
        lines += [f"  “{_one_line(words)}”" for words, _ in crossing.sentences]
    return "\n".join(_one_line(line) if line.strip() else "" for line in lines) + "\n"


def _in_short(place: Place) -> str:
    name = f"{place.name}: " if place.name else "∑ "
    if not place.told:
        return f"{name}<10"
    shares = ", ".join(
        f"{s.option} {s.count}" + (f" ({s.percent} %)" if s.percent is not None else "") for s in place.shares
    )
    average = f"⌀ {place.average}" if place.average else ""
    return f"{name}{'; '.join(filter(None, (average, shares)))} [{place.answered}]"


def _one_line(text: str) -> str:
    head = len(text) - len(text.lstrip(" "))
    return " " * head + " ".join(text.split())


__all__ = ["Answered", "Crossing", "Place", "Share", "Summary", "as_text", "summary"]
