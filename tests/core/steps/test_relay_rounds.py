"""Answers go there and back again, as often as the flow says."""

from __future__ import annotations

from bot.core.message import Message
from tests.core.steps.test_relay_replies import MINUTE, SEATS, answer, approve, digest_of, shown_at, two_tables
from tests.support.plays import read
from tests.support.stagehand import Stagehand


def test_with_two_rounds_the_first_table_answers_the_answer_and_with_three_once_more() -> None:
    for rounds in (1, 2, 3):
        stage = two_tables(more=f'rounds = {rounds}\nearly_close = "never"')
        answer(stage, "gerd", "one", "Ja.")
        said, table, other = answer_back(stage, "t2", "t1"), "t1", "t2"
        for n in range(1, 4):
            buttons = [read(b.label) for b in said.buttons]
            assert ("Answer 1" in buttons) == (n < rounds), (rounds, n)
            if n >= rounds:
                break
            digest = stage.digests[said.shows]
            seat = "anna" if table == "t1" else "gerd"
            stage.press(seat, f"carry:answer::{digest.id}:1")
            stage.write(seat, f"Antwort {n}")
            said = answer_back(stage, table, other, digest.id)
            table, other = other, table
            assert "Answer to your sentence 1" in read(said)


def answer_back(stage: Stagehand, table: str, to: str, digest: str = "") -> Message:
    """Everybody is through; the answers are approved and carried; what the other table reads."""
    answered = digest or digest_of(stage, to).id
    for seat in SEATS[table][2:]:
        stage.press(seat, f"carry:enough::{answered}:")
    stage.wait(MINUTE)
    approve(stage, table, answered)
    stage.carry()
    return shown_at(stage, to)[-1]
