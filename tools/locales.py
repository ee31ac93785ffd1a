"""Keep the interface texts of all languages complete: `python -m tools.locales pot|po|check`.

`pot` collects the texts marked with `t("...")` and `tn("one", "many", n=...)` in the code into `locales/bot.pot`.
`po` does the same and brings the new ones into each language's `bot.po`, keeping every translation; texts that the code
no longer says are dropped. `check` says what is missing or does not fit, and changes nothing.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po

from bot.language.po import po_text

ROOT = Path(__file__).resolve().parent.parent
CODE = ROOT / "bot"
LOCALES = ROOT / "locales"
LANGUAGES = ("de", "fr")
KEYWORDS = {"t": 1, "tn": 2}
"""The marks of texts, and how many of their arguments are texts."""

_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_ENDING = re.compile(r"[\s.,:;!?…]*\Z")
_BEGINNING = re.compile(r"\A\s*")
_FRENCH_SPACE = re.compile("[ \u00a0\u202f](?=[:;!?])")
_TEARS = re.compile("[^ ]* [:;!?»]|« [^ ]*")
"""Where a French line could break before a mark, because a space that holds is missing."""


def extract(code: Path = CODE) -> Catalog:
    """All interface texts of the modules under `code`."""
    catalog = Catalog()
    for path in sorted(code.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(), path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
                marked = node.args[: KEYWORDS[node.func.id]]
                texts = tuple(
                    arg.value for arg in marked if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                )
                if texts and len(texts) == len(marked):
                    catalog.add(texts if len(texts) > 1 else texts[0])
    return catalog


def pot(locales: Path = LOCALES, code: Path = CODE) -> Catalog:
    """Write `bot.pot`."""
    texts = extract(code)
    (locales / "bot.pot").write_text(po_text(texts, sort=True))
    return texts


def po(locales: Path = LOCALES, code: Path = CODE, languages: Sequence[str] = LANGUAGES) -> None:
    """Write `bot.pot`, and each language's `bot.po` with an entry for every text."""
    texts = pot(locales, code)
    for lang in languages:
        path = _file(locales, lang)
        catalog = _read(path, lang) if path.exists() else Catalog(locale=lang)
        catalog.update(texts, no_fuzzy_matching=True, update_header_comment=False)
        catalog.obsolete.clear()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(po_text(catalog, sort=True))


def problems(locales: Path = LOCALES, code: Path = CODE, languages: Sequence[str] = LANGUAGES) -> Iterator[str]:
    """One line for each thing that is missing or does not fit, with what to do about it."""
    texts = extract(code)
    known = locales / "bot.pot"
    if not known.exists() or known.read_text() != po_text(texts, sort=True):
        yield "locales/bot.pot is not what the code says now. Run `make po`, then translate what is new."
    for lang in languages:
        path = _file(locales, lang)
        if not path.exists():
            yield f"{lang}: there is no {path}. Run `make po`, then translate it."
            continue
        try:
            catalog = _read(path, lang)
        except (PoFileError, ValueError) as error:
            yield f"{lang}: {path} cannot be read: {error}. Mend it by hand, or take it back from git."
            continue
        for message in texts:
            if message.id:
                where = f"{lang}: {_first(message)!r}"
                yield from (f"{where}: {what}" for what in _misfits(message, catalog.get(message.id), catalog))
        for message in catalog:
            if message.id and message.id not in texts:
                yield f"{lang}: {_first(message)!r}: the code no longer says this. Run `make po`."


def _misfits(source: Message, translated: Message | None, catalog: Catalog) -> Iterator[str]:
    if translated is None or translated.id != source.id:
        yield "is not in the file. Run `make po`, then translate it."
        return
    if translated.fuzzy:
        yield "is marked fuzzy. Check the translation and remove the mark."
    sources = [source.id] if isinstance(source.id, str) else list(source.id)
    forms = [translated.string] if isinstance(translated.string, str) else list(translated.string or ())
    expected = Catalog(locale=catalog.locale).num_plurals if len(sources) > 1 else 1
    if len(forms) != expected:
        yield f"has {len(forms)} forms; the language needs {expected}. Add the missing msgstr[...] lines and mend Plural-Forms."
    if not all(forms):
        yield "is not translated. Write its msgstr."
        return
    for i, form in enumerate(forms):
        like = sources[min(i, len(sources) - 1)]
        wanted, found = set(_PLACEHOLDER.findall(like)), set(_PLACEHOLDER.findall(form))
        if found != wanted and not (len(sources) > 1 and found ^ wanted == {"{n}"}):
            yield f"found the placeholders {_listed(found)}; allowed are exactly {_listed(wanted)}."
        if catalog.locale is not None and catalog.locale.language == "fr" and (torn := _TEARS.search(form)):
            yield f"found {torn[0]!r}. Write a space that holds there: U+00A0 before a colon and inside « », U+202F before ; ! ?"
        if _BEGINNING.findall(form)[0] != _BEGINNING.findall(like)[0] or _ending(form) != _ending(like):
            yield f"ends or begins differently: found {form!r}. Use the same spaces and punctuation as the source."


def _ending(text: str) -> str:
    """The punctuation and spaces at the end; the space that French puts before a mark does not count."""
    found = _ENDING.search(_FRENCH_SPACE.sub("", text))
    return found[0] if found else ""


def _listed(placeholders: set[str]) -> str:
    return " ".join(sorted(placeholders)) or "none"


def _first(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _file(locales: Path, lang: str) -> Path:
    return locales / lang / "LC_MESSAGES" / "bot.po"


def _read(path: Path, lang: str) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=lang, abort_invalid=True)


def main(argv: Sequence[str]) -> int:
    match argv:
        case ["pot"]:
            pot()
        case ["po"]:
            po()
        case ["check"]:
            found = list(problems())
            for line in found:
                print(line)
            print(f"{len(found)} things to mend." if found else f"Locales: {len(extract())} texts, all there.")
            return 1 if found else 0
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
