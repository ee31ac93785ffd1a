"""A facilitator who has never seen the bot leads an evening of three steps with what the messages say, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta
from textwrap import wrap

import pytest

from bot.core.commands import helping
from bot.core.message import Phrase
from bot.core.rights import COMMANDS, of
from bot.store import audit, courses
from tests.support.newcomer import Evening, InMemory, Newcomer, OnTelegram, Stuck, in_memory, on_telegram
from tests.support.room import ASSEMBLY

FLOW = """
[flow]
id = "three"
source_language = "en"
languages = ["en"]
title = "Bread"
[mandate]
by = "The town"
question = "What about bread?"
[schedule]
sites = [{ id = "linz", zone = "Europe/Vienna", languages = ["en"] }]
[groups.tables]
size = { min = 3, target = 3, max = 6 }
min_present = 2
[[step]]
id = "consent"
type = "consent"
duration = "10m"
controllers = ["The town"]
delete_on = 2028-01-01
purposes = []
text = "Your table sees your words."
[[step]]
id = "tables"
type = "assign"
plan = "tables"
[[step]]
id = "facts"
type = "inform"
title = "What we know"
duration = "10m"
acknowledge = true
text = "Bread is dear."
[[step]]
id = "talk"
type = "discuss"
title = "Our bread"
duration = "20m"
extend_max = "15m"
text = "What about bread?"
[[step]]
id = "ballot"
type = "vote"
title = "The vote"
duration = "15m"
early_close = "all_answered"
questions = [{ id = "bake", method = "yes_no_abstain", text = "Shall the town bake?" }]
"""
PEOPLE = ("anna", "ben", "cleo")
MINUTE = timedelta(minutes=1)
WISHES = {
    "prompt": "write to your table", "turn": "ask somebody to speak", "hide": "hide the message", "extend": "more time",
    "status": "who is here", "next": "end the talk", "nudge": "remind those who",
}  # fmt: skip
"""What a facilitator may want, in words of every day, and the command that does it, which the newcomer never learns from here."""

PLACES: tuple[Callable[..., AbstractAsyncContextManager[Evening]], ...] = (in_memory, on_telegram)


WIDTH, ROWS = 45, 26
"""A phone shows so many characters in a row of a chat, and so many rows."""


def rows(text: str) -> int:
    """The rows that a message takes on a phone, with its empty ones."""
    return sum(max(1, len(wrap(line, WIDTH))) for line in text.splitlines())


async def agree(evening: Evening) -> None:
    """Everybody who takes part agrees and chooses a name."""
    for who in PEOPLE:
        phone = evening.phone(who)
        await phone.press("I am 18 or older and agree")
        await phone.say(who.title())
    await evening.wait(10 * MINUTE)


async def lead(evening: Evening) -> Newcomer:
    """The whole evening, as the newcomer leads it."""
    noa = Newcomer(evening.phone("noa"), "Noa")
    if isinstance(evening, OnTelegram):
        await noa.introduces_themselves()
    await agree(evening)
    # First step: people read, and Noa sees who has.
    assert (
        "your people are asked, each in private: What we know" in noa.phone.texts()[-1] or "What we know" in noa.news()
    )
    await noa.wants(WISHES["status"])
    await evening.wait(13 * MINUTE)
    # Second step: the talk.
    await evening.phone("anna").say("You are all fools.")
    await evening.phone("ben").say("I buy rye.")
    await noa.wants(WISHES["hide"], about="fools")
    await noa.chooses("insults")
    await noa.wants(WISHES["prompt"], words="And what does it cost you?")
    await noa.chooses("send")
    await noa.wants(WISHES["status"])
    silent = noa.phone.texts()[-1].split("Not yet: ")[1].split(".")[0]
    await noa.wants(WISHES["turn"], somebody=silent)
    await noa.wants(WISHES["extend"])
    await evening.wait(17 * MINUTE)
    await noa.wants(WISHES["next"])
    await evening.wait(9 * MINUTE)
    # Third step: the vote.
    await evening.phone("anna").press("Yes")
    await noa.wants(WISHES["nudge"])
    await evening.wait(20 * MINUTE)
    return noa


async def _log(evening: Evening) -> list[str]:
    assert isinstance(evening, InMemory | OnTelegram)
    here = evening.talkers.room if isinstance(evening, InMemory) else evening.room
    return [line.act for line in await here.store.read(audit.lines, ASSEMBLY)]


@pytest.mark.parametrize("place", PLACES)
async def test_a_newcomer_leads_an_evening_to_its_end(
    place: Callable[..., AbstractAsyncContextManager[Evening]],
) -> None:
    async with place(FLOW, PEOPLE, "noa") as evening:
        noa = await lead(evening)
        read = {who: "\n".join(evening.phone(who).texts()) for who in PEOPLE}
        assert "And what does it cost you?" in read["ben"]
        assert "fools" not in read["ben"], "it is hidden everywhere"
        assert "it insults somebody" in read["anna"], "its author reads why"
        assert "would like to hear you now" in read["cleo"], "who was silent was asked"
        assert "still waits for your answer" in read["ben"]
        assert set(noa.done) >= set(WISHES.values()) - {""}
        assert {"hidden", "prompt", "called_on", "extended", "ended_early", "nudged"} <= set(await _log(evening))
        here = evening.talkers.room if isinstance(evening, InMemory) else evening.room  # type: ignore[attr-defined]  # one of both
        course = await here.store.read(courses.load_course, ASSEMBLY, "all")
        assert set(course.done) >= {"facts", "talk", "ballot"}
        assert course.state == "ended"
        if isinstance(evening, OnTelegram):
            assert evening.api.audit.breaches() == []
            helps = [
                text for text in noa.phone.texts() if "explains one, with an example" in text and "Yourself" not in text
            ]
            assert helps
            assert [text for text in helps if rows(text) > ROWS] == [], "what is shown first fits on the screen"
            assert evening.phones["noa"].person.menu() == [c.name for c in of("facilitator")], (
                "the app offers what /help does"
            )
            assert evening.phones["ben"].person.menu() == [c.name for c in of("participant")]


@pytest.mark.parametrize("name", WISHES)
async def test_if_its_text_stops_saying_what_a_command_does_the_newcomer_is_stuck(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(COMMANDS, name, replace(COMMANDS[name], brief=Phrase("do something")))  # type: ignore[arg-type]  # a dict
    async with in_memory(FLOW, PEOPLE, "noa") as evening:
        with pytest.raises(Stuck, match=WISHES[name]):
            await lead(evening)


async def test_without_the_word_help_in_what_they_read_the_newcomer_is_stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.support.newcomer.ASIDE", __import__("re").compile(r"(/nothing) shows"))
    async with in_memory(FLOW, PEOPLE, "noa") as evening:
        with pytest.raises(Stuck, match="where help is"):
            await lead(evening)


async def test_what_is_not_of_use_first_is_found_behind_one_tap(monkeypatch: pytest.MonkeyPatch) -> None:
    few = dict.fromkeys(helping.LEADING_A_TABLE, ("status",))
    monkeypatch.setitem(helping.FIRST, "facilitator", (few, ()))  # type: ignore[arg-type]  # a dict
    async with in_memory(FLOW, PEOPLE, "noa") as evening:
        noa = await lead(evening)
        assert noa.done[WISHES["extend"]] == "/extend 10m"


async def test_who_leads_no_table_is_not_told_what_helps_at_one() -> None:
    async with in_memory(FLOW, PEOPLE, "noa") as evening:
        await evening.talkers.room.enrol("zoe", "facilitator")
        await agree(evening)
        assert any("for each in private: What we know" in text for text in evening.phone("noa").texts())
        assert not any("for each in private" in text for text in evening.phone("zoe").texts())
