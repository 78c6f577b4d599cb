"""Imports go one way, heavy libraries stay at home, and importing does nothing."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import dtwcoach

PACKAGE = Path(dtwcoach.__file__).parent
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))

LAYERS = (
    ("__init__", "errors", "settings", "pose"),
    ("storage", "tables", "workers", "drawing"),
    ("sources",),
    ("motion",),
    ("segmentation",),
    ("matching",),
    ("coach", "recognition"),
    ("evaluation",),
    ("report", "history"),
    ("exports", "film", "scene", "live", "workout", "record"),
    ("demo", "starters"),
    ("cli", "__main__"),
)
HEIGHT = {name: height for height, layer in enumerate(LAYERS) for name in layer}
MANNEQUIN_KNOWS = {"mannequin", "pose", "errors", "settings", "sources", "__init__"}
KNOW_THE_MANNEQUIN = {"mannequin", "demo", "starters"}
PROBES = "cli/probes.py"
"""Checks of `doctor`: tries every library and one drawn frame, each in a process of its own."""
HOMES = {
    "cv2": ("sources/video.py", "drawing.py", "live/window.py", "mannequin/", PROBES),
    "PIL": ("drawing.py", "report/"),
    "mediapipe": ("sources/", PROBES),
    "plotly": ("report/",),
    "jinja2": ("report/",),
    "rich": ("cli/", "mannequin/__main__.py"),
    "tslearn": ("matching/",),
    "pandas": (),
    "pyttsx3": ("live/speech.py",),
}


def imports(module: str, *, at_top: bool = False) -> Iterator[str]:
    """Full names of what a file imports; with `at_top` only when it is itself imported."""
    tree = ast.parse((PACKAGE / module).read_text(encoding="utf-8"))
    nodes = list(tree.body) if at_top else list(ast.walk(tree))
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part(dotted: str) -> str:
    """The layer's member that an import of our own belongs to."""
    name = dotted.removeprefix("dtwcoach").strip(".").split(".")[0]
    return name if name in HEIGHT or name == "mannequin" else "__init__"


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_downwards(module: str) -> None:
    own = module.split("/", maxsplit=1)[0].removesuffix(".py")
    needed = {part(name) for name in imports(module) if name.split(".")[0] == "dtwcoach"}
    if own == "mannequin":
        assert needed <= MANNEQUIN_KNOWS
        return
    assert own in HEIGHT, f"{module} has no layer yet: add it here and to ARCHITECTURE.md"
    if "mannequin" in needed and module != PROBES:
        assert own in KNOW_THE_MANNEQUIN
    above = {name for name in needed - {"mannequin"} if HEIGHT[name] > HEIGHT[own]}
    assert not above, f"{module} imports {above}, which stand above it"


@pytest.mark.parametrize("module", MODULES)
def test_heavy_libraries_stay_at_home(module: str) -> None:
    heavy = {name.split(".")[0] for name in imports(module)} & set(HOMES)
    assert all(module.startswith(HOMES[name]) for name in heavy), heavy
    early = {name.split(".")[0] for name in imports(module, at_top=True)}
    slow = {*HOMES, "scipy", "pyarrow"} - {"rich"}
    assert not early & slow, f"{module} imports {early & slow} when it is itself imported"


def test_modules_are_small_and_named_for_what_they_do() -> None:
    for module in MODULES:
        name = module.split("/")[-1]
        assert name not in ("utils.py", "io.py", "types.py", "helpers.py", "common.py")
        lines = (PACKAGE / module).read_text(encoding="utf-8").count("\n")
        assert lines <= 420, f"{module} has {lines} lines"


def test_importing_everything_does_nothing(tmp_path: Path) -> None:
    names = [
        "dtwcoach." + module.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        for module in MODULES
        if not module.endswith("__main__.py") and "/" in module
    ]
    code = (
        (
            "import importlib, sys\n"
            f"for name in {names}: importlib.import_module(name)\n"
            f"print(sorted({sorted(set(HOMES) | {'scipy', 'pyarrow'})} & sys.modules.keys()))"
        )
        .replace("sorted([", "sorted(set([")
        .replace("] & sys", "]) & sys")
    )
    environment = {"PATH": "", "HOME": str(tmp_path), "DTWCOACH_CACHE": str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []
