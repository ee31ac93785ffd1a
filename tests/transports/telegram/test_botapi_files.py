"""The strict server under the real client: files, copies and forwards, marks, and what a bot tells about itself."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import telegram
from telegram.error import BadRequest

from tests.support.botapi.trial import Trial


@pytest.fixture
async def on() -> AsyncIterator[Trial]:
    async with Trial().running() as trial:
        await trial.anna.start()
        await trial.drain()
        yield trial


# ---- files


async def test_a_file_is_sent_used_again_and_fetched(on: Trial) -> None:
    sent = await on.call.send_document(
        on.anna.id, b"a,b\n1,2\n", "<i>Table</i>", filename="export.csv", parse_mode="HTML"
    )
    assert sent.document is not None
    assert (sent.document.file_name, sent.document.file_size, sent.caption) == ("export.csv", 8, "Table")
    again = await on.call.send_document(on.anna.id, sent.document.file_id)
    assert again.document == sent.document
    assert on.anna.file(on.anna.last).data == b"a,b\n1,2\n"
    fetched = await on.call.get_file(sent.document)
    assert bytes(await fetched.download_as_bytearray()) == b"a,b\n1,2\n"


async def test_each_kind_of_file(on: Trial) -> None:
    id, call = on.anna.id, on.call
    for kind, sending in {
        "photo": call.send_photo(id, b"x"),
        "document": call.send_document(id, b"x"),
        "audio": call.send_audio(id, b"x"),
        "video": call.send_video(id, b"x"),
        "voice": call.send_voice(id, b"x"),
        "sticker": call.send_sticker(id, b"x"),
        "animation": call.send_animation(id, b"x"),
        "video_note": call.send_video_note(id, b"x"),
        "location": call.send_location(id, 48.58, 7.75),
        "contact": call.send_contact(id, "+33 3 00 00 00 00", "Claire"),
    }.items():
        sent = await sending
        assert getattr(sent, kind), kind
        assert on.anna.last.kind == kind


async def test_what_people_send(on: Trial) -> None:
    await on.anna.photo(b"jpeg", "A square")
    await on.anna.voice(b"ogg", seconds=7)
    await on.anna.sticker("👍")
    await on.anna.location(48.58, 7.75)
    messages = [u.message for u in await on.updates() if u.message]
    photo, voice, sticker, place = messages
    assert (photo.caption, photo.photo[-1].file_size) == ("A square", 4)
    assert voice.voice is not None
    assert voice.voice.to_dict()["duration"] == 7
    assert sticker.sticker is not None
    assert sticker.sticker.emoji == "👍"
    assert place.location is not None
    fetched = await on.call.get_file(photo.photo[-1])
    assert bytes(await fetched.download_as_bytearray()) == b"jpeg"


async def test_a_file_id_belongs_to_one_bot_and_one_kind(on: Trial) -> None:
    sent = await on.call.send_photo(on.anna.id, b"jpeg")
    id = sent.photo[-1].file_id
    assert len({size.file_id for size in sent.photo}) == 2
    other = on.api.bot("7000002:another-strict-token")
    await on.anna.start(to=other)
    wrong = "Bad Request: wrong file identifier/HTTP URL specified"
    async with on.client(other) as call:
        assert await on.refused(call.send_photo(on.anna.id, id)) == wrong
    assert await on.refused(on.call.send_photo(on.anna.id, "https://example.org/x.jpg")) == wrong
    assert await on.refused(on.call.send_video(on.anna.id, id)) == "Bad Request: can't use file of type Photo as Video"
    unread = "Bad Request: wrong remote file identifier specified: can't unserialize it. Wrong last symbol"
    assert await on.refused(on.call.send_photo(on.anna.id, "nonsense")) == unread
    assert await on.refused(on.call.get_file("nonsense")) == "Bad Request: invalid file_id"
    await on.call.send_photo(on.anna.id, id)


async def test_files_have_limits(on: Trial) -> None:
    assert (on.api.upload_limit, on.api.download_limit, on.api.photo_limit) == (50 * 2**20, 20 * 2**20, 10 * 2**20)
    on.api.upload_limit, on.api.download_limit, on.api.photo_limit = 50, 20, 10
    call, id = on.call, on.anna.id
    await call.send_document(id, b"x" * 50)
    assert await on.refused(call.send_document(id, b"x" * 51)) == "Request Entity Too Large"
    assert (await on.refused(call.send_photo(id, b"x" * 11))).endswith("of size 11 bytes is too big for a photo")
    small, big = [(await call.send_document(id, b"x" * n)).document for n in (20, 21)]
    assert small is not None
    assert big is not None
    assert (await call.get_file(small)).file_size == 20
    assert await on.refused(call.get_file(big)) == "Bad Request: file is too big"
    assert await on.refused(call.send_document(id, b"")) == "Bad Request: file must be non-empty"


# ---- passing on


async def test_copies_and_forwards(on: Trial) -> None:
    berta = on.api.person("Berta")
    await berta.start()
    hers = await on.anna.photo(b"jpeg", "A square")
    copied = await on.call.copy_message(berta.id, on.anna.id, hers.id)
    assert (berta.last.id, berta.last.text, berta.last.more) == (copied.message_id, "A square", {})
    forwarded = await on.call.forward_message(berta.id, on.anna.id, hers.id)
    assert isinstance(forwarded.forward_origin, telegram.MessageOriginUser)
    assert forwarded.forward_origin.sender_user.id == on.anna.id
    sealed = await on.call.send_message(on.anna.id, "sealed", protect_content=True)
    call = on.call
    assert (
        await on.refused(call.copy_message(berta.id, on.anna.id, sealed.message_id))
        == "Bad Request: message can't be copied"
    )
    assert await on.refused(sealed.forward(berta.id)) == "Bad Request: message can't be forwarded"
    assert await on.refused(call.copy_message(berta.id, on.anna.id, 999)) == "Bad Request: message to copy not found"
    assert (
        await on.refused(call.forward_message(berta.id, on.anna.id, 999)) == "Bad Request: message to forward not found"
    )
    await berta.forward(hers)
    await berta.via(on.bot, "by a program")
    last = [u.message for u in await on.updates() if u.message][-2:]
    assert isinstance(last[0].forward_origin, telegram.MessageOriginUser)
    assert last[1].via_bot == on.call.bot


# ---- marks, and what the bot tells about itself


async def test_reactions_and_pins(on: Trial) -> None:
    hers = await on.anna.say("hello")
    assert await on.call.set_message_reaction(on.anna.id, hers.id, "👍")
    assert hers.reactions == {on.bot.id: ["👍"]}
    assert await on.refused(on.call.set_message_reaction(on.anna.id, hers.id, "🧭")) == "Bad Request: REACTION_INVALID"
    assert (
        await on.refused(on.call.set_message_reaction(on.anna.id, 999, "👍"))
        == "Bad Request: message to react not found"
    )
    assert await on.call.pin_chat_message(on.anna.id, hers.id)
    assert (await on.call.get_chat(on.anna.id)).pinned_message is not None
    assert await on.call.unpin_chat_message(on.anna.id)
    assert await on.refused(on.call.unpin_chat_message(on.anna.id)) == "Bad Request: message to unpin not found"
    assert await on.call.send_chat_action(on.anna.id, "typing")


async def test_commands_by_scope_and_language(on: Trial) -> None:
    group = on.api.group("Table", [on.anna], bots=[on.bot])
    call, berta = on.call, on.api.person("Berta", "fr")
    await call.set_my_commands([("help", "Help")])
    await call.set_my_commands([("hilfe", "Hilfe")], language_code="de")
    await call.set_my_commands([("lead", "Lead")], telegram.BotCommandScopeChat(on.anna.id))
    await call.set_my_commands([("bind", "Bind")], telegram.BotCommandScopeAllGroupChats())
    await call.set_my_commands([("close", "Close")], telegram.BotCommandScopeAllChatAdministrators())
    assert (on.anna.menu(chat=group.chat), berta.menu(chat=group.chat)) == (["close"], ["bind"])
    await call.set_my_commands([("mine", "Mine")], telegram.BotCommandScopeChatMember(group.id, on.anna.id))
    assert (on.anna.menu(), berta.menu()) == (["lead"], ["help"])
    assert (on.anna.menu(chat=group.chat), berta.menu(chat=group.chat)) == (["mine"], ["bind"])
    await call.delete_my_commands(telegram.BotCommandScopeChat(on.anna.id))
    assert on.anna.menu() == ["hilfe"]
    assert [c.command for c in await call.get_my_commands(language_code="de")] == ["hilfe"]
    assert await on.refused(call.set_my_commands([("Hilfe", "x")])) == "Bad Request: BOT_COMMAND_INVALID"
    assert await on.refused(call.set_my_commands([("x", "")])) == "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID"
    nobody = telegram.BotCommandScopeChat(999)
    assert await on.refused(call.set_my_commands([("x", "y")], nobody)) == "Bad Request: chat not found"


async def test_name_and_descriptions(on: Trial) -> None:
    call = on.call
    await call.set_my_name("Pnyx")
    await call.set_my_name("Pnyx auf Deutsch", language_code="de")
    await call.set_my_description("x" * 512)
    await call.set_my_short_description("x" * 120)
    assert [(await call.get_my_name(code)).name for code in ("", "de", "fr")] == ["Pnyx", "Pnyx auf Deutsch", "Pnyx"]
    assert len((await call.get_my_description()).description) == 512
    for setting in (
        call.set_my_name("x" * 65),
        call.set_my_description("x" * 513),
        call.set_my_short_description("x" * 121),
    ):
        with pytest.raises(BadRequest):
            await setting
