"""The methods that put a new message into a chat."""

from __future__ import annotations

from tests.support.botapi.asking import Ask, method
from tests.support.botapi.entities import visible
from tests.support.botapi.errors import ApiError, bad
from tests.support.botapi.model import Chat, Json, Media, Message

MOST_TEXT, MOST_CAPTION = 4096, 1024
FILES = {
    "sendPhoto": ("photo", "photos"),
    "sendDocument": ("document", "documents"),
    "sendAudio": ("audio", "music"),
    "sendVideo": ("video", "videos"),
    "sendVoice": ("voice", "voice notes"),
    "sendSticker": ("sticker", "stickers"),
    "sendAnimation": ("animation", "animations"),
    "sendVideoNote": ("video_note", "video notes"),
}
"""Each method with the kind that it sends, and what the complaint calls it."""

NEW = {"sendMessage", "sendLocation", "sendContact", "copyMessage", "forwardMessage", *FILES}
"""The methods that the limits count."""


@method("sendMessage")
def send_message(ask: Ask) -> Json:
    chat = _may_send(ask.chat(), ask, "text messages")
    text, entities = ask.formatted("text", MOST_TEXT, "message is too long")
    if not visible(text):
        raise bad("message text is empty")
    message = Message(
        chat, 0, ask.bot, ask.world.clock(), text, entities, preview=ask.json("link_preview_options", dict)
    )
    return post(ask, message).json(ask.bot)


def _send_file(kind: str, called: str) -> object:
    def send(ask: Ask) -> Json:
        chat = _may_send(ask.chat(), ask, called)
        media = _file(ask, kind)
        text, entities = ask.formatted("caption", MOST_CAPTION, "message caption is too long")
        if kind in ("sticker", "video_note"):
            text, entities = "", []
        message = Message(chat, 0, ask.bot, ask.world.clock(), text, entities, media)
        return post(ask, message).json(ask.bot)

    return send


for _name, (_kind, _called) in FILES.items():
    method(_name)(_send_file(_kind, _called))  # type: ignore[arg-type] # it is a Method


def _file(ask: Ask, kind: str) -> Media:
    """The file of a call: uploaded under its name, attached under another one, or known by its id."""
    given = ask.text(kind)
    upload = ask.files.get(given.removeprefix("attach://") if given.startswith("attach://") else kind)
    if upload is None:
        if not given:
            raise bad(f"there is no {kind.replace('_', ' ')} in the request")
        return ask.world.media(kind, ask.world.file(ask.bot, given, kind))
    size = len(upload.data)
    if size == 0:
        raise bad("file must be non-empty")
    if size > ask.world.upload_limit:
        raise ApiError(413, "Request Entity Too Large")
    if kind == "photo" and size > ask.world.photo_limit:
        raise bad(f'file "{upload.name}" of size {size} bytes is too big for a photo')
    told = {"duration": ask.number("duration")} if ask.number("duration") else {}
    return ask.world.media(kind, ask.world.keep(kind, upload.data, upload.name, upload.mime), **told)


@method("sendLocation")
def send_location(ask: Ask) -> Json:
    chat = _may_send(ask.chat(), ask, "text messages")
    try:
        place = {name: float(ask.text(name)) for name in ("latitude", "longitude")}
    except ValueError as error:
        raise bad("wrong latitude or longitude specified") from error
    if not (-90 <= place["latitude"] <= 90 and -180 <= place["longitude"] <= 180):
        raise bad("wrong latitude or longitude specified")
    media = Media("location", None, place)
    return post(ask, Message(chat, 0, ask.bot, ask.world.clock(), media=media)).json(ask.bot)


@method("sendContact")
def send_contact(ask: Ask) -> Json:
    chat = _may_send(ask.chat(), ask, "contacts")
    told = {name: ask.text(name) for name in ("phone_number", "first_name", "last_name") if ask.text(name)}
    if "phone_number" not in told or "first_name" not in told:
        raise bad(f'field "{"phone_number" if "phone_number" not in told else "first_name"}" must be specified')
    media = Media("contact", None, told)
    return post(ask, Message(chat, 0, ask.bot, ask.world.clock(), media=media)).json(ask.bot)


@method("copyMessage")
def copy_message(ask: Ask) -> Json:
    """The same content again, without a link to its author, with another caption if one is given."""
    source = _source(ask, "copy", "copied")
    chat = _may_send(ask.chat(), ask, "text messages")
    message = Message(chat, 0, ask.bot, ask.world.clock(), source.text, source.entities, source.media)
    if "caption" in ask.given and source.media:
        message.text, message.entities = ask.formatted("caption", MOST_CAPTION, "message caption is too long")
    return {"message_id": post(ask, message).id}


@method("forwardMessage")
def forward_message(ask: Ask) -> Json:
    source = _source(ask, "forward", "forwarded")
    chat = _may_send(ask.chat(), ask, "text messages")
    message = Message(chat, 0, ask.bot, ask.world.clock(), source.text, source.entities, source.media)
    message.more = origin(source)
    return post(ask, message).json(ask.bot)


def origin(source: Message) -> Json:
    """What a forwarded message tells about where it comes from."""
    if "forward_origin" in source.more:
        return {"forward_origin": source.more["forward_origin"]}
    at = int(source.date.timestamp())
    if source.sender is None:
        return {"forward_origin": {"type": "hidden_user", "date": at, "sender_user_name": "Somebody"}}
    return {"forward_origin": {"type": "user", "date": at, "sender_user": source.sender.json()}}


def _source(ask: Ask, verb: str, done: str) -> Message:
    message = ask.chat("from_chat_id").messages.get(ask.number("message_id"))
    if message is None or message.deleted:
        raise bad(f"message to {verb} not found")
    if message.protected or message.chat.protected or message.kind == "service":
        raise bad(f"message can't be {done}")
    return message


def _may_send(chat: Chat, ask: Ask, what: str) -> Chat:
    """The chat, if the bot has the right to send there."""
    if not chat.member(ask.bot).may_send:
        raise bad(f"not enough rights to send {what} to the chat")
    return chat


def post(ask: Ask, message: Message) -> Message:
    """Give the message its place in the chat: topic, reply, keyboard, manner."""
    chat = message.chat
    message.topic = _topic(ask, chat)
    message.reply = _reply(ask, chat)
    if message.reply is not None and not message.topic:
        message.topic = message.reply.topic
        _open(chat, ask, message.topic)
    message.markup = ask.markup()
    message.silent = ask.flag("disable_notification")
    message.protected = ask.flag("protect_content")
    return ask.world.place(message)


def _topic(ask: Ask, chat: Chat) -> int:
    if "message_thread_id" not in ask.given:
        return 0
    id = ask.number("message_thread_id")
    if id not in chat.topics or chat.topics[id].deleted:
        raise bad("message thread not found")
    _open(chat, ask, id)
    return id


def _open(chat: Chat, ask: Ask, topic: int) -> None:
    if topic and chat.topics[topic].closed and not chat.member(ask.bot).can("can_manage_topics"):
        raise bad("TOPIC_CLOSED")


def _reply(ask: Ask, chat: Chat) -> Message | None:
    given = ask.json("reply_parameters", dict) or {}
    id = int(given.get("message_id") or ask.number("reply_to_message_id"))
    if not id:
        return None
    message = chat.messages.get(id)
    if message is not None and not message.deleted:
        return message
    if given.get("allow_sending_without_reply") or ask.flag("allow_sending_without_reply"):
        return None
    raise bad("message to be replied not found")


@method("sendChatAction")
def send_chat_action(ask: Ask) -> bool:
    ask.chat()
    if not ask.text("action"):
        raise bad("wrong parameter action in request")
    return True
