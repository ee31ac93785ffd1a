"""What people see of what the bot sends, changes and deletes; and what it hears where that is not possible."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.core.rendered import Attachment, Choice
from bot.transports.matrix.errors import Failed
from bot.transports.matrix.session import Client
from bot.transports.matrix.writing import MOST, contents, size
from bot.transports.port import Media, Refused, Retry, Uncertain
from tests.support.homeserver import Homeserver
from tests.support.matrix_people import Gathering, Pool
from tests.transports.matrix.conftest import Open, now, words

pytestmark = pytest.mark.homeserver

YES_NO = (Choice("Yes", "a", chosen=True), Choice("No & never", "b"))


async def test_a_message_as_people_see_it(homeserver: Gathering, listen: Open) -> None:
    anna = await homeserver.person("anna")
    room = await homeserver.room(anna, homeserver.pool.account("bot"))
    listener = await listen()
    asked = await anna.say(room, "What is this?")
    message = words(
        ("title", "A vote"), "Shall we <b>begin</b>, @room?", ("item", "one"), ("item", "two"), ("note", "now")
    )
    await listener.matrix.send(room, replace(message, buttons=YES_NO, answers=asked), "vote/1")
    seen = await anna.reads(room, "A vote")

    assert seen.text == "A vote\n\nShall we <b>begin</b>, @\u2060room?\n\n• one\n• two\n\nnow\n\n1 ✓ Yes · 2 No & never"
    assert seen.html == (
        "<h4>A vote</h4><p>Shall we &lt;b&gt;begin&lt;/b&gt;, @\u2060room?</p><ul><li>one</li><li>two</li></ul>"
        "<p><em>now</em></p><p><strong>1</strong> ✓ Yes · <strong>2</strong> No &amp; never</p>"
    )
    assert seen.content["m.mentions"] == {}
    assert seen.content["msgtype"] == "m.text"
    assert seen.content["m.relates_to"] == {"m.in_reply_to": {"event_id": asked}}


async def test_the_same_key_shows_once_and_each_change_shows(homeserver: Gathering, listen: Open) -> None:
    anna = await homeserver.person("anna")
    room = await homeserver.room(anna, homeserver.pool.account("bot"))
    listener = await listen()
    first = await listener.matrix.send(room, words("A"), "card")
    assert await listener.matrix.send(room, words("another text"), "card") == first
    for text in ("B", "C", "B", "D", "D", "C"):
        assert await listener.matrix.edit(room, words(text), first.id) == first
    await anna.say(room, "that was all")
    seen = await anna.sees(room, lambda all_: all_ and all_[-1].text == "that was all")
    assert [s.text for s in seen if s.sender == listener.account.user][-1:] == ["C"]
    assert len([s for s in seen if s.event == first.id or s.text == "another text"]) == 1

    await listener.matrix.delete(room, first.id)
    await listener.matrix.delete(room, first.id)
    await listener.matrix.delete(room, "$nothing-of-this-name")
    seen = await anna.sees(room, lambda all_: any(s.deleted for s in all_))
    assert first.id in [s.event for s in seen if s.deleted]


async def test_what_was_not_answered_for_a_day_may_show_twice(
    homeserver: Gathering, listen: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The homeserver has taken it and could not say so; a day later it no longer knows the key."""
    hour = now()
    anna = await homeserver.person("anna")
    room = await homeserver.room(anna, homeserver.pool.account("bot"))
    listener = await listen(clock=lambda: hour)
    real = Client.put

    async def cut(self: Client, *given: Any) -> str:
        await real(self, *given)
        raise Failed("", 0)

    for later, known in ((timedelta(hours=22), True), (timedelta(hours=24), False)):
        monkeypatch.setattr(Client, "put", cut)
        with pytest.raises(Retry):
            await listener.matrix.send(room, words(f"after {later}"), f"{later}")
        monkeypatch.setattr(Client, "put", real)
        hour += later
        if not known:
            with pytest.raises(Uncertain) as error:
                await listener.matrix.send(room, words(f"after {later}"), f"{later}")
            assert error.value.forgotten
        assert (await listener.matrix.send(room, words(f"after {later}"), f"{later}")).id


async def test_a_long_message_comes_in_pieces_and_changes_as_one(homeserver: Gathering, listen: Open) -> None:
    anna = await homeserver.person("anna")
    room = await homeserver.room(anna, homeserver.pool.account("bot"))
    listener = await listen()
    long = "\n".join(f"{n} " + "wörter & more " * 20 for n in range(60))
    pieces = listener.matrix.pieces(words(long))
    assert pieces == 3
    receipt = await listener.matrix.send(room, words(long, buttons=YES_NO), "long")
    ids = receipt.id.split(",")
    assert len(ids) == pieces
    seen = await anna.sees(room, lambda all_: {s.event for s in all_} >= set(ids))
    mine = [s for s in seen if s.event in ids]
    assert "".join(s.text for s in mine).replace("\n\n1 ✓ Yes · 2 No & never", "") == long

    shorter = await listener.matrix.edit(room, words("short"), receipt.id)
    assert shorter.id == ids[0]
    seen = await anna.sees(room, lambda all_: [s.deleted for s in all_ if s.event in ids] == [False, True, True])
    assert next(s for s in seen if s.event == ids[0]).text == "short"
    longer = await listener.matrix.edit(room, words(long), shorter.id)
    assert (len(longer.id.split(",")), longer.id.split(",")[0]) == (3, ids[0])


async def test_the_largest_content_is_taken_and_one_byte_more_is_cut(homeserver: Gathering, listen: Open) -> None:
    room = await homeserver.room(await homeserver.person("anna"), homeserver.pool.account("bot"))
    listener = await listen()
    free = MOST - size(contents(words(""))[0])
    fits, over = words("x" * (free // 2 - 4)), words("x" * (free // 2 - 3))
    assert (len(contents(fits)), len(contents(over))) == (1, 2)
    assert MOST - 2 < size(contents(fits)[0]) <= MOST
    assert (await listener.matrix.send(room, fits, "fits")).id


async def test_what_the_homeserver_takes(homeserver: Gathering, listen: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """The homeserver's own bound, a byte to each side: the whole event may have 65,536."""
    room = await homeserver.room(await homeserver.person("anna"), homeserver.pool.account("bot"))
    listener = await listen()
    monkeypatch.setattr("bot.transports.matrix.writing.MOST", 10**6)
    taken, refused = 30_000, 40_000
    with pytest.raises(Refused, match="too large"):
        await listener.matrix.send(room, words("x" * refused), "refused")
    assert (await listener.matrix.send(room, words("x" * taken), "taken")).id


async def test_a_silent_message_is_a_notice(homeserver: Gathering, listen: Open) -> None:
    anna = await homeserver.person("anna")
    room = await homeserver.room(anna, homeserver.pool.account("bot"))
    listener = await listen()
    await listener.matrix.send(room, words("Good night", silent=True), "night")
    assert (await anna.reads(room, "Good night")).content["msgtype"] == "m.notice"


async def test_a_file_goes_with_its_words_and_is_known_again(homeserver: Gathering, listen: Open) -> None:
    anna = await homeserver.person("anna")
    room = await homeserver.room(anna, homeserver.pool.account("bot"))
    listener = await listen()
    file = Attachment("photo", "1", "map.png", "image/png", data=b"a map")
    receipt = await listener.matrix.send(room, words("The valley", attachment=file), "map")
    again = replace(file, ref=receipt.ref, data=None)
    same = await listener.matrix.send(room, words("Once more", attachment=again), "again")
    assert same.ref == receipt.ref
    assert receipt.ref.startswith("mxc://")
    seen = await anna.reads(room, "Once more")
    assert (seen.content["msgtype"], seen.content["filename"], seen.content["url"]) == (
        "m.image",
        "map.png",
        receipt.ref,
    )
    assert await listener.matrix.fetch(Media("photo", receipt.ref)) == b"a map"

    place = Attachment("location", "2", ref="48.58 7.75")
    await listener.matrix.send(room, words("Here", attachment=place), "place")
    assert (await anna.reads(room, "Here")).content["geo_uri"] == "geo:48.58,7.75"
    bare = Attachment("document", "3", "law.pdf", "application/pdf", data=b"%PDF")
    await listener.matrix.send(room, words(attachment=bare), "law")
    seen = await anna.reads(room, "law.pdf")
    assert (seen.text, seen.html) == ("law.pdf", "")


@pytest.fixture(scope="module")
def strict() -> Iterator[Pool]:
    """A homeserver with the rate limits that it comes with."""
    server = Homeserver(limits=True).start()
    yield Pool(server)
    server.stop()


async def test_a_homeserver_that_limits_us_is_obeyed(strict: Pool) -> None:
    gathering = Gathering(strict)
    bot = strict.account("bot")
    room = await gathering.room(bot)
    from bot.transports.matrix import Matrix
    from tests.transports.matrix.conftest import Listener

    listener = Listener(Matrix("test", strict.server.url, bot.user, bot.token, now), bot)
    await listener.once()
    refused: list[Retry] = []
    sent = 0
    while len(refused) < 2 and sent < 30:
        try:
            await listener.matrix.send(room, words("Hello"), f"hello/{sent}")
            sent += 1
        except Retry as error:
            refused.append(error)
    assert 5 <= sent < 30
    assert {error.scope for error in refused} == {"account"}
    assert all(timedelta(0) < error.after <= timedelta(seconds=10) for error in refused)
    admin = strict.server.register("admin", admin=True)
    path = f"/_synapse/admin/v1/users/{bot.user}/override_ratelimit"
    strict.server.ask("POST", path, {"messages_per_second": 0, "burst_count": 0}, admin.token)
    for more in range(20):
        assert (await listener.matrix.send(room, words("Hello"), f"more/{more}")).id
    await listener.matrix.close()
    await gathering.close()


async def test_nothing_is_sent_before_the_rooms_are_known(homeserver: Gathering, listen: Open) -> None:
    room = await homeserver.room(await homeserver.person("anna"), homeserver.pool.account("bot"))
    listener = await listen()
    await listener.matrix._session.forget()
    with pytest.raises(Retry):
        await listener.matrix.send(room, words("Hello"), "early")
    fresh = await homeserver.room(await homeserver.person("anna"), homeserver.pool.account("bot"), fresh=True)
    await listener.once()
    other = await homeserver.room(await homeserver.person("anna"), homeserver.pool.account("bot"), fresh=True)
    for known in (fresh, room):
        assert (await listener.matrix.send(known, words("Hello"), f"known {known}")).id
    with pytest.raises(Retry) as error:
        await listener.matrix.send(other, words("Hello"), "not yet")
    assert error.value.scope == "chat"


async def test_nothing_goes_in_the_clear_into_an_encrypted_room(homeserver: Gathering, listen: Open) -> None:
    anna = await homeserver.person("anna", encrypted=True)
    room = await homeserver.room(anna, homeserver.pool.account("bot"), encrypted=True)
    listener = await listen()
    with pytest.raises(Refused, match="encrypted"):
        await listener.matrix.send(room, words("Hello"), "clear")
    await anna.say(room, "Can you read this?")
    await anna.say(room, "And this?")
    heard = await listener.until(bool)
    assert [(e.bar, e.text, e.user) for e in heard] == [("unreadable", "", anna.user)]
    assert listener.matrix.counts["unreadable"] == 2


def test_contents_are_json_that_every_homeserver_takes() -> None:
    made = contents(words("half a \ud83d character, and a \0"))[0]
    assert made["body"] == "half a � character, and a �"
    assert json.loads(json.dumps(made)) == made
