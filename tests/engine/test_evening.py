"""An assembly from the welcome to the results, through the real store and the real engine."""

from __future__ import annotations

from datetime import timedelta

from bot.core.effects import Put
from bot.core.events import Joined, encode
from bot.core.rendered import plain
from bot.core.state import Seat
from bot.store import ballots, findings, opinions, queue
from bot.store.database import Database
from bot.store.times import ms
from bot.transports.port import Retry
from tests.support.evening import EVENING
from tests.support.room import ASSEMBLY, Post, Room, room

HOUR = timedelta(hours=1)


async def arrive(here: Room, *names: str) -> None:
    """People come in, agree and say their names."""
    for name in names:
        await here.enrol(name)
    await here.begin()
    for name in names:
        await here.choose(name, "Continue", "I am 18 or older and agree")
        await here.say(name, name.title())


async def test_an_evening_runs_from_the_welcome_to_the_results() -> None:
    async with room(EVENING) as here:
        await arrive(here, "anna", "ben", "cleo")
        await here.wait(HOUR)
        assert "Ben" in here.post.text("anna")
        assert "What do you miss there?" in here.post.text("anna")
        await here.say("ben", "A place to sit.")
        assert "A place to sit." in here.post.text("anna")
        assert "A place to sit." in here.post.text("cleo")
        await here.wait(timedelta(minutes=30))
        assert "More trees?" in here.post.text("cleo")
        await here.choose("anna", "Yes")
        await here.choose("ben", "Yes")
        await here.choose("cleo", "No")
        await here.choose("anna", "No")
        await here.wait(HOUR)
        found = await here.store.read(findings.results, ASSEMBLY, "ballot")
        counted = {unit: data["questions"]["trees"][""]["counts"] for _, unit, data in found}
        assert counted["course:all"] == {"yes": 1, "no": 2, "abstain": 0}
        assert "Thank you." in here.post.text("anna")
        assert await here.store.read(queue.parked) == []
        assert (await here.store.read(queue.counts))["outbox"].keys() <= {"sent"}


async def test_a_vote_is_secret_after_the_close_and_counts_once() -> None:
    async with room(EVENING) as here:
        await arrive(here, "anna", "ben", "cleo")
        await here.wait(HOUR + timedelta(minutes=30))
        for choice in ("Yes", "No", "Yes", "Abstain"):
            await here.choose("anna", choice)
        seat = await here.enrol("anna")
        assert await here.store.read(ballots.choices_of, ASSEMBLY, seat, "ballot") == {("trees", ""): "abstain"}
        await here.wait(HOUR)
        assert await here.store.read(ballots.choices_of, ASSEMBLY, seat, "ballot") == {}
        left = await here.store.read(lambda db: [b.choice for b in ballots.ballots(db, ASSEMBLY, "ballot")])
        assert left == ["abstain"]


async def test_nothing_written_before_the_yes_is_kept() -> None:
    async with room(EVENING) as here:
        await here.enrol("anna")
        await here.begin()
        await here.say("anna", "My secret thoughts")
        await here.choose("anna", "Continue")
        await here.say("anna", "More secret thoughts")
        bodies = await here.store.read(lambda db: [r.body for r in _all_events(db)])
        assert bodies
        assert not any(b"secret thoughts" in body for body in bodies if body)
        await here.choose("anna", "No, thank you")
        await here.say("anna", "Still secret thoughts")
        bodies = await here.store.read(lambda db: [r.body for r in _all_events(db)])
        assert not any(b"secret thoughts" in body for body in bodies if body)


def _all_events(db: Database) -> list[queue.InboxRow]:
    """Every row of the inbox with its body opened, handled or not."""
    rows = db.sql.execute("SELECT seq, key, assembly, kind, at, received, seat, body, tries FROM inbox").fetchall()
    return [
        queue.InboxRow(*r[:7], db.vault.open(r[6], r[7], f"inbox/{r[2]}/{r[1]}") if r[7] else None, r[8]) for r in rows
    ]


async def test_everybody_has_answered_so_it_closes_a_minute_later() -> None:
    async with room(EVENING) as here:
        await arrive(here, "anna", "ben")
        await here.wait(HOUR + timedelta(minutes=30))
        await here.choose("anna", "Yes")
        await here.choose("ben", "Yes")
        assert "closes in one minute" in here.post.text("anna")
        course = await here.course()
        assert "ballot" in course.open
        await here.wait(timedelta(seconds=61))
        course = await here.course()
        assert course.done["ballot"] == "done"


async def test_who_comes_late_gets_a_table_and_the_open_steps() -> None:
    async with room(EVENING) as here:
        await arrive(here, "anna", "ben", "cleo")
        await here.wait(HOUR + timedelta(minutes=5))
        assert "talk" in (await here.course()).open
        await join_late(here, "dora")
        assert "What do you miss there?" in here.post.text("dora")
        await here.say("dora", "Shade.")
        assert "Shade." in here.post.text("anna")
        await here.wait(timedelta(minutes=30))
        await here.choose("dora", "Yes")
        assert await here.store.read(ballots.voters, ASSEMBLY, "ballot")


async def join_late(here: Room, name: str) -> None:
    seat = await here.enrol(name)
    now = ms(here.clock.now())
    event = Joined(seat, "all")
    await here.store.transact(queue.put_event, ASSEMBLY, f"joined/{name}", encode(event), event.kind, now, now)
    await here.engine.settle()
    await here.choose(name, "Continue", "I am 18 or older and agree")
    await here.say(name, name.title())


async def test_what_is_withdrawn_before_it_leaves_is_not_sent() -> None:
    async with room(EVENING) as here:
        await arrive(here, "anna", "ben", "cleo")
        await here.wait(HOUR)
        await here.take_in("ben", "I take this back")
        await here.say("ben", "/undo")
        given = await here.store.read(opinions.given_by, ASSEMBLY, await here.enrol("ben"))
        assert given == []
        assert "I take this back" not in here.post.text("anna") or "withdrawn" in here.post.text("anna")


async def test_nobody_is_cut_off_who_is_still_at_an_earlier_step_of_the_opening() -> None:
    early = EVENING.replace('type = "consent"\n', 'type = "consent"\nearly_close = "all_answered"\n')
    async with room(early) as here:
        await here.enrol("anna")
        await here.enrol("ben")
        await here.begin()
        await here.choose("anna", "Continue", "I am 18 or older and agree")
        await here.say("anna", "Anna")
        await here.wait(timedelta(minutes=10))
        assert "consent" in (await here.course()).open
        await here.choose("ben", "Continue", "No, thank you")
        await here.wait(timedelta(minutes=2))
        assert "consent" in (await here.course()).done


async def test_who_leads_and_has_no_name_yet_is_called_by_the_role() -> None:
    async with room(EVENING) as here:
        maya = await here.enrol("maya", "facilitator")
        await here.apply([Put(Seat(maya, "facilitator", "linz", "en", "active"))])
        await arrive(here, "anna", "ben", "cleo")
        await here.wait(HOUR)
        await here.say("maya", "/prompt Who begins?")
        await here.say("maya", press="-send:")
        assert "Facilitator:" not in here.post.text("anna").rpartition("At your table")[2]
        await here.say("maya", "/name Maya")
        await here.say("maya", "What else?")
        assert "Maya (facilitator)\n" in here.post.text("anna")


async def test_a_ballot_that_comes_in_the_morning_says_until_when_it_is_open() -> None:
    hours = "[schedule.quiet_hours]\nstart = 11:20:00\nend = 17:00:00\n\n[[step]]"
    async with room(EVENING.replace("[[step]]", hours, 1)) as here:
        await arrive(here, "anna", "ben", "cleo")
        await here.wait(timedelta(hours=7, minutes=30))
        ballot = next(text for text in map(plain, here.post.to("anna")) if "You can vote until" in text)
        assert "18:00" in ballot, ballot
        assert "ballot" not in (await here.course()).done


async def test_who_gets_the_ballot_late_has_the_whole_time_from_then() -> None:
    post = Post()
    async with room(EVENING, post) as here:
        await arrive(here, "anna", "ben", "cleo")
        await here.wait(HOUR + timedelta(minutes=29))
        post.failures = [Retry(timedelta(minutes=40))] * 3
        await here.wait(timedelta(minutes=70))
        assert "More trees?" in post.text("cleo")
        await here.choose("cleo", "Yes")
        assert "ballot" in (await here.course()).open
        await here.wait(timedelta(minutes=40))
        assert "ballot" in (await here.course()).done
        assert len(await here.store.read(ballots.voters, ASSEMBLY, "ballot")) == 1


async def test_nobody_who_cannot_be_reached_holds_a_step_open() -> None:
    post = Post()
    async with room(EVENING, post) as here:
        await arrive(here, "anna", "ben", "cleo")
        await here.wait(HOUR + timedelta(minutes=29))
        post.failures = [Retry(timedelta(hours=90))]
        await here.wait(timedelta(minutes=62))
        assert "ballot" in (await here.course()).done
