"""What is wrong with a flow file, in words for the person who writes it.

A problem says where it is, what was found, what is allowed, and what to do. An `error` keeps the flow from running; a
`warning` is a choice that somebody should have made on purpose.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. `step` is a step's id ("" for what belongs to no step), `field` the key, with dots down to where
    it stands. `found` and `allowed` are parts of one sentence, `advice` is a sentence of its own, each may be "".
    `rule` names the rule that was broken (`bot.core.lint`), or the kind of mistake in the file itself."""

    file: str
    step: str
    field: str
    found: str
    allowed: str
    rule: str
    severity: Severity = "error"
    advice: str = ""

    @property
    def where(self) -> str:
        """The file, the step and the key: `flow.toml, step "ballot", questions.q1.method`."""
        step = f'step "{self.step}"' if self.step else ""
        return ", ".join(part for part in (self.file, step, self.field) if part)

    @property
    def sentence(self) -> str:
        """What was found, what is allowed, and what to do."""
        found = f"found {self.found}" if self.found else ""
        said = "; ".join(part for part in (found, self.allowed) if part)
        return " ".join(part for part in (said[:1].upper() + said[1:] + "." if said else "", self.advice) if part)

    def __str__(self) -> str:
        return f"{self.where}: {self.sentence}"


def errors(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Those that keep a flow from running."""
    return tuple(p for p in problems if p.severity == "error")


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that was probably meant, or ""."""
    close = get_close_matches(word[:40].lower(), list(known), n=1, cutoff=0.6)
    return close[0] if close else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`Did you mean "duration"?`, or "" where nothing comes near."""
    meant = nearest(word, known)
    return f'Did you mean "{meant}"?' if meant else ""


def listed(words: Iterable[object], last: str = "and") -> str:
    """`one, two and three`."""
    every = [str(word) for word in words]
    return " ".join((", ".join(every[:-1]), last, every[-1])) if len(every) > 1 else "".join(every)


def count(n: int, one: str, many: str = "") -> str:
    """`1 step`, `2 steps`."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"
