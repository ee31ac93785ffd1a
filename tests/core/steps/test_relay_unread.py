"""Whatever a flow says, nothing crosses unread: no setting, and nothing that people do, shows another table words that nobody has
approved who leads the table where they were said."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from bot.core.effects import Request
from bot.core.message import Message, Several, Words
from bot.core.state import Contribution, Seat, Table
from bot.core.steps.base import Step
from bot.core.steps.relay import Relay
from bot.core.steps.summarise import Summarise
from tests.support.plays import flow_of
from tests.support.stagehand import START, Stagehand

SITES = (
    '[schedule]\nmode = "together"\nsites = [{ id = "lyon", name = "France", zone = "Europe/Paris", languages = ["fr"] }, '
    '{ id = "graz", name = "Austria", zone = "Europe/Vienna", languages = ["de"] }]\n'
)
STEPS = """
[[step]]
id = "ideas"
type = "inform"
text = "Write."
[[step]]
id = "digest"
type = "summarise"
of = ["ideas"]
duration = "15m"
{digest}
[[step]]
id = "carry"
type = "relay"
of = "digest"
duration = "40m"
{relay}
"""
SEATS = {"t1": ("lyon", "fr", "anna", "ben"), "t2": ("graz", "de", "gerd", "hanna"), "t3": ("graz", "fr", "ida", "jan")}
SPANS, MOMENTS = (None, "5m", "20m"), (None, "2027-03-02T17:30:00Z", "2027-03-05T09:00:00Z")
SPECIAL: dict[str, st.SearchStrategy[Any]] = {"reply_for": st.sampled_from(SPANS), "embargo": st.sampled_from(MOMENTS)}
"""Settings whose type does not say what may stand there."""


def values(name: str, field: FieldInfo) -> st.SearchStrategy[Any]:
    """What a flow may say for a setting, worked out of its type: a setting that comes new is drawn as well."""
    if name in SPECIAL:
        return SPECIAL[name]
    found = field.annotation
    options = [each for each in get_args(found) if each is not NoneType]
    if get_origin(found) in (Union, UnionType) and len(options) == 1:
        found = options[0]
    if get_origin(found) is Literal:
        return st.sampled_from(get_args(found))
    if found is bool:
        return st.booleans()
    if found is int:
        return st.integers(1, 6)
    raise AssertionError(f"say which values {name} may have: {found}")


def own(cls: type[Step], *without: str) -> dict[str, st.SearchStrategy[Any]]:
    """The settings of a type of step that other types do not have."""
    mine = {n: f for n, f in cls.model_fields.items() if n not in Step.model_fields or n == "early_close"}
    return {name: values(name, field) for name, field in mine.items() if name not in ("type", *without)}


def toml(setting: dict[str, Any]) -> str:
    said = {True: "true", False: "false"}
    lines = []
    for name, value in setting.items():
        if value is not None:
            lines.append(
                f"{name} = {said[value] if isinstance(value, bool) else repr(value).replace(chr(39), chr(34))}"
            )
    return "\n".join(lines)


RELAY = st.fixed_dictionaries({}, optional=own(Relay, "of"))
DIGEST = st.fixed_dictionaries({}, optional=own(Summarise, "of", "votes"))
DOINGS = st.lists(
    st.tuples(st.sampled_from(("press", "press", "write", "approve", "carry", "wait")), st.integers(0, 60)), max_size=30
)


def staged(digest: dict[str, Any], relay: dict[str, Any]) -> Stagehand | None:
    """Three tables at two sites, at each of which two people have said something; None where a flow cannot say that."""
    try:
        flow = flow_of(STEPS.format(digest=toml(digest), relay=toml(relay)), SITES)
    except ValidationError:
        return None
    stage = Stagehand(flow)
    for number, (table, (site, language, *people)) in enumerate(SEATS.items(), 1):
        stage.tables[table] = Table(table, "tables", site, number, (language,))
        stage.seat(*people, table=table, site=site, language=language)
        stage.seat(f"lead-{table}", table=table, site=site, language=language, role="facilitator")
        for n, seat in enumerate(people):
            id = f"{table}-{n}"
            stage.contributions[id] = Contribution(
                id, "ideas", table, site, seat, "message", f"Words {id}?", START, language
            )
    stage.start()
    return stage


def buttons(stage: Stagehand, seat: Seat) -> list[str]:
    units = (seat.unit, f"table:{seat.table}", *((f"facilitators:{seat.table}",) if seat.role == "facilitator" else ()))
    return [button.press for unit in units for message in stage.told(unit) for button in message.buttons]


def do(stage: Stagehand, what: str, n: int) -> None:
    """Somebody does something, of all that can be done at that moment."""
    seats = list(stage.seats.values())
    seat = seats[n % len(seats)]
    match what:
        case "press":
            found = buttons(stage, seat)
            if found:
                stage.press(seat.id, found[(n * 7) % len(found)])
        case "write":
            stage.write(seat.id, f"More words {n}")
        case "approve":
            table = f"t{n % 3 + 1}"
            stage.agree("digest", table)
            stage.press(f"lead-{table}", f"digest:approve:{table}:")
        case "carry":
            stage.carry(
                "pseudo" if n % 2 else "none", **({id: f"{id}@xx" for id in stage.contributions} if n % 2 else {})
            )
        case "wait":
            stage.wait(timedelta(minutes=n))


def words_in(message: Message) -> set[str]:
    found: set[str] = set()

    def look(part: Any) -> None:
        if isinstance(part, Words):
            found.add(part.contribution.partition("@")[0])
        for inner in part.parts if isinstance(part, Several) else getattr(part, "params", {}).values():
            look(inner)

    for block in message.blocks:
        for part in block.parts:
            look(part)
    return found


def table_of(stage: Stagehand, unit: str) -> str:
    """The table whose people read what is said to a unit, "" where it is none."""
    kind, _, id = unit.partition(":")
    return (
        id
        if kind in ("table", "facilitators")
        else stage.seats[id].table
        if kind == "seat" and id in stage.seats
        else ""
    )


def released(stage: Stagehand) -> set[str]:
    """The words that stand in digests that somebody has approved."""
    drawn = stage.digests.values()
    return {s.worded for d in drawn if d.state == "approved" for s in d.sentences if not s.left_out}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(DIGEST, RELAY, DOINGS, st.data())
def test_no_setting_sends_unread_words(digest: dict[str, Any], relay: dict[str, Any], doings: Any, data: Any) -> None:
    stage = staged(digest, relay)
    assume(stage is not None)
    assert stage is not None
    approved: set[str] = set()  # what was taken back afterwards has been read all the same
    for what, n in doings:
        do(stage, what, n)
        approved |= released(stage)
        asked = [e for e in stage.others if isinstance(e, Request) and e.job == "relay"]
        assert {stage.digests[e.args["digest"]].state for e in asked} <= {"approved", "held"}, "a draft goes nowhere"
    stage.carry("none")
    stage.wait(timedelta(days=4))
    stage.carry("none")
    approved |= released(stage)
    for say in stage.said.values():
        here = table_of(stage, say.to)
        for id in words_in(say.message) if here else ():
            given = stage.contributions[id]
            assert given.table == here or id in approved, f"{id} was read at {here}, though nobody had approved it"


def test_the_settings_that_are_drawn_are_all_that_there_are() -> None:
    assert set(own(Relay, "of")) == set(Relay.model_fields) - (set(Step.model_fields) - {"early_close"}) - {"of"}
    assert len(own(Relay, "of")) >= 10


def test_words_of_a_draft_would_be_seen_by_this_test() -> None:
    stage = staged({}, {"to": "all"})
    assert stage is not None
    for table in SEATS:
        do(stage, "approve", int(table[1]) - 1)
    stage.wait(timedelta(minutes=16))
    stage.carry()
    crossed = {id for say in stage.said.values() if table_of(stage, say.to) == "t2" for id in words_in(say.message)}
    assert {id for id in crossed if not id.startswith("t2")} >= {"t1-0", "t1-1", "t3-0"}, "approved words do cross"
    assert datetime.fromisoformat(str(MOMENTS[1]).replace("Z", "+00:00")) > START
