"""What became of words on their way stands in the export: originals and translations, wordings and what they were, answers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.core.effects import Draw, Grant, Keep, Retell
from bot.core.state import Contribution, Digest, DigestSentence, Translated
from bot.engine.house import House
from bot.report.export import export_files
from bot.store import archive, opinions
from bot.store.connection import open_store
from bot.store.keys import KeyFile
from tests.report.conftest import Files, exported, rows
from tests.support.room import ASSEMBLY, CATALOGS, Room, room
from tests.support.two_shores import ALL, MINUTE, gather, two_shores

EAST = dict.fromkeys(("anna", "ben", "cleo"), ALL)
WEST: dict[str, Sequence[str]] = {"dora": ALL, "emil": ALL, "fritz": ("transcript",), "gabi": ALL}
SAID = (
    ("anna", "More boats."), ("ben", "No bridge."), ("cleo", "Ask the children."), ("dora", "Weniger Autos."),
    ("emil", "Mehr Schatten."), ("gabi", "Mehr Licht."), ("fritz", "Ein Steg."),
)  # fmt: skip


@asynccontextmanager
async def drawn(path: Path | str = ":memory:") -> AsyncIterator[tuple[Room, dict[str, str], Digest]]:
    """The digests wait for a yes; the one of the west."""
    more = {"path": path} if path != ":memory:" else {}
    async with room(two_shores(), translate="pseudo", **more) as here:  # type: ignore[arg-type]
        seats = await gather(here, EAST, WEST)
        await here.until("talk")
        for name, words in SAID:
            await here.say(name, words)
        await here.until("digest")
        yield here, seats, next(d for d in await here.store.read(archive.digests, ASSEMBLY) if d.site == "west")


async def crossed(here: Room) -> Files:
    await here.say("maya", press="digest:approve:east-1:")
    for name in WEST:
        await here.say(name, press="digest:may:west-1:yes")
    await here.say("nils", press="digest:approve:west-1:")
    await here.wait(20 * MINUTE)
    return await exported(here)


def of_kind(files: Files, table: str, kind: str) -> list[dict[str, Any]]:
    return [row for row in rows(files, f"transcript/{table}.jsonl") if row["kind"] == kind]


async def id_of(here: Room, seat: str) -> str:
    return next(c.id for c in await here.store.read(opinions.given_by, ASSEMBLY, seat) if c.step == "talk" and c.shared)


async def test_both_stand_there_the_original_and_the_translation_with_what_made_it() -> None:
    async with drawn() as (here, seats, _):
        files = await crossed(here)
        [relay] = of_kind(files, "east-1", "relay")
        line = next(s for s in relay["sentences"] if s.get("original") == "Weniger Autos.")
        assert line["text"] == "⟦de→en⟧ Wénígér Áútós."
        assert line["translation"] == {"language": "en", "engine": "pseudo", "state": "machine"}
        assert (line["language"], line["sources"]) == ("de", [await id_of(here, seats["dora"])])
        [said] = [row for row in of_kind(files, "west-1", "message") if row["text"] == "Weniger Autos."]
        assert said["translations"] == [{**line["translation"], "text": "⟦de→en⟧ Wénígér Áútós."}]
        page = files["transcript/east-1.md"].decode()
        assert "No translator has looked at this translation yet" in page
        assert "Weniger Autos\\." in page or "Weniger Autos." in page


async def test_numbers_are_those_that_people_read() -> None:
    async with drawn() as (here, _, digest):
        out = replace(digest.sentences[0], left_out="off-topic")
        await here.apply([Draw(replace(digest, sentences=(out, *digest.sentences[1:])))])
        files = await crossed(here)
        [relay] = of_kind(files, "east-1", "relay")
        assert [s["number"] for s in relay["sentences"]] == list(range(2, len(digest.sentences) + 1))
        [own] = of_kind(files, "west-1", "digest")
        assert [s["number"] for s in own["sentences"]] == list(range(1, len(digest.sentences) + 1))


async def test_what_a_person_reviewed_a_reader_doubts_or_a_translator_withdrew_is_told() -> None:
    async with drawn() as (here, seats, _):
        await crossed(here)
        id = await id_of(here, seats["dora"])
        for state, reads in (
            ("reviewed", "Fewer cars."),
            ("questioned", "Fewer cars."),
            ("withdrawn", "Weniger Autos."),
        ):
            made = Translated(id, "en", "Fewer cars.", "memory", state, "3", "fr", "somebody", ("numbers",))  # type: ignore[arg-type]
            await here.apply([Retell(made)])
            files = await exported(here)
            [relay] = of_kind(files, "east-1", "relay")
            [line] = [s for s in relay["sentences"] if id in s["sources"]]
            assert line["text"] == reads
            assert line["translation"] == {
                "language": "en", "engine": "memory", "state": state, "version": "3", "by_way_of": "fr", "read_by_a_person": True,
                "found_by_the_checks": ["numbers"],
            }  # fmt: skip
            assert b"somebody" not in files["transcript/east-1.jsonl"], "who translated is not told"


async def test_the_process_counts_what_was_translated_and_what_became_of_it() -> None:
    async with drawn() as (here, seats, digest):
        await crossed(here)
        id = await id_of(here, seats["dora"])
        await here.apply([Retell(Translated(id, "en", "Fewer cars.", "memory", "reviewed", via="fr"))])
        process = json.loads((await exported(here))["process.json"])
        rows = process["translations"]
        assert {
            "from": "de",
            "into": "en",
            "engine": "memory",
            "by_way_of": "fr",
            "state": "reviewed",
            "number": 1,
        } in rows
        assert {
            "from": "de",
            "into": "en",
            "engine": "pseudo",
            "state": "machine",
            "number": len(digest.sentences) - 1,
        } in rows
        assert not [act for act in ("corrected", "taken_back", "flagged") if act in str(process["log"])]


async def test_a_new_wording_stands_with_what_it_was_at_its_own_table_only() -> None:
    async with drawn() as (here, seats, digest):
        source = await id_of(here, seats["dora"])
        worded = Contribution(
            "worded", "digest", digest.table, "west", seats["dora"], "sentence", "Weniger Verkehr.", here.clock.now(), "de",
            target=source,
        )  # fmt: skip
        sentences = tuple(replace(s, words="worded") if s.sources == (source,) else s for s in digest.sentences)
        await here.apply([Keep(worded), Draw(replace(digest, sentences=sentences))])
        files = await crossed(here)
        [own] = of_kind(files, "west-1", "digest")
        [line] = [s for s in own["sentences"] if s.get("worded_by")]
        assert (line["text"], line["before"], line["sources"]) == ("Weniger Verkehr.", "Weniger Autos.", [source])
        assert of_kind(files, "west-1", "sentence") == [], "a wording is no speech of its own"
        assert "Before that it read" in files["transcript/west-1.md"].decode()
        [relay] = of_kind(files, "east-1", "relay")
        [line] = [s for s in relay["sentences"] if s.get("worded_by")]
        assert line["original"] == "Weniger Verkehr."
        assert "before" not in line, "that has never crossed"
        assert "Weniger Autos" not in files["transcript/east-1.md"].decode()


async def test_what_a_wording_was_stands_there_only_if_both_are_released() -> None:
    async with drawn() as (here, seats, digest):
        source = await id_of(here, seats["fritz"])  # he agreed to his table's transcript and to no quotes
        worded = Contribution(
            "worded", "digest", digest.table, "west", seats["fritz"], "sentence", "Ein kurzer Steg.", here.clock.now(), "de",
            target=source,
        )  # fmt: skip
        more = DigestSentence((source,), 1, 0, False, words="worded")
        await here.apply([Keep(worded), Draw(replace(digest, sentences=(*digest.sentences, more), state="approved"))])
        [own] = of_kind(await exported(here), "west-1", "digest")
        assert own["sentences"][-1]["before"] == "Ein Steg."
        await here.apply([Grant(seats["fritz"], "transcript", False, "v1", "de")])
        [own] = of_kind(await exported(here), "west-1", "digest")
        assert "before" not in own["sentences"][-1]
        assert "Steg" not in str(own)


async def test_what_a_model_has_worded_says_so() -> None:
    async with drawn() as (here, seats, digest):
        sources = (await id_of(here, seats["dora"]), await id_of(here, seats["emil"]))
        worded = Contribution(
            "made", "digest", digest.table, "west", "+".join(sorted((seats["dora"], seats["emil"]))), "sentence",
            "Weniger Autos, mehr Schatten.", here.clock.now(), "de", target=sources[0],
        )  # fmt: skip
        one = DigestSentence(sources, 2, 0, False, words="made", model="mistral-small")
        rest = tuple(s for s in digest.sentences if not set(s.sources) & set(sources))
        await here.apply([Keep(worded), Draw(replace(digest, sentences=(one, *rest)))])
        files = await crossed(here)
        [relay] = of_kind(files, "east-1", "relay")
        line = relay["sentences"][0]
        assert (line["model"], line["original"]) == ("mistral-small", "Weniger Autos, mehr Schatten.")
        assert sorted(line["sources"]) == sorted(sources)
        transcript = files["transcript/east-1.md"].decode().replace("\\", "")
        assert "Worded by a language model (mistral-small)." in transcript


async def test_an_answer_names_the_sentence_and_nobody_at_the_other_table() -> None:
    async with drawn() as (here, seats, digest):
        await crossed(here)
        reply = Contribution(
            "reply", "carry", "east-1", "east", seats["anna"], "reply", "Here as well.", here.clock.now(), "en",
            target=digest.sentences[1].worded,
        )  # fmt: skip
        back = Digest(
            "back", "carry", "east-1", "east", "en", "approved", (DigestSentence(("reply",), 1, 0, False),), 0, 3,
            here.clock.now(), answers=digest.id,
        )  # fmt: skip
        await here.apply([Keep(reply), Draw(back)])
        files = await exported(here)
        [said] = of_kind(files, "east-1", "reply")
        assert (said["answers_digest"], said["answers_sentence"], said["name"]) == (digest.id, 2, "Anna")
        assert "in answer to sentence 2" in files["transcript/east-1.md"].decode()
        told = "".join(files[f"transcript/east-1.{end}"].decode() for end in ("md", "jsonl"))
        assert not [name for name in ("Dora", "Emil", "Gabi") if name in told]
        assert [row["answers_digest"] for row in of_kind(files, "east-1", "digest") if row["id"] == "back"] == [
            digest.id
        ]


async def test_an_argument_is_a_record() -> None:
    async with drawn() as (here, seats, _):
        given = Contribution(
            "dialect", "arguments", "west-1", "west", seats["dora"], "idea", "Zvill Autos.", here.clock.now(), "de", "against",
            written="gsw",
        )  # fmt: skip
        await here.apply([Keep(given)])
        await here.store.transact(opinions.amend, ASSEMBLY, seats["dora"], "dialect", "Z'vill Autos.", 1)
        [row] = of_kind(await crossed(here), "west-1", "idea")
        kept = {name: row[name] for name in ("side", "language", "written_in", "versions", "text", "id")}
        assert kept == {
            "side": "against", "language": "de", "written_in": "gsw", "versions": 2, "text": "Z'vill Autos.", "id": "dialect",
        }  # fmt: skip


async def test_the_files_are_the_same_to_the_byte_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "pnyx.db"
    async with drawn(path) as (here, seats, _):
        await crossed(here)
        for language in ("fr", "en", "cs"):
            await here.apply([Retell(Translated(await id_of(here, seats["dora"]), language, language, "pseudo"))])
        files = await exported(here)
        other = await open_store(path, KeyFile.from_seed(1), read_only=True)
        try:
            assert await other.read(export_files, House(CATALOGS), ASSEMBLY) == files
        finally:
            await other.close()
