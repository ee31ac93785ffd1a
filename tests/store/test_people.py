"""People: found again, reached, seated, counted, let in and erased."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.effects import Seated
from bot.core.state import Role, Seat
from bot.store import codes, identities, opinions, outbox, people, queue, tables
from bot.store.database import Database
from bot.store.queue import OutRow
from tests.store.filling import AT, NOON, said


def enrol(db: Database, user: str, site: str = "fr", role: Role = "participant", **more: object) -> Seat:
    assembly = str(more.pop("assembly", "a1"))
    at = int(str(more.pop("at", NOON)))
    return identities.enrol(db, assembly, "telegram:bot", user, f"chat-{user}", role, site, "fr", at=at, **more)  # type: ignore[arg-type]


def active(db: Database, user: str, site: str = "fr", role: Role = "participant", **more: object) -> Seat:
    seat = replace(enrol(db, user, site, role, **more), status="active")
    people.save_seat(db, seat)
    return seat


# Identities


def test_a_person_is_found_again_and_reached(db: Database) -> None:
    seat = enrol(db, "anna")
    lookup = db.vault.lookup("telegram:bot", "anna")
    assert identities.current_seat(db, lookup) == seat.id
    assert identities.address(db, seat.id) == ("telegram:bot", "chat-anna")
    assert identities.door(db, lookup) == ("telegram:bot", "chat-anna")
    assert people.assembly_of(db, seat.id) == "a1"
    identities.meet(db, "telegram:bot", "anna", "moved", NOON + 1)
    assert identities.address(db, seat.id) == ("telegram:bot", "moved")
    assert identities.current_seat(db, lookup) == seat.id


def test_who_was_never_met_is_nowhere(db: Database) -> None:
    lookup = db.vault.lookup("telegram:bot", "nobody")
    assert identities.current_seat(db, lookup) is None
    assert identities.door(db, lookup) is None
    assert identities.address(db, "nobody") is None
    assert identities.seats_of(db, lookup) == []
    assert people.load_seat(db, "nobody") is None
    assert people.assembly_of(db, "nobody") is None


def test_joining_twice_gives_the_same_seat(db: Database) -> None:
    first = active(db, "anna")
    assert enrol(db, "anna") == first
    assert db.sql.execute("SELECT COUNT(*) FROM seat").fetchone() == (1,)


def test_a_helper_holds_several_seats_and_speaks_for_one_at_a_time(db: Database) -> None:
    own = enrol(db, "anna")
    for_ben = enrol(db, "anna", helper=True, at=NOON + 1)
    for_carl = enrol(db, "anna", helper=True, at=NOON + 2)
    lookup = db.vault.lookup("telegram:bot", "anna")
    assert len({own.id, for_ben.id, for_carl.id}) == 3
    assert for_ben.helped
    assert not own.helped
    assert [(h.seat, h.helper) for h in identities.seats_of(db, lookup)] == [
        (own.id, False),
        (for_ben.id, True),
        (for_carl.id, True),
    ]
    assert identities.current_seat(db, lookup) == for_carl.id
    identities.make_current(db, lookup, own.id)
    assert identities.current_seat(db, lookup) == own.id
    assert enrol(db, "anna").id == own.id


def test_a_seat_in_two_assemblies_bears_two_pseudonyms(db: Database) -> None:
    assert enrol(db, "anna").id != enrol(db, "anna", assembly="a2").id


def test_a_seat_with_two_channels_is_reached_where_it_spoke_last(db: Database) -> None:
    seat = enrol(db, "anna")
    other = identities.meet(db, "matrix:bot", "@anna:example.org", "!room", NOON + 5)
    identities.link(db, other, seat.id)
    assert identities.address(db, seat.id) == ("matrix:bot", "!room")
    identities.meet(db, "telegram:bot", "anna", "chat-anna", NOON + 9)
    assert identities.address(db, seat.id) == ("telegram:bot", "chat-anna")


def test_erasing_a_person_leaves_only_what_was_counted(db: Database) -> None:
    seat = replace(active(db, "anna"), name="Anna", attributes={"home": "Kehl"})
    people.save_seat(db, seat)
    opinions.keep(db, "a1", said("c1", seat.id))
    queue.say(db, [OutRow("m1", "a1", seat.id, 1, NOON, b"hello")])
    identities.erase(db, seat.id)
    assert db.wipe
    left = people.load_seat(db, seat.id)
    assert left == replace(seat, status="left", name="", attributes={})
    assert opinions.words(db, "a1", ["c1"]) == {}
    assert identities.address(db, seat.id) is None
    assert db.sql.execute("SELECT COUNT(*) FROM identity").fetchone() == (0,)
    assert outbox.take(db, [1]) == []
    assert people.units(db, "a1", "all", "person") == []
    people.save_seat(db, replace(seat, name="Anna"))  # a late writer cannot bring the name back
    assert people.names(db, [seat.id]) == {}


def test_who_was_erased_may_come_back_as_somebody_new(db: Database) -> None:
    old = enrol(db, "anna")
    identities.erase(db, old.id)
    new = active(db, "anna")
    assert new.id != old.id
    assert people.units(db, "a1", "all", "person") == [new.unit]


def test_erasing_one_seat_of_a_helper_keeps_the_others(db: Database) -> None:
    own, other = enrol(db, "anna"), enrol(db, "anna", helper=True, at=NOON + 1)
    identities.erase(db, other.id)
    assert identities.current_seat(db, db.vault.lookup("telegram:bot", "anna")) == own.id
    assert identities.address(db, own.id) is not None


# Seats


def test_a_seat_is_saved_whole(db: Database) -> None:
    seat = replace(
        enrol(db, "anna"), role="facilitator", site="de", language="de", status="paused", name="Zoë", attributes={"age": "50+"},
        focus="s:q", walk="survey", helped=True, heard=AT,
    )  # fmt: skip
    people.save_seat(db, seat)
    assert people.load_seat(db, seat.id) == seat
    assert people.names(db, [seat.id, "nobody", seat.id]) == {seat.id: "Zoë"}
    people.save_seat(db, replace(seat, name="", attributes={}, heard=None))
    assert people.load_seat(db, seat.id) == replace(seat, name="", attributes={}, heard=None)
    with pytest.raises(LookupError, match="nobody"):
        people.save_seat(db, replace(seat, id="nobody"))


def test_the_units_of_a_fan_out_come_in_a_fixed_order(db: Database) -> None:
    fr = [active(db, f"fr{n}") for n in range(3)]
    de = [active(db, f"de{n}", "de") for n in range(2)]
    new = enrol(db, "new")
    lead = active(db, "lead", role="facilitator")
    active(db, "elsewhere", assembly="a2")
    assert people.units(db, "a1", "fr", "person", ("participant",)) == [s.unit for s in fr]
    assert people.units(db, "a1", "all", "person", ("participant",)) == [s.unit for s in (*de, *fr)]
    assert people.units(db, "a1", "fr", "person") == [s.unit for s in (*fr, lead)]
    assert people.units(db, "a1", "fr", "person", ("participant",), ("new",)) == [new.unit]
    for scope in ("site", "assembly"):
        assert people.units(db, "a1", "fr", scope) == ["course:fr"]  # type: ignore[arg-type]
    tables.sit(db, "a1", Seated("t2", "p", "fr", 2, ("fr",), (fr[0].id,)), NOON)
    tables.sit(db, "a1", Seated("t1", "p", "fr", 1, ("fr",), (fr[1].id, fr[2].id)), NOON)
    tables.sit(db, "a1", Seated("t9", "p", "de", 1, ("de",), (de[0].id,)), NOON)
    assert people.units(db, "a1", "fr", "table") == ["table:t1", "table:t2"]
    assert people.units(db, "a1", "all", "table") == ["table:t9", "table:t1", "table:t2"]
    people.save_seat(db, replace(fr[0], status="left"))
    assert people.units(db, "a1", "fr", "table") == ["table:t1"]  # nobody is left at t2
    assert [s.id for s in people.roster(db, "a1")] == [s.id for s in (*de, fr[1], fr[2])]
    assert [s.id for s in people.roster(db, "a1", "fr")] == [fr[1].id, fr[2].id]


def test_staff_is_found_by_site_and_table(db: Database) -> None:
    here = enrol(db, "one", role="facilitator", table="t1")
    there = active(db, "two", "de", role="facilitator")
    people.save_seat(db, replace(active(db, "gone", role="facilitator"), status="left"))
    assert [s.id for s in people.staff(db, "a1", "facilitator")] == [there.id, here.id]
    assert [s.id for s in people.staff(db, "a1", "facilitator", "fr")] == [here.id]
    assert [s.id for s in people.staff(db, "a1", "facilitator", table="t1")] == [here.id]
    assert people.staff(db, "a1", "organiser") == []


def test_heads_are_counted(db: Database) -> None:
    assert people.head_count(db, "a1", "all", NOON) == (0, 0)
    people.save_seat(db, replace(active(db, "anna"), heard=AT))
    active(db, "ben")
    active(db, "carl", "de")
    active(db, "lead", role="facilitator")
    enrol(db, "new")
    assert people.head_count(db, "a1", "fr", NOON) == (2, 1)
    assert people.head_count(db, "a1", "all", NOON) == (3, 1)
    assert people.head_count(db, "a1", "all", NOON + 1) == (3, 0)


# Tables


def test_a_table_is_loaded_with_its_people_in_order_of_seating(db: Database) -> None:
    anna, ben, carl = (active(db, name) for name in ("anna", "ben", "carl"))
    lead = enrol(db, "lead", role="facilitator", table="t1")
    assert tables.load_table(db, "a1", "t1") is None
    tables.sit(db, "a1", Seated("t1", "mixed", "fr", 1, ("fr", "de"), (carl.id, anna.id)), NOON)
    tables.sit(db, "a1", Seated("t1", "mixed", "fr", 1, ("fr", "de"), (ben.id,)), NOON + 1)
    table = tables.load_table(db, "a1", "t1")
    assert table is not None
    assert [s.id for s in table.members] == [carl.id, anna.id, ben.id]
    assert [s.id for s in table.staff] == [lead.id]
    assert (table.plan, table.site, table.number, table.languages) == ("mixed", "fr", 1, ("fr", "de"))
    people.save_seat(db, replace(anna, status="paused"))
    table = tables.load_table(db, "a1", "t1")
    assert table is not None
    assert [s.id for s in table.members] == [carl.id, ben.id]
    assert tables.load_table(db, "a2", "t1") is None


def test_all_tables_of_a_plan_are_read_at_once_with_those_who_are_there(db: Database) -> None:
    anna, ben, carl, dora = (active(db, name) for name in ("anna", "ben", "carl", "dora"))
    people.save_seat(db, replace(anna, attributes={"area": "city"}))
    people.save_seat(db, replace(carl, status="left"))
    lead = active(db, "lead", role="facilitator")
    tables.sit(db, "a1", Seated("t2", "p", "fr", 2, ("fr",), (anna.id, ben.id, lead.id)), NOON)
    tables.sit(db, "a1", Seated("t1", "p", "fr", 1, ("fr",), (dora.id,)), NOON)
    tables.sit(db, "a1", Seated("t3", "p", "fr", 3, ("fr",), (carl.id,)), NOON)
    tables.sit(db, "a1", Seated("t4", "other", "fr", 4, ("fr",), (active(db, "eva").id,)), NOON)
    found = tables.sitting(db, "a1", "p")
    assert [table.id for table, _ in found] == ["t1", "t2"]
    assert found[0][1] == [(dora.id, "fr", {})]
    assert sorted(found[1][1]) == sorted([(anna.id, "fr", {"area": "city"}), (ben.id, "fr", {})])
    assert tables.sitting(db, "a2", "p") == []


def test_moving_to_another_table_leaves_the_first_and_is_remembered(db: Database) -> None:
    anna, ben = active(db, "anna"), active(db, "ben")
    tables.sit(db, "a1", Seated("t1", "p", "fr", 1, ("fr",), (anna.id, ben.id)), NOON)
    tables.sit(db, "a1", Seated("t2", "p", "fr", 2, ("fr",), (anna.id,)), NOON + 1)
    tables.sit(db, "a1", Seated("t2", "p", "fr", 2, ("fr",), (anna.id,)), NOON + 2)  # again: nothing changes
    moved = people.load_seat(db, anna.id)
    assert moved is not None
    assert moved.table == "t2"
    assert tables.sat_together(db, "a1") == [tuple(sorted((anna.id, ben.id))), (anna.id,)]
    open_now = db.sql.execute("SELECT table_id FROM membership WHERE seat = ? AND until IS NULL", (anna.id,)).fetchall()
    assert open_now == [("t2",)]
    assert [t.id for t in tables.of_plan(db, "a1", "p")] == ["t1", "t2"]
    people.save_seat(db, replace(anna, table="t1"))  # an older copy of the seat does not move it back
    back = people.load_seat(db, anna.id)
    assert back is not None
    assert back.table == "t2"


# Codes


def test_a_code_lets_in_as_often_as_it_says(db: Database) -> None:
    code = codes.make_code(db, "a1", "facilitator", "fr", "t1", uses=2, made=NOON, expires=NOON + 10)
    assert len(code.replace("-", "")) == 26
    assert codes.use_code(db, code, NOON) == codes.Invite("a1", "facilitator", "fr", "t1", shared=True)
    assert codes.use_code(db, f"  {code.lower().replace('-', ' ')}\n", NOON) == codes.Invite(
        "a1", "facilitator", "fr", "t1", shared=True
    )
    assert codes.use_code(db, code, NOON) == "used"


def test_a_code_ends_with_its_time_and_guesses_find_nothing(db: Database) -> None:
    code = codes.make_code(db, "a1", "organiser", made=NOON, expires=NOON + 10)
    assert codes.use_code(db, code, NOON + 10) == "expired"
    for guess in ("", "AAAA-AAAA", code[:-1], code + "A", "'; DROP TABLE code", "Ⅷ" * 26):
        assert codes.use_code(db, guess, NOON) == "unknown"
    assert codes.use_code(db, code.replace("O", "0").replace("I", "1").replace("B", "8"), NOON) != "unknown"


def test_only_the_hash_of_a_code_is_kept(db: Database) -> None:
    code = codes.make_code(db, "a1", "organiser", made=NOON, expires=NOON + 10)
    stored = repr(db.sql.execute("SELECT * FROM code").fetchall())
    assert not any(part in stored for part in code.split("-")[:-1])
