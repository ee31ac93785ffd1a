"""The state of the server and its laws: who can reach whom, who sees what, what follows from what."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from tests.support.botapi.bots import Bot, Press
from tests.support.botapi.errors import UPGRADED, WRONG_FILE, bad, forbidden
from tests.support.botapi.faults import Faults
from tests.support.botapi.model import Chat, File, Json, Media, Member, Message, User
from tests.support.botapi.pacing import Audit, Gate, Limits

MIB = 2**20


class World:
    """Everything there is. `clock` gives the time, `chance` numbers of updates and presses."""

    def __init__(
        self, clock: Callable[[], datetime] | None = None, limits: Limits | None = None, seed: int = 1
    ) -> None:
        self.clock = clock or (lambda: datetime.now(UTC))
        self.chance = random.Random(seed)
        self.limits = limits or Limits()
        self.gate, self.audit, self.faults = Gate(self.limits), Audit(self.limits), Faults()
        self.bots: dict[str, Bot] = {}
        self.people: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self.files: list[File] = []
        self.press_life = timedelta(seconds=60)
        self.deletable = timedelta(hours=48)
        self.upload_limit, self.photo_limit, self.download_limit = 50 * MIB, 10 * MIB, 20 * MIB

    # ---- files

    def keep(self, kind: str, data: bytes, name: str = "", mime: str = "") -> File:
        self.files.append(File(len(self.files) + 1, kind, data, name, mime))
        return self.files[-1]

    def file(self, bot: Bot, id: str, kind: str = "") -> File:
        """The file behind an id that this bot holds. A photo cannot be sent as a video, nor another bot's file at all."""
        match = re.fullmatch(r"BQACAg(\d+)-(\w+)-(\d+)(?:-s)?", id)
        if not match and "." not in id:
            raise bad("wrong remote file identifier specified: can't unserialize it. Wrong last symbol")
        if not match or int(match[1]) != bot.id or int(match[3]) > len(self.files):
            raise bad(WRONG_FILE)
        file = self.files[int(match[3]) - 1]
        if kind and file.kind != kind:
            raise bad(f"can't use file of type {_called(file.kind)} as {_called(kind)}")
        return file

    # ---- chats

    def private(self, bot: Bot, person: User) -> Chat:
        """The chat between a bot and a person; it is opened by the person."""
        chat = bot.chats.get(person.id)
        if chat is None:
            chat = bot.chats[person.id] = Chat(person.id, "private", person.name, bot=bot, person=person)
            chat.members = {person.id: Member(person), bot.id: Member(bot)}
        return chat

    def find(self, bot: Bot, chat_id: str) -> Chat:
        """The chat that a bot names; whether it may write there is another question."""
        if not chat_id:
            raise bad("chat_id is empty")
        if chat_id.startswith("@"):
            for chat in self.chats.values():
                if chat.username.lower() == chat_id[1:].lower() and chat.type in ("supergroup", "channel"):
                    return chat
            raise bad("chat not found")
        id = int(chat_id) if re.fullmatch(r"-?\d+", chat_id) else 0
        if id in bot.chats and bot.chats[id].opened:
            return bot.chats[id]
        if id > 0 and id in self.people and any(self._share(c, bot, id) for c in self.chats.values()):
            raise forbidden("bot can't initiate conversation with a user")
        if id not in self.chats or bot.id not in self.chats[id].members:
            raise bad("chat not found")
        return self.chats[id]

    def _share(self, chat: Chat, bot: Bot, person: int) -> bool:
        return all(id in chat.members and chat.members[id].present for id in (bot.id, person))

    def reach(self, bot: Bot, chat_id: str) -> Chat:
        """The chat, if the bot may act in it."""
        chat = self.find(bot, chat_id)
        if chat.moved_to:
            raise bad(UPGRADED, migrate_to_chat_id=chat.moved_to)
        if chat.type == "private":
            assert chat.person is not None
            if chat.person.deactivated:
                raise forbidden("user is deactivated")
            if chat.members[bot.id].status == "kicked":
                raise forbidden("bot was blocked by the user")
            return chat
        member = chat.member(bot)
        if member.status == "kicked":
            raise forbidden(f"bot was kicked from the {chat.type} chat")
        if not member.present:
            raise forbidden(f"bot is not a member of the {chat.type} chat")
        return chat

    # ---- messages

    def add(self, chat: Chat, sender: User | None, text: str = "", **more: object) -> Message:
        """Put a message into a chat. Nobody is told yet."""
        return self.place(Message(chat, 0, sender, self.clock(), text, **more))  # type: ignore[arg-type] # as given

    def place(self, message: Message) -> Message:
        """Give a message its id, and its place in its chat."""
        message.id = message.chat.next_id()
        message.chat.messages[message.id] = message
        if isinstance(message.sender, Bot):
            message.chat.last_bot = message.sender.id
        return message

    def serve(self, chat: Chat, sender: User | None, topic: int = 0, **service: object) -> Message:
        """Put a service message into a chat, and tell the bots."""
        message = self.add(chat, sender, topic=topic, more={"service": True, **service})
        self.tell(message)
        return message

    def tell(self, message: Message, kind: str = "message") -> None:
        """Give a message to the bots that may see it."""
        for bot in self.listeners(message.chat):
            if self.sees(bot, message):
                since = message.edited if kind == "edited_message" else message.date
                bot.queue.push(kind, message.json(bot), since, f"chat {message.chat.id}")

    def listeners(self, chat: Chat) -> Iterable[Bot]:
        if chat.bot is not None:
            return [chat.bot]
        return [b for b in self.bots.values() if b.id in chat.members and chat.members[b.id].present]

    def sees(self, bot: Bot, message: Message) -> bool:
        """Whether a message reaches a bot: no bot's words do, and of groups, where it has privacy mode and no rights, only
        service messages, replies to it, commands to it, and bare commands where it was the last bot to speak."""
        own_doing = message.more.get("pinned_message") or message.more.get("forum_topic_created")
        if isinstance(message.sender, Bot) and not (own_doing or message.more.get("forum_topic_closed")):
            return False
        chat = message.chat
        if chat.type == "private" or message.more.get("service") or not bot.privacy or chat.member(bot).leads:
            return True
        if message.reply is not None and message.reply.sender is bot:
            return True
        if message.more.get("via_bot", {}).get("id") == bot.id:
            return True
        command = re.match(r"/\w+(?:@(\w+))?(?=\s|$)", message.text)
        if not command:
            return False
        return command[1].lower() == bot.username.lower() if command[1] else chat.last_bot == bot.id

    def press(self, person: User, message: Message, data: str, bot: Bot) -> Press:
        """Somebody presses a button of this bot's message."""
        press = Press(str(self.chance.getrandbits(62)), person, message, data, self.clock())
        bot.presses[press.id] = press
        bot.repeat(press)
        return press

    def change(self, chat: Chat, user: User, by: User, link: Json | None = None, **how: object) -> None:
        """Change how somebody stands in a chat, and tell the bots whom it concerns."""
        old = chat.member(user)
        new = Member(user, **how)  # type: ignore[arg-type] # Member's own fields
        chat.members[user.id] = new
        told: Json = {"chat": chat.json(), "from": by.json(), "date": int(self.clock().timestamp())}
        told |= {"old_chat_member": old.json(), "new_chat_member": new.json()}
        if link:
            told["invite_link"] = link
        lane = f"chat {chat.id}"
        if isinstance(user, Bot):
            user.queue.push("my_chat_member", told, lane=lane)
        for bot in self.listeners(chat):
            if bot is not user and chat.is_group and chat.member(bot).leads:
                bot.queue.push("chat_member", told, lane=lane)

    def media(self, kind: str, file: File, **told: object) -> Media:
        """A file with what Telegram finds out about its kind."""
        facts: dict[str, Json] = {
            "photo": {"width": 800, "height": 600},
            "voice": {"duration": 3, "mime_type": "audio/ogg"},
            "audio": {"duration": 60, "mime_type": "audio/mpeg"},
            "video": {"width": 640, "height": 360, "duration": 10, "mime_type": "video/mp4"},
            "animation": {"width": 320, "height": 180, "duration": 2, "mime_type": "video/mp4"},
            "video_note": {"length": 240, "duration": 5},
            "sticker": {"width": 512, "height": 512, "is_animated": False, "is_video": False, "type": "regular"},
            "document": {"mime_type": file.mime or "application/octet-stream"},
        }
        named = {"file_name": file.name} if file.name and kind in ("document", "audio", "video", "animation") else {}
        return Media(kind, file, {**facts[kind], **named, **told})


def _called(kind: str) -> str:
    return {"voice": "VoiceNote", "video_note": "VideoNote"}.get(kind, kind.capitalize())
