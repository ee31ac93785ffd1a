"""Keep the guide in step with the code: `python -m tools.guide write|check`.

`docs/guide/steps.md` is made wholly from the docstrings and fields of the step types. In the other pages the parts
between `<!-- made by tools/guide.py: NAME -->` and `<!-- end -->` are made here. `write` writes both, `check` names the
pages that are not what the code says.
"""

from __future__ import annotations

import inspect
import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import get_args

from pydantic import BaseModel

from bot.app.config import EngineTable, ModelTable, TranslationTable
from bot.core.facilitator import Facilitator
from bot.core.flow import Files, GroupPlan, Head, Joining, Mandate, QuietHours, Schedule, Site, Size
from bot.core.lint import RULES
from bot.core.questions import Question
from bot.core.rights import COMMANDS, ROLES
from bot.core.steps import AnyStep
from bot.core.steps.base import Step
from bot.core.translation.glossary import Entry
from tools.kinds import default_of, kind_of

GUIDE = Path(__file__).resolve().parent.parent / "docs" / "guide"
STEPS = "steps.md"

TYPES: Mapping[str, type[Step]] = {get_args(cls.model_fields["type"].annotation)[0]: cls for cls in get_args(AnyStep)}
"""The step types by the word that stands in a flow file."""

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "People": ("welcome", "consent", "survey", "try_out", "assign"),
    "Learn": ("inform",),
    "Talk": ("discuss",),
    "Gather": ("collect",),
    "Decide": ("vote", "adopt"),
    "Link": ("summarise", "relay", "publish"),
    "Frame": ("gate", "break", "farewell"),
    "Control": ("repeat", "parallel"),
}
"""The step types in the order of the page."""

REGION = re.compile(r"(<!-- made by tools/guide\.py: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

HEAD = """\
# The step types

*This page is made from the code by `make guide`. What is wrong here is mended in the docstring of the step type.*

A step is an entry of the flow: `[[step]]`, an `id`, a `type`, and the keys below. The keys that every step has stand first; after
them come the types, each with its own keys and an example that the tests load, check and play. How a whole flow is written, and
what "text", "span of time" or "moment" are, stands in [Writing a flow](writing-a-flow.md).
"""


def steps_page() -> str:
    """The page about the step types."""
    parts = [HEAD, _contents(), "## What every step has\n", field_table(Step), ""]
    for family, names in FAMILIES.items():
        parts.append(f"## {family}\n")
        parts += [_step(name, TYPES[name]) for name in names]
    return "\n".join(parts).rstrip() + "\n"


def _contents() -> str:
    rows = [f"* {family}: " + " ".join(f"[`{n}`](#{n})" for n in names) for family, names in FAMILIES.items()]
    return "\n".join(rows) + "\n"


def _step(name: str, cls: type[Step]) -> str:
    told = [_wrapped(p) for p in prose(cls)]
    table = [field_table(cls), ""] if own_fields(cls) else []
    return "\n".join([f"### {name}\n", "\n\n".join(told), "", *table, "```toml", example(cls).rstrip(), "```", ""])


def prose(cls: type[BaseModel]) -> list[str]:
    """The paragraphs of a class's docstring before its example, each in one line."""
    doc = inspect.cleandoc(cls.__doc__ or "")
    start = re.search(r"^ {4}\[", doc, re.MULTILINE)
    paragraphs = (doc[: start.start()] if start else doc).split("\n\n")
    return [" ".join(p.split()) for p in paragraphs if p.strip()]


def example(cls: type[Step]) -> str:
    """The TOML example in a step type's docstring."""
    doc = inspect.cleandoc(cls.__doc__ or "")
    start = re.search(r"^ {4}\[", doc, re.MULTILINE)
    return textwrap.dedent(doc[start.start() :]) + "\n" if start else ""


def field_table(cls: type[BaseModel]) -> str:
    """The keys of a table of the flow file; of a step type only those that it has beyond the common ones, or changes."""
    rows = [
        (f"`{_key(name)}`", kind_of(cls, name), default_of(cls, name), sentence(cls, name)) for name in own_fields(cls)
    ]
    return _table(("key", "kind", "without it", "what it is for"), rows)


def own_fields(cls: type[BaseModel]) -> list[str]:
    """The fields that a class adds or changes. What is fixed for a type (its name, its only scope) is nothing to write."""
    named = [n for n in cls.model_fields if n in cls.__annotations__ and (cls is Step or n != "type")]
    free = [n for n in named if get_args(cls.model_fields[n].annotation) != (cls.model_fields[n].default,)]
    return sorted(free, key=lambda n: issubclass(cls, Step) and cls is not Step and n in Step.model_fields)


def sentence(cls: type[BaseModel], name: str) -> str:
    """What the docstring tells of a field: the part of a sentence that begins with it, else the first that names it. A field
    that is common to all steps and not told of by the type is told of by `Step`. "" where there is none."""
    key = re.escape(_key(name))
    for owner in (cls, Step) if issubclass(cls, Step) else (cls,):
        told = [part for paragraph in prose(owner) for part in _parts(paragraph, owner)]
        about = [p for p in told if re.match(rf"([Ww]ith |Each span in )?`{key}[`\s]", p)]
        about += [p for p in told if re.search(rf"`{key}[`\s]", p)]
        if about:
            return about[0][0].upper() + about[0][1:].rstrip(",;.") + "."
    return ""


def _parts(paragraph: str, cls: type[BaseModel]) -> Iterator[str]:
    """The sentences of a paragraph; one that tells of several fields in a row is parted before each of them."""
    fields = "|".join(re.escape(_key(name)) for name in cls.model_fields)
    for found in re.split(r"(?<=[.])\s+(?=[A-Z`/\"])", paragraph):
        yield from re.split(rf"(?<=[,;])\s(?=(?:with )?`(?:{fields})[`\s])", found)


def _key(name: str) -> str:
    """The key in the file: `from_` is written `from`."""
    return name.rstrip("_")


def commands_table() -> str:
    """Every command with those who may use it, as `bot.core.rights` has it."""
    rows = []
    for command in COMMANDS.values():
        roles = "everybody" if command.roles == frozenset(ROLES) else ", ".join(r for r in ROLES if r in command.roles)
        rows.append((f"`{command.sample}`", command.full.text, roles))
    return _table(("for example", "what it does", "who may use it"), rows)


def rules_table() -> str:
    """Every rule that a flow is checked against."""
    return _table(
        ("rule", "why there is one", "if it is broken"),
        [(f"`{r.name}`", r.why, "stops the flow" if r.severity == "error" else "a warning") for r in RULES],
    )


CONFIG: Mapping[str, type[BaseModel]] = {
    "translation": TranslationTable, "[engine]": EngineTable, "model": ModelTable,
}  # fmt: skip
"""The tables of the config that concern how words cross, by how their head is written."""

EMPTY = ("()", "{}", "None")


def config_table() -> str:
    """Every key of the config with which an operator decides how words cross."""
    rows = []
    for head, cls in CONFIG.items():
        for name, info in cls.model_fields.items():
            value = "" if info.is_required() else str(info.get_default(call_default_factory=True))
            told = "*must be there*" if info.is_required() else f"`{value}`" if value and value not in EMPTY else "none"
            rows.append((f"`[{head}]`", f"`{name}`", told))
    return _table(("table", "key", "without it"), rows)


REGIONS: Mapping[str, Callable[[], str]] = {
    "head": lambda: field_table(Head),
    "mandate": lambda: field_table(Mandate),
    "schedule": lambda: field_table(Schedule),
    "quiet": lambda: field_table(QuietHours),
    "site": lambda: field_table(Site),
    "joining": lambda: field_table(Joining),
    "files": lambda: field_table(Files),
    "facilitator": lambda: field_table(Facilitator),
    "glossary": lambda: field_table(Entry),
    "group": lambda: field_table(GroupPlan),
    "size": lambda: field_table(Size),
    "question": lambda: field_table(Question),
    "summarise": lambda: field_table(TYPES["summarise"]),
    "relay": lambda: field_table(TYPES["relay"]),
    "translating": config_table,
    "commands": commands_table,
    "rules": rules_table,
}
"""The parts that other pages may hold, by name."""


def filled(page: str) -> str:
    """A page with its made parts as they should be. KeyError for a part that nobody makes."""
    return REGION.sub(lambda found: f"{found[1]}{REGIONS[found[2]]()}\n{found[3]}", page)


def pages(guide: Path = GUIDE) -> dict[Path, str]:
    """What each page of the guide should be."""
    found = {path: filled(path.read_text("utf-8")) for path in sorted(guide.glob("*.md")) if path.name != STEPS}
    return {**found, guide / STEPS: steps_page()}


def stale(guide: Path = GUIDE) -> list[Path]:
    """The pages that are not what they should be."""
    return [path for path, text in pages(guide).items() if not path.exists() or path.read_text("utf-8") != text]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _wrapped(paragraph: str) -> str:
    return textwrap.fill(paragraph, 120, break_long_words=False, break_on_hyphens=False)


def main(argv: Sequence[str]) -> int:
    match argv:
        case ["write"]:
            for path, text in pages().items():
                path.write_text(text, "utf-8")
        case ["check"]:
            for path in stale():
                print(f"{path.name} is not what the code says. Run `make guide`.")
            return 1 if stale() else 0
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
