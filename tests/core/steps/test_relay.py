"""Digests cross to other tables: by rule, labelled, once, and never unread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import ValidationError

from bot.core.effects import Request
from bot.core.events import Relayed, Spread
from bot.core.message import Message, Words
from bot.core.state import Contribution, Table
from tests.support.plays import flow_of, read
from tests.support.stagehand import START, Stagehand

MINUTE = timedelta(minutes=1)
SITES = (
    '[schedule]\nmode = "{mode}"\nsites = [{{ id = "lyon", name = "France", zone = "Europe/Paris", languages = ["fr"] }}, '
    '{{ id = "graz", name = "Austria", zone = "Europe/Vienna", languages = ["de"] }}]\n'
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
[[step]]
id = "carry"
type = "relay"
of = "digest"
to = "{to}"
duration = "10m"
{more}
[[step]]
id = "after"
type = "inform"
text = "We go on."
"""
SEATS = {"t1": ("lyon", "fr", "anna", "ben"), "t2": ("graz", "de", "gerd", "hanna")}


SAID = {"t1-says": ("t1", "anna"), "t2-says": ("t2", "gerd")}
SECRET = "a citizen's own words"


def two_tables(
    to: str = "mirror", more: str = "", mode: str = "together", said: Mapping[str, tuple[str, str]] = SAID
) -> Stagehand:
    """Table 1 in France and table 2 in Austria, each with a facilitator, and what was said at them."""
    stage = Stagehand(flow_of(STEPS.format(to=to, more=more), SITES.format(mode=mode)))
    for number, (table, (site, language, *people)) in enumerate(SEATS.items(), 1):
        stage.tables[table] = Table(table, "tables", site, number, (language,))
        stage.seat(*people, table=table, site=site, language=language)
        stage.seat(f"lead-{table}", table=table, site=site, language=language, role="facilitator")
    for id, (table, seat) in said.items():
        site, language, *_ = SEATS[table]
        stage.contributions[id] = Contribution(
            id, "ideas", table, site, seat, "message", f"{SECRET} {id}", START, language
        )
    stage.start()
    return stage


def approve(stage: Stagehand, *tables: str) -> None:
    for table in tables:
        stage.agree("digest", table)
        stage.press(f"lead-{table}", f"digest:approve:{table}:")


def words_in(message: Message) -> list[str]:
    return [p.contribution for b in message.blocks for p in b.parts if isinstance(p, Words)]


def shown_at(stage: Stagehand, table: str) -> list[Message]:
    """What the relay has said to a table."""
    return [m for m in stage.told(f"table:{table}") if m.step == "carry"]


def asked(stage: Stagehand) -> list[Request]:
    return [e for e in stage.others if isinstance(e, Request) and e.job == "relay"]


# Who reads whom


def test_the_job_is_told_where_to_and_from_which_language() -> None:
    stage = two_tables()
    approve(stage, "t1", "t2")
    first, second = asked(stage)
    digests = {d.table: d.id for d in stage.digests.values()}
    assert first.args == {
        "digest": digests["t1"],
        "source_language": "fr",
        "targets": [{"table": "t2", "course": "all", "language": "de"}],
    }
    assert second.args["targets"] == [{"table": "t1", "course": "all", "language": "fr"}]
    assert first.unit == "table:t1"


def test_nothing_crosses_before_it_is_approved() -> None:
    stage = two_tables(mode="site")
    approve(stage, "t1")
    assert [r.args["targets"][0]["table"] for r in asked(stage)] == ["t2"]
    stage.carry()
    assert shown_at(stage, "t2") == []


def test_who_comes_to_the_relay_first_fetches_what_the_others_have_approved() -> None:
    stage = two_tables(mode="site", more='after = "1h"')
    approve(stage, "t1")
    stage.wait(10 * MINUTE)
    approve(stage, "t2")
    stage.wait(50 * MINUTE)
    assert [r.args["targets"][0]["table"] for r in asked(stage)] == ["t2", "t1"]
    stage.carry()
    assert any(words_in(m) == ["t2-says"] for m in shown_at(stage, "t1"))
    stage.wait(10 * MINUTE)
    stage.carry()
    assert any(words_in(m) == ["t1-says"] for m in shown_at(stage, "t2"))
    assert sum(words_in(m) == ["t2-says"] for m in shown_at(stage, "t1")) == 1


def test_a_draft_is_not_carried() -> None:
    inside = 'within = "side"\nbranch = "{}"\n'
    steps = '[[step]]\nid = "side"\ntype = "parallel"\n' + STEPS.format(to="mirror", more="")
    for id, branch in (("ideas", "one"), ("digest", "one"), ("carry", "two")):
        steps = steps.replace(f'id = "{id}"\n', f'id = "{id}"\n{inside.format(branch)}')
    stage = Stagehand(flow_of(steps, SITES.format(mode="together")))
    stage.seat("anna", table="t1")
    stage.seat("gerd", table="t2", site="graz")
    stage.contributions["one"] = Contribution("one", "ideas", "t1", "lyon", "anna", "message", SECRET, START, "en")
    stage.start()
    assert next(d for d in stage.digests.values() if d.table == "t1").state == "draft"
    del stage.stages["carry", "table:t1"]
    stage.play(Spread("all", "carry", "open", ("table:t1",), last=True))
    assert ("carry", "table:t1") in stage.stages
    assert asked(stage) == []


def test_no_words_stand_in_requests_stages_or_messages() -> None:
    stage = two_tables()
    approve(stage, "t1", "t2")
    stage.carry()
    assert len(shown_at(stage, "t1")) == 1
    assert "own words" not in repr((stage.others, stage.stages, stage.said.keys(), stage.digests))
    assert all(SECRET not in read(m) for table in SEATS for m in shown_at(stage, table))


# What comes in


def test_a_digest_in_another_language_is_labelled() -> None:
    stage = two_tables()
    approve(stage, "t1", "t2")
    stage.carry()
    [shown] = shown_at(stage, "t2")
    assert read(shown).splitlines()[0] == "From table 1 in France · in fr, not translated"
    assert words_in(shown) == ["t1-says"]
    assert shown.buttons == ()
    assert "These sentences speak for half of the table at most." in read(shown)


def test_a_translation_is_labelled_and_the_original_one_tap_away() -> None:
    stage = two_tables()
    approve(stage, "t1", "t2")
    stage.carry("pseudo", **{"t1-says": "t1-says@de"})
    [shown] = shown_at(stage, "t2")
    assert read(shown).splitlines()[0] == "From table 1 in France · translated by machine (pseudo) from fr"
    assert words_in(shown) == ["t1-says@de"]
    button, wrong = shown.buttons
    assert read(wrong.label) == "This translation looks wrong"
    assert "after" in stage.courses["all"].done, "the step has ended, and the original is still there"
    [answer] = stage.press("gerd", button.press)
    assert answer.splitlines()[:2] == ["From table 1 in France · in fr, not translated", "1. t1-says"]
    assert stage.press("anna", button.press) == [], "nobody reads there what did not come there"


def test_without_show_original_there_is_no_button_for_it() -> None:
    stage = two_tables(more="show_original = false")
    approve(stage, "t1", "t2")
    stage.carry("pseudo", **{"t1-says": "t1-says@de"})
    assert [read(b.label) for b in shown_at(stage, "t2")[0].buttons] == ["This translation looks wrong"]


def test_who_reads_the_language_of_the_source_gets_the_original() -> None:
    stage = two_tables()
    stage.seat("jean", table="t2", site="graz", language="fr")
    approve(stage, "t1", "t2")
    stage.carry("pseudo", **{"t1-says": "t1-says@de"})
    translated = next(say for say in stage.said.values() if say.to == "table:t2" and say.message.step == "carry")
    assert translated.without == ("jean",)
    assert words_in(stage.told("seat:jean")[-2]) == ["t1-says"]


def test_at_a_mixed_table_each_reads_their_own_language() -> None:
    stage = two_tables()
    stage.tables["t2"] = Table("t2", "tables", "graz", 2, ("de", "en", "fr"))
    stage.seat("ed", table="t2", site="graz", language="en")
    stage.seat("jean", table="t2", site="graz", language="fr")
    approve(stage, "t1", "t2")
    request = next(r for r in asked(stage) if r.unit == "table:t1")
    assert request.args["targets"] == [{"table": "t2", "course": "all", "language": "de", "also": ["en"]}]
    stage.carry("pseudo", **{"t1-says": "t1-says@de", "t1-says@en": "t1-says@en"})
    said = next(say for say in stage.said.values() if say.to == "table:t2" and say.message.step == "carry")
    assert words_in(said.message) == ["t1-says@de"]
    assert set(said.without) == {"ed", "jean"}
    assert words_in(next(m for m in stage.told("seat:ed") if m.step == "carry")) == ["t1-says@en"]
    assert words_in(next(m for m in stage.told("seat:jean") if m.step == "carry")) == ["t1-says"]


def test_in_a_plenary_each_reads_it_in_their_own_chat_and_in_any_language_of_the_dialogue() -> None:
    stage = two_tables(to="plenary")
    stage.seat("ed", table="t2", site="graz", language="en")
    approve(stage, "t1", "t2")
    request = next(r for r in asked(stage) if r.unit == "table:t1")
    assert request.args["targets"] == [{"table": "t2", "course": "all", "language": "de", "also": ["en"]}]
    stage.carry("pseudo", **{"t1-says": "t1-says@de", "t1-says@en": "t1-says@en"})
    said = next(say for say in stage.said.values() if say.to == "table:t2" and say.message.step == "carry")
    assert said.privately
    assert words_in(next(m for m in stage.told("seat:ed") if m.step == "carry")) == ["t1-says@en"]


def test_same_language_needs_no_label() -> None:
    stage = two_tables()
    stage.tables["t2"] = Table("t2", "tables", "graz", 2, ("fr-CA",))
    approve(stage, "t1", "t2")
    stage.carry()
    assert read(shown_at(stage, "t2")[0]).splitlines()[0] == "From table 1 in France"


@pytest.mark.parametrize(
    ("shown", "expected"),
    [("table", "From table 1 in France"), ("site", "From a table in France"), ("hidden", "From another table")],
)
def test_the_flow_says_how_much_of_the_source_is_shown(shown: str, expected: str) -> None:
    stage = two_tables(more=f'source_shown = "{shown}"')
    approve(stage, "t1", "t2")
    stage.carry()
    assert read(shown_at(stage, "t2")[0]).startswith(expected + " · ")


def test_each_digest_is_shown_once_and_the_step_ends_when_all_have_come() -> None:
    stage = two_tables()
    approve(stage, "t1", "t2")
    requests = asked(stage)
    assert "carry" in stage.courses["all"].open
    stage.carry()
    stage.others += requests
    stage.carry()
    assert len(shown_at(stage, "t1")) == len(shown_at(stage, "t2")) == 1
    assert stage.courses["all"].done["carry"] == "done"
    assert stage.now == START


def test_the_same_digest_twice_is_not_two_digests() -> None:
    stage = Stagehand(flow_of(STEPS.format(to="all", more=""), SITES.format(mode="site")))
    for number, table in enumerate(("t1", "t2", "t3"), 1):
        site = "lyon" if table == "t1" else "graz"
        stage.tables[table] = Table(table, "tables", site, number, ("fr",))
        stage.seat(f"p-{table}", table=table, site=site)
        stage.seat(f"lead-{table}", table=table, site=site, role="facilitator")
        text = f"{SECRET} {table}"
        stage.contributions[table] = Contribution(
            table, "ideas", table, site, f"p-{table}", "message", text, START, "fr"
        )
    stage.start()
    approve(stage, "t1")
    digest = next(d for d in stage.digests.values() if d.table == "t2")
    stage.arrivals["carry", "t1"] = [(replace(digest, state="approved"), "none", {})]
    for _ in range(3):
        stage.play(Relayed("lyon", "carry", digest.id, "t1", "none"))
    stage.wait()
    assert len(shown_at(stage, "t1")) == 1
    assert stage.stages["carry", "table:t1"].data["shown"] == [digest.id]
    assert "carry" in stage.courses["lyon"].open, "the digest of the third table is still to come"


def test_what_comes_before_the_step_opens_is_shown_when_it_opens() -> None:
    stage = two_tables(mode="site")
    approve(stage, "t1")
    stage.carry()
    assert shown_at(stage, "t2") == []
    approve(stage, "t2")
    assert words_in(shown_at(stage, "t2")[0]) == ["t1-says"]
    assert stage.courses["graz"].done["carry"] == "done"


def test_what_comes_late_is_announced_at_the_close_and_shown_when_it_comes() -> None:
    stage = two_tables(mode="site")
    approve(stage, "t1")
    stage.wait(9 * MINUTE)
    assert shown_at(stage, "t1") == []
    stage.wait(MINUTE)
    assert read(shown_at(stage, "t1")[0]).startswith("From table 2 in Austria\nNothing has come yet.")
    assert stage.courses["lyon"].done["carry"] == "done"
    assert stage.read_by("seat:anna")[-1] == "We go on."


def test_a_late_arrival_is_shown_after_the_close() -> None:
    steps_open = 'late = "accept"\n[[step]]\nid = "pause"\ntype = "break"\nduration = "1h"'
    stage = two_tables(mode="site", more=steps_open)
    approve(stage, "t1")
    stage.wait(10 * MINUTE)
    assert "pause" in stage.courses["lyon"].open
    approve(stage, "t2")
    stage.carry()
    assert words_in(shown_at(stage, "t1")[-1]) == ["t2-says"]
    assert stage.stages["carry", "table:t1"].state == "closed"


def test_a_held_digest_does_not_cross_and_the_waiting_table_is_told() -> None:
    stage = two_tables()
    approve(stage, "t1")
    stage.wait(15 * MINUTE)
    stage.carry("pseudo", **{"t2-says": "t2-says@fr", "t1-says": "t1-says@de"})
    [told] = shown_at(stage, "t1")
    assert words_in(told) == []
    assert told.buttons == ()
    assert read(told).startswith("From table 2 in Austria\nNobody there has approved their summary in time")
    digest = next(d for d in stage.digests.values() if d.table == "t2")
    assert stage.press("anna", f"carry:original::{digest.id}") == []
    assert stage.courses["all"].done["carry"] == "done"


def test_a_table_that_said_nothing_is_waited_for_by_nobody() -> None:
    stage = two_tables(said={"t1-says": ("t1", "anna")})
    approve(stage, "t1")
    stage.carry()
    assert (
        read(shown_at(stage, "t1")[0])
        == "From table 2 in Austria\nNothing was written there this time that could be passed on."
    )
    assert stage.courses["all"].done["carry"] == "done"


def test_left_out_sentences_stay_at_home() -> None:
    stage = two_tables(said={"one": ("t1", "anna"), "two": ("t1", "ben")})
    digest = next(d for d in stage.digests.values() if d.table == "t1")
    number = next(n for n, s in enumerate(digest.sentences, 1) if s.sources == ("one",))
    stage.press("lead-t1", f"digest:reason:t1:{number}-personal-data")
    approve(stage, "t1")
    stage.carry()
    assert words_in(shown_at(stage, "t2")[0]) == ["two"]


def test_where_the_rule_knows_no_other_table_nobody_waits() -> None:
    stage = two_tables(to="next", mode="site")
    approve(stage, "t1")
    assert asked(stage) == []
    assert stage.courses["lyon"].done["carry"] == "done"


def test_a_relay_needs_an_end() -> None:
    with pytest.raises(ValidationError, match="found no end; the other tables go on then"):
        flow_of(STEPS.format(to="mirror", more="").replace('duration = "10m"', ""))
