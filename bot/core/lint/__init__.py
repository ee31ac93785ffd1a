"""The rules that a flow must keep beyond its form: what refers to what, languages, times, groups, votes, consent, the walk.

Each rule is a small function with a name and one sentence that says why it exists. A rule of stage `file` looks at the
file as it stands. The others look at the walk that it describes, and are asked only once the file can be walked.
"""

from __future__ import annotations

from bot.core.lint.rule import Finding, Rule, View
from bot.core.lint.rules import RULES, lint, walkable

__all__ = ["RULES", "Finding", "Rule", "View", "lint", "walkable"]
