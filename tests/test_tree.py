"""The rules that hold for every file of the repository."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

MOST_LINES = 400
REGISTRY_HOSTS = [
    ".".join(host) for host in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"))
]
INDEX_OPTIONS = ["--" + option for option in ("index-url", "extra-index-url", "find-links", "trusted-host")]
CORE_MAY_IMPORT = {"__future__", "bot.core", "pydantic", "pydantic_core"}
OUTSIDE_WORLD = {
    "asyncio",
    "concurrent",
    "http",
    "io",
    "logging",
    "multiprocessing",
    "os",
    "pathlib",
    "random",
    "secrets",
    "selectors",
    "shutil",
    "signal",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "tempfile",
    "threading",
    "time",
    "urllib",
    "uuid",
}


@pytest.fixture(scope="module")
def tracked(repo: Path) -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=repo, capture_output=True, check=True).stdout.decode()
    paths = [repo / name for name in listing.split("\0") if name]
    assert len(paths) > 20, "git lists hardly any file: the tests of this module would see nothing"
    return [path for path in paths if path.is_symlink() or path.exists()]


@pytest.fixture(scope="module")
def modules(repo: Path) -> dict[Path, str]:
    found = {p: p.read_text() for folder in ("bot", "tests", "tools") for p in sorted((repo / folder).rglob("*.py"))}
    assert len(found) > 10, "hardly any module found: the tests of this module would see nothing"
    return found


@pytest.mark.parametrize("name", ["requirements.lock", "tests/support/synapse.lock"])
def test_a_lock_is_hashed_and_names_no_address(repo: Path, name: str) -> None:
    lock = (repo / name).read_text()
    requirements = re.findall(r"^[\w.\-]+==.*?(?=^\S|\Z)", lock, flags=re.M | re.S)
    assert len(requirements) > 30
    assert [r.splitlines()[0] for r in requirements if "--hash=sha256:" not in r] == []
    assert re.findall(r"https?://\S+", lock) == []


def test_the_lock_holds_what_the_project_asks_for(repo: Path) -> None:
    project = tomllib.loads((repo / "pyproject.toml").read_text())
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    locked = set(re.findall(r"^([\w.\-]+)==", (repo / "requirements.lock").read_text(), flags=re.M))
    assert len(wanted) > 10
    assert {re.split(r"[<>=\[]", name)[0].lower() for name in wanted} <= locked


def test_no_file_leads_out_of_the_repository(repo: Path, tracked: list[Path]) -> None:
    links = [path for path in tracked if path.is_symlink()]
    assert [str(path) for path in links if not path.resolve().is_relative_to(repo)] == []


def test_no_file_names_a_registry(tracked: list[Path]) -> None:
    words = [word.encode() for word in REGISTRY_HOSTS + INDEX_OPTIONS]
    named = {str(path) for path in tracked if path.is_file() for word in words if word in path.read_bytes()}
    assert named == set()


def test_modules_are_short(modules: dict[Path, str]) -> None:
    assert {str(p): n for p, text in modules.items() if (n := text.count("\n")) > MOST_LINES} == {}


def test_modules_say_what_they_are_for(modules: dict[Path, str]) -> None:
    assert [str(p) for p, text in modules.items() if not ast.get_docstring(ast.parse(text))] == []


def test_the_core_imports_only_itself_pydantic_and_the_quiet_half_of_the_standard_library(
    repo: Path, modules: dict[Path, str]
) -> None:
    core = {p: text for p, text in modules.items() if p.is_relative_to(repo / "bot" / "core")}
    assert len(core) > 3
    assert {str(p): bad for p, text in core.items() if (bad := sorted(_forbidden_in_core(text)))} == {}


def test_the_guard_of_the_core_sees_a_breach() -> None:
    code = (
        "import json, random\nfrom bot.store import db\nfrom bot.core import ids\nimport rich.table\nasync def f(): ..."
    )
    assert _forbidden_in_core(code) == {"random", "bot.store", "rich", "async def f"}


def _forbidden_in_core(code: str) -> set[str]:
    bad: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.AsyncFunctionDef):
            bad.add(f"async def {node.name}")
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            package = ".".join(name.split(".")[:2]) if name.startswith("bot") else name.split(".")[0]
            if package not in CORE_MAY_IMPORT and (package not in sys.stdlib_module_names or package in OUTSIDE_WORLD):
                bad.add(package)
    return bad


def test_imports_run_in_no_circle(repo: Path, modules: dict[Path, str]) -> None:
    """Whichever module is imported first."""
    trees = {_dotted(p, repo): ast.parse(text) for p, text in modules.items() if p.is_relative_to(repo / "bot")}
    assert len(trees) > 100
    assert _circle({name: _imported(tree, set(trees)) for name, tree in trees.items()}) == []


def test_the_guard_of_imports_sees_a_circle() -> None:
    package = {"bot.steps": {"bot.steps.adopt"}, "bot.steps.adopt": {"bot.deciding"}, "bot.steps.vote": set()}
    assert _circle({**package, "bot.deciding": set()}) == []
    assert set(_circle({**package, "bot.deciding": {"bot.steps.vote"}})) == {"bot.steps", "bot.deciding"}
    inside = {"bot.steps": set(), "bot.steps.a": {"bot.steps.b"}, "bot.steps.b": {"bot.steps.a"}}
    assert set(_circle(inside)) == {"bot.steps.a", "bot.steps.b"}
    known = {"bot.core", "bot.core.ids"}
    assert _imported(ast.parse("from bot.core import ids\ndef f():\n    import bot.core\n"), known) == {"bot.core.ids"}
    assert _imported(ast.parse("if TYPE_CHECKING:\n    from bot.core.ids import derive\n"), known) == set()


def _dotted(path: Path, repo: Path) -> str:
    return ".".join(path.relative_to(repo).with_suffix("").parts).removesuffix(".__init__")


def _imported(tree: ast.Module, known: set[str]) -> set[str]:
    """The modules that are imported as soon as a module is: what a function imports, or mypy alone, waits."""
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        if isinstance(node, ast.ImportFrom):
            names = {f"{node.module}.{each.name}" for each in node.names}
            found |= names & known or {node.module or ""}
    return found & known


def _circle(imports: dict[str, set[str]]) -> list[str]:
    """The modules of a circle, or none. Whoever imports a part of a package imports first what the package itself imports:
    so a package that imports its own parts counts as one module for all outside."""
    whole = {name for name, wanted in imports.items() if any(each.startswith(name + ".") for each in wanted)}

    def seen(name: str) -> str:
        return min((each for each in whole if name == each or name.startswith(each + ".")), key=len, default=name)

    outside: dict[str, set[str]] = {}
    for name, wanted in imports.items():
        outside.setdefault(seen(name), set()).update(seen(each) for each in wanted if seen(each) != seen(name))
    inside = {name: {each for each in wanted if each not in whole} for name, wanted in imports.items()}
    for graph in (outside, inside):
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as circle:
            return list(circle.args[1])
    return []
