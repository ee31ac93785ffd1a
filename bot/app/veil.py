"""What must never be shown: tokens and secrets, in whatever form they turn up in a log line or an error.

Invariants:

* A secret that was learned is covered as it stands and percent-encoded, whole or without the number in front of it.
* Whatever looks like a bot's token, or a homeserver's, is covered even if nobody has learned it.
* Every log record is covered when it is made, with its traceback, before any handler or formatter sees it; our own formatter
  covers the finished line once more.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
from typing import Any

COVER = "[secret]"

SHORTEST = 8
"""What is shorter is no secret, and stands in too many other words."""

_DIGIT, _COLON, _LETTER = r"(?:[0-9]|%3[0-9])", r"(?::|%3a|%253a)", r"(?:[A-Za-z0-9_-]|%[0-9A-Fa-f]{2})"
_TOKEN = re.compile(
    rf"(?<![0-9]){_DIGIT}{{3,20}}{_COLON}{_LETTER}{{20,}}|\b(?:syt|syr|mat|mct|mcr)_{_LETTER}{{20,}}", re.IGNORECASE
)
_learned: dict[str, re.Pattern[str]] = {}


def learn(secret: str) -> None:
    """From now on this is never shown, and of a token neither the part behind its colon."""
    for part in (secret, secret.partition(":")[2]):
        if len(part) >= SHORTEST and part not in _learned:
            _learned[part] = re.compile("".join(f"(?:{re.escape(c)}|(?i:%{ord(c):02x}))" for c in part))


def veiled(text: str) -> str:
    """The text with every secret covered, the longest first: a part of it would leave the rest."""
    for secret in sorted(_learned, key=len, reverse=True):
        text = _learned[secret].sub(COVER, text)
    return _TOKEN.sub(COVER, text)


class VeiledFormatter(logging.Formatter):
    """Covers the finished line: message, traceback, stack and all."""

    def format(self, record: logging.LogRecord) -> str:
        return veiled(super().format(record))


def guard(level: str) -> None:
    """Log to the error output from `level` on, with everything covered. Our own lines only: below a warning those of libraries
    hold what people write. What Python would print by itself (warnings, errors that nobody caught) becomes a log line too."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(VeiledFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("bot").setLevel(level.upper())
    cover_records()
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    sys.unraisablehook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)
    threading.excepthook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def cover_records() -> None:
    """Cover every record when it is made."""
    made = logging.getLogRecordFactory()
    if made is not _record:
        logging.setLogRecordFactory(_record)


def _record(*args: Any, **kwargs: Any) -> logging.LogRecord:
    record = logging.LogRecord(*args, **kwargs)
    try:
        said = record.getMessage()
    except Exception:  # arguments that do not fit: logging would print them as they are
        said = f"{record.msg} {record.args!r}"
        record.msg, record.args = said, None
    covered = veiled(said)
    if covered != said:
        record.msg, record.args = covered, None
    if record.exc_info and record.exc_info[0] is not None:
        record.exc_text = veiled(_formatter.formatException(record.exc_info))
    if record.stack_info:
        record.stack_info = veiled(record.stack_info)
    return record


_formatter = logging.Formatter()


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: Any) -> None:
    if error is None or issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("bot").critical("nobody caught %s", kind.__name__, exc_info=(kind, error, trace))
