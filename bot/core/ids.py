"""Short ids that derive from what they stand for, so that the same events give the same ids."""

from __future__ import annotations

import base64
import hashlib


def derive(*parts: str) -> str:
    """Twelve small letters and digits (60 bits) from the parts: the same parts give the same id."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return base64.b32encode(digest[:10])[:12].decode().lower()
