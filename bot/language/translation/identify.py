"""Which language a text is in, out of a few. A hint, never a verdict: short or dialect texts keep the language that their author
declared.

The model is that of langid.py (Lui and Baldwin, 2012) as py3langid keeps it; it comes in its wheel and asks nobody.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Collection

from py3langid.langid import MODEL_FILE, LanguageIdentifier

SURE = 0.9
"""Below this probability the answer is that we do not know."""


def identify(text: str, among: Collection[str]) -> str:
    """The language of a text out of `among` (codes of two letters), or "" where that is not sure, or where one of them is
    unknown to the model."""
    found = _identifier(tuple(sorted(set(among))))
    if found is None:
        return ""
    language, sure = found.classify(text)
    return str(language) if sure >= SURE else ""


@functools.lru_cache(maxsize=32)
def _identifier(among: tuple[str, ...]) -> LanguageIdentifier | None:
    """The model for these languages; None where it lacks one of them."""
    if len(among) < 2 or not set(among) <= set(_everything().labels):
        return None
    model = copy.copy(_everything())
    model.set_languages(list(among))
    return model


@functools.cache
def _everything() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
