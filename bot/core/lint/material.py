"""Rules about the files that a flow shows to people."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.files import MATERIAL, ending
from bot.core.lint.rule import Finding, Rule, View, rule
from bot.core.problems import did_you_mean, listed


@rule("material-there", "A file that is not there cannot be shown.")
def material_there(view: View) -> Iterator[Finding]:
    there = [name for name in view.files if name.startswith("material/") and ending(name) in MATERIAL]
    for step in view.file.step:
        for language, path in getattr(step, "media", {}).items():
            if path not in there:
                yield Finding(
                    f'"{path}"',
                    f"what can be shown there is {listed(there)}"
                    if there
                    else "nothing in the folder material can be shown",
                    did_you_mean(path, there) or "Put the file there, or correct its name.",
                    step.id,
                    f"media.{language}" if language else "media",
                )


RULES: tuple[Rule, ...] = (material_there,)
