"""The list of people, their invites on paper, a new invite, the link of a site: as an operator asks for them."""

from __future__ import annotations

import csv
import re
import stat
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from bot.app.line import carry_out
from bot.app.links import links, written
from bot.app.operations import Desk, Problem
from bot.store import accounts, audit, courses, guests, identities
from bot.store.codes import compact
from bot.store.courses import Assembly
from tests.support.evening import EVENING
from tests.support.room import ASSEMBLY, Room, room

LIST = "ref;name;language;e-mail\nA-17;Zoë;de;z@example.org\nA-18;Max;;m@example.org\nA-19;Ada;en;\n"
LINKS = EVENING.replace("[groups.tables]", "[joining]\nlinks = true\ncap = 60\n[groups.tables]")
BOT = {"telegram:main": "square_bot"}


async def ask(here: Room, what: str, **given: object) -> dict[str, Any]:
    """As the commands ask, over the line or not."""
    names = given.pop("names", BOT)
    desk = Desk(here.store, here.engine.house, here.clock, names=names)  # type: ignore[arg-type]
    return await carry_out(desk, what, given)


async def imported(here: Room, folder: Path, text: str = LIST, **given: object) -> dict[str, Any]:
    (folder / "people.csv").write_text(text, "utf-8")
    return await ask(here, "import", file=str(folder / "people.csv"), **given)


def rows(folder: Path, separator: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO((folder / "invites.csv").read_text("utf-8-sig")), delimiter=separator))


async def refused(here: Room, what: str, **given: object) -> str:
    with pytest.raises(Problem) as caught:
        await ask(here, what, **given)
    return str(caught.value)


# The list


async def test_a_list_is_imported_and_again_without_doubles(tmp_path: Path) -> None:
    async with room(EVENING) as here:
        first = await imported(here, tmp_path)
        assert first == {
            "assembly": ASSEMBLY, "new": 3, "changed": 0, "same": 0, "joined": 0, "left": 0, "unread": ["name", "e-mail"],
            "until": "2027-03-31 11:00",
        }  # fmt: skip
        again = await imported(here, tmp_path, LIST.replace("A-18;Max;;", "A-18;Max;de;") + "A-20;Eva;;\n")
        assert [again[k] for k in ("new", "changed", "same")] == [1, 1, 2]
        assert len(await here.store.read(guests.everybody, ASSEMBLY)) == 4
        noted = [line.data for line in await here.store.read(audit.lines, ASSEMBLY) if line.act == "expected"]
        assert noted == [{"new": 3}, {"new": 1, "changed": 1, "same": 2}]


async def test_nothing_is_imported_of_a_list_with_a_mistake(tmp_path: Path) -> None:
    async with room(EVENING) as here:
        (tmp_path / "p.csv").write_text("ref,language\nA,de\nB,xx\n" + "A,de\n" * 25)
        said = await refused(here, "import", file=str(tmp_path / "p.csv"))
        assert said.splitlines()[0] == 'p.csv, line 3, column language: found "xx". It is one of en or de.'
        assert said.splitlines()[-2:] == ["… and 6 more.", "Nothing was imported."]
        assert await here.store.read(guests.everybody, ASSEMBLY) == []


async def test_names_and_addresses_of_a_list_stand_nowhere(tmp_path: Path) -> None:
    async with room(EVENING, path=tmp_path / "pnyx.db") as here:
        await imported(here, tmp_path)
        await ask(here, "invites", target=str(tmp_path / "out"), csv=str(tmp_path / "people.csv"))
        stored = b"".join(file.read_bytes() for file in tmp_path.glob("pnyx.db*"))
        for secret in ("A-17", "a-17", "Zoë", "example.org", rows(tmp_path / "out", ";")[0]["code"]):
            assert secret.encode() not in stored


@pytest.mark.parametrize(
    ("what", "given", "said"),
    [
        ("import", {"file": "{tmp}/none.csv"}, "none.csv: No such file"),
        (
            "import",
            {"file": "{tmp}/bad.csv"},
            "bad.csv: found a workbook of a spreadsheet program. Save it as “CSV UTF-8”",
        ),
        (
            "import",
            {"file": "{tmp}/good.csv", "until": "soon"},
            "Found --until soon; allowed is a day such as 2027-03-30.",
        ),
        ("import", {"file": "{tmp}/good.csv", "until": "2027-02-28"}, "allowed is a day from today on"),
        ("import", {"file": "{tmp}/good.csv", "until": "2031-01-01"}, "two years ahead at most"),
        ("import", {"file": "{tmp}/good.csv", "assembly": "a2"}, "There is no assembly called a2. There are a1."),
        ("invites", {"target": "{tmp}/out"}, "There is nobody to invite. `pnyx people import` reads a list of people."),
        ("reissue", {"who": "A-99"}, "Nobody in a1 is called A-99. Write the ref of your list, or a seat."),
        ("link", {"site": "linz"}, "with an invite of their own only. A link needs links = true under [joining]"),
    ],
)
async def test_what_cannot_be_done_is_told_in_words(
    tmp_path: Path, what: str, given: dict[str, str], said: str
) -> None:
    (tmp_path / "bad.csv").write_bytes(b"PK\x03\x04")
    (tmp_path / "good.csv").write_text("ref\nA\n")
    async with room(EVENING) as here:
        filled = {name: value.format(tmp=tmp_path) for name, value in given.items()}
        assert said in await refused(here, what, **filled)


async def test_the_only_assembly_needs_no_name_and_of_several_one_is_named(tmp_path: Path) -> None:
    async with room(EVENING) as here:
        first = await here.store.read(courses.load_assembly, ASSEMBLY)
        assert first is not None
        await here.store.transact(courses.save_assembly, Assembly("a2", first.flow, "s", "open", 1))
        (tmp_path / "p.csv").write_text("ref\nA\n")
        said = await refused(here, "import", file=str(tmp_path / "p.csv"))
        assert said == "Say which assembly: --assembly, one of a1, a2."
        assert (await imported(here, tmp_path, assembly="a2"))["assembly"] == "a2"
        assert await here.store.read(guests.everybody, "a1") == []


# On paper


async def test_the_invites_are_written_and_each_of_them_works(tmp_path: Path) -> None:
    async with room(EVENING) as here:
        await imported(here, tmp_path, until="2027-03-20")
        out = tmp_path / "out"
        told = await ask(here, "invites", target=str(out))
        assert (told["people"], told["joined"], told["accounts"]) == (3, 0, ["square_bot"])
        assert [Path(file).name for file in told["files"]] == ["invites.csv", "invites.html"]
        assert stat.S_IMODE(out.stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.stat().st_mode) for path in out.iterdir()} == {0o600}
        written = rows(out)
        assert list(written[0]) == ["ref", "site", "language", "role", "link", "code", "expires"]
        assert [(r["ref"], r["language"], r["expires"]) for r in written] == [
            ("A-17", "de", "2027-03-20 23:59"), ("A-18", "en", "2027-03-20 23:59"), ("A-19", "en", "2027-03-20 23:59"),
        ]  # fmt: skip
        for row in written:
            payload = row["link"].removeprefix("https://t.me/square_bot?start=")
            assert re.fullmatch("[A-Za-z0-9_-]{1,64}", payload)
            assert payload == compact(row["code"])
            await here.say(row["ref"], f"/start {payload}")
        html = (out / "invites.html").read_text()
        assert all(row["link"] in html and row["code"] in html for row in written)
        found = await ask(here, "people", assembly=ASSEMBLY)
        assert found["expected"] == [{"site": "linz", "standing": "joined", "number": 3}]
        assert await refused(here, "invites", target=str(out)) == "There is nobody to invite. Everybody has come."


async def test_the_same_invites_can_be_written_again_and_only_for_who_has_still_to_come(tmp_path: Path) -> None:
    async with room(EVENING) as here:
        await imported(here, tmp_path)
        await ask(here, "invites", target=str(tmp_path / "one"))
        before = rows(tmp_path / "one")
        await here.say("zoe", f"/join {before[0]['code']}")
        told = await ask(here, "invites", target=str(tmp_path / "one"))
        assert (told["people"], told["joined"]) == (2, 1)
        assert rows(tmp_path / "one") == before[1:]


async def test_the_organisers_own_columns_come_along_as_they_are(tmp_path: Path) -> None:
    async with room(EVENING) as here:
        await imported(here, tmp_path)
        own = tmp_path / "own.csv"
        own.write_text('Tel;REF;Code;Address\n"+49 7851; ext 1";A-19;old;"Main St 1\nKehl"\n;a-17;;\n')
        await ask(here, "invites", target=str(tmp_path / "out"), csv=str(own))
        written = rows(tmp_path / "out", ";")
        assert list(written[0]) == ["Tel", "REF", "Address", "site", "language", "role", "link", "code", "expires"]
        assert [(r["Tel"], r["REF"], r["Address"]) for r in written] == [
            ("+49 7851; ext 1", "A-19", "Main St 1\nKehl"), ("", "a-17", ""),
        ]  # fmt: skip
        assert all(len(compact(r["code"])) == 26 for r in written)


async def test_somebody_of_the_own_list_who_was_not_imported_is_told(tmp_path: Path) -> None:
    async with room(EVENING) as here:
        await imported(here, tmp_path)
        (tmp_path / "own.csv").write_text("ref,language\nA-17,de\nA-71,xx\n")
        said = await refused(here, "invites", target=str(tmp_path / "out"), csv=str(tmp_path / "own.csv"))
        assert said == (
            'own.csv, line 3, column ref: found "A-71". This person was not imported yet: `pnyx people import` does that.\n'
            "Nothing was written."
        )
        assert not (tmp_path / "out").exists()


async def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    async with room(EVENING) as here:
        await imported(here, tmp_path)
        said = await refused(here, "invites", target=str(tmp_path))
        assert "holds other things (people.csv)" in said
        (tmp_path / "file").touch()
        assert "is not a folder" in await refused(here, "invites", target=str(tmp_path / "file"))


async def test_invites_that_are_too_old_are_not_written(tmp_path: Path) -> None:
    async with room(EVENING) as here:
        await imported(here, tmp_path, until="2027-03-02")
        here.clock.move(here.clock.now().replace(day=5))
        said = await refused(here, "invites", target=str(tmp_path / "out"))
        assert said == (
            "There is nobody to invite. 3 invites are too old: import the list again, with --until and a later day."
        )
        await imported(here, tmp_path)
        assert (await ask(here, "invites", target=str(tmp_path / "out")))["people"] == 3


async def test_accounts_are_known_from_the_config_or_from_running(tmp_path: Path) -> None:
    async with room(EVENING) as here:
        await imported(here, tmp_path)
        none = await ask(here, "invites", target=str(tmp_path / "none"), names={})
        assert none["accounts"] == []
        assert "link" not in rows(tmp_path / "none")[0]
        for account, name in (("telegram:main", "old_bot"), ("telegram:second", "second_bot"), ("console:main", "me")):
            await here.store.transact(accounts.call, account, name)
        told = await ask(here, "invites", target=str(tmp_path / "two"))
        assert told["accounts"] == ["square_bot", "second_bot"], "the config says it better"
        first = rows(tmp_path / "two")[0]
        assert first["link @second_bot"].startswith("https://t.me/second_bot?start=")
        assert first["link @square_bot"].startswith("https://t.me/square_bot?start=")


def test_links_are_made_for_the_platforms_that_have_them() -> None:
    assert links({"telegram:a": "", "console:b": "x", "none": "y"}, "ABCD-EF") == ()
    (link,) = links({"telegram:a": "a_bot"}, "ab01-EF")
    assert (link.platform, link.url) == ("Telegram", "https://t.me/a_bot?start=ABOIEF")
    (link,) = links({"matrix:a": "@a/b:x.org"}, "ab01-EF")
    assert (link.platform, link.name, link.url) == ("Matrix", "a/b:x.org", "https://matrix.to/#/@a%2Fb:x.org")
    assert not link.carries


@pytest.mark.parametrize(
    ("accounts", "line"),
    [
        ([], "/join K-1"),
        (["telegram:main", "console:main"], "/join K-1"),
        (["matrix:main"], "!join K-1"),
        (["matrix:main", "telegram:main"], "!join K-1"),
    ],
)
def test_what_people_write_works_in_every_app_that_they_may_use(accounts: list[str], line: str) -> None:
    assert written(accounts, "K-1") == line


# A new invite


async def test_a_new_invite_by_the_word_of_the_list_or_by_the_seat(tmp_path: Path) -> None:
    async with room(EVENING) as here:
        await imported(here, tmp_path)
        await ask(here, "invites", target=str(tmp_path / "out"))
        old = rows(tmp_path / "out")[0]["code"]
        before = await ask(here, "reissue", who="a-17")
        assert (before["who"], before["moves"]) == ("A-17", False)
        assert before["links"] == [
            {
                "platform": "Telegram",
                "name": "square_bot",
                "url": f"https://t.me/square_bot?start={compact(before['code'])}",
            }
        ]
        await here.say("thief", f"/join {old}")
        assert "a newer code" in here.post.text("thief")
        await here.say("zoe", f"/join {before['code']}")
        (seat,) = await here.store.read(lambda db: identities.seats_of(db, db.vault.lookup("test:main", "zoe")))
        again = await ask(here, "reissue", who=seat.seat)
        assert (again["who"], again["moves"]) == ("A-17", True)
        await ask(here, "invites", target=str(tmp_path / "out"))
        assert rows(tmp_path / "out")[0]["code"] == again["code"]
        await here.say("new phone", f"/join {again['code']}")
        assert await here.store.read(identities.address, seat.seat) == ("test:main", "new phone")
        acts = [(line.act, line.by) for line in await here.store.read(audit.lines, ASSEMBLY)]
        assert [a for a in acts if a[0] in ("reissued", "moved")] == [
            ("reissued", ""), ("reissued", seat.seat), ("moved", seat.seat),
        ]  # fmt: skip


async def test_a_seat_without_an_invite_moves_too_and_only_with_the_latest_code(tmp_path: Path) -> None:
    async with room(EVENING) as here:
        seat = await here.enrol("old")
        first, second = await ask(here, "reissue", who=seat), await ask(here, "reissue", who=seat)
        await here.say("new", f"/join {first['code']}")
        assert "a newer code" in here.post.text("new")
        await here.say("new", f"/join {second['code']}")
        assert await here.store.read(identities.address, seat) == ("test:main", "new")
        said = await refused(here, "reissue", who=seat, assembly="a2")
        assert "no assembly called a2" in said


async def test_who_was_erased_gets_no_new_invite(tmp_path: Path) -> None:
    async with room(EVENING) as here:
        await imported(here, tmp_path)
        made = await ask(here, "reissue", who="A-17")
        await here.say("zoe", f"/join {made['code']}")
        (held,) = await here.store.read(lambda db: identities.seats_of(db, db.vault.lookup("test:main", "zoe")))
        await here.store.transact(identities.erase, held.seat)
        assert "has left, and everything that told who it was is erased" in await refused(here, "reissue", who="A-17")
        assert (await imported(here, tmp_path))["left"] == 1


# Links


async def test_the_link_of_a_site_is_the_same_until_a_new_one_ends_it(tmp_path: Path) -> None:
    async with room(LINKS) as here:
        first = await ask(here, "link")
        assert (first["site"], first["cap"], first["until"]) == ("linz", 60, "2027-03-31 11:00")
        here.clock.move(here.clock.now().replace(day=2))
        assert await ask(here, "link", site="linz") == first
        radio = await ask(here, "link", name="radio")
        assert radio["code"] != first["code"]
        later = await ask(here, "link", until="2027-06-30")
        assert (later["code"], later["until"]) == (first["code"], "2027-06-30 23:59")
        second = await ask(here, "link", new=True)
        assert await ask(here, "link") == second
        await here.say("anna", f"/start {first['code']}")
        assert "a newer code" in here.post.text("anna")
        await here.say("ben", f"/start {second['code']}")
        await here.say("cleo", f"/start {radio['code']}")
        found = await ask(here, "people", assembly=ASSEMBLY, seats=True)
        assert found["ways"] == [{"way": "linz", "number": 1}, {"way": "linz/radio", "number": 1}]
        assert [(s["role"], s["status"], s["table"]) for s in found["seats"]] == [("participant", "new", None)] * 2
        assert (await ask(here, "people", assembly=ASSEMBLY))["seats"] == []


async def test_a_link_that_has_expired_is_good_again_when_it_is_asked_for() -> None:
    async with room(LINKS) as here:
        first = await ask(here, "link")
        here.clock.move(here.clock.now().replace(month=5))
        await here.say("anna", f"/start {first['code']}")
        assert "too old" in here.post.text("anna")
        assert (await ask(here, "link"))["code"] == first["code"]
        await here.say("ben", f"/start {first['code']}")
        assert "reserved" in here.post.text("ben")


async def test_a_link_on_paper_is_in_every_language_of_the_site(tmp_path: Path) -> None:
    async with room(LINKS) as here:
        made = await ask(here, "link", target=str(tmp_path / "out"))
        assert [Path(file).name for file in made["files"]] == ["invites.html"]
        html = (tmp_path / "out" / "invites.html").read_text()
        assert html.count('<section class="card"') == 2
        assert re.findall(r'<section class="card" lang="(\w+)"', html) == ["en", "de"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"site": "mars"}, "Say which site: --site, one of linz. Found mars."),
        ({"name": "two words"}, "The name of a link has letters, digits, - and _ only"),
        ({"name": "x" * 41}, "40 at most"),
        ({"until": "never"}, "Found --until never"),
    ],
)
async def test_a_link_that_cannot_be_is_told(given: dict[str, str], said: str) -> None:
    async with room(LINKS) as here:
        assert said in await refused(here, "link", **given)
