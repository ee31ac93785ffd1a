"""What a flow may say about a relay: embargo, who translates, what goes with what, and where a table has read it before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from bot.core.effects import Request
from bot.core.events import Started
from bot.core.state import Contribution, Table
from tests.support.plays import flow_of, read
from tests.support.stagehand import START, Stagehand

MINUTE = timedelta(minutes=1)
SITES = (
    '[schedule]\nmode = "{mode}"\nsites = [{{ id = "lyon", name = "France", zone = "Europe/Paris", languages = ["fr"] }}, '
    '{{ id = "graz", name = "Austria", zone = "Europe/Vienna", languages = ["de"] }}]\n{quiet}'
)
STEPS = """
[[step]]
id = "ideas"
type = "inform"
text = "Write."
[[step]]
id = "digest"
type = "summarise"
of = ["ideas"]
duration = "15m"
{between}
[[step]]
id = "carry"
type = "relay"
of = "digest"
duration = "30m"
{more}
[[step]]
id = "after"
type = "break"
duration = "2h"
"""


def crossing(more: str = "", mode: str = "together", quiet: str = "", between: str = "") -> Stagehand:
    """Table t1 in France and table t2 in Austria have each said one thing, and it is approved."""
    stage = Stagehand(flow_of(STEPS.format(more=more, between=between), SITES.format(mode=mode, quiet=quiet)))
    for number, (table, site, language) in enumerate((("t1", "lyon", "fr"), ("t2", "graz", "de")), 1):
        stage.tables[table] = Table(table, "tables", site, number, (language,))
        stage.seat(f"p-{table}", f"q-{table}", f"r-{table}", table=table, site=site, language=language)
        stage.seat(f"lead-{table}", table=table, site=site, language=language, role="facilitator")
        for who in "pqr":
            id = f"{who}-{table}-says"
            given = Contribution(id, "ideas", table, site, f"{who}-{table}", "message", f"word {id}", START, language)
            stage.contributions[id] = given
    stage.start()
    for table in ("t1", "t2"):
        stage.press(f"lead-{table}", f"digest:approve:{table}:")
    stage.carry()
    return stage


def came(stage: Stagehand, table: str) -> list[str]:
    """What the relay has shown of others' words at a table."""
    return [read(m) for m in stage.told(f"table:{table}") if m.step.startswith(("carry", "again")) and m.shows]


def test_behind_an_embargo_it_is_carried_and_read_at_that_instant_everywhere() -> None:
    stage = crossing("embargo = 2027-03-02T17:20:00Z")
    assert any(isinstance(e, Request) for e in stage.others) or stage.arrivals, "it has been carried"
    assert came(stage, "t1") == came(stage, "t2") == []
    assert any("shown to everybody at the same time: 02 Mar 17:20" in said for said in stage.read_by("table:t1"))
    digest = next(d for d in stage.digests.values() if d.table == "t2")
    assert stage.press("p-t1", f"carry:original::{digest.id}") == [], "nobody reads it before"
    stage.wait(19 * MINUTE)
    assert came(stage, "t1") == []
    assert "carry" in stage.courses["all"].open
    stage.wait(MINUTE)
    assert len(came(stage, "t1")) == len(came(stage, "t2")) == 1
    assert stage.courses["all"].done["carry"] == "done"


def test_the_window_for_answers_begins_with_the_end_of_the_embargo() -> None:
    stage = crossing('embargo = 2027-03-02T17:10:00Z\ndirection = "two_way"\nreply_for = "10m"')
    stage.wait(10 * MINUTE)
    assert "You can answer until 02 Mar 17:20." in came(stage, "t1")[0]


def test_an_embargo_in_the_past_holds_nothing_back() -> None:
    assert len(came(crossing("embargo = 2020-01-01T00:00:00Z"), "t1")) == 1


def test_an_embargo_by_the_clock_is_that_of_the_day_at_the_site() -> None:
    stage = crossing("embargo = 18:15:00")  # 17:15 UTC: it is winter in France and Austria
    stage.wait(14 * MINUTE)
    assert came(stage, "t1") == []
    stage.wait(MINUTE)
    assert len(came(stage, "t1")) == 1


def test_what_comes_in_the_quiet_hours_can_be_answered_from_the_morning_on() -> None:
    quiet = "quiet_hours = { start = 17:30:00, end = 07:00:00 }"
    more = 'direction = "two_way"\nreply_for = "1h"\nearly_close = "never"'
    stage = crossing(more.replace("1h", "20m") + "\ncloses = 2027-03-03T09:00:00Z", quiet=quiet)
    assert "You can answer until 03 Mar 06:20." in came(stage, "t1")[0]


def test_a_window_leaves_time_to_approve_before_the_step_ends() -> None:
    stage = crossing('direction = "two_way"\nreply_for = "45m"')
    assert "You can answer until 02 Mar 17:15." in came(stage, "t1")[0], "half of the time that is left"


def test_no_table_reads_a_digest_twice() -> None:
    again = '[[step]]\nid = "again"\ntype = "relay"\nof = "digest"\nto = "all"\nduration = "10m"'
    stage = crossing(between=again.replace("again", "again"))
    assert len(came(stage, "t1")) == 1
    stage.carry()
    stage.wait(MINUTE)
    assert stage.courses["all"].done["again"] == stage.courses["all"].done["carry"] == "done"
    assert len(came(stage, "t1")) == len(came(stage, "t2")) == 1


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", {}),
        ('on_language_gap = "hold"', {"due": "2027-03-02T17:30:00+00:00"}),
        ('translator = "human"', {"translator": "human", "due": "2027-03-02T17:30:00+00:00"}),
        ('translator = "machine_then_human"', {"translator": "machine_then_human"}),
    ],
)
def test_the_job_is_told_who_translates_and_until_when_it_waits(more: str, expected: dict[str, Any]) -> None:
    stage = Stagehand(flow_of(STEPS.format(more=more, between=""), SITES.format(mode="together", quiet="")))
    stage.tables["t1"] = Table("t1", "tables", "lyon", 1, ("fr",))
    stage.tables["t2"] = Table("t2", "tables", "graz", 2, ("de",))
    for table, site in (("t1", "lyon"), ("t2", "graz")):
        stage.seat(f"p-{table}", table=table, site=site)
    stage.start()
    asked = [e for e in stage.others if isinstance(e, Request) and e.job == "relay"]
    assert asked
    for request in asked:
        assert {k: v for k, v in request.args.items() if k in ("due", "translator")} == expected


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ('direction = "two_way"', 'direction = "two_way" without reply_for'),
        ('reply_for = "10m"', 'reply_for with direction = "one_way"'),
        ("rounds = 2", 'rounds with direction = "one_way"'),
        ('direction = "two_way"\nreply_for = "10m"\nrounds = 4', "less than or equal to 3"),
        ('to = "everybody"', "'mirror', 'next', 'ring', 'theme', 'all' or 'plenary'"),
        ('on_language_gap = "pivot"', "'send_original' or 'hold'"),
        ("most = 0", "greater than or equal to 1"),
    ],
)
def test_what_does_not_go_together_is_named(more: str, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        flow_of(STEPS.format(more=more, between=""), SITES.format(mode="together", quiet=""))


def test_nothing_is_ever_asked_of_a_table_without_partners() -> None:
    stage = Stagehand(flow_of(STEPS.format(more='to = "next"', between=""), SITES.format(mode="together", quiet="")))
    stage.tables["t1"] = Table("t1", "tables", "lyon", 1, ("fr",))
    stage.seat("p", table="t1")
    stage.play(Started("all"))
    stage.wait(20 * MINUTE)
    assert stage.courses["all"].done["carry"] == "done"
    assert not [e for e in stage.others if isinstance(e, Request) and e.job == "relay"]
    assert stage.now == datetime(2027, 3, 2, 17, 20, tzinfo=UTC)
