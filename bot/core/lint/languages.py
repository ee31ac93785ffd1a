"""Rules about languages: everybody reads everything in a language of theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.core.lint.rule import Finding, Rule, View, rule
from bot.core.problems import did_you_mean, listed
from bot.core.steps.base import Step
from bot.core.steps.control import Repeat
from bot.core.texts import Placed, places

BINDING = ("consent", "vote", "adopt")
"""The types of steps whose texts bind people, or decide: nobody may read them in a language that is not theirs."""

_PLACEHOLDER = re.compile(r"\{(item|round)\}")
_BRACES = re.compile(r"\{[^{}\s]{0,30}\}")


@rule("languages-known", "The languages of the flow, of its sites and of its texts are the same ones.")
def languages_known(view: View) -> Iterator[Finding]:
    head = view.file.flow
    languages = head.languages
    if head.source_language not in languages:
        yield Finding(
            f'source_language = "{head.source_language}"',
            f"the languages are {listed(languages)}",
            "Add it to languages, or name one of those.",
            field="flow.source_language",
        )
    for site in view.file.schedule.sites:
        for lang in site.languages:
            if lang not in languages:
                yield Finding(
                    f'the language "{lang}"',
                    f"the languages of the flow are {listed(languages)}",
                    did_you_mean(lang, languages) or "Add it to [flow] languages, and translate the texts.",
                    field=f"schedule.sites.{site.id}.languages",
                )
    for lang in dict.fromkeys(languages):
        if languages.count(lang) > 1:
            yield Finding(
                f'"{lang}" more than once', "each language stands once", "Delete one.", field="flow.languages"
            )
    for step, text in _texts(view):
        for lang in text.texts:
            if lang not in languages:
                yield Finding(
                    f'a text in "{lang}"',
                    f"the languages of the flow are {listed(languages)}",
                    did_you_mean(lang, languages) or "Add it to [flow] languages, or delete the text.",
                    step.id if step else "",
                    text.path,
                    "warning",
                )


@rule("languages-read", "A language that no site speaks has to be translated for nobody.", "warning")
def languages_read(view: View) -> Iterator[Finding]:
    spoken = {lang for site in view.file.schedule.sites for lang in site.languages}
    for lang in view.file.flow.languages:
        if lang not in spoken and spoken <= set(view.file.flow.languages):
            yield Finding(
                f'the language "{lang}", which no site speaks',
                f"the sites speak {listed(sorted(spoken))}",
                "Add it to the languages of a site, or leave it out.",
                field="flow.languages",
            )


@rule(
    "texts-complete",
    "Everybody consents to, answers and votes on the same text, in a language of theirs.",
    "warning",
)
def texts_complete(view: View) -> Iterator[Finding]:
    head = view.file.flow
    gaps: dict[tuple[str, bool, tuple[str, ...]], list[str]] = {}
    for step, text in _texts(view):
        missing = tuple(lang for lang in head.languages if not text.texts.get(lang))
        if missing:
            binding = (step is not None and step.type in BINDING) or "questions" in text.path.split(".")
            gaps.setdefault((step.id if step else "", binding, missing), []).append(text.path)
    for (id, binding, missing), paths in gaps.items():
        where = "" if len(paths) == 1 else f" at {len(paths)} places ({', '.join(paths[:4])}{', …' * (len(paths) > 4)})"
        why = " before anybody consents, answers or votes" if binding else ""
        yield Finding(
            f"no text in {listed(missing)}{where}",
            f"this is needed in {listed(head.languages)}{why}",
            _how(missing, head.source_language),
            id,
            paths[0],
            "error" if binding else "warning",
        )


def _how(missing: tuple[str, ...], source: str) -> str:
    if missing == (source,):
        return f"Write it in {source}, the language of the flow."
    files = listed(f"{lang}.po" for lang in missing if lang != source)
    return f'Write {{ {missing[0]} = "…" }} beside the others, or translate it in {files} (pnyx flow texts export).'


@rule("placeholders", "What stands in braces is filled in, in every language alike.")
def placeholders(view: View) -> Iterator[Finding]:
    for step, text in _texts(view):
        if step is None:
            continue
        allowed = _fillings(view, step)
        wanted = set(_PLACEHOLDER.findall(text.source))
        for lang, words in text.texts.items():
            found = set(_PLACEHOLDER.findall(words))
            if not text.source or found == wanted:
                continue
            yield Finding(
                f"{_braced(found) or 'no placeholder'} in {lang}",
                f"the source text has {_braced(wanted) or 'none'}",
                "Write the same ones in every language.",
                step.id,
                text.path,
            )
        for word in sorted(set(_BRACES.findall(text.source)) - {f"{{{name}}}" for name in allowed}):
            inside = f"allowed here are {_braced(allowed)}" if allowed else "nothing is filled in outside a repeat"
            yield Finding(
                f"{word}, which people would read as it stands",
                inside,
                "Delete it, or put the step within a repeat.",
                step.id,
                text.path,
                "error" if word in ("{item}", "{round}") else "warning",
            )


def _fillings(view: View, step: Step) -> set[str]:
    found: set[str] = set()
    holder = view.steps.get(step.within or "")
    seen: list[Step] = []
    while holder is not None and holder not in seen:
        seen.append(holder)
        if isinstance(holder, Repeat):
            found |= {"round"} if holder.over is None else {"round", "item"}
        holder = view.steps.get(holder.within or "")
    return found


def _braced(names: set[str]) -> str:
    return " and ".join(f"{{{name}}}" for name in sorted(names))


def _texts(view: View) -> Iterator[tuple[Step | None, Placed]]:
    """Every text with the step in which it stands, its place told from there."""
    source = view.file.flow.source_language
    for text in places(view.file.model_copy(update={"step": ()}), source):
        yield None, text
    for step in view.file.step:
        for text in places(step, source):
            yield step, text


RULES: tuple[Rule, ...] = (languages_known, languages_read, texts_complete, placeholders)
