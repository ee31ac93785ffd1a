"""What Telegram's refusals mean.

Its texts are those of the Bot API's own source; they are matched in lower case, since the client changes their case. What
is raised from here says what to do and holds no word of anybody's, no address and no token.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, TelegramError

from bot.transports.port import Gone, Moved, Refused, Retry, SendError, Uncertain
from bot.transports.telegram.request import Flood, NeverWritten, Unanswered

UNREACHABLE = timedelta(seconds=2)
"""How long to wait where Telegram could not be reached or had trouble of its own."""

NO_TOKEN = timedelta(minutes=1)
"""How long to wait where the token is refused: `receive` stops the account meanwhile."""

GONE = {
    "bot was blocked by the user": "blocked",
    "user is deactivated": "deactivated",
    "bot can't initiate conversation with a user": "never started",
    "bot can't send messages to bots": "a bot",
    "bot was kicked": "kicked",
    "bot is not a member": "kicked",
    "the group chat was deleted": "deleted",
    "chat not found": "not found",
    "user not found": "not found",
    "peer_id_invalid": "not found",
    "group chat was deactivated": "deleted",
    "message thread not found": "topic deleted",
    "topic_deleted": "topic deleted",
    "topic_closed": "topic closed",
    "chat_restricted": "restricted",
    "chat_write_forbidden": "not allowed to write",
    "have no rights to send a message": "not allowed to write",
    "not enough rights to send text messages": "not allowed to write",
    "need administrator rights": "not allowed to write",
}
"""Refusals after which nobody can be reached there any more, and the word for it."""


class Floods:
    """Whom a 429 concerns: Telegram does not say. The first one counts for the chat that it was given for; another one for
    a different chat while that wait still runs counts for the whole account. `clock` counts seconds and never jumps."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._waits: dict[str, float] = {}

    def meet(self, chat: str, after: float) -> Retry:
        """A 429 for a chat ("" where a call concerned none)."""
        now = self._clock()
        self._waits = {other: until for other, until in self._waits.items() if until > now}
        several = any(other != chat for other in self._waits)
        self._waits[chat] = now + after
        return Retry(timedelta(seconds=after), "account" if several or not chat else "chat")


def says(error: TelegramError, *texts: str) -> bool:
    """Whether the refusal is one of these."""
    said = error.message.lower()
    return any(text in said for text in texts)


def meaning(error: TelegramError, place: str, floods: Floods) -> SendError:
    """What an error in a call about this place means to whoever asked for it."""
    chat, slash, thread = place.partition("/")
    match error:
        case Flood():
            return floods.meet(chat, error.seconds)
        case ChatMigrated():
            return Moved(f"{error.new_chat_id}{slash}{thread}")
        case NeverWritten():
            return Retry(UNREACHABLE, "account")
        case Unanswered():
            return Uncertain(str(error))
        case InvalidToken():
            return Retry(NO_TOKEN, "account")
        case Forbidden():
            return Gone(_why(error) or "forbidden")
        case BadRequest():
            why = _why(error)
            return Gone(why) if why else Refused(_short(error))
        case NetworkError():
            return _trouble(error)
    return Uncertain(_short(error))


def _why(error: TelegramError) -> str:
    said = error.message.lower()
    return next((why for text, why in GONE.items() if text in said), "")


def _trouble(error: NetworkError) -> SendError:
    """What has no class of its own. A gateway that waited in vain handed the call on; a server's own error came first."""
    said = error.message.lower()
    if "too large" in said:
        return Refused("too large")
    if "gateway timeout" in said or "gateway time-out" in said:
        return Uncertain("gateway timeout")
    return Retry(UNREACHABLE, "account")


def _short(error: TelegramError) -> str:
    """The refusal without its details, which may quote the message."""
    return error.message.partition(":")[0][:80]
