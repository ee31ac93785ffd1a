"""Who goes next: lanes, order, changes, held talk."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from itertools import count

import pytest

from bot.core.effects import Lane
from bot.engine.backlog import CHANGES, Line
from bot.engine.chats import MERGED, Chat, Pick
from bot.store.outbox import Waiting
from bot.store.queue import Act
from bot.transports.port import Abilities, Pace, PlainTransport, Receipt

T = 1_790_000_000_000
PACE = Pace(per_second=30, chat_gap=1.0, room_per_minute=20)
SEQ = count(1)


class Wire(PlainTransport):
    account = "test:main"

    def __init__(self, pace: Pace | None = PACE, *, repeatable: bool = False) -> None:
        self.abilities = Abilities(repeatable=repeatable, edits=True, pace=pace)

    async def receive(self, cursor: str, wait: bool = True) -> object:
        raise EOFError

    async def send(self, place: str, message: object, key: str) -> Receipt:
        raise NotImplementedError

    async def close(self) -> None:
        """Nothing is open."""


def line(pace: Pace | None = PACE, *, repeatable: bool = False) -> Line:
    return Line("test:main", Wire(pace, repeatable=repeatable))  # type: ignore[arg-type]  # no call reaches it


def put(
    on: Line, chat: str, lane: Lane = Lane.STEP, *, at: int = T, act: Act = "say", target: str = "", room: bool = False,
    silent: bool = False, due: int = 0, reader: str = "",
) -> int:  # fmt: skip
    each = Waiting(next(SEQ), reader or chat, None, int(lane), at, due or at, act, target, silent)
    on.add(on.chat(chat, room), each, T)
    return each.seq


def finish(on: Line, pick: Pick, now: int) -> None:
    on.ended(pick, now, now, now)


def drain(on: Line, now: int = T, until: int = T + 600_000) -> list[tuple[int, str, list[int]]]:
    """What leaves when, each at once answered: instant, chat, rows."""
    left = []
    while True:
        while (pick := on.take(now)) is not None:
            left.append((now, pick.chat.place, [w.seq for w in pick.rows]))
            finish(on, pick, now)
        due = on.next(now)
        if due is None or due > until:
            return left
        assert due > now, "it sleeps, and is not asked in vain"
        now = due


def test_an_answer_goes_first_and_takes_along_what_its_chat_waited_for() -> None:
    on = line(None)
    broadcast = put(on, "anna", Lane.BROADCAST)
    step = put(on, "ben", Lane.STEP)
    early = put(on, "carl", Lane.BROADCAST, at=T - 5)
    answer = put(on, "carl", Lane.ANSWER, at=T)
    assert [seqs for _, _, seqs in drain(on)] == [[early], [answer], [step], [broadcast]]


@pytest.mark.parametrize("repeatable", [True, False])
def test_a_chat_reads_in_order_whatever_the_lanes(repeatable: bool) -> None:
    rng = random.Random(5)
    on, expected = line(None, repeatable=repeatable), dict[str, list[tuple[int, int]]]()
    for _ in range(300):
        chat, at = rng.choice("abcdef"), T - rng.randrange(50)
        seq = put(on, chat, rng.choice(list(Lane)), at=at)
        expected.setdefault(chat, []).append((at, seq))
    got: dict[str, list[int]] = {}
    for _, chat, seqs in drain(on):
        got.setdefault(chat, []).extend(seqs)
    assert got == {chat: [seq for _, seq in sorted(rows)] for chat, rows in expected.items()}


def test_one_is_under_way_per_chat_and_one_on_a_line_that_needs_no_more() -> None:
    on = line()
    put(on, "anna")
    put(on, "anna")
    put(on, "ben")
    pick = on.take(T)
    assert pick is not None
    assert on.take(T) is None
    assert on.next(T) is None  # whatever comes back wakes us
    finish(on, pick, T)
    second = on.take(T)
    assert second is not None
    assert second.chat.place == "ben"


def test_where_nothing_is_held_back_a_whole_row_leaves_at_once() -> None:
    on = line(None, repeatable=True)
    seqs = [put(on, "anna") for _ in range(3)] + [put(on, "ben")]
    picks = []
    while (pick := on.take(T)) is not None:
        picks.append(pick)
    assert [w.seq for p in picks for w in p.rows] == seqs
    assert on.busy


def test_each_lane_keeps_a_tenth_whoever_else_waits() -> None:
    on = line()
    for n in range(900):
        for lane in Lane:
            put(on, f"{lane}-{n}", lane)
    lanes = [chat.partition("-")[0] for _, chat, _ in drain(on, until=T + 40_000)]
    assert len(lanes) > 1100
    for start in range(0, len(lanes) - 100, 10):
        window = Counter(lanes[start : start + 100])
        assert all(window[str(int(lane))] >= 9 for lane in Lane), window
        assert window["0"] >= 65
    whole = Counter(lanes)
    assert all(whole[str(int(lane))] >= len(lanes) // 10 - 2 for lane in Lane), whole


def test_a_lane_that_has_waited_alone_owes_nothing() -> None:
    on = line()
    for n in range(40):
        put(on, f"b{n}", Lane.BROADCAST)
    drain(on, until=T + 300)
    answer = put(on, "anna", Lane.ANSWER)
    assert drain(on, T + 301)[0][2] == [answer]


def test_changes_wait_for_no_message_and_no_message_for_them() -> None:
    on = line()
    first, second = put(on, "anna"), put(on, "anna")
    edit = put(on, "anna", Lane.TALK, act="edit", target="9")
    delete = put(on, "anna", Lane.TALK, act="delete", target="8")
    left = drain(on)
    assert [seqs for at, _, seqs in left if at == T] in ([[edit], [delete], [first]], [[first], [edit], [delete]])
    assert left[-1][2] == [second]
    assert left[-1][0] >= T + 1000


def test_a_change_gives_way_to_a_later_one_of_the_same_message() -> None:
    on = line()
    other = put(on, "anna", act="edit", target="8")
    old = put(on, "anna", act="edit", target="9")
    new = put(on, "anna", act="edit", target="9")
    assert on.superseded == [old]
    assert [seqs for _, _, seqs in drain(on)] == [[other], [new]]
    gone = put(on, "anna", act="edit", target="7")
    put(on, "anna", act="delete", target="7")
    assert on.superseded == [old, gone]


def test_in_a_room_an_edit_counts_and_a_deletion_does_not() -> None:
    on = line()
    say = put(on, "room", room=True)
    edit = put(on, "room", act="edit", target="1", room=True)
    delete = put(on, "room", act="delete", target="2", room=True)
    left = {seqs[0]: at for at, _, seqs in drain(on)}
    assert left[delete] == left[say] == T
    assert left[edit] >= T + 1000


def test_so_many_changes_are_under_way_and_no_more() -> None:
    on = line()
    for n in range(CHANGES + 5):
        put(on, f"c{n}", act="edit", target="1")
    picks = [pick for _ in range(CHANGES + 5) if (pick := on.take(T)) is not None]
    assert len(picks) == CHANGES
    assert on.next(T) is None
    finish(on, picks[0], T)
    assert on.take(T) is not None


def test_what_is_held_back_does_not_hold_up_others() -> None:
    on = line()
    held = put(on, "anna", due=T + 5000)
    behind = put(on, "anna", Lane.ANSWER)
    edit = put(on, "anna", act="edit", target="3")
    free = put(on, "ben", Lane.BROADCAST)
    left = drain(on)
    assert left[0] == (T, "ben", [free])
    assert [seqs for _, _, seqs in left[1:]] in ([[edit], [held], [behind]], [[held], [edit], [behind]])
    assert left[1][0] == T + 5000


def test_a_wait_of_the_account_holds_everything() -> None:
    on = line()
    put(on, "anna")
    put(on, "ben", act="edit", target="1")
    on.pace.wait.set(T + 700, T)
    assert on.take(T) is None
    assert on.next(T) == T + 700
    assert {at for at, _, _ in drain(on)} == {T + 700}


def test_held_talk_leaves_together_in_order_and_nothing_else_with_it() -> None:
    on = line()
    talk = [put(on, "anna", Lane.TALK, silent=True) for _ in range(3)]
    loud = put(on, "anna", Lane.TALK)
    more = [put(on, "anna", Lane.TALK, silent=True) for _ in range(2)]
    helped = put(on, "anna", Lane.TALK, silent=True, reader="somebody else")
    assert [seqs for _, _, seqs in drain(on)] == [talk, [loud], more, [helped]]
    many = [put(on, "ben", Lane.TALK, silent=True) for _ in range(MERGED + 1)]
    assert [seqs for _, _, seqs in drain(on, T + 60_000, T + 90_000)] == [many[:-1], many[-1:]]


def test_what_was_not_handed_over_comes_again_at_its_place() -> None:
    on = line()
    first, second = put(on, "anna"), put(on, "anna")
    pick = on.take(T)
    assert pick is not None
    on.undo(pick, T)
    on.back(pick.chat, pick.rows, T)
    assert [seqs for _, _, seqs in drain(on)] == [[first], [second]]


def test_a_message_in_pieces_waits_for_as_many_places() -> None:
    on = line(Pace(per_second=2, chat_gap=1.0, room_per_minute=20))
    put(on, "anna", Lane.ANSWER)
    long = put(on, "ben", Lane.ANSWER)
    for _ in range(2):
        pick = on.take(T)
        assert pick is not None
        if pick.rows[0].seq == long:
            on.undo(pick, T)
            pick.rows[0].pieces = 2
            on.back(pick.chat, pick.rows, T)
        else:
            finish(on, pick, T)
    ((at, _, seqs),) = drain(on)
    assert seqs == [long]
    assert at >= T + 1000


def test_without_a_transport_nothing_leaves_and_nothing_is_asked() -> None:
    on = Line("gone:main", None)
    put(on, "anna")
    assert on.take(T) is None
    assert on.next(T) is None


def test_chats_of_which_nothing_has_to_be_remembered_are_forgotten() -> None:
    on = line()
    put(on, "anna")
    put(on, "ben")
    ((_, _, _), *_) = drain(on)
    on.tidy(T)
    assert on.chats.keys() == {"anna", "ben"}
    put(on, "ben", at=T + 99_000)
    on.tidy(T + 60_000)
    assert on.chats.keys() == {"ben"}


def test_reading_anew_forgets_what_waits_but_not_how_fast_it_went() -> None:
    on = line()
    put(on, "anna")
    pick = on.take(T)
    assert pick is not None
    finish(on, pick, T)
    put(on, "anna")
    on.clear()
    assert on.take(T + 9000) is None
    seq = put(on, "anna")
    assert drain(on) == [(on.chats["anna"].pace.next(T), "anna", [seq])]
    assert isinstance(on.chats["anna"], Chat)


def test_what_has_ended_makes_way_for_one_and_not_for_two() -> None:
    on = line()
    for n in range(8):
        put(on, f"p{n}", Lane.ANSWER)
    for n in range(4):
        pick = on.take(T)
        assert pick is not None
        assert on.take(T) is None
        if n < 3:
            finish(on, pick, T)
    for n in range(CHANGES + 3):
        put(on, f"c{n}", act="edit", target="1")
    picks = [on.take(T) for _ in range(CHANGES)]
    for pick in picks[:3]:
        assert pick is not None
        finish(on, pick, T)
    assert [on.take(T) is None for _ in range(4)] == [False, False, False, True]


def test_an_answer_is_not_asked_to_wait_until_it_is_even() -> None:
    on = line()
    for n in range(40):
        put(on, f"b{n}", Lane.BROADCAST)
    drain(on, until=T)
    assert (on.next(T) or 0) > T
    put(on, "anna", Lane.ANSWER)
    assert on.next(T) == T


def test_what_left_before_us_counts_for_account_and_chat() -> None:
    on = line(Pace(per_second=1, chat_gap=1.0, room_per_minute=2))
    on.left(on.chat("anna", False), "edit", T - 10)
    on.left(on.chat("room", True), "delete", T - 10)
    put(on, "ben", Lane.ANSWER)
    assert on.next(T) == T
    on.left(on.chat("room", True), "edit", T - 400)
    assert (on.next(T) or 0) >= T + 600
    on.left(on.chat("room", True), "say", T - 300)
    put(on, "room", Lane.ANSWER, room=True)
    assert [(at >= T + 59_600, chat) for at, chat, _ in drain(on)] == [(False, "ben"), (True, "room")]


def test_where_all_leave_one_after_the_other_nothing_is_due_before_they_have() -> None:
    on = line(None, repeatable=True)
    put(on, "anna")
    pick = on.take(T)
    assert pick is not None
    put(on, "ben")
    assert on.next(T) is None
    finish(on, pick, T)
    assert on.next(T) == T


def test_where_a_platform_takes_its_time_so_many_chats_are_written_to_at_once_and_each_in_order() -> None:
    wire = Wire(None, repeatable=True)
    wire.abilities = replace(wire.abilities, wide=2)
    on = Line("test:main", wire)  # type: ignore[arg-type]  # no call reaches it
    first, second = put(on, "anna"), put(on, "anna")
    other, third = put(on, "ben"), put(on, "carl")
    left: list[list[int]] = []
    under_way: list[Pick] = []
    while True:
        while (pick := on.take(T)) is not None:
            left.append([w.seq for w in pick.rows])
            under_way.append(pick)
        if not under_way:
            break
        assert on.next(T) is None, "nothing leaves before something has ended"
        finish(on, under_way.pop(), T)
    assert left == [[first], [other], [third], [second]]
