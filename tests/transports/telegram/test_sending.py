"""Sending, changing, deleting, on the strict server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.core.rendered import Attachment, Rendered
from bot.transports.port import Gone, Media, Menu, Moved, Receipt, Refused, Retry, SendError, Uncertain
from bot.transports.telegram import Telegram
from bot.transports.telegram.html import LONGEST_CAPTION
from tests.support.telegram_account import TOKEN, Account, buttons, file, text

LONG = text("One sentence of many. " * 400, buttons=buttons("Yes"), answers="1")


@pytest.fixture
async def at() -> AsyncIterator[Account]:
    async with Account().open() as account:
        yield account


def texts(at: Account) -> list[str]:
    return [m.text for m in at.anna.got]


# ---- new messages


async def test_a_message_arrives_as_it_was_meant(at: Account) -> None:
    said = Rendered((("title", "Vote <now>"), ("text", "More trains?")), buttons("Yes", "No"), silent=True)
    receipt = await at.telegram.send(at.place, said, "k")
    seen = at.anna.last
    assert receipt == Receipt(str(seen.id))
    assert (seen.html, seen.buttons) == ("<b>Vote &lt;now&gt;</b>\nMore trains?", [["Yes", "No"]])
    assert (seen.data("No"), seen.silent, seen.preview) == ("k:1", True, {"is_disabled": True})


async def test_a_reply_points_at_what_it_answers_if_that_is_still_there(at: Account) -> None:
    asked = await at.anna.say("why?")
    await at.telegram.send(at.place, text(answers=f"{asked.id},999"), "k1")
    assert at.anna.last.reply is asked
    await at.telegram.send(at.place, text(answers="999"), "k2")
    await at.telegram.send(at.place, text(answers="$of:another.platform"), "k3")
    assert [m.reply for m in at.anna.got[1:]] == [None, None]


async def test_a_message_to_a_topic_stays_in_it(at: Account) -> None:
    group = at.api.group("Table", [at.anna], topics=True, bots=[at.bot])
    topic = await group.topic("Rail")
    await at.telegram.send(f"{group.id}/{topic.id}", text(), "k")
    assert [m.text for m in group.seen(topic)][-1] == "hello"


async def test_a_long_message_is_cut_and_has_all_its_ids(at: Account) -> None:
    assert at.telegram.pieces(LONG) == 3
    receipt = await at.telegram.send(at.place, LONG, "k")
    seen = at.anna.got
    assert receipt.id == ",".join(str(m.id) for m in seen)
    assert at.pauses == [1.0, 1.0]
    assert [m.labels for m in seen] == [[], [], ["Yes"]]
    assert [bool(m.reply) for m in seen] == [True, False, False]


async def test_a_cut_message_that_broke_off_is_taken_up_behind_what_arrived(at: Account) -> None:
    at.meanwhile = lambda: at.api.fail("sendMessage", 500)
    with pytest.raises(Retry):
        await at.telegram.send(at.place, LONG, "k")
    assert len(texts(at)) == 1
    at.meanwhile = bool
    receipt = await at.telegram.send(at.place, LONG, "k")
    assert "".join(f"{t} " for t in texts(at)) == "One sentence of many. " * 400
    assert receipt.id.split(",") == [str(m.id) for m in at.anna.got]


async def test_another_text_under_the_same_key_begins_anew(at: Account) -> None:
    at.meanwhile = lambda: at.api.cut("sendMessage", after=True)
    with pytest.raises(Uncertain):
        await at.telegram.send(at.place, LONG, "k")
    at.meanwhile = bool
    before = len(texts(at))
    await at.telegram.send(at.place, text("(This may be a repeat.) " + LONG.blocks[0][1]), "k")
    assert len(texts(at)) == before + 3


@pytest.mark.parametrize("nothing", [Rendered(()), text(" \n "), text("", attachment=file("photo", None))])
async def test_nothing_to_say_is_refused(at: Account, nothing: Rendered) -> None:
    with pytest.raises(Refused):
        await at.telegram.send(at.place, nothing, "k")
    assert at.telegram.pieces(nothing) == 1
    assert texts(at) == []


# ---- files


@pytest.mark.parametrize("kind", ["photo", "document", "audio", "video", "voice", "animation"])
async def test_a_file_arrives_with_the_text_below_it_and_then_has_a_name(at: Account, kind: str) -> None:
    said = text("<Look>", buttons=buttons("Yes"), attachment=file(kind, name="plan.pdf", mime="application/pdf"))
    first = await at.telegram.send(at.place, said, "k1")
    seen = at.anna.last
    assert (seen.kind, seen.html, seen.labels, at.anna.file(seen).data) == (kind, "&lt;Look&gt;", ["Yes"], b"bytes")
    again = await at.telegram.send(at.place, text(attachment=Attachment(kind, "id", ref=first.ref)), "k2")
    assert at.anna.file(at.anna.last) is at.anna.file(seen)
    assert again.ref == first.ref != ""


async def test_a_file_has_the_name_and_the_type_that_it_was_given(at: Account) -> None:
    await at.telegram.send(
        at.place, text(attachment=file("document", name='Plä"\r\nne.pdf', mime="application/pdf")), "k"
    )
    sent = at.anna.file(at.anna.last)
    assert (sent.name, sent.mime) == ("Plä___ne.pdf", "application/pdf")


@pytest.mark.parametrize("kind", ["sticker", "video_note"])
async def test_what_can_have_no_caption_is_followed_by_its_text(at: Account, kind: str) -> None:
    receipt = await at.telegram.send(at.place, text(attachment=file(kind), buttons=buttons("Yes")), "k")
    assert [(m.kind, m.text, m.labels) for m in at.anna.got] == [(kind, "", []), ("text", "hello", ["Yes"])]
    assert receipt.id == ",".join(str(m.id) for m in at.anna.got)


async def test_a_text_that_is_too_long_for_a_caption_follows_the_file(at: Account) -> None:
    said = text("x" * (LONGEST_CAPTION + 1), attachment=file("photo"))
    assert at.telegram.pieces(said) == 2
    await at.telegram.send(at.place, said, "k")
    assert [(m.kind, len(m.text)) for m in at.anna.got] == [("photo", 0), ("text", LONGEST_CAPTION + 1)]


async def test_a_place_is_sent_as_one(at: Account) -> None:
    said = Rendered((), attachment=Attachment("location", "id", ref="48.58 7.75"))
    await at.telegram.send(at.place, said, "k")
    media = at.anna.last.media
    assert media is not None
    assert media.told == {"latitude": 48.58, "longitude": 7.75}
    with pytest.raises(Refused):
        await at.telegram.send(at.place, Rendered((), attachment=Attachment("location", "id", ref="here")), "k2")


async def test_a_file_whose_name_is_not_known_any_more_is_sent_by_its_bytes(at: Account) -> None:
    forgotten = Attachment("photo", "id", ref="old-name", data=b"bytes")
    receipt = await at.telegram.send(at.place, text(attachment=forgotten), "k")
    assert at.anna.file(at.anna.last).data == b"bytes"
    assert receipt.ref not in ("", "old-name")
    with pytest.raises(Refused, match="file identifier"):
        await at.telegram.send(at.place, text(attachment=Attachment("photo", "id", ref="old-name")), "k2")


async def test_a_file_that_came_can_be_fetched(at: Account) -> None:
    await at.anna.photo(b"a picture")
    (event,) = (await at.receive()).events
    assert event.media is not None
    assert await at.telegram.fetch(event.media) == b"a picture"
    for media in (Media("photo", "unknown"), Media("location", "48 7"), Media("video", "F", size=30 * 2**20)):
        with pytest.raises(Refused):
            await at.telegram.fetch(media)


# ---- changes


async def test_a_message_is_changed_with_its_buttons(at: Account) -> None:
    receipt = await at.telegram.send(at.place, text("Before", buttons=buttons("Yes")), "k")
    for _ in range(2):
        assert await at.telegram.edit(at.place, text("After", "note", buttons=buttons("No")), receipt.id) == receipt
    seen = at.anna.last
    assert (seen.html, seen.labels, seen.history) == ("<i>After</i>", ["No"], ["Before"])
    await at.telegram.edit(at.place, text("Done"), receipt.id)
    assert seen.labels == []


async def test_a_cut_message_that_becomes_shorter_loses_its_last_pieces(at: Account) -> None:
    receipt = await at.telegram.send(at.place, LONG, "k")
    shorter = text("One sentence of many. " * 300, buttons=buttons("No"))
    changed = await at.telegram.edit(at.place, shorter, receipt.id)
    assert [m.labels for m in at.anna.got] == [[], ["No"]]
    assert changed.id == ",".join(receipt.id.split(",")[:2])
    changed = await at.telegram.edit(at.place, text("Short now", buttons=buttons("No")), receipt.id)
    assert [(m.text, m.labels) for m in at.anna.got] == [("Short now", ["No"])]
    assert changed.id == receipt.id.split(",")[0]
    with pytest.raises(Refused, match="too long"):
        await at.telegram.edit(at.place, LONG, changed.id)


async def test_a_caption_is_changed_whether_or_not_the_file_is_named(at: Account) -> None:
    receipt = await at.telegram.send(at.place, text("Before", attachment=file("photo")), "k")
    await at.telegram.edit(at.place, text("Named", attachment=file("photo")), receipt.id)
    await at.telegram.edit(at.place, text("Not named", buttons=buttons("Yes")), receipt.id)
    assert (at.anna.last.text, at.anna.last.labels) == ("Not named", ["Yes"])
    assert at.anna.last.history == ["Before", "Named"]
    with pytest.raises(Refused):
        await at.telegram.edit(at.place, text("x" * 1025, attachment=file("photo")), receipt.id)
    with pytest.raises(Refused):
        await at.telegram.edit(at.place, text("x" * 1025), receipt.id)


async def test_the_text_behind_a_file_is_changed_and_the_file_stays(at: Account) -> None:
    receipt = await at.telegram.send(at.place, text("Before", attachment=file("sticker")), "k")
    changed = await at.telegram.edit(at.place, text("After", attachment=file("sticker")), receipt.id)
    assert [(m.kind, m.text) for m in at.anna.got] == [("sticker", ""), ("text", "After")]
    assert changed == Receipt(receipt.id)


async def test_what_is_gone_or_somebody_elses_is_not_changed(at: Account) -> None:
    mine = await at.anna.say("mine")
    for remote in ("999", str(mine.id), "$of:another.platform"):
        with pytest.raises(Refused):
            await at.telegram.edit(at.place, text("After"), remote)


# ---- deletions


async def test_a_message_is_deleted_with_all_its_pieces_and_once_more_does_no_harm(at: Account) -> None:
    receipt = await at.telegram.send(at.place, LONG, "k")
    for _ in range(2):
        await at.telegram.delete(at.place, receipt.id)
    assert at.anna.got == []


async def test_what_is_too_old_must_stay(at: Account) -> None:
    receipt = await at.telegram.send(at.place, text(), "k")
    at.clock.move(hours=49)
    with pytest.raises(Refused, match="can't be deleted"):
        await at.telegram.delete(at.place, f"999,{receipt.id}")
    newer = await at.telegram.send(at.place, text("newer"), "k2")
    with pytest.raises(Refused):
        await at.telegram.delete(at.place, f"{receipt.id},{newer.id}")
    assert texts(at) == ["hello"]


# ---- around a chat


async def test_a_chat_has_its_own_commands_until_there_are_none(at: Account) -> None:
    await at.telegram.menu(at.place, Menu("de", (("help", "x" * 300), ("next", "weiter"))))
    assert at.anna.menu() == ["help", "next"]
    (briefs,) = at.bot.commands.values()
    assert [len(c["description"]) for c in briefs] == [256, 6]
    await at.telegram.menu(at.place, Menu("de"))
    assert at.anna.menu() == []


async def test_a_link_into_a_group_needs_the_right(at: Account) -> None:
    group = at.api.group("Table", [at.anna], bots=[at.bot], supergroup=True)
    with pytest.raises(Refused, match="ot enough rights"):
        await at.telegram.link(f"{group.id}")
    await group.promote(at.bot, "can_invite_users")
    ben = at.api.person("Ben")
    await group.join(ben, await at.telegram.link(f"{group.id}/5"))
    with pytest.raises(Refused):
        await at.telegram.link(at.place)


# ---- what goes wrong


async def failure(at: Account, place: str = "", key: str = "k") -> SendError:
    with pytest.raises(SendError) as caught:
        await at.telegram.send(place or at.place, text(), key)
    return caught.value


async def test_people_who_cannot_be_reached_are_gone(at: Account) -> None:
    await at.anna.block()
    assert (type(error := await failure(at)), str(error)) == (Gone, "blocked")
    await at.anna.delete_account()
    assert (type(error := await failure(at)), str(error)) == (Gone, "deactivated")
    assert (type(error := await failure(at, "1234")), str(error)) == (Gone, "not found")
    ben = at.api.person("Ben")
    at.api.group("Table", [ben], bots=[at.bot])
    assert (type(error := await failure(at, str(ben.id))), str(error)) == (Gone, "never started")


async def test_groups_that_do_not_want_the_bot_are_gone(at: Account) -> None:
    group = at.api.group("Table", [at.anna], topics=True, bots=[at.bot])
    topic = await group.topic("Rail")
    place = f"{group.id}/{topic.id}"
    await group.close(topic)
    assert (type(error := await failure(at, place)), str(error)) == (Gone, "topic closed")
    await group.drop(topic)
    assert (type(error := await failure(at, place)), str(error)) == (Gone, "topic deleted")
    await group.restrict(at.bot)
    assert (type(error := await failure(at, str(group.id))), str(error)) == (Gone, "not allowed to write")
    await group.kick(at.bot)
    assert (type(error := await failure(at, str(group.id))), str(error)) == (Gone, "kicked")


async def test_a_group_that_has_moved_says_where_to(at: Account) -> None:
    group = at.api.group("Table", [at.anna], bots=[at.bot])
    old = group.id
    new = await group.migrate(told=False)
    error = await failure(at, str(old))
    assert isinstance(error, Moved)
    assert error.place == str(new)


async def test_a_flood_is_the_chats_until_another_chat_has_one_too(at: Account) -> None:
    ben = at.api.person("Ben")
    await ben.start()
    at.api.flood(at.bot, 30)
    errors = [await failure(at), await failure(at), await failure(at, str(ben.id))]
    assert [(type(e), e.after, e.scope) for e in errors if isinstance(e, Retry)] == [
        (Retry, timedelta(seconds=30), "chat"),
        (Retry, timedelta(seconds=30), "chat"),
        (Retry, timedelta(seconds=30), "account"),
    ]


@pytest.mark.parametrize("code", [500, 502])
async def test_trouble_of_the_server_passes(at: Account, code: int) -> None:
    at.api.fail("sendMessage", code)
    error = await failure(at)
    assert isinstance(error, Retry)
    assert texts(at) == []


@pytest.mark.parametrize("after", [False, True])
async def test_no_answer_leaves_it_open_whether_it_arrived(at: Account, after: bool) -> None:
    at.api.cut("sendMessage", after=after)
    assert isinstance(await failure(at), Uncertain)
    assert texts(at) == ["hello"] * after


async def test_a_server_that_is_away_has_seen_nothing(at: Account) -> None:
    away = Telegram("main", TOKEN, at.clock, api="http://127.0.0.1:1")
    with pytest.raises(Retry) as caught:
        await away.send(at.place, text(), "k")
    await away.close()
    assert caught.value.scope == "account"


async def test_a_wrong_token_loses_no_message(at: Account) -> None:
    at.api.bots.clear()
    assert isinstance(await failure(at), Retry)
