"""Windows that a strict receiver can audit, and waits that are kept to the end."""

from __future__ import annotations

import random

import pytest

from bot.engine.pacing import BURST, MARGIN, SLOW_AT_LEAST, WIDEST, AccountPace, ChatPace, Wait, Window, slow
from bot.transports.port import Pace

PACE = Pace(per_second=30, chat_gap=1.0, room_per_minute=20)
T = 1_790_000_000_000


def send(pace: AccountPace, at: int, way: int = 0) -> None:
    pace.start(at, 1)
    pace.end(at, at + way, 1)


def test_a_window_holds_so_many_and_opens_when_the_first_is_past() -> None:
    window = Window(3, 1000)
    for at in (0, 10, 20):
        assert window.next(T + at) == T + at
        window.start(1)
        window.end(T + at, 1)
    assert window.next(T + 30) == T + 1000
    assert window.next(T + 1000) == T + 1000
    assert window.next(T + 999, 2) == T + 1010
    assert window.next(T + 1000, 99) == T + 1020


def test_what_is_under_way_counts_until_it_has_ended() -> None:
    window = Window(2, 1000)
    window.start(2)
    assert window.next(T + 5000) is None
    window.end(T + 5000, 1)
    assert window.next(T + 5500) == T + 6000
    window.undo(1)
    assert window.next(T + 5500) == T + 5500


def test_a_clock_that_goes_back_does_not_stop_anything() -> None:
    window = Window(1, 1000)
    window.start(1)
    window.end(T + 3_600_000, 1)
    assert window.next(T) == T + 1000


def test_a_wait_keeps_its_end_and_becomes_no_longer_where_the_clock_goes_back() -> None:
    wait = Wait()
    assert wait.end(T) <= T
    wait.set(T + 5000, T)
    wait.set(T + 3000, T + 10)
    assert wait.end(T + 4999) == T + 5000
    assert wait.end(T - 3_600_000) == T - 3_600_000 + 5000
    assert wait.end(T) == T - 3_600_000 + 5000


def test_no_window_of_the_receiver_is_too_full_however_shaky_the_line() -> None:
    for seed in range(20):
        rng = random.Random(seed)
        pace, now, arrived, ends = AccountPace(PACE), T, list[int](), list[tuple[int, int]]()
        base, shake = rng.choice((0, 5, 40, 90)), rng.choice((0, 3, 30, 200))
        while len(arrived) < 300:
            for started, ended in [e for e in ends if e[1] <= now]:
                pace.end(started, ended, 1)
                ends.remove((started, ended))
            free = pace.next(now, evenly=False)
            if free is not None and free <= now and len(ends) < WIDEST:
                pace.start(now, 1)
                there = base + int(rng.random() ** 3 * shake)
                arrived.append(now + there)
                ends.append((now, now + there + base + int(rng.random() ** 3 * shake)))
            else:
                now += 1
        arrived.sort()
        assert all(later - first >= 1000 for first, later in zip(arrived, arrived[30:], strict=False)), seed


@pytest.mark.parametrize("way", [0, 4, 60, 120])
def test_a_steady_line_loses_next_to_nothing(way: int) -> None:
    pace, now, sent, ends = AccountPace(PACE), T, 0, list[tuple[int, int]]()
    while now < T + 100_000:
        for started, ended in [e for e in ends if e[1] <= now]:
            pace.end(started, ended, 1)
            ends.remove((started, ended))
        free = pace.next(now, evenly=True)
        if free is not None and free <= now and len(ends) < pace.width:
            pace.start(now, 1)
            ends.append((now, now + way))
            sent += 1
            continue
        now += 1
    assert sent / 3000 > 0.97


def test_what_nobody_waits_for_is_spread_evenly_and_an_answer_need_not_wait() -> None:
    pace = AccountPace(PACE)
    sent = []
    for now in range(T, T + 500):
        while pace.next(now, evenly=True) == now:
            send(pace, now)
            sent.append(now)
    assert len(sent) == pytest.approx(30 * (500 + BURST) / (1000 + MARGIN), abs=2)
    assert pace.next(T + 500, evenly=False) == T + 500


def test_a_slow_account_sends_one_at_a_time() -> None:
    pace = AccountPace(Pace(per_second=0.2, chat_gap=0, room_per_minute=600))
    send(pace, T)
    assert pace.next(T + 1, evenly=False) == T + 5000 + MARGIN


def test_a_pace_of_one_a_second_is_one_a_second() -> None:
    pace = AccountPace(Pace(per_second=1, chat_gap=0, room_per_minute=600))
    send(pace, T)
    assert pace.next(T + 1, evenly=False) == T + 1000 + MARGIN


def test_what_has_not_left_after_all_takes_no_place_and_what_left_before_us_does() -> None:
    pace, room = (
        AccountPace(Pace(per_second=2, chat_gap=0, room_per_minute=2)),
        ChatPace(Pace(per_second=2, chat_gap=0, room_per_minute=2), True),
    )
    for _ in range(5):
        pace.start(T, 2)
        room.start(2)
        assert pace.next(T, evenly=False) is None
        assert room.next(T) is None
        pace.undo(2)
        room.undo(2)
    assert pace.next(T, evenly=False) == room.next(T) == T
    pace.note(T - 400)
    pace.note(T - 300)
    assert pace.next(T, evenly=False) == T + 600 + MARGIN
    assert pace.next(T + 650, evenly=False) == T + 650
    assert pace.width == 1, "of what left before us nobody knows how long it took"
    unpaced = AccountPace(None)
    unpaced.note(T)
    unpaced.undo(1)
    assert unpaced.next(T, evenly=False) == T


def test_a_chat_is_remembered_as_long_as_it_matters() -> None:
    chat = ChatPace(PACE, False)
    assert chat.idle(T)
    chat.start(1)
    chat.end(T, 1)
    assert not chat.idle(T + 2 * (1000 + MARGIN) - 1)
    assert chat.idle(T + 2 * (1000 + MARGIN))
    chat.hold(T + 9000, 0, T)
    assert not chat.idle(T + 8999)
    assert chat.idle(T + 9000)
    chat.hold(0, T + 20_000, T)
    assert not chat.idle(T + 19_999)
    assert chat.idle(T + 20_000)
    room = ChatPace(PACE, True)
    room.start(1)
    assert not room.idle(T + 99_000)


def test_without_a_pace_only_waits_count() -> None:
    pace = AccountPace(None)
    send(pace, T)
    assert pace.next(T, evenly=True) == T
    pace.wait.set(T + 9, T)
    assert pace.next(T, evenly=True) == T + 9
    assert pace.width == 1


@pytest.mark.parametrize(("way", "width"), [(0, 1), (30, 1), (34, 2), (100, 3), (250, 8), (9000, 8)])
def test_so_many_are_under_way_as_the_pace_needs(way: int, width: int) -> None:
    pace = AccountPace(PACE)
    assert pace.width == 1
    for n in range(20):
        send(pace, T + n * 1000, way)
    assert pace.width == width
    send(pace, T + 30_000, 90_000)  # one that hangs changes nothing
    assert pace.width == width


def test_a_chat_has_its_gap_and_a_room_its_minute() -> None:
    person, room = ChatPace(PACE, False), ChatPace(PACE, True)
    for chat in (person, room):
        assert chat.next(T) == T
        chat.start(1)
        chat.end(T + 40, 1)
        assert chat.next(T + 50) == T + 40 + 1000 + MARGIN
    for n in range(1, 20):
        room.start(1)
        room.end(T + 2000 * n, 1)
    assert room.next(T + 40_000) == T + 40 + 60_000 + MARGIN
    assert person.idle(T + 2 * (1040 + MARGIN))
    assert not room.idle(T + 60_000)
    assert room.idle(T + 100_000)


def test_a_chat_has_its_gap_from_the_last_message_in_whatever_order_they_are_told_of() -> None:
    chat = ChatPace(PACE, room=False)
    for at in (T, T - 30_000, T - 10_000):
        chat.start(1)
        chat.end(at, 1)
    assert chat.next(T) == T + 1000 + MARGIN


def test_a_chat_that_had_to_wait_is_slower_for_a_while() -> None:
    chat, room = ChatPace(PACE, False), ChatPace(PACE, True)
    until = T + 3000
    for each in (chat, room):
        each.hold(until, slow(until, T), T)
        each.hold(T + 1, T + 1, T)
        assert each.next(T) == until
        each.start(1)
        each.end(until, 1)
        assert each.next(until) == until + 2 * (1000 + MARGIN)
    assert slow(until, T) == until + SLOW_AT_LEAST
    assert slow(T + 30_000, T) == T + 330_000
    later = until + SLOW_AT_LEAST
    chat.end(later, 1)
    assert chat.next(later) == later + 1000 + MARGIN
    for n in range(1, 10):
        room.start(1)
        room.end(until + n * 2100, 1)
    assert room.next(until + 30_000) == until + 60_000 + MARGIN  # ten within a minute, as long as it is slower
