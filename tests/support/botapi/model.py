"""What exists on the server: users, bots' accounts, files, chats with their members, topics and messages.

A private chat belongs to one bot and one person and has the person's id; groups are shared by all. Everything knows how to
show itself as the Bot API would show it to a certain bot, since file ids are each bot's own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from tests.support.botapi.entities import Entity, write

if TYPE_CHECKING:
    from tests.support.botapi.bots import Bot

Json = dict[str, Any]
ANONYMOUS, CHANNEL_POST = 1087968824, 777000
"""The accounts in whose name anonymous administrators write, and linked channels post."""

RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
    "can_manage_topics",
)
PERMISSIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
    "can_react_to_messages",
    "can_edit_tag",
)
ENDINGS = {"photo": "jpg", "voice": "oga", "audio": "mp3", "video": "mp4", "animation": "mp4", "video_note": "mp4"}


class User:
    """Somebody or something with an account."""

    def __init__(self, id: int, name: str, username: str = "", language_code: str = "", is_bot: bool = False) -> None:
        self.id, self.name, self.username = id, name, username
        self.language_code, self.is_bot = language_code, is_bot
        self.deactivated = False

    def json(self) -> Json:
        told: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.name}
        if self.username:
            told["username"] = self.username
        return {**told, "language_code": self.language_code} if self.language_code else told

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name} {self.id}>"


@dataclass(eq=False)
class File:
    """Bytes that were uploaded, by a bot or by a person."""

    number: int
    kind: str
    data: bytes
    name: str = ""
    mime: str = ""

    @property
    def unique(self) -> str:
        return f"AQAD{self.number:08d}"

    def id_for(self, bot: Bot) -> str:
        """The file's id in the hands of one bot. Another bot cannot use it."""
        return f"BQACAg{bot.id}-{self.kind}-{self.number}"

    @property
    def path(self) -> str:
        return f"{self.kind}s/file_{self.number}.{ENDINGS.get(self.kind, 'bin')}"


@dataclass(eq=False)
class Media:
    """A picture, a voice note, a place … `told` are the fields that the Bot API shows besides the file's."""

    kind: str
    file: File | None
    told: Json

    def json(self, bot: Bot) -> Any:
        if self.file is None:
            return self.told
        fields: Json = {
            "file_id": self.file.id_for(bot),
            "file_unique_id": self.file.unique,
            "file_size": len(self.file.data),
        }
        fields |= self.told
        if self.kind == "photo":
            small = {"file_id": fields["file_id"] + "-s", "file_unique_id": self.file.unique + "s", "file_size": 1}
            return [{**small, "width": 90, "height": 67}, fields]
        return fields


@dataclass(eq=False)
class Member:
    """How a user stands in a chat. `rights` count for administrators, `may_send` for those who are restricted."""

    user: User
    status: Literal["creator", "administrator", "member", "restricted", "left", "kicked"] = "member"
    rights: frozenset[str] = frozenset()
    anonymous: bool = False
    may_send: bool = True

    @property
    def present(self) -> bool:
        return self.status not in ("left", "kicked")

    @property
    def leads(self) -> bool:
        return self.status in ("creator", "administrator")

    def can(self, right: str) -> bool:
        return self.status == "creator" or (self.status == "administrator" and right in self.rights)

    def json(self) -> Json:
        told: Json = {"status": self.status, "user": self.user.json()}
        if self.status == "creator":
            told["is_anonymous"] = self.anonymous
        elif self.status == "administrator":
            told |= {"can_be_edited": False, "is_anonymous": self.anonymous, **{r: r in self.rights for r in RIGHTS}}
        elif self.status == "restricted":
            told |= {"is_member": True, "until_date": 0, **dict.fromkeys(PERMISSIONS, self.may_send)}
        elif self.status == "kicked":
            told["until_date"] = 0
        return told


@dataclass(eq=False)
class Topic:
    """A topic of a forum. Its id is that of the service message that opened it."""

    id: int
    name: str
    closed: bool = False
    deleted: bool = False


@dataclass(eq=False)
class Chat:
    """A chat. `bot` is set in private chats: the bot at the other end, which may write once the person has (`opened`)."""

    id: int
    type: Literal["private", "group", "supergroup", "channel"]
    title: str
    username: str = ""
    bot: Bot | None = None
    person: User | None = None
    opened: bool = False
    forum: bool = False
    protected: bool = False
    members: dict[int, Member] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    links: dict[str, Json] = field(default_factory=dict)
    moved_to: int = 0
    last_id: int = 0
    last_bot: int = 0

    @property
    def is_group(self) -> bool:
        return self.type in ("group", "supergroup")

    def json(self) -> Json:
        if self.type == "private":
            assert self.person is not None
            about = self.person.json()
            return {"id": self.id, "type": "private", **{k: about[k] for k in ("first_name", "username") if k in about}}
        told: Json = {"id": self.id, "type": self.type, "title": self.title}
        if self.username:
            told["username"] = self.username
        return {**told, "is_forum": True} if self.forum else told

    def member(self, user: User) -> Member:
        return self.members.get(user.id) or Member(user, "left")

    def next_id(self) -> int:
        """In private chats, where a bot counts all its messages together, ids have gaps."""
        if self.bot is not None:
            self.bot.last_message += 1
            return self.bot.last_message
        self.last_id += 1
        return self.last_id


@dataclass(eq=False)
class Message:
    """A message as it stands in a chat now. `history` holds what it said before each edit.

    `text` is the caption where there is `media`; `buttons` are the rows of labels; `more` are further fields of the Bot API
    (service messages, origins, senders that are chats)."""

    chat: Chat
    id: int
    sender: User | None
    date: datetime
    text: str = ""
    entities: list[Entity] = field(default_factory=list)
    media: Media | None = None
    markup: Json | None = None
    reply: Message | None = None
    topic: int = 0
    silent: bool = False
    protected: bool = False
    preview: Json | None = None
    more: Json = field(default_factory=dict)
    edited: datetime | None = None
    deleted: bool = False
    history: list[str] = field(default_factory=list)
    reactions: dict[int, list[str]] = field(default_factory=dict)

    @property
    def html(self) -> str:
        return write(self.text, self.entities)

    @property
    def kind(self) -> str:
        """`text`, `service`, or the kind of media."""
        return self.media.kind if self.media else "service" if self.more.get("service") else "text"

    @property
    def rows(self) -> list[list[Json]]:
        rows: list[list[Json]] = (self.markup or {}).get("inline_keyboard", [])
        return rows

    @property
    def buttons(self) -> list[list[str]]:
        return [[button["text"] for button in row] for row in self.rows]

    @property
    def labels(self) -> list[str]:
        return [label for row in self.buttons for label in row]

    def data(self, label: str) -> str:
        """What the button with this label carries."""
        for button in (button for row in self.rows for button in row):
            if button["text"] == label:
                return str(button.get("callback_data", ""))
        raise AssertionError(f"no button {label!r} on {self!r}, but {self.labels}")

    def __repr__(self) -> str:
        who = self.sender.name if self.sender else "?"
        return f"<{self.kind} {self.id} of {who} in {self.chat.title!r}: {self.text[:60]!r} {self.labels or ''}>"

    def json(self, bot: Bot, nested: bool = False) -> Json:
        told: Json = {"message_id": self.id, "date": int(self.date.timestamp()), "chat": self.chat.json()}
        if self.sender:
            told["from"] = self.sender.json()
        if self.topic:
            told |= {"message_thread_id": self.topic, "is_topic_message": True}
        if self.edited:
            told["edit_date"] = int(self.edited.timestamp())
        if self.media:
            told[self.media.kind] = self.media.json(bot)
        if self.media and self.media.kind == "animation":
            told["document"] = {k: v for k, v in told["animation"].items() if k not in ("width", "height", "duration")}
        if self.text:
            name = "caption" if self.media else "text"
            told[name] = self.text
            if self.entities:
                told["caption_entities" if self.media else "entities"] = [e.json() for e in self.entities]
        if self.markup and "inline_keyboard" in self.markup:
            told["reply_markup"] = self.markup
        if self.protected:
            told["has_protected_content"] = True
        if self.preview:
            told["link_preview_options"] = self.preview
        # In a topic, what answers nothing answers the message that opened it.
        answered = self.reply or (self.chat.messages.get(self.topic) if self.topic != self.id else None)
        if answered and not nested and not answered.deleted:
            told["reply_to_message"] = answered.json(bot, nested=True)
        extra = {k: v.json(bot, nested=True) if isinstance(v, Message) else v for k, v in self.more.items()}
        extra.pop("service", None)
        return {**told, **extra}
