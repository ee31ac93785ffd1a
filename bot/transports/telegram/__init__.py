"""Telegram: people write to a bot of their assembly, in private, in groups and in forum topics.

The Bot API is spoken through python-telegram-bot's client; receiving, pace and queues are ours. The token is part of every
address that is called: no error and no log line of this package holds an address.
"""

from __future__ import annotations

from bot.transports.telegram.client import API
from bot.transports.telegram.transport import Telegram

__all__ = ["API", "Telegram"]
