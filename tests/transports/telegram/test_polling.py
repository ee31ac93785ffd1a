"""Receiving by polls on the strict server: what is confirmed, when presses are acknowledged, what stops an account."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.transports.port import Stopped
from bot.transports.telegram import Telegram
from bot.transports.telegram.polling import MOST, NoContact
from bot.transports.telegram.updates import ALLOWED
from tests.support.botapi.clock import Clock
from tests.support.telegram_account import TOKEN, Account, buttons, text


@pytest.fixture
async def at() -> AsyncIterator[Account]:
    async with Account().open() as account:
        yield account


def waiting(at: Account) -> list[int]:
    """The updates that Telegram still keeps."""
    return [update.id for update in at.bot.queue.waiting]


# ---- confirming


async def test_only_a_committed_cursor_confirms(at: Account) -> None:
    for words in "abc":
        await at.anna.say(words)
    first = await at.telegram.receive(at.cursor, wait=False)
    assert [e.text for e in first.events] == ["a", "b", "c"]
    assert len(waiting(at)) == 3
    again = await at.telegram.receive(at.cursor, wait=False)
    assert again == first
    after = await at.telegram.receive(first.cursor, wait=False)
    assert (after.events, after.cursor, waiting(at)) == ((), first.cursor, [])


async def test_a_full_batch_says_that_there_is_more(at: Account) -> None:
    for n in range(MOST + 1):
        await at.anna.say(str(n))
    batches = [await at.receive(), await at.receive()]
    assert [(len(b.events), b.more) for b in batches] == [(MOST, True), (1, False)]


async def test_it_asks_for_what_it_handles_and_waits_only_if_told_to(at: Account) -> None:
    poll = asyncio.ensure_future(at.telegram.receive(at.cursor))
    await at.api.until(lambda: at.bot.poll)
    await at.anna.say("now")
    assert [e.text for e in (await poll).events] == ["now"]
    asked = [call.params for call in at.api.audit.of("getUpdates")]
    assert [params["timeout"] for params in asked] == [0, 25]
    assert all(params["allowed_updates"] == ALLOWED for params in asked)


async def test_a_cancelled_poll_loses_nothing(at: Account) -> None:
    poll = asyncio.ensure_future(at.telegram.receive(at.cursor))
    await at.api.until(lambda: at.bot.poll)
    poll.cancel()
    await asyncio.wait([poll])
    await at.anna.say("later")
    assert [e.text for e in (await at.receive()).events] == ["later"]


async def test_numbers_that_start_anew_lower_down_are_followed(at: Account) -> None:
    await at.receive()
    at.bot.queue.restart_ids(17)
    await at.anna.say("after a week")
    batch = await at.receive()
    assert ([e.text for e in batch.events], batch.cursor) == (["after a week"], "18")
    await at.receive()
    assert waiting(at) == []


async def test_what_cannot_be_read_is_confirmed_and_counted(at: Account) -> None:
    at.bot.queue.push("message", {"chat": "nonsense"})
    await at.anna.say("after it")
    assert [e.text for e in (await at.receive()).events] == ["after it"]
    await at.receive()
    assert waiting(at) == []
    assert at.telegram.dropped == {"message: nowhere": 1}


# ---- presses


async def test_a_press_is_acknowledged_when_it_is_committed_and_not_before(at: Account) -> None:
    await at.telegram.send(at.place, text(buttons=buttons("Yes", "No")), "k")
    await at.anna.press("No")
    batch = await at.telegram.receive(at.cursor, wait=False)
    assert [(e.press, e.at, e.message) for e in batch.events] == [("k:1", at.clock.now, str(at.anna.last.id))]
    await at.telegram.receive(at.cursor, wait=False)  # the commit failed: the engine asks from where it was
    await at.telegram.edit(at.place, text("meanwhile"), str(at.anna.last.id))
    assert at.anna.answers == []
    again = await at.telegram.receive(at.cursor, wait=False)
    assert again.events == batch.events
    await at.telegram.receive(batch.cursor, wait=False)
    await at.api.until(lambda: at.anna.answers == [""])


async def test_a_press_of_no_button_is_acknowledged_as_well(at: Account) -> None:
    await at.telegram.send(at.place, text(buttons=buttons("Yes")), "k")
    press = await at.anna.press("Yes")
    at.bot.queue.waiting[-1].body = {**press.json(at.bot), "data": None}
    assert (await at.receive()).events == ()
    await at.receive()
    await at.api.until(lambda: at.anna.answers)


async def test_an_acknowledgement_that_is_refused_harms_nobody(at: Account) -> None:
    await at.telegram.send(at.place, text(buttons=buttons("Yes")), "k")
    await at.anna.press("Yes")
    at.clock.move(seconds=140)
    await at.receive()
    at.clock.move(seconds=600)
    assert (await at.receive()).events == ()
    await at.api.until(lambda: at.api.audit.of("answerCallbackQuery"))
    await at.telegram.close()
    assert at.anna.answers == []
    assert at.telegram.dropped == {"answerCallbackQuery: BadRequest": 1}


async def test_many_presses_are_acknowledged_with_a_bound(at: Account) -> None:
    await at.telegram.send(at.place, text(buttons=buttons("Yes")), "k")
    for _ in range(MOST):
        await at.anna.press("Yes")
    await at.receive()
    await at.receive()
    await at.api.until(lambda: len(at.anna.answers) == MOST)
    await at.telegram.close()


# ---- what goes wrong


async def test_a_wrong_token_stops_the_account_with_one_line(at: Account) -> None:
    at.api.bots.clear()
    for telegram in (at.telegram, Telegram("main", TOKEN, Clock(), api=at.api.base_url)):
        with pytest.raises(Stopped, match=r"does not know the token of telegram:main\. Ask @BotFather") as caught:
            await telegram.receive("", wait=False)
        assert TOKEN not in repr(caught.value) + repr(caught.value.__context__)
        await telegram.close()


async def test_another_program_with_the_same_token_stops_the_account(at: Account) -> None:
    poll = asyncio.ensure_future(at.telegram.receive(at.cursor))
    await at.api.until(lambda: at.bot.poll)
    other = Telegram("other", TOKEN, Clock(), api=at.api.base_url)
    await other.receive("", wait=False)
    with pytest.raises(Stopped, match="Another program receives"):
        await poll
    await other.close()


async def test_a_webhook_that_was_left_is_taken_away_once(at: Account, caplog: pytest.LogCaptureFixture) -> None:
    def hook() -> None:
        at.bot.webhook.url = "http://127.0.0.1:1/"

    hook()
    await at.anna.say("hello")
    assert [e.text for e in (await at.receive()).events] == ["hello"]
    assert (at.bot.webhook.url, "had a webhook" in caplog.text) == ("", True)
    hook()
    with pytest.raises(Stopped, match="set a webhook"):
        await at.receive()


@pytest.mark.parametrize("code", [500, 502])
async def test_trouble_of_the_server_is_no_contact(at: Account, code: int) -> None:
    await at.anna.say("hello")
    at.api.fail("getUpdates", code)
    with pytest.raises(NoContact):
        await at.receive()
    assert [e.text for e in (await at.receive()).events] == ["hello"]


async def test_a_cut_connection_is_no_contact_and_loses_nothing(at: Account) -> None:
    await at.anna.say("hello")
    at.api.cut("getUpdates", after=True)
    with pytest.raises(NoContact):
        await at.receive()
    assert [e.text for e in (await at.receive()).events] == ["hello"]


async def test_a_server_that_is_away_at_the_start_is_asked_again(at: Account) -> None:
    late = Telegram("main", TOKEN, at.clock, api=at.api.base_url)
    at.api.fail("getMe", 500)
    with pytest.raises(NoContact):
        await late.receive(at.cursor, wait=False)
    assert (await late.receive(at.cursor, wait=False)).events == ()
    assert (late.me.id, late.me.username) == (at.bot.id, at.bot.username)
    await late.close()


@pytest.mark.parametrize("answer", ["{}", '{"ok":true,"result":5}', '{"ok":true,"result":[{},5]}', "[]", "\0"])
async def test_an_answer_that_makes_no_sense_is_no_contact(
    at: Account, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    async def nonsense(*_: object, **__: object) -> tuple[int, bytes]:
        return 200, answer.encode()

    monkeypatch.setattr("bot.transports.telegram.request.Request.do_request", nonsense)
    with pytest.raises(NoContact):
        await at.receive()
