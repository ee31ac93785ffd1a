"""How much a step keeps, whom nobody asked, and what else a short evening shows."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bot.core.effects import Grant
from bot.report.release import WITHHELD
from bot.store import opinions
from bot.store.database import Database
from tests.report.conftest import Files, exported, rows, sheet, text
from tests.support.evening import EVENING
from tests.support.room import ASSEMBLY, Room, room
from tests.support.two_shores import ALL, gather, two_shores

HOUR = timedelta(hours=1)
ASKED = EVENING.replace("purposes = []", 'purposes = ["transcript"]')


async def evening(here: Room, answer: str = "Yes", leader: str = "") -> Files:
    """Three people talk, and one of them is called Ben."""
    if leader:
        await here.enrol(leader, "facilitator")
    for name in ("anna", "ben", "cleo"):
        await here.enrol(name)
    await here.begin()
    for name in ("anna", "ben", "cleo"):
        await here.choose(name, "Continue", "I am 18 or older and agree", *([answer] if answer else []))
        await here.say(name, name.title())
    await here.wait(HOUR)
    await here.say("ben", "A place to sit.")
    return await exported(here)


async def test_who_was_never_asked_has_not_agreed() -> None:
    async with room(EVENING) as here:
        files = await evening(here, answer="")
        assert "A place to sit." not in text(files)
        assert rows(files, "transcript/linz-1.jsonl")[2]["text"] == WITHHELD


async def test_a_later_no_is_obeyed_and_a_later_yes_too() -> None:
    async with room(ASKED) as here:
        files = await evening(here)
        assert "A place to sit." in text(files)
        assert "Ben" in text(files)
        author = await here.enrol("ben")
        for given in (False, True):
            await here.wait(timedelta(minutes=1))
            await here.store.transact(say_to, author, given, int(here.clock.now().timestamp() * 1000))
            assert ("A place to sit." in text(await exported(here))) is given
            assert ("Ben" in text(await exported(here))) is given


def say_to(db: Database, seat: str, given: bool, at: int) -> None:
    opinions.grant(db, ASSEMBLY, Grant(seat, "transcript", given, "v1", "en"), at)


@pytest.mark.parametrize(
    ("record", "kept_out", "recorded"), [("items_only", 1, True), ("counts_only", 1, True), ("none", 0, False)]
)
async def test_a_talk_that_is_not_kept_in_full_leaves_a_number_at_most(
    record: str, kept_out: int, recorded: bool
) -> None:
    async with room(ASKED.replace('scope = "table"\n', f'scope = "table"\nrecord = "{record}"\n')) as here:
        files = await evening(here)
        step, *more = rows(files, "transcript/linz-1.jsonl")[1:]
        assert (step["kept_out"], step["recorded"], more) == (kept_out, recorded, [])
        assert "A place to sit." not in text(files)
        assert bool(json.loads(files["process.json"])["contributions"]) is recorded


async def test_a_vote_that_is_not_recorded_is_not_exported() -> None:
    async with room(ASKED.replace('type = "vote"\n', 'type = "vote"\nsecret = false\nrecord = "none"\n')) as here:
        await evening(here)
        await here.wait(HOUR)
        await here.choose("anna", "Yes")
        await here.wait(HOUR)
        assert [row["step"] for row in sheet(await exported(here), "results.csv")] == [""]


async def test_a_prompt_outside_a_talk_stands_under_the_step_that_was_open() -> None:
    async with room(ASKED) as here:
        await evening(here, leader="maya")
        await here.wait(timedelta(minutes=30))
        await here.say("maya", "/prompt Please vote now.")
        await here.choose("maya", "Send")
        told = rows(await exported(here), "transcript/linz-1.jsonl")
        found = next(row for row in told if row["kind"] == "prompt")
        assert (found["step"], found["text"], found["role"]) == ("ballot", "Please vote now.", "facilitator")


async def test_a_word_to_everybody_stands_where_it_came_among_what_was_said() -> None:
    async with room(ASKED) as here:
        await here.enrol("olga", "organiser")
        await evening(here)
        await here.wait(timedelta(minutes=1))
        await here.say("olga", "/announce The tea is ready.")
        await here.choose("olga", "Send")
        await here.wait(timedelta(minutes=1))
        await here.say("anna", "And here is sugar.")
        said = [row["text"] for row in rows(await exported(here), "transcript/linz-1.jsonl") if row.get("at")]
        assert said == ["A place to sit.", "The tea is ready.", "And here is sugar."]


@pytest.mark.parametrize(
    ("record", "ideas", "counted"),
    [("full", 1, {"given": 1, "released_as_open_data": 1}), ("items_only", 1, {"given": 1, "released_as_open_data": 1}),
     ("counts_only", 0, {"given": 1, "released_as_open_data": 0}), ("none", 0, None)],
)  # fmt: skip
async def test_private_ideas_are_exported_as_far_as_the_step_keeps_them(
    record: str, ideas: int, counted: dict[str, int] | None
) -> None:
    async with room(two_shores(wishes=record)) as here:
        await gather(here, {"anna": ALL, "ben": ALL}, {"dora": ALL, "emil": ALL})
        await here.until("wishes")
        await here.say("anna", "A bench in the sun.")
        files = await exported(here)
        told = {row["step"]: row for row in json.loads(files["process.json"])["contributions"]}
        assert text(files).count("A bench in the sun.") == 2 * ideas
        assert told.get("wishes") == (None if counted is None else {"step": "wishes", **counted})


async def test_the_readme_speaks_the_language_of_the_flow() -> None:
    async with room(EVENING.replace('source_language = "en"', 'source_language = "de"')) as here:
        files = await exported(here)
        assert "Versammlung a1, Ablauf evening@" in files["README.txt"].decode()
        assert "Der Platz" in files["README.txt"].decode()
