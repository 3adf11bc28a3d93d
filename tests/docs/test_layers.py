"""The layers are held by import-linter, which notices a planted violation."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", command, "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder / "src"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("core/mark.py", "from jobtwin.store import clock"),
        ("core/brief.py", "from jobtwin.core import credential"),
        ("source/tree.py", "def late() -> None:\n    import django"),
        ("services/mark.py", "from jobtwin.jobs import tasks"),
    ],
)
def test_a_planted_violation_is_caught(module: str, line: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    planted = tmp_path / "src" / "jobtwin" / module
    planted.write_text(f"{planted.read_text()}\n\n{line}\n")
    done = lint(tmp_path)
    assert done.returncode == 1
    assert "broken" in done.stdout.lower()


def test_a_new_package_must_be_placed_in_the_layers(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "src" / "jobtwin" / "extra").mkdir()
    (tmp_path / "src" / "jobtwin" / "extra" / "__init__.py").touch()
    assert lint(tmp_path).returncode == 1
