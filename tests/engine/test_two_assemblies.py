"""The same people in two assemblies of one installation: nothing in the exports tells that they are the same."""

from __future__ import annotations

import json
import re
from datetime import timedelta

from bot.core.events import Started, encode
from bot.core.ids import derive
from bot.core.state import Seat
from bot.report.export import export_files
from bot.report.feed import feed
from bot.store import audit, codes, courses, people, queue
from bot.store.courses import Assembly
from bot.store.database import Database
from bot.store.times import ms
from tests.support.chats import FLOW, TALK, Chats, Talkers
from tests.support.room import ACCOUNT, ASSEMBLY, Room, room

SECOND = "a2"
COLLECT = '[[step]]\nid = "ideas"\ntype = "collect"\nduration = "10m"\ntext = "What do you wish?"\n'
ALL = 'purposes = ["transcript", "quotes", "open_data", "research"]\nnaming = "given"'
GIVEN = FLOW.replace('purposes = ["transcript"]', ALL) + TALK + COLLECT
SIX = ("anna", "ben", "cleo", "dora", "emil", "fred")
ID = re.compile(r"(?<![A-Za-z0-9])(?=[a-z]*[2-7])[a-z2-7]{12}(?![A-Za-z0-9])")


async def play(t: Talkers, assembly: str, words: dict[str, str]) -> None:
    """Everybody comes in, agrees, talks, and gives an idea."""
    here = t.room
    now = ms(here.clock.now())
    for who in SIX:
        code = await here.store.transact(
            lambda db: codes.make_code(db, assembly, "participant", made=now, expires=now + 10**9)
        )
        await t.write(who, f"/join {code}")
    await here.store.transact(_begin, here, assembly)
    await here.engine.settle()
    for who in SIX:
        await t.tap(who, "I am 18 or older and agree")
        for _ in range(4):
            await t.tap(who, "Yes")
    await here.wait(timedelta(minutes=61))
    for who in SIX:
        await t.write(who, f"{words[who]} in the talk.")
    await here.wait(timedelta(minutes=41))
    for who in SIX:
        await t.write(who, f"{words[who]} as an idea.")
    await here.wait(timedelta(minutes=20))


def _begin(db: Database, here: Room, assembly: str) -> None:
    for course in here.flow.courses:
        at = ms(here.clock.now())
        queue.put_event(db, assembly, f"start/{assembly}/{course}", encode(Started(course)), "started", at, at)


def _second(db: Database) -> None:
    first = courses.load_assembly(db, ASSEMBLY)
    assert first is not None
    courses.save_assembly(db, Assembly(SECOND, first.flow, first.seed, "open", 0))


async def test_nobody_can_be_followed_from_one_export_to_the_other() -> None:
    words = {who: f"{who[0].upper()}-words" for who in SIX}
    async with room(GIVEN, chats := Chats()) as here:
        t = Talkers(here, chats)
        await play(t, ASSEMBLY, words)
        await here.store.transact(_second)  # with the same seed: even then
        await play(t, SECOND, words)
        exports = [await here.store.read(export_files, here.engine.house, a) for a in (ASSEMBLY, SECOND)]
        told = ["\n".join(c.decode() for name, c in e.items() if not name.startswith("flow/")) for e in exports]
        ids = [set(ID.findall(text)) for text in told]
        assert min(len(found) for found in ids) > 6, "there are ids to compare"
        assert all("A-words as an idea." in text for text in told)
        assert ids[0] & ids[1] == set()

        seats = [
            {user: await here.store.read(_seat, assembly, user) for user in SIX} for assembly in (ASSEMBLY, SECOND)
        ]
        assert {s.id for s in seats[0].values()} & {s.id for s in seats[1].values()} == set()
        assert [user for user in SIX if seats[0][user].name == seats[1][user].name] == []
        for number, assembly in enumerate((ASSEMBLY, SECOND)):
            everybody = await here.store.read(people.roster, assembly)
            assert [s.id for s in everybody if s.id in told[number]] == []


def _seat(db: Database, assembly: str, user: str) -> Seat:
    found = people.load_seat(db, db.vault.pseudonym(assembly, db.vault.lookup(ACCOUNT, user)))
    assert found is not None
    return found


async def test_who_knows_every_seat_from_the_log_cannot_tell_whose_pseudonym_is_whose() -> None:
    """The log that anybody may check names seats; flow, seed and tables are published."""
    async with room(GIVEN + "[feed]\npublished = true\n", chats := Chats()) as here:
        t = Talkers(here, chats)
        await play(t, ASSEMBLY, {who: who for who in SIX})
        seats = [s.id for s in await here.store.read(people.roster, ASSEMBLY)]
        logged = json.dumps([line.by for line in await here.store.read(audit.lines, ASSEMBLY)])
        assert all(seat in logged for seat in seats)
        exported = await here.store.read(export_files, here.engine.house, ASSEMBLY)
        fed = (await here.store.read(feed, here.engine.house, ASSEMBLY, here.clock.now())).decode()
        authors = {json.loads(line).get("author", "") for line in exported["research.jsonl"].decode().splitlines()}
        voices = set(re.findall(r"Voice ([A-Z2-7]{3})", fed))
        assert len(authors - {""}) == len(voices) == 6
        at = {s.table for s in await here.store.read(people.roster, ASSEMBLY)}
        guesses = {derive(*parts) for seat in seats for parts in (
            ("research", "seed", seat), ("research", seat), ("research", "", seat),
            *(("feed", *more, table, seat) for table in at for more in ((), ("",), ("seed",))),
        )}  # fmt: skip
        assert authors & {guess[:8] for guess in guesses} == set()
        assert voices & {guess[:3].upper() for guess in guesses} == set()


async def test_who_knows_what_a_platform_calls_an_event_finds_no_words_by_it() -> None:
    async with room(GIVEN, chats := Chats()) as here:
        t = Talkers(here, chats)
        await play(t, ASSEMBLY, {who: who for who in SIX})
        exported = await here.store.read(export_files, here.engine.house, ASSEMBLY)
        told = "\n".join(content.decode() for content in exported.values())
        known = [derive(f"{ACCOUNT}/{n}") for n in range(here._count + 1)]
        known += [derive(str(n)) for n in range(here._count + 1)]
        assert here._count > 20
        assert set(ID.findall(told)), "there are ids"
        assert [id for id in known if id in told] == []
