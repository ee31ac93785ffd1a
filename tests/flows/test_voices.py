"""The voices of `flows/cross-border/` hold together and carry their attribution."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

VOICES = Path(__file__).resolve().parents[2] / "flows" / "cross-border" / "voices"
SITES = {"at": "de", "nz": "en"}
CREDIT = (
    "Data was gathered using the Polis software (compdemocracy.org/polis) and is sub-licensed under CC BY 4.0 with "
    "Attribution to The Computational Democracy Project. compdemocracy.org/case-studies/2022-Austria-Klimarat, "
    "compdemocracy.org/case-studies/2019-scoop-hivemind-biodiversity"
)


def read(site: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((VOICES / f"{site}.json").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(params=SITES)
def voices(request: pytest.FixtureRequest) -> dict[str, Any]:
    return read(request.param)


def said(voices: dict[str, Any]) -> list[dict[str, Any]]:
    return [statement for person in voices["people"] for statement in person["says"]]


def texts(voices: dict[str, Any]) -> dict[str, str]:
    return {item["id"]: item["text"] for item in [*said(voices), *voices["ballot"], *voices["choice"]]}


def test_each_site_has_24_people_of_distinct_name_and_record(voices: dict[str, Any]) -> None:
    people = voices["people"]
    assert len(people) == 24
    assert len({person["name"] for person in people}) == 24
    assert len({person["source"] for person in people}) == 24
    assert voices["language"] == SITES[voices["site"]]


def test_nobody_bears_the_same_name_on_both_sides() -> None:
    names = Counter(person["name"] for site in SITES for person in read(site)["people"])
    assert max(names.values()) == 1


def test_profiles_are_balanced(voices: dict[str, Any]) -> None:
    people = voices["people"]
    assert Counter(person["age_band"] for person in people) == dict.fromkeys(("16-30", "31-50", "51-65", "66+"), 6)
    assert Counter(person["area"] for person in people) == dict.fromkeys(("city", "town", "country"), 8)
    genders = Counter(person["gender"] for person in people)
    assert set(genders) == {"woman", "man", "other"}
    assert abs(genders["woman"] - genders["man"]) <= 1


def test_manners_are_as_promised(voices: dict[str, Any]) -> None:
    manners = Counter(person["manner"] for person in voices["people"])
    assert manners == {"steady": 18, "late": 2, "leaves": 2, "silent": 1, "nonsense": 1}
    for person in voices["people"]:
        if person["manner"] == "silent":
            assert person["answers_within"] is None
        else:
            assert 1 <= person["answers_within"] <= 20
    assert voices["nonsense"]


def test_silence_and_nonsense_fall_on_no_author_and_on_no_dissenter(voices: dict[str, Any]) -> None:
    dissent = {person["name"]: list(person["votes"].values()).count(-1) for person in voices["people"]}
    for person in voices["people"]:
        if person["manner"] in ("silent", "nonsense"):
            assert not any(statement["wrote"] for statement in person["says"])
            assert dissent[person["name"]] < sorted(dissent.values())[18], "among the six who disagree most"


def test_everybody_says_two_to_five_statements_and_nothing_is_said_twice(voices: dict[str, Any]) -> None:
    assert all(2 <= len(person["says"]) <= 5 for person in voices["people"])
    assert max(Counter(statement["id"] for statement in said(voices)).values()) == 1
    assert max(Counter(statement["text"].casefold() for statement in said(voices)).values()) == 1


def test_what_is_put_to_the_vote_is_not_said_as_well(voices: dict[str, Any]) -> None:
    put = [item["id"] for item in [*voices["ballot"], *voices["choice"]]]
    assert len(put) == len(set(put))
    assert not set(put) & {statement["id"] for statement in said(voices)}


def test_statements_have_words_and_no_removed_links(voices: dict[str, Any]) -> None:
    for text in texts(voices).values():
        assert text.strip()
        assert "[url removed]" not in text
        assert "http" not in text


def test_votes_are_on_known_statements_and_of_three_kinds(voices: dict[str, Any]) -> None:
    known = texts(voices)
    for person in voices["people"]:
        assert set(person["votes"]) <= set(known), person["name"]
        assert set(person["votes"].values()) <= {1, 0, -1}, person["name"]


def test_what_somebody_says_without_having_written_it_he_agreed_with(voices: dict[str, Any]) -> None:
    for person in voices["people"]:
        for statement in person["says"]:
            assert statement["wrote"] or person["votes"][statement["id"]] == 1, (person["name"], statement["id"])


def test_the_recorded_votes_fill_most_of_the_table(voices: dict[str, Any]) -> None:
    possible = len(texts(voices)) * len(voices["people"])
    assert sum(len(person["votes"]) for person in voices["people"]) / possible > 0.6


def test_the_ballot_mixes_agreement_dispute_and_failure(voices: dict[str, Any]) -> None:
    assert Counter(item["kind"] for item in voices["ballot"]) == {"agreed": 2, "disputed": 2, "fails": 1}
    for item in voices["ballot"]:
        cast = [person["votes"][item["id"]] for person in voices["people"] if item["id"] in person["votes"]]
        assert len(cast) >= 20
        yes, no = cast.count(1), cast.count(-1)
        if item["kind"] == "agreed":
            assert yes > 3 * no, item
        elif item["kind"] == "disputed":
            assert min(yes, no) * 3 >= max(yes, no), item
        else:
            assert no > yes, item


def test_disagreement_was_kept(voices: dict[str, Any]) -> None:
    votes = [vote for person in voices["people"] for vote in person["votes"].values()]
    assert votes.count(-1) / len(votes) > 0.15


@pytest.mark.parametrize("site", SITES)
def test_the_file_is_small_and_reads_one_person_a_line(site: str) -> None:
    raw = (VOICES / f"{site}.json").read_bytes()
    assert len(raw) < 60_000
    people = read(site)["people"]
    lines = [line.strip().rstrip(",") for line in raw.decode("utf-8").splitlines() if '"says"' in line]
    assert [json.loads(line) for line in lines] == people
    assert all(list(json.loads(line)) == sorted(json.loads(line)) for line in lines)


def test_the_attribution_stands_beside_and_inside(voices: dict[str, Any]) -> None:
    page = (VOICES / "ATTRIBUTION.md").read_text(encoding="utf-8")
    assert CREDIT in page
    assert "creativecommons.org/licenses/by/4.0" in page
    assert f"`{voices['site']}.json`" in page
    assert voices["attribution"] == CREDIT
    assert voices["licence"] == "CC BY 4.0"


def test_the_invented_fields_are_named(voices: dict[str, Any]) -> None:
    real = {"says", "votes", "source"}
    fields = set(voices["people"][0])
    assert fields - real <= set(voices["invented"])
    assert not real & set(voices["invented"])
