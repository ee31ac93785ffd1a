"""The first yes and what is asked with it: who is responsible, from which age, for what; and a no costs nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.core.effects import Grant
from bot.core.state import Seat
from tests.support.plays import flow_of, read
from tests.support.stagehand import Stagehand

STEPS = """
[[step]]
id = "consent"
type = "consent"
duration = "1h"
controllers = ["The Region, Main Street 1", "The Land"]
processors = ["Example Agency, who run this program"]
delete_on = 2027-09-01
purposes = ["transcript", "quotes", "research"]
text = "Your table sees your words under a name you choose."
platform = "The chat platform can read this chat."
[[step]]
id = "profile"
type = "survey"
duration = "1h"
questions = [{ id = "mood", text = "How are you?", options = [{ id = "well", text = "Well" }, { id = "tired", text = "Tired" }] }]
"""
SITES = (
    '[schedule]\nmode = "site"\nsites = [{ id = "lyon", name = "Lyon", zone = "Europe/Paris", languages = ["en"] }, '
    '{ id = "graz", name = "Graz", zone = "Europe/Vienna", languages = ["en"], min_age = 14 }]\n'
)
FACTS: dict[str, Any] = {"called": (), "given": "Robin", "consents": {}}


def asked(*people: str, **given: Any) -> Stagehand:
    """People who have just been asked for their consent; Graz is where Gerd lives."""
    s = Stagehand(flow_of(STEPS, SITES), **{**FACTS, **given})
    for name in people or ("anna",):
        s.seats[name] = Seat(name, "participant", "graz" if name == "gerd" else "lyon", "en")
    s.start()
    return s


def grants(s: Stagehand) -> list[tuple[str, bool]]:
    return [(e.purpose, e.given) for e in s.others if isinstance(e, Grant)]


def last(s: Stagehand, seat: str = "anna") -> str:
    return s.read_by(f"seat:{seat}")[-1]


def test_it_names_who_is_responsible_who_works_for_them_and_the_day_of_deletion() -> None:
    s = asked()
    assert "The Region, Main Street 1; The Land" in last(s)
    assert "01 Sep" in last(s)
    assert last(s).endswith("[I am 18 or older and agree] [No, thank you] [Read everything]")
    s.press("anna", "consent:first::full")
    for named in ("The Region, Main Street 1; The Land", "Example Agency, who run this program", "01 Sep"):
        assert named in last(s)
    s.press("anna", "consent:first::yes")
    kept = [read(e.message) for e in s.others if type(e).__name__ == "Redraw"]
    assert any("Example Agency" in text and text.endswith("You have agreed.") for text in kept), (
        "what they agreed to stays"
    )


def test_the_age_is_the_rule_of_each_site() -> None:
    s = asked("anna", "gerd")
    assert "[I am 18 or older and agree]" in last(s, "anna")
    assert "[I am 14 or older and agree]" in last(s, "gerd")


def test_who_refuses_every_purpose_takes_part_in_everything() -> None:
    s = asked()
    s.press("anna", "consent:first::yes")
    for purpose in ("transcript", "quotes", "research"):
        assert "Whatever you answer, you take part in everything." in last(s)
        s.press("anna", f"consent:purpose:{purpose}:no")
    assert grants(s) == [("participate", True), ("transcript", False), ("quotes", False), ("research", False)]
    s.write("anna", "Anna")
    assert (s.seats["anna"].status, s.seats["anna"].name) == ("active", "Anna")
    assert "How are you?" in last(s), "the next step opens for them"


def test_who_says_no_gets_nothing_more() -> None:
    s = asked()
    s.press("anna", "consent:first::no")
    assert last(s).startswith("That is fine. Nothing of yours was kept")
    assert s.seats["anna"].status == "refused"
    assert s.write("anna", "Wait!") == s.write("anna", "Hello?"), "nothing is open to them"
    assert s.choices == {}
    assert s.contributions == {}


@pytest.mark.parametrize(
    ("said", "means", "label"), [("oui", {"Yes"}, "Yes"), ("the second", {"the second"}, "No"), ("2", set(), "No")]
)
def test_a_typed_answer_to_a_purpose_is_confirmed_and_then_counts(said: str, means: set[str], label: str) -> None:
    s = asked(meaning=frozenset(means))
    s.press("anna", "consent:first::yes")
    assert s.write("anna", said) == [f"Did you mean this?\n{label}\n[Yes, that is my answer]"]
    assert grants(s) == [("participate", True)]
    s.press("anna", s.told("seat:anna")[-1].buttons[0].press)
    assert grants(s)[1:] == [("transcript", label == "Yes")]
    assert "Quote" in last(s) or "quoted" in last(s)


def test_nobody_who_writes_something_else_is_met_with_silence() -> None:
    s = asked(meaning=frozenset())
    s.press("anna", "consent:first::yes")
    s.press("anna", "consent:purpose:transcript:yes")
    (said,) = s.write("anna", "What is a quote?")
    assert said.startswith(
        "I did not understand that. Please choose one of these.\nMay single sentences of yours be quoted"
    )
    assert said.endswith("[Yes] [No]")
    assert grants(s)[1:] == [("transcript", True)]


def test_a_text_that_is_to_be_confirmed_is_shown_again_to_who_writes() -> None:
    s = Stagehand(
        flow_of('[[step]]\nid = "read"\ntype = "inform"\nacknowledge = true\nduration = "1h"\ntext = "Bread."\n')
    )
    s.seat("anna")
    s.start()
    assert s.write("anna", "Yes, I have.") == [
        "I did not understand that. Please choose one of these.\nBread.\n[I have read it]"
    ]


@pytest.mark.parametrize("awake", [True, False])
def test_what_follows_by_itself_waits_for_the_morning_and_only_for_those_who_sleep(awake: bool) -> None:
    """Who has agreed already is through with it at once: the next question opens in the same moment, at whatever hour."""
    s = Stagehand(flow_of(STEPS.replace('["transcript", "quotes", "research"]', "[]"), SITES), **FACTS)
    heard = s.now if awake else s.now - timedelta(hours=1)
    s.seats["anna"] = Seat("anna", "participant", "lyon", "en", "active", "Anna", heard=heard)
    s.start()
    (asked,) = [say for say in s.said.values() if "How are you?" in read(say.message)]
    assert asked.quiet is not awake
