"""What is hidden is read nowhere any more: not across the border to which its words have gone, not by those who come late, not in
another language, not behind a sentence; it is sealed as evidence until its day, and then it is gone."""

from __future__ import annotations

from bot.core.rendered import plain
from bot.store import audit
from tests.engine.test_retention import DAY, comes, keys, texts
from tests.engine.test_sources import approve, carried, drawn, evening, number_of, reads
from tests.support.chats import table
from tests.support.mixed_tables import mixed
from tests.support.room import ASSEMBLY, Room
from tests.support.two_shores import MINUTE

WORDS = "Weniger Autos."


async def said_by(here: Room, words: str) -> tuple[str, str]:
    """The contribution in these words, and its table."""
    digest = await drawn(here, "west")
    n = await number_of(here, "west", words)
    return digest.sentences[n - 1].worded, digest.table


async def hide(here: Room, words: str = WORDS) -> str:
    id, at = await said_by(here, words)
    await here.say("nils", press=f"-hide:{id}:{at}")
    return f"{id}:{at}"


def read(here: Room, who: str) -> list[str]:
    return [plain(m) for m in here.post.to(who)]


async def acts(here: Room) -> list[str]:
    return [line.act for line in await here.store.read(audit.lines, ASSEMBLY)]


async def test_what_has_crossed_is_hidden_there_too_and_its_readers_are_told_once() -> None:
    async with evening() as (here, _):
        await carried(here)
        assert any(WORDS in m for m in read(here, "anna"))
        n, before = await number_of(here, "west", WORDS), len(here.post.to("anna"))
        press = await hide(here)
        told = read(here, "anna")[before:]
        assert [m for m in told if f"Those who lead that table have hidden sentence {n}." in m] != []
        assert WORDS not in "\n".join(told), "what stands there now is without it"
        assert "hidden by those who lead the table" in await reads(here, "anna", f"/source {n}")
        assert WORDS not in "\n".join(read(here, "anna")[before:])
        await here.say("nils", press=f"-hide:{press}")
        assert sum(f"have hidden sentence {n}." in m for m in read(here, "anna")) == 1
        assert "hid" in await acts(here)


async def test_hidden_by_mistake_it_stands_again_across_the_border() -> None:
    async with evening() as (here, _):
        await carried(here)
        n, press = await number_of(here, "west", WORDS), await hide(here)
        for time in (1, 2):
            before = len(here.post.to("anna"))
            await here.say("nils", press=f"-unhide:{press}")
            told = read(here, "anna")[before:]
            assert sum(f"Sentence {n} was hidden by mistake: it stands again." in m for m in told) == 1, time
            assert WORDS in await reads(here, "anna", f"/source {n}")
            await here.wait(MINUTE)
            await hide(here)


async def test_what_is_hidden_before_it_leaves_never_crosses() -> None:
    async with evening() as (here, _):
        await hide(here)
        await approve(here)
        await here.wait(20 * MINUTE)
        assert any("Mehr Schatten." in m for m in read(here, "anna"))
        assert WORDS not in "\n".join(read(here, "anna"))


async def test_nobody_who_comes_late_reads_it_in_the_recap() -> None:
    async with table() as t:
        await t.write("ben", "Bread for all.")
        await t.write("anna", "You are fools.")
        await t.tap("maya", "Hide")
        await t.write("cleo", "/leave")
        await t.tap("cleo", "Pause")
        await t.write("cleo", "Hello?")
        await t.tap("cleo", "Come back")
        assert sum("Bread for all." in m for m in t.shown("cleo")) == 2, "as it was said, and in the recap"
        assert "fools" not in "\n".join(t.shown("cleo"))


async def test_the_original_behind_a_translation_is_not_shown_either() -> None:
    async with mixed() as (people, _):
        await people.write("anna", "The bread is dear.")
        press = next(b.press for m in people.chats.to("ben") for b in m.buttons if b.label == "Original")
        await people.write("maya", "/hide", answers=people.chats.find("maya", "dear"))
        await people.room.say("ben", press=press)
        assert "ausgeblendet" in people.last("ben")
        await people.write("ben", "/original")
        assert "dear" not in "\n".join(people.shown("ben"))


async def test_it_is_kept_sealed_until_its_day_and_then_it_is_gone() -> None:
    async with table() as t:
        await t.write("anna", "You are fools.")
        await t.tap("maya", "Hide")
        await t.tap("maya", "it insults somebody")
        assert await t.room.store.read(keys) > 0
        rows = await t.room.store.read(texts)
        assert rows
        assert b"fools" not in b"".join(bytes(r[0]) for r in rows if isinstance(r[0], bytes)), "sealed"
        await comes(t, DAY)
        assert await t.room.store.read(texts) == []
        assert await t.room.store.read(keys) == 0
        lines = await t.room.store.read(audit.lines, ASSEMBLY)
        told = [(line.act, line.data.get("reason")) for line in lines if line.act in ("hid", "hidden")]
        assert told == [("hid", None), ("hidden", "insult")], "that something was hidden, and why, stays on record"
