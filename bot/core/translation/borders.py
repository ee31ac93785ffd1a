"""Between which languages an assembly's words have to be translated."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.flow import Flow, Site

Pair = tuple[str, str]
"""From one language into another; without their countries, as those who translate know them."""

ACROSS = frozenset({"mirror", "ring", "theme", "all", "plenary"})
WITHIN = frozenset({"next", "ring", "theme", "all", "plenary"})
"""The rules of a relay by which tables of other sites, and of the same one, read each other."""


def pairs(flow: Flow) -> tuple[Pair, ...]:
    """The pairs that the relays and the mixed tables of a flow need, in the order of its languages."""
    needed = set(_needed(flow))
    order = list(dict.fromkeys(_short(language) for language in flow.languages))
    return tuple((a, b) for a in order for b in order if (a, b) in needed)


def _needed(flow: Flow) -> Iterator[Pair]:
    rules = {str(getattr(node.step, "to", "")) for node in flow.nodes.values() if node.step.type == "relay"}
    mixed = [plan for plan in flow.plans.values() if plan.common_language == "translate"]
    sites = flow.file.schedule.sites
    for one in sites:
        for other in sites:
            across = rules & ACROSS or any(plan.across_sites for plan in mixed)
            if across if one.id != other.id else rules & WITHIN or mixed:
                yield from _between(one, other)


def _between(one: Site, other: Site) -> Iterator[Pair]:
    for a in one.languages:
        for b in other.languages:
            if _short(a) != _short(b):
                yield _short(a), _short(b)


def _short(language: str) -> str:
    return language.split("-")[0]
