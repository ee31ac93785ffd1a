"""The files that a rehearsal leaves behind: transcripts and results, as from a real assembly."""

from __future__ import annotations

from pathlib import Path

from bot.rehearsal.hall import ASSEMBLY, Hall
from bot.report.export import export_files, write_export


async def write_files(hall: Hall, target: Path) -> list[Path]:
    """Write them into a folder, and name them."""
    files = await hall.store.read(export_files, hall.engine.house, ASSEMBLY)
    return [Path(path) for path in write_export(files, target)]
