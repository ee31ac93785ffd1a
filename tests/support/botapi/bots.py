"""A bot's account: its token, what it has set about itself, its updates, its webhook, the presses it has to answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from tests.support.botapi.model import Chat, Json, Message, User
from tests.support.botapi.updates import Queue


@dataclass(eq=False)
class Press:
    """A button that somebody pressed. It must be answered soon, and once."""

    id: str
    person: User
    message: Message
    data: str
    at: datetime
    answered: bool = False

    def json(self, bot: Bot) -> Json:
        told: Json = {"id": self.id, "from": self.person.json(), "chat_instance": str(self.message.chat.id * 31)}
        if self.message.deleted:
            shown: Json = {"chat": self.message.chat.json(), "message_id": self.message.id, "date": 0}
        else:
            shown = self.message.json(bot)
        return {**told, "message": shown, "data": self.data}


@dataclass
class Webhook:
    """Where updates are posted. `posts` is every attempt: update id and the status that came back (0: none)."""

    url: str = ""
    secret: str = ""
    max_connections: int = 40
    last_error: str = ""
    last_error_at: datetime | None = None
    posts: list[tuple[int, int]] = field(default_factory=list)


class Bot(User):
    """One bot. `privacy` hides from it what is said in groups, unless it is a command to it or a reply to it."""

    def __init__(self, token: str, name: str, username: str, clock: Callable[[], datetime], first_update: int) -> None:
        super().__init__(int(token.split(":")[0]), name, username, is_bot=True)
        self.token = token
        self.privacy = True
        self.queue = Queue(clock, first_update)
        self.webhook = Webhook()
        self.chats: dict[int, Chat] = {}
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.texts: dict[tuple[str, str], str] = {}
        self.presses: dict[str, Press] = {}
        self.last_message = 0
        self.poll: asyncio.Future[str] | None = None

    def me(self) -> Json:
        """The account as getMe tells it."""
        about = {"can_join_groups": True, "can_read_all_group_messages": not self.privacy}
        about |= {"supports_inline_queries": False, "can_connect_to_business": False, "has_main_web_app": False}
        return {**self.json(), **about}

    def wake(self) -> None:
        """End the poll that waits, with what there is."""
        self.queue.wake()

    def repeat(self, press: Press) -> None:
        """Send a press again under a new update id, as an app does that was offline in between."""
        self.queue.push("callback_query", press.json(self), lane=f"press {press.person.id}")

    def menu(self, person: User, chat: Chat | None = None) -> list[str]:
        """The commands that a person sees here, as Telegram chooses them: the narrowest scope that has any, in their
        language if it has that."""
        scopes = ["all_private_chats", "default"] if chat is None else ["all_group_chats", "default"]
        if chat is None:
            scopes.insert(0, f"chat {person.id}")
        else:
            leads = chat.member(person).leads
            scopes = [f"chat {chat.id}", *(["all_chat_administrators"] if leads else []), *scopes]
            scopes = [
                f"chat_member {chat.id} {person.id}",
                *([f"chat_administrators {chat.id}"] if leads else []),
                *scopes,
            ]
        for scope in scopes:
            for language in (person.language_code[:2], ""):
                if (scope, language) in self.commands:
                    return [c["command"] for c in self.commands[scope, language]]
        return []
