"""The cross-border dialogue with 48 people on Telegram: one table in a group, one in a topic, six virtual; the bot is killed
in the middle of its work, four times."""

from __future__ import annotations

import base64
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.engine import founding
from bot.language.flowfiles import bundle, unbundle
from bot.paths import flows_dir
from bot.rehearsal.cast import cast
from bot.rehearsal.hall import first_instant
from bot.rehearsal.voices import read_voices
from bot.store import codes
from bot.store.connection import open_store
from bot.store.database import Database
from bot.store.keys import KeyFile
from bot.store.times import ms
from tests.support.bot_process import ASSEMBLY, SEED
from tests.support.botapi import BotApi, Limits
from tests.support.shared_clock import SharedClock
from tests.support.stage import Stage
from tests.support.stage_telegram import GroupRoom, Phone, bind, doubled, repeats
from tests.support.tallying import published, recount, said_is_on_record

FLOW = flows_dir() / "cross-border"
ROOMS = {"at-1": False, "nz-1": True}
"""The tables that meet in a group, and (True) in a topic of one."""

KILLS = tuple(
    datetime.fromisoformat(f"2027-03-{at}:00+00:00")
    for at in ("01T05:47", "01T17:47", "02T06:12", "02T18:12", "03T18:30")
)
"""After these instants the bot is killed as soon as it is at work: while people come in, in a talk, in a relay, in votes."""

KILLS_MOST = 8
"""So many messages may be under way when the bot is killed."""


def _codes(db: Database, stage: Stage) -> dict[str, str]:
    made, expires = ms(stage.clock.now()), ms(stage.clock.now() + timedelta(days=3660))
    return {
        part.person.user: codes.make_code(db, ASSEMBLY, part.person.role, part.person.site, made=made, expires=expires)
        for part in stage.parts
    }


@pytest.mark.slow
async def test_an_assembly_of_48_in_groups_topics_and_private_chats(tmp_path: Path) -> None:
    body = bundle(FLOW)
    flow = unbundle(body)
    clock = SharedClock(tmp_path / "clock", first_instant(flow))
    parts = list(cast(flow, SEED, voices=read_voices(FLOW)))
    assert sum(part.person.role == "participant" for part in parts) == 48
    async with BotApi(clock=clock.now, limits=Limits()) as api:
        bot = api.bot()
        stage = Stage(tmp_path, (api.base_url, bot.token), clock, parts)
        people = {part.person.user: api.person(part.person.user, part.person.language) for part in parts}
        rooms: dict[str, GroupRoom] = {}
        for user, person in people.items():
            stage.equip(user, Phone(person, stage.meaning))
        store = await open_store(tmp_path / "evening.db", KeyFile.from_seed(SEED))
        await store.transact(founding.found, ASSEMBLY, flow, body, SEED, ms(clock.now()))
        invited = await store.transact(_codes, stage)
        await store.close()
        await stage.live()
        try:
            await stage.seat_everybody(invited)
            while await stage.step() and not await stage.ask("over"):
                tables = await stage.ask("tables")
                for table, topics in ROOMS.items():
                    if table in tables and table not in rooms:
                        rooms[table] = await bind(stage, api, bot, table, topics=topics)
                if stage.kills < len(KILLS) and stage.clock.now() >= KILLS[stage.kills]:
                    await stage.kill_at_work(3)
            exported = {name: base64.b64decode(data) for name, data in (await stage.ask("export")).items()}
        finally:
            await stage.end()
    assert stage.kills == len(KILLS), "the bot was not killed at work as often as it should be"
    assert set(rooms) == set(ROOMS)
    assert api.audit.breaches() == []
    assert [call for call in api.audit.calls if call.code == 429] == []
    # Of two texts that wait, one after the other, translators read the same words.
    told = [people[part.person.user] for part in parts if part.person.role != "translator"]
    assert doubled(told) == Counter(), "somebody was told the same twice, without a word about it"
    assert 0 < len(repeats(people.values(), rooms.values())) <= KILLS_MOST * stage.kills
    assert recount(stage.chosen, published(exported["results.csv"])) > 50
    for table, room in rooms.items():
        assert said_is_on_record(room.said, exported[f"transcript/{table}.jsonl"]) >= 10
