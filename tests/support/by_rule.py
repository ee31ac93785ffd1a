"""A talk at which nobody need lead: what is done there by rule, and what the log says of it."""

from __future__ import annotations

from bot.core.effects import Note, Request
from tests.support.plays import flow_of
from tests.support.stagehand import Stagehand
from tests.support.talks import GROUPS, TALK

BY_RULE = ""


def play(more: str = "", *people: str, rules: str = BY_RULE, staff: bool = False) -> Stagehand:
    """A talk of 20 minutes: `auto` is 3 minutes of silence before the table is asked, and 5 before the coordinators are told."""
    s = Stagehand(flow_of(GROUPS + rules + TALK + more))
    s.seat(*(people or ("anna", "ben", "lise")), table="t1")
    if staff:
        s.seat("maya", table="t1", role="facilitator")
    s.seat("cleo", role="coordinator")
    s.start()
    return s


def acts(s: Stagehand) -> list[str]:
    """The lines of the log."""
    return [e.act for e in s.others if isinstance(e, Note)]


def merges(s: Stagehand) -> list[int]:
    """With how many present another table was looked for."""
    return [e.args["present"] for e in s.others if isinstance(e, Request) and e.job == "merge"]


def asked(s: Stagehand) -> list[str]:
    """How the table was asked whether to move on."""
    return [said for said in s.read_by("table:t1") if "Shall we move on?" in said]
