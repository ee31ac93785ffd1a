"""The methods about chats: what they are, who is in them, invitations, topics."""

from __future__ import annotations

from tests.support.botapi.asking import Ask, method
from tests.support.botapi.errors import bad
from tests.support.botapi.groups import open_topic
from tests.support.botapi.model import PERMISSIONS, Chat, Json, Topic

GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")


@method("getChat")
def get_chat(ask: Ask) -> Json:
    """All about a chat. A group that was upgraded still answers under its old id."""
    chat = ask.world.find(ask.bot, ask.text("chat_id"))
    if not chat.moved_to:
        chat = ask.chat()
    told = {
        **chat.json(),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(GIFTS, False),
    }
    if chat.is_group:
        told["permissions"] = dict.fromkeys(PERMISSIONS, True)
    if chat.pinned and chat.pinned[0] in chat.messages:
        told["pinned_message"] = chat.messages[chat.pinned[0]].json(ask.bot)
    return told


@method("getChatMember")
def get_member(ask: Ask) -> Json:
    chat, id = ask.chat(), ask.number("user_id")
    user = ask.world.people.get(id) or next((b for b in ask.world.bots.values() if b.id == id), None)
    if user is None:
        raise bad("PARTICIPANT_ID_INVALID")
    return chat.member(user).json()


@method("getChatAdministrators")
def get_administrators(ask: Ask) -> list[Json]:
    chat = ask.chat()
    if chat.type == "private":
        raise bad("there are no administrators in the private chat")
    return [m.json() for m in chat.members.values() if m.leads]


@method("getChatMemberCount")
def count_members(ask: Ask) -> int:
    return sum(m.present for m in ask.chat().members.values())


@method("leaveChat")
def leave_chat(ask: Ask) -> bool:
    chat = ask.chat()
    if chat.type == "private":
        raise bad("chat can't be left")
    ask.world.change(chat, ask.bot, ask.bot, status="left")
    return True


@method("createChatInviteLink")
def create_link(ask: Ask) -> Json:
    chat = _inviting(ask)
    most = ask.number("member_limit")
    if most and (not 1 <= most <= 99999 or ask.flag("creates_join_request")):
        raise bad(
            "member limit can't be specified for links requiring administrator approval"
            if 1 <= most <= 99999
            else "invalid member limit"
        )
    told = _link(ask, chat, primary=False)
    told["creates_join_request"] = ask.flag("creates_join_request")
    told |= {"member_limit": most} if most else {}
    told |= {"name": ask.text("name")} if ask.text("name") else {}
    return told


@method("exportChatInviteLink")
def export_link(ask: Ask) -> str:
    """A new primary link; the one before stops working."""
    chat = _inviting(ask)
    for url in [url for url, link in chat.links.items() if link["is_primary"]]:
        del chat.links[url]
    return str(_link(ask, chat, primary=True)["invite_link"])


def _inviting(ask: Ask) -> Chat:
    chat = ask.chat()
    if not chat.is_group or not chat.member(ask.bot).can("can_invite_users"):
        raise bad("not enough rights to manage chat invite link")
    return chat


def _link(ask: Ask, chat: Chat, primary: bool) -> Json:
    url = f"https://t.me/+{ask.world.chance.getrandbits(80):020x}"
    told: Json = {"invite_link": url, "creator": ask.bot.json(), "is_primary": primary, "is_revoked": False}
    chat.links[url] = {**told, "creates_join_request": False}
    return chat.links[url]


@method("createForumTopic")
def create_topic(ask: Ask) -> Json:
    chat = _forum(ask, "create a topic")
    if not 1 <= len(ask.text("name")) <= 128:
        raise bad("TOPIC_TITLE_EMPTY")
    topic = open_topic(ask.world, chat, ask.bot, ask.text("name"))
    return {"message_thread_id": topic.id, "name": topic.name, "icon_color": 7322096}


@method("editForumTopic")
def edit_topic(ask: Ask) -> bool:
    topic = _topic(ask, "edit the topic")
    if ask.text("name") in ("", topic.name):
        raise bad("TOPIC_NOT_MODIFIED")
    topic.name = ask.text("name")
    return True


@method("closeForumTopic")
def close_topic(ask: Ask) -> bool:
    return _toggle(ask, closed=True)


@method("reopenForumTopic")
def reopen_topic(ask: Ask) -> bool:
    return _toggle(ask, closed=False)


def _toggle(ask: Ask, closed: bool) -> bool:
    topic = _topic(ask, "close the topic" if closed else "reopen the topic")
    if topic.closed == closed:
        raise bad("TOPIC_NOT_MODIFIED")
    topic.closed = closed
    ask.world.serve(ask.chat(), ask.bot, topic.id, **{f"forum_topic_{'closed' if closed else 'reopened'}": {}})
    return True


@method("deleteForumTopic")
def delete_topic(ask: Ask) -> bool:
    topic = _topic(ask, "delete the topic")
    topic.deleted = True
    for message in ask.chat().messages.values():
        message.deleted = message.deleted or message.topic == topic.id
    return True


def _forum(ask: Ask, what: str) -> Chat:
    chat = ask.chat()
    if not chat.forum:
        raise bad("the chat is not a forum")
    if not chat.member(ask.bot).can("can_manage_topics"):
        raise bad(f"not enough rights to {what}")
    return chat


def _topic(ask: Ask, what: str) -> Topic:
    topic = _forum(ask, what).topics.get(ask.number("message_thread_id"))
    if topic is None or topic.deleted:
        raise bad("message thread not found")
    return topic
