"""What belongs to a person: a copy of everything, another answer to a consent, and that all of it is erased."""

from __future__ import annotations

import json
from typing import Any

from bot.core.observing import GUARANTOR
from bot.core.rendered import Attachment
from bot.engine import own as own_data
from bot.report.export import export_files
from bot.store import audit, codes, opinions, own, people
from bot.store.database import Database
from bot.store.times import ms
from tests.support.chats import TALK, Talkers, table
from tests.support.room import ASSEMBLY
from tests.support.two_platforms import HOUR

WORDS = "We want a tramway to the Kanarienvogel hospital."


def files(t: Talkers, who: str) -> list[Attachment]:
    return [m.attachment for m in t.chats.chats[who].values() if m.attachment is not None]


async def seat_of(t: Talkers, name: str) -> str:
    """The id of somebody's seat."""
    everybody = await t.room.store.read(people.roster, ASSEMBLY)
    return next(seat.id for seat in everybody if seat.name == name)


async def kept(t: Talkers, seat: str) -> dict[str, Any] | None:
    found = await t.room.store.read(lambda db: own_data.written(db, t.room.engine.house, ASSEMBLY, seat, "json"))
    return json.loads(found) if found is not None else None


async def test_a_person_gets_everything_to_read_and_for_programs() -> None:
    async with table() as t:
        own_message = await t.write("anna", "We want a bus.")
        await t.edit("anna", own_message, WORDS)
        await t.write("anna", "/mydata")
        readable, machine = files(t, "anna")
        assert (readable.name, machine.name) == ("my-data.txt", "my-data.json")
        text, data = (readable.data or b"").decode(), json.loads(machine.data or b"")
        for part in (WORDS, "Before that it read: We want a bus.", "Your name here: Anna.", "Your role: participant."):
            assert part in text
        (given,) = [c for c in data["contributions"] if c["kind"] == "message"]
        assert (given["text"], given["earlier"]) == (WORDS, ["We want a bus."])
        assert data["seat"]["name"] == "Anna"
        assert data["accounts"]
        assert not any("Ben" in part for part in (text, json.dumps(data))), "nobody else stands in it"


async def test_nothing_of_it_stands_in_a_queue() -> None:
    async with table() as t:
        await t.write("anna", WORDS)
        await t.write("anna", "/mydata")

        def bodies(db: Database) -> list[Any]:
            return db.sql.execute("SELECT body FROM outbox WHERE body IS NOT NULL").fetchall()

        assert "Kanarienvogel" not in repr(await t.room.store.read(bodies))


async def test_another_answer_to_a_purpose_counts_from_now_on() -> None:
    async with table() as t:
        seat = await seat_of(t, "Anna")
        await t.write("anna", "/consent")
        assert "May your words stand in the transcript" in t.last("anna")
        before = await t.room.store.read(opinions.granted, seat, "transcript")
        await t.tap("anna", "1: no longer" if before else "1: yes")
        assert await t.room.store.read(opinions.granted, seat, "transcript") is (not before)
        await t.write("anna", "/consent")
        await t.tap("anna", "1: no longer" if not before else "1: yes")
        assert await t.room.store.read(opinions.granted, seat, "transcript") is bool(before)
        asked = [c for c in await t.room.store.read(own.consents, seat) if c.purpose == "transcript"]
        assert len(asked) >= 2, "every answer stays, with its time: it is the proof"


async def test_whoever_is_forgotten_leaves_nothing() -> None:
    async with table() as t:
        seat = await seat_of(t, "Anna")
        await t.write("anna", WORDS)
        await t.write("anna", "/forget")
        assert "This cannot be undone." in t.last("anna")
        await t.tap("anna", "Keep it")
        assert await kept(t, seat) is not None
        await t.write("anna", "/forget")
        await t.tap("anna", "Erase everything of me")
        assert t.last("anna").startswith("Everything of you is being erased now.")
        assert [text for who in ("ben", "cleo") for text in t.shown(who) if "Kanarienvogel" in text] == []
        await t.room.wait(HOUR / 4)

        def rest(db: Database) -> tuple[Any, ...]:
            return (
                db.sql.execute("SELECT wrapped FROM seat_key WHERE seat = ?", (seat,)).fetchone(),
                db.sql.execute("SELECT COUNT(*) FROM channel WHERE seat = ?", (seat,)).fetchone(),
                opinions.given_by(db, ASSEMBLY, seat),
                [line for line in audit.lines(db, ASSEMBLY) if line.by == seat],
            )

        assert await t.room.store.read(rest) == ((None,), (0,), [], [])
        erased = await t.room.store.read(people.load_seat, seat)
        assert erased is not None
        assert (erased.name, erased.status, dict(erased.attributes)) == ("", "left", {})
        assert "forgotten" in [line.act for line in await t.room.store.read(audit.lines, ASSEMBLY)]
        before = len(t.shown("anna"))
        await t.write("ben", "Where is Anna?")
        assert len(t.shown("anna")) == before


async def test_who_has_left_can_still_ask_for_both() -> None:
    async with table() as t:
        seat = await seat_of(t, "Anna")
        await t.write("anna", WORDS)
        await t.write("anna", "/leave")
        await t.tap("anna", "Leave")
        await t.write("anna", "/mydata")
        assert len(files(t, "anna")) == 2
        await t.write("anna", "/forget")
        await t.tap("anna", "Erase everything of me")
        await t.room.wait(HOUR / 4)
        assert await t.room.store.read(opinions.given_by, ASSEMBLY, seat) == []


async def test_whoever_leads_is_forgotten_like_everybody() -> None:
    """Notes, prompts, what they handed over, and their place at the table; the log keeps that something was done."""
    async with table() as t:
        everybody = await t.room.store.read(lambda db: people.roster(db, ASSEMBLY, roles=("facilitator",)))
        maya = everybody[0].id
        await t.write("maya", "/note Anna hums the Kanarienvogel song.")
        await t.write("maya", "/prompt Who has a Kanarienvogel?")
        await t.tap("maya", "Send")
        await t.write("maya", "/handover The Kanarienvogel sleeps.")
        await t.write("maya", "/forget")
        await t.tap("maya", "Erase everything of me")
        assert not any("Kanarienvogel" in text for who in ("anna", "ben", "cleo") for text in t.shown(who))
        assert any("does not take part any longer" in text for text in t.shown("olga")), "the coordinator knows"
        await t.room.wait(HOUR / 4)

        def rest(db: Database) -> tuple[Any, ...]:
            return (
                db.sql.execute("SELECT wrapped FROM seat_key WHERE seat = ?", (maya,)).fetchone(),
                opinions.given_by(db, ASSEMBLY, maya),
                [line for line in audit.lines(db, ASSEMBLY) if maya in (line.by, *map(str, line.data.values()))],
                audit.verify(db, ASSEMBLY).broken,
                people.staff(db, ASSEMBLY, "facilitator"),
            )

        assert await t.room.store.read(rest) == ((None,), [], [], (), [])
        lines = [line.act for line in await t.room.store.read(audit.lines, ASSEMBLY)]
        assert {"noted", "prompt", "offered_table"} <= set(lines)
        files = await t.room.store.read(export_files, t.room.engine.house, ASSEMBLY)
        assert b"Kanarienvogel" not in b"".join(files.values())


async def test_a_guarantor_who_is_forgotten_holds_nothing_up() -> None:
    second = TALK + '[[step]]\nid = "after"\ntype = "inform"\ntext = "And now the ferry."\n'
    async with table(second) as t:
        now = ms(t.room.clock.now())
        code = await t.room.store.transact(
            lambda db: codes.make_code(db, ASSEMBLY, "observer", "linz", GUARANTOR, made=now, expires=now + 10**9)
        )
        await t.write("gerda", f"/join {code}")
        await t.write("gerda", "/hold next They have not seen the Kanarienvogel.")
        assert any("Kanarienvogel" in text for text in t.shown("olga"))
        await t.write("gerda", "/forget")
        await t.tap("gerda", "Erase everything of me")
        await t.room.wait(HOUR)
        assert any("And now the ferry." in text for text in t.shown("ben"))
