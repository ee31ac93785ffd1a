"""The strict server under the real client: updates, offsets, expiry, conflicts, webhooks, faults."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import telegram
from aiohttp import web
from telegram.error import Conflict, InvalidToken, NetworkError, TimedOut

from tests.support.botapi import BotApi, Press
from tests.support.botapi.trial import Trial


@pytest.fixture
async def on() -> AsyncIterator[Trial]:
    async with Trial().running() as trial:
        yield trial


def ids(updates: list[telegram.Update]) -> list[int]:
    return [u.update_id for u in updates]


def texts(updates: list[telegram.Update]) -> list[str | None]:
    return [u.effective_message.text if u.effective_message else None for u in updates]


# ---- who calls, and what


async def test_the_bot_is_told_who_it_is(on: Trial) -> None:
    me = await on.call.get_me()
    assert (me.id, me.username, me.can_read_all_group_messages) == (on.bot.id, "pnyx1_bot", False)
    on.bot.privacy = False
    assert (await on.call.get_me()).can_read_all_group_messages


async def test_a_wrong_token_is_unauthorized(on: Trial) -> None:
    stranger = telegram.Bot("1:wrong", on.api.base_url)
    with pytest.raises(InvalidToken, match="rejected by the server"):
        await stranger.initialize()
    await stranger.shutdown()


async def test_what_it_lacks_is_a_bad_request_and_no_invalid_token(on: Trial) -> None:
    await on.anna.start()
    words = await on.refused(on.call.send_dice(on.anna.id))
    assert words == "Bad Request: this server for tests has no method sendDice"


# ---- offsets


async def test_an_offset_confirms_what_lies_below_it(on: Trial) -> None:
    for text in "abcd":
        await on.anna.say(text)
    first = await on.updates()
    assert texts(first) == ["a", "b", "c", "d"]
    assert ids(first) == list(range(ids(first)[0], ids(first)[0] + 4))
    assert texts(await on.updates()) == ["a", "b", "c", "d"]
    assert texts(await on.updates(ids(first)[2])) == ["c", "d"]
    assert texts(await on.updates()) == ["c", "d"]
    assert texts(await on.updates(limit=1)) == ["c"]
    assert await on.updates(ids(first)[3] + 1) == []
    assert await on.updates() == []


async def test_a_negative_offset_keeps_the_newest(on: Trial) -> None:
    for text in "abcd":
        await on.anna.say(text)
    assert texts(await on.updates(-2)) == ["c", "d"]
    assert texts(await on.updates()) == ["c", "d"]


async def test_ids_may_start_anew_lower_down_and_an_old_offset_confirms_nothing(on: Trial) -> None:
    await on.anna.say("before")
    old = ids(await on.drain())[0]
    on.bot.queue.restart_ids(at=1000)
    await on.anna.say("after")
    found = await on.updates(old + 1)
    assert (texts(found), ids(found)) == (["after"], [1000])
    assert texts(await on.updates(old + 1)) == ["after"]
    assert await on.updates(1001) == []


async def test_updates_may_come_twice(on: Trial) -> None:
    on.bot.queue.twice = True
    await on.anna.say("a")
    await on.anna.say("b")
    first = await on.updates(limit=1)
    second = await on.updates(ids(first)[0] + 1)
    assert texts(second) == ["a", "b"]
    assert ids(second)[0] == ids(first)[0]


async def test_a_press_may_come_again_under_a_new_id(on: Trial) -> None:
    press = await pressed(on)
    on.bot.repeat(press)
    found = await on.updates()
    assert len(set(ids(found))) == 2
    assert [u.callback_query.id for u in found if u.callback_query] == [press.id] * 2
    assert await on.call.answer_callback_query(press.id)


async def pressed(on: Trial) -> Press:
    await on.anna.start()
    await on.drain()
    keyboard = telegram.InlineKeyboardMarkup([[telegram.InlineKeyboardButton("Yes", callback_data="v:1")]])
    await on.call.send_message(on.anna.id, "More trains?", reply_markup=keyboard)
    return await on.anna.press("Yes")


# ---- expiry


@pytest.mark.parametrize(("seconds", "kept"), [(86399, 1), (86400, 0)])
async def test_a_message_is_kept_for_a_day(on: Trial, seconds: int, kept: int) -> None:
    await on.anna.say("hello")
    on.clock.move(seconds=seconds)
    assert len(await on.updates()) == kept


@pytest.mark.parametrize(("seconds", "kept"), [(149, 1), (150, 0)])
async def test_a_press_is_kept_for_150_seconds(on: Trial, seconds: int, kept: int) -> None:
    await pressed(on)
    on.clock.move(seconds=seconds)
    assert len(await on.updates()) == kept


async def test_an_edit_is_kept_for_a_day_from_the_edit(on: Trial) -> None:
    message = await on.anna.say("helo")
    on.clock.move(hours=23)
    await on.anna.edit(message, "hello")
    on.clock.move(hours=2)
    (update,) = await on.updates()
    assert update.edited_message is not None
    assert (update.edited_message.text, update.edited_message.message_id) == ("hello", message.id)


# ---- kinds


async def test_only_what_is_asked_for_is_queued(on: Trial) -> None:
    await on.updates(allowed_updates=["callback_query"])
    message = await on.anna.say("not asked for")
    assert await on.updates() == []
    await on.updates(allowed_updates=["message", "message_reaction"])
    await on.anna.say("asked for")
    await on.anna.react(message, "👍")
    assert [u.to_dict().keys() - {"update_id"} for u in await on.updates()] == [{"message"}, {"message_reaction"}]


async def test_reactions_come_only_to_those_who_ask(on: Trial) -> None:
    message = await on.anna.say("hello")
    await on.drain()
    await on.anna.react(message, "👍")
    assert await on.updates() == []
    await on.updates(allowed_updates=list(telegram.Update.ALL_TYPES))
    await on.anna.react(message, "🔥", "👏")
    (update,) = await on.updates()
    assert update.message_reaction is not None
    shown = [r.emoji for r in update.message_reaction.new_reaction if isinstance(r, telegram.ReactionTypeEmoji)]
    assert shown == ["🔥", "👏"]


async def test_blocking_is_told(on: Trial) -> None:
    await on.anna.start()
    await on.drain()
    await on.anna.block()
    await on.anna.unblock()
    changes = [u.my_chat_member for u in await on.updates() if u.my_chat_member]
    assert [(c.old_chat_member.status, c.new_chat_member.status) for c in changes] == [
        ("member", "kicked"),
        ("kicked", "member"),
    ]


# ---- waiting


async def test_a_poll_ends_when_something_comes(on: Trial) -> None:
    poll = asyncio.create_task(on.call.get_updates(timeout=30))
    await on.api.until(lambda: on.bot.poll)
    await on.anna.say("hello")
    assert texts(list(await poll)) == ["hello"]


async def test_a_poll_can_be_woken(on: Trial) -> None:
    poll = asyncio.create_task(on.call.get_updates(timeout=30))
    await on.api.until(lambda: on.bot.poll)
    on.bot.wake()
    assert await poll == ()


async def test_a_poll_ends_by_itself(on: Trial) -> None:
    assert await on.call.get_updates(timeout=1) == ()


# ---- conflicts


async def test_two_polls_at_once(on: Trial) -> None:
    first = asyncio.create_task(on.call.get_updates(timeout=30))
    await on.api.until(lambda: on.bot.poll)
    async with on.client() as other:
        second = asyncio.create_task(other.get_updates(timeout=30))
        with pytest.raises(Conflict):
            await first
        assert on.api.audit.of("getUpdates")[0].error == (
            "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
        )
        await on.api.until(lambda: on.bot.poll)
        await on.anna.say("to the second")
        assert texts(list(await second)) == ["to the second"]


async def test_a_poll_while_a_webhook_is_set(on: Trial) -> None:
    poll = asyncio.create_task(on.call.get_updates(timeout=30))
    await on.api.until(lambda: on.bot.poll)
    await on.call.set_webhook("http://127.0.0.1:9/nobody")
    with pytest.raises(Conflict):
        await poll
    assert on.api.audit.of("getUpdates")[-1].error == "Conflict: terminated by setWebhook request"
    assert await on.refused(on.call.get_updates(timeout=0)) == (
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    )
    await on.call.delete_webhook()
    assert await on.updates() == []


# ---- webhooks


class Hook:
    """A webhook that refuses the first `ill` posts."""

    def __init__(self, ill: int = 0) -> None:
        self.ill, self.posts, self.secrets = ill, list[telegram.Update](), list[str]()

    async def __aenter__(self) -> Hook:
        app = web.Application()
        app.router.add_post("/hook", self.take)
        self.runner = web.AppRunner(app, access_log=None)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self.runner.addresses[0][1]}/hook"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.runner.cleanup()

    async def take(self, request: web.Request) -> web.Response:
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token", ""))
        self.posts.append(telegram.Update.de_json(await request.json(), None))
        self.ill -= 1
        return web.Response(status=500 if self.ill >= 0 else 204)


async def test_a_webhook_gets_everything_in_order_until_it_has_taken_it(on: Trial) -> None:
    await on.anna.say("waited before")
    async with Hook(ill=2) as hook:
        await on.call.set_webhook(hook.url, secret_token="s-e_c1")
        await on.anna.say("came after")
        await on.api.until(lambda: len(hook.posts) == 4)
        await on.api.until(lambda: not on.bot.queue.waiting)
        assert texts(hook.posts) == ["waited before"] * 3 + ["came after"]
        assert set(hook.secrets) == {"s-e_c1"}
        info = await on.call.get_webhook_info()
        assert (info.url, info.pending_update_count) == (hook.url, 0)
        assert info.last_error_message == "Wrong response from the webhook: 500 Internal Server Error"
        assert [status for _, status in on.bot.webhook.posts] == [500, 500, 204, 204]


async def test_another_chat_overtakes_one_that_is_not_taken(on: Trial) -> None:
    berta = on.api.person("Berta")
    await on.call.set_webhook("http://127.0.0.1:9/nobody")
    await on.anna.say("first")
    await on.api.until(lambda: on.bot.webhook.posts)
    await berta.say("second")
    await on.api.until(lambda: len({id for id, _ in on.bot.webhook.posts}) == 2)
    assert on.bot.webhook.posts[0][1] == 0
    await on.call.delete_webhook(drop_pending_updates=True)
    assert await on.updates() == []


@pytest.mark.parametrize(
    ("url", "secret", "words"),
    [
        ("http://example.org/hook", "", "bad webhook: An HTTPS URL must be provided for webhook"),
        ("https://example.org/hook", "x" * 257, "secret token is too long"),
        ("https://example.org/hook", "a b", "secret token contains unallowed characters"),
    ],
)
async def test_a_webhook_must_be_sound(on: Trial, url: str, secret: str, words: str) -> None:
    assert await on.refused(on.call.set_webhook(url, secret_token=secret)) == f"Bad Request: {words}"
    assert (await on.call.get_webhook_info()).url == ""


async def test_a_secret_of_256_characters_is_taken(on: Trial) -> None:
    assert await on.call.set_webhook("https://example.org/hook", secret_token="x" * 256)


# ---- faults


async def test_errors_of_the_server(on: Trial) -> None:
    await on.anna.start()
    on.api.fail("sendMessage", 500)
    on.api.fail("sendMessage", 502)
    for words in ("Internal Server Error", "Bad Gateway"):
        with pytest.raises(NetworkError, match=words):
            await on.call.send_message(on.anna.id, "x")
    await on.call.send_message(on.anna.id, "x")
    assert len(on.anna.got) == 1


@pytest.mark.parametrize(("after", "arrived"), [(False, 0), (True, 1)])
async def test_a_cut_before_and_after_the_effect(on: Trial, after: bool, arrived: int) -> None:
    berta = on.api.person("Berta")
    await on.anna.start()
    await berta.start()
    on.api.cut("sendMessage", after=after, chat=on.anna.id)
    await on.call.send_message(berta.id, "not concerned")
    with pytest.raises(NetworkError):
        await on.call.send_message(on.anna.id, "x")
    assert len(on.anna.got) == arrived


@pytest.mark.parametrize(("after", "arrived"), [(False, 0), (True, 1)])
async def test_silence_before_and_after_the_effect(on: Trial, after: bool, arrived: int) -> None:
    await on.anna.start()
    on.api.hang("sendMessage", after=after)
    with pytest.raises(TimedOut):
        await on.call.send_message(on.anna.id, "x", read_timeout=0.05)
    assert len(on.anna.got) == arrived


async def test_a_slow_answer(on: Trial) -> None:
    await on.anna.start()
    on.api.slow("sendMessage", seconds=0.01)
    assert (await on.call.send_message(on.anna.id, "x")).text == "x"


async def test_two_bots_on_one_server(on: Trial) -> None:
    api: BotApi = on.api
    second = api.bot("7000002:another-strict-token", "Second")
    await on.anna.start(to=second)
    assert await on.updates() == []
    async with on.client(second) as call:
        assert len(await call.get_updates(timeout=0)) == 1
        await call.send_message(on.anna.id, "from the second")
    assert [m.text for m in on.anna.seen(second)][-1] == "from the second"
    assert on.anna.sees == []
    assert await on.refused(on.call.send_message(on.anna.id, "x")) == "Bad Request: chat not found"
