"""Who may use which command, where, and how it may be given: one table that the code and its test both read. What does not
stand in it is denied: a command that says nothing of places works in one's own chat alone, typed and not pressed.

The rights of a button are those of the command that it belongs to. New words of a message that stands already (an edit), what is
not somebody's own (a forward) and the words beside a file are no command, whoever sends them.
"""

from __future__ import annotations

from bot.core.entitled import EVERYBODY, LEADING, OVERSEEING, ROLES, TABLE, Command
from bot.core.message import t
from bot.core.places import IN_ANY_ROOM, IN_ROOM, PRESSABLE, Kind, Place
from bot.core.state import Role


def may(role: Role, command: str) -> bool:
    """Whether this role may use this command."""
    found = COMMANDS.get(command)
    return found is not None and role in found.roles


def allowed(role: Role, command: str, place: Place, kind: Kind) -> bool:
    """Whether this role may use this command in such a place, given so: a cell of the table."""
    found = COMMANDS.get(command)
    return found is not None and role in found.roles and place in found.places and kind in found.kinds


COMMANDS: dict[str, Command] = {
    c.name: c
    for c in (
        Command(
            "help", EVERYBODY, "anywhere", "/help",
            t("what you can do now"),
            t("Shows what is open for you and what you can do now. With the name of a command it explains that one."),
            active=False, places=IN_ANY_ROOM,
        ),
        Command(
            "trans", frozenset(("translator",)), "anywhere", "/trans",
            t("the text that waits for you"),
            t("Shows the text that waits longest for a translator: the words, where they come from, the draft, and how much time "
              "is left. You can take it, release the draft, ask the author, or give it back. What you take is yours for five "
              "minutes. With languages behind it (/trans de fr) it says which ones you read."),
            kinds=PRESSABLE,
        ),
        Command(
            "release", frozenset(("translator",)), "anywhere", "/release The ferry comes too rarely.",
            t("send your translation to its readers"),
            t("Sends your translation of the text that you have taken to its readers. Without words it sends the draft as it "
              "stands. Whoever has read an earlier translation is told."),
            kinds=PRESSABLE,
        ),
        Command(
            "status", LEADING, "course", "/status",
            t("who is here, who has spoken, how much time is left"),
            t("Shows who is at your table, who has spoken, who has answered (never what), and how much time is left."),
            places=IN_ROOM, kinds=PRESSABLE,
        ),
        Command(
            "prompt", LEADING, "table", "/prompt What speaks against it?",
            t("write something to your table, after a preview"),
            t("Shows you the text first and sends it to your table when you choose Send. Coordinators and organisers write the "
              "table's number, or all, in front of it."),
            places=IN_ROOM, kinds=PRESSABLE,
        ),
        Command(
            "extend", LEADING, "talk", "/extend 10m",
            t("more time for your table"),
            t("Gives your table more time to talk, as far as the flow allows. The next step waits for your table."),
            places=IN_ROOM,
        ),
        Command(
            "pause", LEADING, "talk", "/pause",
            t("let the talk rest"),
            t("Lets the talk at your table rest. It goes on by itself after 15 minutes, or with /resume. "
              "Coordinators and organisers: /pause all 20m lets everything rest, once a second person agrees or ten minutes "
              "have passed."),
            places=IN_ROOM,
        ),
        Command(
            "resume", LEADING, "talk", "/resume",
            t("let the talk go on"),
            t("Lets a talk that rests go on. Coordinators and organisers: /resume all lets everything go on."),
            places=IN_ROOM,
        ),
        Command(
            "next", LEADING, "talk", "/next",
            t("end the talk in one minute"),
            t("Ends the talk at your table early. Everybody there is told one minute before."),
            places=IN_ROOM,
        ),
        Command(
            "summary", LEADING, "talk", "/summary Most of us travel by train.",
            t("your summary of the talk, for your table"),
            t("Sends your summary of the talk to your table and keeps it with the talk."),
            places=IN_ROOM,
        ),
        Command(
            "note", LEADING, "table", "/note They began late.",
            t("keep a note, which your table does not see"),
            t("Keeps a note for the assembly's log. Your table does not see it, and it does not stand in the transcript."),
        ),
        Command(
            "turn", LEADING, "talk", "/turn Anna",
            t("ask somebody to speak"),
            t("Asks somebody to speak. While people speak in turn, that person comes next."),
            places=IN_ROOM,
        ),
        Command(
            "nudge", LEADING, "table", "/nudge",
            t("remind those who have not answered"),
            t("Reminds those at your table, in private and kindly, who have not answered or not written yet. Nobody is "
              "reminded twice."),
            places=IN_ROOM,
        ),
        Command(
            "quiet", LEADING, "talk", "/quiet Anna 10m",
            t("ask somebody to listen for a while"),
            t("Asks somebody to listen for a while: what they write does not go to the table until then. They are told, and "
              "to whom to turn. With 0m they may write again."),
            kinds=PRESSABLE,
        ),
        Command(
            "remove", LEADING, "table", "/remove Anna",
            t("remove somebody from the assembly"),
            t("Removes somebody from the assembly. You are asked for the reason; then a second person agrees, or ten minutes "
              "pass in which it can be stopped."),
            kinds=PRESSABLE,
        ),
        Command(
            "tell", LEADING, "table", "/tell Anna I am with you in a minute.",
            t("write to one person at your table"),
            t("Writes to one person at your table, in private. Nobody else reads it."),
        ),
        Command(
            "team", LEADING, "anywhere", "/team Does anybody have a map?",
            t("write to all who lead here"),
            t("Writes to all facilitators and coordinators of your site, and to the organisers."),
        ),
        Command(
            "handover", frozenset(("facilitator",)), "table", "/handover Anna is shy. We are at the second question.",
            t("hand your table to the next shift"),
            t("Asks the others who lead here to take your table over, with your notes for them. Until somebody does, it stays "
              "yours."),
            kinds=PRESSABLE,
        ),
        Command(
            "hide", LEADING, "anywhere", "/hide",
            t("hide the message to which you reply"),
            t("Hides the message to which you reply: nobody at the table reads it any more, it is not counted and goes nowhere. "
              "You are asked for the reason, which its author and the table read. Without a reply it offers the last messages."),
            places=IN_ROOM, kinds=PRESSABLE,
        ),
        Command(
            "bind", LEADING, "table", "/bind",
            t("give your table a room"),
            t("Gives your table a room of its own, a group or a topic of this chat app. You get a code, which you write there. "
              "Everybody at the table is told, and may stay in their own chat."),
            places=IN_ANY_ROOM | {"elsewhere"},
        ),
        Command(
            "unbind", LEADING, "table", "/unbind",
            t("give the table's room up"),
            t("Gives the table's room up. Everybody at the table reads and writes in their own chat again."),
            places=IN_ROOM,
        ),
        Command(
            "invite", OVERSEEING, "anywhere", "/invite participant 10",
            t("make invitation codes"),
            t("Makes codes with which people take their seats: the role, then, if you wish, the site, “table” and its number, "
              "and how many. Coordinators invite participants and facilitators of their own site."),
        ),
        Command(
            "joining", OVERSEEING, "anywhere", "/joining",
            t("how many came in by link; let nobody else in"),
            t("Shows how many have come in without a personal code. /joining pause lets nobody else in this way, "
              "/joining allow lets people in again."),
            kinds=PRESSABLE,
        ),
        Command(
            "move", OVERSEEING, "table", "/move Anna 5",
            t("put somebody at another table"),
            t("Puts somebody at another table of the site. The number of their table comes first, that of the new one last. Both "
              "tables are told, and the person reads there what was said so far."),
        ),
        Command(
            "merge", OVERSEEING, "table", "/merge 5",
            t("let a table join another one"),
            t("Lets the people of the first table sit at the second one. A second person agrees first, or ten minutes pass in "
              "which it can be stopped. Both tables are told."),
        ),
        Command(
            "replace", OVERSEEING, "table", "/replace Anna",
            t("give the place of somebody who dropped out to somebody new"),
            t("Gives the place of somebody who has dropped out to the next who waits for one; where nobody waits you get a code "
              "for it, which works once. What the first person said and voted stays theirs."),
        ),
        Command(
            "announce", OVERSEEING, "anywhere", "/announce The coffee is ready.",
            t("write to everybody, after a preview"),
            t("Shows you the text first and sends it to everybody at your site when you choose Send, at tables and outside; "
              "organisers write to all sites."),
            kinds=PRESSABLE,
        ),
        Command(
            "board", OVERSEEING, "anywhere", "/board",
            t("all tables on one screen"),
            t("Shows every table in a line and all of them in a picture: who is here, how many have written or answered, how "
              "much time is left, whether a facilitator is there, and what waits. Who leads several sites writes the site last."),
        ),
        Command(
            "open", OVERSEEING, "anywhere", "/open talk",
            t("open the next step now"),
            t("Opens the next step now, although its hour has not come. Without a name it says which step comes next. Who leads "
              "several sites writes the site last."),
        ),
        Command(
            "close", OVERSEEING, "anywhere", "/close talk",
            t("close the open step early, at all tables"),
            t("Closes an open step early, for everybody, with a minute's notice. A second person agrees first, or ten minutes "
              "pass in which it can be stopped. Everybody is told at once."),
        ),
        Command(
            "gate", OVERSEEING, "anywhere", "/gate",
            t("which gate waits, and open it"),
            t("Shows the gate at which the assembly waits, for whom, and until when. With the button you open it."),
        ),
        Command(
            "publish", OVERSEEING, "anywhere", "/publish results",
            t("tell results that wait for other sites"),
            t("Tells results now that wait until the other sites are through. A second person agrees first, or ten minutes pass "
              "in which it can be stopped."),
        ),
        Command(
            "begin", frozenset(("organiser",)), "anywhere", "/begin",
            t("begin the assembly"),
            t("Begins the assembly at all sites. You are asked before it happens."),
            kinds=PRESSABLE,
        ),
        Command(
            "pass", frozenset(("participant",)), "talk", "/pass",
            t("let your turn pass"),
            t("When people speak in turn, lets your turn pass to the next person."),
            places=IN_ROOM,
        ),
        Command(
            "original", TABLE | OVERSEEING, "anywhere", "/original",
            t("a translated message as it was written"),
            t("Shows the message to which you reply as its author wrote it. Without a reply it shows the last messages of the "
              "talk so."),
            places=IN_ROOM, kinds=PRESSABLE,
        ),
        Command(
            "undo", TABLE, "table", "/undo",
            t("take your last message to the table back"),
            t(
                "Takes the last message that you sent to your table back. Your table is told, "
                "and it does not stand in the record."
            ),
            places=IN_ROOM, kinds=PRESSABLE,
        ),
        Command(
            "sentence", TABLE | LEADING, "talk", "/sentence Anna The bus comes too rarely.",
            t("the sentence that stands for a voice note"),
            t("Writes the one sentence that stands for a voice note in the record: after the name of its author, or in reply to "
              "the note. For your own note leave the name out. The author is asked whether the sentence is right."),
            places=IN_ROOM, kinds=PRESSABLE,
        ),
        Command(
            "call", EVERYBODY - OVERSEEING, "anywhere", "/call",
            t("ask for a person, in private"),
            t("Asks whoever leads your table to write to you, in private. You may say why behind it."),
            places=IN_ANY_ROOM,
        ),
        Command(
            "revoke", frozenset(("organiser",)), "anywhere", "/revoke Maya",
            t("take somebody's role away, at once"),
            t("Takes the role of somebody away at once: they can do nothing more here. With the name of a role it is about all "
              "who have it. You are asked before it happens."),
            kinds=PRESSABLE,
        ),
        Command(
            "watch", frozenset(("observer",)), "anywhere", "/watch 3",
            t("read what is said at a table, later"),
            t("Lets you read what is said at a table, or (/watch all) at all of them, some minutes later and without names. The "
              "table is told. /watch stop ends it."),
        ),
        Command(
            "hold", frozenset(("observer",)), "anywhere", "/hold next The tables have not seen the sources.",
            t("stop a step, as a guarantor"),
            t("Stops a step until you and a coordinator have talked: it does not open, or, if it is open, does not end. Only "
              "guarantors can do that. The step comes first (or next), then why."),
            kinds=PRESSABLE,
        ),
        Command(
            "lift", frozenset(("observer", "coordinator", "organiser")), "anywhere", "/lift",
            t("let a stopped step go on"),
            t("Lets a step go on that a guarantor has stopped. If somebody who leads asks for it, the guarantor is asked first."),
            kinds=PRESSABLE,
        ),
        Command(
            "remark", frozenset(("observer",)), "anywhere", "/remark Table 3 began before its facilitator was there.",
            t("put what you notice on record"),
            t("Puts what you notice on record. The organisers read it, and it stands in the export."),
        ),
        Command(
            "my", frozenset(("participant",)), "anywhere", "/my",
            t("your name, your table, what waits for you"),
            t("Shows your name, your table and your language, and which questions you have answered."),
            places=IN_ROOM,
        ),
        Command(
            "name", EVERYBODY - {"participant"}, "anywhere", "/name Maya",
            t("the name that people here read"),
            t("Sets the name that people here read. A first name is enough."),
        ),
        Command(
            "leave", EVERYBODY - {"organiser"}, "anywhere", "/leave",
            t("pause, or leave"),
            t("Lets you pause, leave, or leave and take your words back. You are asked which."),
            active=False, kinds=PRESSABLE,
        ),
        Command(
            "lang", EVERYBODY, "anywhere", "/lang",
            t("read in another language"),
            t("Changes the language in which I write to you."),
            active=False, places=IN_ROOM, kinds=PRESSABLE,
        ),
        Command(
            "source", TABLE | LEADING, "anywhere", "/source 3",
            t("what stands behind a sentence of the summary"),
            t("Shows what stands behind a sentence of the summary that you read last: the words as they were written, in which "
              "language, when and where, and who changed or translated them. Reply to another summary to ask about that one."),
            places=IN_ROOM, kinds=PRESSABLE,
        ),
        Command(
            "time", TABLE | LEADING, "anywhere", "/time",
            t("how much time is left"),
            t("Says how much time is left, for the talk at your table and for what you still have to answer."),
            places=IN_ROOM,
        ),
        Command(
            "consent", EVERYBODY, "anywhere", "/consent",
            t("what you have agreed to, and change it"),
            t("Shows what you were asked for beyond taking part, and your answer. You can change each of them at any time."),
            active=False, always=True, kinds=PRESSABLE,
        ),
        Command(
            "mydata", EVERYBODY, "anywhere", "/mydata",
            t("a copy of everything that I keep of you"),
            t("Sends you everything that I keep of you: a file to read, and the same for another program."),
            active=False, always=True,
        ),
        Command(
            "forget", EVERYBODY - {"organiser"}, "anywhere", "/forget",
            t("erase everything of you"),
            t("Erases your name, your account and every word that you wrote. You are asked before it happens."),
            active=False, always=True, kinds=PRESSABLE,
        ),
        Command(
            "object", EVERYBODY - OVERSEEING, "anywhere", "/object My message insulted nobody.",
            t("say that something was done to you wrongly"),
            t("Says to the coordinator that something was done to you, or to your words, wrongly. Under the news of it there is "
              "a button for the same. You are told how it is decided."),
            active=False, always=True, kinds=PRESSABLE,
        ),
        Command(
            "room", TABLE, "table", "/room",
            t("the way into your table's room"),
            t("Shows the way into the room of your table, if it has one. Everybody there sees the accounts of the others."),
            places=IN_ROOM, kinds=PRESSABLE,
        ),
        Command(
            "join", EVERYBODY, "anywhere", "/join K7PX-93QD",
            t("take a seat with a code"),
            t("Takes a seat, or a role, with the code from an invitation."),
            active=False,
        ),
        Command(
            "for", frozenset(("participant",)), "anywhere", "/for Anna",
            t("answer for another person at this phone"),
            t("Where several people share this phone: says for whom the next answers are."),
            active=False,
        ),
    )
}  # fmt: skip

AFTERWARDS: frozenset[str] = frozenset(("hide", "name", "remark", "revoke"))
"""What those who have a role may still use once the assembly has ended, beside what participants have: a message may be found
that harms somebody, an objection may wait."""


def lasts(role: Role, command: str) -> bool:
    """Whether a role gives this right also when the assembly has ended. All others end with it."""
    found = COMMANDS.get(command)
    if found is None or role == "participant" or "participant" in found.roles or found.always:
        return True
    return command in AFTERWARDS and role != "facilitator"


__all__ = ["COMMANDS", "EVERYBODY", "LEADING", "OVERSEEING", "ROLES", "TABLE", "Command", "allowed", "lasts", "may"]
