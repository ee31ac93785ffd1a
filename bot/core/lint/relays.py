"""Rules about what goes from table to table: approved first, and at an hour when the others can read it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.core.itinerary import Node
from bot.core.lint.rule import Finding, Rule, View, rule
from bot.core.problems import listed
from bot.core.timeline import Planned


@rule("relay-of-digest", "Only words that a person has approved go to other tables.")
def relay_of_digest(view: View) -> Iterator[Finding]:
    for step in view.file.step:
        if step.type != "relay":
            continue
        source = view.steps.get(getattr(step, "of", ""))
        if source is None:
            continue  # another rule says so
        if source.type != "summarise":
            digests = [s.id for s in view.file.step if s.type == "summarise"]
            allowed = (
                f"a relay carries a digest: {listed(digests)}"
                if digests
                else "a relay carries a digest, and there is none"
            )
            yield Finding(
                f'of = "{source.id}", a step of type "{source.type}"',
                allowed,
                'Write a [[step]] with type = "summarise" before it, and name that one.',
                step.id,
                "of",
            )
        elif source.duration is None and source.closes is None:
            yield Finding(
                f'the digest "{source.id}" without a time for its approval',
                "a digest that nobody approves in time is held, and the assembly goes on",
                'Write duration = "15m" there.',
                source.id,
                "duration",
            )


@rule("relay-mirror", "A digest that crosses a border needs a place on the other side.")
def relay_mirror(view: View) -> Iterator[Finding]:
    sites = view.file.schedule.sites
    for step in view.file.step:
        if step.type == "relay" and getattr(step, "to", "") == "mirror" and len(sites) < 2:
            yield Finding(
                f'to = "mirror", with {len(sites)} site',
                "the mirror of a table is at another site",
                'Write to = "next" or to = "all", or add a site.',
                step.id,
                "to",
            )


@rule("relay-meets", "A digest from another site is read there while the step is open.", "warning", "walk")
def relay_meets(view: View) -> Iterator[Finding]:
    flow = view.flow
    if flow.file.schedule.mode != "site" or len(flow.courses) < 2:
        return
    opened = {(p.course, p.node.id): p for p in view.planned}
    for node in view.nodes:
        if node.step.type != "relay" or getattr(node.step, "to", "") == "next" or node is not view.first(node.step.id):
            continue
        late = _latest(view, node, opened)
        if late is not None:
            here, there, by = late
            yield Finding(
                f"a relay that closes at {here} {_span(by)} before {there} has a digest to send",
                'in mode = "site" the sites come to a relay at different times, and what comes late is read late',
                "Let it open at one instant for all (opens with an offset, such as 2027-03-02T18:00:00Z), or stay open longer.",
                node.step.id,
                "opens",
            )
        elif not opened and not (isinstance(node.step.opens, datetime) and node.step.opens.tzinfo):
            yield Finding(
                'a relay in mode = "site" without an instant',
                "the sites come to it at different times, and what comes late is read late",
                "Let it open at one instant for all: opens with an offset, such as 2027-03-02T18:00:00Z.",
                node.step.id,
                "opens",
            )


def _latest(view: View, node: Node, opened: dict[tuple[str, str], Planned]) -> tuple[str, str, timedelta] | None:
    """The site that waits longest in vain: (where the relay closes, from where the digest comes late, by how much)."""
    found: list[tuple[timedelta, str, str]] = []
    sources = [n.id for n in view.flow.instances(getattr(node.step, "of", ""), node)]
    for here in view.flow.courses:
        relay = opened.get((here, node.id))
        if relay is None or relay.closes is None:
            continue
        for there in view.flow.courses:
            for source in sources:
                digest = opened.get((there, source))
                if digest is not None and there != here and digest.opens > relay.closes:
                    found.append((digest.opens - relay.closes, here, there))
    if not found:
        return None
    by, here, there = max(found)
    return here, there, by


def _span(span: timedelta) -> str:
    hours = int(span.total_seconds()) // 3600
    return f"{hours} hours" if hours > 1 else f"{int(span.total_seconds()) // 60} minutes"


RULES: tuple[Rule, ...] = (relay_of_digest, relay_mirror, relay_meets)
