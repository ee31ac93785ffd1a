"""Commands of everybody: to take part in a talk, and over what is one's own."""

from __future__ import annotations

from bot.core.entitled import EVERYBODY, LEADING, OVERSEEING, TABLE, Command
from bot.core.message import t
from bot.core.places import IN_ANY_ROOM, IN_ROOM, PRESSABLE

COMMANDS: tuple[Command, ...] = (
    Command(
        "help", EVERYBODY, "anywhere", "/help",
        t("what you can do now"),
        t("Shows what is open for you and what you can do now. With the name of a command it explains that one; /help all lists "
          "all of them."),
        active=False, places=IN_ANY_ROOM, kinds=PRESSABLE, need="you",
    ),
    Command(
        "pass", frozenset(("participant",)), "talk", "/pass",
        t("let your turn pass"),
        t("When people speak in turn, lets your turn pass to the next person."),
        places=IN_ROOM, need="talk",
    ),
    Command(
        "original", TABLE | OVERSEEING, "anywhere", "/original",
        t("a translated message as it was written"),
        t("Shows the message to which you reply as its author wrote it. Without a reply it shows the last messages of the "
          "talk so."),
        places=IN_ROOM, kinds=PRESSABLE, need="talk",
    ),
    Command(
        "undo", TABLE, "table", "/undo",
        t("take your last message to the table back"),
        t(
            "Takes the last message that you sent to your table back. Your table is told, "
            "and it does not stand in the record."
        ),
        places=IN_ROOM, kinds=PRESSABLE, need="talk",
    ),
    Command(
        "sentence", TABLE | LEADING, "talk", "/sentence Anna",
        t("the sentence that stands for a voice note"),
        t("Writes the one sentence that stands for a voice note in the record: after the name of its author, or in reply to "
          "the note. For your own note leave the name out. The author is asked whether the sentence is right."),
        places=IN_ROOM, kinds=PRESSABLE, need="talk", words=t("The bus comes too rarely."),
    ),
    Command(
        "source", TABLE | LEADING, "anywhere", "/source 3",
        t("what stands behind a sentence of the summary"),
        t("Shows what stands behind a sentence of the summary that you read last: the words as they were written, in which "
          "language, when and where, and who changed or translated them. Reply to another summary to ask about that one."),
        places=IN_ROOM, kinds=PRESSABLE, need="talk",
    ),
    Command(
        "time", TABLE | LEADING, "anywhere", "/time",
        t("how much time is left"),
        t("Says how much time is left, for the talk at your table and for what you still have to answer."),
        places=IN_ROOM, need="talk",
    ),
    Command(
        "my", frozenset(("participant",)), "anywhere", "/my",
        t("your name, your table, what waits for you"),
        t("Shows your name, your table and your language, and which questions you have answered."),
        places=IN_ROOM, need="you",
    ),
    Command(
        "room", TABLE, "table", "/room",
        t("the way into your table's room"),
        t("Shows the way into the room of your table, if it has one. Everybody there sees the accounts of the others."),
        places=IN_ROOM, kinds=PRESSABLE, need="people",
    ),
    Command(
        "call", EVERYBODY - OVERSEEING, "anywhere", "/call",
        t("ask for a person, in private"),
        t("Asks whoever leads your table to write to you, in private. You may say why behind it."),
        places=IN_ANY_ROOM, kinds=PRESSABLE, need="trouble",
    ),
    Command(
        "object", EVERYBODY - OVERSEEING, "anywhere", "/object",
        t("say that something was done to you wrongly"),
        t("Says to the coordinator that something was done to you, or to your words, wrongly. Under the news of it there is "
          "a button for the same. You are told how it is decided."),
        active=False, always=True, kinds=PRESSABLE, need="trouble", words=t("My message insulted nobody."),
    ),
    Command(
        "name", EVERYBODY, "anywhere", "/name Maya",
        t("the name that people here read"),
        t("Sets the name that people here read. A first name is enough. Your table is told that you have another one."),
        need="around",
    ),
    Command(
        "lang", EVERYBODY, "anywhere", "/lang",
        t("read in another language"),
        t("Changes the language in which I write to you."),
        active=False, places=IN_ROOM, kinds=PRESSABLE, need="you",
    ),
    Command(
        "leave", EVERYBODY - {"organiser"}, "anywhere", "/leave",
        t("pause, or leave"),
        t("Lets you pause, leave, or leave and take your words back. You are asked which."),
        active=False, kinds=PRESSABLE, need="you",
    ),
    Command(
        "consent", EVERYBODY, "anywhere", "/consent",
        t("what you have agreed to, and change it"),
        t("Shows what you were asked for beyond taking part, and your answer. You can change each of them at any time."),
        active=False, always=True, kinds=PRESSABLE, need="you",
    ),
    Command(
        "mydata", EVERYBODY, "anywhere", "/mydata",
        t("a copy of everything that I keep of you"),
        t("Sends you everything that I keep of you: a file to read, and the same for another program."),
        active=False, always=True, need="you",
    ),
    Command(
        "forget", EVERYBODY - {"organiser"}, "anywhere", "/forget",
        t("erase everything of you"),
        t("Erases your name, your account and every word that you wrote. You are asked before it happens."),
        active=False, always=True, kinds=PRESSABLE, need="you",
    ),
    Command(
        "join", EVERYBODY, "anywhere", "/join K7PX-93QD",
        t("take a seat with a code"),
        t("Takes a seat, or a role, with the code from an invitation."),
        active=False, need="around",
    ),
    Command(
        "for", frozenset(("participant",)), "anywhere", "/for Anna",
        t("answer for another person at this phone"),
        t("Where several people share this phone: says for whom the next answers are."),
        active=False, need="around",
    ),
)  # fmt: skip
