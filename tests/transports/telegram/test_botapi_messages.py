"""The strict server under the real client: sending, changing, deleting, answering; every limit and every refusal."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import telegram
from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard
from telegram import ReplyParameters
from telegram.error import Forbidden

from tests.support.botapi.trial import Trial


@pytest.fixture
async def on() -> AsyncIterator[Trial]:
    async with Trial().running() as trial:
        await trial.anna.start()
        await trial.drain()
        yield trial


def keyboard(*labels: str) -> Keyboard:
    return Keyboard([[Button(label, callback_data=label.lower())] for label in labels])


# ---- what stands in the chat


async def test_a_message_stands_as_it_was_sent(on: Trial) -> None:
    sent = await on.call.send_message(
        on.anna.id,
        "<b>Good evening</b>, @anna &amp; all\n",
        "HTML",
        reply_markup=keyboard("Yes", "No"),
        disable_notification=True,
        protect_content=True,
        link_preview_options=telegram.LinkPreviewOptions(is_disabled=True),
    )
    shown = on.anna.last
    assert (shown.text, shown.html) == ("Good evening, @anna & all", "<b>Good evening</b>, @anna &amp; all")
    assert (shown.buttons, shown.silent, shown.protected) == ([["Yes"], ["No"]], True, True)
    assert [e.type for e in shown.entities] == ["bold", "mention"]
    assert (sent.text, sent.has_protected_content) == (shown.text, True)
    assert sent.link_preview_options == telegram.LinkPreviewOptions(is_disabled=True)
    assert [e.type for e in sent.entities] == ["bold", "mention"]
    assert sent.text_html == shown.html


async def test_entities_may_be_listed(on: Trial) -> None:
    await on.call.send_message(on.anna.id, "🏟 bold", entities=[telegram.MessageEntity("bold", 3, 4)])
    assert on.anna.last.html == "🏟 <b>bold</b>"
    outside = [telegram.MessageEntity("bold", 3, 5)]
    words = await on.refused(on.call.send_message(on.anna.id, "🏟 bold", entities=outside))
    assert words == "Bad Request: can't parse entities: an entity lies outside of the text"


@pytest.mark.parametrize(
    ("text", "taken"), [("x" * 4096, True), ("x" * 4097, False), ("🏟" * 2048, True), ("🏟" * 2049, False)]
)
async def test_a_text_has_4096_utf16_units(on: Trial, text: str, taken: bool) -> None:
    sending = on.call.send_message(on.anna.id, f"<b>{text}</b>  ", "HTML")
    if taken:
        assert (await sending).text == text
    else:
        assert await on.refused(sending) == "Bad Request: message is too long"


@pytest.mark.parametrize(("number", "taken"), [(100, True), (101, False)])
async def test_a_text_has_100_entities(on: Trial, number: int, taken: bool) -> None:
    sending = on.call.send_message(on.anna.id, "<b>x</b>" * number, "HTML")
    if taken:
        assert len((await sending).entities) == 100
    else:
        assert "at most 100" in await on.refused(sending)


@pytest.mark.parametrize(("length", "taken"), [(1024, True), (1025, False)])
async def test_a_caption_has_1024_units(on: Trial, length: int, taken: bool) -> None:
    sending = on.call.send_photo(on.anna.id, b"jpeg", "x" * length)
    if taken:
        assert (await sending).caption == "x" * length
    else:
        assert await on.refused(sending) == "Bad Request: message caption is too long"


@pytest.mark.parametrize("text", ["", "  \n ", "<b></b>", "\u200b"])
async def test_a_text_must_not_be_empty(on: Trial, text: str) -> None:
    assert await on.refused(on.call.send_message(on.anna.id, text, "HTML")) == "Bad Request: message text is empty"


async def test_html_that_cannot_be_parsed(on: Trial) -> None:
    words = await on.refused(on.call.send_message(on.anna.id, "a <q>b</q>", "HTML"))
    assert words == 'Bad Request: can\'t parse entities: Unsupported start tag "q" at byte offset 2'
    assert (await on.call.send_message(on.anna.id, "a <q>b</q>")).text == "a <q>b</q>"


@pytest.mark.parametrize(
    ("data", "taken"), [("x" * 64, True), ("x" * 65, False), ("é" * 32, True), ("é" * 33, False), ("", False)]
)
async def test_a_button_carries_1_to_64_bytes(on: Trial, data: str, taken: bool) -> None:
    sending = on.call.send_message(on.anna.id, "?", reply_markup=Keyboard([[Button("Yes", callback_data=data)]]))
    if taken:
        await sending
        assert (await on.anna.press("Yes")).data == data
    else:
        assert await on.refused(sending) == "Bad Request: BUTTON_DATA_INVALID"


# ---- who can be reached


async def test_who_has_not_begun_cannot_be_written_to(on: Trial) -> None:
    berta = on.api.person("Berta")
    assert await on.refused(on.call.send_message(berta.id, "x")) == "Bad Request: chat not found"
    on.api.group("Table", [on.anna, berta], bots=[on.bot])
    with pytest.raises(Forbidden):
        await on.call.send_message(berta.id, "x")
    assert on.api.audit.calls[-1].error == "Forbidden: bot can't initiate conversation with a user"
    await berta.start()
    await on.call.send_message(berta.id, "x")


async def test_who_has_blocked_the_bot_or_is_gone(on: Trial) -> None:
    sent = await on.call.send_message(on.anna.id, "x")
    await on.anna.block()
    blocked = "Forbidden: bot was blocked by the user"
    assert await on.refused(on.call.send_message(on.anna.id, "x")) == blocked
    assert await on.refused(sent.edit_text("y")) == blocked
    assert await on.refused(on.call.send_photo(on.anna.id, b"jpeg")) == blocked
    await on.anna.start()
    await on.call.send_message(on.anna.id, "x")
    await on.anna.delete_account()
    with pytest.raises(Forbidden):
        await on.call.send_message(on.anna.id, "x")
    assert on.api.audit.calls[-1].error == "Forbidden: user is deactivated"


async def test_there_is_no_such_chat(on: Trial) -> None:
    for chat in (999, -100123, "@nobody", "abc"):
        assert await on.refused(on.call.send_message(chat, "x")) == "Bad Request: chat not found"


# ---- replies


async def test_replies(on: Trial) -> None:
    asked = await on.anna.say("Why?")
    await on.call.send_message(on.anna.id, "Because.", reply_parameters=ReplyParameters(asked.id))
    assert on.anna.last.reply is asked
    answer = await on.anna.reply(on.anna.last, "I see.")
    update = (await on.updates())[-1]
    assert update.message is not None
    assert update.message.reply_to_message is not None
    assert update.message.reply_to_message.text == "Because."
    await on.anna.delete(answer)
    await on.anna.reply(answer, "to what is gone")
    assert [u.message.reply_to_message for u in (await on.updates())[-1:] if u.message] == [None]
    words = "Bad Request: message to be replied not found"
    assert await on.refused(on.call.send_message(on.anna.id, "x", reply_parameters=ReplyParameters(answer.id))) == words
    loose = ReplyParameters(answer.id, allow_sending_without_reply=True)
    assert (await on.call.send_message(on.anna.id, "x", reply_parameters=loose)).reply_to_message is None


# ---- changing


async def test_editing(on: Trial) -> None:
    sent = await on.call.send_message(on.anna.id, "<i>one</i>", "HTML", reply_markup=keyboard("Yes"))
    changed = await sent.edit_text("two", reply_markup=keyboard("No"))
    assert isinstance(changed, telegram.Message)
    assert changed.edit_date == on.clock().replace(microsecond=0)
    assert (on.anna.last.text, on.anna.last.labels, on.anna.last.history) == ("two", ["No"], ["one"])
    await sent.edit_reply_markup(None)
    assert on.anna.last.labels == []
    assert on.anna.last.edited == on.clock()


async def test_an_edit_must_change_something(on: Trial) -> None:
    sent = await on.call.send_message(on.anna.id, "<b>one</b>", "HTML", reply_markup=keyboard("Yes"))
    words = (
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
        "current content and reply markup of the message"
    )
    same = sent.edit_text(" <b>one</b>", "HTML", reply_markup=keyboard("Yes"))
    assert await on.refused(same) == words
    assert await on.refused(sent.edit_reply_markup(keyboard("Yes"))) == words
    assert isinstance(await sent.edit_text("one", "HTML", reply_markup=keyboard("Yes")), telegram.Message)


async def test_what_can_be_edited(on: Trial) -> None:
    hers = await on.anna.say("mine")
    call, id = on.call, on.anna.id
    assert await on.refused(call.edit_message_text("x", id, hers.id)) == "Bad Request: message can't be edited"
    assert await on.refused(call.edit_message_text("x", id, 999)) == "Bad Request: message to edit not found"
    sent = await call.send_message(id, "text")
    photo = await call.send_photo(id, b"jpeg", "caption")
    assert await on.refused(photo.edit_text("x")) == "Bad Request: there is no text in the message to edit"
    assert await on.refused(sent.edit_caption("x")) == "Bad Request: there is no caption in the message to edit"
    assert await on.refused(sent.edit_text("")) == "Bad Request: message text is empty"
    assert await on.refused(sent.edit_text("x" * 4097)) == "Bad Request: message is too long"
    await photo.edit_caption("<b>new</b>", parse_mode="HTML")
    assert on.anna.last.html == "<b>new</b>"
    await sent.delete()
    assert await on.refused(sent.edit_text("x")) == "Bad Request: message to edit not found"


# ---- deleting


async def test_deleting(on: Trial) -> None:
    hers = await on.anna.say("hers")
    sent = await on.call.send_message(on.anna.id, "mine")
    assert await on.call.delete_message(on.anna.id, hers.id)
    assert await sent.delete()
    assert [m.text for m in on.anna.sees] == ["/start"]
    assert on.anna.chat().messages[sent.message_id].deleted
    assert await on.refused(sent.delete()) == "Bad Request: message to delete not found"


@pytest.mark.parametrize(("hours", "seconds", "taken"), [(48, 0, True), (48, 1, False)])
async def test_messages_can_be_deleted_for_48_hours(on: Trial, hours: int, seconds: int, taken: bool) -> None:
    sent = await on.call.send_message(on.anna.id, "mine")
    on.clock.move(hours=hours, seconds=seconds)
    if taken:
        assert await sent.delete()
    else:
        assert await on.refused(sent.delete()) == "Bad Request: message can't be deleted for everyone"
        assert on.anna.last.text == "mine"


async def test_deleting_several_skips_what_is_not_there(on: Trial) -> None:
    first, second = [await on.call.send_message(on.anna.id, t) for t in "ab"]
    assert await on.call.delete_messages(on.anna.id, [first.message_id, 999, second.message_id])
    assert on.anna.got == []


# ---- presses


async def test_a_press_is_answered_once_and_soon(on: Trial) -> None:
    await on.call.send_message(on.anna.id, "?", reply_markup=keyboard("Yes"))
    press = await on.anna.press("Yes")
    (update,) = await on.drain()
    assert update.callback_query is not None
    assert (update.callback_query.data, update.callback_query.from_user.id) == ("yes", on.anna.id)
    assert await update.callback_query.answer("Noted.", show_alert=True)
    assert (on.anna.answers, on.anna.alerts) == (["Noted."], ["Noted."])
    old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert await on.refused(update.callback_query.answer()) == old
    assert await on.refused(on.call.answer_callback_query("77")) == old
    late = await on.anna.press("Yes")
    on.clock.move(seconds=61)
    assert await on.refused(on.call.answer_callback_query(late.id)) == old
    assert press.answered
    assert not late.answered


async def test_presses_can_be_forged_and_buttons_be_missing(on: Trial) -> None:
    await on.call.send_message(on.anna.id, "?", reply_markup=keyboard("Yes"))
    message = on.anna.last
    again = await on.call.send_message(on.anna.id, "again?", reply_markup=keyboard("Yes"))
    await again.delete()
    assert (await on.anna.press("Yes")).message is message
    await on.drain()
    await on.anna.press_data(message, "forged")
    with pytest.raises(AssertionError, match="sees no button 'No'"):
        await on.anna.press("No")
    await on.call.delete_message(on.anna.id, message.id)
    await on.anna.press_data(message, "gone")
    asked = [u.callback_query for u in await on.updates() if u.callback_query]
    assert [q.data for q in asked] == ["forged", "gone"]
    assert asked[1].message is not None
    assert asked[1].message.date.timestamp() == 0, "so Telegram says that a message is not there any more"
