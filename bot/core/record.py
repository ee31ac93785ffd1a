"""The log of decisions: which lines of an assembly's log are told to others, and what of each. No line names anybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DECISIONS: Mapping[str, tuple[str, ...]] = {
    "begun": (), "started": ("course",), "ended": ("course",), "upgraded": ("from", "to"),
    "invited": ("role", "site", "number"), "opened_gate": ("course", "step"), "gate_timed_out": ("course", "step"),
    "too_few": ("course", "step"), "prompt": ("contribution", "to"), "summary": ("contribution",), "noted": ("table",),
    "extended": ("step", "table", "seconds"), "paused": ("step", "table"), "resumed": ("step", "table"),
    "moved_on": ("step", "table", "answers"), "stayed": ("step", "table", "answers"),
    "told_stalled": ("step", "table", "present"), "told_too_few": ("step", "table", "present"), "attended": ("table", "what"),
    "told_absent": ("step", "table"), "asked_to_move_on": ("step", "table"), "nudged_silent": ("step", "table", "number"),
    "ended_early": ("step", "unit"), "merged": ("step", "table", "into"), "unplaced": (), "approved": ("digest",),
    "held": ("digest",), "left_out": ("digest", "sentence", "reason"), "put_back": ("digest", "sentence"),
    "asked_coordinator": ("step", "table", "sentence", "reason"), "interrupted": ("course", "since", "until"),
    "hid": ("contribution", "table"), "hidden": ("contribution", "table", "step", "reason"),
    "asked_table": ("digest",), "asked_same": ("digest",), "folded": ("digest",), "worded": ("digest", "sentence", "model"),
    "reworded": ("digest", "sentence", "model"), "author_asked": ("contribution", "language"),
    "model_asked": ("digest", "sources", "wording", "model", "prompt", "input", "why", "faults"),
    "text_refused": ("contribution", "language"), "translation_released": ("contribution", "language", "changed"),
    "translation_withdrawn": ("contribution", "language"),
    "remarked": ("contribution",), "stopped_step": ("course", "step", "contribution"), "waits": ("course", "step", "at"),
    "asked_to_go_on": ("course", "step"), "stays_stopped": ("course", "step"), "lifted": ("course", "step"),
    "objected": ("about", "contribution"), "objection_refused": ("about", "table"), "unquieted": ("table",),
    "revoked": ("role", "table"), "watches": ("tables",),
    "prompt_taken_back": ("contribution",), "told_one": ("contribution",), "told_team": ("contribution",),
    "asked_for": ("command", "table"), "agreed_to": ("command",), "stopped": ("command",), "ripe": ("command",),
    "lapsed": ("command",), "announced": ("contribution", "to"), "halted": ("course", "seconds"), "went_on": ("course",),
    "opened_early": ("course", "step"), "took_over": ("table",), "offered_table": ("table",), "replaced": ("table",),
    "moved": ("from", "to"), "nudged": ("table", "number"), "quieted": ("table", "seconds"),
    "wants_removed": ("table", "reason"), "removed": ("table", "reason"), "joining_alarm": ("came", "paused"),
    "joining_paused": (), "joining_allowed": (), "forgotten": (), "deleted": ("day",),
    "unhid": ("contribution", "table"), "shown": ("contribution", "table"), "not_shown": ("contribution", "table"),
}  # fmt: skip
"""The acts that are told one by one, and what of each. Who came and went is only counted."""


NAMING: Mapping[str, str] = {"paused": "table", "moved": "to"}
"""Acts of those who lead that participants have, too: what only the lines of the former name."""


def told(act: str, data: Mapping[str, Any]) -> bool:
    """Whether a line is told. Participants who pause, or take their seat to another phone, are not told of; a talk that rests
    names its table, and whoever is put at another table both."""
    return act in DECISIONS and (act not in NAMING or NAMING[act] in data)
