"""What somebody who leads a table does from the phone: words in private, turns, a pause, the way out, the next shift."""

from __future__ import annotations

from datetime import timedelta

from bot.store import audit, courses, people
from bot.store.database import Database
from tests.support.chats import TALK, Talkers, table
from tests.support.room import ASSEMBLY

MINUTE = timedelta(minutes=1)
WHY = "nobody else can speak"


async def acts(t: Talkers) -> list[str]:
    return [line.act for line in await t.room.store.read(audit.lines, ASSEMBLY)]


async def status_of(t: Talkers, name: str) -> str:
    def found(db: Database) -> str:
        everybody = people.roster(db, ASSEMBLY, statuses=("new", "active", "paused", "left"))
        return next(s.status for s in everybody if s.name == name)

    return await t.room.store.read(found)


# In private


async def test_whoever_calls_is_read_by_those_who_lead_alone_and_answered_in_private() -> None:
    async with table() as t:
        await t.write("anna", "/call I feel attacked.")
        assert "Anna at table 1 asks for you, in private.\n  “I feel attacked.”" in t.last("maya")
        assert "Claire, 03 00 00 00 00" in t.last("anna")
        await t.write("maya", "/tell Anna I am with you in a minute.")
        assert "writes to you alone:\n  “I am with you in a minute.”" in t.last("anna")
        for who in ("ben", "cleo", "olga"):
            assert not any("attacked" in text or "in a minute" in text for text in t.shown(who))
        assert "called" in await acts(t)


async def test_whoever_leads_a_table_calls_the_coordinator_and_not_themselves() -> None:
    async with table() as t:
        await t.write("maya", "/call They quarrel.")
        assert "Maya (facilitator) at table 1 asks for you, in private.\n  “They quarrel.”" in t.last("olga")
        assert not any("asks for you" in text for text in t.shown("maya"))


async def test_a_button_under_the_first_words_asks_for_whoever_leads_and_leads_nobody_to_themselves() -> None:
    later = TALK.replace("duration", 'after = "5m"\nduration')
    async with table(later) as t:
        await t.room.wait(6 * MINUTE)
        assert not any("privately" in text for text in t.shown("maya"))
        assert any("What about bread?" in text for text in t.shown("maya"))
        await t.tap("anna", "Ask Maya privately")
        assert "Anna at table 1 asks for you, in private." in t.last("maya")
        assert not any("asks for you" in text for who in ("ben", "cleo", "olga") for text in t.shown(who))


async def test_where_nobody_leads_the_coordinator_is_called() -> None:
    async with table(maya=False) as t:
        await t.write("anna", "/call")
        assert "Anna at table 1 asks for you, in private." in t.last("olga")


async def test_a_name_that_is_not_there_gets_those_who_are() -> None:
    async with table() as t:
        await t.write("maya", "/tell Dora Hello")
        assert "At this table are" in t.last("maya")
        for name in ("Anna", "Ben", "Cleo"):
            assert name in t.last("maya")


async def test_all_who_lead_have_a_channel_of_their_own() -> None:
    async with table() as t:
        await t.write("maya", "/team Does anybody have a map?")
        assert "Maya (facilitator), table 1, to all who lead:\n  “Does anybody have a map?”" in t.last("olga")
        await t.write("olga", "/team I bring one.")
        assert "I bring one." in t.last("maya")
        assert not any(
            "map" in text or "I bring one" in text for who in ("anna", "ben", "cleo") for text in t.shown(who)
        )
        await t.write("anna", "/team me too")
        assert "/team is for" in t.last("anna")


# The talk


async def test_time_turn_and_nudge() -> None:
    async with table() as t:
        await t.write("anna", "/time")
        assert "40 minutes left" in t.last("anna")
        await t.write("maya", "/turn Ben")
        assert "would like to hear you now" in t.last("ben")
        assert "gives the word to Ben." in t.last("anna")
        await t.write("ben", "Rye.")
        await t.write("maya", "/nudge")
        assert t.last("maya") == "2 people were reminded, in private."
        assert "Your table would like to hear from you too" in t.last("cleo")
        await t.write("maya", "/nudge")
        assert t.last("maya") == "Everybody has answered, or was reminded before."


async def test_who_has_written_one_of_several_things_has_answered() -> None:
    ideas = '[[step]]\nid = "ideas"\ntype = "collect"\nduration = "30m"\ntext = "What do you wish?"\nmax_each = 3\n'
    async with table(ideas) as t:
        await t.write("anna", "A bench.")
        await t.write("maya", "/status")
        assert "1 of 3 have answered: Anna." in t.last("maya")
        await t.write("maya", "/nudge")
        assert t.last("maya") == "2 people were reminded, in private."


async def test_in_a_round_whoever_is_called_comes_next() -> None:
    async with table(TALK.replace("duration", 'turns = "round"\nturn_for = "2m"\nduration')) as t:
        floor, order = await t.room.store.read(in_turn)
        assert len(order) == 2
        await t.write("maya", f"/turn {order[-1]}")
        assert "comes next." in t.last("ben")
        await t.write(floor.casefold(), "/pass")
        assert (await t.room.store.read(in_turn))[0] == order[-1]


def in_turn(db: Database) -> tuple[str, list[str]]:
    """Who has the floor, and who comes after, by name."""
    (stage,) = courses.stages_of(db, ASSEMBLY, "talk")
    names = people.names(db, [stage.data["floor"], *stage.data["order"]])
    return names[stage.data["floor"]], [names[seat] for seat in stage.data["order"]]


async def test_somebody_listens_for_a_while() -> None:
    async with table() as t:
        await t.write("maya", "/quiet Anna 5m")
        assert "asks you to listen until" in t.last("anna")
        assert "Claire, 03 00 00 00 00" in t.last("anna")
        await t.write("anna", "But I want to say")
        assert "What you wrote was not sent." in t.last("anna")
        assert not any("But I want" in text for text in t.shown("ben"))
        await t.room.wait(6 * MINUTE)
        await t.write("anna", "Now I may.")
        assert any("Now I may." in text for text in t.shown("ben"))
        await t.write("maya", "/quiet Anna 2h")
        assert "up to 30 minutes" in t.last("maya")
        await t.write("maya", "/quiet Ben")
        await t.write("maya", "/quiet Ben 0m")
        await t.write("ben", "Thank you.")
        assert any("Thank you." in text for text in t.shown("anna"))


# The way out


async def test_nobody_is_removed_at_one_persons_word() -> None:
    async with table() as t:
        await t.write("maya", "/remove Anna")
        await t.tap("maya", WHY)
        assert "A second person decides." in t.last("anna")
        assert await status_of(t, "Anna") == "active"
        assert f"The reason: {WHY}." in t.last("olga")
        await t.tap("olga", "I agree")
        assert await status_of(t, "Anna") == "left"
        assert "You do not take part in this assembly any longer." in t.last("anna")
        assert f"Anna does not take part any longer. The reason: {WHY}." in t.last("ben")
        await t.tap("olga", "I agree")
        assert "This has been decided already." in t.last("olga")
        for act in ("wants_removed", "asked_for", "agreed_to", "removed"):
            assert act in await acts(t)
        await t.write("anna", "/mydata")
        assert "everything that I keep of you" in "".join(t.shown("anna")), "her rights stay"


async def test_it_happens_by_itself_after_ten_minutes_that_all_have_known_of() -> None:
    async with table() as t:
        await t.write("maya", "/remove Anna")
        await t.tap("maya", WHY)
        await t.room.wait(9 * MINUTE)
        assert await status_of(t, "Anna") == "active"
        await t.room.wait(2 * MINUTE)
        assert await status_of(t, "Anna") == "left"


async def test_a_second_person_can_stop_it_and_the_first_cannot_agree() -> None:
    async with table() as t:
        await t.write("maya", "/remove Anna")
        await t.tap("maya", WHY)
        await t.tap("olga", "Stop it")
        assert "has stopped it. Nothing happens." in t.last("maya")
        await t.room.wait(15 * MINUTE)
        assert await status_of(t, "Anna") == "active"
        await t.write("maya", "/remove Anna")
        await t.tap("maya", "Do not remove anybody")
        assert t.last("maya") == "Nobody was removed."


# The next shift


async def test_a_table_goes_to_the_next_shift_with_notes() -> None:
    async with table() as t:
        await t.room.enrol("rita", "facilitator")
        await t.write("maya", "/handover Anna is shy. We are at the second question.")
        assert "Anna is shy." in t.last("rita")
        await t.tap("rita", "Take over table 1")
        assert "Table 1 is yours now. The notes:\n  “Anna is shy. We are at the second question.”" in t.last("rita")
        assert "facilitates your table from now on." in t.last("ben")
        await t.write("rita", "/status")
        assert t.last("rita").startswith("Table 1")
        await t.write("maya", "/status")
        assert not t.last("maya").startswith("Table 1")
        await t.write("rita", "Good evening")
        assert any("Good evening" in text for text in t.shown("anna"))
        await t.tap("olga", "Take over table 1")
        assert "/handover is for facilitators." in t.last("olga")
        assert "took_over" in await acts(t)
