"""Who may use which command: one table that the code and its test both read. What does not stand in it is denied.

The rights of a button are those of the command that it belongs to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.core.message import Phrase, t
from bot.core.state import Role

Where = Literal["anywhere", "table", "talk", "course"]
"""What a command acts on: the person alone, a table, a talk that is open at a table, or a course (or one of its tables)."""

ROLES: Mapping[Role, Phrase] = {
    "participant": t("participants"),
    "facilitator": t("facilitators"),
    "coordinator": t("coordinators"),
    "organiser": t("organisers"),
    "observer": t("observers"),
    "expert": t("experts"),
    "translator": t("translators"),
}

EVERYBODY: frozenset[Role] = frozenset(ROLES)
LEADING: frozenset[Role] = frozenset(("facilitator", "coordinator", "organiser"))
TABLE: frozenset[Role] = frozenset(("participant", "facilitator"))
"""Those who sit at a table and talk there."""
OVERSEEING: frozenset[Role] = frozenset(("coordinator", "organiser"))
"""Those who lead several tables: their commands name the table by its number, `/extend 3 10m`."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command: who may use it, what it acts on, how it is written (an example that works), and what it does, in a few
    words for the list and in full for `/help NAME`. `active` is False where those may use it too who have paused or have not
    consented yet, `always` True where those may who have left."""

    name: str
    roles: frozenset[Role]
    where: Where
    example: str
    brief: Phrase
    full: Phrase
    active: bool = True
    always: bool = False


def may(role: Role, command: str) -> bool:
    """Whether this role may use this command."""
    found = COMMANDS.get(command)
    return found is not None and role in found.roles


def commanded(text: str) -> str:
    """What somebody wrote, with the / of a command where they wrote it with !, as people do where the chat program keeps what
    begins with / for itself. Only our own commands are read so, and what is one slip away from one: its author is asked then, and
    the table is not told "!hlep"."""
    found = _SHOUTED.match(text)
    if found is None:
        return text
    word = found[1].casefold()
    ours = word in SPOKEN or any(_slipped(word, name) for name in SPOKEN)
    return f"/{text[found.start(1) :]}" if ours else text


def _slipped(word: str, name: str) -> bool:
    """Whether one slip of a finger makes the one out of the other: two letters swapped, or, in a name that is long enough to be
    told from other words, a letter wrong, missing or too many. "!not" is no slip of "!note"."""
    same = next(
        (i for i, pair in enumerate(zip(word, name, strict=False)) if pair[0] != pair[1]), min(len(word), len(name))
    )
    one, other = word[same:], name[same:]
    swapped = one[:2] == other[1::-1] and one[2:] == other[2:]
    other_letter = one[1:] == other[1:] or one[1:] == other or one == other[1:]
    return len(name) > 3 and (swapped or (len(name) > 4 and other_letter))


_SHOUTED = re.compile(r"\s*!(\w+)(?=[\s@]|\Z)")

COMMANDS: dict[str, Command] = {
    c.name: c
    for c in (
        Command(
            "help", EVERYBODY, "anywhere", "/help",
            t("what you can do now"),
            t("Shows what is open for you and what you can do now. With the name of a command it explains that one."),
            active=False,
        ),
        Command(
            "trans", frozenset(("translator",)), "anywhere", "/trans",
            t("the text that waits for you"),
            t("Shows the text that waits longest for a translator: the words, where they come from, the draft, and how much time "
              "is left. You can take it, release the draft, ask the author, or give it back. What you take is yours for five "
              "minutes. With languages behind it (/trans de fr) it says which ones you read."),
        ),
        Command(
            "release", frozenset(("translator",)), "anywhere", "/release The ferry comes too rarely.",
            t("send your translation to its readers"),
            t("Sends your translation of the text that you have taken to its readers. Without words it sends the draft as it "
              "stands. Whoever has read an earlier translation is told."),
        ),
        Command(
            "status", LEADING, "course", "/status",
            t("who is here, who has spoken, how much time is left"),
            t("Shows who is at your table, who has spoken, who has answered (never what), and how much time is left."),
        ),
        Command(
            "prompt", LEADING, "table", "/prompt What speaks against it?",
            t("write something to your table, after a preview"),
            t("Shows you the text first and sends it to your table when you choose Send. Coordinators and organisers write the "
              "table's number, or all, in front of it."),
        ),
        Command(
            "extend", LEADING, "talk", "/extend 10m",
            t("more time for your table"),
            t("Gives your table more time to talk, as far as the flow allows. The next step waits for your table."),
        ),
        Command(
            "pause", LEADING, "talk", "/pause",
            t("let the talk rest"),
            t("Lets the talk at your table rest. It goes on by itself after 15 minutes, or with /resume."),
        ),
        Command(
            "resume", LEADING, "talk", "/resume",
            t("let the talk go on"),
            t("Lets a talk that rests go on."),
        ),
        Command(
            "next", LEADING, "talk", "/next",
            t("end the talk in one minute"),
            t("Ends the talk at your table early. Everybody there is told one minute before."),
        ),
        Command(
            "summary", LEADING, "talk", "/summary Most of us travel by train.",
            t("your summary of the talk, for your table"),
            t("Sends your summary of the talk to your table and keeps it with the talk."),
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
        ),
        Command(
            "nudge", LEADING, "table", "/nudge",
            t("remind those who have not answered"),
            t("Reminds those at your table, in private and kindly, who have not answered or not written yet. Nobody is "
              "reminded twice."),
        ),
        Command(
            "quiet", LEADING, "talk", "/quiet Anna 10m",
            t("ask somebody to listen for a while"),
            t("Asks somebody to listen for a while: what they write does not go to the table until then. They are told, and "
              "to whom to turn. With 0m they may write again."),
        ),
        Command(
            "remove", LEADING, "table", "/remove Anna",
            t("remove somebody from the assembly"),
            t("Removes somebody from the assembly. You are asked for the reason; then a second person agrees, or ten minutes "
              "pass in which it can be stopped."),
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
        ),
        Command(
            "hide", LEADING, "anywhere", "/hide",
            t("hide the message to which you reply"),
            t("Hides the message to which you reply: nobody at the table reads it any more, it is not counted and goes nowhere. "
              "You are asked for the reason, which its author and the table read. Without a reply it offers the last messages."),
        ),
        Command(
            "bind", LEADING, "table", "/bind",
            t("give your table a room"),
            t("Gives your table a room of its own, a group or a topic of this chat app. You get a code, which you write there. "
              "Everybody at the table is told, and may stay in their own chat."),
        ),
        Command(
            "unbind", LEADING, "table", "/unbind",
            t("give the table's room up"),
            t("Gives the table's room up. Everybody at the table reads and writes in their own chat again."),
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
        ),
        Command(
            "begin", frozenset(("organiser",)), "anywhere", "/begin",
            t("begin the assembly"),
            t("Begins the assembly at all sites. You are asked before it happens."),
        ),
        Command(
            "pass", frozenset(("participant",)), "talk", "/pass",
            t("let your turn pass"),
            t("When people speak in turn, lets your turn pass to the next person."),
        ),
        Command(
            "original", TABLE | OVERSEEING, "anywhere", "/original",
            t("a translated message as it was written"),
            t("Shows the message to which you reply as its author wrote it. Without a reply it shows the last messages of the "
              "talk so."),
        ),
        Command(
            "undo", TABLE, "table", "/undo",
            t("take your last message to the table back"),
            t(
                "Takes the last message that you sent to your table back. Your table is told, "
                "and it does not stand in the record."
            ),
        ),
        Command(
            "sentence", TABLE | LEADING, "talk", "/sentence Anna The bus comes too rarely.",
            t("the sentence that stands for a voice note"),
            t("Writes the one sentence that stands for a voice note in the record: after the name of its author, or in reply to "
              "the note. For your own note leave the name out. The author is asked whether the sentence is right."),
        ),
        Command(
            "call", EVERYBODY - OVERSEEING, "anywhere", "/call",
            t("ask for a person, in private"),
            t("Asks whoever leads your table to write to you, in private. You may say why behind it."),
        ),
        Command(
            "my", frozenset(("participant",)), "anywhere", "/my",
            t("your name, your table, what waits for you"),
            t("Shows your name, your table and your language, and which questions you have answered."),
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
            active=False,
        ),
        Command(
            "lang", EVERYBODY, "anywhere", "/lang",
            t("read in another language"),
            t("Changes the language in which I write to you."),
            active=False,
        ),
        Command(
            "source", TABLE | LEADING, "anywhere", "/source 3",
            t("what stands behind a sentence of the summary"),
            t("Shows what stands behind a sentence of the summary that you read last: the words as they were written, in which "
              "language, when and where, and who changed or translated them. Reply to another summary to ask about that one."),
        ),
        Command(
            "time", TABLE | LEADING, "anywhere", "/time",
            t("how much time is left"),
            t("Says how much time is left, for the talk at your table and for what you still have to answer."),
        ),
        Command(
            "consent", EVERYBODY, "anywhere", "/consent",
            t("what you have agreed to, and change it"),
            t("Shows what you were asked for beyond taking part, and your answer. You can change each of them at any time."),
            active=False, always=True,
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
            active=False, always=True,
        ),
        Command(
            "room", TABLE, "table", "/room",
            t("the way into your table's room"),
            t("Shows the way into the room of your table, if it has one. Everybody there sees the accounts of the others."),
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

START = "start"
"""What a phone says of itself when a chat is opened, for the first time or again."""

SPOKEN: frozenset[str] = frozenset((*COMMANDS, START))
"""What people may write as a command: besides these what a phone says of itself when a chat is opened."""
