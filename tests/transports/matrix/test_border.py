"""The cross-border dialogue across two platforms: the German-speaking site on a real Synapse, the English-speaking one on the
strict Telegram server, some of each on the other's platform; the bot and Synapse are killed in the middle of their work.
"""

from __future__ import annotations

import base64
import re
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.engine import founding
from bot.language.flowfiles import bundle, unbundle
from bot.paths import flows_dir
from bot.rehearsal.cast import Part, cast
from bot.rehearsal.hall import first_instant
from bot.rehearsal.voices import read_voices
from bot.store import codes
from bot.store.connection import open_store
from bot.store.database import Database
from bot.store.keys import KeyFile
from bot.store.times import ms
from tests.support.border_judge import judge
from tests.support.bot_process import ASSEMBLY, SEED
from tests.support.botapi import Bot, BotApi, Limits
from tests.support.homeserver import Homeserver
from tests.support.shared_clock import SharedClock
from tests.support.stage_matrix import MatrixStage
from tests.support.stage_telegram import GroupRoom, Phone, bind

FLOW = flows_dir() / "cross-border"
NUMBER = re.compile(r"\b\d{3} \d{3}\b")
HOME = {"at": "matrix", "nz": "telegram"}
AWAY = {"at": (2, 5, 8), "nz": (1, 6)}
"""Which of a site's participants are on the other platform."""

LINKS = 3
"""Which of the Austrian participants links a phone to their seat."""


def _at(text: str) -> datetime:
    return datetime.fromisoformat(f"2027-03-{text}:00+00:00")


KILLS = [_at(at) for at in ("01T05:47", "01T17:47", "02T06:12", "02T18:12", "03T18:30")]
"""After these instants the bot is killed as soon as it is at work: while people come in, in a talk, in a relay, in votes."""

CRASHES = [_at(at) for at in ("01T17:48", "02T18:20", "03T18:10")]
"""After these Synapse is killed while the bot sends."""

LINKED = _at("02T06:00")
"""From then on, before the tables of the second site meet, somebody uses a second app."""

REWORDED = _at("02T18:12")
"""From then on somebody changes what they have just said in a room."""

STORMS = [_at(at) for at in ("01T17:50", "03T18:32")]
"""After these Synapse is killed while people send."""


def _flow(folder: Path) -> str:
    """The dialogue, with tables that live in rooms."""
    shutil.copytree(FLOW, folder)
    file = folder / "flow.toml"
    text = file.read_text()
    assert text.count("min_present = 3\n") == 1
    file.write_text(text.replace("min_present = 3\n", 'min_present = 3\nlives = "room"\n'))
    return bundle(folder)


def _codes(db: Database, parts: list[Part], now: datetime) -> dict[str, str]:
    made, expires = ms(now), ms(now + timedelta(days=3660))
    return {
        part.person.user: codes.make_code(db, ASSEMBLY, part.person.role, part.person.site, made=made, expires=expires)
        for part in parts
    }


@pytest.mark.slow
@pytest.mark.homeserver
async def test_two_sites_two_platforms_and_tables_that_span_both(tmp_path: Path) -> None:
    await _evenings_of(tmp_path, people=24)


@pytest.mark.long
@pytest.mark.homeserver
async def test_all_the_people_whom_the_dialogue_expects(tmp_path: Path) -> None:
    await _evenings_of(tmp_path, people=48)


async def _evenings_of(folder: Path, people: int) -> None:
    """Play the dialogue on a homeserver of its own: it is killed."""
    server = Homeserver().start()
    try:
        await _play(folder, server, people)
    finally:
        server.stop()


async def _play(folder: Path, server: Homeserver, people: int) -> None:
    body = _flow(folder / "flow")
    flow = unbundle(body)
    clock = SharedClock(folder / "clock", first_instant(flow))
    parts = list(cast(flow, SEED, people=people, voices=read_voices(FLOW)))
    account = server.register("pnyx")
    async with BotApi(clock=clock.now, limits=Limits()) as api:
        bot = api.bot()
        servers = (api.base_url, bot.token, server.url, account.user, account.token)
        stage = MatrixStage(folder, servers, clock, parts, server, account)
        store = await open_store(folder / "evening.db", KeyFile.from_seed(SEED))
        await store.transact(founding.found, ASSEMBLY, flow, body, SEED, ms(clock.now()))
        invited = await store.transact(_codes, parts, clock.now())
        await store.close()
        await stage.live()
        try:
            for part, platform in zip(parts, _platforms(parts), strict=True):
                user = part.person.user
                if platform == "matrix":
                    await stage.sit_down(user)
                else:
                    stage.equip(user, Phone(api.person(user, part.person.language), stage.meaning))
            await stage.ask("receive")
            await stage.seat_everybody(invited)
            groups = await _evenings(stage, api, bot, invited)
            exported = {name: base64.b64decode(data) for name, data in (await stage.ask("export")).items()}
            await stage.end()
            assert stage.kills == len(KILLS), "the bot was not killed at work as often as it should be"
            assert stage.crashes == len(CRASHES) + len(STORMS), "Synapse was not killed as often as it should be"
            assert api.audit.breaches() == []
            assert [call for call in api.audit.calls if call.code == 429] == []
            await judge(stage, groups, exported)
        finally:
            await stage.end()
            await stage.leave()


def _platforms(parts: list[Part]) -> list[str]:
    """Where each person is."""
    found, numbers = [], {"at": 0, "nz": 0}
    for part in parts:
        site, away = part.person.site, False
        if part.person.role == "participant":
            numbers[site] += 1
            away = numbers[site] in AWAY[site]
        found.append({"matrix": "telegram", "telegram": "matrix"}[HOME[site]] if away else HOME[site])
    return found


async def _evenings(stage: MatrixStage, api: BotApi, bot: Bot, invited: dict[str, str]) -> list[GroupRoom]:
    """Everything from the first word to the last."""
    groups: list[GroupRoom] = []
    linked, reworded, storms, crashes = "", "", 0, 0
    while await stage.step() and not await stage.ask("over"):
        now = stage.clock.now()
        if not groups and "nz-1" in await stage.ask("tables"):
            groups.append(await bind(stage, api, bot, "nz-1"))
        if not linked and now >= LINKED:
            linked = [user for user in stage.desks if user.startswith("at-")][LINKS]
            await _link(stage, api, linked, invited[linked])
        speaker = next((desk for desk in stage.desks.values() if desk.said is not None), None)
        if speaker is not None and not reworded and now >= REWORDED:
            reworded = await speaker.reword()
        if stage.kills < len(KILLS) and now >= KILLS[stage.kills]:
            await stage.kill_at_work(3)
            if linked:
                await stage.take_other_app(linked)
        if crashes < len(CRASHES) and now >= CRASHES[crashes]:
            crashes += await stage.crash_at_work(2)
        if storms < len(STORMS) and now >= STORMS[storms] and not stage.storm:
            storms, stage.storm = storms + 1, True
        for desk in stage.desks.values():
            desk.said = None
    while await stage.ask("waiting"):
        assert await stage.step()
    assert any(reworded in room.said for room in stage.rooms.values())
    return groups


async def _link(stage: MatrixStage, api: BotApi, user: str, code: str) -> None:
    """Somebody on Matrix shows their invitation on a phone, and writes the number that they see there in the chat they have."""
    phone = Phone(api.person(f"{user}-phone", "de"), stage.meaning)
    await phone.write(f"/start {code}", None)
    await stage.pass_on()
    shown = NUMBER.search(phone.person.last.text)
    assert shown is not None, phone.person.last.text
    await stage.desks[user].write(shown[0], None)
    await stage.pass_on()
    stage.equip(user, phone)
    stranger = api.person("stranger", "de")
    await stranger.start(code)
    await stage.pass_on()
    assert NUMBER.search(stranger.last.text) is None, stranger.last.text
