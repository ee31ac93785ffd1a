"""What was given under a consent follows it: for each purpose, what a Yes brings about, and what a No takes away again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest

from bot.app.memory import _leaving
from bot.core.effects import Draw, Grant
from bot.core.feed import code
from bot.core.openness import Feed
from bot.core.steps.consent import PURPOSES, Purpose
from bot.report.export import export_files
from bot.report.feed import NotPublished, feed
from bot.store import findings, memories, opinions, people
from bot.store.database import Database
from bot.store.memories import Remembered
from tests.support.border import LEEDS, SCRIPT, border
from tests.support.chats import TALK, Talkers, table
from tests.support.room import ASSEMBLY

MINUTE = timedelta(minutes=1)
WORDS = "We want a tramway, as Ben says."
ALL: tuple[Purpose, ...] = get_args(Purpose)
IDEAS = (
    '[[step]]\nid = "ideas"\ntype = "collect"\nduration = "30m"\nshow = "table"\nnamed = true\n'
    'text = "What do you wish?"\nmax_each = 3\n'
)
FEED = "[feed]\npublished = true\n"


async def seat_of(t: Talkers, name: str) -> str:
    return next(s.id for s in await t.room.store.read(people.roster, ASSEMBLY) if s.name == name)


async def say(t: Talkers, who: str, purpose: Purpose, answer: str) -> None:
    """Somebody gives another answer with /consent."""
    await t.write(who, "/consent")
    number = ALL.index(purpose) + 1
    await t.tap(who, f"{number}: yes" if answer == "yes" else f"{number}: no longer")


async def exported(t: Talkers) -> dict[str, str]:
    files = await t.room.store.read(export_files, t.room.engine.house, ASSEMBLY)
    return {name: content.decode() for name, content in files.items()}


async def fed(t: Talkers) -> str:
    return (await t.room.store.read(feed, t.room.engine.house, ASSEMBLY, t.room.clock.now())).decode()


def transcripts(files: dict[str, str]) -> str:
    return "".join(content for name, content in files.items() if name.startswith("transcript/"))


READ: dict[Purpose, Callable[[dict[str, str]], str]] = {
    "transcript": transcripts,
    "open_data": lambda files: files["ideas.csv"] + files["ideas.jsonl"],
    "research": lambda files: files["research.jsonl"],
}
"""Where an export holds what was agreed to for a purpose."""


def test_every_purpose_has_its_test() -> None:
    assert {*READ, "quotes"} == set(PURPOSES) == set(ALL)


@pytest.mark.parametrize("purpose", READ)
async def test_what_was_agreed_to_stands_in_the_next_export_and_not_in_the_one_after_a_no(purpose: Purpose) -> None:
    async with table(IDEAS if purpose == "open_data" else TALK, purposes=ALL) as t:
        await t.write("anna", WORDS)
        found = READ[purpose](await exported(t))
        assert "tramway" in found
        assert ("Ben" in found) == (purpose != "research"), "researchers read no names"
        await say(t, "anna", purpose, "no")
        assert "tramway" not in READ[purpose](await exported(t))
        others = [other for other in READ if other != purpose and other != "open_data"]
        files = await exported(t)
        if purpose != "open_data":
            assert all("tramway" in READ[other](files) for other in others), "each purpose stands for itself"
        await say(t, "anna", purpose, "yes")
        assert "tramway" in READ[purpose](await exported(t))


async def test_each_answer_is_kept_with_its_text_its_language_and_its_time() -> None:
    async with table(purposes=ALL) as t:
        await t.write("anna", "/lang de")
        await t.room.wait(MINUTE)
        await t.write("anna", "/consent")
        await t.room.say("anna", press="-consent:quotes:no")
        seat = await seat_of(t, "Anna")

        def rows(db: Database) -> list[tuple[object, ...]]:
            found = db.sql.execute(
                "SELECT given, version, language, at FROM consent WHERE seat = ? AND purpose = 'quotes' ORDER BY at",
                (seat,),
            )
            return found.fetchall()

        *before, last = await t.room.store.read(rows)
        assert last[:3] == (0, t.room.flow.ref, "de")
        assert all(row[2] == "en" and row[3] < last[3] for row in before)


async def test_whoever_is_not_asked_any_longer_for_quotes_is_read_in_no_feed() -> None:
    async with table(FEED + TALK, purposes=ALL) as t:
        await t.room.enrol("otto", "observer")
        await t.write("otto", "/watch all")
        await t.write("anna", WORDS)
        await t.write("ben", "And a bridge.")
        await t.write("cleo", "Neither.")
        await t.room.wait(16 * MINUTE)
        read = "\n".join(t.shown("otto"))
        assert "tramway" in read
        assert "tramway" in await fed(t)
        await say(t, "anna", "quotes", "no")
        await t.room.engine.settle()
        assert "tramway" not in "\n".join(t.shown("otto")), "it goes from the observers' chats"
        assert "And a bridge." in "\n".join(t.shown("otto"))
        file = await fed(t)
        assert "tramway" not in file
        assert "[words not released]" in file
        assert "And a bridge." in file


@pytest.mark.parametrize("purpose", ["transcript", "quotes"])
async def test_whoever_has_refused_either_is_not_fed(purpose: Purpose) -> None:
    async with table(FEED + TALK, purposes=ALL) as t:
        await say(t, "anna", purpose, "no")
        await t.room.enrol("otto", "observer")
        await t.write("otto", "/watch all")
        for who, words in (("anna", WORDS), ("ben", "Rye."), ("cleo", "Wheat.")):
            await t.write(who, words)
        await t.room.wait(16 * MINUTE)
        read = "\n".join(t.shown("otto")) + await fed(t)
        assert "Rye." in read
        assert "tramway" not in read


async def test_a_digest_that_has_crossed_gives_up_the_words_of_whoever_is_not_quoted_any_longer() -> None:
    async with border() as t:
        words = SCRIPT["Wir brauchen keine Brücke hier."]
        assert any(words in text for text in t.shown("anna"))
        given = await t.room.store.read(opinions.contribution, ASSEMBLY, "said-1")
        assert given is not None
        await t.room.apply([Grant(given.seat, "quotes", False, t.room.flow.ref, "de")])
        await t.room.engine.settle()
        for who in LEEDS:
            assert not any(words in text for text in t.shown(who))
            assert sum("Somebody there has taken back sentence 2." in text for text in t.shown(who)) == 1
            assert any("The ferry runs only 3 times a day." in text for text in t.shown(who))
        digests = await t.room.store.read(findings.digests, ASSEMBLY, "digest")
        assert [bool(s.left_out) for digest in digests for s in digest.sentences] == [False, True]
        still = await t.room.store.read(opinions.contribution, ASSEMBLY, "said-1")
        assert still is not None
        assert still.state == "live", "at their own table the words stay said"


async def test_the_memory_leaves_with_nobodys_words_who_is_not_quoted() -> None:
    async with table(purposes=ALL) as t:
        await t.write("anna", WORDS)

        def learn(db: Database) -> None:
            (id,) = db.sql.execute("SELECT id FROM contribution WHERE kind = 'message'").fetchone()
            given = opinions.contribution(db, ASSEMBLY, id)
            assert given is not None
            memories.learn(db, ASSEMBLY, Remembered("en", "de", WORDS, "Wir wollen eine Tram.", id, given.seat), 1)

        await t.room.store.transact(learn)
        leaving = await t.room.store.read(_leaving, t.room.engine.house, ASSEMBLY)
        assert (leaving.people, leaving.withheld) == (1, 0)
        await say(t, "anna", "quotes", "no")
        leaving = await t.room.store.read(_leaving, t.room.engine.house, ASSEMBLY)
        assert (leaving.people, leaving.withheld) == (0, 1)


# The feed as a file


async def spoken(t: Talkers) -> None:
    await t.write("anna", "Bread is dear, as Ben says.")
    await t.write("ben", "You are fools.")
    await t.write("cleo", "I regret this.")


async def test_the_press_reads_later_under_pseudonyms_and_the_table_knew_it() -> None:
    async with table(FEED + TALK, agreed=False, purposes=ALL) as t:
        for name in ("anna", "ben", "cleo"):
            await t.tap(name, "I am 18 or older and agree")
            for _ in ALL:
                await t.tap(name, "Yes")
            await t.write(name, name.title())
        await t.room.wait(timedelta(hours=1))
        began = next(text for text in t.shown("ben") if "What about bread?" in text)
        assert "published for the press, 15 minutes later and without your names" in began
        await spoken(t)
        await t.room.wait(14 * MINUTE)
        assert "Bread is dear" not in await fed(t)
        await t.room.wait(2 * MINUTE)
        file = await fed(t)
        anna, home = await seat_of(t, "Anna"), (await t.room.store.read(people.roster, ASSEMBLY))[0].table
        ben = await seat_of(t, "Ben")
        secret = await t.room.store.read(lambda db: db.vault.secret_seed(ASSEMBLY))
        assert f"Voice {code(secret, home, anna)}: Bread is dear, as [{code(secret, home, ben)}] says." in file
        for name in ("Anna", "Ben", "Cleo", anna, ben):
            assert name not in file


async def test_what_goes_within_the_delay_leaves_nothing_and_what_was_hidden_later_a_mark() -> None:
    async with table(FEED + TALK, purposes=ALL) as t:
        await spoken(t)
        await t.write("cleo", "/undo")
        await t.write("maya", "/hide", answers=t.chats.find("maya", "fools"))
        await t.write("cleo", "Later, then.")
        await t.room.wait(16 * MINUTE)
        file = await fed(t)
        assert "Bread is dear" in file
        assert "fools" not in file
        assert "regret" not in file
        assert file.count("[hidden]") == 1, "only where the marks are explained"
        await t.write("maya", "/hide", answers=t.chats.find("maya", "Bread"))
        file = await fed(t)
        assert "Bread" not in file.replace("Bread\n", "")
        assert file.count("[hidden]") == 2


async def test_new_words_take_their_time_and_too_few_voices_stay_at_the_table() -> None:
    async with table(FEED + TALK, purposes=ALL) as t:
        await say(t, "cleo", "quotes", "no")
        own = await t.write("anna", "Bread is dear.")
        await t.write("cleo", "Who says so?")
        await t.room.wait(16 * MINUTE)
        assert "Fewer than three people have spoken here so far" in await fed(t), "two, of whom one has not agreed"
        await t.write("ben", "I do.")
        await t.edit("anna", own, "Bread is very dear.")
        await t.room.wait(14 * MINUTE)
        assert "Bread is very dear." not in await fed(t)
        await t.room.wait(2 * MINUTE)
        file = await fed(t)
        assert "Bread is very dear." in file
        assert "Who says so?" not in file


async def test_a_flow_that_does_not_say_so_is_not_published() -> None:
    async with table(purposes=ALL) as t:
        with pytest.raises(NotPublished, match="nobody at the tables was told"):
            await fed(t)
        assert not any("published for the press" in text for text in t.shown("ben"))


async def test_the_log_of_decisions_names_nobody() -> None:
    async with table(purposes=ALL) as t:
        await t.write("maya", "/note Cleo is shy.")
        process = json.loads((await exported(t))["process.json"])
        assert "noted" in [line["act"] for line in process["log"]]
        assert "Cleo" not in json.dumps(process)


async def test_of_a_sentence_that_several_have_said_nothing_is_lost_to_the_others() -> None:
    """It is told in the words of one of them: without another one's support it stands, without those words it does not."""
    async with border() as t:
        given = await t.room.store.read(opinions.contribution, ASSEMBLY, "said-1")
        assert given is not None
        (before,) = await t.room.store.read(findings.digests, ASSEMBLY, "digest", "wien-1")
        (first, second) = before.sentences
        both = replace(first, sources=(*first.sources, "said-1"))
        anew = replace(second, sources=("said-0", "said-1"), words="worded")
        await t.room.apply([Draw(replace(before, sentences=(both, anew)))])
        await t.room.apply([Grant(given.seat, "quotes", False, t.room.flow.ref, "de")])
        (after,) = await t.room.store.read(findings.digests, ASSEMBLY, "digest", "wien-1")
        assert (after.sentences[0].sources, after.sentences[0].left_out) == (first.sources, "")
        assert after.sentences[1].left_out == "withdrawn", "what was worded anew rests on all who have said it"


@pytest.mark.parametrize(("steps", "open_to_all"), [((), True), (("talk",), True), (("another",), False)])
def test_a_flow_names_the_talks_that_others_may_read(steps: tuple[str, ...], open_to_all: bool) -> None:
    assert Feed(steps=steps).covers("talk", exported=True) is open_to_all
    assert not Feed(steps=steps).covers("talk", exported=False)
    assert not Feed(steps=steps, open=False).covers("talk", exported=True)


async def test_an_icebreaker_and_those_who_were_not_asked_stand_in_no_research() -> None:
    async with table(TALK.replace("duration", "icebreaker = true\nduration"), purposes=ALL) as t:
        await t.write("anna", WORDS)
        assert "tramway" not in (await exported(t))["research.jsonl"]
    async with table(purposes=ALL) as t:
        await t.write("maya", "/prompt What about a bridge?")
        await t.tap("maya", "Send")
        await t.write("maya", "I think of a bridge.")
        assert "bridge" not in (await exported(t))["research.jsonl"], "whoever leads was not asked"
    async with table() as t:
        assert "research.jsonl" not in await exported(t)
