"""The simulated people themselves: what one says the other sees, in the clear and encrypted."""

from __future__ import annotations

import pytest

from tests.support.matrix_people import Gathering

pytestmark = pytest.mark.homeserver


@pytest.mark.parametrize("encrypted", [False, True])
async def test_one_says_and_the_other_sees(homeserver: Gathering, encrypted: bool) -> None:
    anna = await homeserver.person("anna", encrypted=encrypted)
    ben = await homeserver.person("ben", encrypted=encrypted)
    room = await homeserver.room(anna, ben, encrypted=encrypted)
    said = await anna.say(room, "Bonjour")
    await anna.edit(room, said, "Bonsoir")
    await anna.reply(room, said, "et toi ?")
    await anna.say(room, "gone")
    seen = await ben.sees(room, lambda all_: len(all_) == 3)
    await ben.react(room, said, "👍")
    await anna.redact(room, seen[2].event)
    seen = await ben.sees(room, lambda all_: all_[2].deleted)

    assert [(s.text, s.edited, s.locked) for s in seen] == [
        ("Bonsoir", True, False),
        ("et toi ?", False, False),
        ("", False, False),
    ]
