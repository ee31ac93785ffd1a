"""How a transcript shows what was no plain message: files, replies, changes, voice notes, what was hidden."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from bot.core.flow import Flow
from bot.report.export import export_files
from tests.support.chats import TALK, Talkers, table
from tests.support.room import ASSEMBLY

IDEAS = """[[step]]
id = "ideas"
type = "collect"
duration = "30m"
show = "table"
record = "items_only"
text = { en = "Your ideas?", de = "Ihre Ideen?" }
"""


async def exported(t: Talkers) -> dict[str, bytes]:
    await t.room.wait(timedelta(minutes=41))
    assert isinstance(t.room.flow, Flow)
    return await t.room.store.read(export_files, t.room.engine.house, ASSEMBLY)


def transcript(files: dict[str, bytes]) -> tuple[str, list[dict[str, Any]]]:
    """The transcript as people and as programs read it."""
    (text,) = (data.decode() for name, data in files.items() if name.startswith("transcript/") and name.endswith(".md"))
    (lines,) = (data.decode() for name, data in files.items() if name.startswith("transcript/") and name.endswith("l"))
    return text, [json.loads(line) for line in lines.splitlines()]


def spoken(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    wanted = ("kind", "released", "text", "file", "answers", "edited", "hidden", "name")
    return [{k: row[k] for k in wanted if k in row} for row in rows if row["kind"] not in ("head", "step")]


async def test_files_replies_changes_and_what_was_hidden() -> None:
    async with table(TALK + 'pictures = "pass"\n') as t:
        own = await t.write("anna", "I bake.")
        await t.edit("anna", own, "I bake a lot.")
        await t.write("ben", "Me too.", answers=t.chats.find("ben", "I bake"))
        await t.send("ben", "photo", "My oven.")
        await t.send("cleo", "sticker")
        await t.write("cleo", "You are fools.")
        await t.tap("maya", "Hide")
        await t.tap("maya", "it insults somebody")
        await t.write("cleo", "Never mind.")
        await t.write("maya", "/hide", answers=t.chats.find("maya", "Never mind."))
        text, rows = transcript(await exported(t))
    first = next(row["id"] for row in rows if row.get("text") == "I bake a lot.")
    assert spoken(rows) == [
        {"kind": "message", "released": True, "text": "I bake a lot.", "edited": True, "name": "Anna"},
        {"kind": "message", "released": True, "text": "Me too.", "answers": first, "name": "Ben"},
        {"kind": "message", "released": True, "text": "My oven.", "file": "photo", "name": "Ben"},
        {"kind": "file", "released": True, "text": "[sticker]", "file": "sticker", "name": "Cleo"},
        {"kind": "message", "released": False, "text": "(hidden: it insults somebody)", "hidden": "insult"},
        {"kind": "message", "released": False, "text": "(hidden)", "hidden": "none"},
    ]
    for shown in (
        "English · (edited)\n\n> I bake a lot.",
        "in answer to Anna\n\n> Me too.",
        "\\[picture\\]\n\n> My oven.",
    ):
        assert shown in text
    assert "> \\[sticker\\]" in text
    assert text.count("\\[sticker\\]") == 1
    assert "\n\n(hidden: it insults somebody)\n\n(hidden)" in text
    assert "fools" not in text


async def test_what_was_hidden_is_not_taken_for_something_that_is_kept_out() -> None:
    async with table(IDEAS) as t:
        await t.write("anna", "More ovens.")
        await t.write("ben", "You are fools.")
        await t.write("maya", "/hide", answers=t.chats.find("maya", "fools"))
        _, rows = transcript(await exported(t))
    assert [row["kept_out"] for row in rows if row["kind"] == "step"] == [0]


async def test_for_a_voice_note_stands_its_sentence() -> None:
    async with table() as t:
        await t.send("anna", "voice")
        await t.tap("ben", "Yes")
        await t.tap("cleo", "Yes")
        await t.write("anna", "/sentence The bus comes too rarely.")
        await t.tap("anna", "Yes, that is my sentence")
        text, rows = transcript(await exported(t))
    assert spoken(rows) == [
        {"kind": "message", "released": True, "text": "The bus comes too rarely.", "file": "voice", "name": "Anna"}
    ]
    assert "\\[voice note\\]\n\n> The bus comes too rarely." in text


async def test_the_process_tells_what_was_hidden_shown_and_put_back() -> None:
    async with table() as t:
        await t.write("anna", "I bake.")
        await t.tap("maya", "Hide")
        await t.tap("maya", "another reason")
        await t.tap("maya", "It was a mistake: put it back")
        await t.send("anna", "photo")
        await t.tap("maya", "Do not pass on")
        await t.send("anna", "photo")
        await t.tap("maya", "Pass on")
        files = await exported(t)
    process = json.loads(files["process.json"])
    told = [(row["act"], row.get("by"), row.get("reason")) for row in process["log"]]
    for act, reason in (("hid", None), ("hidden", "other"), ("unhid", None), ("not_shown", None), ("shown", None)):
        assert (act, "facilitator", reason) in told
    assert "(hidden" not in transcript(files)[0], "what was put back stands as it was"


async def test_who_did_not_agree_is_not_named_by_those_who_answer() -> None:
    async with table(agreed=False) as t:
        for name, yes in (("anna", "No"), ("ben", "Yes"), ("cleo", "Yes")):
            await t.tap(name, "I am 18 or older and agree")
            await t.tap(name, yes)
            await t.write(name, name.title())
        await t.room.wait(timedelta(hours=1))
        await t.write("anna", "I bake.")
        await t.write("ben", "Me too.", answers=t.chats.find("ben", "I bake"))
        text, rows = transcript(await exported(t))
    assert [row.get("answers") for row in spoken(rows)] == [None, None]
    assert "Anna" not in text
