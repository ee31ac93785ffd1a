"""A flow's folder: read whole, pinned by all its files, and refused with reasons where it is not what it should be."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from bot.core.problems import errors
from bot.language.flowfiles import NotAFlow, bundle, load_flow, unbundle
from bot.language.flowtexts import FlowText, write_po
from bot.language.materials import MOST_BYTES, files_of
from tests.support.flows import SOUND, broken

MATERIALS = {
    "map.png": b"\x89PNG\r\n\x1a\n-",
    "map.JPG": b"\xff\xd8\xff\xe0-",
    "map.jpeg": b"\xff\xd8\xff\xe0-",
    "map.webp": b"RIFF....WEBP-",
    "walk.gif": b"GIF89a-",
    "walk.mp4": b"....ftypisom",
    "talk.mp3": b"ID3-",
    "loud.mp3": b"\xff\xfb-",
    "talk.ogg": b"OggS-",
    "all.pdf": b"%PDF-1.7",
}
"""Files of every kind that can be shown, as short as they can be."""

PLAIN = broken(('{ en = "Thank you.", de = "Danke." }', '"Thank you."'))
GERMAN = write_po([FlowText("step.bye.text", "Thank you.", {"de": "Danke schön."})], "de")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A flow whose last text is translated in a file beside it, with material."""
    place = tmp_path / "bottles"
    (place / "material" / "en").mkdir(parents=True)
    (place / "flow.toml").write_text(PLAIN, encoding="utf-8")
    (place / "de.po").write_text(GERMAN, encoding="utf-8")
    (place / "material" / "en" / "booklet.md").write_text("Bottles\n", encoding="utf-8")
    (place / "README.md").write_text("How to run this flow.\n", encoding="utf-8")
    return place


def refused(path: Path) -> str:
    loaded = load_flow(path)
    assert not loaded.sound
    assert len(errors(loaded.problems)) == 1, loaded.problems
    return str(errors(loaded.problems)[0])


def test_a_folder_is_read_with_its_translations(folder: Path) -> None:
    loaded = load_flow(folder)
    assert loaded.sound, loaded.problems
    assert loaded.flow is not None
    bye = loaded.flow.file.step[-1]
    assert loaded.flow.local(bye.text).texts == {"en": "Thank you.", "de": "Danke schön."}
    assert load_flow(folder / "flow.toml").flow == loaded.flow


def test_the_reference_names_the_flow_and_changes_with_each_of_its_files(folder: Path) -> None:
    def ref() -> str:
        flow = load_flow(folder).flow
        assert flow is not None
        return flow.ref

    seen = [ref()]
    assert seen[0].startswith("bottles@")
    assert len(seen[0]) == len("bottles@") + 12
    for name in ("flow.toml", "de.po", "material/en/booklet.md"):
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_text(text + "\n# more\n", encoding="utf-8")
        seen.append(ref())
    assert len(set(seen)) == 4
    (folder / "README.md").write_text("Another.", encoding="utf-8")
    (folder / "material" / ".DS_Store").write_text("x", encoding="utf-8")
    assert ref() == seen[-1], "what is no part of the dialogue does not count"


def test_line_ends_and_byte_order_marks_do_not_count(folder: Path) -> None:
    before = load_flow(folder).flow
    for file in (folder / "flow.toml", folder / "de.po"):
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert load_flow(folder).flow == before
    assert before is not None


def test_a_bundle_holds_everything_and_gives_the_same_flow_back(folder: Path) -> None:
    text = bundle(folder)
    assert set(json.loads(text)) == {"flow.toml", "de.po", "material/en/booklet.md"}
    assert unbundle(text) == load_flow(folder).flow
    assert bundle(folder / "flow.toml") == text == bundle(folder)


def test_a_flow_with_errors_is_not_bundled(folder: Path) -> None:
    (folder / "flow.toml").write_text(broken(('plan = "tables"', 'plan = "x"'), text=PLAIN), encoding="utf-8")
    with pytest.raises(NotAFlow, match='step "seats", plan: Found plan = "x"'):
        bundle(folder)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "a text that is not one"),
        ("[]", "a text that is not one"),
        ("{}", "with flow.toml among them"),
        ('{"flow.toml": 1}', "a text that is not one"),
        ("[" * 100_000, "a text that is not one"),
        ('{"flow.toml": "", "../x": ""}', "names stay inside the flow's own folder"),
        ('{"flow.toml": "", "/etc/x": ""}', "names stay inside the flow's own folder"),
        ('{"flow.toml": "", "a\\\\..\\\\b": ""}', "names stay inside the flow's own folder"),
        ('{"flow.toml": "x ="}', "Found a list or table that never ends"),
    ],
)
def test_what_is_no_bundle_is_refused(text: str, words: str) -> None:
    with pytest.raises(NotAFlow, match=words.replace("[", r"\[")):
        unbundle(text)


def test_nothing_there_and_a_folder_without_a_flow(tmp_path: Path, folder: Path) -> None:
    assert "there is no such file or folder" in refused(tmp_path / "nowhere")
    assert "The flows in it are bottles." in refused(tmp_path)
    assert "Name a flow's folder or its TOML file." in refused(folder / "material")


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "material" / "en" / "x.md").symlink_to(tmp_path / "secret.txt")
    assert refused(folder).startswith("material/en/x.md: Found a link that leads out of the flow's folder")
    (folder / "material" / "en" / "x.md").unlink()
    (folder / "material" / "out").symlink_to(tmp_path)
    assert refused(folder).startswith("material/out: Found a link to a folder")
    (folder / "material" / "out").unlink()
    (folder / "flow.toml").rename(tmp_path / "other.toml")
    (folder / "flow.toml").symlink_to(tmp_path / "other.toml")
    assert refused(folder).startswith("flow.toml: Found a link that leads out of the flow's folder")


def test_a_link_in_a_ring_a_pipe_and_a_folder_are_no_files(folder: Path) -> None:
    (folder / "de.po").unlink()
    (folder / "de.po").symlink_to(folder / "de.po")
    assert refused(folder).startswith("de.po: Found a file that cannot be opened")
    (folder / "de.po").unlink()
    os.mkfifo(folder / "de.po")
    assert refused(folder).startswith("de.po: Found something that is not a file")
    (folder / "de.po").unlink()
    (folder / "de.po").mkdir()
    assert refused(folder).startswith("de.po: Found something that is not a file")


def test_bytes_that_are_no_text_are_refused_with_their_line(folder: Path) -> None:
    (folder / "material" / "notes.md").write_bytes(b"abc\n\xff\xd8\xff\xe0")
    assert refused(folder).startswith("material/notes.md: Found bytes that are no text, in line 2")
    (folder / "material" / "notes.md").unlink()
    (folder / "flow.toml").write_bytes(PLAIN.encode("utf-16"))
    assert "files of a flow are texts in UTF-8" in refused(folder)


@pytest.mark.parametrize(("name", "data"), sorted(MATERIALS.items()))
def test_pictures_and_films_travel_in_the_bundle(folder: Path, name: str, data: bytes) -> None:
    before = unbundle(bundle(folder)).ref
    (folder / "material" / name).write_bytes(data)
    text = bundle(folder)
    assert files_of(text) == {f"material/{name}": data}
    assert unbundle(text).ref != before, "an assembly is pinned to its pictures too"
    (folder / "material" / name).write_bytes(b"#!/bin/sh\n" + data)
    assert f"material/{name}: Found a file that is no .{name.rpartition('.')[2].lower()} file inside" in refused(folder)


def test_a_picture_that_is_too_large_is_refused(folder: Path) -> None:
    (folder / "material" / "map.png").write_bytes(MATERIALS["map.png"] + bytes(MOST_BYTES))
    assert "material/map.png: Found a file of 5.0 MB; at most 5 MB is allowed" in refused(folder)


def test_a_step_names_a_picture_that_is_there(folder: Path) -> None:
    flow = folder / "flow.toml"
    flow.write_text(flow.read_text().replace('type = "welcome"', 'type = "welcome"\nmedia = "material/map.png"'))
    assert 'Found "material/map.png"; nothing in the folder material can be shown.' in refused(folder)
    (folder / "material" / "maps.png").write_bytes(MATERIALS["map.png"])
    assert 'what can be shown there is material/maps.png. Did you mean "material/maps.png"?' in refused(folder)
    (folder / "material" / "maps.png").rename(folder / "material" / "map.png")
    assert unbundle(bundle(folder)).nodes["hello"].step.model_dump()["media"] == {"": "material/map.png"}


def test_too_much_is_refused_without_reading_it(folder: Path) -> None:
    with (folder / "flow.toml").open("wb") as file:
        file.truncate(50_000_000_000)  # a hole: the size counts, nothing is written
    assert "Found a file of 50000.0 MB; at most 1 MB is allowed" in refused(folder)
    (folder / "flow.toml").write_text(PLAIN, encoding="utf-8")
    for number in range(201):
        (folder / "material" / f"{number}.md").write_text("x")
    assert "more than 200 files" in refused(folder)


def test_a_broken_translation_file_is_told_with_its_line(folder: Path) -> None:
    (folder / "de.po").write_text('msgid "a"\nmsgstr "b"\n\nHello\n')
    assert refused(folder).startswith("de.po: The translations cannot be read: line 4")


def test_a_folder_that_may_not_be_read_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", denied)
    assert refused(folder).startswith("flow.toml: Found a file that cannot be opened; permission denied")


def test_a_flow_that_cannot_be_laid_out_is_not_tried(tmp_path: Path) -> None:
    nested = "".join(
        f'[[step]]\nid = "r{i}"\ntype = "repeat"\ntimes = 100\n' + (f'within = "r{i - 1}"\n' if i else "")
        for i in range(300)
    )
    (tmp_path / "deep.toml").write_text(SOUND + nested, encoding="utf-8")
    assert load_flow(tmp_path / "deep.toml").flow is None


def test_the_sound_flow_needs_no_folder(tmp_path: Path) -> None:
    (tmp_path / "any.toml").write_text(SOUND, encoding="utf-8")
    assert load_flow(tmp_path / "any.toml").problems == ()


def test_every_flow_that_ships_is_sound(repo: Path) -> None:
    flows = [path.parent for path in sorted((repo / "flows").glob("*/flow.toml"))]
    assert flows, "no flow found: this test would see nothing"
    assert {flow.name: [str(p) for p in errors(load_flow(flow).problems)] for flow in flows} == {
        f.name: [] for f in flows
    }
