"""The whole table of rights: every role gives every command in every place and in every way, and what happens is what the table
below says. What is in no cell is denied."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import get_args

import pytest

from bot.core import commands
from bot.core.advance import advance
from bot.core.commands import PRESSED, RUN
from bot.core.commands.call import Call
from bot.core.effects import Effect, Note, Say
from bot.core.events import Event
from bot.core.heard import Edited, Heard
from bot.core.message import Phrase
from bot.core.places import Kind, Place, kind_of, place_of
from bot.core.rights import COMMANDS, allowed
from bot.core.spoken import START
from bot.core.state import Contribution, Role, Seat, State
from tests.core.test_rights import FLOW, LETTERS, TABLE, typed
from tests.support.plays import read
from tests.support.stagehand import Stagehand

# p private chat, s shared chat, w own room, x room of another table, l space, e elsewhere
PLACES: dict[str, Place] = {
    "p": "private", "s": "shared", "w": "own_room", "x": "other_room", "l": "space", "e": "elsewhere",
}  # fmt: skip
# t text, r reply, b button, e edit, f forward, c caption
KINDS: dict[str, Kind] = {"t": "text", "r": "reply", "b": "button", "e": "edit", "f": "forward", "c": "caption"}
WHERE = {
    "help": "psw x trb", "call": "psw x trb", "bind": "psw x e tr",
    "status": "psw trb", "prompt": "psw trb", "hide": "psw trb", "original": "psw trb", "undo": "psw trb",
    "sentence": "psw trb", "lang": "psw trb", "source": "psw trb", "room": "psw trb",
    "extend": "psw tr", "pause": "psw tr", "resume": "psw tr", "next": "psw tr", "summary": "psw tr", "turn": "psw tr",
    "nudge": "psw tr", "unbind": "psw tr", "pass": "psw tr", "my": "psw tr", "time": "psw tr",
    "trans": "ps trb", "release": "ps trb", "leave": "ps trb", "consent": "ps trb", "forget": "ps trb",
    "joining": "ps trb", "begin": "ps trb", "remove": "ps trb", "handover": "ps trb",
    "quiet": "ps trb", "object": "ps trb", "gate": "ps tr",
    "open": "ps tr", "close": "ps tr", "publish": "ps tr",
    "announce": "ps trb",
    "revoke": "ps trb",
    "board": "ps tr",
    "hold": "ps trb",
    "lift": "ps trb",
    "move": "ps tr",
    "merge": "ps tr",
    "replace": "ps tr",
    "watch": "ps tr",
    "remark": "ps tr",
    "log": "ps tr",
    "note": "ps tr", "tell": "ps tr", "team": "ps tr", "invite": "ps tr", "name": "ps tr",
    "mydata": "ps tr", "join": "ps tr", "for": "ps tr",
}  # fmt: skip
"""Command: the places in which it may be given, and, in the last word, how."""

NAMES = tuple(WHERE)
RAN = "ran"


def expected(role: Role, command: str, place: Place, kind: Kind) -> bool:
    *where, how = WHERE[command].split()
    here = place in {PLACES[letter] for letter in "".join(where)}
    return role in {LETTERS[x] for x in TABLE[command] if x != "."} and here and kind in {KINDS[x] for x in how}


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind the gate stands nothing but a line in the log, for whatever is let through."""

    def ran(name: str) -> Callable[[Call], None]:
        return lambda call: call.turn.effects.append(Note(RAN, call.seat.id, {"command": name}))

    for name in RUN:
        monkeypatch.setitem(RUN, name, ran(name))
    for press, (name, _) in PRESSED.items():
        monkeypatch.setitem(PRESSED, press, (name, ran(name)))


def stage(role: Role, *, shared: bool = False) -> tuple[State, Stagehand]:
    """A table that talks, and somebody of this role who has written something that stands."""
    s = Stagehand(FLOW)
    s.seat("anna", "ben", "lise", table="t1")
    s.seat("actor", role=role, table="t1" if role in ("participant", "facilitator") else "", helped=shared)
    s.start()
    s.bind("t1", "r1")
    s.stages = {key: value for key, value in s.stages.items() if key == ("talk", "table:t1")}
    given = Contribution("said", "talk", "t1", "lyon", "actor", "message", "Bread.", s.now, "en")
    table = s._peopled(s.tables["t1"])
    facts = {"counters": {}, "named": {"said": given}, "held": {}}
    return State(s.courses["all"], s.seats["actor"], table, s.stages, facts), s


def given(role: Role, command: str, place: Place, kind: Kind, s: Stagehand) -> Iterator[Event]:
    """The command, given so; every button that it has, where it is a button."""
    text = typed(role, command)
    room = {"private": "", "shared": "", "own_room": "r1"}.get(place, "r9")
    heard = Heard(
        "in", "actor", s.now, text, room=room, place="" if place in ("private", "shared", "own_room") else place
    )
    match kind:
        case "text":
            yield heard
        case "reply":
            yield replace(heard, answers="said")
        case "button":
            yield from (
                replace(heard, text="", press=f"{press}:x") for press in PRESSED
                if PRESSED[press][0] == command and press != "-back"
            )  # fmt: skip
        case "edit":
            yield Edited("in", "actor", s.now, "said", text, room)
        case "forward":
            yield replace(heard, bar="forwarded")
        case "caption":
            yield replace(heard, media="photo")


def let_through(state: State, s: Stagehand, events: Iterator[Event], command: str) -> bool:
    """Whether the command, or all of its buttons, came through the gate; some of them would be a fault of the table."""
    through = {_ran(advance(FLOW, state, event, s.now)[1], command) for event in events}
    assert len(through) < 2, command
    return through == {True}


def _ran(effects: tuple[Effect, ...], command: str) -> bool:
    ran = [e.data["command"] for e in effects if isinstance(e, Note) and e.act == RAN]
    assert set(ran) <= {command}
    return bool(ran)


def test_the_table_names_every_command_place_and_kind() -> None:
    assert set(WHERE) == set(COMMANDS) == set(TABLE)
    assert set(PLACES.values()) == set(get_args(Place))
    assert set(KINDS.values()) == set(get_args(Kind))
    buttons = {command for press, (command, _) in PRESSED.items()}
    assert {name for name in WHERE if "b" in WHERE[name].split()[-1]} == buttons


@pytest.mark.parametrize("role", get_args(Role))
@pytest.mark.usefixtures("gate")
def test_every_cell(role: Role) -> None:
    """7 roles, every command, 6 places, 6 kinds: the table that the code reads, and what then happens."""
    cells = 0
    private, s = stage(role)
    shared, _ = stage(role, shared=True)
    for command in NAMES:
        for place in get_args(Place):
            for kind in get_args(Kind):
                cells += 1
                cell, wanted = f"{role} {command} {place} {kind}", expected(role, command, place, kind)
                assert allowed(role, command, place, kind) == wanted, cell
                state = shared if place == "shared" else private
                assert let_through(state, s, given(role, command, place, kind, s), command) == wanted, cell
    assert cells == len(COMMANDS) * 36


FLIPS = [
    (side, command, value)
    for command in NAMES
    for side, values in (("roles", get_args(Role)), ("places", get_args(Place)), ("kinds", get_args(Kind)))
    for value in values
]


def test_every_flip_of_the_table_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turn any role, place or kind of any command over: some cell then differs from the table above."""
    for side, command, value in FLIPS:
        entry = COMMANDS[command]
        with monkeypatch.context() as m:
            m.setitem(COMMANDS, command, replace(entry, **{side: getattr(entry, side) ^ {value}}))
            wrong = [
                (role, place, kind)
                for role in get_args(Role) for place in get_args(Place) for kind in get_args(Kind)
                if allowed(role, command, place, kind) != expected(role, command, place, kind)
            ]  # fmt: skip
        assert wrong, (side, command, value)


@pytest.mark.slow
@pytest.mark.usefixtures("gate")
@pytest.mark.parametrize("role", get_args(Role))
def test_the_gate_is_the_only_one(role: Role, monkeypatch: pytest.MonkeyPatch) -> None:
    """Turn a single cell over, be it an allow or a deny: exactly that one then lets through what it did not, or stops what it
    did. Edits, forwards and captions stay shut even then: they never come to a command."""
    private, s = stage(role)
    shared, _ = stage(role, shared=True)
    for command in NAMES:
        for place in get_args(Place):
            for kind in get_args(Kind):
                cell, wanted = (role, command, place, kind), expected(role, command, place, kind)
                with monkeypatch.context() as m:
                    m.setattr(commands, "allowed", lambda *asked, cell=cell: allowed(*asked) != (asked == cell))
                    state = shared if place == "shared" else private
                    events = list(given(role, command, place, kind, s))
                    through = let_through(state, s, iter(events), command)
                    comes = kind in ("text", "reply", "button") and events != []
                    assert through == (wanted != comes), cell


@pytest.mark.parametrize("command", [name for name in NAMES if "w" not in WHERE[name].split()[0]])
def test_what_is_private_is_refused_kindly_in_a_room(command: str) -> None:
    role = next(LETTERS[x] for x in TABLE[command] if x != ".")
    state, s = stage(role)
    _, effects = advance(FLOW, state, next(given(role, command, "own_room", "text", s)), s.now)
    (told,) = [e for e in effects if isinstance(e, Say) and e.key.startswith("reply/")]
    assert told.to == "seat:actor", "nobody else in the room reads it"
    assert f"/{command} works here, in your own chat with me, where nobody else reads it." in read(told.message)


def test_in_the_room_of_another_table_nobody_leads_and_help_is_to_be_had() -> None:
    state, s = stage("facilitator")
    _, effects = advance(FLOW, state, next(given("facilitator", "next", "other_room", "text", s)), s.now)
    (told,) = [e for e in effects if isinstance(e, Say)]
    assert "in the room of your own table" in read(told.message)
    _, effects = advance(FLOW, state, next(given("facilitator", "help", "other_room", "text", s)), s.now)
    assert [e.to for e in effects if isinstance(e, Say)] == ["seat:actor"]


@pytest.mark.parametrize("status", ["active", "paused", "left"])
@pytest.mark.parametrize("place", ["private", "own_room"])
@pytest.mark.usefixtures("gate")
def test_the_words_beside_a_picture_are_no_command_for_anybody(status: str, place: Place) -> None:
    state, s = stage("participant")
    assert state.seat is not None
    state = replace(state, seat=replace(state.seat, status=status))  # type: ignore[arg-type]  # a parameter
    _, effects = advance(FLOW, state, next(given("participant", "forget", place, "caption", s)), s.now)
    assert not _ran(effects, "forget")
    assert any(isinstance(e, Say) and "please send it without a file" in read(e.message) for e in effects)


def test_where_and_how_something_was_said() -> None:
    seat, (_, s) = Seat("anna", "participant", "lyon", "en"), stage("participant")
    plain = Heard("in", "anna", s.now, "/help")
    assert place_of(seat, plain) == "private"
    assert place_of(replace(seat, helped=True), plain) == "shared"
    assert place_of(replace(seat, helped=True), replace(plain, room="r1")) == "own_room"
    assert place_of(seat, replace(plain, room="r1", place="other_room")) == "other_room"
    assert kind_of(plain) == "text"
    assert kind_of(replace(plain, answers="c1")) == kind_of(replace(plain, asked="q")) == "reply"
    assert kind_of(replace(plain, media="photo", answers="c1")) == "caption"
    assert kind_of(replace(plain, media="photo", bar="forwarded")) == "forward"
    assert kind_of(replace(plain, press="-undo:x", media="photo")) == "button"


def test_an_unknown_command_is_unknown_everywhere() -> None:
    for place in get_args(Place):
        for kind in get_args(Kind):
            assert not any(allowed(role, "erase", place, kind) for role in get_args(Role))
    assert START not in COMMANDS
    assert isinstance(COMMANDS["help"].brief, Phrase)
    assert commands.run is not None
