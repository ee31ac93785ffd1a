"""Who takes part, and how they come in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

from tests.support.led import Evenings

MINUTE = timedelta(minutes=1)
CODE = re.compile(r"[A-Z2-7]{4}(?:-[A-Z2-7]{1,4}){6}")


AUCKLAND = ("anna", "ben", "cleo", "dan", "eve", "flo", "augusta", "hal")
"""On Telegram; Ida, who sits with them, is on Matrix."""
VIENNA = ("dora", "emil", "fritz", "greta")
"""On Matrix; Hans, who sits with them, is on Telegram."""
ONE = ("augusta", "ben", "eve", "hal")
"""On Telegram at table 1 in Auckland, with Ida."""

SWIM = "Clean rivers first; I swim there."

IN_TURN = {
    "ida": "The kererū at our gate, Eve.",
    "ben": "",
    "hal": "More people on farms, not fewer.",
    "eve": SWIM,
    "augusta": "My grandmother's orchard.",
}
"""What they say in turn. Ben passes."""

INSULT = "Only fools swim there."
FREMD = "Solche wie Fritz gehören hier nicht her."
"""What is hidden, here and there."""

SAID = {
    "ida": "Rivers must be clean enough to swim in.",
    "eve": "Farmers should be paid for every hectare of wetland.",
    "augusta": "Nobody may fell an orchard that is older than they are.",
    "anna": "Pests should be trapped, not poisoned.",
    "dan": "Schools should grow what they eat.",
    "flo": "Imports must meet the rules that our farms must meet.",
}
"""What people in Auckland write, for others to agree with."""

GESAGT = {
    "dora": "Wer repariert, soll weniger Steuern zahlen.",
    "emil": "In jeder Kantine soll es jeden Tag ein Essen ohne Fleisch geben.",
    "fritz": "Kein Acker darf mehr zum Parkplatz werden.",
    "hans": "Was weggeworfen wird, soll ein Pfand kosten.",
}
"""What people in Vienna write."""

ANSWER = "Here a repair costs more than a new one."
"""What Ida answers to the first sentence from Vienna."""


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


async def everybody_answers(e: Evenings, names: Iterable[str], label: str) -> None:
    """They choose this as long as they are asked."""
    waiting = tuple(names)
    while waiting:
        waiting = tuple([name for name in waiting if await e.offered(name, label)])
        for name in waiting:
            await e.choose(name, e.local(name, label))
        await e.go_on()
