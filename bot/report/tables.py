"""The CSV files: results, decisions, and the ideas that people gave as open data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from bot.core.counting import FEW, percent
from bot.core.lots import rank
from bot.core.state import Contribution
from bot.core.steps.survey import Survey
from bot.core.steps.vote import Vote
from bot.core.tally import DONT_KNOW, Tally
from bot.report.cells import Cell, Number, table
from bot.report.decisions import Decision
from bot.report.figures import Figure
from bot.report.material import Material
from bot.report.release import released

RESULTS = (
    "flow", "step", "question", "question_text", "item", "item_text", "level", "place", "place_name", "secret", "measure",
    "option", "option_text", "value", "answered", "percent", "note",
)  # fmt: skip
DECISIONS = (
    "flow", "step", "title", "place", "item", "item_text", "rule", "base", "quorum", "ties", "in_favour", "base_count",
    "needed", "cast", "abstained", "percent_in_favour", "outcome", "reason", "not_in_yet", "note",
)  # fmt: skip
IDEAS = ("flow", "step", "site", "site_name", "id", "kind", "side", "answers", "language", "words", "note")

EMPTY = "nothing to tell so far"
HIDDEN = f"not shown: it would tell of fewer than {FEW} people"


def results_csv(material: Material, figures: Iterable[Figure]) -> bytes:
    """One line for each option of each question in each place, and for averages and middles."""
    return _table(material, RESULTS, [row for figure in figures for row in _rows(material, figure)])


def _rows(material: Material, figure: Figure) -> Iterator[Sequence[Cell]]:
    head = (
        material.ref, figure.step, figure.question, figure.question_text, figure.item, figure.item_text, figure.level,
        figure.place, figure.place_name, "yes" if figure.secret else "no",
    )  # fmt: skip
    tally = figure.tally
    if tally is None:
        yield (*head, "count", "", "", "", "", "", HIDDEN)
        return
    for option, text in options(figure, tally):
        n = tally.counts.get(option, 0)
        share: Cell = percent(Fraction(n, tally.ballots)) if tally.ballots else ""
        yield (*head, "count", option, text, n, tally.ballots, share, "")
    for measure, value, open in measures(figure, tally):
        yield (*head, measure, "", "", Number.of(value) if open else "", "", "", "" if open else HIDDEN)


def options(figure: Figure, tally: Tally) -> list[tuple[str, str]]:
    """The columns of a count: the options of the ballot; of numbers, in an open ballot, each number that was given."""
    found = list(figure.options)
    if tally.method == "number" and not figure.secret:
        found = [(mark, mark) for mark in tally.counts if mark != DONT_KNOW] + found
    return found


def measures(figure: Figure, tally: Tally) -> Iterator[tuple[str, str, bool]]:
    """Average, middle, and in an open ballot the ends: (name, a fraction, whether it may be told)."""
    ends = () if figure.secret else ("low", "high")
    for name in ("mean", "median", *ends):
        value = getattr(tally, name)
        if value is not None:
            yield name, value, figure.typical


def decisions_csv(material: Material, decisions: Iterable[Decision]) -> bytes:
    """One line for each item that was decided."""
    rows: list[Sequence[Cell]] = []
    for d in decisions:
        base, n = d.numbers.get("base", 0), d.numbers
        share: Cell = percent(Fraction(n["in_favour"], base)) if base else ""
        numbers: list[Cell] = [n.get(name, "") for name in ("in_favour", "base", "needed", "cast", "abstained")]
        rows.append(
            (
                material.ref, d.step, d.title, d.place, d.item, d.label, d.rule, d.base, d.quorum, d.ties, *numbers, share,
                d.outcome, d.reason, " ".join(d.missing), "" if n else HIDDEN,
            )
        )  # fmt: skip
    return _table(material, DECISIONS, rows)


def ideas(material: Material) -> list[dict[str, str]]:
    """What people gave in private and released as open data, without names and times, in an order that tells nothing."""
    found = []
    for place, node in enumerate(material.flow.nodes.values()):
        secret = isinstance(node.step, Survey) or (isinstance(node.step, Vote) and node.step.secret)
        for each in material.given:
            given = each.contribution
            if given.step != node.id or not _open(material, given):
                continue
            site = "" if secret else given.site
            id = given.id if given.kind == "idea" else ""  # the id of an answer follows from its step and seat
            row = {
                "step": node.id, "site": site, "site_name": material.site_name(site) if site else "", "id": id,
                "kind": given.kind, "side": given.side, "answers": given.target, "language": given.language,
                "words": released(material, given.id, "open_data").text,
            }  # fmt: skip
            found.append(((place, site, rank(material.assembly.seed, given.id)), row))
    return [row for _, row in sorted(found, key=lambda entry: entry[0])]


def _open(material: Material, given: Contribution) -> bool:
    node = material.flow.nodes.get(given.step)
    private = given.kind in ("idea", "answer") and node is not None and not isinstance(node.step, Survey)
    return private and released(material, given.id, "open_data").free


def ideas_csv(material: Material, rows: Iterable[dict[str, str]]) -> bytes:
    return _table(material, IDEAS, [(material.ref, *(row[name] for name in IDEAS[1:-1]), "") for row in rows])


def _table(material: Material, head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """A table whose first column is the flow. Where there is nothing, one line says so, and names the flow all the same."""
    return table(head, rows or [(material.ref, *("" for _ in head[2:]), EMPTY)])
