"""What every long dialogue must come to, on whatever platform: each last choice counts, each word is on record."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

Counted = Mapping[tuple[str, ...], Mapping[str, int]]
"""How often each option was chosen, by step, question and item."""


def published(results: bytes) -> Counted:
    """What an export tells of all sites together. Questions of which something is veiled are left out."""
    found: dict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
    veiled: set[tuple[str, ...]] = set()
    for row in csv.DictReader(io.StringIO(results.decode("utf-8-sig"))):
        if row["level"] == "total" and row["measure"] == "count":
            key = row["step"], row["question"], row["item"]
            found[key][row["option"]] = int(row["value"] or 0)
            veiled |= {key} if not row["value"] else set()
    return {key: counts for key, counts in found.items() if key not in veiled}


def recount(chosen: Mapping[tuple[str, ...], Mapping[str, str]], counted: Counted) -> int:
    """Every choice that was made last is counted, once, under its own name. How many questions that were."""
    votes = {key: given for key, given in chosen.items() if key in counted and "ok" not in given.values()}
    votes = {
        key: given for key, given in votes.items() if key[0] != "profile"
    }  # who is late answers that after the count
    for key, given in votes.items():
        assert {option: n for option, n in counted[key].items() if n} == dict(Counter(given.values())), key
    return len(votes)


def said_is_on_record(said: Sequence[str], transcript: bytes) -> int:
    """What was said in a room while its table talked stands in the transcript, as often as it was said. How much that is."""
    recorded = Counter(spoken(transcript))
    heard = [text for text in said if text in recorded]
    assert all(recorded[text] == said.count(text) for text in heard)
    return len(heard)


def spoken(transcript: bytes) -> list[str]:
    """The messages of a transcript, in order."""
    lines = [json.loads(line) for line in transcript.splitlines()]
    return [line["text"] for line in lines if line["kind"] == "message"]
