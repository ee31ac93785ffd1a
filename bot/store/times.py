"""Instants as the database keeps them: whole milliseconds since 1970, UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def ms(at: datetime) -> int:
    """The instant in milliseconds; what is finer than that is cut off. `at` needs a zone."""
    return (at - _EPOCH) // _MILLISECOND


def instant(at: int) -> datetime:
    """The instant, in UTC."""
    return _EPOCH + timedelta(milliseconds=at)
