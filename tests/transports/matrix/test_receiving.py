"""What people do on the homeserver, as the engine hears of it."""

from __future__ import annotations

import pytest

from tests.support.matrix_people import Gathering
from tests.transports.matrix.conftest import Open

pytestmark = pytest.mark.homeserver


async def test_what_a_person_does_in_a_room(homeserver: Gathering, listen: Open) -> None:
    anna = await homeserver.person("anna")
    bot = homeserver.pool.account("bot")
    room = await homeserver.room(anna, bot)
    listener = await listen()

    first = await anna.say(room, "Bonjour")
    second = await anna.reply(room, first, "> <@anna:pnyx.test> Bonjour\n\net toi ?")
    third = await anna.thread(room, first, "in a thread")
    await anna.edit(room, first, "Bonsoir")
    await anna.react(room, second, "👍")
    await anna.image(room, b"png", "a.png", "my view")
    await anna.send(room, "org.matrix.msc3381.poll.start", {"org.matrix.msc1767.text": "Agree?"})
    await anna.say(room, "!join ABC")
    await anna.say(room, "!important")
    await listener.until(lambda all_: len(all_) == 9)
    await anna.redact(room, third)
    heard = await listener.until(lambda all_: len(all_) == 10)

    assert {(e.user, e.place, e.room) for e in heard} == {(anna.user, room, True)}
    assert [(e.kind, e.text, e.bar) for e in heard] == [
        ("message", "Bonjour", ""),
        ("message", "et toi ?", ""),
        ("message", "in a thread", ""),
        ("edit", "Bonsoir", ""),
        ("reaction", "👍", ""),
        ("message", "my view", ""),
        ("message", "", "unknown"),
        ("message", "!join ABC", ""),
        ("message", "!important", ""),
        ("redaction", "", ""),
    ]
    assert [e.message for e in heard[:3]] == [first, second, third]
    assert [e.answers for e in heard[:3]] == ["", first, first]
    assert (heard[3].message, heard[4].message, heard[9].message) == (first, second, third)
    media = heard[5].media
    assert media is not None
    assert (media.kind, media.name, media.mime, media.size) == ("photo", "a.png", "image/png", 3)
    assert await listener.matrix.fetch(media) == b"png"
