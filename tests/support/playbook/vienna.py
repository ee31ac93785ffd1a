"""Vienna: Maya leads table 1 in its room on Matrix."""

from __future__ import annotations

from tests.support.led import Evenings
from tests.support.playbook.cast import ANSWER, FREMD, GESAGT, SAID, VIENNA, everybody_answers

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


async def she_hides_a_message(e: Evenings, hall: str) -> None:
    await e.asks("hans", FREMD)
    assert await e.where(FREMD, hall, "emil") == {"greta": 1, "hans": 1, "room": 1}
    await e.replies("maya", FREMD, "/hide", hall)
    assert await e.where(FREMD, hall, "emil") == {"hans": 1}
    await e.taps("maya", "it insults somebody")
    await e.reads("hans", "The reason why your message was hidden: {reason}. You can say it again in other words.")
    await e.reads("emil", "{name} has hidden a message. The reason: {reason}.", place=hall)


async def wednesday_in_vienna(e: Evenings, hall: str) -> None:
    await e.until("2027-03-03T19:00+01:00")
    await e.go_on()
    await e.reads("hans", SAID["ida"], SAID["eve"])
    await e.reads("emil", SAID["ida"], place=hall)
    await e.until_open("echo", "at")
    await e.reads("dora", ANSWER, place=hall)
    await e.reads("hans", ANSWER)
    await e.asks("maya", "/next", hall)
