"""Asking a service over HTTP, whatever it answers: machines that translate, and language models."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout

from bot.language.translation.port import Down, EngineFailed, NotAllowed

CONNECT = 3.0
LONGEST_WAIT = 60.0
"""Seconds: to reach a service, and for one answer where nothing else is said. Whoever calls has a limit of their own."""
MOST = 2_000_000
"""Bytes of an answer; whatever is longer is of no use."""


class Service:
    """One service at one address. Connections are kept; they are opened at the first call."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None, longest: float = LONGEST_WAIT) -> None:
        self._url = url.rstrip("/")
        self._longest = longest
        self._headers = dict(headers or {})
        self._session: ClientSession | None = None

    async def ask(
        self, path: str, *, body: Mapping[str, Any] | None = None, query: Mapping[str, str] | None = None
    ) -> Any:
        """What the service answers, read as JSON: to a POST where there is a body, else to a GET.

        Raises `Down` where it is away, busy, or answers something else, `NotAllowed` where it refuses us, and `Answered` for
        every other status that means no.
        """
        if self._session is None:
            limits = ClientTimeout(total=self._longest, sock_connect=CONNECT)
            self._session = ClientSession(timeout=limits, headers=self._headers, trust_env=False)
        try:
            async with self._session.request(
                "POST" if body is not None else "GET",
                f"{self._url}{path}",
                json=body,
                params=query,
                allow_redirects=False,
            ) as response:
                raw = await _read(response)
                return _meaning(response, raw)
        except TimeoutError:
            raise Down("it did not answer in time") from None
        except ClientError as error:
            raise Down(f"it cannot be reached ({type(error).__name__})") from None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None


class Answered(EngineFailed):
    """The service answered with an error of its own: `status`, and what it said about it, cut short."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(f"it answered {status}: {said}" if said else f"it answered {status}")
        self.status = status
        self.said = said


async def _read(response: ClientResponse) -> bytes:
    """The body, up to `MOST` bytes."""
    parts, size = [], 0
    async for part in response.content.iter_chunked(65536):
        size += len(part)
        if size > MOST:
            response.close()
            raise Down("its answer is far too long")
        parts.append(part)
    return b"".join(parts)


def _meaning(response: ClientResponse, raw: bytes) -> Any:
    status = response.status
    if status == 429:
        raise Down("it asks us to slow down", _seconds(response.headers.get("Retry-After", "")))
    if status in (401, 403, 456):
        raise NotAllowed("it refuses our key" if status != 456 else "what was paid for is used up")
    if status >= 500 or 300 <= status < 400:
        raise Down(f"it answered {status}")
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        raise Down("it answered something that is no JSON") from None
    if status >= 400:
        raise Answered(status, _said(found))
    return found


def _said(found: Any) -> str:
    """What an error says of itself; services repeat the text that they were given, so only the beginning."""
    for name in ("error", "message", "explanation"):
        if isinstance(found, dict) and isinstance(found.get(name), str):
            return str(found[name])[:60]
    return ""


def _seconds(header: str) -> float:
    return float(header) if header.isdecimal() else 0.0
