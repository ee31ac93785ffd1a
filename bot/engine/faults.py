"""Where something failed, as the log may say it."""

from __future__ import annotations

import traceback
from pathlib import Path


def place(error: BaseException) -> str:
    """Where in the code something failed, innermost last. The error's own text stays out of the log: it may hold words."""
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames[-6:])
