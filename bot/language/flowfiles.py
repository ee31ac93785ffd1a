"""A flow's folder on disk: `flow.toml`, a `<lang>.po` for each translation, `memory.tmx` with what people have translated of
what may be said in it, and `material/`.

All of it together is what an assembly is pinned to: the bundle, one JSON text with every file in it (`bot.language.materials`
says how pictures stand in it). The reference of a flow, `flow-id@` and twelve hex digits, is the hash of its bundle. Line ends
and byte order marks of texts do not count, so that a checkout on another system has the same reference.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bot.core.files import MATERIAL as KINDS
from bot.core.files import ending
from bot.core.flow import Flow
from bot.core.lint import lint, walkable
from bot.core.problems import Problem, errors
from bot.core.reading import read_flow
from bot.core.texts import Translations
from bot.core.toml import MOST_BYTES
from bot.language import materials
from bot.language.flowtexts import read_po
from bot.language.translation.tmx import BadMemory, Known, known, parse

FLOW = "flow.toml"
MATERIAL = "material"
MEMORY = "memory.tmx"
MOST_FILES = 200
MOST_IN_ALL = 20_000_000


@dataclass(frozen=True)
class Loaded:
    """A flow that was read from `path`. `flow` is None where it cannot even be walked; it may only run if it is `sound`."""

    path: Path
    flow: Flow | None
    problems: tuple[Problem, ...]

    @property
    def sound(self) -> bool:
        return self.flow is not None and not errors(self.problems)


class NotAFlow(ValueError):
    """The files do not make a flow. `problems` say why, and so does the message."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(p) for p in problems))
        self.problems = problems


def load_flow(path: Path | str, accounts: int | None = None) -> Loaded:
    """The flow in a folder or in a TOML file, with everything that is wrong with it; with `accounts` also whether so many
    accounts on a chat platform can carry its talks. Never raises for what a person wrote."""
    path = Path(path)
    try:
        files, name = _read(path)
    except NotAFlow as error:
        return Loaded(path, None, error.problems)
    flow, problems = _flow_of(files, name, accounts)
    return Loaded(path, flow, problems)


def bundle(path: Path | str, accounts: int | None = None) -> str:
    """All files of a sound flow as one JSON text, the same for the same content; sound for so many accounts on a chat
    platform, where `accounts` says how many. Raises `NotAFlow`."""
    loaded = load_flow(path, accounts)
    if not loaded.sound:
        raise NotAFlow(errors(loaded.problems))
    files, _ = _read(Path(path))
    return _canonical(files)


def unbundle(text: str) -> Flow:
    """The flow that `bundle` wrote, with the same reference. Raises `NotAFlow`."""
    try:
        files = json.loads(text)
    except (ValueError, RecursionError):
        files = None
    if not isinstance(files, dict) or not all(isinstance(v, str) for v in files.values()) or FLOW not in files:
        raise _refused(
            "a flow bundle", "a text that is not one", f"a bundle is a JSON object of texts, with {FLOW} among them"
        )
    for name in files:
        parts = PurePosixPath(name).parts
        if not name or "\\" in name or ".." in parts or PurePosixPath(name).is_absolute():
            raise _refused("a flow bundle", f'a file called "{name[:80]}"', "names stay inside the flow's own folder")
    flow, problems = _flow_of(files, FLOW)
    if flow is None or errors(problems):
        raise NotAFlow(errors(problems))
    return flow


def reference(id: str, files: Mapping[str, str]) -> str:
    """The reference that pins a flow: its id and the beginning of the hash over its files."""
    return f"{id}@{hashlib.sha256(_canonical(files).encode()).hexdigest()[:12]}"


def translation_files(path: Path) -> dict[str, Path]:
    """The `.po` files beside a flow, by language."""
    folder = path if path.is_dir() else path.parent
    return {po.stem: po for po in sorted(folder.glob("*.po"))}


def toml_file(path: Path) -> Path:
    """The TOML file of a flow that is named by its folder or by the file itself."""
    return path / FLOW if path.is_dir() else path


def _flow_of(
    files: Mapping[str, str], name: str, accounts: int | None = None
) -> tuple[Flow | None, tuple[Problem, ...]]:
    texts: dict[str, Translations] = {}
    problems: list[Problem] = []
    for other, content in files.items():
        if other.endswith(".po") and "/" not in other:
            try:
                texts[other.removesuffix(".po")] = read_po(content)
            except ValueError as error:
                problems.append(Problem(other, "", "", "", f"the translations cannot be read: {error}", "translations"))
    problems += _problems_of_memory(files)
    reading = read_flow(files[FLOW], name, texts)
    problems += reading.problems
    if reading.file is None:
        return None, tuple(problems)
    problems += lint(reading.file, name, accounts, files)
    if not walkable(problems):
        return None, tuple(problems)
    return Flow.of(reading.file, reference(reading.file.flow.id, files)), tuple(problems)


def memory_of(text: str) -> Known:
    """The reviewed translations that stand in a bundle."""
    files = json.loads(text)
    return known(parse(files[MEMORY], MEMORY)) if MEMORY in files else {}


def said_in(text: str) -> dict[str, tuple[str, ...]]:
    """The sentences of a bundle's translation memory, by language: what people may say so that others read it translated."""
    files = json.loads(text)
    units = parse(files[MEMORY], MEMORY) if MEMORY in files else []
    return {
        code: tuple(dict.fromkeys(u.original for u in units if u.source == code)) for code in {u.source for u in units}
    }


def _problems_of_memory(files: Mapping[str, str]) -> list[Problem]:
    try:
        parse(files.get(MEMORY, "<tmx/>"), MEMORY)
    except BadMemory as error:
        return [Problem(MEMORY, "", "", "", str(error), "memory")]
    return []


def _canonical(files: Mapping[str, str]) -> str:
    return json.dumps(dict(files), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _read(path: Path) -> tuple[dict[str, str], str]:
    """The texts of a flow's files by name, its TOML always as `flow.toml`; and what the TOML file is called. NotAFlow."""
    if not path.exists() and not path.is_symlink():
        raise _refused(str(path), "nothing", "there is no such file or folder", "Look at the spelling.")
    file = toml_file(path)
    if path.is_dir() and not file.exists():
        inside = sorted(p.parent.name for p in path.glob(f"*/{FLOW}"))[:5]
        hint = f"The flows in it are {', '.join(inside)}." if inside else "Name a flow's folder or its TOML file."
        raise _refused(str(path), f"a folder without {FLOW}", "a flow's folder has one", hint)
    files = {FLOW: _text(file, file.parent, file.name)}
    name = f"{path.name}/{FLOW}" if path.is_dir() and path.name else file.name
    for lang, po in translation_files(file).items():
        files[f"{lang}.po"] = _text(po, file.parent, po.name)
    if (file.parent / MEMORY).exists():
        files[MEMORY] = _text(file.parent / MEMORY, file.parent, MEMORY)
    for number, (inside_name, found) in enumerate(_material(file.parent)):
        if number >= MOST_FILES:
            raise _refused(f"{MATERIAL}/", f"more than {MOST_FILES} files", "so many are allowed at most")
        read = _bytes if materials.is_material(inside_name) else _text
        files[inside_name] = read(found, file.parent, inside_name)
        if sum(len(text) for text in files.values()) > MOST_IN_ALL:
            raise _refused(
                f"{MATERIAL}/", f"more than {MOST_IN_ALL // 1_000_000} MB in all", "so much is allowed at most"
            )
    return files, name


def _material(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every file under `material/` with its name in the bundle, in order. Folders that are links are not entered."""
    for here, folders, names in os.walk(folder / MATERIAL):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        linked = [f for f in folders if (Path(here) / f).is_symlink()]
        if linked:
            where = (Path(here) / linked[0]).relative_to(folder).as_posix()
            raise _refused(where, "a link to a folder", "material is made of files", "Copy the folder instead.")
        for name in sorted(n for n in names if not n.startswith(".")):
            yield (Path(here) / name).relative_to(folder).as_posix(), Path(here) / name


def _bytes(file: Path, folder: Path, name: str) -> str:
    """A picture, a film, a sound or a document as it stands in the bundle. NotAFlow if it is none, or too large."""
    content = _content(file, folder, name, materials.MOST_BYTES)
    if not materials.genuine(name, content):
        raise _refused(
            name, f"a file that is no .{ending(name)} file inside", "a file is what its name says",
            "Save it anew in that format, or give it the right ending.",
        )  # fmt: skip
    return materials.packed(content)


def _text(file: Path, folder: Path, name: str) -> str:
    """A file's text with plain line ends. NotAFlow if it is no text."""
    content = _content(file, folder, name, MOST_BYTES)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _refused(
            name,
            f"bytes that are no text, in line {line}",
            f"files of a flow are texts in UTF-8, and in {MATERIAL}/ files that end in .{', .'.join(KINDS)}",
            "Open it in an editor and save it as UTF-8.",
        ) from error
    return text.replace("\r\n", "\n")


def _content(file: Path, folder: Path, name: str, most: int) -> bytes:
    """What stands in a file. NotAFlow if it is too large, or leads out of the flow's folder."""
    try:
        if not file.resolve(strict=True).is_relative_to(folder.resolve()):
            raise _refused(
                name, "a link that leads out of the flow's folder", "a flow is complete in its folder", "Copy the file."
            )
        kind = file.stat()
        if not stat.S_ISREG(kind.st_mode):
            raise _refused(name, "something that is not a file", "a plain file is needed")
        if kind.st_size > most:
            found = f"a file of {kind.st_size / 1e6:.1f} MB"
            raise _refused(name, found, f"at most {most // 1_000_000} MB is allowed", "Split it, or make it smaller.")
        return file.read_bytes()
    except (OSError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or "it leads to itself"
        raise _refused(
            name, "a file that cannot be opened", str(why).lower(), "Look at its rights and its place."
        ) from error


def _refused(file: str, found: str, allowed: str, advice: str = "") -> NotAFlow:
    return NotAFlow((Problem(file, "", "", found, allowed, "files", advice=advice),))
