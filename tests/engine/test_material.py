"""What comes to people without their asking: pictures of the flow, and the talk of the night in the morning."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import timedelta

import pytest

from tests.support import room
from tests.support.chats import PEOPLE, TALK, table
from tests.support.talks import BY_HAND

READING = """[[step]]
id = "reading"
type = "inform"
duration = "1h"
acknowledge = true
text = "Look at the map."
media = { en = "material/map-en.png", de = "material/map-de.png" }
"""


PICTURES = {f"material/map-{lang}.png": b"\x89PNG\r\n\x1a\n" + lang.encode() for lang in ("en", "de")}


# Quiet hours


async def test_at_night_the_author_is_told_once_that_the_others_read_it_in_the_morning() -> None:
    night = TALK.replace("40m", "30h") + "[schedule.quiet_hours]\nstart = 22:00:00\nend = 07:00:00\n"
    async with table(night + BY_HAND) as t:
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


@pytest.fixture
def pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """The flows of this test have pictures beside them."""
    plain = room.bundled

    def bundled(toml: str, more: Mapping[str, str]) -> str:
        shown = {name: "base64:" + b64encode(data).decode() for name, data in PICTURES.items()}
        files = {**json.loads(plain(toml, more)), **shown}
        return json.dumps(files, ensure_ascii=False, separators=(",", ":"), sort_keys=True)

    monkeypatch.setattr(room, "bundled", bundled)


@pytest.mark.usefixtures("pictures")
async def test_a_picture_of_the_flow_comes_in_the_readers_language() -> None:
    async with table(READING, agreed=False) as t:
        for name in PEOPLE:
            await t.tap(name, "I am 18 or older and agree")
            await t.tap(name, "Yes")
            await t.write(name, name.title())
        await t.write("ben", "/lang de")
        await t.room.wait(timedelta(hours=1))
        got = {who: [m.attachment for m in t.room.post.to(who) if m.attachment] for who in PEOPLE}
        assert {who: [(a.kind, a.name, a.mime) for a in files] for who, files in got.items()} == {
            "anna": [("photo", "map-en.png", "image/png")],
            "ben": [("photo", "map-de.png", "image/png")],
            "cleo": [("photo", "map-en.png", "image/png")],
        }
        assert got["ben"][0].data == PICTURES["material/map-de.png"]
        await t.tap("anna", "I have read it", times=2)
        assert t.last("anna").startswith("[photo: map-en.png]\nLook at the map.\n[1] ✓ I have read it")


@pytest.mark.usefixtures("pictures")
async def test_an_account_sends_the_bytes_of_a_file_once() -> None:
    again = READING + READING.replace('id = "reading"', 'id = "again"')
    async with table(again) as t:
        for name in PEOPLE:
            await t.room.say(name, press="reading:read::")
        await t.room.wait(timedelta(hours=1))
        sent = [m.attachment for who in PEOPLE for m in t.room.post.to(who) if m.attachment and m.step == "again"]
        assert [(file.data, file.ref.rpartition("/")[2]) for file in sent] == [(None, "map-en.png")] * 3
