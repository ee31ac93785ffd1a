"""Somebody has stolen the phone of whoever leads. In ten minutes they do all that one account can: what that is, is counted here;
each thing is read by others and stands in the log; and once their role is taken away, nothing that still waits happens.

What takes something away for good waits for a second person, or for ten minutes (`bot.core.commands.pending`). The rest can be
undone: a message is put back, whoever listens may write again, a talk goes on, a prompt is taken back.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from bot.core.state import Course
from bot.store import audit, opinions, people
from bot.store.database import Database
from tests.support.chats import TALK, Talkers, kept, table
from tests.support.room import ASSEMBLY

MINUTE = timedelta(minutes=1)
SIX = ("anna", "ben", "cleo", "dora", "emil", "fred")
OTHERS = (*SIX, "olga", "ora", "rita", "maya")
BALLOT = (
    '[[step]]\nid = "ballot"\ntype = "vote"\nduration = "20m"\n'
    'questions = [{ id = "rye", method = "yes_no_abstain", text = { en = "Rye?", de = "Roggen?" } }]\n'
)
FACILITATOR: tuple[tuple[str, str, str], ...] = (
    ("/prompt Vote for me.", "Send", "prompt"),
    ("/summary You all agree.", "", "summary"),
    ("/turn Ben", "", "called_on"),
    ("/nudge", "", "nudged"),
    ("/quiet Ben 30m", "", "quieted"),
    ("/extend 10m", "", "extended"),
    ("/pause", "", "paused"),
    ("/resume", "", "resumed"),
    ("/team All is well here.", "", "told_team"),
    ("/tell Ben Listen to me.", "", "told_one"),
    ("/handover Take it.", "", "offered_table"),
    ("/remove Anna", "nobody else can speak", "wants_removed"),
    ("/next", "", "ended_early"),
)
"""What one stolen facilitator's account does at once: what is written, which button follows, and the line in the log."""

COORDINATOR: tuple[tuple[str, str, str], ...] = (
    ("/announce It is over, go home.", "Send", "announced"),
    ("/prompt all Vote for me.", "Send", "prompt"),
    ("/quiet 1 {one} 30m", "", "quieted"),
    ("/move 1 {one} 2", "", "moved"),
    ("/team Do not listen to Ora.", "", "told_team"),
)
WAITING: tuple[tuple[str, str], ...] = (
    ("/close talk", ""), ("/merge 1 2", ""), ("/pause all 4h", ""), ("/remove 2 {two}", "nobody else can speak"),
)  # fmt: skip
"""What does not happen at the word of one coordinator's account."""


async def lines(t: Talkers) -> list[str]:
    return [line.act for line in await t.room.store.read(audit.lines, ASSEMBLY)]


def heard(t: Talkers, thief: str) -> dict[str, int]:
    return {who: len(t.chats.to(who)) for who in OTHERS if who != thief}


async def does(t: Talkers, thief: str, text: str, tap: str, act: str) -> None:
    """One thing is done: the log has a line more of it, and somebody else has read something."""
    before, said = Counter(await lines(t)), heard(t, thief)
    await t.write(thief, text)
    if tap:
        await t.tap(thief, tap)
    after = Counter(await lines(t))
    assert after[act] == before[act] + 1, (text, after - before)
    assert [who for who, n in heard(t, thief).items() if n > said[who]] != [], f"nobody has noticed {text}"


async def where(t: Talkers) -> dict[str, str]:
    """At which table each participant sits who takes part."""
    everybody = await t.room.store.read(lambda db: people.roster(db, ASSEMBLY, "linz", statuses=("active",)))
    return {s.name: s.table for s in everybody if s.role == "participant"}


async def course(t: Talkers) -> Course:
    found = await t.room.course()
    assert isinstance(found, Course)
    return found


async def revoke(t: Talkers, name: str) -> None:
    await t.write("ora", f"/revoke {name}")
    await t.tap(
        "ora", next(b.label for m in t.chats.chats["ora"].values() for b in m.buttons if "Take it away" in b.label)
    )


async def test_what_a_stolen_facilitators_account_can_do_in_ten_minutes() -> None:
    async with table(TALK + BALLOT) as t:
        await t.room.enrol("ora", "organiser")
        await t.write("anna", "We want rye.")
        await t.write("ben", "We want wheat.")
        seated, given = await where(t), await kept(t)
        for id in ("rye", "wheat"):
            await t.write("maya", "/hide", answers=t.chats.find("maya", id))
            await t.tap("maya", "it insults somebody")
        assert Counter(await lines(t))["hid"] == Counter(await lines(t))["hidden"] == 2
        assert all("has hidden" in "\n".join(t.shown(who)) for who in ("anna", "ben"))
        for text, tap, act in FACILITATOR:
            await does(t, "maya", text, tap, act)
        await t.room.wait(9 * MINUTE)
        assert await where(t) == seated, "nobody is removed within ten minutes"
        assert {text for _, _, text in given} <= await t.room.store.read(words), "what was hidden is kept"
        for text in (
            "/close ballot",
            "/merge 1 2",
            "/invite organiser",
            "/announce Hello",
            "/revoke Olga",
            "/pause all",
        ):
            before = Counter(await lines(t))
            await t.write("maya", text)
            assert Counter(await lines(t)) == before, f"{text} is not theirs"
        await revoke(t, "Maya")
        await t.room.wait(20 * MINUTE)
        assert await where(t) == seated
        assert "removed" not in await lines(t)
        assert "ballot" in {*(await course(t)).open, *(await course(t)).done}, "the assembly goes on"


def words(db: Database) -> set[str]:
    """All that is kept, hidden or not."""
    ids = [id for (id,) in db.sql.execute("SELECT id FROM contribution")]
    return {given.text for id in ids if (given := opinions.contribution(db, ASSEMBLY, id)) is not None}


def code(t: Talkers, who: str) -> str:
    """The newest code that somebody was given."""
    said = next(text for text in reversed(t.shown(who)) if "/join " in text)
    return said.rpartition("/join ")[2].split()[0]


async def test_what_a_stolen_coordinators_account_can_do_in_ten_minutes() -> None:
    async with table(TALK + BALLOT, maya=False, people=SIX) as t:
        await t.room.enrol("ora", "organiser")
        await t.room.enrol("rita", "coordinator")
        at = await where(t)
        one, two = (next(n for n in at if at[n] == each) for each in sorted({*at.values()}))
        for text, tap, act in COORDINATOR:
            await does(t, "olga", text.format(one=one, two=two), tap, act)
        moved = await where(t)
        await t.write("olga", "/invite facilitator table 1")
        assert "invited" in await lines(t), "a code is in the log when it is made"
        assert sorted(moved) == sorted(at)
        for text, tap in WAITING:
            await does(t, "olga", text.format(one=one, two=two), tap, "asked_for")
        assert sum("asks for this" in text for text in t.shown("rita")) == len(WAITING)
        assert sum("asks for this" in text for text in t.shown("ora")) == len(WAITING)
        await t.tap("olga", "Stop it")
        await t.room.wait(9 * MINUTE)
        assert await where(t) == moved
        assert "talk" in (await course(t)).open
        assert (await course(t)).halted is None
        made = code(t, "olga")
        await revoke(t, "Olga")
        await t.room.wait(11 * MINUTE)
        assert await where(t) == moved
        assert "talk" in (await course(t)).open, "it closes at its own hour"
        assert (await course(t)).halted is None
        assert not {"removed", "joined", "halted", "closed_early", "ripe"} & {*await lines(t)}
        await t.write("kim", f"/join {made}")
        assert not await t.room.store.read(lambda db: people.staff(db, ASSEMBLY, "facilitator")), (
            "their code is worth nothing"
        )


async def test_one_stolen_account_is_never_two_people() -> None:
    async with table(TALK + BALLOT, maya=False) as t:
        await t.room.enrol("ora", "organiser")
        await t.write("olga", "/invite facilitator table 1")
        await t.write("mallory", f"/join {code(t, 'olga')}")
        await t.write("mallory", "/remove Anna")
        await t.tap("mallory", "nobody else can speak")
        await t.tap("olga", "I agree")
        assert t.last("olga") == "A second person has to agree. It happens by itself when the time has come."
        assert "agreed_to" not in await lines(t)
        await t.tap("ora", "I agree")
        assert "agreed_to" in await lines(t), "whoever organises gives everybody their roles, and counts"


async def test_whom_an_organiser_has_invited_may_agree() -> None:
    async with table(TALK + BALLOT, maya=False) as t:
        await t.room.enrol("ora", "organiser")
        await t.write("ora", "/invite coordinator")
        await t.write("kim", f"/join {code(t, 'ora')}")
        await t.write("ora", "/close talk")
        await t.tap("kim", "I agree")
        assert "agreed_to" in await lines(t)
