"""A table whose words stand in a draft, for tests of what its people do with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.core.message import Message, Words
from bot.core.state import Contribution, Digest, DigestSentence
from tests.support.plays import flow_of, read
from tests.support.stagehand import START, Stagehand

MINUTE = timedelta(minutes=1)

STEPS = """
[[step]]
id = "ideas"
type = "inform"
text = "Write."
[[step]]
id = "digest"
type = "summarise"
of = ["ideas"]
{more}
duration = "15m"
[[step]]
id = "after"
type = "inform"
text = "We go on."
"""
WRITTEN = {
    "trains": ("anna", "More trains at night."),
    "buses": ("ben", "Buses every ten minutes."),
    "roads": ("cleo", "Mend the roads first."),
    "paths": ("dora", "Safe paths for children."),
}
"""Four statements of four people."""


def drafted(
    written: Mapping[str, tuple[str, str]] = WRITTEN,
    more: str = "size = 4",
    sides: Mapping[str, str] | None = None,
    left: str = "",
    **given: object,
) -> Stagehand:
    """A draft of what these people wrote: contribution, (seat, words). Maya leads table t1, Claire the site, Otto everything.
    One of them may have `left`."""
    stage = Stagehand(flow_of(STEPS.format(more=more)), **given)
    stage.seat("anna", "ben", "cleo", "dora", table="t1")
    if left:
        stage.seat(left, table="", status="left")
    stage.seat("maya", table="t1", role="facilitator")
    stage.seat("claire", role="coordinator")
    stage.seat("otto", role="organiser")
    for n, (id, (seat, text)) in enumerate(written.items()):
        at, side = START + timedelta(seconds=n), (sides or {}).get(id, "")
        stage.contributions[id] = Contribution(id, "ideas", "t1", "lyon", seat, "idea", text, at, "en", side=side)
    stage.start()
    return stage


def digest(stage: Stagehand) -> Digest:
    return next(d for d in stage.digests.values() if d.table == "t1")


def sentence(stage: Stagehand, source: str) -> DigestSentence:
    """The first sentence that points at a statement."""
    return next(s for s in digest(stage).sentences if source in s.sources)


def number(stage: Stagehand, source: str) -> str:
    """The number of the standing sentence that points at a statement."""
    numbered = enumerate(digest(stage).sentences, 1)
    return next(str(n) for n, s in numbered if source in s.sources and not s.left_out)


def words_of(stage: Stagehand, source: str) -> str:
    """What people read of a statement."""
    return stage.contributions[sentence(stage, source).worded].text


def quoted(message: Message) -> list[str]:
    """The contributions whose words stand in a message."""
    return [p.contribution for b in message.blocks for p in b.parts if isinstance(p, Words)]


def press(stage: Stagehand, seat: str, label: str, unit: str = "") -> list[str]:
    """Press the newest button of this label among those that a person has, or that were said to a unit."""
    for message in reversed(stage.told(unit or f"seat:{seat}")):
        for button in message.buttons:
            if read(button.label) == label:
                return stage.press(seat, button.press)
    raise LookupError(f"{seat} has no button {label}")


def lead(stage: Stagehand, label: str, seat: str = "maya") -> list[str]:
    """Press a button under the newest draft."""
    return press(stage, seat, label, "facilitators:t1")


def withdraw(stage: Stagehand, id: str) -> None:
    """Somebody leaves and takes a statement with them."""
    stage.contributions[id] = replace(stage.contributions[id], state="withdrawn")
