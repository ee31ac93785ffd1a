"""A draft in the hands of its table, through the real store and engine: what authors and facilitators do reaches the other table,
and what they did not agree to never does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.core.rendered import plain
from bot.core.state import Contribution, Digest
from bot.store import archive, identities, opinions, people, queue
from tests.support.room import ASSEMBLY, Room, room
from tests.support.two_shores import ALL, MINUTE, gather, two_shores

EAST = {
    "anna": "More boats at night.",
    "ben": "A bell for the last boat.",
    "cleo": "No bridge, ever.",
}
WEST = {"dora": "Weniger Autos am Ufer.", "emil": "Mehr Schatten.", "fritz": "Bänke am Fluss."}


@asynccontextmanager
async def drafted(*said: str) -> AsyncIterator[Room]:
    """Both tables have talked and their digests are drawn; in the East only these people have said something."""
    async with room(two_shores()) as here:
        await gather(here, dict.fromkeys(EAST, ALL), dict.fromkeys(WEST, ALL))
        await here.until("talk")
        for name, words in {**EAST, **WEST}.items():
            if name in (said or EAST) or name in WEST:
                await here.say(name, words)
        await here.until("digest")
        yield here
        assert await here.store.read(queue.parked) == []


async def crossed(here: Room) -> str:
    """What somebody at the other table has read once the digest has gone."""
    await here.choose("nils", "Freigeben")
    await here.wait(MINUTE)
    return here.post.text("dora")


async def number_of(here: Room, who: str) -> int:
    """The number of somebody's sentence."""
    for n, sentence in enumerate((await east(here)).sentences, 1):
        given = await here.store.read(opinions.contribution, ASSEMBLY, sentence.sources[0])
        if given is not None and given.text == EAST[who]:
            return n
    raise LookupError(who)


async def east(here: Room) -> Digest:
    return next(d for d in await here.store.read(archive.digests, ASSEMBLY) if d.site == "east")


async def wording(here: Room, text: str) -> Contribution:
    """The sentence that somebody typed, as it is kept now."""
    digest = await east(here)
    for sentence in digest.sentences:
        if sentence.words:
            found = await here.store.read(opinions.contribution, ASSEMBLY, sentence.words)
            if found is not None and found.text == text:
                return found
    raise LookupError(text)


def letter(here: Room, who: str, words: str) -> str:
    """The newest message to somebody in which these words stand."""
    return next(plain(m) for m in reversed(here.post.to(who)) if words in plain(m))


async def test_corrected_words_cross_the_border_and_the_first_ones_stay_at_home() -> None:
    async with drafted() as here:
        assert EAST["anna"] in letter(here, "anna", "These words of yours stand in the summary")
        await here.choose("anna", "Correct")
        await here.say("anna", "A boat every hour at night.")
        assert "Somebody has put sentence" in plain(here.post.to("maya")[-1])
        kept = await wording(here, "A boat every hour at night.")
        original = await here.store.read(opinions.contribution, ASSEMBLY, kept.target)
        assert original is not None
        assert (original.text, original.state, kept.seat) == (EAST["anna"], "live", original.seat)
        await here.choose("maya", "Approve")
        come = await crossed(here)
        assert "A boat every hour at night." in come
        assert EAST["anna"] not in come
        assert all(EAST[name] in come for name in ("ben", "cleo"))


async def test_a_press_on_a_draft_that_has_changed_approves_nothing() -> None:
    async with drafted() as here:
        stale = next(c.press for c in here.post.to("maya")[-1].buttons if c.label == "Approve")
        await here.choose("anna", "Correct")
        await here.say("anna", "A boat every hour at night.")
        await here.say("maya", press=stale)
        assert "Please read it once more." in plain(here.post.to("maya")[-1])
        assert (await east(here)).state == "draft"


async def test_another_wording_needs_the_yes_of_its_author() -> None:
    async with drafted() as here:
        number = await number_of(here, "cleo")
        await here.choose("maya", f"Edit {number}")
        await here.say("maya", "Perhaps a bridge, some day.")
        assert "would word it like this:" in letter(here, "cleo", "Perhaps a bridge, some day.")
        await here.choose("cleo", "No, keep mine")
        await here.choose("maya", "Approve")
        come = await crossed(here)
        assert EAST["cleo"] in come
        assert "Perhaps a bridge" not in come


async def test_a_coordinator_who_sits_at_no_table_words_a_sentence_too() -> None:
    async with drafted() as here:
        await here.enrol("claire", "coordinator", "east")
        await here.wait(10 * MINUTE)
        number = await number_of(here, "anna")
        await here.choose("claire", f"Edit {number}")
        await here.say("claire", "Boats all night long.")
        await here.choose("anna", "Yes, that is what I mean")
        kept = await wording(here, "Boats all night long.")
        anna = await here.store.read(people.load_seat, kept.seat)
        assert anna is not None
        assert anna.name == "Anna"


async def test_who_is_erased_takes_their_new_words_along() -> None:
    async with drafted() as here:
        await here.choose("anna", "Correct")
        await here.say("anna", "A boat every hour at night.")
        seat = await here.enrol("anna", site="east")
        await here.store.transact(lambda db: identities.erase(db, seat))
        await here.choose("maya", "Approve")
        assert (await east(here)).state == "draft"
        for name in ("ben", "cleo"):
            await here.choose(name, "They may go")
        assert (await east(here)).state == "approved"
        come = await crossed(here)
        assert "A boat every hour" not in come
        assert EAST["anna"] not in come


async def test_under_three_authors_only_what_they_let_go_crosses() -> None:
    async with drafted("anna", "ben") as here:
        await here.choose("maya", "Approve")
        await here.choose("anna", "They may go")
        await here.choose("ben", "Keep them here")
        assert (await east(here)).state == "approved"
        come = await crossed(here)
        assert EAST["anna"] in come
        assert EAST["ben"] not in come


async def test_who_does_not_answer_keeps_their_words_at_the_end() -> None:
    async with drafted("anna", "ben") as here:
        await here.choose("maya", "Approve")
        await here.choose("anna", "They may go")
        assert (await east(here)).state == "draft"
        await here.wait(20 * MINUTE)
        assert (await east(here)).state == "approved"
        come = here.post.text("dora")
        assert EAST["anna"] in come
        assert EAST["ben"] not in come


async def test_what_is_taken_back_after_the_approval_stands_nowhere_any_more() -> None:
    async with drafted() as here:
        await here.choose("maya", "Approve")
        await here.choose("anna", "Take back")
        assert "It has not gone to any other table, and will not." in letter(here, "anna", "It is taken back")
        come = await crossed(here)
        assert EAST["anna"] not in come
        assert EAST["ben"] in come


async def test_who_takes_back_what_others_have_read_is_told_so_and_they_are_too() -> None:
    async with drafted() as here:
        await here.choose("maya", "Approve")
        come = await crossed(here)
        assert EAST["anna"] in come
        await here.choose("anna", "Take back")
        assert "so has 1 other table" in letter(here, "anna", "It is taken back")
        assert EAST["anna"] not in plain(here.post.to("dora")[-1])
        standing = await here.store.read(opinions.contributions, ASSEMBLY, "talk")
        assert EAST["anna"] not in [each.text for each in standing]


async def test_the_table_is_asked_in_private_and_says_nothing_more_than_that() -> None:
    async with drafted() as here:
        await here.choose("maya", "Ask the table")
        for name in EAST:
            await here.choose(name, "Says what we said")
        draft = plain(here.post.to("maya")[-1])
        assert "Those at your table who answered find in it what was said." in draft
        assert (await east(here)).state == "draft"


async def test_the_facilitator_who_approves_twice_hears_it_kindly_and_once() -> None:
    async with drafted() as here:
        press = next(c.press for c in here.post.to("maya")[-1].buttons if c.label == "Approve")
        for _ in range(4):
            await here.say("maya", press=press)
        assert here.post.text("maya").count("This has been approved already. There is nothing left to do.") == 1
        notes = await here.store.read(archive.digests, ASSEMBLY)
        assert [d.state for d in notes if d.site == "east"] == ["approved"]
