"""Experts have a voice of their own at a table to which they were announced, and are never counted."""

from __future__ import annotations

from datetime import timedelta

from bot.core.effects import Seated
from bot.core.events import Joined
from bot.core.state import Seat
from bot.engine.carrying import carry_out
from bot.engine.work import Work
from bot.store import courses, people, tables
from bot.store.database import Database
from tests.support.chats import TALK, Talkers, table
from tests.support.room import ASSEMBLY

DIGEST = TALK + '[[step]]\nid = "digest"\ntype = "summarise"\nof = ["talk"]\nduration = "15m"\n'


async def comes(t: Talkers) -> None:
    """Dr Weber takes a seat at the table, as an organiser's code would have it."""
    id = await t.room.enrol("weber", "expert")

    def sit(db: Database) -> None:
        work = Work(db, t.room.engine.house, t.room.clock.now())
        there = tables.of_plan(db, ASSEMBLY, "tables")[0]
        seat: Seat = work.seat(id)
        people.save_seat(
            db, Seat(**{**{f: getattr(seat, f) for f in seat.__slots__}, "name": "Weber", "status": "active"})
        )
        seated = Seated(there.id, there.plan, there.site, there.number, there.languages, (id,))
        carry_out(work, ASSEMBLY, work.course(ASSEMBLY, "all"), [seated])
        work.happen(ASSEMBLY, work.now, Joined(id, "all"), "weber")
        work.flush()

    await t.room.store.transact(sit)
    await t.room.engine.settle()


async def test_an_expert_is_announced_and_speaks_under_a_label() -> None:
    async with table() as t:
        await comes(t)
        assert t.last("anna") == "Weber (expert) is here now."
        assert "Also here, without a vote: Weber (expert)." in t.last("weber")
        await t.write("weber", "Rye keeps longer.")
        assert t.last("ben") == "Weber (expert)\n  “Rye keeps longer.”"
        await t.write("ben", "Why?")
        assert t.last("weber") == "Ben\n  “Why?”"
        await t.write("weber", "/undo")
        assert not any("keeps longer" in text for text in t.shown("ben"))


async def test_an_expert_is_neither_drawn_from_nor_counted() -> None:
    async with table(DIGEST) as t:
        await comes(t)
        await t.write("weber", "Rye keeps longer.")
        await t.write("ben", "Bread is good.")
        await t.write("maya", "My own view.")
        for chat in t.chats.chats.values():
            chat.clear()
        await t.write("maya", "/next")
        await t.room.wait(timedelta(minutes=2))
        drafts = "\n".join(text for chat in t.chats.chats for text in t.shown(chat))
        assert "Bread is good." in drafts
        assert "keeps longer" not in drafts
        assert "My own view" not in drafts


async def test_an_expert_decides_nothing() -> None:
    async with table(TALK.replace("duration", 'early_close = "all_answered"\nduration')) as t:
        await comes(t)
        await t._do("weber", kind="press", press="talk:done", message="b0")
        assert "you are never counted" in t.last("weber")

        def through(db: Database) -> list[str]:
            (stage,) = courses.stages_of(db, ASSEMBLY, "talk")
            return list(stage.data["through"])

        assert await t.room.store.read(through) == []
