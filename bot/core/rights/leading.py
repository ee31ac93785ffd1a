"""Commands of those who lead a table: its time, what is said there, and who says it."""

from __future__ import annotations

from bot.core.entitled import LEADING, Command
from bot.core.message import t
from bot.core.places import IN_ANY_ROOM, IN_ROOM, PRESSABLE

COMMANDS: tuple[Command, ...] = (
    Command(
        "status", LEADING, "course", "/status",
        t("who is here, who has spoken how much, and the time left"),
        t("Shows who is at your table, who has spoken and which share of the words is whose, who has answered (never what), and "
          "how much time is left."),
        places=IN_ROOM, kinds=PRESSABLE, need="talk",
    ),
    Command(
        "prompt", LEADING, "table", "/prompt",
        t("write to your table, after a preview"),
        t("Shows you first what people will read, in each of their languages, who gets it and when. It goes to your table when "
          "you choose Send, and you can take it back. Coordinators and organisers write the table's number, or all, in front "
          "of it."),
        places=IN_ROOM, kinds=PRESSABLE, need="talk", words=t("What speaks against it?"),
    ),
    Command(
        "extend", LEADING, "talk", "/extend 10m",
        t("more time for your table"),
        t("Gives your table more time to talk, as far as the flow allows. The next step waits for your table."),
        places=IN_ROOM, need="talk",
    ),
    Command(
        "pause", LEADING, "talk", "/pause",
        t("let the talk rest"),
        t("Lets the talk at your table rest. It goes on by itself after 15 minutes, or with /resume. "
          "Coordinators and organisers: /pause all 20m lets everything rest, once a second person agrees or ten minutes "
          "have passed."),
        places=IN_ROOM, need="talk",
    ),
    Command(
        "resume", LEADING, "talk", "/resume",
        t("let the talk go on"),
        t("Lets a talk that rests go on. Coordinators and organisers: /resume all lets everything go on."),
        places=IN_ROOM, need="talk",
    ),
    Command(
        "next", LEADING, "talk", "/next",
        t("end the talk in one minute"),
        t("Ends the talk at your table early. Everybody there is told one minute before."),
        places=IN_ROOM, need="talk",
    ),
    Command(
        "turn", LEADING, "talk", "/turn Anna",
        t("ask somebody to speak"),
        t("Asks somebody to speak. While people speak in turn, that person comes next."),
        places=IN_ROOM, need="people",
    ),
    Command(
        "nudge", LEADING, "table", "/nudge",
        t("remind those who have not answered"),
        t("Reminds those at your table, in private and kindly, who have not answered or not written yet. Nobody is "
          "reminded twice. Coordinators and organisers: without a table's number, all who have not answered."),
        places=IN_ROOM, need="people",
    ),
    Command(
        "summary", LEADING, "talk", "/summary",
        t("your summary of the talk, for your table"),
        t("Sends your summary of the talk to your table and keeps it with the talk."),
        places=IN_ROOM, need="talk", words=t("Most of us travel by train."),
    ),
    Command(
        "note", LEADING, "table", "/note",
        t("keep a note, which your table does not see"),
        t("Keeps a note for the assembly's log. Your table does not see it, and it does not stand in the transcript."),
        need="talk", words=t("They began late."),
    ),
    Command(
        "tell", LEADING, "table", "/tell Anna",
        t("write to one person at your table"),
        t("Writes to one person at your table, in private. Nobody else reads it. Coordinators and organisers: without a table's "
          "number, to anybody who takes part."),
        need="people", words=t("I am with you in a minute."),
    ),
    Command(
        "hide", LEADING, "anywhere", "/hide",
        t("hide the message to which you reply"),
        t("Hides the message to which you reply: nobody at the table reads it any more, it is not counted and goes nowhere. "
          "You are asked for the reason, which its author and the table read. Without a reply it offers the last messages."),
        places=IN_ROOM, kinds=PRESSABLE, need="trouble",
    ),
    Command(
        "quiet", LEADING, "talk", "/quiet Anna 10m",
        t("ask somebody to listen for a while"),
        t("Asks somebody to listen for a while: what they write does not go to the table until then. They are told, and "
          "to whom to turn. With 0m they may write again."),
        kinds=PRESSABLE, need="trouble",
    ),
    Command(
        "remove", LEADING, "table", "/remove Anna",
        t("remove somebody from the assembly"),
        t("Removes somebody from the assembly. You are asked for the reason; then a second person agrees, or ten minutes "
          "pass in which it can be stopped."),
        kinds=PRESSABLE, need="trouble",
    ),
    Command(
        "team", LEADING, "anywhere", "/team",
        t("write to all who lead here"),
        t("Writes to all facilitators and coordinators of your site, and to the organisers."),
        need="people", words=t("Does anybody have a map?"),
    ),
    Command(
        "handover", frozenset(("facilitator",)), "table", "/handover",
        t("hand your table to the next shift"),
        t("Asks the others who lead here to take your table over, with your notes for them. Until somebody does, it stays "
          "yours."),
        kinds=PRESSABLE, need="around", words=t("Anna is shy. We are at the second question."),
    ),
    Command(
        "bind", LEADING, "table", "/bind",
        t("give your table a room"),
        t("Gives your table a room of its own, a group or a topic of this chat app. You get a code, which you write there. "
          "Everybody at the table is told, and may stay in their own chat."),
        places=IN_ANY_ROOM | {"elsewhere"}, need="around",
    ),
    Command(
        "unbind", LEADING, "table", "/unbind",
        t("give the table's room up"),
        t("Gives the table's room up. Everybody at the table reads and writes in their own chat again."),
        places=IN_ROOM, need="around",
    ),
)  # fmt: skip
