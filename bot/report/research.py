"""What researchers may read: the words of those who agreed to that, without their names.

Invariants:

* Nothing stands here but what its author released for research: not what was hidden or taken back, nor what is not on record.
* A pseudonym joins what one person said, and is no other name of theirs in any file. Names in the words give way to pseudonyms.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.core.feed import veil
from bot.core.ids import derive
from bot.core.state import Contribution
from bot.core.steps.consent import Consent
from bot.core.steps.discuss import Discuss
from bot.report.jsonl import head, json_lines
from bot.report.material import Material
from bot.report.release import released

KINDS = ("message", "idea", "sentence", "reply")


def asked(material: Material) -> bool:
    """Whether this flow asks people for it."""
    steps = (node.step for node in material.flow.nodes.values())
    return any(isinstance(step, Consent) and "research" in step.purposes for step in steps)


def research_jsonl(material: Material) -> bytes:
    """A line of JSON for each contribution."""
    return json_lines([head(material, "research"), *_rows(material)])


def _rows(material: Material) -> Iterator[dict[str, Any]]:
    for each in material.given:
        said = each.contribution
        node = material.flow.nodes.get(said.step)
        if said.kind not in KINDS or node is None or node.step.record == "none":
            continue
        if isinstance(node.step, Discuss) and not node.step.exported:
            continue
        words = released(material, said.id, "research")
        if words.free and words.text:
            yield _row(material, said, words.text)


def _row(material: Material, said: Contribution, text: str) -> dict[str, Any]:
    return {
        "step": said.step,
        "site": said.site,
        "table": material.table[said.table].number if said.table in material.table else None,
        "author": derive("research", material.secret, said.seat)[:8],
        "kind": said.kind,
        "side": said.side,
        "language": said.spoken,
        "text": veil(material.secret, said.table, text, _names(material, said)),
    }


def _names(material: Material, said: Contribution) -> list[tuple[str, str]]:
    """The names of those who sit at a table, or have said something there."""
    spoke = {g.contribution.seat for g in material.given if g.contribution.table == said.table}
    there = {seat for seat, s in material.seats.items() if s.table == said.table or seat in spoke}
    return [(seat, name) for seat, name in material.called if seat in there]
