"""People, as a test moves them: they write, press, reply, react, block, and look at what stands in their chat."""

from __future__ import annotations

from typing import Any

from tests.support.botapi.bots import Bot, Press
from tests.support.botapi.entities import Entity, tidy
from tests.support.botapi.model import Chat, File, Json, Media, Message, User
from tests.support.botapi.sending import origin
from tests.support.botapi.world import World

Target = Bot | None


class Person(User):
    """Somebody with the app. Where several bots are on the server, `to` says whose chat is meant; without it the first.

    `answers` are the texts that their presses were answered with ("" for none), `alerts` those shown in a box."""

    def __init__(self, world: World, id: int, name: str, language_code: str = "en", username: str = "") -> None:
        super().__init__(id, name, username, language_code)
        self.world = world
        self.answers: list[str] = []
        self.alerts: list[str] = []

    # ---- looking

    def chat(self, bot: Target = None) -> Chat:
        """The private chat with a bot."""
        return self.world.private(bot or next(iter(self.world.bots.values())), self)

    def seen(self, bot: Target = None) -> list[Message]:
        """What stands in the private chat with a bot now."""
        return [m for m in self.chat(bot).messages.values() if not m.deleted]

    @property
    def sees(self) -> list[Message]:
        """What stands in the private chat with the first bot now, oldest first."""
        return self.seen()

    @property
    def got(self) -> list[Message]:
        """Of these, what the bot has said."""
        return [m for m in self.sees if m.sender is not self and m.kind != "service"]

    @property
    def last(self) -> Message:
        """The newest thing the bot has said."""
        return self.got[-1]

    def menu(self, bot: Target = None, chat: Chat | None = None) -> list[str]:
        """The commands that they are offered."""
        return (bot or next(iter(self.world.bots.values()))).menu(self, chat)

    # ---- writing

    async def say(self, text: str, to: Target = None, **more: Any) -> Message:
        """Write to a bot."""
        return self.put(self.chat(to), text, **more)

    async def start(self, payload: str = "", to: Target = None) -> Message:
        """Follow a link to the bot and press Start."""
        return await self.say(f"/start {payload}".strip(), to)

    async def reply(self, message: Message, text: str) -> Message:
        """Answer a message, in its chat and topic."""
        return self.put(message.chat, text, reply=message, topic=message.topic)

    async def edit(self, message: Message, text: str) -> Message:
        """Change one's own message."""
        assert message.sender is self, f"{message!r} is not by {self.name}"
        message.history.append(message.text)
        message.text, message.entities = tidy(text, [])
        message.edited = self.world.clock()
        self.world.tell(message, "edited_message")
        return message

    async def delete(self, message: Message) -> None:
        """Delete a message. Bots are not told."""
        message.deleted = True

    async def photo(self, data: bytes = b"\xff\xd8\xff", caption: str = "", to: Target = None, **more: Any) -> Message:
        return await self.send("photo", data, caption, to, **more)

    async def voice(self, data: bytes = b"OggS", seconds: int = 3, to: Target = None, **more: Any) -> Message:
        return await self.send("voice", data, "", to, told={"duration": seconds, "mime_type": "audio/ogg"}, **more)

    async def sticker(self, emoji: str = "🙂", to: Target = None, **more: Any) -> Message:
        return await self.send("sticker", b"RIFF", "", to, told={"emoji": emoji}, **more)

    async def send(
        self, kind: str, data: bytes, caption: str = "", to: Target = None, chat: Chat | None = None, **more: Any
    ) -> Message:
        """Send a file of any kind: document, audio, video, animation, video_note …"""
        file = self.world.keep(kind, data, more.pop("name", ""))
        media = self.world.media(kind, file, **more.pop("told", {}))
        return self.put(chat or self.chat(to), caption, media=media, **more)

    async def location(self, latitude: float, longitude: float, to: Target = None) -> Message:
        return self.put(
            self.chat(to), "", media=Media("location", None, {"latitude": latitude, "longitude": longitude})
        )

    async def contact(self, phone: str, name: str, to: Target = None) -> Message:
        return self.put(self.chat(to), "", media=Media("contact", None, {"phone_number": phone, "first_name": name}))

    async def forward(self, message: Message, to: Target = None, chat: Chat | None = None) -> Message:
        """Pass a message on, with the mark of where it comes from."""
        place = chat or self.chat(to)
        return self.put(place, message.text, media=message.media, entities=message.entities, more=origin(message))

    async def via(self, bot: Bot, text: str, to: Target = None, chat: Chat | None = None) -> Message:
        """Write through an inline bot."""
        return self.put(chat or self.chat(to), text, more={"via_bot": bot.json()})

    def put(self, chat: Chat, text: str, entities: list[Entity] | None = None, **more: Any) -> Message:
        """Put a message of theirs into a chat, and tell the bots."""
        assert not self.deactivated, f"{self.name} has no account any more"
        member = chat.member(self)
        assert member.present, f"{self.name} is not in {chat.title!r}"
        if chat.bot and chat.member(chat.bot).status == "kicked":
            self._unblock(chat.bot)
        chat.opened = True
        text, found = tidy(text, entities or [])
        message = self.world.add(chat, self, text, entities=found, **more)
        self.world.tell(message)
        return message

    # ---- pressing, reacting, leaving

    async def press(self, label: str, to: Target = None, chat: Chat | None = None) -> Press:
        """Press the button with this label on the newest message that has one."""
        place = chat or self.chat(to)
        for message in reversed(place.messages.values()):
            if not message.deleted and label in message.labels:
                return await self.press_data(message, message.data(label))
        shown = [m.labels for m in place.messages.values() if m.labels and not m.deleted]
        raise AssertionError(f"{self.name} sees no button {label!r}, but {shown[-3:]}")

    async def press_data(self, message: Message, data: str) -> Press:
        """Press with any data, as a forged app can."""
        assert isinstance(message.sender, Bot), "only bots' messages have buttons"
        return self.world.press(self, message, data, message.sender)

    async def react(self, message: Message, *emoji: str) -> None:
        """Put these reactions on a message, in place of earlier ones."""
        old, message.reactions[self.id] = message.reactions.get(self.id, []), list(emoji)
        told: Json = {"chat": message.chat.json(), "message_id": message.id, "user": self.json()}
        told["date"] = int(self.world.clock().timestamp())
        told["old_reaction"], told["new_reaction"] = (
            [{"type": "emoji", "emoji": e} for e in list_] for list_ in (old, emoji)
        )
        for bot in self.world.listeners(message.chat):
            if message.chat.type == "private" or message.chat.member(bot).leads:
                bot.queue.push("message_reaction", told, lane=f"chat {message.chat.id}")

    async def block(self, bot: Target = None) -> None:
        """Block a bot: from now on it cannot write to them."""
        chat = self.chat(bot)
        assert chat.bot is not None
        self.world.change(chat, chat.bot, self, status="kicked")

    async def unblock(self, bot: Target = None) -> None:
        chat = self.chat(bot)
        assert chat.bot is not None
        self._unblock(chat.bot)

    def _unblock(self, bot: Bot) -> None:
        self.world.change(self.chat(bot), bot, self, status="member")

    async def delete_account(self) -> None:
        """The account is gone. Nobody is told; whoever writes learns it."""
        self.deactivated = True

    def file(self, message: Message) -> File:
        """The file of a message, as the app shows it."""
        assert message.media is not None, f"{message!r} has no file"
        assert message.media.file is not None, f"{message!r} has no file"
        return message.media.file
