"""Receiving by a webhook: who is heard, and when a post is answered."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.transports.port import Stopped
from bot.transports.telegram import Telegram
from bot.transports.telegram.polling import NoContact
from bot.transports.telegram.updates import ALLOWED
from bot.transports.telegram.webhook import LARGEST_POST, MOST_WAITING, SECRET_HEADER, Hook
from tests.support.telegram_account import TOKEN, Account, buttons, text


class Hooked(Account):
    """An account that is posted to. The port is drawn by the system, so the address is known only when it listens."""

    def __init__(self, path: str = "/hook", secret: str = "") -> None:
        super().__init__(hook=Hook("http://127.0.0.1:9/hook", port=0, path=path, secret=secret))

    async def post(
        self, body: Any = None, path: str = "/hook", method: str = "POST", **headers: str
    ) -> tuple[int, bytes]:
        """What a stranger is answered who posts there."""
        url = f"http://127.0.0.1:{self.port}{path}"
        given = {SECRET_HEADER.replace("-", "_"): self.bot.webhook.secret, **headers}
        sent = {name.replace("_", "-"): value for name, value in given.items() if value}
        async with aiohttp.ClientSession() as session, session.request(method, url, data=body, headers=sent) as answer:
            return answer.status, await answer.read()

    @property
    def port(self) -> int:
        return self.telegram.port

    def aim(self) -> None:
        """Telegram posts to where we listen."""
        self.bot.webhook.url = f"http://127.0.0.1:{self.port}/hook"
        self.bot.queue.wake()

    @property
    def statuses(self) -> list[int]:
        return [status for _, status in self.bot.webhook.posts if status]


@pytest.fixture
async def at() -> AsyncIterator[Hooked]:
    hooked = Hooked()
    async with hooked.open():
        hooked.aim()
        await hooked.receive(wait=True)
        await hooked.receive()
        await hooked.api.until(lambda: 200 in hooked.statuses)
        hooked.bot.webhook.posts.clear()
        yield hooked


async def test_telegram_is_told_where_to_post_and_what(at: Hooked) -> None:
    (call,) = at.api.audit.of("setWebhook")
    assert call.params["allowed_updates"] == ALLOWED
    assert len(call.params["secret_token"]) >= 32


async def test_a_post_is_answered_when_it_is_committed_and_not_before(at: Hooked) -> None:
    await at.anna.say("hello")
    batch = await at.telegram.receive(at.cursor)
    assert [e.text for e in batch.events] == ["hello"]
    again = await at.telegram.receive(at.cursor, wait=False)  # the commit failed
    assert again.events == batch.events
    assert at.statuses == []
    after = await at.telegram.receive(again.cursor, wait=False)
    assert (after.events, after.cursor) == ((), again.cursor)
    await at.api.until(lambda: at.statuses == [200])


async def test_what_is_given_out_again_comes_first(at: Hooked) -> None:
    ben = at.api.person("Ben")
    await at.anna.say("one")
    await at.telegram.receive(at.cursor)
    await ben.say("two")
    heard: list[str] = []
    while len(heard) < 2:
        heard = [e.text for e in (await at.telegram.receive(at.cursor, wait=False)).events]
        await asyncio.sleep(0)
    assert heard == ["one", "two"]


async def test_the_same_once_more_is_not_taken_for_committed(at: Hooked) -> None:
    update = aiohttp.JsonPayload({"update_id": 7, "message": {}})
    cursors = [at.cursor]
    for _ in range(2):
        post = asyncio.ensure_future(at.post(update))
        cursors.append((await at.telegram.receive(cursors[-1])).cursor)
        await at.telegram.receive(cursors[-2], wait=False)
        assert not post.done()
        cursors[-1] = (await at.telegram.receive(cursors[-2], wait=False)).cursor
        await at.telegram.receive(cursors[-1], wait=False)
        assert (await post)[0] == 200
    assert len(set(cursors)) == 3


async def test_the_order_within_a_chat_is_kept(at: Hooked) -> None:
    for n in range(5):
        await at.anna.say(str(n))
    heard: list[str] = []
    while len(heard) < 5:
        heard += [e.text for e in (await at.receive(wait=True)).events]
    assert heard == list("01234")


async def test_what_comes_twice_has_the_same_id_twice(at: Hooked) -> None:
    await at.anna.say("hello")
    (first,) = (await at.telegram.receive(at.cursor)).events
    update = at.bot.queue.waiting[0].json()
    post = asyncio.ensure_future(at.post(aiohttp.JsonPayload(update)))
    found = await at.telegram.receive("0.0")
    while len(found.events) < 2:
        found = await at.telegram.receive("0.0", wait=False)
        await asyncio.sleep(0)
    assert [e.id for e in found.events] == [first.id] * 2
    await at.telegram.receive(found.cursor, wait=False)
    assert (await post)[0] == 200


async def test_presses_are_acknowledged_after_the_commit(at: Hooked) -> None:
    await at.telegram.send(at.place, text(buttons=buttons("Yes")), "k")
    await at.anna.press("Yes")
    batch = await at.receive(wait=True)
    assert [(e.press, e.unsure) for e in batch.events] == [("k:0", True)]
    assert at.anna.answers == []
    await at.receive()
    await at.api.until(lambda: at.anna.answers)
    at.clock.move(minutes=3)
    await at.anna.press("Yes")
    assert [(e.press, e.unsure) for e in (await at.receive(wait=True)).events] == [("k:0", False)]


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({SECRET_HEADER.replace("-", "_"): "guessed"}, 401),
        ({SECRET_HEADER.replace("-", "_"): ""}, 401),
        ({SECRET_HEADER.replace("-", "_"): "é"}, 401),
        ({"method": "GET"}, 405),
        ({"method": "DELETE"}, 405),
        ({"path": "/"}, 404),
        ({"path": "/hook/"}, 404),
        ({"path": f"/bot{TOKEN}/getMe"}, 404),
        ({"body": io.BytesIO(b"x" * (LARGEST_POST + 1))}, 413),
    ],
)
async def test_strangers_are_turned_away_without_a_word(at: Hooked, how: dict[str, Any], status: int) -> None:
    assert await at.post(**how) == (status, b"")
    assert (await at.receive()).events == ()


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[1]", b"[" * 100_000, b'{"update_id": 5}', b"\xff"])
async def test_what_makes_no_sense_is_taken_so_that_it_does_not_come_again(at: Hooked, body: bytes) -> None:
    post = asyncio.ensure_future(at.post(body))
    batch = await at.receive(wait=True)
    assert batch.events == ()
    await at.receive()
    assert await post == (200, b"")


async def test_more_than_it_can_hold_comes_again_later(at: Hooked) -> None:
    waiting = at.telegram._receiving._waiting  # type: ignore[union-attr] # it is a webhook
    waiting.extend([object()] * MOST_WAITING)  # type: ignore[arg-type] # nobody looks at them
    assert await at.post(b"{}") == (503, b"")
    waiting.clear()


async def test_what_is_not_committed_when_it_ends_comes_again(at: Hooked) -> None:
    await at.anna.say("hello")
    await at.telegram.receive(at.cursor)
    await at.telegram.close()
    await at.api.until(lambda: 503 in at.statuses)
    assert [u.body["text"] for u in at.bot.queue.waiting] == ["hello"]


async def test_a_cursor_is_good_for_polling_too(at: Hooked) -> None:
    await at.anna.say("hello")
    batch = await at.receive(wait=True)
    await at.receive()
    await at.api.until(lambda: at.statuses == [200])
    await at.telegram.close()
    polling = Telegram("main", TOKEN, at.clock, api=at.api.base_url)
    await at.anna.say("and now by polling")
    assert [e.text for e in (await polling.receive(batch.cursor, wait=False)).events] == ["and now by polling"]
    await polling.close()


async def test_a_port_that_is_taken_and_an_address_that_is_refused_stop_the_account(at: Hooked) -> None:
    taken = Telegram("b", TOKEN, at.clock, api=at.api.base_url, hook=Hook("https://example.org/x", port=at.port))
    with pytest.raises(Stopped, match=f"127.0.0.1:{at.port} cannot be used for the webhook of telegram:b"):
        await taken.receive("", wait=False)
    await taken.close()
    plain = Telegram("b", TOKEN, at.clock, api=at.api.base_url, hook=Hook("http://example.org/x", port=0))
    with pytest.raises(Stopped, match="an https url must be provided"):
        await plain.receive("", wait=False)
    await plain.close()


async def test_a_server_that_is_away_at_the_start_is_asked_again(at: Hooked) -> None:
    late = Telegram("b", TOKEN, at.clock, api=at.api.base_url, hook=Hook("https://example.org/x", port=0))
    at.api.fail("setWebhook", 502)
    with pytest.raises(NoContact):
        await late.receive("", wait=False)
    assert (await late.receive("7", wait=False)).cursor == "7"
    assert at.bot.webhook.url == "https://example.org/x"
    await late.close()
