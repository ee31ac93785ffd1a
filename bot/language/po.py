"""A Babel catalog as text that is the same every time: no dates, no names, no line numbers."""

from __future__ import annotations

import re
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

_CHANGING = re.compile(
    r'^"(Project-Id-Version|Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team'
    r'|Generated-By):(?:[^"\\]|\\.)*"\n',
    re.MULTILINE,
)


def po_text(catalog: Catalog, *, sort: bool = False) -> str:
    """The catalog as a `.po` file, in the order of its entries or sorted by msgid."""
    catalog.header_comment = ""
    catalog.fuzzy = False
    written = BytesIO()
    write_po(written, catalog, width=110, no_location=True, sort_output=sort, include_previous=False)
    return _CHANGING.sub("", written.getvalue().decode()).lstrip("\n")
