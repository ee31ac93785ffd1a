"""What virtual tables say must fit through the accounts that pass it on."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli.flow import check_command
from bot.core.lint.pace import PER_ACCOUNT, sendings
from bot.language.flowfiles import NotAFlow, bundle, unbundle
from tests.support.flows import SOUND, broken, found_in

CROWD = ("expected = 24", "expected = 2400")


def refused(*changes: tuple[str, str], accounts: int | None = 1) -> list[str]:
    return [p.sentence for p in found_in(broken(*changes), accounts=accounts) if p.rule == "virtual-pace"]


def test_how_much_a_table_has_to_be_sent() -> None:
    assert sendings(6, one_by_one=False) == Fraction(6 * 6, 2 * (33 + 5 * 5))
    assert sendings(6, one_by_one=True) == Fraction(6, 33)
    assert sendings(100, one_by_one=False) < 10, "a plenary of a hundred fits one account"
    assert sendings(100, one_by_one=False) / 100 < 1, "nobody is sent more than one message a second"
    assert PER_ACCOUNT == 21


def test_a_crowd_is_refused_with_what_was_found_what_is_allowed_and_what_to_do() -> None:
    (told,) = refused(CROWD)
    assert told == (
        "Found 2,400 people at 400 virtual tables who talk at the same time, about 125 messages a second to pass on; "
        "1 account can pass on 21 a second and still answer everybody. "
        'Let tables meet in rooms (lives = "room"), take 6 accounts (--accounts), let the sites talk at different hours, '
        'make smaller tables, or let turns = "round" fill the whole talk.'
    )


@pytest.mark.parametrize(
    "change",
    [
        ("mix_by", 'lives = "room"\nmix_by'),
        ("expected = 2400", "expected = 400"),
        ("expected = 2400", "expected = 0"),
    ],
)
def test_what_the_sentence_advises_helps(change: tuple[str, str]) -> None:
    assert refused(CROWD) != []
    assert refused(CROWD, change) == []


def test_more_accounts_carry_more() -> None:
    assert refused(CROWD, accounts=5) != []
    assert refused(CROWD, accounts=6) == []
    assert refused(CROWD, accounts=None) == [], "a flow that runs already is not asked"


def test_sites_that_talk_at_the_same_time_are_added_up() -> None:
    half = ("expected = 24", "expected = 300")
    other = (
        'zone = "Europe/London"\nlanguages = ["en"]\nexpected = 24',
        'zone = "Europe/London"\nlanguages = ["en"]\nexpected = 300',
    )
    assert refused(half, other) == [], "an hour apart, twenty minutes each"
    together = ("Europe/London", "Europe/Paris")
    assert "600 people at 100 virtual tables" in refused(half, other, together)[0]


def test_a_round_that_fills_the_talk_counts_one_voice_at_a_table() -> None:
    people = ("expected = 24", "expected = 600")
    short = (
        'duration = "20m"\ntext = { en = "About',
        'duration = "20m"\nturns = "round"\nturn_for = "2m"\ntext = { en = "About',
    )
    long = (short[0], short[1].replace('"2m"', '"4m"'))
    assert refused(people) != []
    assert refused(people, short) != [], "after the round everybody writes freely"
    assert refused(people, long) == []


def test_the_command_asks_for_the_number_of_accounts(tmp_path: Path) -> None:
    flow = tmp_path / "flow.toml"
    flow.write_text(broken(CROWD), encoding="utf-8")
    run = CliRunner().invoke
    assert run(check_command, [str(flow)]).exit_code == 1
    assert run(check_command, [str(flow), "--accounts", "6"]).exit_code == 0
    assert run(check_command, [str(flow), "--accounts", "0"]).exit_code == 2


def test_the_sound_flow_is_far_from_the_limit() -> None:
    assert [p for p in found_in(SOUND, accounts=1) if p.rule == "virtual-pace"] == []


def test_what_the_accounts_cannot_carry_is_not_published_and_what_runs_goes_on(tmp_path: Path) -> None:
    flow = tmp_path / "flow.toml"
    flow.write_text(broken(CROWD), encoding="utf-8")
    with pytest.raises(NotAFlow, match="125 messages a second"):
        bundle(flow, 1)
    assert bundle(flow, 6) == bundle(flow)
    assert unbundle(bundle(flow, 6)).file.schedule.sites[0].expected == 2400
