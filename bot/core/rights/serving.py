"""Commands of those who help an assembly without leading it: translators, observers, guarantors."""

from __future__ import annotations

from bot.core.entitled import Command
from bot.core.message import t
from bot.core.places import PRESSABLE

COMMANDS: tuple[Command, ...] = (
    Command(
        "trans", frozenset(("translator",)), "anywhere", "/trans",
        t("the text that waits for you"),
        t("Shows the text that waits longest for a translator: the words, where they come from, the draft, and how much time "
          "is left. You can take it, release the draft, ask the author, or give it back. What you take is yours for five "
          "minutes. With languages behind it (/trans de fr) it says which ones you read."),
        kinds=PRESSABLE, need="talk",
    ),
    Command(
        "release", frozenset(("translator",)), "anywhere", "/release",
        t("send your translation to its readers"),
        t("Sends your translation of the text that you have taken to its readers. Without words it sends the draft as it "
          "stands. Whoever has read an earlier translation is told."),
        kinds=PRESSABLE, need="talk", words=t("The ferry comes too rarely."),
    ),
    Command(
        "watch", frozenset(("observer",)), "anywhere", "/watch 3",
        t("read what is said at a table, later"),
        t("Lets you read what is said at a table, or (/watch all) at all of them, some minutes later and without names. The "
          "table is told. /watch stop ends it."),
        need="around",
    ),
    Command(
        "remark", frozenset(("observer",)), "anywhere", "/remark",
        t("put what you notice on record"),
        t("Puts what you notice on record. The organisers read it, and it stands in the export."),
        need="trouble", words=t("Table 3 began before its facilitator was there."),
    ),
    Command(
        "log", frozenset(("observer", "coordinator", "organiser")), "anywhere", "/log",
        t("the log: what was decided, and in which role"),
        t("Sends you the log as a file: what those who lead have done, and when, without names and without anybody's words. It "
          "ends with the mark by which it can be checked later."),
    ),
    Command(
        "hold", frozenset(("observer",)), "anywhere", "/hold next",
        t("stop a step, as a guarantor"),
        t("Stops a step until you and a coordinator have talked: it does not open, or, if it is open, does not end. Only "
          "guarantors can do that. The step comes first (or next), then why."),
        kinds=PRESSABLE, need="trouble", words=t("The tables have not seen the sources."),
    ),
    Command(
        "lift", frozenset(("observer", "coordinator", "organiser")), "anywhere", "/lift",
        t("let a stopped step go on"),
        t("Lets a step go on that a guarantor has stopped. If somebody who leads asks for it, the guarantor is asked first."),
        kinds=PRESSABLE, need="trouble",
    ),
)  # fmt: skip
