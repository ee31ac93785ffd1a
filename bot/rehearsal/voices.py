"""Real voices for a rehearsal: what citizens wrote and how they voted in a past consultation.

A flow may bring a folder `voices/` with one `<site>.json` for each site. Then its invented people say these statements word
for word, and vote as the person behind them did. Where nothing is recorded they pass.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Manner = Literal["steady", "silent", "late", "leaves", "nonsense"]
"""How a person takes part: `silent` after the first words, `late` in joining and answering, `leaves` at some point, writes
`nonsense` where words are asked for."""


class BadVoices(ValueError):
    """A file of voices that cannot be read. The message names the file and what is wrong in it."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One person. `says` are statements in order; `within` how many minutes an answer takes at most; `traits` what the
    person answers about herself (age, area …); `votes` are 1, 0 or -1 by the key of a statement."""

    name: str
    manner: Manner
    within: int
    says: tuple[str, ...]
    traits: tuple[str, ...]
    votes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Voices:
    """All voices of a site. `keys` finds a statement, or its short label, by its text. `better` are translations that look odd to
    those who read them here, with how a translator puts them right."""

    site: str
    language: str
    consultation: str
    people: tuple[Voice, ...]
    nonsense: tuple[str, ...]
    keys: Mapping[str, str]
    better: Mapping[str, str] = field(default_factory=dict)

    def opinion(self, voice: Voice, text: str) -> int | None:
        """How this person voted on a text: 1 agree, -1 disagree, 0 pass. None where no vote is recorded."""
        key = self.keys.get(same(text))
        return None if key is None else voice.votes.get(key)


def read_voices(folder: Path) -> dict[str, Voices]:
    """The voices of each site in a flow's folder; empty where it brings none. Raises `BadVoices`."""
    found = {}
    for path in sorted((folder / "voices").glob("*.json")):
        try:
            voices = _voices(json.loads(path.read_text(encoding="utf-8")))
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise BadVoices(f"{path}: {what}. See flows/cross-border/voices for an example.") from error
        found[voices.site] = voices
    return found


def same(text: str) -> str:
    """A text as it is compared: without case, marks of direction, and differences in white space."""
    kept = "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) != "Cf")
    return re.sub(r"\s+", " ", kept).strip(' “”"').casefold()


def trait(text: str) -> str:
    """What a person says about herself, as it is compared: `16-30`, `16–30` and `a16-30` are the same age."""
    digits = re.sub(r"\D", "", text)
    return digits or same(text)


def _voices(data: Mapping[str, Any]) -> Voices:
    statements = [s for person in data["people"] for s in person["says"]] + [*data["ballot"], *data["choice"]]
    keys = {same(s["text"]): s["id"] for s in statements}
    keys |= {same(s["label"]): s["id"] for s in data["choice"]}
    people = tuple(
        Voice(
            p["name"],
            p["manner"],
            p["answers_within"] or 0,
            tuple(s["text"] for s in p["says"]),
            tuple(trait(p[name]) for name in ("age_band", "gender", "area")),
            {key: int(vote) for key, vote in p["votes"].items()},
        )
        for p in data["people"]
    )
    better = {same(odd): good for odd, good in data.get("better", {}).items()}
    return Voices(data["site"], data["language"], data["consultation"], people, tuple(data["nonsense"]), keys, better)
