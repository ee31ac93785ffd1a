"""The farewell: thanks, what happens next, the day of deletion, a certificate, and an end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.support.plays import ONE_SITE, flow_of
from tests.support.stagehand import Stagehand

CONSENT = """
[[step]]
id = "consent"
type = "consent"
duration = "1h"
controllers = ["The Region"]
delete_on = 2027-05-01
purposes = []
"""
PAUSE = """
[[step]]
id = "night"
type = "break"
duration = "1d"
"""
END = """
[[step]]
id = "end"
type = "farewell"
text = "Thank you."
{more}
"""


def at_the_end(before: str = "", more: str = "") -> Stagehand:
    stage = Stagehand(flow_of(before + END.format(more=more)))
    stage.seat("anna")
    stage.seats["anna"] = replace(stage.seats["anna"], focus="old:question")
    stage.start()
    return stage


def test_thanks_and_what_happens_next() -> None:
    stage = at_the_end(more='next = "The Region answers in June."')
    assert stage.read_by("seat:anna") == [
        "Thank you.\nThe Region answers in June.\nThis dialogue ends here. You need not do anything more."
    ]


def test_it_ends_for_the_person_and_the_course() -> None:
    stage = at_the_end()
    assert stage.seats["anna"].focus == ""
    assert stage.stages["end", "seat:anna"].state == "done"
    assert stage.courses["all"].state == "ended"


def test_the_day_of_deletion_is_the_one_that_consent_promised() -> None:
    stage = at_the_end(CONSENT)
    stage.wait(timedelta(hours=1))
    assert "We delete our copy of what you wrote on 01 May" in stage.read_by("seat:anna")[-1]


def test_it_never_promises_a_later_day_than_consent() -> None:
    later, sooner = at_the_end(CONSENT, 'delete_after = "90d"'), at_the_end(CONSENT, 'delete_after = "2d"')
    for stage in (later, sooner):
        stage.wait(timedelta(hours=1))
    assert "on 01 May" in later.read_by("seat:anna")[-1]
    assert "on 04 Mar" in sooner.read_by("seat:anna")[-1]


def test_without_consent_delete_after_counts_from_the_farewell() -> None:
    assert "on 31 May" in at_the_end(more='delete_after = "90d"').read_by("seat:anna")[-1]


def test_certificate_names_who_what_and_when() -> None:
    stage = at_the_end(PAUSE, "certificate = true")
    stage.wait(timedelta(days=1))
    assert stage.read_by("seat:anna")[-1].splitlines() == [
        "Certificate",
        "anna took part in “A play” from 02 Mar 17:00 to 03 Mar 17:00.",
        "Called by: The Region",
    ]


def test_certificate_of_a_single_day() -> None:
    assert "anna took part in “A play” on 02 Mar" in at_the_end(more="certificate = true").read_by("seat:anna")[-1]


def test_who_has_left_is_not_written_to() -> None:
    stage = Stagehand(flow_of(END.format(more="")))
    stage.seat("anna")
    stage.seats["anna"] = replace(stage.seats["anna"], status="left")
    stage.start()
    assert stage.read_by("seat:anna") == []
    assert stage.courses["all"].state == "ended"


def test_without_words_of_its_own_it_says_what_the_mandate_promises() -> None:
    promised = 'addressees = ["The council", "The region"]\nanswer_due = 2027-06-30\n'
    steps = '[[step]]\nid = "bye"\ntype = "farewell"\n'
    flow = flow_of(steps, promised + ONE_SITE)
    stage = Stagehand(flow)
    stage.seat("anna")
    stage.start()
    told = "\n".join(stage.read_by("seat:anna"))
    assert "The results go to The council, The region." in told
    assert "An answer is promised by" in told
