"""Translation memories as files: ours come back, others' are read, and what is none is refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.digest import normal
from bot.language.translation.tmx import BadMemory, Unit, read, write

OTHERS = """<?xml version="1.0"?>
<!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4"><header srclang="*all*" datatype="xml"/><body>
<tu><prop type="x">1</prop><note>from the town hall</note>
 <tuv xml:lang="de-DE"><seg>Mehr <bpt i="1">&lt;b&gt;</bpt>Brot<ept i="1">&lt;/b&gt;</ept></seg></tuv>
 <tuv xml:lang="EN"><seg>More bread</seg></tuv>
 <tuv lang="fr"><seg>Plus de pain</seg></tuv></tu>
<tu><tuv xml:lang="de"><seg>Mehr Brot</seg></tuv><tuv xml:lang="en"><seg>Extra bread</seg></tuv></tu>
<tu><tuv xml:lang="de"><seg>Allein</seg></tuv></tu>
<tu><tuv xml:lang="de"><seg> </seg></tuv><tuv xml:lang="en"><seg>nothing</seg></tuv></tu>
</body></tmx>"""

words = st.text(min_size=1, max_size=60).filter(lambda t: t.strip() and t.isprintable())


def file(folder: Path, text: str) -> Path:
    path = folder / "memory.tmx"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_memory_of_others_is_read_in_every_direction_without_its_marks(tmp_path: Path) -> None:
    found = read(file(tmp_path, OTHERS))
    assert Unit("de", "en", "Mehr Brot", "More bread", "from the town hall") in found
    assert Unit("fr", "de", "Plus de pain", "Mehr Brot", "from the town hall") in found
    assert len(found) == 7, "six of the first, and the one direction of the second that is new"
    assert {u.translated for u in found if (u.source, u.target, u.original) == ("de", "en", "Mehr Brot")} == {
        "More bread"
    }


@given(st.lists(st.tuples(words, words), min_size=1, max_size=5, unique_by=lambda pair: normal(pair[0])))
def test_what_we_write_we_read(tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[str, str]]) -> None:
    units = [Unit("de", "en", a.strip(), b.strip(), "note & more") for a, b in pairs]
    written = write(units, "de")
    found = read(file(tmp_path_factory.mktemp("tmx"), written))
    assert [u for u in sorted(units, key=lambda u: u.original) if u not in found] == []


def test_the_same_units_give_the_same_file() -> None:
    units = [Unit("de", "en", "Brot", "bread"), Unit("de", "en", "Apfel", "apple")]
    assert write(units, "de") == write(reversed(units), "de")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("not xml at all", "line 1: this is no XML"),
        ("<html></html>", "no <tmx>"),
        ('<!DOCTYPE t [<!ENTITY a "aaaa">]><tmx><body><tu>&a;</tu></body></tmx>', "entities of its own"),
        ("<tmx><body><tu>", "no XML"),
    ],
)
def test_what_is_no_memory_is_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(BadMemory, match=says):
        read(file(tmp_path, text))
