"""Nobody is reminded twice of the same thing, by whomever, and after a restart neither; nor in the quiet hours."""

from __future__ import annotations

from datetime import timedelta

from tests.engine.test_rests_and_waits import restarted
from tests.engine.test_stolen_accounts import BALLOT
from tests.support.chats import TALK, Talkers, table

BREAK = '[[step]]\nid = "pause"\ntype = "break"\nduration = "10m"\n'
MINUTE = timedelta(minutes=1)
ENOUGH = "Everybody has answered, or was reminded before."
WAITS = "still waits for your answer"
SILENT = "Your table would like to hear from you too"


def reads(t: Talkers, who: str, words: str) -> int:
    return sum(words in text for text in t.shown(who))


async def test_a_question_is_brought_to_mind_by_hand_once() -> None:
    async with table(BREAK + BALLOT) as t:
        await t.room.wait(11 * MINUTE)
        await t.tap("anna", "Yes")
        await t.write("maya", "/nudge")
        assert t.last("maya") == "2 people were reminded, in private."
        await restarted(t)
        for who, text in (("maya", "/nudge"), ("olga", "/nudge 1"), ("olga", "/nudge")):
            await t.write(who, text)
            assert t.last(who) == ENOUGH, text
        assert [reads(t, who, WAITS) for who in ("anna", "ben", "cleo")] == [0, 1, 1]


async def test_the_silent_are_asked_once_by_rule_or_by_hand_also_after_a_restart() -> None:
    async with table(TALK) as t:
        await t.write("anna", "Good evening.")
        await t.room.wait(14 * MINUTE)
        assert [reads(t, who, SILENT) for who in ("anna", "ben", "cleo")] == [0, 1, 1], "a third of forty minutes"
        await restarted(t)
        await t.write("maya", "/nudge")
        assert t.last("maya") == ENOUGH
        await t.write("olga", "/nudge 1")
        assert t.last("olga") == ENOUGH
        await t.room.wait(14 * MINUTE)
        assert [reads(t, who, SILENT) for who in ("anna", "ben", "cleo")] == [0, 1, 1]
