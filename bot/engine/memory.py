"""How this process sorts out its memory."""

from __future__ import annotations

import gc


def sort_out_seldom() -> None:
    """Let Python look for circles of objects less often than it does by itself: what is loaded by now stays, and of the
    thousands of objects that an event makes hardly any are in one. It took a tenth of the time, and more where more people are.
    For a process that does nothing else than move an assembly."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
