"""The cross-border dialogue, led wholly from chats: in Auckland by a facilitator on Telegram whose table is virtual, in Vienna by
one in the room of her table on Matrix, with a real Synapse, the strict Telegram server and the bot in a process of its own.

It is the whole flow of `make demo`, with fewer people: nine in New Zealand at two tables, five in Austria at one.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.paths import flows_dir
from tests.support.bot_process import ASSEMBLY
from tests.support.led import BREATH, Evenings, evenings, pnyx
from tests.support.matrix_people import Gathering

pytestmark = [pytest.mark.homeserver, pytest.mark.slow]

MINUTE = timedelta(minutes=1)
FLOW = flows_dir() / "cross-border"
CODE = re.compile(r"[A-Z2-7]{4}(?:-[A-Z2-7]{1,4}){6}")

AUCKLAND = ("anna", "ben", "cleo", "dan", "eve", "flo", "augusta", "hal")
"""On Telegram; Ida, who sits with them, is on Matrix."""
VIENNA = ("dora", "emil", "fritz", "greta")
"""On Matrix; Hans, who sits with them, is on Telegram."""
ONE = ("augusta", "ben", "eve", "hal")
"""On Telegram at table 1 in Auckland, with Ida."""


def flow(folder: Path) -> Path:
    """The dialogue, with tables that live in rooms where the bot can make one."""
    shutil.copytree(FLOW, folder)
    file = folder / "flow.toml"
    text = file.read_text()
    assert text.count("min_present = 3\n") == 1
    file.write_text(text.replace("min_present = 3\n", 'min_present = 3\nlives = "room"\n'))
    return folder


async def test_the_dialogue_is_led_from_chats(homeserver: Gathering, tmp_path: Path) -> None:
    async with evenings(tmp_path, flow(tmp_path / "flow"), homeserver) as (e, code):
        await everybody_comes(e, code)
        await tuesday_in_auckland(e)
        await a_step_is_stopped(e)
        await the_summary_and_the_next_shift(e)
        hall = await tuesday_in_vienna(e)
        await wednesday_in_auckland(e)
        await wednesday_in_vienna(e, hall)
        await thursday(e)
        await somebody_is_forgotten(e)
        await e.work.end()
        assert e.api.audit.breaches() == []
        await it_is_recounted(tmp_path)


async def everybody_comes(e: Evenings, code: str) -> None:
    """The organiser invites those who lead, and they invite the others: all of it in their chats."""
    await e.on_telegram("en", olga=code)
    await e.go_on()
    await e.asks("olga", "/name Olga")
    (kora,) = await invited(e, "olga", "coordinator nz")
    (lea,) = await invited(e, "olga", "coordinator at")
    (gwen,) = await invited(e, "olga", "guarantor nz")
    (otto,) = await invited(e, "olga", "observer nz")
    await e.on_telegram("en", kora=kora, gwen=gwen, otto=otto)
    await e.on_matrix("de", lea=lea)
    await e.go_on()
    nils, tom = await invited(e, "kora", "facilitator 2")
    (maya,) = await invited(e, "lea", "facilitator")
    *there, ida = await invited(e, "kora", "participant 9")
    *here, hans = await invited(e, "lea", "participant 5")
    await e.on_telegram("en", nils=nils)
    await e.go_on()
    await e.on_telegram("en", tom=tom, **dict(zip(AUCKLAND, there, strict=True)))
    await e.on_telegram("de", hans=hans)
    await e.on_matrix("en", ida=ida)
    await e.on_matrix("de", maya=maya, **dict(zip(VIENNA, here, strict=True)))
    for name in ("kora", "lea", "gwen", "otto", "nils", "tom", "maya"):
        await e.says(name, f"/name {name.title()}")
    await e.go_on()

    await e.until("2027-03-01T18:46+13:00")
    await come_in(e, (*AUCKLAND, "ida"))
    await e.until("2027-03-01T18:46+01:00")
    await come_in(e, (*VIENNA, "hans"))


async def invited(e: Evenings, who: str, whom: str) -> list[str]:
    await e.forget()
    await e.asks(who, f"/invite {whom}")
    return [*dict.fromkeys(CODE.findall("\n".join(await e.shown(who))))]


async def come_in(e: Evenings, names: Iterable[str]) -> None:
    """They agree to everything, choose a name, and say a little of themselves."""
    names = tuple(names)
    await e.all_tap(names, "Continue")
    await e.all_tap(names, "I am {age} or older and agree", age="16")
    for _ in range(3):
        await e.all_tap(names, "Yes")
    for name in names:
        await e.says(name, name.title())
    await e.go_on()
    here = ("Eine Frau", "16–30", "In einer großen Stadt") if "dora" in names else ("A woman", "16–30", "In a city")
    for label in here:
        await e.all_tap(names, label)


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


SWIM = "Clean rivers first; I swim there."


IN_TURN = {
    "ida": "The kererū at our gate, Eve.",
    "ben": "",
    "hal": "More people on farms, not fewer.",
    "eve": SWIM,
    "augusta": "My grandmother's orchard.",
}
"""What they say in turn. Ben passes."""


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


INSULT = "Only fools swim there."


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
    await e.asks("kora", "/close statements")
    await e.reads("kora", "{step} closes early, for everybody.")
    await e.taps("olga", "I agree")
    await e.reads("kora", "{name} has agreed: it is done.")
    await e.until_open("answers", "nz")


SAID = {
    "ida": "Rivers must be clean enough to swim in.",
    "eve": "Farmers should be paid for every hectare of wetland.",
    "augusta": "Nobody may fell an orchard that is older than they are.",
    "anna": "Pests should be trapped, not poisoned.",
    "dan": "Schools should grow what they eat.",
    "flo": "Imports must meet the rules that our farms must meet.",
}


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
    assert await e.where("And now?") == await e.where("Hello") == await e.where("Good night, all") == {"nils": 1}


# Tuesday in Vienna: Maya leads table 1 in its room on Matrix


async def tuesday_in_vienna(e: Evenings) -> str:
    await e.until("2027-03-02T18:50+01:00")
    hall = await e.hall("at-1")
    await e.enter("maya", hall)
    for name in ("dora", "emil", "fritz"):
        await e.taps(name, "Come in")
        await e.enter(name, hall)
    await e.until("2027-03-02T19:00+01:00")
    await e.go_on()
    await e.says("dora", "Mein Fahrrad hat zwanzig Jahre.", hall)
    await e.says("hans", "Und ich habe Äpfel.")
    await e.go_on()
    assert await e.where("zwanzig Jahre", hall, "emil") == {"greta": 1, "hans": 1, "room": 1}
    assert await e.where("habe Äpfel", hall, "emil") == {"greta": 1, "hans": 1, "room": 1}
    await e.forget()
    await e.until_open("talk", "at")
    await she_leads_in_the_room(e, hall)
    await the_bot_is_killed(e, hall)
    await she_hides_a_message(e, hall)
    await e.asks("maya", "/next", hall)
    await e.reads("greta", "{name} ends the talk in one minute. Is there something that must still be said?")
    await e.until_open("statements", "at")
    for name, words in GESAGT.items():
        await e.says(name, words)
    await e.until_open("answers", "at")
    await everybody_answers(e, (*VIENNA, "hans"), "Agree")
    await e.until_open("digest", "at")
    await e.reads("maya", GESAGT["dora"], GESAGT["hans"])
    await e.taps("maya", "Approve")
    return hall


GESAGT = {
    "dora": "Wer repariert, soll weniger Steuern zahlen.",
    "emil": "In jeder Kantine soll es jeden Tag ein Essen ohne Fleisch geben.",
    "fritz": "Kein Acker darf mehr zum Parkplatz werden.",
    "hans": "Was weggeworfen wird, soll ein Pfand kosten.",
}


async def she_leads_in_the_room(e: Evenings, hall: str) -> None:
    """Commands that shame nobody work in the room; what is answered comes to her alone."""
    await e.asks("maya", "/status", hall)
    await e.asks("maya", "/time", hall)
    await e.reads("maya", "In the room: {names}.", "Have written: {names}.")
    await e.asks("maya", "/prompt Was würden Sie vermissen?")
    await e.taps("maya", "Send")
    assert await e.where("vermissen", hall, "emil", but="maya") == {"greta": 1, "hans": 1, "room": 1}
    await e.asks("maya", "/quiet Hans 5m", hall)
    await e.reads(
        "maya", "/{name} works here, in your own chat with me, where nobody else reads it. There I have done nothing."
    )
    await e.asks("dora", "/call Ich höre schlecht mit.", hall)
    await e.reads("maya", "{name}{where} asks for you, in private.", "Ich höre schlecht mit.", name="Dora")
    await e.asks("maya", "/tell Dora Ich schreibe langsamer.")
    await e.reads("dora", "{name} writes to you alone:", "Ich schreibe langsamer.")
    assert (await e.where("langsamer", hall, "emil")).keys() == {"dora", "maya"}
    await e.until("2027-03-02T19:31+01:00")


async def the_bot_is_killed(e: Evenings, hall: str) -> None:
    """While it passes on what three people say at once."""
    await e.says("dora", "Der Bus fährt nur noch zweimal.", hall)
    await e.says("hans", "Bei uns fährt gar keiner.")
    await e.says("greta", "Dann gehen wir zu Fuß.")
    await e.killed(2)
    for words, by in (("nur noch zweimal", "dora"), ("gar keiner", "hans"), ("zu Fuß", "greta")):
        found = await e.where(words, hall, "emil")
        assert (found["greta"], found["room"]) == (1, 1), f"what {by} said has come once"
        assert found.get("hans", 0) + found.get("maya", 0) in (1, 2), (
            "where it is not known, she is told, and nothing repeated"
        )
        assert found.get("hans", 0) <= 1


FREMD = "Solche wie Fritz gehören hier nicht her."


async def she_hides_a_message(e: Evenings, hall: str) -> None:
    await e.asks("hans", FREMD)
    assert await e.where(FREMD, hall, "emil") == {"greta": 1, "hans": 1, "room": 1}
    await e.replies("maya", FREMD, "/hide", hall)
    assert await e.where(FREMD, hall, "emil") == {"hans": 1}
    await e.taps("maya", "it insults somebody")
    await e.reads("hans", "The reason why your message was hidden: {reason}. You can say it again in other words.")
    await e.reads("emil", "{name} has hidden a message. The reason: {reason}.", place=hall)


# Wednesday and Thursday


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


ANSWER = "Here a repair costs more than a new one."


async def wednesday_in_vienna(e: Evenings, hall: str) -> None:
    await e.until("2027-03-03T19:00+01:00")
    await e.go_on()
    await e.reads("hans", SAID["ida"], SAID["eve"])
    await e.reads("emil", SAID["ida"], place=hall)
    await e.until_open("echo", "at")
    await e.reads("dora", ANSWER, place=hall)
    await e.reads("hans", ANSWER)
    await e.asks("maya", "/next", hall)


async def thursday(e: Evenings) -> None:
    """The vote; who has not answered is reminded; somebody leaves for good; the end."""
    await e.until("2027-03-04T18:00+13:00")
    for name in ("ida", "eve", "augusta", "cleo"):
        await votes(e, name, "Farmers")
    await e.forget()
    await e.asks("rita", "/nudge")
    await e.reads("ben", "{step} still waits for your answer, if you wish.", step="The vote in New Zealand")
    assert (await e.where("still waits for your answer")).keys() == {"ben"}, "who has not answered, at her table"
    await e.asks("eve", "/my")
    await e.reads("eve", "Your name here: {name}.", name="Eve")
    await e.asks("eve", "/mydata")
    assert [m.media.kind for m in e.apps["eve"].got if m.media is not None] == ["document", "document"]
    await e.asks("hans", "/lang en")
    await e.reads("hans", "English")
    await e.until("2027-03-05T08:00+13:00")
    await e.reads("ida", "What came out, here and there")


async def somebody_is_forgotten(e: Evenings) -> None:
    orchard = IN_TURN["augusta"]
    assert (await e.standing(orchard)).keys() == {*ONE, "ida", "nils", "otto"}
    await e.asks("augusta", "/forget")
    await e.taps("augusta", "Erase everything of me")
    await e.reads("augusta", "This is my last message; thank you for having been here.")
    await e.wait(30 * MINUTE)
    assert "my last message" in e.apps["augusta"].last.text
    assert "ida" not in await e.standing(orchard), "where it can be deleted it is"
    while not await e.work.ask("over"):
        await e.wait(60 * MINUTE)


async def votes(e: Evenings, who: str, choice: str) -> None:
    await everybody_answers(e, (who,), "Agree")
    await e.taps(who, choice)
    await e.taps(who, "That is my choice")


async def everybody_answers(e: Evenings, names: Iterable[str], label: str) -> None:
    """They choose this as long as they are asked."""
    waiting = tuple(names)
    while waiting:
        waiting = tuple([name for name in waiting if await e.offered(name, label)])
        for name in waiting:
            await e.choose(name, e.local(name, label))
        await e.go_on()


# Afterwards


async def it_is_recounted(folder: Path) -> None:
    """The organiser exports, checks the log, and looks for what must not be there."""
    told = await pnyx(folder, "audit", "verify")
    assert "is whole" in told, told
    assert "somebody was erased" in told, told
    await pnyx(folder, "audit", "export", str(folder / "log.jsonl"))
    await pnyx(folder, "export", ASSEMBLY, "--to", str(folder / "export"))
    exported = {path.name: path.read_text("utf-8") for path in sorted((folder / "export").rglob("*")) if path.is_file()}
    talks = "".join(text for name, text in exported.items() if name.endswith(".md"))
    for words in (SWIM, "Rivers, birds", "miss the morning", "nur noch zweimal", "vermissen"):
        assert words in talks
    everything = "\n".join(exported.values())
    for words in (INSULT, FREMD, "say it again", "a little attacked", "Ich höre schlecht mit.", "planted a kōwhai"):
        assert words not in everything, f"hidden, private or never recorded: {words}"
    log = (folder / "log.jsonl").read_text("utf-8")
    acts = [json.loads(line)["act"] for line in log.splitlines()]
    for act in (
        "hid",
        "hidden",
        "objected",
        "objection_refused",
        "quieted",
        "moved",
        "stopped_step",
        "lifted",
        "took_over",
    ):
        assert act in acts, act
    hidden = [json.loads(line["data"]) for line in map(json.loads, log.splitlines()) if line["act"] == "hidden"]
    assert [data["reason"] for data in hidden] == ["insult", "insult"]
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "sent.jsonl":  # which is the test's own
            found = [words for words in ("Augusta", "orchard") if words.encode() in path.read_bytes()]
            assert not found, f"{found} in {path}"
