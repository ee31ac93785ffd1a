"""What stands in a letter, and what is written when it has left: on virtual time, at the post office."""

from __future__ import annotations

import asyncio

import pytest

from bot.core.effects import Lane
from bot.core.events import decode
from bot.core.heard import Remained
from bot.core.message import Button, Message, Plain, message
from bot.store import buttons, copies, opinions, queue
from bot.transports.port import Gone, Moved, Refused, Retry
from tests.support.letters import Keyed, found, keep, quoted, talk
from tests.support.office import Account, office, seconds
from tests.support.room import ASSEMBLY
from tests.support.virtual import VirtualLoop, run


def test_a_button_carries_a_key_that_only_its_chat_knows() -> None:
    async def main(loop: VirtualLoop) -> None:
        async with office(loop, Keyed()) as here:
            anna, ben = await here.enrol("anna", "ben")
            asked = message(
                Plain("?"), buttons=(Button(Plain("Yes"), "v:q::yes"), Button(Plain("No"), "v:q::no")), step="v"
            )
            await here.put(here.row("ask@a", anna, said=asked), here.row("ask@b", ben, said=asked))
            await here.open()
            await here.drained()
            presses = {call.chat: [b.press for b in call.shown.buttons] for call in here.account.said() if call.shown}
            assert all(len(p.encode()) <= 64 for row in presses.values() for p in row)
            assert len({p for row in presses.values() for p in row}) == 4
            for chat, seat in (("anna", anna), ("ben", ben)):
                meant = [await here.store.read(buttons.find, press) for press in presses[chat]]
                assert [m and (m.assembly, m.holder, m.step, m.press) for m in meant] == [
                    (ASSEMBLY, seat, "v", "v:q::yes"),
                    (ASSEMBLY, seat, "v", "v:q::no"),
                ]
            key = presses["anna"][0].partition(":")[0]
            for forged in (f"{key}:2", f"{key}:", f"{key}:00", "v:q::yes", "", f"{key.upper()}:0", "a" * 16 + ":0"):
                assert await here.store.read(buttons.find, forged) is None

    run(main)


def test_a_copy_is_noted_when_it_has_left_and_a_reply_finds_it() -> None:
    async def main(loop: VirtualLoop) -> None:
        async with office(loop) as here:
            anna, ben = await here.enrol("anna", "ben")
            await keep(here, "c1", ben, "a tram")
            await keep(here, "c2", ben, "and a bus")
            await here.open()
            await here.put(talk(here, "c1", anna, ben))
            await here.drained()
            (copy,) = await here.store.read(copies.copies, ASSEMBLY, "c1")
            assert (copy.holder, copy.original) == (anna, False)
            assert await here.store.read(copies.carried, anna, copy.remote) == (ASSEMBLY, "c1")
            await here.put(talk(here, "c2", anna, ben, answers="c1"))
            await here.drained()
            last = here.account.said()[-1]
            assert last.shown is not None
            assert last.shown.answers == copy.remote
            assert last.text == "Ben\n  “and a bus”"

    run(main)


def test_held_talk_is_one_silent_message_and_every_row_has_its_receipt() -> None:
    async def main(loop: VirtualLoop) -> None:
        async with office(loop) as here:
            anna, ben = await here.enrol("anna", "ben")
            for n in range(3):
                await keep(here, f"c{n}", ben, f"thought {n}")
            await keep(here, "long", ben, "w" * 2990)
            button = (Button(Plain("Hide"), "-hide"),)
            rows = [talk(here, f"c{n}", anna, ben, silent=True) for n in range(3)]
            rows.append(talk(here, "long", anna, ben, silent=True))
            rows.append(talk(here, "c0", f"{anna}", ben, silent=True, buttons=button))
            rows[-1] = here.row("last", anna, Lane.TALK, quoted(ben, "c0", buttons=button), silent=True)
            await here.put(*rows)
            await here.open()
            await here.drained()
            shown = [call.shown for call in here.account.said() if call.shown is not None]
            assert [len(s.blocks) for s in shown] == [6, 2, 2]
            assert all(s.silent for s in shown)
            assert [text for _, text in shown[0].blocks[1::2]] == ["thought 0", "thought 1", "thought 2"]
            receipts = await found(here, "SELECT DISTINCT receipt FROM outbox WHERE about IN ('c0', 'c1', 'c2')")
            assert len(receipts) == 1
            remote = str(receipts[0][0])
            assert await here.store.read(copies.together, anna, remote) == ["c0", "c1", "c2"]
            assert await here.store.read(copies.carried, anna, remote) is None, "nobody can tell which is answered"

    run(main)


def test_one_of_several_in_a_message_is_changed_or_taken_back_and_the_others_stay() -> None:
    async def main(loop: VirtualLoop) -> None:
        async with office(loop) as here:
            anna, ben = await here.enrol("anna", "ben")
            for n in range(3):
                await keep(here, f"c{n}", ben, f"thought {n}")
            await here.put(*(talk(here, f"c{n}", anna, ben, silent=True) for n in range(3)))
            await here.open()
            await here.drained()
            ((remote,),) = await found(here, "SELECT DISTINCT remote FROM copy")
            await here.store.transact(opinions.amend, ASSEMBLY, ben, "c0", "a better thought", 0)
            more = {"target": remote}
            await here.put(here.row("amend", anna, Lane.TALK, quoted(ben, "c0"), act="edit", about="c0", **more))
            await here.drained()
            await here.store.transact(opinions.withdraw, ASSEMBLY, ben, "c1")
            await here.put(here.row("r/delete/1", anna, Lane.TALK, Message(()), act="delete", about="c1", **more))
            await here.drained()
            changed = [call for call in here.account.calls if call.act == "edit"]
            assert [call.key for call in changed] == [remote, remote]
            assert changed[0].text.count("“") == 3
            assert "a better thought" in changed[0].text
            assert "thought 1" not in changed[1].text
            assert "(withdrawn)" in changed[1].text
            assert "thought 2" in changed[1].text
            assert await here.store.read(copies.together, anna, str(remote)) == ["c0", "c2"]

    run(main)


def test_what_is_taken_back_while_it_is_under_way_is_deleted_when_it_has_arrived() -> None:
    async def main(loop: VirtualLoop) -> None:
        async with office(loop, Account(there=lambda: 3.0)) as here:
            anna, ben = await here.enrol("anna", "ben")
            await keep(here, "c1", ben, "a tram")
            await here.open()
            await here.put(talk(here, "c1", anna, ben))
            await asyncio.sleep(1)
            await here.store.transact(opinions.withdraw, ASSEMBLY, ben, "c1")
            await here.drained()
            said, deleted = here.account.calls
            assert (said.act, deleted.act, deleted.key) == ("say", "delete", "m1")
            assert await here.store.read(copies.copies, ASSEMBLY, "c1") == []

    run(main)


@pytest.mark.parametrize(
    ("lane", "about", "texts"), [(Lane.ANSWER, "", ["new"]), (Lane.TALK, "c1", ["new"]), (Lane.BROADCAST, "", [])]
)
def test_what_cannot_be_changed_is_said_anew_where_somebody_waits_for_it(
    lane: Lane, about: str, texts: list[str]
) -> None:
    async def main(loop: VirtualLoop) -> None:
        async with office(
            loop, Account(fate=lambda act, chat, key: Refused("too old") if act == "edit" else None)
        ) as here:
            (anna,) = await here.enrol("anna")
            await here.open()
            await here.put(here.row("new", anna, lane, act="edit", target="9", about=about))
            await here.drained()
            assert here.account.texts("anna") == texts

    run(main)


def test_what_is_said_anew_counts_for_the_pace() -> None:
    async def main(loop: VirtualLoop) -> None:
        async with office(loop, Account(fate=lambda act, chat, key: Refused("old") if act == "edit" else None)) as here:
            (anna,) = await here.enrol("anna")
            await here.open()
            await here.put(*(here.row(f"{n}", anna, Lane.ANSWER, act="edit", target=f"9{n}") for n in range(4)))
            await here.drained()
            assert here.account.texts("anna") == ["0", "1", "2", "3"]
            assert here.account.breaches() == []

    run(main)


def test_a_change_that_is_put_off_stays_a_change() -> None:
    left = [Retry(seconds(3))]

    def fate(act: str, chat: str, key: str) -> object:
        return left.pop() if act == "edit" and left else None

    async def main(loop: VirtualLoop) -> None:
        async with office(loop, Account(fate=fate)) as here:
            (anna,) = await here.enrol("anna")
            await here.open()
            await here.put(here.row("edit", anna, Lane.ANSWER, act="edit", target="9"))
            await asyncio.sleep(1)
            await here.put(*(here.row(f"{n}", anna, Lane.ANSWER) for n in range(3)))
            await here.drained()
            left_at = {call.text: call.left for call in here.account.calls}
            assert 3 <= left_at["edit"] < 3.2, "it waits for no message"
            assert here.account.breaches() == []

    run(main)


def test_what_cannot_be_deleted_is_reported() -> None:
    async def main(loop: VirtualLoop) -> None:
        async with office(loop, Account(fate=lambda act, chat, key: Refused("too old"))) as here:
            (anna,) = await here.enrol("anna")
            door = await here.room("group")
            await here.store.transact(
                lambda db: db.sql.execute("UPDATE seat SET table_id = 't1' WHERE id = ?", (anna,)).rowcount
            )
            await here.open()
            for key, seat, more in (("u/delete/4@a", anna, {}), ("u/delete/5@b", None, {"door": door})):
                await here.put(
                    here.row(key, seat, Lane.TALK, Message(()), act="delete", target="4", about="c1", **more)
                )
            await here.drained()
            rows = await here.store.read(queue.next_events, 10**15, 9)
            events = [decode(row.body) for row in rows if row.body is not None]
            assert sorted((e.table, e.seats, e.key) for e in events if isinstance(e, Remained)) == [
                ("t1", ("",), "u"),
                ("t1", (anna,), "u"),
            ]

    run(main)


def test_a_room_that_has_moved_reads_on_at_its_new_place_in_order() -> None:
    def fate(act: str, chat: str, key: str) -> object:
        return Moved("new") if chat == "old" else None

    async def main(loop: VirtualLoop) -> None:
        async with office(loop, Account(fate=fate, there=lambda: 0.2)) as here:
            door = await here.room("old")
            await here.open()
            await here.put(*(here.row(f"{n}", None, Lane.TALK, door=door) for n in range(4)))
            await here.drained(30)
            assert here.account.texts("new") == ["0", "1", "2", "3"]
            assert len([call for call in here.account.calls if call.chat == "old"]) == 1

    run(main)


def test_a_room_that_is_gone_is_known_to_be_and_nothing_more_is_tried() -> None:
    async def main(loop: VirtualLoop) -> None:
        async with office(loop, Account(fate=lambda act, chat, key: Gone("kicked"))) as here:
            door = await here.room("group")
            (anna,) = await here.enrol("anna")
            await here.open()
            await here.put(*(here.row(f"{n}", None, Lane.TALK, door=door) for n in range(4)))
            await here.put(*(here.row(f"a{n}", anna) for n in range(4)))
            await here.drained(30)
            assert sorted(call.chat for call in here.account.calls) == ["anna", "group"]
            assert [kind for (kind,) in await found(here, "SELECT kind FROM inbox ORDER BY kind")] == [
                "lost",
                "unbound",
            ]

    run(main)
