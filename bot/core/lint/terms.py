"""Rules about the glossary: each of its words in two languages of the flow at least, and once in each of them."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.digest import same_words
from bot.core.lint.rule import Finding, Rule, View, rule
from bot.core.problems import did_you_mean, listed


@rule("glossary-languages", "A word of the glossary is for translations between two languages of the flow.")
def glossary_languages(view: View) -> Iterator[Finding]:
    languages = view.file.flow.languages
    for number, entry in enumerate(view.file.glossary, 1):
        for lang in entry.term:
            if lang not in languages:
                yield Finding(
                    f'a word in "{lang}"',
                    f"the languages of the flow are {listed(languages)}",
                    did_you_mean(lang, languages) or "Add it to [flow] languages, or delete the word.",
                    field=f"glossary.{number}.term",
                )
        if len(entry.term) < 2:
            yield Finding(
                f'"{next(iter(entry.term.values()))}" in one language',
                "a word has one translation at least",
                "Write it in the other languages too, or delete it.",
                field=f"glossary.{number}.term",
            )


@rule("glossary-once", "A word that stands in the glossary twice has two translations, and none would be right.")
def glossary_once(view: View) -> Iterator[Finding]:
    seen: dict[tuple[str, str], int] = {}
    for number, entry in enumerate(view.file.glossary, 1):
        for lang in entry.term:
            for form in (entry.term[lang], *entry.also.get(lang, ())):
                first = seen.setdefault((lang, same_words(form)), number)
                if first != number:
                    yield Finding(
                        f'"{form}" in {lang} for the second time',
                        f"each word stands once, and it stands in entry {first} already",
                        "Delete one of the two, or put their forms together.",
                        field=f"glossary.{number}.{'term' if form == entry.term[lang] else 'also'}",
                    )


RULES: tuple[Rule, ...] = (glossary_languages, glossary_once)
