"""The cross-border dialogue: people say what is recorded, and their ballots are the recorded ones."""

from __future__ import annotations

import json

import pytest

from bot.paths import flows_dir
from bot.rehearsal import corpus
from bot.rehearsal.happenings import Acted
from bot.rehearsal.voices import same
from tests.support.played import Played

CHOICES = {"agree": 1, "disagree": -1, "pass": 0}


@pytest.mark.slow
def test_ballots_follow_the_record_and_words_too(cross_border: Played) -> None:
    folder, record = flows_dir() / "cross-border", cross_border.record
    assert cross_border.outcome.ended, cross_border.outcome.standing
    assert record.broken == [], "every sentence that was read leads to what somebody said"
    assert record.digests == record.arrivals > 2
    assert record.sources["live"] >= record.sentences > 10

    recorded, said = {}, set()
    for site in ("at", "nz"):
        data = json.loads((folder / "voices" / f"{site}.json").read_text(encoding="utf-8"))
        said |= {same(statement["text"]) for person in data["people"] for statement in person["says"]}
        said |= {same(word) for word in data["nonsense"]}
        said |= {same(person["name"]) for person in data["people"]}
        said |= {same(answer) for answer in corpus.speech(data["language"]).answers}
        recorded |= {
            (site, person["name"]): (person["votes"], {b["id"] for b in data["ballot"]}) for person in data["people"]
        }

    acts = [e for e in cross_border.happened if isinstance(e, Acted) and e.person.role == "participant"]
    compared = 0
    for act in acts:
        parts = act.what.press.partition("@")[0].split(":")
        votes, ballot = recorded[act.person.site, act.person.name]
        if parts[-1] in CHOICES and parts[2:3] and parts[2].removeprefix("s") in ballot:
            assert CHOICES[parts[-1]] == votes.get(parts[2].removeprefix("s"), 0), act
            compared += 1
    assert compared > 180

    greeting = ("guten abend, ich bin ", "good evening, i am ")
    words = [same(act.what.text) for act in acts if act.what.text and not act.what.text.startswith("/")]
    assert len(words) > 200
    assert [w for w in words if w not in said and not w.startswith(greeting)] == []
