"""Whatever people do with one invite in two apps, in whatever order and with crashes in between: one seat, one vote."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bot.core.effects import Cast
from bot.core.guests import Guest
from bot.core.message import Plain, decode
from bot.engine.house import House
from bot.engine.intake import take_in
from bot.language.flowfiles import unbundle
from bot.store import ballots, courses, guests, identities
from bot.store.courses import Assembly, PublishedFlow
from bot.store.database import Database
from bot.store.keys import KeyFile
from bot.store.times import ms
from bot.transports.port import Batch, Incoming
from tests.store.filling import fresh_database
from tests.support.chats import FLOW, TALK
from tests.support.room import ASSEMBLY, CATALOGS, bundled

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
CHATS = (("phones:main", "zoe"), ("halls:main", "zoe"), ("phones:main", "other"))
ACTS = ("redeem", "redeem", "redeem", "confirm", "confirm", "vote", "vote", "leave", "reissue")
TOGETHER = 100
"""So many interleavings share a database."""


class Play:
    """One invite, and those who get it into their hands."""

    def __init__(self, db: Database, house: House, seed: int) -> None:
        self.db, self.house, self.chance, self.seed = db, house, random.Random(seed), seed
        self.count = 0
        guests.expect(db, ASSEMBLY, Guest(f"A-{seed}", "participant", "linz"), ms(NOON), ms(NOON) * 2)
        self.codes = [guests.code(db, ASSEMBLY, self.guest)]
        self.mine: set[str] = set()

    @property
    def guest(self) -> guests.Expected:
        found = guests.find(self.db, ASSEMBLY, f"A-{self.seed}")
        assert found is not None
        return found

    def user(self, chat: int) -> tuple[str, str]:
        account, name = CHATS[chat]
        return account, f"{name}-{self.seed}"

    def writes(self, chat: int, text: str) -> None:
        """Somebody writes. Now and then we are killed before it is committed, and it comes again."""
        account, user = self.user(chat)
        self.count += 1
        incoming = Incoming(f"{self.seed}.{self.count}", user, user, NOON, text, message=f"{self.seed}.{self.count}")
        for crash in (self.chance.random() < 0.3, False, False):  # it comes twice, and the second time changes nothing
            self.db.sql.execute("SAVEPOINT step")
            take_in(self.db, self.house, account, Batch((incoming,), str(self.count)), NOON)
            self.db.sql.execute("ROLLBACK TO step" if crash else "RELEASE step")
            if crash:
                self.db.vault.rolled_back()
                self.db.sql.execute("RELEASE step")
        self.db.vault.committed()

    def held(self, chat: int) -> list[str]:
        return [h.seat for h in identities.seats_of(self.db, self.db.vault.lookup(*self.user(chat)))]

    def number(self) -> str:
        """The number that was shown last."""
        for chat in (1, 2, 0):
            door = self.db.vault.lookup(*self.user(chat))
            row = self.db.sql.execute(
                "SELECT assembly, key, body FROM outbox WHERE door = ? AND body IS NOT NULL ORDER BY seq DESC LIMIT 1",
                (door,),
            ).fetchone()
            said = (
                decode((self.db.vault.open(None, row[2], f"outbox/{row[0]}/{row[1]}") or b"").decode()) if row else None
            )
            for block in said.blocks if said is not None else ():
                for part in block.parts:
                    given = getattr(part, "params", {}).get("number")
                    if isinstance(given, Plain) and re.fullmatch(r"\d{3} \d{3}", given.text):
                        return given.text
        return "000 000"

    def act(self) -> None:
        chat = self.chance.randrange(len(CHATS))
        match self.chance.choice(ACTS):
            case "redeem":
                self.writes(chat, f"/join {self.chance.choice(self.codes)}")
            case "confirm":
                self.writes(chat, self.number())
            case "vote":
                seat = identities.current_seat(self.db, self.db.vault.lookup(*self.user(chat)))
                if seat is not None and seat in self.held(chat):
                    choice = self.chance.choice(("yes", "no"))
                    ballots.cast(
                        self.db, ASSEMBLY, Cast("ballot", seat, "q", "", choice, False), "linz", None, ms(NOON)
                    )
            case "leave":
                for id in self.held(chat)[:1]:
                    self.db.sql.execute("UPDATE seat SET status = 'left' WHERE id = ?", (id,))
            case "reissue":
                self.codes.append(guests.reissue(self.db, ASSEMBLY, self.guest, ms(NOON), ms(NOON) * 2))
        self.mine.update(id for chat in range(len(CHATS)) for id in self.held(chat))


def plays(number: int) -> Iterator[Play]:
    flow = unbundle(bundled(FLOW + TALK))
    for first in range(0, number, TOGETHER):
        db = fresh_database(KeyFile.from_seed(1))
        courses.publish_flow(db, PublishedFlow(flow.ref, flow.file.flow.id, "", bundled(FLOW + TALK), 0))
        courses.save_assembly(db, Assembly(ASSEMBLY, flow.ref, "seed", "open", 0))
        house = House(CATALOGS, numbered=frozenset(("halls:main",)))
        for seed in range(first, min(first + TOGETHER, number)):
            yield Play(db, house, seed)
        db.sql.close()


@pytest.mark.parametrize("number", [400, pytest.param(10_000, marks=pytest.mark.long)])
def test_one_invite_is_one_seat_and_one_vote(number: int) -> None:
    linked = moved = voted = 0
    for play in plays(number):
        for _ in range(play.chance.randint(3, 9)):
            play.act()
        assert len(play.mine) <= 1, f"interleaving {play.seed}: {play.mine}"
        votes = sum(len(ballots.choices_of(play.db, ASSEMBLY, id, "ballot")) for id in play.mine)
        assert votes <= 1, f"interleaving {play.seed}"
        for id in play.mine:
            accounts = [account for account, _ in identities.users(play.db, id)]
            assert len(accounts) == len(set(accounts)) <= 2, "one chat on each account at most"
            linked += len(accounts) == 2
        moved += len(play.codes) > 1 and bool(play.mine)
        voted += votes
    assert min(linked, moved, voted) > number // 100, "the interleavings go everywhere"
