"""A flow file broken in ten ways gives ten messages that somebody who knows dialogues, not programs, understands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.core.problems import errors
from bot.language.flowfiles import load_flow

FOLDER = Path(__file__).parent / "broken"
EXPECTED = {
    "01-a-quote-is-missing": "line 35, column 80: Found a text that does not end on its line; close it with a double quote",
    "02-a-key-in-the-wrong-table": 'step "profile", questions.hope.duration: Found the key "duration"; allowed here',
    "03-an-unknown-type": 'step "talk": Found the type "discussion"; the types of steps are adopt, assign,',
    "04-a-ballot-in-one-language": 'step "ballot", questions.back.text: Found no text in fr; this is needed in en and fr before',
    "05-a-threshold-without-a-base": 'step "result": Found a threshold without a base; say of whom: base = cast,',
    "06-impossible-tables": "groups.tables.size: Found 2 people expected at lille, who do not fit tables of 4 to 7;",
    "07-talk-before-consent": 'step "talk", type: Found a step of type "discuss" before the consent; what people write',
    "08-which-six-o-clock": "schedule.start: Found 2027-03-02T18:00:00 without an offset, with sites whose clocks differ:",
    "09-a-relay-of-unread-words": 'step "carry", of: Found of = "talk", a step of type "discuss"; a relay carries a digest',
    "10-a-condition-that-never-holds": 'step "thanks", when: Found site compared with "Lille"; the values are lille and dover.',
}
TO_DO = {
    "01-a-quote-is-missing": "The line reads: text = {",
    "02-a-key-in-the-wrong-table": '"duration" belongs to the step itself, and in TOML to the table opened last: '
    "write it further up, above [[step.questions]].",
    "03-an-unknown-type": 'Did you mean "discuss"?',
    "04-a-ballot-in-one-language": 'Write { fr = "…" } beside the others, or translate it in fr.po (pnyx flow texts export).',
    "05-a-threshold-without-a-base": "The result depends on it.",
    "06-impossible-tables": "Expect more people there, allow smaller tables, or seat them together with another site",
    "07-talk-before-consent": 'Move "consent" before this step.',
    "08-which-six-o-clock": 'Write 2027-03-02T17:00:00Z; or mode = "site", if every site goes by its own clock.',
    "09-a-relay-of-unread-words": 'Write a [[step]] with type = "summarise" before it, and name that one.',
    "10-a-condition-that-never-holds": 'Did you mean "lille"?',
}
JARGON = re.compile(
    r"pydantic|validation|traceback|exception|NoneType|dict|tuple|\bstr\b|\bint\b|regex|pattern|schema|null", re.I
)


@pytest.mark.parametrize("name", EXPECTED)
def test_one_mistake_gives_one_error_with_what_to_do(name: str) -> None:
    told = errors(load_flow(FOLDER / f"{name}.toml").problems)
    assert len(told) == 1, [str(p) for p in told]
    assert str(told[0]).startswith(f"{name}.toml, {EXPECTED[name]}"), str(told[0])
    assert TO_DO[name] in str(told[0]), str(told[0])


@pytest.mark.parametrize("name", EXPECTED)
def test_no_message_needs_a_programmer(name: str) -> None:
    for problem in load_flow(FOLDER / f"{name}.toml").problems:
        assert not JARGON.search(problem.sentence), problem.sentence


def test_there_are_ten_and_each_is_expected() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(EXPECTED) == set(TO_DO)
    assert len(EXPECTED) == 10
