"""A table that talks, a play with two tables, and what people there read."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot.core.effects import Note
from bot.core.message import Message
from tests.support.plays import ONE_SITE, flow_of, read
from tests.support.stagehand import Stagehand

MINUTE = timedelta(minutes=1)
EARLY = 'early_close = "all_answered"\n'
BY_HAND = """[facilitator]
warn_at = []
nudge_after = "never"
share_max = 1
move_on_after = "never"
stalled_after = "never"
"""
"""Nothing is done by rule at the tables: for what people do there."""

GROUPS = "[groups.tables]\nsize = { min = 3, target = 4, max = 6 }\n"
TALK = '[[step]]\nid = "talk"\ntype = "discuss"\ntitle = "Bread"\ntext = "What about bread?"\nduration = "20m"\n'

ASK = (
    '[[step]]\nid = "mood"\ntype = "survey"\ntitle = "Your mood"\nduration = "20m"\nearly_close = "all_answered"\n'
    'questions = [{ id = "mood", text = "How are you?", options = [\n'
    '{ id = "well", text = "Well" }, { id = "tired", text = "Tired" }] }]\n'
)


def table(more: str = "", *people: str, sites: str = ONE_SITE, staff: bool = True) -> Stagehand:
    """A table of three (or of these people) with Maya who facilitates; the talk is open."""
    s = Stagehand(flow_of(GROUPS + BY_HAND + TALK + more, sites))
    s.seat(*(people or ("anna", "ben", "lise")), table="t1")
    if staff:
        s.seat("maya", table="t1", role="facilitator")
    s.seat("cleo", role="coordinator")
    s.start()
    return s


def data(s: Stagehand) -> Any:
    """Where the first table's talk stands."""
    return s.stages["talk", "table:t1"].data


def ends(s: Stagehand) -> datetime | None:
    """When the first table's talk ends."""
    return s.stages["talk", "table:t1"].closes


def heard_by(s: Stagehand, seat: str) -> list[str]:
    """All that one person at the table reads, in order."""
    units = (f"seat:{seat}", "table:t1", "course:all")
    return [read(say.message) for say in s.said.values() if say.to in units and seat not in say.without]


def words(s: Stagehand) -> list[tuple[str, str, str]]:
    """What was kept: by whom, which words, in which state."""
    return [(c.seat, c.text, c.state) for c in s.contributions.values()]


def cast(steps: str = TALK + 'extend_max = "15m"\n', *, begun: bool = True, **more: Any) -> Stagehand:
    """Two tables, a facilitator at the first, a coordinator and an organiser."""
    s = Stagehand(flow_of(GROUPS + BY_HAND + steps, **more))
    s.seat("anna", "ben", "lise", table="t1")
    s.seat("nora", "omar", "pia", table="t2")
    s.seat("maya", table="t1", role="facilitator")
    s.seat("cleo", role="coordinator")
    s.seat("olga", role="organiser")
    if begun:
        s.start()
    return s


def notes(s: Stagehand) -> list[tuple[str, str]]:
    """The log: who did what."""
    return [(e.act, e.by) for e in s.others if isinstance(e, Note) and e.by]


def button(message: Message, label: str) -> str:
    """What the button of this label carries."""
    return next(b.press for b in message.buttons if getattr(b.label, "text", "") == label)


def press(s: Stagehand, seat: str, label: str) -> list[str]:
    """Press a button of the last message that this person read."""
    return s.press(seat, button(s.told(f"seat:{seat}")[-1], label))
