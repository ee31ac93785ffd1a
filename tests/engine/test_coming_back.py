"""Coming back after a pause, after a lost chat, or late: what has happened meanwhile, and what is open, in one's own language."""

from __future__ import annotations

from datetime import timedelta

from bot.core.effects import Wake
from bot.core.events import Joined
from tests.support.chats import FLOW, TALK, Chats, Talkers, table
from tests.support.room import room

HOUR = timedelta(hours=1)
VOTE = (
    '[[step]]\nid = "ballot"\ntype = "vote"\ntitle = { en = "The vote", de = "Die Abstimmung" }\nduration = "1h"\n'
    'results = "on_close"\nsecret = false\n'
    'questions = [{ id = "rye", method = "yes_no_abstain", text = { en = "Rye?", de = "Roggen?" } }]\n'
)
ADOPT = (
    '[[step]]\nid = "decision"\ntype = "adopt"\ntitle = { en = "The decision", de = "Der Beschluss" }\nover = "ballot"\n'
    'rule = "threshold"\nthreshold = "1/2"\nop = ">"\nbase = "cast"\nquorum = "none"\nties = "rejected"\n'
)
NIGHT = '[[step]]\nid = "night"\ntype = "break"\nduration = "9h"\ntext = "Sleep well."\n'
TITLED = TALK.replace("duration", 'title = { en = "Bread", de = "Brot" }\nduration')


async def pauses(t: Talkers, who: str, label: str = "Pause") -> None:
    await t.write(who, "/leave")
    await t.tap(who, label)


async def vote(t: Talkers, *people: str) -> None:
    for who in people:
        await t.room.say(who, press="ballot:rye::yes")


def after(t: Talkers, who: str, before: int) -> str:
    return "\n".join(t.shown(who)[before:])


async def test_whoever_comes_back_reads_what_was_decided_without_them() -> None:
    async with table(VOTE + ADOPT + NIGHT) as t:
        await pauses(t, "cleo")
        await vote(t, "anna", "ben")
        await t.room.wait(2 * HOUR)
        before = len(t.shown("cleo"))
        await t.write("cleo", "I am back.")
        await t.tap("cleo", "Come back")
        read = after(t, "cleo", before)
        assert "Welcome back." in read
        assert "What happened while you were away:" in read
        assert read.index("The vote") < read.index("Yes") < read.index("The decision")
        assert "Rye?" in read
        assert "adopted" in read


async def test_in_their_own_language() -> None:
    async with table(VOTE + ADOPT + NIGHT) as t:
        await t.write("cleo", "/lang de")
        await pauses(t, "cleo", "Pausieren")
        await vote(t, "anna", "ben")
        await t.room.wait(2 * HOUR)
        before = len(t.shown("cleo"))
        await t.write("cleo", "Hallo")
        await t.tap("cleo", "Wieder mitmachen")
        read = after(t, "cleo", before)
        assert "Die Abstimmung" in read
        assert "Roggen?" in read
        assert "Der Beschluss" in read
        assert "The vote" not in read


async def test_a_second_absence_is_told_of_by_itself() -> None:
    second = VOTE.replace("ballot", "again").replace("The vote", "A second vote").replace("Die Abstimmung", "Noch eine")
    async with table(VOTE + second + NIGHT) as t:
        await pauses(t, "cleo")
        await t.room.wait(HOUR)
        await t.write("cleo", "hello")
        await t.tap("cleo", "Come back")
        assert "A second vote" in t.last("cleo") or "Rye?" in t.last("cleo"), "what is open now comes too"
        await pauses(t, "cleo")
        await t.room.wait(HOUR)
        before = len(t.shown("cleo"))
        await t.write("cleo", "hello")
        await t.tap("cleo", "Come back")
        read = after(t, "cleo", before)
        assert "A second vote" in read
        assert "The vote" not in read.replace("A second vote", "")


async def test_where_nothing_has_happened_nothing_is_told_and_the_open_talk_is() -> None:
    async with table(TITLED) as t:
        await pauses(t, "cleo")
        await t.write("anna", "Rye.")
        before = len(t.shown("cleo"))
        await t.write("cleo", "hello")
        await t.tap("cleo", "Come back")
        read = after(t, "cleo", before)
        assert "while you were away" not in read
        assert "1 message so far." in read
        assert "Rye." in read


async def test_what_was_hidden_is_not_counted_either() -> None:
    async with table(TITLED) as t:
        await pauses(t, "cleo")
        await t.write("anna", "Rye.")
        await t.write("ben", "You are fools.")
        await t.tap("maya", "Hide")
        before = len(t.shown("cleo"))
        await t.write("cleo", "hello")
        await t.tap("cleo", "Come back")
        read = after(t, "cleo", before)
        assert "1 message so far." in read
        assert "fools" not in read


async def test_a_missed_talk_is_named() -> None:
    async with table(TITLED + NIGHT) as t:
        await pauses(t, "cleo")
        await t.room.wait(HOUR)
        before = len(t.shown("cleo"))
        await t.write("cleo", "hello")
        await t.tap("cleo", "Come back")
        assert "What happened while you were away:\n" in after(t, "cleo", before)
        assert "Bread" in after(t, "cleo", before)


async def test_whoever_comes_late_reads_what_has_happened_so_far() -> None:
    async with table(VOTE + NIGHT) as t:
        await vote(t, "anna", "ben")
        await t.room.wait(2 * HOUR)
        dora = await t.room.enrol("dora")
        await t.room.apply([Wake(t.room.clock.now(), Joined(dora, "all"), "dora")])
        await t.room.engine.settle()
        await t.tap("dora", "I am 18 or older and agree")
        await t.tap("dora", "Yes")
        await t.write("dora", "Dora")
        read = "\n".join(t.shown("dora"))
        assert "What has happened so far:" in read
        assert "The vote" in read


async def test_somebody_whom_nobody_could_write_to_reads_it_too() -> None:
    async with table(VOTE + NIGHT) as t:
        await t.room.happens("unreachable", "cleo", "cleo", text="blocked")
        await vote(t, "anna", "ben")
        await t.room.wait(2 * HOUR)
        before = len(t.shown("cleo"))
        await t.write("cleo", "I am back.")
        read = after(t, "cleo", before)
        assert (
            read.index("Good to have you back.")
            < read.index("What happened while you were away:")
            < read.index("The vote")
        )


async def test_where_nothing_is_open_they_read_when_it_goes_on() -> None:
    later = VOTE.replace("ballot", "later").replace('duration = "1h"', 'opens = 2027-03-02T18:00:00\nduration = "1h"')
    async with table(TITLED + later) as t:
        await pauses(t, "cleo")
        await t.room.wait(2 * HOUR)
        before = len(t.shown("cleo"))
        await t.write("cleo", "I am back.")
        await t.tap("cleo", "Come back")
        assert "Nothing is open for you just now. The next step opens on" in after(t, "cleo", before)
        assert "18:00" in t.last("cleo")


async def test_a_question_that_opens_on_holidays_waits_until_they_are_over() -> None:
    days = 'languages = ["en", "de"], holidays = ["2027-03-01", "2027-03-02", "2027-03-03"] }'
    async with room((FLOW + VOTE + NIGHT).replace('languages = ["en", "de"] }', days), Chats()) as here:
        t = Talkers(here, here.post)
        for name in ("anna", "ben"):
            await here.enrol(name)
        await here.begin()
        for name in ("anna", "ben"):
            await t.tap(name, "I am 18 or older and agree")
            await t.tap(name, "Yes")
            await t.write(name, name.title())
        await here.wait(2 * HOUR)
        assert not any("Rye?" in text for text in t.shown("anna")), "nobody is written to on the first day"
        await here.wait(timedelta(days=2, hours=20, minutes=30))  # the fourth of March, 08:30 in Linz
        assert "Rye?" in t.last("anna")
        await t.tap("anna", "Yes")
        assert "Thank you, your vote is in." in t.last("anna")
        await here.wait(HOUR)
        assert "The vote\n" in "\n".join(t.shown("anna")), "and then its result comes"
