"""Rules about what goes from table to table: approved first, and at an hour when the others can read it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from bot.core.itinerary import Node
from bot.core.lint.rule import Finding, Rule, View, rule
from bot.core.problems import listed
from bot.core.schedule import resolve
from bot.core.steps.relay import Relay
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


@rule("relay-theme", "Tables have a theme in common only where their people were brought together by one.")
def relay_theme(view: View) -> Iterator[Finding]:
    for step in _relays(view):
        if step.to == "theme" and not any(plan.cluster_by for plan in view.file.groups.values()):
            yield Finding(
                'to = "theme", and no group plan has cluster_by',
                "the theme of a table is what its people have in common, by the group plan",
                'Write cluster_by there, such as cluster_by = ["topic"], or to = "all".',
                step.id,
                "to",
            )


APPROVAL = timedelta(minutes=5)
"""Under this little time nobody reads answers and approves them."""


@rule("relay-answers", "Answers are written, approved and sent back while the relay is open.", "error", "walk")
def relay_answers(view: View) -> Iterator[Finding]:
    for step, open_for, embargo in _open_for(view):
        if step.reply_for is None:
            continue
        needed, spell = step.reply_for * step.rounds, _span(step.reply_for)
        times = f"{step.rounds} times {spell}" if step.rounds > 1 else spell
        if needed >= open_for:
            behind = " behind its embargo" if embargo else ""
            yield Finding(
                f"{times} to answer, and {_span(open_for)} for the relay{behind}",
                "the answers have to be approved, too, before it ends; what is not is held",
                "Write a shorter reply_for, or let the relay stay open longer.",
                step.id,
                "reply_for",
            )
        elif open_for - needed < APPROVAL * step.rounds:
            yield Finding(
                f"{times} to answer, and {_span(open_for - needed)} to approve what was answered",
                "whoever leads a table needs some minutes for that; what nobody approves in time is held",
                "Write a shorter reply_for, or let the relay stay open longer.",
                step.id,
                "reply_for",
                "warning",
            )


@rule(
    "relay-embargo", "What is kept back until an instant is read then, while the relay is still open.", "error", "walk"
)
def relay_embargo(view: View) -> Iterator[Finding]:
    for step in _relays(view):
        local = isinstance(step.embargo, time) or (step.embargo is not None and step.embargo.tzinfo is None)
        if local and view.file.schedule.mode == "site" and len(view.flow.courses) > 1:
            yield Finding(
                "an embargo by each site's own clock",
                "it ends at another instant at every site, so that early sites may still sway late ones",
                "Write one instant for all, with an offset: 2027-03-02T20:00:00Z.",
                step.id,
                "embargo",
                "warning",
            )
    for step, open_for, embargo in _open_for(view):
        if embargo and open_for <= timedelta():
            yield Finding(
                "an embargo that ends when the relay has closed",
                "nobody would read what came while it was open",
                "Let the embargo end earlier, or the relay stay open longer.",
                step.id,
                "embargo",
            )


def _relays(view: View) -> Iterator[Relay]:
    return (step for step in view.file.step if isinstance(step, Relay))


def _open_for(view: View) -> Iterator[tuple[Relay, timedelta, bool]]:
    """For how long each relay can be read, where it is shortest; and whether an embargo has shortened that."""
    for step in _relays(view):
        found: list[tuple[timedelta, bool]] = []
        for planned in view.planned:
            if planned.node.step.id == step.id and planned.closes is not None:
                opens = planned.opens
                if step.embargo is not None:
                    zone = view.flow.zone(planned.course)
                    opens = resolve(step.embargo, zone, planned.opens.astimezone(zone).date())
                found.append((planned.closes - max(opens, planned.opens), opens > planned.opens))
        if not found and step.duration is not None:
            found.append((step.duration, False))
        if found:
            yield step, *min(found)


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
    hours, seconds = divmod(int(span.total_seconds()), 3600)
    if hours and not seconds:
        return "1 hour" if hours == 1 else f"{hours} hours"
    return f"{hours} hours" if hours > 2 else f"{int(span.total_seconds()) // 60} minutes"


RULES: tuple[Rule, ...] = (relay_of_digest, relay_mirror, relay_theme, relay_meets, relay_answers, relay_embargo)
