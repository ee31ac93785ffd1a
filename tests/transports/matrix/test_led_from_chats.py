"""The cross-border dialogue, led wholly from chats: in Auckland by a facilitator on Telegram whose table is virtual, in Vienna by
one in the room of her table on Matrix, with a real Synapse, the strict Telegram server and the bot in a process of its own.

It is the whole flow of `make demo`, with fewer people: nine in New Zealand at two tables, five in Austria at one.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from bot.paths import flows_dir
from tests.support.bot_process import ASSEMBLY
from tests.support.led import Evenings, evenings, pnyx
from tests.support.matrix_people import Gathering
from tests.support.playbook.auckland import (
    a_step_is_stopped,
    the_summary_and_the_next_shift,
    tuesday_in_auckland,
    wednesday_in_auckland,
)
from tests.support.playbook.cast import FREMD, IN_TURN, INSULT, MINUTE, ONE, SWIM, everybody_answers, everybody_comes
from tests.support.playbook.vienna import tuesday_in_vienna, wednesday_in_vienna

pytestmark = [pytest.mark.homeserver, pytest.mark.slow]

FLOW = flows_dir() / "cross-border"


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


# Thursday


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
