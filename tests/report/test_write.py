"""The folder appears whole or not at all, and nothing of anybody else's is touched."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from bot.report import export
from bot.report.export import CannotExport, write_export
from tests.report.conftest import Evening, Files


@pytest.fixture
def files(evening: Evening) -> Files:
    return evening.files


def read(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_all_files_are_written_for_the_owner_only_and_told_of(files: Files, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    written = write_export(files, tmp_path / "deep" / "out", lambda done, total: told.append((done, total)))
    assert read(tmp_path / "deep" / "out") == dict(files)
    assert written == [tmp_path / "deep" / "out" / name for name in files]
    assert told == [(n, len(files)) for n in range(1, len(files) + 1)]
    assert {stat.S_IMODE(path.stat().st_mode) for path in written} == {0o600}
    assert stat.S_IMODE((tmp_path / "deep" / "out").stat().st_mode) == 0o700
    assert os.listdir(tmp_path / "deep") == ["out"]


def test_an_earlier_export_is_replaced_and_an_empty_folder_is_filled(files: Files, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    write_export(files, tmp_path / "out")
    fewer = {name: content for name, content in files.items() if name != "ideas.csv"}
    write_export(fewer, tmp_path / "out")
    assert read(tmp_path / "out") == fewer
    assert os.listdir(tmp_path) == ["out"]


@pytest.mark.parametrize("name", ["holiday.jpg", "SHA256SUMS", "transcript/notes.txt", "results.csv"])
def test_a_folder_with_something_else_in_it_is_left_alone(files: Files, tmp_path: Path, name: str) -> None:
    target = tmp_path / "out"
    if name in files or "/" in name:
        write_export(files, target)
    (target / name).parent.mkdir(parents=True, exist_ok=True)
    (target / name).write_text("mine")
    before = read(target)
    with pytest.raises(CannotExport, match=r"Nothing was changed. Choose a new folder") as found:
        write_export(files, target)
    assert name in str(found.value) or name == "SHA256SUMS"
    assert read(target) == before


def test_a_file_or_a_link_is_not_taken_for_a_folder(files: Files, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path)
    for name in ("file", "link"):
        with pytest.raises(CannotExport, match=r"is not a folder. It is kept"):
            write_export(files, tmp_path / name)
    with pytest.raises(CannotExport, match="Choose another name"):
        write_export(files, tmp_path / "file" / "out")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (errno.ENOSPC, "There is no room left"),
        (errno.EROFS, "Choose a folder that belongs to you"),
        (errno.EIO, "could not be written"),
    ],
)
def test_a_failing_disk_leaves_the_earlier_export_as_it_was(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: int, words: str
) -> None:
    write_export(files, tmp_path / "out")
    real, written = export._write, []

    def failing(path: Path, content: bytes) -> None:
        written.append(path)
        if len(written) > 3:
            raise OSError(fault, os.strerror(fault))
        real(path, content)

    monkeypatch.setattr(export, "_write", failing)
    with pytest.raises(CannotExport, match=words):
        write_export({**files, "README.txt": b"new\n"}, tmp_path / "out")
    assert read(tmp_path / "out") == dict(files)
    assert os.listdir(tmp_path) == ["out"]


def test_an_export_whose_last_move_fails_comes_back(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_export(files, tmp_path / "out")
    real, moves = os.rename, []

    def failing(old: Path, new: Path) -> None:
        moves.append((old, new))
        if len(moves) == 2:
            raise OSError(errno.EIO, "Input/output error")
        real(old, new)

    monkeypatch.setattr(export.os, "rename", failing)
    with pytest.raises(CannotExport):
        write_export({"README.txt": b"new\n"}, tmp_path / "out")
    assert read(tmp_path / "out") == dict(files)
    assert os.listdir(tmp_path) == ["out"]


@pytest.mark.parametrize("name", ["../out.txt", "/etc/pnyx", "a/../../b", "a\\b", ""])
def test_no_file_leaves_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="cannot hold a file called"):
        write_export({name: b""}, tmp_path / "out")
    assert os.listdir(tmp_path) == []
