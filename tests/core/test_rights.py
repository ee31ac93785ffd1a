"""The table of rights: every role tries every command and every button, and what happens is what the table below says."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from bot.core.commands import PRESSED, RUN
from bot.core.rights import COMMANDS, ROLES, may
from bot.core.spoken import commanded
from bot.core.state import Role
from tests.support.plays import flow_of
from tests.support.stagehand import Stagehand

# p participant, f facilitator, c coordinator, o organiser, b observer, e expert, t translator
TABLE = {
    "help": "pfcobet",
    "lang": "pfcobet",
    "join": "pfcobet",
    "leave": "pfc.bet",
    "name": "pfcobet",
    "my": "p......",
    "pass": "p......",
    "for": "p......",
    "original": "pfco.e.",
    "undo": "pf...e.",
    "status": ".fco...",
    "prompt": ".fco...",
    "note": ".fco...",
    "extend": ".fco...",
    "pause": ".fco...",
    "resume": ".fco...",
    "next": ".fco...",
    "summary": ".fco...",
    "hide": ".fco...",
    "sentence": "pfco.e.",
    "source": "pfco.e.",
    "bind": ".fco...",
    "unbind": ".fco...",
    "room": "pf...e.",
    "invite": "..co...",
    "joining": "..co...",
    "begin": "...o...",
    "move": "..co...",
    "merge": "..co...",
    "replace": "..co...",
    "announce": "..co...",
    "board": "..co...",
    "open": "..co...",
    "close": "..co...",
    "gate": "..co...",
    "publish": "..co...",
    "trans": "......t",
    "release": "......t",
    "time": "pfco.e.",
    "turn": ".fco...",
    "nudge": ".fco...",
    "quiet": ".fco...",
    "remove": ".fco...",
    "tell": ".fco...",
    "team": ".fco...",
    "handover": ".f.....",
    "call": "pf..bet",
    "watch": "....b..",
    "remark": "....b..",
    "log": "..cob..",
    "revoke": "...o...",
    "hold": "....b..",
    "lift": "..cob..",
    "object": "pf..bet",
    "consent": "pfcobet",
    "mydata": "pfcobet",
    "forget": "pfc.bet",
}
LETTERS: dict[str, Role] = dict(
    zip(
        "pfcobet",
        ("participant", "facilitator", "coordinator", "organiser", "observer", "expert", "translator"),
        strict=True,
    )
)
CELLS = [(role, command) for command in TABLE for role in LETTERS.values()]
PRESSES = {
    "-help": "help", "-unsend": "prompt",
    "-original": "original", "-originals": "original", "-translation": "original",
    "-undo": "undo", "-lang": "lang", "-leave": "leave", "-send": "prompt", "-cancel": "prompt", "-begin": "begin",
    "-joining": "joining", "-room": "room", "-source": "source", "-call": "call",
    "-stay": "room", "-come": "room", "-show": "hide", "-drop": "hide", "-hide": "hide", "-why": "hide", "-unhide": "hide",
    "-take": "trans", "-release": "release", "-anew": "release", "-cannot": "trans", "-withdraw": "trans", "-ask": "trans",
    "-tell": "lang", "-tells": "lang", "-doubt": "lang",
    "-announce": "announce", "-agree": "status", "-stop": "status",
    "-stalled": "status", "-remove": "remove", "-take-over": "handover",
    "-lift": "lift", "-keep-stopped": "hold",
    "-revoke": "revoke", "-object": "object", "-object-quiet": "object", "-object-removal": "object",
    "-stays": "hide", "-unquiet": "quiet",
    "-consent": "consent", "-forget": "forget",
    "-mine": "sentence",
    "-not-mine": "sentence",
}  # fmt: skip

FLOW = flow_of(
    "[groups.tables]\nsize = { min = 3, target = 4, max = 6 }\n"
    '[[step]]\nid = "talk"\ntype = "discuss"\ntext = "What about bread?"\nduration = "20m"\n'
)
REFUSED = "/{name} is for {roles}."


def allowed_by_the_table(role: Role, command: str) -> bool:
    return role in {LETTERS[letter] for letter in TABLE[command] if letter != "."}


def refused(role: Role, **what: str) -> bool:
    """Whether a person of this role, at a table that talks, is told that the command is for others. An active, real try."""
    s = Stagehand(FLOW)
    s.seat("anna", "ben", "lise", table="t1")
    s.seat("actor", role=role, table="t1" if role in ("participant", "facilitator") else "")
    s.start()
    before = len(s.told("seat:actor"))
    s.write("actor", what["text"]) if "text" in what else s.press("actor", what["press"])
    told = s.told("seat:actor")[before:]
    return any(
        getattr(part, "text", "") == REFUSED for message in told for block in message.blocks for part in block.parts
    )


def typed(role: Role, command: str) -> str:
    return COMMANDS[command].sample.replace(
        f"/{command}", f"/{command} 1" if role in ("coordinator", "organiser") else f"/{command}"
    )


def test_the_table_below_names_every_command_and_role() -> None:
    assert set(TABLE) == set(COMMANDS) == set(RUN)
    assert set(LETTERS.values()) == set(get_args(Role)) == set(ROLES)
    assert set(PRESSES) | {"-back"} == set(PRESSED)
    assert len(CELLS) == 7 * len(COMMANDS)


@pytest.mark.parametrize(("role", "command"), CELLS)
def test_each_cell(role: Role, command: str) -> None:
    assert may(role, command) == allowed_by_the_table(role, command)
    assert refused(role, text=typed(role, command)) != allowed_by_the_table(role, command)


@pytest.mark.parametrize("role", get_args(Role))
@pytest.mark.parametrize("press", PRESSES)
def test_each_button_has_the_rights_of_its_command(role: Role, press: str) -> None:
    assert refused(role, press=f"{press}:x") != allowed_by_the_table(role, PRESSES[press])


@pytest.mark.parametrize(("role", "command"), CELLS)
def test_a_flipped_cell_is_seen(role: Role, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above is able to fail: turn any one cell over, and that cell is found wrong."""
    entry = COMMANDS[command]
    monkeypatch.setitem(COMMANDS, command, replace(entry, roles=entry.roles ^ {role}))
    assert may(role, command) != allowed_by_the_table(role, command)
    assert refused(role, text=typed(role, command)) == allowed_by_the_table(role, command)


@pytest.mark.parametrize("role", get_args(Role))
def test_what_is_in_no_table_is_denied(role: Role) -> None:
    assert not may(role, "erase")
    assert not may(role, "")
    assert not refused(role, text="/erase"), "an unknown command is unknown, not forbidden"


def test_every_command_says_what_it_does_and_gives_an_example_of_itself() -> None:
    for name, command in COMMANDS.items():
        assert command.name == name
        assert command.example.split()[0] == f"/{name}"
        assert command.brief.text[0].islower()
        assert command.full.text.endswith(".")
        assert command.roles <= set(ROLES)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("!join ABC", "/join ABC"),
        ("!HELP", "/HELP"),
        (" !help\n", "/help\n"),
        ("!extend@pnyx 10m", "/extend@pnyx 10m"),
        ("!start", "/start"),
        ("/help", "/help"),
        ("!hlep", "/hlep"),
        ("!statu", "/statu"),
        ("!helpp me", "!helpp me"),
        ("!not so fast", "!not so fast"),
        ("!pauce", "/pauce"),
        ("!he", "!he"),
        ("!mi", "!mi"),
        ("!important", "!important"),
        ("!joined", "!joined"),
        ("!!help", "!!help"),
        ("not !help", "not !help"),
        ("", ""),
    ],
)
def test_a_command_may_begin_with_an_exclamation_mark(written: str, meant: str) -> None:
    assert commanded(written) == meant
