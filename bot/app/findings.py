"""What `pnyx check` finds out about accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Weight = Literal["good", "note", "bad"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, and what to do about it. A `note` may be as it should; a `bad` one keeps the account from working.
    `command` is a line to copy."""

    weight: Weight
    text: str
    command: str = ""
