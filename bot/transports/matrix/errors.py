"""What a homeserver's refusals mean.

What is raised from here says what to do, and holds no word of anybody's and no token: of an answer only its code is kept.
A request that got no answer may be repeated as it was, since the homeserver knows its transaction again; so nothing here is
`Uncertain`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from aiohttp import ClientError
from nio import ErrorResponse, Response
from nio.exceptions import ProtocolError

from bot.transports.port import Gone, Refused, Retry, SendError, Stopped

UNREACHABLE = timedelta(seconds=2)
"""How long to wait where the homeserver could not be reached or had trouble of its own."""

LIMITED = timedelta(seconds=5)
"""How long to wait where it asks us to and does not say how long."""

NO_TOKEN = timedelta(minutes=1)
"""How long to wait where the token is refused: `receive` stops the account meanwhile."""

TOKEN_CODES = frozenset(
    ("M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_USER_DEACTIVATED", "M_USER_LOCKED", "M_USER_SUSPENDED")
)
NOT_THERE = frozenset(("M_NOT_FOUND", "M_UNRECOGNIZED"))

R = TypeVar("R", bound=Response)


class Failed(Exception):
    """A homeserver's refusal: its code ("" where it gave none), its status, and how long it asks us to wait."""

    def __init__(self, code: str, status: int, after: timedelta | None = None) -> None:
        super().__init__(f"{status} {code}".strip())
        self.code, self.status, self.after = code, status, after

    @property
    def token(self) -> bool:
        """Whether the access token is no longer good."""
        return self.code in TOKEN_CODES

    @property
    def passing(self) -> bool:
        """Whether the same may go well later. What has no code did not come from a homeserver, but from something on the way."""
        return self.after is not None or self.status >= 500 or not self.code


async def fine(wanted: type[R], answer: Awaitable[Response]) -> R:
    """The answer of this kind. Raises `Failed` for a refusal, and where nothing answers."""
    async with reached():
        got = await answer
    if isinstance(got, wanted):
        return got
    raise refusal(got)


@asynccontextmanager
async def reached() -> AsyncIterator[None]:
    """Whatever goes wrong on the way to the homeserver becomes a `Failed`."""
    try:
        yield
    except (ClientError, TimeoutError, OSError) as error:
        raise Failed("", 0) from error
    except ProtocolError as error:
        raise Failed(type(error).__name__, 0) from error


def refusal(answer: Response) -> Failed:
    """What an answer says that is not the one we want."""
    code, after = (
        (str(answer.status_code or ""), answer.retry_after_ms) if isinstance(answer, ErrorResponse) else ("", None)
    )
    http: Any = answer.transport_response  # of aiohttp, whatever nio calls it
    if http is None:
        return Failed(code, 0)
    return failed(code, http.status, http.headers, after)


def failed(code: str, status: int, headers: Mapping[str, str], after: int | None) -> Failed:
    """A refusal by its code, its status, its headers, and the milliseconds to wait that stood in it."""
    if status != 429 and code != "M_LIMIT_EXCEEDED":
        return Failed(code, status)
    said, exact = _header(headers.get("Retry-After", "")), timedelta(milliseconds=after) if after else None
    if said is None or (exact is not None and timedelta(0) <= said - exact < timedelta(seconds=1)):
        said = exact  # what the header says in whole seconds
    return Failed(code, status, said if said is not None else LIMITED)


def _header(value: str) -> timedelta | None:
    """A Retry-After header: seconds, or a date."""
    if value.strip().isdecimal():
        return timedelta(seconds=int(value))
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(timedelta(0), until - datetime.now(UTC))


def meaning(error: Failed, *, member: bool) -> SendError:
    """What a refusal means to whoever wanted to do something in a room. `member`: as far as we know we are in it."""
    if error.after is not None:
        return Retry(error.after, "account")
    if error.token:
        return Retry(NO_TOKEN, "account")
    if error.status == 413 or error.code == "M_TOO_LARGE":
        return Refused("too large")
    if error.passing:
        return Retry(UNREACHABLE, "account")
    if error.code in NOT_THERE or (error.code == "M_FORBIDDEN" and not member):
        return Gone("not in the room")
    if error.code == "M_FORBIDDEN":
        return Refused("not allowed")
    return Refused(str(error))


def stopped(error: Failed, user: str) -> Stopped:
    """What the operator has to do about a token that is refused."""
    if error.code in ("M_UNKNOWN_TOKEN", "M_MISSING_TOKEN"):
        return Stopped(
            f"The homeserver does not accept the access token of {user}. Log in anew, and put in the new token."
        )
    return Stopped(f"The homeserver has closed the account {user} ({error.code}). Its administrator can open it again.")
