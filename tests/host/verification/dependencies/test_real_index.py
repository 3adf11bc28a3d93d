"""One environment from the configured index, and a project installed inside a sandbox without network."""

import os
from pathlib import Path

import pytest

from jobtwin.verification.dependencies import EnvironmentSettings, build_environment, install_command
from tests.host.verification.dependencies.shelf import inside
from tests.verification.dependencies.submissions import plan_of

pytestmark = pytest.mark.host

FILES: dict[str, str | bytes] = {
    "pyproject.toml": '[build-system]\nrequires = ["setuptools>=61"]\n'
    'build-backend = "setuptools.build_meta"\n'
    '[project]\nname = "ada-thing"\nversion = "1.2.3"\ndependencies = ["iniconfig"]\n'
    '[project.optional-dependencies]\ntest = ["pytest"]\n[project.scripts]\nada = "ada_thing:run"\n',
    "src/ada_thing/__init__.py": "import importlib.metadata\n\n\ndef run():\n"
    "    print(importlib.metadata.version('ada-thing'))\n",
    "tests/test_ada.py": "import subprocess\n\nimport ada_thing\n\n\ndef test_the_script_runs():\n"
    "    assert subprocess.check_output(['ada'], text=True) == '1.2.3\\n'\n",
}


def test_a_suite_passes_with_the_project_installed_inside_the_sandbox(tmp_path: Path) -> None:
    binds = {f"/{name}": tmp_path / name for name in ("w", "site", "scratch")}
    for folder in binds.values():
        folder.mkdir()
    for path, text in FILES.items():
        (tmp_path / "w" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "w" / path).write_text(str(text))
    plan = plan_of(FILES)
    command = install_command(plan, source="/w", target="/site")
    settings = EnvironmentSettings.from_environment(os.environ, cache=tmp_path / "cache")
    variables = {"PATH": "/site/bin:/venv/bin:/usr/bin", "PYTHONPATH": "/w/src:/site", "TMPDIR": "/scratch"}
    assert command is not None

    with build_environment(plan, settings=settings) as environment:
        installed = inside(environment, *command, binds=binds, **variables)
        suite = inside(environment, "pytest", "-q", "/w", binds=binds, **variables)

    assert installed.returncode == 0, installed.stderr
    assert "1 passed" in suite.stdout, suite.stdout
    assert environment.given_up == ()
