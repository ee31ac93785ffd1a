"""HTTP to Telegram: whether a request that failed can have been seen, and who learns the token."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from telegram import InputFile
from telegram.error import NetworkError, TelegramError

from bot.transports.telegram.client import Client
from bot.transports.telegram.request import Flood, NeverWritten, Request, Unanswered
from tests.support.telegram_account import TOKEN

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(serve: Serve) -> AsyncIterator[Client]:
    """A client of a server that does this with every connection."""

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(once, "127.0.0.1", 0)
    client = Client(TOKEN, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    try:
        yield client
    finally:
        await client.disconnect()
        server.close()


async def read_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    lengths = [int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return head + await reader.readexactly(sum(lengths))


def answer(body: bytes, status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


async def fails(client: Client) -> TelegramError:
    with pytest.raises(TelegramError) as caught:
        await client.call("sendMessage", chat_id=5, text="canary words")
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + repr(caught.value.__context__)
    assert TOKEN not in shown
    assert "canary" not in shown.replace('text="canary words"', "")
    return caught.value


# ---- never written


async def test_a_server_that_is_not_there_has_seen_nothing() -> None:
    client = Client(TOKEN, "http://127.0.0.1:1")
    assert isinstance(await fails(client), NeverWritten)
    await client.disconnect()


async def test_a_name_that_nobody_knows() -> None:
    client = Client(TOKEN, "http://api.telegram.invalid")
    assert isinstance(await fails(client), NeverWritten)
    await client.disconnect()


async def test_a_client_that_is_closed_sends_nothing() -> None:
    async with serving(no_word) as client:
        await client.disconnect()
        assert isinstance(await fails(client), NeverWritten)


async def test_a_full_pool_is_left_without_a_word() -> None:
    requests: list[bytes] = []

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(await read_request(reader))
        await asyncio.Event().wait()

    async with serving(silent) as client:
        request = Request(1, connect=0.05, read=30)
        await request.initialize()
        first = asyncio.ensure_future(request.do_request(client.base_url + "/x", "GET"))
        await asyncio.sleep(0)
        with pytest.raises(NeverWritten):
            await request.do_request(client.base_url + "/y", "GET")
        first.cancel()
        await asyncio.wait([first])
        await request.shutdown()
    assert len(requests) <= 1


# ---- written, and no answer


async def no_word(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Takes the connection and closes it."""


async def half_a_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readexactly(20)
    writer.transport.abort()


async def whole_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_request(reader)


async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_request(reader)
    writer.transport.abort()


async def half_a_head(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Le")
    await writer.drain()


async def half_an_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_request(reader)
    writer.write(answer(b'{"ok":true,"result":{}}')[:-5])
    await writer.drain()


async def no_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_request(reader)
    writer.write(b"220 smtp.example.org\r\n\r\n")
    await writer.drain()


@pytest.mark.parametrize("serve", [no_word, half_a_request, whole_request, reset, half_a_head, half_an_answer, no_http])
async def test_what_was_on_its_way_may_have_arrived(serve: Serve) -> None:
    async with serving(serve) as client:
        assert isinstance(await fails(client), Unanswered)


async def test_an_answer_that_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    body = b'{"ok":true,"result":true}'

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(answer(body))
        await writer.drain()

    monkeypatch.setattr("bot.transports.telegram.request.LARGEST", len(body) - 1)
    async with serving(serve) as client:
        assert isinstance(await fails(client), Unanswered)


async def test_a_server_that_keeps_silent_may_have_done_it() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        await asyncio.Event().wait()

    async with serving(silent) as client:
        request = Request(read=0.05)
        await request.initialize()
        with pytest.raises(Unanswered):
            await request.do_request(client.base_url + "/x", "POST", None)
        await request.shutdown()


async def test_neither_error_is_taken_for_a_refusal() -> None:
    for error in (NeverWritten("x"), Unanswered("x")):
        assert isinstance(error, NetworkError)
    assert not issubclass(Flood, NetworkError)


# ---- what is sent


async def test_a_call_is_json_over_a_connection_that_is_used_again() -> None:
    seen: list[bytes] = []
    connections: list[int] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(1)
        while not reader.at_eof():
            try:
                seen.append(await read_request(reader))
            except asyncio.IncompleteReadError:
                return
            writer.write(answer(b'{"ok":true,"result":{"message_id":1}}'))

    async with serving(serve) as client:
        for _ in range(3):
            told = await client.call("sendMessage", chat_id=5, text="<b>é</b>", reply_markup={"inline_keyboard": []})
            assert told == {"message_id": 1}
    assert (len(connections), len(seen)) == (1, 3)
    head, _, body = seen[0].partition(b"\r\n\r\n")
    assert head.startswith(f"POST /bot{TOKEN}/sendMessage HTTP/1.1".encode())
    assert b"Content-Type: application/json" in head
    assert body == b'{"chat_id": 5, "text": "<b>\\u00e9</b>", "reply_markup": {"inline_keyboard": []}}'


async def test_files_go_as_a_form() -> None:
    seen: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        seen.append(head + await reader.readuntil(b"--\r\n"))
        writer.write(answer(b'{"ok":true,"result":{}}'))
        await writer.drain()

    async with serving(serve) as client:
        photo = InputFile(b"\x00picture", filename="é.jpg")
        await client.call("sendPhoto", chat_id=5, photo=photo, reply_parameters={"message_id": 4})
    (form,) = seen
    for part in (b'name="chat_id"\r\n\r\n5\r\n', b'{"message_id": 4}', 'filename="é.jpg"'.encode(), b"\x00picture"):
        assert part in form


async def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(answer(b'{"ok":true,"result":true}'))
        await writer.drain()

    async with serving(serve) as client:
        assert await client.call("sendMessage") is True


async def test_nothing_of_a_call_stands_in_any_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not reader.at_eof():
            try:
                await read_request(reader)
            except asyncio.IncompleteReadError:
                return
            writer.write(answer(b"canary, not JSON"))

    async with serving(serve) as client:
        await fails(client)
        await fails(client)
    shown = caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    assert "canary" not in shown
    assert TOKEN not in shown
