"""The strict server under the real client: groups, privacy mode, rights, topics, members, migration."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import telegram
from telegram import ReplyParameters
from telegram.error import BadRequest, ChatMigrated, Forbidden

from tests.support.botapi import Group, Topic
from tests.support.botapi.trial import Trial


@pytest.fixture
async def on() -> AsyncIterator[Trial]:
    async with Trial().running() as trial:
        yield trial


def table(on: Trial, **how: bool) -> Group:
    return on.api.group("Table 3", [on.anna, on.api.person("Berta")], bots=[on.bot], **how)


def said(updates: list[telegram.Update]) -> list[str | None]:
    return [u.effective_message.text for u in updates if u.effective_message]


# ---- what a bot hears


async def test_with_privacy_a_bot_hears_only_what_is_meant_for_it(on: Trial) -> None:
    group = table(on)
    for text in ("hello", "/bind 7", "/bind@other_bot 7", "/bind@pnyx1_bot 7", "/BIND@PNYX1_bot", "a /bind@pnyx1_bot"):
        await group.say(on.anna, text)
    assert said(await on.drain()) == ["/bind@pnyx1_bot 7", "/BIND@PNYX1_bot"]
    await on.call.send_message(group.id, "Good evening")
    await group.say(on.anna, "/bind 7")
    await group.say(on.anna, "hello again")
    await on.anna.reply(group.last, "an answer")
    await on.anna.via(on.bot, "via the bot", chat=group.chat)
    assert said(await on.drain()) == ["/bind 7", "an answer", "via the bot"]


async def test_a_bare_command_is_for_the_bot_that_spoke_last(on: Trial) -> None:
    group, other = table(on), on.api.bot("7000002:another-strict-token")
    await group.add(other)
    await on.call.send_message(group.id, "Good evening")
    async with on.client(other) as call:
        await call.send_message(group.id, "I am another one")
        await on.drain()
        await group.say(on.anna, "/help")
        assert said(await on.updates()) == []
        assert said(list(await call.get_updates(timeout=0)))[-1] == "/help"


@pytest.mark.parametrize("how", ["no privacy", "administrator"])
async def test_without_privacy_or_with_rights_it_hears_everything_but_bots(on: Trial, how: str) -> None:
    group, other = table(on), on.api.bot("7000002:another-strict-token")
    group.chat.members[other.id] = type(group.chat.member(other))(other)
    on.bot.privacy = how != "no privacy"
    if how == "administrator":
        await group.promote(on.bot)
    await on.drain()
    async with on.client(other) as call:
        await call.send_message(group.id, "words of a bot")
    await on.call.send_message(group.id, "own words")
    await group.say(on.anna, "hello")
    assert said(await on.updates()) == ["hello"]


async def test_senders_who_are_nobody(on: Trial) -> None:
    group = table(on, supergroup=True)
    await group.promote(on.bot)
    await on.drain()
    await group.anonymous("/close")
    await group.post("News of the channel")
    first, second = [u.message for u in await on.updates() if u.message]
    assert first.from_user is not None
    assert first.sender_chat is not None
    assert (first.from_user.id, first.sender_chat.id, first.from_user.is_bot) == (1087968824, group.id, True)
    assert second.from_user is not None
    assert (second.from_user.id, second.is_automatic_forward) == (777000, True)
    assert isinstance(second.forward_origin, telegram.MessageOriginChannel)


# ---- who is there


async def test_members_come_and_go(on: Trial) -> None:
    group = table(on, supergroup=True)
    await group.promote(on.bot)
    await on.updates(allowed_updates=telegram.Update.ALL_TYPES)
    await on.drain()
    carla = on.api.person("Carla")
    await group.add(carla)
    await group.add(carla)
    await group.kick(carla)
    kinds = [next(k for k in u.to_dict() if k != "update_id") for u in await on.updates()]
    assert kinds == ["chat_member", "message", "message", "chat_member"]
    changes = [u.chat_member.new_chat_member.status for u in await on.drain() if u.chat_member]
    assert changes == ["member", "kicked"]
    await on.anna.react(await group.say(on.anna, "hello"), "👍")
    assert [u.message_reaction is None for u in await on.drain()] == [True, False]
    await group.promote(on.bot, "can_pin_messages")
    await group.demote(on.bot)
    assert [u.chat_member for u in await on.drain()] == [None, None], "it is told as what it is, its own change"
    await on.anna.react(group.sees[-1], "👎")
    await group.add(carla)
    (update,) = await on.updates()
    assert update.message is not None
    assert [user.first_name for user in update.message.new_chat_members] == ["Carla"]


async def test_the_bot_is_added_and_kicked(on: Trial) -> None:
    group = on.api.group("Table 3", [on.anna], supergroup=True)
    assert await on.refused(on.call.send_message(group.id, "x")) == "Bad Request: chat not found"
    await group.add(on.bot)
    sent = await on.call.send_message(group.id, "Good evening")
    await group.kick(on.bot)
    statuses = [u.my_chat_member.new_chat_member.status for u in await on.updates() if u.my_chat_member]
    assert statuses == ["member", "kicked"]
    with pytest.raises(Forbidden):
        await on.call.send_message(group.id, "x")
    assert on.api.audit.calls[-1].error == "Forbidden: bot was kicked from the supergroup chat"
    assert await on.refused(sent.edit_text("y")) == "Forbidden: bot was kicked from the supergroup chat"
    await group.add(on.bot)
    await on.call.leave_chat(group.id)
    gone = "Forbidden: bot is not a member of the supergroup chat"
    assert await on.refused(on.call.send_message(group.id, "x")) == gone


async def test_kicked_from_a_plain_group(on: Trial) -> None:
    group = table(on)
    await group.kick(on.bot)
    words = "Forbidden: bot was kicked from the group chat"
    assert await on.refused(on.call.send_message(group.id, "x")) == words


async def test_who_leads_and_who_is_there(on: Trial) -> None:
    group = table(on, supergroup=True)
    await group.promote(on.bot, "can_delete_messages")
    leads = await on.call.get_chat_administrators(group.id)
    assert [(m.user.first_name, m.status) for m in leads] == [("Anna", "creator"), ("Pnyx", "administrator")]
    me = await on.call.get_chat_member(group.id, on.bot.id)
    assert isinstance(me, telegram.ChatMemberAdministrator)
    assert (me.can_delete_messages, me.can_pin_messages) == (True, False)
    assert (await on.call.get_chat_member(group.id, on.api.person("Carla").id)).status == "left"
    assert await on.refused(on.call.get_chat_member(group.id, 999)) == "Bad Request: PARTICIPANT_ID_INVALID"
    assert await on.call.get_chat_member_count(group.id) == 3
    chat = await on.call.get_chat(group.id)
    assert (chat.title, chat.type, chat.is_forum) == ("Table 3", "supergroup", None)


async def test_invitations(on: Trial) -> None:
    group = table(on, supergroup=True)
    rights = "Bad Request: not enough rights to manage chat invite link"
    assert await on.refused(on.call.create_chat_invite_link(group.id)) == rights
    await group.promote(on.bot)
    link = await on.call.create_chat_invite_link(group.id, member_limit=1, name="Table 3")
    assert (link.creator.id, link.member_limit, link.is_primary) == (on.bot.id, 1, False)
    await on.updates(allowed_updates=telegram.Update.ALL_TYPES)
    await on.drain()
    await group.join(on.api.person("Carla"), link.invite_link)
    joined = next(u.chat_member for u in await on.updates() if u.chat_member)
    assert joined.invite_link is not None
    assert joined.invite_link.invite_link == link.invite_link
    first = await on.call.export_chat_invite_link(group.id)
    assert first != await on.call.export_chat_invite_link(group.id)
    assert first not in group.chat.links


# ---- rights


async def test_a_bot_without_the_right_to_send(on: Trial) -> None:
    group = table(on, supergroup=True)
    await group.restrict(on.bot)
    words = "Bad Request: not enough rights to send text messages to the chat"
    assert await on.refused(on.call.send_message(group.id, "x")) == words
    assert await on.refused(on.call.send_photo(group.id, b"x")) == words.replace("text messages", "photos")


async def test_deleting_and_pinning_need_rights(on: Trial) -> None:
    group = table(on, supergroup=True)
    own = await on.call.send_message(group.id, "own")
    hers = await group.say(on.anna, "hers")
    call = on.call
    assert await on.refused(call.delete_message(group.id, hers.id)) == "Bad Request: message can't be deleted"
    assert (
        await on.refused(call.delete_messages(group.id, [own.message_id, hers.id]))
        == "Bad Request: message can't be deleted"
    )
    assert await on.refused(own.pin()) == "Bad Request: not enough rights to manage pinned messages in the chat"
    assert await own.delete()
    await group.promote(on.bot)
    assert await call.delete_message(group.id, hers.id)
    assert await call.pin_chat_message(group.id, (await call.send_message(group.id, "rules")).message_id)
    pins = [u.message for u in await on.updates() if u.message and u.message.pinned_message]
    assert [getattr(p.pinned_message, "text", "") for p in pins] == ["rules"]


# ---- topics


async def test_topics(on: Trial) -> None:
    group = table(on, topics=True)
    assert (
        await on.refused(on.call.create_forum_topic(group.id, "A"))
        == "Bad Request: not enough rights to create a topic"
    )
    await group.promote(on.bot)
    made = await on.call.create_forum_topic(group.id, "Table 4")
    topic = group.chat.topics[made.message_thread_id]
    opening = on.call.delete_message(group.id, topic.id)
    assert await on.refused(opening) == "Bad Request: message can't be deleted"
    await on.drain()
    await group.say(on.anna, "in the topic", topic)
    (update,) = await on.drain()
    assert update.message is not None
    assert (update.message.message_thread_id, update.message.is_topic_message) == (topic.id, True)
    assert update.message.reply_to_message is not None
    assert update.message.reply_to_message.forum_topic_created is not None
    sent = await on.call.send_message(group.id, "also there", message_thread_id=topic.id)
    assert (sent.message_thread_id, [m.text for m in group.seen(topic)[1:]]) == (
        topic.id,
        ["in the topic", "also there"],
    )
    answer = await on.call.send_message(
        group.id, "an answer", reply_parameters=ReplyParameters(group.seen(topic)[1].id)
    )
    assert answer.message_thread_id == topic.id
    await on.call.send_message(group.id, "general")
    assert [m.text for m in group.seen() if m.kind == "text"] == ["general"]


async def test_topics_that_are_not_there_or_closed(on: Trial) -> None:
    group, plain = table(on, topics=True), table(on, supergroup=True)
    topic: Topic = await group.topic("Table 4")
    send = on.call.send_message
    missing = "Bad Request: message thread not found"
    assert await on.refused(send(group.id, "x", message_thread_id=1)) == missing
    assert await on.refused(send(group.id, "x", message_thread_id=999)) == missing
    assert await on.refused(send(plain.id, "x", message_thread_id=topic.id)) == missing
    assert await on.refused(on.call.create_forum_topic(plain.id, "x")) == "Bad Request: the chat is not a forum"
    await group.close(topic)
    assert await on.refused(send(group.id, "x", message_thread_id=topic.id)) == "Bad Request: TOPIC_CLOSED"
    await group.promote(on.bot)
    await send(group.id, "by one who may", message_thread_id=topic.id)
    await on.call.reopen_forum_topic(group.id, topic.id)
    await on.call.close_forum_topic(group.id, topic.id)
    assert await on.refused(on.call.close_forum_topic(group.id, topic.id)) == "Bad Request: TOPIC_NOT_MODIFIED"
    await group.drop(topic)
    assert await on.refused(send(group.id, "x", message_thread_id=topic.id)) == missing


# ---- migration


@pytest.mark.parametrize("told", [True, False])
async def test_a_group_moves(on: Trial, told: bool) -> None:
    group = table(on)
    old = group.id
    sent = await on.call.send_message(old, "before")
    new = await group.migrate(told)
    assert (group.id, str(new)[:4]) == (new, "-100")
    services = [u.message for u in await on.drain() if u.message]
    assert [(m.chat.id, m.migrate_to_chat_id, m.migrate_from_chat_id) for m in services] == (
        [(old, new, None), (new, None, old)] if told else []
    )
    for call in (on.call.send_message(old, "x"), sent.edit_text("y"), sent.delete()):
        with pytest.raises(ChatMigrated) as moved:
            await call
        assert moved.value.new_chat_id == new
        assert on.api.audit.calls[-1].error == "Bad Request: group chat was upgraded to a supergroup chat"
    await on.call.send_message(new, "after")
    assert [m.text for m in group.sees if m.kind == "text"] == ["after"]
    with pytest.raises(BadRequest):
        await on.call.edit_message_text("z", new, sent.message_id + 50)


async def test_presses_in_groups(on: Trial) -> None:
    group = table(on)
    keyboard = telegram.InlineKeyboardMarkup([[telegram.InlineKeyboardButton("Yes", callback_data="y")]])
    await on.call.send_message(group.id, "?", reply_markup=keyboard)
    await group.press(on.anna, "Yes")
    (update,) = await on.updates()
    assert update.callback_query is not None
    assert update.callback_query.message is not None
    assert (update.callback_query.from_user.id, update.callback_query.message.chat.id) == (on.anna.id, group.id)
