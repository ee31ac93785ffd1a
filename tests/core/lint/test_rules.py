"""Every rule is broken once: it says where, what was found, what is allowed, what to do."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from bot.core.lint import RULES
from bot.core.problems import Problem
from tests.support.flows import SOUND, broken, found_in

CASES = tomllib.loads((Path(__file__).parent / "rules.toml").read_text(encoding="utf-8"))


def _problems(case: dict[str, Any]) -> tuple[Problem, ...]:
    return found_in(broken(*((change["old"], change["new"]) for change in case["change"])))


def _name(case: dict[str, Any]) -> str:
    return f"{case.get('rule', 'form')}: {case['says'][:40]}"


def test_the_flow_that_breaks_no_rule_is_sound() -> None:
    assert [str(p) for p in found_in(SOUND)] == []


@pytest.mark.parametrize("case", CASES["rule"], ids=_name)
def test_a_broken_rule_is_told(case: dict[str, Any]) -> None:
    every = _problems(case)
    told = [p for p in every if p.rule == case["rule"] and case["says"] in p.sentence]
    assert told, [str(p) for p in every]
    assert (told[0].step, told[0].field) == (case.get("step", ""), case.get("field", ""))


@pytest.mark.parametrize("case", CASES["form"], ids=_name)
def test_what_the_form_asks_for_is_told(case: dict[str, Any]) -> None:
    every = _problems(case)
    told = [p for p in every if case["says"] in p.sentence]
    assert told, [str(p) for p in every]
    assert (told[0].step, told[0].severity) == (case.get("step", ""), "error")


def test_every_rule_is_broken_by_a_test() -> None:
    assert len({r.name for r in RULES}) == len(RULES) > 30
    assert {r.name for r in RULES} == {case["rule"] for case in CASES["rule"]}


def test_every_rule_says_why_in_one_sentence() -> None:
    assert [r.name for r in RULES if not r.why.endswith(".") or not r.why[0].isupper()] == []


def test_a_sentence_tells_where_it_is_what_was_found_and_what_to_do() -> None:
    (problem,) = (p for p in found_in(broken(('plan = "tables"', 'plan = "table"'))) if p.severity == "error")
    assert str(problem) == (
        'flow.toml, step "seats", plan: Found plan = "table"; the group plans are tables. Did you mean "tables"?'
    )


TWO_VOTES = """
[[step]]
id = "views"
type = "vote"
over = ["ideas"]
per_person = 5
duration = "5m"
{between}
[[step]]
id = "second_views"
type = "vote"
over = ["ideas"]
per_person = 5
duration = "5m"

[[step]]
id = "result"
"""


@pytest.mark.parametrize(
    ("between", "told"), [("", True), ('[[step]]\nid = "night"\ntype = "break"\nduration = "10h"\n', False)]
)
def test_after_a_break_seven_statements_more_can_be_asked_about(between: str, told: bool) -> None:
    flow = broken(('[[step]]\nid = "result"\n', TWO_VOTES.format(between=between).lstrip()))
    assert ("statements-a-sitting" in {p.rule for p in found_in(flow)}) is told
