"""One phone, several people: a helper answers for others, by name, and every vote stays its own."""

from __future__ import annotations

from datetime import timedelta

from bot.core.rendered import plain
from bot.store import ballots, codes, opinions
from bot.store.database import Database
from bot.store.times import ms
from tests.engine.test_evening import HOUR, arrive
from tests.support.evening import EVENING
from tests.support.room import ASSEMBLY, Room, room


async def second_seat(here: Room, helper: str) -> None:
    """The helper uses a code for somebody else, who agrees and is called Berta."""

    def made(db: Database) -> str:
        now = here.clock.now()
        return codes.make_code(db, ASSEMBLY, "participant", "linz", made=ms(now), expires=ms(now + timedelta(days=1)))

    await here.say(helper, f"/join {await here.store.transact(made)}")
    await here.choose(helper, "Continue", "I am 18 or older and agree")
    await here.say(helper, "Berta")


async def test_a_helper_serves_two_people_and_each_has_one_vote() -> None:
    async with room(EVENING) as here:
        await arrive(here, "anna", "ben")
        await second_seat(here, "anna")
        assert "answer for somebody else" in here.post.text("anna")
        await here.wait(HOUR)
        await here.say("anna", "/for Anna")
        await here.say("anna", "Anna misses a bench")
        await here.say("anna", "/for Berta")
        await here.say("anna", "Berta misses trees")
        heard = here.post.text("ben")
        assert "Anna misses a bench" in heard
        assert "Berta misses trees" in heard
        await here.wait(timedelta(minutes=30))
        asked = [m for m in here.post.to("anna") if m.step == "ballot" and m.buttons]
        named = {next(text for _, text in m.blocks if text.startswith("For ")): m for m in asked}
        assert named.keys() == {"For Anna:", "For Berta:"}
        await here.say("anna", press=named["For Berta:"].buttons[0].press)
        await here.say("anna", press=named["For Anna:"].buttons[1].press)
        receipts = [plain(m) for m in here.post.to("anna") if "With help, for Berta:" in plain(m)]
        assert receipts
        assert all("For Berta:" not in each for each in receipts), "for whom it is, is said once"
        cast = await here.store.read(lambda db: sorted(b.choice for b in ballots.ballots(db, ASSEMBLY, "ballot")))
        assert cast == ["no", "yes"]
        given = await here.store.read(lambda db: opinions.contributions(db, ASSEMBLY, "talk"))
        assert {c.text: c.helped for c in given} == {"Anna misses a bench": False, "Berta misses trees": True}


async def test_a_name_that_nobody_has_here_is_answered_with_those_that_are() -> None:
    async with room(EVENING) as here:
        await arrive(here, "anna", "ben")
        await second_seat(here, "anna")
        await here.say("anna", "/for Claire")
        assert "You can answer here for: Anna and Berta" in here.post.text("anna")


async def test_a_button_of_another_persons_chat_does_nothing() -> None:
    async with room(EVENING) as here:
        await arrive(here, "anna", "ben")
        await here.wait(HOUR + timedelta(minutes=30))
        seat = await here.enrol("anna")
        await here.say("ben", press=f"ballot:trees::yes@{seat}")
        assert await here.store.read(ballots.voters, ASSEMBLY, "ballot") == []
