"""The interface texts in every language, read from `.po` files at start and kept in memory.

English is the language of the msgids and needs no file. A language that we do not have, or a text that is not
translated yet, falls back to English: a missing translation never stops a message.
"""

from __future__ import annotations

from collections.abc import Mapping
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

SOURCE = "en"


class BrokenLocale(ValueError):
    """A `.po` file that cannot be read. The message names the file and the reason."""


class Catalogs:
    """The translations of all languages."""

    def __init__(self, translations: Mapping[str, GNUTranslations]) -> None:
        self._translations = dict(translations)
        self._spoken: dict[str, GNUTranslations | None] = {}

    @classmethod
    def load(cls, locales_dir: Path) -> Catalogs:
        """Reads every `<language>/LC_MESSAGES/bot.po` under `locales_dir`. Raises `BrokenLocale`."""
        files = sorted(locales_dir.glob("*/LC_MESSAGES/bot.po"))
        return cls({path.parent.parent.name: _read(path) for path in files})

    @property
    def languages(self) -> tuple[str, ...]:
        """The codes of the languages the interface speaks, English first."""
        return (SOURCE, *(code for code in self._translations if code != SOURCE))

    def phrase(self, msgid: str, plural: str | None, n: int, lang: str) -> str:
        """The text in `lang` with its placeholders still open; with `plural`, the form that `n` takes there."""
        translation = self._speak(lang)
        if translation is None or not msgid:
            return msgid if plural is None or n == 1 else plural
        return translation.gettext(msgid) if plural is None else translation.ngettext(msgid, plural, n)

    def _speak(self, lang: str) -> GNUTranslations | None:
        """The translation for `lang`, else for its base language (`fr` for `fr-CA`); None means English."""
        if lang not in self._spoken:
            tag = lang.replace("-", "_")
            found = self._translations.get(tag) or self._translations.get(tag.partition("_")[0])
            self._spoken[lang] = found
        return self._spoken[lang]


def _read(path: Path) -> GNUTranslations:
    try:
        with path.open("rb") as file:
            catalog = read_po(file, locale=path.parent.parent.name, abort_invalid=True)
        compiled = BytesIO()
        write_mo(compiled, catalog)
        compiled.seek(0)
        return GNUTranslations(compiled)
    except PoFileError as error:
        raise BrokenLocale(f"{path}, line {error.lineno}: {error}. Mend the line, then run `make check`.") from error
    except ValueError as error:
        raise BrokenLocale(f"{path}: {error}. Mend the file, then run `make check`.") from error
