"""Which requirement files are installed, and what is said of the others."""

from jobtwin.verification.dependencies import Tier
from tests.verification.dependencies.submissions import plan_of, refusals, texts


def test_base_and_test_files_of_the_root_and_of_the_folders_are_read() -> None:
    plan = plan_of(
        {
            "requirements.txt": "a1",
            "requirements-dev.txt": "a2",
            "test-requirements.txt": "a3",
            "requirements/prod.txt": "a4",
            "requirements/ci.txt": "a5",
            "tests/requirements.txt": "a6",
            "docs/requirements.txt": "b1",
            "src/app/requirements.txt": "b2",
            "notes.txt": "b3",
            "venv/lib/requirements.txt": "b4",
        }
    )

    assert sorted(texts(plan, Tier.NEEDED)) == ["a1", "a2", "a3", "a4", "a5", "a6"]
    assert texts(plan, Tier.OPTIONAL) == []


def test_files_that_no_test_needs_are_left_out_with_the_reason() -> None:
    plan = plan_of(
        {
            "requirements.txt": "six",
            "requirements-docs.txt": "sphinx",
            "requirements_gpu.txt": "--index-url https://gpu.example",
            "requirements-py38.txt": "six==1.0",
        }
    )

    assert texts(plan) == ["six"]
    assert refusals(plan) == []
    assert plan.facts["requirement_files_left_out"] == {
        "requirements-docs.txt": "docs: not for tests",
        "requirements-py38.txt": "py38: not for tests",
        "requirements_gpu.txt": "gpu: not for tests",
    }


def test_a_pinned_file_stands_for_its_loose_twin() -> None:
    plan = plan_of(
        {
            "requirements.in": "six",
            "requirements.txt": "six==1.16.0",
            "requirements.lock": "six==1.17.0",
            "requirements-dev.in": "pytest",
            "requirements-dev.txt": "pytest==8.4.1",
        }
    )

    assert sorted(texts(plan)) == ["pytest==8.4.1", "six==1.17.0"]
    assert plan.facts["requirement_files_left_out"] == {
        "requirements.in": "requirements.lock stands for it",
        "requirements.txt": "requirements.lock stands for it",
        "requirements-dev.in": "requirements-dev.txt stands for it",
    }


def test_a_base_file_beside_declared_dependencies_may_be_given_up() -> None:
    plan = plan_of(
        {
            "pyproject.toml": '[project]\nname = "ada"\ndependencies = ["six"]\n',
            "requirements.txt": "six==1.17.0",
            "requirements-dev.txt": "pytest",
        }
    )

    assert texts(plan, Tier.NEEDED) == ["six", "pytest"]
    assert texts(plan, Tier.OPTIONAL) == ["six==1.17.0"]


def test_a_file_of_unknown_purpose_is_dropped_whole_where_it_reaches_elsewhere() -> None:
    plan = plan_of(
        {"requirements.txt": "six", "requirements-ml.txt": "torch\n--find-links ./x\n", "reqs-api.txt": "a"}
    )

    assert texts(plan, Tier.OPTIONAL) == ["a"]
    assert refusals(plan) == []
    left_out = plan.facts["requirement_files_left_out"]
    assert isinstance(left_out, dict)
    assert left_out["requirements-ml.txt"].startswith("requirements-ml.txt:2: the option --find-links")


def test_a_subfolder_is_planned_alone_and_may_include_a_file_above_it() -> None:
    files: dict[str, str | bytes] = {
        "pyproject.toml": '[project]\nname = "root"\ndependencies = ["rooted"]\n',
        "common.txt": "six",
        "backend/requirements.txt": "-r ../common.txt\nflask",
        "backend/src/app/__init__.py": "",
    }

    assert texts(plan_of(files, subfolder="backend")) == ["six", "flask"]
    assert texts(plan_of(files, subfolder="backend/")) == ["six", "flask"]
    assert refusals(plan_of(files, subfolder="../x")) == ["../x: the subfolder leaves the repository"]


def test_manifests_that_stand_only_in_subfolders_are_pointed_out() -> None:
    plan = plan_of({"backend/pyproject.toml": "", "api/requirements.txt": "six"})

    assert plan.facts["manifests_in_subfolders"] == ["api", "backend"]


def test_a_conda_environment_alone_is_inconclusive() -> None:
    assert "for conda" in plan_of({"environment.yml": "dependencies: [numpy]"}).unresolvable[0]


def test_a_committed_virtual_environment_is_never_looked_at() -> None:
    plan = plan_of(
        {
            "requirements.txt": "six",
            ".venv/bin/python": "#!/bin/sh\ntouch /tmp/x",
            ".venv/lib/python3.11/site-packages/evil.pth": "import evil",
            ".venv/pyvenv.cfg": "home = /x",
        }
    )

    assert plan.files_read == ("requirements.txt",)
