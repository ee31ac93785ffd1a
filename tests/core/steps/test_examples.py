"""Every step type's docstring holds an example that loads, breaks no rule of flows, and plays to its end."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import textwrap
from datetime import timedelta
from typing import Any, get_args

import pytest

import bot.core.steps as package
from bot.core.effects import Request
from bot.core.events import Answered
from bot.core.lint import lint
from bot.core.steps import AnyStep
from bot.core.steps.base import Step
from tests.support.plays import flow_of
from tests.support.stagehand import Stagehand

PEOPLE = ("anna", "ben", "cara", "dora")


def step_types() -> dict[str, type[Step]]:
    """Every step type by the word that a flow file uses for it, found in the modules rather than in `AnyStep`."""
    found: dict[str, type[Step]] = {}
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"bot.core.steps.{info.name}")
        for _, cls in inspect.getmembers(module, inspect.isclass):
            if issubclass(cls, Step) and cls is not Step and cls.__module__ == module.__name__:
                found[get_args(cls.model_fields["type"].annotation)[0]] = cls
    return found


def example(cls: type[Step]) -> str:
    """The indented TOML in a class docstring: from its first table on, with its indentation taken away."""
    doc = inspect.cleandoc(cls.__doc__ or "")
    start = re.search(r"^ {4}\[", doc, re.MULTILINE)
    return textwrap.dedent(doc[start.start() :]) if start else ""


TYPES = step_types()


def test_there_are_step_types_and_all_of_them_may_stand_in_a_flow() -> None:
    assert len(TYPES) >= 10
    assert set(TYPES.values()) == set(get_args(AnyStep))


@pytest.mark.parametrize("name", TYPES)
def test_an_example_is_of_its_own_type_and_loads(name: str) -> None:
    flow = flow_of(example(TYPES[name]))
    steps = [step for step in flow.file.step if step.type == name]
    assert steps, "the docstring has no example of this type"
    assert all(isinstance(step, TYPES[name]) for step in steps)


PIECE_OF_A_FLOW = {"texts-complete", "consent-first", "table-needs-assign", "group-attributes", "relay-mirror"}
"""Rules that a piece must break, which has no consent, no tables, one site and one language."""


@pytest.mark.parametrize("name", TYPES)
def test_an_example_breaks_no_rule_of_flows(name: str) -> None:
    problems = lint(flow_of(example(TYPES[name])).file, "example")
    assert [str(p) for p in problems if p.severity == "error" and p.rule not in PIECE_OF_A_FLOW] == []


def seated(stage: Stagehand, request: Request) -> Answered:
    """The answer to a request for tables: all participants at one."""
    seats = [s.id for s in stage.seats.values() if s.role == "participant"]
    table = {"id": "t9", "number": 1, "site": "lyon", "languages": ["en"], "seats": seats, "staff": []}
    return Answered(request.course, request.step, request.job, {"tables": [table], "unplaced": []})


@pytest.mark.parametrize("name", TYPES)
def test_an_example_plays_to_its_end(name: str) -> None:
    stage = Stagehand(flow_of(example(TYPES[name])), **NOTHING)
    stage.seat(*PEOPLE, table="t1")
    stage.start()
    for _ in range(3):
        asked = [e for e in stage.others if isinstance(e, Request) and e.job == "seating"]
        stage.others = [e for e in stage.others if e not in asked]
        for request in asked:
            stage.play(seated(stage, request))
        stage.wait(timedelta(days=30))
    assert stage.courses["all"].state == "ended", "nobody wrote or pressed anything, and still it must end"
    assert stage.said, "nobody was told anything"


NOTHING: dict[str, Any] = {
    "agreements": {},
    "digest": None,
    "wordings": (),
    "gone": frozenset(),
    "carried": {},
    "arrivals": (),
    "answers": (),
    "replies": (),
    "targets": {},
    "known": frozenset(),
    "goals": (),
    "origins": (),
    "answered_by": {},
}
"""Facts of steps that are not played here with all their partners."""
