"""HTTP to Telegram over one aiohttp session: what python-telegram-bot's client speaks through.

Invariants:

* An error tells whether Telegram can have seen the request: `NeverWritten` where no connection stood, `Unanswered` for
  everything later. Nothing is ever tried again here.
* No error that leaves this module, and nothing behind it, holds an address: the token stands in every one of them.
"""

from __future__ import annotations

import json
import re
from http import HTTPStatus

import aiohttp
from telegram.error import NetworkError, TelegramError
from telegram.request import BaseRequest, RequestData
from yarl import URL

LARGEST = 24 * 2**20
"""Bytes of an answer. Telegram serves files up to 20 MB."""

UNTOLD_WAIT = 5.0
"""Seconds to wait where too much was sent and the answer does not say how long."""

_JSON = {"Content-Type": "application/json"}
_KNOWN_URLS = 64
_UNSAFE = re.compile('["\\\\\x00-\x1f\x7f]')


class NeverWritten(NetworkError):
    """No connection could be made: Telegram has seen nothing."""


class Unanswered(NetworkError):
    """The request was on its way and no whole answer came back: Telegram may have done it."""


class Flood(TelegramError):
    """Too much was sent: wait so many `seconds`. (The library's own error warns of its future on every use.)"""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Too Many Requests: retry after {seconds:g}")
        self.seconds = seconds


class Request(BaseRequest):
    """At most `connections` at once; times in seconds. `read` is how long an answer may take beyond what a long poll asks
    for, `upload` how much longer one with files in it."""

    __slots__ = ("_connect", "_connections", "_read", "_session", "_timeouts", "_upload", "_urls")

    def __init__(
        self, connections: int = 64, *, connect: float = 10.0, read: float = 15.0, upload: float = 60.0
    ) -> None:
        self._connections, self._connect, self._read, self._upload = connections, connect, read, upload
        self._session: aiohttp.ClientSession | None = None
        self._urls: dict[str, URL] = {}
        self._timeouts: dict[float, aiohttp.ClientTimeout] = {}

    @property
    def read_timeout(self) -> float:
        return self._read

    async def initialize(self) -> None:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections),
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("Accept", "Accept-Encoding", "User-Agent"),
                trust_env=False,
            )

    async def shutdown(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = None,
        write_timeout: object = None,
        connect_timeout: object = None,
        pool_timeout: object = None,
    ) -> tuple[int, bytes]:
        """The status and the body of the answer. Raises `NeverWritten`, `Unanswered` or `Flood`."""
        if self._session is None:
            raise NeverWritten("the connection is closed")
        wait = float(read_timeout) if isinstance(read_timeout, int | float) else self._read
        headers: dict[str, str] | None = None
        data: aiohttp.FormData | bytes | None = None
        if request_data is not None and request_data.contains_files:
            data, wait = _form(request_data), wait + self._upload
        elif request_data is not None:
            headers, data = _JSON, json.dumps(request_data.parameters).encode()
        failure: TelegramError
        try:
            async with self._session.request(
                method, self._url(url), data=data, headers=headers, timeout=self._timeout(wait), allow_redirects=False
            ) as response:
                body = await _body(response)
                if response.status != HTTPStatus.TOO_MANY_REQUESTS:
                    return response.status, body
                failure = Flood(self._wait(body))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
            failure = NeverWritten(type(error).__name__)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            failure = Unanswered(type(error).__name__)
        raise failure

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, object]:
        """As the library does it, without a log line that shows the payload: it is full of people's words."""
        try:
            answer = json.loads(payload)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise TelegramError("an answer that is not JSON")
        return answer

    def _wait(self, body: bytes) -> float:
        """How long a 429 says to wait."""
        try:
            parameters = self.parse_json_payload(body).get("parameters")
        except TelegramError:
            parameters = None
        wait = parameters.get("retry_after") if isinstance(parameters, dict) else None
        return float(wait) if isinstance(wait, int | float) and wait > 0 else UNTOLD_WAIT

    def _url(self, url: str) -> URL:
        found = self._urls.get(url)
        if found is None:
            found = URL(url, encoded=True)
            if len(self._urls) < _KNOWN_URLS:
                self._urls[url] = found
        return found

    def _timeout(self, wait: float) -> aiohttp.ClientTimeout:
        found = self._timeouts.get(wait)
        if found is None:
            found = aiohttp.ClientTimeout(
                total=self._connect + 2 * wait, connect=self._connect, sock_connect=self._connect, sock_read=wait
            )
            self._timeouts[wait] = found
        return found


async def _body(response: aiohttp.ClientResponse) -> bytes:
    if (response.content_length or 0) > LARGEST:
        raise aiohttp.ClientPayloadError("too large")
    return await response.read()


def _form(request_data: RequestData) -> aiohttp.FormData:
    form = aiohttp.FormData(request_data.json_parameters, quote_fields=False)
    for name, (filename, content, mime) in request_data.multipart_data.items():
        form.add_field(name, content, filename=_UNSAFE.sub("_", filename), content_type=mime)
    return form
