"""A table that spans two platforms: each person reads each message once, and what becomes of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bot.core.effects import Seated
from bot.core.rendered import plain
from bot.store import audit, opinions, queue
from bot.transports.port import Refused
from tests.support.chats import TALK
from tests.support.room import ASSEMBLY
from tests.support.two_platforms import Both, both

GROUP = "group-7"
ASK = '[[step]]\nid = "idea"\ntype = "collect"\nduration = "40m"\ntext = "Your idea?"\nmax_each = 3\n'
BALLOT = (
    '[[step]]\nid = "ballot"\ntype = "vote"\nduration = "1h"\nquestions = [{ id = "q", method = "yes_no_abstain", '
    'text = { en = "More bread?", de = "Mehr Brot?" } }]\n'
)


async def met(b: Both, *inside: str, group: tuple[str, ...] = ()) -> str:
    """These people are in the room that we made, others in a group that Maya has bound. Its place."""
    (hall,) = b.halls.tables
    for name in inside:
        await b.enters(name, hall)
    if group:
        await b.write("maya", "/bind")
        code = re.findall(r"/bind (\S+)", "\n".join(b.shown("maya")))[-1]
        await b.there("maya", GROUP, f"/bind {code}")
        for name in group:
            await b.enters(name, GROUP)
    b.clear()
    return hall


async def kept(b: Both, step: str = "talk") -> list[tuple[str, str]]:
    found = await b.room.store.read(opinions.contributions, ASSEMBLY, step)
    return [(c.text, c.state) for c in found]


async def test_each_reads_once_what_anybody_says_wherever_they_are() -> None:
    async with both() as b:
        hall = await met(b, "dora")
        await b.there("dora", hall, "From the hall")
        await b.write("anna", "From a phone")
        await b.write("emil", "From a private chat there")
        for words, author, heard in (
            ("From the hall", "Dora", {"anna": 1, "ben": 1, "emil": 1, "maya": 1, "dora": 0, hall: 0}),
            ("From a phone", "Anna", {"anna": 0, "ben": 1, "emil": 1, "maya": 1, "dora": 0, hall: 1}),
            ("From a private chat there", "Emil", {"anna": 1, "ben": 1, "emil": 0, "maya": 1, "dora": 0, hall: 1}),
        ):
            assert {place: b.count(place, words) for place in heard} == heard
            assert all(author in text for place in heard for text in b.shown(place) if words in text)
        assert [text for text, _ in await kept(b)] == ["From the hall", "From a phone", "From a private chat there"]


async def test_two_rooms_of_one_table_hear_each_other_and_never_themselves() -> None:
    async with both(maya="phones") as b:
        hall = await met(b, "dora", group=("anna", "maya"))
        await b.there("anna", GROUP, "From the group")
        await b.there("dora", hall, "From the hall")
        await b.write("ben", "From nowhere")
        places = ("anna", "ben", "dora", "emil", "maya", GROUP, hall)
        counted = {w: [p for p in places if b.count(p, w)] for w in ("From the group", "From the hall", "From nowhere")}
        assert counted == {
            "From the group": ["ben", "emil", hall],
            "From the hall": ["ben", "emil", GROUP],
            "From nowhere": ["emil", GROUP, hall],
        }
        assert all(b.count(p, w) <= 1 for p in places for w in counted)


async def test_a_reply_answers_the_readers_own_copy_on_either_side() -> None:
    async with both() as b:
        hall = await met(b, "dora")
        own = await b.there("dora", hall, "Bread is dear")
        copy = b.phones.find("anna", "Bread is dear")
        await b.write("anna", "So it is", answers=copy)
        assert b.halls.answers(hall, "So it is") == own
        assert b.phones.answers("ben", "So it is") == b.phones.find("ben", "Bread is dear")
        assert b.halls.answers("emil", "So it is") == b.halls.find("emil", "Bread is dear")
        there = b.halls.find(hall, "So it is")
        await b.there("dora", hall, "And it will be", answers=there)
        (answer,) = [id for id, m in b.phones.chats["ben"].items() if "So it is" in plain(m)]
        assert b.phones.answers("ben", "And it will be") == answer


@pytest.mark.parametrize("where", ["hall", "phone"])
async def test_an_edit_changes_every_copy_and_not_what_its_author_wrote(where: str) -> None:
    async with both() as b:
        hall = await met(b, "dora")
        who, place = ("dora", hall) if where == "hall" else ("anna", "")
        own = await (b.there(who, place, "Bred") if place else b.write(who, "Bred"))
        await b.edit(who, own, "Bread", place)
        others = {"anna", "ben", "emil", "maya", hall} - {who, place}
        for other in others:
            (text,) = [text for text in b.shown(other) if "Bread" in text]
            assert "(edited)" in text
            assert not any("Bred" in text for text in b.shown(other))
        assert await kept(b) == [("Bread", "live")]


@pytest.mark.parametrize("how", ["undo", "delete in the hall", "delete in private"])
async def test_what_is_taken_back_goes_everywhere(how: str) -> None:
    async with both() as b:
        hall = await met(b, "dora")
        who = "emil" if how == "delete in private" else "dora"
        own = await (b.write(who, "Never mind") if who == "emil" else b.there(who, hall, "Never mind"))
        if how == "undo":
            await b.write(who, "/undo")
        else:
            await b.deletes(who, own, hall if who == "dora" else "")
        for place in ("anna", "ben", "emil", "maya", hall):
            assert not any("Never mind" in text for text in b.shown(place))
        for place in ("anna", "ben", "maya"):
            assert b.count(place, "has taken a message back") == 1
        assert await kept(b) == []


async def test_after_the_end_a_deletion_is_noted_and_the_words_stand() -> None:
    async with both(TALK + ASK) as b:
        hall = await met(b, "dora")
        own = await b.there("dora", hall, "On record")
        await b.room.wait(timedelta(minutes=41))
        await b.deletes("dora", own, hall)
        assert await kept(b) == [("On record", "live")]
        assert any("On record" in text for text in b.shown("anna"))
        assert "it still stands in the record" in b.last("dora")
        noted = [line.act for line in await b.room.store.read(audit.lines, ASSEMBLY)]
        assert noted.count("redacted") == 1


async def test_a_deletion_takes_a_private_answer_back_too() -> None:
    async with both(ASK) as b:
        own = await b.write("dora", "A bakery")
        assert [text for text, _ in await kept(b, "idea")] == ["A bakery"]
        await b.deletes("dora", own)
        assert await kept(b, "idea") == []
        assert "Taken back" in b.last("dora")


async def test_nobody_takes_back_what_is_anothers_but_whoever_leads_may_hide_it() -> None:
    async with both() as b:
        hall = await met(b, "dora", "emil", "maya")
        own = await b.there("dora", hall, "You are fools")
        await b.deletes("emil", own, hall)
        assert await kept(b) == [("You are fools", "live")]
        await b.deletes("maya", own, hall)
        assert not any("fools" in text for place in ("anna", "ben", hall) for text in b.shown(place))
        assert "Why was it hidden?" in b.last("maya")
        assert b.count("dora", "Maya (facilitator) has hidden what you wrote at 11:00") == 1
        assert await kept(b) == []


async def test_hiding_deletes_every_copy_on_both_platforms_and_says_which_stay() -> None:
    async with both(maya="phones") as b:
        hall = await met(b, "dora", group=("anna", "maya"))
        own = await b.there("dora", hall, "You are fools")
        b.phones.stuck.add(b.phones.find("ben", "You are fools"))
        await b.there("maya", GROUP, "/hide", answers=b.phones.find(GROUP, "You are fools"))
        assert (hall, own) in b.halls.deleted
        for place in ("emil", GROUP, hall):
            assert not any("fools" in text for text in b.shown(place))
        assert any("fools" in text for text in b.shown("ben")), "the platform does not let it go"
        assert any("Ben" in text for text in b.shown("maya")), "and Maya is told"


async def test_a_picture_crosses_from_one_platform_to_the_other() -> None:
    async with both(TALK.replace("text =", 'pictures = "pass"\ntext =')) as b:
        hall = await met(b, "dora")
        await b.sends("anna", "photo", "My bread")
        await b.sends("dora", "photo", "Mine", place=hall)
        for chats, place, data in ((b.halls, hall, b"file-of-anna"), (b.phones, "ben", b"file-of-dora")):
            files = [m.attachment for m in chats.chats[place].values() if m.attachment is not None]
            assert any(f.data == data and f.ref == "" for f in files)
        (again,) = [m.attachment for m in b.phones.chats["ben"].values() if m.attachment and "anna" in m.attachment.ref]
        assert again.data is None, "the account that received it has a name for it"
        emil = [m.attachment for m in b.halls.chats["emil"].values() if m.attachment is not None]
        assert len(emil) == 2


async def test_what_one_room_has_before_its_eyes_the_other_is_asked_for() -> None:
    async with both(maya="phones", phones=("anna",), halls=("dora", "emil")) as b:
        hall = await met(b, "dora", "emil", group=("anna", "maya"))
        await b.sends("dora", "voice", place=hall)
        assert b.count("anna", "May voice notes be passed on here") == 1, "she reads in another room"
        assert b.count(GROUP, "Dora") == 0
        before = len(b.shown("anna"))
        await b.there("anna", GROUP, "x", bar="forwarded")
        assert len(b.shown("anna")) == before + 1, "those in the other room do not see it, so she is told"


async def test_officials_and_strangers_are_announced_and_nothing_of_theirs_is_kept_or_carried() -> None:
    async with both() as b:
        await b.enrol(b.halls, "otto", role="observer")
        await b.enrol(b.halls, "eva", role="expert")
        hall = await met(b, "dora")
        for who in ("otto", "eva", "stranger"):
            b.on.setdefault(who, b.halls)
            await b.enters(who, hall)
            await b.there(who, hall, f"Words of {who}")
        for place in (hall, "anna", "emil"):
            assert b.count(place, "Otto (observer) has come into the room") == 1
            assert b.count(place, "Eva (expert) has come into the room") == 1
            assert b.count(place, "Somebody without a seat at this table has come into its room") == 1
            assert b.count(place, "Words of") == 0
        assert await kept(b) == []


async def test_an_official_who_was_given_a_table_is_announced_there_and_speaks_under_a_label() -> None:
    async with both() as b:
        await b.enrol(b.halls, "eva", role="expert")
        home = (await b.seat("dora")).table
        await b.room.apply([Seated(home, "tables", "linz", 1, ("en",), ((await b.seat("eva")).id,))])
        hall = await met(b, "dora")
        await b.enters("eva", hall)
        own = await b.there("eva", hall, "Words of an expert")
        await b.edit("eva", own, "Other words", hall)
        assert b.count("anna", "Eva (expert) has come into the room of this table.") == 1
        assert len(await kept(b)) == 1
        assert any("Eva (expert)\n  “Other words”" in text for text in b.shown("anna"))


async def test_officials_get_no_ballot_with_the_citizens() -> None:
    async with both(BALLOT, seated=False) as b:
        await b.enrol(b.halls, "otto", role="observer")
        await b.enrol(b.phones, "eva", role="expert")
        await b.room.wait(timedelta(hours=1))
        await b.room.engine.settle()
        assert all(b.count(who, "More bread?") == 1 for who in ("anna", "dora"))
        assert all(b.count(who, "More bread?") == 0 for who in ("otto", "eva", "maya", *b.halls.tables))
        await b.write("otto", "1")
        assert b.count("otto", "your vote is in") == 0


async def test_a_message_that_cannot_be_said_in_a_room_reaches_everybody_else() -> None:
    async with both() as b:
        hall = await met(b, "dora")
        b.halls.failing[hall] = Refused("too large")
        await b.write("anna", "All the same")
        assert b.count("ben", "All the same") == b.count("emil", "All the same") == 1
        assert (await b.room.store.read(queue.parked)) == []
