"""Auckland: Nils leads table 1 from his chat on Telegram, on Tuesday; Rita does on Wednesday."""

from __future__ import annotations

from collections.abc import Iterable

from tests.support.led import BREATH, Evenings
from tests.support.playbook.cast import (
    ANSWER,
    AUCKLAND,
    FREMD,
    GESAGT,
    IN_TURN,
    INSULT,
    MINUTE,
    ONE,
    SAID,
    SWIM,
    everybody_answers,
    invited,
)  # fmt: skip

# Tuesday in Auckland: Nils leads table 1 from his chat on Telegram


async def tuesday_in_auckland(e: Evenings) -> None:
    await e.until("2027-03-02T19:00+13:00")
    await e.go_on()
    assert await e.tables() == {
        "nz-1": ["augusta", "ben", "eve", "hal", "ida", "nils"],
        "nz-2": ["anna", "cleo", "dan", "flo", "tom"],
    }
    await e.says("nils", "Good evening, all. Who begins?")
    await e.says("ida", "I have planted a kōwhai.")
    await e.says("tom", "Good evening.")
    await e.go_on()
    assert await e.where("planted a kōwhai") == dict.fromkeys((*ONE, "ida", "nils"), 1), (
        "once each, and at that table alone"
    )
    await e.asks("nils", "/status")
    await e.reads("nils", "Table {number}", "Have written: Ida.", "Not yet: ", "left, until 19:10", number="1")

    await e.forget()
    await e.until_open("talk", "nz")
    await he_looks_after_the_round(e)
    await somebody_calls_for_him(e)
    await he_hides_a_message(e)
    await the_coordinator_looks_on(e)
    await somebody_takes_a_break(e)
    await he_ends_it(e)


async def he_looks_after_the_round(e: Evenings) -> None:
    await e.asks("otto", "/watch 1")
    await e.reads(
        "otto",
        "You read what is said at table {number} from now on, {span} later and without names.",
        span="15 minutes",
    )
    await e.reads("ida", "1 person observes this talk, 15 minutes later and without your names.")
    await e.asks("nils", "/prompt What would you miss most?")
    await e.reads("nils", "This goes to table {number}:", "What would you miss most?")
    assert await e.where("miss most", but="nils") == {}
    await e.taps("nils", "Send")
    assert await e.where("miss most", but="nils") == dict.fromkeys((*ONE, "ida"), 1)
    waiting = dict(IN_TURN)
    first = await whose_turn(e, waiting)
    later = [name for name in waiting if name != first][-1]
    await e.asks("nils", f"/turn {later.title()}")
    await e.reads("nils", "{name} is asked to speak.", name=later.title())
    while waiting:
        who = await whose_turn(e, waiting)
        if words := waiting.pop(who):
            await speaks(e, who, words)
        else:
            await e.asks(who, "/pass")
        if who == first:
            assert await whose_turn(e, waiting) == later, "whom he has asked for comes next"
    await e.asks("nils", "/time")
    await e.reads("nils", "In turn: {left} left, until 19:45")


async def whose_turn(e: Evenings, waiting: Iterable[str]) -> str:
    """Who of these has been told that it is their turn."""
    told = [name for name in waiting if await e.count(name, "It is your turn.")]
    assert len(told) == 1, told
    return told[0]


async def speaks(e: Evenings, who: str, words: str) -> None:
    """Somebody uses their turn; a moment later it goes on."""
    await e.says(who, words)
    await e.wait(3 * BREATH)


async def somebody_calls_for_him(e: Evenings) -> None:
    await e.asks("eve", "/call I feel a little attacked.")
    await e.reads("eve", "They have been told, and nobody else. They answer you here.")
    await e.reads(
        "nils", "{name}{where} asks for you, in private.", "I feel a little attacked.", name="Eve", where=" at table 1"
    )
    await e.asks("nils", "/tell Eve I am with you in a minute.")
    await e.reads("eve", "{name} writes to you alone:", "I am with you in a minute.")
    assert (await e.where("attacked")).keys() == {"eve", "nils"}
    assert (await e.where("in a minute")).keys() == {"eve", "nils"}


async def he_hides_a_message(e: Evenings) -> None:
    await e.asks("ben", INSULT)
    assert await e.where(INSULT) == dict.fromkeys((*ONE, "ida", "nils"), 1)
    await e.replies("nils", INSULT, "/hide")
    assert await e.where(INSULT) == {"ben": 1}, "on neither platform, but with its author"
    await e.taps("nils", "it insults somebody")
    await e.reads("ben", "{name} has hidden this message of yours: nobody at the table reads it now.")
    await e.reads("ben", "The reason why your message was hidden: {reason}. You can say it again in other words.")
    for name in ("augusta", "ida"):
        await e.reads(name, "{name} has hidden a message. The reason: {reason}.", reason="it insults somebody")
    await e.taps("ben", "I object")
    await e.reads(
        "kora", "{name} objects to the hiding of this message. It was hidden because: {reason}.", INSULT, name="Ben"
    )
    await e.taps("kora", "Keep it hidden")
    await e.reads("ben", "{name} has looked at your objection: the message stays hidden.")

    await e.asks("nils", "/quiet Ben 5m")
    await e.reads("ben", "{name} asks you to listen until {when}. What you write until then does not go to the table.")
    await e.asks("ben", "And I say it again.")
    assert (await e.where("say it again")).keys() == {"ben"}


async def the_coordinator_looks_on(e: Evenings) -> None:
    await e.asks("kora", "/board")
    await e.reads("kora", "In turn", "In the picture:")
    assert e.apps["kora"].last.media is not None
    assert e.apps["kora"].last.media.kind == "photo"
    await e.asks("kora", "/move 1 Hal 2")
    await e.reads("kora", "{name} sits at table {number} now. Both tables are told.", name="Hal", number="2")
    await e.reads("ida", "{name} sits at table {number} now.", name="Hal", number="2")
    await e.reads("hal", "You sit at table {number} from now on.", number="2")
    assert "hal" in (await e.tables())["nz-2"]
    await e.asks("kora", "/announce The tea is ready.")
    assert await e.where("tea is ready", but="kora") == {}
    await e.taps("kora", "Send")
    assert (await e.where("tea is ready")).keys() >= {*AUCKLAND, "ida", "nils", "tom"}
    await e.asks("gwen", "/remark Table 1 was led calmly.")
    await e.reads("olga", "A remark by {name}:", "Table 1 was led calmly.")


async def somebody_takes_a_break(e: Evenings) -> None:
    await e.asks("augusta", "/leave")
    await e.taps("augusta", "Pause")
    await e.reads("ida", "{name} takes a break.", name="Augusta")
    await e.asks("nils", "/pause")
    await e.asks("nils", "/resume")
    await e.asks("ida", "I would miss the morning most.")
    assert (await e.where("miss the morning")).keys() == {"ida", "ben", "eve", "nils"}
    await e.asks("augusta", "Here again")
    await e.taps("augusta", "Come back")
    await e.reads("augusta", "Welcome back.")
    assert await e.count("augusta", "miss the morning") == 1, "she reads what she has missed"


async def he_ends_it(e: Evenings) -> None:
    await e.asks("nils", "/extend 5m")
    await e.reads("ida", "until 19:50")
    await e.asks("nils", "/nudge")
    await e.asks("nils", "/note They began late.")
    await e.reads("nils", "Kept in the log. Your table does not see it.")
    await e.asks("nils", "/summary Rivers, birds, and people on farms.")
    assert await e.where("Rivers, birds", but="nils") == dict.fromkeys(("augusta", "ben", "eve", "ida"), 1)
    await e.until("2027-03-02T19:42+13:00")
    await e.reads("otto", SWIM)
    feed = "\n".join(await e.shown("otto"))
    assert "The kererū at our gate, [" in feed
    assert not [secret for secret in ("Eve", "Ida", "Nils", INSULT, "Ben") if secret in feed]
    await e.asks("nils", "/next")
    await e.wait(MINUTE)
    await e.reads("ida", "The talk at your table has ended. Thank you.")


async def a_step_is_stopped(e: Evenings) -> None:
    """The guarantor stops the next step until she and the coordinator have talked; a second person helps to close one."""
    await e.asks("gwen", "/hold next The tables have not seen the sources.")
    await e.reads("kora", "The tables have not seen the sources.")
    await e.until("2027-03-02T19:52+13:00")
    assert "statements" not in (await e.work.ask("open"))["nz"]
    await e.asks("kora", "/lift")
    await e.taps("gwen", "It can go on")
    await e.until_open("statements", "nz")
    for name, words in SAID.items():
        await e.says(name, words)
    await e.go_on()
    await e.asks("nils", "/status")
    await e.reads("nils", "{step}: {done} of {all} have answered: {names}.", done="3", all="4")
    await e.asks("kora", "/close statements")
    await e.reads("kora", "“{step}” closes early, for everybody.", step="What you want to say")
    await e.taps("olga", "I agree")
    await e.reads("kora", "{name} has agreed: it is done.")
    await e.until_open("answers", "nz")


async def the_summary_and_the_next_shift(e: Evenings) -> None:
    await everybody_answers(e, (*AUCKLAND, "ida"), "Agree")
    await e.until_open("digest", "nz")
    await e.reads("nils", SAID["ida"], SAID["eve"], SAID["augusta"])
    await e.taps("nils", "Approve")
    (rita,) = await invited(e, "kora", "facilitator")
    await e.on_telegram("en", rita=rita)
    await e.go_on()
    await e.asks("rita", "/name Rita")
    await e.asks("nils", "/handover Ben was hidden once. Eve is shy.")
    await e.reads("rita", "{name} looks for somebody who takes over table {number}.", "Eve is shy.", number="1")
    await e.taps("rita", "Take over table {number}", number="1")
    await e.reads("rita", "Table {number} is yours now. The notes:", "Eve is shy.", number="1")
    await e.reads("ida", "{name} facilitates your table from now on. Thank you, {before}.")
    assert (await e.tables())["nz-1"] == ["augusta", "ben", "eve", "ida", "rita"]
    await e.forget()
    for words in ("/prompt And now?", "/note One more.", "/status", "/tell Eve Hello", "Good night, all."):
        await e.asks("nils", words)
    await e.taps("nils", "It was a mistake: put it back")
    await e.reads("nils", "This table is not yours, so nothing was changed.")
    assert (await e.standing(INSULT)).keys() <= {"ben", "kora"}, "nor does an old button of his do anything"
    assert await e.where("And now?") == await e.where("Hello") == await e.where("Good night, all") == {"nils": 1}


# Wednesday: what Vienna has said is read, and answered


async def wednesday_in_auckland(e: Evenings) -> None:
    """Rita leads now. What Vienna has said is read, and answered."""
    await e.forget()
    await e.until("2027-03-03T18:59+13:00")
    await e.until_open("across", "nz")
    for name in ("ida", "eve", "rita"):
        await e.reads(name, GESAGT["dora"], GESAGT["hans"])
    assert (await e.where(GESAGT["dora"])).keys() == {*AUCKLAND, "ida", "rita", "tom"}, "each once, and Nils no more"
    assert await e.where(FREMD) == await e.where(INSULT) == {}, "what was hidden goes nowhere"
    await e.taps("ida", "Answer {number}", number="1")
    await e.asks("ida", ANSWER)
    await e.all_tap(("augusta", "ben", "eve"), "Nothing to add")
    await e.until("2027-03-03T19:11+13:00")
    await e.taps("ida", "They may go")
    await e.taps("rita", "Approve")
    await e.until_open("echo", "nz")
    await e.asks("rita", "/status")
    await e.reads("rita", "Table {number}", number="1")
    await e.asks("nils", "/next")
    await e.reads("nils", "You lead no table now. You will be told here when you do.")
    await e.asks("eve", "Austria, too, wants to repair things.")
    await e.asks("rita", "/next")
    await e.wait(2 * MINUTE)
    await e.reads("eve", "The talk at your table has ended. Thank you.")
