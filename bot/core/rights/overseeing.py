"""Commands of those who lead several tables, or all of them."""

from __future__ import annotations

from bot.core.entitled import OVERSEEING, Command
from bot.core.message import t
from bot.core.places import PRESSABLE

COMMANDS: tuple[Command, ...] = (
    Command(
        "board", OVERSEEING, "anywhere", "/board",
        t("all tables on one screen"),
        t("Shows every table in a line and all of them in a picture: who is here, how many have written or answered, how "
          "much time is left, whether a facilitator is there, and what waits. Who leads several sites writes the site last."),
        need="talk",
    ),
    Command(
        "open", OVERSEEING, "anywhere", "/open talk",
        t("open the next step now"),
        t("Opens the next step now, although its hour has not come. Without a name it says which step comes next. Who leads "
          "several sites writes the site last."),
        need="talk",
    ),
    Command(
        "close", OVERSEEING, "anywhere", "/close talk",
        t("close the open step early, at all tables"),
        t("Closes an open step early, for everybody, with a minute's notice. A second person agrees first, or ten minutes "
          "pass in which it can be stopped. Everybody is told at once."),
        need="talk",
    ),
    Command(
        "gate", OVERSEEING, "anywhere", "/gate",
        t("which gate waits, and open it"),
        t("Shows the gate at which the assembly waits, for whom, and until when. With the button you open it."),
        need="talk",
    ),
    Command(
        "publish", OVERSEEING, "anywhere", "/publish results",
        t("tell results that wait for other sites"),
        t("Tells results now that wait until the other sites are through. A second person agrees first, or ten minutes pass "
          "in which it can be stopped."),
        need="around",
    ),
    Command(
        "announce", OVERSEEING, "anywhere", "/announce",
        t("write to everybody, after a preview"),
        t("Shows you first what people will read, in each of their languages, and when. It goes to everybody at your site, at "
          "tables and outside, when you choose Send, and you can take it back. Organisers write to all sites."),
        kinds=PRESSABLE, need="talk", words=t("The coffee is ready."),
    ),
    Command(
        "invite", OVERSEEING, "anywhere", "/invite participant 10",
        t("make invitation codes"),
        t("Makes codes with which people take their seats: the role, then, if you wish, the site, “table” and its number, "
          "and how many. Coordinators invite participants and facilitators of their own site."),
        need="people",
    ),
    Command(
        "joining", OVERSEEING, "anywhere", "/joining",
        t("how many came in by link; let nobody else in"),
        t("Shows how many have come in without a personal code. /joining pause lets nobody else in this way, "
          "/joining allow lets people in again."),
        kinds=PRESSABLE, need="people",
    ),
    Command(
        "move", OVERSEEING, "table", "/move Anna 5",
        t("put somebody at another table"),
        t("Puts somebody at another table of the site. The number of their table comes first, that of the new one last. Both "
          "tables are told, and the person reads there what was said so far."),
        need="people",
    ),
    Command(
        "merge", OVERSEEING, "table", "/merge 5",
        t("let a table join another one"),
        t("Lets the people of the first table sit at the second one. A second person agrees first, or ten minutes pass in "
          "which it can be stopped. Both tables are told."),
        need="people",
    ),
    Command(
        "replace", OVERSEEING, "table", "/replace Anna",
        t("give an empty place to somebody new"),
        t("Gives the place of somebody who has dropped out to the next who waits for one; where nobody waits you get a code "
          "for it, which works once. What the first person said and voted stays theirs."),
        need="people",
    ),
    Command(
        "begin", frozenset(("organiser",)), "anywhere", "/begin",
        t("begin the assembly"),
        t("Begins the assembly at all sites. You are asked before it happens."),
        kinds=PRESSABLE, need="around",
    ),
    Command(
        "revoke", frozenset(("organiser",)), "anywhere", "/revoke Maya",
        t("take somebody's role away, at once"),
        t("Takes the role of somebody away at once: they can do nothing more here. With the name of a role it is about all "
          "who have it. You are asked before it happens."),
        kinds=PRESSABLE, need="trouble",
    ),
)  # fmt: skip
