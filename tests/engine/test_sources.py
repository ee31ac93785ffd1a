"""`/source`: whoever reads a digest learns what stands behind a sentence, and no more than may cross."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from bot.core.commands.tracing import wanted
from bot.core.effects import Draw, Keep, Retell
from bot.core.heard import Heard
from bot.core.provenance import Read, Source, Trail, behind, the_last
from bot.core.rendered import plain
from bot.core.state import Contribution, Digest, DigestSentence, Seat, Table, Translated
from bot.store import archive, copies, identities, opinions
from bot.transports.port import Batch, Incoming
from tests.support.plays import flow_of, read
from tests.support.room import ACCOUNT, ASSEMBLY, ENGLISH, START, Room, room
from tests.support.stagehand import Stagehand
from tests.support.table_room import GROUP, bind
from tests.support.two_shores import ALL, MINUTE, gather, two_shores

EAST = dict.fromkeys(("anna", "ben", "cleo"), ALL)
WEST = dict.fromkeys(("dora", "emil", "fritz", "gabi"), ALL)
SAID = (
    ("anna", "More boats at night."), ("ben", "No bridge, ever."), ("cleo", "Ask the children."),
    ("dora", "Weniger Autos."), ("emil", "Mehr Schatten."),
    ("fritz", "Ein Steg."),
    ("gabi", "Mehr Licht."),
)  # fmt: skip


@asynccontextmanager
async def evening(translate: str = "none", shown: str = "table") -> AsyncIterator[tuple[Room, dict[str, str]]]:
    """Both tables have talked, and their digests are drawn and wait for a yes."""
    flow = two_shores().replace('to = "mirror"\n', f'to = "mirror"\nsource_shown = "{shown}"\n')
    async with room(flow, translate=translate, catalogs=ENGLISH) as here:
        seats = await gather(here, EAST, WEST)
        await here.until("talk")
        for name, words in SAID:
            await here.say(name, words)
        await here.until("digest")
        yield here, seats


async def approve(here: Room) -> None:
    await here.say("maya", press="digest:approve:east-1:")
    await here.say("nils", press="digest:approve:west-1:")


async def carried(here: Room) -> None:
    await approve(here)
    await here.wait(20 * MINUTE)


async def drawn(here: Room, site: str) -> Digest:
    return next(d for d in await here.store.read(archive.digests, ASSEMBLY) if d.site == site)


async def reads(here: Room, who: str, text: str = "", press: str = "") -> str:
    """What somebody reads who writes or presses this."""
    before = len(here.post.to(who))
    await here.say(who, text, press)
    return "\n".join(plain(m) for m in here.post.to(who)[before:])


async def replies(here: Room, seat: str, who: str, text: str, digest: str) -> str:
    """What somebody reads who writes this in reply to a digest."""
    before = len(here.post.to(who))
    remote = await here.store.read(copies.remote, seat, ASSEMBLY, digest)
    incoming = Incoming(f"reply/{digest}", who, who, here.clock.now(), text, answers=remote)
    await here.engine.take_in(ACCOUNT, Batch((incoming,), "reply"))
    await here.engine.settle()
    return "\n".join(plain(m) for m in here.post.to(who)[before:])


async def number_of(here: Room, site: str, words: str) -> int:
    """The number of the sentence in these words."""
    digest = await drawn(here, site)
    said = await here.store.read(opinions.words, ASSEMBLY, [s.worded for s in digest.sentences])
    return next(n for n, s in enumerate(digest.sentences, 1) if said.get(s.worded) == words)


async def test_a_sentence_from_another_table_is_traced_without_a_name() -> None:
    async with evening("pseudo") as (here, _):
        await carried(here)
        n = await number_of(here, "west", "Weniger Autos.")
        told = await reads(here, "anna", f"/source {n}")
        assert f"Sentence {n} · from table 1 in West Bank" in told
        assert "Weniger Autos." in told, "word for word, as it was written"
        assert "German · What should change? · " in told
        assert "One person wrote this." in told
        assert "You have read it translated by machine (pseudo) from German." in told
        assert "No translator has looked at this translation yet." in told
        assert "Dora" not in told, "who it was stays there"
        assert "Dora" not in await reads(here, "maya", f"/source {n}"), "to those who lead here as well"


async def test_no_more_of_the_place_is_told_than_the_flow_shows() -> None:
    for shown, place in (("site", "from a table in West Bank"), ("hidden", "from another table")):
        async with evening(shown=shown) as (here, _):
            await carried(here)
            told = await reads(here, "anna", "/source 1")
            assert f"Sentence 1 · {place}\n" in told
            assert ("West Bank" in told) == (shown == "site")
            assert "table 1" not in told


async def test_those_who_lead_the_table_of_origin_read_the_names_that_it_reads() -> None:
    async with evening() as (here, _):
        n = await number_of(here, "east", "No bridge, ever.")
        told = await reads(here, "maya", f"/source {n}")
        assert f"Sentence {n} · your table" in told, "the draft is traced too"
        assert "Ben · English · What should change?" in told
        assert "You have read no summary yet." in await reads(here, "anna", "/source 1"), "only what one has read"
        await here.say("maya", press="digest:approve:east-1:")
        told = await reads(here, "anna", f"/source {n}")
        assert "No bridge, ever." in told
        assert "Ben" not in told


async def test_what_was_taken_back_or_erased_since_says_so_and_nothing_else() -> None:
    async with evening() as (here, seats):
        await carried(here)
        first, second = [await number_of(here, "west", words) for words in ("Weniger Autos.", "Mehr Schatten.")]
        await here.say("dora", press="-leave:withdraw-yes")
        await here.store.transact(identities.erase, seats["emil"])
        told = await reads(here, "anna", f"/source {first}")
        assert "Whoever wrote this has taken it back." in told
        assert "Weniger" not in told
        told = await reads(here, "anna", f"/source {second}")
        assert "erased at their own wish" in told
        assert "Schatten" not in told


async def test_a_wording_changed_with_its_authors_yes_shows_the_earlier_one_at_home_only() -> None:
    async with evening() as (here, seats):
        digest, n = await drawn(here, "west"), await number_of(here, "west", "Weniger Autos.")
        source = digest.sentences[n - 1].sources[0]
        wording = Contribution(
            "worded", "digest", digest.table, "west", seats["dora"], "sentence", "Weniger Verkehr.", here.clock.now(), "de",
            target=source,
        )  # fmt: skip
        sentences = tuple(replace(s, words="worded") if s.sources[0] == source else s for s in digest.sentences)
        await here.apply([Keep(wording), Draw(replace(digest, sentences=sentences))])
        await carried(here)
        there = await reads(here, "anna", f"/source {n}")
        assert "Weniger Verkehr." in there
        assert "Autos" not in there
        assert "How it read before stays at the table" in there
        home = await reads(here, "emil", press=f"-source:{digest.id}:{n}")
        assert "Weniger Verkehr." in home
        assert "Before that it read:" in home
        assert "Weniger Autos." in home


async def test_what_a_model_has_worded_is_said_with_that_from_which_it_was_made() -> None:
    async with evening() as (here, seats):
        digest = await drawn(here, "west")
        sources = tuple(s.sources[0] for s in digest.sentences)
        made = Contribution(
            "made", "digest", digest.table, "west", seats["dora"], "sentence", "Weniger Autos und mehr Schatten.",
            here.clock.now(), "de", target=sources[0],
        )  # fmt: skip
        one = DigestSentence(sources, 2, 0, False, words="made", model="mistral-small")
        await here.apply([Keep(made), Draw(replace(digest, sentences=(one,)))])
        await carried(here)
        told = await reads(here, "anna", "/source 1")
        assert "The language model mistral-small has worded this, and a person has approved it." in told
        assert "Weniger Autos." in told
        assert "Mehr Schatten." in told
        assert "Several people wrote this" in told
        assert "2 people" not in told, "no count below ten"


async def test_a_doubt_and_a_withdrawal_of_the_translation_are_told() -> None:
    async with evening("pseudo") as (here, _):
        await carried(here)
        n = await number_of(here, "west", "Weniger Autos.")
        id = (await drawn(here, "west")).sentences[n - 1].worded
        for state, said in (
            ("questioned", "A reader doubts this translation."),
            ("reviewed", "Somebody who knows both languages has read this translation."),
            ("withdrawn", "This translation was withdrawn; the original stands in its place."),
        ):
            await here.apply([Retell(Translated(id, "en", "Fewer cars.", "pseudo", state, via="fr"))])  # type: ignore[arg-type]
            told = await reads(here, "anna", f"/source {n}")
            assert said in told
            assert ("by way of French" in told) == (state != "withdrawn")


async def test_without_a_number_or_with_a_wrong_one_it_asks_which_sentence() -> None:
    async with evening() as (here, _):
        await carried(here)
        assert "Which sentence do you mean?" in await reads(here, "anna", "/source")
        told = await reads(here, "anna", "/source 9")
        assert "There is no sentence 9 in this summary." in told
        assert [b.label for b in here.post.to("anna")[-1].buttons] == ["1", "2", "3", "4"]
        await here.choose("anna", "2")
        assert "Sentence 2 · from table 1 in West Bank" in here.post.text("anna")


async def test_a_sentence_that_was_left_out_is_not_traced_elsewhere() -> None:
    async with evening() as (here, _):
        n = await number_of(here, "west", "Weniger Autos.")
        await here.say("nils", press=f"digest:reason:west-1:{n}-off-topic")
        await carried(here)
        assert f"There is no sentence {n} in this summary." in await reads(here, "anna", f"/source {n}")
        told = await reads(here, "nils", press=f"-source:{(await drawn(here, 'west')).id}:{n}")
        assert "It was left out: " in told, "those who lead its table still find it"
        assert "Weniger Autos." in told


async def test_a_reply_to_a_digest_asks_about_that_one() -> None:
    async with evening() as (here, seats):
        await carried(here)
        own, other = await drawn(here, "east"), await drawn(here, "west")
        assert "Sentence 1 · your table" in await replies(here, seats["anna"], "anna", "/source 1", own.id)
        assert "from table 1 in West Bank" in await replies(here, seats["anna"], "anna", "/source 1", other.id)
        assert "from table 1 in West Bank" in await reads(here, "anna", "/source 1"), "else the one that was read last"


def test_where_several_came_together_it_asks_which() -> None:
    digests = [Digest(id, "digest", f"t-{id}", "west", "de", "approved", (), 0, 3, START) for id in "abc"]
    together = [Read(digests[0], "carry"), Read(digests[1], "carry"), Read(digests[2], "")]
    assert the_last(together) is None
    assert the_last(together[1:]) == together[1]
    assert the_last([]) is None
    asked = Heard("1", "anna", START, "/source 2")
    assert wanted(asked, together) == (None, 2)
    assert wanted(replace(asked, answers="b"), together) == (together[1], 2), "a reply says which"
    assert wanted(replace(asked, text="", press="-source:c:2"), together) == (together[2], 2)
    assert wanted(replace(asked, text="/source n° 3."), together[2:]) == (together[2], 3)
    assert wanted(replace(asked, text="/source three"), together[2:]) == (together[2], None)


def test_the_question_which_digest_names_their_places() -> None:
    flow = flow_of(
        "[groups.tables]\nsize = { min = 3, target = 4, max = 6 }\n"
        '[[step]]\nid = "carry"\ntype = "relay"\nof = "digest"\nduration = "10m"\n'
    )
    digests = [Digest(id, "digest", f"t-{id}", "lyon", "de", "approved", (), 0, 3, START) for id in "abc"]
    tables = {f"t-{id}": Table(f"t-{id}", "tables", "lyon", n, ("de",)) for n, id in enumerate("abc", 1)}
    read = (Read(digests[0], "carry"), Read(digests[1], "carry"), Read(digests[2], ""))
    stage = Stagehand(flow, read=read, drawn_at=tables, trail=None)
    stage.seat("anna", table="t-c")
    [asked] = stage.write("anna", "/source 3")
    assert asked.startswith("You have read several summaries. Which one do you mean?")
    assert "/source 3" in asked
    buttons = stage.told("seat:anna")[-1].buttons
    assert [b.press for b in buttons] == ["-source:a:3", "-source:b:3", "-source:c:3"]
    assert "[your table]" in asked
    [told] = stage.press("anna", "-source:b:3")
    assert "There is no sentence 3 in this summary." in told


async def test_the_digest_that_was_read_last_is_meant() -> None:
    async with evening() as (here, seats):
        await carried(here)
        own, other = await drawn(here, "east"), await drawn(here, "west")
        for later, (digest, place) in enumerate(((own, "your table"), (other, "from table 1 in West Bank")), 1):
            at = int(here.clock.now().timestamp() * 1000) + later
            await here.store.transact(copies.note, seats["anna"], f"again-{later}", ASSEMBLY, digest.id, at)
            assert f"Sentence 1 · {place}" in await reads(here, "anna", "/source 1")


async def test_what_was_read_in_a_room_of_the_table_counts_as_read() -> None:
    async with evening() as (here, _):
        await bind(here)
        await here.say("maya", press="digest:approve:east-1:")
        assert "This goes to the other tables" in here.post.text(GROUP)
        await here.room_says("anna", GROUP, "hello", message="m1")
        assert "Sentence 1 · your table" in await reads(here, "anna", "/source 1")


async def test_an_idea_stays_nameless_and_help_is_told_at_home_only() -> None:
    async with evening() as (here, seats):
        digest = await drawn(here, "west")
        idea = Contribution(
            "idea", "arguments", "west-1", "west", seats["dora"], "idea", "Ein Baum.", here.clock.now(), "de", helped=True
        )  # fmt: skip
        await here.apply(
            [Keep(idea), Draw(replace(digest, sentences=(*digest.sentences, DigestSentence(("idea",), 1, 0, False))))]
        )
        n = len(digest.sentences) + 1
        told = await reads(here, "nils", press=f"-source:{digest.id}:{n}")
        assert "Ein Baum." in told
        assert "Dora" not in told, "her table reads it without a name"
        own = await reads(here, "nils", press=f"-source:{digest.id}:{await number_of(here, 'west', 'Weniger Autos.')}")
        assert "Dora" in own
        shown = [
            behind(here.flow, reader, trail_of(idea, digest, n)) for reader in (seat_at("east-1"), seat_at("west-1"))
        ]
        helped = ["with help" in "".join(read(part) for b in blocks for part in b.parts) for blocks in shown]
        assert helped == [False, True]


async def test_words_that_their_author_has_edited_say_so() -> None:
    async with evening() as (here, seats):
        n, digest = await number_of(here, "west", "Weniger Autos."), await drawn(here, "west")
        id = digest.sentences[n - 1].sources[0]
        await here.store.transact(opinions.amend, ASSEMBLY, seats["dora"], id, "Weniger Autos!", 1)
        told = await reads(here, "nils", press=f"-source:{digest.id}:{n}")
        assert "Weniger Autos!" in told
        assert told.splitlines()[3].endswith("(edited)")


def seat_at(table: str) -> Seat:
    return Seat("reader", "participant", table.partition("-")[0], "en", "active", "Reader", table)


def trail_of(given: Contribution, digest: Digest, number: int) -> Trail:
    sentences = (*digest.sentences, DigestSentence((given.id,), 1, 0, False))
    table = Table(digest.table, "tables", digest.site, 1, ("de",))
    return Trail(replace(digest, sentences=sentences), number, table, (Source(given.id, "live", given),), step="carry")
