"""Reading updates: who comes and goes, who blocks the bot, groups that move."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.transports.fields import Json
from bot.transports.telegram.updates import Reader
from tests.support.telegram_updates import (
    ANNA,
    BEN,
    CHANNEL,
    DATE,
    GROUP,
    ME,
    NOW,
    PRIVATE,
    SENT,
    THE_BOT,
    dropped,
    message,
    one,
    read,
    standing,
    update,
)


def test_blocking_the_bot_and_letting_it_in_again() -> None:
    gone = one("my_chat_member", standing(PRIVATE, "member", "kicked", THE_BOT))
    assert (gone.kind, gone.user, gone.place, gone.at, gone.room) == ("unreachable", "42", "42", SENT, False)
    assert gone.text == "blocked"
    assert one("my_chat_member", standing(PRIVATE, "kicked", "member", THE_BOT)).kind == "reachable"


@pytest.mark.parametrize("status", ["left", "kicked"])
def test_a_bot_that_is_put_out_of_a_group_tells_it_once(status: str) -> None:
    reader = Reader(ME)
    told = update("message", message(text=None, chat=GROUP, left_chat_member=THE_BOT))
    again = update("my_chat_member", standing(GROUP, "member", status, THE_BOT), 2)
    (event,) = reader.read(again, NOW)
    assert (event.kind, event.place, event.room, event.user, event.text) == ("unbound", "-100", True, "", "kicked")
    assert reader.read(told, NOW) == []
    assert reader.read(again, NOW) == [event]


def test_other_changes_of_the_bots_standing_are_dropped() -> None:
    for old, new in (("left", "member"), ("member", "administrator"), ("administrator", "member")):
        assert dropped("my_chat_member", standing(GROUP, old, new, THE_BOT)) == ["my_chat_member"]
    assert dropped("my_chat_member", standing(CHANNEL, "administrator", "left", THE_BOT)) == ["my_chat_member"]


def test_a_bot_that_hears_only_commands_says_where_it_cannot_read() -> None:
    reader = Reader(replace(ME, reads=False))

    def kinds(chat: Json, old: str, new: str) -> list[tuple[str, str, str, str, bool]]:
        found = reader.read(update("my_chat_member", standing(chat, old, new, THE_BOT)), NOW)
        return [(e.kind, e.place, e.user, e.language, e.room) for e in found]

    for old, new in (("left", "member"), ("administrator", "member")):
        assert kinds(GROUP, old, new) == [("deaf", "-100", "42", "de", True)]
    for old, new in (("left", "administrator"), ("member", "administrator")):
        assert kinds(GROUP, old, new) == []
    assert kinds(CHANNEL, "left", "member") == []
    assert [kind for kind, *_ in kinds(PRIVATE, "kicked", "member")] == ["reachable"]
    assert [kind for kind, *_ in kinds(GROUP, "member", "left")] == ["unbound"]


def test_everybody_who_is_added_enters_by_themselves() -> None:
    told = message(text=None, chat=GROUP, new_chat_members=[ANNA, THE_BOT, BEN, {"id": 9, "is_bot": True}])
    anna, ben = read(body=told)
    assert [(e.kind, e.user, e.place, e.language, e.room) for e in (anna, ben)] == [
        ("entered", "42", "-100", "de", True),
        ("entered", "43", "-100", "fr", True),
    ]
    assert anna.id != ben.id


def test_a_step_that_is_told_twice_counts_once() -> None:
    reader = Reader(ME)
    came = update("message", message(text=None, chat=GROUP, new_chat_members=[ANNA]), 1)
    also = update("chat_member", standing(GROUP, "left", "member"), 2)
    went = update("chat_member", standing(GROUP, "member", "left"), 3)
    later = standing(GROUP, "left", "member") | {"date": DATE + 3600}
    kinds = [[e.kind for e in reader.read(u, NOW)] for u in (came, also, went, update("chat_member", later, 4))]
    assert kinds == [["entered"], [], ["exited"], ["entered"]]


def test_a_step_that_is_told_much_later_is_another_one() -> None:
    reader = Reader(ME)
    for number, minutes in enumerate((0, 60)):
        body = standing(GROUP, "left", "member") | {"date": DATE + 60 * minutes}
        assert [e.kind for e in reader.read(update("chat_member", body, number), NOW)] == ["entered"]


def test_what_is_read_again_is_told_again() -> None:
    reader = Reader(ME)
    both = [
        update("chat_member", standing(GROUP, "left", "member"), 1),
        update("message", message(text=None, chat=GROUP, new_chat_members=[ANNA]), 2),
    ]
    assert [reader.read(u, NOW) for u in both] == [reader.read(u, NOW) for u in both]


STEPS = {
    ("left", "restricted", True): ["entered"],
    ("left", "restricted", False): [],
    ("member", "restricted", False): ["exited"],
    ("member", "administrator", None): [],
    ("creator", "kicked", None): ["exited"],
    ("kicked", "left", None): [],
}


@pytest.mark.parametrize("step", STEPS)
def test_standing_in_a_group(step: tuple[str, str, bool | None]) -> None:
    old, new, member = step
    body = standing(GROUP, old, new, **({} if member is None else {"is_member": member}))
    assert [e.kind for e in read("chat_member", body)] == STEPS[step]


def test_somebody_who_leaves_exits() -> None:
    event = one(body=message(text=None, chat=GROUP, left_chat_member=BEN))
    assert (event.kind, event.user, event.place) == ("exited", "43", "-100")


def test_a_group_that_moves_says_so_on_both_sides() -> None:
    old = {"id": -4, "type": "group", "title": "Table"}
    left = one(body=message(text=None, chat=old, migrate_to_chat_id=-100))
    came = one(body=message(text=None, chat=GROUP, migrate_from_chat_id=-4))
    assert [(e.kind, e.place, e.moved, e.room, e.user) for e in (left, came)] == [("moved", "-4", "-100", True, "")] * 2
