"""Rules about waiting: no gate holds an assembly for ever, and no parallel joins what never ends."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.lint.rule import Finding, Rule, View, rule


@rule("gate-times-out", "A gate whose keeper is absent opens by itself.")
def gate_times_out(view: View) -> Iterator[Finding]:
    for step in view.file.step:
        if step.type == "gate" and getattr(step, "timeout", None) is None:
            yield Finding(
                "a gate without a time-out",
                "a gate opens by itself when nobody has decided",
                'Write timeout = "20m".',
                step.id,
                "timeout",
            )


@rule("min-present", "Nobody sits alone in a talk.")
def min_present(view: View) -> Iterator[Finding]:
    plans = view.file.groups
    for step in view.file.step:
        fewest = getattr(step, "min_present", None)
        smallest = min((plan.size.max for plan in plans.values()), default=None)
        if step.talk and isinstance(fewest, int) and smallest is not None and fewest > smallest:
            yield Finding(
                f"min_present = {fewest}, at tables of at most {smallest}",
                "a talk must be possible at every table",
                "Write a smaller number.",
                step.id,
                "min_present",
            )


RULES: tuple[Rule, ...] = (gate_times_out, min_present)
