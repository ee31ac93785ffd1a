"""Hiding a message: one tap, everywhere, with a reason; and back again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.heard import Heard
from bot.core.state import Contribution, Course
from bot.engine.facts import for_commands
from bot.engine.work import Work
from bot.store import audit, opinions, people
from bot.store.database import Database
from tests.support.chats import TALK, Talkers, table
from tests.support.room import ASSEMBLY

DIGEST = TALK + '[[step]]\nid = "digest"\ntype = "summarise"\nof = ["talk"]\nduration = "15m"\n'


def _all(db: Database) -> list[Contribution]:
    found = [
        opinions.contribution(db, ASSEMBLY, id) for (id,) in db.sql.execute("SELECT id FROM contribution ORDER BY seq")
    ]
    return [c for c in found if c is not None]


async def states(t: Talkers) -> list[tuple[str, str]]:
    return [(c.text, c.state) for c in await t.room.store.read(_all)]


async def log(t: Talkers) -> list[tuple[str, str]]:
    lines = await t.room.store.read(audit.lines, ASSEMBLY)
    return [(line.act, str(line.data.get("reason", ""))) for line in lines if "hid" in line.act]


async def test_one_tap_hides_every_copy_and_asks_why() -> None:
    async with table() as t:
        await t.write("anna", "You are fools.")
        await t.tap("maya", "Hide")
        for who in ("ben", "cleo"):
            assert t.shown(who) == []
        assert [text for text in t.shown("maya") if "fools" in text] == []
        assert t.last("maya").startswith(
            "Hidden: nobody reads what Anna wrote any more, and it is not counted. Why was it hidden?"
        )
        assert t.last("anna") == (
            "Maya (facilitator) has hidden this message of yours: nobody at the table reads it now.\n"
            "If you think that this is wrong, please write to: Claire, 03 00 00 00 00\n[1] I object"
        )
        assert await states(t) == [("You are fools.", "hidden")], "it is kept, as evidence"


async def test_author_and_table_read_the_reason_once() -> None:
    async with table() as t:
        own = await t.write("anna", "You are fools.")
        await t.tap("maya", "Hide")
        assert t.chats.answers("anna", "has hidden this message of yours") == own
        await t.tap("maya", "it insults somebody", times=2)
        reason = "The reason why your message was hidden: it insults somebody. You can say it again in other words."
        assert t.shown("anna").count(f"{reason}\n[1] I object") == 1
        for who in ("ben", "cleo"):
            assert t.shown(who) == ["Maya (facilitator) has hidden a message. The reason: it insults somebody."]
        assert "has hidden a message" not in "".join(t.shown("anna") + t.shown("maya"))
        assert await log(t) == [("hid", ""), ("hidden", "insult"), ("hidden", "insult")]


async def test_put_back_it_stands_again() -> None:
    async with table() as t:
        await t.write("anna", "I bake.")
        await t.tap("maya", "Hide")
        await t.tap("maya", "another reason")
        await t.tap("maya", "It was a mistake: put it back", times=2)
        assert t.last("ben") == "Anna\n  “I bake.”"
        assert len([text for text in t.shown("ben") if "bake" in text]) == 1
        assert t.chats.find("anna", "Maya (facilitator) has put your message back: it was hidden by mistake.")
        assert await states(t) == [("I bake.", "live")]
        await t.write("maya", "/hide", answers=t.chats.find("maya", "I bake."))
        await t.tap("maya", "it is about something else")
        assert [text for text in t.shown("anna") if "The reason why" in text][-1].count("it is about something else")


async def test_the_button_is_under_the_newest_message_only() -> None:
    async with table() as t:
        for who, words in (("anna", "One"), ("ben", "Two"), ("cleo", "Three")):
            await t.write(who, words)
        await t.write("maya", "And I say four.")
        with_button = [text for text in t.shown("maya") if "Hide" in text]
        assert with_button == ["Cleo\n  “Three”\n[1] Hide"]
        assert "Anna\n  “One”" in t.shown("maya")
        assert "Hide" not in "".join(t.shown("anna") + t.shown("ben"))


async def test_the_button_moves_on_with_every_message() -> None:
    async with table() as t:
        await t.write("anna", "One")
        await t.write("maya", "Go on.")
        await t.write("ben", "Two")
        shown = [text for text in t.shown("maya") if "Undo" not in text]
        assert shown == ["Anna\n  “One”", "Ben\n  “Two”\n[1] Hide"]


async def test_of_several_that_leave_together_only_the_newest_has_the_button() -> None:
    async with table() as t:
        for who, words in (("anna", "One"), ("ben", "Two"), ("cleo", "Three")):
            await t.room.take_in(who, words)
        while await t.room.engine._handle_due():  # all is handled before the first message leaves
            pass
        await t.room.engine.settle()
        sent = [[b.label for b in message.buttons] for message in t.chats.to("maya")[-3:]]
        assert sent == [[], [], ["Hide"]]


async def test_of_others_words_only_those_who_lead_are_given_any() -> None:
    async with table() as t:
        await t.write("anna", "I bake.")

        def given(db: Database) -> dict[str, list[str]]:
            (given,) = (c for c in _all(db) if c.text == "I bake.")
            work, flow = Work(db, t.room.engine.house, t.room.clock.now()), t.room.flow
            seats = {
                seat.name: seat for (id,) in db.sql.execute("SELECT id FROM seat") if (seat := people.load_seat(db, id))
            }
            found = {}
            for name, seat in seats.items():
                press = Heard("x", seat.id, t.room.clock.now(), press=f"-hide:{given.id}:{given.table}")
                facts = for_commands(work, ASSEMBLY, flow, Course("all"), seat, None, press)
                found[name] = list(facts["named"])
            return found

        told = await t.room.store.read(given)
        assert {name for name, ids in told.items() if ids} == {"Anna", "Maya", "Olga"}


async def test_nobody_hides_at_another_table() -> None:
    async with table() as t:
        await t.room.enrol("rita", "facilitator")
        await t.write("anna", "I bake.")
        press = next(b.press for m in t.chats.chats["maya"].values() for b in m.buttons)
        await t.room.say("rita", press=press)
        assert t.last("rita") == "This table is not yours, so nothing was changed."
        await t.room.say("rita", press=press.replace("-hide", "-drop"))
        assert t.last("rita") == "This table is not yours, so nothing was changed."
        assert t.chats.find("ben", "I bake.")


async def test_what_stands_further_up_is_hidden_by_a_reply() -> None:
    async with table() as t:
        await t.write("anna", "One")
        await t.write("ben", "Two")
        await t.write("maya", "/hide", answers=t.chats.find("maya", "One"))
        assert t.shown("cleo") == ["Ben\n  “Two”"]
        assert t.last("maya").startswith("Hidden: nobody reads what Anna wrote")


async def test_without_a_reply_the_last_messages_are_offered() -> None:
    async with table() as t:
        await t.write("maya", "/hide")
        assert t.last("maya") == "Reply to a message with /hide, and nobody at the table reads it any more."
        await t.write("anna", "One")
        await t.write("ben", "Two")
        await t.write("maya", "/hide")
        assert t.last("maya").endswith("1 · Anna\n  “One”\n2 · Ben\n  “Two”\n[1] Hide 1  [2] Hide 2")
        await t.tap("maya", "Hide 1")
        assert t.shown("cleo") == ["Ben\n  “Two”"]


async def test_only_those_who_lead_the_table_hide_and_only_what_stands_there() -> None:
    async with table() as t:
        await t.write("anna", "One")
        await t.write("ben", "/hide", answers=t.chats.find("ben", "One"))
        assert t.last("ben").startswith("/hide is for facilitators")
        press = next(b.press for m in t.chats.chats["maya"].values() for b in m.buttons)
        await t.room.say("ben", press=press)
        assert t.chats.find("cleo", "One")
        await t.room.say("maya", press="-hide:nothing:linz-1")
        assert t.last("maya").startswith("I cannot find this message at your table.")
        await t.tap("maya", "Hide", times=2)
        assert t.last("maya") == "This message is hidden already, or was taken back."


async def test_whoever_hides_is_told_which_copies_remain() -> None:
    async with table() as t:
        await t.write("anna", "You are fools.")
        t.chats.stuck |= {t.chats.find("ben", "fools"), t.chats.find("cleo", "fools")}
        await t.tap("maya", "Hide")
        told = [text for text in t.shown("maya") if "remains" in text]
        assert sorted(text.partition("\n")[0] for text in told) == [
            "1 copy remains: what stands in the chat of Ben.",
            "1 copy remains: what stands in the chat of Cleo.",
        ]
        assert "remain" not in "".join(t.shown("anna"))


async def test_what_is_hidden_is_neither_drawn_nor_exported() -> None:
    async with table(DIGEST) as t:
        await t.write("anna", "You are fools.")
        await t.write("ben", "Bread for all.")
        await t.write("maya", "/hide", answers=t.chats.find("maya", "fools"))
        await t.tap("maya", "it insults somebody")
        from bot.report.export import export_files

        await t.room.wait(timedelta(minutes=41))
        draft = t.chats.shown("maya")[-1]
        assert "Bread for all." in draft
        assert "fools" not in draft
        files = await t.room.store.read(export_files, t.room.engine.house, ASSEMBLY)
        assert files
        assert [name for name, data in files.items() if b"fools" in data] == []
        (transcript,) = (data.decode() for name, data in files.items() if name.endswith(".md") and "transcript" in name)
        assert "Bread for all" in transcript
        assert "(hidden: it insults somebody)" in transcript


async def test_an_author_cannot_bring_back_what_is_hidden() -> None:
    async with table() as t:
        own = await t.write("anna", "You are fools.")
        await t.tap("maya", "Hide")
        await t.edit("anna", own, "You are all fools.")
        await t.tap("anna", "Undo")
        assert t.chats.find("anna", "This is taken back or hidden already.")
        await t.write("anna", "/leave")
        await t.tap("anna", "Leave and take back my words")
        await t.tap("anna", "Yes, leave and take back my words")
        assert await states(t) == [("You are fools.", "hidden")]


@pytest.mark.parametrize("who", ["anna", "maya"])
async def test_whoever_wrote_it_a_picture_or_a_prompt_can_be_hidden(who: str) -> None:
    async with table() as t:
        own = await t.send(who, "sticker")
        held = t.chats.find("ben", "[sticker]")
        await t.write("maya", "/hide", answers=t.chats.find("maya", "[sticker]") if who == "anna" else own)
        assert held not in t.chats.chats["ben"]
