"""Invented people: what each of them does about a message.

A person knows nothing of the flow but which of its steps are talks. All else there is to go by is the message: its words,
its buttons, and whether something is to be typed. What buttons carry ends in the option, in every language
(`vote:q1::yes`), and that is looked at; the table `SIDE` names those that do not answer anything.

Everything is drawn from the seed and the person's own name, so that one person's draws never change another's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from bot.core.lots import Lots
from bot.core.rendered import Choice, Rendered
from bot.core.state import Role
from bot.rehearsal import corpus, crossing
from bot.rehearsal.voices import Manner, Voice, Voices, trait

SIDE = frozenset(
    {
        "lang",
        "full",
        "undo",
        "call",
        "unclear",
        "flag",
        "original",
        "hide",
        "withdraw",
        "ask",
        "enough",
        "change",
        "back",
        "later",
        "doubt",
        "correct",
        "take",
        "unsay",
        "skip",
        "stuck",
        "again",
    }
)
"""Buttons beside the answers, by any word of what they carry: rehearsing people leave them alone."""

SUBMIT = "ok"
PATIENCE = 40
"""How often somebody answers the same question before giving up: a program that asks on and on ends."""

REPLIES_ONE_IN, MOST_SAID = 8, 4
"""One in so many answers a message at the table; nobody says more than this in one talk."""

GREETED = -1
"""What stands for a greeting among the numbers of what was said."""

SOON = 8
"""After so many acts the first questions are over, even where nobody asked for a name."""

SHORTEST = timedelta(seconds=4)
ON_THE_FLOOR = timedelta(seconds=75)
"""What an answer takes at most when a whole table waits for it."""
NEXT = timedelta(seconds=75)
"""What the next answer at the same step takes at most: who has begun goes on."""
READING = timedelta(minutes=2)
"""What a facilitator takes to read a draft."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something a person will do `after` a while: press or say. A later act about the same `topic` replaces it."""

    after: timedelta
    topic: str
    text: str = ""
    press: str = ""


@dataclass(slots=True)
class Villager:
    """One invented person. `user` is the account, `within` what an answer takes at most, `talking` are the steps at which
    tables talk, `greeting` those that only break the ice. `phrases` are what somebody without a voice says; without any the
    sentences are made up. `trials` are the steps that are only tried out, `relays` those that bring words from elsewhere,
    `digests` those that draw digests; `dealt` what of it is settled."""

    user: str
    name: str
    site: str
    language: str
    role: Role
    manner: Manner
    within: timedelta
    lots: Lots
    voice: Voice | None = None
    voices: Voices | None = None
    phrases: tuple[str, ...] = ()
    talking: frozenset[str] = frozenset()
    greeting: frozenset[str] = frozenset()
    trials: frozenset[str] = frozenset()
    relays: frozenset[str] = frozenset()
    digests: frozenset[str] = frozenset()
    dealt: set[str] = field(default_factory=set)
    named: bool = False
    name_asked_by: str = ""
    acts: int = 0
    tried: int = 0
    quits_after: int = 0
    gone: bool = False
    leaving: bool = False
    pending: dict[str, int] = field(default_factory=dict)
    said: list[tuple[str, int]] = field(default_factory=list)
    begun: set[str] = field(default_factory=set)
    talks: set[str] = field(default_factory=set)
    asked: dict[str, int] = field(default_factory=dict)
    wanted: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def settled(self) -> bool:
        """Past the first questions: who one is, and whether one agrees to take part."""
        return self.named or self.acts - self.tried >= SOON

    def react(self, message: Rendered) -> Iterator[Act]:
        """What this person does about a message; nothing about most of them."""
        if self.gone or (self.manner == "silent" and self.settled):
            if self.leaving and message.buttons:
                self.leaving = False
                yield Act(SHORTEST, "left", press=self.lots.choice(message.buttons).press)
            return
        wishes = crossing.wishes(self, message) if self.settled or self.role != "participant" else None
        if wishes is not None:
            for wish in wishes:
                self.asked[wish.topic] = self.asked.get(wish.topic, 0) + 1
                if self.asked[wish.topic] <= PATIENCE:
                    yield Act(self._pause(message, ""), wish.topic, wish.text, wish.press)
            return
        buttons = [b for b in message.buttons if not SIDE & set(_parts(b))]
        topic = _topic(message, buttons)
        if message.step in self.trials:
            yield from self._try(message, buttons, topic)
            return
        if not topic and message.step in self.talks and any(kind == "quote" for kind, _ in message.blocks):
            yield from self._reply(message)
        if not topic or topic in self.pending:
            return
        self.asked[topic] = self.asked.get(topic, 0) + 1
        if self.asked[topic] > PATIENCE:
            return
        after = self._pause(message, topic)
        if self.manner == "leaves" and self.acts - self.tried >= self.quits_after:
            self.gone = self.leaving = True
            yield Act(after, "leave", "/leave")
        elif message.expects and not (buttons and self._below(6) == 0):
            yield from self._write(message, buttons, topic, after)
        elif buttons:
            if self.manner == "nonsense" and self.asked[topic] == 1 and self.settled and self._below(3) == 0:
                yield Act(after, topic, self._nonsense())
            else:
                yield Act(after, topic, press=self._choose(message, buttons))

    def _try(self, message: Rendered, buttons: list[Choice], topic: str) -> Iterator[Act]:
        """What is only tried out goes by its order and draws no lots: everything after it is as it would be without. A choice
        that is to be changed becomes the next one."""
        self.asked[topic] = self.asked.get(topic, 0) + 1
        if not topic or topic in self.pending or self.asked[topic] > PATIENCE:
            return
        self.tried += 1
        if message.expects:
            yield Act(NEXT, topic, corpus.speech(self.language).greeting.format(name=self.name))
        else:
            yield Act(NEXT, topic, press=next(b for b in buttons if not b.chosen).press)

    # Words

    def _write(self, message: Rendered, buttons: list[Choice], topic: str, after: timedelta) -> Iterator[Act]:
        if message.expects == "number":
            yield Act(after, topic, str(self._number(message)))
        elif self.role != "participant":
            if message.step not in self.greeting:
                yield Act(after, topic, self._question(message.step))
        elif not self.named or topic == self.name_asked_by:
            self.named, self.name_asked_by = True, topic
            tries = self.asked[topic]
            yield Act(after, topic, self.name if tries == 1 else f"{self.name} {chr(64 + tries % 26)}.")
        else:
            if not buttons:
                self.talks.add(message.step)
            said = self._statement(message.step)
            if said is not None:
                yield Act(after, topic, said)
            elif buttons:
                yield Act(after, topic, press=buttons[0].press)

    def _reply(self, message: Rendered) -> Iterator[Act]:
        """One in so many answers what somebody has said at the table."""
        topic = f"{message.step}/reply"
        if topic in self.pending or self.role != "participant" or self._below(REPLIES_ONE_IN):
            return
        said = self._statement(message.step) if self._said_at(message.step) < MOST_SAID else None
        if said is not None:
            yield Act(self._pause(message, topic), topic, said)

    def _statement(self, step: str) -> str | None:
        """The next thing to say. Somebody with a voice says nothing invented but a greeting, and nothing twice in talks; what
        is asked for in private may repeat it."""
        anywhere, here = {n for _, n in self.said}, [n for at, n in self.said if at == step]
        if step in self.greeting:
            number, said = GREETED, corpus.speech(self.language).greeting.format(name=self.name)
            if here:
                return None
        elif self.manner == "nonsense":
            number, said = len(self.said), self._nonsense()
        elif self.voice is None:
            number = len(self.said)
            said = self.lots.choice(self.phrases) if self.phrases else corpus.sentence(self.lots, self.language)
        else:
            talk, says = step in self.talking, self.voice.says
            heard = {n for at, n in self.said if at in self.talking} if talk else anywhere
            new = [n for n in range(len(says)) if n not in heard]
            left = new if talk else new or [n for n in range(len(says)) if n not in here]
            if not left or (talk and len(here) >= (len(says) + 1) // 2):
                return None
            number = left[0]
            said = self.voice.says[number]
        self.said.append((step, number))
        return said

    def _said_at(self, step: str) -> int:
        return sum(1 for at, _ in self.said if at == step)

    def _question(self, step: str) -> str:
        """What a facilitator asks a table: another question each time."""
        questions = corpus.speech(self.language).questions
        self.said.append((step, len(self.said)))
        return questions[(len(self.said) - 1) % len(questions)]

    def _nonsense(self) -> str:
        return self.lots.choice(self.voices.nonsense if self.voices else corpus.NONSENSE)

    def _number(self, message: Rendered) -> int:
        """A number between the two that the question names, else a small one."""
        asked = (text for kind, text in message.blocks if kind != "note")
        named = [int(n) for text in asked for n in re.findall(r"\b\d{1,6}\b", text)]
        low, high = (min(named), max(named)) if len(named) > 1 else (1, 10)
        return low + self._below(high - low + 1)

    # Buttons

    def _choose(self, message: Rendered, buttons: list[Choice]) -> str:
        if any(_option(b) == SUBMIT for b in buttons):
            return self._tick(message, buttons)
        if self.role != "participant" or not self.settled:
            refuses = self.role == "participant" and len(buttons) == 2 and "first" not in _parts(buttons[0])
            refuses = refuses and self._below(6) == 0
            return buttons[1 if refuses else 0].press
        done = next((b for b in buttons if "all" in _parts(b)), None)
        if done is not None and any(b.chosen for b in buttons):
            return done.press
        known = self._recorded(message, buttons)
        if known is not None:
            return known.press
        return buttons[min(self._below(len(buttons)), self._below(len(buttons)))].press

    def _recorded(self, message: Rendered, buttons: list[Choice]) -> Choice | None:
        """The button that stands for what is recorded of this person; None where nothing is."""
        if self.voice is None or self.voices is None:
            return None
        by_option = {_option(b): b for b in buttons}
        for button in buttons:
            if {trait(_option(button)), trait(button.label)} & set(self.voice.traits):
                return button
        opinions = [self.voices.opinion(self.voice, text) for _, text in message.blocks]
        opinion = next((o for o in opinions if o is not None), None)
        if "agree" in by_option and "disagree" in by_option:
            word = {1: "agree", -1: "disagree"}.get(opinion or 0, "pass")
            return by_option.get(word)
        if opinion is not None and {"yes", "no"} <= by_option.keys():
            return by_option.get({1: "yes", -1: "no"}.get(opinion, "abstain"))
        grades = sorted((int(o), b) for o, b in by_option.items() if o.isdecimal())
        if opinion is not None and len(grades) > 2:
            return grades[{1: -1, -1: 0}.get(opinion, len(grades) // 2)][1]
        agreed = [b for b in buttons if self.voices.opinion(self.voice, b.label) == 1]
        return self.lots.choice(agreed) if agreed else None

    def _tick(self, message: Rendered, buttons: list[Choice]) -> str:
        """Several may be ticked: tick the next of those that are wanted, or hand in."""
        submit = next(b for b in buttons if _option(b) == SUBMIT)
        topic = _topic(message, [submit])
        offered = [b for b in buttons if b is not submit and _parts(b)[:-1] == _parts(submit)[:-1]]
        if topic not in self.wanted:
            self.wanted[topic] = self._ticks(message, offered)
        missing = [b for b in offered if b.press in self.wanted[topic] and not b.chosen]
        return missing[0].press if missing else submit.press

    def _ticks(self, message: Rendered, offered: list[Choice]) -> tuple[str, ...]:
        notes = [text for kind, text in message.blocks if kind == "note"]
        limits = [int(n) for n in re.findall(r"\b\d{1,2}\b", notes[-1] if notes else "")]  # how many stands last
        least, most = (limits[0], limits[-1]) if limits else (1, len(offered))
        choosing = [b for b in offered if _option(b) != "dk"]
        if self.voice is not None and self.voices is not None:
            agreed = [b for b in choosing if self.voices.opinion(self.voice, b.label) == 1]
            rest = [b for b in choosing if b not in agreed]
            picked = agreed[:most] + rest[: max(0, least - len(agreed))]
            if agreed or any(self.voices.opinion(self.voice, b.label) is not None for b in choosing):
                return tuple(b.press for b in picked)
        most = min(most, len(choosing))
        count = least + self._below(max(1, most - least + 1))
        return tuple(b.press for b in self.lots.sample(choosing, min(count, len(choosing))))

    # Draws

    def _pause(self, message: Rendered, topic: str) -> timedelta:
        """How long an answer takes. Ticking the next box takes moments, so does another try; who has the floor is quick."""
        if self.asked.get(topic, 0) > 1 and not message.expects:
            return SHORTEST
        if self.role == "translator":
            return SHORTEST + timedelta(seconds=self._below(40))  # a text that was taken waits for five minutes
        if self.role != "participant":
            return READING + timedelta(seconds=self._below(60))
        longest = self.within
        if message.step in self.begun:
            longest = min(longest, NEXT)
        self.begun.add(message.step)
        if message.expects and any("pass" in _parts(b) for b in message.buttons):
            longest = min(longest, ON_THE_FLOOR)
        span = int((longest - SHORTEST).total_seconds())
        return SHORTEST + timedelta(seconds=self._below(max(1, span)))

    def _below(self, n: int) -> int:
        return self.lots.below(n)


def _topic(message: Rendered, buttons: list[Choice]) -> str:
    """What a message asks, in one word; "" if it asks nothing."""
    if buttons:
        return ":".join(_parts(buttons[0])[:-1])
    return f"{message.step}/{message.expects}" if message.expects else ""


def _parts(button: Choice) -> list[str]:
    """The words of what a button carries; the seat it was sent to is not one of them."""
    return button.press.partition("@")[0].lstrip("-").split(":")


def _option(button: Choice) -> str:
    return _parts(button)[-1].lstrip("+-")
