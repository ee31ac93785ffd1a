"""An evening as it is read on a phone: what rings and what does not, what is held until the morning, and who reads nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from bot.core.rendered import plain
from bot.core.state import Role
from bot.store import ballots
from tests.support.chats import FLOW, TALK, Chats, Talkers, table
from tests.support.plays import flow_of
from tests.support.room import ASSEMBLY, room
from tests.support.stagehand import Stagehand
from tests.support.talks import GROUPS, MINUTE

NIGHT = "[schedule.quiet_hours]\nstart = 22:00:00\nend = 08:00:00\n"
BALLOT = (
    '[[step]]\nid = "ballot"\ntype = "vote"\nduration = "20m"\nremind = ["5m"]\nsecret = false\nresults = "on_close"\n'
    'questions = [{ id = "rye", method = "yes_no_abstain", text = { en = "More rye?", de = "Mehr Roggen?" } }]\n'
)
LATER = '[[step]]\nid = "later"\ntype = "break"\nduration = "1h"\ntext = "Until later."\n'


async def at(t: Talkers, hour: int) -> None:
    """The next time that the clock of Vienna shows this full hour."""
    now = t.room.clock.now()
    then = now.replace(hour=hour - 1, minute=0, second=0, microsecond=0)
    await t.room.wait((then if then > now else then + timedelta(days=1)) - now)


# What is said while people sleep


@pytest.mark.parametrize("edits", [True, False])
async def test_in_the_night_a_table_holds_what_is_said_and_brings_it_together_in_the_morning_silently(
    edits: bool,
) -> None:
    long = TALK.replace('"40m"', '"2d"') + 'nudge_after = "never"\n'
    async with table(NIGHT + long, edits=edits, maya=False) as t:
        await t.write("anna", "Good evening.")
        assert t.last("ben") == "Anna\n  “Good evening.”"
        await at(t, 23)
        t.chats.rung.clear()
        before = {who: len(t.shown(who)) for who in ("ben", "cleo")}
        for words in ("I cannot sleep.", "Rye keeps longer.", "Good night."):
            await t.write("anna", words)
            await t.room.wait(timedelta(minutes=20))
        assert {who: len(t.shown(who)) for who in before} == before
        assert set(t.chats.rung) == {"anna"}, "the author alone is answered"
        t.chats.rung.clear()
        await at(t, 8)
        await t.room.engine.settle()
        for who, number in before.items():
            (morning,) = t.shown(who)[number:]
            assert morning.index("I cannot sleep.") < morning.index("Rye keeps longer.") < morning.index("Good night.")
        assert t.chats.rung == [], "no phone rings"


async def test_whoever_comes_in_at_night_is_not_left_in_the_middle_of_it() -> None:
    """The next question comes at once to those who are awake and go on, and wakes nobody else."""
    survey = (
        '[[step]]\nid = "mood"\ntype = "survey"\nduration = "2d"\n'
        'questions = [{ id = "mood", text = { en = "Well?", de = "Gut?" }, '
        'options = [{ id = "yes", text = { en = "Very", de = "Sehr" } }, { id = "no", text = { en = "No", de = "Nein" } }] }]\n'
    )
    opening = FLOW.replace("[[step]]", NIGHT + "[[step]]", 1).replace('"1h"', '"2d"')
    opening = opening.replace('[[step]]\nid = "tables"', survey + '[[step]]\nid = "tables"')
    chats = Chats()
    async with room(opening, chats) as here:
        t = Talkers(here, chats)
        await here.enrol("anna")
        await here.enrol("ben")
        await here.begin()
        await t.tap("ben", "I am 18 or older and agree")
        await at(t, 23)
        before = t.shown("ben")
        await t.tap("anna", "I am 18 or older and agree")
        await t.tap("anna", "Yes")
        await t.write("anna", "Anna")
        assert "Well?" in t.last("anna")
        await t.tap("anna", "Very")
        assert t.last("anna").startswith("Thank you, that is all for now.")
        assert t.shown("ben") == before


# What must be seen is a new message


async def test_a_new_step_a_last_call_and_a_result_are_new_messages_and_ring() -> None:
    """Even where what stands above has just been changed: an edit rings no phone and scrolls away."""
    warned = TALK.replace("text =", 'warn_at = ["5m"]\ntext =')
    async with table(warned.replace('id = "talk"', 'id = "first"') + BALLOT + LATER) as t:
        seen: list[str] = []

        def arrived(who: str = "ben") -> str:
            """What stands new in a chat, below everything that stood there; it rang."""
            now = list(t.chats.chats.get(who, {}))
            new = [id for id in now if id not in seen]
            assert new, "nothing new has come"
            assert now[-len(new) :] == new
            assert t.chats.rung.count(who) >= len(new)
            seen.extend(new)
            t.chats.rung.clear()
            return "\n".join(plain(t.chats.chats[who][id]) for id in new)

        await t.write("anna", "I bake.")
        arrived()
        await t.room.wait(35 * MINUTE)
        assert "5 minutes left" in arrived(), "the last call of the talk"
        await t.room.wait(5 * MINUTE)
        opened = arrived()
        assert "The talk at your table has ended." in opened
        assert "More rye?" in opened, "the new step"
        for who in ("anna", "cleo"):
            await t.tap(who, "Yes")
        await t.room.wait(15 * MINUTE)
        assert "This question still waits for you" in arrived(), "the last call of the ballot"
        await t.tap("ben", "No")
        changed = list(t.chats.changed)
        seen.extend(id for id in t.chats.chats["ben"] if id not in seen)
        await t.room.wait(20 * MINUTE)
        told = arrived()
        assert "Yes: 2 of 3" in told, "the result"
        assert "Until later." in told
        assert not set(seen) & (set(t.chats.changed) - set(changed)), (
            "nothing of it came as a change of what stood there"
        )


# Ends


def test_all_tables_end_at_one_announced_hour_whatever_was_said_and_whenever() -> None:
    s = Stagehand(flow_of(GROUPS + TALK))
    for number, people in enumerate((("anna", "ben", "lise"), ("nora", "omar", "pia")), 1):
        s.seat(*people, table=f"t{number}")
    s.start()
    announced = {s.stages["talk", f"table:t{n}"].closes for n in (1, 2)}
    assert announced == {s.now + 40 * MINUTE}
    s.wait(39 * MINUTE)
    s.write("anna", "One thing more.")
    s.wait(MINUTE)
    for n in (1, 2):
        assert s.read_by(f"table:t{n}")[-1] == "The talk at your table has ended. Thank you."
        assert s.stages["talk", f"table:t{n}"].state == "closed"


@pytest.mark.parametrize("reached", [0, 10])
def test_time_that_counts_from_delivery_closes_no_question_before_its_announced_hour(reached: int) -> None:
    """Whoever got it at once, and whoever got it ten minutes late, can answer at the last second that was announced."""
    vote = BALLOT.replace('remind = ["5m"]\n', "").replace('duration = "20m"', 'duration = "5m"\ncloses = 18:30:00')
    s = Stagehand(flow_of(vote), reached={"ballot": datetime(2027, 3, 2, 17, reached, tzinfo=UTC)})
    s.seat("anna", "ben")
    s.start()
    s.wait(30 * MINUTE - timedelta(seconds=1))
    s.press("anna", "ballot:rye::yes")
    assert s.choices["ballot"].keys() == {"anna"}


# Who does not vote, and who reads nothing


@pytest.mark.parametrize("role", [role for role in get_args(Role) if role != "participant"])
def test_whoever_has_a_role_is_asked_for_no_vote_and_none_of_theirs_counts(role: Role) -> None:
    s = Stagehand(flow_of(BALLOT))
    s.seat("anna", "ben")
    s.seat("otto", role=role)
    s.start()
    assert s.read_by("seat:otto") == []
    s.press("otto", "ballot:rye::yes")
    s.write("otto", "yes")
    for who in ("anna", "ben"):
        s.press(who, "ballot:rye::no")
    s.wait(20 * MINUTE)
    assert s.choices["ballot"].keys() == {"anna", "ben"}
    assert s.records["ballot"]["course:all"]["questions"]["rye"][""]["counts"] == {"yes": 0, "no": 2, "abstain": 0}


async def test_before_the_yes_nothing_that_somebody_writes_reaches_anybody() -> None:
    async with table() as t:
        await t.room.enrol("dora")
        await t.room.engine.settle()
        for words in ("Hello, my name is Dora Berg", "!call my knee hurts", "/call my knee hurts", "1234"):
            await t.write("dora", words)
            await t.send("dora", "photo", words)
        await t.room.wait(5 * MINUTE)
        for who in ("anna", "ben", "cleo", "maya", "olga"):
            assert not any("Dora" in text or "knee" in text or "1234" in text for text in t.shown(who)), who
        votes = await t.room.store.read(ballots.voters, ASSEMBLY, "ballot")
        assert votes == []
