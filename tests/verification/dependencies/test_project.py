"""Whether there is a project to install, where its packages stand, and metadata from the sandbox."""

import pytest

from jobtwin.verification.dependencies import (
    Tier,
    build_plan,
    install_command,
    metadata_command,
    plan_with_metadata,
)
from tests.verification.dependencies.submissions import plan_of, refusals, texts

BUILD = '[build-system]\nrequires = ["{}"]\nbuild-backend = "{}"\n'
PROJECT = '[project]\nname = "ada"\nversion = "1"\n'
HATCH = BUILD.format("hatchling", "hatchling.build") + PROJECT


@pytest.mark.parametrize(
    ("files", "layout", "roots"),
    [
        ({"src/ada/__init__.py": ""}, "src", ("src",)),
        ({"src/ada.py": ""}, "src", ("src",)),
        ({"ada/__init__.py": "", "tests/test_x.py": ""}, "flat", ("",)),
        ({"ada.py": "", "tests/test_x.py": ""}, "single", ("",)),
        ({"tests/test_x.py": ""}, "unknown", ("",)),
    ],
)
def test_the_layout_is_read_from_the_names_of_files(
    files: dict[str, str | bytes], layout: str, roots: tuple[str, ...]
) -> None:
    project = plan_of({"pyproject.toml": HATCH, **files}).project

    assert project is not None
    assert (project.layout, project.import_roots) == (layout, roots)


@pytest.mark.parametrize(
    "table",
    [
        '[tool.setuptools.packages.find]\nwhere = ["lib"]\n',
        '[tool.setuptools.package-dir]\n"" = "lib"\n',
        '[tool.poetry]\npackages = [{include = "ada", from = "lib"}]\n',
        '[tool.hatch.build.targets.wheel]\npackages = ["lib/ada"]\n',
    ],
)
def test_the_tables_of_the_backends_may_name_the_root(table: str) -> None:
    project = plan_of({"pyproject.toml": HATCH + table, "lib/ada/__init__.py": ""}).project

    assert project is not None
    assert project.import_roots == ("lib",)


def test_a_root_outside_the_tree_is_ignored() -> None:
    text = HATCH + '[tool.setuptools.packages.find]\nwhere = ["../../usr/lib"]\n'
    project = plan_of({"pyproject.toml": text, "ada/__init__.py": ""}).project

    assert project is not None
    assert project.import_roots == ("",)


@pytest.mark.parametrize(
    "files",
    [
        {"requirements.txt": "six", "app.py": ""},
        {"pyproject.toml": PROJECT, "app.py": ""},
        {"pyproject.toml": "[tool.ruff]\n"},
        {"pyproject.toml": "[tool.poetry]\npackage-mode = false\n"},
        {"pyproject.toml": HATCH + "[tool.uv]\npackage = false\n"},
    ],
)
def test_files_that_are_only_imported_need_no_installation(files: dict[str, str | bytes]) -> None:
    plan = plan_of(files)

    assert plan.project is None
    assert install_command(plan, source="/w", target="/w-site") is None
    assert texts(plan, Tier.BUILD) == []


@pytest.mark.parametrize(
    ("files", "compiled"),
    [
        ({"pyproject.toml": HATCH}, False),
        ({"pyproject.toml": BUILD.format("maturin>=1", "maturin") + PROJECT}, True),
        ({"pyproject.toml": BUILD.format("Cython", "setuptools.build_meta") + PROJECT}, True),
        ({"setup.py": "setup(name='x', ext_modules=[Extension('a', ['a.c'])])"}, True),
    ],
)
def test_a_build_that_needs_a_compiler_is_told(files: dict[str, str | bytes], compiled: bool) -> None:
    project = plan_of(files).project

    assert project is not None
    assert project.compiled is compiled


def test_the_command_names_the_folder_the_target_and_the_backend_and_holds_the_script() -> None:
    text = BUILD.format("x", "backend.here") + 'backend-path = ["_build", "../evil"]\n' + PROJECT
    plan = plan_of({"api/pyproject.toml": text}, subfolder="api")
    command = install_command(plan, source="/w", target="/w-site")

    assert command is not None
    assert command[:3] == ["/venv/bin/python", "-I", "-c"]
    # `../evil` of api/ is evil/ of the tree: still inside.
    assert command[4:] == ["install", "/w/api", "/w-site", "backend.here", "/w/api/_build", "/w/evil"]
    assert metadata_command(plan, source="/w", target="/t") == [
        *command[:4],
        "metadata",
        "/w/api",
        "/t",
        *command[7:],
    ]


def test_the_build_plan_holds_the_build_requirements_alone() -> None:
    plan = build_plan(plan_of({"pyproject.toml": HATCH + 'dynamic = ["dependencies"]\n'}))

    assert texts(plan, Tier.NEEDED) == ["hatchling"]
    assert plan.unresolvable == ()


def test_metadata_that_the_sandbox_built_goes_through_the_same_cleaning() -> None:
    plan = plan_of({"pyproject.toml": HATCH + 'dynamic = ["dependencies"]\n'})
    metadata = (
        b"Metadata-Version: 2.1\nName: ada\nRequires-Python: >=3.9\nRequires-Dist: six>=1\n"
        b"Requires-Dist: pytest ; extra == 'test'\nRequires-Dist: sphinx ; extra == 'docs'\n"
        b"Requires-Dist: evil @ git+https://code.example/x\n\nRequires-Dist: body\n"
    )
    filled = plan_with_metadata(plan, metadata)

    assert filled.unresolvable == ()
    assert filled.python_requires == ">=3.9"
    assert texts(filled) == ["six>=1", "pytest"]
    assert "version control" in refusals(filled)[0]
