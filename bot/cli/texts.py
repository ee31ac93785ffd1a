"""`pnyx flow texts`: the texts of a flow to translators, as one `.po` file per language, and back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
from babel.core import UnknownLocaleError

from bot.core.flow import Flow
from bot.core.problems import count, listed
from bot.core.texts import Translations, places
from bot.core.toml import text_problem
from bot.language.flowfiles import load_flow, toml_file, translation_files
from bot.language.flowtexts import FlowText, read_drafts, read_po, write_po

PATH = click.Path(path_type=Path)
_PLACEHOLDER = re.compile(r"\{(?:item|round)\}")
_LANGUAGE = re.compile(r'^"Language: ([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]+)*)\\n"$', re.MULTILINE)


@click.group()
def texts() -> None:
    """Have the texts of a flow translated."""


@texts.command("export")
@click.argument("path", type=PATH)
def export_command(path: Path) -> None:
    """Write a .po file for each language beside the flow.

    What is translated already stays. Where the source text has changed, the old translation stays too, marked fuzzy.
    """
    flow = _flow(path)
    for lang in _languages(flow):
        target, entries = _target(path, lang), _entries(flow)
        missing = sum(1 for e in entries if not e.texts.get(lang))
        _write(target, entries, lang, _drafts(target))
        left = f"{count(missing, 'text')} to translate" if missing else "complete"
        click.echo(f"{target}: {count(len(entries), 'text')}, {left}.")


@texts.command("fill")
@click.argument("path", type=PATH)
@click.argument("files", type=PATH, nargs=-1, metavar="[PO]...")
def fill_command(path: Path, files: tuple[Path, ...]) -> None:
    """Take over what translators sent back (PO files), and say what is still missing.

    The language is the one in the file's head, else its name (fr.po). Without files, only what is missing is said.
    """
    flow = _flow(path)
    refused = False
    for file in files:
        lang, entries = _returned(file, flow)
        now = {(e.path, e.source): e for e in _entries(flow)}
        fresh: dict[tuple[str, str], str] = {}
        for place, words in entries.items():
            wrong = _misfit(place, words, now)
            if wrong:
                click.echo(f"{file}, {place[0]}: {wrong}", err=True)
                refused = True
            else:
                fresh[place] = words
        merged = [
            FlowText(e.path, e.source, {**e.texts, lang: fresh.get((e.path, e.source), e.texts.get(lang, ""))})
            for e in now.values()
        ]
        _write(_target(path, lang), merged, lang, _drafts(_target(path, lang)))
        click.echo(f"{_target(path, lang)}: {count(len(fresh), 'translation')} taken over from {file}.")
        flow = _flow(path)
    for lang in _languages(flow):
        missing = [e.path for e in _entries(flow) if not e.texts.get(lang)]
        if missing:
            shown = ", ".join(missing[:5]) + (", …" if len(missing) > 5 else "")
            click.echo(f"{lang}: {count(len(missing), 'text')} missing: {shown}")
        else:
            click.echo(f"{lang}: complete.")
    if refused:
        raise SystemExit(1)


def _flow(path: Path) -> Flow:
    loaded = load_flow(path)
    if loaded.flow is None:
        said = "\n".join(f"  {p}" for p in loaded.problems[:5])
        raise click.ClickException(f"{path} cannot be read:\n{said}")
    return loaded.flow


def _languages(flow: Flow) -> list[str]:
    """The languages that are translated into."""
    return [lang for lang in flow.languages if lang != flow.source_language]


def _entries(flow: Flow) -> list[FlowText]:
    """Every text of the flow that has a source, with all there is of it."""
    return [FlowText(p.path, p.source, p.texts) for p in places(flow.file, flow.source_language) if p.source]


def _target(path: Path, lang: str) -> Path:
    return translation_files(path).get(lang, toml_file(path).parent / f"{lang}.po")


def _drafts(target: Path) -> dict[str, str]:
    """What an earlier file has for each place, so that no translator's work is lost when a source text changes."""
    return read_drafts(target.read_text(encoding="utf-8-sig")) if target.is_file() else {}


def _write(target: Path, entries: list[FlowText], lang: str, drafts: Mapping[str, str]) -> None:
    try:
        written = write_po(entries, lang, drafts)
    except (UnknownLocaleError, ValueError) as error:
        raise click.ClickException(
            f'found the language "{lang}"; allowed is one that the Unicode tables know, such as fr or pt-BR ({error})'
        ) from error
    try:
        target.write_text(written, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{target} cannot be written: {error.strerror}.") from error


def _returned(file: Path, flow: Flow) -> tuple[str, Translations]:
    """The language and the translations of a file that came back."""
    try:
        content = file.read_text(encoding="utf-8-sig")
        entries = read_po(content)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be opened: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is no text in UTF-8. Save it as UTF-8 and try again.") from error
    except ValueError as error:
        raise click.ClickException(f"{file} cannot be read: {error}") from error
    head = _LANGUAGE.search(content)
    lang = head[1].replace("_", "-") if head else file.stem
    if lang not in _languages(flow):
        allowed = listed(_languages(flow)) or "none, for the flow has only one"
        raise click.ClickException(f'{file} is in "{lang}"; the languages to translate into are {allowed}.')
    return lang, entries


def _misfit(place: tuple[str, str], words: str, now: Mapping[tuple[str, str], FlowText]) -> str:
    """Why a translation cannot be taken over; "" if it can."""
    if place not in now:
        return "this text has changed since, or is gone. Export again, and have it translated anew."
    wrong = text_problem(words)
    if wrong is not None:
        return f"found {wrong[0]}; {wrong[1]}. {wrong[3]}"
    wanted, found = set(_holes(place[1])), set(_holes(words))
    if wanted != found:
        source = listed(sorted(wanted)) or "none"
        return f"found {listed(sorted(found)) or 'no placeholder'}; the source has {source}. Write the same."
    return ""


def _holes(text: str) -> Iterator[str]:
    yield from _PLACEHOLDER.findall(text)
