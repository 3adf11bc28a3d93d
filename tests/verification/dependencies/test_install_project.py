"""The script that installs a project inside the sandbox, run here with a harmless backend."""

import subprocess
import sys
from pathlib import Path

import pytest

from jobtwin.verification.dependencies import install_command, metadata_command
from tests.verification.dependencies.submissions import plan_of
from tests.verification.dependencies.wheels import make_wheel

BACKEND = """
import pathlib, shutil
HERE = pathlib.Path(__file__).parent
def build_wheel(folder, settings=None, metadata=None):
    wheel = next(HERE.glob("*.whl"))
    shutil.copy(wheel, folder)
    return wheel.name
"""
PYPROJECT = (
    '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    '[project]\nname = "ada"\n'
)


def run(source: Path, target: Path, *, metadata: bool = False) -> subprocess.CompletedProcess[str]:
    plan = plan_of({"pyproject.toml": PYPROJECT, "ada.py": ""})
    target.mkdir(exist_ok=True)
    make = metadata_command if metadata else install_command
    command = make(plan, source=str(source), target=str(target), venv="/venv")
    assert command is not None
    return subprocess.run(
        [sys.executable, *command[1:]], capture_output=True, text=True, check=False, timeout=60
    )


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "backend.py").write_text(BACKEND)
    return folder


def test_a_wheel_is_unpacked_with_its_metadata_scripts_and_data(source: Path, tmp_path: Path) -> None:
    make_wheel(
        source,
        "ada",
        files={
            "ada.py": "class Cli:\n    @staticmethod\n    def run():\n        print('hello', __file__)\n",
            "ada-1.0.data/scripts/raw": "#!python\nprint('raw')\n",
            "ada-1.0.data/purelib/more.py": "X = 1\n",
            "ada-1.0.data/headers/x.h": "",
        },
        entry_points="[console_scripts]\nAda-Run = ada:Cli.run [extra]\n[other]\na = b\n",
    )
    done = run(source, target := tmp_path / "site")

    assert (done.returncode, done.stderr) == (0, "")
    assert {path.name for path in target.iterdir()} == {"ada.py", "more.py", "bin", "ada-1.0.dist-info"}
    script = subprocess.run(
        [target / "bin" / "Ada-Run"],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(target)},
    )
    assert script.stdout == f"hello {target / 'ada.py'}\n"
    raw = subprocess.run([target / "bin" / "raw"], capture_output=True, text=True, check=True)
    assert raw.stdout == "raw\n"


def test_metadata_is_taken_from_the_wheel_where_the_backend_offers_no_less(
    source: Path, tmp_path: Path
) -> None:
    make_wheel(source, "ada", requires=("six>=1",))
    done = run(source, target := tmp_path / "out", metadata=True)

    assert done.returncode == 0
    assert "Requires-Dist: six>=1" in (target / "METADATA").read_text()


@pytest.mark.parametrize(
    ("backend", "code", "said"),
    [
        (
            "def build_wheel(*a):\n    raise ValueError('no tags here')\n",
            3,
            "the build failed: ValueError: no tags",
        ),
        ("def build_wheel(*a):\n    raise SystemExit('stop')\n", 3, ""),
        ("import nothing_of_that_name\n", 4, "the build backend cannot be imported"),
        (
            "def get_requires_for_build_wheel(s):\n    return ['nothing-of-that-name>=1']\n",
            4,
            "the build also needs",
        ),
        (
            "def build_wheel(f, *a):\n    open(f + '/x.whl', 'w').close()\n    return 'x.whl'\n",
            5,
            "built no wheel",
        ),
    ],
)
def test_each_way_to_fail_has_its_exit_code(
    source: Path, tmp_path: Path, backend: str, code: int, said: str
) -> None:
    (source / "backend.py").write_text(backend)
    done = run(source, tmp_path / "site")

    assert done.returncode == code
    assert said in done.stderr


def test_a_member_that_leaves_the_target_is_not_written(source: Path, tmp_path: Path) -> None:
    make_wheel(source, "ada", files={"../outside.py": "", "ada/../../outside.py": "", "/outside.py": ""})
    done = run(source, tmp_path / "site")

    assert done.returncode == 0
    assert not list(tmp_path.glob("outside.py"))
