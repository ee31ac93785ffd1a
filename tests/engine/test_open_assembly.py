"""Open assemblies: people come in by links, or just so, up to the caps; a rush rings the alarm."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.store import audit, courses, joining
from tests.support.doorway import ASKED, expect, knocks, link, opened, seats
from tests.support.evening import EVENING
from tests.support.room import ASSEMBLY, room

SECOND = timedelta(seconds=1)


async def test_a_link_lets_in_up_to_the_caps_and_each_person_once() -> None:
    async with room(opened("links = true\ncap = 3\ncaps = { linz = 2 }")) as here:
        code = await link(here)
        await here.say("anna", f"/start {code}")
        await here.say("anna", f"/start {code}")
        await here.say("ben", f"/start {code}")
        await here.say("cleo", f"/start {code}")
        assert len(await seats(here)) == 2
        assert "The assembly has not begun yet." in here.post.text("anna"), "who follows it again is simply in"
        assert here.post.text("cleo").startswith(
            "“The square” has no place left for people without a personal invitation."
        )
        assert "Claire, 03 00" in here.post.text("cleo")
        await here.say("cleo", f"/start {code}")
        assert len(here.post.to("cleo")) == 1
        await here.say("dora", "hello")
        assert ASKED in here.post.text("dora"), "links = true is not open = true"
        own = await expect(here)
        await here.say("dora", f"/join {own}")
        assert len(await seats(here)) == 3, "a code of one's own is good where no place is left"
        assert await here.store.read(joining.came, ASSEMBLY) == {"linz": 2}
        assert await here.store.read(joining.by_site, ASSEMBLY) == {("linz", ""): 1, ("linz", "linz"): 2}


async def test_an_open_assembly_lets_in_whoever_writes_as_long_as_there_is_room() -> None:
    async with room(opened("open = true\ncap = 2")) as here:
        await knocks(here, *((f"p{n}", "hello") for n in range(5)), language="de")
        found = await seats(here)
        assert [s.language for s in found] == ["de", "de"]
        assert here.post.text("p4").startswith("Bei „Der Platz“ ist ohne persönliche Einladung kein Platz")
        await here.say("p0", "hello")
        assert len(await seats(here)) == 2


async def test_an_assembly_that_is_closed_lets_nobody_in() -> None:
    async with room(opened("open = true")) as here:
        row = await here.store.read(courses.load_assembly, ASSEMBLY)
        assert row is not None
        await here.store.transact(courses.save_assembly, replace(row, state="closed"))
        await here.say("anna", "hello")
        assert await seats(here) == []
        assert ASKED in here.post.text("anna")


async def test_a_rush_rings_the_alarm_once_and_the_caps_hold() -> None:
    """1,000 people follow 20 links within a minute."""
    links = opened("links = true\ncap = 300\ncaps = { linz = 250 }\nalarm = 30")
    async with room(links) as here:
        await here.enrol("olga", "organiser")
        await here.enrol("carl", "coordinator")
        ways = [await link(here, f"linz/{n}") for n in range(20)]
        for start in range(0, 1000, 50):
            await knocks(here, *((f"p{n}", f"/start {ways[n % 20]}") for n in range(start, start + 50)))
            await here.wait(3 * SECOND)
        assert await here.store.read(joining.came, ASSEMBLY) == {"linz": 250}
        for who in ("olga", "carl"):
            assert here.post.text(who).count("without a personal code") == 1
            assert "More can still come" in here.post.text(who)
        assert all(len(here.post.to(f"p{n}")) == 1 for n in range(1000)), "each is answered, once"
        assert [line.act for line in await here.store.read(audit.lines, ASSEMBLY)].count("joining_alarm") == 1


async def test_the_alarm_rings_again_in_the_next_rush() -> None:
    async with room(opened("open = true\nalarm = 2")) as here:
        await here.enrol("olga", "organiser")
        rings = []
        for n in range(30):
            await here.say(f"p{n}", "hello")
            rings.append(here.post.text("olga").count("within a minute"))
            await here.wait(timedelta(minutes=6) if n in (5, 20) else 10 * SECOND)
        assert rings[1:3] == [0, 1]
        assert rings[5] == 1
        assert rings[8] == 2
        assert rings[20] == 2
        assert rings[29] == 3


async def test_a_rush_can_close_the_door_until_somebody_opens_it() -> None:
    async with room(opened('links = true\nalarm = 2\non_alarm = "pause"')) as here:
        await here.enrol("carl", "coordinator")
        code = await link(here)
        await knocks(here, *((f"p{n}", f"/start {code}") for n in range(5)))
        assert len(await seats(here)) == 4
        assert "Nobody else can come in this way until you allow it." in here.post.text("carl")
        assert here.post.text("p4").startswith("Just now nobody can come into “The square”")
        own = await expect(here)
        await here.say("dora", f"/join {own}")
        assert len(await seats(here)) == 5, "a code of one's own works as before"
        await here.choose("carl", "Let people in again")
        assert "3 people came in without a personal code." in here.post.text("carl")
        await here.say("p4", f"/start {code}")
        assert len(await seats(here)) == 6
        await here.say("carl", "/joining pause")
        await here.say("carl", "/joining pause")
        assert "Nobody else can come in this way now." in here.post.text("carl")
        await here.say("emma", f"/start {code}")
        assert len(await seats(here)) == 6
        acts = [line.act for line in await here.store.read(audit.lines, ASSEMBLY) if line.act.startswith("joining")]
        assert acts == ["joining_alarm", "joining_allowed", "joining_paused"]


async def test_an_assembly_for_invited_people_has_no_such_door() -> None:
    async with room(EVENING) as here:
        await here.enrol("olga", "organiser")
        await here.say("olga", "/joining")
        assert "with a personal code only" in here.post.text("olga")
        await here.say("olga", "/joining loudly")
        assert "After /joining I found “loudly”." in here.post.text("olga")
