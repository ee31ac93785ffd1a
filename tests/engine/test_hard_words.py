"""Words that are hard to carry go the whole way, from table to table: said, drawn, approved, translated, shown, exported."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.effects import Draw, Keep
from bot.core.rendered import Rendered
from bot.core.state import Contribution, DigestSentence
from bot.engine.house import House
from bot.report.export import export_files
from bot.store import archive, opinions, queue, soundness
from bot.transports.fields import text
from bot.transports.matrix.writing import contents
from bot.transports.telegram.html import pieces
from tests.support.payloads import PAYLOADS
from tests.support.room import ASSEMBLY, CATALOGS, Room, room
from tests.support.two_shores import ALL, MINUTE, gather, two_shores
from tests.transports.test_payloads import OURS, parsed, visible

HARD = {
    "right to left": "צריך יותר אוטובוסים! يجب المزيد من الحافلات",
    "turned around": "\u202eesrever\u202c and \u2066inside\u2069 \u2067out",
    "without width": "zero\u200bwidth\u200c\u200d\ufeff \u2060joined",
    "emoji": "👩\u200d👩\u200d👧\u200d👦 🇫🇷🇩🇪 👍🏽 1\ufe0f\u20e3",
    "half a character": "half \ud83d a \udc00 character",
    "nothing": "a\x00b\x00",
    "combining": "Z\u0351\u036b\u0343\u036b\u0306a\u0306lgo",
    "not composed": "e\u0301te\u0301 \u1112\u1161\u11ab",
    "lines": "one\r\ntwo\u2028three\x85four\x0bfive",
    "markup": "</blockquote><b>@room</b> &amp; [x](tg://user?id=1)",
}
WEST = ("dora", "emil", "fritz")


async def talking(here: Room) -> dict[str, str]:
    seats = await gather(here, dict.fromkeys(("anna", "ben", "cleo"), ALL), dict.fromkeys(WEST, ALL))
    await here.until("talk")
    for name in ("anna", "ben", "cleo"):
        await here.say(name, f"{name} says so, too.")
    return seats


async def crossed(here: Room) -> None:
    for name in WEST:
        await here.say(name, press="digest:may:west-1:yes")
    await here.say("nils", press="digest:approve:west-1:")
    await here.wait(20 * MINUTE)
    assert await here.store.read(queue.parked) == [], "nothing was set aside"


def arrived(here: Room, who: str = "anna") -> Rendered:
    """The digest of the west as somebody in the east gets it."""
    return next(m for m in here.post.to(who) if m.blocks and m.blocks[0][1].startswith("From table 1 in West Bank"))


def sound(message: Rendered) -> None:
    """Both platforms take it, and nothing in it is markup but ours."""
    for piece in pieces(message):
        piece.encode()
        assert set(parsed(piece).tags) <= OURS["telegram"]
    for content in contents(message):
        content["body"].encode()
        found = parsed(content["formatted_body"])
        assert set(found.tags) <= OURS["matrix"]
        assert (found.attributes, content["m.mentions"]) == ([], {})


@pytest.mark.parametrize("kind", HARD)
async def test_hard_words_cross_and_say_what_they_said(kind: str) -> None:
    async with room(two_shores(), translate="pseudo") as here:
        await talking(here)
        for name, words in zip(WEST, (text({"body": HARD[kind]}, "body"), "Mehr Schatten.", "Ein Steg."), strict=True):
            await here.say(name, words)
        await here.until("digest")
        await crossed(here)
        come = arrived(here)
        sound(come)
        assert sum(block == "quote" for block, _ in come.blocks) == 3, "nothing is lost on the way"
        await here.choose("anna", "Show the original")
        original = here.post.to("anna")[-1]
        sound(original)
        told = visible("".join(words for block, words in original.blocks if block == "quote")).replace("\ufffd", "")
        assert visible(HARD[kind].replace("\x00", "")).replace("\ufffd", "") in told
        files = await here.store.read(export_files, House(CATALOGS), ASSEMBLY)
        assert all(content.decode() for name, content in files.items() if not name.startswith("flow/"))


async def test_a_text_of_ten_thousand_characters_is_not_cut_in_silence() -> None:
    async with room(two_shores(), translate="pseudo") as here:
        await talking(here)
        before = len(here.post.to("dora"))
        await here.say("dora", "Wörter " * 1_430)
        answer = "".join(words for m in here.post.to("dora")[before:] for _, words in m.blocks)
        assert "10.009" in answer or "10009" in answer, "she is told how long it was, and what is possible"


async def test_ten_thousand_characters_that_stand_cross_whole() -> None:
    """As they may, where a flow allows it or an earlier version did."""
    async with room(two_shores(), translate="none") as here:
        seats = await talking(here)
        for name in ("emil", "fritz"):
            await here.say(name, f"{name} says so.")
        long = "Zehntausend Zeichen. " * 477
        given = Contribution("long", "talk", "west-1", "west", seats["dora"], "message", long, here.clock.now(), "de")
        await here.apply([Keep(given)])
        await here.until("digest")
        await crossed(here)
        come = arrived(here)
        sound(come)
        assert len(pieces(come)) >= 3
        whole = visible("".join(parsed(piece).text for piece in pieces(come)))
        assert visible(long) in whole
        assert all(len(str(content)) < 60_000 for content in contents(come))


async def test_every_payload_crosses_in_one_digest_and_breaks_nothing() -> None:
    async with room(two_shores(), translate="pseudo") as here:
        seats = await talking(here)
        for name in WEST:
            await here.say(name, f"{name} says so.")
        await here.until("digest")
        at = here.clock.now()
        said = [
            Contribution(f"p{n}", "talk", "west-1", "west", seats[WEST[n % 3]], "message", payload[:4000], at, "de")
            for n, payload in enumerate(PAYLOADS)
            if len(payload) <= 400 and not any("\ud800" <= c <= "\udfff" for c in payload)
        ]
        assert len(said) >= 500
        digest = next(d for d in await here.store.read(archive.digests, ASSEMBLY) if d.site == "west")
        sentences = tuple(DigestSentence((c.id,), 1, 0, False) for c in said)
        await here.apply([*map(Keep, said), Draw(replace(digest, sentences=sentences))])
        await crossed(here)
        come = arrived(here)
        assert sum(block == "quote" for block, _ in come.blocks) >= 500
        sound(come)
        kept = await here.store.read(opinions.words, ASSEMBLY, [c.id for c in said])
        assert kept == {c.id: c.text for c in said}, "what was given stays as it was given"
        record = await here.store.read(soundness.audit, ASSEMBLY)
        assert record.broken == []
        assert record.sources["live"] >= 500
