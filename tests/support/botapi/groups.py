"""Groups, supergroups, forums, as a test moves them: who enters and leaves, who leads, what is said in which topic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.support.botapi.bots import Bot, Press
from tests.support.botapi.entities import tidy
from tests.support.botapi.model import ANONYMOUS, CHANNEL_POST, RIGHTS, Chat, Json, Member, Message, Topic, User
from tests.support.botapi.people import Person
from tests.support.botapi.world import World


class Group:
    """A group. The first member owns it. It is a plain group until it is a forum, or `migrate` makes it a supergroup."""

    def __init__(self, world: World, title: str, members: Sequence[Person], topics: bool, supergroup: bool) -> None:
        self.world, self.title = world, title
        self.chat = self._new("supergroup" if topics or supergroup else "group")
        self.chat.forum = topics
        self.owner = members[0]
        for person in members:
            self.chat.members[person.id] = Member(person)
        self.chat.members[self.owner.id] = Member(self.owner, "creator")

    def _new(self, type: str) -> Chat:
        # Its first message, which says that it was made, nobody here has seen.
        number = len(self.world.chats) + 1
        id = -1001000000000 - number if type == "supergroup" else -4000000 - number
        chat = self.world.chats[id] = Chat(id, type, self.title, last_id=1)  # type: ignore[arg-type] # one of two words
        return chat

    @property
    def id(self) -> int:
        return self.chat.id

    @property
    def sees(self) -> list[Message]:
        """What stands in the group now, oldest first."""
        return [m for m in self.chat.messages.values() if not m.deleted]

    def seen(self, topic: Topic | None = None) -> list[Message]:
        """What stands in one topic; without one, in the general topic."""
        return [m for m in self.sees if m.topic == (topic.id if topic else 0)]

    @property
    def last(self) -> Message:
        """The newest thing a bot has said there."""
        return [m for m in self.sees if isinstance(m.sender, Bot) and m.kind != "service"][-1]

    # ---- talk

    async def say(self, person: Person, text: str, topic: Topic | None = None, **more: Any) -> Message:
        return person.put(self.chat, text, topic=topic.id if topic else 0, **more)

    async def photo(
        self, person: Person, data: bytes = b"\xff\xd8\xff", caption: str = "", topic: Topic | None = None
    ) -> Message:
        return await person.send("photo", data, caption, chat=self.chat, topic=topic.id if topic else 0)

    async def anonymous(self, text: str) -> Message:
        """An administrator writes in the name of the group."""
        more = {"sender_chat": self.chat.json()}
        return self._say(User(ANONYMOUS, "Group", "GroupAnonymousBot", is_bot=True), text, more)

    async def post(self, text: str) -> Message:
        """The linked channel posts, and the post appears in the group."""
        channel: Json = {"id": -1009000000000, "type": "channel", "title": f"{self.title} News"}
        at = int(self.world.clock().timestamp())
        more = {"sender_chat": channel, "is_automatic_forward": True}
        more["forward_origin"] = {"type": "channel", "date": at, "chat": channel, "message_id": 7}
        return self._say(User(CHANNEL_POST, "Telegram"), text, more)

    def _say(self, sender: User, text: str, more: Json) -> Message:
        text, entities = tidy(text, [])
        message = self.world.add(self.chat, sender, text, entities=entities, more=more)
        self.world.tell(message)
        return message

    async def press(self, person: Person, label: str) -> Press:
        return await person.press(label, chat=self.chat)

    # ---- who is there

    async def add(self, user: User, by: User | None = None, link: Json | None = None) -> None:
        """Somebody, or a bot, is added to the group, or comes by a link."""
        if self.chat.member(user).present:
            return
        self.world.change(self.chat, user, by or self.owner, link, status="member")
        self.world.serve(self.chat, by or self.owner, new_chat_members=[user.json()])

    async def join(self, person: Person, link: str) -> None:
        """Somebody comes by an invitation link."""
        known = self.chat.links.get(link)
        assert known is not None, f"{link} does not lead to {self.title}"
        await self.add(person, by=person, link=known)

    async def kick(self, user: User, by: User | None = None) -> None:
        await self._go(user, by or self.owner, "kicked")

    async def leave(self, user: User) -> None:
        await self._go(user, user, "left")

    async def _go(self, user: User, by: User, status: str) -> None:
        self.world.serve(self.chat, by, left_chat_member=user.json())
        self.world.change(self.chat, user, by, status=status)

    async def promote(self, user: User, *rights: str, anonymous: bool = False) -> None:
        """Make somebody an administrator, with these rights or all but that of promoting others."""
        given = frozenset(rights or set(RIGHTS) - {"can_promote_members"}) | {"can_manage_chat"}
        self.world.change(self.chat, user, self.owner, status="administrator", rights=given, anonymous=anonymous)

    async def demote(self, user: User) -> None:
        self.world.change(self.chat, user, self.owner, status="member")

    async def restrict(self, user: User) -> None:
        """Take from somebody the right to write."""
        self.world.change(self.chat, user, self.owner, status="restricted", may_send=False)

    # ---- topics and migration

    async def topic(self, name: str) -> Topic:
        """The owner opens a topic."""
        return open_topic(self.world, self.chat, self.owner, name)

    async def close(self, topic: Topic) -> None:
        topic.closed = True
        self.world.serve(self.chat, self.owner, topic.id, forum_topic_closed={})

    async def reopen(self, topic: Topic) -> None:
        topic.closed = False
        self.world.serve(self.chat, self.owner, topic.id, forum_topic_reopened={})

    async def drop(self, topic: Topic) -> None:
        """Delete a topic with everything in it. Bots are not told."""
        topic.deleted = True
        for message in self.seen(topic):
            message.deleted = True

    async def migrate(self, told: bool = True) -> int:
        """The group becomes a supergroup with another id; messages stay behind. Without `told` no service message says so,
        and a bot learns it from the refusal of its next message."""
        assert self.chat.type == "group", f"{self.title} is a supergroup already"
        old, self.chat = self.chat, self._new("supergroup")
        self.chat.members = dict(old.members)
        old.moved_to = self.chat.id
        if told:
            self.world.serve(old, self.owner, migrate_to_chat_id=self.chat.id)
            self.world.serve(self.chat, self.owner, migrate_from_chat_id=old.id)
        return self.chat.id


def open_topic(world: World, chat: Chat, by: User, name: str) -> Topic:
    """Open a topic; its id is that of the message which says so."""
    message = world.add(chat, by, more={"service": True, "forum_topic_created": {"name": name, "icon_color": 7322096}})
    topic = chat.topics[message.id] = Topic(message.id, name)
    message.topic = topic.id
    world.tell(message)
    return topic
