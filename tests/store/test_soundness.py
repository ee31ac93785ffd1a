"""`pnyx check --assembly`: a sound record is called sound, and each way of breaking the database is found and named."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.app.soundness import findings
from bot.core.state import Contribution, Digest
from bot.store import archive, identities, opinions, soundness
from bot.store import findings as digests
from bot.store.database import Database
from bot.store.soundness import Record
from tests.support.room import ASSEMBLY, START, Room, room
from tests.support.two_shores import ALL, MINUTE, gather, two_shores


@asynccontextmanager
async def evening() -> AsyncIterator[tuple[Room, dict[str, str]]]:
    """Two tables have read each other's digests, translated."""
    async with room(two_shores(), translate="pseudo") as here:
        seats = await gather(here, {"anna": ALL, "ben": ALL, "cleo": ALL}, {"dora": ALL, "emil": ALL, "fritz": ALL})
        await here.until("talk")
        for name, words in (
            ("anna", "More boats."),
            ("ben", "No bridge."),
            ("dora", "Weniger Autos."),
            ("emil", "Schatten."),
            ("cleo", "Ask the children."),
            ("fritz", "Ein Steg."),
        ):
            await here.say(name, words)
        await here.until("digest")
        await here.say("maya", press="digest:approve:east-1:")
        await here.say("nils", press="digest:approve:west-1:")
        await here.wait(20 * MINUTE)
        yield here, seats


async def record(here: Room) -> Record:
    return await here.store.read(soundness.audit, ASSEMBLY)


def told(found: Record) -> str:
    return "\n".join(f.text for f in findings(found))


async def test_every_sentence_leads_to_what_somebody_gave() -> None:
    async with evening() as (here, _):
        found = await record(here)
        assert (found.digests, found.arrivals, found.broken) == (2, 2, [])
        assert found.sources == {"live": 6}
        assert found.translations == 6
        assert "2 digests, 6 sentences: 100 % of them lead to what somebody gave (6 sources)." in told(found)
        assert {f.weight for f in findings(found)} == {"good"}


async def test_what_is_not_there_any_more_says_why_and_is_not_broken() -> None:
    async with evening() as (here, seats):
        await here.say("anna", press="-leave:withdraw-yes")
        await here.store.transact(identities.erase, seats["dora"])
        [ben] = [c.id for c in await here.store.read(opinions.given_by, ASSEMBLY, seats["ben"]) if c.step == "talk"]
        await here.store.transact(opinions.hide, ASSEMBLY, ben)
        found = await record(here)
        assert found.broken == []
        assert found.sources == {"withdrawn": 1, "hidden": 1, "erased": 1, "live": 3}
        assert "1 erased with whoever wrote them, 1 hidden, 1 taken back" in told(found)
        assert found.silent == 3


def changed(digest: Digest, **first: object) -> Callable[[Database], None]:
    """The digest with its first sentence changed by hand."""
    sentence = replace(digest.sentences[0], **first)
    return lambda db: digests.save_digest(db, ASSEMBLY, replace(digest, sentences=(sentence, *digest.sentences[1:])))


def sql(*queries: str) -> Callable[[Database], None]:
    return lambda db: [db.sql.execute(query) for query in queries] and None


BREAKS: dict[str, tuple[Callable[[Digest, Digest], Callable[[Database], None]], str]] = {
    "a source is deleted": (
        lambda east, _: sql(f"DELETE FROM contribution WHERE id = '{east.sentences[0].sources[0]}'"),
        "points at words that are not in the database",
    ),
    "a source is of another table": (
        lambda east, west: changed(east, sources=west.sentences[0].sources), "points at words of another table",
    ),
    "the wording is not there": (
        lambda east, _: changed(east, words="nowhere"), "is worded by words that are not in the database",
    ),
    "the wording is somebody else's": (
        lambda east, _: changed(east, words=east.sentences[1].sources[0]),
        "is worded in the name of somebody who wrote none of its sources",
    ),
    "it answers nothing": (
        lambda east, _: lambda db: digests.save_digest(db, ASSEMBLY, replace(east, answers="nowhere")),
        "is named where a digest should be",
    ),
    "an arrival has no digest": (
        lambda east, _: sql(f"DELETE FROM digest WHERE id = '{east.id}'"), "is named where a digest should be",
    ),
    "it crossed unread": (
        lambda east, _: lambda db: digests.save_digest(db, ASSEMBLY, replace(east, state="draft")),
        "has gone to another table, though nobody has approved it",
    ),
    "a translation is deleted": (
        lambda east, _: sql(f"DELETE FROM translation WHERE contribution = '{east.sentences[0].worded}'"),
        "was shown in a translation that is not in the database",
    ),
    "a translation is of another sentence": (
        lambda east, _: sql(f"""UPDATE arrival SET texts = '{{"x": "x@de"}}' WHERE digest = '{east.id}'"""),
        "was shown with a translation that belongs to none of its sentences",
    ),
    "a translation was tampered with": (
        lambda east, _: sql(f"UPDATE translation SET body = X'00' WHERE contribution = '{east.sentences[0].worded}'"),
        "a translation of them is, but no key opens it",
    ),
    "words were tampered with": (
        lambda east, _: sql(f"UPDATE contribution SET body = X'00' WHERE id = '{east.sentences[0].worded}'"),
        "but no key opens it",
    ),
    "rows belong to nobody": (
        lambda *_: sql(
            "INSERT INTO flag (assembly, contribution, language, seat, at) VALUES ('a1', 'nowhere', 'de', 's', 0)",
            "INSERT INTO version (assembly, contribution, n, seat, body, at) VALUES ('a1', 'nowhere', 1, 's', X'00', 0)",
        ),
        "In the table flag 1 row belongs to words that are not in the database.",
    ),
    "a model's wording is made of nothing": (
        lambda east, _: sql(
            f"INSERT INTO wording_source (assembly, source, wording) VALUES ('a1', 'nowhere', '{east.sentences[0].worded}')"
        ),
        "In the table wording_source 1 row belongs",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", BREAKS)
async def test_what_is_broken_is_found_and_named(what: str) -> None:
    by, said = BREAKS[what]
    async with evening() as (here, _):
        east, west = sorted(await here.store.read(archive.digests, ASSEMBLY), key=lambda d: d.site)
        await here.store.transact(by(east, west))
        found = await record(here)
        assert said in told(found)
        assert "bad" in {f.weight for f in findings(found)}
        assert not [name for name in ("boats", "bridge", "Autos", "Anna") if name in told(found)], "no words, no names"


async def test_words_of_a_statement_that_stands_alone_are_not_orphans() -> None:
    async with evening() as (here, seats):
        alone = Contribution("alone", "talk", "east-1", "east", seats["anna"], "message", "Alone.", START, "en")
        await here.store.transact(opinions.keep, ASSEMBLY, alone)
        assert (await record(here)).broken == []
