"""Whatever stands in a flow file, it is read or answered with sentences: quickly, with the place, and never a traceback."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.core.flow import Flow
from bot.core.lint import lint, walkable
from bot.core.outline import lines as lines_of
from bot.core.outline import mermaid, outline
from bot.core.reading import MOST_PROBLEMS, read_flow
from bot.core.timeline import Endless, timeline
from bot.core.toml import parse
from tests.support.flows import SOUND, broken, found_in


def said(text: str) -> list[str]:
    return [str(p) for p in read_flow(text, "flow.toml").problems]


def only(text: str) -> str:
    (sentence,) = said(text)
    return sentence


def test_a_sound_flow_is_read() -> None:
    reading = read_flow(SOUND, "flow.toml")
    assert reading.problems == ()
    assert reading.file is not None
    assert [s.id for s in reading.file.step][:3] == ["hello", "consent", "profile"]


def test_fractions_stay_exact_and_line_ends_and_marks_do_not_count() -> None:
    data, _ = parse('\ufeffa = 0.7\r\nb = """x\r\ny"""', "f")
    assert data == {"a": Decimal("0.7"), "b": "x\ny"}


FORMS = [
    ('type = "discuss"', 'type = "discus"', 'step "talk": Found the type "discus"; the types of steps are adopt,'),
    ('id = "talk"', 'id = "Big Talk"', 'For example "big_talk".'),
    ('id = "bottles"', 'id = "Die Flaschen!"', 'flow.id: Found "Die Flaschen!"; allowed are small letters, digits and hyphens'),
    ('duration = "20m"', "duration = 20", 'step "talk", duration: Found 20; allowed is a span of time in quotes'),
    ('duration = "20m"', 'duration = "20 minutes"', 'Found "20 minutes", which is not a duration; write whole weeks, days,'),
    ('duration = "20m"', 'duratoin = "20m"', 'duratoin: Found the key "duratoin"; a step of type "discuss" may have'),
    ("expected = 24", 'expected = "many"', "sites.wien.expected: Found \"many\"; allowed is a whole number without quotes"),
    ("expected = 24", "expected = -1", "sites.wien.expected: Found -1; allowed is at least 0"),
    ("expected = 24", "expected = 2.5", "sites.wien.expected: Found 2.5; allowed is a whole number without quotes"),
    ('mode = "site"', 'mode = "sites"', 'schedule.mode: Found "sites"; allowed are "site" and "together". Did you mean "site"?'),
    ('languages = ["de"]', 'languages = "de"', "allowed is a list in square brackets"),
    ('languages = ["de"]', 'languages = ["deutsch!"]', "allowed is a language code such as en, de or pt-BR"),
    ('languages = ["de"]', "languages = []", "sites.wien.languages: Found an empty list; at least 1 is needed"),
    ('text = { en = "Good evening.", de = "Guten Abend." }', "text = 7", 'step "hello", text: Found 7; allowed is a text in'),
    ("start = 2027-03-02T18:00:00", 'start = "2027-03-02 18:00"', "allowed is a day with a time, without quotes"),
    ("start = 2027-03-02T18:00:00", "start = 2027-03-02", "Found 2027-03-02; allowed is a day with a time"),
    ("start = 22:00:00", "start = 22", "quiet_hours.start: Found 22; allowed is a time of day such as 22:00:00"),
    ("delete_on = 2027-09-01", "delete_on = 20270901", "delete_on: Found 20270901; allowed is a day such as 2027-09-01"),
    ('timeout = "10m"', 'opens = "18:00"\ntimeout = "10m"', 'opens: Found "18:00"; allowed is a time without quotes'),
    ('["return"]', '["return", "A B"]', 'step "ballot", questions.2nd: Found "A B"; allowed are small letters'),
    ('["return"]', '[{ id = "x", text = "X", methd = "single" }]', 'questions.x.methd: Found the key "methd"'),
    ('["return"]', '[{ id = "x" }]', 'questions.x.text: Found no key "text"; it is needed here'),
    ('threshold = "2/3"', 'threshold = "most"', "threshold:"),
    ('type = "welcome"\n', "", 'step "hello": Found a step without a type'),
    ("controllers = [", "remind = [[]]\ncontrollers = [", "remind.1st: Found an empty list; allowed is a span of time"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "words"), FORMS)
def test_a_mistake_is_told_with_its_place(old: str, new: str, words: str) -> None:
    sentence = only(broken((old, new)))
    assert sentence.startswith("flow.toml, ")
    assert words in sentence, sentence


def test_a_misspelt_table_is_one_problem_not_two() -> None:
    sentence = only(SOUND.replace("[mandate]", "[mandat]"))
    assert sentence.startswith('flow.toml, mandat: Found the key "mandat"; allowed here are flow, mandate')
    assert sentence.endswith('Did you mean "mandate"?')


def test_an_empty_file_says_which_tables_a_flow_needs() -> None:
    assert [s.split(": ")[1].split(";")[0] for s in said("")] == [
        "Found no [flow]", "Found no [mandate]", "Found no [schedule]", "Found no [step]",
    ]  # fmt: skip


SYNTAX = [
    ("x = hello", "line 1, column 5: Found a value that TOML does not know"),
    ("x = “hello”", "Found curly quotes"),
    ('a = 1\nx = "abc\ny = 1', "line 2, column 9: Found a text that does not end on its line"),
    ("x = 1\nx = 2", "line 2, column 6: Found a key that already has a value here"),
    ("[a]\n[a]", "Found a table that stands twice"),
    ("x = 2027-02-30", "Found a date or time that does not exist"),
    ('x = "a\\qb"', "Found a backslash in a text"),
    ("x = [1,", "Found a list or table that never ends"),
    ('x = "a" b', "Found more behind a value that was complete"),
    ('x = "a\0b"', "Found a character that cannot be seen"),
    ("[a", "Found a [table] whose bracket does not close"),
    ("hello", "Found a key without an equals sign"),
    ("= 3", "Found a line that is neither a key with a value nor a [table]"),
    ("x = { a = 1, a = 2 }", "Found a key twice between { and }"),
    ("x = " + "9" * 5000, "Found a number with thousands of digits"),
    ("x = " + "[" * 5000, "Found lists or tables inside each other without end"),
    ("x = " + "[" * 20 + "]" * 20, "Found tables and lists 20 deep"),
    ("a." * 30 + "b = 1", "Found more than 20 names joined by dots"),
]


@pytest.mark.parametrize(("text", "words"), SYNTAX)
def test_a_mistake_of_toml_is_told_in_plain_words(text: str, words: str) -> None:
    assert words in only(text)


@pytest.mark.parametrize("mark", ["\\u0000", "\\u202e", "\\u2066", "\u202a", "\\u001b", "\ufeff"])
def test_a_character_that_hides_is_refused_with_its_place(mark: str) -> None:
    sentence = only(broken(('{ en = "Thank you."', f'{{ en = "Thank {mark}you."')))
    assert sentence.startswith('flow.toml, step "bye", text.en: Found the hidden character U+')
    assert 'after "Thank "' in sentence


def test_marks_that_languages_need_are_welcome() -> None:
    assert said(broken(('{ en = "Thank you."', '{ en = "شکریہ\u200c \u200fThank\\n you."'))) == []


def test_a_text_is_limited_and_says_how_long_it_is() -> None:
    assert said(broken(('"Thank you."', f'"{"a" * 3500}"'))) == []
    assert "Found a text of 3,501 characters; at most 3,500 are allowed" in only(
        broken(('"Thank you."', f'"{"a" * 3501}"'))
    )


STEP = '[[step]]\nid = "a{}"\ntype = "inform"\ntext = "x"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SOUND + "# " + "x" * 10_000_000, "Found a file of 10.0 MB; at most 1 MB is allowed"),
        (SOUND + "".join(STEP.format(i) for i in range(10_000)), "steps; at most 500 are allowed in a file"),
        (SOUND + "\n" * 30_000, "lines; at most 20,000 are allowed"),
        (
            SOUND.replace(
                "[[schedule.sites]]", "x = 1\n[[schedule.sites]]" + '\nid = "s"\n[[schedule.sites]]' * 301, 1
            ),
            "303 sites; at most 300 are allowed",
        ),
    ],
)
def test_too_much_is_told_at_once(text: str, words: str) -> None:
    begin = time.perf_counter()
    sentence = only(text)
    assert time.perf_counter() - begin < 1
    assert words in sentence


def test_a_thousand_steps_are_the_limit_once_repeats_are_unrolled() -> None:
    rounds = '[[step]]\nid = "r"\ntype = "repeat"\ntimes = 100\n'
    inner = "".join(
        f'[[step]]\nid = "a{i}"\ntype = "inform"\nwithin = "r"\ntext = {{ en = "x", de = "x" }}\n' for i in range(11)
    )
    begin = time.perf_counter()
    told = [p.sentence for p in found_in(SOUND + rounds + inner) if p.rule == "too-large"]
    assert told == [
        "Found 1,001 steps or more once the repeats are unrolled; at most 1,000 are allowed. "
        "Repeat fewer times, or over a shorter list."
    ]
    nested = "".join(
        f'[[step]]\nid = "r{i}"\ntype = "repeat"\ntimes = 100\n' + (f'within = "r{i - 1}"\n' if i else "")
        for i in range(300)
    )
    assert {p.rule for p in found_in(SOUND + nested) if p.severity == "error"} == {
        "holds-something",
        "reachable",
        "repeat-ends",
    }
    assert time.perf_counter() - begin < 2


def test_of_very_many_problems_the_first_hundred_are_listed() -> None:
    problems = said("\n".join(f"x{i} = 1" for i in range(1000)))
    assert len(problems) == MOST_PROBLEMS + 1
    assert "904 more problems; only the first hundred are listed" in problems[-1]


# Whole lines of a sound flow dropped, doubled, moved and mangled: read, or told, and never an exception.
LINES = SOUND.splitlines()
START = LINES.index("start = 2027-03-02T18:00:00")
tricks = st.sampled_from(["drop", "double", "swap", "cut", "value"])
values = st.sampled_from(
    ["1", "-1", "0.5", '""', '"x"', "true", "[]", "{}", "[[]]", "[1]", "{a=1}", "2027-03-02", "10:00:00", "1e999999", "nan",
     "2027-03-02T10:00:00Z", "0001-01-01T00:00:00", "9999-12-31T23:59:59", "9" * 60, '"{item}{round}{x}"', '[{id="a",text="b"}]',
     '"100%"', '"1s"', '"3660d"', "00:00:00"]
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(tricks, st.integers(0, len(LINES) - 1), st.integers(0, len(LINES) - 1), values), max_size=4))
@example([("value", START, 0, "0001-01-01T00:00:00")])
@example([("value", START, 0, "9999-12-31T23:59:59")])
def test_a_mangled_flow_is_read_or_told(changes: list[tuple[str, int, int, str]]) -> None:
    lines = list(LINES)
    for trick, at, other, value in changes:
        match trick:
            case "drop":
                lines[at] = ""
            case "double":
                lines[at] = f"{lines[at]}\n{lines[at]}"
            case "swap":
                lines[at], lines[other] = lines[other], lines[at]
            case "cut":
                lines[at] = lines[at][: len(lines[at]) // 2]
            case _:
                key, equals, _ = lines[at].partition("=")
                lines[at] = f"{key}{equals} {value}"
    reading = read_flow("\n".join(lines), "flow.toml")
    problems = reading.problems or (lint(reading.file, "flow.toml") if reading.file else ())
    assert reading.file is not None or problems
    if reading.file is not None:
        list(lines_of(outline(reading.file)))
        mermaid(reading.file)
    if reading.file is not None and walkable(problems):
        with suppress(Endless):
            timeline(Flow.of(reading.file, "x@0"), datetime(2027, 1, 1))
    assert all(p.sentence.endswith((".", "?", "…", "]", "}", '"')) or p.rule == "toml" for p in problems)
