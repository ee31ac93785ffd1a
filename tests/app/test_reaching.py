"""Whether the servers of those who are invited and ours find each other."""

from __future__ import annotations

from datetime import timedelta

from bot.app.reaching import by_server, expected, look_for
from bot.core.guests import Guest
from bot.store import courses, guests
from bot.store.courses import Assembly, PublishedFlow
from bot.store.database import Database
from bot.store.keys import KeyFile
from bot.transports.port import Retry
from tests.store.filling import NOON, fresh_database


def guest(ref: str, matrix: str = "") -> Guest:
    return Guest(ref, "participant", "linz", matrix=matrix)


class Asked:
    """Rooms that answer for servers, and remember for whom they were asked."""

    def __init__(self, **answers: str | Exception) -> None:
        self.answers, self.users = answers, list[str]()

    async def reaches(self, user: str) -> str:
        self.users.append(user)
        found = self.answers[user.partition(":")[2].partition(".")[0].casefold()]
        if isinstance(found, Exception):
            raise found
        return found


async def test_each_server_is_asked_once_and_named_with_those_who_are_there() -> None:
    people = {"berlin.example": [f"B-{n}" for n in range(7)], "paris.example": ["P-1", "P-2"], "rome.example": ["R-1"]}
    rooms = Asked(berlin="they do not reach each other", paris="", rome=Retry(timedelta(seconds=5)))
    found = await look_for(rooms, "Vienna.example", people | {"vienna.example": ["V-1"]})  # type: ignore[arg-type]  # all that is asked for
    assert sorted(rooms.users) == ["@anybody:berlin.example", "@anybody:paris.example", "@anybody:rome.example"]
    berlin, paris, rome, vienna = found
    assert [each.weight for each in found] == ["bad", "good", "note", "good"]
    assert "B-0, B-1, B-2, B-3, B-4 and 2 more cannot take part from berlin.example: they do not" in berlin.text
    assert "2 people at paris.example: it and our homeserver reach each other." in paris.text
    assert "It could not be seen whether rome.example (1 person) is reached" in rome.text
    assert vienna.text == "1 person at vienna.example, our own homeserver."


def test_servers_are_the_same_however_they_are_written() -> None:
    assert {s: len(p) for s, p in by_server([guest("a", "@a:X.org"), guest("b", "@b:x.org:8448")]).items()} == {
        "x.org": 1,
        "x.org:8448": 1,
    }


def test_only_those_who_are_expected_and_whose_id_is_known() -> None:
    db: Database = fresh_database(KeyFile.from_seed(1))
    courses.publish_flow(db, PublishedFlow("f@0", "f", "F", "{}", NOON))
    for id, state in (("a1", "open"), ("a2", "ended")):
        courses.save_assembly(db, Assembly(id, "f@0", "seed", state, NOON))
        for ref, matrix in (("A-1", "@a:x.org"), ("A-2", "")):
            guests.expect(db, id, guest(ref, matrix), NOON, NOON + 1)
    assert [(g.ref, g.matrix) for g in expected(db)] == [("A-1", "@a:x.org")]
    assert "@a:x.org" not in "".join(map(str, db.sql.execute("SELECT * FROM guest").fetchall()))
    who = guests.find(db, "a1", "A-1")
    assert who is not None
    guests.took_seat(db, "a1", who.lookup, "seat")
    assert expected(db) == [], "whoever has come is found by their seat, and nothing else of them stays here"
