"""The strict server's limits, its waits, and an audit that finds what was planted."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import telegram
from telegram.error import RetryAfter

from tests.support.botapi import Limits
from tests.support.botapi.trial import Trial

# The client warns of the future type of a wait on every use.
pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")


@pytest.fixture
async def on() -> AsyncIterator[Trial]:
    async with Trial(Limits(refuse=True)).running() as trial:
        await trial.anna.start()
        yield trial


async def many(on: Trial, number: int) -> list[int]:
    people = [on.api.person(f"P{n}") for n in range(number)]
    for person in people:
        await person.start()
    return [person.id for person in people]


async def test_one_message_a_second_to_one_chat(on: Trial) -> None:
    sent = await on.call.send_message(on.anna.id, "a")
    on.clock.move(milliseconds=999)
    with pytest.raises(RetryAfter):
        await on.call.send_message(on.anna.id, "b")
    assert on.api.audit.calls[-1].error == "Too Many Requests: retry after 1"
    on.clock.move(milliseconds=1)
    await on.call.send_message(on.anna.id, "b")
    await sent.edit_text("edits do not count in private chats")
    assert on.api.audit.order(on.anna.id) == ["a", "b"]


async def test_a_private_chat_takes_more_than_twenty_a_minute(on: Trial) -> None:
    for n in range(25):
        await on.call.send_message(on.anna.id, str(n))
        on.clock.move(seconds=1)
    assert on.api.audit.breaches() == []


async def test_a_burst_may_be_allowed(on: Trial) -> None:
    on.api.limits.burst = 2
    for text in "abc":
        await on.call.send_message(on.anna.id, text)
    assert await on.refused(on.call.send_message(on.anna.id, "d")) == "Too Many Requests: retry after 1"


async def test_thirty_a_second_for_a_bot(on: Trial) -> None:
    ids = await many(on, 31)
    for id in ids[:30]:
        await on.call.send_message(id, "x")
    assert await on.refused(on.call.send_message(ids[30], "x")) == "Too Many Requests: retry after 1"
    on.clock.move(seconds=1)
    await on.call.send_message(ids[30], "x")
    assert (on.api.audit.worst("bot"), on.api.audit.worst("chat")) == (30, 1)


async def test_twenty_a_minute_in_a_group_edits_included(on: Trial) -> None:
    group = on.api.group("Table", [on.anna], bots=[on.bot])
    sent = await on.call.send_message(group.id, "0")
    for n in range(1, 20):
        on.clock.move(seconds=1)
        await (on.call.send_message(group.id, str(n)) if n % 2 else sent.edit_text(str(n)))
    on.clock.move(seconds=1)
    for call in (on.call.send_message(group.id, "x"), sent.edit_text("x")):
        assert await on.refused(call) == "Too Many Requests: retry after 40"
    on.clock.move(seconds=40)
    await on.call.send_message(group.id, "20")
    assert on.api.audit.worst("group") == 20
    assert on.api.audit.during_wait() == on.api.audit.calls[-2:-1]


async def test_a_wait_on_demand_for_a_chat_or_the_bot(on: Trial) -> None:
    (other,) = await many(on, 1)
    on.api.flood(on.bot, seconds=7, chat=on.anna.id)
    with pytest.raises(RetryAfter):
        await on.call.send_message(on.anna.id, "x")
    assert on.api.audit.calls[-1].wait == 7
    await on.call.send_message(other, "not concerned")
    assert on.api.audit.during_wait() == []
    on.clock.move(seconds=7)
    sent = await on.call.send_message(on.anna.id, "after the wait")
    on.api.flood(on.bot, seconds=3)
    assert await on.refused(on.call.send_message(on.anna.id, "x")) == "Too Many Requests: retry after 3"
    assert await on.refused(on.call.send_message(other, "x")) == "Too Many Requests: retry after 3"
    assert await on.refused(sent.edit_text("x")) == "Too Many Requests: retry after 3"
    assert [c.chat for c in on.api.audit.during_wait()] == [other, on.anna.id]


async def test_the_audit_finds_what_was_let_pass(on: Trial) -> None:
    on.api.limits.refuse = False
    ids = await many(on, 31)
    group = on.api.group("Table", [on.anna], bots=[on.bot])
    assert on.api.audit.breaches() == []
    for id in ids:
        await on.call.send_message(id, "x")
    assert on.api.audit.breaches() == [f"bot ({on.bot.id},): 31 messages within 1 s, allowed are 30"]
    on.clock.move(minutes=1)
    for _ in range(21):
        on.clock.move(seconds=2)
        await on.call.send_message(group.id, "x")
    assert on.api.audit.breaches()[1:] == [f"group ({on.bot.id}, {group.id}): 21 messages within 60 s, allowed are 20"]
    on.clock.move(minutes=1)
    await on.call.send_message(ids[0], "x")
    on.clock.move(milliseconds=999)
    await on.call.send_message(ids[0], "y")
    assert f"chat ({on.bot.id}, {ids[0]}): 2 messages within 1 s, allowed are 1" in on.api.audit.breaches()


async def test_windows_slide(on: Trial) -> None:
    """Fifteen at the end of one second and sixteen at the begin of the next are 31 within a second."""
    on.api.limits.refuse = False
    ids = await many(on, 31)
    on.clock.move(milliseconds=900)
    for id in ids[:15]:
        await on.call.send_message(id, "x")
    on.clock.move(milliseconds=200)
    for id in ids[15:]:
        await on.call.send_message(id, "x")
    assert on.api.audit.worst("bot") == 31


async def test_refusals_and_faults_stand_in_the_audit_and_do_not_count(on: Trial) -> None:
    await on.anna.block()
    await on.refused(on.call.send_message(on.anna.id, "x"))
    assert (len(on.api.audit.sent()), on.api.audit.calls[-1].code) == (0, 403)
    await on.call.get_me()
    assert [c.method for c in on.api.audit.calls] == ["getMe", "sendMessage", "getMe"]


async def test_as_a_process(tmp_path: Path) -> None:
    """The server in a process of its own, moved over HTTP."""
    command = [sys.executable, "-m", "tests.support.botapi", "--token", "7:a-token-for-the-bench"]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        at = f"http://127.0.0.1:{int(await process.stdout.readline())}"
        async with aiohttp.ClientSession(at) as web:

            async def control(what: str, **given: object) -> dict[str, object]:
                async with web.post(f"/control/{what}", data=json.dumps(given)) as answer:
                    found: dict[str, object] = await answer.json()
                    return found

            people = (await control("people", n=3))["people"]
            assert isinstance(people, list)
            assert await control("say", text="hello {n}", n=6) == {"said": 6}
            async with telegram.Bot("7:a-token-for-the-bench", f"{at}/bot") as bot:
                updates = await bot.get_updates(timeout=0)
                assert [u.message.text for u in updates if u.message] == [f"hello {n}" for n in range(6)]
                keyboard = telegram.InlineKeyboardMarkup([[telegram.InlineKeyboardButton("Yes", callback_data="y")]])
                for id in people:
                    await bot.send_message(id, "?", reply_markup=keyboard)
                assert await control("press", label="Yes") == {"pressed": 3}
            audit = await control("audit")
            assert (audit["sent"], audit["pressed"], audit["answered"], audit["breaches"]) == (3, 3, 0, [])
            chat = await control("chat", person=people[2])
            assert isinstance(chat["messages"], list)
            assert [m["text"] for m in chat["messages"]] == ["hello 2", "hello 5", "?"]
    finally:
        process.terminate()
        await process.wait()
