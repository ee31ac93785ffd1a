"""What is written when a letter could not leave: on virtual time, at the post office."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.core.effects import Lane
from bot.core.message import Message, Plain, Words, message
from bot.core.rendered import Rendered
from bot.core.rights import of
from bot.store import identities, media, outbox
from bot.store.database import Database
from bot.store.media import File
from bot.transports.port import Media, Menu, Refused, Retry, Uncertain
from tests.support.letters import found, keep, quoted, talk
from tests.support.office import Account, office, seconds
from tests.support.room import ASSEMBLY
from tests.support.virtual import VirtualLoop, run

LEAD = "UPDATE seat SET role = 'organiser' WHERE id = ?"


@pytest.mark.parametrize(
    ("lane", "key", "about", "again", "told"),
    [
        (Lane.ANSWER, "thanks", "", True, False),
        (Lane.STEP, "opening", "", True, False),
        (Lane.BROADCAST, "news", "", True, False),
        (Lane.STEP, "a/b/remind/17@x", "", False, False),
        (Lane.TALK, "said", "", False, True),
        (Lane.STEP, "digest", "c1", False, True),
    ],
)
@pytest.mark.parametrize("crash", [True, False])
def test_what_may_have_arrived_is_dealt_with_by_its_kind(
    lane: Lane, key: str, about: str, again: bool, told: bool, crash: bool
) -> None:
    fates: list[object] = [1e9 if crash else Uncertain("cut")]

    def fate(act: str, chat: str, sent: str) -> object:
        return fates.pop() if fates else None

    async def main(loop: VirtualLoop) -> None:
        async with office(loop, Account(fate=fate)) as here:
            anna, ben, maya = await here.enrol("anna", "ben", "maya")
            await keep(here, "c1", ben, "a tram")
            await here.store.transact(lambda db: db.sql.execute(LEAD, (maya,)).rowcount)
            await here.open()
            said = quoted(ben, "c1") if about else message(Plain("words"))
            await here.put(here.row(key, anna, lane, said, about=about))
            await asyncio.sleep(2)
            if crash:
                await here.crash()
                await here.open()
            await here.drained()
            got = here.account.texts("anna")
            assert len(got) == again
            assert all(text.startswith("· (This may be a repeat.)\n") for text in got)
            notice = here.account.texts("maya")
            assert len(notice) == told
            if told:
                assert "may not have reached: Anna" in notice[0]
                assert ("a tram" in notice[0]) == bool(about)

    run(main)


def test_what_stays_uncertain_is_not_repeated_for_ever() -> None:
    async def main(loop: VirtualLoop) -> None:
        async with office(loop, Account(fate=lambda act, chat, key: (True, Uncertain("cut")))) as here:
            (anna,) = await here.enrol("anna")
            await here.open()
            await here.put(here.row("opening", anna))
            await here.drained(60)
            assert [text.count("repeat") for text in here.account.texts("anna")] == [0, 1, 1]

    run(main)


class Files(Account):
    """An account that knows files by names of its own."""

    def __init__(self, account: str, fetched: object = b"bytes") -> None:
        super().__init__(account)
        self.fetched = fetched
        self.asked: list[Media] = []

    async def send(self, place: str, message: Rendered, key: str):  # type: ignore[no-untyped-def]
        receipt = await super().send(place, message, key)
        return replace(receipt, ref=f"{self.account}/file" if message.attachment else "")

    async def fetch(self, media: Media) -> bytes:
        self.asked.append(media)
        if isinstance(self.fetched, Exception):
            raise self.fetched
        assert isinstance(self.fetched, bytes)
        return self.fetched


def photo(db: Database, seat: str) -> None:
    media.store(db, ASSEMBLY, File("c1", seat, "test:main", "photo", "ref-1", "image/jpeg", size=5), 0)


def test_a_file_is_sent_by_name_where_it_is_known_and_else_by_its_bytes_once() -> None:
    async def main(loop: VirtualLoop) -> None:
        first, second = Files("test:main"), Files("other:main")
        async with office(loop, first, second) as here:
            ben, carl = await here.enrol("ben", "carl")
            dora, emil = await here.enrol("dora", "emil", account="other:main")
            await keep(here, "c1", ben, "look", media="photo")
            await here.store.transact(photo, ben)
            await here.open()
            for seat in (carl, dora, emil):
                await here.put(talk(here, "c1", seat, ben, enclosed=Words("c1")))
                await here.drained()
            sent = [call.shown.attachment for call in (*first.said(), *second.said()) if call.shown]
            assert [(a.kind, a.ref, a.data) for a in sent if a] == [
                ("photo", "ref-1", None),
                ("photo", "", b"bytes"),
                ("photo", "other:main/file", None),
            ]
            assert [(m.kind, m.ref, m.size) for m in first.asked] == [("photo", "ref-1", 5)]

    run(main)


def test_a_file_that_nobody_has_any_more_is_named_and_one_that_cannot_be_had_now_is_waited_for() -> None:
    async def main(loop: VirtualLoop) -> None:
        first, second = Files("test:main", Refused("gone")), Files("other:main")
        async with office(loop, first, second) as here:
            (ben,) = await here.enrol("ben")
            (dora,) = await here.enrol("dora", account="other:main")
            await keep(here, "c1", ben, "look", media="photo")
            await here.store.transact(photo, ben)
            await here.open()
            await here.put(talk(here, "c1", dora, ben, enclosed=Words("c1")))
            await here.drained()
            assert second.said()[0].text == "Ben\n  “look”\n· (A file that came with this cannot be shown here.)"
            first.fetched = Retry(seconds(4))
            await here.put(here.row("again", dora, Lane.TALK, quoted(ben, "c1", enclosed=Words("c1"))))
            await asyncio.sleep(3)
            first.fetched = b"bytes"
            await here.drained()
            last = second.said()[-1]
            assert last.shown is not None
            assert last.shown.attachment is not None

    run(main)


def test_the_menu_of_a_chat_shows_the_commands_of_its_role() -> None:
    class Menus(Account):
        async def menu(self, place: str, menu: Menu) -> None:
            self.shown = menu

    async def main(loop: VirtualLoop) -> None:
        mail = Menus()
        async with office(loop, mail) as here:
            (anna,) = await here.enrol("anna")
            await here.open()
            await here.put(here.row("menu", anna, said=Message(()), act="menu"))
            await here.drained()
            names = [name for name, _ in mail.shown.commands]
            assert mail.shown.language == "en"
            assert names == [command.name for command in of("participant")]
            assert names[0] == "help"
            assert "invite" not in names
            assert await found(here, "SELECT state FROM outbox") == [("sent",)]

    run(main)


def test_nothing_is_sent_to_who_is_erased_while_it_waits() -> None:
    async def main(loop: VirtualLoop) -> None:
        async with office(loop) as here:
            (anna,) = await here.enrol("anna")
            await here.open()
            await here.put(*(here.row(f"{n}", anna) for n in range(4)))
            await asyncio.sleep(1.5)
            await here.store.transact(identities.erase, anna)
            await here.drained()
            assert here.account.texts("anna") == ["0", "1"]
            assert await here.store.read(outbox.next_at, 0) is None

    run(main)
