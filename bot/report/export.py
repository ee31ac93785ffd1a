"""The export: a folder with transcripts, results, decisions, the process and the flow.

Invariants:

* The files are a pure function of the database: two exports of one database are equal to the byte, before and after a restart.
  No export time stands in them.
* The folder appears whole or not at all: it is written beside its place and then moved there. A folder with anything in it that
  is not an earlier export of ours is never touched.
* The files are readable for their owner only, since they hold people's words.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

from bot.core.state import Table
from bot.language.materials import files_of
from bot.report.decisions import decisions
from bot.report.figures import figures, veils
from bot.report.jsonl import head, json_lines, transcript_jsonl
from bot.report.markdown import markdown
from bot.report.material import House, Material, gather
from bot.report.process import process_json
from bot.report.readme import readme
from bot.report.research import asked, research_jsonl
from bot.report.tables import decisions_csv, ideas, ideas_csv, results_csv
from bot.report.transcript import transcript
from bot.store.connection import Store
from bot.store.database import Database

SUMS = "SHA256SUMS"
_MARK = "# Pnyx export"

Progress = Callable[[int, int], None]
"""Told how many files are written, of how many."""


class CannotExport(Exception):
    """The folder cannot be written. `str()` is a text for the operator."""


async def export(
    store: Store, house: House, assembly: str, target: Path, progress: Progress | None = None
) -> list[Path]:
    """Write an assembly's export to a folder. The paths of its files. Raises LookupError, `CannotExport`, `StoreError`."""
    files = await store.read(export_files, house, assembly)
    return await asyncio.to_thread(write_export, files, target, progress)


def export_files(db: Database, house: House, assembly: str) -> dict[str, bytes]:
    """The files of an export, by name. Raises LookupError where there is no such assembly."""
    material = gather(db, house, assembly)
    veiled = veils()
    decided = decisions(material, veiled)
    given = ideas(material)
    files = {
        "README.txt": readme(material),
        "decisions.csv": decisions_csv(material, decided),
        "ideas.csv": ideas_csv(material, given),
        "ideas.jsonl": json_lines([head(material, "ideas"), *given]),
        "process.json": process_json(material),
        "results.csv": results_csv(material, figures(material, veiled)),
    }
    if asked(material):
        files["research.jsonl"] = research_jsonl(material)
    for table in material.tables:
        sections, name = transcript(material, table), f"transcript/{file_name(table)}"
        files[f"{name}.md"] = markdown(material, table, sections)
        files[f"{name}.jsonl"] = transcript_jsonl(material, table, sections)
    shown = files_of(material.body)
    files |= {f"flow/{name}": shown.get(name, text.encode()) for name, text in json.loads(material.body).items()}
    files = dict(sorted(files.items()))
    return files | {SUMS: _sums(material, files)}


def file_name(table: Table) -> str:
    """A table's id as a file name on any system."""
    return re.sub(r"[^a-z0-9_-]", "_", table.id.lower())


def _sums(material: Material, files: Mapping[str, bytes]) -> bytes:
    lines = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items()]
    return f"{_MARK} of {material.ref}\n{''.join(lines)}".encode()


def write_export(files: Mapping[str, bytes], target: Path, progress: Progress | None = None) -> list[Path]:
    """Write the files into the folder `target`, which appears whole or not at all. An earlier export is replaced. The paths
    written, in order. Raises `CannotExport`."""
    target = Path(os.path.abspath(target))
    _may_replace(target)
    part: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        for number, (name, content) in enumerate(files.items(), 1):
            _write(part / _inside(name), content)
            if progress is not None:
                progress(number, len(files))
        _move(part, target)
    except OSError as error:
        raise CannotExport(_why(error, target)) from error
    finally:
        if part is not None:
            shutil.rmtree(part, ignore_errors=True)
    return [target / name for name in files]


def _inside(name: str) -> str:
    """A file's name, which must stay inside the folder."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or not path.parts:
        raise ValueError(f"an export cannot hold a file called {name!r}")
    return name


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _may_replace(target: Path) -> None:
    """Raise `CannotExport` where something stands at the place that is not an earlier export and nothing else."""
    try:
        if target.is_symlink() or (target.exists() and not target.is_dir()):
            raise CannotExport(f"{target} is not a folder. It is kept; choose another name for the export.")
        if not target.exists() or not any(target.iterdir()):
            return
        foreign = _foreign(target)
    except OSError as error:
        raise CannotExport(_why(error, target)) from error
    if foreign:
        raise CannotExport(
            f"The folder {target} holds something that is not an export of Pnyx ({foreign}). Nothing was changed. Choose a new "
            "folder, or empty this one."
        )


def _foreign(target: Path) -> str:
    """What lies in a folder beside an earlier export, or was changed in it; "" where there is nothing such."""
    sums = target / SUMS
    lines = sums.read_text(encoding="utf-8", errors="replace").splitlines() if sums.is_file() else []
    if not lines or not lines[0].startswith(_MARK):
        return min(path.name for path in target.iterdir())
    known = {name: digest for digest, _, name in (line.partition("  ") for line in lines[1:])}
    for path in sorted(target.rglob("*")):
        name = path.relative_to(target).as_posix()
        if path.is_symlink() or (not path.is_dir() and name != SUMS and known.get(name) != _digest(path)):
            return name
    return ""


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _move(part: Path, target: Path) -> None:
    """Put the new folder in place; an earlier one steps aside first and comes back if that fails."""
    if not target.exists():
        os.rename(part, target)
        return
    aside = part.with_name(f"{part.name}.old")
    os.rename(target, aside)
    try:
        os.rename(part, target)
    except OSError:
        os.rename(aside, target)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _why(error: OSError, target: Path) -> str:
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return f"There is no room left for the export {target}. Nothing was left behind. Free some space, then try again."
        case errno.EROFS | errno.EACCES | errno.EPERM:
            return f"The export {target} cannot be written: {error.strerror}. Choose a folder that belongs to you."
        case errno.ENOTDIR | errno.EEXIST | errno.ENAMETOOLONG:
            return f"The export {target} cannot be written: {error.strerror}. Choose another name."
        case _:
            return f"The export {target} could not be written: {error.strerror}. Nothing was left behind."


__all__ = ["CannotExport", "Progress", "export", "export_files", "file_name", "write_export"]
