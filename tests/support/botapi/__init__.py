"""A strict Bot API server for tests: Telegram as its documents describe it, and stricter, on loopback.

`BotApi` is the server and everything on it; see `server.py` for how a test begins. `python -m tests.support.botapi` runs it
as a process of its own.
"""

from tests.support.botapi.bots import Bot, Press
from tests.support.botapi.groups import Group
from tests.support.botapi.model import Chat, Message, Topic
from tests.support.botapi.pacing import Limits
from tests.support.botapi.people import Person
from tests.support.botapi.server import BotApi

__all__ = ["Bot", "BotApi", "Chat", "Group", "Limits", "Message", "Person", "Press", "Topic"]
