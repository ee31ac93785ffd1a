"""Helpers of drafting, through the real store and the real engine: what they are given, what is kept of what they give, and that
nobody waits for them."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from bot.core.effects import Cast, Draw, Request, Seated
from bot.core.state import Contribution, Digest, DigestSentence
from bot.engine import drafting
from bot.engine.drafting import Helpers
from bot.language.doubles import Pair, Said
from bot.language.model import Model
from bot.language.translation import breaker
from bot.store import archive, audit, ballots, courses, identities, opinions, people, queue, tables
from bot.store.database import Database
from tests.support.evening import EVENING
from tests.support.model_server import ModelServer, contributions, faithful, model_server
from tests.support.room import ASSEMBLY, START, Room, room

STEPS = """
[[step]]
id = "agree"
type = "vote"
duration = "15m"
over = ["talk"]
from = "table"
secret = false
text = { en = "Do you agree?", de = "Stimmen Sie zu?" }

[[step]]
id = "digest"
type = "summarise"
of = ["talk"]
votes = "agree"
duration = "15m"

[[step]]
id = "ballot"
"""
SAID = {"anna": "The square needs more trees.", "ben": "More trees on the square!", "cleo": "Wir brauchen mehr Bänke."}


@asynccontextmanager
async def table(helpers: Helpers) -> AsyncIterator[Room]:
    """A table with a digest of three statements that waits for its facilitator."""
    flow = EVENING.replace('[[step]]\nid = "ballot"\n', STEPS)
    async with room(flow, helpers=helpers) as here:
        await here.store.transact(_seated, {name: await here.enrol(name) for name in SAID})
        digest = Digest(
            "d1", "digest", "t1", "linz", "en", "draft",
            (DigestSentence(("s-anna", "s-ben"), 2, 0, False), DigestSentence(("s-cleo",), 1, 0, False)), 0, 3, here.clock.now(),
        )  # fmt: skip
        await here.apply([Draw(digest)])
        yield here


def _seated(db: Database, seats: Mapping[str, str]) -> None:
    for name, seat in seats.items():
        language = "de" if name == "cleo" else "en"
        side = "against" if name == "cleo" else "for"
        said = Contribution(f"s-{name}", "talk", "t1", "linz", seat, "message", SAID[name], START, language, side)
        opinions.keep(db, ASSEMBLY, said)
        vote = Cast("agree", seat, "q", "s-cleo", "disagree" if name == "ben" else "agree", secret=False)
        ballots.cast(db, ASSEMBLY, vote, "linz", "t1", 0)
    tables.sit(db, ASSEMBLY, Seated("t1", "tables", "linz", 1, ("en", "de"), tuple(seats.values())), 0)
    for seat in seats.values():
        found = people.load_seat(db, seat)
        assert found is not None
        people.save_seat(db, replace(found, status="active"))


@asynccontextmanager
async def modelled(seconds: float = 5) -> AsyncIterator[tuple[Room, ModelServer]]:
    async with model_server() as server:
        model = Model(server.url, "small-one", "s3cret", 60)
        try:
            async with table(Helpers(model=model, seconds=seconds)) as here:
                yield here, server
        finally:
            await model.close()


async def asks(here: Room, job: str, **args: Any) -> Mapping[str, Any]:
    """What a step that asks this is told; empty where it is told nothing."""
    key = f"{job}/{args}"
    await here.apply([Request(job, "all", "digest", key, "table:t1", {"digest": "d1", **args})])
    await here.engine.settle()
    assert not await here.store.read(courses.any_job, (job,)), "it is done"
    return await here.store.read(_answer, f"{key}/answer")


def _answer(db: Database, key: str) -> Mapping[str, Any]:
    row = db.sql.execute("SELECT assembly, body FROM inbox WHERE key = ?", (key,)).fetchone()
    if row is None:
        return {}
    found = json.loads(db.vault.open(None, row[1], f"inbox/{row[0]}/{key}") or b"{}")
    return {**found["result"]}


BOTH = [["s-anna", "s-ben"]]


async def words(here: Room) -> Mapping[str, Any]:
    return await asks(here, "wording", sentences=BOTH, language="en")


async def kept(here: Room) -> list[Contribution]:
    """The wordings that stand."""
    return await here.store.read(lambda db: opinions.contributions(db, ASSEMBLY, "digest", kinds=("sentence",)))


async def noted(here: Room) -> list[Mapping[str, Any]]:
    return [line.data for line in await here.store.read(audit.lines, ASSEMBLY) if line.act == "model_asked"]


# Doubles


async def test_the_encoder_finds_what_says_the_same_and_points_at_it() -> None:
    from bot.language.doubles import suggest

    async with table(Helpers(suggest)) as here:
        assert await asks(here, "doubles") == {"digest": "d1", "pairs": [["s-anna", "s-ben"]]}


async def test_it_is_told_what_was_said_in_which_language_and_how_people_voted() -> None:
    seen: list[Said] = []

    def look(said: Sequence[Said]) -> list[Pair]:
        seen.extend(said)
        return []

    async with table(Helpers(look)) as here:
        assert await asks(here, "doubles") == {"digest": "d1", "pairs": []}
        seats = {await here.enrol(name): name for name in SAID}
    assert [(s.id, s.text, s.language, s.side) for s in seen] == [
        ("s-anna", SAID["anna"], "en", "for"), ("s-ben", SAID["ben"], "en", "for"), ("s-cleo", SAID["cleo"], "de", "against"),
    ]  # fmt: skip
    assert [{seats[seat]: vote for seat, vote in (s.votes or {}).items()} for s in seen] == [
        {}, {}, {"anna": 1, "ben": -1, "cleo": 1},
    ]  # fmt: skip


async def test_without_the_extra_nothing_is_suggested_and_nobody_need_look_at_that() -> None:
    async with table(Helpers()) as here:
        assert await asks(here, "doubles") == {}


async def test_an_encoder_that_fails_is_no_answer_and_no_harm() -> None:
    def fail(said: Sequence[Said]) -> list[Pair]:
        raise MemoryError("too many")

    async with table(Helpers(fail)) as here:
        assert (await asks(here, "doubles"))["pairs"] == []


async def test_an_encoder_that_hangs_is_waited_for_no_longer_than_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafting, "SECONDS", 0.05)
    over = threading.Event()

    def hang(said: Sequence[Said]) -> list[Pair]:
        over.wait()
        return [Pair("s-anna", "s-ben", 99)]

    try:
        async with table(Helpers(hang)) as here:
            assert (await asks(here, "doubles"))["pairs"] == []
            assert (await asks(here, "doubles", again=1))["pairs"] == [], "nor does the next one wait longer"
    finally:
        over.set()


async def test_nothing_is_looked_for_once_a_person_has_decided() -> None:
    def never(said: Sequence[Said]) -> list[Pair]:
        raise AssertionError(said)

    async with table(Helpers(never)) as here:
        await decided(here)
        assert (await asks(here, "doubles"))["pairs"] == []


# Wordings


async def decided(here: Room, state: str = "approved") -> None:
    [digest] = await here.store.read(archive.digests, ASSEMBLY)
    await here.apply([Draw(Digest(**{**{f: getattr(digest, f) for f in digest.__slots__}, "state": state}))])


async def test_what_passes_is_kept_under_all_its_authors_keys_and_pointed_at() -> None:
    async with modelled() as (here, server):
        found = await words(here)
        [sentence] = await kept(here)
        assert found == {
            "digest": "d1",
            "worded": [{"sources": BOTH[0], "sentence": sentence.id, "model": "small-one", "doubts": []}],
        }
        assert (sentence.text, sentence.target, sentence.kind) == (SAID["anna"], "s-anna", "sentence")
        assert set(sentence.authors) == {await here.enrol("anna"), await here.enrol("ben")}
        assert not sentence.shared, "nobody has chosen it, so no record holds it"
        assert sentence.id not in {g.contribution.id for g in await here.store.read(archive.given, ASSEMBLY)}
        [note] = await noted(here)
        assert (note["model"], note["prompt"], note["wording"], note["why"]) == ("small-one", 1, sentence.id, "")
        assert len(note["input"]) == 16
        everything = json.dumps([found, note])
        assert "trees" not in everything
        assert "s3cret" not in everything
        assert contributions(server.seen[0]) == [SAID["anna"], SAID["ben"]], "of one sentence, and of nobody else"


async def test_once_one_of_its_sources_is_taken_back_the_wording_is_too() -> None:
    async with modelled() as (here, _):
        await words(here)
        await here.store.transact(opinions.withdraw, ASSEMBLY, await here.enrol("cleo"), "s-cleo")
        assert len(await kept(here)) == 1
        await here.store.transact(opinions.withdraw, ASSEMBLY, await here.enrol("ben"), "s-ben")
        assert await kept(here) == []


@pytest.mark.parametrize("lost", ["anna", "ben"])
async def test_once_one_of_its_authors_is_erased_the_wording_is_gone(lost: str) -> None:
    async with modelled() as (here, _):
        await words(here)
        await here.store.transact(identities.erase, await here.enrol(lost))
        assert await kept(here) == []


async def test_everything_that_an_endpoint_can_do_wrong_leaves_nothing_behind_but_a_line_in_the_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(breaker, "PATIENCE", 1000)
    async with modelled(seconds=1) as (here, server):
        for name, answer in server.faults().items():
            if name == "hangs":
                continue
            server.answer = answer
            found = await asks(here, "wording", sentences=BOTH, language="en", fault=name)
            assert found["worded"] == [], name
        assert await kept(here) == []
        lines = await noted(here)
        assert len(lines) == len(server.faults()) - 1
        assert {line["why"] for line in lines} == {"away", "form", "gate"}
        assert server.strayed == []


async def test_a_model_that_hangs_is_waited_for_no_longer_than_its_time() -> None:
    async with modelled(seconds=0.05) as (here, server):
        server.answer = server.faults()["hangs"]
        assert (await words(here))["worded"] == []
        assert [line["why"] for line in await noted(here)] == ["away"]


async def test_a_model_that_fails_again_and_again_is_left_alone_for_a_while() -> None:
    async with modelled() as (here, server):
        server.answer = server.faults()["500"]
        for n in range(5):
            assert (await asks(here, "wording", sentences=BOTH, language="en", n=n))["worded"] == []
        assert len(server.seen) == 3
        assert len(await noted(here)) == 5


async def test_without_a_model_the_citizens_own_words_stand() -> None:
    async with table(Helpers()) as here:
        assert (await words(here))["worded"] == []
        assert await noted(here) == []


@pytest.mark.parametrize("state", ["approved", "held"])
async def test_the_model_is_not_asked_once_a_person_has_decided(state: str) -> None:
    async with modelled() as (here, server):
        await decided(here, state)
        assert (await words(here))["worded"] == []
        assert server.seen == []


async def test_what_was_taken_back_is_not_sent_to_the_model() -> None:
    async with modelled() as (here, server):
        await here.store.transact(opinions.withdraw, ASSEMBLY, await here.enrol("ben"), "s-ben")
        assert (await words(here))["worded"] == []
        assert server.seen == []


async def test_what_changed_while_the_model_wrote_makes_its_sentence_void() -> None:
    async def change(here: Room, how: str) -> None:
        ben = await here.enrol("ben")
        match how:
            case "taken back":
                await here.store.transact(opinions.withdraw, ASSEMBLY, ben, "s-ben")
            case "edited":
                await here.store.transact(opinions.amend, ASSEMBLY, ben, "s-ben", "No trees.", 0)
            case "hidden":
                await here.store.transact(opinions.hide, ASSEMBLY, "s-ben")
            case "erased":
                await here.store.transact(identities.erase, ben)
            case "approved":
                await decided(here)

    for how in ("taken back", "edited", "hidden", "erased", "approved"):
        async with modelled() as (here, server):

            async def meanwhile(body: Mapping[str, Any], here: Room = here, how: str = how) -> Mapping[str, Any]:
                await change(here, how)
                return faithful(body)

            server.answer = meanwhile
            assert (await words(here))["worded"] == [], how
            assert await kept(here) == [], how


async def test_what_the_gate_doubts_is_told_to_whoever_approves() -> None:
    async with modelled() as (here, server):
        server.answer = lambda _: {"text": "The square does not need more trees.", "cites": [1], "quotes": []}
        [found] = (await words(here))["worded"]
        assert found["doubts"] == ["polarity", "part"]


async def test_done_twice_it_is_there_once() -> None:
    async with modelled() as (here, _):
        await words(here)
        await words(here)
        assert len(await kept(here)) == 1
        assert await here.store.read(queue.parked) == []
