"""Places at tables: who is there is said once."""

from __future__ import annotations

import pytest

from bot.core.events import Answered
from tests.support.plays import flow_of
from tests.support.stagehand import Stagehand

STEPS = """
[groups.tables]
size = {{ min = 2, target = 2, max = 3 }}
min_present = 2
[[step]]
id = "seats"
type = "assign"
plan = "tables"
[[step]]
id = "next"
{next}
"""
TALK = 'type = "discuss"\nduration = "20m"\ntext = "What would you change?"\n'
PLACES = {
    "tables": [{"id": "t1", "number": 1, "site": "lyon", "languages": ["en"], "seats": ["anna", "ben"], "staff": ["faye"]}],
    "unplaced": [],
}  # fmt: skip
NAMED = (
    "You are at table 1, with ben.\nFacilitator: faye.\n"
    "What you write during a talk goes to your table. You vote separately, in private."
)


def seated(next: str) -> Stagehand:
    stage = Stagehand(flow_of(STEPS.format(next=next)))
    stage.seat("anna", "ben")
    stage.seat("faye", role="facilitator")
    stage.start()
    stage.play(Answered("all", "seats", "seating", PLACES))
    return stage


@pytest.mark.parametrize(
    "next",
    [
        'type = "inform"\ntext = "Read this."\n',
        TALK + "opens = 2027-03-02T20:00:00\n",
        TALK + 'after = "10m"\n',
        TALK + "when = \"site == 'lyon'\"\n",
    ],
)
def test_people_learn_who_is_at_their_table(next: str) -> None:
    stage = seated(next)
    assert stage.read_by("seat:anna") == [NAMED]
    assert stage.read_by("seat:faye") == [
        "You facilitate table 1.\nAt your table: anna, ben.\n/help shows what you can do."
    ]


@pytest.mark.parametrize(("led", "told"), [((), 0), (("faye",), 1), (("faye", "fred", "finn"), 0)])
def test_coordinators_learn_which_tables_begin_without_a_facilitator(led: tuple[str, ...], told: int) -> None:
    stage = Stagehand(flow_of(STEPS.format(next=TALK)))
    people = [("anna", "ben"), ("carl", "dora"), ("emil", "faro")]
    stage.seat(*(name for pair in people for name in pair))
    stage.seat(*led, role="facilitator")
    stage.start()
    tables = [
        {
            "id": f"t{n}",
            "number": n,
            "site": "lyon",
            "languages": ["en"],
            "seats": list(pair),
            "staff": list(led[n - 1 : n]),
        }
        for n, pair in enumerate(people, 1)
    ]
    stage.play(Answered("all", "seats", "seating", {"tables": tables, "unplaced": []}))
    stage.wait()
    said = stage.read_by("coordinators:lyon")
    assert len(said) == told
    assert all(
        text == "Nobody facilitates tables 2, 3 yet. They begin all the same.\n"
        "/invite facilitator table 2 makes a code for somebody who leads it."
        for text in said
    )
    assert all(stage.stages["next", f"table:t{n}"].data["began"] for n in (1, 2, 3)), "they begin all the same"


def test_where_the_talk_begins_at_once_they_learn_it_there() -> None:
    stage = seated(TALK)
    assert stage.read_by("seat:anna") == [
        "You are at table 1.\nYour table begins in a moment.\n"
        "What you write during a talk goes to your table. You vote separately, in private."
    ]
    assert stage.read_by("seat:faye") == ["You facilitate table 1.\n/help shows what you can do."]
    stage.wait()
    assert stage.read_by("table:t1")[0].startswith("At your table: anna, ben.\nFacilitator: faye.")
