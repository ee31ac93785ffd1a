"""Pictures, voice notes, stickers and what cannot pass: at a virtual table, and what is kept of them."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bot.core.effects import Wake
from bot.core.events import Joined
from bot.store import identities, media, opinions
from bot.store.database import Database
from tests.support.chats import PEOPLE, TALK, Talkers, table
from tests.support.room import ASSEMBLY

ALONE = """[[step]]
id = "side"
type = "parallel"
duration = "40m"
[[step]]
id = "talk"
type = "discuss"
within = "side"
branch = "table"
duration = "40m"
text = "What about bread?"
[[step]]
id = "why"
type = "survey"
within = "side"
branch = "alone"
duration = "30m"
questions = [{ id = "why", method = "open_text", text = { en = "Why?", de = "Warum?" } }]
"""
IDEAS = """[[step]]
id = "ideas"
type = "collect"
duration = "30m"
show = "table"
pictures = "PICTURES"
text = { en = "Your ideas?", de = "Ihre Ideen?" }
"""
READING = """[[step]]
id = "reading"
type = "inform"
duration = "1h"
acknowledge = true
text = "Look at the map."
media = { en = "material/map-en.png", de = "material/map-de.png" }
"""


def _rows(db: Database, name: str) -> list[tuple[object, ...]]:
    return db.sql.execute(f"SELECT * FROM {name}").fetchall()


async def files(t: Talkers) -> int:
    """How many files are known."""
    return len(await t.room.store.read(_rows, "media"))


async def kept(t: Talkers) -> list[tuple[str, str, str, str]]:
    """What stands: kind, file, words, author's name."""
    return await t.room.store.read(_kept)


def _kept(db: Database) -> list[tuple[str, str, str, str]]:
    found = [
        opinions.contribution(db, ASSEMBLY, id) for (id,) in db.sql.execute("SELECT id FROM contribution ORDER BY seq")
    ]
    return [(c.kind, c.media, c.text) for c in found if c is not None and c.state == "live"]


# Pictures


@pytest.mark.parametrize("kind", ["photo", "video", "animation", "document"])
async def test_a_picture_waits_for_the_facilitator_and_then_passes_with_its_words(kind: str) -> None:
    async with table() as t:
        own = await t.send("anna", kind, "Our oven.")
        assert t.shown("ben") == t.shown("cleo") == []
        assert t.last("anna").startswith("Your facilitator looks at pictures and files before they go to the table.")
        assert t.last("maya") == (
            f"[{kind}]\nAnna would like to show this to table 1:\n  “Our oven.”\n[1] Pass on  [2] Do not pass on"
        )
        await t.tap("maya", "Pass on", times=2)
        for who in ("ben", "cleo"):
            assert t.shown(who) == [f"[{kind}]\nAnna\n  “Our oven.”"]
        assert t.chats.find("maya", "This was decided already, or taken back."), "that was the second tap"
        assert t.shown("maya")[0] == f"[{kind}]\nAnna\n  “Our oven.”\n[1] Hide", "what was looked at is the copy now"
        assert len([text for text in t.shown("maya") if "oven" in text]) == 1
        assert t.chats.answers("anna", "It has gone to your table.") == own
        assert await kept(t) == [("message", kind, "Our oven.")]


async def test_a_picture_without_words_is_no_argument() -> None:
    async with table() as t:
        await t.send("anna", "photo")
        await t.tap("maya", "Pass on")
        assert t.shown("ben") == ["[photo]\nAnna"]
        assert await kept(t) == [("file", "photo", "")]


async def test_a_picture_that_is_not_passed_on_leaves_nothing() -> None:
    async with table() as t:
        await t.send("anna", "photo", "Our oven.")
        await t.tap("maya", "Do not pass on", times=2)
        assert t.chats.find("anna", "Your facilitator has not passed it on. You can say it in words.")
        assert [text for text in t.shown("maya") if "oven" in text] == []
        assert t.chats.find("maya", "It was not passed on, and Anna knows.")
        assert t.shown("ben") == []
        assert await kept(t) == []


async def test_a_picture_that_was_passed_on_is_not_forgotten_in_the_end() -> None:
    async with table() as t:
        await t.send("anna", "photo", "Our oven.")
        await t.tap("maya", "Pass on")
        await t.room.wait(timedelta(minutes=41))
        assert "Nobody has looked at it in time" not in "".join(t.shown("anna"))
        assert t.chats.find("ben", "Our oven.")


async def test_its_author_takes_a_picture_back_before_anybody_sees_it() -> None:
    async with table() as t:
        await t.send("anna", "photo", "Our oven.")
        await t.tap("anna", "Take back")
        assert t.chats.find("anna", "Taken back. Nobody at your table has seen it.")
        assert t.shown("maya") == t.shown("ben") == []


async def test_what_nobody_has_looked_at_is_not_passed_on_in_the_end() -> None:
    async with table() as t:
        await t.send("anna", "photo", "Our oven.")
        await t.room.wait(timedelta(minutes=41))
        assert t.chats.find("anna", "Nobody has looked at it in time, so it was not passed on to your table.")
        assert [text for who in ("ben", "maya") for text in t.shown(who) if "oven" in text] == []
        assert await kept(t) == []


async def test_without_a_facilitator_the_coordinator_looks_at_it() -> None:
    async with table(maya=False) as t:
        await t.send("anna", "photo", "Our oven.")
        assert t.last("olga").startswith("[photo]\nAnna would like to show this to table 1:")
        await t.tap("olga", "Pass on")
        assert t.last("ben") == "[photo]\nAnna\n  “Our oven.”"


async def test_only_those_who_lead_the_table_decide() -> None:
    async with table() as t:
        await t.send("anna", "photo", "Our oven.")
        press = next(b.press for b in list(t.chats.chats["maya"].values())[-1].buttons)
        await t.room.say("ben", press=press)
        assert t.last("ben").startswith("/hide is for facilitators")
        assert t.shown("cleo") == []


async def test_what_a_facilitator_shows_passes_at_once() -> None:
    async with table() as t:
        await t.send("maya", "photo", "The old bakery.")
        assert t.last("anna") == "[photo]\nMaya (facilitator)\n  “The old bakery.”"


async def test_while_the_talk_rests_a_picture_waits_on() -> None:
    async with table() as t:
        await t.send("anna", "photo", "Our oven.")
        await t.write("maya", "/pause")
        await t.tap("maya", "Pass on")
        assert t.last("maya") == "The talk rests. You can pass it on when it goes on."
        await t.write("maya", "/resume")
        await t.tap("maya", "Pass on")
        assert t.last("ben") == "[photo]\nAnna\n  “Our oven.”"


@pytest.mark.parametrize(("rule", "passes"), [("pass", True), ("no", False)])
async def test_the_flow_may_say_otherwise(rule: str, passes: bool) -> None:
    async with table(TALK + f'pictures = "{rule}"\n') as t:
        await t.send("anna", "photo", "Our oven.")
        assert bool(t.shown("ben")) is passes
        if not passes:
            assert t.last("anna") == "Only words are passed on here, so this was not sent. Please say it in words."
            assert await files(t) == 0


async def test_a_sticker_passes_and_counts_for_nothing() -> None:
    async with table() as t:
        await t.send("anna", "sticker")
        assert t.shown("ben") == ["[sticker]\nAnna"]
        assert await kept(t) == [("file", "sticker", "")]


async def test_another_account_of_the_program_is_given_the_bytes() -> None:
    async with table() as t:
        await t.send("anna", "sticker")
        file = list(t.chats.chats["ben"].values())[-1].attachment
        assert file is not None
        assert (file.kind, file.ref, file.data) == ("sticker", "file-of-anna", None), "this account has seen it"


# Voice


async def test_a_voice_note_waits_until_everybody_has_agreed() -> None:
    async with table() as t:
        own = await t.send("anna", "voice")
        assert t.last("anna").startswith(
            "A voice can be recognised, also behind a chosen name. So your table is asked first"
        )
        assert "voice" not in "".join(t.shown("maya")), "whoever leads is not asked, and hears nothing yet"
        await t.tap("ben", "Yes", times=2)
        assert t.last("ben") == "Thank you. Voice notes are fine with you.\n[1] ✓ Yes  [2] No"
        assert "[voice]" not in "".join(t.shown("cleo"))
        await t.tap("cleo", "Yes")
        for who in ("ben", "cleo", "maya"):
            assert len([text for text in t.shown(who) if text.startswith("[voice]\nAnna")]) == 1
        asked = "Your voice note has gone to your table. What do you say in it, in one sentence?"
        assert t.chats.answers("anna", asked) == own
        await t.send("ben", "voice")
        assert t.last("cleo") == "[voice]\nBen", "everybody has agreed already"


async def test_one_no_is_enough_and_nobody_learns_whose_it_was() -> None:
    async with table() as t:
        await t.send("anna", "voice")
        await t.tap("ben", "Yes")
        await t.tap("cleo", "No")
        assert t.last("anna") == (
            "Not everybody at your table wants voice notes, so yours was not passed on. Please say it in writing."
        )
        assert "Cleo" not in "".join(t.shown("anna") + t.shown("ben"))
        assert await kept(t) == []
        await t.send("ben", "voice")
        assert t.last("ben").startswith("Not everybody at your table wants voice notes")
        assert await files(t) == 1, "the second one was not even kept"


async def test_who_was_not_asked_has_no_say() -> None:
    async with table() as t:
        await t.send("anna", "voice")
        await t.room.say("anna", press="talk:voice:no")
        await t.room.say("maya", press="talk:voice:no")
        await t.tap("ben", "Yes")
        await t.tap("cleo", "Yes")
        assert t.last("maya").startswith("[voice]\nAnna")


async def test_a_no_may_become_a_yes() -> None:
    async with table() as t:
        await t.send("anna", "voice")
        await t.tap("ben", "Yes")
        await t.tap("cleo", "No")
        await t.tap("cleo", "Yes")
        await t.send("anna", "voice")
        assert t.last("ben") == "[voice]\nAnna"


async def test_who_sits_down_while_a_voice_note_waits_is_asked_too() -> None:
    async with table() as t:
        await t.send("anna", "voice")
        await t.tap("ben", "Yes")
        dora = await t.room.enrol("dora")
        await t.room.apply([Wake(t.room.clock.now(), Joined(dora, "all"), "dora")])
        await t.room.engine.settle()
        await t.tap("dora", "I am 18 or older and agree")
        await t.tap("dora", "Yes")
        await t.write("dora", "Dora")
        await t.room.wait(timedelta(minutes=1))
        assert t.last("dora").startswith("Anna would like to send a voice note to your table.")
        await t.tap("cleo", "Yes")
        assert "[voice]" not in "".join(t.shown("ben")), "Dora has not answered yet"
        await t.tap("dora", "Yes")
        assert t.last("ben") == "[voice]\nAnna"


async def test_who_leaves_is_not_waited_for() -> None:
    async with table() as t:
        await t.send("anna", "voice")
        await t.tap("ben", "Yes")
        await t.write("cleo", "/leave")
        await t.tap("cleo", "Leave")
        assert t.last("ben") == "[voice]\nAnna"


async def test_silence_is_no_agreement() -> None:
    async with table() as t:
        await t.send("anna", "voice")
        await t.tap("ben", "Yes")
        await t.room.wait(timedelta(minutes=41))
        assert t.chats.find(
            "anna", "Not everybody at your table has answered in time, so your voice note was not passed on."
        )
        assert "[voice]" not in "".join(t.shown("ben"))
        assert await kept(t) == []


async def test_a_voice_note_taken_back_is_heard_by_nobody() -> None:
    async with table() as t:
        await t.send("anna", "voice")
        await t.tap("anna", "Take back")
        await t.tap("ben", "Yes")
        await t.tap("cleo", "Yes")
        assert "[voice]" not in "".join(t.shown("ben") + t.shown("maya"))


async def agreed(t: Talkers) -> str:
    """Anna's voice note has gone to her table. The id of Maya's copy."""
    await t.send("anna", "voice")
    await t.tap("ben", "Yes")
    await t.tap("cleo", "Yes")
    return t.chats.find("maya", "[voice]")


async def test_one_sentence_of_its_author_stands_for_it() -> None:
    async with table() as t:
        copy = await agreed(t)
        await t.write("anna", "The bus comes too rarely.")
        assert t.last("anna") == (
            "Is this the sentence for your voice note, or is it for your table?\n  “The bus comes too rarely.”\n"
            "[1] It is my sentence  [2] Send it to my table"
        )
        await t.tap("anna", "It is my sentence", times=2)
        assert t.chats.answers("maya", "The bus comes too rarely.") == copy
        assert await kept(t) == [("file", "voice", ""), ("message", "", "The bus comes too rarely.")]
        await t.write("anna", "And the train.")
        assert t.last("ben") == "Anna\n  “And the train.”", "nothing waits any more"


async def test_what_is_not_the_sentence_goes_to_the_table_and_is_not_asked_about_again() -> None:
    async with table() as t:
        await agreed(t)
        await t.write("anna", "Good evening!")
        await t.tap("anna", "Send it to my table")
        assert t.last("ben") == "Anna\n  “Good evening!”"
        await t.write("anna", "How are you?")
        assert t.last("ben") == "Anna\n  “How are you?”"
        await t.write("anna", "/sentence The bus comes too rarely.")
        await t.tap("anna", "Yes, that is my sentence")
        assert t.last("ben") == "Anna\n  “The bus comes too rarely.”"


@pytest.mark.parametrize("by_reply", [True, False])
async def test_whoever_leads_writes_the_sentence_and_the_author_confirms(by_reply: bool) -> None:
    async with table() as t:
        copy = await agreed(t)
        if by_reply:
            await t.write("maya", "/sentence The bus comes too rarely.", answers=copy)
        else:
            await t.write("maya", "/sentence anna The bus comes too rarely.")
        assert t.last("maya") == "Anna is asked whether this is what the voice note says."
        assert t.last("anna") == (
            "Maya (facilitator) suggests this sentence for your voice note:\n  “The bus comes too rarely.”\n"
            "[1] Yes, that is my sentence  [2] No"
        )
        assert "rarely" not in "".join(t.shown("ben"))
        await t.tap("anna", "Yes, that is my sentence", times=2)
        assert t.last("ben") == "Anna\n  “The bus comes too rarely.”"
        assert len([words for _, _, words in await kept(t) if words]) == 1
        await t.write("maya", "/sentence anna Another one.")
        assert t.last("maya") == "No voice note at this table waits for a sentence."


async def test_without_the_authors_yes_no_sentence_stands() -> None:
    async with table() as t:
        await agreed(t)
        await t.write("maya", "/sentence anna The bus is fine.")
        await t.tap("anna", "No")
        assert t.chats.find("anna", "It does not stand then.")
        await t.write("maya", "/sentence")
        assert t.last("maya").startswith("Something is missing after /sentence.")
        await t.room.wait(timedelta(minutes=41))
        assert t.chats.find("anna", "Your voice note has got no sentence, so it does not stand in the record.")
        assert [words for _, _, words in await kept(t) if words] == []


async def test_the_flow_may_do_without_voice() -> None:
    async with table(TALK + 'voice = "no"\n') as t:
        await t.send("anna", "voice")
        assert t.last("anna") == "Only words are passed on here, so this was not sent. Please say it in words."
        assert t.shown("ben") == []


# What cannot pass


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ({"bar": "forwarded", "text": "Look at this"}, "A forwarded message is not passed on"),
        ({"bar": "forwarded", "text": "/pause"}, "A forwarded message is not passed on"),
        ({"bar": "via_bot", "text": "A joke"}, "What another program has written for you is not passed on."),
        ({"bar": "unknown"}, "This kind of message cannot be passed on. Please say it in words."),
    ],
)
async def test_what_cannot_pass_is_named_in_one_sentence(what: dict[str, str], says: str) -> None:
    async with table() as t:
        await t.write("anna", **{"text": "", **what})
        assert t.last("anna").startswith(says)
        assert len(t.shown("anna")) == 1
        assert t.shown("ben") == t.shown("maya") == []
        assert await kept(t) == []


async def test_files_above_the_flows_limit_do_not_pass() -> None:
    async with table(TALK + 'pictures = "pass"\n[files]\nmax_mb = 2\n') as t:
        await t.send("anna", "photo", size=2_000_001)
        assert t.last("anna") == "This file has more than 2 MB, so it cannot be passed on. A smaller one can."
        await t.send("anna", "photo", size=2_000_000)
        assert t.shown("ben") == ["[photo]\nAnna"]
        assert await files(t) == 1


async def test_a_place_on_the_map_stays_where_it_is() -> None:
    async with table() as t:
        await t.send("anna", "location")
        assert t.last("anna").startswith("A place on the map is not passed on, because it tells where somebody is.")
        assert await files(t) == 0


async def test_a_caption_is_no_command() -> None:
    async with table() as t:
        await t.send("maya", "photo", "/pause")
        assert t.last("maya") == "A command stands alone: please send it without a file."
        assert "rests" not in "".join(t.shown("anna"))


async def test_a_reaction_is_told_once_that_it_is_not_counted() -> None:
    async with table() as t:
        await t.write("anna", "I bake.")
        for _ in range(3):
            await t.react("ben", t.chats.find("ben", "I bake."))
        told = "A reaction is not counted. To say something, please write it or press a button."
        assert t.shown("ben").count(told) == 1
        await t.react("anna", "anna-1")
        assert t.shown("anna").count(told) == 1
        assert told not in t.shown("cleo")


# Files and private questions


async def test_a_file_never_answers_a_private_question() -> None:
    async with table(ALONE) as t:
        await t.send("anna", "sticker")
        assert t.last("anna") == (
            "A question above still waits for your answer. Send this to your table?\n"
            "[1] Send it to my table  [2] Do not send it"
        )
        assert t.shown("ben") == []
        await t.tap("anna", "Do not send it")
        assert t.last("anna") == "It was not sent to anybody."
        assert await kept(t) == []
        await t.send("anna", "sticker")
        await t.tap("anna", "Send it to my table")
        assert t.shown("ben") == ["[sticker]\nAnna"]


async def test_a_held_picture_still_waits_for_the_facilitator() -> None:
    async with table(ALONE) as t:
        await t.send("anna", "photo", "Our oven.")
        await t.tap("anna", "Send it to my table")
        assert t.shown("ben") == []
        await t.tap("maya", "Pass on")
        assert t.shown("ben") == ["[photo]\nAnna\n  “Our oven.”"]


async def test_a_reply_is_asked_about_too_and_keeps_what_it_answers() -> None:
    async with table(ALONE) as t:
        await t.write("ben", "I bake.")
        await t.tap("ben", "Send it to my table")
        await t.write("anna", "Me too.", answers=t.chats.find("anna", "I bake."))
        assert t.last("anna").startswith("Is this your answer to the question above, or is it for your table?")
        await t.tap("anna", "Send it to my table")
        assert t.chats.answers("ben", "Me too.") == "ben-2"
        assert t.chats.answers("cleo", "Me too.") == t.chats.find("cleo", "I bake.")


async def test_where_only_words_can_be_taken_a_file_is_refused() -> None:
    async with table(
        ALONE.replace('type = "discuss"', 'type = "collect"').replace("What about", "Say something about")
    ) as t:
        await t.send("anna", "voice")
        assert t.last("anna") == "Only words can be taken here, so this was not kept. Please say it in words."
        assert await files(t) == 0


@pytest.mark.parametrize("rule", ["pass", "no"])
async def test_an_idea_may_come_with_a_picture_where_the_flow_says_so(rule: str) -> None:
    async with table(IDEAS.replace("PICTURES", rule)) as t:
        await t.send("anna", "photo", "More ovens.")
        if rule == "pass":
            assert t.shown("ben") == ["[photo]\nSomebody at your table writes:\n  “More ovens.”"]
            await t.send("anna", "photo")
            assert (
                t.last("anna") == "A picture alone cannot be counted. Please send it again with a sentence beside it."
            )
            assert await kept(t) == [("idea", "photo", "More ovens.")]
        else:
            assert t.last("anna") == "Only words can be taken here, so this was not kept."
            assert await kept(t) == []
        assert await files(t) == (rule == "pass")


# What is kept


async def test_a_file_is_kept_with_its_contribution_only_and_erased_with_its_author() -> None:
    async with table() as t:
        await t.send("anna", "photo", name="oven.jpg")
        await t.tap("maya", "Pass on")
        assert await files(t) == 1
        (row,) = await t.room.store.read(_rows, "media")
        assert b"file-of-anna" not in row[5]
        assert b"oven.jpg" not in row[5]
        file = await t.room.store.read(media.load, ASSEMBLY, str(row[1]))
        assert file is not None
        assert (file.seat, file.kind, file.ref, file.name, file.size) == (
            row[2],
            "photo",
            "file-of-anna",
            "oven.jpg",
            1000,
        )
        await t.room.store.transact(identities.erase, file.seat)
        assert await files(t) == 0


async def test_what_comes_while_nothing_is_open_is_not_kept() -> None:
    async with table() as t:
        await t.room.wait(timedelta(minutes=41))
        await t.send("anna", "photo")
        assert t.last("anna").startswith("Nothing is open for you right now, so this was not passed on.")
        assert await files(t) == 0


async def test_before_consent_no_file_is_kept() -> None:
    async with table() as t:
        await t.room.enrol("dora")
        await t.send("dora", "photo", "Hello")
        assert await files(t) == 0


# Quiet hours


async def test_at_night_the_author_is_told_once_that_the_others_read_it_in_the_morning() -> None:
    night = TALK.replace("40m", "30h") + "[schedule.quiet_hours]\nstart = 22:00:00\nend = 07:00:00\n"
    async with table(night) as t:
        await t.room.wait(timedelta(hours=12))  # 23:00 in Linz
        t.chats.rung.clear()
        await t.write("anna", "Are you asleep?")
        await t.write("anna", "I am not.")
        told = [text for text in t.shown("anna") if "sleep now" in text]
        assert told == ["The others sleep now. They read it at 07:00."]
        assert t.shown("ben") == []
        await t.room.wait(timedelta(hours=8, minutes=1))
        assert "Are you asleep?" in "".join(t.shown("ben"))
        assert "I am not." in "".join(t.shown("ben"))
        assert "ben" not in t.chats.rung, "no phone rings for it"


# Material


async def test_a_picture_of_the_flow_comes_in_the_readers_language_and_travels_once() -> None:
    from base64 import b64encode

    from tests.support import room as rooms

    pictures = {name: b"\x89PNG\r\n\x1a\n" + name.encode() for name in ("map-en.png", "map-de.png")}
    plain = rooms.bundled

    def with_pictures(toml: str) -> str:
        files = {f"material/{n}": "base64:" + b64encode(d).decode() for n, d in pictures.items()}
        return json.dumps(
            {**json.loads(plain(toml)), **files}, ensure_ascii=False, separators=(",", ":"), sort_keys=True
        )

    rooms.bundled = with_pictures
    try:
        async with table(READING) as t:
            got = {who: [m.attachment for m in t.room.post.to(who) if m.attachment] for who in PEOPLE}
            assert {who: [(a.kind, a.name, a.mime) for a in files] for who, files in got.items()} == {
                who: [("photo", "map-en.png", "image/png")] for who in PEOPLE
            }
            (first, second, third) = (got[who][0] for who in PEOPLE)
            assert {a.data for a in (first, second, third)} <= {pictures["map-en.png"], None}
            assert any(a.data for a in (first, second, third))
    finally:
        rooms.bundled = plain
