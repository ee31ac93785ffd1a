"""Rules about what comes first: consent before words, and the farewell at the end."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.itinerary import Node
from bot.core.lint.rule import Finding, Rule, View, rule
from bot.core.steps.base import Step

KEEPS_WORDS = ("collect", "discuss", "survey", "vote")
"""The types of steps that keep what people write or choose."""


@rule("consent-first", "Nothing that a person writes is kept before that person has said yes.", stage="walk")
def consent_first(view: View) -> Iterator[Finding]:
    consents = [n for n in view.nodes if n.step.type == "consent"]
    for node in _once(view):
        step = node.step
        if step.before_consent or step.type == "parallel" or not {"participant"} & set(step.audience):
            continue
        if any(view.precedes(c, node) for c in consents):
            continue
        keeps = step.type in KEEPS_WORDS
        if consents:
            found = f'a step of type "{step.type}" before the consent'
            advice = f'Move "{consents[0].step.id}" before this step.'
        elif keeps:
            found, advice = (
                f'a step of type "{step.type}" in a flow without consent',
                'Write a [[step]] with type = "consent" before it.',
            )
        else:
            continue
        allowed = (
            "what people write or choose may only be kept once they have agreed"
            if keeps
            else "people take part from their yes on, so this step would reach nobody"
        )
        yield Finding(found, allowed, advice, step.id, "type", "error" if keeps else "warning")


@rule("consent-everybody", "A consent that only some are asked for leaves the others out.", stage="walk")
def consent_everybody(view: View) -> Iterator[Finding]:
    for node in _once(view):
        if node.step.type == "consent" and node.step.when is not None:
            yield Finding(
                f"when = {node.step.when!r} at the consent",
                "everybody is asked for consent",
                "Delete the condition.",
                node.step.id,
                "when",
            )


@rule(
    "try-out-first", "What is tried out before the first talk helps in it; later it comes too late.", "warning", "walk"
)
def try_out_first(view: View) -> Iterator[Finding]:
    talks = [n for n in view.nodes if n.step.talk]
    for node in _once(view):
        if node.step.type == "try_out" and any(view.precedes(talk, node) for talk in talks):
            yield Finding(
                f'a step of type "try_out" after the talk "{talks[0].step.id}"',
                "people try out beforehand what they will need at their tables",
                f'Move it before "{talks[0].step.id}", at best behind the first questions.',
                node.step.id,
                "type",
            )


@rule("farewell-last", "After the thanks nobody expects another message.", "warning", "walk")
def farewell_last(view: View) -> Iterator[Finding]:
    byes = [n for n in view.nodes if n.step.type == "farewell"]
    for node in _once(view):
        asks = node.step.type not in ("publish", "farewell") and "participant" in node.step.audience
        if asks and any(view.precedes(bye, node) for bye in byes):
            yield Finding(
                f'a step of type "{node.step.type}" after the farewell "{byes[0].step.id}"',
                "people have been thanked and think that it is over",
                "Move the farewell to the end.",
                node.step.id,
            )


@rule("deadline", "Every step that waits has an end: one silent person never stops an assembly.", stage="walk")
def deadline(view: View) -> Iterator[Finding]:
    for node in _once(view):
        run = view.flow.run_of(node)
        waiting = [n for n in run if n.step.waits and _waits_for_people(n.step)]
        if node is run[0] and waiting and all(n.step.duration is None and n.step.closes is None for n in run):
            last = waiting[-1].step
            among = (
                f", and none of the steps {', '.join(n.step.id for n in run)}, which people go through by themselves, has one"
                if len(run) > 1
                else ""
            )
            yield Finding(
                f"neither duration nor closes{among}",
                "a step that waits for people needs an end",
                'Write for example duration = "2d", or closes = 20:00:00.',
                last.id,
                "duration",
            )


@rule("extension", "Who wants more answers has to say how much longer.", "warning")
def extension(view: View) -> Iterator[Finding]:
    for step in view.file.step:
        if step.on_too_few == "extend_once" and (step.duration is None or not step.too_few):
            missing = "too_few" if not step.too_few else "duration"
            yield Finding(
                f'on_too_few = "extend_once" without {missing}',
                "it is extended by its duration when fewer than too_few have answered",
                f"Write {missing}, or leave on_too_few out.",
                step.id,
                "on_too_few",
            )


def _waits_for_people(step: Step) -> bool:
    """Jobs, decisions and gates end without a time of their own, a parallel with its branches."""
    return step.scope in ("person", "table") and step.type != "parallel"


def _once(view: View) -> Iterator[Node]:
    """Each step at its first place in the walk."""
    seen: set[str] = set()
    for node in view.nodes:
        if node.step.id not in seen:
            seen.add(node.step.id)
            yield node


RULES: tuple[Rule, ...] = (consent_first, consent_everybody, try_out_first, farewell_last, deadline, extension)
