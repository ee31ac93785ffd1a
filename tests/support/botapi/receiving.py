"""How a bot gets its updates: getUpdates, and webhooks with their delivery."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import aiohttp

from tests.support.botapi.asking import Ask, method
from tests.support.botapi.bots import Bot, Webhook
from tests.support.botapi.errors import POLL_ENDED_BY_WEBHOOK, TWO_POLLS, WEBHOOK_IS_SET, ApiError, bad
from tests.support.botapi.model import Json
from tests.support.botapi.updates import KINDS, ON_REQUEST, Queue, Update

LONGEST_POLL = 50


@method("getUpdates")
async def get_updates(ask: Ask) -> list[Json]:
    """Confirm what lies below the offset; answer what is new, or wait for it in real time."""
    bot, queue = ask.bot, ask.bot.queue
    if bot.webhook.url:
        raise ApiError(409, WEBHOOK_IS_SET)
    _end_poll(bot, TWO_POLLS)
    queue.allow(ask.json("allowed_updates", list))
    limit = min(max(ask.number("limit", 100), 1), 100)
    offset, timeout = ask.number("offset"), min(ask.number("timeout"), LONGEST_POLL)
    found = queue.take(offset, limit)
    if not found and timeout > 0:
        await _wait(bot, queue, timeout)
        found = queue.take(max(offset, 0), limit)
    return [update.json() for update in found]


async def _wait(bot: Bot, queue: Queue, seconds: int) -> None:
    """Until something comes, somebody wakes the poll, or another call ends it."""
    queue.news.clear()
    mine: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    news: asyncio.Future[bool] = asyncio.ensure_future(queue.news.wait())
    bot.poll = mine
    both: set[asyncio.Future[Any]] = {mine, news}
    try:
        await asyncio.wait(both, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if mine.done():
            raise ApiError(409, mine.result())
    finally:
        news.cancel()
        if bot.poll is mine:
            bot.poll = None


def _end_poll(bot: Bot, why: str) -> None:
    if bot.poll is not None and not bot.poll.done():
        bot.poll.set_result(why)


@method("setWebhook")
def set_webhook(ask: Ask) -> bool:
    """Post updates to an address from now on. Here it may be plain http on loopback, else it must be https."""
    url, secret = ask.text("url"), ask.text("secret_token")
    if not url:
        return _unset(ask)
    if not re.match(r"https://[^/\s]+|http://(127\.0\.0\.1|localhost|\[::1\])[:/]", url):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if len(secret) > 256:
        raise bad("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad("secret token contains unallowed characters")
    _end_poll(ask.bot, POLL_ENDED_BY_WEBHOOK)
    _drop(ask)
    ask.bot.queue.allow(ask.json("allowed_updates", list))
    most = min(max(ask.number("max_connections", 40), 1), 100)
    ask.bot.webhook = Webhook(url, secret, most, posts=ask.bot.webhook.posts)
    ask.bot.queue.wake()
    return True


@method("deleteWebhook")
def delete_webhook(ask: Ask) -> bool:
    return _unset(ask)


def _unset(ask: Ask) -> bool:
    _drop(ask)
    ask.bot.webhook = Webhook(posts=ask.bot.webhook.posts)
    ask.bot.queue.wake()
    return True


def _drop(ask: Ask) -> None:
    if ask.flag("drop_pending_updates"):
        ask.bot.queue.waiting.clear()


@method("getWebhookInfo")
def webhook_info(ask: Ask) -> Json:
    hook, queue = ask.bot.webhook, ask.bot.queue
    told: Json = {"url": hook.url, "has_custom_certificate": False, "pending_update_count": len(queue.waiting)}
    if hook.url:
        told |= {"max_connections": hook.max_connections, "ip_address": "127.0.0.1"}
    if hook.last_error_at:
        told |= {"last_error_date": int(hook.last_error_at.timestamp()), "last_error_message": hook.last_error}
    if queue.allowed != KINDS - ON_REQUEST:
        told["allowed_updates"] = sorted(queue.allowed)
    return told


class Courier:
    """Posts a bot's updates to its webhook until each is taken with a status of 2xx. Within a chat the order is kept: the
    next one waits for the one before; chats do not wait for each other, so ids overtake."""

    def __init__(self, bot: Bot, pause: float) -> None:
        self.bot, self.pause = bot, pause
        self.busy: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
            try:
                while True:
                    self._dispatch(session)
                    await self.bot.queue.parcels.wait()
                    self.bot.queue.parcels.clear()
            finally:
                for task in self.busy.values():
                    task.cancel()
                await asyncio.gather(*self.busy.values(), return_exceptions=True)

    def _dispatch(self, session: aiohttp.ClientSession) -> None:
        hook, queue = self.bot.webhook, self.bot.queue
        if not hook.url:
            return
        lanes: dict[str, Update] = {}
        for update in queue.take(0, 10_000):
            lanes.setdefault(update.lane or str(update.id), update)
        for lane, update in lanes.items():
            if lane not in self.busy and len(self.busy) < hook.max_connections:
                task = asyncio.create_task(self._deliver(session, hook, update))
                self.busy[lane] = task
                task.add_done_callback(lambda _, lane=lane: self._done(lane))  # type: ignore[misc] # bound now

    def _done(self, lane: str) -> None:
        self.busy.pop(lane, None)
        self.bot.queue.parcels.set()

    async def _deliver(self, session: aiohttp.ClientSession, hook: Webhook, update: Update) -> None:
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook.secret} if hook.secret else {}
        while self.bot.webhook is hook:
            status, why = 0, "Connection failed"
            try:
                async with session.post(hook.url, json=update.json(), headers=headers) as answer:
                    status, why = answer.status, f"Wrong response from the webhook: {answer.status} {answer.reason}"
            except (aiohttp.ClientError, TimeoutError):
                pass
            hook.posts.append((update.id, status))
            if 200 <= status < 300:
                self.bot.queue.waiting = [u for u in self.bot.queue.waiting if u is not update]
                return
            hook.last_error, hook.last_error_at = why, self.bot.queue.clock()
            await asyncio.sleep(self.pause)
