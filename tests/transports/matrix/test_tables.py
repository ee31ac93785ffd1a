"""Tables whose people are on the real homeserver and on the strict Telegram server: what is said there, and who is there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.support.botapi import Message
from tests.support.chats import TALK
from tests.support.matrix_people import Gathering, Seen
from tests.support.two_servers import SIX, Servers, servers

pytestmark = pytest.mark.homeserver

BALLOT = (
    '[[step]]\nid = "ballot"\ntype = "vote"\nduration = "1h"\n'
    'questions = [{ id = "q", method = "yes_no_abstain", text = { en = "More bread?", de = "Mehr Brot?" } }]\n'
)


def relation(seen: Seen) -> str:
    """The message to which this one replies."""
    return str(seen.content.get("m.relates_to", {}).get("m.in_reply_to", {}).get("event_id", ""))


async def places(s: Servers, hall: str = "") -> dict[str, list[str]]:
    """What stands where people read: in their chats, and in the room."""
    found = {name: await s.shown(name) for name in (*s.apps, *s.chats)}
    return {**found, "hall": await s.shown("dora", hall)} if hall else found


async def where(s: Servers, words: str, hall: str = "") -> dict[str, int]:
    """Where these words stand, and how often."""
    counted = {place: sum(words in text for text in texts) for place, texts in (await places(s, hall)).items()}
    return {place: count for place, count in counted.items() if count}


async def test_each_message_reaches_the_other_side_once_with_its_reply_and_its_edit(homeserver: Gathering) -> None:
    async with servers(homeserver) as s:
        hall = await s.come_in("dora", "emil", "maya")
        await s.forget(hall)
        dora, maya, fred, anna = s.clients["dora"], s.clients["maya"], s.clients["fred"], s.apps["anna"]

        first = await dora.say(hall, "Bread is dear")
        await s.go_on()
        assert await where(s, "Bread is dear", hall) == dict.fromkeys(("anna", "ben", "cleo", "fred", "hall"), 1)
        await anna.reply(await s.find("anna", "Bread is dear"), "So it is <b>here</b>")
        await s.go_on()
        await fred.reply(s.chats["fred"], (await s.find("fred", "So it is")).event, "And why?")
        await maya.say(hall, "Let us hear Ben")
        await s.go_on()
        everybody = dict.fromkeys(("anna", "ben", "cleo", "fred", "hall"), 1)
        for words in ("So it is", "And why?", "Let us hear Ben"):
            assert await where(s, words, hall) == everybody, words

        # what they read, and to what it replies
        answer: Seen = await s.find("dora", "So it is", hall)
        assert (answer.text, answer.html) == (
            "Anna\n\n> So it is <b>here</b>",
            "<p>Anna</p><blockquote>So it is &lt;b&gt;here&lt;/b&gt;</blockquote>",
        )
        assert relation(answer) == first, "in the room it replies to what Dora wrote herself"
        why: Seen = await s.find("dora", "And why?", hall)
        assert relation(why) == answer.event
        for name in ("ben", "cleo"):
            copies: list[Message] = [await s.find(name, words) for words in ("Bread is dear", "So it is", "And why?")]
            assert [m.text.split("\n")[0] for m in copies] == ["Dora", "Anna", "Fred"]
            assert copies[1].reply is copies[0]
            assert copies[2].reply is copies[1]
        own = await s.find("anna", "So it is")
        assert (await s.find("anna", "And why?")).reply is own
        assert (await s.find("fred", "Let us hear Ben")).text == "Maya (facilitator)\n\n> Let us hear Ben"

        # edits, from both sides
        await dora.edit(hall, first, "Bread is too dear")
        await anna.edit(own, "So it is everywhere")
        await s.go_on()
        assert await where(s, "Bread is too dear\n", hall) == dict.fromkeys(("anna", "ben", "cleo", "fred"), 1)
        assert await where(s, "So it is everywhere\n", hall) == dict.fromkeys(("ben", "cleo", "fred", "hall"), 1)
        assert await where(s, "Bread is dear", hall) == await where(s, "here</b>", hall) == {}
        changed: Seen = await s.find("fred", "Bread is too dear")
        assert changed.html.endswith("<blockquote>Bread is too dear</blockquote><p><em>(edited)</em></p>")
        words = {"Bread is too dear", "So it is everywhere", "And why?", "Let us hear Ben"}
        assert {text for text, _ in await s.kept()} == words


async def test_a_table_that_is_virtual_on_both_sides(homeserver: Gathering) -> None:
    async with servers(homeserver, flow=SIX, maya="telegram") as s:
        await s.forget()
        own = await s.write("dora", "From one side")
        await s.go_on()
        await s.apps["ben"].reply(await s.find("ben", "From one side"), "From the other")
        await s.go_on()
        assert await where(s, "From one side") == dict.fromkeys(
            ("anna", "ben", "cleo", "maya", "dora", "emil", "fred"), 1
        )
        assert relation(await s.find("dora", "From the other")) == own
        assert relation(await s.find("emil", "From the other")) == (await s.find("emil", "From one side")).event
        await s.clients["dora"].edit(s.chats["dora"], own, "From this side")
        await s.go_on()
        assert (await s.find("cleo", "From this side")).text == "Dora\nFrom this side\n(edited)"

        # Maya hides with a button what Dora wrote; then Dora takes back what else she wrote
        await s.write("dora", "Never mind")
        await s.go_on()
        await s.apps["maya"].press("Hide")
        await s.go_on()
        assert await where(s, "Never mind") == {"dora": 1}, "her own message stays her own"
        told: Seen = await s.find("dora", "has hidden this message of yours")
        assert relation(told) == (await s.find("dora", "Never mind")).event
        await s.clients["dora"].redact(s.chats["dora"], own)
        await s.go_on()
        assert await where(s, "From this side") == {}
        assert (await where(s, "Dora has taken a message back.")).keys() == {
            "anna",
            "ben",
            "cleo",
            "maya",
            "emil",
            "fred",
        }
        assert await s.kept() == [("From the other", "live")]


async def test_two_rooms_of_one_table_and_some_in_neither(homeserver: Gathering) -> None:
    async with servers(homeserver, maya="telegram") as s:
        hall = await s.come_in("dora", "emil")
        group = await bound(s, "anna", "ben")
        await s.forget(hall)
        in_group = await group.say(s.apps["anna"], "From the group")
        in_hall = await s.clients["dora"].say(hall, "From the hall")
        await s.write("cleo", "From a phone")
        await s.write("fred", "From a client")
        await s.go_on()

        async def stands(words: str) -> set[str]:
            found = {name for name in (*s.apps, *s.chats) if await s.count(name, words)}
            there = {"hall"} if await s.count("dora", words, hall) else set[str]()
            return found | there | ({"group"} if await s.count("anna", words, group) else set())

        assert await stands("From the group") == {"cleo", "fred", "hall", "group"}
        assert await stands("From the hall") == {"cleo", "fred", "hall", "group"}
        assert await stands("From a phone") == {"cleo", "fred", "hall", "group"}
        assert await stands("From a client") == {"cleo", "fred", "hall", "group"}
        assert await s.count("anna", "From the hall", group) == await s.count("dora", "From the group", hall) == 1
        assert sum("From the group" in m.text for m in group.sees) == 1, "nobody reads twice what they see anyway"

        there = next(m for m in group.sees if "From the hall" in m.text)
        await s.apps["ben"].reply(there, "An answer")
        await s.clients["emil"].reply(hall, (await s.find("emil", "From the group", hall)).event, "Another")
        await s.go_on()
        assert relation(await s.find("emil", "An answer", hall)) == in_hall
        assert next(m for m in group.sees if "Another" in m.text).reply is in_group

        # Maya hides, in the group, what was written in the hall
        await s.apps["maya"].reply(there, "/hide")
        await s.go_on()
        assert await stands("From the hall") == set()
        assert ("From the hall", "live") not in await s.kept()


async def bound(s: Servers, *members: str) -> Any:
    """Maya makes a group with these people and binds it to her table."""
    await s.write("maya", "/bind")
    await s.go_on()
    code = next(line for line in reversed("\n".join(await s.shown("maya")).split()) if len(line) > 16 and "-" in line)
    maya, others = s.apps["maya"], [s.apps[name] for name in members]
    group = s.api.group("Table 1", [maya, *others], bots=[s.bot])
    await group.promote(s.bot)
    await group.say(maya, f"/bind {code}")
    await s.go_on()
    for person in others:
        await group.say(person, "I am here")
    await s.go_on()
    return group


async def test_who_is_there(homeserver: Gathering) -> None:
    """Officials carry their role and nobody keeps their words; strangers are announced and put out; none of them votes."""
    async with servers(homeserver, TALK + BALLOT) as s:
        hall = await s.come_in("dora", "maya")
        await s.on_matrix("otto", role="observer")
        await s.stranger("eva")
        await s.go_on()
        led = "Maya (facilitator) has come in: they lead this table, and have no vote in it."
        assert await s.count("dora", led, hall) == 1
        await s.forget(hall)
        for who in ("otto", "eva"):
            await s.invites("maya", who, hall)
            await s.enter(who, hall)
            await s.clients[who].say(hall, f"Words of {who}")
            await s.go_on()
        everybody = {"anna", "ben", "cleo", "emil", "fred", "hall"}
        kept_out = "What they write is neither kept nor passed on"
        official = f"Otto (observer) has come into the room of this table.\n\n{kept_out}."
        stranger = (
            f"Somebody without a seat at this table has come into its room.\n\n{kept_out}, and I put them out again."
        )
        assert (await where(s, official.split("\n")[0], hall)).keys() == everybody
        assert (await where(s, stranger.split("\n")[0], hall)).keys() == everybody
        assert {official, stranger} <= set(await s.shown("dora", hall))
        assert await where(s, "Words of", hall) == {"hall": 2}
        assert await s.kept() == []
        assert (s.membership(hall, "otto"), s.membership(hall, "eva")) == ("join", "leave")
        left = s.state(hall, "m.room.member", s.clients["eva"].user)
        assert left["reason"].startswith("This room is for those who sit at its table.")
        with pytest.raises(AssertionError, match="M_FORBIDDEN"):
            await s.clients["eva"].say(hall, "Let me in")
        with pytest.raises(AssertionError, match="M_FORBIDDEN"):
            await s.invites("dora", "eva", hall)

        await s.forget(hall)
        await s.wait(timedelta(minutes=41))
        citizens = ("anna", "ben", "cleo", "dora", "emil", "fred")
        assert await where(s, "More bread?", hall) == dict.fromkeys(citizens, 1)
        await s.apps["anna"].press("Yes")
        for who in ("otto", "maya"):
            await s.write(who, "1")
        await s.clients["dora"].say(hall, "1")
        await s.go_on()
        assert await s.voted("ballot") == [(await s.seat("anna")).id]
        for who in ("dora", "emil"):
            await s.write(who, "1")
        await s.go_on()
        assert sorted(await s.voted("ballot")) == sorted([(await s.seat(who)).id for who in ("anna", "dora", "emil")])


async def test_what_a_moderator_deletes_is_hidden_and_what_its_author_deletes_is_taken_back(
    homeserver: Gathering,
) -> None:
    async with servers(homeserver, TALK) as s:
        hall = await s.come_in("dora", "emil", "maya")
        await s.forget(hall)
        dora, emil, maya = s.clients["dora"], s.clients["emil"], s.clients["maya"]
        insult = await dora.say(hall, "You are fools")
        await s.write("anna", "Fools yourselves")
        await dora.say(hall, "Sorry")
        slip = await emil.say(hall, "My address is")
        await s.go_on()
        with pytest.raises(AssertionError, match="M_FORBIDDEN"):
            await emil.redact(hall, insult)

        # a message of the room itself
        await maya.redact(hall, insult)
        await s.go_on()
        assert await where(s, "You are fools", hall) == {}
        (told,) = await s.shown("dora")
        assert told.startswith("Maya (facilitator) has hidden what you wrote at 11:")
        assert "please write to: Claire, 03 00 00 00 00" in told
        # the copy of one from the other side, by one tap in Element
        await maya.redact(hall, (await s.find("maya", "Fools yourselves", hall)).event)
        await s.go_on()
        assert await where(s, "Fools yourselves", hall) == {"anna": 1}, "her own message stays her own"
        own: Message = await s.find("anna", "Maya (facilitator) has hidden this message of yours")
        assert own.reply is await s.find("anna", "Fools yourselves")
        await s.choose("maya", "it insults somebody")
        await s.go_on()
        reason = "Maya (facilitator) has hidden a message. The reason: it insults somebody."
        assert (await where(s, reason, hall)).keys() == {"ben", "cleo", "fred", "hall"}
        assert await s.count("anna", "The reason why your message was hidden: it insults somebody.") == 1
        # what its author deletes
        await emil.redact(hall, slip)
        await s.go_on()
        assert await where(s, "My address", hall) == {}
        assert (await where(s, "Emil has taken a message back.", hall)).keys() == {
            "anna",
            "ben",
            "cleo",
            "fred",
            "hall",
        }
        # and what each of them does with a word, in the room
        await dora.say(hall, "Wrong table")
        await s.write("cleo", "Rude words")
        await s.go_on()
        await dora.say(hall, "!undo")
        await maya.reply(hall, (await s.find("maya", "Rude words", hall)).event, "!hide")
        await s.go_on()
        assert await where(s, "Wrong table", hall) == {}
        assert await where(s, "Rude words", hall) == {"cleo": 1}
        assert await s.kept() == [("Sorry", "live")]
        assert [act for act in await s.acts() if act in ("hid", "hidden")] == ["hid", "hid", "hidden", "hid"]
        # who is put out of the room goes on in private
        await maya.client.room_kick(hall, emil.user)
        await s.go_on()
        await s.write("anna", "Where is Emil?")
        await s.go_on()
        assert await s.count("emil", "You are not in the room of your table any more.") == 1
        assert await s.count("emil", "Where is Emil?") == 1


async def test_a_picture_crosses_both_ways(homeserver: Gathering) -> None:
    async with servers(homeserver, TALK.replace("text =", 'pictures = "pass"\ntext =')) as s:
        hall = await s.come_in("dora")
        await s.forget(hall)
        await s.apps["anna"].photo(b"\xff\xd8\xff my bread", "My bread")
        own = await s.clients["dora"].image(hall, b"\x89PNG mine", "mine.png", "And mine")
        await s.go_on()
        shown: Seen = await s.find("dora", "My bread", hall)
        assert shown.content["msgtype"] == "m.image"
        for who, words, data in (("dora", "My bread", b"\xff\xd8\xff my bread"), ("fred", "And mine", b"\x89PNG mine")):
            place = hall if who == "dora" else ""
            picture: Seen = await s.find(who, words, place)
            answer = await s.clients[who].client.download(picture.content["url"])
            assert answer.body == data
        for who in ("anna", "ben", "cleo"):
            message: Message = await s.find(who, "And mine")
            assert message.kind == "photo"
            assert s.apps[who].file(message).data == b"\x89PNG mine"
        await s.clients["dora"].redact(hall, own)
        await s.go_on()
        assert await where(s, "And mine", hall) == {}
