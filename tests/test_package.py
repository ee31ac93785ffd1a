"""A wheel carries everything that a checkout has: the package, the flows, the locales."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from bot import paths


def test_the_folders_are_found_in_a_checkout(repo: Path) -> None:
    assert paths.locales_dir() == repo / "locales"
    assert paths.flows_dir() == repo / "flows"


def test_an_incomplete_copy_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "_PACKAGE", tmp_path / "bot")
    with pytest.raises(FileNotFoundError, match="no folder 'flows'"):
        paths.flows_dir()


@pytest.mark.slow
def test_a_wheel_carries_flows_locales_and_migrations(repo: Path, tmp_path: Path) -> None:
    build = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, str(tmp_path)], cwd=repo, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("pnyx-*.whl")
    unpacked = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked)

    ask = "from bot import paths; print(paths.locales_dir()); print(paths.flows_dir())"
    found = subprocess.run(
        [sys.executable, "-c", ask], cwd=tmp_path, env={"PYTHONPATH": str(unpacked)}, capture_output=True, check=True
    )
    data = unpacked / "bot" / "_data"
    assert found.stdout.decode().split() == [str(data / "locales"), str(data / "flows")]

    here = [repo / "locales", repo / "flows", repo / "bot"]
    there = [data / "locales", data / "flows", unpacked / "bot"]
    for source, copy in zip(here, there, strict=True):
        wanted = {
            str(p.relative_to(source)) for p in source.rglob("*") if p.suffix in {".po", ".toml", ".sql", ".json"}
        }
        assert wanted, f"nothing found in {source}: this test would see nothing"
        assert wanted <= {str(p.relative_to(copy)) for p in copy.rglob("*")}
