"""Reading updates: whatever arrives, the reading goes on."""

from __future__ import annotations

from datetime import UTC

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.transports.telegram.updates import KINDS, Reader
from tests.support.telegram_updates import (
    ANNA,
    BEN,
    DATE,
    FILE,
    GROUP,
    ME,
    NOW,
    PRIVATE,
    THE_BOT,
    message,
    press,
    reaction,
    standing,
    update,
)

ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["private", "\ud800"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
WHOLE = [
    update(body=message(chat=GROUP, message_thread_id=9, is_topic_message=True, reply_to_message=message())),
    update(body=message(text=None, photo=[FILE], document=FILE, location={"latitude": 1}, caption="x")),
    update("edited_message", message(edit_date=DATE)),
    update("callback_query", press()),
    update("message_reaction", reaction(["👍"], ["🔥"])),
    update("my_chat_member", standing(PRIVATE, "member", "kicked", THE_BOT)),
    update("chat_member", standing(GROUP, "left", "restricted", is_member=True)),
    update(body=message(text=None, chat=GROUP, new_chat_members=[ANNA, BEN], left_chat_member=BEN)),
    update(body=message(text=None, chat=GROUP, migrate_to_chat_id=-1, migrate_from_chat_id=-2)),
]


def spoilt(whole: object, data: st.DataObject) -> object:
    """The same, with something odd somewhere in it."""
    if not isinstance(whole, dict | list) or not whole or data.draw(st.integers(0, 5)) == 0:
        return data.draw(ODD)
    if isinstance(whole, list):
        at = data.draw(st.integers(0, len(whole) - 1))
        return [spoilt(each, data) if n == at else each for n, each in enumerate(whole)]
    key = data.draw(st.sampled_from(sorted(whole)))
    return {name: spoilt(value, data) if name == key else value for name, value in whole.items()}


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(WHOLE) | st.builds(update, st.sampled_from(KINDS), ODD) | ODD, st.data())
def test_no_update_whatever_stops_the_reading(whole: object, data: st.DataObject) -> None:
    broken = spoilt(whole, data)
    reader = Reader(ME)
    for event in reader.read(broken, NOW):
        assert event.place
        assert event.at.tzinfo is UTC
        for text in (event.id, event.user, event.text, event.press, event.language, event.message, event.answers):
            assert isinstance(text, str)
            text.encode()
    assert not [reason for reason in reader.dropped if reason.endswith("broken")]
