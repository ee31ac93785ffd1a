"""The methods that change, remove, mark or answer what stands in a chat already."""

from __future__ import annotations

from tests.support.botapi.asking import Ask, method
from tests.support.botapi.entities import Entity, units, visible
from tests.support.botapi.errors import NOT_MODIFIED, TOO_OLD, bad
from tests.support.botapi.model import Chat, Json, Message
from tests.support.botapi.people import Person
from tests.support.botapi.sending import MOST_CAPTION, MOST_TEXT

EDITS = {"editMessageText", "editMessageCaption", "editMessageReplyMarkup"}
"""The methods that the limits count in groups."""

REACTIONS = set(
    "👍👎❤🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🤮💩🙏👌🕊🤡🥱🥴😍🐳💯🤣⚡🍌🏆💔🤨😐🍓🍾💋🖕😈😴😭🤓👻👀🎃🙈😇😨🤝✍🤗🫡🎅🎄☃💅🤪🗿🆒💘🙉🦄😘💊🙊😎👾🤷😡"
)


@method("editMessageText")
def edit_text(ask: Ask) -> Json:
    message = _mine(ask)
    if message.media:
        raise bad("there is no text in the message to edit")
    text, entities = ask.formatted("text", MOST_TEXT, "message is too long")
    if not visible(text):
        raise bad("message text is empty")
    return _change(ask, message, text, entities)


@method("editMessageCaption")
def edit_caption(ask: Ask) -> Json:
    message = _mine(ask)
    if not message.media or message.media.kind in ("sticker", "video_note", "location", "contact"):
        raise bad("there is no caption in the message to edit")
    return _change(ask, message, *ask.formatted("caption", MOST_CAPTION, "message caption is too long"))


@method("editMessageReplyMarkup")
def edit_markup(ask: Ask) -> Json:
    message = _mine(ask)
    return _change(ask, message, message.text, message.entities)


def _mine(ask: Ask) -> Message:
    """The message to edit: it must be there, and the bot's own."""
    message = ask.chat().messages.get(ask.number("message_id"))
    if message is None or message.deleted:
        raise bad("message to edit not found")
    if message.sender is not ask.bot or "forward_origin" in message.more or message.kind == "service":
        raise bad("message can't be edited")
    return message


def _change(ask: Ask, message: Message, text: str, entities: list[Entity]) -> Json:
    markup = ask.markup()
    preview = ask.json("link_preview_options", dict) or message.preview
    if (text, entities, markup, preview) == (message.text, message.entities, message.markup, message.preview):
        raise bad(NOT_MODIFIED)
    message.history.append(message.text)
    message.text, message.entities, message.markup, message.preview = text, entities, markup, preview
    message.edited = ask.world.clock()
    return message.json(ask.bot)


@method("deleteMessage")
def delete_message(ask: Ask) -> bool:
    chat = ask.chat()
    message = chat.messages.get(ask.number("message_id"))
    if message is None or message.deleted:
        raise bad("message to delete not found")
    _check_deletable(ask, chat, message)
    message.deleted = True
    return True


@method("deleteMessages")
def delete_messages(ask: Ask) -> bool:
    """Several at once. What is not there is skipped; what may not be deleted refuses them all."""
    chat = ask.chat()
    ids = ask.json("message_ids", list) or []
    if not 1 <= len(ids) <= 100:
        raise bad("message identifiers are not specified" if not ids else "too many message identifiers specified")
    found = [m for id in ids if (m := chat.messages.get(int(id))) and not m.deleted]
    for message in found:
        _check_deletable(ask, chat, message)
    for message in found:
        message.deleted = True
    return True


def _check_deletable(ask: Ask, chat: Chat, message: Message) -> None:
    if ask.world.clock() - message.date > ask.world.deletable:
        raise bad("message can't be deleted for everyone")
    foreign = chat.type != "private" and message.sender is not ask.bot
    if (foreign and not chat.member(ask.bot).can("can_delete_messages")) or message.id in chat.topics:
        raise bad("message can't be deleted")


@method("answerCallbackQuery")
def answer_press(ask: Ask) -> bool:
    press = ask.bot.presses.get(ask.text("callback_query_id"))
    if press is None or press.answered or ask.world.clock() - press.at > ask.world.press_life:
        raise bad(TOO_OLD)
    if units(ask.text("text")) > 200:
        raise bad("MESSAGE_TOO_LONG")
    press.answered = True
    if isinstance(press.person, Person):
        press.person.answers.append(ask.text("text"))
        if ask.flag("show_alert"):
            press.person.alerts.append(ask.text("text"))
    return True


@method("setMessageReaction")
def set_reaction(ask: Ask) -> bool:
    message = ask.chat().messages.get(ask.number("message_id"))
    if message is None or message.deleted:
        raise bad("message to react not found")
    given = ask.json("reaction", list) or []
    if len(given) > 1:
        raise bad("REACTIONS_TOO_MANY")
    if any(r.get("type") != "emoji" or r.get("emoji") not in REACTIONS for r in given):
        raise bad("REACTION_INVALID")
    message.reactions[ask.bot.id] = [r["emoji"] for r in given]
    return True


@method("pinChatMessage")
def pin(ask: Ask) -> bool:
    chat = _may_pin(ask)
    message = chat.messages.get(ask.number("message_id"))
    if message is None or message.deleted or message.kind == "service":
        raise bad("message to pin not found")
    chat.pinned = [message.id, *(id for id in chat.pinned if id != message.id)]
    ask.world.serve(chat, ask.bot, message.topic, pinned_message=message)
    return True


@method("unpinChatMessage")
def unpin(ask: Ask) -> bool:
    chat = _may_pin(ask)
    id = ask.number("message_id") or (chat.pinned[0] if chat.pinned else 0)
    if id not in chat.pinned:
        raise bad("message to unpin not found")
    chat.pinned.remove(id)
    return True


def _may_pin(ask: Ask) -> Chat:
    chat = ask.chat()
    if chat.type != "private" and not chat.member(ask.bot).can("can_pin_messages"):
        raise bad("not enough rights to manage pinned messages in the chat")
    return chat
