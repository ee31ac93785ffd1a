"""Pictures, stickers and what cannot pass: at a virtual table, and what is kept of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.store import identities, media
from tests.support.chats import TALK, files, kept, table
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
        told = "A reaction is not counted. Please write what you want to say, or choose below a question."
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
            "[1] Send it to my table  [2] Do not send"
        )
        assert t.shown("ben") == []
        await t.tap("anna", "Do not send")
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
        (row,) = await t.room.store.read(lambda db: db.sql.execute("SELECT * FROM media").fetchall())
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
